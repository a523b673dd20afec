// Package record keeps the table of drills in the documentation: a row for each
// drill on each engine, as of the last time that it ran.
package record

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Path is where the table is.
const Path = "docs/operating/reliability.md"

const heading = `# Reliability

What Plaza promises, and the drills that try to break the promise. Every row is written by the drill itself
(` + "`make drill-NAME`" + `); nothing here is typed by hand. With no failure in n independent trials the rate is below
3/n (95 %).

| Drill | Engine | What was tried | Outcome | Control | Took | Date | Commit |
|---|---|---|---|---|---|---|---|
`

// Row is what came of a drill.
type Row struct {
	Drill   string
	Engine  string
	Tried   string
	Outcome string
	Control string // what the drill finds where there is something to find
	Took    time.Duration
}

// Put writes r in the place of the row of the same drill on the same engine.
func Put(path string, r Row) error {
	b, err := os.ReadFile(path) //nolint:gosec // whoever drills says where
	if errors.Is(err, fs.ErrNotExist) {
		b, err = []byte(heading), os.MkdirAll(filepath.Dir(path), 0o750)
	}
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimRight(string(b), "\n"), "\n")
	begin := fmt.Sprintf("| %s | %s | ", r.Drill, r.Engine)
	row := begin + fmt.Sprintf("%s | %s | %s | %s | %s | %s |", r.Tried, r.Outcome, r.Control, r.Took.Round(time.Second), time.Now().UTC().Format(time.DateOnly), commit())
	lines = slices.DeleteFunc(lines, func(line string) bool { return strings.HasPrefix(line, begin) })
	lines = append(lines, row)
	return os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600) //nolint:gosec // whoever drills says where
}

func commit() string {
	b, err := exec.Command("git", "describe", "--always", "--dirty").Output() //nolint:noctx // it is over at once
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(b))
}
