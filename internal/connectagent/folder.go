package connectagent

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// folder is where an agent keeps its files. The empty one keeps nothing.
type folder string

// The files in it.
const (
	configFile  = "config.json"
	stateFile   = "state.json"
	machineFile = "machine.lic"
	lockFile    = "lock"
)

// defaultFolder returns where the files are unless somebody says so.
func defaultFolder() (folder, error) {
	switch {
	case runtime.GOOS == "windows":
		return folder(filepath.Join(os.Getenv("ProgramData"), "connectagent")), nil
	case os.Geteuid() == 0:
		return "/var/lib/connectagent", nil
	}
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return folder(filepath.Join(dir, "connectagent")), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", refuse("there is no home directory: say with --data where the files go")
	}
	return folder(filepath.Join(home, ".local", "state", "connectagent")), nil
}

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
	file, err := os.OpenFile(f.path(lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lockExclusively(file); err != nil {
		_ = file.Close() // nothing was written
		return nil, refuse("another connectagent works in %s: stop it first", f)
	}
	return func() { _ = file.Close() }, nil // which gives the lock back
}

// replace writes a file with rename and fsync.
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
	err = errors.Join(err, temp.Sync(), temp.Close())
	if err != nil {
		return err
	}
	if err = os.Rename(temp.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}
