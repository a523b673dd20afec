//go:build unix

package connectagent

import (
	"errors"
	"os"
	"syscall"
)

// noFollow refuses to open a link.
const noFollow = syscall.O_NOFOLLOW

// keepOwner gives a file that root has made to the owner of its directory.
func keepOwner(f *os.File, dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	return f.Chown(int(owner.Uid), int(owner.Gid))
}

// lockExclusively locks a file until it is closed, or the process ends.
func lockExclusively(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

// syncFolder makes sure that a renamed file is found after a power failure.
func syncFolder(path string) error {
	dir, err := os.Open(path) //nolint:gosec // the folder that was just written to
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
