package server_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza/internal/server"
)

// connection is an answer that notes what deadlines its connection gets.
type connection struct {
	*httptest.ResponseRecorder

	read, write time.Time
}

func (c *connection) SetReadDeadline(t time.Time) error  { c.read = t; return nil }
func (c *connection) SetWriteDeadline(t time.Time) error { c.write = t; return nil }

// TestWhatIsLargeTakesAsLongAsItGoesOn: it may be more than a mebibyte and take longer
// than others, but each second of its life is paid for with bytes.
func TestWhatIsLargeTakesAsLongAsItGoesOn(t *testing.T) {
	t.Parallel()
	const size = 1<<20 + 1<<14
	var asked error
	c := quiet(func(w http.ResponseWriter, r *http.Request) {
		_, timed := r.Context().Deadline()
		b, err := io.ReadAll(r.Body)
		if asked = err; len(b) == size && !timed {
			_, _ = w.Write(b[:1<<13])
		}
	})
	c.Large = func(r *http.Request) int64 {
		if r.URL.Path == "/large" {
			return 1 << 20
		}
		return 0
	}
	send := func(path string, n int) *connection {
		conn := &connection{ResponseRecorder: httptest.NewRecorder()}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(strings.Repeat("a", n)))
		server.Handler(c).ServeHTTP(conn, r)
		return conn
	}
	large := send("/large", size)
	if asked != nil || large.Body.Len() != 1<<13 {
		t.Errorf("large: %v, %d bytes", asked, large.Body.Len())
	}
	if want := time.Unix(30+size>>12, 0); !large.read.Equal(want) {
		t.Errorf("it may come in until %v, want %v", large.read, want)
	}
	if want := time.Unix(60+2+size>>12, 0); !large.write.Equal(want) {
		t.Errorf("it may go out until %v, want %v", large.write, want)
	}
	if send("/large", 2<<20+1); asked == nil {
		t.Error("more than large is read")
	}
	if usual := send("/usual", size); asked == nil || !usual.read.IsZero() || !usual.write.IsZero() {
		t.Errorf("usual: %v, until %v and %v", asked, usual.read, usual.write)
	}
}
