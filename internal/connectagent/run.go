package connectagent

import (
	"context"
	"log/slog"
)

// runCommand is connectagent run.
type runCommand struct {
	place

	HealthFile string `help:"File that says how the work is doing, {\"health\":\"warning\",\"message\":\"…\"}: reported when it changes." placeholder:"FILE"`
	Simulate   int    `help:"Run so many made-up agents instead, which keep nothing." placeholder:"N"`
	Keys       string `help:"File with the license keys of simulated agents, one per line." placeholder:"FILE"`
	Unwell     int    `help:"How many of 100 simulated agents report warnings and errors at a time." placeholder:"PERCENT"`
}

// Run runs one agent, or many, until ctx ends.
func (c *runCommand) Run(ctx context.Context, env Env) error {
	if c.Simulate != 0 {
		return c.simulate(ctx, env)
	}
	if c.Keys != "" || c.Unwell != 0 {
		return refuse("--keys and --unwell go together with --simulate")
	}
	a, unlock, err := c.openLocked(ctx, env)
	if err != nil {
		return err
	}
	defer unlock()
	if c.HealthFile != "" {
		a.probe = healthFile(c.HealthFile)
	}
	if a.config.exposed() {
		a.log.WarnContext(ctx, "the license key goes over the network unencrypted: use https", slog.String("server", a.config.Server))
	}
	return a.run(ctx, 0)
}
