package app_test

import (
	"slices"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

// TestConsent from the wish to its end, answered on the page.
func TestConsent(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		until := w.Clock.Now().Add(2 * day)
		in := plaza.NewConsent{Profile: w.Partner.Profile, Reason: reason, Until: until}
		wantKey(t, "no need to ask", errOf(w.AskConsent(ctx, w.Reseller, in)), plaza.Conflict, "access.need_not_ask")
		asks(t, w, w.Partner)
		want(t, "a stranger asks", errOf(w.AskConsent(ctx, w.Stranger, in)), plaza.NotFound)
		want(t, "a partner asks", errOf(w.AskConsent(ctx, w.Partner, in)), plaza.Forbidden)
		for _, wrong := range []plaza.NewConsent{
			{Profile: in.Profile, Reason: reason},
			{Profile: in.Profile, Reason: reason, Until: w.Clock.Now()},
			{Profile: in.Profile, Reason: reason, Until: w.Clock.Now().Add(plaza.ConsentLongest + time.Second)},
		} {
			wantField(t, "an end that cannot be", errOf(w.AskConsent(ctx, w.Reseller, wrong)), "until", "problem.consent_until")
		}
		wantField(t, "no reason", errOf(w.AskConsent(ctx, w.Reseller, plaza.NewConsent{Profile: in.Profile, Until: until})), "reason", "problem.reason")
		c := must1[plaza.Consent](t)(w.AskConsent(ctx, w.Reseller, in))
		wantKey(t, "asked twice", errOf(w.AskConsent(ctx, w.Reseller, in)), plaza.Conflict, "access.asked_already")
		equal(t, "notice", notices(t, w, w.Partner)[0], plaza.NoticeConsentAsked)
		wantKey(t, "before an answer", enter(w, t, w.Reseller, w.Partner), plaza.Conflict, "acting.barred.ask")

		colleague := w.Invite(t, w.Reseller, w.Reseller.Profile, "Colleague", plaza.Administrator)
		for name, who := range strangers(w) {
			if who.Kind != plaza.Reseller {
				want(t, name+" grants", w.GrantConsent(ctx, who, c.ID, false, 1), plaza.NotFound)
			}
		}
		want(t, "who asked grants it", w.GrantConsent(ctx, w.Reseller, c.ID, false, 1), plaza.NotFound)
		want(t, "a colleague withdraws it", w.WithdrawConsent(ctx, colleague, c.ID, 1), plaza.NotFound)
		want(t, "an administrator grants it", w.GrantConsent(ctx, w.Invite(t, w.Reseller, w.Partner.Profile, "Admin", plaza.Administrator), c.ID, false, 1), plaza.Forbidden)
		want(t, "stale", w.GrantConsent(ctx, w.Partner, c.ID, false, 7), plaza.Stale)
		want(t, "to revoke what nobody granted", w.RevokeConsent(ctx, w.Partner, c.ID, 1), plaza.Conflict)
		must(t, w.GrantConsent(ctx, w.Partner, c.ID, false, 1))
		want(t, "to refuse what was granted", w.RefuseConsent(ctx, w.Partner, c.ID, 2), plaza.Conflict)
		equal(t, "the answer", notices(t, w, w.Reseller)[0], plaza.NoticeConsentGranted)
		wantKey(t, "it holds for one login", enter(w, t, colleague, w.Partner), plaza.Conflict, "acting.barred.ask")

		for range 2 { // until its end, again and again
			inside, _ := logInAs(t, w, w.Reseller, w.Partner.Login, plaza.Look)
			must(t, errOf(w.StopActing(ctx, inside)))
		}
		_, token := logInAs(t, w, w.Reseller, w.Partner.Login, plaza.Look)
		must(t, w.RevokeConsent(ctx, w.Partner, c.ID, 2))
		v, err := w.Gate.Identify(ctx, token, plaza.Origin{})
		must(t, err)
		if v.Ended == nil || v.Ended.Why != plaza.EndAccess {
			t.Errorf("still inside: %+v", v)
		}
		wantKey(t, "after that", enter(w, t, identify(t, w, v.Ended.Token), w.Partner), plaza.Conflict, "acting.barred.ask")
	})
}

// TestConsentIsAskedForOnce, however many times somebody presses the button: the
// owners get one mail.
func TestConsentIsAskedForOnce(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		asks(t, w, w.Partner)
		asks(t, w, w.Enterprise)
		asked := func(to string) (n int) {
			for _, m := range mails(t, w, to) {
				if m.Kind == plaza.MailConsentAsked {
					n++
				}
			}
			return n
		}
		for of, owner := range map[string]plaza.Actor{"partner@example.com": w.Partner, "enterprise@example.com": w.Enterprise} {
			in := plaza.NewConsent{Profile: owner.Profile, Reason: reason, Until: w.Clock.Now().Add(day)}
			ask := func() error { return errOf(w.AskConsent(t.Context(), w.Reseller, in)) }
			made := 0
			for _, err := range together(ask, ask, ask, ask, ask, ask) {
				if err == nil {
					made++
					continue
				}
				wantKey(t, "once more", err, plaza.Conflict, "access.asked_already")
			}
			open := must1[plaza.Access](t)(w.Access(t.Context(), owner)).Consents
			if made != 1 || len(open) != 1 || asked(of) != 1 {
				t.Errorf("%s: %d were asked for, %d are open, %d mails", of, made, len(open), asked(of))
			}
		}
	})
}

// TestConsentOnce holds for a single entry, and never past its end.
func TestConsentOnce(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		asks(t, w, w.Partner)
		c := must1[plaza.Consent](t)(w.AskConsent(ctx, w.Reseller, plaza.NewConsent{
			Profile: w.Partner.Profile, Reason: reason, Until: w.Clock.Now().Add(20 * time.Minute),
		}))
		must(t, w.GrantConsent(ctx, w.Partner, c.ID, true, 1))
		inside, token := logInAs(t, w, w.Reseller, w.Partner.Login, plaza.Look)
		if !inside.Via.Expires.Equal(c.Until) {
			t.Errorf("it lasts until %s, the consent until %s", inside.Via.Expires, c.Until)
		}
		shown := func() []plaza.Consent { return must1[plaza.Access](t)(w.Access(ctx, w.Partner)).Consents }
		if got := shown(); len(got) != 1 || got[0].ID != c.ID || got[0].State(w.Clock.Now()) != plaza.ConsentUsed {
			t.Errorf("while its visitor is inside, shown are %+v", got)
		}
		w.Clock.Advance(20 * time.Minute)
		if got := shown(); len(got) != 0 {
			t.Errorf("past its end, shown are %+v", got)
		}
		v, err := w.Gate.Identify(ctx, token, plaza.Origin{})
		must(t, err)
		if v.Ended == nil || v.Ended.Why != plaza.EndTime {
			t.Fatalf("still inside: %+v", v)
		}
		wantKey(t, "once more", enter(w, t, identify(t, w, v.Ended.Token), w.Partner), plaza.Conflict, "acting.barred.ask")
	})
}

// TestConsentOnceIsTakenBack while its visitor is inside: the page shows it for as
// long, and whoever takes it back puts the visitor out.
func TestConsentOnceIsTakenBack(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		shown := func(who plaza.Actor) []plaza.Consent { return must1[plaza.Access](t)(w.Access(ctx, who)).Consents }
		asks(t, w, w.Partner)
		enter := func() (token string) {
			c := consent(t, w, w.Reseller, w.Partner)
			must(t, w.GrantConsent(ctx, w.Partner, c.ID, true, 1))
			_, token = logInAs(t, w, w.Reseller, w.Partner.Login, plaza.Look)
			for name, who := range strangers(w) {
				if got := shown(who); len(got) != 0 {
					t.Errorf("%s is shown %+v", name, got)
				}
			}
			return token
		}
		inside := identify(t, w, enter())
		must(t, errOf(w.StopActing(ctx, inside)))
		if got := shown(w.Partner); len(got) != 0 {
			t.Errorf("when its visitor has left, shown are %+v", got)
		}
		token := enter()
		c := shown(w.Partner)[0]
		must(t, w.RevokeConsent(ctx, w.Partner, c.ID, c.Version))
		v, err := w.Gate.Identify(ctx, token, plaza.Origin{})
		must(t, err)
		if v.Ended == nil || v.Ended.Why != plaza.EndAccess {
			t.Errorf("still inside: %+v", v)
		}
		if got := shown(w.Partner); len(got) != 0 {
			t.Errorf("taken back, shown are %+v", got)
		}
	})
}

// TestConsentFromTheMail: the link answers once, in the name of the owner that it
// was sent to, and only while that is one.
func TestConsentFromTheMail(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		asks(t, w, w.Partner)
		second := w.Invite(t, w.Reseller, w.Partner.Profile, "Second", plaza.Owner)
		c := consent(t, w, w.Reseller, w.Partner)
		link, other := w.Link(t, "partner@example.com", "/consent/"), w.Link(t, "second@example.com", "/consent/")
		if link == other {
			t.Fatal("both owners got the same link")
		}
		l := login(t, w, second.Login)
		must(t, w.EditLogin(ctx, w.Partner, l.ID, plaza.LoginEdit{Name: l.Name, Role: plaza.Manager, Dashboard: true, Version: l.Version}))
		want(t, "who owns it no more", w.Gate.AnswerConsent(ctx, other, true, false, plaza.Origin{}), plaza.NotFound)
		edit := func(in plaza.LoginEdit) {
			t.Helper()
			in.Name, in.Version = l.Name, login(t, w, l.ID).Version
			must(t, w.EditLogin(ctx, w.Partner, l.ID, in))
		}
		edit(plaza.LoginEdit{Role: plaza.Owner})
		want(t, "to look at, without the dashboard", errOf(w.Gate.ConsentAsked(ctx, other)), plaza.NotFound)
		want(t, "who could not answer there", w.Gate.AnswerConsent(ctx, other, true, false, plaza.Origin{}), plaza.NotFound)
		edit(plaza.LoginEdit{Role: plaza.Owner, Dashboard: true})
		must(t, errOf(w.Gate.ConsentAsked(ctx, other)))
		edit(plaza.LoginEdit{Role: plaza.Owner})
		want(t, "no link", errOf(w.Gate.ConsentAsked(ctx, "x")), plaza.NotFound)
		equal(t, "what is asked", must1[plaza.Consent](t)(w.Gate.ConsentAsked(ctx, link)).ID, c.ID)
		must(t, w.Gate.AnswerConsent(ctx, link, true, false, plaza.Origin{Address: "192.0.2.7"}))
		want(t, "a second time", w.Gate.AnswerConsent(ctx, link, false, false, plaza.Origin{}), plaza.NotFound)
		e := log(t, w)[0]
		if e.Verb != plaza.ConsentGrant || e.Actor.Login != w.Partner.Login || e.Profile != w.Partner.Profile || e.Object != c.ID {
			t.Errorf("on record stands %+v", e)
		}
		if !slices.Contains(e.Changes, plaza.Change{Field: "by", New: "link"}) {
			t.Errorf("that it was the link that answered is not on record: %+v", e.Changes)
		}
		must(t, enter(w, t, w.Reseller, w.Partner))
		before := len(mails(t, w, "second@example.com"))
		_ = consent(t, w, w.Invite(t, w.Vendor, w.Reseller.Profile, "Another", plaza.Administrator), w.Partner)
		if n := len(mails(t, w, "second@example.com")) - before; n != 0 {
			t.Errorf("who could not answer got %d mails", n)
		}
	})
}

// TestLinksToAnswerAreTidiedUp a day after the consent could last be answered.
func TestLinksToAnswerAreTidiedUp(t *testing.T) {
	t.Parallel()
	bareWorlds(t, func(t *testing.T, w bare) {
		asks(t, w.World, w.Partner)
		asks(t, w.World, w.Enterprise)
		_ = consent(t, w.World, w.Reseller, w.Partner) // for a day
		must(t, errOf(w.AskConsent(t.Context(), w.Reseller, plaza.NewConsent{
			Profile: w.Enterprise.Profile, Reason: reason, Until: w.Clock.Now().Add(10 * day),
		})))
		for _, step := range []struct {
			later time.Duration
			links int
		}{{day, 2}, {day, 2}, {time.Microsecond, 1}, {9*day - time.Microsecond, 1}, {time.Microsecond, 0}} {
			w.Clock.Advance(step.later)
			must(t, w.Tidy(t.Context(), plaza.Janitor))
			if got := len(w.rows(t, "consent_links")); got != step.links {
				t.Errorf("%s later there are %d links, want %d", step.later, got, step.links)
			}
		}
	})
}
