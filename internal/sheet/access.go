package sheet

import (
	"context"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

func visits() list {
	type row = plaza.ActingLine
	return paged[row]{
		may: plaza.AccessRead,
		read: func(ctx context.Context, a *app.App, v *View, p plaza.Page) (plaza.List[row], error) {
			return a.Visits(ctx, v.Who, p)
		},
		columns: []column[row]{
			{"id", func(_ *View, a row) Value { return text(a.ID) }},
			{"who", func(_ *View, a row) Value { return text(a.Name) }},
			{"profile_name", func(_ *View, a row) Value { return text(a.ProfileName) }},
			{"login", func(_ *View, a row) Value { return text(a.As) }},
			{"login_name", func(_ *View, a row) Value { return text(a.AsName) }},
			{"mode", func(_ *View, a row) Value { return coded(a.Mode, a.Mode.Text()) }},
			{"reason", func(_ *View, a row) Value { return text(a.Reason) }},
			{"ticket", func(_ *View, a row) Value { return text(a.Ticket) }},
			{"break_glass", func(_ *View, a row) Value { return yes(a.BreakGlass) }},
			{"changes", func(_ *View, a row) Value { return number(a.Changes) }},
			{"started", func(_ *View, a row) Value { return at(a.Started) }},
			{"expires", func(_ *View, a row) Value { return at(a.Expires) }},
			{"ended", func(_ *View, a row) Value { return at(a.Ended) }},
			{"end", func(_ *View, a row) Value { return coded(a.End, a.End.Text()) }},
		},
	}
}
