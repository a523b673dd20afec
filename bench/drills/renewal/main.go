// Command renewal is the drill of work on many things: ten thousand licenses are renewed
// in one batch, while the process that works on it is killed again and again. Each must
// get one term, neither none nor two, and the batch must say so. A second batch, whose
// worker nobody kills, says how long it takes.
//
// It also shows what this is worth: a worker that notes what it has done after it has
// done it renews something twice.
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
	licenses int
	kills    int
	seed     uint64
	table    string // empty: nowhere
	work     string // the address to work at, instead of drilling
	careless bool   // work as the control does
}

func main() {
	var o options
	flag.IntVar(&o.licenses, "n", 10_000, "licenses in a batch")
	flag.IntVar(&o.kills, "kills", 20, "how often the worker is killed")
	flag.Uint64Var(&o.seed, "seed", 1, "of what is drawn at random")
	flag.StringVar(&o.table, "table", record.Path, "where to write the outcome; empty: nowhere")
	flag.StringVar(&o.work, "work", "", "be the worker of the installation at this address")
	flag.BoolVar(&o.careless, "careless", false, "be the one of the control")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	do := func() error { return run(ctx, os.Stdout, o) }
	if o.work != "" {
		do = func() error { return work(ctx, o.work, o.careless) }
	}
	if err := do(); err != nil {
		fmt.Fprintln(os.Stderr, "renewal:", err)
		os.Exit(1)
	}
}

// run drills on every engine.
func run(ctx context.Context, out io.Writer, o options) error {
	return engines.Each(out, "renewal", func(address string) error { return drill(ctx, out, address, o) })
}

func drill(ctx context.Context, out io.Writer, address string, o options) error {
	w, err := newWorld(ctx, address, o)
	if err != nil {
		return err
	}
	defer w.close()
	began := time.Now()
	killed, err := w.renew(ctx, o.kills)
	if err != nil {
		return err
	}
	quiet, err := w.renew(ctx, 0)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: %d licenses, killed %d times: %d without a term, %d with two; nobody killed: %s for %d licenses, %d times looked how far it is\n",
		engines.Name(address), o.licenses, killed.kills, killed.none, killed.twice, quiet.took.Round(10*time.Millisecond), o.licenses, quiet.looks)
	control, err := w.control(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "  control: %s\n", control)
	if o.table != "" {
		err := record.Put(o.table, record.Row{
			Drill: "renewal", Engine: engines.Name(address), Tried: fmt.Sprintf("%d licenses renewed in a batch, its worker killed %d times", o.licenses, killed.kills),
			Outcome: fmt.Sprintf("%d lost, %d twice; %s when nobody kills", killed.none, killed.twice, quiet.took.Round(100*time.Millisecond)), Control: control, Took: time.Since(began),
		})
		if err != nil {
			return err
		}
	}
	if wrong := killed.none + killed.twice + quiet.none + quiet.twice; wrong > 0 {
		return fmt.Errorf("%d licenses did not get exactly one term", wrong)
	}
	if killed.kills < o.kills {
		return errors.New("the work was finished before it was interrupted as often as it should be")
	}
	fmt.Fprintf(out, "%s\nrenewal: %d licenses, %d kills, 0 lost, 0 twice\n", engines.Name(address), o.licenses, killed.kills)
	return nil
}
