package sheet

import (
	"context"
	"net/url"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// ProfileFilter returns what the address of a list of profiles chooses.
func ProfileFilter(q url.Values) plaza.ProfileFilter {
	return plaza.ProfileFilter{
		Text: q.Get("q"), Kinds: chosen(q, "kind", plaza.ProfileKinds()), States: chosen(q, "state", plaza.ProfileStates()),
	}
}

func partners() list {
	type row = plaza.Profile
	return paged[row]{
		may: plaza.ProfileRead,
		read: func(ctx context.Context, a *app.App, v *View, p plaza.Page) (plaza.List[row], error) {
			return a.Profiles(ctx, v.Who, ProfileFilter(v.Query), p)
		},
		columns: []column[row]{
			{"id", func(_ *View, p row) Value { return text(p.ID) }},
			{"name", func(_ *View, p row) Value { return text(p.Name) }},
			{"kind", func(_ *View, p row) Value { return coded(p.Kind, p.Kind.Text()) }},
			{"state", func(_ *View, p row) Value { return coded(p.State(), p.State().Text()) }},
			{"parent", func(_ *View, p row) Value { return seen(p.Parent, p.ParentName) }},
			{"parent_name", func(_ *View, p row) Value { return text(p.ParentName) }},
			{"support_email", func(_ *View, p row) Value { return text(p.SupportEmail) }},
			{"warning_days", func(_ *View, p row) Value { return number(p.WarningDays) }},
			{"support_access", func(_ *View, p row) Value { return coded(p.Access, p.Access.Text()) }},
			{"licenses", func(_ *View, p row) Value { return number(p.Licenses) }},
			{"agents", func(_ *View, p row) Value { return number(p.Agents) }},
			{"logins", func(_ *View, p row) Value { return number(p.Logins) }},
			{"suspended", func(_ *View, p row) Value { return at(p.Suspended) }},
			{"suspend_reason", func(_ *View, p row) Value { return text(p.SuspendReason) }},
			{"closed", func(_ *View, p row) Value { return at(p.Closed) }},
			{"created", func(_ *View, p row) Value { return at(p.Created) }},
		},
	}
}

// seen returns the ID of what somebody may know the name of; nothing of what they may not.
func seen(id, name string) Value {
	if name == "" {
		return Value{}
	}
	return text(id)
}
