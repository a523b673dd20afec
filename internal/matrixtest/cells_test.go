package matrixtest

import (
	"encoding/base64"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/door"
	"github.com/connectplaza/plaza/internal/web/views"
)

// cell is one request and what ought to become of it.
type cell struct {
	who    principal
	way    way
	path   string // with the ID in it
	field  string // of the form or the query that holds the ID; empty if the path does, or nothing
	id     string // what is asked for
	letter string // whose that is; empty: nobody's
	want   outcome
}

// outcome is what can become of a request.
type outcome string

const (
	signIn    outcome = "must sign in"
	forbidden outcome = "may not"
	notFound  outcome = "finds nothing"
	through   outcome = "gets through"
	alike     outcome = "learns nothing" // whatever it is, as with an ID that nothing has
	public    outcome = "may come in"
)

func (c cell) String() string {
	s := c.who.name + ": " + c.way.String()
	if c.letter != "" {
		s += " with what is " + c.letter + "'s"
	}
	if c.field != "" {
		s += " as " + c.field
	}
	return s
}

// never is an ID that nothing has.
const never = "01900000-0000-7000-8000-000000000000"

// gap is a part of a path that may be anything.
var gap = regexp.MustCompile(`\{[a-z]+\}`)

// filled puts what is always the same into the path of a route: the month is the one in
// which every world begins.
var filled = strings.NewReplacer("{$}", "", "{month}", "2026-01")

// cells returns the whole matrix.
func (w *world) cells(t *testing.T) (all []cell) {
	t.Helper()
	known := ways(t)
	for name := range known {
		if !slices.ContainsFunc(w.mux.Routes(), func(rt door.Route) bool { return rt.String() == name }) {
			t.Errorf("doors_test.go speaks of %s, and nothing is mounted there", name)
		}
	}
	for _, rt := range w.mux.Routes() {
		d, ok := known[rt.String()]
		if !ok {
			t.Errorf("%s is mounted, and doors_test.go says nothing of it", rt)
			continue
		}
		for _, p := range w.principals {
			all = append(all, w.cellsOf(p, d)...)
		}
	}
	for line := range strings.Lines(fields + apiFields) {
		if f := strings.Fields(line); len(f) == 4 {
			for _, p := range w.principals {
				all = append(all, w.cellsIn(p, known[f[0]+" "+f[1]], f[2], thing(f[3]))...)
			}
		}
	}
	for line := range strings.Lines(sweep) {
		f := strings.Fields(line)
		for _, d := range known {
			if len(f) == 2 && d.method == http.MethodGet && !gap.MatchString(d.path) && !d.anybody {
				all = append(all, w.swept(d, f[0], thing(f[1]))...)
			}
		}
	}
	return all
}

// swept returns the cells of a few at a route, with the IDs of a few in a field.
func (w *world) swept(d way, field string, of thing) (all []cell) {
	for _, p := range w.principals {
		if p.closed || p.role != plaza.Owner || p.letter != "R" && p.letter != "P" {
			continue
		}
		for _, c := range w.cellsIn(p, d, field, of) {
			if slices.Contains([]string{"V", "Q", "E", "P"}, c.letter) && c.want != forbidden {
				c.want = alike
				visited := d.path == "/audit/export" && field == "login" && below(p.letter, c.letter) // who was inside is known, and what they did there
				if p.sees(c.letter) || visited {
					c.want = through
				}
				all = append(all, c)
			}
		}
	}
	return all
}

// cellsOf returns p's cells at a route: with the IDs of everybody's things in the
// path, if there is room for one.
func (w *world) cellsOf(p principal, d way) (all []cell) {
	if !p.comes(d) {
		return nil
	}
	path := filled.Replace(d.path)
	if d.of == "" {
		c := cell{who: p, way: d, path: gap.ReplaceAllString(path, never), want: through}
		if gap.MatchString(path) {
			c.id = never
		}
		switch {
		case d.anybody:
			c.want = public
		case p.shut(d):
			c.want = signIn
		case !d.lets(p):
			c.want = forbidden
		}
		return []cell{c}
	}
	for _, of := range tree {
		id := w.ids[of.letter][d.of]
		if id == "" {
			continue
		}
		c := cell{who: p, way: d, path: gap.ReplaceAllString(path, id), id: id, letter: of.letter, want: notFound}
		switch {
		case p.shut(d):
			c.want = signIn
		case !d.lets(p):
			c.want = forbidden
		case d.reaches(p, of.letter):
			c.want = through
		}
		if (c.want == signIn || c.want == forbidden) && d.reach != "all" && !telling(p, of.letter) {
			continue
		}
		all = append(all, c)
	}
	return all
}

// telling reports whether it is worth trying the things of a profile where p is
// turned away whatever they ask for: a few of each relation are as good as all.
func telling(p principal, letter string) bool {
	return letter == p.letter || letter == "P" || letter == "E" || letter == "S"
}

// cellsIn returns p's cells at a route with the IDs of everybody's things in a
// field.
func (w *world) cellsIn(p principal, d way, field string, of thing) (all []cell) {
	for _, profile := range tree {
		id := w.ids[profile.letter][of]
		if of == "name" {
			id = "Canary-" + profile.letter
		}
		if id == "" || p.shut(d) || !p.comes(d) {
			continue
		}
		path := filled.Replace(d.path)
		if gap.MatchString(path) {
			path = gap.ReplaceAllString(path, w.ids["P"][aProfile])
		}
		c := cell{who: p, way: d, path: path, field: field, id: id, letter: profile.letter, want: alike}
		switch {
		case !d.anybody && !d.lets(p):
			c.want = forbidden
		case d.method == "POST" && len(d.rule.groups) > 1 && !p.may(d.rule.groups[0]):
			c.want = through // it is asked for, for one's own profile
		case d.path == "/api/v1/moves" && d.method == "POST" && !below(profile.letter, p.letter): // one's own does not go
		case d.anybody && id != p.login, gap.MatchString(d.path) && profile.letter != "P": // it has to be one's own, or in P
		case p.sees(profile.letter), d.path == "/api/v1/audit-events" && field == "filter[login]" && below(p.letter, profile.letter), d.path == "/statements" && of == aProfile && p.had(profile.letter):
			c.want = through
		}
		if c.want == forbidden && !telling(p, profile.letter) {
			continue
		}
		all = append(all, c)
	}
	return all
}

// request returns what a browser would send, with id where c has its own.
func (w *world) request(t *testing.T, c cell, id string) *http.Request {
	t.Helper()
	values, path := url.Values{}, c.path
	if c.field == "" && c.id != "" {
		path = strings.ReplaceAll(path, c.id, id)
	}
	if c.way.api {
		return w.call(t, c, path, id)
	}
	method := c.way.method
	if method == "" {
		method = http.MethodGet
	}
	if method == http.MethodPost {
		values = w.form(c)
		if c.way.path == "/account/factors/new" && c.want == through {
			in := w.newFactor(t, c.who.actor)
			values.Set("seed", in.Seed)
			values.Set("code", in.Code)
		}
	}
	switch c.field {
	case "":
	case "after", "before":
		values.Set(c.field, cursor(id))
	default:
		values.Set(c.field, id)
	}
	body := ""
	kind := "application/x-www-form-urlencoded"
	switch {
	case strings.HasSuffix(path, "/artifacts"), path == "/imports" && method == http.MethodPost:
		body, kind = w.upload(t, values)
	case method == http.MethodPost:
		body = values.Encode()
	case len(values) > 0:
		path += "?" + values.Encode()
	}
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Accept-Language", "en")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", kind)
	}
	if c.who.token != "" {
		r.AddCookie(&http.Cookie{Name: "plaza-session", Value: c.who.token})
	}
	return r
}

// upload returns a form that ends with a build, and the type of it.
func (w *world) upload(t *testing.T, fields url.Values) (body, kind string) {
	t.Helper()
	var b strings.Builder
	form := multipart.NewWriter(&b)
	for _, name := range []string{"context", "platform", "signature", "kind"} { // more than fifty are refused
		must(t, form.WriteField(name, fields.Get(name)))
	}
	file, err := form.CreateFormFile("file", "agent")
	must(t, err)
	content := build
	if fields.Get("kind") == string(plaza.ImportLicenses) {
		content = "profile,plan\nnobody,nothing\n"
	}
	_, err = file.Write([]byte(content))
	must(t, err)
	must(t, form.Close())
	return b.String(), form.FormDataContentType()
}

// states are what a thing must be like for something to be done to it.
var states = map[string]string{
	"/logins/{id}/enable":    "UPDATE logins SET disabled_at = 1 WHERE id = 'ID'",
	"/logins/{id}/reinvite":  "UPDATE logins SET accepted_at = NULL WHERE id = 'ID'",
	"/imports/{id}/check":    "UPDATE imports SET state = 'faulty' WHERE id = 'ID'",
	"/imports/{id}/apply":    "UPDATE imports SET state = 'ready' WHERE id = 'ID'",
	"/licenses/{id}/resume":  "UPDATE licenses SET suspended_at = 1 WHERE id = 'ID'",
	"/consents/{id}/revoke":  "UPDATE consents SET answer = 'granted', answered_at = 1 WHERE id = 'ID'",
	"/plans/{id}/restore":    "UPDATE plans SET withdrawn_at = 1 WHERE id = 'ID'",
	"/plans/{id}/apply":      "UPDATE licenses SET plan_id = 'ID', edition = 0",
	"/webhooks/{id}/resume":  "UPDATE webhooks SET paused_at = 1, why = 'hand' WHERE id = 'ID'",
	"/mails/{id}/retry":      "UPDATE mails SET dead_at = 1 WHERE id = 'ID'",
	"/partners/{id}/close":   "UPDATE profiles SET suspended_at = 1, halted = TRUE WHERE id = 'ID'",
	"/partners/{id}/resume":  "UPDATE profiles SET suspended_at = 1, halted = TRUE WHERE id = 'ID'",
	"/partners/{id}/consent": "UPDATE profiles SET support_access = 'ask' WHERE id = 'ID'",
}

// prepare brings the thing in c's path into the state in which it can be done.
func (w *world) prepare(t *testing.T, c cell) {
	t.Helper()
	if c.way.method != http.MethodPost {
		return
	}
	if state, ok := states[strings.NewReplacer("/api/v1/profiles", "/partners", "/api/v1", "", "/invitation", "/reinvite").Replace(c.way.path)]; ok {
		must(t, w.e.run(strings.ReplaceAll(state, "ID", c.id)))
	}
	if c.way.path == "/partners/{id}/consent" {
		must(t, w.e.run("UPDATE consents SET answer = 'refused', answered_at = 1 WHERE profile_id = '"+c.id+"'"))
	}
}

// cursor returns what a list would give out for the place after a row.
func cursor(id string) string {
	b, _ := json.Marshal(map[string]string{"k": "", "i": id})
	return base64.RawURLEncoding.EncodeToString(b)
}

// form fills in a form, so that it would be accepted where the ID is.
func (w *world) form(c cell) url.Values {
	v := url.Values{
		"context": {views.Context(c.who.actor)}, "version": {"1"}, "next": {"/"},
		"name": {"Intruder"}, "email": {"intruder@example.com"}, "role": {"manager"}, "dashboard": {"yes"}, "kind": {"partner"},
		"owner_name": {"Intruder"}, "owner_email": {"intruder@example.com"}, "support_email": {"intruder@example.com"}, "warning_days": {"30"},
		"reason": {"a reason that is long enough"}, "note": {"a note"}, "comment": {"a comment"}, "mode": {"look"}, "until": {"2026-01-03"}, "access": {"ask"}, "on": {"yes"}, "ends": {"daily"}, "allowances": {"off"}, "requests": {"at_once"}, "statements": {"daily"}, "tokens": {"off"},
		"password": {"a password to come in"}, "again": {"a password to come in"}, "old": {apptest.Password}, "answer": {"refuse"},
		"channel": {"stable"}, "key": {strings.Repeat("ab", 32)}, "platform": {"linux/arm64"}, "signature": {w.signature},
		"profile": {c.who.actor.Profile}, "parent": {c.who.actor.Profile}, "login": {w.ids["P"][aLogin]},
		"term_months": {"12"}, "machines": {"1"}, "offer": {"all"},
		"expires": {"2026-03-01"}, "verb": {"license.read"}, "days": {"7"}, "signs": {"2026-03-01"}, "request": {w.offline[c.id]},
		"minutes": {"7"}, "address": {"intruder@example.com"}, "id": {w.ids[c.who.letter][aNotification]},
		"of": {"kind:connectagent"}, "most": {"60"}, "overage": {"1"}, "whom": {"Intruder"},
		"currency": {"EUR"}, "discount": {"5"}, "time_zone": {"Europe/Paris"}, "billing_id": {"intruder"}, "amount": {"-12.50"},
		"list": {"licenses"}, "query": {""}, "form": {"csv"}, "url": {"https://intruder.example/"}, "all": {"yes"}, "from": {"2026-01-01T00:00"}, "till": {"2026-02-01T00:00"},
	}
	kind := plaza.Development
	switch c.way.path {
	case "/imports":
		v.Set("kind", string(plaza.ImportLicenses))
	case "/imports/{id}/check":
		return url.Values{"context": v["context"], "profile": {"0"}, "plan": {"1"}}
	case "/releases":
		v.Set("version", "9.9.9")
	case "/profile/factors":
		v.Set("rule", string(plaza.FactorOwn))
	case "/agents":
		kind = plaza.ConnectAgentLicense
	case "/partners":
		kind = plaza.PartnerLicense
	}
	v.Set("plan", w.Plans[kind].ID)
	if c.way.path == "/licenses/{id}/plan" {
		v.Set("plan", w.other.ID)
	}
	if c.way.path == "/notifications/reopen" {
		v.Set("id", w.ids[c.who.letter][aSeen])
	}
	if c.way.path == "/access/setting" {
		v.Set("version", w.versions[c.who.actor.Profile])
	}
	if version := w.versions[c.id]; version != "" && c.field == "" {
		v.Set("version", version)
	}
	if strings.HasSuffix(c.way.path, "/terms") {
		v.Set("version", "1") // that of the terms, which were set once
	}
	if c.field == "" && c.letter != "" {
		v.Set("login", w.ids[c.letter][aLogin])
	}
	if strings.HasSuffix(c.way.path, "/close") {
		v.Set("name", "Canary-"+c.letter)
	}
	switch c.way.path {
	case "/partners/{id}/move":
		v.Set("to", views.Beyond)
	case "/licenses/{id}/transfer": // to somebody whom each who may do that can see
		to, ok := map[string]string{"V": "R", "R": "E", "S": "Q", "D": "G"}[c.letter]
		if !ok {
			to = above(c.letter)[0]
		}
		v.Set("to", w.ids[to][aProfile])
	case "/moves/{id}/agree": // to another reseller than the one that gives it away
		v.Set("to", w.ids[map[string]string{"R": "S", "D": "S"}[c.letter]][aProfile])
		if c.letter == "S" {
			v.Set("to", w.ids["R"][aProfile])
		}
	}
	return v
}
