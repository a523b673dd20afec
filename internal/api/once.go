package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/door"
)

// headerOnce names the key of a request that is to be done once, however often it is sent.
const (
	headerOnce  = "Idempotency-Key"
	longestOnce = 255
)

// once does h in the name of actor. Of a POST that brings a key it keeps the answer; who
// sends it again gets that, and nothing is done. What is large is not kept to be compared.
func (s *API) once(w http.ResponseWriter, r *http.Request, actor plaza.Actor, rt door.Route, h http.HandlerFunc) {
	key := r.Header.Get(headerOnce)
	if key == "" || r.Method != http.MethodPost || rt.Verb == plaza.LicenseReveal { // which is recorded each time
		h(w, with(r, actor))
		return
	}
	if rt.Large > 0 {
		s.fail(w, r, plaza.Errorf(plaza.Invalid, "api.once_large"))
		return
	}
	if actor.Pass == nil { // a person sees what happened, and may be another one by then
		s.fail(w, r, plaza.Errorf(plaza.Invalid, "api.once_session"))
		return
	}
	if len(key) > longestOnce || !isText(key) {
		s.fail(w, r, plaza.Errorf(plaza.Invalid, "api.once_long", "Most", longestOnce))
		return
	}
	body, err := io.ReadAll(r.Body) // the server limits it
	if err != nil {
		s.fail(w, r, err)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	// Who hangs up wants the answer when they ask again.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), onceFor)
	defer cancel()
	actor.Once = &plaza.Once{Key: key, Digest: digest(r, body)}
	before, err := s.app.Answered(ctx, actor)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if before.Status != 0 {
		replay(w, before)
		return
	}
	a := &recorder{header: w.Header()}
	h(a, with(r.WithContext(ctx), actor))
	if a.status < http.StatusOK || a.status >= http.StatusMultipleChoices {
		s.orBefore(w, r, actor, a) // nothing was done by this one
		return
	}
	answer := plaza.Answer{Status: a.status, Location: w.Header().Get("Location"), ETag: w.Header().Get("ETag"), Body: a.body.Bytes()}
	if err := s.app.KeepAnswer(ctx, actor, answer); err != nil {
		s.log.ErrorContext(ctx, "keep answer", slog.Any("error", err))
	}
	a.send(w)
}

// onceFor is how long a request that is to be done once may take, however long its sender
// waits.
const onceFor = 20 * time.Second

// orBefore answers as the request was answered that did what this one was to do, if there
// was one meanwhile, or else with a.
func (s *API) orBefore(w http.ResponseWriter, r *http.Request, actor plaza.Actor, a *recorder) {
	before, err := s.app.Answered(r.Context(), actor)
	switch {
	case err != nil && plaza.KindOf(err) == plaza.Conflict:
		s.fail(w, r, err)
	case err == nil && before.Status != 0:
		replay(w, before)
	default:
		a.send(w)
	}
}

// digest is what tells a request from another one with the same key.
func digest(r *http.Request, body []byte) []byte {
	h := sha256.New()
	_, _ = io.WriteString(h, r.Method+" "+r.URL.RequestURI()+"\n"+r.Header.Get("If-Match")+"\n") // never fails
	h.Write(body)
	return h.Sum(nil)
}

// with returns r in which op finds the actor.
func with(r *http.Request, actor plaza.Actor) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), actorKey{}, actor)) //nolint:forbidigo // see actorKey
}

// replay sends an answer that was given before.
func replay(w http.ResponseWriter, a plaza.Answer) {
	h := w.Header()
	for name, value := range map[string]string{"Location": a.Location, "ETag": a.ETag} {
		if value != "" {
			h.Set(name, value)
		}
	}
	h.Set("Idempotency-Replayed", "true")
	if len(a.Body) > 0 {
		h.Set("Content-Type", "application/json")
	}
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body) // fails only if nobody is there to be told
}

// recorder keeps an answer until it is known whether it is the one to give.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header returns what will stand in the head of the answer.
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader notes the status.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

// Write keeps what is written.
func (r *recorder) Write(p []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(p)
}

// send sends what was kept.
func (r *recorder) send(w http.ResponseWriter) {
	w.WriteHeader(r.status)
	_, _ = r.body.WriteTo(w) // fails only if nobody is there to be told
}
