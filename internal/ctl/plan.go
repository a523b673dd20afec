package ctl

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/client"
)

func planColumns() []column[client.Plan] {
	return []column[client.Plan]{
		col("id", func(p client.Plan) any { return p.ID }),
		col("name", func(p client.Plan) any { return p.Name }),
		col("kind", func(p client.Plan) any { return p.Kind }),
		col("months", func(p client.Plan) any { return p.TermMonths }),
		col("grace_days", func(p client.Plan) any { return p.GraceDays }),
		col("machines", func(p client.Plan) any { return p.Machines }),
		col("trial", func(p client.Plan) any { return p.Trial }),
		col("renews", func(p client.Plan) any { return p.Renews }),
		col("withdrawn", func(p client.Plan) any { return p.WithdrawnAt }),
	}
}

func (t *tool) plans() *cobra.Command {
	all := t.command("list", "List the plans that you can choose from", cobra.NoArgs, func(ctx context.Context, c *client.Client, _ []string) error {
		return list(t, slice(c.Plans(ctx)), planColumns())
	})
	one := t.command("get PLAN", "Show a plan", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		id, err := findPlan(ctx, c, args[0])
		if err != nil {
			return err
		}
		p, err := c.Plan(ctx, id)
		if err != nil {
			return err
		}
		return show(t, p, planColumns())
	})
	change := func(use, short string, do change[client.Plan]) *cobra.Command {
		return t.command(use+" PLAN", short, cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
			id, err := findPlan(ctx, c, args[0])
			if err != nil {
				return err
			}
			p, err := do(c, ctx, id, client.Any, "")
			if err != nil {
				return err
			}
			return show(t, p, planColumns())
		})
	}
	g := group(
		"plans", "What licenses promise", all, one, t.planCreate(),
		change("withdraw", "Have nothing issued under a plan any more", without((*client.Client).WithdrawPlan)),
		change("restore", "Undo that", without((*client.Client).RestorePlan)),
	)
	g.Aliases = []string{"plan"}
	return g
}

func (t *tool) planCreate() *cobra.Command {
	var (
		in     client.NewPlan
		prices []string
	)
	cmd := t.command("create NAME", "Create a plan", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		in.Name = args[0]
		for _, text := range prices {
			currency, minor, found := strings.Cut(text, "=")
			n, err := strconv.ParseInt(minor, 10, 64)
			if !found || err != nil {
				return misused("%q is no price: one looks like EUR=1250, in the smallest unit", text)
			}
			in.Prices = append(in.Prices, client.Money{Currency: currency, Minor: n})
		}
		made, err := c.CreatePlan(ctx, in)
		if err != nil {
			return err
		}
		return show(t, made, planColumns())
	})
	word(cmd, cmd.Flags(), &in.Kind, "kind", "", plaza.LicenseKinds(), "of the licenses under it")
	cmd.Flags().IntVar(&in.TermMonths, "months", 12, "how long a term is; 0 is without end")
	cmd.Flags().IntVar(&in.GraceDays, "grace-days", 0, "how many days a license stays valid after its end")
	cmd.Flags().IntVar(&in.Machines, "machines", 1, "how many a license may be activated on")
	cmd.Flags().BoolVar(&in.Trial, "trial", false, "it is a trial")
	cmd.Flags().BoolVar(&in.Renews, "renews", false, "another term follows by itself")
	cmd.Flags().BoolVar(&in.BillsSuspended, "bills-suspended", false, "a license is paid for while it is suspended")
	cmd.Flags().BoolVar(&in.StartsActivated, "starts-activated", false, "a term begins with the first activation")
	cmd.Flags().StringSliceVar(&prices, "price", nil, "price of a license for a month, such as EUR=1250, one in each currency")
	return needs(cmd, "kind")
}
