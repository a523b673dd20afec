package app_test

import (
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

func TestANewResellerSeesZerosAndOneLogin(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		fresh := w.Add(t, w.Vendor, plaza.Reseller, "Fresh")
		o := must1[plaza.Overview](t)(w.Overview(t.Context(), fresh))
		if o.LoginsIn("") != 1 || o.LicensesIn("", plaza.LicenseStates()...) != 0 || o.AgentsIn("", "") != 0 || len(o.Profiles) != 0 {
			t.Errorf("%+v", o)
		}
		if len(o.Ends) != 12 || o.Expiring.Total+o.Silent.Total+o.Unwell.Total+o.Requests.Total+o.Moves.Total != 0 || o.Profile.Parent != "" {
			t.Errorf("%+v", o)
		}
		f := must1[plaza.Frame](t)(w.Frame(t.Context(), fresh))
		if f.Requests != 0 || f.Notices != 0 || len(f.Profiles) != 1 {
			t.Errorf("%+v", f)
		}
	})
}

// TestTilesCountTheirRows compares each number of the Overview with the total of
// the list that it leads to, for everybody.
func TestTilesCountTheirRows(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		busy(t, w)
		page := plaza.Page{Size: 1}
		for _, who := range []plaza.Actor{w.Vendor, w.Reseller, w.Partner, w.Enterprise, w.Stranger} {
			o := must1[plaza.Overview](t)(w.Overview(ctx, who))
			same := func(what string, tile, list int) {
				t.Helper()
				if tile != list {
					t.Errorf("%s, %s: the tile says %d, the list has %d", who.Name, what, tile, list)
				}
			}
			licenses := func(f plaza.LicenseFilter) int {
				return must1[plaza.List[plaza.License]](t)(w.Licenses(ctx, who, f, page)).Total
			}
			for _, k := range append(plaza.LicenseKinds(), "") {
				f := plaza.LicenseFilter{}
				if k != "" {
					f.Kinds = []plaza.LicenseKind{k}
				}
				same("present "+string(k), o.LicensesIn(k, plaza.PresentStates()...), licenses(f))
				f.States = plaza.InactiveStates()
				same("inactive "+string(k), o.LicensesIn(k, plaza.InactiveStates()...), licenses(f))
				for _, s := range plaza.LicenseStates() {
					f.States = []plaza.LicenseState{s}
					same(string(k)+" "+string(s), o.LicensesIn(k, s), licenses(f))
				}
			}
			for _, l := range append(plaza.Livenesses(), "") {
				for _, h := range append(plaza.Healths(), "") {
					f := plaza.AgentFilter{}
					if l != "" {
						f.Liveness = []plaza.Liveness{l}
					}
					if h != "" {
						f.Health = []plaza.Health{h}
					}
					same("agents "+string(l)+" "+string(h), o.AgentsIn(l, h), must1[plaza.List[plaza.ConnectAgent]](t)(w.Agents(ctx, who, f, page)).Total)
				}
			}
			for _, s := range append(plaza.LoginStates(), "") {
				f := plaza.LoginFilter{}
				if s != "" {
					f.States = []plaza.LoginState{s}
				}
				same("logins "+string(s), o.LoginsIn(s), must1[plaza.List[plaza.Login]](t)(w.Logins(ctx, who, f, page)).Total)
			}
			for _, s := range plaza.ProfileStates() {
				list := must1[plaza.List[plaza.Profile]](t)(w.Profiles(ctx, who, plaza.ProfileFilter{States: []plaza.ProfileState{s}}, page))
				same("profiles "+string(s), o.Profiles[s], list.Total)
			}
			for _, m := range o.Ends {
				same(m.Month.Format("2006-01"), m.Count, licenses(plaza.LicenseFilter{EndsFrom: m.Month, EndsTill: m.Month.AddDate(0, 1, 0)}))
			}
			open := must1[plaza.List[plaza.Request]](t)(w.Requests(ctx, who, plaza.RequestFilter{States: []plaza.RequestState{plaza.RequestOpen}}, page))
			same("requests", o.Requests.Total, open.Total)
			same("requests of the frame", must1[plaza.Frame](t)(w.Frame(ctx, who)).Requests, open.Total)
		}
		if o := must1[plaza.Overview](t)(w.Overview(ctx, w.Reseller)); o.LicensesIn("", plaza.LicenseStates()...) < 10 {
			t.Errorf("only %d licenses were counted", o.LicensesIn("", plaza.LicenseStates()...))
		}
	})
}

// busy fills the world with something in every state.
func busy(t *testing.T, w *apptest.World) {
	t.Helper()
	ctx := t.Context()
	now := w.Clock.Now()
	for i, holder := range []string{w.Reseller.Profile, w.Partner.Profile, w.Enterprise.Profile, w.Partner.Profile} {
		for j := range 3 {
			l := must1[plaza.License](t)(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{
				Profile: holder, Plan: w.Plans[plaza.Development].ID, Starts: now.Add(time.Duration(j*i) * 20 * day),
			}))
			switch i + j {
			case 1:
				must(t, w.SuspendLicense(ctx, w.Reseller, l.ID, reason, 1))
			case 2:
				must(t, w.EndLicense(ctx, w.Reseller, l.ID, reason, 1))
			}
		}
	}
	for i, h := range append(plaza.Healths(), "", plaza.HealthError) {
		a := agent(t, w)
		if i == 4 {
			must(t, w.EndLicense(ctx, w.Reseller, a.License.ID, reason, 1))
		}
		if h != "" {
			at := now.Add(-time.Duration(i) * 4 * time.Minute)
			must(t, w.RecordHeartbeats(ctx, plaza.Simulator, []plaza.Heartbeat{{Agent: a.ID, At: at, Health: h}}))
		}
	}
	must(t, errOf(w.CreateLogin(ctx, w.Reseller, newLogin(w, "i@example.com", plaza.Manager))))
	l := must1[plaza.Login](t)(w.CreateLogin(ctx, w.Reseller, newLogin(w, "d@example.com", plaza.Manager)))
	disable(t, w, w.Reseller, l.ID)
	must(t, errOf(w.MakeRequest(ctx, w.Partner, wishes(w)[plaza.RequestAgent], "")))
	suspend(t, w, w.Reseller, w.Enterprise.Profile)
	closed := w.Add(t, w.Reseller, plaza.Partner, "Closed")
	suspend(t, w, w.Reseller, closed.Profile)
	must(t, w.CloseProfile(ctx, w.Reseller, closed.Profile, "Closed", reason, 2))
}
