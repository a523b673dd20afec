package connectagent

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// deactivateCommand is connectagent deactivate.
type deactivateCommand struct {
	place

	Force bool `help:"Forget the activation even if the server cannot be told. Its seat then stays taken until somebody releases it in the dashboard."`
}

// Run gives the seat back and forgets the activation.
func (c *deactivateCommand) Run(ctx context.Context, env Env) error {
	a, unlock, err := c.openLocked(ctx, env)
	if err != nil {
		return err
	}
	defer unlock()
	machine := a.state.Machine
	if machine == "" {
		machine = a.host.Fingerprint // what was forgotten may still be activated
	}
	err = a.client.release(ctx, machine)
	no, isRefused := errors.AsType[*refused](err)
	gone := isRefused && (no.Status == http.StatusNotFound || no.Status == http.StatusUnauthorized)
	if err != nil && !gone && !c.Force {
		if isRefused {
			return errors.New(reason(no.Code) + " The machine stays activated. (" + no.Detail + ")")
		}
		return err
	}
	when := a.time.now()
	if gone && a.state.Machine == "" {
		when = a.state.Deactivated // before, if ever
	}
	if dropped := a.drop(when); dropped != nil {
		return dropped
	}
	switch {
	case gone:
		env.say("This machine was not activated any more.")
	case err != nil: // by force
		env.say("The activation is forgotten here. The server was not told (%v): its seat stays taken until somebody releases it in the dashboard.", err)
	default:
		env.say("This machine is released.")
	}
	env.say("It is activated again as soon as it runs: by connectagent run%s, or as a service.", c.flags())
	return nil
}

// drop forgets the activation and what came with it, but not the time, nor that it
// was deactivated when.
func (a *agent) drop(when time.Time) error {
	if err := a.folder.remove(machineFile); err != nil {
		return err
	}
	a.grant, a.broken = nil, false
	a.state = state{Deactivated: when, ServerTime: a.state.ServerTime, Issued: a.state.Issued}
	a.kept = state{Mark: time.Time{}}
	return a.keep()
}
