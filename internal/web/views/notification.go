package views

import (
	"net/url"

	"github.com/connectplaza/plaza"
)

func levelDot(l plaza.NotificationLevel) string {
	switch l {
	case plaza.LevelError:
		return "dot-red"
	case plaza.LevelWarning:
		return "dot-amber"
	case plaza.LevelInfo:
	}
	return "dot-blue"
}

// filters returns what the notifications can be filtered by.
func (n Notifications) filters() []filter {
	f := n.Frame
	level := filter{Name: "level", Label: f.T("notification.level"), Value: say(f, n.Filter.Levels)}
	for _, l := range plaza.NotificationLevels() {
		level.Choices = append(level.Choices, choice{Value: string(l), Label: f.Say(l.Text())})
	}
	seen := filter{Name: "seen", Label: f.T("notification.acknowledged"), Choices: []choice{
		{Value: "yes", Label: f.T("notification.only_acknowledged")}, {Value: "all", Label: f.T("notification.all")},
	}}
	for _, c := range seen.Choices {
		if c.Value == n.Seen {
			seen.Value = c.Label
		}
	}
	all := []filter{level, seen}
	if n.Agent.ID != "" {
		all = append(all, filter{Name: "agent", Label: f.T("agent.one"), Value: n.Agent.Name})
	}
	return all
}

// here returns the address of the list as it is, to come back to.
func (n Notifications) here() string { return n.with("", "") }

// narrowed reports whether the wall above is, and the notifications with it.
func (n Notifications) narrowed() bool {
	w := n.Filter.Wall
	return w.Text != "" || w.Profile != "" || len(w.Statuses) > 0
}

// ofAll returns the address of the list where the wall is not narrowed.
func (n Notifications) ofAll() string {
	return Listing{Path: n.Path, Query: n.Query, Own: WallFilters()}.clear() + "#notifications"
}

// newest returns what the newest of the notifications shown is known by.
func (n Notifications) newest() string {
	if len(n.List.Rows) == 0 {
		return "none"
	}
	return n.List.Rows[0].ID
}

// open returns those of the notifications on the page that nobody has seen.
func (n Notifications) open() (all []plaza.AgentNotification) {
	for _, one := range n.List.Rows {
		if one.Acknowledged.IsZero() {
			all = append(all, one)
		}
	}
	return all
}

// notificationsOf returns the address of what a ConnectAgent told.
func notificationsOf(agent string) string {
	return "/monitor?" + url.Values{"agent": {agent}, "seen": {"all"}}.Encode() + "#notifications"
}

// by returns who has seen a notification, as far as the viewer may know.
func (n Notifications) by(one plaza.AgentNotification) string {
	if one.ByName == "" {
		return n.Frame.T("history.above")
	}
	return one.ByName
}
