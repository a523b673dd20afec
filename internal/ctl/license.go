package ctl

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/client"
)

func licenseColumns() []column[client.License] {
	return []column[client.License]{
		col("id", func(l client.License) any { return l.ID }),
		col("profile", func(l client.License) any { return l.Profile }),
		col("kind", func(l client.License) any { return l.Kind }),
		col("name", func(l client.License) any { return l.Name }),
		col("agent", func(l client.License) any { return l.Agent }),
		col("plan", func(l client.License) any { return l.Plan }),
		col("state", func(l client.License) any { return l.State }),
		col("starts", func(l client.License) any { return l.StartsAt }),
		col("ends", func(l client.License) any { return l.EndsAt }),
		col("key", func(l client.License) any { return "…" + l.KeyHint }),
	}
}

func (t *tool) licenses() *cobra.Command {
	g := group(
		"licenses", "Licenses",
		t.licenseList(), t.licenseGet(), t.licenseCreate(), t.licenseKey(), t.licensePlan(), t.licenseTransfer(), t.licenseDelete(),
		t.licenseMany(plaza.BatchRenew, "Add a term to licenses", false, (*client.Client).RenewLicense),
		t.licenseMany(plaza.BatchSuspend, "Make licenses invalid until they are resumed", true, (*client.Client).SuspendLicense),
		t.licenseMany(plaza.BatchResume, "Undo that", false, without((*client.Client).ResumeLicense)),
		t.licenseMany(plaza.BatchEnd, "End licenses for good", true, (*client.Client).EndLicense),
	)
	g.Aliases = []string{"license"}
	return g
}

func (t *tool) licenseList() *cobra.Command {
	var (
		f client.LicenseFilter
		o order
	)
	cmd := t.command("list", "List licenses", cobra.NoArgs, func(ctx context.Context, c *client.Client, _ []string) (err error) {
		if f.Profile, err = findProfile(ctx, c, f.Profile); err != nil {
			return err
		}
		if f.Plan, err = findPlan(ctx, c, f.Plan); err != nil {
			return err
		}
		return list(t, each(ctx, c.Licenses, f, o), licenseColumns())
	})
	cmd.Flags().StringVar(&f.Text, "text", "", "part of the name, of its profile's, of its ConnectAgent's or of its billing ID, or the end of the key")
	cmd.Flags().StringVar(&f.Profile, "profile", "", "of this profile only")
	cmd.Flags().StringVar(&f.Plan, "plan", "", "under this plan only")
	some(cmd, &f.Kinds, "kind", plaza.LicenseKinds(), "kinds")
	some(cmd, &f.States, "state", plaza.LicenseStates(), "states; without it all but ended")
	t.when(cmd, &f.EndsFrom, "ends-from", "that end then or later")
	t.when(cmd, &f.EndsTill, "ends-till", "that end before")
	return lists(cmd, &o, "name", "profile", "kind", "plan", "starts", "ends", "created")
}

func (t *tool) licenseGet() *cobra.Command {
	return t.command("get LICENSE", "Show a license", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		return t.licenseDo(ctx, c, args[0], func(id string) (client.License, error) { return c.License(ctx, id) })
	})
}

// licenseDo does something to a license that somebody names, and shows it.
func (t *tool) licenseDo(ctx context.Context, c *client.Client, name string, do func(id string) (client.License, error)) error {
	id, err := findLicense(ctx, c, name)
	if err != nil {
		return err
	}
	l, err := do(id)
	if err != nil {
		return err
	}
	return show(t, l, licenseColumns())
}

func (t *tool) licenseCreate() *cobra.Command {
	var (
		in     client.NewLicense
		starts time.Time
	)
	cmd := t.command("create", "Issue a development license", cobra.NoArgs, func(ctx context.Context, c *client.Client, _ []string) (err error) {
		in.StartsAt = optional(starts)
		if in.Profile, err = findProfile(ctx, c, in.Profile); err != nil {
			return err
		}
		if in.Plan, err = findPlan(ctx, c, in.Plan); err != nil {
			return err
		}
		made, err := c.IssueLicense(ctx, in)
		if err != nil {
			return err
		}
		return show(t, made, licenseColumns())
	})
	cmd.Flags().StringVar(&in.Plan, "plan", "", "its plan")
	cmd.Flags().StringVar(&in.Name, "name", "", "what to call it")
	cmd.Flags().StringVar(&in.Profile, "profile", "", "profile that will hold it (default: your own)")
	t.when(cmd, &starts, "starts", "when its term begins (default: now)")
	return needs(cmd, "plan")
}

func (t *tool) licenseKey() *cobra.Command {
	return t.command("key LICENSE", "Show the key of a license, which is recorded", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		id, err := findLicense(ctx, c, args[0])
		if err != nil {
			return err
		}
		key, err := c.RevealLicenseKey(ctx, id)
		if err != nil {
			return err
		}
		if t.output == asTable {
			_, err = fmt.Fprintln(t.Out, key)
			return err
		}
		return show(t, licenseKey{id, key}, []column[licenseKey]{
			col("id", func(k licenseKey) any { return k.ID }), col("key", func(k licenseKey) any { return k.Key }),
		})
	})
}

type licenseKey struct {
	ID  string `json:"id"`
	Key string `json:"key"`
}

func (t *tool) licensePlan() *cobra.Command {
	var plan, why string
	cmd := t.command("plan LICENSE", "Put a license under another plan", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		plan, err := findPlan(ctx, c, plan)
		if err != nil {
			return err
		}
		return t.licenseDo(ctx, c, args[0], func(id string) (client.License, error) { return c.ChangePlan(ctx, id, client.Any, plan, why) })
	})
	cmd.Flags().StringVar(&plan, "to", "", "the plan")
	cmd.Flags().StringVar(&why, "reason", "", "why; needed unless a trial becomes a paid license")
	return needs(cmd, "to")
}

func (t *tool) licenseTransfer() *cobra.Command {
	var to, why string
	cmd := t.command("transfer LICENSE", "Hand a license to another profile, with its ConnectAgent", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		to, err := findProfile(ctx, c, to)
		if err != nil {
			return err
		}
		return t.licenseDo(ctx, c, args[0], func(id string) (client.License, error) { return c.TransferLicense(ctx, id, client.Any, to, why) })
	})
	cmd.Flags().StringVar(&to, "to", "", "the profile that will hold it")
	return needs(because(cmd, &why), "to")
}

func (t *tool) licenseDelete() *cobra.Command {
	var why string
	cmd := t.command("delete LICENSE", "Delete a license that was made by mistake", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		id, err := findLicense(ctx, c, args[0])
		if err != nil {
			return err
		}
		if err := t.sure("Delete the license %s without a trace in the bill?", args[0]); err != nil {
			return err
		}
		return c.DeleteLicense(ctx, id, client.Any, why)
	})
	return because(cmd, &why)
}

// licenseMany returns the command that does the same to one license, or to many in a batch.
func (t *tool) licenseMany(kind plaza.BatchKind, short string, reasoned bool, do change[client.License]) *cobra.Command {
	var (
		why   string
		whole bool
	)
	cmd := t.command(string(kind)+" LICENSE…", short, cobra.MinimumNArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		if kind == plaza.BatchEnd {
			if err := t.sure("End %s for good?", counted(len(args), "license")); err != nil {
				return err
			}
		}
		if len(args) == 1 {
			return t.licenseDo(ctx, c, args[0], func(id string) (client.License, error) { return do(c, ctx, id, client.Any, why) })
		}
		return t.startBatch(ctx, c, client.Bulk{Kind: kind, Reason: why, Whole: whole}, args)
	})
	if kind != plaza.BatchEnd {
		cmd.Flags().BoolVar(&whole, "all-or-none", false, "if it cannot be done to one of them, do it to none")
	}
	if reasoned {
		return because(cmd, &why)
	}
	if kind == plaza.BatchRenew {
		cmd.Flags().StringVar(&why, "reason", "", "why, for the audit log")
	}
	return cmd
}

// startBatch does the same to many licenses, and waits for it.
func (t *tool) startBatch(ctx context.Context, c *client.Client, in client.Bulk, names []string) error {
	ids := make([]string, 0, len(names))
	for _, name := range names {
		id, err := findLicense(ctx, c, name)
		if err != nil {
			return err
		}
		ids = append(ids, id)
	}
	slices.Sort(ids)
	in.Licenses = slices.Compact(ids)
	b, err := c.StartBatch(ctx, in)
	if err != nil {
		return err
	}
	return t.finish(ctx, c, b.ID)
}

// counted says how many things of a kind there are.
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
