package main

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx"
	_ "modernc.org/sqlite"             // registers "sqlite"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/auditlog"
	"github.com/connectplaza/plaza/internal/clock"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/store"
)

// world is an installation with some history, and a way beneath it.
type world struct {
	db      *store.DB
	app     *app.App
	key     auditlog.Key
	raw     *sql.DB
	tx      *sql.Tx  // within which all tampering happens
	outside []string // checkpoints that are kept elsewhere
	older   string   // a checkpoint that was signed, and that nobody keeps
	report  auditlog.Report
	draw    *rand.Rand
	did     string // the value that was changed last, and how

	sealed   []row // by position
	unsealed []row
}

// row is what the drill must know of an event that is there.
type row struct {
	id       string
	position int64
	permits  bool // says that others are gone or erased
}

// newWorld makes an installation at address: some hundred events, of which some
// are gone because their time was over, some were erased, and some are not sealed.
func newWorld(ctx context.Context, address string, seed uint64) (w *world, err error) {
	w = &world{draw: rand.New(rand.NewPCG(seed, seed))} //nolint:gosec // the same seed gives the same drill
	if w.db, err = store.Open(ctx, address); err != nil {
		return nil, err
	}
	if err := w.db.Migrate(ctx); err != nil {
		return nil, errors.Join(err, w.db.Close())
	}
	driver := "sqlite"
	if store.IsPostgres(address) {
		driver = "pgx"
	}
	if w.raw, err = sql.Open(driver, address); err != nil {
		return nil, errors.Join(err, w.db.Close())
	}
	w.raw.SetMaxOpenConns(1)
	if err := w.fill(ctx); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *world) close() { _ = errors.Join(w.raw.Close(), w.db.Close()) }

// fill makes the history.
func (w *world) fill(ctx context.Context) error {
	box, err := secret.Parse(base64.StdEncoding.EncodeToString(make([]byte, 32)))
	if err != nil {
		return err
	}
	texts, err := i18n.Load()
	if err != nil {
		return err
	}
	w.key = auditlog.NewKey(box)
	time0 := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	now := clock.NewManual(time0)
	a := app.New(w.db, app.Config{Now: now.Now, Texts: texts, Box: box, PublicURL: "http://localhost", FastHash: true, AuditKeep: 365 * 24 * time.Hour})
	w.app = a
	s := &story{app: a, gate: app.NewGate(a), now: now}
	if err := s.begin(ctx); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{
		s.sell, s.sell,
		func(context.Context) error { now.Advance(364 * 24 * time.Hour); return nil },
		s.sell, w.seal(a, nil),
		func(context.Context) error { now.Advance(2 * 24 * time.Hour); return nil }, // the first half's time is over
		func(ctx context.Context) error { return a.Tidy(ctx, plaza.Janitor) },
		func(ctx context.Context) error {
			_, err := a.ForgetInAudit(ctx, plaza.Janitor, "zoe@vendor.example")
			return err
		},
		s.sell, w.seal(a, &w.older), s.sell, w.seal(a, nil),
		s.issue, // and is not sealed
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	w.report, err = a.VerifyAudit(ctx, plaza.Sealer, w.outside)
	if err == nil && (w.report.Fault != nil || w.report.Gone == 0 || w.report.Erased == 0 || w.report.Unsealed == 0) {
		err = fmt.Errorf("the drill's world is not as it should be: %+v", w.report)
	}
	return err
}

// seal returns a step that seals what there is, and keeps the checkpoint.
func (w *world) seal(a *app.App, keep *string) func(context.Context) error {
	return func(ctx context.Context) error {
		s, err := a.SealAudit(ctx, plaza.Sealer)
		if keep != nil {
			*keep = s.Note
		} else {
			w.outside = append(w.outside, s.Note)
		}
		return err
	}
}

// beneath runs f in a transaction of the database itself, which is undone.
func (w *world) beneath(ctx context.Context, f func() error) (err error) {
	if w.tx, err = w.raw.BeginTx(ctx, nil); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.tx.Rollback()) }()
	rows, err := w.tx.QueryContext(ctx, `SELECT id, COALESCE(position, -1), verb FROM audit_events ORDER BY position, id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var r row
		var verb plaza.Verb
		if err := rows.Scan(&r.id, &r.position, &verb); err != nil {
			return err
		}
		r.permits = verb == plaza.AuditExpire || verb == plaza.AuditForget
		if r.position < 0 {
			w.unsealed = append(w.unsealed, r)
		} else {
			w.sealed = append(w.sealed, r)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return f()
}

// verify looks whether the log is whole, as it stands in the transaction.
func (w *world) verify(ctx context.Context, notes []string) (auditlog.Report, error) {
	return app.CheckAudit(ctx, w.db.Borrow(w.tx), w.key, notes)
}

// controls shows that the drill itself can be trusted: with everything undone the
// log is whole, and who keeps no checkpoint elsewhere does not see what is beyond
// an older one that was put back.
func (w *world) controls(ctx context.Context, out io.Writer) error {
	r, err := w.verify(ctx, w.outside)
	if err != nil {
		return err
	}
	if r.Fault != nil {
		return fmt.Errorf("control: the log is untouched, and yet %s", r.Fault)
	}
	fmt.Fprintln(out, "  control: the untouched log is whole")
	if _, err := w.cutOff(ctx); err != nil {
		return err
	}
	blind, err := w.verify(ctx, nil)
	if err != nil {
		return err
	}
	seeing, err := w.verify(ctx, w.outside)
	if err != nil {
		return err
	}
	if blind.Fault != nil || seeing.Fault == nil {
		return fmt.Errorf("control: cut off at an older checkpoint; without one from elsewhere: %v; with one: %v", blind.Fault, seeing.Fault)
	}
	fmt.Fprintf(out, "  control: cut off at an older checkpoint, the log passes for whole with %d events unless one is kept elsewhere; then: %s\n", blind.Size, seeing.Fault)
	return nil
}
