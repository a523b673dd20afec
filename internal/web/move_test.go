package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/connectplaza/plaza/internal/apptest"
)

// TestAPartnerIsMoved: proposed to somebody unseen, chosen by the vendor, agreed to by
// all; nobody else gets in.
func TestAPartnerIsMoved(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		door := "/partners/" + w.Partner.Profile + "/move"
		want(t, s.get(w.Stranger, door), http.StatusNotFound)
		want(t, s.get(w.Partner, door), http.StatusForbidden)
		rec := s.get(w.Reseller, door)
		want(t, rec, http.StatusOK, "1 profile moves", "Who is meant")
		if strings.Contains(shown(rec), "Stranger") || strings.Contains(shown(rec), "Choose another") {
			t.Error("the reseller sees another one, or can choose among nobody")
		}
		form := url.Values{"to": {"beyond"}, "whom": {""}, "reason": {because}}
		want(t, s.post(w.Reseller, door, form), http.StatusUnprocessableEntity)
		form.Set("whom", "The other one")
		move := s.done(w.Reseller, door, form)
		want(t, s.post(w.Reseller, door, form), http.StatusConflict)
		want(t, s.get(w.Reseller, move), http.StatusOK, "The other one", "Withdraw")
		for _, who := range []string{move, move + "/agree", move + "/decline"} {
			want(t, s.get(w.Stranger, who), http.StatusNotFound)
		}
		want(t, s.get(w.Stranger, "/moves"), http.StatusOK, "No moves here")

		want(t, s.get(w.Vendor, "/moves"), http.StatusOK, "Partner")
		want(t, s.get(w.Vendor, move+"/agree"), http.StatusOK, "The other one", "Stranger")
		rec = s.get(w.Vendor, move+"/agree?to="+w.Stranger.Profile)
		want(t, rec, http.StatusOK, "From then on in sight of: Stranger", "Its statement ends with the move")
		s.done(w.Vendor, move+"/agree", url.Values{"version": {value(rec, "version")}, "to": {w.Stranger.Profile}})

		rec = s.get(w.Stranger, move+"/agree")
		want(t, rec, http.StatusOK, "Partner", "Reseller")
		last := url.Values{"version": {value(rec, "version")}, "name": {"Partn"}}
		want(t, s.post(w.Stranger, move+"/agree", last), http.StatusUnprocessableEntity)
		last.Set("name", "Partner")
		last.Set("version", "1")
		want(t, s.post(w.Stranger, move+"/agree", last), http.StatusPreconditionFailed, "in the meantime")
		last.Set("version", value(rec, "version"))
		s.done(w.Stranger, move+"/agree", last)
		want(t, s.get(w.Stranger, "/partners/"+w.Partner.Profile), http.StatusOK, "Partner")
		want(t, s.get(w.Reseller, "/partners/"+w.Partner.Profile), http.StatusNotFound)
		want(t, s.get(w.Reseller, move), http.StatusOK, "Done")
	})
}
