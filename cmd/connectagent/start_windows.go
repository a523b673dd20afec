package main

import (
	"bytes"
	"context"

	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/eventlog"
)

// serviceName is what WINDOWS.txt calls the service, and its source of events.
const serviceName = "ConnectAgent"

// stopTime is how long the service manager is asked to wait for the goodbye, in
// milliseconds.
const stopTime = 20_000

// start runs the command line: as a service if the service manager has started
// this process, which otherwise takes it for one that hangs, and ends it.
func start() int {
	if is, err := svc.IsWindowsService(); err != nil || !is {
		return onConsole()
	}
	events, err := eventlog.Open(serviceName)
	if err != nil {
		return 1
	}
	defer events.Close()
	log := journal{events}
	err = svc.Run(serviceName, service(func(ctx context.Context) int { return run(ctx, log, log) }))
	if err != nil {
		_ = events.Error(eventID, err.Error()) // nobody is left to tell
		return 1
	}
	return 0
}

// service is a program that runs until its context ends.
type service func(ctx context.Context) int

// Execute runs s until the service manager asks it to stop, or it ends by itself.
// The latter is a failure to the manager if the exit code says so.
func (s service) Execute(_ []string, asked <-chan svc.ChangeRequest, say chan<- svc.Status) (ownCode bool, code uint32) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan int, 1)
	go func() { ended <- s(ctx) }()
	say <- svc.Status{State: svc.Running, Accepts: svc.AcceptStop | svc.AcceptShutdown}
	for {
		select {
		case c := <-ended:
			say <- svc.Status{State: svc.StopPending}
			return c != 0, uint32(c) //nolint:gosec // 0, 1 or 2
		case r := <-asked:
			switch r.Cmd {
			case svc.Interrogate:
				say <- r.CurrentStatus
			case svc.Stop, svc.Shutdown:
				say <- svc.Status{State: svc.StopPending, WaitHint: stopTime}
				stop()
			default: // it accepts nothing else
			}
		}
	}
}

// eventID is of every event: what it says is in its text. The message file that
// WINDOWS.txt names knows 1 to 1000.
const eventID = 1

// journal writes what is logged to the event log of Windows: a service has no other
// place that people look at.
type journal struct{ events *eventlog.Log }

// Write writes one event. Each record of a log comes by itself.
func (j journal) Write(line []byte) (int, error) {
	text, tell := string(bytes.TrimSpace(line)), j.events.Info
	switch {
	case bytes.Contains(line, []byte("level=ERROR")), bytes.HasPrefix(line, []byte("connectagent: ")):
		tell = j.events.Error
	case bytes.Contains(line, []byte("level=WARN")):
		tell = j.events.Warning
	}
	if err := tell(eventID, text); err != nil {
		return 0, err
	}
	return len(line), nil
}
