package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"log/slog"
	"net/http"

	"github.com/connectplaza/plaza"
)

// headerOnce names the key of a request that is to be done once, however often it is sent.
const (
	headerOnce  = "Idempotency-Key"
	longestOnce = 255
)

// once does h in the name of actor. Of a POST that brings a key it keeps the answer; who
// sends it again gets that, and nothing is done.
func (s *API) once(w http.ResponseWriter, r *http.Request, actor plaza.Actor, h http.HandlerFunc) {
	key := r.Header.Get(headerOnce)
	if key == "" || r.Method != http.MethodPost {
		h(w, with(r, actor))
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
	actor.Once = &plaza.Once{Key: key, Digest: digest(r, body)}
	before, err := s.app.Answered(r.Context(), actor)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if before.Status != 0 {
		replay(w, before)
		return
	}
	a := &recorder{ResponseWriter: w}
	h(a, with(r, actor))
	if a.status < http.StatusOK || a.status >= http.StatusMultipleChoices {
		return // nothing was done; who tries again may have more luck
	}
	answer := plaza.Answer{Status: a.status, Location: w.Header().Get("Location"), ETag: w.Header().Get("ETag"), Body: a.body.Bytes()}
	if err := s.app.KeepAnswer(context.WithoutCancel(r.Context()), actor, answer); err != nil {
		s.log.ErrorContext(r.Context(), "keep answer", slog.Any("error", err))
	}
}

// digest is what tells a request from another one with the same key.
func digest(r *http.Request, body []byte) []byte {
	h := sha256.New()
	_, _ = io.WriteString(h, r.Method+" "+r.URL.RequestURI()+"\n") // never fails
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

// recorder keeps what is written to it.
type recorder struct {
	http.ResponseWriter

	status int
	body   bytes.Buffer
}

// WriteHeader notes the status.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write notes what is written.
func (r *recorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	r.body.Write(p)
	return r.ResponseWriter.Write(p)
}

// Unwrap lets an [http.ResponseController] reach the server's own writer.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
