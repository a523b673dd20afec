package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

const (
	endingAtOnce = 500 // licenses that are told of in one transaction
	linesOfMail  = 20  // of them that a mail names
)

func everyEnding() plaza.Scope {
	return plaza.Everyone("whoever holds a license, and whoever sold it, is told of its end")
}

// endsTold is the setting that says on which day, and by which steps, all licenses that
// end were looked at: steps are reached when a day begins, or when somebody sets them.
const endsTold = "ends_told"

// TellEnds tells who holds a license that ends, and who is next above them, when a step
// before its end is reached: each step once, also with several nodes. Nothing waits for
// it: that a license ends follows from its dates. Only the clerk may.
func (a *App) TellEnds(ctx context.Context, actor plaza.Actor) error {
	if err := a.may(ctx, actor, plaza.NoticeTell); err != nil {
		return err
	}
	now := a.now()
	today := now.In(a.zoneOf(plaza.Actor{})).Format(time.DateOnly)
	var last string
	var until time.Time
	err := a.db.Read(ctx, func(tx *store.Tx) (err error) {
		if last, err = tx.Setting(ctx, endsTold); err != nil {
			return err
		}
		most, said, err := tx.FurthestExpiryStep(ctx)
		today += " " + said
		until = now.AddDate(0, 0, most+1)
		return err
	})
	if err != nil {
		return err
	}
	if err := a.tellEndsUntil(ctx, now, until, last != today); err != nil || last == today {
		return err
	}
	return a.db.Tx(ctx, func(tx *store.Tx) error { return tx.PutSetting(ctx, endsTold, today) })
}

// tellEndsUntil tells of the licenses that end until a time: of all, or of those that
// nobody was told of yet.
func (a *App) tellEndsUntil(ctx context.Context, now, until time.Time, all bool) (err error) {
	rules := map[string]map[plaza.LicenseKind]plaza.ExpiryRule{} // by profile
	for last := (store.Expiring{}); err == nil; {
		var some []store.Expiring
		err = a.db.Tx(ctx, func(tx *store.Tx) (err error) {
			if err := tx.HoldTree(ctx); err != nil { // who is above stays so
				return err
			}
			if some, err = tx.ExpiringLicenses(ctx, everyEnding(), last, now, until, all, endingAtOnce); err != nil {
				return err
			}
			return a.tellEnds(ctx, tx, some, rules)
		})
		if len(some) < endingAtOnce {
			break
		}
		last = some[len(some)-1]
	}
	return err
}

// tellEnds tells of those that reached a step that nobody was told of. The rules of
// profiles that were read are kept in rules.
func (a *App) tellEnds(ctx context.Context, tx *store.Tx, some []store.Expiring, rules map[string]map[plaza.LicenseKind]plaza.ExpiryRule) error {
	now, zone := a.now(), a.zoneOf(plaza.Actor{})
	told := map[string][]store.Expiring{} // by who is told
	var order []string
	var events []ending
	for _, one := range some {
		if rules[one.Profile] == nil {
			said, err := tx.ExpiryRules(ctx, one.Profile)
			if err != nil {
				return err
			}
			rules[one.Profile] = said
		}
		steps := plaza.DefaultExpirySteps()
		if rule, ok := rules[one.Profile][one.Kind]; ok {
			steps = rule.Steps
		}
		step := steps.Reached(plaza.DaysLeft(now, one.Ends, zone))
		if step == 0 || one.Told > 0 && one.Told <= step {
			continue
		}
		first, err := tx.ToldEnd(ctx, everyEnding(), one, step)
		if err != nil {
			return err
		}
		if !first {
			continue
		}
		events = append(events, ending{one.Profile, occurrence{
			id: newID(), kind: plaza.EventLicenseExpiring, at: now, profile: thing{ID: one.Profile, Name: one.ProfileName},
			object: thing{Kind: "license", ID: one.ID, Name: one.Name}, changes: []plaza.Change{{Field: "ends", New: date(one.Ends)}, {Field: "days", New: number(step)}},
		}})
		for _, profile := range []string{one.Profile, one.Parent} {
			if profile == "" {
				continue
			}
			if told[profile] == nil {
				order = append(order, profile)
			}
			told[profile] = append(told[profile], one)
		}
	}
	for _, profile := range order {
		if err := a.tellEndsTo(ctx, tx, profile, told[profile]); err != nil {
			return err
		}
	}
	return a.tellEndings(ctx, tx, events)
}

// tellEndsTo tells those of a profile who renew licenses, or ask for it, of some that end.
func (a *App) tellEndsTo(ctx context.Context, tx *store.Tx, profile string, some []store.Expiring) error {
	logins, err := tx.LoginsWithRole(ctx, profile, plaza.ManagingRoles()...)
	if err != nil || len(logins) == 0 {
		return err
	}
	notice, about, object, path := plaza.NoticeLicenseEnds, endingName(some[0]), some[0].ID, "/licenses/"+some[0].ID
	if len(some) > 1 {
		notice, about, object, path = plaza.NoticeLicensesEnd, number(len(some)), "", "/licenses?sort=ends&state=active%2Cexpiring"
	}
	l := letter{
		subject: plaza.T("mail.ends.subject", "Name", endingName(some[0])),
		button:  plaza.T("mail.ends.button"), path: path,
	}
	if len(some) > 1 {
		l.subject = plaza.T("mail.ends.subject_many", "Count", len(some))
	}
	for _, one := range some[:min(len(some), linesOfMail)] {
		l.lines = append(l.lines, plaza.T("mail.ends.line", "Name", endingName(one), "Profile", one.ProfileName, "Kind", one.Kind.Text(), "Date", one.Ends))
	}
	if more := len(some) - linesOfMail; more > 0 {
		l.lines = append(l.lines, plaza.T("mail.ends.more", "Count", more))
	}
	if err := a.notify(ctx, tx, notice, about, object, logins...); err != nil {
		return err
	}
	for _, login := range logins {
		if err := a.mailPerson(ctx, tx, plaza.TopicEnds, plaza.MailEnds, login, l); err != nil {
			return err
		}
	}
	return nil
}

// endingName returns what a license that ends is called: whose it is, if it has no name.
func endingName(one store.Expiring) string {
	if one.Name == "" {
		return one.ProfileName
	}
	return one.Name
}

// ending is what webhooks are told of the end of a license of a profile.
type ending struct {
	profile string
	occurrence
}

// tellEndings tells the webhooks of the profiles, and of those above them, of ends.
func (a *App) tellEndings(ctx context.Context, tx *store.Tx, all []ending) error {
	if some, err := tx.AnyWebhook(ctx); err != nil || !some {
		return err
	}
	for _, one := range all {
		if err := a.tellHooks(ctx, tx, one.profile, one.occurrence); err != nil {
			return err
		}
	}
	return nil
}

// endsPassed is the setting that says until which moment, and which license of it, the
// webhooks were told of licenses that are past their end.
const endsPassed = "ends_passed"

// TellPassedEnds tells the webhooks of each license that came to be in its grace days, or
// past them: once, also with several nodes and after a time in which none ran. Nothing
// waits for it. Only the clerk may.
func (a *App) TellPassedEnds(ctx context.Context, actor plaza.Actor) error {
	if err := a.may(ctx, actor, plaza.NoticeTell); err != nil {
		return err
	}
	now := a.now()
	for more := true; more; {
		err := a.db.Tx(ctx, func(tx *store.Tx) (err error) {
			if err := tx.HoldTree(ctx); err != nil { // who is above stays so
				return err
			}
			more, err = a.tellPassedEnds(ctx, tx, now)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// tellPassedEnds tells of some, and reports whether there may be more.
func (a *App) tellPassedEnds(ctx context.Context, tx *store.Tx, now time.Time) (more bool, err error) {
	said, err := tx.Setting(ctx, endsPassed)
	if err != nil {
		return false, err
	}
	if said == "" { // what was before Plaza tells of it is no news
		return false, tx.PutSetting(ctx, endsPassed, until(now).String())
	}
	after, err := parsePassed(said)
	if err != nil || now.Before(after.at) { // somebody has set a clock back
		return false, err
	}
	some, events, err := a.passedEnds(ctx, tx, after, now)
	if err != nil {
		return false, err
	}
	till := until(now)
	if more = len(some) == endingAtOnce; more {
		till = passed{some[len(some)-1].At, some[len(some)-1].ID}
	}
	if first, err := tx.TurnSetting(ctx, endsPassed, said, till.String()); err != nil || !first {
		return false, err // another node tells of them
	}
	return more, a.tellEndings(ctx, tx, events)
}

// passedEnds returns the next ends that passed, and what is told of each; none if there is
// nobody to tell.
func (a *App) passedEnds(ctx context.Context, tx *store.Tx, after passed, now time.Time) (some []store.Passed, events []ending, err error) {
	if listens, err := tx.AnyWebhook(ctx); err != nil || !listens {
		return nil, nil, err
	}
	some, err = tx.PassedEnds(ctx, everyEnding(), store.Passed{At: after.at, ID: after.license}, now, endingAtOnce)
	for _, one := range some {
		o := occurrence{
			id: newID(), kind: plaza.EventLicenseGrace, at: one.At, profile: thing{ID: one.Profile, Name: one.ProfileName},
			object: thing{Kind: "license", ID: one.ID, Name: one.Name}, changes: []plaza.Change{{Field: "ends", New: date(one.Ends)}, {Field: "grace_ends", New: date(one.Grace)}},
		}
		if one.Over() {
			o.kind = plaza.EventLicenseExpired
		}
		events = append(events, ending{one.Profile, o})
	}
	return some, events, err
}

// passed is how far the webhooks were told of ends: of all before a moment, and of those
// of that moment up to a license.
type passed struct {
	at      time.Time
	license string // empty: of none of that moment
}

// until returns how far they were told when they were told of all until now.
func until(now time.Time) passed {
	return passed{at: now.Truncate(time.Microsecond).Add(time.Microsecond)} // as exact as the ends are kept
}

// String returns p as [parsePassed] reads it.
func (p passed) String() string { return p.at.UTC().Format(time.RFC3339Nano) + " " + p.license }

func parsePassed(text string) (p passed, err error) {
	at, license, _ := strings.Cut(text, " ")
	p.license = license
	if p.at, err = time.Parse(time.RFC3339Nano, at); err != nil {
		return p, fmt.Errorf("the setting %s: %w", endsPassed, err)
	}
	return p, nil
}
