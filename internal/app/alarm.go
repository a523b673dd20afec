package app

import (
	"context"
	"strconv"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// Alarm returns who is told when a ConnectAgent falls silent, which stands on its
// page; one of version 0 if nobody is. Everybody with the dashboard may, of their own
// profile's and those below.
func (a *App) Alarm(ctx context.Context, actor plaza.Actor, agent string) (alarm plaza.AgentAlarm, err error) {
	err = a.see(ctx, actor, plaza.AgentRead, "", func(tx *store.Tx) error {
		alarm, err = tx.Alarm(ctx, actor.Scope(), agent)
		return err
	})
	return alarm, err
}

// SetAlarm switches the alarm of a ConnectAgent on or off. Owners, administrators and
// managers may, of their own profile's and those below. Kinds: Invalid, NotFound,
// Stale.
func (a *App) SetAlarm(ctx context.Context, actor plaza.Actor, id string, in plaza.AlarmEdit) error {
	event := plaza.AuditEvent{Verb: plaza.AgentAlarms, ObjectKind: "agent", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		agent, err := tx.Agent(ctx, actor.Scope(), id)
		if err != nil {
			return err
		}
		if in, err = a.completeAlarm(ctx, tx, agent, in.Clean()); err != nil {
			return err
		}
		was, err := tx.Alarm(ctx, actor.Scope(), id)
		if err != nil {
			return err
		}
		now := plaza.AgentAlarm{Agent: id, Version: in.Version}
		if in.On {
			now.After, now.Address = time.Duration(in.Minutes)*time.Minute, in.Address
		}
		e.About(agent.Profile, "agent", agent.ID, agent.Name)
		e.Changed("silence", minutesOf(was), minutesOf(now))
		e.Changed("alarm_address", was.Address, now.Address)
		return tx.PutAlarm(ctx, actor.Scope(), now)
	})
}

// completeAlarm returns in with the support address of the agent's profile, if it
// names none, and what is wrong with it.
func (a *App) completeAlarm(ctx context.Context, tx *store.Tx, agent plaza.ConnectAgent, in plaza.AlarmEdit) (plaza.AlarmEdit, error) {
	if in.Address == "" {
		p, err := tx.Profile(ctx, plaza.Everyone("the profile of an agent within the actor's scope"), agent.Profile)
		if err != nil {
			return in, err
		}
		in.Address = p.SupportEmail
	}
	return in, in.Validate()
}

func minutesOf(m plaza.AgentAlarm) string {
	if m.After == 0 {
		return ""
	}
	return strconv.Itoa(int(m.After / time.Minute))
}
