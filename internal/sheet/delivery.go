package sheet

import (
	"context"
	"net/url"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// DeliveryFilter returns what the address of a list of deliveries chooses.
func DeliveryFilter(q url.Values) plaza.DeliveryFilter {
	return plaza.DeliveryFilter{States: chosen(q, "state", plaza.DeliveryStates()), Kinds: chosen(q, "kind", plaza.EventKinds())}
}

func deliveries() list {
	type row = plaza.Delivery
	return paged[row]{
		may: plaza.DeliveryRead,
		read: func(ctx context.Context, a *app.App, v *View, p plaza.Page) (plaza.List[row], error) {
			return a.Deliveries(ctx, v.Who, v.Query.Get("webhook"), DeliveryFilter(v.Query), p)
		},
		columns: []column[row]{
			{"id", func(_ *View, d row) Value { return text(d.ID) }},
			{"webhook", func(_ *View, d row) Value { return text(d.Webhook) }},
			{"webhook_name", func(_ *View, d row) Value { return text(d.WebhookName) }},
			{"number", func(_ *View, d row) Value { return number(d.Number) }},
			{"event", func(_ *View, d row) Value { return text(d.Event) }},
			{"kind", func(_ *View, d row) Value { return coded(d.Kind, d.Kind.Text()) }},
			{"object", func(_ *View, d row) Value { return text(d.Object) }},
			{"name", func(_ *View, d row) Value { return text(d.Name) }},
			{"state", func(_ *View, d row) Value { return coded(d.State, d.State.Text()) }},
			{"status", func(_ *View, d row) Value {
				if d.Status == 0 {
					return Value{}
				}
				return number(d.Status)
			}},
			{"tries", func(_ *View, d row) Value { return number(d.Tries) }},
			{"at", func(_ *View, d row) Value { return at(d.At) }},
			{"created", func(_ *View, d row) Value { return at(d.Created) }},
			{"finished", func(_ *View, d row) Value { return at(d.Finished) }},
		},
	}
}
