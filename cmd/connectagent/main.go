// Command connectagent is the reference ConnectAgent.
//
// It knows signals, the service manager of Windows, the standard streams and the
// exit code; everything else is in package connectagent.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/connectplaza/plaza/internal/connectagent"
)

// version is set when the binary is built.
var version = "unknown"

func main() { os.Exit(start()) }

// run runs the command line until it is done or ctx ends, and returns the exit code.
func run(ctx context.Context, out, log io.Writer) int {
	return connectagent.Run(ctx, connectagent.Env{Args: os.Args[1:], Out: out, Err: log, Now: time.Now, Version: version})
}

// onConsole runs the command line until a signal comes.
func onConsole() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // whoever asks twice does not want to wait
	return run(ctx, os.Stdout, os.Stderr)
}
