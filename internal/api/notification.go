package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

const notifications = Prefix + "/notifications"

func (s *API) notificationOperations() {
	op(s, plaza.AgentRead, huma.Operation{
		OperationID: "list-notifications", Summary: "List what ConnectAgents told", Method: http.MethodGet, Path: notifications, Tags: []string{"notification"},
	}, s.listNotifications)
	op(s, plaza.NotificationAcknowledge, huma.Operation{
		OperationID: "acknowledge-notifications", Summary: "Say that somebody saw to what ConnectAgents told", Method: http.MethodPost, Path: notifications + "/acknowledge",
		DefaultStatus: http.StatusNoContent,
	}, s.acknowledgeNotifications)
	op(s, plaza.NotificationReopen, huma.Operation{
		OperationID: "reopen-notifications", Summary: "Say that nobody saw to it yet", Method: http.MethodPost, Path: notifications + "/reopen", DefaultStatus: http.StatusNoContent,
	}, s.reopenNotifications)
}

// notification is a [plaza.AgentNotification] on the wire.
type notification struct {
	ID             string     `json:"id"`
	Profile        ref        `json:"profile"`
	Agent          ref        `json:"agent"`
	Level          string     `json:"level"           enum:"info,warning,error"`
	Location       string     `json:"location"        doc:"Where in its work, in its own words"`
	Message        string     `json:"message"         doc:"In its own words"`
	At             time.Time  `json:"at"              doc:"As the ConnectAgent says"`
	ReceivedAt     time.Time  `json:"received_at"`
	AcknowledgedAt *time.Time `json:"acknowledged_at" doc:"null: by nobody yet"`
	AcknowledgedBy maybe      `json:"acknowledged_by" doc:"null: by nobody yet, or by somebody above"`
}

func wireNotification(n plaza.AgentNotification) notification {
	by := maybe{}
	if n.ByName != "" {
		by = refTo(n.By, n.ByName)
	}
	return notification{
		ID: n.ID, Profile: ref{n.Profile, n.ProfileName}, Agent: ref{n.Agent, n.AgentName}, Level: string(n.Level), Location: n.Location, Message: n.Message,
		At: n.At.UTC(), ReceivedAt: n.Received.UTC(), AcknowledgedAt: at(n.Acknowledged), AcknowledgedBy: by,
	}
}

type listNotificationsIn struct {
	Leaf

	Sort         string   `query:"sort"                 enum:"at,-at" doc:"Order; with - from the end"`
	Agent        string   `query:"filter[agent]"        doc:"ID: of this ConnectAgent only"`
	Text         string   `query:"filter[text]"         doc:"Part of the ConnectAgent's name or of its profile's"`
	Profile      string   `query:"filter[profile]"      doc:"ID: of this profile's own ConnectAgents only"`
	Levels       []string `query:"filter[level]"        enum:"info,warning,error"`
	Acknowledged string   `query:"filter[acknowledged]" enum:"yes,no" doc:"Without it, whether or not"`
}

func (s *API) listNotifications(ctx context.Context, actor plaza.Actor, in *listNotificationsIn) (*listOut[notification], error) {
	f := plaza.NotificationFilter{Agent: in.Agent, Wall: plaza.MonitorFilter{Text: in.Text, Profile: in.Profile}, Levels: words[plaza.NotificationLevel](in.Levels)}
	if in.Acknowledged != "" {
		f.Acknowledged = new(in.Acknowledged == "yes")
	}
	list, err := s.app.Notifications(ctx, actor, f, in.page(in.Sort))
	return wireList(list, wireNotification), err
}

type notificationsIn struct {
	Body struct {
		IDs []string `json:"ids" minItems:"1" maxItems:"200"`
	}
}

func (s *API) acknowledgeNotifications(ctx context.Context, actor plaza.Actor, in *notificationsIn) (*empty, error) {
	_, err := s.app.AcknowledgeNotifications(ctx, actor, in.Body.IDs)
	return &empty{}, err
}

func (s *API) reopenNotifications(ctx context.Context, actor plaza.Actor, in *notificationsIn) (*empty, error) {
	return &empty{}, s.app.ReopenNotifications(ctx, actor, in.Body.IDs)
}
