// Command webhooks is the drill of deliveries: ten thousand events are delivered to a
// receiver that verifies each with the public library of Standard Webhooks, while the
// process that delivers is killed again and again. The receiver must get every event, and
// be able to tell by its ID what it has already.
//
// It also shows what this is worth: a process that notes what it is going to send before
// it has sent it loses something.
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
	events   int
	kills    int
	seed     uint64
	table    string // empty: nowhere
	work     string // the address to work at, instead of drilling
	careless bool   // work as the control does
}

func main() {
	var o options
	flag.IntVar(&o.events, "n", 10_000, "events to deliver")
	flag.IntVar(&o.kills, "kills", 20, "how often the courier is killed")
	flag.Uint64Var(&o.seed, "seed", 1, "of what is drawn at random")
	flag.StringVar(&o.table, "table", record.Path, "where to write the outcome; empty: nowhere")
	flag.StringVar(&o.work, "work", "", "be the courier of the installation at this address")
	flag.BoolVar(&o.careless, "careless", false, "be the one of the control")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	do := func() error { return run(ctx, os.Stdout, o) }
	if o.work != "" {
		do = func() error { return work(ctx, o.work, o.careless) }
	}
	if err := do(); err != nil {
		fmt.Fprintln(os.Stderr, "webhooks:", err)
		os.Exit(1)
	}
}

// run drills on every engine.
func run(ctx context.Context, out io.Writer, o options) error {
	return engines.Each(out, "webhooks", func(address string) error { return drill(ctx, out, address, o) })
}

func drill(ctx context.Context, out io.Writer, address string, o options) error {
	began := time.Now()
	w, err := newWorld(ctx, address, o)
	if err != nil {
		return err
	}
	defer w.close()
	killed, err := w.deliver(ctx, o.kills, false)
	if err != nil {
		return err
	}
	control, err := w.control(ctx)
	if err != nil {
		return err
	}
	name := engines.Name(address)
	fmt.Fprintf(out, "%s: %d events, killed %d times: %d lost, %d not verified, %d more than once, %d out of order; %s\n",
		name, o.events, killed.kills, killed.lost, killed.forged, killed.again, killed.disorder, killed.took.Round(10*time.Millisecond))
	fmt.Fprintf(out, "  control: %s\n", control)
	if o.table != "" {
		err := record.Put(o.table, record.Row{
			Drill: "webhooks", Engine: name, Tried: fmt.Sprintf("%d events delivered to a receiver that verifies them, the courier killed %d times", o.events, killed.kills),
			Outcome: fmt.Sprintf("%d lost, %d not verified, %d out of order; %d came more than once, under their own IDs", killed.lost, killed.forged, killed.disorder, killed.again),
			Control: control, Took: time.Since(began),
		})
		if err != nil {
			return err
		}
	}
	if wrong := killed.lost + killed.forged + killed.disorder; wrong > 0 {
		return fmt.Errorf("%d events were lost, not verified or out of order", wrong)
	}
	if killed.kills < o.kills {
		return errors.New("everything was delivered before it was interrupted as often as it should be")
	}
	fmt.Fprintf(out, "%s\nwebhooks: %d events, %d kills, 0 lost\n", name, o.events, killed.kills)
	return nil
}
