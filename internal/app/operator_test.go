package app_test

import (
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
)

func TestOperatorHelpsSomebodyIn(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		path, err := w.ResetLink(ctx, plaza.Operator, "PARTNER@example.com")
		must(t, err)
		token, ok := strings.CutPrefix(path, "/reset-password/")
		if !ok {
			t.Fatalf("the link is %s", path)
		}
		must(t, w.Gate.ResetPassword(ctx, token, "another phrase then", plaza.Origin{}))
		_, err = w.Gate.SignIn(ctx, "partner@example.com", "another phrase then", plaza.Origin{})
		must(t, err)
		want(t, "twice", w.Gate.ResetPassword(ctx, token, "a third password", plaza.Origin{}), plaza.NotFound)

		path, err = w.ResetLink(ctx, plaza.Operator, "partner@example.com")
		must(t, err)
		w.Clock.Advance(plaza.PasswordResetValid)
		want(t, "too late", w.Gate.CheckReset(ctx, strings.TrimPrefix(path, "/reset-password/")), plaza.NotFound)
		want(t, "for nobody", errOf(w.ResetLink(ctx, plaza.Operator, "nobody@example.com")), plaza.NotFound)
	})
}

func TestOperatorEndsSessions(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		mine, other := w.Tokens[w.Partner.Login], w.Tokens[w.Enterprise.Login]
		must(t, w.EndSessions(ctx, plaza.Operator, "partner@example.com"))
		want(t, "with an ended session", errOf(w.Gate.Identify(ctx, mine, plaza.Origin{})), plaza.Unauthenticated)
		must(t, errOf(w.Gate.Identify(ctx, other, plaza.Origin{})))
		want(t, "of nobody", w.EndSessions(ctx, plaza.Operator, "nobody@example.com"), plaza.NotFound)
	})
}

func TestOperatorTakesFactors(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		_, codes := enrol(t, w, w.Partner)
		enrol(t, w, w.Stranger)
		must(t, w.ResetFactors(ctx, plaza.Operator, "partner@example.com"))
		want(t, "the session before", errOf(w.Gate.Identify(ctx, w.Tokens[w.Partner.Login], plaza.Origin{})), plaza.Unauthenticated)
		v := visit(t, w, password(t, w, "partner@example.com"))
		equal(t, "asked for", v.Wants, app.WantsNothing)
		equal(t, "what is left", must1[app.Factors](t)(w.Factors(ctx, v.Actor)).Recovery, plaza.Recovery{})
		equal(t, "of the stranger", visit(t, w, password(t, w, "stranger@example.com")).Wants, app.WantsFactor)
		enrol(t, w, v.Actor)
		want(t, "a code from before", step2(t, w, password(t, w, "partner@example.com"), codes[0]), plaza.Unauthenticated)
		want(t, "of nobody", w.ResetFactors(ctx, plaza.Operator, "nobody@example.com"), plaza.NotFound)
	})
}

func TestNobodyElseIsTheOperator(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		if all := must1[[]plaza.Profile](t)(w.EveryProfile(ctx, plaza.Operator)); len(all) != 6 {
			t.Errorf("there are %d profiles", len(all))
		}
		if all := must1[[]plaza.Login](t)(w.EveryLogin(ctx, plaza.Operator, "partner@")); len(all) != 2 {
			t.Errorf("there are %d logins with partner@ in the address", len(all))
		}
		for name, who := range map[string]plaza.Actor{"the janitor": plaza.Janitor, "the installer": plaza.Installer, "the vendor": w.Vendor, "a stranger": w.Stranger} {
			want(t, "profiles for "+name, errOf(w.EveryProfile(ctx, who)), plaza.Forbidden)
			want(t, "logins for "+name, errOf(w.EveryLogin(ctx, who, "")), plaza.Forbidden)
			want(t, "a link for "+name, errOf(w.ResetLink(ctx, who, "partner@example.com")), plaza.Forbidden)
			want(t, "factors taken by "+name, w.ResetFactors(ctx, who, "partner@example.com"), plaza.Forbidden)
			want(t, "an end by "+name, w.EndSessions(ctx, who, "partner@example.com"), plaza.Forbidden)
		}
	})
}

func TestOperatorEndsTheSessionsOfWhoeverThereIs(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		w.Invite(t, w.Reseller, w.Partner.Profile, "A member", plaza.Member)
		must1[plaza.Login](t)(w.CreateLogin(ctx, w.Reseller, plaza.NewLogin{Profile: w.Partner.Profile, Name: "Invited", Email: "invited@example.com", Role: plaza.Support, Dashboard: true}))
		for _, email := range []string{"A-member@example.com", "invited@example.com"} {
			must(t, w.EndSessions(ctx, plaza.Operator, email))
			want(t, "a link for "+email, errOf(w.ResetLink(ctx, plaza.Operator, email)), plaza.NotFound)
		}
	})
}
