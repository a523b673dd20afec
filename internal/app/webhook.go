package app

import (
	"context"
	"net/netip"
	"net/url"
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/webhook"
)

// Webhooks returns the webhooks of the actor's own profile, by name, and how far each is
// behind. Owners and administrators may.
func (a *App) Webhooks(ctx context.Context, actor plaza.Actor) (all []plaza.Webhook, err error) {
	err = a.see(ctx, actor, plaza.WebhookRead, "", func(tx *store.Tx) error {
		all, err = tx.Webhooks(ctx, actor.Scope(), actor.Profile)
		for i := range all {
			if err == nil {
				all[i].Behind, err = tx.Behind(ctx, actor.Scope(), all[i].Position, all[i].Created)
			}
		}
		return err
	})
	return all, err
}

// Webhook returns one of them. The same people may. Kinds: NotFound.
func (a *App) Webhook(ctx context.Context, actor plaza.Actor, id string) (w plaza.Webhook, err error) {
	err = a.see(ctx, actor, plaza.WebhookRead, id, func(tx *store.Tx) error {
		if w, err = ownWebhook(ctx, tx, actor, id); err == nil {
			w.Behind, err = tx.Behind(ctx, actor.Scope(), w.Position, w.Created)
		}
		return err
	})
	return w, err
}

// ownWebhook returns the webhook with the given ID, or NotFound unless it is of the
// actor's own profile: where others have their events sent is their affair.
func ownWebhook(ctx context.Context, tx *store.Tx, actor plaza.Actor, id string) (plaza.Webhook, error) {
	w, err := tx.Webhook(ctx, actor.Scope(), id)
	if err == nil && w.Profile != actor.Profile {
		err = plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	return w, err
}

// heldWebhook is ownWebhook for what changes it: nobody else does meanwhile.
func heldWebhook(ctx context.Context, tx *store.Tx, actor plaza.Actor, id string, e *plaza.AuditEvent) (plaza.Webhook, error) {
	if _, err := ownWebhook(ctx, tx, actor, id); err != nil {
		return plaza.Webhook{}, err
	}
	w, err := tx.HoldWebhook(ctx, actor.Scope(), id)
	if err == nil {
		e.About(w.Profile, "webhook", w.ID, w.Name)
	}
	return w, err
}

// CreateWebhook has events of the actor's own profile and those below sent to an
// address, from now on. It returns the secret with which they are signed, which nobody
// is shown again. Owners and administrators may. Kinds: Invalid, Conflict if there are
// too many.
func (a *App) CreateWebhook(ctx context.Context, actor plaza.Actor, in plaza.WebhookEdit) (w plaza.Webhook, secret string, err error) {
	in = in.Clean()
	err = a.do(ctx, actor, plaza.AuditEvent{Verb: plaza.WebhookCreate}, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if err := a.checkWebhook(in); err != nil {
			return err
		}
		if err := tx.HoldProfile(ctx, actor.Profile); err != nil { // of two who make the last one, the second finds it
			return err
		}
		all, err := tx.Webhooks(ctx, actor.Scope(), actor.Profile)
		if err != nil {
			return err
		}
		if len(all) >= plaza.MostWebhooks {
			return plaza.Errorf(plaza.Conflict, "webhook.too_many", "Max", plaza.MostWebhooks)
		}
		w = plaza.Webhook{ID: newID(), Profile: actor.Profile, Name: in.Name, URL: in.URL, Kinds: in.Kinds, Created: a.now(), Version: 1}
		secret = webhook.NewSecret()
		e.About(w.Profile, "webhook", w.ID, w.Name)
		e.Changed("url", "", w.Place())
		e.Changed("kinds", "", kindNames(w.Kinds))
		return tx.InsertWebhook(ctx, w, a.box.Seal([]byte(secret), secretContext(w.ID)))
	})
	if err != nil {
		return plaza.Webhook{}, "", err
	}
	return w, secret, nil
}

// secretContext is what the secret of a webhook is sealed for.
func secretContext(id string) string { return "webhook " + id }

// checkWebhook returns an Invalid error unless events can be sent as in says.
func (a *App) checkWebhook(in plaza.WebhookEdit) error {
	if err := in.Validate(a.private); err != nil || a.private {
		return err
	}
	u, err := url.Parse(in.URL)
	if err != nil {
		return invalid("url", "problem.webhook_url")
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	ip, err := netip.ParseAddr(host)
	if err == nil && !webhook.Public(ip) || host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return invalid("url", "problem.webhook_private") // names are looked at when they are called
	}
	return nil
}

// kindNames returns kinds of events for the log.
func kindNames(kinds []plaza.EventKind) string {
	if len(kinds) == 0 {
		return "all"
	}
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k)
	}
	return strings.Join(names, ", ")
}

// EditWebhook changes a webhook of the actor's own profile. Owners and administrators
// may. Kinds: Invalid, NotFound, Stale.
func (a *App) EditWebhook(ctx context.Context, actor plaza.Actor, id string, in plaza.WebhookEdit) error {
	in = in.Clean()
	event := plaza.AuditEvent{Verb: plaza.WebhookEdits, ObjectKind: "webhook", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		w, err := heldWebhook(ctx, tx, actor, id, e)
		if err != nil {
			return err
		}
		if err := a.checkWebhook(in); err != nil {
			return err
		}
		e.Changed("name", w.Name, in.Name)
		e.Changed("kinds", kindNames(w.Kinds), kindNames(in.Kinds))
		if w.URL != in.URL { // which may be the same place
			e.Changes = append(e.Changes, plaza.Change{Field: "url", Old: w.Place(), New: plaza.Webhook{URL: in.URL}.Place()})
		}
		moved := w.URL != in.URL
		w.Name, w.URL, w.Kinds, w.Version = in.Name, in.URL, in.Kinds, in.Version
		if err := tx.UpdateWebhook(ctx, actor.Scope(), w); err != nil || !moved {
			return err
		}
		return tx.WakeWebhook(ctx, actor.Scope(), w.ID, a.now()) // what failed there may be taken here
	})
}

// PauseWebhook has nothing sent to a webhook of the actor's own profile any more. What
// happens meanwhile is kept for it. Owners and administrators may. Kinds: NotFound,
// Conflict if it is paused already, Stale.
func (a *App) PauseWebhook(ctx context.Context, actor plaza.Actor, id string, version int) error {
	event := plaza.AuditEvent{Verb: plaza.WebhookPause, ObjectKind: "webhook", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		w, err := heldWebhook(ctx, tx, actor, id, e)
		if err != nil {
			return err
		}
		w.Version = version
		return a.pauseWebhook(ctx, tx, actor.Scope(), w, plaza.PausedByHand, e)
	})
}

func (a *App) pauseWebhook(ctx context.Context, tx *store.Tx, scope plaza.Scope, w plaza.Webhook, why plaza.PauseReason, e *plaza.AuditEvent) error {
	if !w.Paused.IsZero() {
		return plaza.Errorf(plaza.Conflict, "webhook.paused_already", "Name", w.Name)
	}
	w.Paused, w.Why = a.now(), why
	e.Changed("why", "", string(why))
	return tx.UpdateWebhook(ctx, scope, w)
}

// ResumeWebhook has everything sent that was kept for a webhook of the actor's own
// profile while it was paused, and what happens from now on. Owners and administrators
// may. Kinds: NotFound, Conflict if it is not paused, Stale.
func (a *App) ResumeWebhook(ctx context.Context, actor plaza.Actor, id string, version int) error {
	event := plaza.AuditEvent{Verb: plaza.WebhookResume, ObjectKind: "webhook", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		w, err := heldWebhook(ctx, tx, actor, id, e)
		if err != nil {
			return err
		}
		if w.Paused.IsZero() {
			return plaza.Errorf(plaza.Conflict, "webhook.not_paused", "Name", w.Name)
		}
		e.Changed("why", string(w.Why), "")
		w.Paused, w.Why, w.Version = zeroTime, "", version
		if err := tx.UpdateWebhook(ctx, actor.Scope(), w); err != nil {
			return err
		}
		return tx.WakeWebhook(ctx, actor.Scope(), w.ID, a.now())
	})
}

// RotateWebhook gives a webhook of the actor's own profile another secret, and returns
// it. The present one signs too for a day. Owners and administrators may. Kinds:
// NotFound, Stale.
func (a *App) RotateWebhook(ctx context.Context, actor plaza.Actor, id string, version int) (w plaza.Webhook, secret string, err error) {
	event := plaza.AuditEvent{Verb: plaza.WebhookRotate, ObjectKind: "webhook", Object: id}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if w, err = heldWebhook(ctx, tx, actor, id, e); err != nil {
			return err
		}
		if w.Version != version {
			return plaza.Errorf(plaza.Stale, "error.stale")
		}
		secret, w.OldUntil = webhook.NewSecret(), a.now().Add(plaza.SecretOverlap)
		return tx.RotateWebhook(ctx, actor.Scope(), w.ID, a.box.Seal([]byte(secret), secretContext(w.ID)), w.OldUntil)
	})
	if err != nil {
		return plaza.Webhook{}, "", err
	}
	return w, secret, nil
}

// RemoveWebhook removes a webhook of the actor's own profile, with what was delivered to
// it and what waits. Owners and administrators may. Kinds: NotFound, Stale.
func (a *App) RemoveWebhook(ctx context.Context, actor plaza.Actor, id string, version int) error {
	event := plaza.AuditEvent{Verb: plaza.WebhookRemove, ObjectKind: "webhook", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		w, err := heldWebhook(ctx, tx, actor, id, e)
		if err != nil {
			return err
		}
		e.Changed("url", w.Place(), "")
		return tx.DeleteWebhook(ctx, actor.Scope(), w.ID, version)
	})
}

// TestWebhook sends an event to a webhook of the actor's own profile that says nothing
// but that it is a test, and returns its delivery. Owners and administrators may. Kinds:
// NotFound, Conflict if it is paused.
func (a *App) TestWebhook(ctx context.Context, actor plaza.Actor, id string) (d plaza.Delivery, err error) {
	event := plaza.AuditEvent{Verb: plaza.WebhookTest, ObjectKind: "webhook", Object: id}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		w, err := heldWebhook(ctx, tx, actor, id, e)
		if err != nil {
			return err
		}
		if !w.Paused.IsZero() {
			return plaza.Errorf(plaza.Conflict, "webhook.is_paused", "Name", w.Name)
		}
		tell := occurrence{
			id: newID(), kind: plaza.EventTest, at: a.now(),
			profile: thing{ID: actor.Profile, Name: actor.ProfileName}, object: thing{Kind: "webhook", ID: w.ID, Name: w.Name},
		}
		if d, err = a.deliver(ctx, tx, w, tell); err != nil {
			return err
		}
		return tx.HurryWebhook(ctx, actor.Scope(), w.ID, a.now())
	})
	return d, err
}
