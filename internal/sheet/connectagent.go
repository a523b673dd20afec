package sheet

import (
	"context"
	"net/url"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// AgentFilter returns what the address of a list of ConnectAgents chooses.
func AgentFilter(q url.Values) plaza.AgentFilter {
	return plaza.AgentFilter{
		Text: q.Get("q"), Profile: q.Get("profile"),
		Liveness: chosen(q, "liveness", plaza.Livenesses()), Health: chosen(q, "health", plaza.Healths()),
	}
}

func agents() list {
	type row = plaza.ConnectAgent
	return paged[row]{
		may: plaza.AgentRead,
		read: func(ctx context.Context, a *app.App, v *View, p plaza.Page) (plaza.List[row], error) {
			return a.Agents(ctx, v.Who, AgentFilter(v.Query), p)
		},
		columns: []column[row]{
			{"id", func(_ *View, a row) Value { return text(a.ID) }},
			{"name", func(_ *View, a row) Value { return text(a.Name) }},
			{"profile", func(_ *View, a row) Value { return text(a.Profile) }},
			{"profile_name", func(_ *View, a row) Value { return text(a.ProfileName) }},
			{"liveness", func(v *View, a row) Value { l := a.Liveness(v.Now); return coded(l, l.Text()) }},
			{"health", func(_ *View, a row) Value {
				if a.Seen.IsZero() {
					return Value{}
				}
				return coded(a.Health, a.Health.Text())
			}},
			{"message", func(_ *View, a row) Value { return text(a.Message) }},
			{"license", func(_ *View, a row) Value { return text(a.License.ID) }},
			{"license_state", func(v *View, a row) Value { s := a.License.State(v.Now); return coded(s, s.Text()) }},
			{"license_ends", func(_ *View, a row) Value { return at(a.License.Ends) }},
			{"plan_name", func(_ *View, a row) Value { return text(a.License.PlanName) }},
			{"version", func(_ *View, a row) Value { return text(a.Build) }},
			{"host", func(_ *View, a row) Value { return text(a.Host) }},
			{"platform", func(_ *View, a row) Value { return text(a.Platform) }},
			{"activated", func(_ *View, a row) Value { return at(a.Activated) }},
			{"seen", func(_ *View, a row) Value { return at(a.Seen) }},
			{"created", func(_ *View, a row) Value { return at(a.Created) }},
		},
	}
}
