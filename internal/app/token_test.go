package app_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

// handOut makes a token of somebody's, and returns it with its secret.
func handOut(t *testing.T, w *apptest.World, by plaza.Actor, in plaza.NewToken) (plaza.Token, string) {
	t.Helper()
	if in.Name == "" {
		in.Name = "Program"
	}
	if in.Expires.IsZero() {
		in.Expires = w.Clock.Now().AddDate(0, 1, 0)
	}
	if in.Verbs == nil {
		in.Verbs = plaza.TokenVerbs(by.Kind, by.Role, in.Root != "" && in.Root != by.Profile)
	}
	k, bearer, err := w.CreateToken(t.Context(), by, in)
	must(t, err)
	return k, bearer
}

// comeIn comes in with a token.
func comeIn(t *testing.T, w *apptest.World, bearer string) plaza.Actor {
	t.Helper()
	return must1[plaza.Actor](t)(w.Gate.Bearer(t.Context(), bearer, plaza.Origin{Address: "192.0.2.7"}))
}

func TestProgramDoesWhatItsTokenIsForAndNothingElse(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		_, bearer := handOut(t, w, w.Reseller, plaza.NewToken{Verbs: []plaza.Verb{plaza.LicenseRead, plaza.LicenseIssue}})
		program := comeIn(t, w, bearer)
		l := must1[plaza.License](t)(w.IssueLicense(ctx, program, plaza.NewLicense{Profile: w.Partner.Profile, Plan: w.Plans[plaza.Development].ID}))
		if got := must1[plaza.License](t)(w.License(ctx, program, l.ID)); got.ID != l.ID {
			t.Errorf("it reads %v", got)
		}
		want(t, "to suspend it", w.SuspendLicense(ctx, program, l.ID, reason, l.Version), plaza.Forbidden)
		_, err := w.Logins(ctx, program, plaza.LoginFilter{}, plaza.Page{})
		want(t, "to list logins", err, plaza.Forbidden)
		_, other := handOut(t, w, w.Stranger, plaza.NewToken{})
		_, err = w.License(ctx, comeIn(t, w, other), l.ID)
		want(t, "a stranger's token", err, plaza.NotFound)

		list := must1[plaza.List[plaza.AuditLine]](t)(w.History(ctx, w.Reseller, l.ID, plaza.Page{}))
		if e := list.Rows[len(list.Rows)-1]; e.PassName != "Program" || e.ActorName != w.Reseller.Name {
			t.Errorf("on record is %q by the token %q", e.ActorName, e.PassName)
		}
		list = must1[plaza.List[plaza.AuditLine]](t)(w.History(ctx, w.Partner, l.ID, plaza.Page{}))
		if e := list.Rows[len(list.Rows)-1]; e.PassName != "" || e.ActorName != "" {
			t.Errorf("the partner is told of %q and its token %q", e.ActorName, e.PassName)
		}
	})
}

func TestNoTokenIsForWhatOnlyAPersonDoes(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		for _, by := range []plaza.Actor{w.Vendor, w.Reseller, w.Partner} {
			_, bearer := handOut(t, w, by, plaza.NewToken{})
			program := comeIn(t, w, bearer)
			for _, v := range []plaza.Verb{
				plaza.TokenRead, plaza.TokenCreate, plaza.TokenRevoke, plaza.TokenAdopt, plaza.AccountRead, plaza.AccountPassword, plaza.ActingStart, plaza.ActingBreak,
				plaza.AccessSet, plaza.ConsentGrant, plaza.MoveAgree, plaza.ProfileClose, plaza.KeyRotate, plaza.LoginMakeOwner, plaza.SessionSwitch,
			} {
				if program.Can(v) {
					t.Errorf("a token of the %s may %s", by.Kind, v)
				}
				_, _, err := w.CreateToken(t.Context(), by, plaza.NewToken{Name: "P", Verbs: []plaza.Verb{v}, Expires: w.Clock.Now().Add(time.Hour)})
				want(t, "a token for "+string(v), err, plaza.Invalid)
			}
		}
	})
}

func TestTokenReachesOneProfileAndWhatIsBelow(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		other := w.Add(t, w.Reseller, plaza.Partner, "Other")
		here := must1[plaza.License](t)(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: w.Partner.Profile, Plan: w.Plans[plaza.Development].ID}))
		there := must1[plaza.License](t)(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: other.Profile, Plan: w.Plans[plaza.Development].ID}))
		_, bearer := handOut(t, w, w.Reseller, plaza.NewToken{Root: w.Partner.Profile})
		program := comeIn(t, w, bearer)
		must1[plaza.License](t)(w.License(ctx, program, here.ID))
		_, err := w.License(ctx, program, there.ID)
		want(t, "another partner's license", err, plaza.NotFound)
		want(t, "to suspend it", w.SuspendLicense(ctx, program, there.ID, reason, there.Version), plaza.NotFound)
		_, err = w.Profile(ctx, program, w.Reseller.Profile)
		want(t, "its own login's profile", err, plaza.NotFound)
		_, err = w.Overview(ctx, program)
		want(t, "the overview of that", err, plaza.Forbidden)
		_, err = w.ChangeLicenses(ctx, program, plaza.Bulk{Kind: plaza.BatchRenew, Licenses: []string{here.ID}, Reason: reason})
		want(t, "a batch of that", err, plaza.Forbidden)
		_, _, err = w.CreateToken(ctx, w.Reseller, plaza.NewToken{Name: "P", Root: w.Stranger.Profile, Verbs: []plaza.Verb{plaza.LicenseRead}, Expires: w.Clock.Now().Add(time.Hour)})
		want(t, "a token for a stranger's profile", err, plaza.NotFound)

		moveTo(t, w, w.Partner, w.Stranger)
		_, err = w.Gate.Bearer(ctx, bearer, plaza.Origin{})
		want(t, "when that has moved away", err, plaza.Unauthenticated)
		want(t, "a deed that came in before", w.SuspendLicense(ctx, program, here.ID, reason, here.Version), plaza.Unauthenticated)
	})
}

func moveTo(t *testing.T, w *apptest.World, whom, taker plaza.Actor) {
	t.Helper()
	ctx := t.Context()
	m := must1[plaza.Move](t)(w.ProposeMove(ctx, w.Vendor, plaza.NewMove{Profile: whom.Profile, To: taker.Profile, Reason: reason}))
	m = must1[plaza.Move](t)(w.AgreeToMove(ctx, w.Reseller, m.ID, plaza.MoveAgreement{Version: 1}))
	must1[plaza.Move](t)(w.AgreeToMove(ctx, taker, m.ID, plaza.MoveAgreement{Name: m.ProfileName, Version: 2}))
}

func TestTokenNeverMayMoreThanItsLoginNow(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		colleague := w.Invite(t, w.Reseller, w.Reseller.Profile, "Colleague", plaza.Administrator)
		_, bearer := handOut(t, w, colleague, plaza.NewToken{})
		before := comeIn(t, w, bearer)
		must(t, w.EditLogin(ctx, w.Reseller, colleague.Login, plaza.LoginEdit{Name: "Colleague", Role: plaza.Auditor, Dashboard: true, Version: 2}))
		issue := plaza.NewLicense{Profile: w.Partner.Profile, Plan: w.Plans[plaza.Development].ID}
		_, err := w.IssueLicense(ctx, before, issue)
		want(t, "what came in before", err, plaza.Forbidden)
		_, err = w.IssueLicense(ctx, comeIn(t, w, bearer), issue)
		want(t, "as an auditor's", err, plaza.Forbidden)
		must1[plaza.List[plaza.License]](t)(w.Licenses(ctx, comeIn(t, w, bearer), plaza.LicenseFilter{}, plaza.Page{}))

		// A token for one verb makes no login that may more than it does.
		_, bearer = handOut(t, w, w.Reseller, plaza.NewToken{Verbs: []plaza.Verb{plaza.LoginCreate}})
		_, err = w.CreateLogin(ctx, comeIn(t, w, bearer), plaza.NewLogin{Profile: w.Reseller.Profile, Name: "N", Email: "n@example.com", Role: plaza.Owner, Dashboard: true})
		want(t, "an owner by a token for one thing", err, plaza.Forbidden)
		_, bearer = handOut(t, w, w.Reseller, plaza.NewToken{})
		must1[plaza.Login](t)(w.CreateLogin(ctx, comeIn(t, w, bearer), plaza.NewLogin{Profile: w.Reseller.Profile, Name: "N", Email: "n@example.com", Role: plaza.Owner, Dashboard: true}))
	})
}

func TestTokenThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		k, bearer := handOut(t, w, w.Reseller, plaza.NewToken{})
		last := bearer[len(bearer)-1:]
		for _, wrong := range []string{"", "plaza_", bearer[:len(bearer)-1], bearer + "a", strings.ToUpper(bearer), strings.TrimSuffix(bearer, last) + map[bool]string{true: "b", false: "a"}[last == "a"], w.Tokens[w.Reseller.Login]} {
			_, err := w.Gate.Bearer(ctx, wrong, plaza.Origin{})
			want(t, "the token "+wrong, err, plaza.Unauthenticated)
		}
		// The secret of a token opens no session, and the other way round.
		_, err := w.Gate.Identify(ctx, bearer, plaza.Origin{})
		want(t, "as a session", err, plaza.Unauthenticated)

		w.Clock.Advance(k.Expires.Sub(w.Clock.Now()) - time.Microsecond)
		comeIn(t, w, bearer)
		w.Clock.Advance(time.Microsecond)
		_, err = w.Gate.Bearer(ctx, bearer, plaza.Origin{})
		want(t, "at its end", err, plaza.Unauthenticated)
	})
}

func TestTokensAreSeenByTheirOwnersAndTheOffice(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		helper := w.Invite(t, w.Reseller, w.Reseller.Profile, "Helper", plaza.Support)
		own, _ := handOut(t, w, helper, plaza.NewToken{Name: "Helper's"})
		office, _ := handOut(t, w, w.Reseller, plaza.NewToken{Name: "Office's", Shared: true})
		names := func(by plaza.Actor) (all []string) {
			for _, k := range must1[plaza.List[plaza.Token]](t)(w.App.Tokens(ctx, by, plaza.Page{Sort: "name"})).Rows {
				all = append(all, k.Name)
			}
			return all
		}
		for who, want := range map[*plaza.Actor][]string{&helper: {"Helper's"}, &w.Reseller: {"Helper's", "Office's"}, &w.Vendor: nil, &w.Stranger: nil} {
			if got := names(*who); !slices.Equal(got, want) {
				t.Errorf("%s sees %v, want %v", who.Name, got, want)
			}
		}
		_, _, err := w.CreateToken(ctx, helper, plaza.NewToken{Name: "N", Shared: true, Verbs: []plaza.Verb{plaza.LicenseRead}, Expires: w.Clock.Now().Add(time.Hour)})
		want(t, "one of the profile by a helper", err, plaza.Forbidden)
		want(t, "the office's, by a helper", w.RevokeToken(ctx, helper, office.ID, 1), plaza.NotFound)
		want(t, "by a stranger", w.RevokeToken(ctx, w.Stranger, own.ID, 1), plaza.NotFound)
		want(t, "by the vendor", w.RevokeToken(ctx, w.Vendor, own.ID, 1), plaza.NotFound)
		must(t, w.RevokeToken(ctx, w.Reseller, own.ID, 1))
		want(t, "once more", w.RevokeToken(ctx, w.Reseller, own.ID, 2), plaza.Conflict)
	})
}

func TestSharedTokenIsTakenOver(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		leaver := w.Invite(t, w.Reseller, w.Reseller.Profile, "Leaver", plaza.Administrator)
		heir := w.Invite(t, w.Reseller, w.Reseller.Profile, "Heir", plaza.Administrator)
		shared, bearer := handOut(t, w, leaver, plaza.NewToken{Shared: true})
		personal, _ := handOut(t, w, leaver, plaza.NewToken{})
		before := comeIn(t, w, bearer)
		must(t, w.DisableLogin(ctx, w.Reseller, leaver.Login, 2))
		_, err := w.Gate.Bearer(ctx, bearer, plaza.Origin{})
		want(t, "while it sleeps", err, plaza.Unauthenticated)

		want(t, "a personal one", errOf(w.AdoptToken(ctx, heir, personal.ID, 2)), plaza.Conflict)
		want(t, "by a stranger", errOf(w.AdoptToken(ctx, w.Stranger, shared.ID, 1)), plaza.NotFound)
		want(t, "as it was not", errOf(w.AdoptToken(ctx, heir, shared.ID, 7)), plaza.Stale)
		fresh := must1[string](t)(w.AdoptToken(ctx, heir, shared.ID, 1))
		_, err = w.Gate.Bearer(ctx, bearer, plaza.Origin{})
		want(t, "by the secret that the leaver knows", err, plaza.Unauthenticated)
		if got := comeIn(t, w, fresh); got.Login != heir.Login {
			t.Errorf("it stands for %s", got.Name)
		}
		_, err = w.IssueLicense(ctx, before, plaza.NewLicense{Profile: w.Partner.Profile, Plan: w.Plans[plaza.Development].ID})
		want(t, "what came in with it as who left", err, plaza.Forbidden)
	})
}

func TestUseOfATokenIsNotedOnceAMinute(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		k, bearer := handOut(t, w, w.Reseller, plaza.NewToken{})
		used := func() plaza.Token { return must1[plaza.Token](t)(w.Token(t.Context(), w.Reseller, k.ID)) }
		if !used().Used.IsZero() {
			t.Errorf("it was used at %s", used().Used)
		}
		comeIn(t, w, bearer)
		first := used()
		w.Clock.Advance(59 * time.Second)
		comeIn(t, w, bearer)
		if again := used(); first.Used.IsZero() || first.UsedFrom != "192.0.2.7" || !again.Used.Equal(first.Used) {
			t.Errorf("used at %s from %q, then at %s", first.Used, first.UsedFrom, again.Used)
		}
		w.Clock.Advance(time.Second)
		comeIn(t, w, bearer)
		if !used().Used.Equal(w.Clock.Now()) {
			t.Errorf("a minute later, used at %s", used().Used)
		}
	})
}

func TestWhoATokenStandsForIsMailed(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		k, bearer := handOut(t, w, w.Reseller, plaza.NewToken{Name: "Nightly export"})
		link := w.Link(t, "reseller@example.com", "/tokens/")
		if link != k.ID {
			t.Errorf("the mail leads to %q", link)
		}
		for _, m := range must1[plaza.List[plaza.Mail]](t)(w.Gate.Mailbox(t.Context(), plaza.Page{})).Rows {
			if strings.Contains(m.Text+m.HTML, bearer) {
				t.Error("the mail holds the token")
			}
		}
	})
}

func TestWorkThatAProgramStartedEndsWithItsToken(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		issue := func() plaza.License {
			return must1[plaza.License](t)(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: w.Partner.Profile, Plan: w.Plans[plaza.Development].ID}))
		}
		kept, stopped := issue(), issue()
		k, bearer := handOut(t, w, w.Reseller, plaza.NewToken{})
		start := func(l plaza.License) plaza.Batch {
			return must1[plaza.Batch](t)(w.ChangeLicenses(ctx, comeIn(t, w, bearer), plaza.Bulk{Kind: plaza.BatchSuspend, Licenses: []string{l.ID}, Reason: reason}))
		}
		start(kept)
		must1[bool](t)(w.WorkOnBatch(ctx, plaza.Clerk))
		b := start(stopped)
		must(t, w.RevokeToken(ctx, w.Reseller, k.ID, 1))
		must1[bool](t)(w.WorkOnBatch(ctx, plaza.Clerk))
		for l, want := range map[*plaza.License]plaza.LicenseState{&kept: plaza.LicenseSuspended, &stopped: plaza.LicenseActive} {
			if got := must1[plaza.License](t)(w.License(ctx, w.Reseller, l.ID)); got.State(w.Clock.Now()) != want {
				t.Errorf("a license is %s, want %s", got.State(w.Clock.Now()), want)
			}
		}
		_, failed, err := w.Batch(ctx, w.Reseller, b.ID)
		if err != nil || len(failed) != 1 || failed[0].Why.Key != "batch.token_gone" {
			t.Errorf("of the batch is told %v, %v", failed, err)
		}
		list := must1[plaza.List[plaza.AuditLine]](t)(w.History(ctx, w.Reseller, kept.ID, plaza.Page{}))
		if e := list.Rows[0]; e.Verb != plaza.LicenseSuspend || e.PassName != "Program" {
			t.Errorf("on record is %s by the token %q", e.Verb, e.PassName)
		}
	})
}

func TestRefusedTokenIsOnRecord(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		k, bearer := handOut(t, w, w.Reseller, plaza.NewToken{})
		must(t, w.RevokeToken(t.Context(), w.Reseller, k.ID, 1))
		for range 3 { // once a minute is enough
			_, err := w.Gate.Bearer(t.Context(), bearer, plaza.Origin{Address: "192.0.2.66"})
			want(t, "a revoked token", err, plaza.Unauthenticated)
		}
		list := w.Log(t, plaza.AuditFilter{Object: k.ID, Results: []plaza.Result{plaza.Refused}}, plaza.Page{})
		if len(list.Rows) != 1 || list.Rows[0].Address != "192.0.2.66" {
			t.Errorf("on record is %v", list.Rows)
		}
	})
}
