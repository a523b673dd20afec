package app_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

// wishes returns a good wish of each kind.
func wishes(w *apptest.World) map[plaza.RequestKind]plaza.Wish {
	return map[plaza.RequestKind]plaza.Wish{
		plaza.RequestDevelopment: {License: &plaza.NewLicense{Plan: w.Plans[plaza.Development].ID, Name: "Wished license"}},
		plaza.RequestAgent:       {Agent: &plaza.NewAgent{Plan: w.Plans[plaza.ConnectAgentLicense].ID, Name: "Wished agent"}},
		plaza.RequestLogin:       {Login: &plaza.NewLogin{Name: "Wished login", Email: "wished@example.com", Role: plaza.Manager, Dashboard: true}},
		plaza.RequestProfile: {Profile: &plaza.NewProfile{
			Kind: plaza.Partner, Name: "Wished profile", Plan: w.Plans[plaza.PartnerLicense].ID, OwnerName: "O", OwnerEmail: "wished-owner@example.com",
		}},
	}
}

// TestRequests takes each kind of wish from the partner to the thing itself.
func TestRequests(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		for kind, wish := range wishes(w) {
			told := len(mails(t, w, "support-reseller@example.com"))
			r := must1[plaza.Request](t)(w.MakeRequest(ctx, w.Partner, wish, " if you can "))
			if r.Kind != kind || r.Note != "if you can" || r.State(w.Clock.Now()) != plaza.RequestOpen || r.Profile != w.Partner.Profile {
				t.Errorf("%s: %+v", kind, r)
			}
			if kind != plaza.RequestLogin && r.PlanName == "" {
				t.Errorf("%s: no name of the plan", kind)
			}
			equal(t, string(kind)+" kept", must1[plaza.Request](t)(w.Request(ctx, w.Partner, r.ID)), r)
			letters := mails(t, w, "support-reseller@example.com")
			if len(letters) != told+1 || letters[0].Kind != plaza.MailRequestMade || !strings.Contains(letters[0].Text, "http://plaza.test/requests/"+r.ID) {
				t.Errorf("%s: %d mails to the support address, then %d", kind, told, len(letters))
			}
			equal(t, "notice", notices(t, w, w.Reseller)[0], plaza.NoticeRequestMade)
			if n := must1[plaza.Frame](t)(w.Frame(ctx, w.Reseller)); n.Requests != 1 || n.Notices == 0 {
				t.Errorf("%s: the reseller's frame says %+v", kind, n)
			}
			for name, stranger := range strangers(w) {
				want(t, name+" reads", errOf(w.Request(ctx, stranger, r.ID)), plaza.NotFound)
				if stranger.Kind.Administers() {
					want(t, name+" approves", errOf(w.ApproveRequest(ctx, stranger, r.ID, 1)), plaza.NotFound)
					want(t, name+" declines", w.DeclineRequest(ctx, stranger, r.ID, reason, 1), plaza.NotFound)
				} else {
					want(t, name+" withdraws", w.WithdrawRequest(ctx, stranger, r.ID, 1), plaza.NotFound)
				}
			}
			want(t, "to approve one's own", errOf(w.ApproveRequest(ctx, w.Partner, r.ID, 1)), plaza.Forbidden)
			want(t, "to withdraw another's", w.WithdrawRequest(ctx, w.Reseller, r.ID, 1), plaza.NotFound)
			want(t, "stale", errOf(w.ApproveRequest(ctx, w.Reseller, r.ID, 2)), plaza.Stale)

			w.Clock.Advance(time.Second)
			done := must1[plaza.Request](t)(w.ApproveRequest(ctx, w.Reseller, r.ID, 1))
			made(t, w, kind, done.Object)
			got := must1[plaza.Request](t)(w.Request(ctx, w.Partner, r.ID))
			if got.State(w.Clock.Now()) != plaza.RequestApproved || got.Object != done.Object || !got.Decided.Equal(w.Clock.Now()) {
				t.Errorf("%s approved: %+v", kind, got)
			}
			if told := notices(t, w, w.Partner); !slices.Contains(told, plaza.NoticeRequestApproved) {
				t.Errorf("%s: the partner was told %v", kind, told)
			}
			if letters := mails(t, w, "partner@example.com"); letters[0].Kind != plaza.MailRequestDecided {
				t.Errorf("%s: the partner got %s", kind, letters[0].Kind)
			}
			wantKey(t, "again", errOf(w.ApproveRequest(ctx, w.Reseller, r.ID, got.Version)), plaza.Conflict, "request.not_open")
			wantKey(t, "declined after", w.DeclineRequest(ctx, w.Reseller, r.ID, reason, got.Version), plaza.Conflict, "request.not_open")
			wantKey(t, "withdrawn after", w.WithdrawRequest(ctx, w.Partner, r.ID, got.Version), plaza.Conflict, "request.not_open")
			w.Clock.Advance(time.Second)
		}
	})
}

// made checks the thing that an approval made.
func made(t *testing.T, w *apptest.World, kind plaza.RequestKind, id string) {
	t.Helper()
	ctx := t.Context()
	switch kind {
	case plaza.RequestDevelopment:
		if l := must1[plaza.License](t)(w.License(ctx, w.Partner, id)); l.Name != "Wished license" || l.Kind != plaza.Development {
			t.Errorf("made %+v", l)
		}
	case plaza.RequestAgent:
		if a := must1[plaza.ConnectAgent](t)(w.Agent(ctx, w.Partner, id)); a.Name != "Wished agent" {
			t.Errorf("made %+v", a)
		}
	case plaza.RequestLogin:
		if l := must1[plaza.Login](t)(w.Login(ctx, w.Partner, id)); l.Name != "Wished login" || l.State() != plaza.LoginInvited {
			t.Errorf("made %+v", l)
		}
		w.Join(t, "wished@example.com")
	case plaza.RequestProfile: // beside the one that asked, which does not see it
		if p := profile(t, w, id); p.Name != "Wished profile" || p.Parent != w.Reseller.Profile {
			t.Errorf("made %+v", p)
		}
		want(t, "the partner looks at its neighbour", errOf(w.Profile(ctx, w.Partner, id)), plaza.NotFound)
		w.Join(t, "wished-owner@example.com")
	case plaza.RequestRenewal, plaza.RequestPlan, plaza.RequestEnd, plaza.RequestAllowance: // which make nothing
	}
}

func TestDeclineWithdrawAndLapse(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		ask := func() plaza.Request {
			return must1[plaza.Request](t)(w.MakeRequest(ctx, w.Partner, wishes(w)[plaza.RequestDevelopment], ""))
		}
		state := func(id string, want plaza.RequestState) {
			t.Helper()
			if got := must1[plaza.Request](t)(w.Request(ctx, w.Partner, id)); got.State(w.Clock.Now()) != want || got.Object != "" {
				t.Errorf("%+v, want %s", got, want)
			}
		}
		before := len(must1[plaza.List[plaza.License]](t)(w.Licenses(ctx, w.Partner, plaza.LicenseFilter{}, plaza.Page{})).Rows)

		declined := ask()
		wantField(t, "no reason", w.DeclineRequest(ctx, w.Reseller, declined.ID, "  ", 1), "reason", "problem.reason")
		want(t, "stale", w.DeclineRequest(ctx, w.Reseller, declined.ID, reason, 2), plaza.Stale)
		must(t, w.DeclineRequest(ctx, w.Reseller, declined.ID, " not <b>now</b> ", 1))
		state(declined.ID, plaza.RequestDeclined)
		letter := mails(t, w, "partner@example.com")[0]
		if letter.Kind != plaza.MailRequestDecided || !strings.Contains(letter.Text, "not <b>now</b>") || strings.Contains(letter.HTML, "<b>now") {
			t.Errorf("the mail says %s\n%s", letter.Text, letter.HTML)
		}
		equal(t, "notice", notices(t, w, w.Partner)[0], plaza.NoticeRequestDeclined)

		withdrawn := ask()
		want(t, "stale", w.WithdrawRequest(ctx, w.Partner, withdrawn.ID, 2), plaza.Stale)
		must(t, w.WithdrawRequest(ctx, w.Partner, withdrawn.ID, 1))
		state(withdrawn.ID, plaza.RequestWithdrawn)
		want(t, "approved after", errOf(w.ApproveRequest(ctx, w.Reseller, withdrawn.ID, 2)), plaza.Conflict)

		lapsed := ask()
		w.Clock.Advance(30*day - time.Microsecond)
		state(lapsed.ID, plaza.RequestOpen)
		w.Clock.Advance(time.Microsecond)
		state(lapsed.ID, plaza.RequestLapsed)
		want(t, "approved too late", errOf(w.ApproveRequest(ctx, w.SignIn(t, "reseller@example.com"), lapsed.ID, 1)), plaza.Conflict)
		if n := must1[plaza.Frame](t)(w.Frame(ctx, w.Reseller)).Requests; n != 0 {
			t.Errorf("%d wait", n)
		}
		if after := len(must1[plaza.List[plaza.License]](t)(w.Licenses(ctx, w.Partner, plaza.LicenseFilter{}, plaza.Page{})).Rows); after != before {
			t.Errorf("%d licenses, then %d", before, after)
		}
	})
}

// TestTwoApproveAtOnce: one thing is made, and one mail sent.
func TestTwoApproveAtOnce(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		count := func() int {
			return must1[plaza.List[plaza.License]](t)(w.Licenses(ctx, w.Partner, plaza.LicenseFilter{}, plaza.Page{})).Total
		}
		for range 6 {
			before := count()
			r := must1[plaza.Request](t)(w.MakeRequest(ctx, w.Partner, wishes(w)[plaza.RequestDevelopment], ""))
			approve := func() error { return errOf(w.ApproveRequest(ctx, w.Reseller, r.ID, 1)) }
			errs := together(approve, approve, func() error { return w.WithdrawRequest(ctx, w.Partner, r.ID, 1) })
			good := 0
			for _, err := range errs {
				switch {
				case err == nil:
					good++
				case plaza.KindOf(err) != plaza.Stale && plaza.KindOf(err) != plaza.Conflict:
					t.Errorf("the slower one: %v", err)
				}
			}
			got := must1[plaza.Request](t)(w.Request(ctx, w.Partner, r.ID))
			fresh := count() - before
			if good != 1 || (got.Decision == plaza.RequestApproved) != (fresh == 1) || fresh > 1 {
				t.Fatalf("%d succeeded, %s, %d made: %v", good, got.Decision, fresh, errs)
			}
		}
	})
}

// TestWhatCannotBeMadeStaysOpen, and nothing of it is left behind.
func TestWhatCannotBeMadeStaysOpen(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		r := must1[plaza.Request](t)(w.MakeRequest(ctx, w.Partner, wishes(w)[plaza.RequestLogin], ""))
		manager := w.Invite(t, w.Reseller, w.Reseller.Profile, "Manager", plaza.Manager)
		want(t, "by somebody who may not make a login", errOf(w.ApproveRequest(ctx, manager, r.ID, 1)), plaza.Forbidden)
		// Meanwhile the same person was invited otherwise.
		must(t, errOf(w.CreateLogin(ctx, w.Reseller, newLogin(w, "wished@example.com", plaza.Manager))))
		wantField(t, "somebody who is there", errOf(w.ApproveRequest(ctx, w.Reseller, r.ID, 1)), "email", "problem.has_login")
		if got := must1[plaza.Request](t)(w.Request(ctx, w.Partner, r.ID)); got.State(w.Clock.Now()) != plaza.RequestOpen || got.Version != 1 {
			t.Errorf("it is %+v", got)
		}
		if slices.Contains(notices(t, w, w.Partner), plaza.NoticeRequestApproved) {
			t.Error("the partner was told")
		}
		// A start that has passed meanwhile becomes now.
		wish := wishes(w)[plaza.RequestDevelopment]
		wish.License.Starts = w.Clock.Now().Add(5 * day)
		late := must1[plaza.Request](t)(w.MakeRequest(ctx, w.Partner, wish, ""))
		w.Clock.Advance(20 * day)
		done := must1[plaza.Request](t)(w.ApproveRequest(ctx, w.SignIn(t, "reseller@example.com"), late.ID, 1))
		if l := license(t, w, done.Object); !l.Starts.Equal(w.Clock.Now()) {
			t.Errorf("it starts %s", l.Starts)
		}
	})
}

func TestBadWishes(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		try := func(a plaza.Actor, wish plaza.Wish, note string) error {
			return errOf(w.MakeRequest(ctx, a, wish, note))
		}
		good := wishes(w)[plaza.RequestDevelopment]
		want(t, "nothing", try(w.Partner, plaza.Wish{}, ""), plaza.Invalid)
		want(t, "a reseller asks", try(w.Reseller, good, ""), plaza.Forbidden)
		want(t, "a support colleague asks", try(w.Invite(t, w.Reseller, w.Partner.Profile, "Helper", plaza.Support), good, ""), plaza.Forbidden)
		wantField(t, "a long note", try(w.Partner, good, strings.Repeat("é", 501)), "note", "problem.too_long")
		for _, plan := range []string{"never", "\x00", w.Plans[plaza.PartnerLicense].ID, w.Plans[plaza.ConnectAgentLicense].ID} {
			wantField(t, "a development license under "+plan, try(w.Partner, plaza.Wish{License: &plaza.NewLicense{Plan: plan}}, ""), "plan", "problem.plan")
		}
		wantField(t, "an agent under a development plan", try(w.Partner, plaza.Wish{Agent: &plaza.NewAgent{Name: "A", Plan: w.Plans[plaza.Development].ID}}, ""), "plan", "problem.plan")
		// Whose it will be is not for the one who asks to say.
		wish := plaza.Wish{License: &plaza.NewLicense{Plan: w.Plans[plaza.Development].ID, Profile: w.Enterprise.Profile}}
		r := must1[plaza.Request](t)(w.MakeRequest(ctx, w.Partner, wish, ""))
		done := must1[plaza.Request](t)(w.ApproveRequest(ctx, w.Reseller, r.ID, 1))
		if l := license(t, w, done.Object); l.Profile != w.Partner.Profile {
			t.Error("it went to another profile")
		}
		list := must1[plaza.List[plaza.Request]](t)(w.Requests(ctx, w.Reseller, plaza.RequestFilter{}, plaza.Page{}))
		if list.Total != 1 {
			t.Errorf("%d requests were kept", list.Total)
		}
	})
}

// TestWhoWasShutOutIsToldNothing of what became of a request.
func TestWhoWasShutOutIsToldNothing(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		manager := w.Invite(t, w.Reseller, w.Partner.Profile, "Manager", plaza.Manager)
		r := must1[plaza.Request](t)(w.MakeRequest(t.Context(), manager, wishes(w)[plaza.RequestDevelopment], ""))
		before := len(mails(t, w, "manager@example.com"))
		disable(t, w, w.Reseller, manager.Login)
		made := must1[plaza.Request](t)(w.ApproveRequest(t.Context(), w.Reseller, r.ID, 1))
		if made.Decision != plaza.RequestApproved || made.Object == "" {
			t.Errorf("%+v is not approved", made)
		}
		if n := len(mails(t, w, "manager@example.com")); n != before {
			t.Errorf("%d mails went to who was shut out", n-before)
		}
	})
}
