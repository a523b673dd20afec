package ctl

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/client"
)

func notificationColumns() []column[client.Notification] {
	return []column[client.Notification]{
		col("id", func(n client.Notification) any { return n.ID }),
		col("at", func(n client.Notification) any { return n.At }),
		col("profile", func(n client.Notification) any { return n.Profile }),
		col("agent", func(n client.Notification) any { return n.Agent }),
		col("level", func(n client.Notification) any { return n.Level }),
		col("message", func(n client.Notification) any { return n.Message }),
		col("location", func(n client.Notification) any { return n.Location }),
		col("acknowledged", func(n client.Notification) any { return n.AcknowledgedAt }),
	}
}

func (t *tool) notifications() *cobra.Command {
	g := group(
		"notifications", "What ConnectAgents told", t.notificationList(),
		t.command("acknowledge NOTIFICATION…", "Say that somebody saw to it", cobra.MinimumNArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
			return c.AcknowledgeNotifications(ctx, args)
		}),
		t.command("reopen NOTIFICATION…", "Say that nobody saw to it yet", cobra.MinimumNArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
			return c.ReopenNotifications(ctx, args)
		}),
	)
	g.Aliases = []string{"notification"}
	return g
}

func (t *tool) notificationList() *cobra.Command {
	var (
		f client.NotificationFilter
		o order
	)
	cmd := t.command("list", "List what ConnectAgents told, newest first", cobra.NoArgs, func(ctx context.Context, c *client.Client, _ []string) (err error) {
		if f.Profile, err = findProfile(ctx, c, f.Profile); err != nil {
			return err
		}
		if f.Agent != "" {
			if f.Agent, err = findAgent(ctx, c, f.Agent); err != nil {
				return err
			}
		}
		return list(t, each(ctx, c.Notifications, f, o), notificationColumns())
	})
	cmd.Flags().StringVar(&f.Text, "text", "", "part of what was told")
	cmd.Flags().StringVar(&f.Profile, "profile", "", "of this profile only")
	cmd.Flags().StringVar(&f.Agent, "agent", "", "of this ConnectAgent only")
	some(cmd, &f.Levels, "level", []plaza.NotificationLevel{plaza.LevelInfo, plaza.LevelWarning, plaza.LevelError}, "levels")
	word(cmd, cmd.Flags(), &f.Acknowledged, "acknowledged", "", []string{"yes", "no"}, "whether somebody saw to it")
	return lists(cmd, &o, "at")
}
