package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

const day = 24 * time.Hour

func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func everyone() plaza.Scope { return plaza.Everyone("a test of the store") }

// within returns the scope of somebody in a profile.
func within(profile string) plaza.Scope { return plaza.Actor{Profile: profile}.Scope() }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// want fails unless err is of the kind.
func want(t testing.TB, what string, err error, kind plaza.Kind) {
	t.Helper()
	if err == nil || plaza.KindOf(err) != kind {
		t.Errorf("%s: got %v, want %s", what, err, kind)
	}
}

func change(t testing.TB, db *store.DB, f func(*store.Tx) error) {
	t.Helper()
	must(t, db.Tx(t.Context(), f))
}

func read(t testing.TB, db *store.DB, f func(*store.Tx) error) {
	t.Helper()
	must(t, db.Read(t.Context(), f))
}

// world puts rows into a database without asking anybody: the vendor "v", and a
// plan of each kind that is called like it.
type world struct {
	testing.TB

	db *store.DB
	n  int
}

func newWorld(t testing.TB, db *store.DB) *world {
	t.Helper()
	w := &world{TB: t, db: db}
	w.profile("v", "", plaza.Vendor)
	change(t, db, func(tx *store.Tx) error {
		for _, k := range plaza.LicenseKinds() {
			if err := tx.InsertPlan(t.Context(), plaza.Plan{ID: string(k), Kind: k, Name: string(k), Machines: 1}, noon()); err != nil {
				return err
			}
		}
		return nil
	})
	return w
}

func (w *world) id() string {
	w.n++
	return fmt.Sprintf("id-%06d", w.n)
}

func (w *world) profile(id, parent string, kind plaza.ProfileKind) plaza.Profile {
	w.Helper()
	p := plaza.Profile{ID: id, Parent: parent, Kind: kind, Name: id, WarningDays: 30, Created: noon(), Version: 1}
	change(w, w.db, func(tx *store.Tx) error { return tx.InsertProfile(w.Context(), p) })
	return p
}

func (w *world) license(l plaza.License) plaza.License {
	w.Helper()
	if l.ID == "" {
		l.ID = w.id()
	}
	if l.Kind == "" {
		l.Kind = plaza.Development
	}
	if l.Starts.IsZero() {
		l.Starts = noon().Add(-day)
	}
	l.Plan, l.Created, l.Updated, l.Version = string(l.Kind), noon(), noon(), 1
	change(w, w.db, func(tx *store.Tx) error {
		key := store.LicenseKey{Digest: []byte(l.ID), Sealed: []byte(l.ID), Hint: strings.ToUpper(l.ID[len(l.ID)-5:])}
		if err := tx.InsertLicense(w.Context(), l, key); err != nil {
			return err
		}
		if l.Suspended.IsZero() && l.Ended.IsZero() {
			return nil
		}
		return tx.SetLicenseHalt(w.Context(), everyone(), l)
	})
	return l
}

func (w *world) agent(profile, name string) plaza.ConnectAgent {
	w.Helper()
	a := plaza.ConnectAgent{
		ID: w.id(), Profile: profile, Name: name, Created: noon(), Version: 1,
		License: w.license(plaza.License{Profile: profile, Kind: plaza.ConnectAgentLicense}),
	}
	change(w, w.db, func(tx *store.Tx) error { return tx.InsertAgent(w.Context(), a) })
	return a
}

func (w *world) login(profile, name string, role plaza.Role) plaza.Login {
	w.Helper()
	id := w.id()
	l := plaza.Login{
		ID: id, Profile: profile, Person: "person-" + id, Name: name, Email: id + "@example.com",
		Role: role, Dashboard: true, Created: noon(), Accepted: noon(), Version: 1,
	}
	change(w, w.db, func(tx *store.Tx) error {
		if err := tx.InsertPerson(w.Context(), plaza.Person{ID: l.Person, Email: l.Email, Name: name}, noon()); err != nil {
			return err
		}
		return tx.InsertLogin(w.Context(), l)
	})
	return l
}

func (w *world) request(by plaza.Login, name string, created time.Time) plaza.Request {
	w.Helper()
	r := plaza.Request{
		ID: w.id(), Profile: by.Profile, Login: by.ID, Kind: plaza.RequestDevelopment, Created: created, Version: 1,
		Wish: plaza.Wish{License: &plaza.NewLicense{Plan: string(plaza.Development), Name: name}},
	}
	change(w, w.db, func(tx *store.Tx) error { return tx.InsertRequest(w.Context(), r) })
	return r
}

// halt writes p's suspension and closing.
func (w *world) halt(p plaza.Profile) {
	w.Helper()
	change(w, w.db, func(tx *store.Tx) error { return tx.SetProfileHalt(w.Context(), everyone(), p, noon()) })
}

// get returns the profile with the given ID.
func (w *world) get(id string) (p plaza.Profile) {
	w.Helper()
	read(w, w.db, func(tx *store.Tx) (err error) {
		p, err = tx.Profile(w.Context(), everyone(), id)
		return err
	})
	return p
}
