//go:build !unix

package connectagent

import "os"

// lockExclusively does nothing here: there is one service per machine.
func lockExclusively(*os.File) error { return nil }

// syncFolder does nothing here: the file system keeps the order itself.
func syncFolder(string) error { return nil }
