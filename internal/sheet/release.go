package sheet

import (
	"context"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

func releases() list {
	type row = plaza.Release
	return whole[row]{
		may: plaza.ReleaseRead,
		read: func(ctx context.Context, a *app.App, v *View) ([]row, error) {
			return a.Releases(ctx, v.Who)
		},
		columns: []column[row]{
			{"id", func(_ *View, r row) Value { return text(r.ID) }},
			{"version", func(_ *View, r row) Value { return text(r.Version) }},
			{"name", func(_ *View, r row) Value { return text(r.Name) }},
			{"description", func(_ *View, r row) Value { return text(r.Description) }},
			{"channel", func(_ *View, r row) Value { return coded(r.Channel, r.Channel.Text()) }},
			{"status", func(_ *View, r row) Value { return coded(r.Status, r.Status.Text()) }},
			{"tag", func(_ *View, r row) Value { return text(r.Tag) }},
			{"requires", func(_ *View, r row) Value { return text(r.Requires) }},
			{"modules", func(_ *View, r row) Value { return text(joined(r.Modules)) }},
			{"backdated", func(_ *View, r row) Value { return at(r.Backdated) }},
			{"yanked", func(_ *View, r row) Value { return at(r.Yanked) }},
			{"reason", func(_ *View, r row) Value { return text(r.YankReason) }},
			{"created", func(_ *View, r row) Value { return at(r.Created) }},
			{"updated", func(_ *View, r row) Value { return at(r.Updated) }},
		},
	}
}
