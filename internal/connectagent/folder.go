package connectagent

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// folder is where an agent keeps its files. The empty one keeps nothing.
type folder string

// The files in it.
const (
	configFile  = "connectagent.json" // as the dashboard calls it
	stateFile   = "state.json"
	machineFile = "machine.lic"
	lockFile    = "lock"
)

func (f folder) path(name string) string { return filepath.Join(string(f), name) }

// read returns a file, or fs.ErrNotExist.
func (f folder) read(name string) ([]byte, error) {
	if f == "" {
		return nil, fs.ErrNotExist
	}
	return os.ReadFile(f.path(name))
}

// write replaces a file whole: whenever the power fails, the old one or the new one
// is there. Only its owner may read it.
func (f folder) write(name string, text []byte) error {
	if f == "" {
		return nil
	}
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return err
	}
	return replace(f.path(name), text)
}

func (f folder) remove(name string) error {
	if f == "" {
		return nil
	}
	if err := os.Remove(f.path(name)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// lock makes sure that no other process works in f until unlock is called: two
// would look like a clone to the server.
func (f folder) lock() (unlock func(), err error) {
	if f == "" {
		return func() {}, nil
	}
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return nil, err
	}
	file, err := openLock(f.path(lockFile))
	if err != nil {
		return nil, err
	}
	if err := lockExclusively(file); err != nil {
		_ = file.Close() // nothing was written
		return nil, refuse("another connectagent works in %s: stop it first", f)
	}
	return func() { _ = file.Close() }, nil // which gives the lock back
}

// openLock opens a file to lock. It creates it only where nothing is, and then as
// that of the owner of its directory: a link that somebody has put there leads
// nowhere.
func openLock(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600) //nolint:gosec // in the folder of the agent
	if errors.Is(err, fs.ErrExist) {
		return os.OpenFile(path, os.O_RDWR|noFollow, 0) //nolint:gosec // the same
	}
	if err != nil {
		return nil, err
	}
	if err := keepOwner(file, filepath.Dir(path)); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// replace writes a file with rename and fsync. What root writes belongs to the owner
// of the directory: a service that runs as somebody else has to read it.
func replace(path string, text []byte) (err error) {
	temp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temp.Name()) // the error that is returned says more
		}
	}()
	_, err = temp.Write(text)
	err = errors.Join(err, keepOwner(temp, filepath.Dir(path)), temp.Sync(), temp.Close())
	if err != nil {
		return err
	}
	if err = os.Rename(temp.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}
