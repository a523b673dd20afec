package connectagent

import (
	"os"

	"golang.org/x/sys/windows"
)

// noFollow is nothing here: only administrators make links.
const noFollow = 0

// keepOwner does nothing here: who may read a file is what its folder says.
func keepOwner(*os.File, string) error { return nil }

// lockExclusively locks a file until it is closed, or the process ends.
func lockExclusively(f *os.File) error {
	return windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, new(windows.Overlapped))
}

// syncFolder does nothing here: the file system keeps the order itself.
func syncFolder(string) error { return nil }
