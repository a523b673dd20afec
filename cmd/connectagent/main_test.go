package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestOnWindowsItAnswersTheServiceManager looks at what a build for Windows is made
// of; make lint compiles it. What it does there its own tests say.
func TestOnWindowsItAnswersTheServiceManager(t *testing.T) {
	t.Parallel()
	for system, want := range map[string]bool{"windows": true, "darwin": false, "linux": false} {
		list := exec.CommandContext(t.Context(), "go", "list", "-deps", ".")
		list.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=0")
		out, err := list.Output()
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(string(out), "golang.org/x/sys/windows/svc\n"); got != want {
			t.Errorf("on %s: %t, want %t", system, got, want)
		}
	}
}
