package sheet

import (
	"context"
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

func plans() list {
	type row = plaza.Plan
	columns := []column[row]{
		{"id", func(_ *View, p row) Value { return text(p.ID) }},
		{"name", func(_ *View, p row) Value { return text(p.Name) }},
		{"kind", func(_ *View, p row) Value { return coded(p.Kind, p.Kind.Text()) }},
		{"edition", func(_ *View, p row) Value { return number(p.Edition) }},
		{"term_months", func(_ *View, p row) Value { return number(p.TermMonths) }},
		{"grace_days", func(_ *View, p row) Value { return number(p.GraceDays) }},
		{"trial", func(_ *View, p row) Value { return yes(p.Trial) }},
		{"machines", func(_ *View, p row) Value { return number(p.Machines) }},
		{"modules", func(_ *View, p row) Value { return text(joined(p.Terms.Modules)) }},
		{"starts_activated", func(_ *View, p row) Value { return yes(p.StartsActivated) }},
		{"renews", func(_ *View, p row) Value { return yes(p.Renews) }},
		{"bills_suspended", func(_ *View, p row) Value { return yes(p.BillsSuspended) }},
		{"withdrawn", func(_ *View, p row) Value { return at(p.Withdrawn) }},
	}
	for _, c := range plaza.Currencies() {
		columns = append(columns, column[row]{"price_" + strings.ToLower(string(c)), func(_ *View, p row) Value {
			for _, price := range p.Prices {
				if price.Currency == c {
					return money(price)
				}
			}
			return Value{}
		}})
	}
	return whole[row]{
		may: plaza.PlanRead,
		read: func(ctx context.Context, a *app.App, v *View) ([]row, error) {
			return a.Plans(ctx, v.Who)
		},
		columns: columns,
	}
}

// joined returns several codes as they stand in one cell.
func joined[T ~string](all []T) string {
	names := make([]string, len(all))
	for i, one := range all {
		names[i] = string(one)
	}
	return strings.Join(names, " ")
}
