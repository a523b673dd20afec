package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// TLSMode is how the way to a mail server is protected.
type TLSMode string

// The ways to a mail server.
const (
	TLSNone     TLSMode = "none"     // not at all: for a server on the same machine
	TLSStartTLS TLSMode = "starttls" // required, from within the conversation; port 587
	TLSDirect   TLSMode = "tls"      // from the first byte; port 465
)

// SMTP sends messages through a mail server. It may be used by several
// goroutines at once: each message has a connection of its own.
type SMTP struct {
	Host     string
	Port     int
	User     string // empty: no sign-in
	Password string
	TLS      TLSMode
	Roots    *x509.CertPool // who vouches for the server; nil: whom the machine trusts
	From     string         // address
	FromName string
	Hello    string        // what the server is told as our name; empty: the machine's
	Timeout  time.Duration // for one message as a whole; zero: 30 seconds
}

// String names the server, and never the password.
func (s SMTP) String() string { return s.address() }

// GoString names the server, and never the password.
func (s SMTP) GoString() string { return s.address() }

func (s SMTP) address() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// Send hands m to the server. A [*PermanentError] means that the server, or the
// message itself, will refuse it every time. After any other error the message
// may be sent again; its Message-ID stays the same, so that a copy which did
// get through is recognised.
func (s SMTP) Send(ctx context.Context, m Message) error {
	if err := m.check(); err != nil {
		return &PermanentError{err}
	}
	msg, err := s.envelope(m)
	if err != nil {
		return err // a wrong setting: whoever mends it wants the message sent
	}
	err = s.talk(ctx, func(client *gomail.Client, conn *smtp.Client) error {
		return client.SendWithSMTPClient(conn, msg)
	})
	if msg.IsDelivered() {
		return nil // whatever went wrong after it: it is theirs now
	}
	var refused *gomail.SendError
	if errors.As(err, &refused) && refused.ErrorCode() >= 500 {
		return &PermanentError{err}
	}
	return err
}

// Check connects, says hello and, if there is a user, signs in.
func (s SMTP) Check(ctx context.Context) error {
	return s.talk(ctx, func(_ *gomail.Client, conn *smtp.Client) error { return conn.Noop() })
}

// talk opens a conversation with the server, does what there is to do, and ends
// it in any case before ctx or the time allowed ends.
func (s SMTP) talk(ctx context.Context, do func(*gomail.Client, *smtp.Client) error) error {
	timeout := s.Timeout
	if timeout <= 0 {
		timeout = 30 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	err := s.converse(ctx, timeout, do)
	if err != nil && ctx.Err() != nil {
		err = errors.Join(ctx.Err(), err) // why the connection went away
	}
	if err != nil {
		return fmt.Errorf("mail server %s: %w", s.address(), err)
	}
	return nil
}

func (s SMTP) converse(ctx context.Context, timeout time.Duration, do func(*gomail.Client, *smtp.Client) error) error {
	client, err := s.client(ctx, timeout)
	if err != nil {
		return err
	}
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return err
	}
	if err := do(client, conn); err != nil {
		return errors.Join(err, conn.Close()) // no farewell: the server may be in the middle of anything
	}
	return conn.Quit()
}

func (s SMTP) client(ctx context.Context, timeout time.Duration) (*gomail.Client, error) {
	config := &tls.Config{ServerName: s.Host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}
	options := []gomail.Option{
		gomail.WithPort(s.Port), gomail.WithTLSConfig(config),
		gomail.WithTimeout(timeout + time.Minute), // of a single step; ctx is over before it
		gomail.WithDialContextFunc(s.dialer(ctx, config)),
		gomail.WithoutNoop(), gomail.WithoutRset(), // one message on a fresh connection needs neither
	}
	switch s.TLS {
	case TLSNone:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	case TLSStartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case TLSDirect: // the dialer does it; go-mail only needs to notice
		options = append(options, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	default:
		return nil, fmt.Errorf("TLS mode %q is not none, starttls or tls", s.TLS)
	}
	if s.Hello != "" {
		options = append(options, gomail.WithHELO(s.Hello))
	}
	if s.User != "" {
		options = append(options, gomail.WithUsername(s.User), gomail.WithPassword(s.Password),
			gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover)) // never a readable password on a readable line
	}
	return gomail.NewClient(s.Host, options...)
}

// dialer connects so that the connection is cut when ctx ends: go-mail itself
// heeds it only until it is connected.
func (s SMTP) dialer(ctx context.Context, config *tls.Config) gomail.DialContextFunc {
	return func(dialing context.Context, network, address string) (net.Conn, error) {
		var d interface {
			DialContext(ctx context.Context, network, address string) (net.Conn, error)
		} = &net.Dialer{}
		if s.TLS == TLSDirect {
			d = &tls.Dialer{Config: config}
		}
		conn, err := d.DialContext(dialing, network, address)
		if err != nil {
			return nil, err
		}
		context.AfterFunc(ctx, func() { conn.Close() })
		return conn, nil
	}
}

// envelope turns m into what goes over the wire. Names reach a header only as
// parsed addresses, which encode whatever is in them.
func (s SMTP) envelope(m Message) (*gomail.Msg, error) {
	if err := checkAddress(s.From); err != nil {
		return nil, fmt.Errorf("sender: %w", err)
	}
	domain := s.From[strings.LastIndexByte(s.From, '@')+1:]
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(&mail.Address{Name: strip(s.FromName), Address: s.From})
	msg.ToMailAddress(&mail.Address{Name: strip(m.ToName), Address: m.To})
	msg.Subject(strip(m.Subject))
	msg.SetDateWithValue(m.Date)
	msg.SetMessageIDWithValue(m.ID + "@" + domain)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // an answering machine stays silent (RFC 3834)
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	return msg, nil
}
