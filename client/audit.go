package client

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// AuditEvent is what somebody did, or was refused.
type AuditEvent struct {
	ID         string         `json:"id"`
	At         time.Time      `json:"at"`
	Verb       plaza.Verb     `json:"verb"`
	Result     plaza.Result   `json:"result"`
	Refusal    string         `json:"refusal"` // kind of problem, if it was refused
	Actor      *Ref           `json:"actor"`   // the login that did it; nil: somebody above, or Plaza
	Own        string         `json:"own"`     // which part of Plaza did it by itself
	Above      bool           `json:"above"`   // somebody of a profile above did it
	Acting     string         `json:"acting"`  // name of who was really at the keyboard, during Login as
	Token      string         `json:"token"`   // name of the token by which it was done
	Profile    Ref            `json:"profile"` // whose data it concerned
	ObjectKind string         `json:"object_kind"`
	Object     Ref            `json:"object"`
	Changes    []plaza.Change `json:"changes"`
	Reason     string         `json:"reason"`
	Address    string         `json:"address"`
	Request    string         `json:"request"`
}

// AuditFilter chooses events.
type AuditFilter struct {
	Profile string // ID: about its data only
	Object  string // ID of a thing
	Login   string // ID of who did it, really or in whose name
	Verbs   []plaza.Verb
	Results []plaza.Result
	From    time.Time // then or later
	Till    time.Time // before
}

// AuditEvents returns the audit log, newest first. That it was looked at is recorded.
func (c *Client) AuditEvents(ctx context.Context, f AuditFilter, p Page) (List[AuditEvent], error) {
	q := p.where()
	q.text("filter[profile]", f.Profile)
	q.text("filter[object]", f.Object)
	q.text("filter[login]", f.Login)
	q.time("filter[from]", f.From)
	q.time("filter[till]", f.Till)
	filterWords(q, "verb", f.Verbs)
	filterWords(q, "result", f.Results)
	return thing[List[AuditEvent]](ctx, c, reading("/audit-events", q.Values))
}

// HistoryFilter names a thing.
type HistoryFilter struct {
	Object string // ID
}

// History returns what was done to one thing, newest first.
func (c *Client) History(ctx context.Context, f HistoryFilter, p Page) (List[AuditEvent], error) {
	q := p.where()
	q.text("object", f.Object)
	return thing[List[AuditEvent]](ctx, c, reading("/history", q.Values))
}
