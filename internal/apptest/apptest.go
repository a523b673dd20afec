// Package apptest builds a small world to test against: a vendor; a reseller
// below it, with a partner and an enterprise; and a stranger, another reseller
// with a partner of its own, who must see none of that.
package apptest

import (
	"context"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/clock"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/store"
)

// Password is that of everybody in a World.
const Password = "correct horse battery"

// World is an app with people in it. Every Actor owns the profile it is named
// after and has a session, whose token is in Tokens by the ID of the login.
type World struct {
	*app.App

	Gate   *app.Gate
	Fleet  *app.Fleet
	DB     *store.DB
	Box    secret.Box
	Clock  *clock.Manual
	Texts  *i18n.Catalogue
	Mailed chan struct{}

	Vendor, Reseller, Partner, Enterprise plaza.Actor
	Stranger, StrangerPartner             plaza.Actor

	Plans  map[plaza.LicenseKind]plaza.Plan // a year's, one of each kind
	Tokens map[string]string

	signing sync.Mutex // people sign in at the same time
}

// Start is the time at which every World begins.
func Start() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }

// New returns a fresh world kept in db.
func New(t testing.TB, db *store.DB) *World {
	t.Helper()
	texts, err := i18n.Load()
	must(t, err)
	box, err := secret.Parse("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
	must(t, err)
	w := &World{
		DB: db, Box: box, Clock: clock.NewManual(Start()), Texts: texts, Mailed: make(chan struct{}, 1),
		Plans: map[plaza.LicenseKind]plaza.Plan{}, Tokens: map[string]string{},
	}
	w.App = app.New(db, app.Config{
		Now: w.Clock.Now, Steady: w.Clock.Steady, Texts: texts, Box: box, PublicURL: "http://plaza.test",
		KeepMail: true, FastHash: true, Mailed: w.Mailed, Private: true, // receivers of tests are on this machine
	})
	w.Gate = app.NewGate(w.App)
	_, err = w.Setup(t.Context(), plaza.Installer, app.NewSetup{
		Vendor: "Vendor", SupportEmail: "support@vendor.example", OwnerName: "Vendor owner",
		OwnerEmail: "vendor@example.com", Password: Password, MadeBy: "setup",
	})
	must(t, err)
	w.Vendor = w.SignIn(t, "vendor@example.com")
	w.Fleet, err = app.NewFleet(t.Context(), w.App)
	must(t, err)
	for _, kind := range plaza.LicenseKinds() {
		w.Plans[kind], err = w.CreatePlan(t.Context(), w.Vendor, plaza.NewPlan{
			Kind: kind, Name: "A year of " + string(kind), TermMonths: 12, GraceDays: 7, Machines: 1,
		})
		must(t, err)
	}
	w.Reseller = w.Add(t, w.Vendor, plaza.Reseller, "Reseller")
	w.Partner = w.Add(t, w.Reseller, plaza.Partner, "Partner")
	w.Enterprise = w.Add(t, w.Reseller, plaza.Enterprise, "Enterprise")
	w.Stranger = w.Add(t, w.Vendor, plaza.Reseller, "Stranger")
	w.StrangerPartner = w.Add(t, w.Stranger, plaza.Partner, "Stranger partner")
	return w
}

// Add makes a profile below that of by, and returns its owner, signed in.
func (w *World) Add(t testing.TB, by plaza.Actor, kind plaza.ProfileKind, name string) plaza.Actor {
	t.Helper()
	email := regexp.MustCompile(`\W+`).ReplaceAllString(name, "-") + "@example.com"
	in := plaza.NewProfile{
		Parent: by.Profile, Kind: kind, Name: name, SupportEmail: "support-" + email, OwnerName: name + " owner", OwnerEmail: email,
	}
	if plan, ok := kind.BaseLicense(); ok {
		in.Plan = w.Plans[plan].ID
	}
	_, err := w.CreateProfile(t.Context(), by, in)
	must(t, err)
	return w.Join(t, email)
}

// Invite makes a login in the profile of by, and returns it accepted and, if it
// has the Dashboard right, signed in.
func (w *World) Invite(t testing.TB, by plaza.Actor, profile, name string, role plaza.Role) plaza.Actor {
	t.Helper()
	email := regexp.MustCompile(`\W+`).ReplaceAllString(name, "-") + "@example.com"
	_, err := w.CreateLogin(t.Context(), by, plaza.NewLogin{
		Profile: profile, Name: name, Email: email, Role: role, Dashboard: role != plaza.Member,
	})
	must(t, err)
	return w.Join(t, email)
}

// Join accepts the newest invitation of an address and returns who came in.
func (w *World) Join(t testing.TB, email string) plaza.Actor {
	t.Helper()
	token, err := w.Gate.AcceptInvitation(t.Context(), w.Link(t, email, "/invitation/"), Password, plaza.Origin{})
	if plaza.KindOf(err) == plaza.Forbidden {
		return plaza.Actor{} // accepted, but without the Dashboard right
	}
	must(t, err)
	return w.actor(t, token)
}

// SignIn returns who has the address, signed in.
func (w *World) SignIn(t testing.TB, email string) plaza.Actor {
	t.Helper()
	token, err := w.Gate.SignIn(t.Context(), email, Password, plaza.Origin{})
	must(t, err)
	return w.actor(t, token)
}

func (w *World) actor(t testing.TB, token string) plaza.Actor {
	t.Helper()
	v, err := w.Gate.Identify(t.Context(), token, plaza.Origin{})
	must(t, err)
	w.signing.Lock()
	defer w.signing.Unlock()
	w.Tokens[v.Actor.Login] = token
	return v.Actor
}

// Link returns what follows prefix in the newest mail to an address that has it.
func (w *World) Link(t testing.TB, email, prefix string) string {
	t.Helper()
	list, err := w.Gate.Mailbox(t.Context(), plaza.Page{Size: plaza.MaxPageSize})
	must(t, err)
	link := regexp.MustCompile(regexp.QuoteMeta("http://plaza.test"+prefix) + `(\S+)`)
	for _, m := range list.Rows {
		if found := link.FindStringSubmatch(m.Text); strings.EqualFold(m.To, email) && found != nil {
			return found[1]
		}
	}
	t.Fatalf("no mail to %s with a link to %s", email, prefix)
	return ""
}

// Events returns how many audit events of verb there are with the given result,
// in the whole world.
func (w *World) Events(t testing.TB, verb plaza.Verb, result plaza.Result) int {
	t.Helper()
	return w.Log(t, plaza.AuditFilter{Verbs: []plaza.Verb{verb}, Results: []plaza.Result{result}}, plaza.Page{}).Total
}

// Log returns what the vendor would see of the audit log, and leaves no trace in
// it.
func (w *World) Log(t testing.TB, f plaza.AuditFilter, p plaza.Page) (list plaza.List[plaza.AuditLine]) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	must(t, w.DB.Read(ctx, func(tx *store.Tx) (err error) {
		list, err = tx.AuditEvents(ctx, w.Vendor.Scope(), f, p)
		return err
	}))
	return list
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
