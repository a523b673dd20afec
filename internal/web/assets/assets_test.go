package assets_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/connectplaza/plaza/internal/web/assets"
)

var all = []string{"app.css", "app.js", "theme.js", "reference.css", "reference.js", "scalar.js", "icons.svg", "favicon.svg", "favicon-acting.svg"}

type answer struct {
	code   int
	header http.Header
	body   []byte
}

func get(t *testing.T, path, encoding string) answer {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	assets.Handler().ServeHTTP(w, r)
	return answer{code: w.Code, header: w.Header(), body: w.Body.Bytes()}
}

func TestEveryFileIsServedUnderTheHashOfItsContent(t *testing.T) {
	t.Parallel()
	for _, name := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := assets.Path(name)
			if path == "/assets/"+name {
				t.Fatalf("Path(%q) = %q, want a hash in it; run make assets", name, path)
			}
			res := get(t, path, "")
			if res.code != http.StatusOK || len(res.body) == 0 {
				t.Fatalf("GET %s: %d", path, res.code)
			}
			for header, want := range map[string]string{
				"Cache-Control":          "public, max-age=31536000, immutable",
				"X-Content-Type-Options": "nosniff",
				"Vary":                   "Accept-Encoding",
				"Content-Encoding":       "",
			} {
				if got := res.header.Get(header); got != want {
					t.Errorf("%s = %q, want %q", header, got, want)
				}
			}
		})
	}
}

func TestFilesHaveTheTypeThatBrowsersWant(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"app.css":     "text/css; charset=utf-8",
		"app.js":      "text/javascript; charset=utf-8",
		"favicon.svg": "image/svg+xml",
	} {
		if got := get(t, assets.Path(name), "").header.Get("Content-Type"); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestFilesAreCompressedAsTheBrowserLikes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ accept, want string }{
		{"", ""},
		{"identity", ""},
		{"gzip", "gzip"},
		{"gzip, deflate, br, zstd", "br"},
		{"br;q=0, gzip;q=0.5", "gzip"},
		{"gzip;q=0", ""},
		{"brotli", ""},
		{";;;", ""},
	} {
		if got := get(t, assets.Path("app.css"), test.accept).header.Get("Content-Encoding"); got != test.want {
			t.Errorf("Accept-Encoding %q gets %q, want %q", test.accept, got, test.want)
		}
	}
}

func TestCompressedIsTheSame(t *testing.T) {
	t.Parallel()
	plain := get(t, assets.Path("app.js"), "").body
	r, err := gzip.NewReader(bytes.NewReader(get(t, assets.Path("app.js"), "gzip").body))
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(plain, unpacked) {
		t.Error("gzip and plain differ")
	}
}

func TestNothingElseIsFound(t *testing.T) {
	t.Parallel()
	for _, path := range []string{
		"/assets/",
		"/assets/app.css",
		"/assets/manifest.json",
		"/assets/test/axe.min.js",
		"/assets/../assets.go",
		assets.Path("app.css") + ".br",
		assets.Path("no such file"),
	} {
		res := get(t, strings.ReplaceAll(path, " ", "%20"), "br")
		if res.code != http.StatusNotFound {
			t.Errorf("GET %s: %d, want 404", path, res.code)
		}
		if res.header.Get("Cache-Control") != "" {
			t.Errorf("GET %s may be kept", path)
		}
	}
}

func TestFilesAreOnlyRead(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, assets.Path("app.css"), nil)
	w := httptest.NewRecorder()
	assets.Handler().ServeHTTP(w, r)
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d, want 405", w.Code)
	}
}

// A style sheet that names another host, or a script that the policy refuses,
// would only be noticed by somebody who looks at the console.
func TestNothingIsFetchedFromElsewhere(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"app.css", "app.js", "theme.js", "reference.css", "reference.js"} {
		text := string(get(t, assets.Path(name), "").body)
		for _, bad := range []string{"@import", "url(http", "url(//", "font-face", "import(\"http"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s contains %q", name, bad)
			}
		}
	}
}

// What draws the reference of the API is a bundle: what it is made of is not installed, see
// decision 031. npm puts all of that back into the lock when the package is updated.
func TestTheBundleBringsNothingAlong(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../../package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	var lock struct {
		Packages map[string]struct {
			Dependencies map[string]string `json:"dependencies"`
		} `json:"packages"`
	}
	if err := json.Unmarshal(raw, &lock); err != nil {
		t.Fatal(err)
	}
	scalar, ok := lock.Packages["node_modules/@scalar/api-reference"]
	if !ok || len(scalar.Dependencies) > 0 {
		t.Errorf("it is in the lock: %v, with %d packages: take \"dependencies\" out, and what is there because of them", ok, len(scalar.Dependencies))
	}
}
