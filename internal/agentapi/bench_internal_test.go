package agentapi

import (
	"log/slog"
	"net/http"
	"testing"
)

// sink is a writer that keeps the headers, as the server's does, and nothing else.
type sink struct{ header http.Header }

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(b []byte) (int, error) { return len(b), nil }
func (s *sink) WriteHeader(int)             {}

// unsigned is a fleet whose signature costs nothing.
type unsigned struct{ *fake }

func (unsigned) AppendSignature(b, _ []byte) []byte { return append(b, "unsigned"...) }

func BenchmarkPing(b *testing.B) {
	f := newFake(b)
	for name, fleet := range map[string]fleet{"signed": f, "unsigned": unsigned{f}} {
		b.Run(name, func(b *testing.B) {
			h := Handler(Config{Fleet: fleet, Log: slog.New(slog.DiscardHandler)})
			r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, "http://plaza.example/", http.NoBody)
			if err != nil {
				b.Fatal(err)
			}
			r.RequestURI = "/v1/machines/" + fingerprint + "/actions/ping"
			r.Header.Set("Authorization", "License "+ownKey)
			r.Header.Set("X-Request-Id", machineID)
			r.Header.Set("X-Real-Ip", "192.0.2.1")
			w := &sink{http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				h.ServeHTTP(w, r)
			}
		})
	}
}
