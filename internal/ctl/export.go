package ctl

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/client"
)

func exportColumns() []column[client.Export] {
	return []column[client.Export]{
		col("id", func(e client.Export) any { return e.ID }),
		col("list", func(e client.Export) any { return e.List }),
		col("query", func(e client.Export) any { return e.Query }),
		col("form", func(e client.Export) any { return e.Form }),
		col("state", func(e client.Export) any { return e.State }),
		col("rows", func(e client.Export) any { return e.Rows }),
		col("total", func(e client.Export) any { return e.Total }),
		col("size", func(e client.Export) any { return e.Size }),
		col("created", func(e client.Export) any { return e.CreatedAt }),
		col("expires", func(e client.Export) any { return e.ExpiresAt }),
		col("problem", func(e client.Export) any { return e.Problem }),
	}
}

func (t *tool) exports() *cobra.Command {
	all := t.command("list", "List files that this token asked for", cobra.NoArgs, func(ctx context.Context, c *client.Client, _ []string) error {
		return list(t, slice(c.Exports(ctx)), exportColumns())
	})
	one := t.command("get EXPORT", "Show how far a file is", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		e, err := c.Export(ctx, args[0])
		if err != nil {
			return err
		}
		return show(t, e, exportColumns())
	})
	download := t.command("download EXPORT FILE", "Write a file that is ready; - writes it out", cobra.ExactArgs(2), func(ctx context.Context, c *client.Client, args []string) error {
		return t.download(ctx, c, args[0], args[1])
	})
	cancel := t.command("cancel EXPORT", "Make a file no further, or delete it", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		return c.CancelExport(ctx, args[0])
	})
	g := group("exports", "Files of whole lists", all, one, t.exportRun(), download, cancel)
	g.Aliases = []string{"export"}
	return g
}

func (t *tool) exportRun() *cobra.Command {
	var in client.NewExport
	cmd := t.command("run LIST FILE", "Have a file made of a list, wait for it, and write it; - writes it out", cobra.ExactArgs(2), func(ctx context.Context, c *client.Client, args []string) error {
		in.List = plaza.ExportList(args[0])
		if !slices.Contains(plaza.ExportLists(), in.List) {
			return misused("%q is no list that is taken along: say one of %s", args[0], joined(plaza.ExportLists()))
		}
		if in.Form == "" && strings.EqualFold(filepath.Ext(args[1]), ".xlsx") {
			in.Form = plaza.ExportExcel
		}
		e, err := c.StartExport(ctx, in)
		if err != nil {
			return err
		}
		e, err = c.FinishExport(ctx, e.ID, func(e client.Export) {
			switch {
			case e.State != plaza.ExportRunning:
			case e.Total == 0:
				fmt.Fprintln(t.Err, "counting")
			default:
				fmt.Fprintf(t.Err, "%d of %d rows\n", e.Rows, e.Total)
			}
		})
		if err == nil && e.State != plaza.ExportReady {
			err = errors.New("it could not be made: " + safe(e.Problem))
		}
		if err == nil {
			err = t.download(ctx, c, e.ID, args[1])
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(t.Err, "%d rows\n", e.Rows)
		return c.CancelExport(ctx, e.ID) // which deletes what is not needed any more
	})
	cmd.Long = cmd.Short + ".\n\nLists: " + joined(plaza.ExportLists()) + "."
	word(cmd, cmd.Flags(), &in.Form, "form", "", plaza.ExportForms(), "form of the file (default: xlsx for a FILE that ends so, else csv)")
	cmd.Flags().StringVar(&in.Query, "query", "", "what the list is filtered and sorted by, as behind the ? in the address of its page, such as state=expiring&sort=ends")
	cmd.Flags().StringVar(&in.Language, "language", "", "of the words in it, such as nl")
	cmd.Flags().StringVar(&in.TimeZone, "time-zone", "", "of the times in an Excel file, such as Europe/Amsterdam (default: UTC)")
	return cmd
}

// download writes a file. One that is there already stays as it was until the new one is
// whole.
func (t *tool) download(ctx context.Context, c *client.Client, id, path string) error {
	if path == "-" {
		return c.DownloadExport(ctx, id, t.Out)
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.part")
	if err != nil {
		return misused("%v", err)
	}
	out := bufio.NewWriter(f)
	err = errors.Join(c.DownloadExport(ctx, id, io.Writer(out)), out.Flush(), f.Close())
	if err == nil {
		return os.Rename(f.Name(), path)
	}
	return errors.Join(err, os.Remove(f.Name()))
}
