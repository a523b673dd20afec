// Command connectagent is the reference ConnectAgent.
//
// It knows signals, the standard streams and the exit code; everything else is in
// package connectagent.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/connectplaza/plaza/internal/connectagent"
)

// version is set when the binary is built.
var version = "unknown"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // whoever asks twice does not want to wait
	os.Exit(connectagent.Run(ctx, connectagent.Env{
		Args: os.Args[1:], Out: os.Stdout, Err: os.Stderr, Now: time.Now, Version: version,
	}))
}
