package web

import (
	"strings"

	"github.com/connectplaza/plaza"
)

// Numbers of the Open Cybersecurity Schema Framework, 1.5.
const (
	ocsfVersion     = "1.5.0"
	ocsfCategory    = 6    // Application Activity
	ocsfClass       = 6003 // API Activity
	ocsfInformation = 1
	ocsfSuccess     = 1
	ocsfFailure     = 2
)

// ocsfEvent is an audit event as API Activity. What the class has no place for
// is in unmapped. The manual, audit.md, says what is where.
type ocsfEvent struct {
	Category     int            `json:"category_uid"`
	Class        int            `json:"class_uid"`
	Activity     int            `json:"activity_id"`
	Type         int            `json:"type_uid"`
	Time         int64          `json:"time"` // milliseconds
	Severity     int            `json:"severity_id"`
	Status       int            `json:"status_id"`
	StatusDetail string         `json:"status_detail,omitempty"`
	Message      string         `json:"message,omitempty"`
	Metadata     ocsfMetadata   `json:"metadata"`
	Actor        ocsfActor      `json:"actor"`
	API          ocsfAPI        `json:"api"`
	From         ocsfFrom       `json:"src_endpoint"`
	HTTP         *ocsfHTTP      `json:"http_request,omitempty"`
	Resources    []ocsfResource `json:"resources"`
	Unmapped     ocsfUnmapped   `json:"unmapped"`
}

type ocsfMetadata struct {
	Version string      `json:"version"`
	UID     string      `json:"uid"`
	LogName string      `json:"log_name"`
	Product ocsfProduct `json:"product"`
}

type ocsfProduct struct {
	Name    string `json:"name"`
	Vendor  string `json:"vendor_name"`
	Version string `json:"version,omitempty"`
}

type ocsfActor struct {
	App  string   `json:"app_name,omitempty"` // one of Plaza's own actors
	User ocsfUser `json:"user"`
}

type ocsfUser struct {
	UID  string   `json:"uid,omitempty"`
	Name string   `json:"name,omitempty"`
	Org  *ocsfOrg `json:"org,omitempty"`
}

type ocsfOrg struct {
	UID string `json:"uid"`
}

type ocsfAPI struct {
	Operation string      `json:"operation"`
	Request   ocsfRequest `json:"request"`
}

type ocsfRequest struct {
	UID string `json:"uid"`
}

type ocsfFrom struct {
	IP string `json:"ip,omitempty"`
}

type ocsfHTTP struct {
	UserAgent string `json:"user_agent"`
}

type ocsfResource struct {
	UID  string `json:"uid"`
	Type string `json:"type"`
	Name string `json:"name,omitempty"`
}

type ocsfUnmapped struct {
	Profile     string         `json:"profile_uid"`
	ProfileName string         `json:"profile_name,omitempty"`
	Above       bool           `json:"actor_above,omitempty"`
	Via         string         `json:"acting_name,omitempty"` // who was really at the keyboard
	Acting      string         `json:"acting_session_uid,omitempty"`
	Mode        string         `json:"acting_mode,omitempty"`
	Ticket      string         `json:"ticket,omitempty"`
	Token       string         `json:"token_name,omitempty"` // that a program came in with
	Changes     []plaza.Change `json:"changes,omitempty"`
}

// ocsf returns e as OCSF has it. Nothing is in it that the page does not show.
func ocsf(e plaza.AuditLine, version string) ocsfEvent {
	via := viaOf(e)
	activity := ocsfActivity(e.Verb)
	event := ocsfEvent{
		Category: ocsfCategory, Class: ocsfClass, Activity: activity, Type: ocsfClass*100 + activity,
		Time: e.At.UnixMilli(), Severity: ocsfInformation, Status: ocsfSuccess, StatusDetail: string(e.Refusal), Message: e.Reason,
		Metadata: ocsfMetadata{Version: ocsfVersion, UID: e.ID, LogName: "audit", Product: ocsfProduct{Name: "Plaza", Vendor: "ConnectPlaza", Version: version}},
		Actor:    ocsfActor{App: e.Actor.Own, User: ocsfUser{UID: e.Actor.Login, Name: e.ActorName}},
		API:      ocsfAPI{Operation: string(e.Verb), Request: ocsfRequest{UID: e.Actor.From.Request}},
		From:     ocsfFrom{IP: e.Address},
		Unmapped: ocsfUnmapped{
			Profile: e.Profile, ProfileName: e.ProfileName, Above: e.ActorAbove, Via: e.ViaName,
			Acting: via.ID, Mode: string(via.Mode), Ticket: via.Ticket, Token: e.PassName, Changes: e.Changes,
		},
		Resources: []ocsfResource{},
	}
	if e.Result == plaza.Refused {
		event.Status = ocsfFailure
	}
	if e.Actor.Profile != "" {
		event.Actor.User.Org = &ocsfOrg{UID: e.Actor.Profile}
	}
	if e.UserAgent != "" {
		event.HTTP = &ocsfHTTP{UserAgent: e.UserAgent}
	}
	if e.ObjectKind != "" {
		event.Resources = append(event.Resources, ocsfResource{UID: e.Object, Type: e.ObjectKind, Name: e.ObjectName})
	}
	return event
}

// ocsfActivity returns what kind of thing v does.
func ocsfActivity(v plaza.Verb) int {
	const (
		create = 1
		read   = 2
		update = 3
		remove = 4
		other  = 99
	)
	_, deed, _ := strings.Cut(string(v), ".")
	switch deed {
	case "create", "issue", "make", "start", "accept":
		return create
	case "read", "reveal", "download", "export":
		return read
	case "end", "close", "withdraw", "stop", "expire", "forget":
		return remove
	case "sign_in", "sign_out", "switch", "":
		return other
	}
	return update
}
