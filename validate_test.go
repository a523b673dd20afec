package plaza_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
)

// fields returns what err says is wrong, by field.
func fields(err error) map[string]string {
	if err == nil {
		return nil
	}
	all := map[string]string{}
	for field, text := range plaza.AsError(err).Fields {
		all[field] = text.Key
	}
	return all
}

// names are hostile or merely foreign, with what is said of them as a name.
func names() map[string]string {
	return map[string]string{
		"Bakkerij Jansen":                "",
		"D'Arcy & Söhne":                 "",
		`Robert'); DROP TABLE persons--`: "",
		"<script>alert(1)</script>":      "",
		"株式会社プラザ":                        "",
		"شركة الساحة":                    "",
		"Плаза":                          "",
		"🦆👩‍👩‍👧‍👦":                       "", // joined with invisible joiners, which are part of the letter
		"{{.Name}} ${name} %s %n":        "",
		strings.Repeat("é", 200):         "",
		strings.Repeat("🦆", 200):         "",
		strings.Repeat("é", 201):         "problem.too_long",
		"":                               "problem.required",
		"   ":                            "problem.required",
		"\t\n":                           "problem.required",
		"a\x00b":                         "problem.control_characters",
		"a\nb":                           "problem.control_characters",
		"a\rb":                           "problem.control_characters",
		"a\x1b[31mb":                     "problem.control_characters",
		"a\u0085b":                       "problem.control_characters",
		"a\u2028b":                       "problem.control_characters",
		"a\x7fb":                         "problem.control_characters",
		"a\xffb":                         "problem.control_characters",
	}
}

// TestNames puts the same names into every field that takes one.
func TestNames(t *testing.T) {
	t.Parallel()
	now := noon()
	for name, want := range names() {
		checks := map[string]func() (string, error){
			"new profile": func() (string, error) {
				n := plaza.NewProfile{Kind: plaza.Partner, Plan: "p", Name: name}.Clean()
				return "name", n.Validate()
			},
			"profile": func() (string, error) { return "name", plaza.ProfileEdit{Name: name}.Clean().Validate() },
			"new plan": func() (string, error) {
				return "name", plaza.NewPlan{Kind: plaza.Development, Name: name, Machines: 1}.Clean().Validate()
			},
			"new agent": func() (string, error) {
				return "name", plaza.NewAgent{Profile: "p", Plan: "p", Name: name}.Clean().Validate(now)
			},
			"agent": func() (string, error) { return "name", plaza.AgentEdit{Name: name}.Clean().Validate() },
			"new login": func() (string, error) {
				return "name", plaza.NewLogin{Profile: "p", Name: name, Email: "a@b.example", Role: plaza.Owner}.Clean().Validate()
			},
			"login": func() (string, error) {
				return "name", plaza.LoginEdit{Name: name, Role: plaza.Owner}.Clean().Validate()
			},
			"person": func() (string, error) { return "name", plaza.PersonEdit{Name: name}.Clean().Validate() },
			"owner": func() (string, error) {
				n := plaza.NewProfile{Kind: plaza.Reseller, Name: "R", OwnerName: name, OwnerEmail: "a@b.example"}.Clean()
				return "owner_name", n.Validate()
			},
		}
		for what, check := range checks {
			field, err := check()
			if got := fields(err)[field]; got != want {
				t.Errorf("%s named %.40q: got %q, want %q", what, name, got, want)
			}
		}
		// A license needs no name.
		optional := want
		if want == "problem.required" {
			optional = ""
		}
		if got := fields(plaza.NewLicense{Profile: "p", Plan: "p", Name: name}.Clean().Validate(now))["name"]; got != optional {
			t.Errorf("license named %.40q: got %q, want %q", name, got, optional)
		}
	}
}

func TestEmails(t *testing.T) {
	t.Parallel()
	for email, good := range map[string]bool{
		"jan@bakkerij.example":                true,
		"j.o'brien+plaza@example.com":         true,
		"jürgen@müller.example":               true,
		"":                                    false,
		"jan":                                 false,
		"jan@":                                false,
		"@example.com":                        false,
		"Jan <jan@example.com>":               false,
		"a@example.com, b@example.com":        false,
		"a@example.com\r\nBcc: b@example.com": false,
		"a@example.com\x00":                   false,
		"<a@example.com>":                     false,
		strings.Repeat("a", 250) + "@example.com": false,
	} {
		in := plaza.NewLogin{Profile: "p", Name: "n", Email: email, Role: plaza.Owner}.Clean()
		if got := fields(in.Validate())["email"] == ""; got != good {
			t.Errorf("login of %.40q: accepted %t, want %t", email, got, good)
		}
		if email == "" {
			continue // optional in what follows
		}
		if got := fields(plaza.ProfileEdit{Name: "n", SupportEmail: email}.Validate())["support_email"] == ""; got != good {
			t.Errorf("support address %.40q: accepted %t, want %t", email, got, good)
		}
	}
}

// TestAddressesAreKeptInLowerCase: otherwise an invitation of an address in
// capitals would show how that person wrote it elsewhere.
func TestAddressesAreKeptInLowerCase(t *testing.T) {
	t.Parallel()
	if got := (plaza.NewLogin{Email: " Jan@Example.COM "}).Clean().Email; got != "jan@example.com" {
		t.Errorf("login: %q", got)
	}
	if got := (plaza.NewProfile{OwnerEmail: " Jan@Example.COM "}).Clean().OwnerEmail; got != "jan@example.com" {
		t.Errorf("owner: %q", got)
	}
}

func TestEveryWrongFieldIsNamed(t *testing.T) {
	t.Parallel()
	now := noon()
	for _, test := range []struct {
		name string
		err  error
		want []string
	}{
		{"license", plaza.NewLicense{}.Validate(now), []string{"plan", "profile"}},
		{"license from the past", plaza.NewLicense{Profile: "p", Plan: "p", Starts: now.Add(-day - 1)}.Validate(now), []string{"starts"}},
		{"license from yesterday", plaza.NewLicense{Profile: "p", Plan: "p", Starts: now.Add(-day)}.Validate(now), nil},
		{"license in two years", plaza.NewLicense{Profile: "p", Plan: "p", Starts: now.AddDate(2, 0, 0)}.Validate(now), nil},
		{"license too far off", plaza.NewLicense{Profile: "p", Plan: "p", Starts: now.AddDate(2, 0, 0).Add(1)}.Validate(now), []string{"starts"}},
		{"profile", plaza.NewProfile{}.Validate(), []string{"kind", "name"}},
		{"partner without a plan", plaza.NewProfile{Name: "n", Kind: plaza.Partner}.Validate(), []string{"plan"}},
		{"reseller without a plan", plaza.NewProfile{Name: "n", Kind: plaza.Reseller}.Validate(), nil},
		{"second vendor", plaza.NewProfile{Name: "n", Kind: plaza.Vendor}.Validate(), []string{"kind"}},
		{"owner without an address", plaza.NewProfile{Name: "n", Kind: plaza.Reseller, OwnerName: "o"}.Validate(), []string{"owner_email"}},
		{"owner without a name", plaza.NewProfile{Name: "n", Kind: plaza.Reseller, OwnerEmail: "a@b.c"}.Validate(), []string{"owner_name"}},
		{"profile settings", plaza.ProfileEdit{SupportEmail: "x", WarningDays: 366}.Validate(), []string{"name", "support_email", "warning_days"}},
		{"negative warning", plaza.ProfileEdit{Name: "n", WarningDays: -1}.Validate(), []string{"warning_days"}},
		{"agent", plaza.NewAgent{}.Validate(now), []string{"name", "plan", "profile"}},
		{"login", plaza.NewLogin{}.Validate(), []string{"email", "name", "profile", "role"}},
		{"member with the dashboard", plaza.NewLogin{Profile: "p", Name: "n", Email: "a@b.c", Role: plaza.Member, Dashboard: true}.Validate(), []string{"dashboard"}},
		{"login edit", plaza.LoginEdit{Role: "root"}.Validate(), []string{"name", "role"}},
		{"member edit", plaza.LoginEdit{Name: "n", Role: plaza.Member, Dashboard: true}.Validate(), []string{"dashboard"}},
		{"plan", plaza.NewPlan{TermMonths: 121, GraceDays: 91}.Validate(), []string{"grace_days", "kind", "machines", "name", "term_months"}},
		{"plan below nothing", plaza.NewPlan{Kind: plaza.Development, Name: "n", TermMonths: -1, GraceDays: -1, Machines: 1001}.Validate(), []string{"grace_days", "machines", "term_months"}},
		{"person", plaza.PersonEdit{TimeZone: "Mars/Olympus"}.Validate(), []string{"name", "time_zone"}},
		{"person with a path", plaza.PersonEdit{Name: "n", TimeZone: "../../etc/passwd"}.Validate(), []string{"time_zone"}},
		{"person in the server's zone", plaza.PersonEdit{Name: "n", TimeZone: "Local"}.Validate(), []string{"time_zone"}},
		{"person at home", plaza.PersonEdit{Name: "n", TimeZone: "Europe/Amsterdam"}.Validate(), nil},
		{"acting", plaza.NewActing{}.Validate(), []string{"login", "reason"}},
		{"acting for seven characters", plaza.NewActing{Login: "l", Reason: "1234567"}.Validate(), []string{"reason"}},
		{"acting for eight", plaza.NewActing{Login: "l", Reason: "12345678"}.Validate(), nil},
		{"acting for eight spaces", plaza.NewActing{Login: "l", Reason: strings.Repeat(" ", 8)}.Clean().Validate(), []string{"reason"}},
		{"acting for eight ducks", plaza.NewActing{Login: "l", Reason: strings.Repeat("🦆", 8)}.Validate(), nil},
		{"acting with a bad ticket", plaza.NewActing{Login: "l", Reason: "12345678", Ticket: "a\nb"}.Validate(), []string{"ticket"}},
		{"long note", plaza.CheckNote("note", strings.Repeat("é", 501)), []string{"note"}},
		{"note", plaza.CheckNote("note", strings.Repeat("é", 500)), nil},
		{"note of two lines", plaza.CheckNote("note", "a\r\nb"), nil},
		{"note with a bell", plaza.CheckNote("note", "a\ab"), []string{"note"}},
		{"no note", plaza.CheckNote("note", ""), nil},
		{"short reason", plaza.CheckReason("reason", " ab ", 3), []string{"reason"}},
		{"reason", plaza.CheckReason("reason", "abc", 3), nil},
		{"short password", plaza.CheckPassword("password", "123456789"), []string{"password"}},
		{"password", plaza.CheckPassword("password", "1234567890"), nil},
		{"password of ducks", plaza.CheckPassword("password", strings.Repeat("🦆", 128)), nil},
		{"long password", plaza.CheckPassword("password", strings.Repeat("🦆", 129)), []string{"password"}},
		{"broken password", plaza.CheckPassword("password", "\xff234567890123"), []string{"password"}},
	} {
		got := slices.Sorted(maps.Keys(fields(test.err)))
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		if test.err != nil && plaza.KindOf(test.err) != plaza.Invalid {
			t.Errorf("%s: kind %s, want invalid", test.name, plaza.KindOf(test.err))
		}
	}
}

func TestReopenUntil(t *testing.T) {
	t.Parallel()
	if got := (plaza.Profile{Closed: noon()}).ReopenUntil(); !got.Equal(noon().Add(30 * 24 * time.Hour)) {
		t.Errorf("until %s", got)
	}
}
