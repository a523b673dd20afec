package views

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
)

// hostileAllowances returns one of one's own and those of a profile below, in every
// state.
func hostileAllowances() []plaza.Allowance {
	return []plaza.Allowance{
		{ID: "1", Profile: "profile", ProfileName: hostile, Kind: plaza.Development, Most: 10, Used: 1},
		{ID: "2", Profile: hostile, ProfileName: hostile, Plan: hostile, PlanName: hostile, Most: 10, Used: 8, Overage: 1},
		{ID: hostile, Profile: hostile, ProfileName: hostile, Kind: plaza.ConnectAgentLicense},
		{ID: "4", Profile: hostile, ProfileName: hostile, Kind: plaza.PartnerLicense, Most: 1, Used: 1200, Overage: 5000},
	}
}

func allowancePages(f Frame) [][2]Page {
	all := hostileAllowances()
	partner := f
	partner.Actor.Kind = plaza.Partner
	return [][2]Page{
		{Allowances{Frame: f}, Allowances{
			Frame: f, Listing: hostileListing("/allowances"), Own: all[:1], Filter: plaza.AllowanceFilter{Text: hostile, States: plaza.AllowanceStates()},
			Below: plaza.List[plaza.Allowance]{Rows: all[1:], Total: 1000, Prev: hostile, Next: hostile},
		}},
		{Allowances{Frame: partner}, Allowances{Frame: partner, Listing: hostileListing("/allowances"), Own: all[:1]}},
		{AllowanceNew{Frame: f}, AllowanceNew{Frame: f, Form: hostileForm("profile", "of", "most", "overage"), Choices: hostileChoices()}},
		{AllowanceEdit{Frame: f}, AllowanceEdit{Frame: f, Allowance: all[1], Form: staleForm("most", "overage")}},
		{AllowanceEdit{Frame: f}, AllowanceEdit{Frame: f, Allowance: all[1], Form: hostileForm("most", "overage")}},
		{AllowanceAsk{Frame: f}, AllowanceAsk{Frame: f, Allowance: all[0], Form: hostileForm("most", "note")}},
		{AllowanceRemove{Frame: f}, AllowanceRemove{Frame: f, Allowance: all[1], Form: staleForm()}},
	}
}

func TestAnAllowanceLeadsToWhatItCounts(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	var got []string
	for _, a := range []plaza.Allowance{
		{Profile: "profile", Kind: plaza.Development},
		{Profile: "profile", Plan: "p", PlanName: "Gold"},
		{Profile: "other", Kind: plaza.ConnectAgentLicense},
	} {
		got = append(got, f.allowanceFor(a)+" "+f.allowanceLicenses(a))
	}
	want := []string{
		"Development licenses /licenses?kind=development", "Plan Gold /licenses?plan=p", "ConnectAgent licenses /licenses?kind=connectagent&profile=other",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestEveryStateOfAnAllowanceHasItsColour(t *testing.T) {
	t.Parallel()
	var got []string
	for _, s := range []plaza.AllowanceState{plaza.AllowanceFree, plaza.AllowanceNear, plaza.AllowanceFull, plaza.AllowanceOver} {
		got = append(got, allowanceDot(s), allowanceBar(s))
	}
	want := []string{"dot-green", "share", "dot-amber", "share share-amber", "dot-red", "share share-red", "dot-red", "share share-red"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
