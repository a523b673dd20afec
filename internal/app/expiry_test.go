package app_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/store"
)

// told returns how many notices of an end somebody has.
func toldOfEnds(t testing.TB, w *apptest.World, who plaza.Actor) (n int) {
	t.Helper()
	for _, kind := range notices(t, w, who) {
		if kind == plaza.NoticeLicenseEnds || kind == plaza.NoticeLicensesEnd {
			n++
		}
	}
	return n
}

// back lets somebody sign in again after a long time.
func back(t testing.TB, w *apptest.World, name string) plaza.Actor {
	t.Helper()
	return w.SignIn(t, name+"@example.com")
}

// TestEndsAreToldOf: at each step once, to the holder and whoever is next above, and again
// after a renewal; not of what renews by itself, is suspended or has ended.
func TestEndsAreToldOf(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		month := plan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: "A quarter", TermMonths: 3}).ID
		own := plan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: "Goes on", TermMonths: 3, Renews: true}).ID
		issue := func(plan, name string) plaza.License {
			t.Helper()
			return must1[plaza.License](t)(w.IssueLicense(ctx, back(t, w, "reseller"), plaza.NewLicense{Profile: w.Partner.Profile, Plan: plan, Name: name}))
		}
		l := issue(month, "Workbench")
		issue(own, "Renews")
		still := issue(month, "Suspended")
		must(t, w.SuspendLicense(ctx, w.Reseller, still.ID, reason, 1))
		over := issue(month, "Ended")
		must(t, w.EndLicense(ctx, w.Reseller, over.ID, reason, 1))
		if l.Ends.IsZero() {
			t.Fatal("it has no end")
		}
		want := 0
		for _, at := range []struct{ days, more int }{{40, 0}, {30, 1}, {30, 0}, {20, 0}, {14, 1}, {7, 1}, {5, 0}, {1, 1}, {0, 0}} {
			w.Clock.Set(l.Ends.AddDate(0, 0, -at.days))
			must(t, w.TellEnds(ctx, plaza.Clerk))
			must(t, w.TellEnds(ctx, plaza.Clerk)) // another node
			want += at.more
			for _, name := range []string{"partner", "reseller"} {
				if got := toldOfEnds(t, w, back(t, w, name)); got != want {
					t.Errorf("%d days before, the %s was told %d times, want %d", at.days, name, got, want)
				}
			}
		}
		for _, name := range []string{"vendor", "stranger", "enterprise"} {
			if got := toldOfEnds(t, w, back(t, w, name)); got != 0 {
				t.Errorf("the %s was told %d times", name, got)
			}
		}
		letter := mails(t, w, "partner@example.com")[0]
		if letter.Kind != plaza.MailEnds || !strings.Contains(letter.Text, "Workbench") || !strings.Contains(letter.Text, "/licenses/"+l.ID) {
			t.Errorf("%s", letter.Text)
		}
		must(t, w.RenewLicense(ctx, back(t, w, "reseller"), l.ID, "", 1))
		w.Clock.Set(read(t, w, l.ID).Ends.AddDate(0, 0, -6))
		must(t, w.TellEnds(ctx, plaza.Clerk))
		equal(t, "of the next term, the last step that is reached", toldOfEnds(t, w, back(t, w, "partner")), want+1)
		for what, by := range map[string]plaza.Actor{"the vendor": back(t, w, "vendor"), "the postman": plaza.Postman} {
			if err := w.TellEnds(ctx, by); plaza.KindOf(err) != plaza.Forbidden {
				t.Errorf("told by %s: %v", what, err)
			}
		}
	})
}

// TestManyEndsAreOneNotice, however many there are.
func TestManyEndsAreOneNotice(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		ids := many(t, w, 25)
		w.Clock.Set(license(t, w, ids[0]).Ends.AddDate(0, 0, -3))
		must(t, w.TellEnds(ctx, plaza.Clerk))
		who := back(t, w, "partner")
		rows := must1[plaza.List[plaza.Notice]](t)(w.Notices(ctx, who, plaza.Page{})).Rows
		if rows[0].Kind != plaza.NoticeLicensesEnd || toldOfEnds(t, w, who) != 1 {
			t.Errorf("%+v", rows)
		}
		if letter := mails(t, w, "partner@example.com")[0]; !strings.Contains(letter.Text, "and 6 more") { // its base license is among them
			t.Error(letter.Text)
		}
	})
}

// TestWhoSaysWhenPeopleAreTold: the nearest profile above that says something.
func TestWhoSaysWhenPeopleAreTold(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		kinds := func(all []plaza.ExpiryRule) (steps []string) {
			for _, r := range all {
				steps = append(steps, r.Steps.String())
			}
			return steps
		}
		standard := "30, 14, 7, 1"
		equal(t, "at first", kinds(must1[[]plaza.ExpiryRule](t)(w.ExpiryRules(ctx, w.Reseller))), []string{standard, standard, standard, standard})
		must(t, w.SetExpiryRules(ctx, w.Vendor, []plaza.ExpiryRule{
			{Kind: plaza.Development, Steps: plaza.ExpirySteps{60}, Own: true}, {Kind: plaza.PartnerLicense, Own: true},
		}))
		must(t, w.SetExpiryRules(ctx, w.Reseller, []plaza.ExpiryRule{{Kind: plaza.Development, Steps: plaza.ExpirySteps{90, 2}, Own: true}}))
		rules := must1[[]plaza.ExpiryRule](t)(w.ExpiryRules(ctx, w.Reseller))
		equal(t, "its own and the vendor's", kinds(rules), []string{"90, 2", "", standard, standard})
		equal(t, "which is its own", []bool{rules[0].Own, rules[1].Own}, []bool{true, false})
		equal(t, "another reseller's", kinds(must1[[]plaza.ExpiryRule](t)(w.ExpiryRules(ctx, w.Stranger))), []string{"60", "", standard, standard})
		for name, bad := range map[string]plaza.ExpiryRule{
			"in no order": {Kind: plaza.Development, Steps: plaza.ExpirySteps{1, 30}, Own: true}, "of today": {Kind: plaza.Development, Steps: plaza.ExpirySteps{0}, Own: true},
			"too far": {Kind: plaza.Development, Steps: plaza.ExpirySteps{366}, Own: true}, "of no kind": {Kind: "never", Own: true},
		} {
			want(t, name, w.SetExpiryRules(ctx, w.Reseller, []plaza.ExpiryRule{bad}), plaza.Invalid)
		}
		want(t, "by a partner", w.SetExpiryRules(ctx, w.Partner, nil), plaza.Forbidden)

		l := issued(t, w)
		w.Clock.Set(l.Ends.AddDate(0, 0, -80))
		must(t, w.TellEnds(ctx, plaza.Clerk))
		equal(t, "90 days before", toldOfEnds(t, w, back(t, w, "partner")), 1)
		w.Clock.Set(l.Ends.AddDate(0, 0, -20))
		must(t, w.TellEnds(ctx, plaza.Clerk))
		equal(t, "not at a step that is another's, nor of its base license", toldOfEnds(t, w, back(t, w, "partner")), 1)
		must(t, w.SetExpiryRules(ctx, back(t, w, "reseller"), []plaza.ExpiryRule{{Kind: plaza.Development}}))
		must(t, w.TellEnds(ctx, plaza.Clerk))
		equal(t, "at the vendor's", toldOfEnds(t, w, back(t, w, "partner")), 2)
	})
}

// TestMailsAreChosen: at once, once a day in one, or not at all; the bell rings always.
func TestMailsAreChosen(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		choose := func(who plaza.Actor, topic plaza.MailTopic, c plaza.MailChoice) {
			t.Helper()
			must(t, w.ChooseMails(ctx, who, map[plaza.MailTopic]plaza.MailChoice{topic: c}))
		}
		answer := func() {
			t.Helper()
			r := must1[plaza.Request](t)(w.MakeRequest(ctx, back(t, w, "partner"), wishes(w)[plaza.RequestAgent], ""))
			must(t, w.DeclineRequest(ctx, back(t, w, "reseller"), r.ID, reason, 1))
		}
		got := func() int { return len(mails(t, w, "partner@example.com")) }
		want(t, "a choice that is none", w.ChooseMails(ctx, w.Partner, map[plaza.MailTopic]plaza.MailChoice{plaza.TopicEnds: "later"}), plaza.Invalid)
		want(t, "a topic that is none", w.ChooseMails(ctx, w.Partner, map[plaza.MailTopic]plaza.MailChoice{"all": plaza.MailOff}), plaza.Invalid)
		before := got()
		answer()
		equal(t, "at once", got(), before+1)
		choose(w.Partner, plaza.TopicRequests, plaza.MailOff)
		answer()
		equal(t, "not at all", got(), before+1)
		choose(w.Partner, plaza.TopicRequests, plaza.MailDaily)
		equal(t, "kept", must1[map[plaza.MailTopic]plaza.MailChoice](t)(w.MailChoices(ctx, w.Partner)), map[plaza.MailTopic]plaza.MailChoice{
			plaza.TopicEnds: plaza.MailAtOnce, plaza.TopicAllowances: plaza.MailAtOnce, plaza.TopicRequests: plaza.MailDaily, plaza.TopicStatements: plaza.MailAtOnce, plaza.TopicTokens: plaza.MailAtOnce,
		})
		w.Clock.Advance(time.Second)
		must(t, w.SendDigests(ctx, plaza.Clerk)) // what there was before
		w.Clock.Advance(time.Second)
		before = got()
		answer()
		answer()
		equal(t, "later", got(), before)
		must(t, w.SendDigests(ctx, plaza.Clerk))
		equal(t, "not before the next day", got(), before)
		w.Clock.Advance(day)
		must(t, w.SendDigests(ctx, plaza.Clerk))
		must(t, w.SendDigests(ctx, plaza.Clerk)) // another node
		letters := mails(t, w, "partner@example.com")
		if len(letters) != before+1 || letters[0].Kind != plaza.MailDigest || strings.Count(letters[0].Text, "Declined: ") != 2 {
			t.Errorf("%d mails, had %d: %s", len(letters), before, letters[0].Text)
		}
		w.Clock.Advance(day)
		must(t, w.SendDigests(ctx, plaza.Clerk))
		equal(t, "of a day without anything", got(), before+1)
		equal(t, "the bell", len(slices.DeleteFunc(notices(t, w, back(t, w, "partner")), func(k plaza.NoticeKind) bool { return k != plaza.NoticeRequestDeclined })), 4)
		answer()
		choose(back(t, w, "partner"), plaza.TopicRequests, plaza.MailAtOnce) // once that was promised for tomorrow
		answer()
		before = got()
		w.Clock.Advance(day)
		must(t, w.SendDigests(ctx, plaza.Clerk))
		if letters := mails(t, w, "partner@example.com"); len(letters) != before+1 || strings.Count(letters[0].Text, "Declined: ") != 1 {
			t.Errorf("%d mails, had %d: %s", len(letters), before, letters[0].Text)
		}
		choose(back(t, w, "partner"), plaza.TopicRequests, plaza.MailDaily)
		answer()
		choose(back(t, w, "partner"), plaza.TopicRequests, plaza.MailOff)
		before = got()
		w.Clock.Advance(day)
		must(t, w.SendDigests(ctx, plaza.Clerk))
		equal(t, "of what one wants no mails any more", got(), before)
		want(t, "sent by somebody", w.SendDigests(ctx, back(t, w, "vendor")), plaza.Forbidden)
	})
}

// TestEveryPageOfEndsIsRead: what the last of a page shares its end with is on the next.
func TestEveryPageOfEndsIsRead(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ids := many(t, w, 5)
		now := license(t, w, ids[0]).Ends.Add(-time.Hour)
		seen := map[string]bool{}
		must(t, w.DB.Read(t.Context(), func(tx *store.Tx) error {
			for last := (store.Expiring{}); ; {
				some, err := tx.ExpiringLicenses(t.Context(), plaza.Everyone("a test"), last, now, now.AddDate(1, 0, 0), true, 2)
				if err != nil || len(some) == 0 {
					return err
				}
				for _, one := range some {
					if seen[one.ID] {
						t.Errorf("%s is there twice", one.ID)
					}
					seen[one.ID] = true
				}
				last = some[len(some)-1]
			}
		}))
		for _, id := range ids {
			if !seen[id] {
				t.Errorf("%s is missing", id)
			}
		}
	})
}

// TestWhatIsOldOrReadIsNotMailed: to somebody whose login was disabled for long.
func TestWhatIsOldOrReadIsNotMailed(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		must(t, w.ChooseMails(ctx, w.Partner, map[plaza.MailTopic]plaza.MailChoice{plaza.TopicRequests: plaza.MailDaily}))
		r := must1[plaza.Request](t)(w.MakeRequest(ctx, w.Partner, wishes(w)[plaza.RequestAgent], ""))
		must(t, w.DeclineRequest(ctx, w.Reseller, r.ID, reason, 1))
		must(t, w.ReadNotices(ctx, w.Partner))
		other := w.Invite(t, w.Reseller, w.Partner.Profile, "Second", plaza.Owner)
		disable(t, w, other, w.Partner.Login)
		for range 3 {
			w.Clock.Advance(120 * day)
			must(t, w.SendDigests(ctx, plaza.Clerk))
		}
		enable(t, w, back(t, w, "second"), w.Partner.Login)
		before := len(mails(t, w, "partner@example.com"))
		must(t, w.SendDigests(ctx, plaza.Clerk))
		if n := len(mails(t, w, "partner@example.com")); n > before {
			t.Errorf("mailed what was read a year ago: %s", mails(t, w, "partner@example.com")[0].Text)
		}
	})
}
