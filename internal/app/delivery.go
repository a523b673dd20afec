package app

import (
	"context"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// Deliveries returns what was sent to a webhook of the actor's own profile in the last
// thirty days, and what waits, the newest first. Owners and administrators may. Kinds:
// Invalid, NotFound.
func (a *App) Deliveries(ctx context.Context, actor plaza.Actor, webhook string, f plaza.DeliveryFilter, p plaza.Page) (list plaza.List[plaza.Delivery], err error) {
	err = a.see(ctx, actor, plaza.DeliveryRead, webhook, func(tx *store.Tx) error {
		if _, err := ownWebhook(ctx, tx, actor, webhook); err != nil {
			return err
		}
		list, err = tx.Deliveries(ctx, actor.Scope(), webhook, f, p)
		return err
	})
	return list, err
}

// Delivery returns one of them, with what was tried, the newest first. The same people
// may. Kinds: NotFound.
func (a *App) Delivery(ctx context.Context, actor plaza.Actor, id string) (d plaza.Delivery, tries []plaza.DeliveryTry, err error) {
	err = a.see(ctx, actor, plaza.DeliveryRead, id, func(tx *store.Tx) error {
		if d, err = ownDelivery(ctx, tx, actor, id); err != nil {
			return err
		}
		tries, err = tx.DeliveryTries(ctx, actor.Scope(), id)
		return err
	})
	return d, tries, err
}

// ownDelivery returns the delivery with the given ID, or NotFound unless it is of the
// actor's own profile.
func ownDelivery(ctx context.Context, tx *store.Tx, actor plaza.Actor, id string) (plaza.Delivery, error) {
	d, err := tx.Delivery(ctx, actor.Scope(), id)
	if err == nil && d.Profile != actor.Profile {
		err = plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	return d, err
}

// Redeliver has something delivered again to a webhook of the actor's own profile, under
// the same ID; what waits is tried at once. Owners and administrators may. Kinds:
// NotFound.
func (a *App) Redeliver(ctx context.Context, actor plaza.Actor, id string) error {
	event := plaza.AuditEvent{Verb: plaza.DeliveryRedeliver, ObjectKind: "delivery", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		d, err := ownDelivery(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		w, err := heldWebhook(ctx, tx, actor, d.Webhook, e)
		if err != nil {
			return err
		}
		e.Changed("deliveries", "", "1")
		e.Changed("event", "", string(d.Kind)+" "+d.Event)
		if err := tx.Redeliver(ctx, actor.Scope(), d.ID, a.now()); err != nil {
			return err
		}
		return tx.HurryWebhook(ctx, actor.Scope(), w.ID, a.now())
	})
}

// RedeliverSome has what happened in some time delivered again to a webhook of the
// actor's own profile, each under the same ID, at most [plaza.MostRedelivered] of them,
// the oldest first. It returns how many they are. Owners and administrators may. Kinds:
// Invalid, NotFound, Conflict if there are none.
func (a *App) RedeliverSome(ctx context.Context, actor plaza.Actor, webhook string, in plaza.Redelivery) (n int, err error) {
	event := plaza.AuditEvent{Verb: plaza.DeliveryRedeliver, ObjectKind: "webhook", Object: webhook}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		w, err := heldWebhook(ctx, tx, actor, webhook, e)
		if err != nil {
			return err
		}
		if err := in.Validate(); err != nil {
			return err
		}
		if n, err = tx.RedeliverSome(ctx, actor.Scope(), w.ID, in, plaza.MostRedelivered, a.now()); err != nil {
			return err
		}
		if n == 0 {
			return plaza.Errorf(plaza.Conflict, "delivery.none_then")
		}
		e.Changed("deliveries", "", number(n))
		e.Changed("from", "", date(in.From))
		e.Changed("till", "", date(in.Till))
		return tx.HurryWebhook(ctx, actor.Scope(), w.ID, a.now())
	})
	return n, err
}
