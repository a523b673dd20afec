package views

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
)

func overviewPages(f Frame) [][2]Page {
	looking := f
	looking.Actor.Kind = plaza.Enterprise
	looking.Actor.Via = &plaza.Acting{
		ID: hostile, Name: hostile, Kind: plaza.Reseller, Role: plaza.Owner, Mode: plaza.Look, Reason: hostile, Expires: noon().Add(time.Hour),
	}
	return [][2]Page{
		{Overview{Frame: f}, Overview{Frame: f, Overview: fullOverview()}},
		{Overview{Frame: looking}, Overview{Frame: looking, Overview: fullOverview()}},
	}
}

// fullOverview has one of everything that can be counted.
func fullOverview() plaza.Overview {
	o := plaza.Overview{
		Profile: hostileProfile(), Profiles: map[plaza.ProfileState]int{plaza.ProfileActive: 40, plaza.ProfileSuspended: 2, plaza.ProfileClosed: 9},
		Expiring: plaza.List[plaza.License]{Rows: []plaza.License{hostileLicense()}, Total: 12},
		Silent:   plaza.List[plaza.ConnectAgent]{Rows: []plaza.ConnectAgent{{Name: hostile}}, Total: 1},
		Unwell:   plaza.List[plaza.ConnectAgent]{Rows: []plaza.ConnectAgent{{Name: hostile}}, Total: 2},
		Allowances: []plaza.Allowance{
			{Kind: plaza.Development, Most: 10, Used: 9}, {Plan: hostile, PlanName: hostile, Most: 1, Used: 2, Overage: 1},
		},
		Moves:    plaza.List[plaza.Move]{Rows: []plaza.Move{{ProfileName: "x"}, {ProfileName: hostile}}, Total: 2},
		Requests: plaza.List[plaza.Request]{Rows: []plaza.Request{{ProfileName: "x", Kind: plaza.RequestAgent}, {ProfileName: hostile}}, Total: 2},
	}
	for _, k := range plaza.LicenseKinds() {
		for _, s := range plaza.LicenseStates() {
			o.Licenses = append(o.Licenses, plaza.LicenseCount{Kind: k, State: s, Count: 1})
		}
	}
	for _, l := range plaza.Livenesses() {
		for _, h := range plaza.Healths() {
			o.Agents = append(o.Agents, plaza.AgentCount{Liveness: l, Health: h, Count: 1})
		}
	}
	for i, s := range plaza.LoginStates() {
		o.Logins = append(o.Logins, plaza.LoginCount{State: s, Count: i})
	}
	for i := range 12 {
		o.Ends = append(o.Ends, plaza.MonthCount{Month: time.Date(2026, time.Month(3+i), 1, 0, 0, 0, 0, time.UTC), Count: i * 7})
	}
	return o
}

func TestTilesCountWhatTheirListsShow(t *testing.T) {
	t.Parallel()
	p := Overview{Frame: testFrame(t, "en"), Overview: fullOverview()}
	got := map[string]int{}
	for _, tile := range p.tiles() {
		got[tile.Path] = tile.Count
		parts := 0
		for _, s := range tile.Parts {
			parts += s.Count
		}
		if parts != tile.Count {
			t.Errorf("%s: its parts make %d, its number is %d", tile.ID, parts, tile.Count)
		}
	}
	want := map[string]int{
		"/licenses?state=inactive":   12, // 4 kinds in 3 states
		"/licenses?kind=development": 6,  // all but ended
		"/agents":                    12,
		"/logins":                    3,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestATileSaysWhatIsBehindIt(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	p := Overview{Frame: f, Overview: fullOverview()}
	tiles := p.tiles()
	if got, want := f.tileName(tiles[0]), "12 inactive licenses: 4 expired, 4 suspended and 4 scheduled"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	empty := Overview{Frame: f}.tiles()
	if got, want := f.tileName(empty[3]), "0 logins"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAnEnterpriseHasEnterpriseDevelopmentLicenses(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	f.Actor.Kind = plaza.Enterprise
	if got, want := (Overview{Frame: f}).tiles()[1].Name, "Enterprise development licenses"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFirstStepsComeUntilThereIsSomething(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	partner := f
	partner.Actor.Kind = plaza.Partner
	for name, tt := range map[string]struct {
		page Overview
		want bool
	}{
		"a new reseller":  {Overview{Frame: f}, true},
		"with a partner":  {Overview{Frame: f, Overview: plaza.Overview{Profiles: map[plaza.ProfileState]int{plaza.ProfileActive: 1}}}, false},
		"with a license":  {Overview{Frame: f, Overview: plaza.Overview{Licenses: []plaza.LicenseCount{{State: plaza.LicenseActive, Count: 1}}}}, false},
		"a new partner":   {Overview{Frame: partner}, false},
		"everything else": {Overview{Frame: f, Overview: fullOverview()}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tt.page.first(); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestEveryLineOfWhatNeedsAttentionLeadsToItsList(t *testing.T) {
	t.Parallel()
	p := Overview{Frame: testFrame(t, "en"), Overview: fullOverview()}
	var got []string
	for _, a := range p.attentions() {
		got = append(got, a.Path+" "+a.Text)
	}
	want := []string{
		"/requests?state=open 2 requests wait for your answer",
		"/moves 2 moves wait for your answer",
		"/agents?health=error&liveness=online 2 ConnectAgents report errors",
		"/agents?liveness=overdue%2Coffline 1 ConnectAgent has gone silent",
		"/licenses?sort=ends&state=expiring%2Cgrace 12 licenses expire soon or are in grace",
		"/allowances 9 of 10 development licenses are in use",
		"/allowances 2 of 1 licenses of the plan " + hostile + " are in use",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestSomeNames(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	for want, tt := range map[string]struct {
		n     int
		names []string
	}{
		"":                 {0, nil},
		"a":                {1, []string{"a"}},
		"a and b":          {2, []string{"a", "b"}},
		"a and more":       {5, []string{"a"}},
		"a, b, c and more": {4, []string{"a", "b", "c", "d"}},
	} {
		if got := f.someNames(tt.n, tt.names); got != want {
			t.Errorf("%d of %v: %q, want %q", tt.n, tt.names, got, want)
		}
	}
}

func TestAMonthLeadsToWhatEndsInIt(t *testing.T) {
	t.Parallel()
	rows, total := Overview{Frame: testFrame(t, "en"), Overview: fullOverview()}.months()
	if want := "/licenses?from=2026-12-01&sort=ends&till=2027-01-01"; rows[9].Path != want || total != 7*66 {
		t.Errorf("got %q, %d in all", rows[9].Path, total)
	}
	if !slices.ContainsFunc(rows, func(r monthRow) bool { return strings.HasSuffix(r.Path, "till=2027-03-01") }) {
		t.Error("the last month is missing")
	}
}

// TestTwoProfilesOfOneName are not taken for each other.
func TestTwoProfilesOfOneName(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	f.Actor.Profile, f.Actor.ProfileName = "own", "Bakery"
	if got := f.requestName(plaza.Request{Profile: "other", ProfileName: "Bakery", Kind: plaza.RequestAgent}); got != "Bakery" {
		t.Errorf("a request of the other one is called %q", got)
	}
	if got := f.expiringLabel(plaza.License{Profile: "other", ProfileName: "Bakery", Name: "Till"}); got != "Bakery" {
		t.Errorf("a license of the other one is called %q", got)
	}
	if got := f.expiringLabel(plaza.License{Profile: "own", ProfileName: "Bakery", Name: "Till"}); got != "Till" {
		t.Errorf("a license of one's own is called %q", got)
	}
}
