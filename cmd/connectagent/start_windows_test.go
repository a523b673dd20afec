package main

import (
	"context"
	"testing"

	"golang.org/x/sys/windows/svc"
)

func TestServiceStopsWhenItIsAsked(t *testing.T) {
	t.Parallel()
	asked, say := make(chan svc.ChangeRequest), make(chan svc.Status)
	code := make(chan uint32, 1)
	goodbye := false
	go func() {
		_, c := service(func(ctx context.Context) int {
			<-ctx.Done()
			goodbye = true
			return 0
		}).Execute(nil, asked, say)
		code <- c
	}()
	if s := <-say; s.State != svc.Running || s.Accepts&svc.AcceptStop == 0 {
		t.Errorf("it says %+v", s)
	}
	asked <- svc.ChangeRequest{Cmd: svc.Interrogate, CurrentStatus: svc.Status{State: svc.Running}}
	if s := <-say; s.State != svc.Running {
		t.Errorf("asked how it is, it says %+v", s)
	}
	asked <- svc.ChangeRequest{Cmd: svc.Stop}
	for range 2 {
		if s := <-say; s.State != svc.StopPending {
			t.Errorf("asked to stop, it says %+v", s)
		}
	}
	if c := <-code; c != 0 || !goodbye {
		t.Errorf("it ends with %d, goodbye: %t", c, goodbye)
	}
}

func TestServiceThatEndsByItselfHasFailed(t *testing.T) {
	t.Parallel()
	say := make(chan svc.Status, 2)
	own, code := service(func(context.Context) int { return 2 }).Execute(nil, nil, say)
	if !own || code != 2 {
		t.Errorf("it ends with %d, of its own: %t", code, own)
	}
}
