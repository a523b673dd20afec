package connectagent

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"time"
)

// bundleCommand is connectagent bundle.
type bundleCommand struct {
	place

	Out string `help:"First: write the request file here; take it to the dashboard." placeholder:"FILE" xor:"way"`
	In  string `help:"Then: take this answer file, which the dashboard made of the request." placeholder:"FILE" xor:"way"`
}

// request is what a machine without a network asks for.
type request struct {
	Type        string    `json:"type"`
	Version     int       `json:"version"`
	Key         string    `json:"key"`
	Fingerprint string    `json:"fingerprint"`
	Hostname    string    `json:"hostname"`
	Platform    string    `json:"platform"`
	Cores       int       `json:"cores"`
	RequestedAt time.Time `json:"requestedAt"`
}

// Run writes a request, or takes an answer.
func (c *bundleCommand) Run(ctx context.Context, env Env) error {
	if c.Out == "" && c.In == "" { // not required flags: the usage would then show both of them
		return refuse("say with --out FILE where the request goes or, when the dashboard has made the answer of it, with --in FILE where that is")
	}
	a, unlock, err := c.openLocked(ctx, env)
	if err != nil {
		return err
	}
	defer unlock()
	if c.Out != "" {
		return c.ask(env, a)
	}
	return c.take(env, a)
}

// ask writes the request file. It holds the license key, and is for its owner only.
func (c *bundleCommand) ask(env Env, a *agent) error {
	text, err := json.MarshalIndent(request{
		Type: "plaza-offline-request", Version: 1, Key: a.config.LicenseKey, Fingerprint: a.host.Fingerprint,
		Hostname: a.host.Hostname, Platform: a.host.Platform, Cores: a.host.Cores, RequestedAt: env.Now().UTC().Truncate(time.Second),
	}, "", "  ")
	if err != nil {
		return err
	}
	if err := replace(c.Out, append(text, '\n')); err != nil {
		return refuse("the request cannot be written: %v", err)
	}
	env.say("The request is in %s. It holds the license key: keep it to yourself.", c.Out)
	env.say("Have the dashboard make the answer of it, bring that here, and run: connectagent bundle --in ANSWER%s", c.flags())
	return nil
}

// take keeps the answer file.
func (c *bundleCommand) take(env Env, a *agent) error {
	file, err := os.ReadFile(c.In)
	if err != nil {
		return refuse("the answer cannot be read: %v", err)
	}
	file = bytes.ReplaceAll(file, []byte("\r\n"), []byte("\n")) // mail and Windows do that
	if err := a.take(file); err != nil {
		return refuse("%v", err)
	}
	g := a.grant
	if a.time.setBack() && g.Issued.After(a.state.Issued) && g.Issued.After(a.state.ServerTime) {
		a.time.fresh(g.Issued) // it is new, and what it says of the time is the server's word
	}
	// The last word of the server is known to the second. What it gave before that
	// changes nothing, and counts as what the agent itself has fetched.
	newer := g.Issued.Truncate(time.Second).After(a.state.ServerTime)
	switch now := a.time.now(); {
	case !g.Expiry.IsZero() && !now.Before(g.Expiry):
		return refuse("the answer has expired on %s, and it is %s now: have a new one made, or put the clock of this machine right", inUTC(g.Expiry), inUTC(now))
	case !newer && !a.state.Valid:
		return refuse("the answer was made on %s, and the server has said something else on %s: have a new one made", inUTC(g.Issued), inUTC(a.state.ServerTime))
	}
	byHand := newer
	if g.Issued.Equal(a.state.Issued) { // that which is there
		byHand = a.state.ByHand
	}
	if err := a.install(file, byHand); err != nil {
		return err
	}
	if a.state.Machine != g.Machine {
		a.state.Machine, a.state.Activated, a.state.Generation = g.Machine, a.time.now(), 0
	}
	a.state.License, a.state.Deactivated, a.broken = g.License, time.Time{}, false
	a.judge(verdict{Valid: true, Code: codeValid})
	if err := a.keep(); err != nil {
		return err
	}
	env.say("The answer is installed. It runs without a server until: %s.", a.offline(a.time.now()))
	return nil
}
