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
	"runtime"
)

// place says where the files of an agent are; every command has these flags.
type place struct {
	Config      string `help:"File that the dashboard made (default: what connectagent install has kept)." env:"CONNECTAGENT_CONFIG" placeholder:"FILE"`
	Data        string `help:"Directory for what is kept (default: /var/lib/connectagent as root, otherwise connectagent in the directory for state)." env:"CONNECTAGENT_DATA" placeholder:"DIR"`
	Fingerprint string `help:"What the server knows this machine by, instead of its ID: for containers." env:"CONNECTAGENT_FINGERPRINT" placeholder:"TEXT"`
}

// folder returns where the files are.
func (p place) folder() (folder, error) {
	if p.Data != "" {
		return folder(p.Data), nil
	}
	return defaultFolder()
}

// read returns the configuration, which has not been checked.
func (p place) read() (Config, error) {
	path := p.Config
	if path == "" {
		f, err := p.folder()
		if err != nil {
			return Config{}, err
		}
		path = f.path(configFile)
	}
	text, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	switch {
	case errors.Is(err, fs.ErrNotExist) && p.Config == "":
		return Config{}, refuse("there is no %s: run connectagent install --config FILE first", path)
	case err != nil:
		return Config{}, refuse("the configuration cannot be read: %v", err)
	}
	c, err := parseConfig(text)
	if p.Fingerprint != "" {
		c.Fingerprint = p.Fingerprint
	}
	return c, err
}

// open returns the agent of this machine, with what it knows from before.
func (p place) open(ctx context.Context, env Env) (*agent, error) {
	c, err := p.read()
	if err != nil {
		return nil, err
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	f, err := p.folder()
	if err != nil {
		return nil, err
	}
	h, err := thisHost(ctx, c)
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(env.Err, nil))
	return newAgent(env, c, h, f, log, transport(env, 1))
}

// openLocked is open for a command that changes what is kept. The caller unlocks.
func (p place) openLocked(ctx context.Context, env Env) (*agent, func(), error) {
	f, err := p.folder()
	if err != nil {
		return nil, nil, err
	}
	unlock, err := f.lock()
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
