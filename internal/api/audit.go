package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

func (s *API) auditOperations() {
	op(s, plaza.AuditRead, huma.Operation{
		OperationID: "list-audit-events", Summary: "List the audit log", Method: http.MethodGet, Path: Prefix + "/audit-events",
		Description: "Newest first. That it was looked at is recorded, too.",
	}, s.listAuditEvents)
	op(s, plaza.HistoryRead, huma.Operation{
		OperationID: "list-history", Summary: "List what was done to one thing", Method: http.MethodGet, Path: Prefix + "/history", Tags: []string{"audit"},
		Description: "Newest first, as its page on the dashboard shows it.",
	}, s.listHistory)
}

// auditEvent is a [plaza.AuditLine] on the wire.
type auditEvent struct {
	ID         string         `json:"id"`
	At         time.Time      `json:"at"`
	Verb       string         `json:"verb"        example:"license.renew"`
	Result     string         `json:"result"      enum:"done,refused"`
	Refusal    string         `json:"refusal"     doc:"Kind of problem, if it was refused"`
	Actor      maybe          `json:"actor"       doc:"The login that did it; null if that is somebody above, or Plaza"`
	Own        string         `json:"own"         doc:"Which part of Plaza did it by itself"`
	Above      bool           `json:"above"       doc:"Somebody of a profile above did it"`
	Acting     string         `json:"acting"      doc:"Name of who was really at the keyboard, during Login as"`
	Token      string         `json:"token"       doc:"Name of the token by which it was done"`
	Profile    ref            `json:"profile"     doc:"Whose data it concerned"`
	ObjectKind string         `json:"object_kind"`
	Object     ref            `json:"object"`
	Changes    []plaza.Change `json:"changes"`
	Reason     string         `json:"reason"`
	Address    string         `json:"address"`
	Request    string         `json:"request"`
}

func wireAuditEvent(e plaza.AuditLine) auditEvent {
	w := auditEvent{
		ID: e.ID, At: e.At.UTC(), Verb: string(e.Verb), Result: string(e.Result), Refusal: string(e.Refusal), Own: e.Actor.Own, Above: e.ActorAbove, Acting: e.ViaName, Token: e.PassName,
		Profile: ref{e.Profile, e.ProfileName}, ObjectKind: e.ObjectKind, Object: ref{e.Object, e.ObjectName}, Changes: e.Changes, Reason: e.Reason, Address: e.Address,
		Request: e.Actor.From.Request, Actor: refTo(e.Actor.Login, e.ActorName),
	}
	if w.Changes == nil {
		w.Changes = []plaza.Change{}
	}
	return w
}

type listAuditEventsIn struct {
	Leaf

	Sort    string    `query:"sort"            enum:"at,-at" doc:"Order; with - from the end"`
	Profile string    `query:"filter[profile]" doc:"ID: about this profile's data only"`
	Object  string    `query:"filter[object]"  doc:"ID of a thing"`
	Login   string    `query:"filter[login]"   doc:"ID of who did it, really or in whose name"`
	Verbs   []string  `query:"filter[verb]"`
	Results []string  `query:"filter[result]"  enum:"done,refused"`
	From    time.Time `query:"filter[from]"    doc:"At this time or later"`
	Till    time.Time `query:"filter[till]"    doc:"Before this time"`
}

func (s *API) listAuditEvents(ctx context.Context, actor plaza.Actor, in *listAuditEventsIn) (*listOut[auditEvent], error) {
	list, err := s.app.AuditEvents(ctx, actor, plaza.AuditFilter{
		Profile: in.Profile, Object: in.Object, Login: in.Login, Verbs: words[plaza.Verb](in.Verbs), Results: words[plaza.Result](in.Results), From: in.From, Till: in.Till,
	}, in.page(in.Sort))
	return wireList(list, wireAuditEvent), err
}

type listHistoryIn struct {
	Leaf

	Sort   string `query:"sort"   enum:"at,-at" doc:"Order; with - from the end"`
	Object string `query:"object" required:"true" doc:"ID of the thing"`
}

func (s *API) listHistory(ctx context.Context, actor plaza.Actor, in *listHistoryIn) (*listOut[auditEvent], error) {
	list, err := s.app.History(ctx, actor, in.Object, in.page(in.Sort))
	return wireList(list, wireAuditEvent), err
}
