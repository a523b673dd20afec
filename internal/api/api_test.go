package api_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/api"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/door"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

// caller sends requests to the API of a world, and holds every answer to its description.
type caller struct {
	*apptest.World

	t        *testing.T
	mux      *door.Mux
	contract *contract
	tokens   map[string]string // by login
}

// worlds runs f in a world on both engines.
func worlds(t *testing.T, f func(t *testing.T, c *caller)) {
	t.Helper()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		mux := new(door.Mux)
		err := api.Mount(mux, api.Config{
			App: w.App, Gate: w.Gate, Log: slog.New(slog.DiscardHandler), Texts: w.Texts, Now: w.Clock.Now, PublicURL: "http://plaza.test",
		})
		if err != nil {
			t.Fatal(err)
		}
		f(t, &caller{World: w, t: t, mux: mux, contract: described(t, mux), tokens: map[string]string{}})
	})
}

// token returns a token of somebody's for all that one can be for.
func (c *caller) token(by plaza.Actor) string {
	c.t.Helper()
	if by.Login == "" {
		return ""
	}
	if c.tokens[by.Login] == "" {
		c.tokens[by.Login] = c.narrow(by, plaza.NewToken{Verbs: plaza.TokenVerbs(by.Kind, by.Role, false)})
	}
	return c.tokens[by.Login]
}

// narrow returns a new token of somebody's.
func (c *caller) narrow(by plaza.Actor, in plaza.NewToken) string {
	c.t.Helper()
	in.Name, in.Expires = "Program", c.Clock.Now().AddDate(0, 6, 0)
	_, bearer, err := c.CreateToken(c.t.Context(), by, in)
	if err != nil {
		c.t.Fatal(err)
	}
	return bearer
}

// answer is what a request was answered.
type answer struct {
	*httptest.ResponseRecorder

	t *testing.T
}

// send sends a request with a token and some headers, as name and value in turn.
func (c *caller) send(token, method, path, body string, headers ...string) answer {
	c.t.Helper()
	r := httptest.NewRequestWithContext(c.t.Context(), method, path, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	c.mux.ServeHTTP(rec, r)
	c.contract.hold(c.t, r, body, rec)
	return answer{rec, c.t}
}

func (c *caller) get(by plaza.Actor, path string) answer {
	c.t.Helper()
	return c.send(c.token(by), http.MethodGet, path, "")
}

func (c *caller) post(by plaza.Actor, path, body string, headers ...string) answer {
	c.t.Helper()
	return c.send(c.token(by), http.MethodPost, path, body, headers...)
}

// want fails the test unless a has a status, and returns its body as an object.
func (a answer) want(what string, status int) map[string]any {
	a.t.Helper()
	if a.Code != status {
		a.t.Fatalf("%s: %d %s, want %d", what, a.Code, a.Body, status)
	}
	if a.Body.Len() == 0 {
		return nil
	}
	var object map[string]any
	if err := json.Unmarshal(a.Body.Bytes(), &object); err != nil {
		a.t.Fatalf("%s: %v: %s", what, err, a.Body)
	}
	return object
}

// problem fails the test unless a is a problem with a status and a code, and returns where
// it lies.
func (a answer) problem(what string, status int, code string) (where string) {
	a.t.Helper()
	p := a.want(what, status)
	if p["code"] != code || a.Header().Get("Content-Type") != "application/problem+json" || p["type"] != "http://plaza.test/documentation/problems#"+strings.ReplaceAll(code, "_", "-") {
		a.t.Errorf("%s: %s as %s, want %s", what, a.Body, a.Header().Get("Content-Type"), code)
	}
	if all, ok := p["errors"].([]any); ok {
		for _, one := range all {
			if e, ok := one.(map[string]any); ok {
				where, _ = e["location"].(string)
			}
		}
	}
	return where
}

// rows returns the things in a list.
func rows(list map[string]any) (all []map[string]any) {
	data, _ := list["data"].([]any)
	for _, one := range data {
		if object, ok := one.(map[string]any); ok {
			all = append(all, object)
		}
	}
	return all
}

func text(object map[string]any, member string) string {
	s, _ := object[member].(string)
	return s
}

func (c *caller) plan(kind plaza.LicenseKind) string { return c.Plans[kind].ID }

// issue issues a development license of the partner's.
func (c *caller) issue(name string) (id, etag string) {
	c.t.Helper()
	a := c.post(c.Reseller, "/api/v1/licenses", `{"profile": "`+c.Partner.Profile+`", "plan": "`+c.plan(plaza.Development)+`", "name": "`+name+`"}`)
	return text(a.want("issue", http.StatusCreated), "id"), a.Header().Get("ETag")
}

// TestEveryOperation goes through what there is to do, and holds each request and each
// answer to what the API says of itself.
func TestEveryOperation(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, c *caller) {
		licenseLife(t, c)
		everythingElse(t, c)
		agentsLife(t, c)
		whatIsSold(t, c)
		whatIsSaid(t, c)
		webhookLife(t, c)
		whatIsImported(t, c)
		whatIsTakenAlong(t, c)
		c.contract.whole(t)
	})
}

func licenseLife(t *testing.T, c *caller) {
	t.Helper()
	id, etag := c.issue("Workbench")
	path := "/api/v1/licenses/" + id
	l := c.get(c.Reseller, path).want("read it", http.StatusOK)
	if text(l, "name") != "Workbench" || text(l, "state") != "active" || l["valid"] != true || l["ended_at"] != nil {
		t.Errorf("it is %v", l)
	}
	c.post(c.Reseller, path+"/suspend", `{"reason": "not paid for yet"}`).problem("without If-Match", http.StatusPreconditionRequired, "precondition_required")
	c.post(c.Reseller, path+"/suspend", `{"reason": "not paid for yet"}`, "If-Match", `"99"`).problem("as it never was", http.StatusPreconditionFailed, "stale")
	if where := c.post(c.Reseller, path+"/suspend", `{"reason": "why"}`, "If-Match", etag).problem("for a short reason", http.StatusUnprocessableEntity, "invalid"); where != "body.reason" {
		t.Errorf("the problem lies at %q", where)
	}
	a := c.post(c.Reseller, path+"/suspend", `{"reason": "not paid for yet"}`, "If-Match", etag)
	if l := a.want("suspend it", http.StatusOK); text(l, "state") != "suspended" || l["valid"] != false {
		t.Errorf("suspended, it is %v", l)
	}
	if a.Header().Get("ETag") == etag {
		t.Errorf("its ETag is still %s", etag)
	}
	c.post(c.Reseller, path+"/suspend", `{"reason": "not paid for yet"}`, "If-Match", "*").problem("once more", http.StatusConflict, "conflict")
	c.post(c.Reseller, path+"/resume", "", "If-Match", "*").want("resume it", http.StatusOK)
	before := text(c.get(c.Reseller, path).want("before it is renewed", http.StatusOK), "ends_at")
	if after := text(c.post(c.Reseller, path+"/renew", `{}`, "If-Match", "*").want("renew it", http.StatusOK), "ends_at"); after <= before {
		t.Errorf("renewed, it ends at %s instead of %s", after, before)
	}
	other, err := c.CreatePlan(t.Context(), c.Vendor, plaza.NewPlan{Kind: plaza.Development, Name: "Another", TermMonths: 6, Machines: 1})
	if err != nil {
		t.Fatal(err)
	}
	c.post(c.Reseller, path+"/plan", `{"plan": "`+other.ID+`", "reason": "half a year is enough"}`, "If-Match", "*").want("put it under another plan", http.StatusOK)
	if key := text(c.post(c.Partner, path+"/key", "").want("see its key", http.StatusOK), "key"); !strings.HasSuffix(key, text(l, "key_hint")) {
		t.Errorf("its key is %q", key)
	}
	c.post(c.Reseller, path+"/transfer", `{"to": "`+c.Enterprise.Profile+`", "reason": "it was meant for them"}`, "If-Match", "*").want("transfer it", http.StatusOK)
	c.get(c.Partner, path).problem("to who had it", http.StatusNotFound, "not_found")
	if l := c.post(c.Reseller, path+"/end", `{"reason": "no longer needed"}`, "If-Match", "*").want("end it", http.StatusOK); text(l, "state") != "ended" {
		t.Errorf("ended, it is %v", l)
	}

	c.get(c.Reseller, "/api/v1/licenses?filter[state]=ended").want("those that ended", http.StatusOK)
	id, etag = c.issue("Mistake")
	c.send(c.token(c.Reseller), http.MethodDelete, "/api/v1/licenses/"+id+"?reason=it+was+a+mistake", "", "If-Match", etag).want("delete it", http.StatusNoContent)
	c.get(c.Reseller, "/api/v1/licenses/"+id).problem("when it is deleted", http.StatusNotFound, "not_found")
}

func TestStrangerReachesNothing(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, c *caller) {
		id, etag := c.issue("Workbench")
		never := strings.Repeat("0", 8) + "-0000-7000-8000-" + strings.Repeat("0", 12)
		for _, of := range []string{id, never, "nothing", "%2e%2e"} {
			path := "/api/v1/licenses/" + of
			c.get(c.Stranger, path).problem("read "+of, http.StatusNotFound, "not_found")
			for _, deed := range []string{"suspend", "end"} {
				c.post(c.Stranger, path+"/"+deed, `{"reason": "because I can"}`, "If-Match", etag).problem(deed+" "+of, http.StatusNotFound, "not_found")
			}
		}
		for _, list := range []string{"licenses", "agents", "logins", "requests", "allowances", "batches"} {
			if got := c.get(c.Stranger, "/api/v1/"+list).want(list, http.StatusOK); strings.Contains(c.get(c.Stranger, "/api/v1/"+list).Body.String(), c.Partner.Profile) {
				t.Errorf("a stranger's list of %s holds %v", list, got)
			}
		}
		a := c.post(c.Stranger, "/api/v1/licenses", `{"profile": "`+c.Partner.Profile+`", "plan": "`+c.plan(plaza.Development)+`"}`)
		a.problem("issue one to somebody else's partner", http.StatusNotFound, "not_found")
		c.post(c.Stranger, "/api/v1/batches", `{"kind": "renew", "licenses": ["`+id+`"]}`).problem("renew it in a batch", http.StatusNotFound, "not_found")
	})
}

func TestNobodyIsLetIn(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, c *caller) {
		for name, token := range map[string]string{"no token": "", "no token of ours": "secret", "a session's": c.Tokens[c.Reseller.Login]} {
			a := c.send(token, http.MethodPost, "/api/v1/licenses", "not JSON")
			a.problem(name, http.StatusUnauthorized, "unauthenticated")
			if got := a.Header().Get("WWW-Authenticate"); !strings.HasPrefix(got, "Bearer") {
				t.Errorf("%s: WWW-Authenticate %q", name, got)
			}
		}
		reads := c.narrow(c.Reseller, plaza.NewToken{Verbs: []plaza.Verb{plaza.LicenseRead}})
		c.send(reads, http.MethodPost, "/api/v1/licenses", "not JSON").problem("a token for something else", http.StatusForbidden, "forbidden")
		c.post(c.Partner, "/api/v1/licenses", "not JSON").problem("who may not, before what they send is read", http.StatusForbidden, "forbidden")
		c.send("", http.MethodGet, "/api/v1/nothing", "").problem("nowhere", http.StatusNotFound, "not_found")
		a := c.send("", http.MethodPut, "/api/v1/licenses", "")
		a.problem("by the wrong method", http.StatusMethodNotAllowed, "method")
		if got := a.Header().Get("Allow"); !strings.Contains(got, "GET") || !strings.Contains(got, "POST") {
			t.Errorf("Allow: %s", got)
		}
	})
}

func TestWhatIsSentIsReadToTheLetter(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, c *caller) {
		plan, profile := `"plan": "`+c.plan(plaza.Development)+`"`, `"profile": "`+c.Partner.Profile+`"`
		for name, body := range map[string]string{
			"no JSON": `secret`, "nothing": ``, "a member twice": `{` + plan + `, ` + plan + `}`, "another case": `{` + plan + `, "Profile": "x"}`, "unknown": `{` + plan + `, "color": 1}`,
			"something behind it": `{` + plan + `} {}`, "another type": `{"plan": 1}`, "text that is none": "{" + plan + ", \"name\": \"\xff\"}", "a zero": `{` + plan + `, "name": "a\u0000b"}`,
			"a name that is too long": `{` + plan + `, ` + profile + `, "name": "` + strings.Repeat("x", 300) + `"}`, "an unknown plan": `{"plan": "secret", ` + profile + `}`,
		} {
			a := c.post(c.Reseller, "/api/v1/licenses", body)
			if a.Code < 400 || a.Code >= 500 || strings.Contains(a.Body.String(), "secret") {
				t.Errorf("%s: %d %s", name, a.Code, a.Body)
			}
		}
		a := c.send(c.token(c.Reseller), http.MethodPost, "/api/v1/licenses", "plan=x", "Content-Type", "application/x-www-form-urlencoded")
		if p := a.want("as a form", http.StatusUnsupportedMediaType); !strings.Contains(text(p, "detail"), "application/json") {
			t.Errorf("as a form: %v", p)
		}
		for _, query := range []string{"?color=red", "?filter[kind]=secret", "?limit=0", "?limit=201", "?limit=x", "?sort=color", "?after=x", "?fields=secret", "?limit=1&limit=2", "?filter[text]=%ff", "?filter[text]=%00", "?filter[ends_from]=soon", "?%zz"} {
			if a := c.get(c.Reseller, "/api/v1/licenses"+query); a.Code < 400 || a.Code >= 500 {
				t.Errorf("%s: %d %s", query, a.Code, a.Body)
			}
		}
	})
}

func TestListIsReadPageByPage(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, c *caller) {
		for _, name := range []string{"apple", "banana", "cherry", "date", "elder"} {
			c.issue(name)
		}
		var names []string
		path := "/api/v1/licenses?filter[kind]=development&sort=-name&limit=2&fields=name,id"
		for after := ""; ; {
			list := c.get(c.Reseller, path+"&after="+after).want("a page", http.StatusOK)
			if list["total"] != float64(5) {
				t.Fatalf("there are %v", list["total"])
			}
			for _, l := range rows(list) {
				names = append(names, text(l, "name"))
				if len(l) != 2 {
					t.Errorf("it has %v", l)
				}
			}
			if after = text(list, "next"); after == "" {
				break
			}
		}
		if got := strings.Join(names, " "); got != "elder date cherry banana apple" {
			t.Errorf("the pages have %s", got)
		}
		found := c.get(c.Reseller, "/api/v1/licenses?filter[text]=cherry&filter[state]=active,expiring&filter[kind]=development").want("filtered", http.StatusOK)
		if all := rows(found); len(all) != 1 || text(all[0], "name") != "cherry" {
			t.Errorf("filtered, it has %v", all)
		}
	})
}

func TestSameRequestIsDoneOnce(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, c *caller) {
		body := `{"profile": "` + c.Partner.Profile + `", "plan": "` + c.plan(plaza.Development) + `", "name": "Once"}`
		const key = "Idempotency-Key"
		first := c.post(c.Reseller, "/api/v1/licenses", body, key, "7")
		again := c.post(c.Reseller, "/api/v1/licenses", body, key, "7")
		if first.Code != http.StatusCreated || again.Code != first.Code || again.Body.String() != first.Body.String() || again.Header().Get("Location") != first.Header().Get("Location") {
			t.Errorf("first %d %s, then %d %s", first.Code, first.Body, again.Code, again.Body)
		}
		if again.Header().Get("Idempotency-Replayed") != "true" || first.Header().Get("Idempotency-Replayed") != "" {
			t.Errorf("replayed: %v, then %v", first.Header(), again.Header())
		}
		c.post(c.Reseller, "/api/v1/licenses", strings.Replace(body, "Once", "Twice", 1), key, "7").problem("another request", http.StatusUnprocessableEntity, "invalid")
		c.post(c.Vendor, "/api/v1/licenses", body, key, "7").want("somebody else's key", http.StatusCreated)
		if list := c.get(c.Reseller, "/api/v1/licenses?filter[text]=Once").want("list", http.StatusOK); list["total"] != float64(2) {
			t.Errorf("there are %v", list["total"])
		}
		// What was refused may be tried again.
		c.post(c.Reseller, "/api/v1/licenses", `{"plan": "nothing"}`, key, "8").problem("what fails", http.StatusUnprocessableEntity, "invalid")
		c.post(c.Reseller, "/api/v1/licenses", body, key, "8").want("the key of what failed", http.StatusCreated)
		c.Clock.Advance(plaza.OnceKept)
		c.post(c.Reseller, "/api/v1/licenses", body, key, "7").want("a day later", http.StatusCreated)
	})
}

func TestManyAtOnceDoItOnce(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, c *caller) {
		body := `{"profile": "` + c.Partner.Profile + `", "plan": "` + c.plan(plaza.Development) + `", "name": "Once"}`
		token := c.token(c.Reseller)
		const n = 8
		codes := make(chan int, n)
		for range n {
			go func() {
				r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/v1/licenses", strings.NewReader(body))
				r.Header.Set("Authorization", "Bearer "+token)
				r.Header.Set("Idempotency-Key", "all")
				rec := httptest.NewRecorder()
				c.mux.ServeHTTP(rec, r)
				codes <- rec.Code
			}()
		}
		made := 0
		for range n {
			switch code := <-codes; code {
			case http.StatusCreated:
				made++
			case http.StatusConflict: // it was done meanwhile
			default:
				t.Errorf("it was answered %d", code)
			}
		}
		list := c.get(c.Reseller, "/api/v1/licenses?filter[text]=Once").want("list", http.StatusOK)
		if list["total"] != float64(1) || made == 0 {
			t.Errorf("there are %v, and %d were told so", list["total"], made)
		}
	})
}

func TestWhoSendsTooMuchWaits(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, c *caller) {
		token := c.token(c.Reseller)
		left := ""
		for range api.DefaultPace.Burst {
			a := c.send(token, http.MethodGet, "/api/v1/me", "")
			a.want("within the limit", http.StatusOK)
			left = a.Header().Get("RateLimit")
		}
		if !strings.HasPrefix(left, `"token";r=0;`) {
			t.Errorf("at the end, RateLimit is %s", left)
		}
		a := c.send(token, http.MethodGet, "/api/v1/me", "")
		a.problem("one more", http.StatusTooManyRequests, "limited")
		if got := a.Header().Get("Retry-After"); got != "1" {
			t.Errorf("Retry-After: %s", got)
		}
		c.get(c.Stranger, "/api/v1/me").want("somebody else", http.StatusOK)
		c.Clock.Advance(api.DefaultPace.Each)
		c.send(token, http.MethodGet, "/api/v1/me", "").want("a moment later", http.StatusOK)
	})
}

func TestProblemsSpeakTheCallersLanguage(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, c *caller) {
		for language, want := range map[string]string{"nl": "Stuur een API-token", "en": "Send an API token", "xx": "Send an API token"} {
			p := c.send("", http.MethodGet, "/api/v1/me", "", "Accept-Language", language).want(language, http.StatusUnauthorized)
			if !strings.HasPrefix(text(p, "detail"), want) {
				t.Errorf("in %s it says %q", language, text(p, "detail"))
			}
		}
	})
}

func TestWhatBreaksIsForTheLog(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, c *caller) {
		token := c.token(c.Reseller)
		if err := c.DB.Close(); err != nil {
			t.Fatal(err)
		}
		a := c.send(token, http.MethodGet, "/api/v1/licenses", "")
		if a.Code < http.StatusInternalServerError || strings.Contains(a.Body.String(), "closed") || strings.Contains(a.Body.String(), "sql") {
			t.Errorf("broken: %d %s", a.Code, a.Body)
		}
	})
}

func everythingElse(t *testing.T, c *caller) {
	t.Helper()
	m := c.get(c.Reseller, "/api/v1/me").want("me", http.StatusOK)
	if m["kind"] != "reseller" || text(m, "reach") != c.Reseller.Profile {
		t.Errorf("I am %v", m)
	}
	a := c.post(c.Reseller, "/api/v1/profiles", `{"kind": "partner", "name": "Bright Bakery Systems", "plan": "`+c.plan(plaza.PartnerLicense)+`", "owner": {"name": "Olive", "email": "olive@example.com"}}`)
	partner := text(a.want("create a partner", http.StatusCreated), "id")
	path := a.Header().Get("Location")
	p := c.get(c.Reseller, path).want("the partner", http.StatusOK)
	if p["parent"] != c.Reseller.Profile {
		t.Errorf("above it is %v", p["parent"])
	}
	p = c.send(c.token(c.Reseller), http.MethodPatch, path, `{"warning_days": 14}`, "If-Match", a.Header().Get("ETag")).want("change it", http.StatusOK)
	if p["warning_days"] != float64(14) || text(p, "name") != "Bright Bakery Systems" {
		t.Errorf("changed, it is %v", p)
	}
	c.post(c.Reseller, path+"/suspend", `{"reason": "not paid for yet"}`, "If-Match", "*").want("suspend it", http.StatusOK)
	c.post(c.Reseller, path+"/resume", "", "If-Match", "*").want("resume it", http.StatusOK)
	c.closeAndReopen(t, path, partner)
	c.get(c.Stranger, path).problem("a stranger's", http.StatusNotFound, "not_found")
	if list := c.get(c.Reseller, "/api/v1/profiles?filter[text]=bakery").want("partners", http.StatusOK); len(rows(list)) != 1 {
		t.Errorf("the list has %v", list)
	}

	a = c.post(c.Reseller, "/api/v1/agents", `{"profile": "`+partner+`", "plan": "`+c.plan(plaza.ConnectAgentLicense)+`", "name": "Oven"}`)
	agent := a.want("create a ConnectAgent", http.StatusCreated)
	if text(agent, "liveness") != "never" || text(agent, "health") != "unknown" {
		t.Errorf("it is %v", agent)
	}
	at := a.Header().Get("Location")
	c.send(c.token(c.Reseller), http.MethodPatch, at, `{"name": "Second oven"}`, "If-Match", "*").want("rename it", http.StatusOK)
	if got := c.get(c.Reseller, at).want("read it", http.StatusOK); text(got, "name") != "Second oven" {
		t.Errorf("renamed, it is %v", got)
	}
	c.get(c.Reseller, at+"/activations").want("its activations", http.StatusOK)
	c.get(c.Reseller, "/api/v1/agents?filter[liveness]=never&sort=-seen").want("ConnectAgents", http.StatusOK)

	a = c.post(c.Reseller, "/api/v1/logins", `{"profile": "`+partner+`", "name": "Sam", "email": "sam@example.com", "role": "support"}`)
	a.want("create a login", http.StatusCreated)
	at = a.Header().Get("Location")
	c.post(c.Reseller, at+"/invitation", "").want("invite again", http.StatusNoContent)
	c.send(c.token(c.Reseller), http.MethodPatch, at, `{"role": "auditor"}`, "If-Match", "*").want("change its role", http.StatusOK)
	c.post(c.Reseller, at+"/disable", "", "If-Match", "*").want("disable it", http.StatusOK)
	if l := c.post(c.Reseller, at+"/enable", "", "If-Match", "*").want("enable it", http.StatusOK); text(l, "role") != "auditor" {
		t.Errorf("it is %v", l)
	}
	c.get(c.Reseller, at).want("a login", http.StatusOK)
	c.get(c.Reseller, "/api/v1/logins?filter[role]=auditor&filter[state]=invited").want("logins", http.StatusOK)

	all := rows(c.get(c.Partner, "/api/v1/plans").want("plans", http.StatusOK))
	if len(all) == 0 {
		t.Fatal("there are no plans")
	}
	c.get(c.Partner, "/api/v1/plans/"+text(all[0], "id")).want("a plan", http.StatusOK)

	a = c.post(c.Partner, "/api/v1/requests", `{"license": {"plan": "`+c.plan(plaza.Development)+`", "name": "Wish"}, "note": "before Friday"}`)
	a.want("ask for a license", http.StatusCreated)
	at = a.Header().Get("Location")
	c.post(c.Partner, "/api/v1/requests", `{"note": "for nothing"}`).problem("for nothing", http.StatusUnprocessableEntity, "invalid")
	c.get(c.Stranger, at).problem("a stranger's request", http.StatusNotFound, "not_found")
	c.post(c.Partner, at+"/approve", "", "If-Match", "*").problem("approve one's own", http.StatusForbidden, "forbidden")
	r := c.post(c.Reseller, at+"/approve", "", "If-Match", "*").want("approve it", http.StatusOK)
	if text(r, "state") != "approved" || r["object"] == nil {
		t.Errorf("it is %v", r)
	}
	c.get(c.Partner, at).want("read it", http.StatusOK)
	for deed, by := range map[string]plaza.Actor{"decline": c.Reseller, "withdraw": c.Partner} {
		a = c.post(c.Partner, "/api/v1/requests", `{"renewal": {"license": "`+text(r, "object")+`"}}`)
		a.want("ask to renew it", http.StatusCreated)
		c.post(by, a.Header().Get("Location")+"/"+deed, map[string]string{"decline": `{"reason": "not this year"}`}[deed], "If-Match", "*").want(deed, http.StatusOK)
	}
	c.get(c.Reseller, "/api/v1/requests?filter[state]=approved").want("requests", http.StatusOK)

	a = c.post(c.Reseller, "/api/v1/allowances", `{"profile": "`+partner+`", "kind": "development", "most": 5}`)
	a.want("allow so many", http.StatusCreated)
	at = a.Header().Get("Location")
	if w := c.send(c.token(c.Reseller), http.MethodPatch, at, `{"most": 6}`, "If-Match", "*").want("allow more", http.StatusOK); w["most"] != float64(6) {
		t.Errorf("it is %v", w)
	}
	c.get(c.Reseller, at).want("an allowance", http.StatusOK)
	c.get(c.Reseller, "/api/v1/allowances?filter[state]=free").want("allowances", http.StatusOK)
	c.send(c.token(c.Reseller), http.MethodDelete, at, "", "If-Match", "*").want("remove it", http.StatusNoContent)

	id, _ := c.issue("Many")
	a = c.post(c.Reseller, "/api/v1/batches", `{"kind": "renew", "licenses": ["`+id+`"]}`)
	a.want("renew many", http.StatusAccepted)
	for worked := true; worked; {
		var err error
		if worked, err = c.WorkOnBatch(t.Context(), plaza.Clerk); err != nil {
			t.Fatal(err)
		}
	}
	if b := c.get(c.Reseller, a.Header().Get("Location")).want("how far it is", http.StatusOK); b["done"] != float64(1) || b["finished_at"] == nil {
		t.Errorf("it is %v", b)
	}
	c.get(c.Reseller, "/api/v1/batches").want("batches", http.StatusOK)

	events := rows(c.get(c.Reseller, "/api/v1/audit-events?filter[object]="+id+"&sort=at").want("audit", http.StatusOK))
	if len(events) == 0 || text(events[0], "verb") != "license.issue" || text(events[0], "token") != "Program" {
		t.Errorf("on record is %v", events)
	}
}

// closeAndReopen closes a profile, which no program does, and reopens it.
func (c *caller) closeAndReopen(t *testing.T, path, id string) {
	t.Helper()
	c.post(c.Reseller, path+"/suspend", `{"reason": "it is to be closed"}`, "If-Match", "*").want("suspend it", http.StatusOK)
	p, err := c.Profile(t.Context(), c.Reseller, id)
	if err == nil {
		err = c.CloseProfile(t.Context(), c.Reseller, id, p.Name, "nobody needs it", p.Version)
	}
	if err != nil {
		t.Fatal(err)
	}
	c.post(c.Reseller, path+"/reopen", "", "If-Match", "*").want("reopen it", http.StatusOK)
	c.post(c.Reseller, path+"/resume", "", "If-Match", "*").want("resume it", http.StatusOK)
}

// spec returns what the API says of itself.
func spec(t *testing.T, mux *door.Mux) []byte {
	t.Helper()
	rec := httptest.NewRecorder()
	mux.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/openapi.json", nil))
	b, err := io.ReadAll(rec.Body)
	if err != nil || rec.Code != http.StatusOK || rec.Header().Get("Content-Type") != "application/openapi+json" {
		t.Fatalf("%d as %s: %v", rec.Code, rec.Header().Get("Content-Type"), err)
	}
	return b
}

func TestEveryRouteIsDescribed(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, c *caller) {
		var doc struct {
			Paths map[string]map[string]struct {
				Verb    string `json:"x-verb"`
				Summary string `json:"summary"`
			} `json:"paths"`
		}
		if err := json.Unmarshal(spec(t, c.mux), &doc); err != nil {
			t.Fatal(err)
		}
		described := map[string]string{}
		for path, methods := range doc.Paths {
			for method, o := range methods {
				described[strings.ToUpper(method)+" "+path] = o.Verb
				if o.Summary == "" {
					t.Errorf("%s %s says nothing of itself", method, path)
				}
			}
		}
		mounted := map[string]string{}
		for _, rt := range c.mux.Routes() {
			if !rt.Public {
				mounted[rt.String()] = string(rt.Verb)
			}
		}
		if !maps.Equal(mounted, described) {
			t.Errorf("mounted are %v, described %v", mounted, described)
		}
	})
}

// TestEveryProblemIsExplained: the type of a problem leads to a paragraph of the manual,
// in every language.
func TestEveryProblemIsExplained(t *testing.T) {
	t.Parallel()
	codes := []string{"method", "precondition_required"}
	for _, k := range []plaza.Kind{
		plaza.Invalid, plaza.Unauthenticated, plaza.Forbidden, plaza.Unproved, plaza.NotFound, plaza.Conflict, plaza.Stale, plaza.Limited, plaza.Unavailable, plaza.Internal,
	} {
		codes = append(codes, string(k))
	}
	for _, language := range []string{"en", "nl"} {
		page, err := os.ReadFile("../../docs/manual/" + language + "/problems.md")
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range codes {
			if !strings.Contains(string(page), "\n## "+code+"\n") {
				t.Errorf("%s says nothing of %s", language, code)
			}
		}
	}
}

func TestTokenForOneDeedIsAnsweredWithWhatItDid(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, c *caller) {
		body := `{"profile": "` + c.Partner.Profile + `", "plan": "` + c.plan(plaza.Development) + `"}`
		issues := c.narrow(c.Reseller, plaza.NewToken{Verbs: []plaza.Verb{plaza.LicenseIssue}})
		a := c.send(issues, http.MethodPost, "/api/v1/licenses", body)
		path := "/api/v1/licenses/" + text(a.want("issue", http.StatusCreated), "id")
		c.send(issues, http.MethodGet, path, "").problem("look at it", http.StatusForbidden, "forbidden")
		suspends := c.narrow(c.Reseller, plaza.NewToken{Verbs: []plaza.Verb{plaza.LicenseSuspend}})
		l := c.send(suspends, http.MethodPost, path+"/suspend", `{"reason": "not paid for yet"}`, "If-Match", "*").want("suspend", http.StatusOK)
		if text(l, "state") != "suspended" {
			t.Errorf("it is %v", l)
		}
	})
}

func TestKeyOfOneTokenIsNoOthers(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, c *caller) {
		id, _ := c.issue("Workbench")
		path := "/api/v1/licenses/" + id
		below := c.narrow(c.Reseller, plaza.NewToken{Root: c.Enterprise.Profile, Verbs: []plaza.Verb{plaza.LicenseRenew, plaza.LicenseReveal}})
		const key = "Idempotency-Key"
		c.post(c.Reseller, path+"/renew", `{}`, key, "k", "If-Match", "*").want("renew", http.StatusOK)
		c.post(c.Reseller, path+"/key", "", key, "r").want("see its key", http.StatusOK)
		c.send(below, http.MethodPost, path+"/renew", `{}`, key, "k", "If-Match", "*").problem("by a token that does not reach it", http.StatusNotFound, "not_found")
		c.send(below, http.MethodPost, path+"/key", "", key, "r").problem("see its key", http.StatusNotFound, "not_found")
		c.post(c.Reseller, path+"/renew", `{}`, key, "k", "If-Match", `"1"`).problem("as something else", http.StatusUnprocessableEntity, "invalid")
		before := c.Events(t, plaza.LicenseReveal, plaza.Done)
		c.post(c.Reseller, path+"/key", "", key, "r").want("see its key again", http.StatusOK)
		if c.Events(t, plaza.LicenseReveal, plaza.Done) != before+1 {
			t.Error("that a key was shown again is not on record")
		}
	})
}

func TestWhoHangsUpGetsTheAnswerLater(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, c *caller) {
		body := `{"profile": "` + c.Partner.Profile + `", "plan": "` + c.plan(plaza.Development) + `", "name": "Patience"}`
		token := c.token(c.Reseller)
		gone, cancel := context.WithCancel(t.Context())
		r := httptest.NewRequestWithContext(gone, http.MethodPost, "/api/v1/licenses", &leaving{strings.NewReader(body), cancel})
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Idempotency-Key", "patience")
		c.mux.ServeHTTP(httptest.NewRecorder(), r) // they are gone once the body is read
		again := c.post(c.Reseller, "/api/v1/licenses", body, "Idempotency-Key", "patience")
		again.want("when they ask again", http.StatusCreated)
		if again.Header().Get("Idempotency-Replayed") != "true" {
			t.Error("it was not done when they hung up, so this shows nothing")
		}
	})
}

// leaving is a body whose sender hangs up when it has been read.
type leaving struct {
	io.Reader

	hangUp func()
}

// Read reads the body.
func (l *leaving) Read(p []byte) (int, error) {
	n, err := l.Reader.Read(p)
	if err != nil {
		l.hangUp()
	}
	return n, err
}

func TestOfSeveralAtOnceAllAreAnsweredAlike(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, c *caller) {
		id, _ := c.issue("Workbench")
		token := c.token(c.Reseller)
		const n = 6
		codes := make(chan int, n)
		for range n {
			go func() {
				r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/api/v1/licenses/"+id+"/renew", strings.NewReader("{}"))
				r.Header.Set("Authorization", "Bearer "+token)
				r.Header.Set("Idempotency-Key", "renew")
				r.Header.Set("If-Match", "*")
				rec := httptest.NewRecorder()
				c.mux.ServeHTTP(rec, r)
				codes <- rec.Code
			}()
		}
		for range n {
			if code := <-codes; code != http.StatusOK && code != http.StatusConflict { // of which the answer is not known yet
				t.Errorf("it was answered %d", code)
			}
		}
		if got := c.Events(t, plaza.LicenseRenew, plaza.Done); got != 1 {
			t.Errorf("it was renewed %d times", got)
		}
	})
}
