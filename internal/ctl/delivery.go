package ctl

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/client"
)

func deliveryColumns() []column[client.Delivery] {
	return []column[client.Delivery]{
		col("id", func(d client.Delivery) any { return d.ID }),
		col("at", func(d client.Delivery) any { return d.At }),
		col("webhook", func(d client.Delivery) any { return d.Webhook }),
		col("kind", func(d client.Delivery) any { return d.Kind }),
		col("object", func(d client.Delivery) any { return d.Object }),
		col("state", func(d client.Delivery) any { return d.State }),
		col("tries", func(d client.Delivery) any { return d.Tries }),
		col("status", func(d client.Delivery) any { return d.Status }),
		col("next", func(d client.Delivery) any { return d.NextAt }),
		col("event", func(d client.Delivery) any { return d.Event }),
	}
}

func (t *tool) deliveries() *cobra.Command {
	g := group(
		"deliveries", "What was sent to webhooks, and what waits", t.deliveryList(), t.deliveryGet(), t.redeliverSome(),
		t.command("redeliver DELIVERY…", "Deliver something again, under the same ID", cobra.MinimumNArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
			for _, id := range args {
				if err := c.Redeliver(ctx, id); err != nil {
					return fmt.Errorf("%s: %w", id, err)
				}
			}
			return nil
		}),
	)
	g.Aliases = []string{"delivery"}
	return g
}

func (t *tool) deliveryList() *cobra.Command {
	var (
		f     client.DeliveryFilter
		o     order
		which []string
	)
	cmd := t.command("list WEBHOOK", "List what was sent to a webhook, newest first", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) (err error) {
		if f.Webhook, err = findWebhook(ctx, c, args[0]); err != nil {
			return err
		}
		f.Kinds = events(which)
		return list(t, each(ctx, c.Deliveries, f, o), deliveryColumns())
	})
	some(cmd, &f.States, "state", plaza.DeliveryStates(), "states")
	kinds(cmd, &which, "events of these kinds")
	return lists(cmd, &o, "at")
}

func (t *tool) deliveryGet() *cobra.Command {
	return t.command("get DELIVERY", "Show what was tried to deliver something", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		d, err := c.Delivery(ctx, args[0])
		if err != nil {
			return err
		}
		if t.output == asJSON {
			return show(t, d, nil)
		}
		return list(t, slice(d.Attempts, nil), []column[client.DeliveryTry]{
			col("number", func(y client.DeliveryTry) any { return y.Number }),
			col("at", func(y client.DeliveryTry) any { return y.At }),
			col("status", func(y client.DeliveryTry) any { return y.Status }),
			col("milliseconds", func(y client.DeliveryTry) any { return y.Milliseconds }),
			col("problem", func(y client.DeliveryTry) any { return y.Problem }),
			col("detail", func(y client.DeliveryTry) any { return y.Detail }),
			col("answer", func(y client.DeliveryTry) any { return y.Answer }),
		})
	})
}

func (t *tool) redeliverSome() *cobra.Command {
	var in client.Redelivery
	cmd := t.command("redeliver-some WEBHOOK", "Deliver again what happened in some time", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		id, err := findWebhook(ctx, c, args[0])
		if err != nil {
			return err
		}
		n, err := c.RedeliverSome(ctx, id, in)
		if err != nil {
			return err
		}
		return show(t, n, []column[client.Redelivered]{col("deliveries", func(n client.Redelivered) any { return n.Deliveries })})
	})
	t.when(cmd, &in.From, "from", "what happened then or later")
	t.when(cmd, &in.Till, "till", "what happened before")
	cmd.Flags().BoolVar(&in.Failed, "failed", false, "only what was given up")
	return needs(cmd, "from", "till")
}
