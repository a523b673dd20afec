// Package ctl is plazactl: the command line for everybody who is not the operator.
//
// It speaks REST with an API token and knows of Plaza what package client says. It decides
// nothing: what may be done is for the server to say. It speaks English.
package ctl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/client"
	"github.com/connectplaza/plaza/internal/clock"
)

// Env is what a command line finds itself in.
type Env struct {
	Args     []string // without the name of the program
	In       io.Reader
	Out      io.Writer
	Err      io.Writer
	Getenv   func(string) string
	Settings string // file that configure writes
	Now      clock.Func
	Zone     *time.Location // of times in tables
	Wait     func(context.Context, time.Duration) error
	Version  string
}

// How a command can end. They stand in the manual.
const (
	done            = 0
	failed          = 1 // anything else
	wrongUsage      = 2
	unauthenticated = 3
	forbidden       = 4
	notFound        = 5
	conflict        = 6 // somebody was faster, or its state does not let it
	invalid         = 7
	unavailable     = 8 // not reached, too busy, or too much was asked
)

const exitCodes = `Exit codes:
  0  done
  1  failed, or some of many things failed
  2  wrong usage
  3  the token is not accepted
  4  the token may not do that
  5  there is no such thing in its reach
  6  somebody changed it meanwhile, or its state does not let that be done
  7  what was given cannot be accepted
  8  Plaza cannot be reached, or is too busy`

// tool is one run of the program.
type tool struct {
	Env

	flags  settings
	output form
	yes    bool
	began  bool // the command line was understood
}

// Run runs the command that env asks for until it is done or ctx ends, and returns the
// exit code.
func Run(ctx context.Context, env Env) int {
	t := &tool{Env: env, output: asTable}
	root := t.root() //nolint:contextcheck // cobra hands it to what it runs
	root.SetArgs(env.Args)
	root.SetIn(env.In)
	root.SetOut(env.Out)
	root.SetErr(env.Err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return done
	}
	fmt.Fprintln(env.Err, "plazactl:", strings.Join(strings.Fields(err.Error()), " "))
	return t.code(err)
}

// code returns how a command that failed ends.
func (t *tool) code(err error) int {
	if _, refused := errors.AsType[*usage](err); refused || !t.began {
		return wrongUsage
	}
	switch client.KindOf(err) {
	case plaza.Unauthenticated:
		return unauthenticated
	case plaza.Forbidden, plaza.Unproved:
		return forbidden
	case plaza.NotFound:
		return notFound
	case plaza.Conflict, plaza.Stale:
		return conflict
	case plaza.Invalid:
		return invalid
	case plaza.Limited, plaza.Unavailable:
		return unavailable
	case plaza.Internal:
		return failed
	}
	if _, here := errors.AsType[*fs.PathError](err); here { // what it writes to, which knows of timeouts, too
		return failed
	}
	if _, unreached := errors.AsType[interface { //nolint:inamedparam // as package net has it
		error
		Timeout() bool
	}](err); unreached {
		return unavailable
	}
	return failed
}

// usage is an error in what was typed.
type usage struct{ text string }

func (u *usage) Error() string { return u.text }

func misused(text string, args ...any) error { return &usage{fmt.Sprintf(text, args...)} }

// root returns the command that all others are below.
func (t *tool) root() *cobra.Command {
	root := group(
		"plazactl", "Plaza from the command line, with an API token",
		t.configure(), t.me(), t.profiles(), t.licenses(), t.agents(), t.notifications(), t.logins(), t.plans(), t.requests(), t.allowances(), t.moves(), t.statements(),
		t.releases(), t.batches(), t.imports(), t.exports(), t.webhooks(), t.deliveries(), t.audit(),
	)
	root.Long = root.Short + ".\n\nMake a token on the page API tokens of the dashboard, then run plazactl configure, or set\nPLAZACTL_URL and PLAZACTL_TOKEN. Things are named by their ID or by their name.\n\n" + exitCodes
	root.Version = t.Version
	root.SilenceErrors, root.SilenceUsage = true, true
	root.CompletionOptions.HiddenDefaultCmd = false
	global := root.PersistentFlags()
	global.StringVar(&t.flags.URL, "url", "", "where people reach the dashboard, such as https://plaza.example (PLAZACTL_URL)")
	global.StringVar(&t.flags.tokenFile, "token-file", "", "file with the API token (PLAZACTL_TOKEN_FILE, or the token itself as PLAZACTL_TOKEN)")
	word(root, root.PersistentFlags(), &t.output, "output", "o", []form{asTable, asJSON, asCSV}, "how to write what there is")
	global.BoolVarP(&t.yes, "yes", "y", false, "do not ask back")
	return root
}

// group returns a command that only has others below it.
func group(use, short string, below ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return misused("there is no %s %s; see %s --help", c.CommandPath(), args[0], c.CommandPath())
			}
			return c.Help()
		},
	}
	c.AddCommand(below...)
	return c
}

// action does what a command is for.
type action func(ctx context.Context, c *client.Client, args []string) error

// command returns a command that talks to Plaza.
func (t *tool) command(use, short string, takes cobra.PositionalArgs, do action) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: takes,
		RunE: func(cmd *cobra.Command, args []string) error {
			t.began = true
			c, err := t.connect()
			if err != nil {
				return err
			}
			return do(cmd.Context(), c, args)
		},
	}
}

// sure asks back before something that cannot be undone.
func (t *tool) sure(question string, args ...any) error {
	if t.yes {
		return nil
	}
	if _, ok := t.terminal(); !ok {
		return misused("nobody is there to be asked: say --yes to do it")
	}
	answer, err := t.ask(fmt.Sprintf(question, args...) + " [y/N]")
	if err != nil {
		return err
	}
	if answer = strings.ToLower(answer); answer != "y" && answer != "yes" {
		return errors.New("nothing was done")
	}
	return nil
}
