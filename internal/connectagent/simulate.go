package connectagent

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"
)

// statisticsInterval is how often a simulation says how it is doing.
const statisticsInterval = 10 * time.Second

// simulate runs many agents in one process, each as if on a machine of its own.
func (c *runCommand) simulate(ctx context.Context, env Env) error {
	if c.Simulate < 0 || c.Unwell < 0 || c.Unwell > 100 {
		return refuse("--simulate takes a number of agents, and --unwell a percentage")
	}
	agents, err := c.crowd(env)
	if err != nil {
		return err
	}
	s := &statistics{agents: len(agents)}
	var all sync.WaitGroup
	for _, a := range agents {
		a.observe, a.changed = s.beat, s.changed
		start := time.Duration(float64(a.config.HeartbeatInterval) * a.random() * float64(time.Second))
		all.Go(func() { _ = a.run(ctx, start+1) }) // it keeps nothing, so nothing can fail
	}
	tick := time.NewTicker(statisticsInterval)
	defer tick.Stop()
	for running := true; running; {
		select {
		case <-ctx.Done():
			running = false
		case <-tick.C:
			env.say("%s", s.line())
		}
	}
	all.Wait()
	env.say("%s", s.line())
	return nil
}

// crowd makes the agents.
func (c *runCommand) crowd(env Env) ([]*agent, error) {
	config, err := c.read(env)
	if err != nil {
		return nil, err
	}
	keys, err := c.keys(config)
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		config.LicenseKey = key
		if err := config.check(); err != nil {
			return nil, err
		}
	}
	over, quiet := transport(env, c.Simulate), slog.New(slog.DiscardHandler)
	agents := make([]*agent, 0, c.Simulate)
	for i := range c.Simulate {
		config.LicenseKey = keys[i%len(keys)]
		name := fmt.Sprintf("simulated-%05d", i+1)
		a, err := newAgent(env, config, imagined(config, name), "", quiet, over)
		if err != nil {
			return nil, err
		}
		if c.Unwell > 0 {
			a.probe = moody(a, c.Unwell)
		}
		agents = append(agents, a)
	}
	return agents, nil
}

// keys returns the license keys of a simulation.
func (c *runCommand) keys(config Config) ([]string, error) {
	keys := config.Keys
	if config.LicenseKey != "" {
		keys = append(keys, config.LicenseKey)
	}
	if c.Keys != "" {
		text, err := os.ReadFile(c.Keys)
		if err != nil {
			return nil, refuse("the keys cannot be read: %v", err)
		}
		keys = nil
		for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
			if line := strings.TrimSpace(lines.Text()); line != "" && !strings.HasPrefix(line, "#") {
				keys = append(keys, line)
			}
		}
	}
	if len(keys) == 0 {
		return nil, refuse("a simulation needs license keys: keys in the configuration, or --keys FILE")
	}
	return keys, nil
}

// imagined returns a machine that does not exist. It is the same at every start.
func imagined(c Config, name string) host {
	return host{
		Fingerprint: fingerprint(c.Product, "simulated\n"+c.LicenseKey+"\n"+name), Name: name, Hostname: name,
		Platform: runtime.GOOS + "/" + runtime.GOARCH, Cores: 4,
	}
}

// moody has the work of an agent go wrong now and then: in percent of the minutes.
func moody(a *agent, percent int) func() health {
	last, until := health{Health: healthOK}, time.Duration(0)
	return func() health {
		if a.time.elapsed() < until {
			return last
		}
		until = a.time.elapsed() + time.Minute
		switch luck := a.random() * 100; {
		case luck < float64(percent)/4:
			last = health{"error", "The order service answers with an error."}
		case luck < float64(percent):
			last = health{"warning", "The queue of orders is longer than usual."}
		default:
			last = health{Health: healthOK}
		}
		return last
	}
}
