package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/sheet"
	"github.com/connectplaza/plaza/internal/store"
)

// exported is how a list was taken along.
type exported struct {
	Rows       int           `json:"rows"`
	Bytes      int           `json:"bytes"`
	Made       time.Duration `json:"made"` // until the file was there
	Downloaded time.Duration `json:"downloaded"`
	CPU        time.Duration `json:"cpu"`       // of one core, that making it took
	Before     int           `json:"before_mb"` // that were resident before
	Peak       int           `json:"peak_mb"`   // and at most meanwhile
	Failed     string        `json:"failed,omitempty"`
}

// exportForms are in which forms the list is taken along.
var exportForms = []plaza.ExportForm{plaza.ExportComma} //nolint:gochecknoglobals // a constant

// measureExports measures the second half of P6 on each engine: all licenses of the world,
// as somebody sees them who sees all.
func measureExports(ctx context.Context, w io.Writer, o fleetOptions) error {
	for _, e := range fleetEngines(o) {
		if err := e.there(ctx, o.agents); err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
		for _, form := range exportForms {
			x, err := exportBeside(ctx, e, form, o.profile)
			if err != nil {
				return fmt.Errorf("%s: %w", e.name, err)
			}
			more := x.Peak - x.Before
			fmt.Fprintf(w, "| P6 | %s | %d licenses as %s, %d MB: %.1f s until the file was there (%.1f s of a core in this process, load of the machine %s), %d MB more resident at most (%d before); downloaded in %.1f s | ≤ 15 s, < 50 MB for 1000000 | %s |\n",
				e.name, x.Rows, form, x.Bytes>>20, x.Made.Seconds(), x.CPU.Seconds(), busy(), more, x.Before, x.Downloaded.Seconds(),
				met(x.Rows >= 1_000_000 && x.Made <= 15*time.Second && more < 50))
		}
	}
	return nil
}

// there makes the world of e unless it is there already.
func (e fleetEngine) there(ctx context.Context, n int) error {
	if !store.IsPostgres(e.address) {
		return e.ready(ctx, n)
	}
	db, err := e.raw()
	if err != nil {
		return err
	}
	defer db.Close()
	found := 0
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM connectagents").Scan(&found); err == nil && found == n {
		return migrate(ctx, e.address)
	}
	return e.ready(ctx, n)
}

// exportBeside has a process of its own take the list along, whose memory is nobody else's.
func exportBeside(ctx context.Context, e fleetEngine, form plaza.ExportForm, profile string) (x exported, err error) {
	args := []string{"export", "-db", e.address, "-form", string(form)}
	if profile != "" {
		args = append(args, "-cpuprofile", profile+e.name+".cpu")
	}
	c := exec.CommandContext(ctx, os.Args[0], args...) //nolint:gosec // ourselves
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		return x, err
	}
	if err := json.Unmarshal(out, &x); err != nil {
		return x, err
	}
	if x.Failed != "" {
		err = errors.New(x.Failed)
	}
	return x, err
}

// export takes the list along, and says how that went.
func export(args []string) error {
	flags := flag.NewFlagSet("export", flag.ExitOnError)
	address := flags.String("db", "", "")
	form := flags.String("form", string(plaza.ExportComma), "")
	profile := flags.String("cpuprofile", "", "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var x exported
	err := profiled(*profile, func() (err error) {
		x, err = takeAlong(context.Background(), *address, plaza.ExportForm(*form))
		return err
	})
	if err != nil {
		x.Failed = err.Error()
	}
	return json.NewEncoder(os.Stdout).Encode(x)
}

func takeAlong(ctx context.Context, address string, form plaza.ExportForm) (x exported, err error) {
	db, err := store.Open(ctx, address)
	if err != nil {
		return x, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	texts, err := i18n.Load()
	if err != nil {
		return x, err
	}
	a, err := openApp(db, texts, time.Now)
	if err != nil {
		return x, err
	}
	owner, err := signIn(ctx, a)
	if err != nil {
		return x, err
	}
	in := plaza.NewExport{List: plaza.ExportLicenses, Form: form, Language: "en", TimeZone: "UTC"}
	sheets := sheet.New(a, texts, time.Now)
	rows, err := sheets.Count(ctx, owner, in)
	if err != nil {
		return x, err
	}
	e, err := a.StartExport(ctx, owner, in, rows)
	if err != nil {
		return x, err
	}
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // the peak is counted from here
	x.Before = resident("VmRSS")
	began, before := time.Now(), spent(os.Getpid())
	if _, err := a.WorkOnExport(ctx, plaza.Clerk, sheets.Export); err != nil {
		return x, err
	}
	x.Made, x.CPU, x.Peak = time.Since(began), spent(os.Getpid())-before, resident("VmHWM")
	return x, x.download(ctx, a, owner, e.ID)
}

// download downloads the file, counts what is in it, and deletes it.
func (x *exported) download(ctx context.Context, a *app.App, who plaza.Actor, id string) error {
	began := time.Now()
	var c counter
	if err := a.DownloadExport(ctx, who, id, func(plaza.Export) io.Writer { return &c }); err != nil {
		return err
	}
	x.Downloaded, x.Bytes, x.Rows = time.Since(began), c.bytes, c.lines-1
	return a.CancelExport(ctx, who, id)
}

type counter struct{ bytes, lines int }

func (c *counter) Write(b []byte) (int, error) {
	c.bytes += len(b)
	c.lines += bytes.Count(b, []byte("\n"))
	return len(b), nil
}

// busy returns how many wanted a core of the machine over the last minute, which others
// may be using.
func busy() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Fields(string(b))[0]
}

// resident returns a figure of the process's memory, in MB.
func resident(what string) int {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, what+":"); ok {
			n, _ := strconv.Atoi(strings.Fields(rest)[0])
			return n >> 10
		}
	}
	return 0
}
