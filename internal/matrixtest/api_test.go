package matrixtest

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/api"
)

// apiDoors are the ways in of programs, in the words of doors, but for the fourth column. It
// says whether a token for a profile below is let in:
//
//	token  any token of those who may
//	home   only one for the login's own profile
const apiDoors = `
GET    /api/v1/openapi.json             anybody
/api/                                   anybody
GET    /api/v1/me                             VRPE:oamsu look   token
GET    /api/v1/profiles                       VRPE:oamsu look   token
POST   /api/v1/profiles                       VR:oam     never  token
GET    /api/v1/profiles/{id}                  VRPE:oamsu look   token profile tree
PATCH  /api/v1/profiles/{id}                  VRPE:oa    manage token profile tree
POST   /api/v1/profiles/{id}/suspend          VR:oam     manage token profile tree
POST   /api/v1/profiles/{id}/resume           VR:oam     manage token profile tree
POST   /api/v1/profiles/{id}/reopen           VR:oa      never  token profile tree
GET    /api/v1/licenses                       VRPE:oamsu look   token
POST   /api/v1/licenses                       VR:oam     manage token
GET    /api/v1/licenses/{id}                  VRPE:oamsu look   token license tree
DELETE /api/v1/licenses/{id}                  VR:oam     manage token license tree
POST   /api/v1/licenses/{id}/key              VRPE:oam   manage token license tree
POST   /api/v1/licenses/{id}/suspend          VR:oam     manage token license tree
POST   /api/v1/licenses/{id}/resume           VR:oam     manage token license tree
POST   /api/v1/licenses/{id}/renew            VR:oam     manage token license tree
POST   /api/v1/licenses/{id}/plan             VR:oam     manage token license tree
POST   /api/v1/licenses/{id}/transfer         VR:oam     never  token license tree
POST   /api/v1/licenses/{id}/end              VR:oam     manage token license tree
GET    /api/v1/agents                         VRPE:oamsu look   token
POST   /api/v1/agents                         VR:oam     manage token
GET    /api/v1/agents/{id}                    VRPE:oamsu look   token agent tree
PATCH  /api/v1/agents/{id}                    VRPE:oam   manage token agent tree
GET    /api/v1/agents/{id}/activations        VRPE:oamsu look   token agent tree
GET    /api/v1/logins                         VRPE:oamsu look   token
POST   /api/v1/logins                         VR:oa      never  token
GET    /api/v1/logins/{id}                    VRPE:oamsu look   token login tree
PATCH  /api/v1/logins/{id}                    VRPE:oa    never  token login tree
POST   /api/v1/logins/{id}/disable            VRPE:oa    never  token login tree
POST   /api/v1/logins/{id}/enable             VRPE:oa    never  token login tree
POST   /api/v1/logins/{id}/invitation         VRPE:oa    never  token login tree
GET    /api/v1/plans                          VRPE:oamsu look   home
GET    /api/v1/plans/{id}                     VRPE:oamsu look   home  plan all
GET    /api/v1/requests                       VRPE:oamsu look   token
POST   /api/v1/requests                       PE:oam     never  home
GET    /api/v1/requests/{id}                  VRPE:oamsu look   token request tree
POST   /api/v1/requests/{id}/approve          VR:oam     never  token request below
POST   /api/v1/requests/{id}/decline          VR:oam     never  token request below
POST   /api/v1/requests/{id}/withdraw         RPE:oam    never  home  request own
GET    /api/v1/allowances                     VRPE:oamsu look   token
POST   /api/v1/allowances                     VR:oa      manage token
GET    /api/v1/allowances/{id}                VRPE:oamsu look   token allowance tree
PATCH  /api/v1/allowances/{id}                VR:oa      manage token allowance below
DELETE /api/v1/allowances/{id}                VR:oa      manage token allowance below
GET    /api/v1/batches                        VRPE:oamsu look   home
POST   /api/v1/batches                        VR:oam     never  home
GET    /api/v1/batches/{id}                   VRPE:oamsu look   home  batch tree
GET    /api/v1/imports                        VR:oam     look   home
POST   /api/v1/imports                        VR:oam     never  home
GET    /api/v1/imports/{id}                   VR:oam     look   home  import own
GET    /api/v1/imports/{id}/faulty-rows       VR:oam     look   home  import own
POST   /api/v1/imports/{id}/check             VR:oam     never  home  import maker
POST   /api/v1/imports/{id}/apply             VR:oam     never  home  import maker
POST   /api/v1/imports/{id}/discard           VR:oam     never  home  import maker
GET    /api/v1/exports                        VRPE:oamsu look   token
POST   /api/v1/exports                        VRPE:oamsu look   token
GET    /api/v1/exports/{id}                   VRPE:oamsu look   token export session
GET    /api/v1/exports/{id}/file              VRPE:oamsu look   token export session
POST   /api/v1/exports/{id}/cancel            VRPE:oamsu look   token export session
GET    /api/v1/audit-events                   VRPE:oau   look   home
GET    /api/v1/activations/{id}               VRPE:oamsu look   token activation tree
POST   /api/v1/activations/{id}/release       VRPE:oam   manage token activation tree
GET    /api/v1/monitor                        VRPE:oamsu look   token
GET    /api/v1/notifications                  VRPE:oamsu look   token
POST   /api/v1/notifications/acknowledge      VRPE:oam   manage token
POST   /api/v1/notifications/reopen           VRPE:oam   manage token
GET    /api/v1/agents/{id}/alarm              VRPE:oamsu look   token agent tree
PUT    /api/v1/agents/{id}/alarm              VRPE:oam   manage token agent tree
POST   /api/v1/agents/{id}/license-file       VRPE:oam   manage token agent tree
POST   /api/v1/agents/{id}/machine-file       VRPE:oam   manage token agent tree
GET    /api/v1/releases                       VRPE:oamsu look   token
POST   /api/v1/releases                       V:oa       never  home
GET    /api/v1/releases/{id}                  VRPE:oamsu look   token release all
POST   /api/v1/releases/{id}/publish          V:oa       never  home  draft all
POST   /api/v1/releases/{id}/yank             V:oa       never  home  release all
GET    /api/v1/signing-keys                   VRPE:oamsu look   token
POST   /api/v1/plans                          V:oa       never  home
PATCH  /api/v1/plans/{id}                     V:oa       never  home  plan all
POST   /api/v1/plans/{id}/withdraw            V:oa       never  home  plan all
POST   /api/v1/plans/{id}/restore             V:oa       never  home  plan all
GET    /api/v1/profiles/{id}/plans            VR:oa      manage token profile below
PUT    /api/v1/profiles/{id}/plans            VR:oa      manage token profile below
GET    /api/v1/requests/{id}/comments         VRPE:oamsu look   token request tree
POST   /api/v1/requests/{id}/comments         VRPE:oam   never  token request tree
GET    /api/v1/approval-limits                V:oa       never  home
PUT    /api/v1/approval-limits                V:oa       never  home
GET    /api/v1/moves                          VR:oa      look   home
POST   /api/v1/moves                          VR:oa      never  home
GET    /api/v1/moves/{id}                     VR:oa      look   home  move tree
POST   /api/v1/moves/{id}/withdraw            VR:oa      never  home  move asked
POST   /api/v1/allowances/{id}/request        RPE:oam    never  home  allowance own
GET    /api/v1/profiles/{id}/statements       VRPE:oamu  look   token profile once
GET    /api/v1/profiles/{id}/statements/{month}         VRPE:oamu look token profile once
GET    /api/v1/profiles/{id}/statements/{month}/export  VRPE:oamu look token profile once
GET    /api/v1/profiles/{id}/billing          VR:oa      manage token profile below
PATCH  /api/v1/profiles/{id}/billing          VR:oa      manage token profile below
POST   /api/v1/profiles/{id}/adjustments      VR:oa      manage token profile below
POST   /api/v1/licenses/{id}/billing          VR:oam     manage token license tree
GET    /api/v1/expiry-rules                   VR:oa      manage home
PUT    /api/v1/expiry-rules                   VR:oa      manage home
GET    /api/v1/notices                        VRPE:oamsu look   home
POST   /api/v1/notices/read                   VRPE:oamsu look   home
GET    /api/v1/mails                          V:oa       look   home
POST   /api/v1/mails/{id}/retry               V:oa       manage home  mail tree
GET    /api/v1/visits                         VRPE:oau   never  home
GET    /api/v1/history                        VRPE:oamsu look   home
GET    /api/v1/webhooks                       VRPE:oa    never  home
POST   /api/v1/webhooks                       VRPE:oa    never  home
GET    /api/v1/webhooks/{id}                  VRPE:oa    never  home  webhook own
PATCH  /api/v1/webhooks/{id}                  VRPE:oa    never  home  webhook own
DELETE /api/v1/webhooks/{id}                  VRPE:oa    never  home  webhook own
POST   /api/v1/webhooks/{id}/pause            VRPE:oa    never  home  webhook own
POST   /api/v1/webhooks/{id}/resume           VRPE:oa    never  home  webhook own
POST   /api/v1/webhooks/{id}/rotate           VRPE:oa    never  home  webhook own
POST   /api/v1/webhooks/{id}/test             VRPE:oa    never  home  webhook own
GET    /api/v1/webhooks/{id}/deliveries       VRPE:oa    never  home  webhook own
POST   /api/v1/webhooks/{id}/redeliver        VRPE:oa    never  home  webhook own
GET    /api/v1/deliveries/{id}                VRPE:oa    never  home  delivery own
POST   /api/v1/deliveries/{id}/redeliver      VRPE:oa    never  home  delivery own
`

// apiFields is where else an ID of somebody's can stand in what programs send.
//
//nolint:dupword // two columns can say the same
const apiFields = `
GET  /api/v1/licenses      filter[profile]  profile
GET  /api/v1/licenses      filter[text]     name
GET  /api/v1/licenses      after            license
GET  /api/v1/agents        filter[profile]  profile
GET  /api/v1/agents        filter[text]     name
GET  /api/v1/logins        filter[profile]  profile
GET  /api/v1/logins        filter[text]     name
GET  /api/v1/profiles      filter[text]     name
GET  /api/v1/profiles      filter[parent]   profile
GET  /api/v1/requests      filter[profile]  profile
GET  /api/v1/requests      filter[subject]  license
GET  /api/v1/allowances    filter[text]     name
GET  /api/v1/audit-events  filter[profile]  profile
GET  /api/v1/audit-events  filter[object]   license
GET  /api/v1/audit-events  filter[login]    owner
GET  /api/v1/monitor       filter[profile]  profile
GET  /api/v1/monitor       filter[text]     name
GET  /api/v1/notifications filter[agent]    agent
GET  /api/v1/notifications filter[profile]  profile
GET  /api/v1/notifications filter[text]     name
GET  /api/v1/notifications after            notification
GET  /api/v1/moves         filter[profile]  profile
GET  /api/v1/history       object           license
POST /api/v1/notifications/acknowledge  ids  notification
POST /api/v1/notifications/reopen       ids  seen
POST /api/v1/moves         profile          profile
POST /api/v1/profiles      parent           profile
POST /api/v1/licenses      profile          profile
POST /api/v1/agents        profile          profile
POST /api/v1/logins        profile          profile
POST /api/v1/allowances    profile          profile
POST /api/v1/batches       licenses         license
`

// mountAPI mounts the API for whoever sends a lot at once: here the clock stands still.
func (w *world) mountAPI(t *testing.T) {
	t.Helper()
	must(t, api.Mount(w.mux, api.Config{
		App: w.App, Gate: w.Gate, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Texts: w.Texts, Now: w.Clock.Now, PublicURL: "http://plaza.test",
		Pace: api.Pace{Each: time.Nanosecond, Burst: 1 << 30},
	}))
}

// programs gives everybody who is let in a token for all that one can be for, and makes
// those that reach less, or that are let in no more.
func (w *world) programs(t *testing.T) {
	t.Helper()
	for i := range w.principals {
		if p := &w.principals[i]; !p.closed && p.via == nil {
			_, p.bearer = w.program(t, p.actor, "")
		}
	}
	for _, to := range []string{"P", "E"} {
		for _, by := range []string{"R", "V"} {
			p := w.principal(by + " owner")
			_, p.bearer = w.program(t, p.actor, w.ids[to][aProfile])
			p.name, p.root = by+" owner's token for "+to, to
			w.principals = append(w.principals, p)
		}
	}
	r := w.principal("R owner")
	k, bearer := w.program(t, r.actor, "")
	must(t, w.RevokeToken(t.Context(), r.actor, k.ID, 1))
	w.principals = append(w.principals, principal{name: "R owner's revoked token", letter: "R", actor: r.actor, bearer: bearer, closed: true})
	_, bearer = w.program(t, r.actor, w.ids["M"][aProfile], "E")
	w.principals = append(w.principals, principal{name: "R owner's token for M, which moved away", letter: "R", actor: r.actor, bearer: bearer, closed: true})
}

// browsers has everybody come to the API by their session, too, from a page of Plaza's; and
// some from pages of others, whom nobody knows there.
func (w *world) browsers() {
	for _, p := range w.principals {
		if p.token == "" || p.root != "" {
			continue
		}
		p.bearer = ""
		sites := []string{"same-origin"}
		if p.via != nil || p.role == plaza.Owner {
			sites = append(sites, "same-site", "cross-site", "none")
		}
		name := p.name
		for _, site := range sites {
			one := p
			one.name, one.site, one.closed = name+", whose browser says "+site, site, p.closed || site != "same-origin"
			w.principals = append(w.principals, one)
		}
	}
}

// principal returns one of those that there are.
func (w *world) principal(name string) principal {
	for _, p := range w.principals {
		if p.name == name {
			return p
		}
	}
	return principal{}
}

// program makes a token for all that one can be for, of who may make it, and uses it once.
// One for what is not below them any more is made for something that is, and put where it
// would be if it had been made before.
func (w *world) program(t *testing.T, by plaza.Actor, root string, instead ...string) (plaza.Token, string) {
	t.Helper()
	in := plaza.NewToken{Name: "Canary program", Root: root, Expires: w.Clock.Now().AddDate(0, 6, 0)}
	for _, letter := range instead {
		in.Root = w.ids[letter][aProfile]
	}
	in.Verbs = plaza.TokenVerbs(by.Kind, by.Role, in.Root != "" && in.Root != by.Profile)
	k, bearer, err := w.CreateToken(t.Context(), by, in)
	must(t, err)
	_, err = w.Gate.Bearer(t.Context(), bearer, plaza.Origin{}) // so that it is not noted again
	must(t, err)
	if len(instead) > 0 {
		must(t, w.e.run("UPDATE tokens SET root_profile_id = '"+root+"' WHERE id = '"+k.ID+"'"))
	}
	return k, bearer
}

// within reports whether what is in the profile with a letter is within what the token of p
// reaches, if that is less than its login does.
func (p principal) within(letter string) bool {
	return p.root == "" || letter == p.root || below(letter, p.root)
}

// comes reports whether p tries d at all: who has but a token knows no pages.
func (p principal) comes(d way) bool {
	if p.site != "" {
		return d.api && !d.anybody
	}
	return d.api || p.root == "" && (p.bearer == "" || p.token != "")
}

// shut reports whether p is turned away at d whatever it asks for, as nobody it is known
// to be.
func (p principal) shut(d way) bool { return p.closed || d.api && p.bearer == "" && p.site == "" }

// lets reports whether p is among those who may come by d.
func (d way) lets(p principal) bool {
	return d.rule.lets(p) && (!d.home || p.root == "" || p.root == p.letter)
}

// call returns what a program would send, with id where c has its own.
func (w *world) call(t *testing.T, c cell, path, id string) *http.Request {
	t.Helper()
	body := ""
	switch {
	case c.way.method == http.MethodDelete:
		path += "?reason=a+reason+that+is+long+enough"
		if strings.Contains(path, "allowances") || strings.Contains(path, "webhooks") {
			path, _, _ = strings.Cut(path, "?")
		}
	case c.way.method == http.MethodGet && c.field != "":
		if c.field == "after" {
			id = cursor(id)
		}
		path += "?" + url.Values{c.field: {id}}.Encode()
	case c.way.path == "/api/v1/history":
		path += "?object=" + w.ids[c.who.letter][aLicense]
	case slices.Contains([]string{http.MethodPost, http.MethodPatch, http.MethodPut}, c.way.method):
		b, err := json.Marshal(w.sent(c, id))
		must(t, err)
		body = string(b)
	}
	method, sends := c.way.method, "application/json"
	if method == "" {
		method = http.MethodGet
	}
	if c.way.path == "/api/v1/imports" && method == http.MethodPost {
		path, body, sends = path+"?kind=licenses", "profile,plan\nnobody,nothing\n", "text/csv"
	}
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("If-Match", "*")
	r.Header.Set("Content-Type", sends)
	r.Header.Set("Accept-Language", "en")
	switch {
	case c.who.site != "":
		r.AddCookie(&http.Cookie{Name: "plaza-session", Value: c.who.token})
		r.Header.Set("Sec-Fetch-Site", c.who.site)
	case c.who.bearer != "":
		r.Header.Set("Authorization", "Bearer "+c.who.bearer)
	}
	return r
}

// sent returns the body of c's request, so that it would be accepted where the ID is.
func (w *world) sent(c cell, id string) map[string]any {
	own, letter := c.who.actor.Profile, c.who.letter
	if c.who.root != "" {
		own, letter = w.ids[c.who.root][aProfile], c.who.root
	}
	const why = "a reason that is long enough"
	development, agents := w.Plans[plaza.Development].ID, w.Plans[plaza.ConnectAgentLicense].ID
	noun, deed, _ := strings.Cut(strings.TrimPrefix(c.way.path, api.Prefix+"/"), "/{id}")
	var b map[string]any
	switch noun + deed + " " + c.way.method {
	case "profiles POST":
		b = map[string]any{"parent": own, "kind": "partner", "name": "Intruder", "plan": w.Plans[plaza.PartnerLicense].ID}
	case "licenses POST":
		b = map[string]any{"profile": own, "plan": development, "name": "Intruder"}
	case "agents POST":
		b = map[string]any{"profile": own, "plan": agents, "name": "Intruder"}
	case "logins POST":
		b = map[string]any{"profile": own, "name": "Intruder", "email": "intruder@example.com", "role": "manager"}
	case "requests POST":
		b = map[string]any{"license": map[string]any{"plan": development, "name": "Intruder"}}
	case "allowances POST":
		b = map[string]any{"profile": own, "kind": "connectagent", "most": 60}
	case "notifications/acknowledge POST":
		b = map[string]any{"ids": []string{w.ids[letter][aNotification]}}
	case "notifications/reopen POST":
		b = map[string]any{"ids": []string{w.ids[letter][aSeen]}}
	case "releases POST":
		b = map[string]any{"release": "9.9.9", "channel": "stable"}
	case "plans POST":
		b = map[string]any{"kind": "development", "name": "Intruder", "term_months": 12}
	case "moves POST":
		child, ok := map[string]string{"S": "Q", "D": "G"}[c.who.letter]
		if !ok {
			child = "P"
		}
		b = map[string]any{"profile": w.ids[child][aProfile], "whom": "Intruder", "reason": why}
	case "approval-limits PUT":
		b = map[string]any{"limits": []map[string]any{{"currency": "EUR", "minor": 500}}}
	case "expiry-rules PUT":
		b = map[string]any{"rules": []map[string]any{{"kind": "development", "days": []int{7}, "own": true}}}
	case "agents/alarm PUT":
		b = map[string]any{"on": true, "minutes": 7, "address": "intruder@example.com"}
	case "agents/license-file POST":
		b = map[string]any{"days": 7}
	case "agents/machine-file POST":
		b = map[string]any{"request": w.offline[c.id], "days": 7}
	case "profiles/plans PUT":
		b = map[string]any{"all": true}
	case "profiles/billing PATCH":
		b = map[string]any{"billing_id": "intruder"}
	case "profiles/adjustments POST":
		b = map[string]any{"amount": map[string]any{"currency": "EUR", "minor": -500}, "reason": why}
	case "licenses/billing POST":
		b = map[string]any{"billing_id": "intruder"}
	case "allowances/request POST":
		b = map[string]any{"most": 60}
	case "requests/comments POST":
		b = map[string]any{"text": "a comment"}
	case "exports POST":
		b = map[string]any{"list": "licenses"}
	case "imports/check POST":
		b = map[string]any{"columns": []map[string]any{{"field": "profile", "column": 0}, {"field": "plan", "column": 1}}}
	case "batches POST":
		b = map[string]any{"kind": "renew", "licenses": []string{w.ids[c.who.letter][aLicense]}}
	case "allowances PATCH":
		b = map[string]any{"most": 60}
	case "webhooks POST":
		b = map[string]any{"name": "Intruder", "url": "https://intruder.example.com", "all": true}
	case "webhooks/redeliver POST":
		b = map[string]any{"from": w.Clock.Now().Add(-time.Hour), "till": w.Clock.Now().Add(time.Hour)}
	case "profiles PATCH", "agents PATCH", "logins PATCH", "plans PATCH", "webhooks PATCH":
		b = map[string]any{"name": "Intruder"}
	case "licenses/plan POST":
		b = map[string]any{"plan": w.other.ID, "reason": why}
	case "licenses/transfer POST":
		b = map[string]any{"to": own, "reason": why}
		if c.who.root != "" { // which sees nobody else
			break
		}
		b = map[string]any{"to": w.form(cell{who: c.who, way: way{path: "/licenses/{id}/transfer"}, letter: c.letter}).Get("to"), "reason": why}
	case "licenses/renew POST", "licenses/suspend POST", "licenses/end POST", "profiles/suspend POST", "requests/decline POST", "releases/yank POST":
		b = map[string]any{"reason": why}
	default:
		return nil
	}
	switch c.field {
	case "":
	case "licenses", "ids":
		b[c.field] = []string{id}
	default:
		b[c.field] = id
	}
	return b
}
