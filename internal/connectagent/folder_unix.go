//go:build unix

package connectagent

import (
	"errors"
	"os"
	"syscall"
)

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
