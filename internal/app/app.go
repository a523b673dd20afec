// Package app holds Plaza's use cases.
//
// Every exported method of [App] takes an actor. One that changes something does
// its work inside do, which decides, acts and records in one transaction; one
// that only looks does it inside see. What somebody without a session can do is
// in [Gate]. It knows no transport; of Plaza's doors none imports store.
package app

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/auditlog"
	"github.com/connectplaza/plaza/internal/clock"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/store"
)

// Config is what an App needs besides its database.
type Config struct {
	Now       clock.Func
	Steady    func() time.Duration // how much time has passed, however the clock is set; nil: as the machine counts
	Texts     *i18n.Catalogue
	Box       secret.Box      // seals license keys, and the audit log
	PublicURL string          // where people reach the dashboard; without a slash at the end
	Zone      *time.Location  // of persons who chose none; nil: UTC
	KeepMail  bool            // keep what was sent, so that a demo can show it
	AuditKeep time.Duration   // how long audit events are kept; 0: for ever
	Mailed    chan<- struct{} // told when there is something to send; should have room for one; optional
	Batched   chan<- struct{} // told when there is a batch to work on; the same
	Exported  chan<- struct{} // told when there is a file to make of a list; the same
	Imported  chan<- struct{} // told when there is an import to work on; the same
	Download  time.Duration   // how long the address of a file is good for; 0: 15 minutes
	Artifact  int64           // bytes that the file of an artifact may have; 0: [plaza.MaxArtifact]
	Private   bool            // webhooks may be in the network of the machine itself, and without encryption
	FastHash  bool            // hash passwords with less work: for tests and demo data only
}

// App is Plaza without its doors.
type App struct {
	db        *store.DB
	now       clock.Func
	texts     *i18n.Catalogue
	box       secret.Box
	key       auditlog.Key
	url       string
	zone      *time.Location
	keep      bool
	auditKeep time.Duration
	download  time.Duration
	artifact  int64
	private   bool
	hashes    *hasher
	mailed    chan<- struct{}
	batched   chan<- struct{}
	exported  chan<- struct{}
	imported  chan<- struct{}
	importing importing
	steady    func() time.Duration
	listening listening
	walls     walls
}

// New returns an App keeping its data in db.
func New(db *store.DB, c Config) *App {
	// As exact as what the database keeps: what is returned is what will be read.
	now := func() time.Time { return exact(c.Now()) }
	steady := c.Steady
	if steady == nil {
		steady = steadily()
	}
	began := now()
	return &App{
		db: db, now: now, texts: c.Texts, box: c.Box, key: auditlog.NewKey(c.Box),
		url: strings.TrimSuffix(c.PublicURL, "/"), zone: cmp.Or(c.Zone, time.UTC), keep: c.KeepMail, auditKeep: c.AuditKeep,
		download: cmp.Or(c.Download, downloadFor), artifact: cmp.Or(c.Artifact, plaza.MaxArtifact), hashes: newHasher(c.FastHash), mailed: c.Mailed,
		batched: c.Batched, exported: c.Exported, imported: c.Imported, importing: newImporting(), private: c.Private,
		steady: steady, listening: listening{since: began, last: began, ran: steady()},
	}
}

// newID returns a new ID: a UUID of version 7, so that what is new sorts last.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// deed does the work of a use case in tx. It fills in what event is about, as
// soon as it knows, and what it changed.
type deed func(tx *store.Tx, event *plaza.AuditEvent) error

// do runs f in a transaction if actor may do event's verb, and writes what
// happened to the audit log in that same transaction. The caller fills in the
// verb and the ID of the object, if somebody named one.
//
// A refusal undoes the transaction and is then recorded in one of its own.
// Reaching for what is out of scope counts as one: that is how probing shows.
func (a *App) do(ctx context.Context, actor plaza.Actor, event plaza.AuditEvent, f deed) error {
	err := a.permits(actor, event.Verb)
	if err == nil {
		err = a.db.Tx(ctx, func(tx *store.Tx) error {
			if err := holdTree(ctx, tx, event.Verb); err != nil {
				return err
			}
			if err := a.stands(ctx, tx, actor); err != nil {
				return err
			}
			if err := a.perform(ctx, tx, actor, event, f); err != nil {
				return err
			}
			return a.noteOnce(ctx, tx, actor)
		})
	}
	return a.refused(ctx, actor, event, err)
}

// permits returns nil if actor may do v, and, if that is sensitive, has proved shortly
// before who they are. Kinds: Unauthenticated, Forbidden, Unproved.
func (a *App) permits(actor plaza.Actor, v plaza.Verb) error {
	if err := actor.May(v); err != nil {
		return err
	}
	return actor.Fresh(v, a.now())
}

// holdTree keeps every profile where it is while somebody does v: what is within reach
// when it begins is so when it is committed. By agreeing, somebody may move one; that
// waits until nobody else does anything, and others wait for it.
func holdTree(ctx context.Context, tx *store.Tx, v plaza.Verb) error {
	if v == plaza.MoveAgree {
		return tx.TakeTree(ctx)
	}
	return tx.HoldTree(ctx)
}

// stands returns an error unless actor is still what it was when it came in: its
// session, its right and what it acts in may have been taken away since. From
// then on nobody takes them away before this transaction ends. Kinds:
// Unauthenticated, Forbidden.
func (a *App) stands(ctx context.Context, tx *store.Tx, actor plaza.Actor) error {
	if actor.Pass != nil {
		return tokenStands(ctx, tx, actor, a.now())
	}
	if actor.Session == "" {
		return nil // one of Plaza's own
	}
	login, role, acting := actor.Login, actor.Role, ""
	if actor.Via != nil {
		login, role, acting = actor.Via.Login, actor.Via.Role, actor.Via.ID
	}
	s, err := tx.SessionStands(ctx, actor.Session)
	switch {
	case plaza.KindOf(err) == plaza.NotFound && err != nil, err == nil && !alive(s, a.now()):
		return plaza.Errorf(plaza.Unauthenticated, "error.unauthenticated")
	case err != nil:
		return err
	case s.Login.ID != login, s.Login.Role != role, s.ActingID != acting:
		return plaza.Errorf(plaza.Forbidden, "error.meanwhile")
	case acting == "":
		return nil
	}
	mode, as, err := tx.ActingStands(ctx, acting, a.now())
	if plaza.KindOf(err) == plaza.NotFound && err != nil || err == nil && (mode != actor.Via.Mode || as != actor.Role) {
		return plaza.Errorf(plaza.Forbidden, "error.meanwhile")
	}
	return err
}

// Admit lets the actor come to a page or a form by which verb is done, to the
// object with the given ID if somebody named one: nil, or a refusal, which is
// recorded. What is done there decides for itself, too; a form that is only looked
// at asks nobody else. Kinds: Unauthenticated, Forbidden.
func (a *App) Admit(ctx context.Context, actor plaza.Actor, verb plaza.Verb, kind, object string) error {
	attempt := plaza.AuditEvent{Verb: verb, ObjectKind: kind, Object: object}
	return a.refused(ctx, actor, attempt, a.permits(actor, verb))
}

// may is May for a use case that does something before it can call do, or that
// leaves no event when it succeeds: a refusal is recorded all the same.
func (a *App) may(ctx context.Context, actor plaza.Actor, v plaza.Verb) error {
	return a.refused(ctx, actor, plaza.AuditEvent{Verb: v}, a.permits(actor, v))
}

// refused records the attempt, of which event says what was known beforehand, if
// err is a refusal. It returns err.
func (a *App) refused(ctx context.Context, actor plaza.Actor, attempt plaza.AuditEvent, err error) error {
	if err == nil || !refusal(err) {
		return err
	}
	attempt.Result, attempt.Refusal = plaza.Refused, plaza.KindOf(err)
	ctx = context.WithoutCancel(ctx) // hanging up does not keep a caller out of the log
	if failed := a.db.Tx(ctx, func(tx *store.Tx) error { return a.record(ctx, tx, actor, attempt) }); failed != nil {
		return failed
	}
	return err
}

// perform is do inside a transaction that is open already: for a deed that is
// part of another, such as what an approval makes.
func (a *App) perform(ctx context.Context, tx *store.Tx, actor plaza.Actor, event plaza.AuditEvent, f deed) error {
	if err := a.permits(actor, event.Verb); err != nil {
		return err
	}
	return a.entail(ctx, tx, actor, event, f)
}

// entail is perform for a deed that comes with another one, which decided about
// both: it asks for no right of its own.
func (a *App) entail(ctx context.Context, tx *store.Tx, actor plaza.Actor, event plaza.AuditEvent, f deed) error {
	if err := f(tx, &event); err != nil {
		return err
	}
	event.Result = plaza.Done
	return a.record(ctx, tx, actor, event)
}

// record writes event to the audit log.
func (a *App) record(ctx context.Context, tx *store.Tx, actor plaza.Actor, event plaza.AuditEvent) error {
	r, err := a.entry(actor, event)
	if err != nil {
		return err
	}
	return tx.AppendAudit(ctx, r)
}

// entry returns event as it is written to the audit log.
func (a *App) entry(actor plaza.Actor, event plaza.AuditEvent) (plaza.AuditRecord, error) {
	event.ID, event.At = newID(), a.now()
	if event.Actor == (plaza.Actor{}) {
		event.Actor = actor
	}
	if a.box.IsZero() {
		return plaza.AuditRecord{}, errors.New("what was done cannot be sealed: there is no secret")
	}
	event.Actor.From = harmlessOrigin(event.Actor.From)
	if event.Profile == "" {
		event.Profile = actor.Profile
	}
	event.Object = harmless(event.Object)
	r, err := event.Record()
	if err != nil {
		return r, err
	}
	public, personal := r.Texts()
	for _, text := range append(public, personal...) {
		*text = harmlessText(*text) // what is sealed has to be what can be kept
	}
	return a.key.Stamp(r), nil
}

// harmless returns an ID that somebody named as it may stand in the log.
func harmless(id string) string {
	const enough = 64
	if len(id) > enough {
		id = id[:enough]
	}
	return harmlessText(id)
}

// harmlessOrigin returns where a request says it came from as it may be kept:
// headers hold any bytes.
func harmlessOrigin(from plaza.Origin) plaza.Origin {
	const enough = 500
	return plaza.Origin{
		Address: harmless(from.Address), Request: harmless(from.Request),
		UserAgent: harmlessText(from.UserAgent[:min(len(from.UserAgent), enough)]),
	}
}

// harmlessText returns s without what a database refuses to keep as text.
func harmlessText(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "?"), "\x00", "?")
}

// refusal reports whether err tells the actor no, rather than that the request
// was wrong or something broke.
func refusal(err error) bool {
	switch plaza.KindOf(err) {
	case plaza.Unauthenticated, plaza.Forbidden, plaza.NotFound, plaza.Limited:
		return true
	default:
		return false
	}
}

// see runs f in a read-only transaction if actor may do verb, to the object with
// the given ID if somebody named one. A refusal is recorded.
func (a *App) see(ctx context.Context, actor plaza.Actor, verb plaza.Verb, object string, f func(*store.Tx) error) error {
	err := a.permits(actor, verb)
	if err == nil {
		err = a.db.Read(ctx, f)
	}
	attempt := plaza.AuditEvent{Verb: verb, Object: object}
	if object != "" {
		attempt.ObjectKind, _, _ = strings.Cut(string(verb), ".")
	}
	return a.refused(ctx, actor, attempt, err)
}
