package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/door"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

// TestGuard comes in by every route as somebody who has no business there, with
// the IDs of things that are not theirs in the path, the address and the form:
// nothing of them is told, nothing of them changes, and whether there is such a
// thing at all shows nowhere.
func TestGuard(t *testing.T) {
	t.Parallel()
	storetest.Addresses(t, func(t *testing.T, db *store.DB, address string) {
		g := newGuarded(t, db, address)
		for _, in := range g.intruders(t) {
			for _, rt := range g.site.Routes() {
				g.check(t, in, rt)
			}
		}
	})
}

// guarded is a world with things in it that are marked: every name of the
// profile R begins with canary-r, of the partner P below it with canary-p, of
// its sibling E with canary-e.
type guarded struct {
	site *site
	w    *apptest.World
	rows func() []string

	r, p, e plaza.Actor
	quarter string // ID of a plan whose licenses end within the year that charts show

	above, inP, inE []string // the IDs of what is in R, P and E
}

// intruder is somebody who walks through all routes.
type intruder struct {
	name    string
	email   string // to sign in with anew before each route; empty: cannot
	actor   plaza.Actor
	outside bool     // has no session that is worth anything
	hidden  []string // the marks that must never be seen
	foreign []string // the IDs that are not theirs
	own     []string // what stands in rows that may change all the same
}

func newGuarded(t *testing.T, db *store.DB, address string) *guarded {
	t.Helper()
	w := apptest.New(t, db)
	g := &guarded{site: newSite(t, w), w: w, rows: storetest.Watch(t, address)}
	quarter, err := w.CreatePlan(t.Context(), w.Vendor, plaza.NewPlan{Kind: plaza.Development, Name: "A quarter", TermMonths: 3, Machines: 1})
	ok(t, err)
	g.quarter = quarter.ID
	strangers := []plaza.Actor{w.Stranger, w.StrangerPartner}
	before := g.pages(strangers)
	g.r = w.Add(t, w.Vendor, plaza.Reseller, "Canary-R")
	g.p = w.Add(t, g.r, plaza.Partner, "Canary-P")
	g.e = w.Add(t, g.r, plaza.Enterprise, "Canary-E")
	mails, err := w.Gate.Mailbox(t.Context(), plaza.Page{})
	ok(t, err)
	g.above = []string{g.r.Profile, g.r.Login, mails.Rows[0].ID}
	g.inE = g.fill(t, g.e)
	g.inP = g.fill(t, g.p)
	for path, page := range g.pages(strangers) {
		if page != before[path] { // not by a number, either
			t.Errorf("%s shows that something was made elsewhere: %s", path, cmp.Diff(before[path], page))
		}
	}
	return g
}

// pages returns every page without an ID in its address, as each of some people
// sees it.
func (g *guarded) pages(all []plaza.Actor) map[string]string {
	drawn := map[string]string{}
	for _, actor := range all {
		for _, rt := range g.site.Routes() {
			// The log shows what each of them was refused meanwhile, and that they looked at it.
			if rt.Method == http.MethodGet && !gap.MatchString(rt.Pattern) && !strings.HasPrefix(rt.Pattern, "/audit") {
				path := strings.ReplaceAll(rt.Pattern, "{$}", "")
				drawn[actor.ProfileName+": "+path] = g.site.get(actor, path).Body.String()
			}
		}
	}
	return drawn
}

// fill puts one thing of each kind into the profile of holder, has somebody act
// in it, and returns the IDs.
func (g *guarded) fill(t *testing.T, holder plaza.Actor) []string {
	t.Helper()
	ctx, name := t.Context(), holder.ProfileName
	l, err := g.w.IssueLicense(ctx, g.r, plaza.NewLicense{
		Profile: holder.Profile, Plan: g.quarter, Name: name + " license",
	})
	ok(t, err)
	agent, err := g.w.CreateAgent(ctx, g.r, plaza.NewAgent{
		Profile: holder.Profile, Plan: g.w.Plans[plaza.ConnectAgentLicense].ID, Name: name + " agent",
	})
	ok(t, err)
	invited, err := g.w.CreateLogin(ctx, g.r, plaza.NewLogin{
		Profile: holder.Profile, Name: name + " invited", Email: name + "-invited@example.com", Role: plaza.Manager, Dashboard: true,
	})
	ok(t, err)
	req, err := g.w.MakeRequest(ctx, holder, plaza.Wish{License: &plaza.NewLicense{
		Plan: g.w.Plans[plaza.Development].ID, Name: name + " wish",
	}}, name+" note")
	ok(t, err)
	token, err := g.w.LogInAs(ctx, g.r, plaza.NewActing{Login: holder.Login, Reason: "to see how it is"})
	ok(t, err)
	v, err := g.w.Gate.Identify(ctx, token, plaza.Origin{})
	ok(t, err)
	_, err = g.w.StopActing(ctx, v.Actor)
	ok(t, err)
	g.r = g.w.SignIn(t, "canary-r@example.com")
	return []string{holder.Profile, invited.ID, l.ID, holder.Login, agent.ID, agent.License.ID, req.ID}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (g *guarded) intruders(t *testing.T) []intruder {
	t.Helper()
	marks := []string{"canary-r", "canary-p", "canary-e"}
	all := slices.Concat(g.inP, g.above)
	return []intruder{
		{name: "nobody", outside: true, hidden: marks, foreign: all},
		{name: "a member of P", actor: g.member(t), outside: true, hidden: marks, foreign: all},
		{name: "a stranger reseller", email: "stranger@example.com", hidden: marks, foreign: all},
		{name: "a stranger's partner", email: "stranger-partner@example.com", hidden: marks, foreign: all},
		{
			name: "the owner of P", email: "canary-p@example.com", hidden: []string{"canary-r", "canary-e"},
			foreign: slices.Concat(g.inE, g.above), own: []string{g.p.Profile, g.p.Login, g.p.Person, "request_made"},
		},
	}
}

// member returns somebody of P who still has a session, though the login does
// not open the dashboard any more.
func (g *guarded) member(t *testing.T) plaza.Actor {
	t.Helper()
	m := g.w.Invite(t, g.r, g.p.Profile, "Canary-P member", plaza.Manager)
	l, err := g.w.Login(t.Context(), g.r, m.Login)
	ok(t, err)
	ok(t, g.w.EditLogin(t.Context(), g.r, m.Login, plaza.LoginEdit{Name: l.Name, Role: plaza.Member, Version: l.Version}))
	return m
}

// never is an ID that nothing has.
const never = "01900000-0000-7000-8000-000000000000"

// gap is a part of a path that may be anything.
var gap = regexp.MustCompile(`\{[a-z]+\}`)

func (g *guarded) check(t *testing.T, in intruder, rt door.Route) {
	t.Helper()
	if !rt.Public && rt.Verb == "" {
		t.Errorf("%s must either have a verb or be public", rt)
	}
	if in.email != "" {
		in.actor = g.w.SignIn(t, in.email)
	}
	before := g.theirs(in)
	name := in.name + ": " + rt.String()
	for _, id := range g.some(in, rt) {
		path := strings.ReplaceAll(gap.ReplaceAllString(rt.Pattern, id), "{$}", "")
		for _, field := range fields(in, rt) {
			g.try(t, in, rt, name, path, id, field)
		}
		if !gap.MatchString(rt.Pattern) || rt.Method != http.MethodPost || in.outside {
			continue
		}
		// What is in the way of the ID must not matter, so a form is sent without others.
		there, not := g.come(in, rt, path, plain()), g.come(in, rt, strings.ReplaceAll(path, id, never), plain())
		if a, b := told(there, id), told(not, never); a != b {
			t.Errorf("%s: an ID that is there is not answered like one that never was: %s", name, cmp.Diff(a, b))
		}
	}
	if after := g.theirs(in); !slices.Equal(before, after) {
		t.Errorf("%s changed something:\n%s", name, strings.Join(changed(before, after), "\n"))
	}
}

// some returns the foreign IDs to try at a route: at the door, and where the
// path has room for none, a few are as good as all.
func (g *guarded) some(in intruder, rt door.Route) []string {
	const few = 2
	if in.outside || !gap.MatchString(rt.Pattern) {
		return in.foreign[:few]
	}
	return in.foreign
}

// fields returns the names of form values to put an ID into, one after the
// other: a list can be filtered by many things, and none may get in the way.
func fields(in intruder, rt door.Route) []string {
	switch {
	case rt.Method == http.MethodPost:
		return []string{"*"} // every one there is
	case gap.MatchString(rt.Pattern), in.outside:
		return []string{""}
	}
	return []string{"", "profile", "login", "plan", "object", "acting", "parent", "after", "before", "q"}
}

// try comes in with a foreign ID in the path and in the field, and looks for
// what should not be told.
func (g *guarded) try(t *testing.T, in intruder, rt door.Route, name, path, id, field string) {
	t.Helper()
	rec := g.come(in, rt, path, g.filled(rt, field, id))
	toKnow := strings.NewReplacer("somebody of canary-r logged in", "", "canary-p owner,,canary-r owner,acting.", "") // that somebody was acting inside, and who
	answer := toKnow.Replace(strings.ToLower(told(rec, id)))
	for _, mark := range in.hidden {
		visitor := mark == "canary-r" && in.own != nil && strings.HasPrefix(rt.Pattern, "/access") // who was inside, it is to know too
		if strings.Contains(answer, mark) && !visitor {
			t.Errorf("%s with %s as %s tells of %s: %s", name, g.what(id), field, mark, shown(rec))
		}
	}
	if in.outside && !rt.Public {
		refused := rec.Code == http.StatusUnauthorized || rec.Code == http.StatusSeeOther && strings.HasPrefix(rec.Header().Get("Location"), "/sign-in")
		if !refused {
			t.Errorf("%s: comes in (%d)", name, rec.Code)
		}
	}
	if rec.Code >= http.StatusInternalServerError {
		t.Errorf("%s with %s as %s: %d", name, g.what(id), field, rec.Code)
	}
	missing := g.come(in, rt, strings.ReplaceAll(path, id, never), g.filled(rt, field, never))
	if strings.HasPrefix(rt.Pattern, "/audit") && field == "" {
		return // which shows the intruder's own attempts, also to look at it
	}
	limited := rec.Code == http.StatusTooManyRequests || missing.Code == http.StatusTooManyRequests
	if a, b := told(rec, id), told(missing, never); a != b && rec.Code != http.StatusSeeOther && !limited {
		t.Errorf("%s with %s as %s is told from one that never was: %s", name, g.what(id), field, cmp.Diff(a, b))
	}
}

func (g *guarded) come(in intruder, rt door.Route, path string, values url.Values) *httptest.ResponseRecorder {
	method := rt.Method
	if method == "" {
		method = http.MethodGet
	}
	if method == http.MethodGet && len(values) > 0 {
		path += "?" + values.Encode()
	}
	return g.site.do(g.site.request(in.actor, method, path, values))
}

// filled returns a form, or what an address asks for, with id in field.
func (g *guarded) filled(rt door.Route, field, id string) url.Values {
	switch {
	case field == "":
		return nil
	case strings.HasPrefix(rt.Pattern, "/audit"): // of the kind of events that an intruder does not add to
		return url.Values{field: {id}, "verb": {string(plaza.InvitationAccept)}}
	}
	switch field {
	case "*":
		return g.attack(rt, id)
	}
	return url.Values{field: {id}}
}

// plain fills in everything but IDs.
func plain() url.Values {
	return url.Values{
		"name": {"Intruder"}, "email": {"intruder@example.com"}, "role": {"manager"}, "dashboard": {"yes"}, "kind": {"partner"},
		"owner_name": {"Intruder"}, "owner_email": {"intruder@example.com"}, "support_email": {"intruder@example.com"}, "warning_days": {"30"},
		"reason": {"a reason that is long enough"}, "note": {"a note"}, "version": {"1"}, "mode": {"manage"},
		"password": {"a password to come in"}, "again": {"a password to come in"}, "old": {"wrong"},
	}
}

// attack fills in everything, with id wherever an ID could stand.
func (g *guarded) attack(rt door.Route, id string) url.Values {
	v := plain()
	for _, field := range []string{"profile", "parent", "login", "license", "agent", "object", "request", "acting", "actor", "id"} {
		v.Set(field, id)
	}
	kind := plaza.Development
	switch {
	case strings.HasPrefix(rt.Pattern, "/agents"):
		kind = plaza.ConnectAgentLicense
	case strings.HasPrefix(rt.Pattern, "/partners"):
		kind = plaza.PartnerLicense
	}
	v.Set("plan", g.w.Plans[kind].ID)
	return v
}

// told returns all that an answer tells, but for the ID that was asked for.
func told(rec *httptest.ResponseRecorder, id string) string {
	all := http.StatusText(rec.Code) + "\n" + rec.Header().Get("Location") + "\n" + rec.Body.String()
	return strings.ReplaceAll(all, id, "ID")
}

// theirs returns the rows that are none of the intruder's business, without
// those that note who came by.
func (g *guarded) theirs(in intruder) []string {
	var some []string
	for _, row := range g.rows() {
		table, _, _ := strings.Cut(row, " ")
		if slices.Contains([]string{"sessions", "attempts", "audit_events", "notices"}, table) {
			continue
		}
		mentions := func(id string) bool { return strings.Contains(row, id) }
		marked := slices.ContainsFunc(in.hidden, func(mark string) bool { return strings.Contains(strings.ToLower(row), mark) })
		shared := table == "plans" || table == "settings" || table == "profile_tree"
		if (shared || marked || slices.ContainsFunc(in.foreign, mentions)) && !slices.ContainsFunc(in.own, mentions) {
			some = append(some, row)
		}
	}
	return some
}

// changed returns the rows that are only in one of the two.
func changed(before, after []string) (all []string) {
	for _, row := range before {
		if !slices.Contains(after, row) {
			all = append(all, "- "+row)
		}
	}
	for _, row := range after {
		if !slices.Contains(before, row) {
			all = append(all, "+ "+row)
		}
	}
	return all
}

// what returns what an ID is of, for whoever reads why the test fails.
func (g *guarded) what(id string) string {
	for _, row := range g.rows() {
		if table, rest, _ := strings.Cut(row, " "); strings.HasPrefix(rest, `["`+id) {
			return table + " " + id
		}
	}
	return id
}
