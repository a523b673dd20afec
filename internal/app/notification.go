package app

import (
	"context"
	"strconv"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// Notifications returns what the ConnectAgents of the actor's own profile and those
// below told, newest first. Everybody with the dashboard may. Kinds: Invalid.
func (a *App) Notifications(ctx context.Context, actor plaza.Actor, f plaza.NotificationFilter, p plaza.Page) (list plaza.List[plaza.AgentNotification], err error) {
	err = a.see(ctx, actor, plaza.AgentRead, "", func(tx *store.Tx) error {
		list, err = tx.Notifications(ctx, actor.Scope(), f, p, a.now())
		return err
	})
	return list, err
}

// AcknowledgeNotifications notes that the actor has seen some notifications of its
// own profile's ConnectAgents or those below, and returns when. What is there no
// more, or was seen by somebody already, is left as it is. Owners, administrators and
// managers may. Kinds: NotFound if none is left.
func (a *App) AcknowledgeNotifications(ctx context.Context, actor plaza.Actor, ids []string) (time.Time, error) {
	now := a.now()
	return now, a.touch(ctx, actor, plaza.NotificationAcknowledge, ids, func(tx *store.Tx) ([]plaza.AgentNotification, error) {
		return tx.Acknowledge(ctx, actor.Scope(), ids, actor.Home().Login, now)
	})
}

// ReopenNotifications takes back that somebody has seen some notifications. Owners,
// administrators and managers may. Kinds: NotFound if none is left.
func (a *App) ReopenNotifications(ctx context.Context, actor plaza.Actor, ids []string) error {
	return a.touch(ctx, actor, plaza.NotificationReopen, ids, func(tx *store.Tx) ([]plaza.AgentNotification, error) {
		return tx.Reopen(ctx, actor.Scope(), ids)
	})
}

// touch changes some notifications, and records it once for each ConnectAgent: it
// stands in the history of each.
func (a *App) touch(ctx context.Context, actor plaza.Actor, verb plaza.Verb, ids []string, change func(*store.Tx) ([]plaza.AgentNotification, error)) error {
	event := plaza.AuditEvent{Verb: verb, ObjectKind: "notification"}
	if len(ids) > 0 {
		event.Object = ids[0]
	}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		changed, err := change(tx)
		if err != nil {
			return err
		}
		if len(changed) == 0 {
			return plaza.Errorf(plaza.NotFound, "error.not_found")
		}
		agents, counts := perAgent(changed)
		for i, n := range agents {
			about := func(e *plaza.AuditEvent) {
				e.About(n.Profile, "agent", n.Agent, n.AgentName)
				e.Changed("notifications", "", strconv.Itoa(counts[n.Agent]))
			}
			if i == 0 {
				about(e)
				continue
			}
			err := a.entail(ctx, tx, actor, plaza.AuditEvent{Verb: verb}, func(_ *store.Tx, e *plaza.AuditEvent) error {
				about(e)
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// perAgent returns one of the notifications of each ConnectAgent, and how many each
// has.
func perAgent(all []plaza.AgentNotification) (one []plaza.AgentNotification, counts map[string]int) {
	counts = map[string]int{}
	for _, n := range all {
		if counts[n.Agent]++; counts[n.Agent] == 1 {
			one = append(one, n)
		}
	}
	return one, counts
}
