package secret

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// private are the permissions of the file: its owner alone reads it.
const private fs.FileMode = 0o600

// Load returns the box of the secret in the file at path. If there is no such
// file it makes one, with a new secret, and says so. A file that others may
// read, or that does not hold exactly 32 bytes, is refused.
func Load(path string) (box Box, created bool, err error) {
	raw, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		if created, err = create(path); err == nil {
			raw, err = read(path)
		}
	}
	if err != nil {
		return Box{}, false, err
	}
	if box, err = newBox(raw); err != nil {
		return Box{}, false, fmt.Errorf("%s: %w", path, err)
	}
	return box, created, nil
}

func read(path string) ([]byte, error) {
	f, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("open the secret: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("open the secret: %w", err)
	}
	switch {
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: the secret is not in a regular file", path)
	case info.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("%s: others may read the secret (mode %04o); run: chmod 600 %[1]s", path, info.Mode().Perm())
	}
	raw, err := io.ReadAll(io.LimitReader(f, size+1))
	if err != nil {
		return nil, fmt.Errorf("read the secret: %w", err)
	}
	return raw, nil
}

// create puts a new secret at path and reports whether it was this call that
// did. The file appears complete or not at all, and never replaces one that
// somebody else made at the same moment: that is what a link does, and a
// rename does not.
func create(path string) (bool, error) {
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, ".secret-*")
	if err != nil {
		return false, fmt.Errorf("make the secret: %w", err)
	}
	defer os.Remove(tmp.Name())
	if err := errors.Join(fill(tmp), tmp.Close()); err != nil {
		return false, fmt.Errorf("make the secret: %w", err)
	}
	if err := os.Link(tmp.Name(), path); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return false, nil
		}
		return false, fmt.Errorf("make the secret: %w", err)
	}
	if err := syncDir(dir); err != nil {
		return false, fmt.Errorf("make the secret: %w", err)
	}
	return true, nil
}

func fill(f *os.File) error {
	raw := make([]byte, size)
	rand.Read(raw) // never fails: the program ends first
	if err := f.Chmod(private); err != nil {
		return err
	}
	if _, err := f.Write(raw); err != nil {
		return err
	}
	return f.Sync()
}

// syncDir makes the name of a new file survive a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // the operator names the folder
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
