package app_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
)

// proposed returns a move of the partner from the reseller to the stranger that the
// vendor proposed, and which those two have to agree to.
func proposed(t testing.TB, w *apptest.World) plaza.Move {
	t.Helper()
	return must1[plaza.Move](t)(w.ProposeMove(t.Context(), w.Vendor, plaza.NewMove{Profile: w.Partner.Profile, To: w.Stranger.Profile, Reason: reason}))
}

// agree has somebody agree to a move as it is now.
func agree(t testing.TB, w *apptest.World, by plaza.Actor, m plaza.Move) error {
	t.Helper()
	now := must1[plaza.Move](t)(w.Move(t.Context(), by, m.ID))
	return errOf(w.AgreeToMove(t.Context(), by, m.ID, plaza.MoveAgreement{Name: m.ProfileName, Version: now.Version}))
}

// moved moves a profile from one to another, as the vendor proposes and both agree.
func moved(t testing.TB, w *apptest.World, profile string, from, to plaza.Actor) {
	t.Helper()
	m := must1[plaza.Move](t)(w.ProposeMove(t.Context(), w.Vendor, plaza.NewMove{Profile: profile, To: to.Profile, Reason: reason}))
	must(t, agree(t, w, from, m))
	must(t, agree(t, w, to, m))
}

// TestMove: the reseller gives its partner to somebody whom it cannot see; the vendor
// chooses who that is, and it moves once that one agrees too.
func TestMove(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		r, v, s, p := w.Reseller, w.Vendor, w.Stranger, w.Partner
		want(t, "another reseller's partner", errOf(w.ProposeMove(ctx, s, plaza.NewMove{Profile: p.Profile, Whom: "Me", Reason: reason})), plaza.NotFound)
		want(t, "one's own profile", errOf(w.ProposeMove(ctx, r, plaza.NewMove{Profile: r.Profile, Whom: "Somebody", Reason: reason})), plaza.NotFound)
		want(t, "to whom one cannot see", errOf(w.ProposeMove(ctx, r, plaza.NewMove{Profile: p.Profile, To: s.Profile, Reason: reason})), plaza.NotFound)
		wantField(t, "to nobody", errOf(w.ProposeMove(ctx, r, plaza.NewMove{Profile: p.Profile, Reason: reason})), "whom", "problem.required")
		wantField(t, "by the vendor, to nobody", errOf(w.ProposeMove(ctx, v, plaza.NewMove{Profile: p.Profile, Whom: "Somebody", Reason: reason})), "to", "problem.move_to")

		m := must1[plaza.Move](t)(w.ProposeMove(ctx, r, plaza.NewMove{Profile: p.Profile, Whom: "The other one", Reason: reason}))
		wantKey(t, "a second time", errOf(w.ProposeMove(ctx, r, plaza.NewMove{Profile: p.Profile, Whom: "The other one", Reason: reason})), plaza.Conflict, "move.waiting_already")
		unseen(t, w, m, s, p, w.Enterprise, w.StrangerPartner)
		wantKey(t, "agreed already", agree(t, w, r, m), plaza.Conflict, "move.agreed_already")
		wantField(t, "chooses nobody", agree(t, w, v, m), "to", "problem.move_to")
		equal(t, "the vendor is asked", notices(t, w, v), []plaza.NoticeKind{plaza.NoticeMoveAsked})

		m = must1[plaza.Move](t)(w.AgreeToMove(ctx, v, m.ID, plaza.MoveAgreement{To: s.Profile, Version: m.Version}))
		unseen(t, w, m, p, w.Enterprise, w.StrangerPartner)
		equal(t, "the taker is asked", notices(t, w, s), []plaza.NoticeKind{plaza.NoticeMoveAsked})
		if mail := mails(t, w, "stranger@example.com")[0]; !strings.Contains(mail.Text, "Partner") || strings.Contains(mail.Text, v.ProfileName) {
			t.Errorf("the mail says %s", mail.Text)
		}
		want(t, "the partner before it moved", errOf(w.Profile(ctx, s, p.Profile)), plaza.NotFound)
		now := must1[plaza.Move](t)(w.Move(ctx, s, m.ID))
		want(t, "as it was before", errOf(w.AgreeToMove(ctx, s, m.ID, plaza.MoveAgreement{Name: "Partner", Version: 1})), plaza.Stale)
		wantField(t, "without its name", errOf(w.AgreeToMove(ctx, s, m.ID, plaza.MoveAgreement{Name: "Other", Version: now.Version})), "name", "problem.name_again")
		must(t, agree(t, w, s, m))

		if got := profile(t, w, p.Profile); got.Parent != s.Profile {
			t.Errorf("it is below %s", got.Parent)
		}
		want(t, "the partner, by who gave it", errOf(w.Profile(ctx, r, p.Profile)), plaza.NotFound)
		must(t, errOf(w.Profile(ctx, s, p.Profile)))
		wantKey(t, "agreed to again", agree(t, w, s, m), plaza.Conflict, "move.not_waiting")
		if got := must1[plaza.Move](t)(w.Move(ctx, r, m.ID)); got.State(w.Clock.Now()) != plaza.MoveDone || got.ToName != "Stranger" {
			t.Errorf("who gave it sees %+v", got)
		}
		equal(t, "the giver is told", notices(t, w, r)[0], plaza.NoticeMoveDone)
		equal(t, "the partner is told", notices(t, w, p)[0], plaza.NoticeMoved)
		if mail := mails(t, w, "partner@example.com")[0]; strings.Contains(mail.Text, "Stranger") || strings.Contains(mail.Text, "Reseller") {
			t.Errorf("the partner's mail tells of those above: %s", mail.Text)
		}
		for name, who := range map[string]plaza.Actor{"giver": r, "taker": s, "partner": p} {
			all := must1[plaza.List[plaza.AuditLine]](t)(w.AuditEvents(ctx, who, plaza.AuditFilter{Profile: who.Profile, Verbs: []plaza.Verb{plaza.ProfileMove}}, plaza.Page{}))
			if all.Total != 1 || all.Rows[0].Actor.Own != plaza.Clerk.Own {
				t.Errorf("in the log of the %s: %+v", name, all.Rows)
			}
		}
	})
}

// unseen fails if one of them learns of a move.
func unseen(t testing.TB, w *apptest.World, m plaza.Move, who ...plaza.Actor) {
	t.Helper()
	for _, a := range who {
		kind := plaza.NotFound
		if !a.Kind.Administers() {
			kind = plaza.Forbidden
		} else if list := must1[plaza.List[plaza.Move]](t)(w.Moves(t.Context(), a, plaza.MoveFilter{}, plaza.Page{})); list.Total != 0 {
			t.Errorf("%s sees %+v", a.ProfileName, list.Rows)
		}
		want(t, a.ProfileName, errOf(w.Move(t.Context(), a, m.ID)), kind)
		want(t, a.ProfileName, errOf(w.MovePreview(t.Context(), a, m.ID, "")), kind)
		want(t, a.ProfileName, errOf(w.AgreeToMove(t.Context(), a, m.ID, plaza.MoveAgreement{Version: m.Version})), kind)
		want(t, a.ProfileName, w.DeclineMove(t.Context(), a, m.ID, reason, m.Version), kind)
		want(t, a.ProfileName, w.WithdrawMove(t.Context(), a, m.ID, m.Version), kind)
	}
}

// TestWhatAMoveKeepsAndEnds: what is of the profile itself stays; what people of the
// old side had in it ends.
func TestWhatAMoveKeepsAndEnds(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		r, s, p := w.Reseller, w.Stranger, w.Partner
		a := agent(t, w)
		key := keyOf(t, w, a)
		machine := activated(t, w, a, "host")
		helper := w.Invite(t, r, r.Profile, "Helper", plaza.Administrator)
		vendors := w.Invite(t, w.Vendor, w.Vendor.Profile, "Visitor", plaza.Administrator)
		asks(t, w, p)
		c := consent(t, w, r, p)
		link := w.Link(t, "partner@example.com", "/consent/")
		must(t, w.SetSupportAccess(ctx, p, plaza.AccessAllowed, profile(t, w, p.Profile).Version))
		_, inside := logInAs(t, w, helper, p.Login, plaza.Look)
		_, above := logInAs(t, w, vendors, p.Login, plaza.Look)
		wish := must1[plaza.Request](t)(w.MakeRequest(ctx, p, plaza.Wish{License: &plaza.NewLicense{Plan: w.Plans[plaza.Development].ID}}, ""))
		before := must1[plaza.List[plaza.AuditLine]](t)(w.AuditEvents(ctx, p, plaza.AuditFilter{Profile: p.Profile}, plaza.Page{})).Total

		m := proposed(t, w)
		preview := must1[plaza.MovePreview](t)(w.MovePreview(ctx, r, m.ID, ""))
		if preview.Actings != 1 || preview.Consents != 1 || preview.Requests != 1 || preview.Agents != 1 || preview.Profiles != 1 || preview.Total() != 2 {
			t.Errorf("the giver is told %+v", preview)
		}
		must(t, agree(t, w, r, m))
		must(t, agree(t, w, s, m))

		v := must1[app.Visit](t)(w.Gate.Identify(ctx, inside, plaza.Origin{}))
		if v.Ended == nil || v.Ended.Why != plaza.EndMoved {
			t.Errorf("the visit of who gave it away: %+v", v.Ended)
		}
		if got := identify(t, w, above); got.Profile != p.Profile {
			t.Error("the visit of who is above both has ended")
		}
		want(t, "the link of the consent", errOf(w.Gate.ConsentAsked(ctx, link)), plaza.NotFound)
		want(t, "the consent, granted", w.GrantConsent(ctx, p, c.ID, false, c.Version+1), plaza.Conflict)
		if got := identify(t, w, w.Tokens[p.Login]); got.Profile != p.Profile {
			t.Error("the partner is signed out")
		}
		b := must1[*app.Bearer](t)(w.Fleet.Identify(ctx, key, plaza.Origin{Address: "192.0.2.7"}))
		if got := must1[[]plaza.Activation](t)(w.Activations(ctx, s, a.ID)); len(got) != 1 || got[0].ID != machine.ID || b.Actor.Profile != p.Profile {
			t.Errorf("the machine is %+v", got)
		}
		want(t, "the license, by who gave it", errOf(w.License(ctx, r, a.License.ID)), plaza.NotFound)
		must(t, errOf(w.ApproveRequest(ctx, s, wish.ID, 1)))
		after := must1[plaza.List[plaza.AuditLine]](t)(w.AuditEvents(ctx, s, plaza.AuditFilter{Profile: p.Profile}, plaza.Page{Size: plaza.MaxPageSize}))
		if after.Total < before {
			t.Errorf("of %d events %d are left", before, after.Total)
		}
		for _, line := range after.Rows {
			if strings.Contains(line.ActorName+line.ViaName, "Reseller") || line.ViaName == "Helper" {
				t.Errorf("it tells who had it before: %+v", line)
			}
		}
	})
}

// TestEachSideSeesItsOwn: of a move, nobody is told what is another side's.
func TestEachSideSeesItsOwn(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		r, s, v := w.Reseller, w.Stranger, w.Vendor
		issued(t, w)
		other := plan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: "Only theirs", TermMonths: 1})
		must(t, errOf(w.IssueLicense(ctx, r, plaza.NewLicense{Profile: w.Partner.Profile, Plan: other.ID})))
		must(t, w.OfferPlans(ctx, v, s.Profile, true, []string{w.Plans[plaza.Development].ID, w.Plans[plaza.PartnerLicense].ID}, profile(t, w, s.Profile).Version))
		bound := allow(t, w, v, plaza.NewAllowance{Profile: s.Profile, Kind: plaza.Development, Most: 1})
		m := proposed(t, w)
		see := func(who plaza.Actor) plaza.MovePreview {
			return must1[plaza.MovePreview](t)(w.MovePreview(ctx, who, m.ID, ""))
		}
		giver, taker, vendor := see(r), see(s), see(v)
		for name, p := range map[string]plaza.MovePreview{"giver": giver, "taker": taker, "vendor": vendor} {
			equal(t, "who loses sight, says the "+name, p.Losers, []string{"Reseller"})
			equal(t, "who gains it, says the "+name, p.Gainers, []string{"Stranger"})
			if name != "giver" { // whose business it is not
				equal(t, "what is not offered, says the "+name, p.Missing, []string{"Only theirs"})
			}
			if p.Total() != 3 || p.Profiles != 1 {
				t.Errorf("the %s sees %+v", name, p)
			}
		}
		if len(giver.Missing) != 0 || len(giver.Allowances) != 0 || !giver.FullBeyond || !giver.Inside {
			t.Errorf("the giver sees %+v", giver)
		}
		if len(taker.Allowances) != 1 || taker.Allowances[0].Used != 2 || taker.FullBeyond || taker.Inside {
			t.Errorf("the taker sees %+v", taker)
		}
		if len(vendor.Allowances) != 1 || vendor.FullBeyond || !vendor.Inside {
			t.Errorf("the vendor sees %+v", vendor)
		}
		must(t, agree(t, w, s, m))
		wantKey(t, "agreed by the giver at last", agree(t, w, r, m), plaza.Conflict, "move.full_beyond")
		if profile(t, w, w.Partner.Profile).Parent != r.Profile {
			t.Error("it moved all the same")
		}
		must(t, w.EditAllowance(ctx, v, bound.ID, plaza.AllowanceEdit{Most: 2, Version: 1}))
		must(t, agree(t, w, r, m))
		if got := must1[plaza.Allowance](t)(w.Allowance(ctx, s, bound.ID)); got.Used != 2 || got.Told != plaza.LevelFull {
			t.Errorf("the allowance is %+v", got)
		}
		if !slices.Contains(notices(t, w, s), plaza.NoticeAllowanceFull) {
			t.Error("nobody is told that the allowance is used up")
		}
	})
}

// TestMoveEndsOtherwise: a side declines, who proposed it takes it back, or nobody
// answers.
func TestMoveEndsOtherwise(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		state := func(m plaza.Move) plaza.MoveState {
			return must1[plaza.Move](t)(w.Move(ctx, w.Vendor, m.ID)).State(w.Clock.Now())
		}
		m := proposed(t, w)
		wantField(t, "no reason", w.DeclineMove(ctx, w.Stranger, m.ID, "no", 1), "reason", "problem.reason")
		must(t, w.DeclineMove(ctx, w.Stranger, m.ID, "we have no room for it", 1))
		equal(t, "declined", state(m), plaza.MoveDeclined)
		equal(t, "who is told", notices(t, w, w.Reseller)[0], plaza.NoticeMoveDeclined)
		wantKey(t, "agreed to afterwards", agree(t, w, w.Reseller, m), plaza.Conflict, "move.not_waiting")

		m = proposed(t, w)
		want(t, "withdrawn by who did not propose it", w.WithdrawMove(ctx, w.Reseller, m.ID, 1), plaza.NotFound)
		must(t, w.WithdrawMove(ctx, w.Vendor, m.ID, 1))
		equal(t, "withdrawn", state(m), plaza.MoveWithdrawn)

		m = proposed(t, w)
		must(t, agree(t, w, w.Reseller, m))
		w.Clock.Advance(plaza.MoveOpenFor)
		stranger := w.SignIn(t, "stranger@example.com")
		w.Vendor = w.SignIn(t, "vendor@example.com")
		equal(t, "lapsed", state(m), plaza.MoveLapsed)
		wantKey(t, "agreed to too late", agree(t, w, stranger, m), plaza.Conflict, "move.not_waiting")
		if p := profile(t, w, w.Partner.Profile); p.Parent != w.Reseller.Profile {
			t.Error("it moved all the same")
		}
		proposed(t, w) // and it can be proposed anew
	})
}

// TestWhereNothingCanMove: what would make no tree, or one that is too deep.
func TestWhereNothingCanMove(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		to := func(profile, to string) error {
			return errOf(w.ProposeMove(ctx, w.Vendor, plaza.NewMove{Profile: profile, To: to, Reason: reason}))
		}
		inner := w.Add(t, w.Reseller, plaza.Reseller, "Inner")
		wantKey(t, "below itself", to(w.Reseller.Profile, w.Reseller.Profile), plaza.Conflict, "move.into_itself")
		wantKey(t, "below what is below it", to(w.Reseller.Profile, inner.Profile), plaza.Conflict, "move.into_itself")
		wantKey(t, "where it is", to(w.Partner.Profile, w.Reseller.Profile), plaza.Conflict, "move.there_already")
		wantKey(t, "below a partner", to(w.Partner.Profile, w.StrangerPartner.Profile), plaza.Conflict, "profile.cannot_have_below")
		deep := w.Stranger
		for i := range plaza.MaxProfileDepth - 2 {
			deep = w.Add(t, deep, plaza.Reseller, "Deep "+string(rune('a'+i)))
		}
		wantKey(t, "too deep, for what is below it", to(w.Reseller.Profile, deep.Profile), plaza.Conflict, "profile.too_deep")
		must(t, to(w.Enterprise.Profile, deep.Profile))
		m := proposed(t, w)
		must(t, agree(t, w, w.Reseller, m))
		suspend(t, w, w.Vendor, w.Stranger.Profile)
		wantKey(t, "below a suspended one", to(inner.Profile, w.Stranger.Profile), plaza.Conflict, "move.taker_halted")
		resume(t, w, w.Vendor, w.Stranger.Profile)
		stranger := w.SignIn(t, "stranger@example.com")
		suspend(t, w, w.Reseller, w.Partner.Profile)
		must(t, w.CloseProfile(ctx, w.Reseller, w.Partner.Profile, "Partner", reason, profile(t, w, w.Partner.Profile).Version))
		wantKey(t, "one that was closed meanwhile", agree(t, w, stranger, m), plaza.Conflict, "move.closed")
	})
}

// TestMoveSettlesWhatStandsStill: what stood still because of its old parent goes on,
// and what was suspended itself stays so.
func TestMoveSettlesWhatStandsStill(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		inner := w.Add(t, w.Reseller, plaza.Reseller, "Inner")
		leaf := w.Add(t, inner, plaza.Partner, "Leaf")
		still := w.Add(t, inner, plaza.Partner, "Still")
		a := must1[plaza.ConnectAgent](t)(w.CreateAgent(ctx, inner, plaza.NewAgent{Profile: leaf.Profile, Plan: w.Plans[plaza.ConnectAgentLicense].ID, Name: "A"}))
		key := keyOf(t, w, a)
		suspend(t, w, inner, still.Profile)
		suspend(t, w, w.Vendor, w.Reseller.Profile)
		want(t, "its key, while suspended", errOf(w.Fleet.Identify(ctx, key, plaza.Origin{})), plaza.Forbidden)
		m := must1[plaza.Move](t)(w.ProposeMove(ctx, w.Vendor, plaza.NewMove{Profile: inner.Profile, To: w.Stranger.Profile, Reason: reason}))
		resume(t, w, w.Vendor, w.Reseller.Profile)
		reseller := w.SignIn(t, "reseller@example.com")
		must(t, agree(t, w, reseller, m))
		suspend(t, w, w.Vendor, w.Reseller.Profile)
		must(t, agree(t, w, w.Stranger, m))
		for id, halted := range map[string]bool{inner.Profile: false, leaf.Profile: false, still.Profile: true, w.Partner.Profile: true} {
			if got := profile(t, w, id); got.Halted != halted {
				t.Errorf("%s stands still: %t", got.Name, got.Halted)
			}
		}
		must(t, errOf(w.Fleet.Identify(ctx, key, plaza.Origin{})))
		stranger := must1[plaza.List[plaza.Profile]](t)(w.Profiles(ctx, w.Stranger, plaza.ProfileFilter{}, plaza.Page{}))
		if stranger.Total != 4 {
			t.Errorf("the taker sees %d profiles below it, want 4", stranger.Total)
		}
		if list := must1[plaza.List[plaza.Profile]](t)(w.Profiles(ctx, w.Vendor, plaza.ProfileFilter{}, plaza.Page{})); list.Total != 8 {
			t.Errorf("the vendor sees %d", list.Total)
		}
	})
}
