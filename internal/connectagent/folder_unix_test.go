//go:build unix

package connectagent_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestWhatRootWritesTheServiceCanRead has the commands that change what is kept run
// in the folder of a service, which runs as somebody else.
func TestWhatRootWritesTheServiceCanRead(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.must(os.Mkdir(w.data, 0o700))
		const other = 54321
		owner := os.Geteuid()
		if owner == 0 { // anybody else owns what he writes
			owner = other
			w.must(os.Chown(w.data, other, other))
		}
		m := &machine{id: "machine-by-hand", fingerprint: "machine of w"}
		in := filepath.Join(w.dir, "answer")
		w.must(os.WriteFile(in, w.file(m, w.key, 100*day), 0o600))
		check := func(names ...string) {
			t.Helper()
			for _, name := range names {
				info, err := os.Stat(filepath.Join(w.data, name))
				if err != nil {
					t.Error(err)
				} else if stat, ok := info.Sys().(*syscall.Stat_t); !ok || int(stat.Uid) != owner || info.Mode().Perm() != 0o600 {
					t.Errorf("%s belongs to %d, want %d: %s", name, stat.Uid, owner, info.Mode())
				}
			}
		}
		if code, said := w.command("bundle", "--in", in); code != 0 {
			t.Fatalf("bundle --in: %d %s%s", code, said, w.log)
		}
		check("lock", "state.json", "machine.lic")
		w.pass(time.Minute)
		if code, _ := w.command("deactivate", "--force"); code != 0 {
			t.Fatalf("deactivate: %d %s", code, w.log)
		}
		check("lock", "state.json")
	})
}

func TestLockThatIsALinkIsNotFollowed(t *testing.T) {
	t.Parallel()
	inWorld(t, func(w *world) {
		w.must(os.Mkdir(w.data, 0o700))
		target := filepath.Join(w.dir, "target")
		w.must(os.Symlink(target, filepath.Join(w.data, "lock")))
		for range 2 {
			if code, _ := w.command("deactivate"); code == 0 {
				t.Error("it works by a link")
			}
			w.must(os.WriteFile(target, nil, 0o600))
		}
	})
}
