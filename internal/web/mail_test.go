package web_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

func TestOutboxIsTheVendors(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		want(t, s.get(w.Vendor, "/mails"), http.StatusOK, "Waiting", "partner@example.com")
		want(t, s.get(w.Vendor, "/mails?state=dead"), http.StatusOK, "Nothing matches")
		due, err := w.ClaimMails(t.Context(), plaza.Postman)
		if err != nil || len(due) < 2 {
			t.Fatalf("%d mails, %v", len(due), err)
		}
		if err := w.FinishMail(t.Context(), plaza.Postman, due[0], errors.New("no such mailbox"), false); err != nil {
			t.Fatal(err)
		}
		path := "/mails/" + due[0].ID + "/retry"
		rec := s.get(w.Vendor, "/mails?state=dead")
		want(t, rec, http.StatusOK, "Given up", "no such mailbox", "Try again", "1 of 1")
		if strings.Contains(rec.Body.String(), "/invitation/") {
			t.Error("the outbox shows what a mail says")
		}
		for _, other := range []plaza.Actor{w.Reseller, w.Partner} {
			want(t, s.get(other, "/mails"), http.StatusForbidden)
			want(t, s.post(other, path, nil), http.StatusForbidden)
		}
		s.done(w.Vendor, path, nil)
		want(t, s.post(w.Vendor, path, nil), http.StatusConflict, "not given up")
		want(t, s.get(w.Vendor, "/mails?state=dead"), http.StatusOK, "Nothing matches")
	})
}

func TestMailboxIsInTheDemoOnly(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		served, demo := newSite(t, w), newDemoSite(t, w)
		want(t, served.get(nobody, "/mailbox"), http.StatusNotFound)
		want(t, demo.get(nobody, "/mailbox"), http.StatusOK, "Partner owner", "partner@example.com")
		list, err := w.Gate.Mailbox(t.Context(), plaza.Page{})
		if err != nil {
			t.Fatal(err)
		}
		path := "/mailbox/" + list.Rows[0].ID
		want(t, served.get(nobody, path), http.StatusNotFound)
		rec := demo.get(nobody, path)
		want(t, rec, http.StatusOK, list.Rows[0].Subject)
		if !strings.Contains(rec.Body.String(), `href="/invitation/`) {
			t.Error("the link in the invitation cannot be followed")
		}
		want(t, demo.get(nobody, "/mailbox/00000000-0000-7000-8000-000000000000"), http.StatusNotFound)
	})
}
