package ctl

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/connectplaza/plaza/client"
)

func (t *tool) me() *cobra.Command {
	return t.command("me", "Say who the token stands for, and what it may do", cobra.NoArgs, func(ctx context.Context, c *client.Client, _ []string) error {
		me, err := c.Me(ctx)
		if err != nil {
			return err
		}
		return show(t, me, []column[client.Me]{
			col("login", func(m client.Me) any { return m.Login }),
			col("profile", func(m client.Me) any { return m.Profile }),
			col("kind", func(m client.Me) any { return m.Kind }),
			col("role", func(m client.Me) any { return m.Role }),
			col("token", func(m client.Me) any { return m.Token }),
			col("reach", func(m client.Me) any { return m.Reach }),
			col("verbs", func(m client.Me) any { return strings.Join(texts(m.Verbs), " ") }),
		})
	})
}
