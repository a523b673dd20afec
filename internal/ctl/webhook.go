package ctl

import (
	"cmp"
	"context"

	"github.com/spf13/cobra"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/client"
)

func webhookColumns() []column[client.Webhook] {
	return []column[client.Webhook]{
		col("id", func(w client.Webhook) any { return w.ID }),
		col("name", func(w client.Webhook) any { return w.Name }),
		col("url", func(w client.Webhook) any { return w.URL }),
		col("kinds", func(w client.Webhook) any {
			if w.All {
				return "all"
			}
			return joined(w.Kinds)
		}),
		col("state", func(w client.Webhook) any { return w.State }),
		col("failures", func(w client.Webhook) any { return w.Failures }),
		col("waiting", func(w client.Webhook) any { return w.Waiting }),
		col("behind", func(w client.Webhook) any { return w.Behind.Events }),
		col("since", func(w client.Webhook) any { return cmp.Or(w.WaitingSince, w.Behind.OldestAt) }),
		col("delivered", func(w client.Webhook) any { return w.DeliveredAt }),
	}
}

// secretColumns are those of a webhook with its secret.
func secretColumns() (all []column[client.WebhookSecret]) {
	for _, c := range webhookColumns() {
		all = append(all, col(c.head, func(w client.WebhookSecret) any { return c.value(w.Webhook) }))
	}
	return append(all, col("secret", func(w client.WebhookSecret) any { return w.Secret }))
}

func (t *tool) webhooks() *cobra.Command {
	g := group(
		"webhooks", "Addresses that are told what happens in your profile",
		t.command("list", "List them", cobra.NoArgs, func(ctx context.Context, c *client.Client, _ []string) error {
			return list(t, slice(c.Webhooks(ctx)), webhookColumns())
		}),
		t.webhookCreate(), t.webhookEdit(), t.webhookRemove(),
		t.onWebhook("get WEBHOOK", "Show one", func(ctx context.Context, c *client.Client, id string) (client.Webhook, error) {
			return c.Webhook(ctx, id)
		}),
		t.onWebhook("pause WEBHOOK", "Have nothing sent to it; what happens is kept for it", func(ctx context.Context, c *client.Client, id string) (client.Webhook, error) {
			return c.PauseWebhook(ctx, id, client.Any)
		}),
		t.onWebhook("resume WEBHOOK", "Have everything sent that was kept for it", func(ctx context.Context, c *client.Client, id string) (client.Webhook, error) {
			return c.ResumeWebhook(ctx, id, client.Any)
		}),
		t.command("rotate WEBHOOK", "Give it another secret, which is shown once", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
			id, err := findWebhook(ctx, c, args[0])
			if err != nil {
				return err
			}
			w, err := c.RotateWebhook(ctx, id, client.Any)
			if err != nil {
				return err
			}
			return show(t, w, secretColumns())
		}),
		t.command("test WEBHOOK", "Send it an event that says nothing but that it is a test", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
			id, err := findWebhook(ctx, c, args[0])
			if err != nil {
				return err
			}
			d, err := c.TestWebhook(ctx, id)
			if err != nil {
				return err
			}
			return show(t, d, deliveryColumns())
		}),
	)
	g.Aliases = []string{"webhook"}
	return g
}

// onWebhook returns a command that does something with a webhook, and shows it.
func (t *tool) onWebhook(use, short string, do func(context.Context, *client.Client, string) (client.Webhook, error)) *cobra.Command {
	return t.command(use, short, cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		id, err := findWebhook(ctx, c, args[0])
		if err != nil {
			return err
		}
		w, err := do(ctx, c, id)
		if err != nil {
			return err
		}
		return show(t, w, webhookColumns())
	})
}

// kinds gives c a flag that takes kinds of events: those that there will be, too.
func kinds(c *cobra.Command, chosen *[]string, help string) {
	c.Flags().StringSliceVar(chosen, "kind", nil, help+", as license.issued")
	completes(c, "kind", plaza.EventKinds())
}

func (t *tool) webhookCreate() *cobra.Command {
	var (
		in    client.NewWebhook
		which []string
	)
	cmd := t.command("create NAME URL", "Have events sent to an address; the secret is shown once", cobra.ExactArgs(2), func(ctx context.Context, c *client.Client, args []string) error {
		in.Name, in.URL, in.Kinds = args[0], args[1], events(which)
		w, err := c.CreateWebhook(ctx, in)
		if err != nil {
			return err
		}
		return show(t, w, secretColumns())
	})
	kinds(cmd, &which, "events of these kinds")
	cmd.Flags().BoolVar(&in.All, "all", false, "events of every kind, those that there are not yet among them")
	cmd.MarkFlagsOneRequired("kind", "all")
	cmd.MarkFlagsMutuallyExclusive("kind", "all")
	return cmd
}

func (t *tool) webhookEdit() *cobra.Command {
	var (
		name, url string
		all       bool
		which     []string
		cmd       *cobra.Command
	)
	cmd = t.command("update WEBHOOK", "Change one", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		id, err := findWebhook(ctx, c, args[0])
		if err != nil {
			return err
		}
		chosen := events(which)
		w, err := c.EditWebhook(ctx, id, client.Any, client.WebhookEdit{
			Name: given(cmd, "name", &name), URL: given(cmd, "to", &url), All: given(cmd, "all", &all), Kinds: given(cmd, "kind", &chosen),
		})
		if err != nil {
			return err
		}
		return show(t, w, webhookColumns())
	})
	cmd.Flags().StringVar(&name, "name", "", "what it is called")
	cmd.Flags().StringVar(&url, "to", "", "where events are sent")
	kinds(cmd, &which, "events of these kinds only")
	cmd.Flags().BoolVar(&all, "all", false, "events of every kind")
	cmd.MarkFlagsOneRequired("name", "to", "kind", "all")
	cmd.MarkFlagsMutuallyExclusive("kind", "all")
	return cmd
}

func (t *tool) webhookRemove() *cobra.Command {
	return t.command("remove WEBHOOK", "Remove one, with what waits for it", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		id, err := findWebhook(ctx, c, args[0])
		if err != nil {
			return err
		}
		if err := t.sure("Remove the webhook %s, with what waits for it?", args[0]); err != nil {
			return err
		}
		return c.RemoveWebhook(ctx, id, client.Any)
	})
}

func findWebhook(ctx context.Context, c *client.Client, name string) (string, error) {
	return find("webhook", name, slice(c.Webhooks(ctx)), func(w client.Webhook) (string, []string) { return w.ID, []string{w.Name} })
}

// events returns what a flag names, as kinds of events.
func events(names []string) (all []plaza.EventKind) {
	for _, name := range names {
		all = append(all, plaza.EventKind(name))
	}
	return all
}
