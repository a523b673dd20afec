package api_test

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/oasdiff/checker"
	"github.com/oasdiff/oasdiff/diff"
	"github.com/oasdiff/oasdiff/load"

	"github.com/connectplaza/plaza/internal/api"
	"github.com/connectplaza/plaza/internal/door"
)

var release = flag.Bool("release", false, "write what the API says of itself as that of the release that is being made")

const released = "testdata/openapi-released.json"

// TestNothingThatWasReleasedBreaks: whoever wrote a program for the last release finds all
// that it uses.
func TestNothingThatWasReleasedBreaks(t *testing.T) {
	t.Parallel()
	now := present(t)
	if *release {
		if err := os.WriteFile(released, indented(t, now), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before, err := os.ReadFile(released)
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range breaking(t, before, now) {
		t.Errorf("programs that work with the last release would not any more: %s", change)
	}
}

// TestWhatBreaksIsNoticed takes away, demands and narrows something of the description.
func TestWhatBreaksIsNoticed(t *testing.T) {
	t.Parallel()
	before := present(t)
	for what, change := range map[string]func(doc map[string]any){
		"an operation is gone": func(doc map[string]any) {
			delete(object(t, doc, "paths", "/api/v1/licenses/{id}"), "delete")
		},
		"a member is needed that was not": func(doc map[string]any) {
			body := object(t, doc, "components", "schemas", "IssueLicenseInBody")
			required, _ := body["required"].([]any)
			body["required"] = append(required, "name")
		},
		"a new member is needed": func(doc map[string]any) {
			body := object(t, doc, "components", "schemas", "IssueLicenseInBody")
			object(t, body, "properties")["colour"] = map[string]any{"type": "string"}
			required, _ := body["required"].([]any)
			body["required"] = append(required, "colour")
		},
		"less can be chosen": func(doc map[string]any) {
			object(t, doc, "components", "schemas", "StartBatchInBody", "properties", "kind")["enum"] = []any{"renew", "suspend"}
		},
		"a member of an answer is gone": func(doc map[string]any) {
			l := object(t, doc, "components", "schemas", "License")
			delete(object(t, l, "properties"), "state")
			required, _ := l["required"].([]any)
			var rest []any
			for _, name := range required {
				if name != "state" {
					rest = append(rest, name)
				}
			}
			l["required"] = rest
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			var doc map[string]any
			if err := json.Unmarshal(before, &doc); err != nil {
				t.Fatal(err)
			}
			change(doc)
			after, err := json.Marshal(doc)
			if err != nil {
				t.Fatal(err)
			}
			if len(breaking(t, before, after)) == 0 {
				t.Error("nobody notices")
			}
		})
	}
}

// TestWhatIsAddedBreaksNothing: an operation more is none of anybody's business.
func TestWhatIsAddedBreaksNothing(t *testing.T) {
	t.Parallel()
	after := present(t)
	var doc map[string]any
	if err := json.Unmarshal(after, &doc); err != nil {
		t.Fatal(err)
	}
	delete(object(t, doc, "paths"), "/api/v1/batches/{id}")
	before, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	if changes := breaking(t, before, after); len(changes) > 0 {
		t.Errorf("it breaks something: %v", changes)
	}
}

// present returns what the API says of itself now.
func present(t *testing.T) []byte {
	t.Helper()
	mux := new(door.Mux)
	if err := api.Mount(mux, api.Config{PublicURL: "http://plaza.test"}); err != nil {
		t.Fatal(err)
	}
	return spec(t, mux)
}

// breaking returns what of the API before cannot be relied upon after a change to it.
func breaking(t *testing.T, before, after []byte) (all []string) {
	t.Helper()
	var sides [2]*load.SpecInfo
	for i, doc := range [][]byte{before, after} {
		side, err := load.NewSpecInfoFromData(openapi3.NewLoader(), doc, "openapi.json")
		if err != nil {
			t.Fatal(err)
		}
		sides[i] = side
	}
	report, sources, err := diff.GetWithOperationsSourcesMap(diff.NewConfig(), sides[0], sides[1])
	if err != nil {
		t.Fatal(err)
	}
	say := checker.NewDefaultLocalizer()
	for _, c := range checker.CheckBackwardCompatibility(checker.NewConfig(checker.GetAllChecks()), report, sources) {
		all = append(all, strings.Join([]string{c.GetOperation(), c.GetPath(), c.GetUncolorizedText(say)}, " "))
	}
	return all
}

// object returns the object at a path of names in another one.
func object(t *testing.T, in map[string]any, path ...string) map[string]any {
	t.Helper()
	for _, name := range path {
		next, ok := in[name].(map[string]any)
		if !ok {
			t.Fatalf("there is no %s", strings.Join(path, " "))
		}
		in = next
	}
	return in
}

// indented returns doc so that people can read what changes in it.
func indented(t *testing.T, doc []byte) []byte {
	t.Helper()
	var whole any
	if err := json.Unmarshal(doc, &whole); err != nil {
		t.Fatal(err)
	}
	b, err := json.MarshalIndent(whole, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return append(b, '\n')
}
