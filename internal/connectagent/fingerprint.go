package connectagent

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
)

// fingerprint returns by what the server knows a machine: the same for as long as
// its operating system is installed, another for every product, and without the
// machine's ID to be read from it.
func fingerprint(product, machineID string) string {
	sum := sha256.Sum256([]byte("connectagent\n" + product + "\n" + machineID))
	return hex.EncodeToString(sum[:])
}

// machineID returns what the operating system calls this machine.
func machineID(ctx context.Context) (string, error) {
	var id string
	switch runtime.GOOS {
	case "windows":
		id = find(`MachineGuid\s+REG_SZ\s+(\S+)`, ask(ctx, "reg", "query", `HKLM\SOFTWARE\Microsoft\Cryptography`, "/v", "MachineGuid", "/reg:64"))
	case "darwin":
		id = find(`"IOPlatformUUID" = "([^"]+)"`, ask(ctx, "/usr/sbin/ioreg", "-rd1", "-c", "IOPlatformExpertDevice"))
	default:
		id = firstLine("/etc/machine-id", "/var/lib/dbus/machine-id")
	}
	if id == "" || id == "uninitialized" {
		return "", refuse("this machine has no ID: give the configuration a fingerprint, or the flag --fingerprint (any text that no other machine has)")
	}
	return id, nil
}

// ask returns what a program of the operating system says.
func ask(ctx context.Context, name string, args ...string) []byte {
	out, err := exec.CommandContext(ctx, name, args...).Output() //nolint:gosec // one of the two above
	if err != nil {
		return nil
	}
	return out
}

func find(pattern string, text []byte) string {
	m := regexp.MustCompile(pattern).FindSubmatch(text)
	if m == nil {
		return ""
	}
	return string(m[1])
}

// firstLine returns that of the first file that has one.
func firstLine(paths ...string) string {
	for _, path := range paths {
		text, err := os.ReadFile(path) //nolint:gosec // one of two known files
		line, _, _ := bytes.Cut(bytes.TrimSpace(text), []byte("\n"))
		if s := strings.TrimSpace(string(line)); err == nil && s != "" {
			return s
		}
	}
	return ""
}
