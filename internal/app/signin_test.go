package app_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
)

func from(address string) plaza.Origin { return plaza.Origin{Address: address} }

func TestSignIn(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		must(t, errOf(w.CreateLogin(ctx, w.Reseller, newLogin(w, "invited@example.com", plaza.Manager))))
		for name, try := range map[string][2]string{
			"wrong password":  {"partner@example.com", "not this one"},
			"no password":     {"partner@example.com", ""},
			"nobody":          {"nobody@example.com", apptest.Password},
			"never taken up":  {"invited@example.com", ""},
			"no address":      {"", apptest.Password},
			"not an address":  {"' OR 1=1 --", apptest.Password},
			"hostile address": {"partner@example.com\x00", apptest.Password},
		} {
			_, err := w.Gate.SignIn(ctx, try[0], try[1], from(name))
			wantKey(t, name, err, plaza.Unauthenticated, "signin.wrong")
			if e := plaza.AsError(err); e.Err != nil || e.Fields != nil || e.Wait != 0 {
				t.Errorf("%s can be told apart: %+v", name, e)
			}
		}
		for _, email := range []string{"partner@example.com", " PARTNER@Example.COM\n"} {
			a := w.SignIn(t, email)
			if a.Login != w.Partner.Login || a.Kind != plaza.Partner || a.Role != plaza.Owner {
				t.Errorf("signed in as %+v", a)
			}
		}
		if got := login(t, w, w.Partner.Login).SignedIn; !got.Equal(w.Clock.Now()) {
			t.Errorf("last signed in %s", got)
		}
		for _, token := range []string{"", "x", "\x00", w.Tokens[w.Partner.Login] + "x"} {
			dead(t, w, "no token", token)
		}
		if n := w.Events(t, plaza.SessionSignIn, plaza.Refused); n != 2 {
			t.Errorf("%d failures on record, want the two of the one account that is there", n)
		}
	})
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		idle := w.Tokens[w.Partner.Login]
		w.Clock.Advance(30*time.Minute - time.Microsecond)
		identify(t, w, idle) // and is seen
		w.Clock.Advance(30*time.Minute - time.Microsecond)
		identify(t, w, idle)
		w.Clock.Advance(30 * time.Minute)
		dead(t, w, "idle for half an hour", idle)

		busy := w.Tokens[w.SignIn(t, "partner@example.com").Login]
		for range 35 {
			w.Clock.Advance(20 * time.Minute)
			identify(t, w, busy)
		}
		w.Clock.Advance(20*time.Minute - time.Microsecond)
		identify(t, w, busy)
		w.Clock.Advance(time.Microsecond)
		dead(t, w, "after twelve hours", busy)
		must(t, w.Tidy(t.Context(), plaza.Janitor))
		w.SignIn(t, "partner@example.com")

		out := w.SignIn(t, "partner@example.com")
		other := w.Tokens[out.Login]
		must(t, w.SignOut(t.Context(), out))
		dead(t, w, "signed out", other)
	})
}

// TestTheBrakeAfterTheClockWasPutBack: nobody waits for longer than the brake makes
// anybody wait, and it brakes again from the next failure on.
func TestTheBrakeAfterTheClockWasPutBack(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		guess := func(address string) error {
			return errOf(w.Gate.SignIn(t.Context(), "partner@example.com", "wrong password", from(address)))
		}
		for i := range 5 {
			want(t, "a guess", guess(string(rune('a'+i))), plaza.Unauthenticated)
		}
		want(t, "one too many", guess("f"), plaza.Limited)
		w.Clock.Advance(-time.Hour)
		want(t, "an hour earlier", guess("g"), plaza.Unauthenticated)
		want(t, "right after that", guess("h"), plaza.Limited)
		w.Clock.Advance(-time.Hour)
		w.SignIn(t, "partner@example.com")
	})
}

// TestTheBrake slows down who guesses, forgets in time, and locks nobody out.
func TestTheBrake(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		n := 0
		guess := func(email string) error {
			n++ // each from another address
			return errOf(w.Gate.SignIn(ctx, email, "wrong password", from(string(rune('a'+n%26))+string(rune('a'+n/26)))))
		}
		for _, email := range []string{"partner@example.com", "nobody@example.com"} { // the same, account or not
			for range 5 {
				want(t, email, guess(email), plaza.Unauthenticated)
			}
			last := time.Duration(0)
			for range 8 {
				err := guess(email)
				want(t, email+" too often", err, plaza.Limited)
				wait := plaza.AsError(err).Wait
				if wait < last || wait <= 0 || wait > time.Minute {
					t.Errorf("%s waits %s after %s", email, wait, last)
				}
				last = wait
				// in another way of writing it is the same account
				want(t, email+" in capitals", guess(" PARTNER@example.com"), plaza.Limited)
				w.Clock.Advance(wait)
				want(t, email+" after waiting", guess(email), plaza.Unauthenticated)
				if email != "partner@example.com" {
					return
				}
			}
			if last != time.Minute {
				t.Errorf("at the end one waits %s", last)
			}
			w.Clock.Advance(time.Minute)
			w.SignIn(t, email) // the owner is let in, and all is forgotten
			for range 5 {
				want(t, email+" forgotten", guess(email), plaza.Unauthenticated)
			}
			w.Clock.Advance(time.Hour + time.Minute)
			for range 5 {
				want(t, email+" forgotten in time", guess(email), plaza.Unauthenticated)
			}
		}
	})
}

// TestTheBrakeOnAnAddress: many accounts from one address.
func TestTheBrakeOnAnAddress(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		here := from("192.0.2.1")
		for i := range 20 {
			_, err := w.Gate.SignIn(t.Context(), string(rune('a'+i))+"@example.com", "wrong password", here)
			want(t, "a guess", err, plaza.Unauthenticated)
		}
		want(t, "too many", errOf(w.Gate.SignIn(t.Context(), "partner@example.com", apptest.Password, here)), plaza.Limited)
		must(t, errOf(w.Gate.SignIn(t.Context(), "partner@example.com", apptest.Password, from("192.0.2.2"))))
	})
}

func TestChooseProfile(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		must(t, errOf(w.CreateLogin(ctx, w.Stranger, plaza.NewLogin{Profile: w.StrangerPartner.Profile, Name: "Guest", Email: "partner@example.com", Role: plaza.Auditor, Dashboard: true})))
		must(t, errOf(w.Gate.AcceptInvitation(ctx, w.Link(t, "partner@example.com", "/invitation/"), apptest.Password, plaza.Origin{})))
		token := must1[string](t)(w.Gate.SignIn(ctx, "partner@example.com", apptest.Password, plaza.Origin{}))
		v, err := w.Gate.Identify(ctx, token, plaza.Origin{})
		must(t, err)
		if v.Wants != app.WantsProfile || v.Actor.Login != "" || v.Person.Email != "partner@example.com" {
			t.Fatalf("%+v", v)
		}
		all := must1[[]plaza.Login](t)(w.Gate.Profiles(ctx, token, plaza.Origin{}))
		if len(all) != 2 || all[0].ProfileName != "Partner" || all[1].ProfileName != "Stranger partner" || all[1].Name != "Guest" {
			t.Fatalf("to choose from: %+v", all)
		}
		for _, bad := range []string{w.Reseller.Login, "never", "", "\x00"} {
			want(t, "somebody else's", errOf(w.Gate.ChooseProfile(ctx, token, bad, plaza.Origin{})), plaza.NotFound)
		}
		chosen := must1[string](t)(w.Gate.ChooseProfile(ctx, token, all[1].ID, plaza.Origin{}))
		dead(t, w, "the token from before", token)
		a := identify(t, w, chosen)
		if a.Profile != w.StrangerPartner.Profile || a.Role != plaza.Auditor || a.Name != "Guest" {
			t.Errorf("in as %+v", a)
		}
		want(t, "the other profile's data", errOf(w.Profile(ctx, a, w.Partner.Profile)), plaza.NotFound)
		if f := must1[plaza.Frame](t)(w.Frame(ctx, a)); len(f.Profiles) != 2 {
			t.Errorf("%d to switch to", len(f.Profiles))
		}
		switched := must1[string](t)(w.Gate.ChooseProfile(ctx, chosen, all[0].ID, plaza.Origin{}))
		if a := identify(t, w, switched); a.Profile != w.Partner.Profile {
			t.Errorf("in as %+v", a)
		}
		// A profile that stands still is not to be chosen, and one that is left is entered at once.
		suspend(t, w, w.Stranger, w.StrangerPartner.Profile)
		want(t, "suspended", errOf(w.Gate.ChooseProfile(ctx, switched, all[1].ID, plaza.Origin{})), plaza.NotFound)
		if a := w.SignIn(t, "partner@example.com"); a.Profile != w.Partner.Profile {
			t.Errorf("in as %+v", a)
		}
	})
}

func TestForgotPassword(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		must(t, errOf(w.CreateLogin(ctx, w.Reseller, newLogin(w, "invited@example.com", plaza.Manager))))
		resets := func(email string) int {
			return len(slices.DeleteFunc(mails(t, w, email), func(m plaza.Mail) bool { return m.Kind != plaza.MailPasswordReset }))
		}
		for _, email := range []string{"nobody@example.com", "invited@example.com", "", "\x00"} {
			must(t, w.Gate.ForgotPassword(ctx, email, from(email)))
			if resets(email) != 0 {
				t.Errorf("%s got a mail", email)
			}
		}
		other := w.Tokens[w.SignIn(t, "partner@example.com").Login]
		must(t, w.Gate.ForgotPassword(ctx, " Partner@Example.com ", from("a")))
		first := w.Link(t, "partner@example.com", "/reset-password/")
		w.Clock.Advance(time.Second)
		must(t, w.Gate.ForgotPassword(ctx, "partner@example.com", from("a")))
		link := w.Link(t, "partner@example.com", "/reset-password/")
		must(t, w.Gate.CheckReset(ctx, first))
		must(t, w.Gate.CheckReset(ctx, link))
		identify(t, w, other) // nothing changes before the link is used
		for _, bad := range []string{"", "x", "\x00", w.Link(t, "invited@example.com", "/invitation/")} {
			want(t, "no link", w.Gate.CheckReset(ctx, bad), plaza.NotFound)
			want(t, "no link used", w.Gate.ResetPassword(ctx, bad, "another phrase then", plaza.Origin{}), plaza.NotFound)
		}
		wantField(t, "short", w.Gate.ResetPassword(ctx, link, "short", plaza.Origin{}), "password", "problem.password_short")
		w.Clock.Advance(-time.Second)

		again := func() error { return w.Gate.ResetPassword(ctx, link, "another phrase then", plaza.Origin{}) }
		errs := together(again, again)
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("used at once: %v", errs)
		}
		dead(t, w, "a session from before", other)
		want(t, "used", again(), plaza.NotFound)
		want(t, "the older link", w.Gate.CheckReset(ctx, first), plaza.NotFound)
		want(t, "the old password", errOf(w.Gate.SignIn(ctx, "partner@example.com", apptest.Password, from("b"))), plaza.Unauthenticated)
		must(t, errOf(w.Gate.SignIn(ctx, "partner@example.com", "another phrase then", from("b"))))
		if m := mails(t, w, "partner@example.com"); !slices.ContainsFunc(m, func(m plaza.Mail) bool { return m.Kind == plaza.MailPasswordChanged }) {
			t.Error("nobody was told that the password changed")
		}

		must(t, w.Gate.ForgotPassword(ctx, "enterprise@example.com", from("c")))
		link = w.Link(t, "enterprise@example.com", "/reset-password/")
		w.Clock.Advance(time.Hour - time.Microsecond)
		must(t, w.Gate.CheckReset(ctx, link))
		w.Clock.Advance(time.Microsecond)
		want(t, "after an hour", w.Gate.ResetPassword(ctx, link, "another phrase then", plaza.Origin{}), plaza.NotFound)

		// Nobody's mailbox is filled, and the answer stays the same.
		before := resets("stranger@example.com")
		for i := range 12 {
			must(t, w.Gate.ForgotPassword(ctx, "stranger@example.com", from(string(rune('a'+i))+"x")))
		}
		if n := resets("stranger@example.com") - before; n > 4 {
			t.Errorf("%d mails", n)
		}
		for range 5 {
			must(t, w.Gate.ForgotPassword(ctx, "nobody@example.com", from("d")))
		}
		want(t, "too often from one address", w.Gate.ForgotPassword(ctx, "nobody@example.com", from("d")), plaza.Limited)
	})
}

func TestAccount(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		p := must1[plaza.Person](t)(w.Account(ctx, w.Partner))
		if p.Email != "partner@example.com" || !p.Joined {
			t.Errorf("%+v", p)
		}
		in := plaza.PersonEdit{Name: " Jan d'Arc ", Language: "nl", TimeZone: "Europe/Amsterdam", Version: p.Version}
		must(t, w.EditAccount(ctx, w.Partner, in))
		if p := must1[plaza.Person](t)(w.Account(ctx, w.Partner)); p.Name != "Jan d'Arc" || p.Language != "nl" || p.TimeZone != "Europe/Amsterdam" {
			t.Errorf("%+v", p)
		}
		want(t, "stale", w.EditAccount(ctx, w.Partner, in), plaza.Stale)
		in.Version++
		in.Language = "tlh"
		wantField(t, "Klingon", w.EditAccount(ctx, w.Partner, in), "language", "problem.language")
		if a := identify(t, w, w.Tokens[w.Partner.Login]); a.Language != "nl" || a.TimeZone != "Europe/Amsterdam" {
			t.Errorf("the actor speaks %q in %q", a.Language, a.TimeZone)
		}

		mine := w.Tokens[w.Partner.Login]
		other := w.Tokens[w.SignIn(t, "partner@example.com").Login]
		wantField(t, "wrong", w.ChangePassword(ctx, w.Partner, "not this one", "another phrase then"), "old", "problem.password_wrong")
		wantField(t, "short", w.ChangePassword(ctx, w.Partner, apptest.Password, "short"), "password", "problem.password_short")
		identify(t, w, other)
		must(t, w.Gate.ForgotPassword(ctx, "partner@example.com", plaza.Origin{}))
		link := w.Link(t, "partner@example.com", "/reset-password/")
		must(t, w.ChangePassword(ctx, w.Partner, apptest.Password, "another phrase then"))
		identify(t, w, mine)
		dead(t, w, "another session", other)
		want(t, "a link from before", w.Gate.CheckReset(ctx, link), plaza.NotFound)
		want(t, "the old password", errOf(w.Gate.SignIn(ctx, "partner@example.com", apptest.Password, plaza.Origin{})), plaza.Unauthenticated)
		must(t, errOf(w.Gate.SignIn(ctx, "partner@example.com", "another phrase then", plaza.Origin{})))
	})
}

// TestGuessesAtOnce: those that came before the first one failed tell no more
// than those that come after.
func TestGuessesAtOnce(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		guess := func(i int) func() error {
			return func() error {
				return errOf(w.Gate.SignIn(t.Context(), "partner@example.com", "wrong password", from("192.0.2."+strconv.Itoa(i))))
			}
		}
		want(t, "the first", guess(0)(), plaza.Unauthenticated)
		var guesses []func() error
		for i := range 30 {
			guesses = append(guesses, guess(i+1))
		}
		answered := 0
		for _, err := range together(guesses...) {
			if plaza.KindOf(err) == plaza.Unauthenticated {
				answered++
			} else {
				want(t, "the others", err, plaza.Limited)
			}
		}
		if answered != 4 {
			t.Errorf("%d guesses got an answer beside the first, want 4", answered)
		}
	})
}

// TestAnOldPasswordOpensNothingAfterAReset: neither for whoever signs in with it at
// that moment, nor for whoever is about to replace it by one of their own.
func TestAnOldPasswordOpensNothingAfterAReset(t *testing.T) {
	t.Parallel()
	bareWorlds(t, func(t *testing.T, w bare) {
		ctx := t.Context()
		must(t, w.Gate.ForgotPassword(ctx, "partner@example.com", plaza.Origin{}))
		link := w.Link(t, "partner@example.com", "/reset-password/")
		deeds := []func() error{
			func() error { return w.Gate.ResetPassword(ctx, link, "another phrase then", plaza.Origin{}) },
			func() error { return w.ChangePassword(ctx, w.Partner, apptest.Password, "a stolen password") },
		}
		for i := range 4 {
			deeds = append(deeds, func() error {
				return errOf(w.Gate.SignIn(ctx, "partner@example.com", apptest.Password, from("192.0.2."+strconv.Itoa(i))))
			})
		}
		errs := together(deeds...)
		if errs[0] != nil { // the other change came first, and made the link worthless
			must(t, errs[1])
			return
		}
		for _, row := range w.rows(t, "sessions") {
			if strings.Contains(row, w.Partner.Person) {
				t.Errorf("a session lives on: %s", row)
			}
		}
		w.Clock.Advance(time.Minute) // the others may have failed often enough for the brake
		must(t, errOf(w.Gate.SignIn(ctx, "partner@example.com", "another phrase then", from("192.0.2.99"))))
	})
}
