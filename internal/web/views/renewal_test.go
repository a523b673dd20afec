package views

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
)

func renewalPages(f Frame) [][2]Page {
	prices := []plaza.Money{{Currency: "EUR", Minor: 1250}, {Currency: "USD", Minor: 999}}
	before := plaza.Deal{License: hostileLicense()}
	after := plaza.Deal{License: hostileLicense(), Terms: plaza.Terms{Modules: []plaza.Module{hostile}}, Prices: prices}
	before.License.Plan, after.License.Plan, after.License.Trial = "2", hostile, false
	lapsed := before
	lapsed.License.Trial, lapsed.License.Ends = false, noon().AddDate(-1, 0, 0)
	plans := []plaza.Plan{{ID: hostile, Name: hostile, TermMonths: 12, Prices: prices}, {ID: "2", Name: hostile, TermMonths: 1}, {ID: "3"}}
	stale := staleForm("reason")
	clash := plaza.T("license.plan_already", "Name", hostile)
	return [][2]Page{
		{LicenseRenewal{Frame: f}, LicenseRenewal{Frame: f, Outlook: plaza.Outlook{Before: lapsed, After: after}, Form: hostileForm("reason")}},
		{LicenseRenewal{Frame: f, Form: stale}, LicenseRenewal{Frame: f, Outlook: plaza.Outlook{Before: before, After: after, Clash: clash}}},
		{LicensePlan{Frame: f}, LicensePlan{Frame: f, Outlook: plaza.Outlook{Before: before, Plans: plans}, Form: hostileForm("plan")}},
		{LicensePlan{Frame: f, Outlook: plaza.Outlook{Plans: plans, Clash: clash}}, LicensePlan{
			Frame: f, Outlook: plaza.Outlook{Before: before, After: after, Plans: plans}, Form: stale,
		}},
		{LicensePlan{Frame: f}, LicensePlan{Frame: f, Outlook: plaza.Outlook{Before: lapsed, After: after, Plans: plans, Clash: clash}}},
	}
}

func TestWhatIsOfferedForALicense(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	year := plaza.License{Starts: noon(), Ends: noon().AddDate(1, 0, 0), Promise: plaza.Promise{TermMonths: 12}}
	trial, endless, waits, ended := year, year, year, year
	trial.Trial, waits.Awaits, ended.Ended = true, true, noon()
	endless.Ends, endless.TermMonths = endless.Ended, 0
	auditor := f
	auditor.Actor.Role = plaza.Auditor
	for name, tt := range map[string]struct {
		frame   Frame
		license plaza.License
		renews  bool
		change  string
	}{
		"a year":         {f, year, true, "Change plan…"},
		"a trial":        {f, trial, false, "Turn into a paid license…"},
		"without an end": {f, endless, false, "Change plan…"},
		"not begun":      {f, waits, false, "Change plan…"},
		"ended":          {f, ended, false, "Change plan…"},
		"to an auditor":  {auditor, year, false, "Change plan…"},
	} {
		p := License{Frame: tt.frame, License: tt.license}
		if got := p.renewable(); got != tt.renews {
			t.Errorf("%s: renewable %v", name, got)
		}
		if got := tt.frame.planChange(tt.license); got != tt.change {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestHowLongATermIs(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	for months, want := range map[int]string{0: "without an end", 1: "1 month", 6: "6 months", 12: "1 year", 18: "18 months", 24: "2 years"} {
		if got := f.months(months); got != want {
			t.Errorf("%d months: %q", months, got)
		}
	}
}

func TestWhatALicensePromises(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	got := []string{}
	for _, l := range []plaza.License{
		{Promise: plaza.Promise{TermMonths: 12}}, {Promise: plaza.Promise{TermMonths: 1, Renews: true, BillsSuspended: true}}, {Trial: true},
	} {
		got = append(got, f.termRenewal(l), f.whileSuspended(l), f.suspendBilling(l))
	}
	want := []string{
		"Adds 1 year", "Not billed", "It is not billed while it is suspended.",
		"Renews by itself, for 1 month", "Billed", "It is billed while it is suspended, as its plan says.",
		"None: it is a trial", "Not billed", "It is not billed while it is suspended.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := f.price([]plaza.Money{{Currency: "EUR", Minor: 123450}, {Currency: "USD"}}); got != "1,234.50\u00a0EUR · 0.00\u00a0USD" {
		t.Errorf("a price: %q", got)
	}
}
