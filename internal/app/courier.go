package app

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// How deliveries are tried: fifteen times over about three days. For so long a webhook
// may take nothing at all before it is paused.
const (
	deliveryTries   = 15
	deliveryFirst   = 2 * time.Minute
	deliveryLongest = 24 * time.Hour
	pauseAfter      = 72 * time.Hour
	pauseFailures   = 10

	outageFailures = 3                // one after the other: then the webhook itself is left alone for a while
	outageFirst    = 30 * time.Second // at most
	outageLongest  = time.Hour
	outageOver     = 15 * time.Minute // after so long, what waits is tried as soon as something is taken

	deliverAtOnce  = 100             // to one webhook
	courierClaim   = 5 * time.Minute // whoever claimed a webhook and said nothing since has died
	webhooksAtOnce = 32              // webhooks that are looked at for one that nobody has
)

// Round is what is delivered to one webhook at a time.
type Round struct {
	Webhook plaza.Webhook
	Secrets []string // all of which sign
	Due     []plaza.Delivery
}

// DeliveryResult is what came of one of them.
type DeliveryResult struct {
	Delivery plaza.Delivery
	Try      plaza.DeliveryTry
}

// ClaimDeliveries returns what is due for one webhook that nobody else is delivering to;
// nothing, if there is no such webhook. Only [plaza.Courier] may; it calls
// FinishDeliveries.
func (a *App) ClaimDeliveries(ctx context.Context, actor plaza.Actor) (r Round, ok bool, err error) {
	if err := a.may(ctx, actor, plaza.WebhookDeliver); err != nil {
		return r, false, err
	}
	now := a.now()
	var due []string
	err = a.db.Read(ctx, func(tx *store.Tx) (err error) {
		due, err = tx.DueWebhooks(ctx, everyWebhook(), webhooksAtOnce, now)
		return err
	})
	if err != nil {
		return r, false, err
	}
	for _, id := range due {
		err := a.db.Tx(ctx, func(tx *store.Tx) (err error) {
			r, err = a.claim(ctx, tx, id, now)
			return err
		})
		if err != nil || len(r.Due) > 0 {
			return r, err == nil, err
		}
	}
	return Round{}, false, nil
}

func (a *App) claim(ctx context.Context, tx *store.Tx, id string, now time.Time) (r Round, err error) {
	r.Due, err = tx.ClaimWebhook(ctx, everyWebhook(), id, deliverAtOnce, now, now.Add(courierClaim))
	if err != nil || len(r.Due) == 0 {
		return r, err
	}
	if r.Webhook, err = tx.Webhook(ctx, everyWebhook(), id); err != nil {
		return r, err
	}
	sealed, err := tx.WebhookSecrets(ctx, everyWebhook(), id, now)
	if err != nil {
		return r, err
	}
	for _, s := range [][]byte{sealed.Now, sealed.Old} {
		if s == nil {
			continue
		}
		plain, err := a.box.Open(s, secretContext(id))
		if err != nil {
			return r, errors.Join(fmt.Errorf("open the secret of webhook %s", id), err)
		}
		r.Secrets = append(r.Secrets, string(plain))
	}
	return r, nil
}

// FinishDeliveries notes what came of a round, in the order in which it was tried; what
// was not tried is as it was before. Only [plaza.Courier] may.
func (a *App) FinishDeliveries(ctx context.Context, actor plaza.Actor, r Round, results []DeliveryResult) error {
	if err := a.may(ctx, actor, plaza.WebhookDeliver); err != nil {
		return err
	}
	return a.db.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.HoldTree(ctx); err != nil {
			return err
		}
		w, there, err := heldIfThere(ctx, tx, r.Webhook.ID)
		if err != nil || !there {
			return err
		}
		return a.finish(ctx, tx, actor, w, results)
	})
}

// heldIfThere holds a webhook, unless it was removed meanwhile.
func heldIfThere(ctx context.Context, tx *store.Tx, id string) (w plaza.Webhook, there bool, err error) {
	w, err = tx.HoldWebhook(ctx, everyWebhook(), id)
	if err != nil && plaza.KindOf(err) == plaza.NotFound {
		return w, false, nil
	}
	return w, err == nil, err
}

func (a *App) finish(ctx context.Context, tx *store.Tx, actor plaza.Actor, w plaza.Webhook, results []DeliveryResult) error {
	now, began := a.now(), w.Failing
	var gone bool
	var again time.Duration
	for _, r := range results {
		d := r.Delivery
		d.Tries++
		if r.Try.Problem == "" {
			w.Failures, w.Failing, w.Delivered = 0, zeroTime, now
			d.State, d.Finished = plaza.DeliveryDelivered, now
		} else {
			if w.Failures++; w.Failing.IsZero() {
				w.Failing = r.Try.At
			}
			gone = gone || r.Try.Problem == plaza.TryGone
			again = max(again, r.Try.Again)
			d.Next = now.Add(max(retryIn(d.Tries), r.Try.Again))
			if d.Tries >= deliveryTries && w.Delivered.After(d.Created) {
				d.State, d.Finished = plaza.DeliveryFailed, now // others were taken meanwhile
			}
		}
		if err := tx.FinishDelivery(ctx, everyWebhook(), d, r.Try); err != nil {
			return err
		}
	}
	if !began.IsZero() && now.Sub(began) >= outageOver && w.Failing.IsZero() {
		if err := tx.HurryDeliveries(ctx, everyWebhook(), w.ID, now); err != nil {
			return err
		}
	}
	next := now
	if w.Failures >= outageFailures {
		next = now.Add(jittered(outageFirst, outageLongest, w.Failures-outageFailures))
	}
	if next.Before(now.Add(again)) {
		next = now.Add(again)
	}
	if err := tx.LeaveWebhook(ctx, everyWebhook(), w, next); err != nil {
		return err
	}
	switch {
	case !w.Paused.IsZero():
		return nil
	case gone:
		return a.giveUpWebhook(ctx, tx, actor, w, plaza.PausedGone)
	case !w.Failing.IsZero() && now.Sub(w.Failing) >= pauseAfter && w.Failures >= pauseFailures:
		return a.giveUpWebhook(ctx, tx, actor, w, plaza.PausedFailing)
	}
	return nil
}

// giveUpWebhook pauses w, and tells those who can do something about it.
func (a *App) giveUpWebhook(ctx context.Context, tx *store.Tx, actor plaza.Actor, w plaza.Webhook, why plaza.PauseReason) error {
	err := a.perform(ctx, tx, actor, plaza.AuditEvent{Verb: plaza.WebhookPause}, func(tx *store.Tx, e *plaza.AuditEvent) error {
		e.About(w.Profile, "webhook", w.ID, w.Name)
		return a.pauseWebhook(ctx, tx, everyWebhook(), w, why, e)
	})
	if err != nil {
		return err
	}
	people, err := tx.LoginsWithRole(ctx, w.Profile, plaza.Owner, plaza.Administrator)
	if err != nil {
		return err
	}
	if err := a.notify(ctx, tx, plaza.NoticeWebhookPaused, w.Name, w.ID, people...); err != nil {
		return err
	}
	l := letter{
		subject: plaza.T("mail.webhook_paused.subject", "Name", w.Name),
		lines:   []plaza.Text{plaza.T("mail.webhook_paused."+string(why), "Name", w.Name), plaza.T("mail.webhook_paused.kept")},
		button:  plaza.T("mail.webhook_paused.button"), path: "/webhooks/" + w.ID,
	}
	for _, one := range people {
		person, err := tx.Person(ctx, one.Person)
		if err != nil {
			return err
		}
		if err := a.post(ctx, tx, plaza.MailWebhookPaused, w.Profile, to(person, one.Name), l); err != nil {
			return err
		}
	}
	return nil
}

// retryIn returns how long to wait after so many tries.
func retryIn(tries int) time.Duration {
	return jittered(deliveryFirst, deliveryLongest, tries-1)
}

// jittered returns a time up to one that is twice as long each time: all of it is drawn,
// so that what failed together does not come again together.
func jittered(first, longest time.Duration, n int) time.Duration {
	most := min(first<<min(max(n, 0), 20), longest)
	return time.Second + rand.N(most) //nolint:gosec // spreads load, keeps no secret
}

// droppedTogether is how many deliveries are forgotten in one transaction.
const droppedTogether = 500

// dropDeliveries forgets what was delivered or given up before a time.
func (a *App) dropDeliveries(ctx context.Context, before time.Time) error {
	for n := int64(droppedTogether); n == droppedTogether; {
		err := a.db.Tx(ctx, func(tx *store.Tx) (err error) {
			n, err = tx.DropDeliveries(ctx, everyWebhook(), before, droppedTogether)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
