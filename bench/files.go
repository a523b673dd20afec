package main

import (
	"context"
	"fmt"
	"io"
)

// measureFiles measures P6: what is imported, and what is taken along.
func measureFiles(ctx context.Context, w io.Writer, o fleetOptions) error {
	fmt.Fprintln(w, "A process of its own for each; the file is kept in the database until it is downloaded.")
	fmt.Fprintln(w, "\n| Goal | Engine | Measured | Goal | Met |\n|---|---|---|---|---|")
	return measureExports(ctx, w, o)
}
