package views

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
)

func hostileTile(s plaza.AgentStatus) plaza.WallTile {
	return plaza.WallTile{
		Tile: plaza.Tile{
			ID: hostile + string(s), Profile: hostile, ProfileName: hostile, Name: hostile, Build: hostile, Seen: noon().Add(-time.Minute),
			Health: plaza.HealthError, Message: hostile,
		},
		Status: s,
	}
}

func hostileNotifications(f Frame) Notifications {
	n := plaza.AgentNotification{
		ID: hostile, Profile: hostile, ProfileName: hostile, Agent: hostile, AgentName: hostile, Level: plaza.LevelError,
		Location: hostile, Message: hostile, At: noon(), Received: noon(),
	}
	seen, above := n, n
	seen.Acknowledged, seen.By, seen.ByName, seen.Level = noon(), hostile, hostile, plaza.LevelWarning
	above.Acknowledged, above.By, above.Level = noon(), hostile, plaza.LevelInfo
	return Notifications{
		Frame: f, Listing: hostileListing("/monitor"), Filter: plaza.NotificationFilter{Levels: plaza.NotificationLevels()},
		Seen: "yes", Agent: hostileAgent(), Newest: "another",
		List: plaza.List[plaza.AgentNotification]{Rows: []plaza.AgentNotification{n, n, seen, above, {}}, Total: 1000, Prev: hostile, Next: hostile},
		Done: plaza.List[plaza.AgentNotification]{Rows: []plaza.AgentNotification{seen}, Total: 1},
	}
}

func monitorPages(f Frame) [][2]Page {
	full := Monitor{
		Frame: f, Listing: hostileListing("/monitor"), Profile: plaza.Profile{ID: hostile, Name: hostile},
		Filter:        plaza.MonitorFilter{Text: hostile, Statuses: []plaza.AgentStatus{plaza.AgentError, plaza.AgentNever}},
		Wall:          plaza.Wall{At: noon(), Turn: hostile, Counts: map[plaza.AgentStatus]int{plaza.AgentError: 12000}},
		Notifications: hostileNotifications(f),
	}
	for _, s := range plaza.AgentStatuses() {
		full.Wall.Tiles = append(full.Wall.Tiles, hostileTile(s))
	}
	crowded := Monitor{
		Frame: f, Wall: plaza.Wall{Crowded: true}, Notifications: Notifications{Frame: f},
		Choices: plaza.List[plaza.Profile]{Rows: []plaza.Profile{{ID: hostile, Name: hostile, Agents: 12000}}, Total: 999},
	}
	return [][2]Page{
		{Monitor{Frame: f, Notifications: Notifications{Frame: f}}, full},
		{Monitor{Frame: f, Notifications: Notifications{Frame: f}}, crowded},
		{Alarm{Frame: f}, Alarm{Frame: f, Agent: hostileAgent(), Alarm: hostileAlarm(), Support: hostile, Form: hostileForm("on", "minutes", "address")}},
		{Alarm{Frame: f}, Alarm{Frame: f, Agent: hostileAgent(), Alarm: hostileAlarm(), Form: staleForm("minutes", "address")}},
	}
}

func hostileAlarm() plaza.AgentAlarm {
	return plaza.AgentAlarm{Agent: hostile, After: 10 * time.Minute, Address: hostile, Raised: noon().Add(-time.Hour), Version: 2}
}

// TestSummaryCountsTheTiles: what stands on top is what one sees below.
func TestSummaryCountsTheTiles(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	p := Monitor{Frame: f, Wall: plaza.Wall{Counts: map[plaza.AgentStatus]int{plaza.AgentOnline: 7, plaza.AgentError: 1}}, Notifications: Notifications{Frame: f}}
	p.Filter.Statuses = []plaza.AgentStatus{plaza.AgentError}
	p.Wall.Tiles = []plaza.WallTile{hostileTile(plaza.AgentError)}
	page := drawPage(t, p)
	for _, want := range []string{`data-shown="all">1<`, `data-shown="error">1<`, `data-shown="online">0<`, `data-count>7<`, `aria-current="true"`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
}

// TestACrowdLeadsOn: where there is no wall, there are ways to smaller ones.
func TestACrowdLeadsOn(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	f.Actor.Profile, f.Actor.ProfileName = "own", "Our own"
	p := Monitor{Frame: f, Wall: plaza.Wall{Crowded: true}, Notifications: Notifications{Frame: f}}
	p.Choices = plaza.List[plaza.Profile]{Rows: []plaza.Profile{{ID: "p1", Name: "Bakery", Agents: 12}}, Total: 3}
	page := drawPage(t, p)
	for _, want := range []string{`<a href="/monitor?profile=own">Our own</a>`, `<a href="/monitor?profile=p1">Bakery</a>`, "And 2 more"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestTogglesLeadToMoreAndToFewer(t *testing.T) {
	t.Parallel()
	p := Monitor{Listing: Listing{Path: "/monitor"}}
	for _, test := range []struct {
		now  []plaza.AgentStatus
		on   plaza.AgentStatus
		want string
	}{
		{nil, plaza.AgentError, "/monitor?state=error"},
		{[]plaza.AgentStatus{plaza.AgentError}, plaza.AgentError, "/monitor"},
		{[]plaza.AgentStatus{plaza.AgentError}, plaza.AgentWarning, "/monitor?state=warning%2Cerror"},
		{plaza.AgentStatuses()[1:], plaza.AgentOnline, "/monitor"},
	} {
		p.Filter.Statuses = test.now
		if got := p.toggled(test.on); got != test.want {
			t.Errorf("%v and %s: %s, want %s", test.now, test.on, got, test.want)
		}
	}
}

func TestBandIsWhatTheHistorySays(t *testing.T) {
	t.Parallel()
	at := func(hours int) time.Time { return noon().Add(time.Duration(hours-24) * time.Hour) }
	b := Band{From: at(0), States: []plaza.AgentState{
		{At: at(-5), State: plaza.AgentOnline}, {At: at(6), State: plaza.AgentError}, {At: at(7), State: plaza.AgentError}, {At: at(12), State: plaza.AgentOnline},
	}}
	want := []stretch{{plaza.AgentOnline, at(0), at(6)}, {plaza.AgentError, at(6), at(12)}, {plaza.AgentOnline, at(12), at(24)}}
	if diff := cmp.Diff(want, b.stretches(noon())); diff != "" {
		t.Error(diff)
	}
	if got := (Band{From: at(0)}).stretches(noon()); len(got) != 1 || got[0].State != plaza.AgentNever {
		t.Errorf("nobody who was never seen was %v", got)
	}
	boxes := b.boxes(noon())
	if len(boxes) != 3 || boxes[1].X != bandWidth/4 || boxes[1].W != bandWidth/4 || boxes[1].Class != "chart-red" {
		t.Errorf("drawn as %+v", boxes)
	}
	if says := testFrame(t, "en").bandSays(b); !strings.Contains(says, "Online for 18 hours") || !strings.Contains(says, "Error for 6 hours") {
		t.Errorf("says %q", says)
	}
}

// BenchmarkMonitor draws ten thousand tiles.
func BenchmarkMonitor(b *testing.B) {
	f := testFrame(b, "en")
	p := Monitor{Frame: f, Notifications: Notifications{Frame: f}}
	for i := range plaza.MostTiles {
		p.Wall.Tiles = append(p.Wall.Tiles, plaza.WallTile{Tile: plaza.Tile{
			ID: fmt.Sprintf("01900000-0000-7000-8000-%012d", i), Profile: strconv.Itoa(i / 40), ProfileName: fmt.Sprint("Partner ", i/40),
			Name: fmt.Sprint("Kassa ", i), Build: "5.4.2", Seen: noon().Add(-time.Duration(i) * time.Second),
		}, Status: plaza.AgentStatuses()[i%6]})
	}
	var out bytes.Buffer
	for b.Loop() {
		out.Reset()
		if err := p.Page().Render(b.Context(), &out); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(out.Len()), "bytes/page")
}

// TestSuspendedLicenseIsSaid where a ConnectAgent stands still for it, and not as if
// it had just stopped.
func TestSuspendedLicenseIsSaid(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	tile := hostileTile(plaza.AgentOffline)
	tile.Suspended = true
	if got := TileMessage(f.Printer, tile); got != "Its license is suspended" {
		t.Errorf("a tile says %q", got)
	}
	tile.Suspended = false
	if got := TileMessage(f.Printer, tile); got != "" {
		t.Errorf("a tile says %q of one whose license is not", got)
	}
	a := plaza.ConnectAgent{Seen: f.Now.Add(-time.Hour), Goodbye: f.Now.Add(-time.Hour)}
	a.License.Suspended = f.Now.Add(-2 * time.Hour)
	const said = "Its license is suspended: it does no work until that is resumed. It said that it would stop"
	if got := (Agent{Frame: f, Agent: a}).why(); !strings.HasPrefix(got, said) {
		t.Errorf("its page says %q", got)
	}
	a.Seen, a.Goodbye = f.Now, time.Time{}
	if got := (Agent{Frame: f, Agent: a}).why(); strings.Contains(got, "suspended") {
		t.Errorf("while it is online its page says %q", got)
	}
}

// TestFileThatIsOverIsSaid: without it, the ConnectAgent would seem never to have been
// started.
func TestFileThatIsOverIsSaid(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	m := plaza.Activation{ID: "m", Created: f.Now.Add(-50 * 24 * time.Hour), FileUntil: f.Now.Add(-24 * time.Hour)}
	p := Agent{Frame: f, Machines: []plaza.Activation{m}, Server: "https://plaza.example"}
	if got := p.why(); !strings.HasPrefix(got, "It was activated offline, by a file that was good until") {
		t.Errorf("its page says %q", got)
	}
	late := plaza.MachineVerdict{Verdict: plaza.Verdict{Code: plaza.CheckNotStarted}, Machine: m}
	if what, _, _ := p.remedy(late); !strings.Contains(f.Say(what), "Make a new one") {
		t.Errorf("and what to do: %q", f.Say(what))
	}
	if got := f.Say(p.verdict(late)); got != f.Say(plaza.CheckNotStarted.Text()) {
		t.Errorf("and why: %q", got)
	}
}
