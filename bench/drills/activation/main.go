// Command activation is the drill of the activation race: in each of a thousand
// rounds two hundred activations of one license for five machines come in at the
// same time, through two nodes where there can be two. Never may more than five
// stand, what was acknowledged must stand, none may be refused that fits, and a
// fingerprint that is there must be told so, with its machine.
//
// It also shows what the zero is worth: with the lock on the license left out,
// beneath Plaza, the same rounds go over the limit.
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
	rounds   int
	parallel int
	control  int // rounds without the lock, at most
	seed     uint64
	table    string // empty: nowhere
}

func main() {
	var o options
	flag.IntVar(&o.rounds, "n", 1000, "rounds on each engine")
	flag.IntVar(&o.parallel, "parallel", 200, "activations at the same time")
	flag.IntVar(&o.control, "control", 20, "rounds without the lock, until one goes over the limit")
	flag.Uint64Var(&o.seed, "seed", 1, "of what is drawn at random")
	flag.StringVar(&o.table, "table", record.Path, "where to write the outcome; empty: nowhere")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, o); err != nil {
		fmt.Fprintln(os.Stderr, "activation:", err)
		os.Exit(1)
	}
}

// run drills on every engine.
func run(ctx context.Context, out io.Writer, o options) error {
	return engines.Each(out, "activation", func(address string) error { return drill(ctx, out, address, o) })
}

// drill does all rounds in a new world at address, and then those without the lock.
func drill(ctx context.Context, out io.Writer, address string, o options) error {
	w, err := newWorld(ctx, address, o.seed)
	if err != nil {
		return err
	}
	defer w.close()
	began, over := time.Now(), 0
	for i := range o.rounds {
		r, err := w.round(ctx, w.fleets, o.parallel, i%4 == 3)
		if err != nil {
			return fmt.Errorf("round %d: %w", i, err)
		}
		if r.most > seats {
			over++
		}
		if fault := r.fault(); fault != "" {
			return fmt.Errorf("round %d: %s: %+v", i, fault, r)
		}
		w.sum(r)
	}
	took := time.Since(began)
	fmt.Fprintf(out, "%s: %d nodes; of %d activations %d succeeded, %d were there already, %d found it full; %d deactivations; looked %d times meanwhile\n",
		engines.Name(address), len(w.fleets), w.total.tried, w.total.in, w.total.taken, w.total.full, w.total.out, w.total.looks)
	control, err := w.control(ctx, address, o)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "  control: %s\n", control)
	if o.table != "" {
		err = record.Put(o.table, record.Row{
			Drill: "activation", Engine: engines.Name(address), Tried: fmt.Sprintf("%d rounds of %d activations at the same time, %d seats, %d nodes", o.rounds, o.parallel, seats, len(w.fleets)),
			Outcome: fmt.Sprintf("%d over the limit", over), Control: control, Took: took,
		})
		if err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "%s\nactivation: %d rounds, %d over the limit\n", engines.Name(address), o.rounds, over)
	if over > 0 {
		return errors.New("more were activated than the license allows")
	}
	return nil
}

// control does rounds without the lock on the license until one goes over.
func (w *world) control(ctx context.Context, address string, o options) (string, error) {
	leaky, closed, err := w.without(ctx, address)
	if err != nil {
		return "", err
	}
	defer closed()
	for i := range o.control {
		r, err := w.round(ctx, leaky, o.parallel, false)
		if err != nil {
			return "", fmt.Errorf("control: %w", err)
		}
		if r.most > seats {
			return fmt.Sprintf("without the lock %d stood in round %d", r.most, i+1), nil
		}
	}
	return "", errors.New("control: without the lock nothing went wrong, so that the drill shows nothing")
}
