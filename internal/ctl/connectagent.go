package ctl

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/client"
)

func agentColumns() []column[client.Agent] {
	return []column[client.Agent]{
		col("id", func(a client.Agent) any { return a.ID }),
		col("profile", func(a client.Agent) any { return a.Profile }),
		col("name", func(a client.Agent) any { return a.Name }),
		col("liveness", func(a client.Agent) any { return a.Liveness }),
		col("health", func(a client.Agent) any { return a.Health }),
		col("seen", func(a client.Agent) any { return a.SeenAt }),
		col("version", func(a client.Agent) any { return a.Build }),
		col("host", func(a client.Agent) any { return a.Host }),
		col("license", func(a client.Agent) any { return a.License.State }),
		col("ends", func(a client.Agent) any { return a.License.EndsAt }),
	}
}

func (t *tool) agents() *cobra.Command {
	g := group("agents", "ConnectAgents", t.agentList(), t.agentGet(), t.agentCreate(), t.agentRename(), t.agentActivations(), t.agentRelease(), t.agentWatch())
	g.Aliases = []string{"agent", "connectagents"}
	return g
}

func (t *tool) agentList() *cobra.Command {
	var (
		f client.AgentFilter
		o order
	)
	cmd := t.command("list", "List ConnectAgents", cobra.NoArgs, func(ctx context.Context, c *client.Client, _ []string) (err error) {
		if f.Profile, err = findProfile(ctx, c, f.Profile); err != nil {
			return err
		}
		return list(t, each(ctx, c.Agents, f, o), agentColumns())
	})
	cmd.Flags().StringVar(&f.Text, "text", "", "part of the name, of the host or of its profile's name")
	cmd.Flags().StringVar(&f.Profile, "profile", "", "of this profile only")
	some(cmd, &f.Liveness, "liveness", []plaza.Liveness{plaza.Online, plaza.Overdue, plaza.Offline, plaza.NeverSeen}, "how it is heard of")
	some(cmd, &f.Health, "health", []plaza.Health{plaza.HealthOK, plaza.HealthWarning, plaza.HealthError}, "how it says it is")
	return lists(cmd, &o, "name", "profile", "seen", "build", "created")
}

func (t *tool) agentGet() *cobra.Command {
	return t.command("get AGENT", "Show a ConnectAgent", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		id, err := findAgent(ctx, c, args[0])
		if err != nil {
			return err
		}
		a, err := c.Agent(ctx, id)
		if err != nil {
			return err
		}
		return show(t, a, agentColumns())
	})
}

func (t *tool) agentCreate() *cobra.Command {
	var (
		in     client.NewAgent
		starts time.Time
	)
	cmd := t.command("create NAME", "Create a ConnectAgent, with its license", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) (err error) {
		in.Name, in.StartsAt = args[0], optional(starts)
		if in.Profile, err = findProfile(ctx, c, in.Profile); err != nil {
			return err
		}
		if in.Plan, err = findPlan(ctx, c, in.Plan); err != nil {
			return err
		}
		made, err := c.CreateAgent(ctx, in)
		if err != nil {
			return err
		}
		return show(t, made, agentColumns())
	})
	cmd.Flags().StringVar(&in.Plan, "plan", "", "plan of its license")
	cmd.Flags().StringVar(&in.Profile, "profile", "", "profile whose it will be (default: your own)")
	t.when(cmd, &starts, "starts", "when its term begins (default: now)")
	return needs(cmd, "plan")
}

func (t *tool) agentRename() *cobra.Command {
	return t.command("rename AGENT NAME", "Give a ConnectAgent another name", cobra.ExactArgs(2), func(ctx context.Context, c *client.Client, args []string) error {
		id, err := findAgent(ctx, c, args[0])
		if err != nil {
			return err
		}
		a, err := c.RenameAgent(ctx, id, client.Any, args[1])
		if err != nil {
			return err
		}
		return show(t, a, agentColumns())
	})
}

func (t *tool) agentActivations() *cobra.Command {
	return t.command("activations AGENT", "List what a ConnectAgent was activated on", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		id, err := findAgent(ctx, c, args[0])
		if err != nil {
			return err
		}
		return list(t, slice(c.Activations(ctx, id)), []column[client.Activation]{
			col("id", func(a client.Activation) any { return a.ID }),
			col("host", func(a client.Activation) any { return a.Host }),
			col("fingerprint", func(a client.Activation) any { return a.Fingerprint }),
			col("created", func(a client.Activation) any { return a.CreatedAt }),
			col("ended", func(a client.Activation) any { return a.EndedAt }),
		})
	})
}

func (t *tool) agentRelease() *cobra.Command {
	return t.command("release ACTIVATION", "End an activation, so that the license can be activated elsewhere", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		if err := t.sure("Release the activation %s? The ConnectAgent on it stops.", args[0]); err != nil {
			return err
		}
		return c.ReleaseActivation(ctx, args[0])
	})
}
