package app_test

import (
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
)

// phone is an app that makes codes.
type phone struct {
	w    *apptest.World
	seed string
}

// now returns the code that p shows.
func (p phone) now(t testing.TB) string {
	t.Helper()
	return must1[string](t)(totp.GenerateCode(p.seed, p.w.Clock.Now()))
}

// next returns the code that p shows after the present one.
func (p phone) next(t testing.TB) string {
	t.Helper()
	p.w.Clock.Advance(30 * time.Second)
	return p.now(t)
}

// scan has a phone scan a seed.
func scan(t testing.TB, w *apptest.World, s app.Seed) phone {
	t.Helper()
	u := must1[*url.URL](t)(url.Parse(s.URI))
	if u.Scheme != "otpauth" || u.Host != "totp" || u.Query().Get("secret") != s.Text || u.Query().Get("issuer") != "Plaza" {
		t.Fatalf("%s is not scanned by any app", s.URI)
	}
	return phone{w, s.Text}
}

// enrol gives somebody a factor.
func enrol(t testing.TB, w *apptest.World, who plaza.Actor) (p phone, codes []string) {
	t.Helper()
	seed := must1[app.Seed](t)(w.Seed(t.Context(), who, ""))
	p = scan(t, w, seed)
	codes = must1[[]string](t)(w.AddFactor(t.Context(), who, plaza.NewFactor{Name: "My phone", Seed: seed.Sealed, Code: p.now(t)}))
	return p, codes
}

// password gives the password of an account, and returns the token of the session.
func password(t testing.TB, w *apptest.World, email string) string {
	t.Helper()
	return must1[string](t)(w.Gate.SignIn(t.Context(), email, apptest.Password, from("192.0.2.7")))
}

// step2 gives a code.
func step2(t testing.TB, w *apptest.World, token, code string) error {
	t.Helper()
	_, _, err := w.Gate.SecondStep(t.Context(), token, code, false, from("192.0.2.7"))
	return err
}

func visit(t testing.TB, w *apptest.World, token string) app.Visit {
	t.Helper()
	return must1[app.Visit](t)(w.Gate.Identify(t.Context(), token, from("192.0.2.7")))
}

// TestSecondStep: the password alone opens nothing from then on; a code does, once; what is
// no code, is of somebody else or too old does not.
func TestSecondStep(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		mine, codes := enrol(t, w, w.Partner)
		others, _ := enrol(t, w, w.Stranger)
		if len(codes) != plaza.RecoveryCodes {
			t.Fatalf("%d recovery codes", len(codes))
		}
		must(t, errOf(w.Account(ctx, w.Partner))) // in the session from before
		token := password(t, w, "partner@example.com")
		v := visit(t, w, token)
		if v.Wants != app.WantsFactor || v.Actor.Login != "" {
			t.Fatalf("after the password: %+v", v)
		}
		want(t, "to choose a profile", errOf(w.Gate.Profiles(ctx, token, from("a"))), plaza.Unauthenticated)
		want(t, "to enter one", errOf(w.Gate.ChooseProfile(ctx, token, w.Partner.Login, from("a"))), plaza.Unauthenticated)
		want(t, "to add a factor", errOf(w.Gate.Seed(ctx, token, "")), plaza.Unauthenticated)
		for what, code := range map[string]string{"nothing": "", "letters": "abcdef", "of the enrolment": mine.now(t), "another's": others.next(t)} {
			want(t, what, step2(t, w, token, code), plaza.Unauthenticated)
		}
		w.Clock.Advance(time.Minute) // the tries are slowed down
		old := mine.now(t)
		w.Clock.Advance(2 * time.Minute)
		want(t, "too old", step2(t, w, token, old), plaza.Unauthenticated)
		w.Clock.Advance(time.Minute)
		code := mine.next(t)
		fresh, browser, err := w.Gate.SecondStep(ctx, token, " "+code[:3]+" "+code[3:], false, from("a"))
		must(t, err)
		if v := visit(t, w, fresh); v.Wants != app.WantsNothing || v.Actor.Login != w.Partner.Login || browser != "" {
			t.Errorf("let in as %+v", v)
		}
		want(t, "the token from before", errOf(w.Gate.Identify(ctx, token, from("a"))), plaza.Unauthenticated)
		again := password(t, w, "partner@example.com")
		want(t, "the same code again", step2(t, w, again, code), plaza.Unauthenticated)
		w.Clock.Advance(plaza.SignInWaits)
		want(t, "too late", step2(t, w, again, mine.now(t)), plaza.Unauthenticated)
	})
}

// TestACodeLetsOneIn, of many who give it at the same moment; and of many who guess at once
// no more are looked at than are free.
func TestACodeLetsOneIn(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		mine, _ := enrol(t, w, w.Partner)
		code := mine.next(t)
		var tokens []string
		for range 4 {
			tokens = append(tokens, password(t, w, "partner@example.com"))
		}
		var in atomic.Int32
		var all sync.WaitGroup
		for _, token := range tokens {
			all.Go(func() {
				if step2(t, w, token, code) == nil {
					in.Add(1)
				}
			})
		}
		all.Wait()
		equal(t, "let in", int(in.Load()), 1)

		w.Clock.Advance(time.Hour)
		token := password(t, w, "partner@example.com")
		var looked atomic.Int32
		for range 100 {
			all.Go(func() {
				if plaza.KindOf(step2(t, w, token, "000000")) == plaza.Unauthenticated {
					looked.Add(1)
				}
			})
		}
		all.Wait()
		if n := looked.Load(); n == 0 || n > 5 {
			t.Errorf("of 100 guesses at once %d were looked at", n)
		}
		if letter := mails(t, w, "partner@example.com")[0]; !strings.Contains(letter.Text, "/forgot-password") {
			t.Errorf("they are not told: %s", letter.Text)
		}
		token = password(t, w, "stranger@example.com") // from the same address
		if v := visit(t, w, token); v.Wants != app.WantsNothing {
			t.Error("somebody else has to wait")
		}
	})
}

// TestRecoveryCodes: each once, dead with new ones and with the last factor, and kept as
// what nobody can read.
func TestRecoveryCodes(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		mine, codes := enrol(t, w, w.Partner)
		_, others := enrol(t, w, w.Stranger)
		want(t, "another's", step2(t, w, password(t, w, "partner@example.com"), others[0]), plaza.Unauthenticated)
		must(t, step2(t, w, password(t, w, "partner@example.com"), strings.ToUpper(codes[0])))
		log := must1[plaza.List[plaza.AuditLine]](t)(w.AuditEvents(ctx, w.Partner, plaza.AuditFilter{Verbs: []plaza.Verb{plaza.SessionSignIn}}, plaza.Page{})).Rows
		equal(t, "on record", log[0].Changes, []plaza.Change{{Field: "second_step", New: "recovery"}})
		equal(t, "and what was wrong", log[1].Changes, []plaza.Change{{Field: "second_step", New: "wrong"}})
		if letter := mails(t, w, "partner@example.com")[0]; !strings.Contains(letter.Text, "9 left") {
			t.Errorf("they are not told: %s", letter.Text)
		}
		want(t, "twice", step2(t, w, password(t, w, "partner@example.com"), codes[0]), plaza.Unauthenticated)
		must(t, step2(t, w, password(t, w, "partner@example.com"), mine.next(t)))
		fresh := must1[[]string](t)(w.RenewRecovery(ctx, w.Partner))
		if slices.Contains(fresh, codes[1]) {
			t.Error("the same codes again")
		}
		want(t, "from before", step2(t, w, password(t, w, "partner@example.com"), codes[1]), plaza.Unauthenticated)
		has := must1[app.Factors](t)(w.Factors(ctx, w.Partner))
		equal(t, "what there is", has.Recovery, plaza.Recovery{Made: plaza.RecoveryCodes, Left: plaza.RecoveryCodes})
		must(t, w.RemoveFactor(ctx, w.Partner, has.All[0].ID))
		if v := visit(t, w, password(t, w, "partner@example.com")); v.Wants != app.WantsNothing {
			t.Errorf("without a factor: %+v", v)
		}
		want(t, "new ones without a factor", errOf(w.RenewRecovery(ctx, w.Partner)), plaza.Conflict)
		equal(t, "nor recovery codes", must1[app.Factors](t)(w.Factors(ctx, w.Partner)).Recovery, plaza.Recovery{})
	})
}

// TestRememberedBrowser: it is not asked for a code, for so long, by its own person; until
// it is forgotten, another password is chosen or a factor removed.
func TestRememberedBrowser(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		mine, _ := enrol(t, w, w.Partner)
		enrol(t, w, w.Stranger)
		remember := func() string {
			t.Helper()
			_, browser, err := w.Gate.SecondStep(ctx, password(t, w, "partner@example.com"), mine.next(t), true, from("a"))
			must(t, err)
			return browser
		}
		known := func(email, browser string) app.Visit {
			t.Helper()
			token := must1[string](t)(w.Gate.Recognized(ctx, password(t, w, email), browser, from("a")))
			return visit(t, w, token)
		}
		browser := remember()
		in := known("partner@example.com", browser)
		equal(t, "known", in.Wants, app.WantsNothing)
		want(t, "that it is known proves nothing", errOf(w.RenewRecovery(ctx, in.Actor)), plaza.Unproved)
		equal(t, "somebody else in it", known("stranger@example.com", browser).Wants, app.WantsFactor)
		equal(t, "another", known("partner@example.com", "another").Wants, app.WantsFactor)
		has := must1[app.Factors](t)(w.Factors(ctx, w.Partner))
		want(t, "forgotten by somebody else", w.ForgetBrowser(ctx, w.Stranger, has.Browsers[0].ID), plaza.NotFound)
		must(t, w.ForgetBrowser(ctx, w.Partner, has.Browsers[0].ID))
		equal(t, "forgotten", known("partner@example.com", browser).Wants, app.WantsFactor)

		browser = remember()
		must(t, w.ChangePassword(ctx, w.Partner, apptest.Password, "another phrase then"))
		must(t, w.ChangePassword(ctx, w.Partner, "another phrase then", apptest.Password))
		equal(t, "after another password", known("partner@example.com", browser).Wants, app.WantsFactor)

		browser = remember()
		w.Clock.Advance(plaza.BrowserKept)
		equal(t, "in the end", known("partner@example.com", browser).Wants, app.WantsFactor)
	})
}

// TestSensitiveDeedsWantAProof that is not too old: by a code, or, who has no factor, by the
// password; whoever acts gives their own.
func TestSensitiveDeedsWantAProof(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		mine, _ := enrol(t, w, w.Partner)
		deed := func(token string) error {
			return errOf2(w.CreateToken(ctx, visit(t, w, token).Actor, plaza.NewToken{Name: "N", Verbs: []plaza.Verb{plaza.LicenseRead}, Expires: w.Clock.Now().AddDate(0, 1, 0)}))
		}
		token := password(t, w, "reseller@example.com")
		must(t, deed(token))
		w.Clock.Advance(plaza.ProofCounts - time.Second)
		must(t, deed(token))
		w.Clock.Advance(time.Second)
		want(t, "ten minutes later", deed(token), plaza.Unproved)
		must(t, errOf(w.License(ctx, visit(t, w, token).Actor, issued(t, w).ID))) // what is not sensitive
		prove := func(token string, p plaza.Proof) (string, error) { return w.Gate.Prove(ctx, token, p, from("a")) }
		want(t, "a wrong password", errOf(prove(token, plaza.Proof{Password: "wrong"})), plaza.Invalid)
		want(t, "a code of nobody", errOf(prove(token, plaza.Proof{Code: mine.now(t)})), plaza.Invalid)
		fresh := must1[string](t)(prove(token, plaza.Proof{Password: apptest.Password}))
		must(t, deed(fresh))
		want(t, "the token from before", errOf(w.Gate.Identify(ctx, token, from("a"))), plaza.Unauthenticated)

		half := password(t, w, "partner@example.com")
		want(t, "halfway in", errOf(prove(half, plaza.Proof{Code: mine.next(t)})), plaza.Unauthenticated)
		partner, _, err := w.Gate.SecondStep(ctx, half, mine.next(t), false, from("a"))
		must(t, err)
		w.Clock.Advance(plaza.ProofCounts)
		want(t, "the password of who has a factor", errOf(prove(partner, plaza.Proof{Password: apptest.Password})), plaza.Invalid)
		partner = must1[string](t)(prove(partner, plaza.Proof{Code: mine.next(t)}))
		must(t, deed(partner))
	})
}

// TestAProfileWantsASecondStep: of its own logins or of all below it, from their next
// sign-in on; whoever has none adds one before anything else, and keeps it.
func TestAProfileWantsASecondStep(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		want(t, "below, of a profile with none below", w.SetFactorRule(ctx, w.Partner, plaza.FactorBelow), plaza.Invalid)
		want(t, "what there is not", w.SetFactorRule(ctx, w.Reseller, "always"), plaza.Invalid)
		must(t, w.SetFactorRule(ctx, w.Reseller, plaza.FactorBelow))
		wants := func(name string) app.Want {
			t.Helper()
			return visit(t, w, password(t, w, name+"@example.com")).Wants
		}
		for name, of := range map[string]app.Want{"reseller": app.WantsEnrol, "partner": app.WantsEnrol, "stranger": app.WantsNothing, "vendor": app.WantsNothing} {
			equal(t, name, wants(name), of)
		}
		rule, above, err := w.FactorRule(ctx, w.Partner)
		if err != nil || rule != plaza.FactorOptional || !above {
			t.Errorf("the partner is told %s, %t, %v", rule, above, err)
		}
		token := password(t, w, "partner@example.com")
		want(t, "to give a code", step2(t, w, token, "123456"), plaza.Unauthenticated)
		want(t, "to enter", errOf(w.Gate.ChooseProfile(ctx, token, w.Partner.Login, from("a"))), plaza.Unauthenticated)
		seed := must1[app.Seed](t)(w.Gate.Seed(ctx, token, ""))
		mine := scan(t, w, seed)
		_, _, err = w.Gate.Enrol(ctx, token, plaza.NewFactor{Name: "N", Seed: seed.Sealed, Code: "000000"}, from("a"))
		want(t, "a wrong code", err, plaza.Invalid)
		others := must1[app.Seed](t)(w.Gate.Seed(ctx, password(t, w, "reseller@example.com"), ""))
		_, _, err = w.Gate.Enrol(ctx, token, plaza.NewFactor{Name: "N", Seed: others.Sealed, Code: scan(t, w, others).now(t)}, from("a"))
		want(t, "what was shown to somebody else", err, plaza.Invalid)
		fresh, codes, err := w.Gate.Enrol(ctx, token, plaza.NewFactor{Name: "N", Seed: seed.Sealed, Code: mine.now(t)}, from("a"))
		must(t, err)
		in := visit(t, w, fresh)
		if in.Wants != app.WantsNothing || in.Actor.Login != w.Partner.Login || len(codes) != plaza.RecoveryCodes {
			t.Errorf("%+v, %d codes", in, len(codes))
		}
		want(t, "the session from before", errOf(w.Gate.Identify(ctx, token, from("a"))), plaza.Unauthenticated)
		equal(t, "next time", wants("partner"), app.WantsFactor)
		has := must1[app.Factors](t)(w.Factors(ctx, in.Actor))
		want(t, "without", w.RemoveFactor(ctx, in.Actor, has.All[0].ID), plaza.Conflict)
		must(t, w.SetFactorRule(ctx, w.Reseller, plaza.FactorOwn))
		must(t, w.RemoveFactor(ctx, in.Actor, has.All[0].ID))
		equal(t, "of its own only", wants("partner"), app.WantsNothing)
		want(t, "said by a support", errOf2(w.FactorRule(ctx, w.Invite(t, w.Vendor, w.Vendor.Profile, "Support", plaza.Support))), plaza.Forbidden)
	})
}

// TestAFactorIsAddedByWhoJustGaveThePassword: from then on it lets in, so nobody adds one in
// a session that somebody left open.
func TestAFactorIsAddedByWhoJustGaveThePassword(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		must(t, w.SetFactorRule(ctx, w.Stranger, plaza.FactorOwn))
		other := must1[plaza.Login](t)(w.CreateLogin(ctx, w.Vendor, plaza.NewLogin{Profile: w.Stranger.Profile, Name: "Two", Email: "partner@example.com", Role: plaza.Manager, Dashboard: true}))
		must(t, errOf(w.Gate.AcceptInvitation(ctx, w.Link(t, "partner@example.com", "/invitation/"), apptest.Password, from("a"))))
		enter := func(token, login string) (string, error) { return w.Gate.ChooseProfile(ctx, token, login, from("a")) }
		open := must1[string](t)(enter(password(t, w, "partner@example.com"), w.Partner.Login))
		w.Clock.Advance(plaza.SignInWaits)
		want(t, "long after the password", errOf(enter(open, other.ID)), plaza.Unproved)
		equal(t, "where one was", visit(t, w, open).Actor.Login, w.Partner.Login)
		fresh := must1[string](t)(enter(password(t, w, "partner@example.com"), other.ID))
		equal(t, "shortly after it", visit(t, w, fresh).Wants, app.WantsEnrol)
		w.Clock.Advance(plaza.SignInWaits)
		want(t, "and too late", errOf(w.Gate.Seed(ctx, fresh, "")), plaza.Unauthenticated)
	})
}

// TestAResetPutsOutWhoComesIn at the same moment with the password before, and a code.
func TestAResetPutsOutWhoComesIn(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		mine, _ := enrol(t, w, w.Partner)
		old := apptest.Password
		for round := range 12 {
			fresh := "a phrase of round " + strings.Repeat("x", round+1)
			w.Clock.Advance(time.Hour)
			must(t, w.Gate.ForgotPassword(ctx, "partner@example.com", from("b")))
			link := w.Link(t, "partner@example.com", "/reset-password/")
			token := must1[string](t)(w.Gate.SignIn(ctx, "partner@example.com", old, from("a")))
			code := mine.next(t)
			var in string
			var both sync.WaitGroup
			both.Go(func() { in, _, _ = w.Gate.SecondStep(ctx, token, code, false, from("a")) })
			both.Go(func() {
				if err := w.Gate.ResetPassword(ctx, link, fresh, from("b")); err != nil {
					t.Error(err)
				}
			})
			both.Wait()
			if in != "" {
				want(t, "who came in with the password before", errOf(w.Gate.Identify(ctx, in, from("a"))), plaza.Unauthenticated)
			}
			old = fresh
		}
	})
}

// TestASeedIsOneFactors, for half an hour, and of one person.
func TestASeedIsOneFactors(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		seed := must1[app.Seed](t)(w.Seed(ctx, w.Partner, ""))
		mine := scan(t, w, seed)
		add := func() error {
			return errOf(w.AddFactor(ctx, w.SignIn(t, "reseller@example.com"), plaza.NewFactor{Name: "N", Seed: seed.Sealed, Code: mine.next(t)}))
		}
		want(t, "another's", add(), plaza.Invalid)
		must(t, errOf(w.AddFactor(ctx, w.Partner, plaza.NewFactor{Name: "N", Seed: seed.Sealed, Code: mine.next(t)})))
		want(t, "twice", errOf(w.AddFactor(ctx, w.Partner, plaza.NewFactor{Name: "N", Seed: seed.Sealed, Code: mine.next(t)})), plaza.Invalid)
		late := must1[app.Seed](t)(w.Seed(ctx, w.Stranger, ""))
		w.Clock.Advance(time.Hour)
		want(t, "an hour later", errOf(w.AddFactor(ctx, w.SignIn(t, "stranger@example.com"), plaza.NewFactor{Name: "N", Seed: late.Sealed, Code: scan(t, w, late).now(t)})), plaza.Invalid)
	})
}

// TestOneProofIsTaken, of two that are given with the same token at once; and the token of
// the other one is none.
func TestOneProofIsTaken(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		token := password(t, w, "partner@example.com")
		var taken atomic.Int32
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				fresh, err := w.Gate.Prove(t.Context(), token, plaza.Proof{Password: apptest.Password}, from("a"))
				if err != nil {
					return
				}
				taken.Add(1)
				if _, err := w.Gate.Identify(t.Context(), fresh, from("a")); err != nil {
					t.Errorf("what it gives opens nothing: %v", err)
				}
			})
		}
		both.Wait()
		equal(t, "taken", int(taken.Load()), 1)
	})
}

// TestToAppointTakesAProof: with another owner's login one could do all that is sensitive.
func TestToAppointTakesAProof(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		w.Clock.Advance(plaza.ProofCounts)
		late := w.Reseller
		create := func(email string, role plaza.Role) (plaza.Login, error) {
			return w.CreateLogin(ctx, late, plaza.NewLogin{Profile: late.Profile, Name: "N", Email: email, Role: role, Dashboard: true})
		}
		want(t, "an owner", errOf(create("a@example.com", plaza.Owner)), plaza.Unproved)
		want(t, "an administrator", errOf(create("a@example.com", plaza.Administrator)), plaza.Unproved)
		l := must1[plaza.Login](t)(create("a@example.com", plaza.Support))
		want(t, "made one later", w.EditLogin(ctx, late, l.ID, plaza.LoginEdit{Name: "N", Role: plaza.Owner, Dashboard: true, Version: l.Version}), plaza.Unproved)
		must(t, w.EditLogin(ctx, late, l.ID, plaza.LoginEdit{Name: "M", Role: plaza.Manager, Dashboard: true, Version: l.Version}))
		late = back(t, w, "reseller")
		must(t, errOf(create("b@example.com", plaza.Owner)))
	})
}
