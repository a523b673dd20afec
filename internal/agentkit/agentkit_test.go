package agentkit_test

import (
	"archive/zip"
	"bytes"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza/internal/agentkit"
)

func kit() agentkit.Kit {
	return agentkit.Kit{
		Config: agentkit.Config{
			Server: "https://plaza.example", Account: "0b6f5c1e-2d47-4a7e-9a5c-5f0e6d3b8a11", Product: "7c1d9f3a-58e2-4b06-8f4d-1a2b3c4d5e6f",
			PublicKeys: []string{strings.Repeat("0a", 32)}, LicenseKey: "key/abc.def", Name: "Till <1> & \"2\"", HeartbeatInterval: 60, CheckInterval: 60, GraceDays: 7,
		},
		System: "linux", Made: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC),
	}
}

// unpack returns what is in k by its name.
func unpack(t *testing.T, k agentkit.Kit) map[string]*zip.File {
	t.Helper()
	b, err := k.Zip()
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*zip.File{}
	for _, f := range z.File {
		all[f.Name] = f
	}
	return all
}

func read(t *testing.T, f *zip.File) string {
	t.Helper()
	if f == nil {
		t.Fatal("it is not there")
	}
	r, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestConfigurationIsWhatAnAgentReads(t *testing.T) {
	t.Parallel()
	const want = `{
  "server": "https://plaza.example",
  "account": "0b6f5c1e-2d47-4a7e-9a5c-5f0e6d3b8a11",
  "product": "7c1d9f3a-58e2-4b06-8f4d-1a2b3c4d5e6f",
  "publicKeys": [
    "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"
  ],
  "licenseKey": "key/abc.def",
  "name": "Till <1> & \"2\"",
  "heartbeatInterval": 60,
  "checkInterval": 60,
  "graceDays": 7
}
`
	f := unpack(t, kit())["connectagent.json"]
	if diff := cmp.Diff(want, read(t, f)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if f.Mode().Perm() != 0o600 {
		t.Errorf("others may read the key: %v", f.Mode())
	}
}

func TestProgramIsPackedIfThereIsOne(t *testing.T) {
	t.Parallel()
	k := kit()
	if all := unpack(t, k); len(all) != 3 || !strings.Contains(read(t, all["README.txt"]), "The program is not in this file") {
		t.Errorf("without a program: %d files", len(all))
	}
	k.Program = []byte("program")
	all := unpack(t, k)
	if read(t, all["connectagent"]) != "program" || all["connectagent"].Mode().Perm() != 0o755 {
		t.Error("it cannot be run")
	}
	k.System = "windows"
	all = unpack(t, k)
	if read(t, all["connectagent.exe"]) != "program" || !strings.Contains(read(t, all["README.txt"]), "\r\n") {
		t.Error("it is not for Windows")
	}
}

func TestEachSystemGetsWhatBelongsToIt(t *testing.T) {
	t.Parallel()
	for system, want := range map[string][]string{
		"linux":   {"README.txt", "connectagent.json", "connectagent.service"},
		"windows": {"README.txt", "WINDOWS.txt", "connectagent.json"},
		"darwin":  {"README.txt", "connectagent.json"},
	} {
		k := kit()
		k.System = system
		all := unpack(t, k)
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(all))); diff != "" {
			t.Errorf("%s -want +got:\n%s", system, diff)
		}
		text := read(t, all["README.txt"])
		for word, of := range map[string]string{"systemd": "linux", "WINDOWS.txt": "windows", "Windows": "windows", "macOS": "darwin", "    ./connectagent run": "darwin"} {
			if strings.Contains(text, word) != (of == system) {
				t.Errorf("README.txt for %s, of %s:\n%s", system, word, text)
			}
		}
		if strings.Contains(text, "\r\n") != (system == "windows") {
			t.Errorf("README.txt for %s:\n%s", system, text)
		}
	}
	k := kit()
	k.System = "plan9"
	if _, err := k.Zip(); err == nil {
		t.Error("there are steps for a system that no program is for")
	}
}

func TestReadmeSaysHowTheServerIsReached(t *testing.T) {
	t.Parallel()
	for server, want := range map[string]string{
		"https://plaza.example":     "reach https://plaza.example by HTTPS.\n",
		"http://plaza.example:8080": "reach http://plaza.example:8080 by HTTP, which is not encrypted:\nwhoever is in between can read the license key.\n",
	} {
		k := kit()
		k.Config.Server = server
		if text := read(t, unpack(t, k)["README.txt"]); !strings.Contains(text, want) {
			t.Errorf("%s:\n%s", server, text)
		}
	}
}

func TestWordsNameTheAgentAndNothingIsLeftToFillIn(t *testing.T) {
	t.Parallel()
	k := kit()
	k.Config.Name = "Till\n[Service]\nExecStart=/bin/sh {steps}"
	for _, k.System = range []string{"darwin", "windows", "linux"} {
		for name, f := range unpack(t, k) {
			text := read(t, f)
			if name != "connectagent.json" && regexp.MustCompile(`\{[a-z]`).MatchString(strings.Replace(text, "{steps}", "", 1)) {
				t.Errorf("%s has a gap", name)
			}
			if strings.Contains(text, "\nExecStart=/bin/sh") {
				t.Errorf("%s: a name becomes a line", name)
			}
		}
	}
	service := read(t, unpack(t, k)["connectagent.service"])
	for _, line := range []string{"DynamicUser=yes", "StateDirectory=connectagent", "ExecStart=/usr/local/bin/connectagent run --data /var/lib/connectagent --config ${CREDENTIALS_DIRECTORY}/connectagent.json"} {
		if !strings.Contains(service, line) {
			t.Errorf("the service lacks %s", line)
		}
	}
	if strings.Contains(service, "%d") {
		t.Error("the service needs systemd 250, and README.txt says 247")
	}
}
