// Package mailtest is a mail server within a test: it takes what it is sent and
// shows it. It must not be part of a binary.
package mailtest

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Message is one that arrived.
type Message struct {
	From   string   // of the envelope
	To     []string // of the envelope
	Header mail.Header
	Text   string // decoded, lines end in \n
	HTML   string // decoded
	Raw    []byte
}

// Subject returns the decoded subject.
func (m Message) Subject() string {
	s, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		return m.Header.Get("Subject")
	}
	return s
}

// Sink is a mail server that keeps everything.
type Sink struct {
	Addr string // host:port
	Host string
	Port int

	user, password string

	mu       sync.Mutex
	messages []Message
	refusals []refusal
	arrived  chan struct{} // closed, and replaced, at every arrival
}

type refusal struct {
	stage string
	code  int
}

// Option changes what a new sink is.
type Option func(*smtp.Server, *Sink)

// WithTLS lets the sink offer STARTTLS.
func WithTLS(config *tls.Config) Option {
	return func(s *smtp.Server, _ *Sink) { s.TLSConfig = config }
}

// WithUser makes the sink ask for a user and a password; readable ones only on
// a protected line.
func WithUser(user, password string) Option {
	return func(_ *smtp.Server, k *Sink) { k.user, k.password = user, password }
}

// New starts a sink that ends with the test.
func New(t testing.TB, options ...Option) *Sink {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return Serve(t, listener, options...)
}

// Serve is [New] on a listener of one's own, such as one that speaks TLS.
func Serve(t testing.TB, listener net.Listener, options ...Option) *Sink {
	t.Helper()
	k := &Sink{Addr: listener.Addr().String(), arrived: make(chan struct{})}
	if at, ok := listener.Addr().(*net.TCPAddr); ok {
		k.Host, k.Port = at.IP.String(), at.Port
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{sink: k}, nil }))
	server.Domain = "sink.example"
	server.EnableSMTPUTF8 = true
	server.ErrorLog = log.New(io.Discard, "", 0)
	for _, option := range options {
		option(server, k)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(listener) // ends with an error when it is closed
	}()
	t.Cleanup(func() {
		_ = server.Close()
		_ = listener.Close() // which a server that was still starting does not know of
		<-ended
	})
	return k
}

// Refuse answers code to each of the following messages, at a stage of the
// conversation: "mail", "rcpt" or "data". Several refusals are used up one by
// one, in the order they were asked for.
func (k *Sink) Refuse(stage string, code int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.refusals = append(k.refusals, refusal{stage, code})
}

func (k *Sink) refuse(stage string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.refusals) == 0 || k.refusals[0].stage != stage {
		return nil
	}
	code := k.refusals[0].code
	k.refusals = k.refusals[1:]
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: "as the test wishes"}
}

// Messages returns what arrived so far.
func (k *Sink) Messages() []Message {
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]Message(nil), k.messages...)
}

// WaitFor returns as soon as n messages have arrived, and fails the test if they
// have not within 10 seconds.
func (k *Sink) WaitFor(t testing.TB, n int) []Message {
	t.Helper()
	deadline := time.NewTimer(10 * time.Second)
	defer deadline.Stop()
	for {
		k.mu.Lock()
		arrived := k.arrived
		k.mu.Unlock()
		messages := k.Messages()
		if len(messages) >= n {
			return messages
		}
		select {
		case <-arrived:
		case <-deadline.C:
			t.Fatalf("%d of %d messages arrived", len(messages), n)
		}
	}
}

func (k *Sink) keep(m Message) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.messages = append(k.messages, m)
	close(k.arrived)
	k.arrived = make(chan struct{})
}

// session is one conversation.
type session struct {
	sink   *Sink
	signed bool
	from   string
	to     []string
}

func (s *session) AuthMechanisms() []string {
	if s.sink.user == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != s.sink.user || password != s.sink.password {
			return smtp.ErrAuthFailed
		}
		s.signed = true
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.sink.user != "" && !s.signed {
		return smtp.ErrAuthRequired
	}
	s.from = from
	return s.sink.refuse("mail")
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return s.sink.refuse("rcpt")
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.sink.refuse("data"); err != nil {
		return err
	}
	m, err := parse(raw)
	if err != nil {
		return &smtp.SMTPError{Code: 554, Message: "cannot be read: " + err.Error()}
	}
	m.From, m.To = s.from, s.to
	s.sink.keep(m)
	return nil
}

func (s *session) Reset() { s.from, s.to = "", nil }

func (s *session) Logout() error { return nil }

func parse(raw []byte) (Message, error) {
	m := Message{Raw: raw}
	parsed, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return m, err
	}
	m.Header = parsed.Header
	return m, m.take(parsed.Header.Get, parsed.Body)
}

// take decodes one part, or all parts within it.
func (m *Message) take(header func(string) string, body io.Reader) error {
	kind, params, err := mime.ParseMediaType(header("Content-Type"))
	if err != nil {
		return err
	}
	if strings.HasPrefix(kind, "multipart/") {
		return m.takeAll(multipart.NewReader(body, params["boundary"]))
	}
	if header("Content-Transfer-Encoding") == "quoted-printable" {
		body = quotedprintable.NewReader(body)
	}
	decoded, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	text := strings.ReplaceAll(string(decoded), "\r\n", "\n")
	switch kind {
	case "text/plain":
		m.Text = text
	case "text/html":
		m.HTML = text
	default:
		return fmt.Errorf("unexpected %s", kind)
	}
	return nil
}

func (m *Message) takeAll(parts *multipart.Reader) error {
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := m.take(part.Header.Get, part); err != nil {
			return err
		}
	}
}
