package app_test

import (
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

func TestAgents(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		in := plaza.NewAgent{Profile: w.Partner.Profile, Plan: w.Plans[plaza.ConnectAgentLicense].ID, Name: " Magazijn 'Zuid' "}
		a := must1[plaza.ConnectAgent](t)(w.CreateAgent(ctx, w.Reseller, in))
		got := must1[plaza.ConnectAgent](t)(w.Agent(ctx, w.Partner, a.ID))
		if got.Name != "Magazijn 'Zuid'" || got.License.Kind != plaza.ConnectAgentLicense || got.Liveness(w.Clock.Now()) != plaza.NeverSeen {
			t.Errorf("%+v", got)
		}
		if l := license(t, w, a.License.ID); l.Agent != a.ID || l.AgentName != got.Name || l.Profile != w.Partner.Profile {
			t.Errorf("its license: %+v", l)
		}
		for name, stranger := range strangers(w) {
			want(t, name+" reads", errOf(w.Agent(ctx, stranger, a.ID)), plaza.NotFound)
			want(t, name+" renames", w.RenameAgent(ctx, stranger, a.ID, plaza.AgentEdit{Name: "Mine", Version: 1}), plaza.NotFound)
		}
		want(t, "stranger creates", errOf(w.CreateAgent(ctx, w.Stranger, in)), plaza.NotFound)
		want(t, "partner creates", errOf(w.CreateAgent(ctx, w.Partner, in)), plaza.Forbidden)
		wrong := in
		wrong.Plan = w.Plans[plaza.Development].ID
		wantField(t, "a development plan", errOf(w.CreateAgent(ctx, w.Reseller, wrong)), "plan", "problem.plan")
		wrong.Plan, wrong.Name = in.Plan, " "
		wantField(t, "no name", errOf(w.CreateAgent(ctx, w.Reseller, wrong)), "name", "problem.required")

		must(t, w.RenameAgent(ctx, w.Partner, a.ID, plaza.AgentEdit{Name: " Noord ", Version: 1}))
		want(t, "stale", w.RenameAgent(ctx, w.Partner, a.ID, plaza.AgentEdit{Name: "Oost", Version: 1}), plaza.Stale)
		wantField(t, "blank", w.RenameAgent(ctx, w.Partner, a.ID, plaza.AgentEdit{Name: "  ", Version: 2}), "name", "problem.required")
		if got := must1[plaza.ConnectAgent](t)(w.Agent(ctx, w.Partner, a.ID)); got.Name != "Noord" {
			t.Errorf("called %q", got.Name)
		}

		beat := []plaza.Heartbeat{{Agent: a.ID, At: w.Clock.Now(), Health: plaza.HealthWarning, Message: "<b>disk\x00</b>"}}
		want(t, "a partner speaks for it", w.RecordHeartbeats(ctx, w.Partner, beat), plaza.Forbidden)
		must(t, w.RecordHeartbeats(ctx, plaza.Simulator, beat))
		if got := must1[plaza.ConnectAgent](t)(w.Agent(ctx, w.Partner, a.ID)); got.Liveness(w.Clock.Now()) != plaza.Online || got.Health != plaza.HealthWarning || got.Version != 2 {
			t.Errorf("%+v", got)
		}
		// It goes with its license.
		must(t, w.EndLicense(ctx, w.Reseller, a.License.ID, reason, 1))
		if list := must1[plaza.List[plaza.ConnectAgent]](t)(w.Agents(ctx, w.Partner, plaza.AgentFilter{}, plaza.Page{})); list.Total != 0 {
			t.Errorf("%d are listed", list.Total)
		}
	})
}
