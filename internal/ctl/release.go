package ctl

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/connectplaza/plaza/client"
)

func releaseColumns() []column[client.Release] {
	return []column[client.Release]{
		col("id", func(r client.Release) any { return r.ID }),
		col("release", func(r client.Release) any { return r.Release }),
		col("channel", func(r client.Release) any { return r.Channel }),
		col("state", func(r client.Release) any { return r.State }),
		col("name", func(r client.Release) any { return r.Name }),
		col("requires", func(r client.Release) any { return r.Requires }),
		col("created", func(r client.Release) any { return r.CreatedAt }),
		col("yanked", func(r client.Release) any { return r.YankReason }),
	}
}

func (t *tool) releases() *cobra.Command {
	g := group(
		"releases", "Versions of ConnectAgent",
		t.command("list", "List them", cobra.NoArgs, func(ctx context.Context, c *client.Client, _ []string) error {
			return list(t, slice(c.Releases(ctx)), releaseColumns())
		}),
		t.command("get RELEASE", "Show the builds of one", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
			id, err := find("release", args[0], slice(c.Releases(ctx)), func(r client.Release) (string, []string) { return r.ID, []string{r.Release, r.Tag} })
			if err != nil {
				return err
			}
			r, err := c.Release(ctx, id)
			if err != nil {
				return err
			}
			if t.output == asJSON {
				return show(t, r, nil)
			}
			return list(t, slice(r.Builds, nil), []column[client.Build]{
				col("id", func(b client.Build) any { return b.ID }),
				col("filename", func(b client.Build) any { return b.Filename }),
				col("platform", func(b client.Build) any { return b.Platform + "/" + b.Arch }),
				col("size", func(b client.Build) any { return b.Size }),
				col("uploaded", func(b client.Build) any { return b.Uploaded }),
				col("checksum", func(b client.Build) any { return b.Checksum }),
			})
		}),
	)
	g.Aliases = []string{"release"}
	return g
}
