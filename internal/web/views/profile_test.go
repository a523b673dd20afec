package views

import (
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
)

func hostileProfile() plaza.Profile {
	return plaza.Profile{
		ID: hostile, Parent: "parent", ParentName: hostile, Kind: plaza.Enterprise, Name: hostile, SupportEmail: hostile,
		WarningDays: 30, Created: noon(), Version: 3, Licenses: 1000, Agents: 2, Logins: 3,
	}
}

func profilePages(f Frame) [][2]Page {
	active := hostileProfile()
	suspended, closed := active, active
	suspended.ID, suspended.Suspended, suspended.SuspendReason, suspended.Halted = "suspended", noon(), hostile, true
	closed.ID, closed.Suspended, closed.Closed, closed.Halted = "closed", noon(), noon(), true
	history := plaza.List[plaza.AuditLine]{Rows: []plaza.AuditLine{hostileLine()}, Total: 1}
	listing := Listing{Path: "/partners", Query: url.Values{"q": {hostile}, "sort": {"-name"}}}
	head := PartnerHead{Profile: suspended, Tab: TabLicenses, Inactive: 1, Development: 2, Licenses: 1000, Agents: 4, Logins: 5, Requests: 6}
	full := head
	full.Profile, full.Tab = active, TabOverview
	shut := head
	shut.Profile, shut.Tab = closed, TabSettings
	return [][2]Page{
		{Partners{Frame: f}, Partners{
			Frame: f, Listing: listing, Parents: true,
			Filter: plaza.ProfileFilter{Text: hostile, Kinds: plaza.ProfileKinds(), States: plaza.ProfileStates()},
			List:   plaza.List[plaza.Profile]{Rows: []plaza.Profile{active, suspended, closed}, Total: 1000, Prev: hostile, Next: hostile},
		}},
		{PartnerNew{Frame: f}, PartnerNew{
			Frame: f, Form: hostileForm("kind", "name", "plan", "parent", "support_email", "owner_name", "owner_email"),
			Plans: hostileChoices().Plans, Parents: hostileChoices(),
		}},
		{PartnerPage{Frame: f}, PartnerPage{Frame: f, Head: full, Fresh: true, Invited: hostile, History: history, Allowances: hostileAllowances()}},
		{PartnerPage{Frame: f, Fresh: true}, PartnerPage{Frame: f, Head: shut, History: history}},
		{PartnerLicenses{Frame: f}, PartnerLicenses{
			Frame: f, Listing: listing, Head: head, Filter: plaza.LicenseFilter{States: plaza.LicenseStates()},
			List: plaza.List[plaza.License]{Rows: []plaza.License{hostileLicense()}, Total: 1},
		}},
		{PartnerAgents{Frame: f}, PartnerAgents{
			Frame: f, Listing: listing, Head: head,
			List: plaza.List[plaza.ConnectAgent]{Rows: []plaza.ConnectAgent{{ID: hostile, Name: hostile, Seen: noon(), Message: hostile}}, Total: 1},
		}},
		{PartnerLogins{Frame: f}, PartnerLogins{
			Frame: f, Listing: listing, Head: head,
			List: plaza.List[plaza.Login]{Rows: []plaza.Login{{ID: hostile, Name: hostile, Email: hostile}}, Total: 1},
		}},
		{PartnerRequests{Frame: f}, PartnerRequests{
			Frame: f, Listing: listing, Head: head, Filter: plaza.RequestFilter{States: plaza.RequestStates()},
			List: plaza.List[plaza.Request]{Rows: []plaza.Request{{ID: hostile, ProfileName: hostile, Kind: plaza.RequestAgent, Note: hostile}}, Total: 1},
		}},
		{PartnerAudit{Frame: f}, PartnerAudit{
			Frame: f, Listing: listing, Head: head, Filter: plaza.AuditFilter{Results: []plaza.Result{plaza.Done}}, List: history,
		}},
		{PartnerSettings{Frame: f}, PartnerSettings{
			Frame: f, Head: shut, Form: staleForm("name", "support_email", "warning_days"), Offers: hostileOffers(),
		}},
		{OwnProfile{Frame: f}, OwnProfile{Frame: f, Profile: active, Form: hostileForm("name", "support_email", "warning_days"), History: history}},
		{PartnerHalt{Frame: f}, PartnerHalt{
			Frame: f, Profile: active, Verb: plaza.ProfileSuspend, Form: hostileForm("reason"),
			Impact: plaza.ProfileImpact{Profiles: 3, Licenses: 4, Agents: 9, Logins: 2, Names: []string{hostile, "b"}},
		}},
		{PartnerHalt{Frame: f, Verb: plaza.ProfileClose}, PartnerHalt{Frame: f, Profile: suspended, Verb: plaza.ProfileClose, Form: staleForm("reason", "name")}},
	}
}

func TestWhatCanBeDoneToAPartner(t *testing.T) {
	t.Parallel()
	active := plaza.Profile{ID: "p", Kind: plaza.Partner}
	suspended := plaza.Profile{ID: "p", Kind: plaza.Enterprise, Suspended: noon(), Halted: true}
	above := plaza.Profile{ID: "p", Kind: plaza.Partner, Halted: true}
	closed := plaza.Profile{ID: "p", Kind: plaza.Partner, Suspended: noon(), Closed: noon(), Halted: true}
	gone := closed
	gone.Closed = noon().Add(-31 * 24 * time.Hour)
	for name, tt := range map[string]struct {
		profile plaza.Profile
		role    plaza.Role
		want    []string
	}{
		"active": {active, plaza.Owner, []string{
			"Login as…", "Partner development", "ConnectAgent", "Login", "Suspend…", "Move…", "Close…",
		}},
		"suspended": {suspended, plaza.Owner, []string{
			"off Login as…", "off Enterprise development", "off ConnectAgent", "off Login", "Resume", "Move…", "Close…",
		}},
		"suspended above": {above, plaza.Owner, []string{
			"off Login as…", "off Partner development", "off ConnectAgent", "off Login", "Suspend…", "Move…", "Close…",
		}},
		"closed": {closed, plaza.Owner, []string{
			"off Login as…", "off Partner development", "off ConnectAgent", "off Login", "Reopen",
		}},
		"closed for good":    {gone, plaza.Owner, []string{"off Login as…", "off Partner development", "off ConnectAgent", "off Login"}},
		"seen by a manager":  {active, plaza.Manager, []string{"Partner development", "ConnectAgent", "Suspend…"}},
		"seen by support":    {active, plaza.Support, []string{"Login as…"}},
		"seen by an auditor": {active, plaza.Auditor, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := testFrame(t, "en")
			f.Actor.Role = tt.role
			var got []string
			for _, a := range f.partnerActions(tt.profile) {
				label := a.Label
				if a.Off != "" {
					label = "off " + label
				}
				got = append(got, label)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestImpactSaysNumbersAndNames(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	for name, tt := range map[string]struct {
		impact plaza.ProfileImpact
		want   []string
	}{
		"nothing": {plaza.ProfileImpact{Profiles: 1}, []string{"No ConnectAgent is online now.", "0 logins cannot sign in."}},
		"all named": {
			plaza.ProfileImpact{Profiles: 3, Licenses: 1, Agents: 2, Logins: 1, Names: []string{"Kassa-1", "Kassa-2"}},
			[]string{
				"2 profiles below it stand still too.", "2 ConnectAgents stop within a minute: Kassa-1 and Kassa-2.",
				"1 license is not valid until it is resumed.", "1 login cannot sign in.",
			},
		},
		"some named": {
			plaza.ProfileImpact{Profiles: 1, Licenses: 9, Agents: 9, Names: []string{"a", "b"}},
			[]string{
				"9 ConnectAgents stop within a minute: a, b and 7 more.", "9 licenses are not valid until it is resumed.", "0 logins cannot sign in.",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, f.impact(tt.impact)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
