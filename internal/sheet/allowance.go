package sheet

import (
	"context"
	"net/url"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// AllowanceFilter returns what the address of a list of allowances chooses.
func AllowanceFilter(q url.Values) plaza.AllowanceFilter {
	return plaza.AllowanceFilter{Text: q.Get("q"), States: chosen(q, "state", plaza.AllowanceStates())}
}

func allowances() list {
	type row = plaza.Allowance
	return paged[row]{
		may: plaza.AllowanceRead,
		read: func(ctx context.Context, a *app.App, v *View, p plaza.Page) (plaza.List[row], error) {
			return a.AllowancesBelow(ctx, v.Who, AllowanceFilter(v.Query), p)
		},
		columns: []column[row]{
			{"id", func(_ *View, a row) Value { return text(a.ID) }},
			{"profile", func(_ *View, a row) Value { return text(a.Profile) }},
			{"profile_name", func(_ *View, a row) Value { return text(a.ProfileName) }},
			{"kind", func(_ *View, a row) Value { return coded(a.Kind, a.Kind.Text()) }},
			{"plan", func(_ *View, a row) Value { return text(a.Plan) }},
			{"plan_name", func(_ *View, a row) Value { return text(a.PlanName) }},
			{"state", func(_ *View, a row) Value { return coded(a.State(), a.State().Text()) }},
			{"used", func(_ *View, a row) Value { return number(a.Used) }},
			{"most", func(_ *View, a row) Value { return number(a.Most) }},
			{"overage", func(_ *View, a row) Value { return number(a.Overage) }},
		},
	}
}
