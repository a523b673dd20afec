package actingtest

import (
	"cmp"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/door"
	"github.com/connectplaza/plaza/internal/storetest"
)

// fate is what an event does to a credential.
type fate struct {
	word string // dies, sleeps or lives
	end  string // of an acting session that dies: the reason on record
	why  string
}

// cascade is testdata/cascade.txt: events, each with the fate of every kind of
// credential, and what is not in it.
type cascade struct {
	cells   map[string]map[string]fate // by event and credential
	nothing map[plaza.Verb]string      // verbs that take nothing away, and why
	missing map[plaza.Verb]string      // verbs that are not there yet, and why
}

// What stands in the table instead of events.
const (
	takesNothing = "takes nothing away"
	notThere     = "is not there yet"
)

var cascadeLine = regexp.MustCompile(`^(dies|sleeps|lives)(?: by (\w+))?(?: \(([^)]+)\))?: (.+)$`)

func readCascade(t *testing.T) cascade {
	t.Helper()
	c := cascade{map[string]map[string]fate{}, map[plaza.Verb]string{}, map[plaza.Verb]string{}}
	event := ""
	for n, line := range strings.Split(string(must1(os.ReadFile("testdata/cascade.txt"))(t)), "\n") {
		text := strings.TrimSpace(line)
		switch {
		case text == "" || strings.HasPrefix(text, "#"):
		case !strings.HasPrefix(line, " "):
			if event = text; c.cells[event] != nil {
				t.Errorf("line %d: %s stands there twice", n+1, event)
			}
			c.cells[event] = map[string]fate{}
		case event == takesNothing || event == notThere:
			verbs, why, _ := strings.Cut(text, ": ")
			for v := range strings.SplitSeq(verbs, ", ") {
				map[string]map[plaza.Verb]string{takesNothing: c.nothing, notThere: c.missing}[event][plaza.Verb(v)] = why
			}
			if why == "" {
				t.Errorf("line %d says no reason", n+1)
			}
		default:
			c.cell(t, n+1, event, text)
		}
	}
	delete(c.cells, takesNothing)
	delete(c.cells, notThere)
	return c
}

// cell reads one line of an event.
func (c cascade) cell(t *testing.T, n int, event, text string) {
	t.Helper()
	m := cascadeLine.FindStringSubmatch(text)
	if m == nil || m[1] != "dies" && m[3] == "" {
		t.Fatalf("line %d: want dies|sleeps|lives [by reason] (why): credential, …; only dies needs no why", n)
	}
	for credential := range strings.SplitSeq(m[4], ", ") {
		if c.cells[event][credential].word != "" {
			t.Errorf("line %d: %s stands there twice", n, credential)
		}
		c.cells[event][credential] = fate{m[1], m[2], m[3]}
	}
}

// TestTheCascadeIsWhole: each event says something of each kind of credential, and
// every verb of the policy is an event, or takes nothing away.
func TestTheCascadeIsWhole(t *testing.T) {
	t.Parallel()
	c := readCascade(t)
	verbs := map[plaza.Verb]bool{}
	var names []string
	for _, i := range incidents() {
		names = append(names, i.name)
		for _, v := range i.verbs {
			verbs[v] = true
		}
		for _, k := range credentials() {
			if c.cells[i.name][k.name].word == "" {
				t.Errorf("%s: nothing is said of %s", i.name, k.name)
			}
		}
		if len(c.cells[i.name]) > len(credentials()) {
			t.Errorf("%s: more is said of than there is", i.name)
		}
	}
	for name := range c.cells {
		if !slices.Contains(names, name) {
			t.Errorf("%s is no event", name)
		}
	}
	for _, v := range plaza.Verbs() {
		switch {
		case c.missing[v] != "":
			t.Errorf("%s is there by now: what does it take away?", v)
		case verbs[v] == (c.nothing[v] != ""):
			t.Errorf("%s: is it an event, or does it take nothing away?", v)
		}
	}
}

// TestEveryTokenIsInTheCascade: what opens something for whoever has it is a row
// with the hash of a token; a new table of those is a new kind of credential.
func TestEveryTokenIsInTheCascade(t *testing.T) {
	t.Parallel()
	s := &story{driver: "sqlite"}
	s.copySQLite(t, storetest.SQLite(t))
	w := s.open(t.Context())
	t.Cleanup(w.close)
	var got []string
	for _, row := range w.query(`SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name LIKE '%token%' ORDER BY 1`) {
		got = append(got, row[0])
	}
	if want := []string{"browsers", "consent_links", "invitations", "password_resets", "sessions", "tokens"}; !slices.Equal(got, want) {
		t.Errorf("tokens are kept in %v; the cascade knows %v", got, want)
	}
}

// TestCascade lets each event happen where there is one credential of every kind.
// All of them open something before; after it those that die are refused, also a
// deed that had come in before, and stay dead when the event is undone; those that
// sleep are refused until then; those that live go on. The event stands in the log,
// and of each acting session that died, once, the end and why.
func TestCascade(t *testing.T) {
	t.Parallel()
	table := readCascade(t)
	for _, engine := range []struct{ name, driver string }{{"sqlite", "sqlite"}, {"postgres", "pgx"}} {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			scene := newScene(t, engine.driver)
			for _, i := range incidents() {
				t.Run(i.name, func(t *testing.T) {
					scene.stage(t).play(i, table.cells[i.name])
				})
			}
		})
	}
}

// play has an event happen, and looks at every credential before and after.
func (s *stage) play(i incident, cells map[string]fate) {
	s.t.Helper()
	all := credentials()
	for _, k := range all {
		if err := k.look(s); err != nil {
			s.t.Fatalf("before it, %s: %v", k.name, err)
		}
	}
	since := s.query(`SELECT max(id) FROM audit_events`)[0][0]
	i.happen(s)
	for _, v := range i.verbs {
		if len(s.query(`SELECT id FROM audit_events WHERE verb = $1 AND result = 'done' AND id > $2`, string(v), since)) == 0 {
			s.t.Errorf("nothing of %s is on record", v)
		}
	}
	ends := func(k credential) bool { return k.ends && cells[k.name].word == "lives" } // which would end others: the last to be looked at
	for _, k := range all {
		if !ends(k) {
			s.t.Run(k.name, func(t *testing.T) { s.judge(t, k, cells[k.name]) })
		}
	}
	must(s.t, s.app().Tidy(s.ctx, plaza.Janitor))
	for name, a := range s.inside {
		if a.Via == nil {
			continue
		}
		s.ended(name, a.Via.ID, cells[name])
	}
	if i.undo != nil {
		i.undo(s)
		for _, k := range all {
			s.t.Run(k.name+", undone", func(t *testing.T) { s.judgeUndone(t, k, cells[k.name]) })
		}
	}
	for _, k := range all {
		if ends(k) {
			s.t.Run(k.name, func(t *testing.T) { s.judge(t, k, cells[k.name]) })
		}
	}
}

// judge holds a credential to its fate.
func (s *stage) judge(t *testing.T, k credential, f fate) {
	t.Helper()
	if f.word == "lives" {
		if err := cmp.Or(k.look(s), used(k, s)); err != nil {
			t.Errorf("it is dead, and lives because %s: %v", f.why, err)
		}
		return
	}
	if k.use != nil {
		refused(t, "to use it", k.use(s))
	}
	if !k.ends { // the page may show: whoever has the link proves nothing by it
		refused(t, "to look", k.look(s))
	}
}

func used(k credential, s *stage) error {
	if k.use == nil {
		return nil
	}
	return k.use(s)
}

// refused fails unless err is an answer that refuses: 401, 403, 404 or 409.
func refused(t *testing.T, what string, err error) {
	t.Helper()
	status := http.StatusOK
	if err != nil {
		status = door.Status(plaza.KindOf(err))
	}
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict:
	default:
		t.Errorf("%s: %d, %v", what, status, err)
	}
}

// judgeUndone holds a credential to its fate when the event is undone.
func (s *stage) judgeUndone(t *testing.T, k credential, f fate) {
	t.Helper()
	switch f.word {
	case "dies":
		s.judge(t, k, f)
	case "sleeps":
		s.judge(t, k, fate{word: "lives", why: "it only slept"})
	}
}

// ended holds what stands in the log of an acting session to its fate.
func (s *stage) ended(name, id string, f fate) {
	s.t.Helper()
	var ends []string
	for _, r := range s.query(`SELECT changes FROM audit_events WHERE verb = 'acting.stop' AND result = 'done' AND acting_id = $1`, id) {
		ends = append(ends, changed(r[0], "end"))
	}
	want := []string{f.end}
	if f.word == "lives" {
		want = nil
	}
	if fmt.Sprint(ends) != fmt.Sprint(want) {
		s.t.Errorf("of %s the ends on record are %v, want %v", name, ends, want)
	}
}
