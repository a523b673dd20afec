package ctl

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/client"
)

func allowanceColumns() []column[client.Allowance] {
	return []column[client.Allowance]{
		col("id", func(a client.Allowance) any { return a.ID }),
		col("profile", func(a client.Allowance) any { return a.Profile }),
		col("of", func(a client.Allowance) any {
			if a.Kind != nil {
				return *a.Kind
			}
			return a.Plan
		}),
		col("used", func(a client.Allowance) any { return a.Used }),
		col("most", func(a client.Allowance) any { return a.Most }),
		col("overage", func(a client.Allowance) any { return a.Overage }),
		col("state", func(a client.Allowance) any { return a.State }),
	}
}

func (t *tool) allowances() *cobra.Command {
	g := group("allowances", "How many licenses profiles below may hold", t.allowanceList(), t.allowanceGet(), t.allowanceCreate(), t.allowanceEdit(), t.allowanceRemove())
	g.Aliases = []string{"allowance"}
	return g
}

func (t *tool) allowanceList() *cobra.Command {
	var (
		f client.AllowanceFilter
		o order
	)
	cmd := t.command("list", "List allowances", cobra.NoArgs, func(ctx context.Context, c *client.Client, _ []string) error {
		return list(t, each(ctx, c.Allowances, f, o), allowanceColumns())
	})
	cmd.Flags().StringVar(&f.Text, "text", "", "part of the profile's name")
	some(cmd, &f.States, "state", plaza.AllowanceStates(), "states")
	return lists(cmd, &o, "profile")
}

func (t *tool) allowanceGet() *cobra.Command {
	return t.command("get ALLOWANCE", "Show an allowance", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		a, err := c.Allowance(ctx, args[0])
		if err != nil {
			return err
		}
		return show(t, a, allowanceColumns())
	})
}

func (t *tool) allowanceCreate() *cobra.Command {
	var in client.NewAllowance
	cmd := t.command("create PROFILE", "Bound how many licenses a profile may hold", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) (err error) {
		if in.Profile, err = findProfile(ctx, c, args[0]); err != nil {
			return err
		}
		if in.Plan, err = findPlan(ctx, c, in.Plan); err != nil {
			return err
		}
		made, err := c.CreateAllowance(ctx, in)
		if err != nil {
			return err
		}
		return show(t, made, allowanceColumns())
	})
	word(cmd, cmd.Flags(), &in.Kind, "kind", "", plaza.LicenseKinds(), "of licenses of this kind")
	cmd.Flags().StringVar(&in.Plan, "plan", "", "of licenses under this plan")
	cmd.MarkFlagsOneRequired("kind", "plan")
	cmd.MarkFlagsMutuallyExclusive("kind", "plan")
	cmd.Flags().IntVar(&in.Most, "most", 0, "how many there may be")
	cmd.Flags().IntVar(&in.Overage, "overage", 0, "how many more there may be, of which those above are told")
	return needs(cmd, "most")
}

func (t *tool) allowanceEdit() *cobra.Command {
	var (
		most, overage int
		cmd           *cobra.Command
	)
	cmd = t.command("update ALLOWANCE", "Change an allowance", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		a, err := c.EditAllowance(ctx, args[0], client.Any, client.AllowanceEdit{Most: given(cmd, "most", &most), Overage: given(cmd, "overage", &overage)})
		if err != nil {
			return err
		}
		return show(t, a, allowanceColumns())
	})
	cmd.Flags().IntVar(&most, "most", 0, "how many there may be")
	cmd.Flags().IntVar(&overage, "overage", 0, "how many more there may be")
	cmd.MarkFlagsOneRequired("most", "overage")
	return cmd
}

func (t *tool) allowanceRemove() *cobra.Command {
	return t.command("remove ALLOWANCE", "Let a profile hold as many as it likes", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		if err := t.sure("Remove the allowance %s?", args[0]); err != nil {
			return err
		}
		return c.RemoveAllowance(ctx, args[0], client.Any)
	})
}
