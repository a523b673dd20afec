package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
	"github.com/connectplaza/plaza/internal/webhook"
)

// receiver is a system that is told what happens. It answers what answer says.
type receiver struct {
	url    string
	secret string
	hook   plaza.Webhook
	by     plaza.Actor

	mu       sync.Mutex
	subjects []string // in the order in which they came
	ids      []string
	forged   int
}

// receive has a profile told of its licenses.
func receive(t *testing.T, w *apptest.World, by plaza.Actor, answer func(w http.ResponseWriter, r *http.Request)) *receiver {
	t.Helper()
	r := &receiver{by: by}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		verifier, err := standard.NewWebhook(r.secret)
		if err == nil {
			err = verifier.VerifyIgnoringTimestamp(body, req.Header) // it was signed by the clock of the test
		}
		var event struct {
			ID      string `json:"id"`
			Subject string `json:"subject"`
		}
		r.mu.Lock()
		if err != nil || json.Unmarshal(body, &event) != nil {
			r.forged++
		}
		r.subjects, r.ids = append(r.subjects, event.Subject), append(r.ids, event.ID)
		r.mu.Unlock()
		answer(w, req)
	}))
	t.Cleanup(server.Close)
	var err error
	w.Clock.Advance(time.Second)
	r.url = server.URL
	r.hook, r.secret, err = w.CreateWebhook(t.Context(), by, plaza.WebhookEdit{Name: "Receiver", URL: server.URL, Kinds: []plaza.EventKind{"license.issued", "license.renewed"}})
	if err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(time.Second)
	return r
}

// came returns the subjects of what came.
func (r *receiver) came() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.subjects)
}

func fine(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

// happen issues licenses of the partner's, and seals that; renewed, each is renewed too.
func happen(t *testing.T, w *apptest.World, n int, renewed bool) {
	t.Helper()
	for i := range n {
		l, err := w.IssueLicense(t.Context(), w.Reseller, plaza.NewLicense{Profile: w.Partner.Profile, Plan: w.Plans[plaza.Development].ID, Name: fmt.Sprint("License ", i)})
		if err != nil {
			t.Fatal(err)
		}
		if !renewed {
			continue
		}
		if err := w.RenewLicense(t.Context(), w.Reseller, l.ID, "", 1); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.SealAudit(t.Context(), plaza.Sealer); err != nil {
		t.Fatal(err)
	}
}

// deliver runs a courier until done says so.
func deliver(t *testing.T, w *apptest.World, poster Poster, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		Deliver(ctx, w.App, poster, w.Clock.Now, slog.New(slog.DiscardHandler))
	}()
	for !done() {
		select {
		case <-t.Context().Done():
			t.Fatal("it is never done")
		case <-time.After(time.Millisecond):
		}
	}
	cancel()
	<-ended
}

func TestEventsAreDeliveredOnceByTwoCouriers(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		r, other := receive(t, w, w.Reseller, fine), receive(t, w, w.Stranger, fine)
		const n = 40
		happen(t, w, n, true)
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() { deliver(t, w, webhook.NewClient(true), func() bool { return len(r.came()) >= 2*n }) })
		}
		both.Wait()
		ids := slices.Clone(r.ids)
		slices.Sort(ids)
		if len(ids) != 2*n || len(slices.Compact(ids)) != 2*n || r.forged > 0 {
			t.Errorf("%d came, %d of them forged", len(r.ids), r.forged)
		}
		if got := other.came(); len(got) > 0 {
			t.Errorf("the stranger was told of %v", got)
		}
		list, err := w.Deliveries(t.Context(), w.Reseller, r.hook.ID, plaza.DeliveryFilter{States: []plaza.DeliveryState{plaza.DeliveryWaiting}}, plaza.Page{})
		if err != nil || list.Total > 0 {
			t.Errorf("%d are not noted, %v", list.Total, err)
		}
	})
}

func TestASlowReceiverHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		goOn := make(chan struct{})
		slow := receive(t, w, w.Partner, func(_ http.ResponseWriter, _ *http.Request) { <-goOn })
		fast := receive(t, w, w.Reseller, fine)
		happen(t, w, 10, false)
		open := sync.OnceFunc(func() { close(goOn) })
		deliver(t, w, webhook.NewClient(true), func() bool {
			if len(fast.came()) >= 10 {
				open()
			}
			return len(slow.came()) >= 10
		})
		if n := len(fast.came()); n != 10 {
			t.Errorf("the fast one was sent %d", n)
		}
	})
}

func TestAReceiverThatFailsIsLeftAlone(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		r := receive(t, w, w.Reseller, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
		happen(t, w, 30, true)
		noted := func() plaza.Webhook {
			h, err := w.Webhook(t.Context(), w.Reseller, r.hook.ID)
			if err != nil {
				t.Fatal(err)
			}
			return h
		}
		deliver(t, w, webhook.NewClient(true), func() bool { return noted().Failures > 0 })
		got := r.came()
		slices.Sort(got)
		if n := len(got); n > giveUpRound+lanes || len(slices.Compact(got)) != n {
			t.Errorf("it was tried %d times at once: %v", n, got)
		}
		if h := noted(); h.Waiting != 60 || h.State() != plaza.WebhookFailing {
			t.Errorf("got %+v", h)
		}
	})
}

func TestWhatCameOfATryIsShown(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		w.Reseller.Session = "" // which does not end while hours pass
		answer := http.StatusOK
		r := receive(t, w, w.Reseller, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://localhost/")
			w.WriteHeader(answer)
			_, _ = io.WriteString(w, "so it is\x00")
		})
		for status, problem := range map[int]plaza.TryProblem{200: "", 202: "", 302: plaza.TryRedirect, 404: plaza.TryRefused, 500: plaza.TryRefused} {
			answer = status
			d, err := w.TestWebhook(t.Context(), w.Reseller, r.hook.ID)
			if err != nil {
				t.Fatal(err)
			}
			w.Clock.Advance(time.Hour)
			var tries []plaza.DeliveryTry
			deliver(t, w, webhook.NewClient(true), func() bool {
				_, tries, err = w.Delivery(t.Context(), w.Reseller, d.ID)
				return len(tries) > 0 || err != nil
			})
			if err != nil || tries[0].Status != status || tries[0].Problem != problem || tries[0].Answer != "so it is\ufffd" || !strings.Contains(tries[0].Headers, "webhook-id: "+d.Event) {
				t.Errorf("%d: got %+v, %v", status, tries, err)
			}
		}
		d, err := w.TestWebhook(t.Context(), w.Reseller, r.hook.ID)
		if err != nil {
			t.Fatal(err)
		}
		before := len(r.came())
		var tries []plaza.DeliveryTry
		deliver(t, w, webhook.NewClient(false), func() bool {
			_, tries, err = w.Delivery(t.Context(), w.Reseller, d.ID)
			return len(tries) > 0 || err != nil
		})
		if err != nil || tries[0].Problem != plaza.TryPrivate || tries[0].Detail != "" || len(r.came()) != before {
			t.Errorf("to the machine itself: %+v, %v", tries, err)
		}
	})
}

func TestLanesKeepTheOrder(t *testing.T) {
	t.Parallel()
	var due []plaza.Delivery
	for i := range 40 {
		due = append(due, plaza.Delivery{Number: i, Object: strconv.Itoa(i % 7)})
	}
	seen, of := 0, map[string]int{}
	for i, lane := range laned(due) {
		last := -1
		for _, d := range lane {
			if d.Number < last {
				t.Errorf("%d comes after %d", d.Number, last)
			}
			if before, ok := of[d.Object]; ok && before != i {
				t.Errorf("%s is on two lanes", d.Object)
			}
			last, of[d.Object] = d.Number, i
			seen++
		}
	}
	if seen != len(due) {
		t.Errorf("%d of %d are on lanes", seen, len(due))
	}
}
