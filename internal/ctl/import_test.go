package ctl_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
)

// TestImports: one command tries a file, and makes all of it or nothing.
func TestImports(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, x *terminal) {
		x.wait = func(ctx context.Context, _ time.Duration) error {
			_, err := x.WorkOnImport(ctx, plaza.Clerk)
			return err
		}
		mine := x.token(x.Reseller)
		file := func(name, content string) string {
			path := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}
		good := file("good.csv", "profile,who,email,role\nPartner,Piet,piet@imported.example,manager\nPartner,Jan,jan@imported.example,manager\n")
		column := []string{"--column", "name=Who"}

		x.run(mine, "imports", "run", "moons", good).refused(2, "moons")
		x.run(mine, "imports", "run", "logins", good, "--column", "name").refused(2, "field=heading")
		x.run(mine, "imports", "run", "logins", good, "--column", "name=What").refused(2, "profile, who, email, role")
		x.run(mine, "imports", "run", "logins", good).refused(7, "")
		x.run(mine, "imports", "run", "logins", filepath.Join(t.TempDir(), "none")).refused(2, "none")
		for _, i := range x.run(mine, "imports", "list", "-o", "json").all() {
			if i["state"] != "discarded" {
				t.Errorf("left is %v", i)
			}
		}

		bad := x.run(mine, "imports", "run", "logins", file("bad.csv", "profile,name,email,role\nPartner,Piet,piet@imported.example,king\nPartner,Jan,jan@imported.example,manager\n"), "--apply", "-o", "csv")
		if bad.code != 1 || !strings.HasPrefix(bad.out, "row,field,value,why\n2,role,king,") || !strings.Contains(bad.err, "1 of 2 rows cannot be made") {
			t.Errorf("%d %s %s", bad.code, bad.out, bad.err)
		}

		tried := x.run(mine, append([]string{"imports", "run", "logins", good, "-o", "json"}, column...)...)
		if i := tried.one(); i["state"] != "ready" || i["file"] != "good.csv" || !strings.Contains(tried.err, "imports apply "+text(i["id"])) {
			t.Errorf("tried: %v %s", i, tried.err)
		}
		if l := x.run(mine, "logins", "list", "--text", "imported.example", "-o", "json").all(); len(l) != 0 {
			t.Errorf("made: %v", l)
		}
		done := x.run(mine, append([]string{"imports", "run", "logins", good, "--apply", "-o", "json"}, column...)...)
		if i := done.one(); i["state"] != "applied" || i["done"] != 2.0 || !strings.Contains(done.err, "0 of 2 rows") {
			t.Errorf("done: %v %s", i, done.err)
		}
		if l := x.run(mine, "logins", "list", "--text", "imported.example", "-o", "json").all(); len(l) != 2 {
			t.Errorf("made: %v", l)
		}
		again := x.run(mine, "imports", "apply", text(tried.one()["id"]), "-o", "csv")
		if again.code != 1 || strings.Count(again.out, "\n") != 3 {
			t.Errorf("overtaken: %d %s %s", again.code, again.out, again.err)
		}
		if out := x.run(mine, "imports", "report", text(tried.one()["id"]), "-o", "csv").ok(); out != again.out {
			t.Errorf("the report is %s", out)
		}
		x.run(mine, "imports", "discard", text(tried.one()["id"])).ok()
		x.run(x.token(x.Stranger), "imports", "get", text(done.one()["id"])).refused(5, "")
	})
}
