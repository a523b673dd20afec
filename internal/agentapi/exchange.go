package agentapi

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/door"
	"github.com/connectplaza/plaza/internal/licensekey"
)

// exchange is one request and its answer. It is used again for another one, so
// that a heartbeat costs next to no memory.
type exchange struct {
	api *api
	r   *http.Request
	now time.Time

	target  string // path and query as they stood in the request line
	query   string // of target
	path    string // of target, below the base
	route   *route // nil until it is found
	params  [2]string
	version string
	plain   bool // application/json is asked for
	id      string
	wire    app.Wire
	bearer  *app.Bearer // nil: nobody came in

	body   []byte // of the request
	said   node   // the same, read
	spoken bool   // there was a body
	inside bool   // it is worked on, see [crowd]

	status   int
	location string
	file     string // name of what is to be kept as a file; empty: the answer is a document
	fault    *fault // nil: none
	pen      pen    // the answer

	text, head []byte // of the signature
	values     [maxHeaders]string
	used       int
}

const maxHeaders = 24

// begin makes e ready for a request.
func (e *exchange) begin(r *http.Request) {
	*e = exchange{
		api: e.api, r: r, now: e.api.Fleet.Now(), wire: e.api.Fleet.Wire(), target: targetOf(r), version: defaultVersion, status: http.StatusOK,
		body: e.body[:0], pen: pen{e.pen.b[:0]}, text: e.text[:0], head: e.head[:0],
	}
	if e.id = r.Header.Get(door.HeaderRequest); e.id == "" {
		e.id = uuid.Must(uuid.NewV7()).String()
	}
}

// end lets go of what belongs to the request, and of buffers that grew too big.
func (e *exchange) end() {
	const most = 64 << 10
	if e.bearer != nil {
		e.bearer.Leave()
	}
	e.r, e.bearer, e.fault, e.said = nil, nil, nil, node{}
	if cap(e.body) > most {
		e.body = nil
	}
	if cap(e.pen.b) > most {
		e.pen.b = nil
	}
}

// targetOf returns path and query as the client asked for them.
func targetOf(r *http.Request) string {
	target := r.RequestURI
	if target == "" || target[0] == '/' {
		return target
	}
	_, rest, absolute := strings.Cut(target, "://")
	if i := strings.IndexByte(rest, '/'); absolute && i >= 0 {
		return rest[i:]
	}
	return target
}

// answer does what is asked for. Whatever happens, there is an answer afterwards.
func (e *exchange) answer(ctx context.Context) {
	limited := &patience{Context: ctx, after: e.api.Work}
	defer limited.end()
	defer e.rescue(ctx)
	if err := e.handle(limited); err != nil { //nolint:contextcheck // it is inherited, see patience
		e.fail(ctx, err)
	}
}

func (e *exchange) handle(ctx context.Context) error {
	if err := e.readHeaders(); err != nil {
		return err
	}
	if err := e.find(); err != nil {
		return err
	}
	defer e.leave()
	if err := e.enter(ctx); err != nil {
		return err
	}
	if err := e.admit(ctx); err != nil {
		return err
	}
	if err := e.readBody(ctx); err != nil {
		return err
	}
	return e.route.do(ctx, e)
}

// rescue is deferred: it answers for a handler that panicked.
func (e *exchange) rescue(ctx context.Context) {
	cause := recover()
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler { //nolint:errorlint // it is this very value
		panic(cause)
	}
	e.api.Log.LogAttrs(ctx, slog.LevelError, "agent request panicked", slog.Any("cause", cause),
		slog.String("route", e.route.String()), slog.String("request", e.id), slog.String("stack", string(debug.Stack())))
	e.refuse(internalFault())
}

// fail answers with err.
func (e *exchange) fail(ctx context.Context, err error) {
	f := faultOf(err)
	decided := errors.Is(err, f) || errors.Is(err, context.Canceled)
	if f.status == http.StatusInternalServerError || f.status == http.StatusServiceUnavailable && !decided {
		e.api.Log.LogAttrs(ctx, slog.LevelError, "agent request failed", slog.Any("error", err),
			slog.String("route", e.route.String()), slog.String("request", e.id))
	}
	e.refuse(f)
}

// refuse makes f the answer, whatever it was before.
func (e *exchange) refuse(f *fault) {
	e.fault, e.status, e.location, e.file = f, f.status, "", ""
	e.pen.b = e.pen.b[:0]
	e.pen.fault(f, e.id)
}

// from returns where the request came from.
func (e *exchange) from() plaza.Origin {
	address := e.r.Header.Get(door.HeaderAddress)
	if address == "" {
		address, _, _ = net.SplitHostPort(e.r.RemoteAddr)
	}
	return plaza.Origin{Address: address, UserAgent: e.r.UserAgent(), Request: e.id}
}

// send signs the answer and writes it.
func (e *exchange) send(w http.ResponseWriter) {
	body := e.pen.b
	if e.status == http.StatusNoContent || e.r.Method == http.MethodHead {
		body = nil
	}
	date := e.api.dateOf(e.now)
	e.head = licensekey.AppendDigest(e.head[:0], body)
	digest := string(e.head)
	e.text = licensekey.Answer{Method: lower(e.r.Method), Target: e.target, Host: e.r.Host, Date: date, Digest: digest}.AppendText(e.text[:0])
	e.head = e.api.Fleet.AppendSignature(e.head[:0], e.text)
	end := len(e.head)
	e.head = strconv.AppendInt(e.head, int64(len(body)), 10)
	head := string(e.head)

	h := w.Header()
	e.set(h, "Date", date)
	e.set(h, "Digest", digest)
	e.set(h, "Keygen-Signature", head[:end])
	e.set(h, "Keygen-Date", date)
	e.set(h, "Keygen-Digest", digest)
	e.set(h, "Keygen-Version", e.version)
	e.set(h, "Keygen-Account", e.wire.Account)
	e.set(h, door.HeaderRequest, e.id)
	e.set(h, "Cache-Control", "no-store, no-transform, max-age=0")
	e.setKind(h, len(body))
	if e.status != http.StatusNoContent {
		e.set(h, "Content-Length", head[end:])
	}
	if e.fault != nil {
		e.setFault(h)
	}
	w.WriteHeader(e.status)
	if len(body) > 0 {
		_, _ = w.Write(body) // there is nobody to tell
	}
}

// set is [http.Header.Set] without an allocation: the writer copies the headers
// when it is told the status. The name is written as it stands here.
func (e *exchange) set(h http.Header, name, value string) {
	e.values[e.used] = value
	h[name] = e.values[e.used : e.used+1 : e.used+1]
	e.used++
}

func (e *exchange) setKind(h http.Header, size int) {
	switch {
	case size == 0:
		delete(h, "Content-Type")
	case e.file != "":
		e.set(h, "Content-Type", "application/octet-stream")
		e.set(h, "Content-Disposition", `attachment; filename="`+e.file+`"`)
	case e.plain:
		e.set(h, "Content-Type", "application/json; charset=utf-8")
	default:
		e.set(h, "Content-Type", "application/vnd.api+json; charset=utf-8")
	}
	if e.location != "" {
		e.set(h, "Location", e.location)
	}
}

// setFault sets what goes with an error document.
func (e *exchange) setFault(h http.Header) {
	if e.status == http.StatusUnauthorized {
		e.set(h, "WWW-Authenticate", `Bearer realm="plaza"`)
	}
	if e.fault.wait == 0 {
		return
	}
	seconds := strconv.FormatInt(max(1, int64(e.fault.wait/time.Second)), 10)
	e.set(h, "Retry-After", seconds)
	if e.fault.most > 0 {
		most := strconv.Itoa(e.fault.most) // refused credentials in a minute (agent API 10.3)
		e.set(h, "X-RateLimit-Window", seconds+"s")
		e.set(h, "X-RateLimit-Count", most)
		e.set(h, "X-RateLimit-Limit", most)
		e.set(h, "X-RateLimit-Remaining", "0")
		e.set(h, "X-RateLimit-Reset", strconv.FormatInt(e.now.Add(e.fault.wait).Unix(), 10))
	}
}

// lower returns a method as it is signed.
func lower(method string) string {
	switch method {
	case http.MethodPost:
		return "post"
	case http.MethodGet:
		return "get"
	}
	return strings.ToLower(method)
}
