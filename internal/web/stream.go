package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/web/views"
)

const (
	recheck    = 5 * time.Second  // how often it is asked whether a listener still may
	keepAlive  = 15 * time.Second // of silence after which an event says that there is nothing to say
	sendWithin = 10 * time.Second // that a listener may take for one message
	comeBack   = 5 * time.Second  // after which a browser tries again
)

// How many may listen at once: to whoever may not, the page asks from time to time.
const (
	mostOfSession = 8
	mostOfServer  = 2000
)

// audience counts who listens.
type audience struct {
	mu  sync.Mutex
	all int
	of  map[string]int // by session
}

// enter counts one more who listens in a session, and reports whether it may.
func (a *audience) enter(session string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.all == mostOfServer || a.of[session] == mostOfSession {
		return false
	}
	if a.of == nil {
		a.of = map[string]int{}
	}
	a.all++
	a.of[session]++
	return true
}

func (a *audience) leave(session string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all--
	if a.of[session]--; a.of[session] == 0 {
		delete(a.of, session)
	}
}

// listener is somebody to whom events are sent.
type listener struct {
	web     *Web
	token   string
	actor   plaza.Actor
	printer *i18n.Printer
	filter  plaza.MonitorFilter
	turn    string // of what was sent last
	checked time.Time
	sent    time.Time

	out  http.ResponseWriter
	wire *http.ResponseController
}

// serve sends the wall, and then what changes on it, until ctx or the server ends,
// or the listener may not see it any more.
func (l *listener) serve(ctx context.Context, w http.ResponseWriter, wall plaza.Wall) {
	l.out, l.wire = w, http.NewResponseController(w)
	if err := l.wire.SetReadDeadline(time.Time{}); err != nil {
		return // nobody could be let go of who does not listen
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // a proxy that keeps it back shows nothing
	if !l.send("retry: "+strconv.FormatInt(comeBack.Milliseconds(), 10)+"\n\n") || !l.tell(ctx, wall) {
		return
	}
	tick := time.NewTicker(l.web.pace)
	defer tick.Stop()
	for l.look(ctx) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		case <-l.web.ends:
			return
		}
	}
}

// look sends what is new, if anything is, and reports whether to go on.
func (l *listener) look(ctx context.Context) bool {
	now := l.web.now()
	if now.Sub(l.checked) >= recheck {
		if l.web.gate.Still(ctx, l.token, l.actor) != nil || l.web.app.Admit(ctx, l.actor, plaza.AgentRead, "", "") != nil {
			l.send("event: end\ndata: -\n\n")
			return false
		}
		l.checked = now
	}
	wall, err := l.web.app.Monitor(ctx, l.actor, l.filter, l.turn)
	if err != nil {
		if ctx.Err() == nil {
			l.web.log.WarnContext(ctx, "a stream ends early", slog.Any("error", err))
		}
		return false // the browser asks again
	}
	switch {
	case wall.Turn != l.turn:
		return l.tell(ctx, wall)
	case now.Sub(l.sent) >= keepAlive:
		return l.send("event: still\ndata: -\n\n") // a comment would keep a proxy quiet, but no script sees it
	}
	return true
}

// tell sends a wall, unless there is nothing in it for who listens.
func (l *listener) tell(ctx context.Context, wall plaza.Wall) bool {
	l.turn = wall.Turn
	if !wall.Whole && len(wall.Tiles)+len(wall.Gone) == 0 {
		return true
	}
	body, err := newsOf(l.printer, wall)
	if err != nil {
		l.web.log.ErrorContext(ctx, "a stream ends early", slog.Any("error", err))
		return false
	}
	return l.send(fmt.Sprintf("id: %s\ndata: %s\n\n", wall.Turn, body))
}

// send sends text, and reports whether it went out.
func (l *listener) send(text string) bool {
	l.sent = l.web.now()
	if l.wire.SetWriteDeadline(time.Now().Add(sendWithin)) != nil { //nolint:forbidigo // the network's clock
		return false
	}
	if _, err := l.out.Write([]byte(text)); err != nil { //nolint:gosec // it is no page, and its type says so
		return false
	}
	return l.wire.Flush() == nil
}

// squeezed writes an answer, compressed if whoever asks can read that.
func squeezed(w http.ResponseWriter, r *http.Request, body []byte) {
	w.Header().Add("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		var b bytes.Buffer
		if z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed); err == nil {
			_, _ = z.Write(body) // into memory
			_ = z.Close()
			w.Header().Set("Content-Encoding", "gzip")
			body = b.Bytes()
		}
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) //nolint:gosec // a page, in which everything is escaped; it fails only if nobody is there to be told
}

// renderLong draws a page that may be very long.
func (s *Web) renderLong(w http.ResponseWriter, r *http.Request, p views.Page) error {
	var b bytes.Buffer
	if err := p.Page().Render(r.Context(), &b); err != nil {
		return fmt.Errorf("render %T: %w", p, err)
	}
	s.clearFlash(w, r)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	squeezed(w, r, b.Bytes())
	return nil
}
