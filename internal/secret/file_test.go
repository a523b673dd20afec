package secret_test

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/connectplaza/plaza/internal/secret"
)

func TestLoadMakesTheSecretOnceForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "secret")
	first, created, err := secret.Load(path)
	if err != nil || !created {
		t.Fatalf("first: created %v, %v", created, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() != 32 {
		t.Errorf("file: %v, %v; want 32 bytes with mode 0600", info, err)
	}
	second, created, err := secret.Load(path)
	if err != nil || created {
		t.Fatalf("second: created %v, %v", created, err)
	}
	if got, err := second.Open(first.Seal([]byte("x"), "c"), "c"); err != nil || string(got) != "x" {
		t.Errorf("the second box does not open what the first sealed: %v", err)
	}
	if names, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".secret-*")); err != nil || len(names) != 0 {
		t.Errorf("left behind: %v, %v", names, err)
	}
}

func TestManyStartingAtOnceShareOneSecret(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "secret")
	const n = 20
	digests, created := make([][]byte, n), make([]bool, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			box, made, err := secret.Load(path)
			if err != nil {
				t.Error(err)
				return
			}
			digests[i], created[i] = box.Digest("p", "v"), made
		})
	}
	wg.Wait()
	makers := 0
	for i := range n {
		if !bytes.Equal(digests[i], digests[0]) {
			t.Errorf("%d has another secret than 0", i)
		}
		if created[i] {
			makers++
		}
	}
	if makers != 1 {
		t.Errorf("%d of them made it, want 1", makers)
	}
}

func TestLoadRefusesWhatIsNotASecret(t *testing.T) {
	t.Parallel()
	for name, put := range map[string]func(path string) error{
		"empty":     func(path string) error { return os.WriteFile(path, nil, 0o600) },
		"too short": func(path string) error { return os.WriteFile(path, raw[:31], 0o600) },
		"too long":  func(path string) error { return os.WriteFile(path, append(raw[:32:32], '\n'), 0o600) },
		"folder":    func(path string) error { return os.Mkdir(path, 0o700) },
		"open to the world": func(path string) error {
			return os.WriteFile(path, raw, 0o604)
		},
		"open to the group": func(path string) error {
			return os.WriteFile(path, raw, 0o640)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "secret")
			if err := put(path); err != nil {
				t.Fatal(err)
			}
			if _, created, err := secret.Load(path); err == nil || created {
				t.Errorf("created %v, no error", created)
			} else {
				t.Log(err)
			}
		})
	}
}

func TestLoadFailsWhereNothingCanBeWritten(t *testing.T) {
	t.Parallel()
	if _, created, err := secret.Load(filepath.Join(t.TempDir(), "missing", "secret")); err == nil || created {
		t.Errorf("created %v, no error", created)
	}
}
