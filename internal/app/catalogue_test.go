package app_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/heartbeat"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

var update = flag.Bool("update", false, "write the catalogue of events in the manual anew")

// TestTheManualHasEveryEvent: below the heading of the catalogue, the manual shows of
// each kind of event what is sent when it happens. Each did happen here, to be shown.
func TestTheManualHasEveryEvent(t *testing.T) {
	t.Parallel()
	db, err := store.Open(t.Context(), storetest.SQLite(t))
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	w := apptest.New(t, db)
	examples := everyEvent(t, w)
	texts := must1[*i18n.Catalogue](t)(i18n.Load())
	for lang, heading := range map[string]string{"en": "\n## The catalogue\n", "nl": "\n## De catalogus\n"} {
		path := "../../docs/manual/" + lang + "/events.md"
		page, err := os.ReadFile(path)
		must(t, err)
		before, after, ok := strings.Cut(string(page), heading)
		if !ok {
			t.Fatalf("%s has no catalogue", path)
		}
		say := texts.Printer(lang, time.UTC)
		var b strings.Builder
		for _, noun := range plaza.EventNouns() {
			fmt.Fprintf(&b, "\n### %s\n", say.T("event.noun."+noun))
			for _, k := range plaza.EventKinds() {
				if k.Noun() == noun {
					fmt.Fprintf(&b, "\n`%s`: %s\n\n```json\n%s\n```\n", k.Type(), say.Say(k.Text()), examples[k])
				}
			}
		}
		if *update {
			must(t, os.WriteFile(path, []byte(before+heading+b.String()), 0o600))
		} else if diff := cmp.Diff(b.String(), after); diff != "" {
			t.Errorf("%s is not the catalogue; if it should be another, run go test ./internal/app -run EveryEvent -update (-want +got):\n%s", path, diff)
		}
	}
	for _, k := range plaza.EventKinds() {
		if examples[k] == "" {
			t.Errorf("%s never happened", k)
		}
	}
}

// everyEvent has everything happen of which webhooks are told, and returns the data of
// one event of each kind.
func everyEvent(t *testing.T, w *apptest.World) map[plaza.EventKind]string {
	t.Helper()
	all := deeds(t, w)
	examples := map[plaza.EventKind]string{}
	h := hook(t, w, w.Vendor)
	note := func() {
		tell(t, w)
		for round, ok, err := w.ClaimDeliveries(t.Context(), plaza.Courier); ok; round, ok, err = w.ClaimDeliveries(t.Context(), plaza.Courier) {
			must(t, err)
			var results []app.DeliveryResult
			for _, d := range round.Due {
				if examples[d.Kind] == "" {
					examples[d.Kind] = example(t, d)
				}
				results = append(results, app.DeliveryResult{Delivery: d, Try: at(w, taken(d))})
			}
			must(t, w.FinishDeliveries(t.Context(), plaza.Courier, round, results))
		}
	}
	must1[plaza.Delivery](t)(w.TestWebhook(t.Context(), w.Vendor, h.ID))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		must(t, all[name].make()())
		note()
	}
	must(t, w.SetSupportAccess(t.Context(), w.Partner, plaza.AccessNever, profile(t, w, w.Partner.Profile).Version))
	breaker := w.Invite(t, w.Vendor, w.Vendor.Profile, "Breaker", plaza.Administrator)
	must(t, errOf(w.LogInAs(t.Context(), breaker, plaza.NewActing{Login: w.Partner.Login, Reason: reason, BreakGlass: true})))
	f, sold := w.Fleet, sell(t, w, 1, nil)
	activate(t, f, sold, "fp")
	for _, boot := range []string{"a", "b", "a", "b", "a"} { // two that take each other for the one before
		w.Clock.Advance(time.Second)
		must1[app.Pong](t)(f.Ping(t.Context(), come(t, f, sold), "fp", heartbeat.Beat{Generation: -1, Boot: boot}))
	}
	must1[int](t)(f.Flush(t.Context()))
	must(t, w.WatchAgents(t.Context(), plaza.Janitor, apptest.Start()))
	w.Clock.Advance(time.Hour)
	must(t, w.WatchAgents(t.Context(), plaza.Janitor, apptest.Start()))
	note()
	ends := license(t, w, sold.License.ID).Ends
	for _, till := range []time.Time{ends.AddDate(0, 0, -7), ends, ends.AddDate(0, 0, plaza.MostGrace)} {
		w.Clock.Set(till)
		must(t, w.TellEnds(t.Context(), plaza.Clerk))
		must(t, w.TellPassedEnds(t.Context(), plaza.Clerk))
		note()
	}
	return examples
}

var (
	anID    = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	aKey    = regexp.MustCompile(`[0-9a-f]{64}`)
	aName   = regexp.MustCompile(`\bNew [a-z]{2}\b`)
	aMoment = regexp.MustCompile(`20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z`)
)

// example returns what an event says, with the IDs, keys and times of an example.
func example(t *testing.T, d plaza.Delivery) string {
	t.Helper()
	var body struct {
		Data json.RawMessage `json:"data"`
	}
	must(t, json.Unmarshal([]byte(d.Body), &body))
	ids := map[string]string{}
	text := anID.ReplaceAllStringFunc(string(body.Data), func(id string) string {
		if ids[id] == "" {
			ids[id] = fmt.Sprintf("01a20000-0000-7000-8000-%012d", len(ids)+1)
		}
		return ids[id]
	})
	text = aKey.ReplaceAllString(text, "…")
	text = aName.ReplaceAllString(text, "Example")
	text = strings.ReplaceAll(text, reason, "as agreed on the phone")
	text = aMoment.ReplaceAllString(text, "2026-01-02T03:04:05Z")
	var parts map[string]json.RawMessage
	must(t, json.Unmarshal([]byte(text), &parts))
	var lines []string
	for _, name := range []string{"profile", "object", "actor", "changes", "reason", "count", "agents"} {
		part, ok := parts[name]
		if !ok {
			continue
		}
		value := roomy(part)
		var many []json.RawMessage
		if json.Unmarshal(part, &many) == nil {
			for i := range many {
				many[i] = json.RawMessage("    " + roomy(many[i]))
			}
			value = "[\n" + string(bytes.Join(raw(many), []byte(",\n"))) + "\n  ]"
		}
		lines = append(lines, fmt.Sprintf("  %q: %s", name, value))
		delete(parts, name)
	}
	if len(parts) > 0 {
		t.Fatalf("there is more to show: %v", parts)
	}
	return "{\n" + strings.Join(lines, ",\n") + "\n}"
}

// roomy returns JSON in one line, with room between its parts.
func roomy(part json.RawMessage) string {
	var b bytes.Buffer
	_ = json.Indent(&b, part, "", "\t") // it was read before
	return strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(b.String(), "\t", ""), ",\n", ", "), "{\n", "{"), "\n}", "}")
}

func raw(all []json.RawMessage) (out [][]byte) {
	for _, one := range all {
		out = append(out, one)
	}
	return out
}
