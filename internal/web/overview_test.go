package web_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

// tileOf is a tile as it stands on a page.
type tileOf struct {
	path  string
	count int
}

// tilesOn returns the tiles of the page at path, by their names.
func (s *site) tilesOn(actor plaza.Actor, path string) map[string]tileOf {
	s.t.Helper()
	rec := s.get(actor, path)
	doc, err := html.Parse(strings.NewReader(rec.Body.String()))
	if err != nil || rec.Code != http.StatusOK {
		s.t.Fatalf("GET %s: %d, %v", path, rec.Code, err)
	}
	all := map[string]tileOf{}
	for n := range doc.Descendants() {
		if name := attribute(n, "data-tile"); name != "" {
			count, err := strconv.Atoi(attribute(n, "data-count"))
			if err != nil {
				s.t.Fatal(err)
			}
			all[name] = tileOf{attribute(n, "href"), count}
		}
	}
	return all
}

// rowsOn returns how many rows the list at path says it has.
func (s *site) rowsOn(actor plaza.Actor, path string) int {
	s.t.Helper()
	rec := s.get(actor, path)
	doc, err := html.Parse(strings.NewReader(rec.Body.String()))
	if err != nil || rec.Code != http.StatusOK {
		s.t.Fatalf("GET %s: %d, %v", path, rec.Code, err)
	}
	rows := 0
	for n := range doc.Descendants() {
		if total := attribute(n, "data-total"); total != "" {
			count, err := strconv.Atoi(total)
			if err != nil {
				s.t.Fatal(err)
			}
			return count
		}
		if n.Type == html.ElementNode && n.Data == "tr" && within(n, "tbody") {
			rows++
		}
	}
	return rows
}

// furnish gives the partner a license of each kind, and the reseller a few.
func furnish(t *testing.T, w *apptest.World) (agent plaza.ConnectAgent) {
	t.Helper()
	for _, profile := range []string{w.Partner.Profile, w.Partner.Profile, w.Enterprise.Profile, w.Reseller.Profile} {
		l, err := w.IssueLicense(t.Context(), w.Reseller, plaza.NewLicense{Profile: profile, Plan: w.Plans[plaza.Development].ID, Name: "dev"})
		noErr(t, err)
		if profile == w.Reseller.Profile {
			noErr(t, w.SuspendLicense(t.Context(), w.Reseller, l.ID, "not needed now", 1))
		}
	}
	agent, err := w.CreateAgent(t.Context(), w.Reseller, plaza.NewAgent{Profile: w.Partner.Profile, Plan: w.Plans[plaza.ConnectAgentLicense].ID, Name: "Kassa-1"})
	noErr(t, err)
	beat := plaza.Heartbeat{Agent: agent.ID, At: w.Clock.Now(), Health: plaza.HealthError, Message: "no paper"}
	noErr(t, w.RecordHeartbeats(t.Context(), plaza.Simulator, []plaza.Heartbeat{beat}))
	w.Invite(t, w.Reseller, w.Partner.Profile, "Mia", plaza.Manager)
	return agent
}

func noErr(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestOverviewCountsExactlyTheRowsOfItsLists(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		s := newSite(t, w)
		furnish(t, w)
		for name, actor := range map[string]plaza.Actor{
			"vendor": w.Vendor, "reseller": w.Reseller, "partner": w.Partner, "stranger": w.Stranger, "stranger's partner": w.StrangerPartner,
		} {
			tiles := s.tilesOn(actor, "/")
			if len(tiles) != 4 {
				t.Fatalf("%s: %d tiles", name, len(tiles))
			}
			for id, tile := range tiles {
				if rows := s.rowsOn(actor, tile.path); rows != tile.count {
					t.Errorf("%s: the tile %s says %d, its list has %d rows", name, id, tile.count, rows)
				}
			}
		}
		if got := s.tilesOn(w.Reseller, "/"); got["inactive"].count != 1 || got["development"].count != 4 || got["agents"].count != 1 || got["logins"].count != 4 {
			t.Errorf("the reseller's tiles: %v", got)
		}
		if got := s.tilesOn(w.Stranger, "/"); got["agents"].count != 0 || got["development"].count != 0 {
			t.Errorf("the stranger's tiles: %v", got)
		}
	})
}

func TestOverviewSaysWhatNeedsAttention(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		s := newSite(t, w)
		furnish(t, w)
		want(t, s.get(w.Reseller, "/"), http.StatusOK, "1 ConnectAgent reports errors", "Kassa-1")
		if rows := s.rowsOn(w.Reseller, "/agents?health=error&liveness=online"); rows != 1 {
			t.Errorf("its list has %d rows", rows)
		}
		w.Clock.Advance(plaza.OfflineAfter + 1)
		want(t, s.get(w.Reseller, "/"), http.StatusOK, "1 ConnectAgent has gone silent")
		if page := s.page(w.Stranger, "/"); strings.Contains(page, "Kassa-1") || !strings.Contains(page, "Nothing needs attention") {
			t.Errorf("the stranger sees: %s", page)
		}
	})
}

func TestOverviewShowsTheMonthInWhichLicensesEnd(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		s := newSite(t, w)
		w.Clock.Set(apptest.Start().AddDate(0, 3, 0)) // their year ends within the next twelve months
		w.Reseller = w.SignIn(t, "Reseller@example.com")
		_, err := w.IssueLicense(t.Context(), w.Reseller, plaza.NewLicense{Profile: w.Partner.Profile, Plan: w.Plans[plaza.Development].ID})
		noErr(t, err)
		want(t, s.get(w.Reseller, "/"), http.StatusOK, "2 licenses expire within twelve months", "Most in Jan 2027: 2 licenses.")
		if rows := s.rowsOn(w.Reseller, "/licenses?from=2027-01-01&sort=ends&till=2027-02-01"); rows != 2 {
			t.Errorf("the list of that month has %d rows", rows)
		}
	})
}

func TestANewResellerSeesFirstSteps(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		s := newSite(t, w)
		fresh := w.Add(t, w.Vendor, plaza.Reseller, "Fresh")
		want(t, s.get(fresh, "/"), http.StatusOK, "First steps", "Create your first partner", "1 login: 1 active")
		if page := s.page(w.Reseller, "/"); strings.Contains(page, "First steps") {
			t.Errorf("somebody with partners sees first steps: %s", page)
		}
		wantsSignIn(t, s.get(plaza.Actor{}, "/"))
	})
}
