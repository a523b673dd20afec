package sheet

import (
	"context"
	"net/url"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// MailFilter returns what the address of a list of mails chooses.
func MailFilter(q url.Values) plaza.MailFilter {
	return plaza.MailFilter{States: chosen(q, "state", plaza.MailStates())}
}

func mails() list {
	type row = plaza.Mail
	return paged[row]{
		may: plaza.MailRead,
		read: func(ctx context.Context, a *app.App, v *View, p plaza.Page) (plaza.List[row], error) {
			return a.Mails(ctx, v.Who, MailFilter(v.Query), p)
		},
		columns: []column[row]{
			{"id", func(_ *View, m row) Value { return text(m.ID) }},
			{"kind", func(_ *View, m row) Value { return text(string(m.Kind)) }},
			{"email", func(_ *View, m row) Value { return text(m.To) }},
			{"name", func(_ *View, m row) Value { return text(m.ToName) }},
			{"subject", func(_ *View, m row) Value { return text(m.Subject) }},
			{"state", func(_ *View, m row) Value { return coded(m.State(), m.State().Text()) }},
			{"tries", func(_ *View, m row) Value { return number(m.Tries) }},
			{"error", func(_ *View, m row) Value { return text(m.LastError) }},
			{"created", func(_ *View, m row) Value { return at(m.Created) }},
			{"sent", func(_ *View, m row) Value { return at(m.Sent) }},
			{"dead", func(_ *View, m row) Value { return at(m.Dead) }},
		},
	}
}
