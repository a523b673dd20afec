// Package agentkit packs what somebody needs to run a ConnectAgent into one ZIP
// file: its configuration, how to run it as a service, and its program if there is
// one. It is pure, and knows neither who asks nor what is kept.
package agentkit

import (
	"archive/zip"
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"time"
)

// Config is what a ConnectAgent is told, as it stands in connectagent.json.
type Config struct {
	Server            string   `json:"server"`               // https://host, without a path
	Account           string   `json:"account"`              // ID of the installation
	Product           string   `json:"product"`              // ID of ConnectAgent
	PublicKeys        []string `json:"publicKeys"`           // that sign now, and from a coming day on; 64 hexadecimal digits each
	FormerKeys        []string `json:"formerKeys,omitempty"` // that signed before, the license key perhaps
	LicenseKey        string   `json:"licenseKey"`           // as a whole
	Name              string   `json:"name"`                 // that people know it by
	HeartbeatInterval int      `json:"heartbeatInterval"`
	CheckInterval     int      `json:"checkInterval"`
	GraceDays         int      `json:"graceDays"`
}

// Kit is what goes into the file.
type Kit struct {
	Config  Config
	System  string    // that it is for, as Go calls it: linux, windows or darwin
	Program []byte    // the program itself; empty: it is to be had elsewhere
	Made    time.Time // when
}

//go:embed files
var files embed.FS

const windows = "windows"

// belongings returns the files of words for a system.
func belongings(system string) []string {
	switch system {
	case "linux":
		return []string{readme, "connectagent.service"}
	case windows:
		return []string{readme, "WINDOWS.txt"}
	}
	return []string{readme}
}

// readme is for every system, each with its own steps.
const readme = "README.txt"

// Zip returns k as a ZIP file. The files that hold the license key may be read by
// their owner only.
func (k Kit) Zip() ([]byte, error) {
	config, err := k.config()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add := func(name string, mode fs.FileMode, text []byte) error {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: k.Made}
		h.SetMode(mode)
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = w.Write(text)
		}
		return err
	}
	if err := add("connectagent.json", 0o600, config); err != nil {
		return nil, err
	}
	for _, name := range belongings(k.System) {
		text, err := k.text(name)
		if err != nil {
			return nil, err
		}
		if err := add(name, 0o644, text); err != nil {
			return nil, err
		}
	}
	if len(k.Program) > 0 {
		if err := add(k.program(), 0o755, k.Program); err != nil {
			return nil, err
		}
	}
	err = z.Close()
	return b.Bytes(), err
}

func (k Kit) program() string {
	if k.System == windows {
		return "connectagent.exe"
	}
	return "connectagent"
}

func (k Kit) config() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(k.Config)
	return b.Bytes(), err
}

// text returns a file of words, with what it says about this ConnectAgent. Lines end
// as Windows wants them where the file is for Windows.
func (k Kit) text(name string) ([]byte, error) {
	source, err := files.ReadFile("files/" + name)
	if err != nil {
		return nil, fmt.Errorf("pack %s: %w", name, err)
	}
	steps, err := files.ReadFile("files/steps-" + k.System + ".txt")
	if err != nil {
		return nil, fmt.Errorf("pack %s for %s: %w", name, k.System, err)
	}
	where := "The program is in this file: " + k.program() + "."
	if len(k.Program) == 0 {
		where = "The program is not in this file: ask whoever you have ConnectPlaza from for it."
	}
	way := "HTTPS."
	if !strings.HasPrefix(k.Config.Server, "https://") {
		way = "HTTP, which is not encrypted:\nwhoever is in between can read the license key."
	}
	text := strings.ReplaceAll(string(source), "{steps}", string(steps))
	text = strings.NewReplacer("{name}", oneLine(k.Config.Name), "{server}", k.Config.Server, "{program}", where, "{way}", way).Replace(text)
	if k.System == windows {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return []byte(text), nil
}

// oneLine returns s so that it cannot begin a line of its own.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
