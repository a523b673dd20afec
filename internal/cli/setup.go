package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"

	"golang.org/x/term"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/config"
	"github.com/connectplaza/plaza/internal/i18n"
)

// setupCommand is plaza setup.
type setupCommand struct {
	config.Database
	config.Secrecy

	Vendor       string `help:"Name of the vendor's profile." env:"PLAZA_VENDOR" placeholder:"NAME"`
	SupportEmail string `help:"Address that requests from below go to." env:"PLAZA_SUPPORT_EMAIL" placeholder:"ADDRESS"`
	OwnerName    string `help:"Name of its first owner." env:"PLAZA_OWNER_NAME" placeholder:"NAME"`
	OwnerEmail   string `help:"Address that the owner signs in with. The password is asked for, or taken from the variable PLAZA_OWNER_PASSWORD or the first line of the input." env:"PLAZA_OWNER_EMAIL" placeholder:"ADDRESS"`
}

// passwordVariable names what may hold the owner's password: no flag does, as
// other users of the machine can read those.
const passwordVariable = config.Prefix + "OWNER_PASSWORD"

// Run makes the vendor's profile and its owner.
func (c *setupCommand) Run(ctx context.Context, env Env) error {
	if err := c.Secrecy.Check(c.Database); err != nil {
		return err
	}
	db, err := openDatabase(ctx, c.Database)
	if err != nil {
		return err
	}
	defer db.Close()
	a := app.New(db, app.Config{Now: env.Now})
	by, err := a.MadeBy(ctx, plaza.Installer)
	if err != nil {
		return err
	}
	if by != "" {
		return config.Wrong("database", "%s is set up already", c.Place())
	}
	password, err := c.ask(newAsker(env))
	if err != nil {
		return err
	}
	box, err := openSecret(ctx, c.Secrecy, false, slog.New(slog.NewTextHandler(env.Err, nil)))
	if err != nil {
		return err
	}
	_, err = app.New(db, app.Config{Now: env.Now, Box: box}).Setup(ctx, plaza.Installer, app.NewSetup{
		Vendor: c.Vendor, SupportEmail: c.SupportEmail, OwnerName: c.OwnerName, OwnerEmail: c.OwnerEmail,
		Password: password, MadeBy: app.MadeBySetup,
	})
	if err != nil {
		return wrongField(err)
	}
	say(env.Out, "%s is set up. Start plaza serve, and sign in as %s.", c.Vendor, c.OwnerEmail)
	return nil
}

// ask fills in what no flag says, and returns the password.
func (c *setupCommand) ask(a *asker) (string, error) {
	for _, q := range []struct {
		flag, question string
		answer         *string
	}{
		{"vendor", "Name of the vendor's profile", &c.Vendor},
		{"support-email", "Address that requests from below go to", &c.SupportEmail},
		{"owner-name", "Name of its first owner", &c.OwnerName},
		{"owner-email", "Address that the owner signs in with", &c.OwnerEmail},
	} {
		if *q.answer != "" {
			continue
		}
		if a.terminal == nil {
			return "", config.Wrong(q.flag, "is missing")
		}
		answer, err := a.line(q.question)
		if err != nil {
			return "", err
		}
		*q.answer = answer
	}
	return a.password()
}

// wrongField names the flag of the field that a use case does not accept.
func wrongField(err error) error {
	e, ok := errors.AsType[*plaza.Error](err)
	if !ok || len(e.Fields) == 0 {
		return err
	}
	texts, loading := i18n.Load()
	if loading != nil {
		return loading
	}
	first := slices.Sorted(maps.Keys(e.Fields))[0]
	problem := texts.Printer("en", nil).Say(e.Fields[first])
	flags := map[string]string{"name": "vendor"}
	name := strings.ReplaceAll(first, "_", "-")
	if other, ok := flags[first]; ok {
		name = other
	}
	if name == "password" {
		return refuse("the password (%s) cannot be used: %s", passwordVariable, problem)
	}
	return config.Wrong(name, "cannot be used: %s", problem)
}

// asker asks whoever is at the terminal, if anybody is.
type asker struct {
	in       *bufio.Reader
	out      io.Writer
	terminal *os.File // nil if there is none
}

func newAsker(env Env) *asker {
	a := &asker{in: bufio.NewReader(env.In), out: env.Err}
	if f, ok := env.In.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		a.terminal = f
	}
	return a
}

// line asks until there is an answer.
func (a *asker) line(question string) (string, error) {
	for {
		fmt.Fprintf(a.out, "%s: ", question)
		text, err := a.in.ReadString('\n')
		if text = strings.TrimSpace(text); text != "" {
			return text, nil
		}
		if err != nil {
			return "", refuse("nobody answered: %s", strings.ToLower(question))
		}
	}
}

// password returns the password from the variable, from the terminal, where it
// is typed twice and not shown, or from the first line of the input.
func (a *asker) password() (string, error) {
	if password := os.Getenv(passwordVariable); password != "" {
		return password, nil
	}
	if a.terminal == nil {
		text, err := a.in.ReadString('\n')
		if text = strings.TrimRight(text, "\r\n"); text == "" {
			return "", refuse("the owner's password is missing: give it as %s or as the first line of the input (%v)", passwordVariable, err)
		}
		return text, nil
	}
	// The screen stops showing what is typed before anything is asked for: who types
	// fast is not seen either.
	before, err := term.MakeRaw(int(a.terminal.Fd()))
	if err != nil {
		return "", err
	}
	defer term.Restore(int(a.terminal.Fd()), before) //nolint:errcheck // the answer is there already

	screen := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{a.terminal, a.out}, "")
	for {
		first, err := hidden(screen, "Password of the owner")
		if err != nil {
			return "", err
		}
		again, err := hidden(screen, "The same again")
		if err != nil {
			return "", err
		}
		if first == again {
			return first, nil
		}
		fmt.Fprintln(screen, "These differ.")
	}
}

// hidden asks for something that is not shown.
func hidden(screen *term.Terminal, question string) (string, error) {
	answer, err := screen.ReadPassword(question + ": ")
	if err != nil {
		return "", refuse("nobody answered: %s", strings.ToLower(question))
	}
	return answer, nil
}
