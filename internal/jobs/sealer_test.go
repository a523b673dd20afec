package jobs

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/auditlog"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

func newSealer(o *office, mail string, outlets ...*outlet) *sealer {
	return &sealer{app: o.App, mail: mail, outlets: outlets, log: slog.New(slog.DiscardHandler)}
}

func newOutlet(send func(context.Context, string) error) *outlet {
	return &outlet{name: "test", send: send, log: slog.New(slog.DiscardHandler), notes: make(chan string, 1)}
}

func (o *office) checkpoint(t *testing.T) string {
	t.Helper()
	note, err := o.AuditCheckpoint(t.Context(), plaza.Sealer)
	if err != nil {
		t.Fatal(err)
	}
	return note
}

func TestSealingHandsOutWhatIsNew(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		outlet := newOutlet(nil)
		s := newSealer(o, "auditor@example.com", outlet)
		seal := func() {
			t.Helper()
			if err := s.round(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		seal()
		first := <-outlet.notes
		if first == "" || first != o.checkpoint(t) {
			t.Errorf("handed out %q", first)
		}
		seal()
		select {
		case again := <-outlet.notes:
			t.Errorf("nothing is new, and yet %q", again)
		default:
		}
		o.write(t, "somebody@example.com")
		seal()
		o.write(t, "another@example.com")
		seal() // nobody has taken the one before: the newest says all that it said
		if second := <-outlet.notes; second != o.checkpoint(t) {
			t.Errorf("handed out %q", second)
		}
		other := newSealer(o, "", outlet) // another instance, which signed nothing itself
		if err := other.round(t.Context()); err != nil || <-outlet.notes != o.checkpoint(t) {
			t.Errorf("the other instance hands nothing out: %v", err)
		}
	})
}

// TestNoSmallerCheckpointIsHandedOut: whoever puts an older state of the log back
// gets no fresh proof of it.
func TestNoSmallerCheckpointIsHandedOut(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		outlet := newOutlet(nil)
		var said bytes.Buffer
		s := newSealer(o, "auditor@example.com", outlet)
		s.log = slog.New(slog.NewTextHandler(&said, nil))
		round := func() {
			t.Helper()
			if err := s.round(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		put := func(note string) {
			t.Helper()
			if err := db.Tx(t.Context(), func(tx *store.Tx) error { return tx.PutAuditCheckpoint(t.Context(), note) }); err != nil {
				t.Fatal(err)
			}
		}
		round()
		older := <-outlet.notes
		o.write(t, "somebody@example.com")
		round()
		newer := <-outlet.notes
		put(older)
		round()
		round()
		select {
		case note := <-outlet.notes:
			t.Errorf("handed out %q", note)
		default:
		}
		if strings.Count(said.String(), "level=ERROR") != 1 || !strings.Contains(said.String(), "does not go on") {
			t.Errorf("said %q", &said)
		}
		put(newer)
		o.write(t, "another@example.com")
		round()
		if note := <-outlet.notes; note != o.checkpoint(t) || note == newer {
			t.Errorf("handed out %q", note)
		}
	})
}

func TestOneCheckpointADayIsMailed(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		s := newSealer(o, "auditor@example.com")
		for day := range 3 {
			for i := range 2 {
				o.write(t, fmt.Sprintf("somebody-%d-%d@example.com", day, i))
				if err := s.round(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			mails := 0
			list, err := o.Gate.Mailbox(t.Context(), plaza.Page{Size: plaza.MaxPageSize})
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range list.Rows {
				if m.Kind != plaza.MailCheckpoint {
					continue
				}
				mails++
				notes := auditlog.Notes(m.Text)
				if report, err := o.VerifyAudit(t.Context(), plaza.Sealer, notes); err != nil || report.Fault != nil || m.To != "auditor@example.com" {
					t.Errorf("what was mailed to %s verifies nothing: %v\n%s", m.To, err, m.Text)
				}
			}
			if mails != day+1 {
				t.Errorf("on day %d there are %d mails", day, mails)
			}
			o.Clock.Advance(24 * time.Hour)
			o.Reseller = o.SignIn(t, "reseller@example.com")
		}
	})
}

func TestCheckpointsReachFileAndWebhook(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		got := make(chan string, 10)
		server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			got <- r.Method + " " + string(body)
		}))
		defer server.Close()
		file := filepath.Join(t.TempDir(), "checkpoints")
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			Seal(ctx, o.App, Checkpoints{Webhook: server.URL}, slog.New(slog.DiscardHandler))
		}()
		if note := <-got; note != "POST "+o.checkpoint(t) {
			t.Errorf("sent was %q", note)
		}
		cancel()
		<-ended
		for range 2 {
			if err := appendTo(file)(t.Context(), o.checkpoint(t)); err != nil {
				t.Fatal(err)
			}
		}
		text, err := os.ReadFile(file)
		if err != nil || len(auditlog.Notes(string(text))) != 2 {
			t.Errorf("%v: %q", err, text)
		}
	})
}

// TestWebhookThatFails: it is not followed elsewhere, tells no password, and what
// comes next is sent all the same.
func TestWebhookThatFails(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}))
	err := postTo(server.URL)(t.Context(), "note")
	if err == nil || asked.Load() != 1 {
		t.Errorf("asked %d times: %v", asked.Load(), err)
	}
	server.Close()
	address := strings.Replace(server.URL, "http://", "http://user:confidential@", 1)
	if err := postTo(address)(t.Context(), "note"); err == nil || strings.Contains(err.Error(), "confidential") {
		t.Errorf("got %v", err)
	}
	if err := appendTo(filepath.Join(t.TempDir(), "none", "file"))(t.Context(), "note"); err == nil {
		t.Error("written where nothing can be")
	}

	tried, then := make(chan string), make(chan error)
	o := newOutlet(func(_ context.Context, note string) error {
		tried <- note
		return <-then
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); o.run(ctx) }()
	o.offer("first")
	<-tried
	o.offer("second") // while the first is under way
	o.offer("third")
	then <- io.ErrUnexpectedEOF
	if note := <-tried; note != "third" {
		t.Errorf("after the first failed, %s is sent", note)
	}
	then <- nil
	cancel()
	<-ended
}
