package ctl

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/connectplaza/plaza/client"
)

func periodColumns() []column[client.Period] {
	return []column[client.Period]{
		col("month", func(p client.Period) any { return p.Month }),
		col("part", func(p client.Period) any { return p.Number }),
		col("since", func(p client.Period) any { return p.Since }),
		col("until", func(p client.Period) any { return p.Until }),
		col("so_far", func(p client.Period) any { return p.SoFar }),
		col("currency", func(p client.Period) any { return p.Currency }),
		col("time_zone", func(p client.Period) any { return p.TimeZone }),
		col("billing_id", func(p client.Period) any { return p.BillingID }),
	}
}

// lineColumns are those of what a statement charges for. Amounts are in the smallest unit of
// the currency, as everywhere.
func lineColumns() []column[client.StatementLine] {
	return []column[client.StatementLine]{
		col("plan", func(l client.StatementLine) any { return l.Plan }),
		col("edition", func(l client.StatementLine) any { return l.Edition }),
		col("kind", func(l client.StatementLine) any { return l.Kind }),
		col("licenses", func(l client.StatementLine) any { return l.Licenses }),
		col("active", func(l client.StatementLine) any { return l.Active }),
		col("days", func(l client.StatementLine) any { return l.Days }),
		col("price", func(l client.StatementLine) any { return l.Price.Minor }),
		col("amount", func(l client.StatementLine) any { return l.Amount.Minor }),
		col("discount", func(l client.StatementLine) any { return l.Discount.Minor }),
		col("net", func(l client.StatementLine) any { return l.Net.Minor }),
		col("currency", func(l client.StatementLine) any { return l.Net.Currency }),
	}
}

func (t *tool) statements() *cobra.Command {
	var profile string
	all := t.command("list", "List the statements of a profile", cobra.NoArgs, func(ctx context.Context, c *client.Client, _ []string) error {
		id, err := t.ownOr(ctx, c, profile)
		if err != nil {
			return err
		}
		return list(t, slice(c.Statements(ctx, id)), periodColumns())
	})
	all.Flags().StringVar(&profile, "profile", "", "of this profile (default: your own)")
	g := group("statements", "What profiles used in each month, and what that costs", all, t.statementGet())
	g.Aliases = []string{"statement"}
	return g
}

func (t *tool) statementGet() *cobra.Command {
	var profile string
	cmd := t.command("get MONTH [PART]", "Show a statement, such as 2026-11; the part is the number of one, if a move has cut the month", cobra.RangeArgs(1, 2), func(ctx context.Context, c *client.Client, args []string) error {
		id, err := t.ownOr(ctx, c, profile)
		if err != nil {
			return err
		}
		part := 0
		if len(args) > 1 {
			if part, err = strconv.Atoi(args[1]); err != nil {
				return misused("%q is no number of a part", args[1])
			}
		}
		s, err := c.Statement(ctx, id, args[0], part)
		if err != nil {
			return err
		}
		if t.output == asJSON {
			return show(t, s, nil)
		}
		if err := list(t, slice(s.Lines, nil), lineColumns()); err != nil {
			return err
		}
		_, err = fmt.Fprintf(t.Err, "%s %s: used %d, discount %d, adjusted %d, total %d %s, in the smallest unit\n",
			safe(s.Profile.Name), s.Period.Month, s.Used.Minor, s.Discount.Minor, s.Adjusted.Minor, s.Total.Minor, s.Total.Currency)
		return err
	})
	cmd.Flags().StringVar(&profile, "profile", "", "of this profile (default: your own)")
	return cmd
}

// ownOr returns the ID of a profile that somebody names, or of one's own.
func (*tool) ownOr(ctx context.Context, c *client.Client, name string) (string, error) {
	if name != "" {
		return findProfile(ctx, c, name)
	}
	me, err := c.Me(ctx)
	return me.Reach, err
}
