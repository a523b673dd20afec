package ctl

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/connectplaza/plaza/client"
)

func batchColumns() []column[client.Batch] {
	return []column[client.Batch]{
		col("id", func(b client.Batch) any { return b.ID }),
		col("kind", func(b client.Batch) any { return b.Kind }),
		col("created", func(b client.Batch) any { return b.CreatedAt }),
		col("finished", func(b client.Batch) any { return b.FinishedAt }),
		col("total", func(b client.Batch) any { return b.Total }),
		col("done", func(b client.Batch) any { return b.Done }),
		col("failed", func(b client.Batch) any { return b.Failed }),
		col("reason", func(b client.Batch) any { return b.Reason }),
	}
}

func (t *tool) batches() *cobra.Command {
	var o order
	all := t.command("list", "List work on many things", cobra.NoArgs, func(ctx context.Context, c *client.Client, _ []string) error {
		return list(t, each(ctx, c.Batches, client.BatchFilter{}, o), batchColumns())
	})
	one := t.command("get BATCH", "Show how far work on many things is", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		b, err := c.Batch(ctx, args[0])
		if err != nil {
			return err
		}
		t.complain(b)
		return show(t, b, batchColumns())
	})
	wait := t.command("wait BATCH", "Wait until work on many things is finished", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		return t.finish(ctx, c, args[0])
	})
	g := group("batches", "Work on many things, which goes on by itself", lists(all, &o, "created"), one, wait)
	g.Aliases = []string{"batch"}
	return g
}

// finish waits until a batch is finished, and shows it.
func (t *tool) finish(ctx context.Context, c *client.Client, id string) error {
	b, err := c.Finish(ctx, id, func(b client.Batch) { fmt.Fprintf(t.Err, "%d of %d\n", b.Done+b.Failed, b.Total) })
	if err != nil {
		return err
	}
	t.complain(b)
	if err := show(t, b, batchColumns()); err != nil {
		return err
	}
	if b.Failed > 0 {
		return fmt.Errorf("%d of %d failed", b.Failed, b.Total)
	}
	return nil
}

// complain says what of a batch failed.
func (t *tool) complain(b client.Batch) {
	for _, p := range b.Problems {
		fmt.Fprintf(t.Err, "%s %s: %s\n", p.Object, safe(p.Name), safe(p.Detail))
	}
}
