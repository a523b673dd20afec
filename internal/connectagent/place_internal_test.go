package connectagent

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/connectplaza/plaza/internal/agentkit"
)

// kit returns what the dashboard sends along for a system, by its name.
func kit(t *testing.T, system string) map[string]string {
	t.Helper()
	b, err := agentkit.Kit{Config: agentkit.Config{Server: "https://plaza.example"}, System: system, Program: []byte("program")}.Zip()
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name] = string(text)
	}
	return all
}

var absolute = regexp.MustCompile(`(?:^|[\s:=(\x60])(/(?:etc|usr|var|lib|opt)/[\w/.-]*\w)`)

// TestThereIsOneWayToInstall holds the service, README.txt, what install says and
// does, and the manual against each other: each path that one of them names is one
// that the service uses.
func TestThereIsOneWayToInstall(t *testing.T) {
	t.Parallel()
	nobody := func(string) string { return "" }
	root, err := whereOn("linux", true, nobody)
	if err != nil {
		t.Fatal(err)
	}
	files := kit(t, "linux")
	unit := files[filepath.Base(root.Unit)]
	used := map[string]bool{root.Unit: true}
	for _, m := range absolute.FindAllStringSubmatch(unit, -1) {
		used[m[1]] = true
	}
	for _, path := range []string{root.Data, root.Config, root.Program} {
		if !used[path] {
			t.Errorf("the service does not use %s, only %v", path, used)
		}
	}

	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, unitFile), []byte(unit), 0o600); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	install := installCommand{place{Config: filepath.Join(dir, "connectagent.json")}}
	install.next(Env{Out: &said}, root, Config{Server: "https://plaza.example"})
	texts := map[string]string{"README.txt": files["README.txt"], "install": strings.ReplaceAll(said.String(), dir+"/", "")}
	for name, text := range texts {
		named := map[string]bool{}
		for _, m := range absolute.FindAllStringSubmatch(text, -1) {
			named[m[1]] = true
			if !used[m[1]] {
				t.Errorf("%s names %s, which the service does not use", name, m[1])
			}
		}
		for _, path := range []string{root.Config, root.Program, root.Unit} {
			if !named[path] {
				t.Errorf("%s does not name %s", name, path)
			}
		}
	}
	for _, line := range strings.SplitAfter(texts["install"], "\n") {
		if strings.HasPrefix(line, "    ") && !strings.Contains(files["README.txt"], strings.TrimSpace(line)) {
			t.Errorf("install says %q, README.txt does not", line)
		}
	}

	windows, err := whereOn("windows", true, func(name string) string { return map[string]string{"ProgramData": `C:\ProgramData`}[name] })
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(kit(t, "windows")["WINDOWS.txt"], `run --data \"`+windows.Data+`\"`) || windows.Config != windows.Data+`\connectagent.json` {
		t.Errorf("on Windows: %+v", windows)
	}
}

func TestManualInstallsAsTheKitDoes(t *testing.T) {
	t.Parallel()
	files := kit(t, "linux")
	for _, language := range []string{"en", "nl"} {
		page, err := os.ReadFile(filepath.Join("..", "..", "docs", "manual", language, "connectagent-setup.md"))
		if err != nil {
			t.Fatal(err)
		}
		steps := 0
		for line := range strings.Lines(string(page)) {
			if line = strings.TrimSpace(line); strings.HasPrefix(line, "sudo ") {
				steps++
				if !strings.Contains(files["README.txt"], line) {
					t.Errorf("%s says %q, README.txt does not", language, line)
				}
			}
		}
		if steps < 5 {
			t.Errorf("%s has %d steps", language, steps)
		}
		for _, m := range absolute.FindAllStringSubmatch(string(page), -1) {
			if !strings.Contains(files["README.txt"]+files["connectagent.service"], m[1]) {
				t.Errorf("%s names %s, which nobody uses", language, m[1])
			}
		}
	}
}

func TestWhereFilesAre(t *testing.T) {
	t.Parallel()
	env := func(name string) string { return map[string]string{"HOME": "/home/anna"}[name] }
	w, err := whereOn("linux", false, env)
	if err != nil || w.Config != "/home/anna/.local/state/connectagent/connectagent.json" || w.Unit != "" {
		t.Errorf("for somebody: %+v %v", w, err)
	}
	if w, err := whereOn("linux", false, func(string) string { return "" }); err == nil {
		t.Errorf("for nobody: %+v", w)
	}
	system := Where{Data: "/var/lib/x", Config: "/etc/x/y"}
	for data, want := range map[string]Where{"": system, "/var/lib/x": system, "/data": {Data: "/data", Config: "/data/connectagent.json"}} {
		if w, err := (place{Data: data}).where(Env{Where: &system}); err != nil || w != want {
			t.Errorf("--data %q: %+v %v, want %+v", data, w, err, want)
		}
	}
}
