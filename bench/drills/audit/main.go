// Command audit is the drill of the sealed audit log: it tampers with the log
// directly in the database, ten thousand times on each engine, and has Plaza look
// for what was done. Every tampering must be found, and the event that is named
// must be one that it touched.
//
// It also shows what the zero of missed ones is worth: an untouched log is whole,
// and without a checkpoint that is kept elsewhere an end that was cut off is not
// seen.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"

	"github.com/connectplaza/plaza/bench/drills/engines"
)

func main() {
	n := flag.Int("n", 10000, "how often to tamper with the log, on each engine")
	seed := flag.Uint64("seed", 1, "of what is drawn at random; the same gives the same")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, *n, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "audit:", err)
		os.Exit(1)
	}
}

// run drills on every engine.
func run(ctx context.Context, out io.Writer, n int, seed uint64) error {
	return engines.Each(out, "audit", func(address string) error { return drill(ctx, out, address, n, seed) })
}

// drill tampers n times with the log of a new world at address.
func drill(ctx context.Context, out io.Writer, address string, n int, seed uint64) error {
	w, err := newWorld(ctx, address, seed)
	if err != nil {
		return err
	}
	defer w.close()
	found, tried := 0, map[string]int{}
	var missed []string
	err = w.beneath(ctx, func() error {
		fmt.Fprintf(out, "%s: %d events are sealed, of which %d are gone and %d erased; %d wait to be sealed\n",
			w.db.Engine(), w.report.Size, w.report.Gone, w.report.Erased, w.report.Unsealed)
		for i := range n {
			name, what, err := w.once(ctx)
			if err != nil {
				return fmt.Errorf("tampering %d (%s): %w", i, name, err)
			}
			tried[name]++
			if what == "" {
				found++
			} else if len(missed) < 20 {
				missed = append(missed, fmt.Sprintf("tampering %d (%s): %s", i, name, what))
			}
		}
		return w.controls(ctx, out)
	})
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(tried)) {
		fmt.Fprintf(out, "  %-58s %6d\n", name, tried[name])
	}
	for _, m := range missed {
		fmt.Fprintln(out, " ", m)
	}
	fmt.Fprintf(out, "%s\naudit: %d tamperings, %d found\n", w.db.Engine(), n, found)
	if found < n {
		return errors.New("not every tampering was found")
	}
	return nil
}
