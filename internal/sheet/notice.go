package sheet

import (
	"context"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

func notices() list {
	type row = plaza.Notice
	return paged[row]{
		may: plaza.NoticeRead,
		read: func(ctx context.Context, a *app.App, v *View, p plaza.Page) (plaza.List[row], error) {
			return a.Notices(ctx, v.Who, p)
		},
		columns: []column[row]{
			{"id", func(_ *View, n row) Value { return text(n.ID) }},
			{"kind", func(_ *View, n row) Value { return text(string(n.Kind)) }},
			{"message", func(_ *View, n row) Value { return said(n.Kind.Text(n.About)) }},
			{"object", func(_ *View, n row) Value { return text(n.Object) }},
			{"at", func(_ *View, n row) Value { return at(n.At) }},
			{"read", func(_ *View, n row) Value { return at(n.Read) }},
		},
	}
}
