package app_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/heartbeat"
)

// told has an agent tell something, and returns the ID of that.
func told(t *testing.T, w *apptest.World, agent string) []string {
	t.Helper()
	must(t, w.RecordHeartbeats(t.Context(), plaza.Simulator, []plaza.Heartbeat{{
		Agent: agent, At: w.Clock.Now(), Health: plaza.HealthOK,
		Notifications: []plaza.NewNotification{{Level: "error", Location: "flow", Message: "lost an order"}},
	}}))
	list := must1[plaza.List[plaza.AgentNotification]](t)(w.Notifications(t.Context(), w.Vendor, plaza.NotificationFilter{Agent: agent}, plaza.Page{}))
	return []string{list.Rows[0].ID}
}

// beats lets agents speak at the present time.
func beats(t *testing.T, w *apptest.World, h plaza.Health, agents ...string) {
	t.Helper()
	var all []plaza.Heartbeat
	for _, id := range agents {
		all = append(all, plaza.Heartbeat{Agent: id, At: w.Clock.Now(), Health: h, Message: "as it is"})
	}
	must(t, w.RecordHeartbeats(t.Context(), plaza.Simulator, all))
}

func wallOf(t *testing.T, w *apptest.World, actor plaza.Actor, f plaza.MonitorFilter, since string) plaza.Wall {
	t.Helper()
	return must1[plaza.Wall](t)(w.Monitor(t.Context(), actor, f, since))
}

// says returns a wall's tiles by name.
func says(wall plaza.Wall) map[string]plaza.AgentStatus {
	all := map[string]plaza.AgentStatus{}
	for _, t := range wall.Tiles {
		all[t.Name] = t.Status
	}
	return all
}

func TestMonitorTellsWhatChanged(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		issue := func(by plaza.Actor, profile, name string) string {
			in := plaza.NewAgent{Profile: profile, Plan: w.Plans[plaza.ConnectAgentLicense].ID, Name: name}
			return must1[plaza.ConnectAgent](t)(w.CreateAgent(ctx, by, in)).ID
		}
		one, two := issue(w.Reseller, w.Partner.Profile, "one"), issue(w.Reseller, w.Enterprise.Profile, "two")
		theirs := issue(w.Stranger, w.StrangerPartner.Profile, "theirs")
		beats(t, w, plaza.HealthOK, one, theirs)

		first := wallOf(t, w, w.Reseller, plaza.MonitorFilter{}, "")
		if diff := cmp.Diff(map[string]plaza.AgentStatus{"one": plaza.AgentOnline, "two": plaza.AgentNever}, says(first)); diff != "" || !first.Whole {
			t.Errorf("at first: %s", diff)
		}
		if again := wallOf(t, w, w.Reseller, plaza.MonitorFilter{}, first.Turn); again.Whole || len(again.Tiles) > 0 || again.Turn != first.Turn || again.Counts != nil {
			t.Errorf("nothing happened: %+v", again)
		}
		beats(t, w, plaza.HealthError, two, theirs)
		if again := wallOf(t, w, w.Reseller, plaza.MonitorFilter{}, first.Turn); len(again.Tiles) > 0 {
			t.Errorf("read again within a second: %+v", again)
		}
		w.Clock.Advance(time.Second)
		second := wallOf(t, w, w.Reseller, plaza.MonitorFilter{}, first.Turn)
		if diff := cmp.Diff(map[string]plaza.AgentStatus{"two": plaza.AgentError}, says(second)); diff != "" {
			t.Errorf("what changed: %s", diff)
		}
		// What a filter does not choose any more is gone; what it never chose, too.
		well := plaza.MonitorFilter{Statuses: []plaza.AgentStatus{plaza.AgentOnline}}
		if wall := wallOf(t, w, w.Reseller, well, first.Turn); len(wall.Tiles) != 0 || !cmp.Equal(wall.Gone, []string{two}) || wall.Counts[plaza.AgentError] != 1 {
			t.Errorf("those that are well: %+v", wall)
		}
		// Time alone makes an agent overdue, at the latest two seconds after it is.
		w.Clock.Advance(plaza.OnlineWithin / 2) // and nobody is away for so long that the wall is forgotten
		wallOf(t, w, w.Reseller, plaza.MonitorFilter{}, second.Turn)
		w.Clock.Advance(plaza.OnlineWithin/2 - time.Second)
		if wall := wallOf(t, w, w.Reseller, plaza.MonitorFilter{}, second.Turn); len(wall.Tiles) != 0 {
			t.Errorf("too early: %v", says(wall))
		}
		w.Clock.Advance(2 * time.Second)
		third := wallOf(t, w, w.Reseller, plaza.MonitorFilter{}, second.Turn)
		if diff := cmp.Diff(map[string]plaza.AgentStatus{"one": plaza.AgentOverdue, "two": plaza.AgentOverdue}, says(third)); diff != "" {
			t.Errorf("overdue: %s", diff)
		}
		must(t, w.EndLicense(ctx, w.Reseller, must1[plaza.ConnectAgent](t)(w.Agent(ctx, w.Partner, one)).License.ID, reason, 1))
		w.Clock.Advance(time.Second)
		if wall := wallOf(t, w, w.Reseller, plaza.MonitorFilter{}, third.Turn); !cmp.Equal(wall.Gone, []string{one}) {
			t.Errorf("after its license ended: %+v", wall)
		}
		for _, turn := range []string{"nonsense", first.Turn + "9", "-1"} {
			if wall := wallOf(t, w, w.Reseller, plaza.MonitorFilter{}, turn); !wall.Whole {
				t.Errorf("%s is known", turn)
			}
		}
		// Turns of one wall are nothing on another's, and nobody sees a stranger's.
		for name, stranger := range strangers(w) {
			for _, f := range []plaza.MonitorFilter{{}, {Profile: w.Enterprise.Profile}, {Text: "two"}} {
				if wall := wallOf(t, w, stranger, f, third.Turn); says(wall)["two"] != "" && stranger.Profile != w.Enterprise.Profile {
					t.Errorf("%s sees %v", name, says(wall))
				}
			}
		}
		if wall := wallOf(t, w, w.Reseller, plaza.MonitorFilter{Text: "ENTERPRISE"}, ""); len(wall.Tiles) != 1 {
			t.Errorf("by the name of its profile: %v", says(wall))
		}
	})
}

func TestReport(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		a := agent(t, w)
		key := must1[string](t)(w.RevealLicenseKey(ctx, w.Partner, a.License.ID))
		identify := func() *app.Bearer { return must1[*app.Bearer](t)(w.Fleet.Identify(ctx, key, plaza.Origin{})) }
		m := must1[plaza.Activation](t)(w.Fleet.Activate(ctx, identify(), plaza.NewActivation{Fingerprint: "here"}))
		b := identify()
		_, err := w.Fleet.Ping(ctx, b, m.ID, heartbeat.Beat{Generation: -1})
		must(t, err)
		must1[int](t)(w.Fleet.Flush(ctx))

		many := make([]plaza.NewNotification, plaza.MaxNotifications+1)
		for pointer, r := range map[string]plaza.Report{
			"/meta/health":                   {Health: "fine"},
			"/meta/message":                  {Health: plaza.HealthOK, Message: strings.Repeat("x", 2049)},
			"/meta/version":                  {Health: plaza.HealthOK, Build: strings.Repeat("x", 256)},
			"/meta/notifications":            {Health: plaza.HealthOK, Notifications: many},
			"/meta/notifications/0/level":    {Health: plaza.HealthOK, Notifications: []plaza.NewNotification{{Level: "fatal", Message: "x"}}},
			"/meta/notifications/1/message":  {Health: plaza.HealthOK, Notifications: []plaza.NewNotification{{Level: "info", Message: "x"}, {Level: "info"}}},
			"/meta/notifications/0/location": {Health: plaza.HealthOK, Notifications: []plaza.NewNotification{{Level: "info", Message: "x", Location: strings.Repeat("x", 256)}}},
			"/meta/notifications/0":          {Health: plaza.HealthOK, Notifications: []plaza.NewNotification{{Level: "info", Message: strings.Repeat("x", 2049)}}},
		} {
			_, err := w.Fleet.Report(ctx, b, m.ID, r)
			refusal, _ := errors.AsType[*plaza.Refusal](err)
			if refusal == nil || refusal.Code != "PARAMETER_INVALID" || refusal.Pointer != pointer {
				t.Errorf("%s: %v", pointer, err)
			}
		}
		_, err = w.Fleet.Report(ctx, b, "another", plaza.Report{Health: plaza.HealthOK})
		want(t, "of a machine that is none", err, plaza.NotFound)

		events := len(log(t, w))
		w.Clock.Advance(time.Second)
		got := must1[plaza.Activation](t)(w.Fleet.Report(ctx, b, "here", plaza.Report{
			Health: plaza.HealthError, Message: "<b>\x00disk</b>", Build: "5.0.1",
			Notifications: []plaza.NewNotification{{Level: "warning", Location: "flow", Message: "<script>", At: w.Clock.Now().Add(time.Hour)}},
		}))
		if got.ID != m.ID || len(log(t, w)) != events {
			t.Errorf("%+v, and %d events", got, len(log(t, w))-events)
		}
		must1[plaza.Activation](t)(w.Fleet.Report(ctx, b, m.ID, plaza.Report{Health: plaza.HealthError, Message: "disk"}))
		is := must1[plaza.ConnectAgent](t)(w.Agent(ctx, w.Partner, a.ID))
		if is.Health != plaza.HealthError || is.Message != "disk" || is.Build != "5.0.1" {
			t.Errorf("%+v", is)
		}
		list := must1[plaza.List[plaza.AgentNotification]](t)(w.Notifications(ctx, w.Reseller, plaza.NotificationFilter{}, plaza.Page{}))
		if list.Total != 1 || list.Rows[0].Message != "<script>" || !list.Rows[0].At.Equal(w.Clock.Now()) || list.Rows[0].Activation != m.ID {
			t.Errorf("%+v", list)
		}
		states := must1[[]plaza.AgentState](t)(w.AgentStates(ctx, w.Partner, a.ID, w.Clock.Now().Add(-day)))
		if diff := cmp.Diff([]plaza.AgentState{{At: w.Clock.Now(), State: plaza.AgentError}}, states); diff != "" {
			t.Error(diff)
		}
		for name, stranger := range strangers(w) {
			list, err := w.Notifications(ctx, stranger, plaza.NotificationFilter{Agent: a.ID}, plaza.Page{})
			states, wrong := w.AgentStates(ctx, stranger, a.ID, w.Clock.Now())
			alarm, worse := w.Alarm(ctx, stranger, a.ID)
			if err != nil || wrong != nil || worse != nil || list.Total+len(states)+alarm.Version > 0 {
				t.Errorf("%s sees %+v, %v, %v", name, list, states, alarm)
			}
		}
	})
}

// TestTheNewestNotificationsAreKept, whoever brings them.
func TestTheNewestNotificationsAreKept(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, s := t.Context(), sell(t, w, 1, nil)
		m := activate(t, w.Fleet, s, "fp")
		few := make([]plaza.NewNotification, plaza.MaxNotifications)
		for i := range plaza.KeptNotifications/plaza.MaxNotifications + 2 {
			for k := range few {
				few[k] = plaza.NewNotification{Level: "info", Message: strconv.Itoa(i)}
			}
			w.Clock.Advance(time.Second)
			if i%2 == 0 {
				must1[plaza.Activation](t)(w.Fleet.Report(ctx, come(t, w.Fleet, s), m.ID, plaza.Report{Health: plaza.HealthOK, Notifications: few}))
				continue
			}
			must(t, w.RecordHeartbeats(ctx, plaza.Simulator, []plaza.Heartbeat{{Agent: s.ID, At: w.Clock.Now(), Health: plaza.HealthOK, Notifications: few}}))
		}
		list := must1[plaza.List[plaza.AgentNotification]](t)(w.Notifications(ctx, w.Partner, plaza.NotificationFilter{}, plaza.Page{}))
		if list.Total != plaza.KeptNotifications || list.Rows[0].Message != "21" {
			t.Errorf("%d are kept, the newest is %s", list.Total, list.Rows[0].Message)
		}
	})
}

func TestNotificationsAreSeenBySomebody(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		ids := append(told(t, w, agent(t, w).ID), told(t, w, agent(t, w).ID)...)
		for name, stranger := range strangers(w) {
			want(t, name, errOf(w.AcknowledgeNotifications(ctx, stranger, ids)), plaza.NotFound)
		}
		support := w.Invite(t, w.Reseller, w.Partner.Profile, "Helper", plaza.Support)
		want(t, "support", errOf(w.AcknowledgeNotifications(ctx, support, ids)), plaza.Forbidden)
		want(t, "none", errOf(w.AcknowledgeNotifications(ctx, w.Partner, nil)), plaza.NotFound)
		at := must1[time.Time](t)(w.AcknowledgeNotifications(ctx, w.Reseller, append(ids, "never")))
		if n := w.Events(t, plaza.NotificationAcknowledge, plaza.Done); n != 2 {
			t.Errorf("%d events, want one for each agent", n)
		}
		want(t, "once more", errOf(w.AcknowledgeNotifications(ctx, w.Partner, ids)), plaza.NotFound)
		see := func(actor plaza.Actor) plaza.AgentNotification {
			f := plaza.NotificationFilter{By: w.Reseller.Login, AckedAt: at}
			return must1[plaza.List[plaza.AgentNotification]](t)(w.Notifications(ctx, actor, f, plaza.Page{})).Rows[0]
		}
		if above, below := see(w.Vendor), see(w.Partner); above.ByName != "Reseller owner" || below.ByName != "" {
			t.Errorf("by %q, told to the partner as %q", above.ByName, below.ByName)
		}
		for name, stranger := range strangers(w) {
			want(t, name, w.ReopenNotifications(ctx, stranger, ids), plaza.NotFound)
		}
		must(t, w.ReopenNotifications(ctx, w.Partner, ids))
		want(t, "once more", w.ReopenNotifications(ctx, w.Partner, ids), plaza.NotFound)
	})
}

func TestSilenceRaisesAnAlarm(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, began := t.Context(), w.Clock.Now()
		var agents []string
		for range 7 {
			agents = append(agents, agent(t, w).ID)
		}
		set := func(id string, in plaza.AlarmEdit) error { return w.SetAlarm(ctx, w.Partner, id, in) }
		wantField(t, "too short", set(agents[0], plaza.AlarmEdit{On: true, Minutes: 1}), "minutes", "problem.range")
		wantField(t, "too long", set(agents[0], plaza.AlarmEdit{On: true, Minutes: 1441}), "minutes", "problem.range")
		wantField(t, "no address", set(agents[0], plaza.AlarmEdit{On: true, Minutes: 2, Address: "x"}), "address", "problem.email")
		for name, stranger := range strangers(w) {
			want(t, name, w.SetAlarm(ctx, stranger, agents[0], plaza.AlarmEdit{On: true, Minutes: 2}), plaza.NotFound)
		}
		for _, id := range agents {
			must(t, set(id, plaza.AlarmEdit{On: true, Minutes: 5}))
		}
		if a := must1[plaza.AgentAlarm](t)(w.Alarm(ctx, w.Reseller, agents[0])); a.Address != "support-Partner@example.com" || a.After != 5*time.Minute {
			t.Errorf("%+v", a)
		}
		watch := func() { must(t, w.WatchAgents(ctx, plaza.Janitor, began)) }
		want(t, "a partner watches", w.WatchAgents(ctx, w.Partner, began), plaza.Forbidden)
		mails := func(kind plaza.MailKind) (subjects []string) {
			list := must1[plaza.List[plaza.Mail]](t)(w.Mails(ctx, w.Vendor, plaza.MailFilter{}, plaza.Page{Size: plaza.MaxPageSize}))
			for _, m := range list.Rows {
				if m.Kind == kind && m.To == "support-Partner@example.com" {
					subjects = append(subjects, m.Subject)
				}
			}
			return subjects
		}
		notices := func() (all []string) {
			list := must1[plaza.List[plaza.Notice]](t)(w.Notices(ctx, w.Partner, plaza.Page{Size: plaza.MaxPageSize}))
			for _, n := range list.Rows {
				if strings.HasPrefix(string(n.Kind), "agent") {
					all = append(all, string(n.Kind)+" "+n.About)
				}
			}
			return all
		}

		beats(t, w, plaza.HealthOK, agents...)
		watch()
		w.Clock.Advance(4 * time.Minute)
		beats(t, w, plaza.HealthOK, agents[1:]...)
		w.Clock.Advance(time.Minute + time.Second)
		watch()
		watch()
		one := must1[plaza.ConnectAgent](t)(w.Agent(ctx, w.Partner, agents[0])).Name
		if diff := cmp.Diff([]string{one + " has fallen silent"}, mails(plaza.MailAgentSilent)); diff != "" {
			t.Errorf("of one: %s", diff)
		}
		if diff := cmp.Diff([]string{"agent_silent " + one}, notices()); diff != "" {
			t.Errorf("of one: %s", diff)
		}
		beats(t, w, plaza.HealthOK, agents[0])
		watch()
		if diff := cmp.Diff([]string{one + " is back"}, mails(plaza.MailAgentBack)); diff != "" {
			t.Error(diff)
		}
		w.Clock.Advance(time.Hour) // a storm: all of them at once
		watch()
		if got := mails(plaza.MailAgentSilent); len(got) != 2 || got[0] != "7 ConnectAgents of Partner have fallen silent" {
			t.Errorf("in a storm: %q", got)
		}
		beats(t, w, plaza.HealthOK, agents...)
		watch()
		if got := mails(plaza.MailAgentBack); len(got) != 2 || got[0] != "7 ConnectAgents of Partner are back" {
			t.Errorf("after it: %q", got)
		}
		if got := notices(); len(got) != 4 || got[0] != "agents_back 7" || got[1] != "agents_silent 7" {
			t.Errorf("notices: %q", got)
		}
		// A server that has just begun to listen knows nothing of silence.
		w.Clock.Advance(time.Hour)
		must(t, w.WatchAgents(ctx, plaza.Janitor, w.Clock.Now().Add(-4*time.Minute)))
		if got := mails(plaza.MailAgentSilent); len(got) != 2 {
			t.Errorf("after an outage of ours: %q", got)
		}
		// Nor does one whose clock leapt, until it has listened for as long as an alarm waits.
		beats(t, w, plaza.HealthOK, agents...)
		watch()
		silent := len(mails(plaza.MailAgentSilent))
		w.Clock.Set(w.Clock.Now().Add(time.Hour))
		watch()
		w.Clock.Advance(4 * time.Minute)
		watch()
		if n := len(mails(plaza.MailAgentSilent)); n != silent {
			t.Errorf("after a leap of the clock: %d mails", n-silent)
		}
		w.Clock.Advance(time.Minute + time.Second)
		watch()
		if n := len(mails(plaza.MailAgentSilent)); n != silent+1 {
			t.Errorf("after it, of those who are silent indeed: %d mails", n-silent)
		}
		w.Partner = w.SignIn(t, "partner@example.com")
		must(t, set(agents[0], plaza.AlarmEdit{Version: 1}))
		want(t, "off, late", set(agents[0], plaza.AlarmEdit{Version: 1}), plaza.Stale)
	})
}
