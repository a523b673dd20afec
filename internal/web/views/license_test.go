package views

import (
	"net/url"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
)

func licensePages(f Frame) [][2]Page {
	l := hostileLicense()
	suspended := l
	suspended.Suspended = noon()
	suspended.Awaits, suspended.Trial, suspended.Promise = true, false, plaza.Promise{Edition: 2, TermMonths: 5, Renews: true, BillsSuspended: true}
	asking := f
	asking.Actor.Kind = plaza.Partner
	history := plaza.List[plaza.AuditLine]{Rows: []plaza.AuditLine{hostileLine()}, Total: 1}
	listing := Listing{Path: "/licenses", Query: url.Values{"q": {hostile}, "sort": {"-name"}, "profile": {hostile}}}
	return [][2]Page{
		{Licenses{Frame: f}, Licenses{
			Frame: f, Listing: listing, Profile: plaza.Profile{ID: hostile, Name: hostile},
			Filter: plaza.LicenseFilter{
				Text: hostile, Profile: hostile, Plan: hostile, EndsFrom: noon(), EndsTill: noon(),
				States: plaza.LicenseStates(), Kinds: plaza.LicenseKinds(),
			},
			List: plaza.List[plaza.License]{Rows: []plaza.License{l, suspended}, Total: 1000, Prev: hostile, Next: hostile},
		}},
		{License{Frame: f}, License{Frame: f, License: l, Offered: true, Modules: plaza.Modules(), Prices: []plaza.Money{{Currency: "EUR", Minor: 1}, {Currency: "USD", Minor: 2}}, Key: hostile, Fresh: true, History: history}},
		{License{Frame: f}, License{Frame: f, License: suspended, Fresh: true, Older: true, Requests: hostileRequests(), History: history}},
		{License{Frame: asking}, License{Frame: asking, License: suspended, History: history}},
		{LicenseNew{Frame: f}, LicenseNew{Frame: f, Form: hostileForm("profile", "plan", "name", "starts"), Choices: hostileChoices()}},
		{LicenseHalt{Frame: f}, LicenseHalt{Frame: f, License: l, Verb: plaza.LicenseEnd, Form: hostileForm("reason")}},
		{LicenseDelete{Frame: f}, LicenseDelete{Frame: f, License: l, Form: hostileForm("reason")}},
		{LicenseDelete{Frame: f}, LicenseDelete{Frame: f, License: l, Clash: plaza.T("license.delete_used")}},
		{LicenseBilling{Frame: f}, LicenseBilling{Frame: f, License: l, Form: hostileForm("billing_id")}},
		{LicenseTransfer{Frame: f}, LicenseTransfer{Frame: f, Transfer: plaza.Transfer{License: l}, Choices: hostileChoices(), Form: hostileForm("to")}},
		{LicenseTransfer{Frame: f}, LicenseTransfer{Frame: f, Transfer: hostileTransfer(l), Form: hostileForm("reason")}},
		{LicenseTransfer{Frame: f}, LicenseTransfer{Frame: f, Transfer: plaza.Transfer{License: l, To: plaza.Profile{ID: hostile, Name: hostile}, Keeps: true}}},
		{LicenseHalt{Frame: asking}, LicenseHalt{Frame: asking, License: l, Verb: plaza.LicenseEnd, Form: Form{Message: plaza.T(hostile), Full: plaza.FullAllowance{ID: hostile, Below: true}}}},
	}
}

func hostileTransfer(l plaza.License) plaza.Transfer {
	w := plaza.Allowance{ProfileName: hostile, PlanName: hostile, Plan: hostile, Used: 9, Most: 10}
	return plaza.Transfer{License: l, To: plaza.Profile{ID: hostile, Name: hostile}, Alarm: true, Revives: true, Near: []plaza.Allowance{w}}
}

func hostileLicense() plaza.License {
	return plaza.License{
		ID: hostile, Profile: hostile, ProfileName: hostile, Kind: plaza.Development, PlanName: hostile, Name: hostile,
		KeyHint: hostile, BillingID: hostile, Starts: noon().Add(-time.Hour), Ends: noon().Add(time.Hour), GraceDays: 7, Machines: 2, Trial: true,
		Agent: hostile, AgentName: hostile, Created: noon(), Version: 3,
	}
}

// hostileLine is an audit event of which nothing can be trusted.
func hostileLine() plaza.AuditLine {
	return plaza.AuditLine{
		AuditEvent: plaza.AuditEvent{
			ID: hostile, At: noon(), Verb: plaza.LicenseEnd, Result: plaza.Refused, Reason: hostile,
			Changes: []plaza.Change{{Field: hostile, Old: hostile, New: hostile}, {Field: "state", New: hostile}, {Field: "name", Old: hostile}},
			Actor:   plaza.Actor{Login: hostile, Name: hostile},
		},
		ActorName: hostile, ViaName: hostile,
	}
}

// hostileForm is a form with hostile text in every field, all of them wrong.
func hostileForm(fields ...string) Form {
	f := Form{Values: url.Values{}, Problems: map[string]plaza.Text{}, Message: plaza.T(hostile)}
	for _, name := range fields {
		f.Values.Set(name, hostile)
		f.Problems[name] = plaza.T(hostile)
	}
	return f
}

// staleForm is the form of an edit that came too late.
func staleForm(fields ...string) Form {
	f := Form{Values: url.Values{"version": {hostile}}, Stale: true}
	for _, name := range fields {
		f.Values.Set(name, hostile)
	}
	return f
}

func hostileChoices() Choices {
	c := Choices{Profiles: []plaza.Profile{{ID: hostile, Name: hostile}, {ID: "2", Name: hostile}}}
	for _, kind := range plaza.LicenseKinds() {
		c.Plans = append(c.Plans, plaza.Plan{ID: hostile, Kind: kind, Name: hostile}, plaza.Plan{
			ID: "2", Kind: kind, Name: hostile, Prices: []plaza.Money{{Currency: hostile, Minor: 1250}},
		})
	}
	return c
}

func TestLicenseName(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	for name, tt := range map[string]struct {
		license plaza.License
		want    string
	}{
		"that of its ConnectAgent": {plaza.License{AgentName: "Kassa-1", Name: "Mine"}, "Kassa-1"},
		"its own":                  {plaza.License{Name: "Mine"}, "Mine"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := f.licenseName(tt.license); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
