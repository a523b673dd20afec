package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/mail"
	"github.com/connectplaza/plaza/internal/mail/mailtest"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

// office is a world with a mail server, and a postman who has not started.
type office struct {
	*apptest.World

	sink    *mailtest.Sink
	postman *postman
}

// newOffice returns an office whose outbox is empty.
func newOffice(t *testing.T, db *store.DB) *office {
	t.Helper()
	o := &office{World: apptest.New(t, db), sink: mailtest.New(t)}
	o.postman = &postman{app: o.App, sender: o.smtp(), log: slog.New(slog.DiscardHandler)}
	for {
		due, err := o.ClaimMails(t.Context(), plaza.Postman)
		if err != nil {
			t.Fatal(err)
		}
		if len(due) == 0 {
			return o
		}
		for _, m := range due {
			if err := o.FinishMail(t.Context(), plaza.Postman, m, nil, false); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func (o *office) smtp() Sender {
	return mail.SMTP{Host: o.sink.Host, Port: o.sink.Port, TLS: mail.TLSNone, From: "plaza@vendor.example", FromName: "Plaza", Hello: "test.example"}
}

// write puts one mail into the outbox: an invitation to address.
func (o *office) write(t *testing.T, address string) {
	t.Helper()
	_, err := o.CreateLogin(t.Context(), o.Reseller, plaza.NewLogin{
		Profile: o.Reseller.Profile, Name: "Somebody", Email: address, Role: plaza.Support, Dashboard: true,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// round lets the postman go once, and returns how many mails he took.
func (o *office) round(t *testing.T) int {
	t.Helper()
	n, err := o.postman.round(t.Context(), t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// newest returns the newest mail.
func (o *office) newest(t *testing.T) plaza.Mail {
	t.Helper()
	list, err := o.Mails(t.Context(), o.Vendor, plaza.MailFilter{}, plaza.Page{Size: 1})
	if err != nil {
		t.Fatal(err)
	}
	return list.Rows[0]
}

func TestMailIsDeliveredOnceByTwoPostmen(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		const n = 50
		var want []string
		for i := range n {
			address := fmt.Sprintf("somebody-%d@example.com", i)
			o.write(t, address)
			want = append(want, address)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() { Run(ctx, o.App, o.smtp(), o.Mailed, slog.New(slog.DiscardHandler)) })
		}
		o.sink.WaitFor(t, n)
		o.write(t, "late@example.com") // while both are idle: somebody tells them
		want = append(want, "late@example.com")
		o.sink.WaitFor(t, n+1)
		cancel()
		both.Wait()

		var got []string
		for _, m := range o.sink.Messages() {
			got = append(got, m.To...)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("delivered to %d addresses: %v", len(got), got)
		}
		waiting, err := o.Mails(t.Context(), o.Vendor, plaza.MailFilter{States: []plaza.MailState{plaza.MailWaiting, plaza.MailDead}}, plaza.Page{})
		if err != nil || waiting.Total != 0 {
			t.Errorf("%d mails not noted as sent, %v", waiting.Total, err)
		}
	})
}

func TestMailIsRetriedEverLaterAfterATemporaryFailure(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		o.write(t, "somebody@example.com")
		var waits []time.Duration
		for range 4 {
			o.sink.Refuse("rcpt", 451)
			if n := o.round(t); n != 1 {
				t.Fatalf("the postman took %d mails, want 1", n)
			}
			m := o.newest(t)
			if m.State() != plaza.MailWaiting || !strings.Contains(m.LastError, "451") {
				t.Fatalf("mail is %s, last error %q", m.State(), m.LastError)
			}
			waits = append(waits, m.Next.Sub(o.Clock.Now()))
			if n := o.round(t); n != 0 {
				t.Fatalf("tried again at once")
			}
			o.Clock.Set(m.Next)
		}
		for i := 2; i < len(waits); i++ {
			if waits[i] < waits[i-2] { // twice as long each time, less a random part
				t.Errorf("waits do not grow: %v", waits)
			}
		}
		if n := o.round(t); n != 1 || o.newest(t).State() != plaza.MailSent || len(o.sink.Messages()) != 1 {
			t.Errorf("took %d mails, the mail is %s, %d arrived", n, o.newest(t).State(), len(o.sink.Messages()))
		}
	})
}

func TestMailIsDeadAfterAPermanentFailure(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		o.write(t, "nobody@example.com")
		o.sink.Refuse("rcpt", 550)
		o.round(t)
		m := o.newest(t)
		if m.State() != plaza.MailDead || !strings.Contains(m.LastError, "550") {
			t.Fatalf("mail is %s, last error %q", m.State(), m.LastError)
		}
		o.Clock.Advance(365 * 24 * time.Hour)
		if n := o.round(t); n != 0 {
			t.Error("a dead mail was tried again")
		}
		if err := o.RetryMail(t.Context(), o.SignIn(t, "vendor@example.com"), m.ID); err != nil {
			t.Fatal(err)
		}
		if o.round(t); o.newest(t).State() != plaza.MailSent {
			t.Error("the vendor had it tried again in vain")
		}
	})
}

func TestMailOutlivesAPostmanWhoDies(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		o.write(t, "somebody@example.com")
		claimed, err := o.ClaimMails(t.Context(), plaza.Postman) // and dies
		if err != nil || len(claimed) != 1 {
			t.Fatalf("claimed %d, %v", len(claimed), err)
		}
		if n := o.round(t); n != 0 {
			t.Error("claimed by two at once")
		}
		o.Clock.Advance(5 * time.Minute)
		o.round(t)
		if got := o.sink.Messages(); len(got) != 1 || got[0].Header.Get("Message-Id") != "<"+claimed[0].ID+"@vendor.example>" {
			t.Errorf("%d mails arrived", len(got))
		}
	})
}

// slow is a mail server that takes its time.
type slow struct{ asked, answer chan struct{} }

func (s slow) Send(ctx context.Context, _ mail.Message) error {
	close(s.asked)
	select {
	case <-s.answer:
		return nil
	case <-ctx.Done():
		return errors.New("cut off")
	}
}

func TestConversationUnderWayMayEndBeforeTheEnd(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		o.write(t, "somebody@example.com")
		sender := slow{make(chan struct{}), make(chan struct{})}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			Run(ctx, o.App, sender, o.Mailed, slog.New(slog.DiscardHandler))
		}()
		<-sender.asked
		cancel()
		close(sender.answer)
		<-ended
		if m := o.newest(t); m.State() != plaza.MailSent {
			t.Errorf("mail is %s, want sent: %s", m.State(), m.LastError)
		}
	})
}

func TestMailWaitsWithoutAMailServer(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		o.write(t, "somebody@example.com")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		Run(ctx, o.App, nil, o.Mailed, slog.New(slog.DiscardHandler))
		if m := o.newest(t); m.State() != plaza.MailWaiting || m.Tries != 0 {
			t.Errorf("mail is %s after %d tries", m.State(), m.Tries)
		}
	})
}
