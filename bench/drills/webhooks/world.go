package main

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/store"
)

const (
	password = "correct horse battery"
	email    = "zoe@vendor.example"
	perOwner = 2 // events about one license: that it was issued, and that it was renewed
)

// world is an installation in which much has happened, and a receiver that is told of it.
type world struct {
	address string
	db      *store.DB
	app     *app.App
	raw     *sql.DB
	owner   plaza.Actor
	hook    plaza.Webhook
	events  int
	draw    *rand.Rand
	inbox   *inbox
}

// result is what came of it.
type result struct {
	kills, lost, forged, again, disorder int
	took                                 time.Duration
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
	return db, app.New(db, app.Config{Now: time.Now, Texts: texts, Box: box, PublicURL: "http://localhost", FastHash: true, Private: true}), nil
}

// newWorld makes an installation at address, with a webhook and what it is to be told.
func newWorld(ctx context.Context, address string, o options) (w *world, err error) {
	w = &world{address: address, events: o.events, draw: rand.New(rand.NewPCG(o.seed, o.seed))} //nolint:gosec // the same seed draws the same
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
	gate := app.NewGate(w.app)
	token, err := gate.SignIn(ctx, email, password, plaza.Origin{})
	if err != nil {
		return w, err
	}
	v, err := gate.Identify(ctx, token, plaza.Origin{})
	if err != nil {
		return w, err
	}
	w.owner = v.Actor
	return w, w.happen(ctx)
}

// happen makes the webhook, and all that it is to be told.
func (w *world) happen(ctx context.Context) error {
	plan, err := w.app.CreatePlan(ctx, w.owner, plaza.NewPlan{Kind: plaza.Development, Name: "A month", TermMonths: 1, GraceDays: 7, Machines: 1})
	if err != nil {
		return err
	}
	w.inbox = newInbox()
	var key string
	w.hook, key, err = w.app.CreateWebhook(ctx, w.owner, plaza.WebhookEdit{
		Name: "Receiver", URL: w.inbox.server.URL, Kinds: []plaza.EventKind{"license.issued", "license.renewed"},
	})
	if err != nil {
		return err
	}
	if w.inbox.verifier, err = standard.NewWebhook(key); err != nil {
		return err
	}
	for i := range w.events / perOwner {
		l, err := w.app.IssueLicense(ctx, w.owner, plaza.NewLicense{Profile: w.owner.Profile, Plan: plan.ID, Name: fmt.Sprintf("License %d", i)})
		if err != nil {
			return err
		}
		if err := w.app.RenewLicense(ctx, w.owner, l.ID, "", l.Version); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) close() {
	if w.inbox != nil {
		w.inbox.server.Close()
	}
	if w.db != nil {
		_ = w.db.Close()
	}
	if w.raw != nil {
		_ = w.raw.Close()
	}
}

// inbox is the receiver.
type inbox struct {
	server   *httptest.Server
	verifier *standard.Webhook

	mu       sync.Mutex
	came     map[string]int // by ID
	issued   map[string]bool
	forged   int
	disorder int // renewals of what it did not know yet
}

func newInbox() *inbox {
	i := &inbox{}
	i.empty()
	i.server = httptest.NewServer(i)
	return i
}

// empty forgets what came.
func (i *inbox) empty() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.came, i.issued, i.forged, i.disorder = map[string]int{}, map[string]bool{}, 0, 0
}

// different returns how many events came.
func (i *inbox) different() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return len(i.came)
}

// ServeHTTP takes an event.
func (i *inbox) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // cut off
	}
	var event struct {
		ID      string `json:"id"`
		Type    string `json:"type"`
		Subject string `json:"subject"`
	}
	forged := i.verifier.Verify(body, r.Header) != nil || json.Unmarshal(body, &event) != nil || event.ID != r.Header.Get("webhook-id")
	i.mu.Lock()
	defer i.mu.Unlock()
	if forged {
		i.forged++
		return
	}
	i.came[event.ID]++
	switch event.Type {
	case "plaza.license.issued":
		i.issued[event.Subject] = true
	case "plaza.license.renewed":
		if !i.issued[event.Subject] {
			i.disorder++
		}
	}
}

// deliver has a courier deliver everything, killing it so many times.
func (w *world) deliver(ctx context.Context, kills int, careless bool) (r result, err error) {
	w.inbox.empty()
	began := time.Now()
	for more := true; more; {
		if more, err = w.shift(ctx, careless, r.kills < kills, w.events/(kills+2)); err != nil {
			return r, err
		}
		if more {
			r.kills++
			// What the dead one claimed is another's at once, instead of in minutes.
			if _, err := w.raw.ExecContext(ctx, `UPDATE webhooks SET claimed_until = 0`); err != nil {
				return r, err
			}
		}
	}
	r.took = time.Since(began)
	w.inbox.mu.Lock()
	defer w.inbox.mu.Unlock()
	r.lost, r.forged, r.disorder = w.events-len(w.inbox.came), w.inbox.forged, w.inbox.disorder
	for _, n := range w.inbox.came {
		if n > 1 {
			r.again++
		}
	}
	return r, nil
}

// shift has a courier deliver until nothing is left or, if it is to be killed, until some
// more has come. It reports whether it was killed.
func (w *world) shift(ctx context.Context, careless, kill bool, more int) (killed bool, err error) {
	courier, err := w.start(ctx, careless)
	if err != nil {
		return false, err
	}
	defer courier.kill()
	from := w.inbox.different()
	until := from + 1 + w.draw.IntN(max(more, 1))
	for {
		over := courier.over()
		left, err := w.left(ctx)
		if err != nil {
			return false, err
		}
		if left == 0 {
			return false, nil
		}
		if over {
			return false, errors.New("a courier ended that nobody killed, and left things undelivered")
		}
		if kill && w.inbox.different() >= until {
			return true, nil
		}
		if err := pause(ctx, time.Duration(1+w.draw.IntN(5))*time.Millisecond); err != nil {
			return false, err
		}
	}
}

// left returns how many events are not noted as delivered.
func (w *world) left(ctx context.Context) (n int, err error) {
	err = w.raw.QueryRowContext(ctx, `SELECT count(*) FROM deliveries WHERE state = 'delivered'`).Scan(&n)
	return w.events - n, err
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// courier is a process that delivers.
type courier struct {
	process *os.Process
	ended   chan struct{} // closed when it has
}

func (w *world) start(ctx context.Context, careless bool) (*courier, error) {
	me, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, me, "-work", w.address, fmt.Sprintf("-careless=%t", careless)) //nolint:gosec // this program
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	one := &courier{cmd.Process, make(chan struct{})}
	go func() {
		_ = cmd.Wait() // that it was killed is no news
		close(one.ended)
	}()
	return one, nil
}

// kill ends a courier in the middle of what it does, and waits until it is gone.
func (c *courier) kill() {
	_ = c.process.Kill() // it may have ended
	<-c.ended
}

func (c *courier) over() bool {
	select {
	case <-c.ended:
		return true
	default:
		return false
	}
}

// control has the careless courier deliver everything again, and be killed, until
// something is lost.
func (w *world) control(ctx context.Context) (string, error) {
	const most = 5
	for range most {
		if _, err := w.raw.ExecContext(ctx, `UPDATE deliveries SET state = 'waiting', finished_at = NULL`); err != nil {
			return "", err
		}
		r, err := w.deliver(ctx, most, true)
		if err != nil {
			return "", err
		}
		if r.lost > 0 {
			return fmt.Sprintf("noting it before it is sent, %d were lost after %d kills", r.lost, r.kills), nil
		}
	}
	return "", errors.New("control: noting it before it is sent, nothing was lost, so that the drill shows nothing")
}
