// Command plaza is Plaza, the administrative dashboard and license server of
// ConnectPlaza.
//
// It knows signals, the standard streams and the exit code; everything else is
// in package cli.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // for machines without time zones of their own

	"github.com/connectplaza/plaza/internal/cli"
)

// version is set when the binary is built.
var version = "unknown"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // whoever asks twice does not want to wait
	os.Exit(cli.Run(ctx, cli.Env{
		Args: os.Args[1:], In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Now: time.Now, Version: version,
	}))
}
