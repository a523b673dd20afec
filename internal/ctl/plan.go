package ctl

import (
	"context"

	"github.com/spf13/cobra"

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
	g := group("plans", "What licenses promise", all, one)
	g.Aliases = []string{"plan"}
	return g
}
