package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"

	"github.com/emersion/go-smtp"
)

// Sink is a mail server on this machine that takes every mail and keeps none:
// so that in a demo mail takes the same way as anywhere else. What was sent can
// be read in the outbox.
type Sink struct {
	Host string
	Port int

	listener net.Listener
	server   *smtp.Server
}

// NewSink opens a sink at a free port of the loopback interface.
func NewSink(ctx context.Context) (*Sink, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open the mail server of the demo: %w", err)
	}
	at, _ := l.Addr().(*net.TCPAddr)
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return taker{}, nil }))
	server.Domain = "localhost"
	server.EnableSMTPUTF8 = true
	server.ErrorLog = log.New(io.Discard, "", 0)
	return &Sink{Host: at.IP.String(), Port: at.Port, listener: l, server: server}, nil
}

// Run takes mails until ctx ends.
func (s *Sink) Run(ctx context.Context) error {
	defer context.AfterFunc(ctx, func() { _ = s.listener.Close() })() // also if the server had not begun to serve
	if err := s.server.Serve(s.listener); ctx.Err() == nil && !errors.Is(err, smtp.ErrServerClosed) {
		return fmt.Errorf("mail server of the demo: %w", err)
	}
	_ = s.server.Close() // the listener is closed already; conversations are not
	return nil
}

// taker is one conversation in which everything is taken.
type taker struct{}

func (taker) Mail(string, *smtp.MailOptions) error { return nil }

func (taker) Rcpt(string, *smtp.RcptOptions) error { return nil }

func (taker) Data(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}

func (taker) Reset() {}

func (taker) Logout() error { return nil }
