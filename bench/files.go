package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
)

// filesSection is the heading of what is measured of files.
const filesSection = "\n## Files\n"

// measureFiles measures P6: what is imported, and what is taken along.
func measureFiles(ctx context.Context, w io.Writer, o fleetOptions) error {
	fmt.Fprint(w, filesSection+"\n")
	origin(ctx, w)
	fmt.Fprintln(w, "A process of its own for each; the file is kept in the database until it is downloaded.")
	fmt.Fprintln(w, "\n| Goal | Engine | Measured | Goal | Met |\n|---|---|---|---|---|")
	return measureExports(ctx, w, o)
}

// writeFiles measures files, and writes that into the report at path; empty: nowhere.
func writeFiles(ctx context.Context, path string, o fleetOptions) error {
	var report bytes.Buffer
	if err := measureFiles(ctx, io.MultiWriter(&report, os.Stdout), o); err != nil || path == "" {
		return err
	}
	old, err := os.ReadFile(path) //nolint:gosec // whoever measures says where
	if err != nil {
		return err
	}
	before, _, _ := bytes.Cut(old, []byte(filesSection))
	return os.WriteFile(path, append(before, report.Bytes()...), 0o600) //nolint:gosec // whoever measures says where
}
