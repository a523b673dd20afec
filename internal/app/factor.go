package app

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// The form of the codes of an app, which all of them know: RFC 6238 with its defaults.
const (
	codePeriod = 30 // seconds
	codeSkew   = 1  // steps that a clock may be wrong by
	seedBytes  = 20
)

var base32Plain = base32.StdEncoding.WithPadding(base32.NoPadding) //nolint:gochecknoglobals // a constant

// Factors is what somebody has besides the password.
type Factors struct {
	All      []plaza.Factor
	Recovery plaza.Recovery
	Browsers []plaza.Browser // in which it is not asked for
	Wanted   bool            // a profile of one of their logins wants one
}

// Factors returns what the person behind the actor has. Everybody with the dashboard may.
func (a *App) Factors(ctx context.Context, actor plaza.Actor) (f Factors, err error) {
	err = a.see(ctx, actor, plaza.FactorRead, "", func(tx *store.Tx) error {
		all, err := tx.Factors(ctx, actor.Person)
		if err != nil {
			return err
		}
		for _, one := range all {
			f.All = append(f.All, one.Factor)
		}
		if f.Recovery, err = tx.Recovery(ctx, actor.Person); err != nil {
			return err
		}
		if f.Browsers, err = tx.Browsers(ctx, actor.Person, a.now()); err != nil {
			return err
		}
		f.Wanted, err = factorWantedOf(ctx, tx, actor.Person)
		return err
	})
	return f, err
}

// factorWantedOf reports whether a profile of one of the person's logins wants a factor.
func factorWantedOf(ctx context.Context, tx *store.Tx, person string) (bool, error) {
	logins, err := tx.PersonLogins(ctx, person)
	for _, l := range logins {
		if wanted, err := tx.FactorWanted(ctx, l.Profile); err != nil || wanted {
			return wanted, err
		}
	}
	return false, err
}

// Seed is what an app makes its codes from, as it is handed out once.
type Seed struct {
	Text   string // to type
	URI    string // to scan
	Sealed string // to bring back with the first code
}

func seedContext(person string) string { return "seed of a factor of " + person }

func factorContext(id string) string { return "factor " + id }

// newSeed returns a seed for a person. It is kept nowhere until a code made from it comes
// back.
func (a *App) newSeed(person plaza.Person) Seed {
	raw := make([]byte, seedBytes)
	rand.Read(raw) // never fails: the program ends first
	return a.seed(person, raw)
}

// seedValid is how long what was shown to scan can be brought back.
const seedValid = 30 * time.Minute

func (a *App) seed(person plaza.Person, raw []byte) Seed {
	const issuer = "Plaza"
	text := base32Plain.EncodeToString(raw)
	query := url.Values{"secret": {text}, "issuer": {issuer}}
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + person.Email, RawQuery: query.Encode()}
	dated := a.now().UTC().AppendFormat(slices.Clone(raw), time.RFC3339)
	return Seed{Text: text, URI: u.String(), Sealed: base64.RawURLEncoding.EncodeToString(a.box.Seal(dated, seedContext(person.ID)))}
}

// unsealed returns what a seed was that was handed out to a person. Kinds: Invalid.
func (a *App) unsealed(person, sealed string) ([]byte, error) {
	wire, err := base64.RawURLEncoding.DecodeString(sealed)
	if err == nil {
		var plain []byte
		if plain, err = a.box.Open(wire, seedContext(person)); err == nil && len(plain) > seedBytes {
			made, err := time.Parse(time.RFC3339, string(plain[seedBytes:]))
			if ago := a.now().Sub(made); err == nil && ago >= 0 && ago < seedValid {
				return plain[:seedBytes], nil
			}
		}
	}
	return nil, plaza.Errorf(plaza.Invalid, "factor.seed_gone")
}

// Seed returns what the person behind the actor scans to have an app make codes: another
// one each time, or that which was handed out before. Everybody with the dashboard may.
// Kinds: Invalid.
func (a *App) Seed(ctx context.Context, actor plaza.Actor, before string) (s Seed, err error) {
	err = a.see(ctx, actor, plaza.FactorAdd, "", func(tx *store.Tx) error {
		person, err := tx.Person(ctx, actor.Person)
		if err != nil {
			return err
		}
		s, err = a.seedAgain(person, before)
		return err
	})
	return s, err
}

// seedAgain returns the seed that was handed out to a person before, for as long again; a
// new one, if that is none.
func (a *App) seedAgain(person plaza.Person, before string) (Seed, error) {
	if before == "" {
		return a.newSeed(person), nil
	}
	raw, err := a.unsealed(person.ID, before)
	if err != nil {
		return Seed{}, err
	}
	return a.seed(person, raw), nil
}

// step returns the step whose code, made from a seed, code is, within what a clock may be
// wrong by; 0 if it is none.
func step(seed []byte, code string, now time.Time) (int64, error) {
	opts := totp.ValidateOpts{Period: codePeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}
	var found int64
	for skew := -codeSkew; skew <= codeSkew; skew++ {
		at := now.Add(time.Duration(skew) * codePeriod * time.Second)
		right, err := totp.GenerateCodeCustom(base32Plain.EncodeToString(seed), at, opts)
		if err != nil {
			return 0, fmt.Errorf("make a code: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(right), []byte(code)) == 1 {
			found = at.Unix() / codePeriod
		}
	}
	return found, nil
}

// AddFactor gives the person behind the actor an app as a factor, that shows a code made
// from a seed they were handed. It returns recovery codes, which are shown once, if the
// person has none yet. Everybody with the dashboard may. Kinds: Invalid, Conflict if there
// are too many, Unproved.
func (a *App) AddFactor(ctx context.Context, actor plaza.Actor, in plaza.NewFactor) (codes []string, err error) {
	in = in.Clean()
	err = a.do(ctx, actor, plaza.AuditEvent{Verb: plaza.FactorAdd}, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if err := in.Validate(); err != nil {
			return err
		}
		if err := tx.HoldLoginsOf(ctx, actor.Person); err != nil {
			return err
		}
		p, err := tx.Person(ctx, actor.Person)
		if err != nil {
			return err
		}
		e.About(actor.Profile, "person", p.ID, p.Name)
		e.Changed("factor", "", in.Name)
		if codes, err = a.addFactor(ctx, tx, p, actor.Profile, in); err != nil || in.Lasting {
			return err
		}
		return a.endSessions(ctx, tx, p.ID, actor.Session)
	})
	return codes, err
}

// addFactor adds a factor of a person, and returns recovery codes if there were none.
func (a *App) addFactor(ctx context.Context, tx *store.Tx, p plaza.Person, profile string, in plaza.NewFactor) ([]string, error) {
	seed, err := a.unsealed(p.ID, in.Seed)
	if err != nil {
		return nil, err
	}
	all, err := tx.Factors(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	if len(all) >= plaza.MostFactors {
		return nil, plaza.Errorf(plaza.Conflict, "factor.too_many", "Max", plaza.MostFactors)
	}
	for _, f := range all { // a code of one would be one of the other
		if has, err := a.box.Open(f.Sealed, factorContext(f.ID)); err != nil || subtle.ConstantTimeCompare(has, seed) == 1 {
			return nil, errors.Join(err, plaza.Errorf(plaza.Invalid, "factor.seed_gone"))
		}
	}
	now := a.now()
	at, err := step(seed, in.Code, now)
	if err != nil {
		return nil, err
	}
	if at == 0 {
		return nil, invalid("code", "problem.code_wrong")
	}
	f := store.SealedFactor{Factor: plaza.Factor{ID: newID(), Person: p.ID, Kind: plaza.FactorApp, Name: in.Name, Created: now}, Step: at}
	f.Sealed = a.box.Seal(seed, factorContext(f.ID))
	if err := tx.InsertFactor(ctx, f); err != nil {
		return nil, err
	}
	if err := a.tellFactor(ctx, tx, p, profile, plaza.T("mail.factor.added", "Name", in.Name)); err != nil {
		return nil, err
	}
	recovery, err := tx.Recovery(ctx, p.ID)
	if err != nil || recovery.Made > 0 {
		return nil, err
	}
	return a.newRecovery(ctx, tx, p.ID)
}

// tellFactor mails a person what became of their factors: whoever did it, they learn it.
func (a *App) tellFactor(ctx context.Context, tx *store.Tx, p plaza.Person, profile string, what plaza.Text) error {
	return a.tellOfFactor(ctx, tx, p, profile, plaza.T("mail.factor.subject"), what)
}

// tellOfFactor is tellFactor for what changed nothing, and so is announced otherwise.
func (a *App) tellOfFactor(ctx context.Context, tx *store.Tx, p plaza.Person, profile string, subject, what plaza.Text) error {
	return a.post(ctx, tx, plaza.MailFactor, profile, to(p, p.Name), letter{
		subject: subject,
		lines:   []plaza.Text{what, plaza.T("mail.factor.not_you")},
		button:  plaza.T("mail.factor.button"), path: "/account/factors",
	})
}

// recoveryBytes is how much chance there is in a recovery code.
const recoveryBytes = 10

// newRecovery gives a person new recovery codes, and returns them.
func (a *App) newRecovery(ctx context.Context, tx *store.Tx, person string) (codes []string, err error) {
	var digests [][]byte
	for range plaza.RecoveryCodes {
		raw := make([]byte, recoveryBytes)
		rand.Read(raw) // never fails: the program ends first
		code := strings.ToLower(base32Plain.EncodeToString(raw))
		digests = append(digests, a.recoveryDigest(person, code))
		const group = 4
		var parts []string
		for ; len(code) > group; code = code[group:] {
			parts = append(parts, code[:group])
		}
		codes = append(codes, strings.Join(append(parts, code), "-"))
	}
	return codes, tx.PutRecoveryCodes(ctx, person, digests)
}

func (a *App) recoveryDigest(person, code string) []byte {
	return a.box.Digest("recovery code of "+person, code)
}

// RenewRecovery gives the person behind the actor new recovery codes, which are shown
// once; those from before are dead. Everybody with the dashboard may who has a factor.
// Kinds: Conflict, Unproved.
func (a *App) RenewRecovery(ctx context.Context, actor plaza.Actor) (codes []string, err error) {
	err = a.do(ctx, actor, plaza.AuditEvent{Verb: plaza.FactorRecovery}, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if err := tx.HoldLoginsOf(ctx, actor.Person); err != nil {
			return err
		}
		all, err := tx.Factors(ctx, actor.Person)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return plaza.Errorf(plaza.Conflict, "factor.none")
		}
		p, err := tx.Person(ctx, actor.Person)
		if err != nil {
			return err
		}
		e.About(actor.Profile, "person", p.ID, p.Name)
		if codes, err = a.newRecovery(ctx, tx, p.ID); err != nil {
			return err
		}
		return a.tellFactor(ctx, tx, p, actor.Profile, plaza.T("mail.factor.recovery"))
	})
	return codes, err
}

// RemoveFactor takes a factor from the person behind the actor. With the last one go the
// recovery codes; with any, the browsers in which it was not asked for. Everybody with the
// dashboard may. Kinds: NotFound, Conflict if a profile wants one, Unproved.
func (a *App) RemoveFactor(ctx context.Context, actor plaza.Actor, id string) error {
	event := plaza.AuditEvent{Verb: plaza.FactorRemove, ObjectKind: "factor", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if err := tx.HoldLoginsOf(ctx, actor.Person); err != nil {
			return err
		}
		f, last, err := ownFactor(ctx, tx, actor.Person, id)
		if err != nil {
			return err
		}
		if last {
			if err := a.mayGoWithout(ctx, tx, actor.Person); err != nil {
				return err
			}
		}
		p, err := tx.Person(ctx, actor.Person)
		if err != nil {
			return err
		}
		e.About(actor.Profile, "person", p.ID, p.Name)
		e.Changed("factor", f.Name, "")
		if err := tx.DeleteFactor(ctx, p.ID, f.ID); err != nil {
			return err
		}
		if err := tx.DropBrowsersOf(ctx, p.ID); err != nil {
			return err
		}
		return a.tellFactor(ctx, tx, p, actor.Profile, plaza.T("mail.factor.removed", "Name", f.Name))
	})
}

// Factor returns one of them, to be removed, and whether it is the last one. The same people
// may. Kinds: NotFound, Unproved.
func (a *App) Factor(ctx context.Context, actor plaza.Actor, id string) (f plaza.Factor, last bool, err error) {
	err = a.see(ctx, actor, plaza.FactorRemove, id, func(tx *store.Tx) error {
		f, last, err = ownFactor(ctx, tx, actor.Person, id)
		return err
	})
	return f, last, err
}

// ownFactor returns a factor of a person, and whether it is the last one. Kinds: NotFound.
func ownFactor(ctx context.Context, tx *store.Tx, person, id string) (f plaza.Factor, last bool, err error) {
	all, err := tx.Factors(ctx, person)
	for _, one := range all {
		if one.ID == id {
			return one.Factor, len(all) == 1, nil
		}
	}
	if err == nil {
		err = plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	return f, false, err
}

// mayGoWithout takes the recovery codes from a person whose last factor goes. Kinds:
// Conflict if a profile wants one.
func (a *App) mayGoWithout(ctx context.Context, tx *store.Tx, person string) error {
	wanted, err := factorWantedOf(ctx, tx, person)
	if err != nil {
		return err
	}
	if wanted {
		return plaza.Errorf(plaza.Conflict, "factor.wanted")
	}
	return tx.PutRecoveryCodes(ctx, person, nil)
}

// ForgetBrowser has the person behind the actor be asked for a factor again in a browser.
// Everybody with the dashboard may. Kinds: NotFound.
func (a *App) ForgetBrowser(ctx context.Context, actor plaza.Actor, id string) error {
	event := plaza.AuditEvent{Verb: plaza.BrowserForget, ObjectKind: "browser", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if err := tx.DropBrowser(ctx, actor.Person, id); err != nil {
			return err
		}
		e.About(actor.Profile, "person", actor.Person, actor.Name)
		return nil
	})
}

// FactorRule returns of whom the actor's own profile wants a factor, and whether one above
// wants it of its logins anyway. Owners and administrators may.
func (a *App) FactorRule(ctx context.Context, actor plaza.Actor) (rule plaza.FactorRule, above bool, err error) {
	err = a.see(ctx, actor, plaza.FactorDemand, "", func(tx *store.Tx) error {
		if rule, err = tx.FactorRule(ctx, actor.Profile); err != nil {
			return err
		}
		above, err = tx.FactorWantedAbove(ctx, actor.Profile)
		return err
	})
	return rule, above, err
}

// SetFactorRule says of whom the actor's own profile wants a factor: from their next
// sign-in on they are asked to add one. Owners and administrators may. Kinds: Invalid,
// Unproved.
func (a *App) SetFactorRule(ctx context.Context, actor plaza.Actor, rule plaza.FactorRule) error {
	event := plaza.AuditEvent{Verb: plaza.FactorDemand}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if err := rule.Validate(actor.Kind); err != nil {
			return err
		}
		before, err := tx.FactorRule(ctx, actor.Profile)
		if err != nil {
			return err
		}
		e.About(actor.Profile, "profile", actor.Profile, actor.ProfileName)
		e.Changed("factor_rule", string(before), string(rule))
		return tx.SetFactorRule(ctx, actor.Profile, rule)
	})
}
