package ctl

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/client"
)

func auditColumns() []column[client.AuditEvent] {
	return []column[client.AuditEvent]{
		col("time", func(e client.AuditEvent) any { return e.At }),
		col("who", who),
		col("verb", func(e client.AuditEvent) any { return e.Verb }),
		col("result", func(e client.AuditEvent) any { return e.Result }),
		col("kind", func(e client.AuditEvent) any { return e.ObjectKind }),
		col("object", func(e client.AuditEvent) any { return e.Object }),
		col("profile", func(e client.AuditEvent) any { return e.Profile }),
		col("reason", func(e client.AuditEvent) any { return e.Reason }),
		col("token", func(e client.AuditEvent) any { return e.Token }),
	}
}

// who says who did it.
func who(e client.AuditEvent) any {
	switch {
	case e.Own != "":
		return "Plaza (" + e.Own + ")"
	case e.Actor == nil:
		return "somebody above"
	case e.Acting != "":
		return e.Acting + " as " + e.Actor.Name
	}
	return e.Actor.Name
}

func (t *tool) audit() *cobra.Command {
	var (
		f     client.AuditFilter
		verbs []string
		o     order
	)
	cmd := t.command("list", "List the audit log, newest first; that it was looked at is recorded", cobra.NoArgs, func(ctx context.Context, c *client.Client, _ []string) (err error) {
		if f.Profile, err = findProfile(ctx, c, f.Profile); err != nil {
			return err
		}
		if f.Login != "" {
			if f.Login, err = findLogin(ctx, c, f.Login); err != nil {
				return err
			}
		}
		for _, v := range verbs {
			f.Verbs = append(f.Verbs, plaza.Verb(v))
		}
		return list(t, each(ctx, c.AuditEvents, f, o), auditColumns())
	})
	cmd.Flags().StringVar(&f.Profile, "profile", "", "about this profile's data only")
	cmd.Flags().StringVar(&f.Login, "login", "", "what this login did, or what was done in its name")
	cmd.Flags().StringVar(&f.Object, "object", "", "about the thing with this ID")
	cmd.Flags().StringSliceVar(&verbs, "verb", nil, "verbs, such as license.renew")
	some(cmd, &f.Results, "result", []plaza.Result{plaza.Done, plaza.Refused}, "how it ended")
	t.when(cmd, &f.From, "from", "then or later")
	t.when(cmd, &f.Till, "till", "before")
	lists(cmd, &o, "at")
	return group("audit", "The audit log", cmd)
}
