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
