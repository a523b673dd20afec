package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/sheet"
)

// put changes a thing as a whole.
func (c *caller) put(by plaza.Actor, path, body string, headers ...string) answer {
	c.t.Helper()
	return c.send(c.token(by), http.MethodPut, path, body, headers...)
}

// patch changes some of a thing, whatever it was.
func (c *caller) patch(by plaza.Actor, path, body string) answer {
	c.t.Helper()
	return c.send(c.token(by), http.MethodPatch, path, body, "If-Match", "*")
}

// running creates a ConnectAgent of the partner's that runs on a machine and told something.
func (c *caller) running(t *testing.T) (agent plaza.ConnectAgent, activation, key string) {
	t.Helper()
	ctx := t.Context()
	agent, err := c.CreateAgent(ctx, c.Reseller, plaza.NewAgent{Profile: c.Partner.Profile, Plan: c.plan(plaza.ConnectAgentLicense), Name: "Till"})
	ok(t, err)
	key, err = c.RevealLicenseKey(ctx, c.Partner, agent.License.ID)
	ok(t, err)
	b, err := c.Fleet.Identify(ctx, key, plaza.Origin{})
	ok(t, err)
	m, err := c.Fleet.Activate(ctx, b, plaza.NewActivation{Fingerprint: "till-1", Host: "till-1.example", Cores: 4})
	ok(t, err)
	_, err = c.Fleet.Report(ctx, b, m.ID, plaza.Report{
		Health: plaza.HealthWarning, Message: "the printer is slow", Notifications: []plaza.NewNotification{{Level: "error", Location: "orders", Message: "an order was lost"}},
	})
	ok(t, err)
	return agent, m.ID, key
}

// count returns how many there are in a member.
func count(object map[string]any, member string) int {
	all, _ := object[member].([]any)
	return len(all)
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func agentsLife(t *testing.T, c *caller) {
	t.Helper()
	agent, activation, key := c.running(t)
	at := "/api/v1/agents/" + agent.ID
	m := c.get(c.Reseller, "/api/v1/activations/"+activation).want("its machine", http.StatusOK)
	if text(m, "host") != "till-1.example" || m["cores"] != float64(4) {
		t.Errorf("it is %v", m)
	}
	c.get(c.Stranger, "/api/v1/activations/"+activation).problem("a stranger's machine", http.StatusNotFound, "not_found")

	w := c.get(c.Reseller, "/api/v1/monitor?filter[text]=till").want("the wall", http.StatusOK)
	if count(w, "agents") != 1 || w["whole"] != true {
		t.Errorf("the wall is %v", w)
	}
	later := c.get(c.Reseller, "/api/v1/monitor?filter[text]=till&turn="+text(w, "turn")).want("what changed", http.StatusOK)
	if count(later, "agents") != 0 || later["whole"] != false {
		t.Errorf("nothing changed, and the wall is %v", later)
	}
	if w := c.get(c.Stranger, "/api/v1/monitor").want("a stranger's wall", http.StatusOK); count(w, "agents") != 0 {
		t.Errorf("a stranger sees %v", w)
	}

	told := rows(c.get(c.Reseller, "/api/v1/notifications?filter[agent]="+agent.ID+"&filter[acknowledged]=no&filter[level]=error").want("what it told", http.StatusOK))
	if len(told) != 1 || text(told[0], "message") != "an order was lost" {
		t.Fatalf("it told %v", told)
	}
	ids := `{"ids": ["` + text(told[0], "id") + `"]}`
	c.post(c.Stranger, "/api/v1/notifications/acknowledge", ids).problem("a stranger sees to it", http.StatusNotFound, "not_found")
	c.post(c.Partner, "/api/v1/notifications/acknowledge", ids).want("see to it", http.StatusNoContent)
	if seen := rows(c.get(c.Reseller, "/api/v1/notifications?filter[acknowledged]=yes").want("what was seen to", http.StatusOK)); len(seen) != 1 || seen[0]["acknowledged_by"] == nil {
		t.Errorf("seen to is %v", seen)
	}
	c.post(c.Partner, "/api/v1/notifications/reopen", ids).want("it is not done", http.StatusNoContent)

	if a := c.get(c.Partner, at+"/alarm").want("no alarm", http.StatusOK); a["on"] != false {
		t.Errorf("it is %v", a)
	}
	a := c.put(c.Partner, at+"/alarm", `{"on": true, "minutes": 7, "address": "night@example.com"}`, "If-Match", `"0"`)
	if set := a.want("set it", http.StatusOK); set["minutes"] != float64(7) || a.Header().Get("ETag") == `"0"` {
		t.Errorf("it is %v", set)
	}
	c.get(c.Stranger, at+"/alarm").problem("a stranger's alarm", http.StatusNotFound, "not_found")

	f := c.post(c.Partner, at+"/license-file", `{"days": 7, "modules": true}`).want("a license file", http.StatusCreated)
	if text(f, "name") == "" || text(f, "text") == "" {
		t.Errorf("it is %v", f)
	}
	asked, err := json.Marshal(plaza.OfflineRequest{Type: "plaza-offline-request", Version: 1, Key: key, Fingerprint: "till-1", RequestedAt: c.Clock.Now()})
	ok(t, err)
	body, err := json.Marshal(map[string]any{"request": string(asked)})
	ok(t, err)
	c.post(c.Partner, at+"/machine-file", string(body)).want("a machine file", http.StatusCreated)
	c.post(c.Stranger, at+"/license-file", `{}`).problem("a stranger's file", http.StatusNotFound, "not_found")

	if all := rows(c.get(c.Partner, "/api/v1/signing-keys").want("keys", http.StatusOK)); len(all) != 1 || len(text(all[0], "public")) != 64 {
		t.Errorf("the keys are %v", all)
	}
	if done := rows(c.get(c.Reseller, "/api/v1/history?object="+agent.ID).want("its history", http.StatusOK)); len(done) == 0 {
		t.Error("it has no history")
	}
	c.post(c.Partner, "/api/v1/activations/"+activation+"/release", "").want("release it", http.StatusNoContent)
	c.post(c.Partner, "/api/v1/activations/"+activation+"/release", "").problem("once more", http.StatusNotFound, "not_found")
}

func whatIsSold(t *testing.T, c *caller) {
	t.Helper()
	a := c.post(c.Vendor, "/api/v1/plans", `{"kind": "development", "name": "Small", "term_months": 12, "prices": [{"currency": "EUR", "minor": 1250}]}`)
	p := a.want("create a plan", http.StatusCreated)
	if p["machines"] != float64(1) || p["edition"] != float64(1) {
		t.Errorf("it is %v", p)
	}
	at := a.Header().Get("Location")
	c.post(c.Reseller, "/api/v1/plans", `{"kind": "development", "name": "Mine", "term_months": 12}`).problem("a reseller's", http.StatusForbidden, "forbidden")
	if p = c.patch(c.Vendor, at, `{"term_months": 24}`).want("change it", http.StatusOK); p["edition"] != float64(2) || text(p, "name") != "Small" {
		t.Errorf("changed, it is %v", p)
	}
	c.post(c.Vendor, at+"/withdraw", "", "If-Match", "*").want("withdraw it", http.StatusOK)
	c.post(c.Vendor, at+"/restore", "", "If-Match", "*").want("restore it", http.StatusOK)

	of := "/api/v1/profiles/" + c.Partner.Profile
	if o := c.get(c.Reseller, of+"/plans").want("what it is offered", http.StatusOK); o["all"] != true {
		t.Errorf("it is offered %v", o)
	}
	some := `{"plans": ["` + c.plan(plaza.Development) + `"]}`
	if o := c.put(c.Reseller, of+"/plans", some, "If-Match", "*").want("offer one", http.StatusOK); o["all"] != false || count(o, "plans") != 1 {
		t.Errorf("it is offered %v", o)
	}
	c.put(c.Stranger, of+"/plans", some, "If-Match", "*").problem("a stranger offers", http.StatusNotFound, "not_found")
	c.put(c.Reseller, of+"/plans", `{"all": true}`, "If-Match", "*").want("offer all", http.StatusOK)

	if b := c.get(c.Reseller, of+"/billing").want("its terms", http.StatusOK); b["version"] != float64(0) {
		t.Errorf("they are %v", b)
	}
	if b := c.patch(c.Reseller, of+"/billing", `{"discount": 250, "billing_id": "debtor 7"}`).want("set them", http.StatusOK); b["discount"] != float64(250) || b["version"] != float64(1) {
		t.Errorf("they are %v", b)
	}
	c.patch(c.Stranger, of+"/billing", `{"discount": 10000}`).problem("a stranger's terms", http.StatusNotFound, "not_found")
	booked := c.post(c.Reseller, of+"/adjustments", `{"amount": {"currency": "EUR", "minor": -500}, "reason": "it was down for a day"}`).want("book it", http.StatusCreated)
	months := rows(c.get(c.Partner, of+"/statements").want("statements", http.StatusOK))
	if len(months) != 1 || text(months[0], "month") != text(booked, "month") || months[0]["so_far"] != true {
		t.Fatalf("they are %v", months)
	}
	s := c.get(c.Partner, of+"/statements/"+text(booked, "month")).want("a statement", http.StatusOK)
	if total, _ := s["adjusted"].(map[string]any); total["minor"] != float64(-500) {
		t.Errorf("it is %v", s)
	}
	c.get(c.Partner, of+"/statements/last").problem("of no month", http.StatusNotFound, "not_found")
	c.get(c.Stranger, of+"/statements/"+text(booked, "month")).problem("a stranger's statement", http.StatusNotFound, "not_found")
	c.get(c.Partner, of+"/statements/"+text(booked, "month")+"/export").want("with each license", http.StatusOK)

	id, _ := c.issue("Billed")
	if l := c.post(c.Reseller, "/api/v1/licenses/"+id+"/billing", `{"billing_id": "line 4"}`, "If-Match", "*").want("call it so", http.StatusOK); text(l, "billing_id") != "line 4" {
		t.Errorf("it is %v", l)
	}

	limits := `{"limits": [{"currency": "EUR", "minor": 100000}]}`
	c.put(c.Vendor, "/api/v1/approval-limits", limits).want("two approve", http.StatusOK)
	if all := rows(c.get(c.Vendor, "/api/v1/approval-limits").want("above which price", http.StatusOK)); len(all) != 1 {
		t.Errorf("the limits are %v", all)
	}
	c.put(c.Reseller, "/api/v1/expiry-rules", `{"rules": [{"kind": "development", "days": [10, 5], "own": true}]}`).want("tell them", http.StatusOK)
	if all := rows(c.get(c.Reseller, "/api/v1/expiry-rules").want("who is told", http.StatusOK)); len(all) != 4 {
		t.Errorf("the rules are %v", all)
	}

	a = c.post(c.Vendor, "/api/v1/releases", `{"release": "3.1.0", "channel": "stable"}`)
	a.want("create a release", http.StatusCreated)
	c.get(c.Vendor, a.Header().Get("Location")).want("it", http.StatusOK)
	c.post(c.Vendor, a.Header().Get("Location")+"/publish", "").problem("with no build", http.StatusConflict, "conflict")
	draft := "/api/v1/releases/" + c.Draft(t, plaza.NewRelease{Version: "3.2.0"}, map[string]string{"linux/amd64": "the program"}).ID
	if r := c.post(c.Vendor, draft+"/publish", "").want("publish one", http.StatusOK); text(r, "state") != "published" || count(r, "builds") != 1 {
		t.Errorf("it is %v", r)
	}
	c.post(c.Vendor, draft+"/yank", `{"reason": "it loses orders"}`).want("yank it", http.StatusOK)
	c.get(c.Partner, "/api/v1/releases").want("releases", http.StatusOK)
}

func whatIsSaid(t *testing.T, c *caller) {
	t.Helper()
	a := c.post(c.Partner, "/api/v1/requests", `{"license": {"plan": "`+c.plan(plaza.Development)+`", "name": "Talked about"}}`)
	a.want("ask", http.StatusCreated)
	at := a.Header().Get("Location") + "/comments"
	c.post(c.Reseller, at, `{"text": "for whom is it?"}`).want("say something", http.StatusNoContent)
	c.post(c.Stranger, at, `{"text": "for me"}`).problem("a stranger talks", http.StatusNotFound, "not_found")
	if all := rows(c.get(c.Partner, at).want("what was said", http.StatusOK)); len(all) != 1 || text(all[0], "text") != "for whom is it?" {
		t.Errorf("said was %v", all)
	}
	bound, err := c.CreateAllowance(t.Context(), c.Reseller, plaza.NewAllowance{Profile: c.Partner.Profile, Kind: plaza.Development, Most: 50})
	ok(t, err)
	c.post(c.Partner, "/api/v1/allowances/"+bound.ID+"/request", `{"most": 60}`).want("ask for more", http.StatusCreated)

	c.get(c.Partner, "/api/v1/notices").want("notices", http.StatusOK)
	c.post(c.Partner, "/api/v1/notices/read", "").want("they were read", http.StatusNoContent)
	for _, n := range rows(c.get(c.Partner, "/api/v1/notices").want("once more", http.StatusOK)) {
		if text(n, "text") == "" || n["read_at"] == nil {
			t.Errorf("it is %v", n)
		}
	}

	a = c.post(c.Reseller, "/api/v1/moves", `{"profile": "`+c.Partner.Profile+`", "whom": "The other one", "reason": "they moved to Lyon"}`)
	a.want("let it go", http.StatusCreated)
	at = a.Header().Get("Location")
	c.get(c.Stranger, at).problem("a stranger's move", http.StatusNotFound, "not_found")
	c.get(c.Reseller, at).want("a move", http.StatusOK)
	c.get(c.Reseller, "/api/v1/moves?filter[state]=waiting").want("moves", http.StatusOK)
	if m := c.post(c.Reseller, at+"/withdraw", "", "If-Match", a.Header().Get("ETag")).want("keep it", http.StatusOK); text(m, "state") != "withdrawn" {
		t.Errorf("it is %v", m)
	}

	c.Clock.Advance(time.Minute)
	c.get(c.Partner, "/api/v1/visits").want("who was inside", http.StatusOK)
	given := rows(c.get(c.Vendor, "/api/v1/mails").want("mails", http.StatusOK))
	if len(given) == 0 {
		t.Fatal("there are no mails")
	}
	id := text(given[0], "id")
	c.post(c.Vendor, "/api/v1/mails/"+id+"/retry", "").problem("one that waits", http.StatusConflict, "conflict")
	c.giveUp(t)
	for _, m := range rows(c.get(c.Vendor, "/api/v1/mails?filter[state]=dead").want("mails that were given up", http.StatusOK)) {
		c.post(c.Vendor, "/api/v1/mails/"+text(m, "id")+"/retry", "").want("try it again", http.StatusNoContent)
	}
}

// file sends a file of somebody's.
func (c *caller) file(by plaza.Actor, kind, file string, headers ...string) answer {
	c.t.Helper()
	return c.send(c.token(by), http.MethodPost, "/api/v1/imports?kind="+kind+"&file=file.csv", file, append([]string{"Content-Type", "text/csv"}, headers...)...)
}

// work has all imports be worked on that there are.
func (c *caller) work(t *testing.T) {
	t.Helper()
	for worked := true; worked; {
		var err error
		worked, err = c.WorkOnImport(t.Context(), plaza.Clerk)
		ok(t, err)
	}
}

func whatIsImported(t *testing.T, c *caller) {
	t.Helper()
	c.file(c.Reseller, "logins", "x", "Content-Type", "application/json").want("as JSON", http.StatusUnsupportedMediaType)
	c.file(c.Reseller, "logins", "name\nN\n", "Idempotency-Key", "k").problem("once", http.StatusUnprocessableEntity, "invalid")
	c.file(c.Reseller, "moons", "x").problem("of moons", http.StatusUnprocessableEntity, "invalid")
	c.file(c.Partner, "logins", "x").problem("by a partner", http.StatusForbidden, "forbidden")
	if where := c.file(c.Reseller, "logins", "").problem("of nothing", http.StatusUnprocessableEntity, "invalid"); where != "body.file" {
		t.Errorf("it lies at %s", where)
	}
	a := c.file(c.Reseller, "logins", "profile,who,email,role\nPartner,Piet,piet@imported.example,manager\nNobody,Jan,jan@imported.example,king\n")
	i, at := a.want("send it", http.StatusCreated), a.Header().Get("Location")
	if text(i, "state") != "matching" || i["rows"] != float64(2) || count(i, "columns") != 3 || i["mine"] != true {
		t.Fatalf("it is %v", i)
	}
	c.get(c.Stranger, at).problem("a stranger's", http.StatusNotFound, "not_found")
	c.post(c.Stranger, at+"/check", `{}`).problem("a stranger tries it", http.StatusNotFound, "not_found")
	if where := c.post(c.Reseller, at+"/check", `{}`).problem("without a name", http.StatusUnprocessableEntity, "invalid"); where != "body.columns.name" {
		t.Errorf("it lies at %s", where)
	}
	const columns = `{"field": "profile", "column": 0}, {"field": "email", "column": 2}, {"field": "role", "column": 3}, {"field": "name", "column": `
	for _, wrong := range []string{`9}`, `1}, {"field": "name", "column": 1}`, `1}, {"field": "colour", "column": 1}`} {
		c.post(c.Reseller, at+"/check", `{"columns": [`+columns+wrong+`]}`).problem(wrong, http.StatusUnprocessableEntity, "invalid")
	}
	c.post(c.Reseller, at+"/check", `{"columns": [`+columns+`1}]}`).want("try it", http.StatusAccepted)
	c.work(t)
	if i = c.get(c.Reseller, at).want("tried", http.StatusOK); text(i, "state") != "faulty" || i["bad"] != float64(1) {
		t.Fatalf("it is %v", i)
	}
	faulty := rows(c.get(c.Reseller, at+"/faulty-rows").want("what is wrong", http.StatusOK))
	if len(faulty) != 1 || faulty[0]["row"] != float64(3) || count(faulty[0], "problems") != 2 || count(faulty[0], "cells") != 4 {
		t.Errorf("wrong is %v", faulty)
	}
	c.post(c.Reseller, at+"/apply", "").problem("make it", http.StatusConflict, "conflict")
	if i = c.post(c.Reseller, at+"/discard", "").want("discard it", http.StatusOK); text(i, "state") != "discarded" {
		t.Errorf("it is %v", i)
	}

	a = c.file(c.Reseller, "logins", "profile,name,email,role\nPartner,Piet,piet@imported.example,manager\n")
	a.want("send it right", http.StatusCreated)
	at = a.Header().Get("Location")
	c.post(c.Reseller, at+"/check", `{}`).want("try it", http.StatusAccepted)
	c.work(t)
	c.post(c.Reseller, at+"/apply", "").want("make it", http.StatusAccepted)
	c.work(t)
	if i = c.get(c.Reseller, at).want("made", http.StatusOK); text(i, "state") != "applied" || i["done"] != float64(1) {
		t.Fatalf("it is %v", i)
	}
	if all := rows(c.get(c.Reseller, "/api/v1/imports?limit=1").want("imports", http.StatusOK)); len(all) != 1 || text(all[0], "id") != text(i, "id") {
		t.Errorf("they are %v", all)
	}
}

// TestFaultyRowsComeInPages: each once, in the order of the file, forth and back, also where
// a page goes over the end of a part.
func TestFaultyRowsComeInPages(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, c *caller) {
		var file strings.Builder
		file.WriteString("profile,name,email,role\n")
		var want []float64
		for n := range 1300 {
			role := "manager"
			if n%3 == 0 {
				role, want = "king", append(want, float64(n+2))
			}
			fmt.Fprintf(&file, "Partner,N,n%d@example.com,%s\n", n, role)
		}
		a := c.file(c.Reseller, "logins", file.String())
		a.want("send it", http.StatusCreated)
		at := a.Header().Get("Location")
		c.post(c.Reseller, at+"/check", `{}`).want("try it", http.StatusAccepted)
		c.work(t)
		var got []float64
		list := map[string]any{"next": ""}
		for first := true; first || text(list, "next") != ""; first = false {
			list = c.get(c.Reseller, at+"/faulty-rows?limit=90&after="+text(list, "next")).want("a page", http.StatusOK)
			for _, row := range rows(list) {
				got = append(got, row["row"].(float64)) //nolint:errcheck,forcetypeassert // a test may panic
			}
			if list["total"] != float64(len(want)) {
				t.Errorf("there are %v", list["total"])
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %v", got)
		}
		back := rows(c.get(c.Reseller, at+"/faulty-rows?limit=90&before="+text(list, "prev")).want("back", http.StatusOK))
		if len(back) != 90 || back[89]["row"] != want[359] {
			t.Errorf("back there are %d", len(back))
		}
		for _, place := range []string{"after=x", "before=-1", "after=1&before=3"} {
			c.get(c.Reseller, at+"/faulty-rows?"+place).problem(place, http.StatusUnprocessableEntity, "invalid")
		}
	})
}

// TestAnImportIsOfTheTokenThatSentIt: neither another token of the same login nor the login
// itself goes on with it, nor does a token go on with a person's; and it does what the token
// may, and no more.
func TestAnImportIsOfTheTokenThatSentIt(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, c *caller) {
		const file = "profile,name,email,role\nPartner,Piet,piet@imported.example,manager\n"
		verbs := []plaza.Verb{plaza.ImportRead, plaza.ImportCreate, plaza.ImportCheck, plaza.ImportApply, plaza.ImportDiscard}
		few := c.narrow(c.Reseller, plaza.NewToken{Verbs: verbs})
		send := func(token string) answer {
			return c.send(token, http.MethodPost, "/api/v1/imports?kind=logins", file, "Content-Type", "text/csv")
		}
		send(few).problem("without the verb of one", http.StatusForbidden, "forbidden")
		below := c.narrow(c.Reseller, plaza.NewToken{Root: c.Partner.Profile, Verbs: plaza.TokenVerbs(c.Reseller.Kind, c.Reseller.Role, true)})
		send(below).problem("for profiles below", http.StatusForbidden, "forbidden")

		a := c.file(c.Reseller, "logins", file)
		a.want("send it", http.StatusCreated)
		at := a.Header().Get("Location")
		id := at[strings.LastIndex(at, "/")+1:]
		other := c.narrow(c.Reseller, plaza.NewToken{Verbs: plaza.TokenVerbs(c.Reseller.Kind, c.Reseller.Role, false)})
		if i := c.send(other, http.MethodGet, at, "").want("another's", http.StatusOK); i["mine"] != false {
			t.Errorf("it is %v", i)
		}
		for deed, body := range map[string]string{"check": `{}`, "apply": "", "discard": ""} {
			c.send(other, http.MethodPost, at+"/"+deed, body).problem(deed+" another's", http.StatusNotFound, "not_found")
		}
		if err := c.CheckImport(t.Context(), c.Reseller, id, nil); plaza.KindOf(err) != plaza.NotFound {
			t.Errorf("the login itself: %v", err)
		}
		own, err := c.CreateImport(t.Context(), c.Reseller, plaza.NewImport{Kind: plaza.ImportLogins}, strings.NewReader(file))
		ok(t, err)
		c.post(c.Reseller, "/api/v1/imports/"+own.ID+"/check", `{}`).problem("a person's", http.StatusNotFound, "not_found")
	})
}

// made has all files be made that are to be, and returns one that somebody ordered.
func (c *caller) made(t *testing.T, token, at string) map[string]any {
	t.Helper()
	write := sheet.New(c.App, c.Texts, c.Clock.Now).Export
	for worked := true; worked; {
		var err error
		worked, err = c.WorkOnExport(t.Context(), plaza.Clerk, write)
		ok(t, err)
	}
	return c.send(token, http.MethodGet, at, "").want("made", http.StatusOK)
}

func whatIsTakenAlong(t *testing.T, c *caller) {
	t.Helper()
	for _, wrong := range []string{`"list": "moons"`, `"list": "licenses", "form": "pdf"`, `"list": "licenses", "time_zone": "Moon"`, `"list": "licenses", "language": "xx"`, `"list": "licenses", "query": "%zz"`} {
		c.post(c.Reseller, "/api/v1/exports", `{`+wrong+`}`).problem(wrong, http.StatusUnprocessableEntity, "invalid")
	}
	a := c.post(c.Reseller, "/api/v1/exports", `{"list": "licenses", "query": "kind=development&sort=name"}`)
	e, at := a.want("order it", http.StatusAccepted), a.Header().Get("Location")
	if text(e, "state") != "running" || text(e, "form") != "csv" || e["expires_at"] != nil {
		t.Errorf("it is %v", e)
	}
	c.get(c.Reseller, at+"/file").problem("before it is there", http.StatusNotFound, "not_found")
	e = c.made(t, c.token(c.Reseller), at)
	if text(e, "state") != "ready" || e["rows"] == float64(0) || e["rows"] != e["total"] {
		t.Errorf("it is %v", e)
	}
	file := c.get(c.Reseller, at+"/file")
	if file.Code != http.StatusOK || float64(file.Body.Len()) != e["size"] || !strings.Contains(file.Header().Get("Content-Disposition"), text(e, "file")) {
		t.Errorf("%d %v, %d bytes of %v", file.Code, file.Header(), file.Body.Len(), e["size"])
	}
	listed := rows(c.get(c.Reseller, "/api/v1/licenses?filter[kind]=development&sort=name&limit=200").want("the list", http.StatusOK))
	for i, line := range strings.Split(strings.TrimSpace(file.Body.String()), "\r\n")[1:] {
		if i >= len(listed) || !strings.HasPrefix(line, text(listed[i], "id")) {
			t.Errorf("row %d is %s", i, line)
		}
	}
	c.get(c.Stranger, at).problem("a stranger's", http.StatusNotFound, "not_found")
	c.get(c.Stranger, at+"/file").problem("a stranger's file", http.StatusNotFound, "not_found")
	c.post(c.Stranger, at+"/cancel", "").problem("a stranger cancels", http.StatusNotFound, "not_found")
	if all := rows(c.get(c.Reseller, "/api/v1/exports").want("exports", http.StatusOK)); len(all) != 1 {
		t.Errorf("they are %v", all)
	}
	c.post(c.Reseller, at+"/cancel", "").want("delete it", http.StatusNoContent)
	c.get(c.Reseller, at).problem("when it is gone", http.StatusNotFound, "not_found")
}

// TestAnExportIsOfTheTokenThatOrderedIt: another of the same login does not find it, nor does
// the login itself; it has what that token reaches and reads, and no more; and it ends with
// it, also while it is made.
func TestAnExportIsOfTheTokenThatOrderedIt(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, c *caller) {
		c.issue("Below")
		ctx := t.Context()
		_, err := c.IssueLicense(ctx, c.Reseller, plaza.NewLicense{Profile: c.Reseller.Profile, Plan: c.plan(plaza.Development), Name: "Of the reseller"})
		ok(t, err)
		all := plaza.TokenVerbs(c.Reseller.Kind, c.Reseller.Role, false)
		below := c.narrow(c.Reseller, plaza.NewToken{Root: c.Partner.Profile, Verbs: plaza.TokenVerbs(c.Reseller.Kind, c.Reseller.Role, true)})
		order := func(token, list string) answer {
			return c.send(token, http.MethodPost, "/api/v1/exports", `{"list": "`+list+`"}`)
		}
		a := order(below, "licenses")
		a.want("order it for profiles below", http.StatusAccepted)
		at := a.Header().Get("Location")
		c.made(t, below, at)
		file := c.send(below, http.MethodGet, at+"/file", "").Body.String()
		if !strings.Contains(file, "Below") || strings.Contains(file, "Of the reseller") {
			t.Errorf("it has %s", file)
		}
		for name, token := range map[string]string{"another token": c.token(c.Reseller), "a new one": c.narrow(c.Reseller, plaza.NewToken{Verbs: all})} {
			c.send(token, http.MethodGet, at, "").problem(name, http.StatusNotFound, "not_found")
			c.send(token, http.MethodGet, at+"/file", "").problem(name+" downloads it", http.StatusNotFound, "not_found")
			c.send(token, http.MethodPost, at+"/cancel", "").problem(name+" cancels it", http.StatusNotFound, "not_found")
		}
		if _, err := c.Export(ctx, c.Reseller, at[strings.LastIndex(at, "/")+1:]); plaza.KindOf(err) != plaza.NotFound {
			t.Errorf("the login itself: %v", err)
		}

		few := c.narrow(c.Reseller, plaza.NewToken{Verbs: []plaza.Verb{plaza.ExportRead, plaza.ExportCreate, plaza.ExportDownload, plaza.AgentRead}})
		order(few, "agents").want("what it may read", http.StatusAccepted)
		for _, list := range plaza.ExportLists() {
			if sheet.Verb(list) != plaza.AgentRead {
				order(few, string(list)).problem(string(list), http.StatusForbidden, "forbidden")
			}
		}
		order(below, "plans").problem("what is of the login's own profile", http.StatusForbidden, "forbidden")

		k, bearer, err := c.CreateToken(ctx, c.Reseller, plaza.NewToken{Name: "Ends", Verbs: all, Expires: c.Clock.Now().Add(time.Hour)})
		ok(t, err)
		a = order(bearer, "licenses")
		a.want("order it", http.StatusAccepted)
		c.made(t, bearer, a.Header().Get("Location"))
		order(bearer, "licenses").want("another", http.StatusAccepted)
		begun := false
		_, err = c.WorkOnExport(ctx, plaza.Clerk, func(_ context.Context, _ plaza.Actor, _ plaza.Export, w io.Writer, _ app.ExportProgress) error {
			begun = true
			ok(t, c.RevokeToken(ctx, c.Reseller, k.ID, k.Version))
			_, err := w.Write(make([]byte, 2<<20))
			if err == nil {
				t.Error("it goes on when its token is revoked")
			}
			return err
		})
		ok(t, err)
		if !begun {
			t.Error("it was never begun")
		}
		c.send(bearer, http.MethodGet, a.Header().Get("Location")+"/file", "").problem("with a revoked token", http.StatusUnauthorized, "unauthenticated")
		_, err = c.WorkOnExport(ctx, plaza.Clerk, func(context.Context, plaza.Actor, plaza.Export, io.Writer, app.ExportProgress) error {
			t.Error("a file is made for a revoked token")
			return nil
		})
		ok(t, err)
	})
}

// giveUp has every mail that is due given up.
func (c *caller) giveUp(t *testing.T) {
	t.Helper()
	due, err := c.ClaimMails(t.Context(), plaza.Postman)
	ok(t, err)
	for _, m := range due {
		ok(t, c.FinishMail(t.Context(), plaza.Postman, m, errors.New("nobody lives there"), false))
	}
}

// TestSessionTriesTheAPI: a page of Plaza's own needs no token, and may what its reader may;
// from any other page the session counts for nothing.
func TestSessionTriesTheAPI(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, c *caller) {
		by := func(who plaza.Actor, method, path, body string, headers ...string) answer {
			return c.send("", method, path, body, append(headers, "Cookie", "plaza-session="+c.Tokens[who.Login])...)
		}
		const same = "same-origin"
		me := by(c.Reseller, http.MethodGet, "/api/v1/me", "", "Sec-Fetch-Site", same).want("me", http.StatusOK)
		if token, _ := me["token"].(map[string]any); text(token, "id") != "" || text(me, "reach") != c.Reseller.Profile || count(me, "verbs") < 20 {
			t.Errorf("I am %v", me)
		}
		for _, site := range []string{"", "none", "same-site", "cross-site"} {
			var from []string
			if site != "" {
				from = []string{"Sec-Fetch-Site", site}
			}
			by(c.Reseller, http.MethodGet, "/api/v1/me", "", from...).problem("from a page of "+site, http.StatusUnauthorized, "unauthenticated")
			by(c.Reseller, http.MethodPost, "/api/v1/licenses", `{"plan": "x"}`, from...).problem("a change from a page of "+site, http.StatusUnauthorized, "unauthenticated")
		}
		by(c.Reseller, http.MethodGet, "/api/v1/me", "", "Sec-Fetch-Site", same, "Authorization", "Bearer plaza_none").problem("with a token that is none", http.StatusUnauthorized, "unauthenticated")
		by(plaza.Actor{Login: "nobody"}, http.MethodGet, "/api/v1/me", "", "Sec-Fetch-Site", same).problem("nobody's session", http.StatusUnauthorized, "unauthenticated")

		before := c.Events(t, plaza.LicenseIssue, plaza.Done)
		license := `{"plan": "` + c.plan(plaza.Development) + `", "name": "By hand"}`
		by(c.Reseller, http.MethodPost, "/api/v1/licenses", license, "Sec-Fetch-Site", same, "Plaza-Context", c.Partner.Profile).problem("from a page of another profile's", http.StatusConflict, "conflict")
		by(c.Reseller, http.MethodPost, "/api/v1/licenses", license, "Sec-Fetch-Site", same, "Idempotency-Key", "k").problem("done once", http.StatusUnprocessableEntity, "invalid")
		made := by(c.Reseller, http.MethodPost, "/api/v1/licenses", license, "Sec-Fetch-Site", same, "Plaza-Context", c.Reseller.Profile).want("issue one", http.StatusCreated)
		by(c.Stranger, http.MethodGet, "/api/v1/licenses/"+text(made, "id"), "", "Sec-Fetch-Site", same).problem("a stranger's", http.StatusNotFound, "not_found")
		if n := c.Events(t, plaza.LicenseIssue, plaza.Done); n != before+1 {
			t.Errorf("%d were issued, want 1", n-before)
		}

		c.Clock.Advance(31 * time.Minute)
		by(c.Reseller, http.MethodGet, "/api/v1/me", "", "Sec-Fetch-Site", same).problem("after half an hour", http.StatusUnauthorized, "unauthenticated")
	})
}

// TestWhoActsTriesTheAPIWithinItsLimits: it looks until it is raised, and what nobody does for
// another it does not do here; when it has ended, that is said once.
func TestWhoActsTriesTheAPIWithinItsLimits(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, c *caller) {
		id, _ := c.issue("Seen")
		token, err := c.LogInAs(t.Context(), c.Reseller, plaza.NewActing{Login: c.Partner.Login, Reason: "they asked me to look"})
		ok(t, err)
		by := func(method, path, body string, headers ...string) answer {
			return c.send("", method, path, body, append(headers, "Cookie", "plaza-session="+token, "Sec-Fetch-Site", "same-origin")...)
		}
		if me := by(http.MethodGet, "/api/v1/me", "").want("me", http.StatusOK); text(me, "reach") != c.Partner.Profile {
			t.Errorf("I am %v", me)
		}
		by(http.MethodPost, "/api/v1/licenses/"+id+"/key", "").problem("while looking", http.StatusForbidden, "forbidden")
		v, err := c.Gate.Identify(t.Context(), token, plaza.Origin{})
		ok(t, err)
		ok(t, c.RaiseActing(t.Context(), v.Actor, plaza.Manage))
		by(http.MethodPost, "/api/v1/licenses/"+id+"/key", "").want("in Manage", http.StatusOK)
		by(http.MethodPost, "/api/v1/requests", `{"renewal": {"license": "`+id+`"}}`).problem("for another", http.StatusForbidden, "forbidden")

		c.Clock.Advance(29 * time.Minute)
		by(http.MethodGet, "/api/v1/me", "").want("still", http.StatusOK)
		c.Clock.Advance(29 * time.Minute)
		by(http.MethodGet, "/api/v1/me", "").want("and still", http.StatusOK)
		c.Clock.Advance(29 * time.Minute)
		over := by(http.MethodGet, "/api/v1/me", "")
		over.problem("when it is over", http.StatusConflict, "conflict")
		fresh := over.Result().Cookies()
		if len(fresh) != 1 || fresh[0].Value == token {
			t.Fatalf("the browser gets %v", fresh)
		}
		token = fresh[0].Value
		if me := by(http.MethodGet, "/api/v1/me", "").want("back at home", http.StatusOK); text(me, "reach") != c.Reseller.Profile {
			t.Errorf("I am %v", me)
		}
	})
}
