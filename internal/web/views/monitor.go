package views

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/i18n"
)

// tileClass returns the class that gives a tile its colour and icon.
func tileClass(s plaza.AgentStatus) string {
	switch s {
	case plaza.AgentOnline:
		return "agent agent-online"
	case plaza.AgentWarning:
		return "agent agent-warning"
	case plaza.AgentError:
		return "agent agent-error"
	case plaza.AgentOverdue:
		return "agent agent-overdue"
	case plaza.AgentNever:
		return "agent agent-never"
	case plaza.AgentOffline:
	}
	return "agent agent-offline"
}

// statusIcon returns the class of the icon that stands for a status.
func statusIcon(s plaza.AgentStatus) string {
	switch s {
	case plaza.AgentOnline:
		return "mark mark-online"
	case plaza.AgentWarning:
		return "mark mark-warning"
	case plaza.AgentError:
		return "mark mark-error"
	case plaza.AgentOverdue:
		return "mark mark-overdue"
	case plaza.AgentNever:
		return "mark mark-never"
	case plaza.AgentOffline:
	}
	return "mark mark-offline"
}

// statusDot returns the dot of a status, where there is one.
func statusDot(s plaza.AgentStatus) string {
	switch s {
	case plaza.AgentOnline:
		return "dot-green"
	case plaza.AgentWarning, plaza.AgentOverdue:
		return "dot-amber"
	case plaza.AgentError:
		return "dot-red"
	case plaza.AgentNever:
		return "dot-grey dot-ring"
	case plaza.AgentOffline:
	}
	return "dot-grey"
}

// TileMessage returns why a ConnectAgent is not as it should be: in its own words
// while it is heard of, else that its license is suspended, if it is.
func TileMessage(p *i18n.Printer, t plaza.WallTile) string {
	switch {
	case t.Status == plaza.AgentWarning || t.Status == plaza.AgentError:
		return shorter(t.Message, 200)
	case t.Suspended && t.Status != plaza.AgentOnline:
		return p.T("monitor.suspended")
	}
	return ""
}

// WallFilters returns the parameters that narrow the wall.
func WallFilters() []string { return []string{"q", "state", "profile"} }

// wallOf returns the address of the wall with a profile's own tiles.
func wallOf(profile string) string { return "/monitor?" + url.Values{"profile": {profile}}.Encode() }

// tileID returns what a tile is found by.
func tileID(agent string) string { return "tile-" + agent }

// wallGroup is the tiles of one profile.
type wallGroup struct {
	Profile, Name string
	Tiles         []plaza.WallTile
}

// groups returns the tiles by their profile, in their order.
func (p Monitor) groups() (all []wallGroup) {
	for _, t := range p.Wall.Tiles {
		if n := len(all); n == 0 || all[n-1].Profile != t.Profile {
			all = append(all, wallGroup{t.Profile, t.ProfileName, nil})
		}
		last := &all[len(all)-1]
		last.Tiles = append(last.Tiles, t)
	}
	return all
}

func countTiles(tiles []plaza.WallTile) map[plaza.AgentStatus]int {
	n := map[plaza.AgentStatus]int{}
	for _, t := range tiles {
		n[t.Status]++
	}
	return n
}

// words says things that stand on thousands of tiles, each once.
type words struct {
	f      Frame
	status map[plaza.AgentStatus]string
	ago    map[time.Duration]string
}

func (f Frame) words() *words {
	w := &words{f: f, status: map[plaza.AgentStatus]string{}, ago: map[time.Duration]string{}}
	for _, s := range plaza.AgentStatuses() {
		w.status[s] = f.Say(s.Text())
	}
	return w
}

// seen returns when somebody was last heard of. Within a day, whole minutes are as
// good as the time itself.
func (w *words) seen(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	d := w.f.Now.Sub(t)
	if d < 0 || d >= 24*time.Hour {
		return w.f.Ago(t, w.f.Now)
	}
	d = d.Truncate(time.Minute)
	if w.ago[d] == "" {
		w.ago[d] = w.f.Ago(w.f.Now.Add(-d), w.f.Now)
	}
	return w.ago[d]
}

// seenAt returns t as the script reads it.
func seenAt(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.Unix(), 10)
}

// chosen reports whether the wall is narrowed to some statuses, and s is one.
func (p Monitor) chosen(s plaza.AgentStatus) bool { return slices.Contains(p.Filter.Statuses, s) }

// toggled returns the address of the wall with s chosen too, or not any more.
func (p Monitor) toggled(s plaza.AgentStatus) string {
	var names []string
	for _, one := range plaza.AgentStatuses() {
		if p.chosen(one) != (one == s) {
			names = append(names, string(one))
		}
	}
	if len(names) == len(plaza.AgentStatuses()) {
		names = nil
	}
	return p.with("state", strings.Join(names, ","))
}

// stream returns where the news of this wall come from.
func (p Monitor) stream() string {
	q := url.Values{"turn": {p.Wall.Turn}, "context": {Context(p.Frame.Actor)}}
	for _, name := range []string{"q", "profile", "state"} {
		if value := p.Query.Get(name); value != "" {
			q.Set(name, value)
		}
	}
	return "/monitor/stream?" + q.Encode()
}

// empty reports whether nobody is there to be watched, whatever is filtered.
func (p Monitor) empty() bool { return !p.Wall.Crowded && len(p.Wall.Tiles) == 0 }
