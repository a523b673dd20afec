package store

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// Alarm returns the alarm of the ConnectAgent in scope; one of version 0 if there
// is none.
func (tx *Tx) Alarm(ctx context.Context, scope plaza.Scope, agent string) (alarm plaza.AgentAlarm, err error) {
	a := args{agent}
	all, err := collect(ctx, tx, func(row scanner) (m plaza.AgentAlarm, err error) {
		var minutes int
		err = row.Scan(&m.Agent, &m.Profile, &minutes, &m.Address, at(&m.Raised), &m.Version)
		m.After = time.Duration(minutes) * time.Minute
		return m, err
	}, `SELECT agent_id, profile_id, after, address, raised_at, version FROM agent_alarms WHERE agent_id = $1 AND `+a.within(scope, "profile_id"), a...)
	if err != nil || len(all) == 0 {
		return alarm, err
	}
	return all[0], nil
}

// PutAlarm switches the alarm of the ConnectAgent in scope on as m says, or off if
// m has no time. NotFound, or Stale if somebody was first.
func (tx *Tx) PutAlarm(ctx context.Context, scope plaza.Scope, m plaza.AgentAlarm) error {
	minutes := int(m.After / time.Minute)
	var n int64
	var err error
	switch {
	case minutes == 0:
		a := args{m.Agent, m.Version}
		n, err = tx.exec(ctx, `DELETE FROM agent_alarms WHERE agent_id = $1 AND version = $2 AND `+a.within(scope, "profile_id"), a...)
		if m.Version == 0 {
			return err
		}
	case m.Version == 0:
		a := args{m.Agent, minutes, m.Address}
		n, err = tx.exec(ctx, `
			INSERT INTO agent_alarms (agent_id, profile_id, after, address, version)
			SELECT a.id, a.profile_id, CAST($2 AS BIGINT), CAST($3 AS TEXT), 1 FROM connectagents a WHERE a.id = $1 AND `+a.owned(scope, "a.profile_id")+`
			ON CONFLICT DO NOTHING`, a...)
	default:
		a := args{minutes, m.Address, m.Agent, m.Version}
		n, err = tx.exec(ctx, `
			UPDATE agent_alarms SET after = $1, address = $2, version = version + 1
			WHERE agent_id = $3 AND version = $4 AND `+a.within(scope, "profile_id"), a...)
	}
	if err != nil || n > 0 {
		return err
	}
	a := args{m.Agent}
	there, err := tx.count(ctx, `SELECT count(*) FROM connectagents WHERE id = $1 AND `+a.owned(scope, "connectagents.profile_id"), a...)
	switch {
	case err != nil:
		return err
	case there > 0:
		return plaza.Errorf(plaza.Stale, "error.stale")
	}
	return errNotFound()
}

const (
	alarmFrom = ` FROM agent_alarms m JOIN connectagents a ON a.id = m.agent_id JOIN pulses h ON h.id = a.activation_id
		JOIN licenses l ON l.id = a.license_id JOIN profiles p ON p.id = m.profile_id WHERE `
	silence = `h.at < CAST($1 AS BIGINT) - m.after * 60000000`
)

// RaiseAlarms notes that the ConnectAgents in scope are silent for longer than their
// alarms allow, and returns these. Whoever said goodbye, or has no valid license,
// raises none; nor does silence that began before the server could hear, as it
// listens only since a time. Of two who raise at once, one does.
func (tx *Tx) RaiseAlarms(ctx context.Context, scope plaza.Scope, now, since time.Time) ([]plaza.AlarmTurn, error) {
	a := args{when(now), when(since)}
	ids := `SELECT m.agent_id` + alarmFrom + silence + ` AND m.raised_at IS NULL AND h.goodbye_at IS NULL
		AND CAST($2 AS BIGINT) <= CAST($1 AS BIGINT) - m.after * 60000000
		AND ` + licenseState("CAST($1 AS BIGINT)") + ` IN ('active', 'expiring', 'grace') AND ` + a.within(scope, "m.profile_id")
	return tx.turned(ctx, `UPDATE agent_alarms SET raised_at = $1 WHERE raised_at IS NULL AND agent_id IN (`+ids+`)`, a, false)
}

// ClearAlarms notes that the ConnectAgents in scope are not silent any more, or are
// meant to be, and returns those that are back.
func (tx *Tx) ClearAlarms(ctx context.Context, scope plaza.Scope, now time.Time) ([]plaza.AlarmTurn, error) {
	a := args{when(now)}
	ids := `SELECT m.agent_id` + alarmFrom + `m.raised_at IS NOT NULL AND (NOT ` + silence + ` OR h.goodbye_at IS NOT NULL) AND ` + a.within(scope, "m.profile_id")
	all, err := tx.turned(ctx, `UPDATE agent_alarms SET raised_at = NULL WHERE raised_at IS NOT NULL AND agent_id IN (`+ids+`)`, a, true)
	var back []plaza.AlarmTurn
	for _, t := range all {
		if now.Sub(t.Seen) <= t.After {
			back = append(back, t)
		}
	}
	return back, err
}

func (tx *Tx) turned(ctx context.Context, query string, a args, back bool) ([]plaza.AlarmTurn, error) {
	return collect(ctx, tx, func(row scanner) (t plaza.AlarmTurn, err error) {
		var minutes int
		err = row.Scan(&t.Agent, &t.Profile, &minutes, &t.Address, &t.AgentName, &t.ProfileName, at(&t.Seen))
		t.After, t.Back = time.Duration(minutes)*time.Minute, back
		return t, err
	}, query+` RETURNING agent_id, profile_id, after, address,
		(SELECT c.name FROM connectagents c WHERE c.id = agent_alarms.agent_id), (SELECT o.name FROM profiles o WHERE o.id = agent_alarms.profile_id),
		(SELECT b.at FROM connectagents c JOIN pulses b ON b.id = c.activation_id WHERE c.id = agent_alarms.agent_id)`, a...)
}
