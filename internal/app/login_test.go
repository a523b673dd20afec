package app_test

import (
	"slices"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
)

func newLogin(w *apptest.World, email string, role plaza.Role) plaza.NewLogin {
	return plaza.NewLogin{Profile: w.Partner.Profile, Name: "New", Email: email, Role: role, Dashboard: role != plaza.Member}
}

// TestInvitingTellsNothing: whoever invites somebody who has an account in
// another profile learns neither that, nor how they are called or written there.
func TestInvitingTellsNothing(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		known := must1[plaza.Login](t)(w.CreateLogin(ctx, w.Reseller, newLogin(w, "STRANGER-PARTNER@Example.com", plaza.Manager)))
		fresh := must1[plaza.Login](t)(w.CreateLogin(ctx, w.Reseller, newLogin(w, "NOBODY-YET@Example.com", plaza.Manager)))
		for _, l := range []plaza.Login{known, fresh} {
			got := login(t, w, l.ID)
			if got.Name != "New" || got.State() != plaza.LoginInvited || !got.SignedIn.IsZero() || got.Email != l.Email {
				t.Errorf("%+v", got)
			}
		}
		if known.Email != "stranger-partner@example.com" || fresh.Email != "nobody-yet@example.com" {
			t.Errorf("%s, %s", known.Email, fresh.Email)
		}
		own := must1[plaza.List[plaza.Login]](t)(w.Logins(ctx, w.StrangerPartner, plaza.LoginFilter{}, plaza.Page{}))
		if own.Total != 1 || own.Rows[0].Name != "Stranger partner owner" {
			t.Errorf("in the other profile: %+v", own.Rows)
		}
		wantField(t, "twice in one profile", errOf(w.CreateLogin(ctx, w.Reseller, newLogin(w, "Nobody-Yet@example.com", plaza.Manager))), "email", "problem.has_login")

		// The one who has a password gives it; a new one would be a way in for whoever reads the mail.
		link := w.Link(t, known.Email, "/invitation/")
		wantField(t, "another phrase then", errOf(w.Gate.AcceptInvitation(ctx, link, "some other password", plaza.Origin{})), "password", "problem.password_wrong")
		token := must1[string](t)(w.Gate.AcceptInvitation(ctx, link, apptest.Password, plaza.Origin{}))
		v, err := w.Gate.Identify(ctx, token, plaza.Origin{})
		must(t, err)
		if v.Wants != app.WantsProfile {
			t.Error("with two profiles there is a choice")
		}
	})
}

func TestNobodyGrantsMoreThanTheyHold(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		admin := w.Invite(t, w.Reseller, w.Reseller.Profile, "Admin", plaza.Administrator)
		own := w.Invite(t, w.Reseller, w.Partner.Profile, "Own admin", plaza.Administrator)
		wantKey(t, "admin invites an owner", errOf(w.CreateLogin(ctx, admin, newLogin(w, "a@example.com", plaza.Owner))), plaza.Forbidden, "login.beyond_own")
		must(t, errOf(w.CreateLogin(ctx, admin, newLogin(w, "b@example.com", plaza.Administrator))))
		edit := func(a plaza.Actor, id string, role plaza.Role) error {
			return w.EditLogin(ctx, a, id, plaza.LoginEdit{Name: "N", Role: role, Dashboard: true, Version: login(t, w, id).Version})
		}
		want(t, "admin makes itself owner", edit(own, own.Login, plaza.Owner), plaza.Forbidden)
		want(t, "admin takes the owner's role", edit(own, w.Partner.Login, plaza.Member), plaza.Invalid) // a member has no dashboard
		want(t, "admin lowers the owner", edit(own, w.Partner.Login, plaza.Support), plaza.Conflict)     // the last one
		second := w.Invite(t, w.Reseller, w.Partner.Profile, "Second", plaza.Owner)
		want(t, "admin lowers one of two owners", edit(own, second.Login, plaza.Support), plaza.Forbidden)
		want(t, "admin disables an owner", w.DisableLogin(ctx, own, second.Login, login(t, w, second.Login).Version), plaza.Forbidden)
		disable(t, w, w.Partner, second.Login)
		want(t, "admin enables an owner", w.EnableLogin(ctx, own, second.Login, login(t, w, second.Login).Version), plaza.Forbidden)
		want(t, "a partner's owner invites", errOf(w.CreateLogin(ctx, w.Partner, newLogin(w, "c@example.com", plaza.Support))), plaza.Forbidden)
		for name, stranger := range strangers(w) {
			id := own.Login
			want(t, name+" reads", errOf(w.Login(ctx, stranger, id)), plaza.NotFound)
			want(t, name+" edits", w.EditLogin(ctx, stranger, id, plaza.LoginEdit{Name: "N", Role: plaza.Support, Version: 1}), plaza.NotFound)
			want(t, name+" disables", w.DisableLogin(ctx, stranger, id, 1), plaza.NotFound)
			want(t, name+" enables", w.EnableLogin(ctx, stranger, id, 1), plaza.NotFound)
			want(t, name+" invites anew", w.ReinviteLogin(ctx, stranger, id), plaza.NotFound)
		}
		want(t, "stranger invites into it", errOf(w.CreateLogin(ctx, w.Stranger, newLogin(w, "d@example.com", plaza.Support))), plaza.NotFound)
		want(t, "into the one above", errOf(w.CreateLogin(ctx, w.Reseller, plaza.NewLogin{Profile: w.Vendor.Profile, Name: "N", Email: "e@example.com", Role: plaza.Support})), plaza.NotFound)
	})
}

func TestTheLastOwnerStays(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, first := t.Context(), w.Partner.Login
		edit := func(a plaza.Actor, id string, role plaza.Role, dashboard bool) error {
			return w.EditLogin(ctx, a, id, plaza.LoginEdit{Name: "N", Role: role, Dashboard: dashboard, Version: login(t, w, id).Version})
		}
		wantKey(t, "disabled", w.DisableLogin(ctx, w.Reseller, first, login(t, w, first).Version), plaza.Conflict, "login.last_owner")
		wantKey(t, "lowered", edit(w.Reseller, first, plaza.Manager, true), plaza.Conflict, "login.last_owner")
		wantKey(t, "without the dashboard", edit(w.Reseller, first, plaza.Owner, false), plaza.Conflict, "login.last_owner")
		// One who has only been invited is no owner yet.
		must(t, errOf(w.CreateLogin(ctx, w.Reseller, newLogin(w, "second@example.com", plaza.Owner))))
		wantKey(t, "beside an invited one", w.DisableLogin(ctx, w.Reseller, first, login(t, w, first).Version), plaza.Conflict, "login.last_owner")
		second := w.Join(t, "second@example.com")
		// Nor is one who cannot enter.
		must(t, edit(w.Reseller, second.Login, plaza.Owner, false))
		wantKey(t, "beside one without the dashboard", w.DisableLogin(ctx, w.Reseller, first, login(t, w, first).Version), plaza.Conflict, "login.last_owner")
		must(t, edit(w.Reseller, second.Login, plaza.Owner, true))
		wantKey(t, "oneself", w.DisableLogin(ctx, w.Partner, first, login(t, w, first).Version), plaza.Conflict, "login.oneself")
		wantKey(t, "one's own right", w.EditLogin(ctx, w.Partner, first, plaza.LoginEdit{
			Name: "Partner owner", Role: plaza.Owner, Version: login(t, w, first).Version,
		}), plaza.Conflict, "login.own_dashboard")
		must(t, edit(w.Reseller, first, plaza.Manager, true))
	})
}

// TestAnInvitationThatWentAstray can be made worthless, also that of the owner to
// be of a new profile.
func TestAnInvitationThatWentAstray(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		must(t, errOf(w.CreateProfile(ctx, w.Reseller, plaza.NewProfile{
			Parent: w.Reseller.Profile, Kind: plaza.Partner, Name: "New", Plan: w.Plans[plaza.PartnerLicense].ID,
			OwnerName: "Owner", OwnerEmail: "astray@example.com",
		})))
		link := w.Link(t, "astray@example.com", "/invitation/")
		invited := must1[plaza.List[plaza.Login]](t)(w.Logins(ctx, w.Reseller, plaza.LoginFilter{Text: "astray"}, plaza.Page{})).Rows[0]
		must(t, w.DisableLogin(ctx, w.Reseller, invited.ID, invited.Version))
		want(t, "taken up", errOf(w.Gate.AcceptInvitation(ctx, link, apptest.Password, plaza.Origin{})), plaza.NotFound)
	})
}

// TestTwoOwnersRemoveEachOther at the same moment: one stays.
func TestTwoOwnersRemoveEachOther(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		second := w.Invite(t, w.Reseller, w.Partner.Profile, "Second", plaza.Owner)
		for range 8 {
			a, b := login(t, w, w.Partner.Login), login(t, w, second.Login)
			together(
				func() error { return w.DisableLogin(ctx, second, a.ID, a.Version) },
				func() error {
					return w.EditLogin(ctx, w.Partner, b.ID, plaza.LoginEdit{Name: "S", Role: plaza.Manager, Dashboard: true, Version: b.Version})
				},
			)
			list := must1[plaza.List[plaza.Login]](t)(w.Logins(ctx, w.Reseller, plaza.LoginFilter{
				Profile: w.Partner.Profile, Roles: []plaza.Role{plaza.Owner}, States: []plaza.LoginState{plaza.LoginActive},
			}, plaza.Page{}))
			if list.Total != 1 {
				t.Fatalf("%d owners are left", list.Total)
			}
			if list.Rows[0].ID == a.ID {
				must(t, w.EditLogin(ctx, w.Reseller, b.ID, plaza.LoginEdit{Name: "S", Role: plaza.Owner, Dashboard: true, Version: login(t, w, b.ID).Version}))
			} else {
				enable(t, w, w.Reseller, a.ID)
			}
		}
	})
}

func TestDisablingEndsTheSession(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		a := w.Invite(t, w.Reseller, w.Partner.Profile, "Colleague", plaza.Manager)
		token := w.Tokens[a.Login]
		disable(t, w, w.Partner, a.Login)
		dead(t, w, "disabled", token)
		want(t, "disabled signs in", errOf(w.Gate.SignIn(ctx, "colleague@example.com", apptest.Password, plaza.Origin{})), plaza.Forbidden)
		wantKey(t, "twice", w.DisableLogin(ctx, w.Partner, a.Login, login(t, w, a.Login).Version), plaza.Conflict, "login.disabled_already")
		enable(t, w, w.Partner, a.Login)
		dead(t, w, "enabled again, the old session", token)
		wantKey(t, "enabled twice", w.EnableLogin(ctx, w.Partner, a.Login, login(t, w, a.Login).Version), plaza.Conflict, "login.not_disabled")
		again := w.SignIn(t, "colleague@example.com")
		// Without the Dashboard right it ends as well.
		must(t, w.EditLogin(ctx, w.Partner, a.Login, plaza.LoginEdit{Name: "C", Role: plaza.Manager, Version: login(t, w, a.Login).Version}))
		dead(t, w, "without the dashboard", w.Tokens[again.Login])
		must(t, w.EditLogin(ctx, w.Partner, a.Login, plaza.LoginEdit{Name: "C", Role: plaza.Manager, Dashboard: true, Version: login(t, w, a.Login).Version}))
		dead(t, w, "with it again, the old session", w.Tokens[again.Login])
		want(t, "stale", w.EditLogin(ctx, w.Partner, a.Login, plaza.LoginEdit{Name: "C", Role: plaza.Manager, Dashboard: true, Version: 1}), plaza.Stale)
		wantField(t, "blank", w.EditLogin(ctx, w.Partner, a.Login, plaza.LoginEdit{Name: " ", Role: plaza.Manager, Version: 1}), "name", "problem.required")
	})
}

func TestInvitations(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		l := must1[plaza.Login](t)(w.CreateLogin(ctx, w.Reseller, newLogin(w, "new@example.com", plaza.Manager)))
		old := w.Link(t, "new@example.com", "/invitation/")
		w.Clock.Advance(time.Second)
		must(t, w.ReinviteLogin(ctx, w.Partner, l.ID))
		link := w.Link(t, "new@example.com", "/invitation/")
		want(t, "the older link", errOf2(w.Gate.Invitation(ctx, old)), plaza.NotFound)
		for _, bad := range []string{"", "x", "\x00", link + "x"} {
			want(t, "no link", errOf2(w.Gate.Invitation(ctx, bad)), plaza.NotFound)
			want(t, "no link accepted", errOf(w.Gate.AcceptInvitation(ctx, bad, apptest.Password, plaza.Origin{})), plaza.NotFound)
		}
		w.Clock.Advance(7*day - time.Microsecond)
		got, joined, err := w.Gate.Invitation(ctx, link)
		must(t, err)
		if got.ID != l.ID || joined || got.ProfileName != "Partner" {
			t.Errorf("%+v, joined %t", got, joined)
		}
		wantField(t, "a short password", errOf(w.Gate.AcceptInvitation(ctx, link, "short", plaza.Origin{})), "password", "problem.password_short")
		w.Clock.Advance(time.Microsecond)
		want(t, "after seven days", errOf(w.Gate.AcceptInvitation(ctx, link, apptest.Password, plaza.Origin{})), plaza.NotFound)

		w.Reseller, w.Partner = w.SignIn(t, "reseller@example.com"), w.SignIn(t, "partner@example.com")
		must(t, w.ReinviteLogin(ctx, w.Reseller, l.ID))
		w.Clock.Advance(time.Second)
		link = w.Link(t, "new@example.com", "/invitation/")
		disable(t, w, w.Partner, l.ID)
		want(t, "disabled", errOf(w.Gate.AcceptInvitation(ctx, link, apptest.Password, plaza.Origin{})), plaza.NotFound)
		wantKey(t, "to invite who is disabled", w.ReinviteLogin(ctx, w.Partner, l.ID), plaza.Conflict, "login.not_invited")
		enable(t, w, w.Partner, l.ID)
		suspend(t, w, w.Reseller, w.Partner.Profile)
		want(t, "suspended", errOf(w.Gate.AcceptInvitation(ctx, link, apptest.Password, plaza.Origin{})), plaza.NotFound)
		resume(t, w, w.Reseller, w.Partner.Profile)
		w.Partner = w.SignIn(t, "partner@example.com")

		// Once, also if two do it at once.
		errs := together(
			func() error { return errOf(w.Gate.AcceptInvitation(ctx, link, apptest.Password, plaza.Origin{})) },
			func() error { return errOf(w.Gate.AcceptInvitation(ctx, link, apptest.Password, plaza.Origin{})) },
		)
		if failed := slices.IndexFunc(errs, func(err error) bool { return err != nil }); (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("accepted at once: %v", errs)
		} else {
			want(t, "the second one", errs[failed], plaza.NotFound)
		}
		want(t, "used", errOf(w.Gate.AcceptInvitation(ctx, link, apptest.Password, plaza.Origin{})), plaza.NotFound)
		wantKey(t, "to invite who came", w.ReinviteLogin(ctx, w.Reseller, l.ID), plaza.Conflict, "login.not_invited")

		// A member takes its login up and has no dashboard to enter.
		must(t, errOf(w.CreateLogin(ctx, w.Reseller, newLogin(w, "member@example.com", plaza.Member))))
		want(t, "a member", errOf(w.Gate.AcceptInvitation(ctx, w.Link(t, "member@example.com", "/invitation/"), apptest.Password, plaza.Origin{})), plaza.Forbidden)
		want(t, "a member signs in", errOf(w.Gate.SignIn(ctx, "member@example.com", apptest.Password, plaza.Origin{})), plaza.Forbidden)
	})
}

func errOf2[A, B any](_ A, _ B, err error) error { return err }
