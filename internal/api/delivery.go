package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

const deliveries = Prefix + "/deliveries"

func (s *API) deliveryOperations() {
	op(s, plaza.DeliveryRead, huma.Operation{
		OperationID: "list-deliveries", Summary: "List what was sent to a webhook, and what waits", Method: http.MethodGet, Path: webhooks + "/{id}/deliveries",
		Description: "The newest first. What was delivered or given up is there for 30 days. What was tried is told by each one alone.",
	}, s.listDeliveries)
	op(s, plaza.DeliveryRead, huma.Operation{
		OperationID: "get-delivery", Summary: "Get a delivery, with what was sent and what was answered", Method: http.MethodGet, Path: deliveries + "/{id}",
	}, s.getDelivery)
	op(s, plaza.DeliveryRedeliver, huma.Operation{
		OperationID: "redeliver", Summary: "Deliver something again", Method: http.MethodPost, Path: deliveries + "/{id}/redeliver", DefaultStatus: http.StatusNoContent,
		Description: "The same event under the same ID. What waits is tried at once.",
	}, s.redeliver)
	op(s, plaza.DeliveryRedeliver, huma.Operation{
		OperationID: "redeliver-some", Summary: "Deliver what happened in some time again", Method: http.MethodPost, Path: webhooks + "/{id}/redeliver",
		Description: "Of a webhook: the same events under the same IDs, 10,000 at most, the oldest first.",
	}, s.redeliverSome)
}

// delivery is a [plaza.Delivery] on the wire.
type delivery struct {
	ID         string        `json:"id"`
	Webhook    ref           `json:"webhook"`
	Number     int           `json:"number"      doc:"Of its webhook's deliveries, from 1; 0: it was just made"`
	Event      string        `json:"event"       doc:"ID of the event: the same in every webhook, and whenever it is sent again"`
	Kind       string        `json:"kind"        example:"license.issued"`
	Object     ref           `json:"object"      doc:"What it is about"`
	At         time.Time     `json:"at"          doc:"When it happened"`
	Body       string        `json:"body"        doc:"As it is sent: a CloudEvent in JSON"`
	State      string        `json:"state"       enum:"waiting,delivered,failed" doc:"failed: it was given up, while others were taken"`
	Tries      int           `json:"tries"       doc:"Since it was last asked for"`
	NextAt     *time.Time    `json:"next_at"     doc:"When it is tried next; null: it does not wait"`
	FinishedAt *time.Time    `json:"finished_at" doc:"When it was delivered or given up; null: neither yet"`
	Status     int           `json:"status"      doc:"Of the last answer; 0: there was none"`
	Attempts   []deliveryTry `json:"attempts"    doc:"The newest first; in a list, none"`
}

// deliveryTry is a [plaza.DeliveryTry] on the wire.
type deliveryTry struct {
	Number  int       `json:"number"       doc:"From 1"`
	At      time.Time `json:"at"`
	Took    int64     `json:"milliseconds" doc:"How long it took"`
	Status  int       `json:"status"       doc:"Of the answer; 0: there was none"`
	Problem string    `json:"problem"      enum:",refused,redirect,gone,timeout,name,private,tls,network" doc:"Why it did not succeed; empty: it did"`
	Detail  string    `json:"detail"       doc:"About the problem, for somebody who knows the network"`
	Headers string    `json:"headers"      doc:"Of the request, as name: value, a line each"`
	Answer  string    `json:"answer"       doc:"The beginning of what the other side said"`
}

func wireDelivery(d plaza.Delivery) delivery {
	w := delivery{
		ID: d.ID, Webhook: ref{d.Webhook, d.WebhookName}, Number: d.Number, Event: d.Event, Kind: string(d.Kind), Object: ref{d.Object, d.Name}, At: d.At.UTC(), Body: d.Body,
		State: string(d.State), Tries: d.Tries, FinishedAt: at(d.Finished), Status: d.Status, Attempts: []deliveryTry{},
	}
	if d.State == plaza.DeliveryWaiting {
		w.NextAt = at(d.Next)
	}
	return w
}

type listDeliveriesIn struct {
	One
	Leaf

	Sort   string   `query:"sort"          enum:"at,-at" doc:"Order; with - from the end"`
	States []string `query:"filter[state]" enum:"waiting,delivered,failed"`
	Kinds  []string `query:"filter[kind]"  doc:"Of events, as license.issued"`
}

func (s *API) listDeliveries(ctx context.Context, actor plaza.Actor, in *listDeliveriesIn) (*listOut[delivery], error) {
	f := plaza.DeliveryFilter{States: words[plaza.DeliveryState](in.States), Kinds: words[plaza.EventKind](in.Kinds)}
	list, err := s.app.Deliveries(ctx, actor, in.id(), f, in.page(in.Sort))
	return wireList(list, wireDelivery), err
}

func (s *API) getDelivery(ctx context.Context, actor plaza.Actor, in *read) (*answer[delivery], error) {
	d, tries, err := s.app.Delivery(ctx, actor, in.id())
	if err != nil {
		return nil, err
	}
	out := &answer[delivery]{"", wireDelivery(d)}
	for _, t := range tries {
		out.Body.Attempts = append(out.Body.Attempts, deliveryTry{
			Number: t.Number, At: t.At.UTC(), Took: t.Took.Milliseconds(), Status: t.Status, Problem: string(t.Problem), Detail: t.Detail, Headers: t.Headers, Answer: t.Answer,
		})
	}
	return out, nil
}

func (s *API) redeliver(ctx context.Context, actor plaza.Actor, in *One) (*empty, error) {
	return &empty{}, s.app.Redeliver(ctx, actor, in.id())
}

type redeliverSomeIn struct {
	One

	Body struct {
		From   time.Time `json:"from"             doc:"What happened then or later"`
		Till   time.Time `json:"till"             doc:"What happened before"`
		Failed bool      `json:"failed,omitempty" doc:"Only what was given up"`
	}
}

// redelivered says how much is delivered again.
type redelivered struct {
	Deliveries int `json:"deliveries"`
}

func (s *API) redeliverSome(ctx context.Context, actor plaza.Actor, in *redeliverSomeIn) (*answer[redelivered], error) {
	b := in.Body
	n, err := s.app.RedeliverSome(ctx, actor, in.id(), plaza.Redelivery{From: b.From, Till: b.Till, Failed: b.Failed})
	if err != nil {
		return nil, err
	}
	return &answer[redelivered]{"", redelivered{n}}, nil
}
