package jobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

const (
	sealEvery = 5 * time.Second  // so that nothing waits longer than ten
	handAgain = 30 * time.Second // what could not be handed out
	handFor   = 10 * time.Second // that handing out may take
)

// Checkpoints says where the checkpoints of the audit log go, apart from the
// database. Empty: nowhere.
type Checkpoints struct {
	File    string // each is appended to
	Webhook string // address that each is sent to
	Mail    string // address that one a day is mailed to
}

// Seal seals the audit log every few seconds while there is news, and hands out
// the checkpoints, until ctx ends. What cannot be handed out holds up nothing: the
// newest one is tried again, and says all that those before it said.
func Seal(ctx context.Context, a *app.App, to Checkpoints, log *slog.Logger) {
	s := &sealer{app: a, mail: to.Mail, log: log}
	var work sync.WaitGroup
	for name, send := range map[string]func(context.Context, string) error{
		"file": appendTo(to.File), "webhook": postTo(to.Webhook),
	} {
		if send != nil {
			o := &outlet{name: name, send: send, log: log, notes: make(chan string, 1)}
			s.outlets = append(s.outlets, o)
			work.Go(func() { o.run(ctx) })
		}
	}
	s.run(ctx)
	work.Wait()
}

// sealer seals the log.
type sealer struct {
	app     *app.App
	mail    string
	outlets []*outlet
	log     *slog.Logger
	last    string // checkpoint that was handed out
	size    int64  // events of that one
	odd     string // checkpoint that was not, as it does not go on from there
	refused int    // events that Plaza did not write, as far as was said
}

func (s *sealer) run(ctx context.Context) {
	tick := time.NewTicker(sealEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		if err := s.round(ctx); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "could not seal the audit log; plaza audit verify tells more", slog.Any("error", err))
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

// round seals what there is, and hands the newest checkpoint out if it was not
// yet, whichever instance signed it.
func (s *sealer) round(ctx context.Context) error {
	sealing, err := s.app.SealAudit(ctx, plaza.Sealer)
	if err != nil {
		return err
	}
	if sealing.Refused > s.refused {
		s.log.ErrorContext(ctx, "there are audit events that Plaza did not write; plaza audit verify names the first", slog.Int("events", sealing.Refused))
	}
	s.refused = sealing.Refused
	if sealing.Note == s.last {
		return nil
	}
	if sealing.Size <= s.size {
		s.doubt(ctx, sealing)
		return nil
	}
	s.last, s.size = sealing.Note, sealing.Size
	for _, o := range s.outlets {
		o.offer(s.last)
	}
	if s.mail == "" {
		return nil
	}
	if err := s.app.MailCheckpoint(ctx, plaza.Sealer, s.mail); err != nil {
		s.log.WarnContext(ctx, "could not mail a checkpoint", slog.Any("error", err))
	}
	return nil
}

// doubt says, once, that the log has become smaller than it was when a checkpoint
// was handed out, or another one of the same size: somebody put an older state in
// its place. Such a checkpoint is not handed out. A later one that goes beyond is,
// and does not fit to those before.
func (s *sealer) doubt(ctx context.Context, sealing app.Sealing) {
	if sealing.Note == s.odd {
		return
	}
	s.odd = sealing.Note
	s.log.ErrorContext(ctx, "the audit log does not go on from the checkpoint that was handed out last: its end was cut off, or an older state was put back; plaza audit verify --checkpoint tells more",
		slog.Int64("events", sealing.Size), slog.Int64("handed_out", s.size))
}

// outlet hands checkpoints out in one way.
type outlet struct {
	name  string
	send  func(ctx context.Context, note string) error
	log   *slog.Logger
	notes chan string // the newest that is to be handed out
}

// offer puts a newer checkpoint in the place of one that waits.
func (o *outlet) offer(note string) {
	select {
	case <-o.notes:
	default:
	}
	o.notes <- note // there is room: nobody else puts something there
}

func (o *outlet) run(ctx context.Context) {
	for {
		select {
		case note := <-o.notes:
			o.hand(ctx, note)
		case <-ctx.Done():
			return
		}
	}
}

// hand sends a checkpoint, and keeps trying until there is a newer one.
func (o *outlet) hand(ctx context.Context, note string) {
	for {
		trying, cancel := context.WithTimeout(ctx, handFor)
		err := o.send(trying, note)
		cancel()
		if err == nil || ctx.Err() != nil {
			return
		}
		o.log.WarnContext(ctx, "could not hand a checkpoint out", slog.String("to", o.name), slog.Any("error", err))
		again := time.NewTimer(handAgain)
		select {
		case note = <-o.notes:
		case <-again.C:
		case <-ctx.Done():
		}
		again.Stop()
	}
}

// appendTo returns what appends checkpoints to a file, with an empty line after
// each. The file is opened anew each time, so that it can be moved away.
func appendTo(path string) func(context.Context, string) error {
	if path == "" {
		return nil
	}
	return func(_ context.Context, note string) error {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600) //nolint:gosec // the operator names the file
		if err != nil {
			return err
		}
		_, err = io.WriteString(f, note+"\n")
		return errors.Join(err, f.Sync(), f.Close())
	}
}

// postTo returns what sends checkpoints to an address. Where that leads on is not
// followed: the operator has named another one.
func postTo(address string) func(context.Context, string) error {
	if address == "" {
		return nil
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return func(ctx context.Context, note string) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(note))
		if err != nil {
			return errors.New("the address is none") // the error would show a password in it
		}
		req.Header.Set("Content-Type", "text/plain; charset=utf-8")
		res, err := client.Do(req)
		if err != nil {
			return errors.Unwrap(err) // without the address
		}
		defer res.Body.Close()
		if res.StatusCode/100 != 2 {
			return fmt.Errorf("it answered %s", res.Status)
		}
		return nil
	}
}
