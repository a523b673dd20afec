package ctl

import (
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

func importColumns() []column[client.Import] {
	return []column[client.Import]{
		col("id", func(i client.Import) any { return i.ID }),
		col("kind", func(i client.Import) any { return i.Kind }),
		col("state", func(i client.Import) any { return i.State }),
		col("file", func(i client.Import) any { return i.File }),
		col("by", func(i client.Import) any { return i.By }),
		col("mine", func(i client.Import) any { return i.Mine }),
		col("created", func(i client.Import) any { return i.CreatedAt }),
		col("rows", func(i client.Import) any { return i.Rows }),
		col("done", func(i client.Import) any { return i.Done }),
		col("bad", func(i client.Import) any { return i.Bad }),
		col("problem", func(i client.Import) any { return i.Problem }),
	}
}

// fault is one thing that is wrong with a row.
type fault struct {
	Row int `json:"row"`
	client.RowProblem
}

func faultColumns() []column[fault] {
	return []column[fault]{
		col("row", func(f fault) any { return f.Row }),
		col("field", func(f fault) any { return f.Field }),
		col("value", func(f fault) any { return f.Value }),
		col("why", func(f fault) any { return f.Detail }),
	}
}

func (t *tool) imports() *cobra.Command {
	var o order
	all := t.command("list", "List imports", cobra.NoArgs, func(ctx context.Context, c *client.Client, _ []string) error {
		return list(t, each(ctx, c.Imports, client.ImportFilter{}, o), importColumns())
	})
	one := t.command("get IMPORT", "Show how far an import is", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		i, err := c.Import(ctx, args[0])
		if err != nil {
			return err
		}
		return show(t, i, importColumns())
	})
	report := t.command("report IMPORT", "List what is wrong with rows of an import", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		return t.faults(ctx, c, args[0])
	})
	apply := t.command("apply IMPORT", "Make all of an import that is ready, and wait for it", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		return t.apply(ctx, c, args[0])
	})
	discard := t.command("discard IMPORT", "Delete the rows of an import", cobra.ExactArgs(1), func(ctx context.Context, c *client.Client, args []string) error {
		i, err := c.DiscardImport(ctx, args[0])
		if err != nil {
			return err
		}
		return show(t, i, importColumns())
	})
	g := group("imports", "Partners, development licenses and logins from files", lists(all, &o, "created"), one, t.importRun(), report, apply, discard)
	g.Aliases = []string{"import"}
	return g
}

func (t *tool) importRun() *cobra.Command {
	var (
		columns []string
		apply   bool
	)
	cmd := t.command("run KIND FILE", "Try a CSV or Excel file of partners, licenses or logins, and make what is in it with --apply", cobra.ExactArgs(2), func(ctx context.Context, c *client.Client, args []string) error {
		kind := plaza.ImportKind(args[0])
		if !slices.Contains(plaza.ImportKinds(), kind) {
			return misused("%q is nothing that is imported: say partners, licenses or logins", args[0])
		}
		i, err := t.sendImport(ctx, c, kind, args[1])
		if err != nil {
			return err
		}
		if i, err = t.try(ctx, c, i, columns); err != nil {
			return err
		}
		if apply {
			return t.apply(ctx, c, i.ID)
		}
		fmt.Fprintf(t.Err, "All of it can be made: plazactl imports apply %s\n", i.ID)
		return show(t, i, importColumns())
	})
	cmd.Long = cmd.Short + ".\n\nThe first row of the file has headings, by which its columns are matched. All of it is made, or\nnothing. FILE is - for what comes in. What cannot be made is listed, and the file is discarded."
	cmd.Flags().StringArrayVar(&columns, "column", nil, "what a column holds, as field=heading, where its heading does not say so; field= for none (may be repeated)")
	cmd.Flags().BoolVar(&apply, "apply", false, "make it if all of it can be")
	return cmd
}

// sendImport sends a file.
func (t *tool) sendImport(ctx context.Context, c *client.Client, kind plaza.ImportKind, path string) (i client.Import, err error) {
	from, name := t.In, ""
	if path != "-" {
		f, err := os.Open(path) //nolint:gosec // whoever runs it says which
		if err != nil {
			return i, misused("%v", err)
		}
		defer f.Close()
		from, name = f, filepath.Base(path)
	}
	return c.SendImport(ctx, kind, name, io.LimitReader(from, plaza.MaxImport+1)) // of one that is too large the server says so
}

// try tries an import, which is discarded if something is wrong with it.
func (t *tool) try(ctx context.Context, c *client.Client, i client.Import, columns []string) (client.Import, error) {
	matched, err := matched(i, columns)
	if err == nil {
		_, err = c.CheckImport(ctx, i.ID, matched)
	}
	if err != nil {
		return i, t.drop(ctx, c, i, err)
	}
	if i, err = t.finishImport(ctx, c, i.ID); err != nil || i.State == plaza.ImportReady {
		return i, err
	}
	if err := t.faults(ctx, c, i.ID); err != nil {
		return i, err
	}
	return i, t.drop(ctx, c, i, t.undone(i))
}

// drop discards an import for the reason that it returns.
func (*tool) drop(ctx context.Context, c *client.Client, i client.Import, why error) error {
	if _, err := c.DiscardImport(ctx, i.ID); err != nil {
		return fmt.Errorf("%w; the import %s is still there: %w", why, i.ID, err)
	}
	return why
}

// matched returns what the columns of i hold, with what somebody says of some.
func matched(i client.Import, said []string) ([]client.ImportColumn, error) {
	all := slices.Clone(i.Columns)
	for _, one := range said {
		field, heading, ok := strings.Cut(one, "=")
		if !ok {
			return nil, misused("%q says of no field under which heading it is: write field=heading", one)
		}
		all = slices.DeleteFunc(all, func(c client.ImportColumn) bool { return c.Field == field })
		if heading == "" {
			continue
		}
		at := slices.IndexFunc(i.Headings, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), strings.TrimSpace(heading)) })
		if at < 0 {
			return nil, misused("no column is called %q: there are %s", heading, safe(strings.Join(i.Headings, ", ")))
		}
		all = slices.DeleteFunc(all, func(c client.ImportColumn) bool { return c.Column == at }) // its heading said otherwise
		all = append(all, client.ImportColumn{Field: field, Column: at})
	}
	return all, nil
}

// apply makes all of an import, and waits for it.
func (t *tool) apply(ctx context.Context, c *client.Client, id string) error {
	if _, err := c.ApplyImport(ctx, id); err != nil {
		return err
	}
	i, err := t.finishImport(ctx, c, id)
	if err != nil {
		return err
	}
	if i.State == plaza.ImportApplied {
		return show(t, i, importColumns())
	}
	if i.Bad > 0 {
		if err := t.faults(ctx, c, id); err != nil {
			return err
		}
	}
	return t.undone(i)
}

// undone says why nothing was made of an import.
func (*tool) undone(i client.Import) error {
	switch {
	case i.Bad > 0:
		return fmt.Errorf("%d of %d rows cannot be made, so nothing was", i.Bad, i.Rows)
	case i.Problem != "":
		return errors.New("nothing was made: " + safe(i.Problem))
	}
	return fmt.Errorf("nothing was made: the import is %s", i.State)
}

// finishImport waits until an import is worked on no more.
func (t *tool) finishImport(ctx context.Context, c *client.Client, id string) (client.Import, error) {
	return c.FinishImport(ctx, id, func(i client.Import) {
		if i.State == plaza.ImportFaulty { // which is no place where it is, but what was found
			fmt.Fprintf(t.Err, "%d of %d rows are faulty\n", i.Bad, i.Rows)
			return
		}
		fmt.Fprintf(t.Err, "%s: %d of %d rows\n", i.State, i.Done, i.Rows)
	})
}

// faults lists what is wrong with rows of an import.
func (t *tool) faults(ctx context.Context, c *client.Client, id string) error {
	rows := client.Each(ctx, c.FaultyRows, id, client.Page{Limit: plaza.MaxPageSize})
	return list(t, func(yield func(fault, error) bool) {
		for row, err := range rows {
			if err != nil {
				yield(fault{}, err)
				return
			}
			for _, p := range row.Problems {
				if !yield(fault{row.Row, p}, nil) {
					return
				}
			}
		}
	}, faultColumns())
}
