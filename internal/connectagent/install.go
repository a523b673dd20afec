package connectagent

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
)

// installCommand is connectagent install.
type installCommand struct {
	place
}

// unitFile is what a service for systemd is called, where the dashboard sent one along.
const unitFile = "connectagent.service"

// Run keeps the configuration. What is known of an activation stays.
func (c *installCommand) Run(ctx context.Context, env Env) error {
	if c.Config == "" {
		return refuse("say with --config which file the dashboard made")
	}
	config, err := c.read(env)
	if err != nil {
		return err
	}
	if err := config.check(); err != nil {
		return err
	}
	h, err := thisHost(ctx, config)
	if err != nil {
		return err
	}
	w, err := c.where(env)
	if err != nil {
		return err
	}
	if err := c.keepsActivation(ctx, env, config.LicenseKey, h.Fingerprint); err != nil {
		return err
	}
	text, err := json.MarshalIndent(config, "", "  ")
	if err != nil {
		return err
	}
	if err := folder(filepath.Dir(w.Config)).write(filepath.Base(w.Config), append(text, '\n')); err != nil {
		return refuse("the configuration cannot be kept: %v", err)
	}
	c.next(env, w, config)
	return nil
}

// keepsActivation returns an error if this machine is activated with another
// license or as another machine: its seat would stay taken, and nobody would know
// by whom.
func (c *installCommand) keepsActivation(ctx context.Context, env Env, key, fingerprint string) error {
	present := place{Data: c.Data}
	a, err := present.open(ctx, env)
	if err != nil {
		return nil //nolint:nilerr // there is nothing that could be read, and so nothing to lose
	}
	if a.state.Machine != "" && (a.config.LicenseKey != key || a.host.Fingerprint != fingerprint) {
		return refuse("this machine is activated with another license key or fingerprint: run connectagent deactivate first")
	}
	return nil
}

// next says what to do now.
func (c *installCommand) next(env Env, w Where, config Config) {
	env.say("The configuration of %s is kept in %s.", config.Name, w.Config)
	if config.exposed() {
		env.say("Beware: %s is not https. The license key goes over the network unencrypted.", config.Server)
	}
	unit := filepath.Join(filepath.Dir(c.Config), unitFile)
	if _, err := os.Stat(unit); err == nil && w.Unit != "" {
		env.say("To start it now and whenever this machine starts, with the program as %s:\n", w.Program)
		env.say("    sudo install -m 644 %s %s\n    sudo systemctl daemon-reload\n    sudo systemctl enable --now connectagent", unit, w.Unit)
		return
	}
	kept := place{Data: c.Data} // the rest is in the configuration now
	env.say("To start it:\n\n    connectagent run%s\n\nWithout a network, see connectagent bundle --help.", kept.flags())
}
