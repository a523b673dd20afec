package store

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// InsertNotification adds what a ConnectAgent in scope tells, unless it runs
// nowhere. Afterwards [Tx.TrimNotifications] lets go of what is older than the newest
// that are kept.
func (tx *Tx) InsertNotification(ctx context.Context, scope plaza.Scope, n plaza.AgentNotification) error {
	a := args{n.ID, n.Level, n.Location, n.Message, when(n.At), when(n.Received), n.Agent, n.Activation}
	return tx.must(ctx, `
		INSERT INTO agent_notifications (id, profile_id, agent_id, activation_id, level, location, message, at, received_at, acknowledged_by)
		SELECT CAST($1 AS TEXT), a.profile_id, a.id, m.id, CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT),
			CAST($5 AS BIGINT), CAST($6 AS BIGINT), ''
		FROM connectagents a JOIN activations m ON m.agent_id = a.id AND m.id = COALESCE(NULLIF(CAST($8 AS TEXT), ''), a.activation_id)
		WHERE a.id = $7 AND `+a.withinLicense(scope, "a"), a...)
}

// TrimNotifications lets go of what a ConnectAgent in scope told on an activation, or
// if none is named where it runs, before the newest, of which so many are kept: of as
// many as it may have told at once since the last time.
func (tx *Tx) TrimNotifications(ctx context.Context, scope plaza.Scope, agent, activation string, keep int) error {
	a := args{agent, activation, keep, plaza.MaxNotifications}
	return tx.must(ctx, `
		DELETE FROM agent_notifications WHERE id IN (
			SELECT o.id FROM agent_notifications o
			WHERE o.activation_id = (SELECT COALESCE(NULLIF(CAST($2 AS TEXT), ''), a.activation_id) FROM connectagents a
				WHERE a.id = $1 AND `+a.withinLicense(scope, "a")+`)
				AND o.agent_id = $1
			ORDER BY o.at DESC, o.id DESC LIMIT $4 OFFSET $3)`, a...)
}

// Notifications returns those of the notifications in scope that f chooses at now,
// newest first. Who acknowledged one is named if they are in scope, too.
func (tx *Tx) Notifications(ctx context.Context, scope plaza.Scope, f plaza.NotificationFilter, p plaza.Page, now time.Time) (plaza.List[plaza.AgentNotification], error) {
	l := listing[plaza.AgentNotification]{
		columns: `n.id, n.profile_id, p.name, n.agent_id, a.name, n.activation_id, n.level, n.location, n.message, n.at, n.received_at,
			n.acknowledged_at, n.acknowledged_by, COALESCE(k.name, '')`,
		id:    "n.id",
		times: map[string]string{"at": "n.at"},
		first: "-at",
		scan:  scanNotification,
	}
	l.from = `agent_notifications n JOIN connectagents a ON a.id = n.agent_id JOIN profiles p ON p.id = n.profile_id
		LEFT JOIN logins k ON k.id = n.acknowledged_by AND ` + l.within(scope, "k.profile_id")
	l.and(l.within(scope, "n.profile_id"))
	if f.Agent != "" {
		l.and("n.agent_id = " + l.add(f.Agent))
	}
	if f.Wall.Profile != "" {
		l.and("n.profile_id = " + l.add(f.Wall.Profile))
	}
	if f.Wall.Text != "" {
		l.and(l.like(f.Wall.Text, "a.name_fold", "p.name_fold"))
	}
	if len(f.Wall.Statuses) > 0 {
		l.from += " LEFT JOIN pulses h ON h.id = a.activation_id"
		l.and(in(&l.args, l.status(now), f.Wall.Statuses))
	}
	if len(f.Levels) > 0 {
		l.and(in(&l.args, "n.level", f.Levels))
	}
	if f.Acknowledged != nil && *f.Acknowledged {
		l.and("n.acknowledged_at IS NOT NULL")
	} else if f.Acknowledged != nil {
		l.and("n.acknowledged_at IS NULL")
	}
	if f.By != "" {
		l.and("n.acknowledged_by = " + l.add(f.By) + " AND n.acknowledged_at = " + l.add(when(f.AckedAt)))
	}
	return l.page(ctx, tx, p)
}

func scanNotification(row scanner) (n plaza.AgentNotification, err error) {
	err = row.Scan(&n.ID, &n.Profile, &n.ProfileName, &n.Agent, &n.AgentName, &n.Activation, &n.Level, &n.Location, &n.Message,
		at(&n.At), at(&n.Received), at(&n.Acknowledged), &n.By, &n.ByName)
	return n, err
}

// Acknowledge notes who has seen those of the notifications in scope that nobody had,
// and returns them.
func (tx *Tx) Acknowledge(ctx context.Context, scope plaza.Scope, ids []string, by string, now time.Time) ([]plaza.AgentNotification, error) {
	a := args{when(now), by}
	query := `UPDATE agent_notifications SET acknowledged_at = $1, acknowledged_by = $2 WHERE acknowledged_at IS NULL AND `
	return tx.touched(ctx, query, a, scope, ids)
}

// Reopen takes back that those of the notifications in scope were seen, and returns
// them.
func (tx *Tx) Reopen(ctx context.Context, scope plaza.Scope, ids []string) ([]plaza.AgentNotification, error) {
	query := `UPDATE agent_notifications SET acknowledged_at = NULL, acknowledged_by = '' WHERE acknowledged_at IS NOT NULL AND `
	return tx.touched(ctx, query, nil, scope, ids)
}

func (tx *Tx) touched(ctx context.Context, query string, a args, scope plaza.Scope, ids []string) ([]plaza.AgentNotification, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	query += in(&a, "id", ids) + ` AND ` + a.within(scope, "profile_id") + `
		RETURNING id, profile_id, agent_id, (SELECT c.name FROM connectagents c WHERE c.id = agent_notifications.agent_id)`
	return collect(ctx, tx, func(row scanner) (n plaza.AgentNotification, err error) {
		err = row.Scan(&n.ID, &n.Profile, &n.Agent, &n.AgentName)
		return n, err
	}, query, a...)
}
