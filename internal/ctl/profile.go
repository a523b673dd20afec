package ctl

import (
	"context"
	"iter"

	"github.com/spf13/cobra"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/client"
)

func profileColumns() []column[client.Profile] {
	return []column[client.Profile]{
		col("id", func(p client.Profile) any { return p.ID }),
		col("name", func(p client.Profile) any { return p.Name }),
		col("kind", func(p client.Profile) any { return p.Kind }),
		col("state", func(p client.Profile) any { return p.State }),
		col("support", func(p client.Profile) any { return p.SupportEmail }),
		col("created", func(p client.Profile) any { return p.CreatedAt }),
	}
}

func (t *tool) profiles() *cobra.Command {
	g := group(
		"partners", "The profiles below your own",
		t.profileList(), t.profileGet(), t.profileCreate(), t.profileEdit(),
		t.profileChange("suspend", "Make a profile stand still, with all below it", true, (*client.Client).SuspendProfile),
		t.profileChange("resume", "Undo that", false, without((*client.Client).ResumeProfile)),
		t.profileChange("reopen", "Bring back a profile that was closed", false, without((*client.Client).ReopenProfile)),
	)
	g.Aliases = []string{"partner", "profiles", "profile"}
	return g
}

func (t *tool) profileList() *cobra.Command {
	var (
		f client.ProfileFilter
		o order
	)
	cmd := t.command("list", "List the profiles below your own", cobra.NoArgs, func(ctx context.Context, c *client.Client, _ []string) error {
		me, err := c.Me(ctx)
		if err != nil {
			return err
		}
		return list(t, but(each(ctx, c.Profiles, f, o), me.Profile.ID), profileColumns())
	})
	cmd.Flags().StringVar(&f.Text, "text", "", "part of the name")
	some(cmd, &f.Kinds, "kind", plaza.ProfileKinds(), "kinds")
	some(cmd, &f.States, "state", plaza.ProfileStates(), "states")
	return lists(cmd, &o, "name", "created")
}

// but returns all profiles but one.
func but(all iter.Seq2[client.Profile, error], id string) iter.Seq2[client.Profile, error] {
	return func(yield func(client.Profile, error) bool) {
		for p, err := range all {
			if (err != nil || p.ID != id) && !yield(p, err) {
				return
			}
		}
	}
}

func (t *tool) profileGet() *cobra.Command {
	return t.command("get PROFILE", "Show a profile", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		id, err := findProfile(ctx, c, args[0])
		if err != nil {
			return err
		}
		p, err := c.Profile(ctx, id)
		if err != nil {
			return err
		}
		return show(t, p, profileColumns())
	})
}

func (t *tool) profileCreate() *cobra.Command {
	var (
		in    = client.NewProfile{Kind: plaza.Partner}
		owner client.Owner
	)
	cmd := t.command("create NAME", "Create a partner, with its base license", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) (err error) {
		in.Name = args[0]
		if in.Parent, err = findProfile(ctx, c, in.Parent); err != nil {
			return err
		}
		if in.Plan, err = findPlan(ctx, c, in.Plan); err != nil {
			return err
		}
		if owner != (client.Owner{}) {
			in.Owner = &owner
		}
		made, err := c.CreateProfile(ctx, in)
		if err != nil {
			return err
		}
		return show(t, made, profileColumns())
	})
	word(cmd, cmd.Flags(), &in.Kind, "kind", "", []plaza.ProfileKind{plaza.Partner, plaza.Enterprise, plaza.Reseller}, "what it is")
	cmd.Flags().StringVar(&in.Plan, "plan", "", "plan of its base license; a reseller has none")
	cmd.Flags().StringVar(&in.Parent, "parent", "", "profile that it will be below (default: your own)")
	cmd.Flags().StringVar(&in.SupportEmail, "support-email", "", "whom its people turn to")
	cmd.Flags().StringVar(&owner.Name, "owner-name", "", "name of its first owner, who is invited")
	cmd.Flags().StringVar(&owner.Email, "owner-email", "", "address of the first owner")
	cmd.MarkFlagsRequiredTogether("owner-name", "owner-email")
	return cmd
}

func (t *tool) profileEdit() *cobra.Command {
	var (
		name, email string
		days        int
		cmd         *cobra.Command
	)
	cmd = t.command("update PROFILE", "Change a profile", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		id, err := findProfile(ctx, c, args[0])
		if err != nil {
			return err
		}
		p, err := c.EditProfile(ctx, id, client.Any, client.ProfileEdit{
			Name: given(cmd, "name", &name), SupportEmail: given(cmd, "support-email", &email), WarningDays: given(cmd, "warning-days", &days),
		})
		if err != nil {
			return err
		}
		return show(t, p, profileColumns())
	})
	cmd.Flags().StringVar(&name, "name", "", "its name")
	cmd.Flags().StringVar(&email, "support-email", "", "whom its people turn to")
	cmd.Flags().IntVar(&days, "warning-days", 0, "how many days before its end a license is expiring")
	cmd.MarkFlagsOneRequired("name", "support-email", "warning-days")
	return cmd
}

// change does something to a version of a thing, for a reason.
type change[T any] func(c *client.Client, ctx context.Context, id string, version int, why string) (T, error)

// without makes of what needs no reason something that is given one.
func without[T any](f func(*client.Client, context.Context, string, int) (T, error)) change[T] {
	return func(c *client.Client, ctx context.Context, id string, version int, _ string) (T, error) {
		return f(c, ctx, id, version)
	}
}

func (t *tool) profileChange(use, short string, reasoned bool, do change[client.Profile]) *cobra.Command {
	var why string
	cmd := t.command(use+" PROFILE", short, cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		id, err := findProfile(ctx, c, args[0])
		if err != nil {
			return err
		}
		p, err := do(c, ctx, id, client.Any, why)
		if err != nil {
			return err
		}
		return show(t, p, profileColumns())
	})
	if reasoned {
		return because(cmd, &why)
	}
	return cmd
}

// because gives c the flag that says why, without which it does nothing.
func because(c *cobra.Command, why *string) *cobra.Command {
	c.Flags().StringVar(why, "reason", "", "why, for the audit log and for those concerned; at least 8 characters")
	return needs(c, "reason")
}
