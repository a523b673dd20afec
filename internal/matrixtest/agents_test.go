package matrixtest

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/connectplaza/plaza/internal/agentapi"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/door"
)

// agents tries every way in at the agents' door with the key of every license there
// is, and with none, naming what is P's: nobody but P's own agent gets at it, and
// what is P's is answered as what never was.
func (r *run) agents(t *testing.T) {
	for _, rt := range agentapi.Routes() {
		for _, letter := range append(slices.Sorted(keysOf(r.w.ids)), "nobody") {
			for _, by := range []thing{anActivation, aFingerprint} {
				if by == aFingerprint && !strings.Contains(rt.Pattern, "{m}") {
					continue
				}
				r.wrong(t, "agent", letter+"'s agent: "+rt.String()+" by "+string(by), r.w.agentCell(t, rt, letter, by))
			}
		}
	}
}

func keysOf[V any](all map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range all {
			if !yield(k) {
				return
			}
		}
	}
}

// agentCell returns what is wrong with the answers to one agent; empty if nothing.
func (w *world) agentCell(t *testing.T, rt door.Route, letter string, by thing) (wrong string) {
	t.Helper()
	victim, nothing := w.ids["P"], map[thing]string{}
	for of := range victim {
		nothing[of] = never
	}
	ask := func(ids map[thing]string) (a answered) {
		w.e.cell(t, func() {
			a = w.askAgent(t, rt, letter, ids, by)
			for table := range w.e.wrote {
				gone, came := w.diff(t, table, true)
				a.changed = a.changed || len(gone)+len(came) > 0
			}
		})
		return a
	}
	theirs, none := ask(victim), ask(nothing)
	switch names := strings.Contains(rt.Pattern, "{id}") || strings.Contains(rt.Pattern, "{m}") || rt.Method == http.MethodPost; {
	case letter == "P" && theirs.status >= http.StatusBadRequest && !refusedToItself(rt):
		return theirs.String()
	case letter == "P":
		return ""
	case strings.Contains(theirs.body, "Canary-P"):
		return "it shows what is P's: " + theirs.String()
	case theirs.changed:
		return "it changes something: " + theirs.String()
	case theirs != none:
		return "what is P's is answered as " + theirs.String() + ", what never was as " + none.String()
	case names && !rt.Public && theirs.status != http.StatusUnauthorized && theirs.status != http.StatusForbidden && theirs.status != http.StatusNotFound:
		return "it is let in: " + theirs.String()
	}
	return ""
}

// refusedToItself reports whether an agent gets nothing by a route with its own
// things either: the one seat of its license is taken, the dashboard resets, there
// is no entitlement of that ID, and there are no releases here.
func refusedToItself(rt door.Route) bool {
	return slices.Contains([]string{"POST machines", "GET {eid}", "POST reset", "POST reset-heartbeat", "POST report"}, last(rt)) ||
		strings.Contains(rt.Pattern, "releases/")
}

// answered is what came of a request, without what differs each time.
type answered struct {
	status  int
	body    string
	changed bool
}

func (a answered) String() string { return http.StatusText(a.status) + " " + a.body }

// askAgent sends a request with the key of the license of a profile, naming ids,
// machines by their ID or by their fingerprint.
func (w *world) askAgent(t *testing.T, rt door.Route, letter string, ids map[thing]string, by thing) answered {
	t.Helper()
	fleet, err := app.NewFleet(t.Context(), w.App) // which knows nothing of what was undone
	must(t, err)
	id := ids[aComponent]
	switch {
	case strings.Contains(rt.Pattern, "licenses/{id}"):
		id = ids[anAgentLicense]
	case strings.Contains(rt.Pattern, "processes"):
		id = ids[aProcess]
	}
	key := w.keys[letter]
	body := strings.NewReplacer("LICENSE", ids[anAgentLicense], "MACHINE", ids[anActivation], "FINGERPRINT", ids[aFingerprint], "KEY", key).Replace(agentBodies[last(rt)])
	path := strings.NewReplacer("{account}", fleet.Wire().Account, "{id}", id, "{m}", strings.ReplaceAll(ids[by], " ", "%20"), "{eid}", never, "{r}", "1.0.0", "{a}", "file").Replace(rt.Pattern)
	req := httptest.NewRequestWithContext(t.Context(), rt.Method, path, strings.NewReader(body))
	if body == "" {
		req.Body = http.NoBody
	}
	if key != "" {
		req.Header.Set("Authorization", "License "+key)
	}
	got := httptest.NewRecorder()
	agentapi.Handler(agentapi.Config{Fleet: fleet, Log: slog.New(slog.DiscardHandler)}).ServeHTTP(got, req)
	return answered{status: got.Code, body: eachTime.ReplaceAllString(got.Body.String(), "…")}
}

// eachTime finds what no two answers share.
var eachTime = regexp.MustCompile(`"meta":\{"id":"[^"]*"\}|"ts":"[^"]*"|"(lastValidated|lastCheckOut|issued|expiry|lastHeartbeat|nextHeartbeat)":"[^"]*"|"scope":\{[^}]*\}`)

// last returns the method of a route and the last words of its pattern.
func last(rt door.Route) string {
	words := strings.Split(rt.Pattern, "/")
	return rt.Method + " " + words[len(words)-1]
}

// agentBodies are what the routes that take a body are sent.
var agentBodies = map[string]string{
	"POST validate":     `{"meta":{"scope":{"fingerprint":"FINGERPRINT","machine":"MACHINE"}}}`,
	"POST validate-key": `{"meta":{"key":"KEY","scope":{"fingerprint":"FINGERPRINT","machine":"MACHINE"}}}`,
	"POST machines":     `{"data":{"type":"machines","attributes":{"fingerprint":"new"},"relationships":{"license":{"data":{"type":"licenses","id":"LICENSE"}}}}}`,
	"POST components":   `{"data":{"type":"components","attributes":{"fingerprint":"new","name":"new"},"relationships":{"machine":{"data":{"type":"machines","id":"MACHINE"}}}}}`,
	"POST processes":    `{"data":{"type":"processes","attributes":{"pid":"new"},"relationships":{"machine":{"data":{"type":"machines","id":"MACHINE"}}}}}`,
	"PATCH {m}":         `{"data":{"type":"machines","attributes":{"name":"new"}}}`,
	"PATCH {id}":        `{"data":{"type":"components","attributes":{"name":"new"}}}`,
	"POST report":       `{"meta":{"health":"ok","message":"","version":"1.0.0"}}`,
}
