package ctl

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/client"
)

func moveColumns() []column[client.Move] {
	return []column[client.Move]{
		col("id", func(m client.Move) any { return m.ID }),
		col("profile", func(m client.Move) any { return m.Profile }),
		col("from", func(m client.Move) any { return m.From }),
		col("to", func(m client.Move) any { return m.To }),
		col("state", func(m client.Move) any { return m.State }),
		col("given", func(m client.Move) any { return m.GivenAt }),
		col("taken", func(m client.Move) any { return m.TakenAt }),
		col("allowed", func(m client.Move) any { return m.AllowedAt }),
		col("lapses", func(m client.Move) any { return m.LapsesAt }),
		col("reason", func(m client.Move) any { return m.Reason }),
	}
}

func (t *tool) moves() *cobra.Command {
	one := func(use, short string, do func(c *client.Client, ctx context.Context, id string) (client.Move, error)) *cobra.Command {
		return t.command(use+" MOVE", short, cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
			m, err := do(c, ctx, args[0])
			if err != nil {
				return err
			}
			return show(t, m, moveColumns())
		})
	}
	g := group(
		"moves", "Profiles that go to another reseller; people agree to it, on the dashboard",
		t.moveList(), t.movePropose(),
		one("get", "Show a move", (*client.Client).Move),
		one("withdraw", "Take back what your profile proposed", func(c *client.Client, ctx context.Context, id string) (client.Move, error) {
			return c.WithdrawMove(ctx, id, client.Any)
		}),
	)
	g.Aliases = []string{"move"}
	return g
}

func (t *tool) moveList() *cobra.Command {
	var (
		f client.MoveFilter
		o order
	)
	cmd := t.command("list", "List moves in which your profile has a side", cobra.NoArgs, func(ctx context.Context, c *client.Client, _ []string) (err error) {
		if f.Profile, err = findProfile(ctx, c, f.Profile); err != nil {
			return err
		}
		return list(t, each(ctx, c.Moves, f, o), moveColumns())
	})
	cmd.Flags().StringVar(&f.Profile, "profile", "", "of this profile only")
	some(cmd, &f.States, "state", plaza.MoveStates(), "states")
	return lists(cmd, &o, "created")
}

func (t *tool) movePropose() *cobra.Command {
	var in client.NewMove
	cmd := t.command("propose PROFILE", "Propose that a profile goes to somebody else", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) (err error) {
		if in.Profile, err = findProfile(ctx, c, args[0]); err != nil {
			return err
		}
		if in.To, err = findProfile(ctx, c, in.To); err != nil {
			return err
		}
		made, err := c.ProposeMove(ctx, in)
		if err != nil {
			return err
		}
		return show(t, made, moveColumns())
	})
	cmd.Flags().StringVar(&in.To, "to", "", "the reseller that is to have it, if it is in your reach")
	cmd.Flags().StringVar(&in.Whom, "whom", "", "who is meant, in words, for the vendor to choose")
	cmd.MarkFlagsOneRequired("to", "whom")
	cmd.MarkFlagsMutuallyExclusive("to", "whom")
	return because(cmd, &in.Reason)
}
