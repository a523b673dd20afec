// Command plazactl is Plaza from the command line, for everybody who is not its operator.
//
// It knows signals, the standard streams, where settings are kept and the exit code;
// everything else is in package ctl.
package main

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
	_ "time/tzdata" // for machines without time zones of their own

	"github.com/connectplaza/plaza/internal/ctl"
)

// version is set when the binary is built.
var version = "unknown"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // whoever asks twice does not want to wait
	home, err := os.UserConfigDir()
	if err != nil {
		home = "." // where there is no home, it is where one is
	}
	os.Exit(ctl.Run(ctx, ctl.Env{
		Args: os.Args[1:], In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.Getenv, Settings: filepath.Join(home, "plazactl", "settings.json"),
		Now: time.Now, Zone: time.Local, Wait: wait, Version: version,
	}))
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
