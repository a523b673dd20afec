package web_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

const nobodys = "00000000-0000-7000-8000-000000000000"

// newPartner is the form for a partner, filled in.
func newPartner(w *apptest.World) url.Values {
	return url.Values{
		"kind": {"partner"}, "name": {" Bakkerij Jansen "}, "plan": {w.Plans[plaza.PartnerLicense].ID}, "parent": {w.Reseller.Profile},
		"support_email": {"help@jansen.example"}, "owner_name": {"Jan Jansen"}, "owner_email": {"Jan@jansen.example"},
	}
}

func with(v url.Values, name, value string) url.Values {
	v.Set(name, value)
	return v
}

func TestAResellerMakesAPartnerAndSeesWhatToDoNext(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		s := newSite(t, w)
		want(t, s.get(w.Reseller, "/partners/new"), http.StatusOK, "New partner profile", "Partner · A year of partner", "Enterprise · A year of enterprise", "Reseller")
		to := s.done(w.Reseller, "/partners", newPartner(w))
		if !strings.HasPrefix(to, "/partners/") || !strings.HasSuffix(to, "?new=1") {
			t.Fatalf("it led to %q", to)
		}
		want(t, s.get(w.Reseller, to), http.StatusOK, "Bakkerij Jansen", "Invitation sent to jan@jansen.example", "Create a development license")
		want(t, s.get(w.Reseller, "/partners"), http.StatusOK, "Bakkerij Jansen", "3 of 3", "Login as…", "Move…")
		w.Join(t, "jan@jansen.example")
		if text := s.page(w.Reseller, to); strings.Contains(text, "Invitation sent") {
			t.Error("an invitation that was accepted is still called sent")
		}
	})
}

func TestAWrongPartnerKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		s := newSite(t, w)
		for name, tt := range map[string]struct {
			change url.Values
			status int
			says   string
		}{
			"no name":           {url.Values{"name": {" "}}, http.StatusUnprocessableEntity, "Fill this in."},
			"no kind":           {url.Values{"kind": {"vendor"}}, http.StatusUnprocessableEntity, "Choose one of the kinds."},
			"another kind plan": {url.Values{"kind": {"enterprise"}}, http.StatusUnprocessableEntity, "Choose one of the plans for this kind."},
			"no address":        {url.Values{"owner_email": {"jan"}}, http.StatusUnprocessableEntity, "Fill in one e-mail address"},
		} {
			form := newPartner(w)
			maps.Copy(form, tt.change)
			rec := s.post(w.Reseller, "/partners", form)
			want(t, rec, tt.status, tt.says)
			if got := value(rec, "support_email"); got != "help@jansen.example" {
				t.Errorf("%s: what was typed became %q", name, got)
			}
		}
		rec := s.post(w.Reseller, "/partners", with(newPartner(w), "parent", w.Stranger.Profile))
		want(t, rec, http.StatusNotFound)
		if list := s.page(w.Reseller, "/partners"); strings.Contains(list, "Jansen") {
			t.Error("one was made all the same")
		}
	})
}

func TestAPartnerAsksForAProfile(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		s := newSite(t, w)
		if page := s.page(w.Partner, "/partners/new"); strings.Contains(page, "Belongs to") || strings.Contains(page, "Sells on") {
			t.Errorf("it is asked what only a reseller may say: %s", page)
		}
		if to := s.done(w.Partner, "/partners", newPartner(w)); !strings.HasPrefix(to, "/requests/") {
			t.Errorf("it led to %q", to)
		}
		want(t, s.get(w.Reseller, "/"), http.StatusOK, "1 request waits for your answer")
		want(t, s.get(w.Reseller, "/partners/"+w.Partner.Profile+"/requests"), http.StatusOK, "Bakkerij Jansen")
	})
}

func TestPartnersAreFilteredByWhatTheAddressSays(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		s := newSite(t, w)
		for path, rows := range map[string]int{
			"/partners": 2, "/partners?kind=partner": 1, "/partners?q=ENTER": 1, "/partners?state=suspended": 0, "/partners?kind=partner%2Centerprise&sort=-name": 2,
		} {
			if got := s.rowsOn(w.Reseller, path); got != rows {
				t.Errorf("%s: %d rows, want %d", path, got, rows)
			}
		}
		want(t, s.get(w.Reseller, "/partners?state=closed"), http.StatusOK, "Nothing matches")
		want(t, s.get(w.Vendor, "/partners"), http.StatusOK, "Belongs to", "Stranger partner")
		want(t, s.get(w.Partner, "/partners"), http.StatusOK, "No partners yet")
		if page := s.page(w.Reseller, "/partners"); strings.Contains(page, "Belongs to") {
			t.Error("a column says what is the same in every row")
		}
	})
}

func TestTheTilesOfAPartnerCountTheRowsOfItsTabs(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		s := newSite(t, w)
		furnish(t, w)
		path := "/partners/" + w.Partner.Profile
		tiles := s.tilesOn(w.Reseller, path)
		if tiles["development"].count != 2 || tiles["agents"].count != 1 || tiles["logins"].count != 2 {
			t.Errorf("got %v", tiles)
		}
		for id, tile := range tiles {
			if rows := s.rowsOn(w.Reseller, tile.path); rows != tile.count {
				t.Errorf("the tile %s says %d, its list has %d rows", id, tile.count, rows)
			}
		}
		for _, tab := range []string{"", "/licenses", "/agents", "/logins", "/requests", "/audit", "/settings"} {
			want(t, s.get(w.Reseller, path+tab), http.StatusOK, "Partner", "Settings")
			want(t, s.get(w.Stranger, path+tab), http.StatusNotFound)
			wantsSignIn(t, s.get(plaza.Actor{}, path+tab))
			if stranger, never := shown(s.get(w.Stranger, path+tab)), shown(s.get(w.Stranger, "/partners/"+nobodys+tab)); stranger != never {
				t.Errorf("%s: a foreign partner is told from one that never was: %q, %q", tab, stranger, never)
			}
		}
	})
}

func TestOnesOwnProfileHasAPageOfItsOwn(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		s := newSite(t, w)
		if rec := s.get(w.Partner, "/partners/"+w.Partner.Profile); rec.Header().Get("Location") != "/profile" {
			t.Errorf("got %d", rec.Code)
		}
		if page := s.page(w.Partner, "/profile"); strings.Contains(page, "Reseller") || strings.Contains(page, "Belongs to") {
			t.Errorf("it says what is above: %s", page)
		}
		to := s.done(w.Partner, "/profile", url.Values{"version": {"1"}, "name": {"New name"}, "support_email": {""}, "warning_days": {"14"}})
		want(t, s.get(w.Partner, to), http.StatusOK, "New name", "14 days")
		rec := s.post(w.Partner, "/profile", url.Values{"version": {"2"}, "name": {"Kept"}, "support_email": {"x"}, "warning_days": {"many"}})
		want(t, rec, http.StatusUnprocessableEntity, "Choose a number from 0 to 365.", "Fill in one e-mail address")
		if got := value(rec, "name"); got != "Kept" {
			t.Errorf("what was typed became %q", got)
		}
		manager := w.Invite(t, w.Reseller, w.Partner.Profile, "Mia", plaza.Manager)
		if page := s.page(manager, "/profile"); strings.Contains(page, "Save changes") {
			t.Error("somebody who may not change it gets the form")
		}
		want(t, s.post(manager, "/profile", url.Values{"version": {"2"}, "name": {"x"}, "warning_days": {"1"}}), http.StatusForbidden)
	})
}

func TestSettingsThatCameTooLateShowBothVersions(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		s := newSite(t, w)
		path := "/partners/" + w.Partner.Profile + "/settings"
		edit := func(name, version string) url.Values {
			return url.Values{"version": {version}, "name": {name}, "support_email": {""}, "warning_days": {"30"}}
		}
		s.done(w.Reseller, path, edit("Theirs", "1"))
		rec := s.post(w.Vendor, path, edit("Mine", "1"))
		want(t, rec, http.StatusPreconditionFailed, "Theirs", "Mine")
		if got := value(rec, "version"); got != "2" {
			t.Errorf("the form goes on from version %q", got)
		}
		s.done(w.Vendor, path, edit("Mine", value(rec, "version")))
		want(t, s.get(w.Reseller, path), http.StatusOK, "Mine")
	})
}

func TestAPartnerIsSuspendedResumedClosedAndReopened(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		s := newSite(t, w)
		furnish(t, w)
		path := "/partners/" + w.Partner.Profile
		want(t, s.get(w.Reseller, path+"/suspend"), http.StatusOK, "1 ConnectAgent stops within a minute: Kassa-1.", "2 logins cannot sign in.", "Billing goes on")
		want(t, s.get(w.Reseller, path+"/close"), http.StatusOK, "Closing takes two steps")
		reason := url.Values{"reason": {"no longer pays"}, "version": {"1"}}
		want(t, s.post(w.Reseller, path+"/suspend", url.Values{"reason": {"short"}, "version": {"1"}}), http.StatusUnprocessableEntity, "8 characters")
		want(t, s.post(w.Reseller, path+"/suspend", url.Values{"reason": {"no longer pays"}, "version": {"9"}}), http.StatusPreconditionFailed, "look again")
		want(t, s.post(w.Reseller, path+"/close", with(reason, "name", "Partner")), http.StatusConflict, "Closing takes two steps")
		s.done(w.Reseller, path+"/suspend", reason)
		want(t, s.get(w.Reseller, path), http.StatusOK, "Suspended", "no longer pays", "Resume")
		wantsSignIn(t, s.get(w.Partner, "/"))

		s.done(w.Reseller, path+"/resume", url.Values{"version": {"2"}})
		want(t, s.get(w.Reseller, path), http.StatusOK, "Active")
		s.done(w.Reseller, path+"/suspend", with(reason, "version", "3"))

		want(t, s.get(w.Reseller, path+"/close"), http.StatusOK, "Type Partner to confirm", "1 Feb 2026")
		want(t, s.post(w.Reseller, path+"/close", url.Values{"name": {"partner"}, "reason": {"no longer pays"}, "version": {"4"}}), http.StatusUnprocessableEntity, "exactly as it is")
		s.done(w.Reseller, path+"/close", url.Values{"name": {"Partner"}, "reason": {"no longer pays"}, "version": {"4"}})
		want(t, s.get(w.Reseller, path), http.StatusOK, "Closed", "Reopen")
		if rows := s.rowsOn(w.Reseller, "/partners"); rows != 1 {
			t.Errorf("%d rows while it is closed", rows)
		}
		s.done(w.Reseller, path+"/reopen", url.Values{"version": {"5"}})
		want(t, s.get(w.Reseller, path), http.StatusOK, "Suspended")
	})
}

func TestNobodyElseSuspendsAPartner(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		s := newSite(t, w)
		support := w.Invite(t, w.Reseller, w.Reseller.Profile, "Support", plaza.Support)
		form := url.Values{"reason": {"no longer pays"}, "name": {"Partner"}, "version": {"1"}}
		for _, act := range []string{"/suspend", "/close"} {
			for name, tt := range map[string]struct {
				actor  plaza.Actor
				status int
			}{
				"stranger": {w.Stranger, http.StatusNotFound}, "the partner itself": {w.Partner, http.StatusForbidden}, "support": {support, http.StatusForbidden},
			} {
				path := "/partners/" + w.Partner.Profile + act
				if got := s.get(tt.actor, path).Code; got != tt.status {
					t.Errorf("%s: GET %s: %d, want %d", name, act, got, tt.status)
				}
				if got := s.post(tt.actor, path, form).Code; got != tt.status {
					t.Errorf("%s: POST %s: %d, want %d", name, act, got, tt.status)
				}
			}
		}
		if p, err := w.Profile(t.Context(), w.Reseller, w.Partner.Profile); err != nil || p.State() != plaza.ProfileActive {
			t.Errorf("it is %s, %v", p.State(), err)
		}
		if got := s.post(w.Reseller, "/partners/"+w.Reseller.Profile+"/suspend", form).Code; got != http.StatusNotFound && got != http.StatusConflict {
			t.Errorf("one's own profile: %d", got)
		}
	})
}

func TestACloseIsUndoneForThirtyDays(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		s := newSite(t, w)
		noErr(t, w.SuspendProfile(t.Context(), w.Reseller, w.Partner.Profile, "no longer pays", 1))
		noErr(t, w.CloseProfile(t.Context(), w.Reseller, w.Partner.Profile, "Partner", "no longer pays", 2))
		w.Clock.Advance(plaza.ClosedProfileKept + time.Hour)
		w.Reseller = w.SignIn(t, "reseller@example.com")
		path := "/partners/" + w.Partner.Profile
		if page := s.page(w.Reseller, path); strings.Contains(page, "Reopen ") {
			t.Error("it is offered to reopen it")
		}
		want(t, s.post(w.Reseller, path+"/reopen", url.Values{"version": {"3"}}), http.StatusConflict, "cannot be reopened")
	})
}
