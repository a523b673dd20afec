package main

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/store"
)

const (
	password = "correct horse battery"
	email    = "zoe@vendor.example"
)

// world is an installation with the licenses that are renewed.
type world struct {
	address  string
	db       *store.DB
	app      *app.App
	raw      *sql.DB
	owner    plaza.Actor
	licenses []string
	draw     *rand.Rand
}

// result is what came of a batch.
type result struct {
	kills, looks, none, twice int
	took                      time.Duration
}

func open(ctx context.Context, address string) (*store.DB, *app.App, error) {
	db, err := store.Open(ctx, address)
	if err != nil {
		return nil, nil, err
	}
	box, err := secret.Parse(base64.StdEncoding.EncodeToString(make([]byte, 32)))
	if err != nil {
		return db, nil, err
	}
	texts, err := i18n.Load()
	if err != nil {
		return db, nil, err
	}
	return db, app.New(db, app.Config{Now: time.Now, Texts: texts, Box: box, PublicURL: "http://localhost", FastHash: true}), nil
}

// newWorld makes an installation at address, with its licenses.
func newWorld(ctx context.Context, address string, o options) (w *world, err error) {
	w = &world{address: address, draw: rand.New(rand.NewPCG(o.seed, o.seed))} //nolint:gosec // the same seed draws the same
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	if w.db, w.app, err = open(ctx, address); err != nil {
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
	_, err = w.app.Setup(ctx, plaza.Installer, app.NewSetup{
		Vendor: "Vendor", SupportEmail: "support@vendor.example", OwnerName: "Zoë", OwnerEmail: email, Password: password, MadeBy: app.MadeBySetup,
	})
	if err != nil {
		return w, err
	}
	if w.owner, err = signIn(ctx, w.app); err != nil {
		return w, err
	}
	plan, err := w.app.CreatePlan(ctx, w.owner, plaza.NewPlan{Kind: plaza.Development, Name: "A month", TermMonths: 1, GraceDays: 7, Machines: 1})
	if err != nil {
		return w, err
	}
	for i := range o.licenses {
		l, err := w.app.IssueLicense(ctx, w.owner, plaza.NewLicense{Profile: w.owner.Profile, Plan: plan.ID, Name: fmt.Sprintf("License %d", i)})
		if err != nil {
			return w, err
		}
		w.licenses = append(w.licenses, l.ID)
	}
	return w, nil
}

func signIn(ctx context.Context, a *app.App) (plaza.Actor, error) {
	gate := app.NewGate(a)
	token, err := gate.SignIn(ctx, email, password, plaza.Origin{})
	if err != nil {
		return plaza.Actor{}, err
	}
	v, err := gate.Identify(ctx, token, plaza.Origin{})
	return v.Actor, err
}

func (w *world) close() {
	if w.db != nil {
		_ = w.db.Close()
	}
	if w.raw != nil {
		_ = w.raw.Close()
	}
}

// versions returns how often each license was written.
func (w *world) versions(ctx context.Context) (map[string]int, error) {
	rows, err := w.raw.QueryContext(ctx, `SELECT id, version FROM licenses`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string]int{}
	for rows.Next() {
		var id string
		var version int
		if err := rows.Scan(&id, &version); err != nil {
			return nil, err
		}
		all[id] = version
	}
	return all, rows.Err()
}

// count puts into r how many licenses did not get exactly one term since before.
func (w *world) count(ctx context.Context, r *result, before map[string]int) error {
	after, err := w.versions(ctx)
	for _, id := range w.licenses {
		switch after[id] - before[id] {
		case 0:
			r.none++
		case 1:
		default:
			r.twice++
		}
	}
	return err
}

// renew renews all licenses in a batch, killing its worker so many times.
func (w *world) renew(ctx context.Context, kills int) (r result, err error) {
	before, err := w.versions(ctx)
	if err != nil {
		return r, err
	}
	b, err := w.app.ChangeLicenses(ctx, w.owner, plaza.Bulk{Kind: plaza.BatchRenew, Licenses: w.licenses})
	if err != nil {
		return r, err
	}
	began := time.Now()
	for b.Finished.IsZero() {
		b, err = w.shift(ctx, b.ID, r.kills < kills, &r, b.Total/(kills+2))
		if err != nil {
			return r, err
		}
	}
	r.took = b.Finished.Sub(began)
	if b.Done != b.Total || b.Failed > 0 {
		return r, fmt.Errorf("the batch says that %d of %d are done, and %d failed", b.Done, b.Total, b.Failed)
	}
	return r, w.count(ctx, &r, before)
}

// shift has a worker work until the batch is finished or, if it is to be killed, until
// it has done some things more. How far it is, is looked at all the time.
func (w *world) shift(ctx context.Context, id string, kill bool, r *result, more int) (b plaza.Batch, err error) {
	if b, _, err = w.app.Batch(ctx, w.owner, id); err != nil {
		return b, err
	}
	worker, err := w.start(ctx, false)
	if err != nil {
		return b, err
	}
	defer worker.kill()
	from := b.Done
	for b.Finished.IsZero() {
		over := worker.over() // if so, what is read after this is all there will be
		if b, _, err = w.app.Batch(ctx, w.owner, id); err != nil {
			return b, err
		}
		if over && b.Finished.IsZero() {
			return b, errors.New("a worker ended that nobody killed, and left things undone")
		}
		r.looks++
		if kill && b.Done > from+w.draw.IntN(more) {
			r.kills++
			return b, nil
		}
		if err := pause(ctx, time.Duration(1+w.draw.IntN(10))*time.Millisecond); err != nil {
			return b, err
		}
	}
	return b, nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// worker is a process that works on batches.
type worker struct {
	process *os.Process
	ended   chan struct{} // closed when it has
	says    *io.PipeReader
}

// start starts a worker.
func (w *world) start(ctx context.Context, careless bool) (*worker, error) {
	me, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, me, "-work", w.address, fmt.Sprintf("-careless=%t", careless)) //nolint:gosec // this program
	says, said := io.Pipe()
	cmd.Stdout, cmd.Stderr = said, os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	one := &worker{cmd.Process, make(chan struct{}), says}
	go func() {
		_ = cmd.Wait() // that it was killed is no news
		close(one.ended)
		_ = said.Close()
	}()
	return one, nil
}

// kill ends a worker in the middle of what it does, and waits until it is gone.
func (o *worker) kill() {
	_ = o.process.Kill() // it may have ended
	_ = o.says.Close()
	<-o.ended
}

// over reports whether a worker has ended.
func (o *worker) over() bool {
	select {
	case <-o.ended:
		return true
	default:
		return false
	}
}

// interrupt starts the careless worker, and kills it as soon as it has renewed some
// more: before it has noted the last one, or while it does.
func (w *world) interrupt(ctx context.Context) error {
	worker, err := w.start(ctx, true)
	if err != nil {
		return err
	}
	defer worker.kill()
	_, err = io.CopyN(io.Discard, worker.says, 1+w.draw.Int64N(10))
	if errors.Is(err, io.EOF) { // fewer were left
		return nil
	}
	return err
}

// control has the careless worker do what a batch does, and be killed, until something
// is renewed twice.
func (w *world) control(ctx context.Context) (string, error) {
	const most = 200
	var before map[string]int
	for kills := 1; kills <= most; kills++ {
		var waiting int
		err := w.raw.QueryRowContext(ctx, `SELECT count(*) FROM batch_items WHERE state = ''`).Scan(&waiting)
		if err != nil {
			return "", err
		}
		if waiting == 0 { // the first time, and whenever one was finished without a fault
			if before, err = w.versions(ctx); err != nil {
				return "", err
			}
			if _, err := w.app.ChangeLicenses(ctx, w.owner, plaza.Bulk{Kind: plaza.BatchRenew, Licenses: w.licenses}); err != nil {
				return "", err
			}
		}
		if err := w.interrupt(ctx); err != nil {
			return "", err
		}
		var r result
		if err := w.count(ctx, &r, before); err != nil {
			return "", err
		}
		if r.twice > 0 {
			return fmt.Sprintf("noting it afterwards, %d was renewed twice after %d kills", r.twice, kills), nil
		}
	}
	return "", errors.New("control: noting it afterwards, nothing was renewed twice, so that the drill shows nothing")
}
