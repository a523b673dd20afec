package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/config"
	"github.com/connectplaza/plaza/internal/store"
)

// operated runs f on the installation that d names. Nothing can be done there, as that would
// not be sealed: for a deed, see [sealedLog].
func operated(ctx context.Context, env Env, d config.Database, f func(*app.App) error) error {
	return inUse(ctx, env, d, func(db *store.DB) error { return f(app.New(db, app.Config{Now: env.Now})) })
}

// profilesCommand is plaza profiles.
type profilesCommand struct {
	config.Database
}

// Run shows the tree.
func (c *profilesCommand) Run(ctx context.Context, env Env) error {
	return operated(ctx, env, c.Database, func(a *app.App) error {
		all, err := a.EveryProfile(ctx, plaza.Operator)
		if err != nil {
			return err
		}
		below := map[string][]plaza.Profile{}
		for _, p := range all {
			below[p.Parent] = append(below[p.Parent], p)
		}
		w := tabwriter.NewWriter(env.Out, 0, 0, 3, ' ', 0)
		fmt.Fprintln(w, "PROFILE\tKIND\tSTATE\tLICENSES\tCONNECTAGENTS\tLOGINS\tID")
		branch(w, below, "", 0)
		return w.Flush()
	})
}

// branch writes what is below a profile, each thing under what it is below.
func branch(w io.Writer, below map[string][]plaza.Profile, parent string, depth int) {
	for _, p := range below[parent] {
		fmt.Fprintf(w, "%s%s\t%s\t%s\t%d\t%d\t%d\t%s\n", strings.Repeat("  ", depth), p.Name, p.Kind, p.State(), p.Licenses, p.Agents, p.Logins, p.ID)
		branch(w, below, p.ID, depth+1)
	}
}

// loginsCommand is plaza logins.
type loginsCommand struct {
	List          loginsList    `cmd:"" help:"List logins."`
	ResetPassword resetPassword `cmd:"" help:"Print a link by which somebody chooses a new password, for those whom no mail reaches."`
	ResetFactors  resetFactors  `cmd:"" help:"Take every second step from somebody who has lost them all, and end their sessions."`
	EndSessions   endSessions   `cmd:"" help:"End every session of somebody, or of everybody."`
}

// loginsList is plaza logins list.
type loginsList struct {
	config.Database

	Text string `arg:"" optional:"" help:"Part of the name or of the address."`
}

// Run lists logins.
func (c *loginsList) Run(ctx context.Context, env Env) error {
	return operated(ctx, env, c.Database, func(a *app.App) error {
		all, err := a.EveryLogin(ctx, plaza.Operator, c.Text)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(env.Out, 0, 0, 3, ' ', 0)
		fmt.Fprintln(w, "ADDRESS\tNAME\tROLE\tDASHBOARD\tSTATE\tPROFILE\tSIGNED IN")
		for _, l := range all {
			seen := "never"
			if !l.SignedIn.IsZero() {
				seen = l.SignedIn.UTC().Format("2006-01-02 15:04 MST")
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%t\t%s\t%s\t%s\n", l.Email, l.Name, l.Role, l.Dashboard, l.State(), l.ProfileName, seen)
		}
		return w.Flush()
	})
}

// resetPassword is plaza logins reset-password.
type resetPassword struct {
	sealedLog

	Email     string `arg:"" help:"The address that they sign in with."`
	PublicURL string `name:"public-url" help:"Where people reach the dashboard, for the link to begin with." env:"PLAZA_PUBLIC_URL" placeholder:"URL" required:""`
}

// Run prints the link.
func (c *resetPassword) Run(ctx context.Context, env Env) error {
	return c.with(ctx, env, func(a *app.App) error {
		path, err := a.ResetLink(ctx, plaza.Operator, c.Email)
		if err != nil {
			return nobody(err, c.Email)
		}
		say(env.Out, "%s%s", strings.TrimSuffix(c.PublicURL, "/"), path)
		say(env.Err, "It can be used once, within %d minutes.", int(plaza.PasswordResetValid.Minutes()))
		return nil
	})
}

// resetFactors is plaza logins reset-factors.
type resetFactors struct {
	sealedLog

	Email     string `arg:"" help:"The address that they sign in with."`
	PublicURL string `name:"public-url" help:"Where people reach the dashboard, for the link in the mail to begin with." env:"PLAZA_PUBLIC_URL" placeholder:"URL" required:""`
}

// Run takes what somebody has lost.
func (c *resetFactors) Run(ctx context.Context, env Env) error {
	return c.mailing(ctx, env, c.PublicURL, func(a *app.App) error {
		if err := a.ResetFactors(ctx, plaza.Operator, c.Email); err != nil {
			return nobody(err, c.Email)
		}
		say(env.Out, "from now on %s signs in with the password alone, and was told so by mail", c.Email)
		return nil
	})
}

// endSessions is plaza logins end-sessions.
type endSessions struct {
	sealedLog

	Email     string `arg:"" optional:"" help:"The address that they sign in with."`
	Everybody bool   `help:"Of everybody." env:"PLAZA_EVERYBODY"`
}

// Run ends sessions.
func (c *endSessions) Run(ctx context.Context, env Env) error {
	if (c.Email == "") != c.Everybody {
		return refuse("whose sessions? Give an address, or --everybody")
	}
	return c.with(ctx, env, func(a *app.App) (err error) {
		emails := []string{c.Email}
		if c.Everybody {
			if emails, err = addresses(ctx, a); err != nil {
				return err
			}
		}
		ended := 0
		for _, email := range emails { // one who cannot be helped keeps nobody else's session alive
			failed := a.EndSessions(ctx, plaza.Operator, email)
			if failed == nil {
				ended++
			}
			err = errors.Join(err, nobody(failed, email))
		}
		say(env.Out, "ended the sessions of %d", ended)
		return err
	})
}

// addresses returns everybody's address, once.
func addresses(ctx context.Context, a *app.App) (emails []string, err error) {
	all, err := a.EveryLogin(ctx, plaza.Operator, "")
	seen := map[string]bool{}
	for _, l := range all {
		if !seen[l.Email] {
			seen[l.Email] = true
			emails = append(emails, l.Email)
		}
	}
	return emails, err
}

// nobody says whom nobody knows.
func nobody(err error, email string) error {
	if plaza.KindOf(err) == plaza.NotFound {
		return refuse("nobody signs in with %s; see plaza logins list", email)
	}
	return err
}
