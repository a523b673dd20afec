package matrixtest

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// oracle tells what is wrong with what became of cells.
type oracle struct {
	w     *world
	known map[string]string // what is answered for an ID that nothing has
	done  map[string]bool   // the ways by which somebody got where they wanted
}

// try sends a cell's request, undoes what it did, and returns what is wrong with
// what became of it; empty if nothing is.
func (o *oracle) try(t *testing.T, c cell) (wrong string) {
	t.Helper()
	var rec *httptest.ResponseRecorder
	o.w.e.cell(t, func() {
		if c.field == "" && c.want == through && (c.letter != c.who.letter || c.way.of != aProfile) {
			o.w.prepare(t, c)
		}
		rec = o.send(t, c, c.id)
		if wrong = o.became(rec, c); wrong == "" {
			wrong = o.told(t, rec, c)
		}
		if wrong == "" {
			wrong = o.changed(t, c)
		}
	})
	own := c.id == c.who.actor.Profile // which stands in every form they get
	if wrong == "" && !own && (c.want == notFound || c.want == alike) {
		if answer, missing := everything(rec, c.id), o.missing(t, c); answer != missing {
			wrong = "an ID that is there is not answered like one that never was: " + short(cmp.Diff(missing, answer))
		}
	}
	return wrong
}

func (o *oracle) send(t *testing.T, c cell, id string) *httptest.ResponseRecorder {
	t.Helper()
	rec := httptest.NewRecorder()
	o.w.mux.ServeHTTP(rec, o.w.request(t, c, id))
	return rec
}

// missing returns what c's request is answered with for an ID that nothing has.
func (o *oracle) missing(t *testing.T, c cell) string {
	t.Helper()
	key := c.who.name + c.way.String() + c.field
	if c.field == "" && c.way.method == http.MethodPost && strings.HasSuffix(c.way.path, "/close") {
		key += c.letter // whose name is in the form
	}
	if _, ok := o.known[key]; !ok {
		o.w.e.cell(t, func() { o.known[key] = everything(o.send(t, c, never), never) })
	}
	return o.known[key]
}

// everything returns all that an answer tells, but for the ID that was asked for.
func everything(rec *httptest.ResponseRecorder, id string) string {
	h := rec.Header()
	told := strings.Join([]string{
		http.StatusText(rec.Code), h.Get("Location"), h.Get("Etag"), h.Get("Content-Disposition"), h.Get("Clear-Site-Data"), rec.Body.String(),
	}, "\n")
	told = seeds.ReplaceAllString(told, "SEED")
	if id == "" {
		return told
	}
	return strings.NewReplacer(id, "ID", cursor(id), "CURSOR").Replace(told)
}

// seeds finds what is another thing each time somebody asks for it, and rests on nothing
// but chance: what an app is to make its codes from.
var seeds = regexp.MustCompile(`name="seed" value="[^"]*"|<path d="[^"]*" fill="#000"|<code class="key-whole">[A-Z2-7 ]*<`)

// became returns what is wrong with an answer's status.
func (o *oracle) became(rec *httptest.ResponseRecorder, c cell) string {
	got := through
	switch to := rec.Header().Get("Location"); {
	case rec.Code >= http.StatusInternalServerError:
		return fmt.Sprintf("status %d", rec.Code)
	case c.want == public, c.want == alike:
		return ""
	case rec.Code == http.StatusUnauthorized, rec.Code == http.StatusSeeOther && strings.HasPrefix(to, "/sign-in"), c.who.closed && rec.Code == http.StatusConflict:
		got = signIn
	case rec.Code == http.StatusForbidden:
		got = forbidden
	case rec.Code == http.StatusNotFound:
		got = notFound
	}
	if got == through && slices.Contains([]int{http.StatusOK, http.StatusCreated, http.StatusAccepted, http.StatusNoContent, http.StatusSeeOther}, rec.Code) {
		o.done[c.way.String()] = true
	}
	if got != c.want {
		return fmt.Sprintf("it %s (%d), but ought to be one that %s", got, rec.Code, c.want)
	}
	return ""
}

// told returns what an answer tells of profiles that its reader knows nothing of.
func (o *oracle) told(t *testing.T, rec *httptest.ResponseRecorder, c cell) string {
	t.Helper()
	answer := strings.ToLower(everything(rec, c.id) + strings.Join(rec.Header().Values("Set-Cookie"), "\n"))
	for _, k := range known {
		if strings.HasPrefix(c.way.path, k.at) {
			answer = k.says.ReplaceAllStringFunc(answer, func(found string) string {
				m := k.says.FindStringSubmatch(found)
				if k.in > 0 && !c.who.sees(m[k.in]) || k.own > 0 && m[k.own] != "" && !strings.EqualFold(m[k.own], c.who.letter) {
					return found
				}
				return ""
			})
		}
	}
	for _, p := range tree {
		if c.who.sees(p.letter) {
			continue
		}
		if c.way.path == "/api/v1/me" && p.letter == c.who.letter {
			continue // who the token stands for
		}
		mark := "canary-" + strings.ToLower(p.letter)
		text := answer
		if c.who.closed && c.who.letter == p.letter {
			text = strings.ReplaceAll(text, "<strong>"+mark+"</strong>", "") // whose door was shut, as one was inside
		}
		if p.letter == "M" && strings.TrimPrefix(c.way.path, "/api/v1") == "/notices" {
			text = strings.ReplaceAll(text, mark+" asks for:", "") // which R was told while it was above
			text = strings.ReplaceAll(text, "new comment on a request: "+mark, "")
		}
		if p.letter == "M" && c.who.sees("R") && strings.HasPrefix(strings.TrimPrefix(c.way.path, "/api/v1"), "/audit") {
			text = billed.ReplaceAllString(text, "") // which R did while it was above
		}
		if c.who.had(p.letter) && strings.Contains(c.way.path, "/statements") {
			text = once.ReplaceAllStringFunc(text, onceTold)
		}
		if at := strings.Index(text, mark); at >= 0 {
			return "it tells of " + p.letter + ": …" + text[max(0, at-80):min(len(text), at+80)]
		}
	}
	return ""
}

// billed finds, in the log and in a file of it, what R's people set and booked for M.
var billed = regexp.MustCompile(`(?s)(booked an adjustment|set the billing terms)\s+of\s+<a [^>]*>canary-m</a>.*?</tr>|` +
	`,(statement\.adjust|billing\.edit),done,,profile,[^,]*,canary-m,[^,]*,canary-r,[^\n]*|` +
	`"verb":"(statement\.adjust|billing\.edit)","result":"done","refusal":"","actor":(null|\{[^{}]*\}),"own":"","above":false,"acting":"","token":"",` +
	`"profile":\{[^{}]*\},"object_kind":"profile","object":\{"id":"[^"]*","name":"canary-m"\},"changes":\[[^\]]*\],"reason":"[^"]*"`)

// once finds what stands after the name of who moved away.
var once = regexp.MustCompile(`canary-m( \w+)?`)

// onceTold leaves out what R may still know of M: its name, and what R booked and agreed on.
func onceTold(found string) string {
	switch strings.TrimPrefix(found, "canary-m") {
	case "", " used", " asked", " account":
		return ""
	}
	return found
}

// visitors finds who is inside, on the Access page.
var visitors = regexp.MustCompile(`(<strong>)?canary-\w \w+(</strong>)? of canary-\w|the visit of canary-\w \w+`)

// known is what one is told of those above, and where: who is inside and was, and
// who asks to be let in.
var known = []struct {
	at   string // how the path begins
	in   int    // which brackets hold the letter of the profile they were inside, which the reader must see; 0: none
	own  int    // which hold that of the profile that was asked, which must be the reader's own
	says *regexp.Regexp
}{
	{"/access", 0, 0, visitors},
	{"/consents", 0, 0, visitors}, // draws the Access page
	{"/api/v1/notices", 0, 0, regexp.MustCompile(`somebody of canary-\w logged in|canary-\w asks to be let in`)},
	{"/notices", 0, 0, regexp.MustCompile(`somebody of canary-\w logged in|canary-\w asks to be let in`)},
	{"/", 1, 0, regexp.MustCompile(`canary-\w \w+ as canary-(\w) `)},  // in histories
	{"/", 1, 0, regexp.MustCompile(`canary-\w looks at canary-(\w)`)}, // a reason
	{"/", 0, 1, regexp.MustCompile(`asked to be let in\s+<strong>canary-\w \w+</strong>(?:\s*<span class="row-sub">canary-(\w))?`)},
	{"/audit/export", 1, 0, regexp.MustCompile(`canary-(\w) \w+,,canary-\w \w+,`)},
	{"/api/v1/audit-events", 1, 0, regexp.MustCompile(`"name":"canary-(\w) \w+"\},"own":"","above":false,"acting":"canary-\w \w+"`)},
	{"/api/v1/audit-events", 0, 1, regexp.MustCompile(`"name":"canary-(\w)"\},"object_kind":"consent","object":\{"id":"(?:[0-9a-f-]{36}|id)","name":"canary-\w \w+"`)},
	{"/audit/export", 0, 1, regexp.MustCompile(`,consent,(?:[0-9a-f-]{36}|id),canary-\w \w+,(?:[0-9a-f-]{36}|id),canary-(\w),`)},
}

// sees reports whether p is at home in the profile with a letter, or above it.
func (p principal) sees(letter string) bool {
	letter = strings.ToUpper(letter)
	return !p.closed && p.within(letter) && (letter == p.letter || below(letter, p.letter))
}

// changed returns what is wrong with what a request changed.
func (o *oracle) changed(t *testing.T, c cell) string {
	t.Helper()
	var refusals []row
	for table, more := range o.w.e.wrote {
		gone, came := o.w.diff(t, table, more)
		for _, r := range came {
			if table == "audit_events" && r["result"] == "refused" {
				refusals = append(refusals, r)
			}
		}
		for _, r := range slices.Concat(gone, came) {
			if wrong := o.mine(c, table, r, len(gone) > 0); wrong != "" {
				return wrong
			}
		}
	}
	switch c.want {
	case forbidden, notFound:
		if c.want == notFound && c.letter == c.who.letter && len(refusals) == 0 {
			return "" // they reached for nothing that is not theirs
		}
		if len(refusals) != 1 {
			return fmt.Sprintf("%d refusals are on record, want 1", len(refusals))
		}
		r := refusals[0]
		if r["actor_login_id"] != c.who.actor.Login || c.who.via != nil && r["via_login_id"] != c.who.login {
			return fmt.Sprintf("the refusal on record is not theirs: %v", r)
		}
	default:
	}
	return ""
}

// diff returns which rows of a table went and which came. Where only new rows
// were added, only those are looked at.
func (w *world) diff(t *testing.T, table string, more bool) (gone, came []row) {
	t.Helper()
	if !more && w.newest[table] != "" {
		return nil, w.e.rows(t, "SELECT * FROM "+table+" WHERE id > '"+w.newest[table]+"'")
	}
	now := w.e.rows(t, "SELECT * FROM "+table)
	count := map[string]int{}
	for _, r := range w.base[table] {
		count[fmt.Sprint(r)]++
	}
	for _, r := range now {
		if key := fmt.Sprint(r); count[key] > 0 {
			count[key]--
		} else {
			came = append(came, r)
		}
	}
	for _, r := range w.base[table] {
		if key := fmt.Sprint(r); count[key] > 0 {
			count[key]--
			gone = append(gone, r)
		}
	}
	return gone, came
}

// mine returns what is wrong with the change of a row: whoever is turned away
// changes nothing but what notes that they came, and nobody changes what is in a
// profile that is neither theirs nor below.
func (o *oracle) mine(c cell, table string, r row, gone bool) string {
	what := fmt.Sprintf("%s changes a row of %s: %v", c.want, table, r)
	switch table {
	case "sessions": // when it was seen; where it is now
		if c.who.actor.Session == r["id"] {
			return ""
		}
	case "attempts":
		if c.want == public || c.want == through {
			return ""
		}
		return what
	case "acting_sessions":
		over := c.who.actor.Via != nil && c.who.actor.Via.ID == r["id"] // and that is noted
		theirs := c.who.login != "" && c.who.login == r["actor_login_id"] && c.want == through
		if over || theirs {
			return ""
		}
	case "exports": // a token's stands with the profile of its login, and that token alone finds it
		if c.who.bearer != "" && c.who.login == r["login_id"] && r["pass_id"] != "" && c.want == through {
			return ""
		}
	case "audit_events":
		return o.event(c, r, what)
	}
	if c.want != through && c.want != alike {
		return what
	}
	letter := o.w.owner(table, r)
	told := (table == "notices" || table == "mails") && !gone // others are told of what was done
	if letter != "" && !c.who.sees(letter) && !told {
		return what + " of " + letter
	}
	return ""
}

// event returns what is wrong with an event that a request left: it is of whoever
// sent it, in a profile of theirs; what is over with a deed, and a wrong password,
// is on record for others.
func (o *oracle) event(c cell, r row, what string) string {
	theirs := c.who.login != "" && (r["actor_login_id"] == c.who.login || r["via_login_id"] == c.who.login)
	switch r["verb"] {
	case "acting.stop":
		if c.who.login != "" && r["via_login_id"] == c.who.login { // their own visit, wherever it was
			return ""
		}
		theirs = theirs || c.want == through || c.want == public || c.who.closed && c.who.via != nil
	case "session.sign_in", "session.sign_out":
		theirs = theirs || r["object_id"] == c.who.login || c.who.closed && c.want == public
	}
	letter := o.w.letter(r["profile_id"])
	made := letter == "" && c.want == through // a profile that was not there before
	if !theirs || !made && letter != c.who.letter && letter != c.who.home && !c.who.sees(letter) {
		return what + " of " + letter
	}
	return ""
}

// owner returns the letter of the profile that a row belongs to; empty if none.
func (w *world) owner(table string, r row) string {
	id := r["profile_id"]
	switch table {
	case "profiles":
		if id = r["parent_id"]; w.letter(r["id"]) != "" {
			id = r["id"]
		}
	case "profile_tree":
		if w.letter(id) == "" {
			return "" // a new one's
		}
	case "acting_sessions":
		id = r["target_profile_id"]
	case "sessions":
		for _, l := range w.base["logins"] {
			if l["id"] == r["login_id"] {
				return w.letter(l["profile_id"])
			}
		}
	case "plans", "settings", "releases", "artifacts", "artifact_parts":
		return "V"
	case "persons":
		for _, l := range w.base["logins"] {
			if l["person_id"] == r["id"] {
				return w.letter(l["profile_id"])
			}
		}
	case "factors", "recovery_codes", "browsers":
		for _, l := range w.base["logins"] {
			if l["person_id"] == r["person_id"] {
				return w.letter(l["profile_id"])
			}
		}
	case "invitations":
		for _, l := range w.base["logins"] {
			if l["id"] == r["login_id"] {
				return w.letter(l["profile_id"])
			}
		}
	}
	return w.letter(id)
}

// letter returns the letter of the profile with an ID; empty if it is none.
func (w *world) letter(id string) string {
	for _, letter := range slices.Sorted(maps.Keys(w.ids)) {
		if w.ids[letter][aProfile] == id {
			return letter
		}
	}
	return ""
}
