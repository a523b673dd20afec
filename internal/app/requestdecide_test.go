package app_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/store"
)

// TestRequestsAboutALicense: the partner asks, the reseller approves, and the license is
// another, with the same key and on the same machine.
func TestRequestsAboutALicense(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		a := agent(t, w)
		machine := activated(t, w, a, "host")
		id := a.License.ID
		key := must1[string](t)(w.RevealLicenseKey(ctx, w.Partner, id))
		other := plan(t, w, plaza.NewPlan{Kind: plaza.ConnectAgentLicense, Name: "Another", TermMonths: 3, Machines: 1}).ID
		approve := func(wish plaza.Wish, kind plaza.RequestKind) {
			t.Helper()
			r := must1[plaza.Request](t)(w.MakeRequest(ctx, w.Partner, wish, "for the shop"))
			if r.Kind != kind || r.Wish.Name() != a.Name {
				t.Errorf("%s: %+v", kind, r)
			}
			wantKey(t, "the same again", errOf(w.MakeRequest(ctx, w.Partner, wish, "")), plaza.Conflict, "request.asked_already")
			for name, stranger := range strangers(w) {
				if stranger.Kind.Administers() {
					want(t, name+" approves", errOf(w.ApproveRequest(ctx, stranger, r.ID, 1)), plaza.NotFound)
				} else {
					want(t, name+" asks for it", errOf(w.MakeRequest(ctx, stranger, wish, "")), plaza.NotFound)
				}
			}
			for name, stranger := range strangers(w) {
				want(t, name+" looks at what it would do", errOf(w.RequestOutlook(ctx, stranger, r.ID)), plaza.NotFound)
			}
			o := must1[plaza.Outlook](t)(w.RequestOutlook(ctx, w.Partner, r.ID))
			equal(t, string(kind)+" from", o.Before.License, read(t, w, id))
			done := must1[plaza.Request](t)(w.ApproveRequest(ctx, w.Reseller, r.ID, 1))
			if done.Object != id {
				t.Errorf("%s made %s", kind, done.Object)
			}
			if got := read(t, w, id); !o.Clash.IsZero() || got.Ends != o.After.License.Ends || got.Plan != o.After.License.Plan || got.Ended != o.After.License.Ended {
				t.Errorf("%s: it was said to become %+v, and is %+v", kind, o, got)
			}
			equal(t, "when it is decided", must1[plaza.Outlook](t)(w.RequestOutlook(ctx, w.Reseller, r.ID)), plaza.Outlook{})
			last := must1[plaza.List[plaza.AuditLine]](t)(w.History(ctx, w.Partner, id, plaza.Page{})).Rows[0]
			if last.Reason != "for the shop" || !last.ActorAbove {
				t.Errorf("%s: the history says %+v", kind, last)
			}
		}
		before := read(t, w, id)
		approve(plaza.Wish{Renewal: &plaza.LicenseWish{License: id}}, plaza.RequestRenewal)
		if got := read(t, w, id); !got.Ends.After(before.Ends) {
			t.Errorf("renewed: it ends %v, and ended %v", got.Ends, before.Ends)
		}
		approve(plaza.Wish{Replan: &plaza.LicenseWish{License: id, Plan: other}}, plaza.RequestPlan)
		if got := read(t, w, id); got.Plan != other {
			t.Errorf("it is under %s", got.PlanName)
		}
		equal(t, "key", must1[string](t)(w.RevealLicenseKey(ctx, w.Partner, id)), key)
		if all := must1[[]plaza.Activation](t)(w.Activations(ctx, w.Partner, a.ID)); len(all) != 1 || all[0].ID != machine.ID {
			t.Errorf("it is on %+v", all)
		}
		approve(plaza.Wish{End: &plaza.LicenseWish{License: id}}, plaza.RequestEnd)
		if got := read(t, w, id); got.Ended.IsZero() {
			t.Error("it goes on")
		}
		for name, wish := range map[string]plaza.Wish{
			"renewed": {Renewal: &plaza.LicenseWish{License: id}}, "replanned": {Replan: &plaza.LicenseWish{License: id, Plan: other}}, "ended": {End: &plaza.LicenseWish{License: id}},
		} {
			want(t, name+" after its end", errOf(w.MakeRequest(ctx, w.Partner, wish, "")), plaza.Conflict)
		}
		want(t, "nothing", errOf(w.MakeRequest(ctx, w.Partner, plaza.Wish{}, "")), plaza.Invalid)
		want(t, "an allowance, this way", errOf(w.MakeRequest(ctx, w.Partner, plaza.Wish{Allowance: &plaza.AllowanceWish{Most: 1}}, "")), plaza.Invalid)
	})
}

// TestWhatCannotBeDoneAnyMoreStaysARequest: between asking and approving somebody did
// otherwise.
func TestWhatCannotBeDoneAnyMoreStaysARequest(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		l := issued(t, w)
		r := must1[plaza.Request](t)(w.MakeRequest(ctx, w.Partner, plaza.Wish{Renewal: &plaza.LicenseWish{License: l.ID}}, ""))
		must(t, w.EndLicense(ctx, w.Reseller, l.ID, reason, 1))
		wantKey(t, "approved", errOf(w.ApproveRequest(ctx, w.Reseller, r.ID, 1)), plaza.Conflict, "license.ended_already")
		if got := must1[plaza.Request](t)(w.Request(ctx, w.Partner, r.ID)); got.State(w.Clock.Now()) != plaza.RequestOpen {
			t.Errorf("%+v", got)
		}
	})
}

// TestARenewalIsNotMadeTwice: somebody renewed between asking and approving.
func TestARenewalIsNotMadeTwice(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		l := issued(t, w)
		r := must1[plaza.Request](t)(w.MakeRequest(ctx, w.Partner, plaza.Wish{Renewal: &plaza.LicenseWish{License: l.ID}}, ""))
		must(t, w.RenewLicense(ctx, w.Reseller, l.ID, "", 1))
		once := read(t, w, l.ID).Ends
		wantKey(t, "approved", errOf(w.ApproveRequest(ctx, w.Reseller, r.ID, 1)), plaza.Conflict, "request.renewed_meanwhile")
		equal(t, "its end", read(t, w, l.ID).Ends, once)
		wantKey(t, "deleted while it is asked for", w.DeleteLicense(ctx, w.Reseller, l.ID, reason, 2), plaza.Conflict, "license.asked_for")
	})
}

// TestMoreAllowance: the eleventh license is refused, the reseller asks, the vendor
// raises, and it is made.
func TestMoreAllowance(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		a := allow(t, w, w.Vendor, plaza.NewAllowance{Profile: w.Reseller.Profile, Kind: plaza.Development, Most: 1, Overage: 1})
		issued(t, w)
		issued(t, w)
		in := plaza.NewLicense{Profile: w.Partner.Profile, Plan: w.Plans[plaza.Development].ID}
		_, err := w.IssueLicense(ctx, w.Reseller, in)
		wantMessage(t, "one too many", err, "allowance.full_own")
		equal(t, "what is full", plaza.AsError(err).Full, plaza.FullAllowance{ID: a.ID})
		_, err = w.IssueLicense(ctx, w.Vendor, in)
		equal(t, "what is full, to others", plaza.AsError(err).Full, plaza.FullAllowance{ID: a.ID, Below: true})
		_, err = w.ApproveRequest(ctx, w.Reseller, must1[plaza.Request](t)(w.MakeRequest(ctx, w.Partner, plaza.Wish{License: &in}, "")).ID, 1)
		wantMessage(t, "approved", err, "allowance.full_own")
		open := must1[plaza.List[plaza.Request]](t)(w.Requests(ctx, w.Reseller, plaza.RequestFilter{}, plaza.Page{})).Rows[0]
		for who, full := range map[*plaza.Actor]plaza.FullAllowance{&w.Reseller: {ID: a.ID}, &w.Vendor: {ID: a.ID, Below: true}} {
			o := must1[plaza.Outlook](t)(w.RequestOutlook(ctx, *who, open.ID))
			if o.Full != full || !strings.HasPrefix(o.Clash.Key, "allowance.full_") || o.After.License.TermMonths != 12 {
				t.Errorf("%s is told beforehand: %+v", who.ProfileName, o)
			}
		}
		if o := must1[plaza.Outlook](t)(w.RequestOutlook(ctx, w.Partner, open.ID)); !o.Clash.IsZero() {
			t.Errorf("the partner is told what those above it do with theirs: %+v", o)
		}
		must(t, w.WithdrawRequest(ctx, w.Partner, open.ID, 1))

		wantField(t, "no more", errOf(w.RequestAllowance(ctx, w.Reseller, a.ID, 1, "")), "most", "problem.allowance_more")
		for name, stranger := range strangers(w) {
			want(t, name+" asks", errOf(w.RequestAllowance(ctx, stranger, a.ID, 5, "")), plaza.NotFound)
		}
		want(t, "the one below asks", errOf(w.RequestAllowance(ctx, w.Partner, a.ID, 5, "")), plaza.NotFound)
		r := must1[plaza.Request](t)(w.RequestAllowance(ctx, w.Reseller, a.ID, 5, "the summer"))
		wantKey(t, "the same again", errOf(w.RequestAllowance(ctx, w.Reseller, a.ID, 6, "")), plaza.Conflict, "request.asked_already")
		want(t, "approved by whoever asks", errOf(w.ApproveRequest(ctx, w.Reseller, r.ID, 1)), plaza.NotFound)
		want(t, "declined by whoever asks", w.DeclineRequest(ctx, w.Reseller, r.ID, reason, 1), plaza.NotFound)
		for name, stranger := range strangers(w) {
			want(t, name+" reads", errOf(w.Request(ctx, stranger, r.ID)), plaza.NotFound)
		}
		want(t, "the one below reads", errOf(w.Request(ctx, w.Partner, r.ID)), plaza.NotFound)
		manager := w.Invite(t, w.Vendor, w.Vendor.Profile, "Mona", plaza.Manager)
		want(t, "approved by a manager", errOf(w.ApproveRequest(ctx, manager, r.ID, 1)), plaza.Forbidden)
		equal(t, "the reseller waits for nothing of its own", must1[plaza.Frame](t)(w.Frame(ctx, w.Reseller)).Requests, 0)
		equal(t, "the vendor is waited for", must1[plaza.Frame](t)(w.Frame(ctx, w.Vendor)).Requests, 1)

		must(t, errOf(w.ApproveRequest(ctx, w.Vendor, r.ID, 1)))
		if got := must1[plaza.Allowance](t)(w.Allowance(ctx, w.Reseller, a.ID)); got.Most != 5 || got.Overage != 1 || got.Used != 2 {
			t.Errorf("%+v", got)
		}
		must(t, errOf(w.IssueLicense(ctx, w.Reseller, in)))

		again := must1[plaza.Request](t)(w.RequestAllowance(ctx, w.Reseller, a.ID, 6, ""))
		must(t, w.EditAllowance(ctx, w.Vendor, a.ID, plaza.AllowanceEdit{Most: 9, Version: 2}))
		must(t, errOf(w.ApproveRequest(ctx, w.Vendor, again.ID, 1)))
		equal(t, "no less than it allows by now", must1[plaza.Allowance](t)(w.Allowance(ctx, w.Reseller, a.ID)).Most, 9)
		gone := must1[plaza.Request](t)(w.RequestAllowance(ctx, w.Reseller, a.ID, 20, ""))
		must(t, w.WithdrawRequest(ctx, w.Reseller, gone.ID, 1))
	})
}

// atAnother returns the person with an address at the given one of its profiles.
func atAnother(t *testing.T, w *apptest.World, email, profile string) plaza.Actor {
	t.Helper()
	ctx := t.Context()
	token := must1[string](t)(w.Gate.SignIn(ctx, email, apptest.Password, plaza.Origin{}))
	for _, l := range must1[[]plaza.Login](t)(w.Gate.Profiles(ctx, token, plaza.Origin{})) {
		if l.Profile == profile {
			token = must1[string](t)(w.Gate.ChooseProfile(ctx, token, l.ID, plaza.Origin{}))
		}
	}
	return must1[app.Visit](t)(w.Gate.Identify(ctx, token, plaza.Origin{})).Actor
}

// TestTwoApprove: what is dear takes two people, whichever logins they come by.
func TestTwoApprove(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		want(t, "limits set by a reseller", w.SetApprovalLimits(ctx, w.Reseller, nil), plaza.Forbidden)
		want(t, "limits below nothing", w.SetApprovalLimits(ctx, w.Vendor, []plaza.Money{{Currency: "EUR", Minor: -1}}), plaza.Invalid)
		must(t, w.SetApprovalLimits(ctx, w.Vendor, []plaza.Money{{Currency: "EUR", Minor: 5000}}))
		equal(t, "limits", must1[[]plaza.Money](t)(w.ApprovalLimits(ctx, w.Vendor)), []plaza.Money{{Currency: "EUR", Minor: 5000}})
		dear := plan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: "Dear", TermMonths: 12, Prices: []plaza.Money{{Currency: "EUR", Minor: 5001}}}).ID
		just := plan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: "Just", TermMonths: 12, Prices: []plaza.Money{{Currency: "EUR", Minor: 5000}, {Currency: "USD", Minor: 9000}}}).ID
		ask := func(wish plaza.Wish) plaza.Request {
			t.Helper()
			return must1[plaza.Request](t)(w.MakeRequest(ctx, w.Partner, wish, ""))
		}
		state := func(id string) plaza.RequestState {
			t.Helper()
			return must1[plaza.Request](t)(w.Request(ctx, w.Partner, id)).State(w.Clock.Now())
		}
		colleague := w.Invite(t, w.Reseller, w.Reseller.Profile, "Colleague", plaza.Manager)
		must(t, errOf(w.CreateLogin(ctx, w.Vendor, plaza.NewLogin{Profile: w.Vendor.Profile, Name: "R", Email: "reseller@example.com", Role: plaza.Owner, Dashboard: true})))
		w.Join(t, "reseller@example.com")
		elsewhere := atAnother(t, w, "reseller@example.com", w.Vendor.Profile)
		if elsewhere.Person != w.Reseller.Person {
			t.Fatalf("not the same person: %+v, %+v", elsewhere, w.Reseller)
		}

		cheap := ask(plaza.Wish{License: &plaza.NewLicense{Plan: just, Name: "Just"}})
		must(t, errOf(w.ApproveRequest(ctx, w.Reseller, cheap.ID, 1)))
		equal(t, "of what is not dear, one is enough", state(cheap.ID), plaza.RequestApproved)

		r := ask(plaza.Wish{License: &plaza.NewLicense{Plan: dear, Name: "Dear"}})
		once := must1[plaza.Request](t)(w.ApproveRequest(ctx, w.Reseller, r.ID, 1))
		if once.Object != "" || state(r.ID) != plaza.RequestOpen {
			t.Errorf("after the first: %+v", once)
		}
		if told := notices(t, w, colleague); !slices.Contains(told, plaza.NoticeRequestSecond) {
			t.Errorf("the colleague was told %v", told)
		}
		seen := must1[plaza.Request](t)(w.Request(ctx, w.Partner, r.ID))
		if seen.First != "" || seen.FirstName != "" || seen.FirstAt.IsZero() || seen.Version != 2 {
			t.Errorf("the partner sees %+v", seen)
		}
		if seen = must1[plaza.Request](t)(w.Request(ctx, colleague, r.ID)); seen.First != w.Reseller.Login {
			t.Errorf("the colleague sees %+v", seen)
		}
		want(t, "as it was before the first", errOf(w.ApproveRequest(ctx, colleague, r.ID, 1)), plaza.Stale)
		wantKey(t, "by the same", errOf(w.ApproveRequest(ctx, w.Reseller, r.ID, 2)), plaza.Conflict, "request.second_other")
		wantKey(t, "by the same person from elsewhere", errOf(w.ApproveRequest(ctx, elsewhere, r.ID, 2)), plaza.Conflict, "request.second_other")
		done := must1[plaza.Request](t)(w.ApproveRequest(ctx, colleague, r.ID, 2))
		l := read(t, w, done.Object)
		equal(t, "made", l.Plan, dear)

		renewal := ask(plaza.Wish{Renewal: &plaza.LicenseWish{License: l.ID}})
		must(t, errOf(w.ApproveRequest(ctx, colleague, renewal.ID, 1)))
		equal(t, "a renewal is as dear", read(t, w, l.ID).Ends, l.Ends)
		must(t, errOf(w.ApproveRequest(ctx, w.Vendor, renewal.ID, 2)))
		equal(t, "renewed", state(renewal.ID), plaza.RequestApproved)
		fired := w.Invite(t, w.Reseller, w.Reseller.Profile, "Fired", plaza.Manager)
		late := ask(plaza.Wish{License: &plaza.NewLicense{Plan: dear, Name: "Late"}})
		must(t, errOf(w.ApproveRequest(ctx, fired, late.ID, 1)))
		must(t, w.DisableLogin(ctx, w.Reseller, fired.Login, must1[plaza.Login](t)(w.Login(ctx, w.Reseller, fired.Login)).Version))
		must(t, errOf(w.ApproveRequest(ctx, colleague, late.ID, 2)))
		equal(t, "the first may not decide any more: the next is the first", state(late.ID), plaza.RequestOpen)
		must(t, errOf(w.ApproveRequest(ctx, w.Reseller, late.ID, 3)))
		equal(t, "two who may", state(late.ID), plaza.RequestApproved)
		must(t, errOf(w.CreateLogin(ctx, w.Reseller, plaza.NewLogin{Profile: w.Reseller.Profile, Name: "P", Email: "partner@example.com", Role: plaza.Manager, Dashboard: true})))
		w.Join(t, "partner@example.com")
		both := atAnother(t, w, "partner@example.com", w.Reseller.Profile)
		own := ask(plaza.Wish{License: &plaza.NewLicense{Plan: dear, Name: "For oneself"}})
		wantKey(t, "by whoever asked", errOf(w.ApproveRequest(ctx, both, own.ID, 1)), plaza.Conflict, "request.asker_other")
		end := ask(plaza.Wish{End: &plaza.LicenseWish{License: l.ID}})
		must(t, errOf(w.ApproveRequest(ctx, colleague, end.ID, 1)))
		equal(t, "an end costs nothing", state(end.ID), plaza.RequestApproved)
	})
}

// TestComments: both sides talk, the asker learns no name of those above, and strangers
// hear nothing.
func TestComments(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		r := must1[plaza.Request](t)(w.MakeRequest(ctx, w.Partner, wishes(w)[plaza.RequestDevelopment], ""))
		must(t, w.CommentOnRequest(ctx, w.Reseller, r.ID, "  Which one?  "))
		letter := mails(t, w, "partner@example.com")[0]
		if letter.Kind != plaza.MailRequestComment || !strings.Contains(letter.Text, "Which one?") || !slices.Contains(notices(t, w, w.Partner), plaza.NoticeRequestComment) {
			t.Errorf("the partner was told %s", letter.Text)
		}
		must(t, w.CommentOnRequest(ctx, w.Partner, r.ID, "The large one"))
		letter = mails(t, w, "support-reseller@example.com")[0]
		if letter.Kind != plaza.MailRequestComment || !strings.Contains(letter.Text, "The large one") {
			t.Errorf("the reseller was told %s", letter.Text)
		}
		said := func(who plaza.Actor) (all []string) {
			t.Helper()
			for _, c := range must1[[]plaza.Comment](t)(w.Comments(ctx, who, r.ID)) {
				all = append(all, c.AuthorName+": "+c.Text)
			}
			return all
		}
		equal(t, "to the reseller", said(w.Reseller), []string{w.Reseller.Name + ": Which one?", w.Partner.Name + ": The large one"})
		equal(t, "to the partner", said(w.Partner), []string{": Which one?", w.Partner.Name + ": The large one"})
		wantField(t, "nothing", w.CommentOnRequest(ctx, w.Partner, r.ID, "   "), "comment", "problem.required")
		wantField(t, "a book", w.CommentOnRequest(ctx, w.Partner, r.ID, strings.Repeat("x", plaza.MaxNote+1)), "comment", "problem.too_long")
		for name, stranger := range strangers(w) {
			want(t, name+" says", w.CommentOnRequest(ctx, stranger, r.ID, "Hello"), plaza.NotFound)
			want(t, name+" hears", errOf(w.Comments(ctx, stranger, r.ID)), plaza.NotFound)
		}
		must(t, w.WithdrawRequest(ctx, w.Partner, r.ID, 1))
		wantKey(t, "after the end", w.CommentOnRequest(ctx, w.Reseller, r.ID, "Why?"), plaza.Conflict, "request.not_open")
	})
}

// TestWhatIsSaidOfARequestIsWhatApprovingItDoes: what is in its way is said before, and what
// is not is not.
func TestWhatIsSaidOfARequestIsWhatApprovingItDoes(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]struct {
		kind  plaza.RequestKind
		meant string // the clash; empty: none
		then  func(*testing.T, *apptest.World, plaza.License)
	}{
		"a license":               {plaza.RequestDevelopment, "", nil},
		"a ConnectAgent":          {plaza.RequestAgent, "", nil},
		"a profile":               {plaza.RequestProfile, "", nil},
		"a login":                 {plaza.RequestLogin, "", nil},
		"a renewal":               {plaza.RequestRenewal, "", nil},
		"an end":                  {plaza.RequestEnd, "", nil},
		"an end, when it has":     {plaza.RequestEnd, "license.ended_already", hasEnded},
		"a renewal, when it has":  {plaza.RequestRenewal, "license.ended_already", hasEnded},
		"a license, when halted":  {plaza.RequestDevelopment, "profile.halted", isHalted},
		"an agent, when halted":   {plaza.RequestAgent, "profile.halted", isHalted},
		"a profile, when halted":  {plaza.RequestProfile, "", isHalted}, // it is beside the one that asks
		"a license without plan":  {plaza.RequestDevelopment, "request.plan_gone", isWithdrawn},
		"a renewal, renewed":      {plaza.RequestRenewal, "request.renewed_meanwhile", isRenewed},
		"a license, when full":    {plaza.RequestDevelopment, "allowance.full_below", isFull},
		"a profile, when full":    {plaza.RequestProfile, "", isFull},
		"a renewal, when full":    {plaza.RequestRenewal, "", isFull},
		"a license, given away":   {plaza.RequestEnd, "request.license_gone", isGiven},
		"a renewal, once it lies": {plaza.RequestRenewal, "", func(_ *testing.T, w *apptest.World, _ plaza.License) { w.Clock.Advance(29 * day) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			worlds(t, func(t *testing.T, w *apptest.World) {
				patient(w)
				ctx := t.Context()
				l := issued(t, w)
				wish, ok := map[plaza.RequestKind]plaza.Wish{
					plaza.RequestRenewal: {Renewal: &plaza.LicenseWish{License: l.ID}}, plaza.RequestEnd: {End: &plaza.LicenseWish{License: l.ID}},
				}[in.kind]
				if !ok {
					wish = wishes(w)[in.kind]
				}
				r := must1[plaza.Request](t)(w.MakeRequest(ctx, w.Partner, wish, ""))
				if in.then != nil {
					in.then(t, w, l)
				}
				o := must1[plaza.Outlook](t)(w.RequestOutlook(ctx, w.Reseller, r.ID))
				_, err := w.ApproveRequest(ctx, w.Reseller, r.ID, r.Version)
				if o.Clash.Key != in.meant || (err == nil) != (in.meant == "") {
					t.Errorf("it says %q, and approving it: %v", o.Clash.Key, err)
				}
			})
		})
	}
}

func hasEnded(t *testing.T, w *apptest.World, l plaza.License) {
	t.Helper()
	must(t, w.EndLicense(t.Context(), w.Reseller, l.ID, reason, 1))
}

func isHalted(t *testing.T, w *apptest.World, _ plaza.License) {
	t.Helper()
	suspend(t, w, w.Reseller, w.Partner.Profile)
}

func isWithdrawn(t *testing.T, w *apptest.World, _ plaza.License) {
	t.Helper()
	p := w.Plans[plaza.Development]
	must(t, w.WithdrawPlan(t.Context(), w.Vendor, p.ID, p.Version))
}

func isRenewed(t *testing.T, w *apptest.World, l plaza.License) {
	t.Helper()
	must(t, w.RenewLicense(t.Context(), w.Reseller, l.ID, "", 1))
}

// isFull leaves no room for another license of any kind that the partner holds.
func isFull(t *testing.T, w *apptest.World, _ plaza.License) {
	t.Helper()
	for _, kind := range []plaza.LicenseKind{plaza.Development, plaza.PartnerLicense} {
		allow(t, w, w.Reseller, plaza.NewAllowance{Profile: w.Partner.Profile, Kind: kind, Most: 1})
	}
}

// isGiven has the license be another profile's, which an open request forbids: as if it had
// been moved there.
func isGiven(t *testing.T, w *apptest.World, l plaza.License) {
	t.Helper()
	must(t, w.DB.Tx(t.Context(), func(tx *store.Tx) error {
		l.Profile, l.Updated = w.Enterprise.Profile, w.Clock.Now()
		return tx.TransferLicense(t.Context(), w.Reseller.Scope(), l, []byte("sealed"))
	}))
}
