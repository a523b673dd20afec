package matrixtest

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// webhook makes a webhook of a profile, to which one event was delivered and another was
// not, and puts all of it into ids.
func (w *world) webhook(t *testing.T, own plaza.Actor, ids map[thing]string) {
	t.Helper()
	id := func() string { return uuid.Must(uuid.NewV7()).String() }
	name, now := own.ProfileName+" webhook", w.Clock.Now()
	h := plaza.Webhook{ID: id(), Profile: own.Profile, Name: name, URL: "https://example.com/" + own.ProfileName, Created: now}
	everyone := plaza.Everyone("to make it what it is")
	must(t, w.DB.Tx(t.Context(), func(tx *store.Tx) error {
		ctx := t.Context()
		if err := tx.InsertWebhook(ctx, h, []byte(name)); err != nil {
			return err
		}
		if err := tx.RotateWebhook(ctx, everyone, h.ID, []byte(name+" again"), before()); err != nil {
			return err
		}
		for _, of := range []thing{aDelivery, aWaiting} {
			d := plaza.Delivery{
				ID: id(), Webhook: h.ID, Profile: h.Profile, Event: id(), Kind: plaza.EventTest, Subject: own.Profile, Object: h.ID, Name: name, At: now, Body: `{"name":"` + name + `"}`, Created: now,
			}
			if err := tx.InsertDelivery(ctx, d); err != nil {
				return err
			}
			if ids[of] = d.ID; of == aWaiting {
				break
			}
			d.State, d.Finished, d.Next = plaza.DeliveryDelivered, now, now
			if err := tx.FinishDelivery(ctx, everyone, d, plaza.DeliveryTry{At: now, Status: 200, Headers: name, Answer: name + " says so"}); err != nil {
				return err
			}
		}
		return nil
	}))
	ids[aWebhook] = h.ID
}

// webhookCalls are the methods of the store about webhooks.
func (w *world) webhookCalls() map[string]call {
	ids, now := w.ids["P"], w.Clock.Now()
	id := ids[aWebhook]
	change := func(f func(*store.Tx, plaza.Scope) error) call {
		return func(_ context.Context, tx *store.Tx, s plaza.Scope) (any, error) { return nil, f(tx, s) }
	}
	bg := context.Background()
	return map[string]call{
		"SealedEvents": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.SealedEvents(ctx, s, 0, 10)
		},
		"StateTurns": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.StateTurns(ctx, s, []string{ids[anAgent]}, now.Add(time.Hour))
		},
		"Webhook": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) { return tx.Webhook(ctx, s, id) },
		"Webhooks": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Webhooks(ctx, s, ids[aProfile])
		},
		"HoldWebhook": change(func(tx *store.Tx, s plaza.Scope) error {
			if _, err := tx.HoldWebhook(bg, s, id); err != nil {
				return err
			}
			return tx.MoveOn(bg, plaza.Everyone("so that it shows that it was held"), id, 99)
		}),
		"UpdateWebhook": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.UpdateWebhook(bg, s, plaza.Webhook{ID: id, Name: "Other", URL: "https://other.example", Version: 2})
		}),
		"WakeWebhook": change(func(tx *store.Tx, s plaza.Scope) error { return tx.WakeWebhook(bg, s, id, now.Add(time.Hour)) }),
		"HurryWebhook": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.HurryWebhook(bg, s, id, before())
		}),
		"HurryDeliveries": change(func(tx *store.Tx, s plaza.Scope) error { return tx.HurryDeliveries(bg, s, id, before()) }),
		"RotateWebhook":   change(func(tx *store.Tx, s plaza.Scope) error { return tx.RotateWebhook(bg, s, id, []byte("other"), now) }),
		"WebhookSecrets": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.WebhookSecrets(ctx, s, id, now)
		},
		"DropOldSecrets": change(func(tx *store.Tx, s plaza.Scope) error { return tx.DropOldSecrets(bg, s, now) }),
		"DeleteWebhook":  change(func(tx *store.Tx, s plaza.Scope) error { return tx.DeleteWebhook(bg, s, id, 2) }),
		"Behind": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Behind(ctx, s, 0, before())
		},
		"WebhooksBehind": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.WebhooksBehind(ctx, s, 10)
		},
		"MoveOn": change(func(tx *store.Tx, s plaza.Scope) error { return tx.MoveOn(bg, s, id, 99) }),
		"Delivery": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Delivery(ctx, s, ids[aDelivery])
		},
		"Deliveries": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.Deliveries(ctx, s, id, plaza.DeliveryFilter{}, plaza.Page{})
		},
		"DeliveryTries": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.DeliveryTries(ctx, s, ids[aDelivery])
		},
		"Redeliver": change(func(tx *store.Tx, s plaza.Scope) error { return tx.Redeliver(bg, s, ids[aDelivery], now) }),
		"RedeliverSome": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.RedeliverSome(ctx, s, id, plaza.Redelivery{From: before(), Till: now.Add(time.Hour)}, 10, now)
		},
		"DueWebhooks": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.DueWebhooks(ctx, s, 10, now.Add(time.Hour))
		},
		"ClaimWebhook": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.ClaimWebhook(ctx, s, id, 10, now.Add(time.Hour), now.Add(2*time.Hour))
		},
		"FinishDelivery": change(func(tx *store.Tx, s plaza.Scope) error {
			d := plaza.Delivery{ID: ids[aWaiting], State: plaza.DeliveryFailed, Finished: now, Next: now}
			return tx.FinishDelivery(bg, s, d, plaza.DeliveryTry{At: now})
		}),
		"LeaveWebhook": change(func(tx *store.Tx, s plaza.Scope) error {
			return tx.LeaveWebhook(bg, s, plaza.Webhook{ID: id, Failures: 7}, now)
		}),
		"DropDeliveries": func(ctx context.Context, tx *store.Tx, s plaza.Scope) (any, error) {
			return tx.DropDeliveries(ctx, s, now.Add(time.Hour), 10)
		},
	}
}

// toldOtherwise returns what is wrong if webhooks are told something else of the log than
// what people of their profile read in it.
func (w *world) toldOtherwise(t *testing.T) (wrong string) {
	t.Helper()
	w.e.cell(t, func() {
		must(t, w.e.run("UPDATE audit_events SET position = NULL"))
		must(t, w.e.run("UPDATE audit_events SET position = (SELECT count(*) FROM audit_events o WHERE o.id < audit_events.id)"))
		for _, letter := range []string{"P", "E", "R", "S", "V"} {
			scope := w.owners[letter].Scope()
			var told []plaza.AuditLine
			read := map[string]plaza.AuditLine{}
			must(t, w.DB.Read(t.Context(), func(tx *store.Tx) (err error) {
				if told, err = tx.SealedEvents(t.Context(), scope, 0, 1_000_000); err != nil {
					return err
				}
				for p := (plaza.Page{Size: plaza.MaxPageSize}); ; {
					list, err := tx.AuditEvents(t.Context(), scope, plaza.AuditFilter{}, p)
					if err != nil {
						return err
					}
					for _, line := range list.Rows {
						read[line.ID] = line
					}
					if p.After = list.Next; p.After == "" {
						return nil
					}
				}
			}))
			if len(told) != len(read) {
				wrong = letter + " is told of other events than it reads"
			}
			for _, line := range told {
				if !reflect.DeepEqual(line, read[line.ID]) {
					wrong = letter + " is told more of an event than it reads"
				}
			}
		}
	})
	return wrong
}
