package cli_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestOperatorHelpsPeople(t *testing.T) {
	t.Parallel()
	db := filepath.Join(t.TempDir(), "plaza.db")
	if code, _, err := run(t, "correct horse battery\n", setup(db)...); code != 0 {
		t.Fatal(err)
	}
	plaza := func(line string) string {
		t.Helper()
		code, out, err := run(t, "", append(strings.Fields(line), "--database", db)...)
		if code != 0 {
			t.Fatalf("plaza %s: %d %s", line, code, err)
		}
		return out
	}
	tree := plaza("profiles")
	if !regexp.MustCompile(`(?m)^ConnectPlaza +vendor +active +0 +0 +1 +[0-9a-f-]{36}$`).MatchString(tree) {
		t.Errorf("the tree: %s", tree)
	}
	email := regexp.MustCompile(`\S+@\S+`).FindString(plaza("logins list"))
	if email == "" || strings.Count(plaza("logins list nobody@"), "\n") != 1 {
		t.Errorf("the logins: %s", plaza("logins list"))
	}
	link := strings.TrimSpace(plaza("logins reset-password --public-url https://plaza.test/ " + email))
	if !regexp.MustCompile(`^https://plaza\.test/reset-password/[\w-]{20,}$`).MatchString(link) {
		t.Errorf("the link: %s", link)
	}
	if out := plaza("logins end-sessions " + email); out != "ended the sessions of 1\n" {
		t.Error(out)
	}
	plaza("logins end-sessions --everybody")
	if out := plaza("logins reset-factors --public-url https://plaza.test " + email); !strings.Contains(out, "signs in with the password alone") {
		t.Error(out)
	}
	plaza("audit verify") // what was done is sealed like everything else

	wantRefusal(t, []string{"logins", "reset-password", "--public-url", "https://plaza.test", "--database", db, "stranger@example.com"}, "nobody signs in with stranger@example.com")
	wantRefusal(t, []string{"logins", "reset-password", "--database", db, email}, "--public-url (PLAZA_PUBLIC_URL)")
	wantRefusal(t, []string{"logins", "reset-factors", "--public-url", "https://plaza.test", "--database", db, "stranger@example.com"}, "nobody signs in with stranger@example.com")
	wantRefusal(t, []string{"logins", "end-sessions", "--database", db}, "--everybody")
	wantRefusal(t, []string{"logins", "end-sessions", "--everybody", "--database", db, email}, "--everybody")
	wantRefusal(t, []string{"profiles", "--database", db + ".missing"}, "--database (PLAZA_DATABASE)", "not there")
}
