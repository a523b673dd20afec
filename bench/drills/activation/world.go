package main

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/bench/drills/leaky"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/store"
)

// seats is for how many machines each license is.
const seats = 5

// world is an installation, and a way beneath it.
type world struct {
	open   []*store.DB
	fleets []*app.Fleet // its nodes
	app    *app.App
	raw    *sql.DB
	owner  plaza.Actor
	plan   plaza.Plan
	draw   *rand.Rand
	n      int
	total  result
}

const password = "correct horse battery"

// newWorld makes an installation at address: with two nodes, if that can be.
func newWorld(ctx context.Context, address string, seed uint64) (w *world, err error) {
	w = &world{draw: rand.New(rand.NewPCG(seed, seed))} //nolint:gosec // the same seed draws the same
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	driver, nodes := "sqlite", 1
	if store.IsPostgres(address) {
		driver, nodes = "pgx", 2
	}
	for range nodes {
		if err := w.node(ctx, address); err != nil {
			return w, err
		}
	}
	w.raw, err = sql.Open(driver, address)
	return w, err
}

// node opens the installation once more; the first time it is made.
func (w *world) node(ctx context.Context, address string) error {
	db, err := store.Open(ctx, address)
	if err != nil {
		return err
	}
	w.open = append(w.open, db)
	a, err := newApp(db)
	if err != nil {
		return err
	}
	if w.app == nil {
		if err := db.Migrate(ctx); err != nil {
			return err
		}
		w.app = a
		if err := w.begin(ctx); err != nil {
			return err
		}
	}
	f, err := app.NewFleet(ctx, a)
	w.fleets = append(w.fleets, f)
	return err
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

func (w *world) close() {
	for _, db := range w.open {
		_ = db.Close()
	}
	if w.raw != nil {
		_ = w.raw.Close()
	}
}

// begin sets Plaza up.
func (w *world) begin(ctx context.Context) error {
	_, err := w.app.Setup(ctx, plaza.Installer, app.NewSetup{
		Vendor: "Vendor", SupportEmail: "support@vendor.example", OwnerName: "Zoë", OwnerEmail: "zoe@vendor.example", Password: password, MadeBy: app.MadeBySetup,
	})
	if err != nil {
		return err
	}
	if err := w.signIn(ctx); err != nil {
		return err
	}
	terms := plaza.DefaultTerms()
	terms.Floating = true
	w.plan, err = w.app.CreatePlan(ctx, w.owner, plaza.NewPlan{Kind: plaza.ConnectAgentLicense, Name: "Five machines", Machines: seats, Terms: terms})
	return err
}

func (w *world) signIn(ctx context.Context) error {
	gate := app.NewGate(w.app)
	token, err := gate.SignIn(ctx, "zoe@vendor.example", password, plaza.Origin{})
	if err != nil {
		return err
	}
	v, err := gate.Identify(ctx, token, plaza.Origin{})
	w.owner = v.Actor
	return err
}

// sell makes a license for five machines, and returns it with its key.
func (w *world) sell(ctx context.Context) (license, key string, err error) {
	if w.n++; w.n%50 == 0 { // a session that only makes licenses is idle
		if err := w.signIn(ctx); err != nil {
			return "", "", err
		}
	}
	agent, err := w.app.CreateAgent(ctx, w.owner, plaza.NewAgent{Profile: w.owner.Profile, Plan: w.plan.ID, Name: "Agent " + strconv.Itoa(w.n)})
	if err != nil {
		return "", "", err
	}
	key, err = w.app.RevealLicenseKey(ctx, w.owner, agent.License.ID)
	return agent.License.ID, key, err
}

// standing counts the machines of a license that stand in the database itself,
// beneath Plaza, and how many different ones they are.
func (w *world) standing(ctx context.Context, license string) (all, distinct int, err error) {
	err = w.raw.QueryRowContext(ctx,
		"SELECT count(*), count(DISTINCT fingerprint) FROM activations WHERE license_id = $1 AND ended_at IS NULL", license).Scan(&all, &distinct)
	return all, distinct, err
}

// without returns nodes of the same installation that take no lock on a license.
func (w *world) without(ctx context.Context, address string) (fleets []*app.Fleet, closed func(), err error) {
	var open []*sql.DB
	closed = func() {
		for _, db := range open {
			_ = db.Close()
		}
	}
	for range w.fleets {
		db, name, err := leaky.Open(address, leaky.Rows)
		if err != nil {
			return nil, closed, err
		}
		open = append(open, db)
		a, err := newApp(store.Over(db, name))
		if err != nil {
			return nil, closed, err
		}
		f, err := app.NewFleet(ctx, a)
		if err != nil {
			return nil, closed, errors.Join(err)
		}
		fleets = append(fleets, f)
	}
	return fleets, closed, nil
}
