package ctl

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/client"
)

func requestColumns() []column[client.Request] {
	return []column[client.Request]{
		col("id", func(r client.Request) any { return r.ID }),
		col("profile", func(r client.Request) any { return r.Profile }),
		col("kind", func(r client.Request) any { return r.Kind }),
		col("state", func(r client.Request) any { return r.State }),
		col("name", func(r client.Request) any { return r.Name }),
		col("plan", func(r client.Request) any { return r.Plan }),
		col("note", func(r client.Request) any { return r.Note }),
		col("created", func(r client.Request) any { return r.CreatedAt }),
		col("lapses", func(r client.Request) any { return r.LapsesAt }),
	}
}

func (t *tool) requests() *cobra.Command {
	g := group(
		"requests", "What profiles ask those above them for",
		t.requestList(), t.requestMake(),
		t.requestChange("get", "Show a request", false, func(c *client.Client, ctx context.Context, id string, _ int, _ string) (client.Request, error) {
			return c.Request(ctx, id)
		}),
		t.requestChange("approve", "Do what was asked for", false, without((*client.Client).ApproveRequest)),
		t.requestChange("decline", "Say no", true, (*client.Client).DeclineRequest),
		t.requestChange("withdraw", "Take your own request back", false, without((*client.Client).WithdrawRequest)),
	)
	g.Aliases = []string{"request"}
	return g
}

func (t *tool) requestList() *cobra.Command {
	var (
		f client.RequestFilter
		o order
	)
	cmd := t.command("list", "List requests", cobra.NoArgs, func(ctx context.Context, c *client.Client, _ []string) (err error) {
		if f.Profile, err = findProfile(ctx, c, f.Profile); err != nil {
			return err
		}
		return list(t, each(ctx, c.Requests, f, o), requestColumns())
	})
	cmd.Flags().StringVar(&f.Text, "text", "", "part of the name that is asked for, or of the profile's")
	cmd.Flags().StringVar(&f.Profile, "profile", "", "of this profile only")
	some(cmd, &f.Kinds, "kind", plaza.RequestKinds(), "kinds")
	some(cmd, &f.States, "state", plaza.RequestStates(), "states")
	return lists(cmd, &o, "created")
}

func (t *tool) requestChange(use, short string, reasoned bool, do change[client.Request]) *cobra.Command {
	var why string
	cmd := t.command(use+" REQUEST", short, cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		r, err := do(c, ctx, args[0], client.Any, why)
		if err != nil {
			return err
		}
		return show(t, r, requestColumns())
	})
	if reasoned {
		return because(cmd, &why)
	}
	return cmd
}

// requestMake returns the commands that ask for something, for partners and enterprises.
func (t *tool) requestMake() *cobra.Command {
	return group(
		"make", "Ask for something, as a partner or an enterprise",
		t.wish("license", "Ask for a development license", cobra.NoArgs, func(cmd *cobra.Command) wisher {
			in := t.wished(cmd, "what to call it")
			return func(ctx context.Context, c *client.Client, _ []string) (w client.Wish, err error) {
				plan, err := findPlan(ctx, c, in.plan)
				w.License = &client.NewLicense{Plan: plan, Name: in.name, StartsAt: optional(in.starts)}
				return w, err
			}
		}),
		t.wish("agent", "Ask for a ConnectAgent", cobra.NoArgs, func(cmd *cobra.Command) wisher {
			in := t.wished(cmd, "what to call it")
			needs(cmd, "name")
			return func(ctx context.Context, c *client.Client, _ []string) (w client.Wish, err error) {
				plan, err := findPlan(ctx, c, in.plan)
				w.Agent = &client.NewAgent{Plan: plan, Name: in.name, StartsAt: optional(in.starts)}
				return w, err
			}
		}),
		t.wish("login EMAIL", "Ask for a login", cobra.ExactArgs(1), func(cmd *cobra.Command) wisher {
			in := &client.WishedLogin{}
			cmd.Flags().StringVar(&in.Name, "name", "", "the person's name")
			word(cmd, cmd.Flags(), &in.Role, "role", "", plaza.Roles(), "what it may do")
			cmd.Flags().BoolVar(&in.Dashboard, "dashboard", true, "whether it may use the dashboard")
			needs(cmd, "name", "role")
			return func(_ context.Context, _ *client.Client, args []string) (client.Wish, error) {
				in.Email = args[0]
				return client.Wish{Login: in}, nil
			}
		}),
		t.wish("renewal LICENSE", "Ask for another term", cobra.ExactArgs(1), func(*cobra.Command) wisher {
			return func(ctx context.Context, c *client.Client, args []string) (client.Wish, error) {
				id, err := findLicense(ctx, c, args[0])
				return client.Wish{Renewal: &client.LicenseWish{License: id}}, err
			}
		}),
		t.wish("end LICENSE", "Ask for the end of a license", cobra.ExactArgs(1), func(*cobra.Command) wisher {
			return func(ctx context.Context, c *client.Client, args []string) (client.Wish, error) {
				id, err := findLicense(ctx, c, args[0])
				return client.Wish{End: &client.LicenseWish{License: id}}, err
			}
		}),
		t.wish("plan LICENSE", "Ask for another plan", cobra.ExactArgs(1), func(cmd *cobra.Command) wisher {
			to := cmd.Flags().String("to", "", "the plan")
			needs(cmd, "to")
			return func(ctx context.Context, c *client.Client, args []string) (client.Wish, error) {
				id, err := findLicense(ctx, c, args[0])
				if err != nil {
					return client.Wish{}, err
				}
				plan, err := findPlan(ctx, c, *to)
				return client.Wish{Replan: &client.PlanWish{License: id, Plan: plan}}, err
			}
		}),
	)
}

// wished is what is said of a new thing that is asked for.
type wished struct {
	plan, name string
	starts     time.Time
}

func (t *tool) wished(cmd *cobra.Command, name string) *wished {
	in := &wished{}
	cmd.Flags().StringVar(&in.plan, "plan", "", "its plan")
	cmd.Flags().StringVar(&in.name, "name", "", name)
	t.when(cmd, &in.starts, "starts", "when its term begins (default: now)")
	needs(cmd, "plan")
	return in
}

// wisher says what is asked for.
type wisher func(ctx context.Context, c *client.Client, args []string) (client.Wish, error)

func (t *tool) wish(use, short string, takes cobra.PositionalArgs, flags func(*cobra.Command) wisher) *cobra.Command {
	var (
		note string
		ask  wisher
	)
	cmd := t.command(use, short, takes, func(ctx context.Context, c *client.Client, args []string) error {
		w, err := ask(ctx, c, args)
		if err != nil {
			return err
		}
		w.Note = note
		made, err := c.MakeRequest(ctx, w)
		if err != nil {
			return err
		}
		return show(t, made, requestColumns())
	})
	ask = flags(cmd)
	cmd.Flags().StringVar(&note, "note", "", "to whoever decides")
	return cmd
}
