package views

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
)

func auditPages(f Frame) [][2]Page {
	acting := hostileLine()
	acting.Actor.Via = &plaza.Acting{ID: hostile, Login: hostile}
	acting.Result, acting.Object, acting.ObjectName, acting.ObjectKind = plaza.Done, hostile, hostile, "license"
	acting.ProfileName, acting.Address, acting.UserAgent = hostile, hostile, hostile
	above := plaza.AuditLine{ActorAbove: true}
	refused := hostileLine()
	refused.Refusal, refused.ObjectName = plaza.NotFound, hostile
	return [][2]Page{{Audit{Frame: f}, Audit{
		Frame: f, Listing: hostileListing("/audit"), Profile: plaza.Profile{ID: hostile, Name: hostile},
		Login: plaza.Login{ID: hostile, Name: hostile}, Till: noon(),
		Sealing: plaza.AuditSealing{Till: noon(), Events: 1240, Root: hostile},
		Filter: plaza.AuditFilter{
			Profile: hostile, Object: hostile, Login: hostile, Acting: hostile, From: noon(), Till: noon(),
			Verbs: plaza.Verbs(), Results: []plaza.Result{plaza.Done, plaza.Refused},
		},
		List: plaza.List[plaza.AuditLine]{Rows: []plaza.AuditLine{acting, above, refused, {}}, Total: 1000, Prev: hostile, Next: hostile},
	}}}
}

// hostileListing is the address of a list with something hostile in every part.
func hostileListing(path string) Listing {
	q := url.Values{}
	for _, name := range []string{"q", "sort", "profile", "state", "after", "from", hostile} {
		q.Set(name, hostile)
	}
	return Listing{Path: path, Query: q}
}

func TestEventsLeadToTheThing(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	event := func(kind, id string, r plaza.Result) plaza.AuditLine {
		return plaza.AuditLine{AuditEvent: plaza.AuditEvent{
			ObjectKind: kind, Object: id, Result: r, Actor: plaza.Actor{Login: "me"},
		}}
	}
	for want, e := range map[string]plaza.AuditLine{
		"/licenses/1":     event("license", "1", plaza.Done),
		"/partners/1":     event("profile", "1", plaza.Done),
		"/profile":        event("profile", f.Actor.Profile, plaza.Done),
		"/agents/1":       event("agent", "1", plaza.Done),
		"/logins/1":       event("login", "1", plaza.Done),
		"/requests/1":     event("request", "1", plaza.Done),
		"/plans/1":        event("plan", "1", plaza.Done),
		"/audit?acting=1": event("acting", "1", plaza.Done),
	} {
		if got := f.thing(e); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for name, e := range map[string]plaza.AuditLine{
		"what was refused":  event("license", "1", plaza.Refused),
		"nothing":           event("license", "", plaza.Done),
		"one's own sign-in": event("login", "me", plaza.Done),
		"a mail":            event("mail", "1", plaza.Done),
	} {
		if got := f.thing(e); got != "" {
			t.Errorf("%s leads to %q", name, got)
		}
	}
}

// TestSentencesOfEventsAreWhole: on the page of the thing they are about, nothing
// follows them.
func TestSentencesOfEventsAreWhole(t *testing.T) {
	t.Parallel()
	waiting := regexp.MustCompile(`(^|\s)(a|an|the|of|for|to|from|with|by|at|about|into|onto|een|de|het|van|voor|naar|met|door|bij|tegen|aan de|in de)$|[^\pL\d)]$`)
	for _, lang := range []string{"en", "nl"} {
		f := testFrame(t, lang)
		for _, v := range plaza.Verbs() {
			if said := f.Say(v.Text()); waiting.MatchString(said) {
				t.Errorf("%s: %q waits for what comes after it", v, said)
			}
		}
	}
}

// TestLogSaysWhatADeedWasDoneTo: with a word between, where it was done to something
// of the thing.
func TestLogSaysWhatADeedWasDoneTo(t *testing.T) {
	t.Parallel()
	line := func(v plaza.Verb) plaza.AuditLine {
		return plaza.AuditLine{AuditEvent: plaza.AuditEvent{Verb: v, ObjectKind: "agent", Object: "1", ObjectName: "Kassa-1", Result: plaza.Done}}
	}
	rows := []plaza.AuditLine{line(plaza.FileCheckOut), line(plaza.AgentDownload)}
	log := textOf(t, Audit{Frame: testFrame(t, "en"), List: plaza.List[plaza.AuditLine]{Rows: rows, Total: 2}})
	for _, want := range []string{"made a license file of Kassa-1", "downloaded the ConnectAgent Kassa-1"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log does not say %q: %s", want, log)
		}
	}
	page := textOf(t, Agent{Frame: testFrame(t, "en"), History: plaza.List[plaza.AuditLine]{Rows: rows, Total: 2}})
	if !strings.Contains(page, "made a license file") || strings.Contains(page, "made a license file of") {
		t.Errorf("the history breaks off: %s", page)
	}
}
