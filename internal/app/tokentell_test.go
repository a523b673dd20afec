package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/store"
)

// toldOfTokens returns how often somebody was told of tokens that expire.
func toldOfTokens(t testing.TB, w *apptest.World, who plaza.Actor) (n int) {
	t.Helper()
	for _, kind := range notices(t, w, who) {
		if kind == plaza.NoticeTokenExpires || kind == plaza.NoticeTokensExpire {
			n++
		}
	}
	return n
}

// tokenFor makes a token of somebody's that expires at a time.
func tokenFor(t testing.TB, w *apptest.World, by plaza.Actor, name string, shared bool, expires time.Time) plaza.Token {
	t.Helper()
	made, _, err := w.CreateToken(t.Context(), by, plaza.NewToken{Name: name, Shared: shared, Expires: expires, Verbs: []plaza.Verb{plaza.LicenseRead}})
	must(t, err)
	return made
}

// TestPeopleAreToldBeforeATokenExpires: at each step once, its login of one that is personal,
// and owners and administrators of one that is the profile's.
func TestPeopleAreToldBeforeATokenExpires(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		w.Invite(t, w.Reseller, w.Reseller.Profile, "Admin", plaza.Administrator)
		helper := w.Invite(t, w.Reseller, w.Reseller.Profile, "Helper", plaza.Support)
		end := w.Clock.Now().AddDate(0, 0, 90)
		own := tokenFor(t, w, helper, "Script", false, end)
		shared := tokenFor(t, w, w.Reseller, "Integration", true, end.AddDate(0, 0, -40))
		gone := tokenFor(t, w, helper, "Revoked", false, end)
		must(t, w.RevokeToken(ctx, helper, gone.ID, 1))
		mine, theirs := 0, 0
		for _, at := range []struct{ days, own, shared int }{
			{80, 0, 0}, {71, 0, 0}, {70, 0, 1}, {60, 0, 0}, {47, 0, 1}, {41, 0, 1}, {40, 0, 0}, {31, 0, 0}, {30, 1, 0}, {29, 0, 0}, {7, 1, 0}, {2, 0, 0}, {1, 1, 0}, {0, 0, 0},
		} {
			w.Clock.Set(end.AddDate(0, 0, -at.days))
			must(t, w.TellTokens(ctx, plaza.Clerk))
			must(t, w.TellTokens(ctx, plaza.Clerk)) // another node
			mine, theirs = mine+at.own, theirs+at.shared
			for name, want := range map[string]int{"helper": mine, "reseller": theirs, "admin": theirs, "vendor": 0, "partner": 0, "stranger": 0} {
				if got := toldOfTokens(t, w, back(t, w, name)); got != want {
					t.Errorf("%d days before, the %s was told %d times, want %d", at.days, name, got, want)
				}
			}
		}
		for to, of := range map[string]plaza.Token{"helper@example.com": own, "admin@example.com": shared} {
			told := 0
			for _, letter := range mails(t, w, to) {
				if letter.Kind != plaza.MailTokenExpires {
					continue
				}
				if told++; !strings.Contains(letter.Text, of.Name) || !strings.Contains(letter.Text, "/tokens/"+of.ID) {
					t.Errorf("%s got %s", to, letter.Text)
				}
			}
			equal(t, "mails to "+to, told, 3)
		}
		for _, step := range []int{7, 1} { // a node that looked before the others told
			var got bool
			must(t, w.DB.Tx(ctx, func(tx *store.Tx) (err error) {
				got, err = tx.ToldToken(ctx, plaza.Everyone("a test"), own.ID, step)
				return err
			}))
			equal(t, "told by it", got, false)
		}
		for what, by := range map[string]plaza.Actor{"the vendor": back(t, w, "vendor"), "the postman": plaza.Postman} {
			want(t, what, w.TellTokens(ctx, by), plaza.Forbidden)
		}
	})
}

// TestWhatIsToldOfManyTokensIsOneMail, none of what was known when a token was made, and
// nothing while the profile stands still or where somebody wants no mail of it.
func TestWhatIsToldOfManyTokensIsOneMail(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		begin := w.Clock.Now()
		tokenFor(t, w, w.Stranger, "For a week", false, begin.AddDate(0, 0, 7))
		for _, name := range []string{"One", "Two", "Three"} {
			tokenFor(t, w, w.Partner, name, name == "Two", begin.AddDate(0, 0, 60))
		}
		must(t, w.TellTokens(ctx, plaza.Clerk))
		equal(t, "at once", toldOfTokens(t, w, w.Stranger), 0)
		w.Clock.Set(begin.AddDate(0, 0, 6))
		must(t, w.TellTokens(ctx, plaza.Clerk))
		equal(t, "on its last day", toldOfTokens(t, w, back(t, w, "stranger")), 1)

		suspend(t, w, back(t, w, "reseller"), w.Partner.Profile)
		w.Clock.Set(begin.AddDate(0, 0, 32))
		must(t, w.TellTokens(ctx, plaza.Clerk))
		must(t, w.ResumeProfile(ctx, back(t, w, "reseller"), w.Partner.Profile, profile(t, w, w.Partner.Profile).Version))
		partner := back(t, w, "partner")
		equal(t, "while it stood still", toldOfTokens(t, w, partner), 0)
		must(t, w.TellTokens(ctx, plaza.Clerk))
		first := must1[plaza.List[plaza.Notice]](t)(w.Notices(ctx, partner, plaza.Page{})).Rows[0]
		if first.Kind != plaza.NoticeTokensExpire || first.About != "3" || toldOfTokens(t, w, partner) != 1 {
			t.Errorf("told %+v", first)
		}
		mailed := func() (n int) {
			for _, m := range mails(t, w, "partner@example.com") {
				if m.Kind == plaza.MailTokenExpires {
					n++
				}
			}
			return n
		}
		if letter := mails(t, w, "partner@example.com")[0]; mailed() != 1 || !strings.Contains(letter.Text, "One") || !strings.Contains(letter.Text, "Three") || !strings.Contains(letter.Subject, "3") {
			t.Errorf("%d mails, %s", mailed(), letter.Text)
		}
		must(t, w.ChooseMails(ctx, partner, map[plaza.MailTopic]plaza.MailChoice{plaza.TopicTokens: plaza.MailOff}))
		w.Clock.Set(begin.AddDate(0, 0, 53))
		must(t, w.TellTokens(ctx, plaza.Clerk))
		equal(t, "without a mail", []int{toldOfTokens(t, w, back(t, w, "partner")), mailed()}, []int{2, 1})
	})
}
