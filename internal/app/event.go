package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// thing is something that an event names.
type thing struct {
	Kind string `json:"kind,omitempty"`
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// occurrence is what an event tells.
type occurrence struct {
	id      string
	kind    plaza.EventKind
	at      time.Time
	profile thing
	object  thing
	actor   *doer
	changes []plaza.Change
	reason  string
	count   int
	agents  []thing
}

// doer is who did something, as far as whoever is told may know.
type doer struct {
	Kind   string `json:"kind"`             // login, plaza, above
	ID     string `json:"id,omitempty"`     // of the login
	Name   string `json:"name,omitempty"`   // of the login, or of which of Plaza's own it was
	Acting *inner `json:"acting,omitempty"` // who was really at the keyboard
}

// inner is somebody who acts in the name of a login.
type inner struct {
	ID   string `json:"id"` // of the acting session
	Name string `json:"name"`
	Mode string `json:"mode"`
}

// cloudEvent is an event as it is sent: https://github.com/cloudevents/spec, version 1.0.
type cloudEvent struct {
	SpecVersion string    `json:"specversion"`
	ID          string    `json:"id"`
	Source      string    `json:"source"`
	Type        string    `json:"type"`
	Subject     string    `json:"subject"`
	Time        string    `json:"time"`
	ContentType string    `json:"datacontenttype"`
	Data        eventData `json:"data"`
}

type eventData struct {
	Profile thing          `json:"profile"`
	Object  thing          `json:"object"`
	Actor   *doer          `json:"actor,omitempty"`
	Changes []plaza.Change `json:"changes,omitempty"`
	Reason  string         `json:"reason,omitempty"`
	Count   int            `json:"count,omitempty"`
	Agents  []thing        `json:"agents,omitempty"`
}

// deliver adds what o tells to the deliveries of w, which is held.
func (a *App) deliver(ctx context.Context, tx *store.Tx, w plaza.Webhook, o occurrence) (plaza.Delivery, error) {
	body, err := json.Marshal(cloudEvent{
		SpecVersion: "1.0", ID: o.id, Source: a.url, Type: o.kind.Type(), Subject: o.object.Kind + "/" + o.object.ID,
		Time: o.at.UTC().Format(time.RFC3339Nano), ContentType: "application/json",
		Data: eventData{Profile: o.profile, Object: o.object, Actor: o.actor, Changes: o.changes, Reason: o.reason, Count: o.count, Agents: o.agents},
	})
	if err != nil {
		return plaza.Delivery{}, fmt.Errorf("encode %s: %w", o.kind, err)
	}
	about := o.object.ID
	if o.kind == plaza.EventTest {
		about = o.id // it waits for no other
	}
	d := plaza.Delivery{
		ID: newID(), Webhook: w.ID, WebhookName: w.Name, Profile: w.Profile, Event: o.id, Kind: o.kind, Subject: o.profile.ID, Object: about, Name: o.object.Name,
		At: o.at, Body: string(body), Created: a.now(), Next: a.now(), State: plaza.DeliveryWaiting,
	}
	return d, tx.InsertDelivery(ctx, d)
}

const (
	toldTogether = 500 // events of the log that are looked at in one transaction
	behindAtOnce = 100 // webhooks that are looked after in one round
	agentsNamed  = 10  // of many that an event tells of
)

func everyWebhook() plaza.Scope {
	return plaza.Everyone("the courier serves every webhook; what it is told is within the scope of its profile")
}

// TellWebhooks has every webhook look at what is new in the sealed log, and reports
// whether there was anything. What it is told of is added to its deliveries in the same
// transaction in which it moves on: a restart loses nothing, and tells nothing twice. Only
// [plaza.Courier] may.
func (a *App) TellWebhooks(ctx context.Context, actor plaza.Actor) (told bool, err error) {
	if err := a.may(ctx, actor, plaza.WebhookDeliver); err != nil {
		return false, err
	}
	var behind []string
	err = a.db.Read(ctx, func(tx *store.Tx) (err error) {
		behind, err = tx.WebhooksBehind(ctx, everyWebhook(), behindAtOnce)
		return err
	})
	for _, id := range behind { // one that cannot be told does not keep the others from it
		err = errors.Join(err, a.db.Tx(ctx, func(tx *store.Tx) error { return a.tellWebhook(ctx, tx, id) }))
	}
	return len(behind) > 0 && err == nil, err
}

func (a *App) tellWebhook(ctx context.Context, tx *store.Tx, id string) error {
	if err := tx.HoldTree(ctx); err != nil { // what is below it stays so
		return err
	}
	w, there, err := heldIfThere(ctx, tx, id)
	if err != nil || !there || !w.Paused.IsZero() {
		return err
	}
	end, err := tx.SealedTill(ctx)
	if err != nil {
		return err
	}
	till := min(w.Position+toldTogether, end)
	scope := plaza.Actor{Profile: w.Profile}.Scope() // that of whoever reads the log there
	lines, err := tx.SealedEvents(ctx, scope, w.Position, till)
	if err != nil {
		return err
	}
	for _, line := range lines {
		kind, ok := plaza.EventOf(line.Verb)
		if !ok || line.Result != plaza.Done || line.At.Before(w.Created) || !w.Wants(kind) {
			continue
		}
		if _, err := a.deliver(ctx, tx, w, occurred(kind, line)); err != nil {
			return err
		}
	}
	return tx.MoveOn(ctx, everyWebhook(), w.ID, till)
}

// occurred returns what a line of the log tells.
func occurred(kind plaza.EventKind, l plaza.AuditLine) occurrence {
	o := occurrence{
		id: l.ID, kind: kind, at: l.At, profile: thing{ID: l.Profile, Name: l.ProfileName},
		object: thing{Kind: l.ObjectKind, ID: l.Object, Name: l.ObjectName}, changes: l.Changes, reason: l.Reason, actor: &doer{},
	}
	switch via := l.Actor.Via; {
	case l.ActorAbove:
		o.actor.Kind = "above"
	case l.Actor.Own != "":
		o.actor.Kind, o.actor.Name = "plaza", l.Actor.Own
	case l.Actor.Login == "":
		o.actor = nil
	default:
		o.actor.Kind, o.actor.ID, o.actor.Name = "login", l.Actor.Login, l.ActorName
		if via != nil {
			o.actor.Acting = &inner{ID: via.ID, Name: l.ViaName, Mode: string(via.Mode)}
		}
	}
	return o
}

// noteStatesOf adds to the history of these ConnectAgents what changed, and tells the
// webhooks of it that can be told: of many of one profile in one event.
func (a *App) noteStatesOf(ctx context.Context, tx *store.Tx, scope plaza.Scope, agents []string, now time.Time) error {
	some, err := tx.AnyWebhook(ctx)
	if err != nil {
		return err
	}
	var turns []plaza.AgentTurn
	if some {
		if turns, err = tx.StateTurns(ctx, scope, agents, now); err != nil {
			return err
		}
	}
	if err := tx.NoteStates(ctx, scope, agents, now); err != nil {
		return err
	}
	for _, kind := range []plaza.EventKind{plaza.EventAgentOffline, plaza.EventAgentOnline} {
		some := slices.DeleteFunc(slices.Clone(turns), func(t plaza.AgentTurn) bool { k, ok := t.Event(); return !ok || k != kind })
		for len(some) > 0 { // those of a profile stand together
			n := slices.IndexFunc(some, func(t plaza.AgentTurn) bool { return t.Profile != some[0].Profile })
			if n < 0 {
				n = len(some)
			}
			if err := a.tellOfAgents(ctx, tx, kind, some[:n], now); err != nil {
				return err
			}
			some = some[n:]
		}
	}
	return nil
}

// tellOfAgents tells the webhooks of what ConnectAgents of one profile came to be.
func (a *App) tellOfAgents(ctx context.Context, tx *store.Tx, kind plaza.EventKind, turns []plaza.AgentTurn, now time.Time) error {
	all, err := tx.WebhooksAbove(ctx, turns[0].Profile)
	if err != nil || len(all) == 0 {
		return err
	}
	profile := thing{ID: turns[0].Profile, Name: turns[0].ProfileName}
	agent := func(t plaza.AgentTurn) thing { return thing{Kind: "agent", ID: t.Agent, Name: t.Name} }
	var told []occurrence
	if len(turns) > storm {
		o := occurrence{id: newID(), kind: kind, at: now, profile: profile, object: profile, count: len(turns)}
		o.object.Kind = "profile"
		for _, t := range turns[:min(len(turns), agentsNamed)] {
			o.agents = append(o.agents, agent(t))
		}
		told = append(told, o)
	} else {
		for _, t := range turns {
			o := occurrence{id: newID(), kind: kind, at: now, profile: profile, object: agent(t)}
			o.changes = []plaza.Change{{Field: "status", Old: string(t.Before), New: string(t.After)}}
			told = append(told, o)
		}
	}
	return a.tellThose(ctx, tx, all, told...)
}

// tellHooks tells the webhooks of a profile, and of those above it, what happened there.
func (a *App) tellHooks(ctx context.Context, tx *store.Tx, profile string, told ...occurrence) error {
	all, err := tx.WebhooksAbove(ctx, profile)
	if err != nil {
		return err
	}
	return a.tellThose(ctx, tx, all, told...)
}

// tellThose tells webhooks, which are held, what they want to be told.
func (a *App) tellThose(ctx context.Context, tx *store.Tx, all []plaza.Webhook, told ...occurrence) error {
	for _, w := range all {
		for _, o := range told {
			if !w.Wants(o.kind) || o.at.Before(w.Created) {
				continue
			}
			if _, err := a.deliver(ctx, tx, w, o); err != nil {
				return err
			}
		}
	}
	return nil
}
