// Command allowances is the drill of allowances and of the tree of profiles: a hundred
// thousand random steps, by several at the same time, make, end, change and transfer licenses,
// raise and lower allowances, make, suspend and move profiles. After each step a reader
// looks at everything in one moment and works out anew from the parents alone what lies
// below what, what stands still, and what is used of each allowance. Never may more be
// used than an allowance lets, and never may the database say otherwise.
//
// It also shows what this is worth: without the locks, beneath Plaza, the same steps go
// over an allowance.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/connectplaza/plaza/bench/drills/engines"
	"github.com/connectplaza/plaza/bench/drills/record"
)

// options are how the drill is done.
type options struct {
	steps   int
	workers int
	control int // steps without the locks, at most
	races   int // percent of the steps in which a move and another deed race
	seed    uint64
	table   string // empty: nowhere
}

func main() {
	var o options
	flag.IntVar(&o.steps, "n", 100_000, "steps on each engine")
	flag.IntVar(&o.workers, "workers", 4, "how many do them at the same time")
	flag.IntVar(&o.control, "control", 20_000, "steps without a lock, until one goes over an allowance")
	flag.IntVar(&o.races, "races", 7, "percent of the steps that are a move and a license in a race")
	flag.Uint64Var(&o.seed, "seed", 1, "of what is drawn at random")
	flag.StringVar(&o.table, "table", record.Path, "where to write the outcome; empty: nowhere")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, o); err != nil {
		fmt.Fprintln(os.Stderr, "allowances:", err)
		os.Exit(1)
	}
}

// run drills on every engine.
func run(ctx context.Context, out io.Writer, o options) error {
	return engines.Each(out, "allowances", func(address string) error { return drill(ctx, out, address, o) })
}

func drill(ctx context.Context, out io.Writer, address string, o options) error {
	w, err := newWorld(ctx, address)
	if err != nil {
		return err
	}
	defer w.close()
	began := time.Now()
	s, err := w.walk(ctx, w.app, o.steps, o)
	if err != nil {
		return err
	}
	took := time.Since(began)
	fmt.Fprintf(out, "%s: %d steps by %d at the same time: %d licenses made, %d transferred, %d moves of profiles, %d refused as an allowance was full; looked %d times\n",
		engines.Name(address), s.steps, o.workers, s.made, s.transfers, s.moves, s.full, s.looks)
	if s.wrong != "" {
		return errors.New(s.wrong)
	}
	const seldom = 200 // steps to one of a sort, at most: a walk on which nothing happens shows nothing
	if min(s.made, s.moves, s.transfers, s.full)*seldom < s.steps {
		return fmt.Errorf("of %d steps too few were licenses, moves, transfers or refusals", s.steps)
	}
	control, err := w.control(ctx, address, o)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "  control: %s\n", control)
	if o.table != "" {
		err := record.Put(o.table, record.Row{
			Drill: "allowances", Engine: engines.Name(address),
			Tried:   fmt.Sprintf("%d random steps by %d at the same time, %d of them moves of profiles, %d transfers of licenses", s.steps, o.workers, s.moves, s.transfers),
			Outcome: "0 over an allowance, 0 faults in the tree", Control: control, Took: took,
		})
		if err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "%s\nallowances: %d steps, 0 over, 0 faults\n", engines.Name(address), s.steps)
	return nil
}
