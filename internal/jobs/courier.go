package jobs

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/webhook"
)

const (
	courierEvery = time.Second      // it looks for what is new in the log, or due again
	couriers     = 8                // webhooks that are delivered to at the same time
	lanes        = 4                // messages that are under way to one webhook
	roundFor     = time.Minute      // after that no other message of a round is sent; well within the claim
	giveUpRound  = 3                // failures one after the other, after which the rest of a round waits
	noteFor      = 20 * time.Second // that noting a round may take when everything ends
)

// Poster sends messages to webhooks.
type Poster interface {
	Send(ctx context.Context, m webhook.Message) webhook.Answer
}

// Deliver tells webhooks what happened, and delivers it through poster, until ctx ends
// and nothing is under way any more. A webhook that is slow or fails keeps the others
// waiting only if there are more of its kind than can be delivered to at the same time.
func Deliver(ctx context.Context, a *app.App, poster Poster, now func() time.Time, log *slog.Logger) {
	c := &courier{app: a, poster: poster, now: now, log: log}
	c.run(ctx)
}

// courier delivers to webhooks.
type courier struct {
	app    *app.App
	poster Poster
	now    func() time.Time
	log    *slog.Logger
}

func (c *courier) run(ctx context.Context) {
	sending, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(farewell, cancel) })()

	tick := time.NewTicker(courierEvery)
	defer tick.Stop()
	turns, free := make(chan struct{}, couriers), make(chan struct{}, 1)
	var all sync.WaitGroup
	defer all.Wait()
	for ctx.Err() == nil {
		told, err := c.app.TellWebhooks(ctx, plaza.Courier)
		if err != nil && ctx.Err() == nil {
			c.log.ErrorContext(ctx, "could not tell a webhook what happened", slog.Any("error", err))
		}
		claimed := c.claim(ctx, turns, func(r app.Round) {
			all.Go(func() {
				c.round(sending, r)
				<-turns
				select {
				case free <- struct{}{}:
				default:
				}
			})
		})
		if told || claimed {
			continue // there may be more
		}
		select {
		case <-free:
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

// claim takes one webhook to which something is to be delivered, if there is one and a
// turn is free, and has it delivered.
func (c *courier) claim(ctx context.Context, turns chan struct{}, deliver func(app.Round)) bool {
	select {
	case turns <- struct{}{}:
	default:
		return false
	}
	r, ok, err := c.app.ClaimDeliveries(ctx, plaza.Courier)
	if err != nil && ctx.Err() == nil {
		c.log.ErrorContext(ctx, "could not look for deliveries", slog.Any("error", err))
	}
	if !ok {
		<-turns
		return false
	}
	deliver(r)
	return true
}

// round delivers what was claimed, and notes what came of it. If it dies in between, the
// claim expires and it is delivered once more: under the same IDs, by which the other side
// tells that it is the same.
func (c *courier) round(ctx context.Context, r app.Round) {
	results := c.send(ctx, r)
	noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteFor)
	defer cancel()
	if err := c.app.FinishDeliveries(noting, plaza.Courier, r, results); err != nil {
		c.log.ErrorContext(ctx, "could not note what became of deliveries", slog.String("webhook", r.Webhook.ID), slog.Any("error", err))
	}
}

// send sends what is due to one webhook, over a few lanes: what is about the same thing
// goes over the same, one after the other, and what comes after a failure there waits.
func (c *courier) send(ctx context.Context, r app.Round) (results []app.DeliveryResult) {
	until := c.now().Add(roundFor)
	var (
		mu       sync.Mutex
		failures int
		work     sync.WaitGroup
	)
	stop := func() bool {
		mu.Lock()
		defer mu.Unlock()
		return failures >= giveUpRound || ctx.Err() != nil || !c.now().Before(until)
	}
	note := func(result app.DeliveryResult) {
		mu.Lock()
		defer mu.Unlock()
		results = append(results, result)
		switch result.Try.Problem {
		case "":
			failures = 0
		case plaza.TryGone:
			failures = giveUpRound
		default:
			failures++
		}
	}
	for _, lane := range laned(r.Due) {
		work.Go(func() {
			failed := map[string]bool{} // objects
			for _, d := range lane {
				if failed[d.Object] {
					continue
				}
				if stop() {
					return
				}
				try := c.try(ctx, r, d)
				if ctx.Err() != nil && try.Problem != "" {
					return // it was cut off
				}
				failed[d.Object] = try.Problem != ""
				note(app.DeliveryResult{Delivery: d, Try: try})
			}
		})
	}
	work.Wait()
	return results
}

// laned spreads deliveries over lanes, those about the same thing over the same.
func laned(due []plaza.Delivery) [][]plaza.Delivery {
	all, of := make([][]plaza.Delivery, lanes), map[string]int{}
	for _, d := range due {
		lane, ok := of[d.Object]
		if !ok {
			lane = len(of) % lanes
			of[d.Object] = lane
		}
		all[lane] = append(all[lane], d)
	}
	return slices.DeleteFunc(all, func(lane []plaza.Delivery) bool { return len(lane) == 0 })
}

// try sends one delivery.
func (c *courier) try(ctx context.Context, r app.Round, d plaza.Delivery) plaza.DeliveryTry {
	began := c.now()
	a := c.poster.Send(ctx, webhook.Message{URL: r.Webhook.URL, ID: d.Event, At: began, Body: []byte(d.Body), Secrets: r.Secrets})
	t := plaza.DeliveryTry{At: began, Took: c.now().Sub(began), Status: a.Status, Headers: a.Headers, Answer: a.Body, Again: a.Again}
	t.Problem, t.Detail = problem(a)
	if t.Problem != "" && ctx.Err() == nil {
		c.log.InfoContext(ctx, "an event was not delivered", slog.String("webhook", r.Webhook.ID), slog.String("delivery", d.ID),
			slog.Int("tries", d.Tries+1), slog.String("problem", string(t.Problem)), slog.Int("status", t.Status))
	}
	return t
}

// problem returns why an answer is none that was hoped for, and what more there is to say
// to somebody who knows the network. Of addresses it says nothing: which one a name stands
// for within the network of this machine is nobody's business.
func problem(a webhook.Answer) (p plaza.TryProblem, detail string) {
	const success, further, failure, gone = 200, 300, 400, 410
	switch {
	case a.Err != nil:
		p = plaza.TryProblem(webhook.FailureOf(a.Err))
		if p == plaza.TryTLS {
			detail = a.Err.Error()
		}
		if op, ok := errors.AsType[*net.OpError](a.Err); ok && p == plaza.TryNetwork && op.Err != nil {
			detail = op.Err.Error()
		}
		return p, detail
	case a.Status == gone:
		return plaza.TryGone, ""
	case a.Status >= success && a.Status < further:
		return "", ""
	case a.Status >= further && a.Status < failure:
		return plaza.TryRedirect, ""
	}
	return plaza.TryRefused, ""
}
