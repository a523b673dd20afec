package sheet

import (
	"context"
	"net/url"
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// MonitorFilter returns which ConnectAgents the address of the Monitor chooses.
func MonitorFilter(q url.Values) plaza.MonitorFilter {
	return plaza.MonitorFilter{
		Text: strings.TrimSpace(q.Get("q")), Profile: q.Get("profile"), Statuses: chosen(q, "state", plaza.AgentStatuses()),
	}
}

// NotificationFilter returns what the address of a list of notifications chooses: if it
// does not say otherwise, what is left to do.
func NotificationFilter(q url.Values) plaza.NotificationFilter {
	f := plaza.NotificationFilter{Agent: q.Get("agent"), Wall: MonitorFilter(q), Levels: chosen(q, "level", plaza.NotificationLevels())}
	yes, no := true, false
	switch q.Get("seen") {
	case "":
		f.Acknowledged = &no
	case "yes":
		f.Acknowledged = &yes
	}
	return f
}

func notifications() list {
	type row = plaza.AgentNotification
	return paged[row]{
		may: plaza.AgentRead,
		read: func(ctx context.Context, a *app.App, v *View, p plaza.Page) (plaza.List[row], error) {
			return a.Notifications(ctx, v.Who, NotificationFilter(v.Query), p)
		},
		columns: []column[row]{
			{"id", func(_ *View, n row) Value { return text(n.ID) }},
			{"level", func(_ *View, n row) Value { return coded(n.Level, n.Level.Text()) }},
			{"profile", func(_ *View, n row) Value { return text(n.Profile) }},
			{"profile_name", func(_ *View, n row) Value { return text(n.ProfileName) }},
			{"agent", func(_ *View, n row) Value { return text(n.Agent) }},
			{"agent_name", func(_ *View, n row) Value { return text(n.AgentName) }},
			{"location", func(_ *View, n row) Value { return text(n.Location) }},
			{"message", func(_ *View, n row) Value { return text(n.Message) }},
			{"at", func(_ *View, n row) Value { return at(n.At) }},
			{"received", func(_ *View, n row) Value { return at(n.Received) }},
			{"acknowledged", func(_ *View, n row) Value { return at(n.Acknowledged) }},
			{"acknowledged_by", func(_ *View, n row) Value { return text(n.ByName) }},
		},
	}
}
