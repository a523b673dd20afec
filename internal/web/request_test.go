package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

// asked makes a request of by, and returns the path of its page.
func asked(t *testing.T, w *apptest.World, by plaza.Actor, wish plaza.Wish) string {
	t.Helper()
	r, err := w.MakeRequest(t.Context(), by, wish, "Soon")
	if err != nil {
		t.Fatal(err)
	}
	return "/requests/" + r.ID
}

func agentWish(w *apptest.World, name string) plaza.Wish {
	return plaza.Wish{Agent: &plaza.NewAgent{Name: name, Plan: w.Plans[plaza.ConnectAgentLicense].ID}}
}

func first() url.Values { return url.Values{"version": {"1"}} }

func TestRequestsAreApprovedInOneClick(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		for kind, tt := range map[string]struct {
			wish plaza.Wish
			made string
		}{
			"development": {plaza.Wish{License: &plaza.NewLicense{Name: "Build", Plan: w.Plans[plaza.Development].ID}}, `href="/licenses/`},
			"agent":       {agentWish(w, "Kassa-1"), `href="/agents/`},
			"login":       {plaza.Wish{Login: &plaza.NewLogin{Name: "Jo", Email: "jo@example.com", Role: plaza.Support, Dashboard: true}}, `href="/logins/`},
			"profile": {plaza.Wish{Profile: &plaza.NewProfile{
				Kind: plaza.Enterprise, Name: "Shop", Plan: w.Plans[plaza.EnterpriseLicense].ID, OwnerName: "Oda", OwnerEmail: "oda@example.com",
			}}, `href="/partners/`},
		} {
			path := asked(t, w, w.Partner, tt.wish)
			inbox := s.get(w.Reseller, "/requests")
			want(t, inbox, http.StatusOK, "Approve", "Decline", "1 of 1")
			to := s.done(w.Reseller, path+"/approve", url.Values{"version": {value(inbox, "version")}})
			rec := s.get(w.Reseller, to)
			want(t, rec, http.StatusOK, "Approved.", "Open what was made")
			if !strings.Contains(rec.Body.String(), tt.made) {
				t.Errorf("%s: no link to what was made", kind)
			}
			want(t, s.post(w.Reseller, path+"/approve", first()), http.StatusConflict, "does not wait any more")
			want(t, s.get(w.Partner, path), http.StatusOK, "Approved")
		}
		want(t, s.get(w.Reseller, "/requests"), http.StatusOK, "Nothing waits")
		want(t, s.get(w.Reseller, "/requests?state=all"), http.StatusOK, "4 of 4")
		want(t, s.get(w.Reseller, "/requests?state=all&kind=agent"), http.StatusOK, "1 of 1")
		want(t, s.get(w.Partner, "/requests"), http.StatusOK, "4 of 4")
		want(t, s.get(w.Enterprise, "/requests"), http.StatusOK, "No requests yet")
	})
}

func TestRequestIsDeclinedWithAReason(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		path := asked(t, w, w.Partner, agentWish(w, "Kassa-1"))
		want(t, s.get(w.Reseller, path+"/decline"), http.StatusOK, "gets your reason")
		want(t, s.post(w.Reseller, path+"/decline", first()), http.StatusUnprocessableEntity)
		s.done(w.Reseller, path+"/decline", url.Values{"version": {"1"}, "reason": {"Two are free already"}})
		want(t, s.get(w.Partner, path), http.StatusOK, "Declined", "Two are free already")
	})
}

func TestRequestIsWithdrawn(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		path := asked(t, w, w.Partner, agentWish(w, "Kassa-1"))
		s.done(w.Partner, path+"/withdraw", first())
		want(t, s.get(w.Partner, path), http.StatusOK, "Withdrawn")
		want(t, s.post(w.Partner, path+"/withdraw", first()), http.StatusConflict)
	})
}

// TestAPartnerAsksAboutALicense: by the same buttons and dialogues as whoever may do it.
func TestAPartnerAsksAboutALicense(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		other := newPlan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: "Other", TermMonths: 6, Machines: 1}).ID
		path := newLicense(t, w, w.Plans[plaza.Development].ID)
		want(t, s.get(w.Partner, path), http.StatusOK, "Renew…", "Change plan…", "End…")
		want(t, s.get(w.Partner, path+"/plan"), http.StatusOK, "Other")
		for _, tt := range []struct {
			door, preview, asked, do string
			form                     url.Values
		}{
			{"/renew", "2 Jan 2028", "asked to renew", "Approve and renew", url.Values{}},
			{"/plan?plan=" + other, "Other", "another plan", "Approve and change plan", url.Values{"plan": {other}}},
			{"/end", "for good", "asked to end", "Approve and end license", url.Values{}},
		} {
			tt.form.Set("note", "As we said")
			post := path + strings.Split(tt.door, "?")[0]
			want(t, s.get(w.Partner, path+tt.door), http.StatusOK, tt.preview, "goes to your reseller", "Send request", "Note")
			to := s.done(w.Partner, post, tt.form)
			want(t, s.get(w.Partner, to), http.StatusOK, "As we said", "Build", "Withdraw request", "Open the license")
			want(t, s.post(w.Partner, post, tt.form), http.StatusConflict, "asked for of it already")
			want(t, s.get(w.Reseller, path), http.StatusOK, tt.asked, "Open the request")
			want(t, s.get(w.Reseller, to), http.StatusOK, tt.do, "Decline…")
			s.done(w.Reseller, to+"/approve", first())
			want(t, s.get(w.Reseller, to+"?new=1"), http.StatusOK, "Approved.", "Open what was made")
			if strings.Contains(s.page(w.Reseller, path), "Open the request") {
				t.Error("it still says that somebody asks")
			}
		}
		want(t, s.get(w.Partner, path), http.StatusOK, "Ended", "Other")
	})
}

func TestBothSidesCommentOnARequest(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		path := asked(t, w, w.Partner, agentWish(w, "Kassa-1"))
		want(t, s.post(w.Reseller, path+"/comment", url.Values{"comment": {" "}}), http.StatusUnprocessableEntity, "Add a comment")
		s.done(w.Reseller, path+"/comment", url.Values{"comment": {"Which shop?"}})
		rec := s.get(w.Partner, path)
		want(t, rec, http.StatusOK, "Your supplier", "Which shop?", "Add a comment")
		if strings.Contains(rec.Body.String(), w.Reseller.Name) {
			t.Error("the partner reads who at the reseller it was")
		}
		s.done(w.Partner, path+"/comment", url.Values{"comment": {"The one in <b>Ede</b>"}})
		rec = s.get(w.Reseller, path)
		want(t, rec, http.StatusOK, w.Reseller.Name, w.Partner.Name, "The one in <b>Ede</b>")
		want(t, s.post(w.Stranger, path+"/comment", url.Values{"comment": {"Hello"}}), http.StatusNotFound)
		s.done(w.Partner, path+"/withdraw", first())
		rec = s.get(w.Partner, path)
		if strings.Contains(rec.Body.String(), "/comment") {
			t.Error("it can be commented on after its end")
		}
	})
}

func TestWhatIsDearTakesTwo(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		dear := newPlan(t, w, plaza.NewPlan{Kind: plaza.Development, Name: "Dear", TermMonths: 12, Machines: 1, Prices: []plaza.Money{{Currency: "EUR", Minor: 10000}}}).ID
		want(t, s.get(w.Reseller, "/requests/limits"), http.StatusForbidden)
		want(t, s.get(w.Vendor, "/requests"), http.StatusOK, "Second approval…")
		want(t, s.get(w.Vendor, "/requests/limits"), http.StatusOK, "Two have to approve")
		want(t, s.post(w.Vendor, "/requests/limits", url.Values{"price_EUR": {"much"}}), http.StatusUnprocessableEntity)
		s.done(w.Vendor, "/requests/limits", url.Values{"price_EUR": {"99,99"}})
		if v := value(s.get(w.Vendor, "/requests/limits"), "price_EUR"); v != "99.99" {
			t.Errorf("the limit is %q", v)
		}
		path := asked(t, w, w.Partner, plaza.Wish{License: &plaza.NewLicense{Name: "Build", Plan: dear}})
		to := s.done(w.Reseller, path+"/approve", first())
		rec := s.get(w.Reseller, to)
		want(t, rec, http.StatusOK, "Somebody else has to approve it", "waits for a second approval")
		if strings.Contains(rec.Body.String(), path+"/approve") {
			t.Error("the first is offered to approve again")
		}
		want(t, s.get(w.Partner, path), http.StatusOK, "Approved by Your supplier", "waits for a second")
		s.done(w.Vendor, path+"/approve", url.Values{"version": {value(s.get(w.Vendor, path), "version")}})
		want(t, s.get(w.Partner, path), http.StatusOK, "Open what was made")
	})
}

func TestAResellerAsksForMoreAllowance(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		path := allowed(t, w, w.Vendor, w.Reseller.Profile, plaza.Development, 0)
		form := url.Values{"profile": {w.Partner.Profile}, "plan": {w.Plans[plaza.Development].ID}}
		rec := s.post(w.Reseller, "/licenses", form)
		want(t, rec, http.StatusConflict, "is used up", "Ask for more…")
		if !strings.Contains(rec.Body.String(), `href="`+path+`/request"`) {
			t.Error("no link to where one asks for more")
		}
		if strings.Contains(shown(s.post(w.Vendor, "/licenses", form)), "Ask for more…") {
			t.Error("the vendor is to ask itself")
		}
		want(t, s.get(w.Reseller, "/allowances"), http.StatusOK, "Ask for more…")
		want(t, s.get(w.Reseller, path+"/request"), http.StatusOK, "Ask for more development licenses", "In use now: 0 of 0")
		want(t, s.post(w.Reseller, path+"/request", url.Values{"most": {"0"}}), http.StatusUnprocessableEntity, "Ask for more than the 0")
		to := s.done(w.Reseller, path+"/request", url.Values{"most": {"3"}, "note": {"For the fair"}})
		want(t, s.get(w.Reseller, to), http.StatusOK, "More licenses", "Withdraw request", "For the fair")
		want(t, s.get(w.Reseller, "/requests"), http.StatusOK, "Nothing waits", "Your own")
		want(t, s.get(w.Reseller, "/requests?state=all&profile="+w.Reseller.Profile), http.StatusOK, "More licenses", "1 of 1")
		want(t, s.get(w.Partner, to), http.StatusNotFound)
		want(t, s.get(w.Stranger, to), http.StatusNotFound)
		want(t, s.get(w.Stranger, path+"/request"), http.StatusNotFound)
		want(t, s.get(w.Vendor, to), http.StatusOK, "Approve and raise allowance", "Asked for", "3")
		s.done(w.Vendor, to+"/approve", first())
		s.done(w.Reseller, "/licenses", form)
	})
}

func TestRequestThatCannotBeMadeSaysWhyOnItsPage(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		wish := plaza.Wish{Login: &plaza.NewLogin{Name: "Jo", Email: "jo@example.com", Role: plaza.Support, Dashboard: true}}
		once, again := asked(t, w, w.Partner, wish), asked(t, w, w.Partner, wish)
		s.done(w.Reseller, once+"/approve", first())
		rec := s.post(w.Reseller, again+"/approve", first())
		want(t, rec, http.StatusUnprocessableEntity, "cannot be made as it was asked for", "Approve and invite")
	})
}

func TestStrangersReachNoRequest(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		path := asked(t, w, w.Partner, agentWish(w, "Kassa-1"))
		for _, stranger := range []plaza.Actor{w.Stranger, w.StrangerPartner, w.Enterprise} {
			want(t, s.get(stranger, path), http.StatusNotFound)
			if page := s.page(stranger, "/requests?state=all"); strings.Contains(page, "Kassa-1") {
				t.Error("a stranger's list has it")
			}
		}
		want(t, s.post(w.Stranger, path+"/approve", first()), http.StatusNotFound)
		want(t, s.post(w.Stranger, path+"/decline", url.Values{"version": {"1"}, "reason": {"No such thing"}}), http.StatusNotFound)
		want(t, s.post(w.Enterprise, path+"/withdraw", first()), http.StatusNotFound)
		want(t, s.post(w.Partner, path+"/approve", first()), http.StatusForbidden)
		want(t, s.get(w.Reseller, path), http.StatusOK, "Open")
	})
}
