package web

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/door"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/sheet"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) monitorRoutes(m mount) {
	m.get("/monitor", plaza.AgentRead, s.monitor)
	m(door.Route{Method: http.MethodGet, Pattern: "/monitor/stream", Verb: plaza.AgentRead, Lasts: true}, s.monitorStream)
}

// monitor draws the wall with the notifications below it; for a page that asks by
// itself, only these.
func (s *Web) monitor(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionMonitor)
	if err != nil {
		return err
	}
	p := views.Monitor{Frame: f, Listing: listing(r), Filter: sheet.MonitorFilter(r.Form), Still: keepAlive}
	p.Own = views.WallFilters()
	p.Query.Del("done")
	p.Query.Del("newest")
	if p.Profile, err = s.filtering(r, actor); err != nil {
		return err
	}
	if !actor.From.ByItself {
		if p.Wall, err = s.app.Monitor(r.Context(), actor, p.Filter, ""); err != nil {
			return err
		}
	}
	if p.Wall.Crowded && p.Profile.ID == "" {
		if p.Choices, err = s.app.Profiles(r.Context(), actor, plaza.ProfileFilter{Text: p.Filter.Text}, plaza.Page{Size: plaza.MaxPageSize}); err != nil {
			return err
		}
	}
	if p.Notifications, err = s.notifications(r, actor, f); err != nil {
		return err
	}
	return s.renderLong(w, r, p)
}

// news is what a script puts on the wall.
type news struct {
	Turn    string                    `json:"turn"`
	At      int64                     `json:"at"` // milliseconds
	Whole   bool                      `json:"whole,omitempty"`
	Crowded bool                      `json:"crowded,omitempty"`
	Counts  map[plaza.AgentStatus]int `json:"counts,omitempty"`
	Tiles   []newsTile                `json:"tiles,omitempty"`
	Gone    []string                  `json:"gone,omitempty"`
}

type newsTile struct {
	ID      string            `json:"id"`
	Profile string            `json:"profile"`
	Holder  string            `json:"holder"`
	Name    string            `json:"name"`
	Status  plaza.AgentStatus `json:"status"`
	Build   string            `json:"build,omitempty"`
	Seen    int64             `json:"seen,omitempty"` // seconds; 0: never
	Message string            `json:"message,omitempty"`
}

// newsOf returns what a script needs of a wall; as JSON, an empty one says that
// nothing changed.
func newsOf(p *i18n.Printer, wall plaza.Wall) ([]byte, error) {
	n := news{Turn: wall.Turn, At: wall.At.UnixMilli(), Whole: wall.Whole, Crowded: wall.Crowded, Counts: wall.Counts, Gone: wall.Gone}
	for _, t := range wall.Tiles {
		tile := newsTile{
			ID: t.ID, Profile: t.Profile, Holder: t.ProfileName, Name: t.Name, Status: t.Status, Build: t.Build, Message: views.TileMessage(p, t),
		}
		if !t.Seen.IsZero() {
			tile.Seen = t.Seen.Unix()
		}
		n.Tiles = append(n.Tiles, tile)
	}
	return json.Marshal(n)
}

// streams reports whether r asks for a stream of events.
func streams(r *http.Request) bool { return r.Header.Get("Accept") == "text/event-stream" }

// lastTurn returns the turn of the wall that r's sender has.
func lastTurn(r *http.Request) string {
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		return last
	}
	return r.FormValue("turn")
}

// monitorStream sends what changes on the wall, for as long as somebody listens and
// may see it; or only once, to a script that cannot listen.
func (s *Web) monitorStream(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if drawn, told := r.Form["context"]; told && drawn[0] != views.Context(actor) {
		return plaza.Errorf(plaza.Conflict, "error.meanwhile") // what somebody sees is another profile's wall
	}
	if _, err := s.filtering(r, actor); err != nil {
		return err
	}
	if streams(r) {
		if !s.audience.enter(actor.Session) {
			return plaza.Errorf(plaza.Limited, "error.too_many_streams")
		}
		defer s.audience.leave(actor.Session)
	}
	filter, turn := sheet.MonitorFilter(r.Form), lastTurn(r)
	wall, err := s.app.Monitor(r.Context(), actor, filter, turn)
	if err != nil {
		return err
	}
	if !streams(r) {
		body, err := newsOf(s.printer(r, actor), wall)
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "application/json")
		squeezed(w, r, body)
		return nil
	}
	l := &listener{web: s, token: s.token(r), actor: actor, printer: s.printer(r, actor), filter: filter, turn: turn, checked: s.now()}
	l.serve(r.Context(), w, wall)
	return nil
}

// micros returns the time that a form or an address carries as microseconds.
func micros(text string) time.Time {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}
