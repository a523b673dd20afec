// Package connectagent is the reference ConnectAgent: it proves its right to run to
// a license server, beats, fetches what it needs to run without the server, and
// says in plain words why it does not run.
//
// It knows Plaza by the contract of the agents' API only.
package connectagent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/connectplaza/plaza/internal/clock"
)

// Env is what a command line finds itself in.
type Env struct {
	Args      []string // without the name of the program
	Out       io.Writer
	Err       io.Writer
	Now       clock.Func           // the clock of the machine
	Elapsed   func() time.Duration // since the process began, whatever happens to the clock; nil: by Now
	Version   string
	Transport http.RoundTripper // nil: the network
	Where     *Where            // nil: as this system has it
}

// How a command can end.
const (
	done       = 0
	failed     = 1 // it failed, or the license may not be used
	wrongUsage = 2 // a flag or the configuration is wrong, or something has to be done first
)

// commands is every command.
type commands struct {
	Install    installCommand    `cmd:"" help:"Check a configuration that the dashboard made, and keep it."`
	Run        runCommand        `cmd:"" help:"Run until told to stop. Activates this machine when it is first run."`
	Status     statusCommand     `cmd:"" help:"Say whether it may run, and what it last knew. Asks nobody."`
	License    licenseCommand    `cmd:"" help:"Say what the license is. Asks nobody."`
	Deactivate deactivateCommand `cmd:"" help:"Give the seat of this machine back."`
	Bundle     bundleCommand     `cmd:"" help:"Activate without a network: write a request file with --out and, when the dashboard has made the answer of it, take that with --in."`
	Version    versionCommand    `cmd:"" help:"Say which version this is."`
}

const description = "ConnectAgent runs integrations under a license.\n\n" +
	"Exit codes: 0 done, 1 failed or not allowed to run, 2 a flag or the configuration is wrong."

// errSaid is that a command has said itself why it fails.
var errSaid = errors.New("said")

// Run runs the command that env asks for until it is done or ctx ends, and returns
// the exit code: 0, 1 if it failed or the license may not be used, 2 if a flag or
// the configuration is wrong.
func Run(ctx context.Context, env Env) int {
	if env.Elapsed == nil {
		began := env.Now()
		env.Elapsed = func() time.Duration { return env.Now().Sub(began) }
	}
	var all commands
	helped := false
	parser, err := kong.New(
		&all, kong.Name("connectagent"), kong.Description(description), kong.Writers(env.Out, env.Err),
		kong.Exit(func(int) { helped = true }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(env),
	)
	if err != nil {
		return env.explain(err)
	}
	command, err := parser.Parse(env.Args)
	switch {
	case helped:
		return done
	case err != nil:
		return env.explain(refuse("%v; see connectagent --help", err))
	}
	return env.explain(command.Run())
}

// explain says in one line what went wrong, and returns the exit code.
func (env Env) explain(err error) int {
	switch {
	case err == nil:
		return done
	case errors.Is(err, errSaid):
		return failed
	}
	fmt.Fprintf(env.Err, "connectagent: %s\n", strings.Join(strings.Fields(err.Error()), " "))
	if _, ok := errors.AsType[*refusal](err); ok {
		return wrongUsage
	}
	return failed
}

// say writes a line.
func (env Env) say(text string, args ...any) { fmt.Fprintf(env.Out, text+"\n", args...) }

// versionCommand is connectagent version.
type versionCommand struct{}

// Run says which version this is.
func (versionCommand) Run(env Env) error {
	env.say("connectagent %s", env.Version)
	return nil
}
