package app

import (
	"context"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// Activations returns the activations of a ConnectAgent: those that stand, and then
// those that ended, the newest first. Everybody with the dashboard may, of their own
// profile's and those below. Kinds: NotFound.
func (a *App) Activations(ctx context.Context, actor plaza.Actor, agent string) (all []plaza.Activation, err error) {
	err = a.see(ctx, actor, plaza.AgentRead, agent, func(tx *store.Tx) error {
		of, err := tx.Agent(ctx, actor.Scope(), agent)
		if err != nil {
			return err
		}
		every, err := tx.Activations(ctx, actor.Scope(), of.License.ID, true)
		if err != nil {
			return err
		}
		var ended []plaza.Activation
		for _, m := range every {
			if m.Ended.IsZero() {
				all = append(all, m)
				continue
			}
			if m.EndedByName, err = nameOf(ctx, tx, actor, m.EndedBy); err != nil {
				return err
			}
			ended = append(ended, m)
		}
		all = append(all, ended...)
		return nil
	})
	return all, err
}

// nameOf returns the name of the login with the given ID; empty if it is nobody
// that actor may know.
func nameOf(ctx context.Context, tx *store.Tx, actor plaza.Actor, id string) (string, error) {
	l, err := tx.Login(ctx, actor.Scope(), id)
	if err != nil && plaza.KindOf(err) == plaza.NotFound {
		return "", nil
	}
	return l.Name, err
}

// Activation returns an activation that stands, and the ConnectAgent that it is of.
// Everybody with the dashboard may, of their own profile's and those below. Kinds:
// NotFound.
func (a *App) Activation(ctx context.Context, actor plaza.Actor, id string) (m plaza.Activation, agent plaza.ConnectAgent, err error) {
	err = a.see(ctx, actor, plaza.AgentRead, "", func(tx *store.Tx) error {
		if m, err = tx.Activation(ctx, actor.Scope(), id); err != nil {
			return err
		}
		agent, err = tx.Agent(ctx, actor.Scope(), m.Agent)
		return err
	})
	return m, agent, err
}

// ReleaseActivation ends an activation: its place is free at once, and its agent is
// told so the next time it asks. Owners, administrators and managers may, of their
// own profile's and those below. It returns the ID of the agent. Kinds: NotFound,
// also if somebody else was first.
func (a *App) ReleaseActivation(ctx context.Context, actor plaza.Actor, id string) (agent string, err error) {
	event := plaza.AuditEvent{Verb: plaza.AgentRelease, ObjectKind: "activation", Object: id}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		m, err := tx.Activation(ctx, actor.Scope(), id)
		if err != nil {
			return err
		}
		of, err := tx.Agent(ctx, actor.Scope(), m.Agent)
		if err != nil {
			return err
		}
		agent = of.ID
		m.Ended, m.EndedWhy, m.EndedBy = a.now(), plaza.EndReleased, actor.Home().Login
		e.About(m.Profile, "agent", of.ID, of.Name)
		e.Changed("machine", machineName(m), "")
		return tx.EndActivation(ctx, actor.Scope(), m)
	})
	return agent, err
}
