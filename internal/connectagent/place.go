package connectagent

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"unicode"
)

// Where is where the files of an agent are unless flags say otherwise.
type Where struct {
	Data    string // directory for what it learns
	Config  string // what the dashboard made, as connectagent install keeps it
	Program string // as the service for systemd looks for it; empty: there is no service
	Unit    string // that service
}

// whereOn returns where the files are on a system, for root or somebody else.
func whereOn(system string, root bool, env func(string) string) (Where, error) {
	switch dir := env("XDG_STATE_HOME"); {
	case system == "windows":
		data := env("ProgramData") + `\ConnectAgent`
		return Where{Data: data, Config: data + `\` + configFile}, nil
	case root: // as the service that the dashboard sends along has it
		return Where{
			Data: "/var/lib/connectagent", Config: "/etc/connectagent/" + configFile,
			Program: "/usr/local/bin/connectagent", Unit: "/etc/systemd/system/" + unitFile,
		}, nil
	case filepath.IsAbs(dir):
		return whereIn(filepath.Join(dir, "connectagent")), nil
	case env("HOME") != "":
		return whereIn(filepath.Join(env("HOME"), ".local", "state", "connectagent")), nil
	}
	return Where{}, refuse("there is no home directory: say with --data where the files go")
}

// whereIn returns that all files are in one directory.
func whereIn(dir string) Where { return Where{Data: dir, Config: filepath.Join(dir, configFile)} }

// place says where the files of an agent are; every command has these flags.
type place struct {
	Config      string `help:"File that the dashboard made (default: what connectagent install has kept)." env:"CONNECTAGENT_CONFIG" placeholder:"FILE"`
	Data        string `help:"Directory for what is kept (default: /var/lib/connectagent as root, otherwise connectagent in the directory for state; on Windows %ProgramData%\\ConnectAgent)." env:"CONNECTAGENT_DATA" placeholder:"DIR"`
	Heartbeat   int    `name:"heartbeat-interval" help:"Seconds between two heartbeats, instead of what the configuration says." env:"CONNECTAGENT_HEARTBEAT_INTERVAL" hidden:""`
	Check       int    `name:"check-interval" help:"Seconds between two checks of the license, instead of what the configuration says." env:"CONNECTAGENT_CHECK_INTERVAL" hidden:""`
	Fingerprint string `help:"What the server knows this machine by, instead of its ID: for containers." env:"CONNECTAGENT_FINGERPRINT" placeholder:"TEXT"`
}

// flags returns the flags that another command needs to work in the same place.
func (p place) flags() string {
	var flags strings.Builder
	for _, f := range [][2]string{{"config", p.Config}, {"data", p.Data}, {"fingerprint", p.Fingerprint}} {
		name, value := f[0], f[1]
		if strings.ContainsFunc(value, unicode.IsSpace) {
			value = `"` + value + `"`
		}
		if value != "" {
			flags.WriteString(" --" + name + " " + value)
		}
	}
	return flags.String()
}

// where returns where the files are. What is kept elsewhere has its configuration
// beside it.
func (p place) where(env Env) (w Where, err error) {
	if env.Where != nil {
		w = *env.Where
	} else if w, err = whereOn(runtime.GOOS, os.Geteuid() == 0, os.Getenv); err != nil && p.Data == "" {
		return w, err
	}
	if p.Data != "" && p.Data != w.Data {
		w = whereIn(p.Data)
	}
	return w, nil
}

// read returns the configuration, which has not been checked.
func (p place) read(env Env) (Config, error) {
	path := p.Config
	if path == "" {
		w, err := p.where(env)
		if err != nil {
			return Config{}, err
		}
		path = w.Config
	}
	text, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	switch {
	case errors.Is(err, fs.ErrNotExist) && p.Config == "":
		return Config{}, refuse("there is no %s: run connectagent install --config FILE first, or as root what root has installed", path)
	case err != nil:
		return Config{}, refuse("the configuration cannot be read: %v", err)
	}
	c, err := parseConfig(text)
	if p.Fingerprint != "" {
		c.Fingerprint = p.Fingerprint
	}
	if p.Heartbeat != 0 {
		c.HeartbeatInterval = p.Heartbeat
	}
	if p.Check != 0 {
		c.CheckInterval = p.Check
	}
	return c, err
}

// open returns the agent of this machine, with what it knows from before.
func (p place) open(ctx context.Context, env Env) (*agent, error) {
	c, err := p.read(env)
	if err != nil {
		return nil, err
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	w, err := p.where(env)
	if err != nil {
		return nil, err
	}
	h, err := thisHost(ctx, c)
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(env.Err, nil))
	return newAgent(env, c, h, folder(w.Data), log, transport(env, 1))
}

// openLocked is open for a command that changes what is kept. The caller unlocks.
func (p place) openLocked(ctx context.Context, env Env) (*agent, func(), error) {
	w, err := p.where(env)
	if err != nil {
		return nil, nil, err
	}
	unlock, err := folder(w.Data).lock()
	if err != nil {
		return nil, nil, err
	}
	a, err := p.open(ctx, env)
	if err != nil {
		unlock()
		return nil, nil, err
	}
	return a, unlock, nil
}

// thisHost returns what there is to say of this machine.
func thisHost(ctx context.Context, c Config) (host, error) {
	h := host{Fingerprint: c.Fingerprint, Name: c.Name, Platform: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.NumCPU()}
	h.Hostname, _ = os.Hostname() // one without a name is activated without it
	if h.Fingerprint != "" {
		return h, nil
	}
	id, err := machineID(ctx)
	if err != nil {
		return h, err
	}
	h.Fingerprint = fingerprint(c.Product, id)
	return h, nil
}

// newAgent puts an agent together, with what it knows from before.
func newAgent(env Env, c Config, h host, f folder, log *slog.Logger, over http.RoundTripper) (*agent, error) {
	public, err := c.public()
	if err != nil {
		return nil, err
	}
	server, err := c.address()
	if err != nil {
		return nil, err
	}
	a := &agent{
		config: c, host: h, folder: f, log: log, version: env.Version,
		secret: stateSecret(c.LicenseKey, h.Fingerprint),
		time:   &timekeeper{wall: env.Now, elapsed: env.Elapsed},
		random: rand.Float64, // for jitter
		client: &client{
			http: &http.Client{
				Transport:     over,
				CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			},
			server: server, account: c.Account, public: public, key: c.LicenseKey, now: env.Now,
			made: fmt.Sprintf("connectagent/%s (%s)", env.Version, h.Platform),
		},
	}
	return a, a.begin()
}

// transport returns what requests of so many agents go over.
func transport(env Env, agents int) http.RoundTripper {
	if env.Transport != nil {
		return env.Transport
	}
	return newTransport(agents)
}
