package sheet

import (
	"context"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

func batches() list {
	type row = plaza.Batch
	return paged[row]{
		may: plaza.BatchRead,
		read: func(ctx context.Context, a *app.App, v *View, p plaza.Page) (plaza.List[row], error) {
			return a.Batches(ctx, v.Who, p)
		},
		columns: []column[row]{
			{"id", func(_ *View, b row) Value { return text(b.ID) }},
			{"kind", func(_ *View, b row) Value { return coded(b.Kind, b.Kind.Text()) }},
			{"profile", func(_ *View, b row) Value { return text(b.Profile) }},
			{"profile_name", func(_ *View, b row) Value { return text(b.ProfileName) }},
			{"login", func(_ *View, b row) Value { return text(b.Login) }},
			{"login_name", func(_ *View, b row) Value { return text(b.LoginName) }},
			{"holder_name", func(_ *View, b row) Value { return text(b.Holder) }},
			{"plan_name", func(_ *View, b row) Value { return text(b.Input.Plan) }},
			{"reason", func(_ *View, b row) Value { return text(b.Reason) }},
			{"total", func(_ *View, b row) Value { return number(b.Total) }},
			{"done", func(_ *View, b row) Value { return number(b.Done) }},
			{"failed", func(_ *View, b row) Value { return number(b.Failed) }},
			{"created", func(_ *View, b row) Value { return at(b.Created) }},
			{"finished", func(_ *View, b row) Value { return at(b.Finished) }},
		},
	}
}
