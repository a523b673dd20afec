package actingtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/store"
)

// readLog holds the events that a step left to those that it must have left: no
// more, no fewer, each in both names.
func (m *machine) readLog() {
	got := []event{}
	for _, r := range texts(m.w.log.QueryContext(m.w.ctx, m.last)) {
		m.last = r[0]
		e := event{verb: plaza.Verb(r[1]), result: plaza.Result(r[2]), actor: r[3], via: r[4], acting: r[5], profile: r[6]}
		if e.verb == plaza.ActingStop && e.result == plaza.Done {
			e.change = changed(r[7], "end")
		}
		tally(string(e.verb), string(e.result), e.change)
		got = append(got, e)
	}
	order := func(a, b event) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) }
	want := slices.SortedFunc(slices.Values(m.events), order)
	slices.SortFunc(got, order)
	if !slices.Equal(got, want) {
		m.violated("I3", "on record stands\n\t%+v\nwant\n\t%+v", got, want)
	}
}

// changed returns what a field became, as the changes of an event say.
func changed(changes, field string) string {
	var all []plaza.Change
	if err := json.Unmarshal([]byte(changes), &all); err != nil {
		panic(err)
	}
	for _, c := range all {
		if c.Field == field {
			return c.New
		}
	}
	return ""
}

// check holds the whole database to the model, and the log to both.
func (m *machine) check() {
	kept := m.kept()
	if diff := gocmp.Diff(m.meant(), kept); diff != "" {
		m.violated("I7", "what is kept is not what was done (-want +got):\n%s", diff)
	}
	m.brackets()
	m.replay(kept)
}

// others fails unless a stranger sees what it saw before anything happened.
func (m *machine) others() {
	if diff := gocmp.Diff(m.seen, m.stranger()); diff != "" {
		m.violated("I9", "a stranger sees it (-before +now):\n%s", diff)
	}
}

// meant returns what must be kept; kept, what is: every credential, and all that
// one can rest on.
func (m *machine) meant() map[string][]string {
	all := map[string][]string{}
	add := func(table, format string, args ...any) {
		all[table] = append(all[table], fmt.Sprintf(format, args...))
	}
	add("switch", "%t", m.off)
	for _, p := range m.profiles {
		add("profiles", "%s %s suspended %t closed %t halted %t v%d", p.id, p.access, p.suspended, !p.closed.IsZero(), p.halted(), p.version)
	}
	for _, l := range m.logins {
		add("logins", "%s %s %s dashboard %t accepted %t disabled %t v%d", l.id, l.profile.id, l.role, l.dashboard, l.accepted, l.disabled, l.version)
	}
	for _, s := range m.sessions {
		if s.dropped {
			continue
		}
		login, acting := "", ""
		if s.login != nil {
			login = s.login.id
		}
		if s.acting != nil {
			acting = s.acting.id
		}
		add("sessions", "%s in %q acting %q", s.person.id, login, acting)
	}
	for _, a := range m.actings {
		add("actings", "%s of %s as %s %s glass %t over %t %s", a.id, a.actor.id, a.as.id, a.mode, a.glass, a.end != "", a.end)
	}
	for _, c := range m.consents {
		add("consents", "%s %q once %t used %t v%d", c.id, c.answer, c.once, c.used, c.version)
		for l := range c.links {
			add("links", "consent %s %s", c.id, l.id)
		}
	}
	for _, l := range m.logins {
		if l.invited.token != "" {
			add("links", "invitation %s", l.id)
		}
	}
	for _, p := range m.people {
		for range p.resets {
			add("links", "reset %s", p.id)
		}
	}
	return sorted(all)
}

func (m *machine) kept() map[string][]string {
	all := map[string][]string{}
	read := func(table, format, query string) {
		for _, row := range m.w.query(query) {
			args := make([]any, len(row))
			for i, v := range row {
				args[i] = v
			}
			all[table] = append(all[table], fmt.Sprintf(format, args...))
		}
	}
	yes := func(condition string) string { return "CASE WHEN " + condition + " THEN 'true' ELSE 'false' END" }
	read("switch", "%s", `SELECT `+yes(`EXISTS (SELECT 1 FROM settings WHERE name = 'login_as' AND value = 'off')`))
	read("profiles", "%s %s suspended %s closed %s halted %s v%s", `SELECT id, support_access, `+
		yes(`suspended_at IS NOT NULL`)+`, `+yes(`closed_at IS NOT NULL`)+`, `+yes(`halted`)+`, version FROM profiles`)
	read("logins", "%s %s %s dashboard %s accepted %s disabled %s v%s", `SELECT id, profile_id, role, `+yes(`dashboard`)+`, `+
		yes(`accepted_at IS NOT NULL`)+`, `+yes(`disabled_at IS NOT NULL`)+`, version FROM logins`)
	read("sessions", "%s in %q acting %q", `SELECT person_id, login_id, acting_id FROM sessions`)
	read("actings", "%s of %s as %s %s glass %s over %s %s", `SELECT id, actor_login_id, target_login_id, mode, `+yes(`break_glass`)+`, `+
		yes(`ended_at IS NOT NULL`)+`, end_reason FROM acting_sessions`)
	read("consents", "%s %q once %s used %s v%s", `SELECT id, answer, `+yes(`once`)+`, `+yes(`used_at IS NOT NULL`)+`, version FROM consents`)
	read("links", "consent %s %s", `SELECT consent_id, login_id FROM consent_links`)
	read("links", "invitation %s", `SELECT login_id FROM invitations WHERE used_at IS NULL`)
	read("links", "reset %s", `SELECT person_id FROM password_resets WHERE used_at IS NULL`)
	return sorted(all)
}

func sorted(all map[string][]string) map[string][]string {
	for _, rows := range all {
		slices.Sort(rows)
	}
	return all
}

// brackets fails unless each acting session began once on record and ended at most
// once, and nothing was done in its name before or after. Being refused is no deed.
func (m *machine) brackets() {
	state := map[string]string{}
	for _, r := range m.w.query(`SELECT acting_id, verb FROM audit_events WHERE acting_id <> '' AND result = 'done' ORDER BY id`) {
		id, verb := r[0], plaza.Verb(r[1])
		begins := verb == plaza.ActingStart || verb == plaza.ActingBreak
		if begins != (state[id] == "") || state[id] == "over" {
			m.violated("I4", "%s of acting session %s, which is %q", verb, id, state[id])
		}
		state[id] = "going on"
		if verb == plaza.ActingStop {
			state[id] = "over"
		}
	}
	for _, a := range m.actings {
		if (state[a.id] == "over") != (a.end != "") {
			m.violated("I4", "acting session %s is %q on record, ended by %q", a.id, state[a.id], a.end)
		}
	}
	for _, r := range m.w.query(`SELECT session_id FROM acting_sessions WHERE ended_at IS NULL GROUP BY session_id HAVING count(*) > 1`) {
		m.violated("I10", "session %s is in several places at once", r[0])
	}
}

// replay tells the log from its beginning, and fails unless what it tells is what
// is kept.
func (m *machine) replay(kept map[string][]string) {
	told := map[string]map[string]string{}
	for _, r := range m.w.query(`SELECT object_id, verb, changes FROM audit_events WHERE result = 'done' AND changes <> 'null' ORDER BY id`) {
		var all []plaza.Change
		if err := json.Unmarshal([]byte(r[2]), &all); err != nil {
			panic(err)
		}
		if told[r[0]] == nil {
			told[r[0]] = map[string]string{}
		}
		for _, c := range all {
			told[r[0]][c.Field] = c.New
		}
	}
	says := func(id, field, otherwise string) string { return cmp.Or(told[id][field], otherwise) }
	for _, l := range m.logins {
		role, open := says(l.id, "role", string(l.role)), says(l.id, "dashboard", "yes") == "yes"
		disabled := says(l.id, "state", "active") == string(plaza.LoginDisabled)
		if role != string(l.role) || open != l.dashboard || disabled != l.disabled {
			m.violated("I3", "of %s the log tells %v", l.name, told[l.id])
		}
	}
	for _, p := range m.profiles {
		if says(p.id, "support_access", "allowed") != string(p.access) {
			m.violated("I3", "of %s the log tells %v", p.name, told[p.id])
		}
		if (told[p.id]["state"] == string(plaza.ProfileClosed)) != !p.closed.IsZero() {
			m.violated("I3", "of %s the log tells %v", p.name, told[p.id])
		}
	}
	for _, c := range m.consents {
		if told[c.id]["state"] != string(c.answer) {
			m.violated("I3", "of the consent of %s the log tells %v", c.asker.name, told[c.id])
		}
	}
	off := told[m.profiles[0].id]["login_as"] == "no"
	if !strings.Contains(kept["switch"][0], strconv.FormatBool(off)) {
		m.violated("I3", "of Login as the log tells that it is off: %t", off)
	}
}

// stranger is what somebody of another reseller sees.
type stranger map[string]any

// stranger looks at everything as the owner of another reseller does, and its
// partner's, always at the same moment: what changes is not the time's doing.
func (m *machine) stranger() stranger {
	m.w.clock.Set(apptest.Start())
	defer m.w.clock.Set(m.now)
	seen := stranger{}
	for _, l := range m.logins {
		p := l.profile
		if p.kind == plaza.Vendor || !p.apart() {
			continue
		}
		a := plaza.Actor{Login: l.id, Person: l.person.id, Name: l.name, Profile: p.id, ProfileName: p.name, Kind: p.kind, Role: l.role, Session: "none"}
		maps.Copy(seen, m.looks(l.name+": ", a))
	}
	return seen
}

// log returns the newest of what a could read in the log: past the use case, since
// that puts on record that somebody looked.
func (m *machine) log(a plaza.Actor) (list plaza.List[plaza.AuditLine]) {
	err := m.w.dbs[0].Read(m.w.ctx, func(tx *store.Tx) (err error) {
		list, err = tx.AuditEvents(m.w.ctx, a.Scope(), plaza.AuditFilter{}, plaza.Page{})
		return err
	})
	if err != nil {
		panic(err)
	}
	return list
}

// apart reports whether p is none of those that a history is about.
func (p *mProfile) apart() bool {
	return p != nil && (p.name == "Stranger" || p.up.apart())
}

// looks returns all that a can look at, under names that begin alike.
func (m *machine) looks(prefix string, a plaza.Actor) stranger {
	x, ctx, seen := m.w.apps[0], m.w.ctx, stranger{}
	keep := func(name string, v any, err error) {
		if err != nil {
			v = err.Error()
		}
		seen[prefix+name] = v
	}
	v1, err := x.Overview(ctx, a)
	keep("overview", v1, err)
	v2, err := x.Profiles(ctx, a, plaza.ProfileFilter{}, plaza.Page{})
	keep("profiles", v2, err)
	v3, err := x.Licenses(ctx, a, plaza.LicenseFilter{}, plaza.Page{})
	keep("licenses", v3, err)
	v4, err := x.Logins(ctx, a, plaza.LoginFilter{}, plaza.Page{})
	keep("logins", v4, err)
	v5, err := x.Agents(ctx, a, plaza.AgentFilter{}, plaza.Page{})
	keep("agents", v5, err)
	keep("log", m.log(a), nil)
	v6, err := x.Access(ctx, a)
	keep("access", v6, err)
	v7, err := x.Visits(ctx, a, plaza.Page{})
	keep("visits", v7, err)
	v8, err := x.Notices(ctx, a, plaza.Page{})
	keep("notices", v8, err)
	v9, err := x.Frame(ctx, a)
	keep("frame", v9, err)
	return seen
}
