package web_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/web/views"
)

// upload sends a form that ends with a file, in the order of its fields.
func (s *site) upload(actor plaza.Actor, path, file string, fields ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for i := 0; i+1 < len(fields); i += 2 {
		noErr(s.t, form.WriteField(fields[i], fields[i+1]))
	}
	if file != "" {
		w, err := form.CreateFormFile("file", "agent.bin")
		noErr(s.t, err)
		_, err = w.Write([]byte(file))
		noErr(s.t, err)
	}
	noErr(s.t, form.Close())
	r := httptest.NewRequestWithContext(s.t.Context(), http.MethodPost, path, &b)
	r.Header = s.request(actor, http.MethodPost, path, nil).Header
	r.Header.Set("Content-Type", form.FormDataContentType())
	return s.do(r)
}

func TestReleaseFromDraftToYanked(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		v := w.Vendor
		want(t, s.get(v, "/releases"), http.StatusOK, "No release yet", "New release", "Publisher key")
		want(t, s.post(v, "/releases/key", map[string][]string{"key": {"abc"}}), http.StatusUnprocessableEntity, "64 hexadecimal characters")
		w.Trust(t)
		want(t, s.get(v, "/releases"), http.StatusOK, w.Fleet.Wire().Product)
		want(t, s.get(v, "/releases/new"), http.StatusOK, "Create release")
		want(t, s.post(v, "/releases", map[string][]string{"version": {"5"}, "channel": {"stable"}}), http.StatusUnprocessableEntity, "three numbers")
		path := s.done(v, "/releases", map[string][]string{"version": {"5.0.1"}, "channel": {"stable"}, "requires": {"4.2.0"}, "modules": {"DEPLOY", "MONITOR"}, "description": {"Repairs"}})
		want(t, s.get(v, path), http.StatusOK, "Draft", "5.0.1", "4.2.0", "DEPLOY, MONITOR", "Repairs", "created the release")
		want(t, s.post(v, path+"/publish", nil), http.StatusConflict, "nothing to publish")

		long := strings.Repeat("0123456789abcdef", 1<<17+1)
		_, signature := w.Sign(t, long)
		upload := func(file string, more ...string) *httptest.ResponseRecorder {
			return s.upload(v, path+"/artifacts", file, append([]string{"context", views.Context(v), "platform", "linux/amd64"}, more...)...)
		}
		want(t, upload(long[1:], "signature", signature), http.StatusUnprocessableEntity, "not the publisher key")
		want(t, upload("", "signature", signature), http.StatusUnprocessableEntity, "not empty")
		want(t, upload(long), http.StatusUnprocessableEntity, "86 characters")
		want(t, upload(long, "signature", signature, "note", "\xff"), http.StatusUnprocessableEntity)
		want(t, upload(long, "signature", signature, "note", strings.Repeat("a", 1<<17)), http.StatusUnprocessableEntity, "cannot be read")
		want(t, s.upload(v, path+"/artifacts", long, "signature", signature), http.StatusConflict)
		want(t, s.post(v, path+"/artifacts", nil), http.StatusUnprocessableEntity)
		want(t, s.upload(v, path+"/artifacts?%zz", long), http.StatusUnprocessableEntity)
		if rec := upload(long, "signature", signature); rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != path {
			t.Fatalf("upload: %d %s", rec.Code, shown(rec))
		}
		want(t, upload(long, "signature", signature), http.StatusConflict, "There is a build for this platform")
		want(t, s.get(v, path), http.StatusOK, "linux/amd64", "connectagent_linux_amd64", "2,049 kB")
		for _, other := range []plaza.Actor{w.Reseller, w.Partner} {
			want(t, s.get(other, path), http.StatusNotFound)
			want(t, s.get(other, "/releases"), http.StatusOK, "No release yet")
			want(t, s.post(other, path+"/publish", nil), http.StatusForbidden)
			want(t, s.upload(other, path+"/artifacts", long, "context", views.Context(other)), http.StatusForbidden)
		}
		s.done(v, path+"/publish", nil)
		page := s.get(w.Partner, path)
		want(t, page, http.StatusOK, "Published", "connectagent_linux_amd64")
		if strings.Contains(page.Body.String(), "/yank") {
			t.Error("a partner is offered to take it back")
		}
		want(t, s.get(v, path+"/yank"), http.StatusOK, "Yank ConnectAgent 5.0.1")
		want(t, s.post(v, path+"/yank", map[string][]string{"reason": {"no"}}), http.StatusUnprocessableEntity)
		s.done(v, path+"/yank", map[string][]string{"reason": {"it eats the disk"}})
		want(t, s.get(v, path), http.StatusOK, "Yanked", "it eats the disk")
		want(t, s.get(w.Partner, path), http.StatusNotFound)
	})
}

func TestAgentPageSaysWhatIsNewer(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		a, err := w.CreateAgent(t.Context(), w.Reseller, plaza.NewAgent{Profile: w.Partner.Profile, Plan: w.Plans[plaza.ConnectAgentLicense].ID, Name: "A"})
		noErr(t, err)
		noErr(t, w.RecordHeartbeats(t.Context(), plaza.Simulator, []plaza.Heartbeat{{Agent: a.ID, At: w.Clock.Now(), Health: plaza.HealthOK, Build: "5.0.0"}}))
		r := w.Publish(t, "5.0.1")
		want(t, s.get(w.Partner, "/agents/"+a.ID), http.StatusOK, "5.0.1 is available")
		want(t, s.get(w.Partner, "/releases/"+r.ID), http.StatusOK, "linux/amd64")
	})
}

// fetched is a file that can be fetched, and its address.
func fetched(t *testing.T, w *apptest.World) (content, path string) {
	t.Helper()
	content = strings.Repeat("0123456789abcdef", 1<<17+3)
	r := w.Draft(t, plaza.NewRelease{Version: "5.0.1"}, map[string]string{"linux/amd64": content})
	noErr(t, w.PublishRelease(t.Context(), w.Vendor, r.ID))
	a, err := w.CreateAgent(t.Context(), w.Reseller, plaza.NewAgent{Profile: w.Partner.Profile, Plan: w.Plans[plaza.ConnectAgentLicense].ID, Name: "A"})
	noErr(t, err)
	key, err := w.RevealLicenseKey(t.Context(), w.Partner, a.License.ID)
	noErr(t, err)
	b, err := w.Fleet.Identify(t.Context(), key, plaza.Origin{})
	noErr(t, err)
	_, address, err := w.Fleet.Artifact(t.Context(), b, "5.0.1", "connectagent_linux_amd64")
	noErr(t, err)
	return content, strings.TrimPrefix(address, "http://plaza.test")
}

// TestDownloadGoesOnWhereItWasCutOff: whoever has the address fetches the file, in
// whichever pieces, and nobody else does.
func TestDownloadGoesOnWhereItWasCutOff(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		content, path := fetched(t, w)
		sum, _ := w.Sign(t, content)
		fetch := func(method, path string, header ...string) *httptest.ResponseRecorder {
			r := s.request(nobody, method, path, nil)
			for i := 0; i+1 < len(header); i += 2 {
				r.Header.Set(header[i], header[i+1])
			}
			return s.do(r)
		}
		whole := fetch(http.MethodGet, path)
		if whole.Code != http.StatusOK || whole.Body.String() != content {
			t.Fatalf("%d, %d bytes", whole.Code, whole.Body.Len())
		}
		for name, value := range map[string]string{
			"Content-Type": "application/octet-stream", "Content-Length": "2097200", "Accept-Ranges": "bytes", "X-Content-Type-Options": "nosniff",
			"Etag": `"` + sum + `"`, "Content-Disposition": `attachment; filename="connectagent_linux_amd64"`,
		} {
			if got := whole.Header().Get(name); got != value {
				t.Errorf("%s: %q, want %q", name, got, value)
			}
		}
		if head := fetch(http.MethodHead, path); head.Code != http.StatusOK || head.Body.Len() != 0 || head.Header().Get("Content-Length") != "2097200" {
			t.Errorf("HEAD: %d %v", head.Code, head.Header())
		}
		var joined strings.Builder
		joined.WriteString(content[:1000])
		for _, piece := range []string{"bytes=1000-1048575", "bytes=1048576-1048576", "bytes=1048577-"} {
			rec := fetch(http.MethodGet, path, "Range", piece, "If-Range", `"`+sum+`"`)
			if rec.Code != http.StatusPartialContent {
				t.Errorf("%s: %d", piece, rec.Code)
			}
			joined.WriteString(rec.Body.String())
		}
		if joined.String() != content {
			t.Error("the pieces are not the whole")
		}
		if rec := fetch(http.MethodGet, path, "Range", "bytes=1000-", "If-Range", `"another"`); rec.Code != http.StatusOK {
			t.Errorf("a piece of another file: %d", rec.Code)
		}
		if rec := fetch(http.MethodGet, path, "Range", "bytes=9999999-"); rec.Code != http.StatusRequestedRangeNotSatisfiable {
			t.Errorf("beyond the end: %d", rec.Code)
		}
		if rec := fetch(http.MethodGet, path, "If-None-Match", `"`+sum+`"`); rec.Code != http.StatusNotModified {
			t.Errorf("what one has: %d", rec.Code)
		}
		parts := strings.Split(path, "/")
		for i, other := range map[int]string{2: "01900000-0000-7000-8000-000000000000", 3: "9" + parts[3], 4: strings.Repeat("A", 43), 5: "connectagent"} {
			wrong := append([]string{}, parts...)
			wrong[i] = other
			notThere(t, fetch(http.MethodGet, strings.Join(wrong, "/")))
		}
		w.Clock.Advance(15 * time.Minute)
		notThere(t, fetch(http.MethodGet, path))
	})
}

func notThere(t *testing.T, rec *httptest.ResponseRecorder) {
	t.Helper()
	if rec.Code != http.StatusNotFound || !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/plain") || rec.Body.String() != "Not Found\n" {
		t.Errorf("%d %s %q", rec.Code, rec.Header().Get("Content-Type"), rec.Body.String())
	}
}

// counted is a body that notes how much of it is read.
type counted struct {
	io.Reader

	read int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read += n
	return n, err
}

// TestUploadsOfStrangersAreNotRead: whoever may not bring a file does not fill the
// memory with what stands before one either.
func TestUploadsOfStrangersAreNotRead(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, s *site, w *apptest.World) {
		r := w.Draft(t, plaza.NewRelease{Version: "5.0.2"}, nil)
		send := func(actor plaza.Actor, method, path, kind string, body io.Reader) (*httptest.ResponseRecorder, int) {
			in := &counted{Reader: body}
			req := httptest.NewRequestWithContext(t.Context(), method, path, in)
			req.Header = s.request(actor, method, path, nil).Header
			req.Header.Set("Content-Type", kind)
			return s.do(req), in.read
		}
		form := func(actor plaza.Actor, names ...string) (kind string, body io.Reader) {
			var b bytes.Buffer
			form := multipart.NewWriter(&b)
			noErr(t, form.WriteField("context", views.Context(actor)))
			for _, name := range names {
				noErr(t, form.WriteField(name, "x"))
			}
			noErr(t, form.Close())
			return form.FormDataContentType(), &b
		}
		path := "/releases/" + r.ID + "/artifacts"
		for who, want := range map[*plaza.Actor]int{&nobody: http.StatusUnauthorized, &w.Reseller: http.StatusForbidden} {
			kind, body := form(*who, "platform")
			if rec, read := send(*who, http.MethodPost, path, kind, body); rec.Code != want || read > 0 {
				t.Errorf("%q: %d, %d bytes read", who.Name, rec.Code, read)
			}
		}
		_, address := fetched(t, w)
		kind, body := form(nobody, "platform")
		if rec, read := send(nobody, http.MethodGet, address, kind, body); rec.Code != http.StatusOK || read > 0 {
			t.Errorf("fetching: %d, %d bytes read", rec.Code, read)
		}
		long := strings.Repeat("n", 9000)
		for name, names := range map[string][]string{
			"long names": {long + "1", long + "2", long + "3", long + "4", long + "5", long + "6", long + "7", long + "8"},
			"many":       slices.Repeat([]string{"n"}, 50),
		} {
			kind, body := form(w.Vendor, names...)
			rec, _ := send(w.Vendor, http.MethodPost, path, kind, body)
			want(t, rec, http.StatusUnprocessableEntity, "cannot be read")
			if t.Failed() {
				t.Fatal(name)
			}
		}
		kind, body = form(w.Vendor, slices.Repeat([]string{"n"}, 49)...)
		rec, _ := send(w.Vendor, http.MethodPost, path, kind, body)
		want(t, rec, http.StatusUnprocessableEntity, "86 characters")
		rec, _ = send(w.Vendor, http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(strings.Repeat("a&", 1<<16)))
		want(t, rec, http.StatusRequestEntityTooLarge)
	})
}
