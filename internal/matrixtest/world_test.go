package matrixtest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/pquerna/otp/totp"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/door"
	"github.com/connectplaza/plaza/internal/heartbeat"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/web"
)

// tree is every profile of the world by its letter, with the one above it. Their
// names, and those of all that is in them, begin with "Canary-" and the letter.
//
//	V vendor
//	├─ R reseller
//	│  ├─ P partner
//	│  ├─ E enterprise
//	│  ├─ C partner, closed
//	│  └─ D reseller
//	│     └─ G partner
//	└─ S reseller
//	   ├─ Q partner
//	   └─ M partner, which was R's before
var tree = []node{
	{"V", "", plaza.Vendor},
	{"R", "V", plaza.Reseller},
	{"S", "V", plaza.Reseller},
	{"P", "R", plaza.Partner},
	{"E", "R", plaza.Enterprise},
	{"C", "R", plaza.Partner},
	{"D", "R", plaza.Reseller},
	{"G", "D", plaza.Partner},
	{"Q", "S", plaza.Partner},
	{"M", "R", plaza.Partner}, // at first
}

type node struct {
	letter, above string
	kind          plaza.ProfileKind
}

// above returns the letters of the profiles above one, nearest first.
func above(letter string) (all []string) {
	for letter != "" {
		i := slices.IndexFunc(tree, func(n node) bool { return n.letter == letter })
		if letter = tree[i].above; all == nil && tree[i].letter == "M" {
			letter = "S" // by now
		}
		if letter != "" {
			all = append(all, letter)
		}
	}
	return all
}

// below reports whether the profile a is strictly below b.
func below(a, b string) bool { return slices.Contains(above(a), b) }

// thing is one kind of what an ID can be of.
type thing string

const (
	aProfile       thing = "profile"
	aLicense       thing = "license"
	anAgent        thing = "agent"
	anAgentLicense thing = "agent license"
	anActivation   thing = "activation"
	aFingerprint   thing = "fingerprint"
	aComponent     thing = "component"
	aProcess       thing = "process"
	aLogin         thing = "login" // of a member of the support staff
	anOwner        thing = "owner" // the login of one
	aRequest       thing = "request"
	aConsent       thing = "consent"
	aVisit         thing = "visit" // an acting session
	aMail          thing = "mail"
	aPlan          thing = "plan"    // the vendor's only, for all to see
	aRelease       thing = "release" // that is published; the vendor's only, for all to see
	aDraft         thing = "draft"   // of one, with a build
	aNotification  thing = "notification"
	anAllowance    thing = "allowance"
	aMove          thing = "move"    // of something right below, to whom the vendor is to choose
	aBatch         thing = "batch"   // that waits, but for one thing that failed
	anExport       thing = "export"  // that can be downloaded
	anImport       thing = "import"  // that is being tried, with a row that cannot be made
	aFactor        thing = "factor"  // of the owner
	aBrowser       thing = "browser" // that is remembered, of the owner
	aWebhook       thing = "webhook"
	aDelivery      thing = "delivery" // that was delivered
	aWaiting       thing = "waiting"  // delivery, which was not
	aToken         thing = "token"    // that is the profile's
	aSeen          thing = "seen"     // notification, which somebody above has acknowledged
)

// world is the profiles, all that is in them, and everybody who could try to get
// at it.
type world struct {
	*apptest.World

	e          *engine
	mux        *door.Mux
	other      plaza.Plan                  // for development licenses, under which there are none
	signature  string                      // of build
	ids        map[string]map[thing]string // by letter
	owners     map[string]plaza.Actor      // by letter
	keys       map[string]string           // of the license of an agent, by letter
	principals []principal
	base       map[string][]row  // every row there is, by table
	newest     map[string]string // the newest ID in each table
	versions   map[string]string // of what has one, by its ID
	offline    map[string]string // by the ID of an agent: what its machine writes that reaches no server
}

// principal is somebody who sends requests.
type principal struct {
	name   string
	letter string // of the profile they are at work in
	kind   plaza.ProfileKind
	role   plaza.Role
	via    *keyboard // who really sits there, if they are acting
	home   string    // letter of the profile that one is at home in; empty unless acting
	login  string    // of whoever does
	token  string
	actor  plaza.Actor
	bearer string // the token of a program of theirs
	site   string // what their browser says to the API of where a request comes from; empty: no browser asks it
	root   string // letter of the profile that it reaches, if that is not their own
	closed bool   // the session opens nothing: nobody, or not any more
}

// keyboard is who acts in another profile.
type keyboard struct {
	kind plaza.ProfileKind
	role plaza.Role
	mode plaza.Mode
}

func newWorld(t *testing.T, address string) *world {
	t.Helper()
	e, db := open(t, address)
	w := &world{
		World: apptest.New(t, db), e: e, mux: &door.Mux{}, ids: map[string]map[thing]string{}, owners: map[string]plaza.Actor{},
		keys: map[string]string{}, offline: map[string]string{},
	}
	web.Mount(w.mux, web.Config{
		App: w.App, Gate: w.Gate, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Texts: w.Texts,
		Now: w.Clock.Now, Zone: time.UTC, PublicURL: "http://plaza.test",
	})
	w.mountAPI(t)
	must(t, e.run("UPDATE profiles SET name = 'Canary-V', name_fold = 'canary-v', support_email = 'canary-v-help@example.com' WHERE kind = 'vendor'"))
	must(t, e.run("UPDATE persons SET name = 'Canary-V owner', email = 'canary-v@example.com', email_fold = 'canary-v@example.com' WHERE email = 'vendor@example.com'"))
	must(t, e.run("UPDATE logins SET name = 'Canary-V owner', name_fold = 'canary-v owner' WHERE name = 'Vendor owner'"))
	w.owners["V"] = w.SignIn(t, "canary-v@example.com")
	other, err := w.CreatePlan(t.Context(), w.owners["V"], plaza.NewPlan{Kind: plaza.Development, Name: "Another plan", TermMonths: 1, Machines: 1})
	must(t, err)
	w.other = other
	for _, p := range tree[1:] {
		w.owners[p.letter] = w.Add(t, w.owners[p.above], p.kind, "Canary-"+p.letter)
	}
	late := w.SignIn(t, "canary-r@example.com")
	old := principal{name: "R owner, too late", letter: "R", actor: late, token: w.Tokens[late.Login], closed: true}
	w.Clock.Advance(time.Hour)
	for _, p := range tree {
		w.owners[p.letter] = w.SignIn(t, "canary-"+strings.ToLower(p.letter)+"@example.com")
	}
	for _, p := range tree {
		w.ids[p.letter] = w.fill(t, p.letter, p.above)
	}
	for letter, child := range map[string]string{"R": "E", "S": "Q", "D": "G"} {
		m, err := w.ProposeMove(t.Context(), w.owners[letter], plaza.NewMove{
			Profile: w.ids[child][aProfile], Whom: "Canary-" + letter + " friend", Reason: "Canary-" + letter + " has no time",
		})
		must(t, err)
		w.ids[letter][aMove] = m.ID
	}
	w.Vendor = w.owners["V"]
	w.ids["V"][aPlan] = w.Plans[plaza.EnterpriseLicense].ID
	w.ids["V"][aRelease] = w.Publish(t, "5.0.0").ID
	w.ids["V"][aDraft] = w.Draft(t, plaza.NewRelease{Version: "5.0.1"}, map[string]string{"linux/amd64": build}).ID
	_, w.signature = w.Sign(t, build)
	must(t, w.e.run(`UPDATE audit_events SET position = 0 WHERE id = (SELECT min(id) FROM audit_events WHERE profile_id = '`+w.ids["P"][aProfile]+`')`)) // one is sealed
	moved := w.inside(t, "R", plaza.Owner, "M", plaza.Owner, plaza.Manage)
	w.move(t)
	w.close(t, w.owners["R"], w.ids["C"][aProfile])
	w.people(t)
	w.programs(t)
	moved.name, moved.closed = "R owner in M, which moved away", true
	w.principals = append(w.principals, old, moved)
	w.browsers()
	w.factors(t)
	w.keep(t)
	return w
}

// build is the file of a build.
const build = "the program"

// fill puts one thing of each kind into a profile, and returns the IDs.
func (w *world) fill(t *testing.T, letter, above string) map[thing]string {
	t.Helper()
	ctx, own, name := t.Context(), w.owners[letter], "Canary-"+letter
	by := own
	if above != "" {
		by = w.owners[above]
	}
	l, err := w.IssueLicense(ctx, by, plaza.NewLicense{Profile: own.Profile, Plan: w.Plans[plaza.Development].ID, Name: name + " license"})
	must(t, err)
	agent, err := w.CreateAgent(ctx, by, plaza.NewAgent{Profile: own.Profile, Plan: w.Plans[plaza.ConnectAgentLicense].ID, Name: name + " agent"})
	must(t, err)
	w.Invite(t, by, own.Profile, name+" helper", plaza.Support)
	help := w.SignIn(t, name+"-helper@example.com")
	ids := map[thing]string{aProfile: own.Profile, aLicense: l.ID, anAgent: agent.ID, aLogin: help.Login, anOwner: own.Login}
	w.activate(t, letter, own, agent, ids)
	w.tell(t, own, agent, by, ids)
	if own.Kind == plaza.Partner || own.Kind == plaza.Enterprise {
		req, err := w.MakeRequest(ctx, own, plaza.Wish{License: &plaza.NewLicense{Plan: w.Plans[plaza.Development].ID, Name: name + " wish"}}, name+" note")
		must(t, err)
		ids[aRequest] = req.ID
	}
	mails, err := w.Gate.Mailbox(ctx, plaza.Page{Size: plaza.MaxPageSize})
	must(t, err)
	for _, m := range mails.Rows {
		if strings.EqualFold(m.To, name+"-helper@example.com") {
			ids[aMail] = m.ID
		}
	}
	must(t, w.e.run(`UPDATE licenses SET renews = TRUE, edition = 0 WHERE id = '`+l.ID+`'`))
	k, _, err := w.CreateToken(ctx, own, plaza.NewToken{Name: name + " token", Shared: true, Verbs: []plaza.Verb{plaza.LicenseRead}, Expires: w.Clock.Now().AddDate(0, 6, 0)})
	must(t, err)
	ids[aToken] = k.ID
	ids[aBatch] = w.batch(t, own, l.ID, agent.License.ID)
	ids[anImport] = w.importOf(t, own)
	w.webhook(t, own, ids)
	must(t, w.ChooseMails(ctx, own, map[plaza.MailTopic]plaza.MailChoice{plaza.TopicEnds: plaza.MailDaily}))
	owed := plaza.Notice{ID: uuid.Must(uuid.NewV7()).String(), Login: own.Login, Profile: own.Profile, Kind: plaza.NoticeLicenseEnds, About: name + " license", At: w.Clock.Now()}
	must(t, w.DB.Tx(ctx, func(tx *store.Tx) error { return tx.InsertNotice(ctx, owed, true) }))
	if above != "" {
		bound, err := w.CreateAllowance(ctx, by, plaza.NewAllowance{Profile: own.Profile, Kind: plaza.Development, Most: 50})
		must(t, err)
		ids[anAllowance] = bound.ID
		if req := ids[aRequest]; req != "" {
			must(t, w.CommentOnRequest(ctx, own, req, name+" comment"))
			must(t, w.CommentOnRequest(ctx, by, req, why(by.ProfileName, own.ProfileName)))
		}
		w.bill(t, by, own)
		ids[aConsent] = w.ask(t, by, own)
		if letter == "P" {
			w.ask(t, w.owners["V"], own) // whose name is not for R, which is between
		}
		v := w.inside(t, above, plaza.Owner, letter, plaza.Owner, plaza.Look)
		ids[aVisit] = v.actor.Via.ID
	}
	return ids
}

// bill sets on which terms a profile is billed, and books something on its statement.
func (w *world) bill(t *testing.T, by, own plaza.Actor) {
	t.Helper()
	terms := plaza.BillingEdit{Currency: "EUR", TimeZone: "UTC", BillingID: own.ProfileName + " account"}
	must(t, w.EditBilling(t.Context(), by, own.Profile, terms))
	_, err := w.Adjust(t.Context(), by, own.Profile, plaza.NewAdjustment{Minor: 500, Reason: own.ProfileName + " asked for it"})
	must(t, err)
}

// batch makes a batch of what is in a profile, of which the first thing failed and the
// second was done, and returns its ID. It is nobody's turn to work on it.
func (w *world) batch(t *testing.T, own plaza.Actor, licenses ...string) string {
	t.Helper()
	b := plaza.Batch{
		ID: uuid.Must(uuid.NewV7()).String(), Profile: own.Profile, Login: own.Login, Kind: plaza.BatchRenew, Reason: own.ProfileName + " renewal", Created: w.Clock.Now(),
	}
	must(t, w.DB.Tx(t.Context(), func(tx *store.Tx) error {
		if err := tx.InsertBatch(t.Context(), b, append(licenses, uuid.Must(uuid.NewV7()).String())); err != nil {
			return err
		}
		failed := store.BatchItem{Number: 1, Name: own.ProfileName + " item", Why: plaza.T("license.endless")}
		return tx.FinishItems(t.Context(), b, []store.BatchItem{failed, {Number: 2}}, w.Clock.Now())
	}))
	return b.ID
}

// exports makes a file for the session of each profile's owner, and one that waits to be made.
func (w *world) exports(t *testing.T) {
	t.Helper()
	for _, p := range tree {
		w.ids[p.letter][anExport] = w.export(t, w.exporter(p.letter))
	}
}

// exporter returns who has the export of the profile with a letter.
func (w *world) exporter(letter string) plaza.Actor {
	who := w.owners[letter]
	for _, one := range w.principals {
		if one.letter == letter && one.role == plaza.Owner && one.via == nil && !one.closed {
			who = one.actor
		}
	}
	return who
}

func (w *world) export(t *testing.T, who plaza.Actor) string {
	t.Helper()
	var part bytes.Buffer
	z := gzip.NewWriter(&part)
	_, err := z.Write([]byte(who.ProfileName + " export"))
	must(t, errors.Join(err, z.Close()))
	e := plaza.Export{
		NewExport: plaza.NewExport{List: plaza.ExportLicenses, Query: "q=" + who.ProfileName, Form: plaza.ExportComma, Language: "en", TimeZone: "UTC"},
		ID:        uuid.Must(uuid.NewV7()).String(), ExportOwner: who.ExportOwner(), Profile: who.Profile, Role: who.Role, Created: w.Clock.Now(), Total: 1,
	}
	waits := e
	waits.ID = uuid.Must(uuid.NewV7()).String()
	must(t, w.DB.Tx(t.Context(), func(tx *store.Tx) error {
		for _, one := range []plaza.Export{waits, e} {
			if ok, err := tx.InsertExport(t.Context(), one); err != nil || !ok {
				return errors.Join(err, errors.New("there is no room for it"))
			}
		}
		e.Finished, e.Expires, e.Rows, e.Parts, e.Size = w.Clock.Now(), w.Clock.Now().AddDate(1, 0, 0), 1, 1, len(who.ProfileName+" export")
		return tx.PutExport(t.Context(), e, part.Bytes(), w.Clock.Now())
	}))
	return e.ID
}

// importOf makes an import of a profile's owner, and returns its ID.
func (w *world) importOf(t *testing.T, own plaza.Actor) string {
	t.Helper()
	i := plaza.Import{
		ID: uuid.Must(uuid.NewV7()).String(), Profile: own.Profile, Login: own.Login, Kind: plaza.ImportLicenses, State: plaza.ImportChecking, File: own.ProfileName + " file",
		Headings: []string{"profile", "plan"}, Columns: plaza.ImportColumns{"profile": 0, "plan": 1}, Rows: 2, Created: w.Clock.Now(), Changed: w.Clock.Now(),
	}
	part := store.ImportPart{Number: 1, Lines: []plaza.ImportLine{{Number: 2, Cells: []string{own.Profile, own.ProfileName + " plan"}}, {Number: 3, Cells: []string{own.ProfileName}}}}
	must(t, w.DB.Tx(t.Context(), func(tx *store.Tx) error {
		if err := tx.InsertImport(t.Context(), i, []store.ImportPart{part}); err != nil {
			return err
		}
		part.Bad, part.Problems = 1, []plaza.ImportProblem{{Row: 2, Field: "plan", Value: own.ProfileName + " plan", Why: plaza.T("problem.plan")}}
		_, err := tx.KeepImport(t.Context(), plaza.Everyone("to be there"), i, part, w.Clock.Now())
		return err
	}))
	return i.ID
}

// activate lets an agent come in with its key, and puts what it made into ids.
func (w *world) activate(t *testing.T, letter string, own plaza.Actor, agent plaza.ConnectAgent, ids map[thing]string) {
	t.Helper()
	ctx := t.Context()
	// Its machines are among those that could be culled, though none ever is.
	must(t, w.e.run(`UPDATE licenses SET terms = '{"heartbeatCullStrategy": "DEACTIVATE_DEAD"}' WHERE id = '`+agent.License.ID+`'`))
	key, err := w.RevealLicenseKey(ctx, own, agent.License.ID)
	must(t, err)
	b, err := w.Fleet.Identify(ctx, key, plaza.Origin{})
	must(t, err)
	m, err := w.Fleet.Activate(ctx, b, plaza.NewActivation{
		Fingerprint: agent.Name + " fingerprint", Host: agent.Name + " host", Components: []plaza.NewComponent{{Fingerprint: agent.Name + " disk", Name: agent.Name + " disk"}},
	})
	must(t, err)
	p, err := w.Fleet.Spawn(ctx, b, m.ID, agent.Name+" process", "")
	must(t, err)
	request, err := json.Marshal(plaza.OfflineRequest{
		Type: "plaza-offline-request", Version: 1, Key: key, Fingerprint: m.Fingerprint, RequestedAt: w.Clock.Now(),
	})
	must(t, err)
	w.offline[agent.ID] = string(request)
	ids[anAgentLicense], ids[anActivation], ids[aComponent], ids[aProcess] = agent.License.ID, m.ID, m.Components[0].ID, p.ID
	ids[aFingerprint], w.keys[letter] = m.Fingerprint, key
}

// tell lets an agent that was activated report, of which somebody above has seen a
// part, and puts what it told into ids. Its owner wants to be told of its silence.
func (w *world) tell(t *testing.T, own plaza.Actor, agent plaza.ConnectAgent, by plaza.Actor, ids map[thing]string) {
	t.Helper()
	ctx := t.Context()
	key, err := w.RevealLicenseKey(ctx, own, agent.License.ID)
	must(t, err)
	b, err := w.Fleet.Identify(ctx, key, plaza.Origin{})
	must(t, err)
	_, err = w.Fleet.Ping(ctx, b, ids[anActivation], heartbeat.Beat{Generation: -1})
	must(t, err)
	_, err = w.Fleet.Flush(ctx)
	must(t, err)
	_, err = w.Fleet.Report(ctx, b, ids[anActivation], plaza.Report{
		Health: plaza.HealthWarning, Message: agent.Name + " is unwell", Build: agent.Name + " version",
		Notifications: []plaza.NewNotification{
			{Level: "error", Location: agent.Name + " flow", Message: agent.Name + " lost an order"},
			{Level: "info", Location: agent.Name + " flow", Message: agent.Name + " found it", At: w.Clock.Now().Add(-time.Hour)},
		},
	})
	must(t, err)
	list, err := w.Notifications(ctx, own, plaza.NotificationFilter{Agent: agent.ID}, plaza.Page{})
	must(t, err)
	ids[aNotification], ids[aSeen] = list.Rows[0].ID, list.Rows[1].ID
	_, err = w.AcknowledgeNotifications(ctx, by, []string{ids[aSeen]})
	must(t, err)
	must(t, w.SetAlarm(ctx, own, agent.ID, plaza.AlarmEdit{On: true, Minutes: 5}))
	must(t, w.e.run(fmt.Sprintf(`INSERT INTO agent_states (agent_id, profile_id, at, state) SELECT id, profile_id, %d, 'online' FROM connectagents WHERE id = '%s'`,
		before().UnixMicro(), agent.ID)))
}

// before is when each agent has a line in its history before that of its report.
func before() time.Time { return apptest.Start().Add(-time.Hour) }

// ask has a profile be asked to be let in, by one above it, and returns the
// consent's ID: it waits for an answer.
func (w *world) ask(t *testing.T, by, own plaza.Actor) string {
	t.Helper()
	set := func(s plaza.SupportAccess) {
		p, err := w.Profile(t.Context(), own, own.Profile)
		must(t, err)
		must(t, w.SetSupportAccess(t.Context(), own, s, p.Version))
	}
	set(plaza.AccessAsk)
	c, err := w.AskConsent(t.Context(), by, plaza.NewConsent{Profile: own.Profile, Reason: why(by.ProfileName, own.ProfileName), Ticket: why(by.ProfileName, own.ProfileName), Until: w.Clock.Now().Add(24 * time.Hour)})
	must(t, err)
	set(plaza.AccessAllowed)
	return c.ID
}

// why is the reason, and the ticket, for somebody of one profile to enter another:
// who knows that one may know it. It is written otherwise than their names, which
// somebody may search for while it stands above the page.
func why(from, in string) string { return strings.ToLower(from + " looks at " + in) }

// inside has somebody of one profile act as a login in another.
func (w *world) inside(t *testing.T, from string, role plaza.Role, in string, as plaza.Role, mode plaza.Mode) principal {
	t.Helper()
	by := w.SignIn(t, email(from, role))
	target := w.SignIn(t, email(in, as))
	token, err := w.LogInAs(t.Context(), by, plaza.NewActing{Login: target.Login, Reason: why(by.ProfileName, target.ProfileName), Ticket: why(by.ProfileName, target.ProfileName)})
	must(t, err)
	origin := plaza.Origin{Address: "Canary-" + from + " at home", UserAgent: "Canary-" + from + " browser"}
	v, err := w.Gate.Identify(t.Context(), token, origin)
	must(t, err)
	if mode == plaza.Manage {
		must(t, w.RaiseActing(t.Context(), v.Actor, mode))
		v, err = w.Gate.Identify(t.Context(), token, origin)
		must(t, err)
	}
	return principal{
		name: from + " " + string(role) + " in " + in + " as " + string(as) + ", to " + string(mode), letter: in, kind: v.Actor.Kind, role: v.Actor.Role,
		via: &keyboard{by.Kind, by.Role, mode}, home: from, login: by.Login, token: token, actor: v.Actor,
	}
}

// email returns the address of who has a role in a profile.
func email(letter string, role plaza.Role) string {
	name := "canary-" + strings.ToLower(letter)
	if role != plaza.Owner {
		name += "-" + string(role)
	}
	return name + "@example.com"
}

// move hangs M under S. Plaza has no use case for that yet, so it is done where
// one would.
func (w *world) move(t *testing.T) {
	t.Helper()
	m, r, s := w.ids["M"][aProfile], w.ids["R"][aProfile], w.ids["S"][aProfile]
	must(t, w.e.run("UPDATE profiles SET parent_id = '"+s+"' WHERE id = '"+m+"'"))
	must(t, w.e.run("UPDATE profile_tree SET ancestor_id = '"+s+"' WHERE profile_id = '"+m+"' AND ancestor_id = '"+r+"'"))
	must(t, w.DB.Tx(t.Context(), func(tx *store.Tx) error {
		return errors.Join(tx.MovePlaces(t.Context(), m, w.Clock.Now()), tx.ForgetDeliveries(t.Context(), m))
	}))
	_, err := w.Adjust(t.Context(), w.owners["S"], m, plaza.NewAdjustment{Minor: 700, Reason: "Canary-S has it now"})
	must(t, err)
}

// close closes a profile.
func (w *world) close(t *testing.T, by plaza.Actor, id string) {
	t.Helper()
	c, err := w.Profile(t.Context(), by, id)
	must(t, err)
	must(t, w.SuspendProfile(t.Context(), by, id, "it does not pay", c.Version))
	must(t, w.CloseProfile(t.Context(), by, id, c.Name, "it went out of business", c.Version+1))
}

// people makes everybody who comes to the doors.
func (w *world) people(t *testing.T) {
	t.Helper()
	add := func(p principal) { w.principals = append(w.principals, p) }
	for _, letter := range []string{"V", "R", "P", "E"} {
		for _, role := range plaza.Roles() {
			if role == plaza.Member {
				continue
			}
			if role != plaza.Owner {
				w.Invite(t, w.owners[inviter(letter)], w.ids[letter][aProfile], "Canary-"+letter+" "+string(role), role)
			}
			a := w.SignIn(t, email(letter, role))
			add(principal{name: letter + " " + string(role), letter: letter, kind: a.Kind, role: role, login: a.Login, token: w.Tokens[a.Login], actor: a})
		}
	}
	for _, letter := range []string{"D", "G", "S", "Q"} {
		a := w.SignIn(t, email(letter, plaza.Owner))
		add(principal{name: letter + " owner", letter: letter, kind: a.Kind, role: a.Role, login: a.Login, token: w.Tokens[a.Login], actor: a})
	}
	add(w.inside(t, "R", plaza.Owner, "P", plaza.Owner, plaza.Look))
	add(w.inside(t, "R", plaza.Owner, "P", plaza.Owner, plaza.Manage))
	add(w.inside(t, "R", plaza.Owner, "P", plaza.Auditor, plaza.Manage))
	add(w.inside(t, "R", plaza.Support, "P", plaza.Owner, plaza.Manage))
	add(w.inside(t, "V", plaza.Owner, "R", plaza.Owner, plaza.Look))
	add(w.inside(t, "V", plaza.Administrator, "R", plaza.Manager, plaza.Manage))
	add(w.inside(t, "V", plaza.Support, "E", plaza.Owner, plaza.Manage))
	w.exports(t)
	w.shutOut(t)
	w.deeds(t)
}

// deeds has those who act do something, in what they act in and below: who it was
// is for the ones to know, and not for the others.
func (w *world) deeds(t *testing.T) {
	t.Helper()
	for _, p := range w.principals {
		if p.via == nil || p.via.mode != plaza.Manage || p.via.role == plaza.Support {
			continue
		}
		_, err := w.IssueLicense(t.Context(), p.actor, plaza.NewLicense{
			Profile: w.ids["P"][aProfile], Plan: w.Plans[plaza.Development].ID, Name: "Canary-P license of a visit",
		})
		must(t, err)
	}
}

// inviter returns the letter of who can invite into a profile.
func inviter(letter string) string {
	if all := above(letter); len(all) > 0 {
		return all[0]
	}
	return letter
}

// shutOut makes those who have no session, or one that is worth nothing any more.
func (w *world) shutOut(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	w.principals = append(w.principals, principal{name: "nobody", closed: true})
	for _, letter := range []string{"R", "P"} {
		name := "Canary-" + letter + " gone"
		a := w.Invite(t, w.owners[inviter(letter)], w.ids[letter][aProfile], name, plaza.Administrator)
		l, err := w.Login(ctx, w.owners["V"], a.Login)
		must(t, err)
		must(t, w.DisableLogin(ctx, w.owners["V"], a.Login, l.Version))
		w.principals = append(w.principals, principal{name: letter + " administrator, disabled", letter: letter, token: w.Tokens[a.Login], actor: a, closed: true})

		b := w.Invite(t, w.owners[inviter(letter)], w.ids[letter][aProfile], name+" member", plaza.Manager)
		l, err = w.Login(ctx, w.owners["V"], b.Login)
		must(t, err)
		must(t, w.EditLogin(ctx, w.owners["V"], b.Login, plaza.LoginEdit{Name: l.Name, Role: plaza.Member, Version: l.Version}))
		w.principals = append(w.principals, principal{name: letter + " member", letter: letter, token: w.Tokens[b.Login], actor: b, closed: true})
	}
	out := w.SignIn(t, "canary-p@example.com")
	token := w.Tokens[out.Login]
	must(t, w.Gate.SignOut(ctx, token, plaza.Origin{}))
	w.principals = append(w.principals, principal{name: "P owner, signed out", letter: "P", token: token, actor: out, closed: true})
}

// factors gives each owner a second step, and a browser in which it is not asked for. Two
// of them have given their password, and nothing more.
func (w *world) factors(t *testing.T) {
	t.Helper()
	now := w.Clock.Now()
	for letter, own := range w.owners {
		if letter == "C" { // which is closed, so that nobody comes in
			closed := plaza.Factor{ID: uuid.Must(uuid.NewV7()).String(), Person: own.Person, Kind: plaza.FactorApp, Name: own.ProfileName + " phone", Created: now}
			must(t, w.DB.Tx(t.Context(), func(tx *store.Tx) error {
				return tx.InsertFactor(t.Context(), store.SealedFactor{Factor: closed, Sealed: []byte("sealed")})
			}))
			w.ids[letter][aFactor] = closed.ID
		} else {
			own = w.SignIn(t, email(letter, plaza.Owner))
			in := w.newFactor(t, own)
			in.Name, in.Lasting = own.ProfileName+" phone", true
			_, err := w.AddFactor(t.Context(), own, in)
			must(t, err)
			has, err := w.Factors(t.Context(), own)
			must(t, err)
			w.ids[letter][aFactor] = has.All[0].ID
		}
		b := plaza.Browser{ID: uuid.Must(uuid.NewV7()).String(), Created: now, Expires: now.AddDate(0, 1, 0), Address: own.ProfileName + " at home"}
		must(t, w.DB.Tx(t.Context(), func(tx *store.Tx) error { return tx.InsertBrowser(t.Context(), b, own.Person, []byte(b.ID)) }))
		w.ids[letter][aBrowser] = b.ID
	}
	for _, letter := range []string{"R", "P"} {
		token, err := w.Gate.SignIn(t.Context(), email(letter, plaza.Owner), apptest.Password, plaza.Origin{})
		must(t, err)
		half := w.owners[letter]
		must(t, w.DB.Read(t.Context(), func(tx *store.Tx) error {
			s, err := tx.Session(t.Context(), secret.HashToken(token))
			half.Session = s.ID
			return err
		}))
		w.principals = append(w.principals, principal{name: letter + " owner, with the password alone", letter: letter, token: token, actor: half, closed: true})
	}
}

// newFactor returns what somebody fills in to add an app; nothing if they may not.
func (w *world) newFactor(t *testing.T, who plaza.Actor) plaza.NewFactor {
	t.Helper()
	seed, err := w.Seed(t.Context(), who, "")
	if err != nil {
		return plaza.NewFactor{}
	}
	code, err := totp.GenerateCode(seed.Text, w.Clock.Now())
	must(t, err)
	return plaza.NewFactor{Seed: seed.Sealed, Code: code}
}

// keep remembers every row there is.
func (w *world) keep(t *testing.T) {
	t.Helper()
	tables := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
	if w.e.name == "postgres" {
		tables = "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
		must(t, w.e.run("ANALYZE"))
	}
	w.base, w.newest, w.versions = map[string][]row{}, map[string]string{}, map[string]string{}
	for _, table := range w.e.rows(t, tables) {
		name := table["name"]
		w.base[name] = w.e.rows(t, "SELECT * FROM "+name)
		for _, r := range w.base[name] {
			w.newest[name] = max(w.newest[name], r["id"])
			if v := r["version"]; v != "" && r["id"] != "" {
				w.versions[r["id"]] = v
			}
		}
	}
}
