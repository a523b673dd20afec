package server

import (
	"io"
	"net/http"
	"time"

	"github.com/connectplaza/plaza/internal/clock"
)

// slowest is how fast a large request or answer has to go at least, on average, in
// bytes a second. A line that is slower is of no use for what is large, and whoever
// only wants to keep connections open has to pay for each.
const slowest = 4 << 10

// paced gives what is large as long as it takes, as long as it goes on.
func paced(next http.Handler, now clock.Func, large func(*http.Request) int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if large(r) > 0 {
			c, now := http.NewResponseController(w), now()
			answer := &pacedWriter{ResponseWriter: w, pace: pace{c.SetWriteDeadline, now.Add(writeTimeout)}}
			r.Body = &pacedBody{ReadCloser: r.Body, pace: pace{c.SetReadDeadline, now.Add(bodyTimeout)}, answer: &answer.pace}
			w = answer
		}
		next.ServeHTTP(w, r)
	})
}

// pace moves a deadline on with what has gone through.
type pace struct {
	set      func(time.Time) error
	deadline time.Time
}

func (p *pace) went(bytes int) {
	p.deadline = p.deadline.Add(time.Duration(bytes) * time.Second / slowest)
	_ = p.set(p.deadline) // a test's writer has none
}

type pacedBody struct {
	io.ReadCloser
	pace

	answer *pace // which begins when the body has come
}

func (b *pacedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.went(n)
	b.answer.went(n)
	return n, err
}

type pacedWriter struct {
	http.ResponseWriter
	pace
}

func (w *pacedWriter) Write(p []byte) (int, error) {
	w.went(len(p))
	return w.ResponseWriter.Write(p)
}

// Unwrap lets an [http.ResponseController] reach the server's own writer.
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
