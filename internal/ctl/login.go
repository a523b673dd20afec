package ctl

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/client"
)

func loginColumns() []column[client.Login] {
	return []column[client.Login]{
		col("id", func(l client.Login) any { return l.ID }),
		col("profile", func(l client.Login) any { return l.Profile }),
		col("name", func(l client.Login) any { return l.Name }),
		col("email", func(l client.Login) any { return l.Email }),
		col("role", func(l client.Login) any { return l.Role }),
		col("dashboard", func(l client.Login) any { return l.Dashboard }),
		col("state", func(l client.Login) any { return l.State }),
		col("signed_in", func(l client.Login) any { return l.SignedInAt }),
	}
}

func (t *tool) logins() *cobra.Command {
	g := group(
		"logins", "Logins",
		t.loginList(), t.loginCreate(), t.loginEdit(), t.loginInvite(),
		t.loginChange("get", "Show a login", func(c *client.Client, ctx context.Context, id string) (client.Login, error) { return c.Login(ctx, id) }),
		t.loginChange("disable", "Let a login in no more: its sessions and its own tokens end at once", func(c *client.Client, ctx context.Context, id string) (client.Login, error) {
			return c.DisableLogin(ctx, id, client.Any)
		}),
		t.loginChange("enable", "Let it in again", func(c *client.Client, ctx context.Context, id string) (client.Login, error) {
			return c.EnableLogin(ctx, id, client.Any)
		}),
	)
	g.Aliases = []string{"login"}
	return g
}

func (t *tool) loginList() *cobra.Command {
	var (
		f client.LoginFilter
		o order
	)
	cmd := t.command("list", "List logins", cobra.NoArgs, func(ctx context.Context, c *client.Client, _ []string) (err error) {
		if f.Profile, err = findProfile(ctx, c, f.Profile); err != nil {
			return err
		}
		return list(t, each(ctx, c.Logins, f, o), loginColumns())
	})
	cmd.Flags().StringVar(&f.Text, "text", "", "part of the name or of the address")
	cmd.Flags().StringVar(&f.Profile, "profile", "", "of this profile only")
	some(cmd, &f.Roles, "role", plaza.Roles(), "roles")
	some(cmd, &f.States, "state", plaza.LoginStates(), "states")
	return lists(cmd, &o, "name", "profile", "role", "email", "signed_in", "created")
}

func (t *tool) loginCreate() *cobra.Command {
	var (
		in        client.NewLogin
		dashboard bool
		cmd       *cobra.Command
	)
	cmd = t.command("create EMAIL", "Create a login; the person is invited by mail", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) (err error) {
		in.Email, in.Dashboard = args[0], given(cmd, "dashboard", &dashboard)
		if in.Profile, err = findProfile(ctx, c, in.Profile); err != nil {
			return err
		}
		made, err := c.CreateLogin(ctx, in)
		if err != nil {
			return err
		}
		return show(t, made, loginColumns())
	})
	cmd.Flags().StringVar(&in.Name, "name", "", "the person's name")
	word(cmd, cmd.Flags(), &in.Role, "role", "", plaza.Roles(), "what it may do")
	cmd.Flags().BoolVar(&dashboard, "dashboard", true, "whether it may use the dashboard (default: unless the role is member)")
	cmd.Flags().StringVar(&in.Profile, "profile", "", "profile that it is of (default: your own)")
	return needs(cmd, "name", "role")
}

func (t *tool) loginEdit() *cobra.Command {
	var (
		name      string
		role      plaza.Role
		dashboard bool
		cmd       *cobra.Command
	)
	cmd = t.command("update LOGIN", "Change a login", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		id, err := findLogin(ctx, c, args[0])
		if err != nil {
			return err
		}
		l, err := c.EditLogin(ctx, id, client.Any, client.LoginEdit{
			Name: given(cmd, "name", &name), Role: given(cmd, "role", &role), Dashboard: given(cmd, "dashboard", &dashboard),
		})
		if err != nil {
			return err
		}
		return show(t, l, loginColumns())
	})
	cmd.Flags().StringVar(&name, "name", "", "the person's name")
	word(cmd, cmd.Flags(), &role, "role", "", plaza.Roles(), "what it may do")
	cmd.Flags().BoolVar(&dashboard, "dashboard", true, "whether it may use the dashboard")
	cmd.MarkFlagsOneRequired("name", "role", "dashboard")
	return cmd
}

func (t *tool) loginInvite() *cobra.Command {
	return t.command("invite LOGIN", "Send an invitation again", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		id, err := findLogin(ctx, c, args[0])
		if err != nil {
			return err
		}
		return c.ReinviteLogin(ctx, id)
	})
}

func (t *tool) loginChange(use, short string, do func(*client.Client, context.Context, string) (client.Login, error)) *cobra.Command {
	return t.command(use+" LOGIN", short, cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		id, err := findLogin(ctx, c, args[0])
		if err != nil {
			return err
		}
		l, err := do(c, ctx, id)
		if err != nil {
			return err
		}
		return show(t, l, loginColumns())
	})
}
