// Package cli is the operator's door: the commands of the binary, their flags,
// and how everything is put together.
//
// It is the only package that reads flags and settings, and the only one beside
// app that opens the database. It speaks English, and decides nothing that a use
// case decides.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/clock"
	"github.com/connectplaza/plaza/internal/config"
	"github.com/connectplaza/plaza/internal/i18n"
)

// Env is what a command line finds itself in.
type Env struct {
	Args    []string // without the name of the program
	In      io.Reader
	Out     io.Writer
	Err     io.Writer
	Now     clock.Func
	Version string
}

// How a command can end.
const (
	done       = 0
	failed     = 1
	wrongUsage = 2 // a flag or a setting is wrong, or something has to be done first
)

// commands is every command.
type commands struct {
	Serve    serveCommand    `cmd:"" set:"database=plaza.db" help:"Serve the dashboard. Run plaza setup first."`
	Demo     demoCommand     `cmd:"" set:"database=plaza-demo.db" help:"Serve a demo world: made at the first start, kept at the next."`
	Migrate  migrateCommand  `cmd:"" set:"database=plaza.db" help:"Bring the database up to date. serve, demo and setup do so too."`
	Setup    setupCommand    `cmd:"" set:"database=plaza.db" help:"Make the vendor's profile and its first owner."`
	Profiles profilesCommand `cmd:"" set:"database=plaza.db" help:"Show every profile, in its tree."`
	Logins   loginsCommand   `cmd:"" set:"database=plaza.db" help:"List logins, make a link for a new password, end sessions."`
	Audit    auditCommand    `cmd:"" set:"database=plaza.db" help:"Verify, export and check the sealed audit log."`
	License  licenseCommand  `cmd:"" help:"Verify license files, machine files and signed license keys, without a server."`
	Release  releaseCommand  `cmd:"" set:"database=plaza.db" help:"Publish versions of the ConnectAgent, and sign their builds."`
	Version  versionCommand  `cmd:"" help:"Say which version this is."`
}

const description = "The administrative dashboard and license server of ConnectPlaza.\n\n" +
	"Every flag can be given as a variable too, as named beside it."

// Run runs the command that env asks for until it is done or ctx ends, and
// returns the exit code: 0, 1 if it failed, 2 if a flag or a setting is wrong.
func Run(ctx context.Context, env Env) int {
	var all commands
	helped := false
	parser, err := kong.New(
		&all, kong.Name("plaza"), kong.Description(description), kong.Writers(env.Out, env.Err),
		kong.Exit(func(int) { helped = true }), kong.Vars{"database": ""},
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(env),
	)
	if err != nil {
		return env.explain(err)
	}
	command, err := parser.Parse(env.Args)
	if helped {
		return done
	}
	if err != nil {
		return env.explain(usage(err))
	}
	if err := command.Run(); err != nil {
		return env.explain(err)
	}
	return done
}

// explain says in one line what went wrong, and returns the exit code.
func (env Env) explain(err error) int {
	line := strings.Join(strings.Fields(inWords(err)), " ")
	fmt.Fprintf(env.Err, "plaza: %s\n", line)
	if first, ok := errors.AsType[*refusal](err); ok && first != nil {
		return wrongUsage
	}
	if _, ok := errors.AsType[*config.Error](err); ok {
		return wrongUsage
	}
	return failed
}

// refusal is an error that the operator can do something about.
type refusal struct{ text string }

func (r *refusal) Error() string { return r.text }

func refuse(text string, args ...any) error { return &refusal{fmt.Sprintf(text, args...)} }

// flag finds a flag in what kong says.
var flag = regexp.MustCompile(`--([a-z][a-z-]*)`)

// usage makes of what kong says a line that names the variable too.
func usage(err error) error {
	text := flag.ReplaceAllStringFunc(err.Error(), func(f string) string {
		name := strings.TrimPrefix(f, "--")
		if strings.Contains(err.Error(), "unknown flag") {
			return f
		}
		return f + " (" + config.Variable(name) + ")"
	})
	return refuse("%s; see plaza --help", text)
}

// inWords returns what err says, in English where it was meant for a person.
func inWords(err error) string {
	e, ok := errors.AsType[*plaza.Error](err)
	if !ok || e.Kind == plaza.Internal {
		return err.Error()
	}
	texts, loading := i18n.Load()
	if loading != nil {
		return err.Error()
	}
	english := texts.Printer("en", nil)
	words := english.Say(e.Msg)
	if e.Err != nil {
		words += " (" + e.Err.Error() + ")"
	}
	return words
}

// versionCommand is plaza version.
type versionCommand struct{}

// Run says which version this is.
func (versionCommand) Run(env Env) error {
	_, err := fmt.Fprintln(env.Out, "plaza", env.Version)
	return err
}

// migrateCommand is plaza migrate.
type migrateCommand struct {
	config.Database
}

// Run brings the database up to date.
func (c *migrateCommand) Run(ctx context.Context, env Env) error {
	db, err := openDatabase(ctx, c.Database)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = fmt.Fprintln(env.Out, "the database is up to date")
	return err
}
