package views

import (
	"testing"

	"github.com/connectplaza/plaza"
)

func requestPages(f Frame) [][2]Page {
	asking := f
	asking.Actor.Kind = plaza.Partner
	history := plaza.List[plaza.AuditLine]{Rows: []plaza.AuditLine{hostileLine()}, Total: 1}
	pages := [][2]Page{
		{Requests{Frame: f}, Requests{
			Frame: f, Listing: hostileListing("/requests"), Profile: plaza.Profile{ID: hostile, Name: hostile},
			Filter: plaza.RequestFilter{Text: hostile, Kinds: plaza.RequestKinds(), States: []plaza.RequestState{plaza.RequestOpen}},
			List:   plaza.List[plaza.Request]{Rows: append(hostileRequests(), plaza.Request{}), Total: 1000, Prev: hostile, Next: hostile},
		}},
		{RequestLimits{Frame: f}, RequestLimits{Frame: f, Form: hostileForm("prices")}},
		{RequestDecline{Frame: f}, RequestDecline{Frame: f, Request: hostileRequests()[0], Form: hostileForm("reason")}},
	}
	l := hostileLicense()
	deal := plaza.Deal{License: l, Terms: plaza.Terms{Modules: plaza.Modules()}, Prices: []plaza.Money{{Currency: "EUR", Minor: 1}}}
	after := deal
	after.License.Trial, after.Prices = true, nil
	for _, r := range hostileRequests() {
		wait := r
		wait.Created = f.Now
		pages = append(
			pages,
			[2]Page{Request{Frame: f}, Request{Frame: f, Request: wait, Outlook: plaza.Outlook{Before: deal, After: after}, History: history}},
			[2]Page{Request{Frame: f}, Request{Frame: f, Request: wait, Outlook: plaza.Outlook{After: after}, History: history}},
			[2]Page{Request{Frame: f}, Request{Frame: f, Request: wait, Outlook: plaza.Outlook{Clash: plaza.T("request.license_gone")}, History: history}},
		)
		once := r
		once.First, once.FirstName, once.FirstAt = hostile, hostile, noon()
		decided := r
		decided.Decision, decided.Decided, decided.Reason, decided.Object = plaza.RequestApproved, noon(), hostile, hostile
		pages = append(
			pages,
			[2]Page{Request{Frame: f}, Request{Frame: f, Request: r, Form: hostileForm("plan", "email"), History: history}},
			[2]Page{Request{Frame: f}, Request{Frame: f, Request: decided, Fresh: true, History: history}},
			[2]Page{Request{Frame: f}, Request{Frame: f, Request: once, Fresh: true, Comments: hostileComments(), History: history}},
			[2]Page{Request{Frame: asking}, Request{Frame: asking, Request: r, Form: Form{Message: plaza.T(hostile)}, History: history}},
		)
	}
	return pages
}

func hostileComments() []plaza.Comment {
	return []plaza.Comment{{ID: hostile, Text: hostile, At: noon()}, {ID: hostile, Login: hostile, AuthorName: hostile, Text: hostile, At: noon()}}
}

// hostileRequests returns a request of each kind.
func hostileRequests() []plaza.Request {
	all := []plaza.Request{
		{Wish: plaza.Wish{License: &plaza.NewLicense{Plan: hostile, Name: hostile, Starts: noon()}}},
		{Wish: plaza.Wish{Agent: &plaza.NewAgent{Plan: hostile, Name: hostile}}},
		{Wish: plaza.Wish{Login: &plaza.NewLogin{Name: hostile, Email: hostile, Role: plaza.Manager, Dashboard: true}}},
		{Wish: plaza.Wish{Profile: &plaza.NewProfile{
			Kind: plaza.Partner, Name: hostile, SupportEmail: hostile, Plan: hostile, OwnerName: hostile, OwnerEmail: hostile,
		}}},
		{Wish: plaza.Wish{Renewal: &plaza.LicenseWish{License: hostile, Name: hostile}}},
		{Wish: plaza.Wish{Replan: &plaza.LicenseWish{License: hostile, Name: hostile, Plan: hostile}}},
		{Wish: plaza.Wish{End: &plaza.LicenseWish{License: hostile, Name: hostile}}},
		{Wish: plaza.Wish{Allowance: &plaza.AllowanceWish{Allowance: hostile, Plan: hostile, Was: 1, Most: 2}}},
	}
	for i := range all {
		r := &all[i]
		r.ID, r.Profile, r.ProfileName, r.Login, r.LoginName = hostile, hostile, hostile, hostile, hostile
		r.Kind, r.PlanName, r.Note, r.Created, r.Version = r.Wish.Kind(), hostile, hostile, noon(), 1
	}
	return all
}

func TestWhatAnApprovalMadeIsLinkedToWhoeverReachesIt(t *testing.T) {
	t.Parallel()
	above, below := testFrame(t, "en"), testFrame(t, "en")
	below.Actor.Kind = plaza.Partner
	for kind, want := range map[plaza.RequestKind][2]string{
		plaza.RequestDevelopment: {"/licenses/x", "/licenses/x"},
		plaza.RequestAgent:       {"/agents/x", "/agents/x"},
		plaza.RequestLogin:       {"/logins/x", "/logins/x"},
		plaza.RequestProfile:     {"/partners/x", ""},
		"":                       {"", ""},
	} {
		r := plaza.Request{Kind: kind, Object: "x"}
		if got := [2]string{above.made(r), below.made(r)}; got != want {
			t.Errorf("%q leads to %q, want %q", kind, got, want)
		}
	}
}

func TestRequestIsApprovedByWhoeverMayMakeTheThing(t *testing.T) {
	t.Parallel()
	owner, manager, support := testFrame(t, "en"), testFrame(t, "en"), testFrame(t, "en")
	manager.Actor.Role, support.Actor.Role = plaza.Manager, plaza.Support
	login := plaza.Request{Kind: plaza.RequestLogin, Created: noon()}
	agent := plaza.Request{Kind: plaza.RequestAgent, Created: noon()}
	old := plaza.Request{Kind: plaza.RequestAgent, Created: noon().Add(-plaza.RequestOpenFor)}
	for name, tt := range map[string]struct {
		frame   Frame
		request plaza.Request
		want    bool
	}{
		"an owner":                             {owner, login, true},
		"a manager makes ConnectAgents":        {manager, agent, true},
		"a manager makes no logins":            {manager, login, false},
		"support decides nothing":              {support, agent, false},
		"nobody approves one that has lapsed":  {owner, old, false},
		"nobody approves what nobody asks for": {owner, plaza.Request{Created: noon()}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tt.frame.mayApprove(tt.request); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
