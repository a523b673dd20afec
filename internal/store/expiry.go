package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/connectplaza/plaza"
)

// ExpiryRules returns what the profile with the given ID, or the nearest one above it
// that says something, says of each kind of license; kinds of which nobody says anything
// are not there.
func (tx *Tx) ExpiryRules(ctx context.Context, profile string) (map[plaza.LicenseKind]plaza.ExpiryRule, error) {
	all := map[plaza.LicenseKind]plaza.ExpiryRule{}
	_, err := collect(ctx, tx, func(row scanner) (r plaza.ExpiryRule, err error) {
		var steps string
		err = row.Scan(&r.Kind, &steps, &r.Own)
		r.Steps, _ = plaza.ParseExpirySteps(steps)
		all[r.Kind] = r // the nearest comes last
		return r, err
	}, `SELECT e.kind, e.steps, t.depth = 0 FROM expiry_steps e JOIN profile_tree t ON t.ancestor_id = e.profile_id
		WHERE t.profile_id = $1 ORDER BY t.depth DESC`, profile)
	return all, err
}

// SetExpiryRule writes what a profile says of licenses of r's kind.
func (tx *Tx) SetExpiryRule(ctx context.Context, profile string, r plaza.ExpiryRule) error {
	return tx.must(ctx, `
		INSERT INTO expiry_steps (profile_id, kind, steps) VALUES ($1, $2, $3)
		ON CONFLICT (profile_id, kind) DO UPDATE SET steps = excluded.steps`, profile, r.Kind, r.Steps.String())
}

// DropExpiryRule forgets what a profile says of licenses of a kind: what one above it
// says holds then.
func (tx *Tx) DropExpiryRule(ctx context.Context, profile string, kind plaza.LicenseKind) error {
	return tx.must(ctx, `DELETE FROM expiry_steps WHERE profile_id = $1 AND kind = $2`, profile, kind)
}

// FurthestExpiryStep returns the most days before an end at which anybody is told, and a
// text that is another one once somebody says otherwise.
func (tx *Tx) FurthestExpiryStep(ctx context.Context) (most int, said string, err error) {
	most = plaza.DefaultExpirySteps()[0]
	rules := sha256.New()
	_, err = collect(ctx, tx, func(row scanner) (_ struct{}, err error) {
		var profile, kind, text string
		err = row.Scan(&profile, &kind, &text)
		if steps, ok := plaza.ParseExpirySteps(text); ok && len(steps) > 0 {
			most = max(most, steps[0])
		}
		fmt.Fprintf(rules, "%s %s %s\n", profile, kind, text)
		return struct{}{}, err
	}, `SELECT profile_id, kind, steps FROM expiry_steps ORDER BY profile_id, kind`)
	return most, hex.EncodeToString(rules.Sum(nil)[:8]), err
}

// Expiring is a license that ends, and of what was told.
type Expiring struct {
	ID          string
	Profile     string
	ProfileName string
	Parent      string // empty: there is none
	Kind        plaza.LicenseKind
	Name        string // its own, or its ConnectAgent's
	Ends        time.Time
	Told        int // the step at which people were told of this end; 0: they were not
}

// ExpiringLicenses returns the first n licenses in scope, after a given one, that end
// after now and until a time, and of whose end not the last step was told; or, unless all
// are wanted, of whose end nothing was told.
func (tx *Tx) ExpiringLicenses(ctx context.Context, scope plaza.Scope, after Expiring, now, until time.Time, all bool, n int) ([]Expiring, error) {
	untold := `(l.told_end IS NULL OR l.told_end <> l.ends_at)`
	if all {
		untold = `(l.told_end IS NULL OR l.told_end <> l.ends_at OR l.told_step > 1)`
	}
	from := later(now, after.Ends)
	a := args{when(from), after.ID, when(until), when(now)}
	query := `
		SELECT l.id, l.profile_id, p.name, COALESCE(p.parent_id, ''), l.kind, CASE WHEN l.name = '' THEN COALESCE(a.name, '') ELSE l.name END, l.ends_at,
			CASE WHEN l.told_end = l.ends_at THEN l.told_step ELSE 0 END
		FROM licenses l JOIN profiles p ON p.id = l.profile_id LEFT JOIN connectagents a ON a.license_id = l.id
		WHERE l.ended_at IS NULL AND l.suspended_at IS NULL AND NOT p.halted AND NOT l.renews AND NOT l.awaits
		AND l.ends_at > CAST($4 AS BIGINT) AND (l.ends_at > CAST($1 AS BIGINT) OR l.ends_at = CAST($1 AS BIGINT) AND l.id > $2) AND l.ends_at <= CAST($3 AS BIGINT)
		AND ` + untold + ` AND ` + a.within(scope, "l.profile_id") + `
		ORDER BY l.ends_at, l.id LIMIT ` + a.add(n)
	return collect(ctx, tx, func(row scanner) (e Expiring, err error) {
		err = row.Scan(&e.ID, &e.Profile, &e.ProfileName, &e.Parent, &e.Kind, &e.Name, at(&e.Ends), &e.Told)
		return e, err
	}, query, a...)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// ToldEnd writes that people were told of the end of e, which is in scope, at a step, and
// reports whether nobody had done so before.
func (tx *Tx) ToldEnd(ctx context.Context, scope plaza.Scope, e Expiring, step int) (bool, error) {
	a := args{when(e.Ends), step, e.ID}
	n, err := tx.exec(ctx, `
		UPDATE licenses SET told_end = $1, told_step = $2
		WHERE id = $3 AND ends_at = CAST($1 AS BIGINT) AND (told_end IS NULL OR told_end <> CAST($1 AS BIGINT) OR told_step > CAST($2 AS BIGINT))
		AND `+a.within(scope, "profile_id"), a...)
	return n > 0, err
}

// Passed is a moment at which a license came to be past its end, or past its grace.
type Passed struct {
	ID          string
	Profile     string
	ProfileName string
	Name        string // its own, or its ConnectAgent's
	Ends        time.Time
	Grace       time.Time // its end
	At          time.Time // one of both
}

// Over reports whether the license was valid until then, and is no more.
func (p Passed) Over() bool { return p.At.Equal(p.Grace) }

// PassedEnds returns the first n moments after a given one, until now, at which a license
// in scope that ends, and is not suspended, came to be in its grace days or past them.
func (tx *Tx) PassedEnds(ctx context.Context, scope plaza.Scope, after Passed, now time.Time, n int) ([]Passed, error) {
	a := args{when(after.At), after.ID, when(now), when(after.At.AddDate(0, 0, -plaza.MostGrace-1))}
	one := func(moment, where string) string {
		return `
		SELECT l.id, l.profile_id, p.name, CASE WHEN l.name = '' THEN COALESCE(a.name, '') ELSE l.name END, l.ends_at, l.grace_ends_at, ` + moment + ` AS moment
		FROM licenses l JOIN profiles p ON p.id = l.profile_id LEFT JOIN connectagents a ON a.license_id = l.id
		WHERE l.ended_at IS NULL AND l.suspended_at IS NULL AND NOT p.halted AND NOT l.renews AND NOT l.awaits
		AND ` + where + ` AND ` + moment + ` <= CAST($3 AS BIGINT)
		AND (` + moment + ` > CAST($1 AS BIGINT) OR ` + moment + ` = CAST($1 AS BIGINT) AND l.id > $2)
		AND ` + a.within(scope, "l.profile_id")
	}
	query := one("l.ends_at", "l.ends_at < l.grace_ends_at AND l.ends_at >= CAST($1 AS BIGINT)") + ` UNION ALL ` +
		one("l.grace_ends_at", "l.ends_at >= CAST($4 AS BIGINT) AND l.ends_at <= CAST($3 AS BIGINT)") + ` ORDER BY 7, 1 LIMIT ` + a.add(n)
	return collect(ctx, tx, func(row scanner) (p Passed, err error) {
		err = row.Scan(&p.ID, &p.Profile, &p.ProfileName, &p.Name, at(&p.Ends), at(&p.Grace), at(&p.At))
		return p, err
	}, query, a...)
}

// MailChoices returns when a person wants to be mailed about which topic; topics that
// nothing was said of are not there.
func (tx *Tx) MailChoices(ctx context.Context, person string) (map[plaza.MailTopic]plaza.MailChoice, error) {
	all := map[plaza.MailTopic]plaza.MailChoice{}
	_, err := collect(ctx, tx, func(row scanner) (c plaza.MailChoice, err error) {
		var topic plaza.MailTopic
		err = row.Scan(&topic, &c)
		all[topic] = c
		return c, err
	}, `SELECT topic, choice FROM mail_choices WHERE person_id = $1`, person)
	return all, err
}

// SetMailChoice writes when a person wants to be mailed about a topic.
func (tx *Tx) SetMailChoice(ctx context.Context, person string, t plaza.MailTopic, c plaza.MailChoice) error {
	return tx.must(ctx, `
		INSERT INTO mail_choices (person_id, topic, choice) VALUES ($1, $2, $3)
		ON CONFLICT (person_id, topic) DO UPDATE SET choice = excluded.choice`, person, t, c)
}

// DueDigests returns the first n logins in scope, after that with a given ID, that work and
// are owed a notice from before a time, and not from before another, that they have not
// read.
func (tx *Tx) DueDigests(ctx context.Context, scope plaza.Scope, after string, from, since time.Time, n int) ([]plaza.Login, error) {
	var a args
	query := `SELECT ` + loginColumns + ` FROM ` + loginFrom + `
		WHERE l.id IN (SELECT n.login_id FROM notices n WHERE n.owed AND n.read_at IS NULL AND n.at < ` + a.add(when(since)) + ` AND n.at >= ` + a.add(when(from)) + `)
		AND l.accepted_at IS NOT NULL AND l.disabled_at IS NULL
		AND l.id > ` + a.add(after) + ` AND ` + a.within(scope, "l.profile_id") + ` ORDER BY l.id LIMIT ` + a.add(n)
	return collect(ctx, tx, scanLogin, query, a...)
}
