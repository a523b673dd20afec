package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/jobs"
	"github.com/connectplaza/plaza/internal/webhook"
)

// work seals the log of the installation at address and delivers its events, as a server
// does, until it is killed.
func work(ctx context.Context, address string, careless bool) error {
	db, a, err := open(ctx, address)
	if err != nil {
		return err
	}
	defer db.Close()
	posts := webhook.NewClient(true)
	if careless {
		return workCarelessly(ctx, a, posts)
	}
	if _, err := a.SealAudit(ctx, plaza.Sealer); err != nil {
		return err
	}
	jobs.Deliver(ctx, a, posts, time.Now, slog.New(slog.DiscardHandler))
	return ctx.Err()
}

// workCarelessly notes of each event that it was delivered, and only then sends it.
func workCarelessly(ctx context.Context, a *app.App, posts *webhook.Client) error {
	for ctx.Err() == nil {
		told, err := a.TellWebhooks(ctx, plaza.Courier)
		if err != nil {
			return err
		}
		round, ok, err := a.ClaimDeliveries(ctx, plaza.Courier)
		if err != nil {
			return err
		}
		if !ok && !told {
			return nil
		}
		var results []app.DeliveryResult
		for _, d := range round.Due {
			results = append(results, app.DeliveryResult{Delivery: d, Try: plaza.DeliveryTry{At: time.Now(), Status: 200}})
		}
		if err := a.FinishDeliveries(ctx, plaza.Courier, round, results); ok && err != nil {
			return err
		}
		for _, d := range round.Due {
			m := webhook.Message{URL: round.Webhook.URL, ID: d.Event, At: time.Now(), Body: []byte(d.Body), Secrets: round.Secrets}
			if got := posts.Send(ctx, m); got.Err != nil {
				return errors.Join(errors.New("the receiver is gone"), got.Err)
			}
		}
	}
	return ctx.Err()
}
