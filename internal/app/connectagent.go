package app

import (
	"context"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// Agent returns one ConnectAgent with its license, and what it can be upgraded to.
// Everybody with the dashboard
// may, of their own profile's and those below. Kinds: NotFound.
func (a *App) Agent(ctx context.Context, actor plaza.Actor, id string) (agent plaza.ConnectAgent, err error) {
	err = a.see(ctx, actor, plaza.AgentRead, id, func(tx *store.Tx) error {
		if agent, err = tx.Agent(ctx, actor.Scope(), id); err != nil {
			return err
		}
		agent.Next, err = offered(ctx, tx, actor.Scope(), agent)
		return err
	})
	return agent, err
}

// Agents returns the ConnectAgents of the actor's own profile and those below.
// Everybody with the dashboard may. Kinds: Invalid.
func (a *App) Agents(ctx context.Context, actor plaza.Actor, f plaza.AgentFilter, p plaza.Page) (list plaza.List[plaza.ConnectAgent], err error) {
	err = a.see(ctx, actor, plaza.AgentRead, "", func(tx *store.Tx) error {
		list, err = tx.Agents(ctx, actor.Scope(), f, p, a.now())
		return err
	})
	return list, err
}

// CreateAgent makes a ConnectAgent with its license. Owners, administrators and
// managers of resellers and the vendor may, for their own profile and those
// below. Kinds: Invalid, NotFound, Conflict.
func (a *App) CreateAgent(ctx context.Context, actor plaza.Actor, in plaza.NewAgent) (agent plaza.ConnectAgent, err error) {
	event := plaza.AuditEvent{Verb: plaza.AgentCreate}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		agent, err = a.createAgent(ctx, tx, actor, in, e)
		return err
	})
	return agent, err
}

func (a *App) createAgent(ctx context.Context, tx *store.Tx, actor plaza.Actor, in plaza.NewAgent, e *plaza.AuditEvent) (agent plaza.ConnectAgent, err error) {
	in = in.Clean()
	if err := in.Validate(a.now()); err != nil {
		return agent, err
	}
	holder, err := a.holder(ctx, tx, actor, in.Profile)
	if err != nil {
		return agent, err
	}
	agent = plaza.ConnectAgent{
		ID: newID(), Profile: holder.ID, ProfileName: holder.Name, Name: in.Name, Created: a.now(),
		Health: plaza.HealthOK, Version: 1,
	}
	issue := plaza.AuditEvent{Verb: plaza.LicenseIssue}
	err = a.entail(ctx, tx, actor, issue, func(tx *store.Tx, e *plaza.AuditEvent) error {
		agent.License, err = a.issue(ctx, tx, actor, holder, plaza.ConnectAgentLicense,
			plaza.NewLicense{Profile: holder.ID, Plan: in.Plan, Name: in.Name, Starts: in.Starts}, e)
		return err
	})
	if err != nil {
		return agent, err
	}
	e.About(holder.ID, "agent", agent.ID, agent.Name)
	e.Changed("name", "", agent.Name)
	return agent, tx.InsertAgent(ctx, agent)
}

// RenameAgent changes what a ConnectAgent is called. Owners, administrators and
// managers may, of their own profile's and those below. Kinds: Invalid, NotFound,
// Stale.
func (a *App) RenameAgent(ctx context.Context, actor plaza.Actor, id string, in plaza.AgentEdit) error {
	event := plaza.AuditEvent{Verb: plaza.AgentRename, ObjectKind: "agent", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		agent, err := tx.Agent(ctx, actor.Scope(), id)
		if err != nil {
			return err
		}
		in = in.Clean()
		if err := in.Validate(); err != nil {
			return err
		}
		e.About(agent.Profile, "agent", agent.ID, agent.Name)
		e.Changed("name", agent.Name, in.Name)
		agent.Name, agent.Version = in.Name, in.Version
		if err := tx.RenameAgent(ctx, actor.Scope(), agent); err != nil {
			return err
		}
		return tx.ChangedLicense(ctx, agent.License.ID, a.now())
	})
}

// RecordHeartbeats writes what ConnectAgents said. It is no audit event: there
// is one a minute for each of them.
func (a *App) RecordHeartbeats(ctx context.Context, actor plaza.Actor, beats []plaza.Heartbeat) error {
	if err := a.may(ctx, actor, plaza.AgentReport); err != nil {
		return err
	}
	return a.db.Tx(ctx, func(tx *store.Tx) error {
		for _, b := range beats {
			if err := a.recordHeartbeat(ctx, tx, b); err != nil {
				return err
			}
		}
		return nil
	})
}

func (a *App) recordHeartbeat(ctx context.Context, tx *store.Tx, b plaza.Heartbeat) error {
	scope := plaza.Everyone("the simulator knows its agents by ID")
	if err := tx.PutHeartbeat(ctx, scope, b); err != nil {
		return err
	}
	for _, n := range b.Notifications {
		told := n.Notification(a.now())
		told.ID, told.Agent = newID(), b.Agent
		if err := tx.InsertNotification(ctx, scope, told); err != nil {
			return err
		}
	}
	if len(b.Notifications) == 0 {
		return nil
	}
	return tx.TrimNotifications(ctx, scope, b.Agent, "", plaza.KeptNotifications)
}
