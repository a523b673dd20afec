package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/connectplaza/plaza/internal/apptest"
)

func TestNoticesAreReadAndLeadToTheThing(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		want(t, s.get(w.Reseller, "/notices"), http.StatusOK, "Nothing to know")
		path := asked(t, w, w.Partner, agentWish(w, "Kassa-1"))
		rec := s.get(w.Reseller, "/notices")
		want(t, rec, http.StatusOK, "Partner asks for: ConnectAgent", "New", "Mark all as read")
		if !strings.Contains(rec.Body.String(), path) {
			t.Error("no link to the request")
		}
		s.done(w.Reseller, "/notices/read", nil)
		if page := s.page(w.Reseller, "/notices"); !strings.Contains(page, "Partner asks") || strings.Contains(page, "Mark all") {
			t.Errorf("read, but %s", page)
		}
		want(t, s.get(w.Stranger, "/notices"), http.StatusOK, "Nothing to know")
	})
}
