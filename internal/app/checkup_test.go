package app_test

import (
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/heartbeat"
)

// TestCheckupSaysWhatTheAgentIsTold asks both ways as the license goes through its
// life.
func TestCheckupSaysWhatTheAgentIsTold(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, a := t.Context(), agent(t, w)
		key := keyOf(t, w, a)
		agrees := func(what, fingerprint string, want plaza.CheckCode) {
			t.Helper()
			before := license(t, w, a.License.ID)
			c := must1[plaza.Checkup](t)(w.AgentCheckup(ctx, w.Partner, a.ID))
			if len(c.Verdicts) != 1 || c.Verdicts[0].Code != want {
				t.Errorf("%s: the page says %+v, want %s", what, c.Verdicts, want)
			}
			equal(t, what+": nothing is stamped", license(t, w, a.License.ID), before)
			scope := plaza.CheckScope{Product: plaza.Give(w.Fleet.Wire().Product)}
			if fingerprint != "" {
				scope.Fingerprint = plaza.Give(fingerprint)
			}
			b, v, _, err := w.Fleet.CheckKey(ctx, key, scope, plaza.Origin{})
			must(t, err)
			if b != nil && fingerprint == "" {
				v, _, err = w.Fleet.Check(ctx, b, plaza.CheckScope{}, true)
				must(t, err)
			}
			if v.Code != want {
				t.Errorf("%s: the agent is told %s, want %s", what, v.Code, want)
			}
		}
		agrees("new", "", plaza.CheckNoMachine)
		m := activated(t, w, a, "till")
		agrees("activated", m.Fingerprint, plaza.CheckValid)
		w.Clock.Advance(10 * time.Minute)
		agrees("silent", m.Fingerprint, plaza.CheckHeartbeatDead)
		b := must1[*app.Bearer](t)(w.Fleet.Identify(ctx, key, plaza.Origin{}))
		_, err := w.Fleet.Ping(ctx, b, m.ID, heartbeat.Beat{Generation: -1})
		must(t, err)
		must1[int](t)(w.Fleet.Flush(ctx))
		agrees("heard of", m.Fingerprint, plaza.CheckValid)
		must(t, w.SuspendLicense(ctx, w.Reseller, a.License.ID, reason, 1))
		agrees("suspended", m.Fingerprint, plaza.CheckSuspended)
		must(t, w.ResumeLicense(ctx, w.Reseller, a.License.ID, 2))
		suspend(t, w, w.Reseller, w.Partner.Profile)
		c := must1[plaza.Checkup](t)(w.AgentCheckup(ctx, w.Reseller, a.ID))
		equal(t, "its profile stands still", c.Verdicts[0].Code, plaza.CheckSuspended)
		for name, stranger := range strangers(w) {
			want(t, name, errOf(w.AgentCheckup(ctx, stranger, a.ID)), plaza.NotFound)
		}
	})
}
