package web_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/licensekey"
	"github.com/connectplaza/plaza/internal/web/views"
)

// keyOf returns the license key of a ConnectAgent.
func keyOf(t *testing.T, w *apptest.World, a plaza.ConnectAgent) string {
	t.Helper()
	key, err := w.RevealLicenseKey(t.Context(), w.Vendor, a.License.ID)
	ok(t, err)
	return key
}

// requestOf returns what a machine that reaches no server writes.
func requestOf(t *testing.T, w *apptest.World, a plaza.ConnectAgent, host string) string {
	t.Helper()
	b, err := json.Marshal(plaza.OfflineRequest{
		Type: "plaza-offline-request", Version: 1, Key: keyOf(t, w, a), Fingerprint: "fingerprint of " + host, Hostname: host, RequestedAt: w.Clock.Now(),
	})
	ok(t, err)
	return string(b)
}

// upload sends a form with a file in it.
func (s *site) attach(actor plaza.Actor, path string, fields map[string]string, file string) *httptest.ResponseRecorder {
	s.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	ok(s.t, m.WriteField("context", views.Context(actor)))
	for name, value := range fields {
		ok(s.t, m.WriteField(name, value))
	}
	part, err := m.CreateFormFile("file", "request.json")
	ok(s.t, err)
	_, err = part.Write([]byte(file))
	ok(s.t, err)
	ok(s.t, m.Close())
	r := s.request(actor, http.MethodPost, path, nil)
	sent := httptest.NewRequestWithContext(s.t.Context(), http.MethodPost, path, &body)
	sent.Header = r.Header.Clone()
	sent.Header.Set("Content-Type", m.FormDataContentType())
	return s.do(sent)
}

// wantFile checks that an answer is a file of that name.
func wantFile(t *testing.T, rec *httptest.ResponseRecorder, name string) {
	t.Helper()
	if got := rec.Header().Get("Content-Disposition"); rec.Code != http.StatusOK || got != `attachment; filename="`+name+`"` {
		t.Errorf("status %d, %q: %s", rec.Code, got, shown(rec))
	}
}

func TestLicenseFileIsDownloaded(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		a := newAgent(t, w, w.Reseller, w.Partner.Profile, "Kassa-1")
		path := "/agents/" + a.ID + "/file"
		rec := s.get(w.Partner, path)
		want(t, rec, http.StatusOK, "Good for how many days", "Nothing recalls it")
		if value(rec, "days") != "30" {
			t.Errorf("%s days", value(rec, "days"))
		}
		rec = s.post(w.Partner, path, url.Values{"days": {"7"}, "encrypted": {"yes"}})
		wantFile(t, rec, "kassa-1-license.lic")
		if _, err := licensekey.OpenFile(w.Fleet.PublicKey(), licensekey.LicenseFile, rec.Body.Bytes(), keyOf(t, w, a)); err != nil {
			t.Error(err)
		}
		wantFile(t, s.post(w.Reseller, path, url.Values{"days": {"7"}}), "kassa-1-license.lic")
		for _, days := range []string{"", "x", "0", "-1", "9999", "1e3"} {
			want(t, s.post(w.Partner, path, url.Values{"days": {days}}), http.StatusUnprocessableEntity, "Choose a number from 1 to 366")
		}
		want(t, s.get(w.Partner, "/licenses/"+a.License.ID), http.StatusOK, "Download license file", "Offline activation")
		want(t, s.get(w.Partner, "/agents/"+a.ID), http.StatusOK, "made a license file File: License file")
		for _, stranger := range []plaza.Actor{w.Stranger, w.StrangerPartner, w.Enterprise} {
			want(t, s.get(stranger, path), http.StatusNotFound)
			want(t, s.post(stranger, path, url.Values{"days": {"7"}}), http.StatusNotFound)
		}
		wantsSignIn(t, s.get(nobody, path))
		ok(t, w.SuspendLicense(t.Context(), w.Reseller, a.License.ID, "because of a test", 1))
		want(t, s.post(w.Partner, path, url.Values{"days": {"7"}}), http.StatusConflict, "not valid now")
	})
}

func TestMachineIsActivatedOffline(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		a, other := newAgent(t, w, w.Reseller, w.Partner.Profile, "Kassa-1"), newAgent(t, w, w.Reseller, w.Partner.Profile, "Kassa-2")
		path, days := "/agents/"+a.ID+"/offline", map[string]string{"days": "30"}
		want(t, s.get(w.Partner, path), http.StatusOK, "Request file", "Or paste what is in it")
		want(t, s.attach(w.Partner, path, days, ""), http.StatusUnprocessableEntity, "Choose the request file")
		want(t, s.attach(w.Partner, path, days, "\xff\xfe no text"), http.StatusUnprocessableEntity, "This is no request file")
		want(t, s.attach(w.Partner, path, days, requestOf(t, w, other, "till")), http.StatusUnprocessableEntity, "for another license")
		want(t, s.attach(w.Partner, path, days, strings.Repeat("{", plaza.MaxOfflineRequest+9)), http.StatusUnprocessableEntity, "too long")
		rec := s.attach(w.Reseller, path, days, requestOf(t, w, a, "till <b>"))
		wantFile(t, rec, "kassa-1-machine.lic")
		if _, err := licensekey.OpenFile(w.Fleet.PublicKey(), licensekey.MachineFile, rec.Body.Bytes(), licensekey.Secret(keyOf(t, w, a), "fingerprint of till <b>")); err != nil {
			t.Error(err)
		}
		want(t, s.get(w.Partner, "/agents/"+a.ID), http.StatusOK, "till <b>", "Offline file until 1 Feb 2026", "1 of 1 used", "Activated by file",
			"Connection Offline file", "Last heartbeat None expected: activated offline", "It was activated offline: no heartbeat is expected.")
		if page := s.page(w.Partner, "/agents/"+a.ID); strings.Contains(page, "has not sent a heartbeat yet") || strings.Contains(page, "Never seen") {
			t.Errorf("it is missed all the same: %s", page)
		}
		rec = s.post(w.Partner, path, url.Values{"request": {requestOf(t, w, a, "second")}, "days": {"30"}})
		want(t, rec, http.StatusUnprocessableEntity, "All places of this license are taken", "second")
		wantFile(t, s.post(w.Partner, path, url.Values{"request": {requestOf(t, w, a, "till <b>")}, "days": {"30"}}), "kassa-1-machine.lic")
		for _, stranger := range []plaza.Actor{w.Stranger, w.StrangerPartner, w.Enterprise} {
			want(t, s.get(stranger, path), http.StatusNotFound)
			want(t, s.attach(stranger, path, days, requestOf(t, w, a, "till <b>")), http.StatusNotFound)
		}
		wrongContext := s.attach(w.Partner, path, map[string]string{"context": "other"}, "")
		want(t, wrongContext, http.StatusUnprocessableEntity) // the first of the two counts
		want(t, s.attach(plaza.Actor{Login: w.Partner.Login}, path, days, ""), http.StatusConflict)
	})
}

func TestMachineIsReleased(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		a := newAgent(t, w, w.Reseller, w.Partner.Profile, "Kassa-1")
		b, err := w.Fleet.Identify(t.Context(), keyOf(t, w, a), plaza.Origin{Address: "192.0.2.7"})
		ok(t, err)
		m, err := w.Fleet.Activate(t.Context(), b, plaza.NewActivation{Fingerprint: "a very long fingerprint", Host: "till", Platform: "linux/amd64"})
		ok(t, err)
		page := s.page(w.Partner, "/agents/"+a.ID)
		for _, words := range []string{"till", "192.0.2.7", "a very long fing…", "Release…", "Is its license valid?", "VALID"} {
			if !strings.Contains(page, words) {
				t.Errorf("the page does not say %q: %s", words, page)
			}
		}
		path := "/activations/" + m.ID + "/release"
		want(t, s.get(w.Partner, path), http.StatusOK, "Release till", "on this machine first", "activates itself again within a minute", "free at once")
		for _, stranger := range []plaza.Actor{w.Stranger, w.StrangerPartner, w.Enterprise} {
			want(t, s.get(stranger, path), http.StatusNotFound)
			want(t, s.post(stranger, path, nil), http.StatusNotFound)
		}
		if to := s.done(w.Partner, path, nil); to != "/agents/"+a.ID {
			t.Errorf("leads to %s", to)
		}
		want(t, s.get(w.Partner, "/agents/"+a.ID), http.StatusOK, "Why is it not valid?", "NO_MACHINE", "1 earlier machine", "Released by Partner owner")
		want(t, s.post(w.Partner, path, nil), http.StatusNotFound)
		want(t, s.get(w.Partner, path), http.StatusNotFound)
		wantsSignIn(t, s.get(nobody, path))
	})
}

func TestAgentIsDownloaded(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		a := newAgent(t, w, w.Reseller, w.Partner.Profile, "Kassa-1")
		path := "/agents/" + a.ID + "/download"
		want(t, s.get(w.Partner, path), http.StatusOK, "Linux (x86-64)", "It holds the license key")
		wantFile(t, s.post(w.Partner, path, url.Values{"platform": {"windows/amd64"}}), "connectagent-kassa-1-windows-amd64.zip")
		want(t, s.post(w.Partner, path, url.Values{"platform": {"plan9"}}), http.StatusUnprocessableEntity, "Choose one of the platforms")
		for _, v := range []plaza.Verb{plaza.AgentDownload, plaza.LicenseReveal} {
			if n := w.Events(t, v, plaza.Done); n != 1 {
				t.Errorf("%s is recorded %d times", v, n)
			}
		}
		want(t, s.get(w.Partner, "/agents/"+a.ID), http.StatusOK, "downloaded the ConnectAgent", "Platform: windows/amd64")
		slow := &connection{ResponseRecorder: httptest.NewRecorder()}
		s.ServeHTTP(slow, s.request(w.Partner, http.MethodPost, path, url.Values{"platform": {"linux/amd64"}}))
		atLeast := time.Minute + time.Duration(slow.Body.Len())*time.Second/(4<<10)
		if got := slow.until.Sub(w.Clock.Now()); got < atLeast || slow.Body.Len() == 0 {
			t.Errorf("%d bytes have to be gone in %v, want %v", slow.Body.Len(), got, atLeast)
		}
		for _, stranger := range []plaza.Actor{w.Stranger, w.StrangerPartner, w.Enterprise} {
			want(t, s.get(stranger, path), http.StatusNotFound)
			want(t, s.post(stranger, path, url.Values{"platform": {"linux/amd64"}}), http.StatusNotFound)
		}
	})
}

// connection is an answer that notes how long it may take.
type connection struct {
	*httptest.ResponseRecorder

	until time.Time
}

func (c *connection) SetWriteDeadline(t time.Time) error { c.until = t; return nil }
