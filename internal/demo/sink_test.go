package demo_test

import (
	"context"
	"testing"
	"time"

	"github.com/connectplaza/plaza/internal/demo"
	"github.com/connectplaza/plaza/internal/mail"
)

func TestSinkTakesEveryMail(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	sink, err := demo.NewSink(ctx)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- sink.Run(ctx) }()
	sender := mail.SMTP{Host: sink.Host, Port: sink.Port, TLS: mail.TLSNone, From: "plaza@connectplaza.example"}
	m := mail.Message{To: "somebody@example.com", Subject: "Héllo", Text: "Hello\n", HTML: "<p>Hello</p>", ID: "1", Date: time.Unix(0, 0)}
	if err := sender.Send(t.Context(), m); err != nil {
		t.Error(err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := sender.Send(t.Context(), m); err == nil {
		t.Error("taken after the end")
	}
}
