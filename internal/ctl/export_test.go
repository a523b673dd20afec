package ctl_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/sheet"
)

// TestExports: one command orders a file, waits for it, and writes it; then nothing is left
// on the server.
func TestExports(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, x *terminal) {
		x.wait = func(ctx context.Context, _ time.Duration) error {
			if worked, err := x.WorkOnExport(ctx, plaza.Clerk, sheet.New(x.App, x.Texts, x.Clock.Now).Export); !worked {
				t.Error("nothing is to be made: ", err)
			}
			return nil
		}
		mine, path := x.token(x.Reseller), filepath.Join(t.TempDir(), "partners.csv")
		x.run(mine, "exports", "run", "moons", path).refused(2, "licenses")
		x.run(mine, "exports", "run", "partners", path, "--query", "sort=color").refused(1, "could not be made")
		x.run(mine, "exports", "run", "partners", path, "--time-zone", "Moon").refused(7, "")
		x.run(mine, "exports", "run", "partners", filepath.Join(path, "there", "is", "none")).refused(2, "none")
		if e := x.run(mine, "exports", "run", "partners", path, "--query", "sort=-name"); e.code != 0 || !strings.Contains(e.err, " rows") {
			t.Errorf("%d %s", e.code, e.err)
		}
		file, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(file), "Partner") || !strings.Contains(string(file), "Enterprise") {
			t.Errorf("%v %s", err, file)
		}
		if out := x.run(mine, "exports", "run", "partners", "-", "--query", "sort=-name").ok(); out != string(file) {
			t.Errorf("written out is %s", out)
		}
		excel := x.run(mine, "exports", "run", "partners", path, "--form", "xlsx", "--language", "nl", "--time-zone", "Europe/Amsterdam")
		if file, err := os.ReadFile(path); excel.code != 0 || err != nil || !strings.HasPrefix(string(file), "PK") {
			t.Errorf("%d %s %v", excel.code, excel.err, err)
		}
		if left := x.run(mine, "exports", "list", "-o", "json").all(); len(left) != 2 { // those that nobody downloaded
			t.Errorf("left is %v", left)
		}
		one := text(x.run(mine, "exports", "list", "-o", "json").all()[0]["id"])
		x.run(mine, "exports", "get", one).ok()
		x.run(x.token(x.Stranger), "exports", "get", one).refused(5, "")
		x.run(mine, "exports", "cancel", one).ok()
		x.run(mine, "exports", "get", one).refused(5, "")
	})
}
