package mail_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza/internal/mail"
	"github.com/connectplaza/plaza/internal/mail/mailtest"
)

func through(k *mailtest.Sink) mail.SMTP {
	return mail.SMTP{
		Host: k.Host, Port: k.Port, TLS: mail.TLSNone, Hello: "plaza.example",
		From: "no-reply@plaza.example", FromName: "Plaza", Timeout: 10 * time.Second,
	}
}

func message() mail.Message {
	return mail.Message{
		To: "anna@bakkerij-jansen.example", ToName: "Anna Jansen", Subject: "Your license", ID: "0198-a.b_c",
		Text: "Hello Anna,\n\n" + strings.Repeat("long ", 300) + "\n.\nHoi, café.\n", HTML: "<p>Hello <b>Anna</b>\n</p>\n",
		Date: time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC),
	}
}

func TestMessageArrivesOnceAndWhole(t *testing.T) {
	t.Parallel()
	sink := mailtest.New(t)
	want := message()
	if err := through(sink).Send(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	sink.WaitFor(t, 1)
	got := sink.Messages()
	if len(got) != 1 {
		t.Fatalf("%d messages arrived, want 1", len(got))
	}
	m := got[0]
	for name, value := range map[string]string{
		"From":           `"Plaza" <no-reply@plaza.example>`,
		"To":             `"Anna Jansen" <anna@bakkerij-jansen.example>`,
		"Subject":        "Your license",
		"Message-Id":     "<0198-a.b_c@plaza.example>",
		"Date":           "Mon, 23 Nov 2026 14:05:00 +0000",
		"Auto-Submitted": "auto-generated",
		"User-Agent":     "",
		"Mime-Version":   "1.0",
	} {
		if m.Header.Get(name) != value {
			t.Errorf("%s: %q, want %q", name, m.Header.Get(name), value)
		}
	}
	if diff := cmp.Diff([]string{"anna@bakkerij-jansen.example"}, m.To); diff != "" || m.From != "no-reply@plaza.example" {
		t.Errorf("envelope from %q, to %s", m.From, diff)
	}
	if diff := cmp.Diff([]string{want.Text, want.HTML}, []string{m.Text, m.HTML}); diff != "" {
		t.Errorf("-sent +arrived:\n%s", diff)
	}
}

func TestSecondAttemptHasTheSameMessageID(t *testing.T) {
	t.Parallel()
	sink := mailtest.New(t)
	for range 2 {
		if err := through(sink).Send(t.Context(), message()); err != nil {
			t.Fatal(err)
		}
	}
	got := sink.WaitFor(t, 2)
	if a, b := got[0].Header.Get("Message-Id"), got[1].Header.Get("Message-Id"); a != b || a == "" {
		t.Errorf("got %q and %q", a, b)
	}
}

func TestHostileNamesAddNeitherHeadersNorRecipients(t *testing.T) {
	t.Parallel()
	for name, typed := range map[string]string{
		"header":         "Eve\r\nBcc: victim@other.example\r\nX-Evil: 1",
		"body":           "Eve\r\n\r\n<h1>Hello</h1>",
		"bare newline":   "Eve\nBcc: victim@other.example",
		"recipient":      `Eve" <victim@other.example>, "x`,
		"comma":          "victim@other.example, Eve",
		"encoded word":   "=?utf-8?q?Eve=0D=0ABcc:_victim@other.example?=",
		"null":           "Eve\x00",
		"emoji":          "Ann 👩‍👩‍👧",
		"right to left":  "دانيال",
		"two hundred":    strings.Repeat("Ñandú ", 33) + "xx",
		"one long word":  strings.Repeat("x", 200),
		"many quotes":    strings.Repeat(`"\`, 100),
		"end of message": "Eve\r\n.\r\nMAIL FROM:<eve@other.example>",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sink := mailtest.New(t)
			plain, hostile := message(), message()
			hostile.ToName, hostile.Subject = typed, typed
			sender := through(sink)
			if err := sender.Send(t.Context(), plain); err != nil {
				t.Fatal(err)
			}
			sender.FromName = typed
			if err := sender.Send(t.Context(), hostile); err != nil {
				t.Fatal(err)
			}
			got := sink.WaitFor(t, 2)
			if len(got) != 2 {
				t.Fatalf("%d messages arrived, want 2", len(got))
			}
			if diff := cmp.Diff(headers(got[0]), headers(got[1])); diff != "" {
				t.Errorf("headers (-plain +hostile):\n%s", diff)
			}
			if diff := cmp.Diff(got[0].To, got[1].To); diff != "" {
				t.Errorf("recipients (-plain +hostile):\n%s", diff)
			}
			for _, header := range []string{"To", "From"} {
				if list, err := got[1].Header.AddressList(header); err != nil || len(list) != 1 {
					t.Errorf("%s: %v, %v; want one address", header, list, err)
				}
			}
			if got[1].Text != plain.Text {
				t.Errorf("text: %q", got[1].Text)
			}
			for line := range strings.SplitSeq(string(got[1].Raw), "\r\n") {
				if len(line) > 998 {
					t.Errorf("line of %d characters", len(line))
				}
			}
		})
	}
}

func headers(m mailtest.Message) map[string]int {
	n := map[string]int{}
	for name, values := range m.Header {
		n[name] = len(values)
	}
	return n
}

func TestSubjectArrivesInAnyScript(t *testing.T) {
	t.Parallel()
	sink := mailtest.New(t)
	m := message()
	m.Subject = "Licentie van “Bäckerei Ünal” 日本 — 🥐 verloopt over 5 dagen, en dat is een lang onderwerp"
	if err := through(sink).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if got := sink.WaitFor(t, 1)[0].Subject(); got != m.Subject {
		t.Errorf("got %q", got)
	}
}

func TestMessagesThatCanNeverBeSentAreRefusedForGood(t *testing.T) {
	t.Parallel()
	sink := mailtest.New(t)
	for name, change := range map[string]func(*mail.Message){
		"no address":    func(m *mail.Message) { m.To = "" },
		"two addresses": func(m *mail.Message) { m.To = "a@b.example, c@d.example" },
		"header":        func(m *mail.Message) { m.To = "a@b.example\r\nBcc: c@d.example" },
		"no id":         func(m *mail.Message) { m.ID = "" },
		"id and more":   func(m *mail.Message) { m.ID = "a>\r\nX: <b" },
		"no date":       func(m *mail.Message) { m.Date = time.Time{} },
	} {
		m := message()
		change(&m)
		if err := through(sink).Send(t.Context(), m); !permanent(err) {
			t.Errorf("%s: %v, want a permanent error", name, err)
		}
	}
	if got := sink.Messages(); len(got) != 0 {
		t.Errorf("%d of them arrived", len(got))
	}
}

func permanent(err error) bool {
	var p *mail.PermanentError
	return errors.As(err, &p)
}

func TestRefusalSaysWhetherToTryAgain(t *testing.T) {
	t.Parallel()
	for _, stage := range []string{"mail", "rcpt", "data"} {
		for code, forGood := range map[int]bool{421: false, 450: false, 452: false, 550: true, 552: true, 554: true} {
			t.Run(fmt.Sprintf("%s %d", stage, code), func(t *testing.T) {
				t.Parallel()
				sink := mailtest.New(t)
				sink.Refuse(stage, code)
				err := through(sink).Send(t.Context(), message())
				if err == nil || permanent(err) != forGood {
					t.Fatalf("%v: permanent %v, want %v", err, permanent(err), forGood)
				}
				if err := through(sink).Send(t.Context(), message()); err != nil {
					t.Fatalf("afterwards: %v", err)
				}
				sink.WaitFor(t, 1)
				if got := len(sink.Messages()); got != 1 {
					t.Errorf("%d messages arrived, want 1", got)
				}
			})
		}
	}
}

func TestWrongSettingsAreWorthAnotherTry(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*mail.SMTP){
		"nobody listens":   func(s *mail.SMTP) { s.Port = unusedPort(t) },
		"no such mode":     func(s *mail.SMTP) { s.TLS = "ssl" },
		"no host":          func(s *mail.SMTP) { s.Host = "" },
		"no STARTTLS":      func(s *mail.SMTP) { s.TLS = mail.TLSStartTLS },
		"no TLS":           func(s *mail.SMTP) { s.TLS = mail.TLSDirect },
		"no sign-in there": func(s *mail.SMTP) { s.User, s.Password = "plaza", "pass-word" },
		"no sender":        func(s *mail.SMTP) { s.From = "" },
		"two senders":      func(s *mail.SMTP) { s.From = "a@b.example, c@d.example" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := through(mailtest.New(t))
			change(&s)
			err := s.Send(t.Context(), message())
			if err == nil || permanent(err) {
				t.Errorf("%v: permanent %v, want an error that may pass", err, permanent(err))
			}
			if err != nil && strings.Contains(err.Error(), "pass-word") {
				t.Errorf("the password stands in the error: %v", err)
			}
		})
	}
}

func unusedPort(t *testing.T) int {
	t.Helper()
	l := silence(t)
	port := l.Addr().(*net.TCPAddr).Port //nolint:errcheck,forcetypeassert // it is
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return port
}

// silence accepts connections and never says a word.
func silence(t *testing.T) net.Listener {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func TestSilentServerCostsNoMoreThanTheTimeAllowed(t *testing.T) {
	t.Parallel()
	s := through(mailtest.New(t))
	s.Port = silence(t).Addr().(*net.TCPAddr).Port //nolint:errcheck,forcetypeassert // it is
	for _, mode := range []mail.TLSMode{mail.TLSNone, mail.TLSStartTLS, mail.TLSDirect} {
		s.TLS, s.Timeout = mode, 50*time.Millisecond
		if err := s.Send(t.Context(), message()); !errors.Is(err, context.DeadlineExceeded) || permanent(err) {
			t.Errorf("%s: %v, want the deadline", mode, err)
		}
		if err := s.Check(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s, check: %v, want the deadline", mode, err)
		}
	}
}

func TestServerThatFallsSilentIsLeftWhenTheCallerGivesUp(t *testing.T) {
	t.Parallel()
	listener := silence(t)
	ctx, giveUp := context.WithCancel(t.Context())
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		_, _ = io.WriteString(conn, "220 sink.example\r\n")
		_, _ = conn.Read(make([]byte, 100)) // EHLO, and then nothing
		giveUp()
	}()
	s := through(mailtest.New(t))
	s.Port, s.Timeout = listener.Addr().(*net.TCPAddr).Port, time.Hour //nolint:errcheck,forcetypeassert // it is
	if err := s.Send(ctx, message()); !errors.Is(err, context.Canceled) || permanent(err) {
		t.Errorf("%v, want canceled", err)
	}
}

// certificate vouches for 127.0.0.1.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return &tls.Config{Certificates: server.TLS.Certificates, MinVersion: tls.VersionTLS12}, roots
}

func TestProtectedLines(t *testing.T) {
	t.Parallel()
	config, roots := certificate(t)
	for _, mode := range []mail.TLSMode{mail.TLSStartTLS, mail.TLSDirect} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			sink := protected(t, mode, config)
			s := through(sink)
			s.TLS, s.Roots, s.User, s.Password = mode, roots, "plaza", "pass-word"
			if err := s.Check(t.Context()); err != nil {
				t.Errorf("check: %v", err)
			}
			if err := s.Send(t.Context(), message()); err != nil {
				t.Fatal(err)
			}
			sink.WaitFor(t, 1)

			wrong := s
			wrong.Password = "wrong"
			if err := wrong.Check(t.Context()); err == nil || strings.Contains(err.Error(), wrong.Password) {
				t.Errorf("wrong password, check: %v", err)
			}
			if err := wrong.Send(t.Context(), message()); err == nil || permanent(err) {
				t.Errorf("wrong password: %v, want an error that may pass", err)
			}
			stranger := s
			stranger.Roots = x509.NewCertPool()
			if err := stranger.Send(t.Context(), message()); err == nil || permanent(err) {
				t.Errorf("certificate of nobody: %v, want an error that may pass", err)
			}
			if got := len(sink.Messages()); got != 1 {
				t.Errorf("%d messages arrived, want 1", got)
			}
		})
	}
}

func protected(t *testing.T, mode mail.TLSMode, config *tls.Config) *mailtest.Sink {
	t.Helper()
	user := mailtest.WithUser("plaza", "pass-word")
	if mode == mail.TLSDirect {
		return mailtest.Serve(t, tls.NewListener(silence(t), config), user)
	}
	return mailtest.New(t, mailtest.WithTLS(config), user)
}

func TestPasswordIsNotSentOnAReadableLine(t *testing.T) {
	t.Parallel()
	config, _ := certificate(t)
	s := through(protected(t, mail.TLSStartTLS, config))
	s.User, s.Password = "plaza", "pass-word"
	if err := s.Check(t.Context()); err == nil {
		t.Error("no error")
	}
}

func TestCheckSaysHello(t *testing.T) {
	t.Parallel()
	sink := mailtest.New(t)
	if err := through(sink).Check(t.Context()); err != nil {
		t.Error(err)
	}
	if got := sink.Messages(); len(got) != 0 {
		t.Errorf("%d messages arrived", len(got))
	}
}

func TestSettingsNeverPrintThePassword(t *testing.T) {
	t.Parallel()
	s := mail.SMTP{Host: "mail.example", Port: 587, User: "plaza", Password: "pass-word"}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(format, s); got != "mail.example:587" {
			t.Errorf("%s: %s", format, got)
		}
	}
}
