package main

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/bench/drills/leaky"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/store"
)

const (
	password = "correct horse battery"
	email    = "zoe@vendor.example"
)

// world is an installation with a few resellers, what is below them, and an allowance
// for most.
type world struct {
	address string
	db      *store.DB
	app     *app.App
	raw     *sql.DB
	vendor  plaza.Actor
	plans   []plaza.Plan // two for development licenses
	base    plaza.Plan   // of partners

	mu        sync.Mutex
	resellers []string // IDs, the vendor's first
	movable   []string // of all profiles but the vendor
	licenses  []string
	bounds    []string // IDs of allowances
}

func newApp(db *store.DB) (*app.App, error) {
	box, err := secret.Parse(base64.StdEncoding.EncodeToString(make([]byte, 32)))
	if err != nil {
		return nil, err
	}
	texts, err := i18n.Load()
	if err != nil {
		return nil, err
	}
	return app.New(db, app.Config{Now: time.Now, Texts: texts, Box: box, PublicURL: "http://localhost", FastHash: true}), nil
}

// newWorld makes an installation at address.
func newWorld(ctx context.Context, address string) (w *world, err error) {
	w = &world{address: address}
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	if w.db, err = store.Open(ctx, address); err != nil {
		return w, err
	}
	if err := w.db.Migrate(ctx); err != nil {
		return w, err
	}
	driver := "sqlite"
	if store.IsPostgres(address) {
		driver = "pgx"
	}
	if w.raw, err = sql.Open(driver, address); err != nil {
		return w, err
	}
	w.raw.SetMaxIdleConns(8) // or most would be opened anew for each look
	if w.app, err = newApp(w.db); err != nil {
		return w, err
	}
	_, err = w.app.Setup(ctx, plaza.Installer, app.NewSetup{
		Vendor: "Vendor", SupportEmail: "support@vendor.example", OwnerName: "Zoë", OwnerEmail: email, Password: password, MadeBy: app.MadeBySetup,
	})
	if err != nil {
		return w, err
	}
	if err := w.signIn(ctx); err != nil {
		return w, err
	}
	return w, w.furnish(ctx)
}

func (w *world) signIn(ctx context.Context) error {
	gate := app.NewGate(w.app)
	token, err := gate.SignIn(ctx, email, password, plaza.Origin{})
	if err != nil {
		return err
	}
	v, err := gate.Identify(ctx, token, plaza.Origin{})
	w.vendor = v.Actor
	w.vendor.Session = "" // which a long drill would outlive
	w.resellers = []string{w.vendor.Profile}
	return err
}

// furnish makes plans, resellers with partners below them, and allowances.
func (w *world) furnish(ctx context.Context) error {
	for _, in := range []plaza.NewPlan{
		{Kind: plaza.Development, Name: "A month", TermMonths: 1, Machines: 1}, {Kind: plaza.Development, Name: "A year", TermMonths: 12, Machines: 1}, {Kind: plaza.PartnerLicense, Name: "Partner", TermMonths: 12, Machines: 1},
	} {
		p, err := w.app.CreatePlan(ctx, w.vendor, in)
		if err != nil {
			return err
		}
		w.plans = append(w.plans, p)
	}
	w.base, w.plans = w.plans[2], w.plans[:2]
	for i := range 5 { // the last one lies below the first
		parent := w.vendor.Profile
		if i == 4 {
			parent = w.resellers[1]
		}
		if err := w.add(ctx, w.app, parent, plaza.Reseller); err != nil {
			return err
		}
		for range 2 {
			if err := w.add(ctx, w.app, w.resellers[i+1], plaza.Partner); err != nil {
				return err
			}
		}
	}
	for i, id := range w.movable {
		in := plaza.NewAllowance{Profile: id, Kind: plaza.Development, Most: 6, Overage: i % 3}
		if i%4 == 3 {
			in.Kind, in.Plan = "", w.plans[i%2].ID
		}
		if err := w.allow(ctx, in); err != nil {
			return err
		}
	}
	return w.allow(ctx, plaza.NewAllowance{Profile: w.resellers[1], Kind: plaza.PartnerLicense, Most: 6})
}

func (w *world) allow(ctx context.Context, in plaza.NewAllowance) error {
	a, err := w.app.CreateAllowance(ctx, w.vendor, in)
	w.bounds = append(w.bounds, a.ID)
	return err
}

// add makes a profile below a parent.
func (w *world) add(ctx context.Context, a *app.App, parent string, kind plaza.ProfileKind) error {
	in := plaza.NewProfile{Parent: parent, Kind: kind, Name: "A " + string(kind)}
	if kind == plaza.Partner {
		in.Plan = w.base.ID
	}
	p, err := a.CreateProfile(ctx, w.vendor, in)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.movable = append(w.movable, p.ID)
	if kind == plaza.Reseller {
		w.resellers = append(w.resellers, p.ID)
	}
	return nil
}

// owner returns who speaks for a reseller, or for the vendor.
func (w *world) owner(id string) plaza.Actor {
	if id == w.vendor.Profile {
		return w.vendor
	}
	return plaza.Actor{Login: "the owner of " + id, Profile: id, Kind: plaza.Reseller, Role: plaza.Owner}
}

func (w *world) close() {
	if w.db != nil {
		_ = w.db.Close()
	}
	if w.raw != nil {
		_ = w.raw.Close()
	}
}

// control walks on until something is wrong, without the lock of SQLite's transactions, or
// those on allowances of PostgreSQL. (That on the tree of profiles keeps what is in reach;
// a license that is made while its profile moves waits for the profile's row anyway.)
func (w *world) control(ctx context.Context, address string, o options) (string, error) {
	name, words := "of the transaction", ""
	if store.IsPostgres(address) {
		name, words, o.races = "on allowances", leaky.Rows, 0
	}
	db, engine, err := leaky.Open(address, words)
	if err != nil {
		return "", err
	}
	a, err := newApp(store.Over(db, engine))
	if err != nil {
		return "", errors.Join(err, db.Close())
	}
	s, err := w.walk(ctx, a, o.control, o)
	if err = errors.Join(err, db.Close()); err != nil {
		return "", fmt.Errorf("control: %w", err)
	}
	if s.wrong == "" {
		return "", fmt.Errorf("control: without the lock %s nothing went wrong, so that the drill shows nothing", name)
	}
	return fmt.Sprintf("without the lock %s it was wrong after %d steps", name, s.steps), nil
}
