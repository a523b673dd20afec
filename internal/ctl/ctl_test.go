package ctl_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/api"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/ctl"
	"github.com/connectplaza/plaza/internal/door"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

// terminal runs plazactl against a server of a world.
type terminal struct {
	*apptest.World

	t        *testing.T
	url      string
	settings string
	wait     func(context.Context, time.Duration) error
}

// worlds runs f on both engines, each with a server that listens.
func worlds(t *testing.T, f func(t *testing.T, x *terminal)) {
	t.Helper()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		mux := new(door.Mux)
		err := api.Mount(mux, api.Config{App: w.App, Gate: w.Gate, Log: slog.New(slog.DiscardHandler), Texts: w.Texts, Now: w.Clock.Now, PublicURL: "http://plaza.test"})
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(mux)
		t.Cleanup(server.Close)
		f(t, &terminal{
			World: w, t: t, url: server.URL, settings: filepath.Join(t.TempDir(), "plazactl", "settings.json"),
			wait: func(context.Context, time.Duration) error { return errors.New("nobody waits") },
		})
	})
}

// token returns a new token of somebody's for all that one can be for.
func (x *terminal) token(by plaza.Actor) string {
	x.t.Helper()
	return x.narrow(by, plaza.TokenVerbs(by.Kind, by.Role, false)...)
}

func (x *terminal) narrow(by plaza.Actor, verbs ...plaza.Verb) string {
	x.t.Helper()
	_, bearer, err := x.CreateToken(x.t.Context(), by, plaza.NewToken{Name: "Script", Verbs: verbs, Expires: x.Clock.Now().AddDate(0, 6, 0)})
	if err != nil {
		x.t.Fatal(err)
	}
	return bearer
}

// ended is how a command ended.
type ended struct {
	t        *testing.T
	line     string
	code     int
	out, err string
}

// run runs a command line with a token.
func (x *terminal) run(token string, args ...string) ended {
	x.t.Helper()
	return x.runIn(map[string]string{"PLAZACTL_URL": x.url, "PLAZACTL_TOKEN": token}, "", args...)
}

func (x *terminal) runIn(variables map[string]string, in string, args ...string) ended {
	x.t.Helper()
	var out, err bytes.Buffer
	code := ctl.Run(x.t.Context(), ctl.Env{
		Args: args, In: strings.NewReader(in), Out: &out, Err: &err, Getenv: func(name string) string { return variables[name] }, Settings: x.settings,
		Now: x.Clock.Now, Zone: time.UTC, Wait: x.wait, Version: "test",
	})
	return ended{x.t, strings.Join(args, " "), code, out.String(), err.String()}
}

// ok fails the test unless the command is done, and returns what it wrote.
func (e ended) ok() string {
	e.t.Helper()
	if e.code != 0 {
		e.t.Fatalf("%s: %d %s", e.line, e.code, e.err)
	}
	return e.out
}

// refused fails the test unless the command ends with a code and says something.
func (e ended) refused(code int, says string) {
	e.t.Helper()
	if e.code != code || !strings.Contains(e.err, says) {
		e.t.Errorf("%s: got %d %s, want %d %q", e.line, e.code, e.err, code, says)
	}
	if e.out != "" {
		e.t.Errorf("%s: wrote %s", e.line, e.out)
	}
}

// one reads one thing that was written as JSON.
func (e ended) one() map[string]any {
	e.t.Helper()
	return read[map[string]any](e.t, e.ok())
}

// all reads things that were written as JSON.
func (e ended) all() []map[string]any {
	e.t.Helper()
	return read[[]map[string]any](e.t, e.ok())
}

func text(v any) string { return fmt.Sprint(v) }

func read[T any](t *testing.T, written string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(written), &v); err != nil {
		t.Fatalf("%v: %s", err, written)
	}
	return v
}

// TestStoryOfAReseller is the page that Plaza began with, told on the command line: what
// one sees at a glance, what one makes, and what one makes for a partner where one had to
// log in as them.
func TestStoryOfAReseller(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, x *terminal) {
		newcomer := x.Add(t, x.Vendor, plaza.Reseller, "Computers")
		mine := func(args ...string) ended { return x.run(x.token(newcomer), append(args, "-o", "json")...) }

		if me := mine("me").one(); text(me["profile"]) != "map[id:"+newcomer.Profile+" name:Computers]" || me["kind"] != "reseller" {
			t.Errorf("I am %v", me)
		}
		// "When you just started as a reseller … there is only one login, you."
		for noun, n := range map[string]int{"licenses": 0, "partners": 0, "agents": 0, "logins": 1} {
			if all := mine(noun, "list").all(); len(all) != n {
				t.Errorf("%d %s, want %d: %v", len(all), noun, n, all)
			}
		}

		// The quick actions, for one's own profile.
		development, connect, base := x.Plans[plaza.Development].Name, x.Plans[plaza.ConnectAgentLicense].Name, x.Plans[plaza.PartnerLicense].Name
		license := mine("licenses", "create", "--plan", development, "--name", "Test bench").one()
		if license["state"] != "active" || license["name"] != "Test bench" {
			t.Errorf("made %v", license)
		}
		mine("agents", "create", "Stock", "--plan", connect).one()
		mine("logins", "create", "new@example.com", "--name", "New", "--role", "manager").one()
		partner := mine("partners", "create", "Bakery", "--plan", base, "--owner-name", "Baker", "--owner-email", "baker@example.com").one()
		if key := text(mine("licenses", "key", "Test bench").one()["key"]); !strings.HasSuffix(key, text(license["key_hint"])) {
			t.Errorf("the key %q is not that of %v", key, license)
		}

		// What is made for a partner.
		mine("licenses", "create", "--plan", development, "--name", "Oven", "--profile", "Bakery").one()
		mine("agents", "create", "Till", "--plan", connect, "--profile", "bakery").one()
		mine("logins", "create", "help@example.com", "--name", "Help", "--role", "member", "--profile", text(partner["id"])).one()
		if all := mine("licenses", "list", "--profile", "Bakery").all(); len(all) != 3 {
			t.Errorf("the partner has %d licenses, want its base license, Oven and that of Till: %v", len(all), all)
		}
		for noun, n := range map[string]int{"licenses": 5, "partners": 1, "agents": 2, "logins": 4} {
			if all := mine(noun, "list").all(); len(all) != n {
				t.Errorf("%d %s, want %d: %v", len(all), noun, n, all)
			}
		}

		// The partner comes in, and may what a partner may.
		baker := x.Join(t, "baker@example.com")
		theirs := func(args ...string) ended { return x.run(x.token(baker), append(args, "-o", "json")...) }
		if all := theirs("licenses", "list").all(); len(all) != 3 {
			t.Errorf("the partner sees %d licenses: %v", len(all), all)
		}
		theirs("licenses", "create", "--plan", development).refused(4, "")
		theirs("partners", "create", "Mine", "--plan", base).refused(4, "")
		theirs("agents", "create", "Mine", "--plan", connect).refused(4, "")
		theirs("licenses", "suspend", "Oven", "--reason", "Because I can").refused(4, "")
		theirs("licenses", "get", text(license["id"])).refused(5, "")
		theirs("licenses", "get", "Test bench").refused(5, `no license is called "Test bench"`)
		theirs("logins", "list", "--profile", newcomer.Profile).ok()
		if all := theirs("logins", "list").all(); len(all) != 2 {
			t.Errorf("the partner sees %d logins: %v", len(all), all)
		}

		// What a partner may not do, it asks for.
		wish := theirs("requests", "make", "license", "--plan", development, "--name", "Second oven", "--note", "For Christmas").one()
		theirs("requests", "approve", text(wish["id"])).refused(4, "")
		if all := mine("requests", "list", "--state", "open").all(); len(all) != 1 || all[0]["note"] != "For Christmas" {
			t.Errorf("asked for: %v", all)
		}
		if r := mine("requests", "approve", text(wish["id"])).one(); r["state"] != "approved" {
			t.Errorf("approved: %v", r)
		}
		if l := theirs("licenses", "get", "Second oven").one(); l["state"] != "active" {
			t.Errorf("made by the approval: %v", l)
		}
	})
}

func TestStrangersSeeNothing(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, x *terminal) {
		made, err := x.IssueLicense(t.Context(), x.Reseller, plaza.NewLicense{Profile: x.Partner.Profile, Plan: x.Plans[plaza.Development].ID, Name: "Secret"})
		if err != nil {
			t.Fatal(err)
		}
		stranger := x.token(x.Stranger)
		for _, line := range []string{"licenses get ID", "licenses key ID", "licenses renew ID", "licenses suspend ID --reason Because-I-can", "licenses get Secret"} {
			args := strings.Fields(strings.ReplaceAll(line, "ID", made.ID))
			x.run(stranger, args...).refused(5, "")
		}
		if out := x.run(stranger, "licenses", "list").ok(); strings.Contains(out, "Secret") {
			t.Error(out)
		}
	})
}

func TestManyLicensesAtOnce(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, x *terminal) {
		var ids []string
		for range 3 {
			l, err := x.IssueLicense(t.Context(), x.Reseller, plaza.NewLicense{Profile: x.Partner.Profile, Plan: x.Plans[plaza.Development].ID})
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, l.ID)
		}
		mine := x.token(x.Reseller)
		x.run(mine, append([]string{"licenses", "end", "--reason", "Not needed any more"}, ids...)...).refused(2, "--yes")
		if out := x.run(mine, "licenses", "list", "-o", "csv").ok(); strings.Count(out, ",active,") < 3 {
			t.Errorf("something ended: %s", out)
		}
		x.wait = func(ctx context.Context, _ time.Duration) error {
			_, err := x.WorkOnBatch(ctx, plaza.Clerk)
			return err
		}
		b := x.run(mine, append([]string{"licenses", "end", "--yes", "--reason", "Not needed any more", "-o", "json"}, ids...)...).one()
		if b["done"] != 3.0 || b["failed"] != 0.0 {
			t.Errorf("done: %v", b)
		}
		if all := x.run(mine, "licenses", "list", "--state", "ended", "-o", "json").all(); len(all) != 3 {
			t.Errorf("ended: %v", all)
		}
	})
}

func TestForms(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, x *terminal) {
		mine := x.token(x.Reseller)
		if out := x.run(mine, "plans", "list").ok(); !strings.HasPrefix(out, "ID ") || strings.Count(out, "\n") != 5 {
			t.Errorf("as a table: %s", out)
		}
		rows, err := csv.NewReader(strings.NewReader(x.run(mine, "licenses", "list", "-o", "csv", "--sort=-name", "--limit", "1").ok())).ReadAll()
		if err != nil || len(rows) != 2 || rows[0][0] != "id" || !regexp.MustCompile(`^2027-01-02T\d\d:\d\d:\d\dZ$`).MatchString(rows[1][8]) {
			t.Errorf("as CSV: %v %v", rows, err)
		}
		if out := x.run(mine, "agents", "list", "-o", "json").ok(); out != "[]\n" {
			t.Errorf("nothing as JSON: %q", out)
		}
		if e := x.run(mine, "agents", "list"); e.ok() != "" || e.err != "There are none.\n" {
			t.Errorf("nothing as a table: %q %q", e.out, e.err)
		}
	})
}

func TestTheRestOfTheNouns(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, x *terminal) {
		mine, vendor := x.token(x.Reseller), x.token(x.Vendor)
		if p := x.run(vendor, "plans", "create", "Gold", "--kind", "development", "--price", "EUR=1250", "--renews", "-o", "json").one(); text(p["prices"]) != "[map[currency:EUR minor:1250]]" || p["renews"] != true {
			t.Errorf("made %v", p)
		}
		x.run(vendor, "plans", "create", "Iron", "--kind", "development", "--price", "much").refused(2, "EUR=1250")
		if p := x.run(vendor, "plans", "withdraw", "gold", "-o", "json").one(); p["withdrawn_at"] == nil {
			t.Errorf("withdrawn: %v", p)
		}
		x.run(mine, "plans", "create", "Mine", "--kind", "development").refused(4, "")

		if m := x.run(mine, "moves", "propose", "Partner", "--whom", "Another reseller", "--reason", "They asked for it", "-o", "json").one(); m["state"] != "waiting" {
			t.Errorf("proposed %v", m)
		}
		if all := x.run(mine, "moves", "list", "-o", "json").all(); len(all) != 1 {
			t.Errorf("moves: %v", all)
		}
		if all := x.run(x.token(x.Stranger), "moves", "list", "-o", "json").all(); len(all) != 0 {
			t.Errorf("a stranger sees the moves %v", all)
		}
		if all := x.run(mine, "statements", "list", "--profile", "Partner", "-o", "json").all(); len(all) != 1 || all[0]["month"] != "2026-01" {
			t.Errorf("statements: %v", all)
		}
		if s := x.run(mine, "statements", "get", "2026-01", "--profile", "Partner", "-o", "json").one(); text(s["licenses"]) != "1" {
			t.Errorf("the statement: %v", s)
		}
		x.run(x.token(x.Stranger), "statements", "get", "2026-01", "--profile", x.Partner.Profile).refused(5, "")
		x.run(mine, "notifications", "list", "--level", "error").ok()
		x.run(mine, "releases", "list").ok()
		x.run(mine, "allowances", "create", "Partner", "--kind", "development", "--most", "10").ok()
		if all := x.run(mine, "allowances", "list", "-o", "json").all(); len(all) != 1 || all[0]["most"] != 10.0 {
			t.Errorf("allowances: %v", all)
		}
		x.run(mine, "audit", "list", "--verb", "allowance.create", "-o", "csv").ok()
	})
}

func TestWatch(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, x *terminal) {
		made := func(name string) plaza.ConnectAgent {
			a, err := x.CreateAgent(t.Context(), x.Reseller, plaza.NewAgent{Profile: x.Partner.Profile, Plan: x.Plans[plaza.ConnectAgentLicense].ID, Name: name})
			if err != nil {
				t.Error(err)
			}
			return a
		}
		first := made("First")
		looked := 0
		x.wait = func(_ context.Context, d time.Duration) error {
			x.Clock.Advance(d)
			switch looked++; looked {
			case 1:
				made("Second")
			case 2:
				l, err := x.License(t.Context(), x.Reseller, first.License.ID)
				if err != nil {
					t.Error(err)
				}
				if err := x.EndLicense(t.Context(), x.Reseller, l.ID, "Not needed any more", l.Version); err != nil {
					t.Error(err)
				}
			case 3:
				return context.Canceled
			}
			return nil
		}
		out := x.run(x.token(x.Reseller), "agents", "watch").ok()
		lines := strings.Split(strings.TrimSpace(out), "\n")
		want := []string{"ID ", "First", "Second (Partner)  new, never", "First (Partner)  gone"}
		if len(lines) != len(want) {
			t.Fatalf("got %s", out)
		}
		for i, text := range want {
			if !strings.Contains(lines[i], text) {
				t.Errorf("line %d: %q, want %q", i, lines[i], text)
			}
		}
	})
}

func TestHowItEnds(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, x *terminal) {
		mine := x.token(x.Reseller)
		l, err := x.IssueLicense(t.Context(), x.Reseller, plaza.NewLicense{Profile: x.Partner.Profile, Plan: x.Plans[plaza.Development].ID, Name: "One"})
		if err != nil {
			t.Fatal(err)
		}
		x.run("plaza_nobody", "me").refused(3, "")
		x.run(x.narrow(x.Reseller, plaza.ProfileRead), "licenses", "list").refused(4, "")
		x.run(mine, "licenses", "get", "Another").refused(5, "no license")
		x.run(mine, "licenses", "resume", l.ID).refused(6, "")
		x.run(mine, "licenses", "suspend", "One", "--reason", "short").refused(7, "reason")
		x.run(mine, "agents", "create", " ", "--plan", x.Plans[plaza.ConnectAgentLicense].ID).refused(7, "name")
		nowhere := map[string]string{"PLAZACTL_URL": "http://127.0.0.1:1", "PLAZACTL_TOKEN": mine}
		x.runIn(nowhere, "", "licenses", "create", "--plan", l.Plan).refused(8, "")
		for line, says := range map[string]string{
			"nothing":                            "unknown command",
			"licenses nothing":                   "no plazactl licenses nothing",
			"licenses list --state bad":          "active, expiring",
			"licenses list --ends-from soon":     "2027-01-31",
			"licenses list more":                 "unknown command",
			"licenses create":                    `"plan" not set`,
			"licenses suspend One":               `"reason" not set`,
			"licenses end One --reason=12345678": "--yes",
			"agents watch --every 100ms":         "once a second",
			"agents watch -o csv":                "JSON",
		} {
			x.run(mine, strings.Fields(line)...).refused(2, says)
		}
	})
}

func TestSettingsAreKept(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, x *terminal) {
		mine := x.token(x.Reseller)
		none := map[string]string{}
		x.runIn(none, "", "me").refused(2, "plazactl configure")
		x.runIn(none, "plaza_nobody\n", "configure", "--url", x.url).refused(3, "")
		x.runIn(none, mine+"\n", "configure", "--url", "http://plaza.example").refused(2, "use https")
		if _, err := os.Stat(x.settings); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("kept what was refused: %v", err)
		}
		e := x.runIn(none, mine+"\n", "configure", "--url", x.url+"/")
		if e.ok(); strings.Contains(e.out+e.err, mine) || !strings.Contains(e.err, "Reseller owner of Reseller") {
			t.Errorf("said %s", e.err)
		}
		if at, err := os.Stat(x.settings); err != nil || at.Mode().Perm() != 0o600 {
			t.Errorf("kept as %v %v", at, err)
		}
		x.runIn(none, "", "me").ok()
		// Not for another Plaza.
		x.runIn(map[string]string{"PLAZACTL_URL": "http://localhost:1"}, "", "me").refused(2, "token is missing")
		file := filepath.Join(t.TempDir(), "token")
		if err := os.WriteFile(file, []byte(x.token(x.Partner)+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if out := x.runIn(none, "", "me", "--token-file", file).ok(); !strings.Contains(out, "Partner owner") {
			t.Errorf("with another's token: %s", out)
		}
	})
}

// TestTheManualKnowsEveryCommand: what one can type stands in the manual, in both languages.
func TestTheManualKnowsEveryCommand(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"en", "nl"} {
		page, err := os.ReadFile("../../docs/manual/" + language + "/plazactl.md")
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range commands(t) {
			noun, rest, _ := strings.Cut(line, " ")
			row := regexp.MustCompile("(?m)^\\| .*`" + noun + "`.*$").FindString(string(page))
			for word := range strings.FieldsSeq(rest) {
				if !strings.Contains(row, "`"+word+"`") {
					t.Errorf("%s: nothing about plazactl %s", language, line)
				}
			}
			if row == "" {
				t.Errorf("%s: nothing about plazactl %s", language, line)
			}
		}
	}
}

// commands returns every command as it is typed, by asking each for its help.
func commands(t *testing.T, above ...string) (all []string) {
	t.Helper()
	var out bytes.Buffer
	if code := ctl.Run(t.Context(), ctl.Env{Args: append(above, "--help"), Out: &out, Err: &out}); code != 0 {
		t.Fatalf("%v --help: %d %s", above, code, &out)
	}
	_, list, found := strings.Cut(out.String(), "Available Commands:\n")
	if !found {
		return []string{strings.Join(above, " ")}
	}
	list, _, _ = strings.Cut(list, "\n\n")
	for line := range strings.Lines(list) {
		if name := strings.Fields(line)[0]; name != "completion" && name != "help" {
			all = append(all, commands(t, append(slices.Clone(above), name)...)...)
		}
	}
	return all
}

// TestWhatCannotBeWrittenIsNotTheServersFault: a full disk is no server that is away.
func TestWhatCannotBeWrittenIsNotTheServersFault(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, x *terminal) {
		out, err := os.CreateTemp(t.TempDir(), "out")
		if err != nil {
			t.Fatal(err)
		}
		if err := out.Close(); err != nil { // nothing can be written there any more
			t.Fatal(err)
		}
		var said bytes.Buffer
		variables := map[string]string{"PLAZACTL_URL": x.url, "PLAZACTL_TOKEN": x.token(x.Reseller)}
		code := ctl.Run(t.Context(), ctl.Env{
			Args: []string{"licenses", "list"}, In: strings.NewReader(""), Out: out, Err: &said, Getenv: func(name string) string { return variables[name] },
			Settings: x.settings, Now: x.Clock.Now, Zone: time.UTC, Wait: x.wait, Version: "test",
		})
		if code != 1 {
			t.Errorf("it ends with %d: %s", code, &said)
		}
	})
}
