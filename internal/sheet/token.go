package sheet

import (
	"context"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

func tokens() list {
	type row = plaza.Token
	return paged[row]{
		may: plaza.TokenRead,
		read: func(ctx context.Context, a *app.App, v *View, p plaza.Page) (plaza.List[row], error) {
			return a.Tokens(ctx, v.Who, p)
		},
		columns: []column[row]{
			{"id", func(_ *View, t row) Value { return text(t.ID) }},
			{"name", func(_ *View, t row) Value { return text(t.Name) }},
			{"key_hint", func(_ *View, t row) Value { return text(t.Hint) }},
			{"state", func(v *View, t row) Value { s := t.State(v.Now); return coded(s, s.Text()) }},
			{"login", func(_ *View, t row) Value { return text(t.Login) }},
			{"login_name", func(_ *View, t row) Value { return text(t.LoginName) }},
			{"shared", func(_ *View, t row) Value { return yes(t.Shared) }},
			{"root", func(_ *View, t row) Value { return seen(t.Root, t.RootName) }},
			{"root_name", func(_ *View, t row) Value { return text(t.RootName) }},
			{"verbs", func(_ *View, t row) Value { return text(joined(t.Verbs)) }},
			{"created", func(_ *View, t row) Value { return at(t.Created) }},
			{"expires", func(_ *View, t row) Value { return at(t.Expires) }},
			{"used", func(_ *View, t row) Value { return at(t.Used) }},
			{"used_from", func(_ *View, t row) Value { return text(t.UsedFrom) }},
			{"revoked", func(_ *View, t row) Value { return at(t.Revoked) }},
		},
	}
}
