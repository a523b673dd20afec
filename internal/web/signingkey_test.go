package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

func TestSigningKeyIsShownAndMadeAnew(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		const path = "/settings/signing-key"
		key, wire := plaza.SigningKey{Public: w.Fleet.PublicKey()}.String(), w.Fleet.Wire()
		for _, actor := range []plaza.Actor{w.Vendor, w.Reseller, w.Partner} {
			want(t, s.get(actor, path), http.StatusOK, key, wire.Account, wire.Slug, wire.Product, "http://plaza.test/v1", "Signs now")
		}
		if page := s.page(w.Partner, path); strings.Contains(page, "New signing key") || strings.Contains(page, "Back up both") {
			t.Errorf("a partner is offered what it may not do: %s", page)
		}
		rec := s.get(w.Vendor, path+"/rotate")
		want(t, rec, http.StatusOK, "Make a new signing key", "refuses what it is told")
		if got, in30 := value(rec, "signs"), w.Clock.Now().AddDate(0, 0, 30).Format(time.DateOnly); got != in30 {
			t.Errorf("suggests %s, want %s", got, in30)
		}
		for _, day := range []string{"", "soon", "2020-01-01"} {
			want(t, s.post(w.Vendor, path+"/rotate", url.Values{"signs": {day}}), http.StatusUnprocessableEntity)
		}
		for _, actor := range []plaza.Actor{w.Reseller, w.Partner, w.Stranger} {
			want(t, s.get(actor, path+"/rotate"), http.StatusForbidden)
			want(t, s.post(actor, path+"/rotate", url.Values{"signs": {"2026-03-01"}}), http.StatusForbidden)
		}
		s.done(w.Vendor, path+"/rotate", url.Values{"signs": {"2026-03-01"}})
		want(t, s.get(w.Partner, path), http.StatusOK, key, "From 1 Mar 2026 a new key signs", "Will sign")
		s.done(w.Vendor, path+"/rotate", url.Values{"signs": {w.Clock.Now().Format(time.DateOnly)}}) // at once
		if page := s.page(w.Partner, path); !strings.Contains(page, "Signed before") {
			t.Errorf("the old key: %s", page)
		}
		wantsSignIn(t, s.get(nobody, path))
	})
}
