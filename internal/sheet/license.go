package sheet

import (
	"context"
	"net/url"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// LicenseFilter returns what the address of a list of licenses chooses, with its days in
// zone; the word inactive stands for what the tile of that name counts.
func LicenseFilter(q url.Values, zone *time.Location) plaza.LicenseFilter {
	f := plaza.LicenseFilter{
		Text: q.Get("q"), Profile: q.Get("profile"), Plan: q.Get("plan"),
		Kinds: chosen(q, "kind", plaza.LicenseKinds()), States: chosen(q, "state", plaza.LicenseStates()),
		EndsFrom: day(q, "from", zone), EndsTill: day(q, "till", zone),
	}
	if q.Get("state") == "inactive" {
		f.States = plaza.InactiveStates()
	}
	return f
}

func licenses() list {
	type row = plaza.License
	return paged[row]{
		may: plaza.LicenseRead,
		read: func(ctx context.Context, a *app.App, v *View, p plaza.Page) (plaza.List[row], error) {
			return a.Licenses(ctx, v.Who, LicenseFilter(v.Query, v.Zone()), p)
		},
		columns: []column[row]{
			{"id", func(_ *View, l row) Value { return text(l.ID) }},
			{"name", func(_ *View, l row) Value { return text(l.Name) }},
			{"kind", func(_ *View, l row) Value { return coded(l.Kind, l.Kind.Text()) }},
			{"state", func(v *View, l row) Value { s := l.State(v.Now); return coded(s, s.Text()) }},
			{"profile", func(_ *View, l row) Value { return text(l.Profile) }},
			{"profile_name", func(_ *View, l row) Value { return text(l.ProfileName) }},
			{"plan", func(_ *View, l row) Value { return text(l.Plan) }},
			{"plan_name", func(_ *View, l row) Value { return text(l.PlanName) }},
			{"edition", func(_ *View, l row) Value { return number(l.Edition) }},
			{"key_hint", func(_ *View, l row) Value { return text(l.KeyHint) }},
			{"agent", func(_ *View, l row) Value { return text(l.Agent) }},
			{"agent_name", func(_ *View, l row) Value { return text(l.AgentName) }},
			{"starts", func(_ *View, l row) Value { return at(l.Starts) }},
			{"ends", func(_ *View, l row) Value { return at(l.Ends) }},
			{"grace_days", func(_ *View, l row) Value { return number(l.GraceDays) }},
			{"term_months", func(_ *View, l row) Value { return number(l.TermMonths) }},
			{"renews", func(_ *View, l row) Value { return yes(l.Renews) }},
			{"awaits_activation", func(_ *View, l row) Value { return yes(l.Awaits) }},
			{"trial", func(_ *View, l row) Value { return yes(l.Trial) }},
			{"machines", func(_ *View, l row) Value { return number(l.Machines) }},
			{"suspended", func(_ *View, l row) Value { return at(l.Suspended) }},
			{"suspend_reason", func(_ *View, l row) Value { return text(l.SuspendReason) }},
			{"ended", func(_ *View, l row) Value { return at(l.Ended) }},
			{"billing_id", func(_ *View, l row) Value { return text(l.BillingID) }},
			{"created", func(_ *View, l row) Value { return at(l.Created) }},
			{"updated", func(_ *View, l row) Value { return at(l.Updated) }},
		},
	}
}
