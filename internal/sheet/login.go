package sheet

import (
	"context"
	"net/url"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// LoginFilter returns what the address of a list of logins chooses.
func LoginFilter(q url.Values) plaza.LoginFilter {
	return plaza.LoginFilter{
		Text: q.Get("q"), Profile: q.Get("profile"),
		Roles: chosen(q, "role", plaza.Roles()), States: chosen(q, "state", plaza.LoginStates()),
	}
}

func logins() list {
	type row = plaza.Login
	return paged[row]{
		may: plaza.LoginRead,
		read: func(ctx context.Context, a *app.App, v *View, p plaza.Page) (plaza.List[row], error) {
			return a.Logins(ctx, v.Who, LoginFilter(v.Query), p)
		},
		columns: []column[row]{
			{"id", func(_ *View, l row) Value { return text(l.ID) }},
			{"name", func(_ *View, l row) Value { return text(l.Name) }},
			{"email", func(_ *View, l row) Value { return text(l.Email) }},
			{"profile", func(_ *View, l row) Value { return text(l.Profile) }},
			{"profile_name", func(_ *View, l row) Value { return text(l.ProfileName) }},
			{"role", func(_ *View, l row) Value { return coded(l.Role, l.Role.Text()) }},
			{"dashboard", func(_ *View, l row) Value { return yes(l.Dashboard) }},
			{"state", func(_ *View, l row) Value { return coded(l.State(), l.State().Text()) }},
			{"accepted", func(_ *View, l row) Value { return at(l.Accepted) }},
			{"disabled", func(_ *View, l row) Value { return at(l.Disabled) }},
			{"signed_in", func(_ *View, l row) Value { return at(l.SignedIn) }},
			{"created", func(_ *View, l row) Value { return at(l.Created) }},
		},
	}
}
