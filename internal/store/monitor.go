package store

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// Tiles returns what the Monitor shows of the ConnectAgents in scope whose license
// has not ended, in no order: at most so many, and of one profile if it is named.
func (tx *Tx) Tiles(ctx context.Context, scope plaza.Scope, profile string, most int) ([]plaza.Tile, error) {
	var a args
	query := `SELECT a.id, a.profile_id, p.name, a.name, a.build, h.at, h.goodbye_at, a.health, a.message,
			l.suspended_at IS NOT NULL OR p.halted
		FROM connectagents a LEFT JOIN pulses h ON h.id = a.activation_id
			JOIN licenses l ON l.id = a.license_id JOIN profiles p ON p.id = a.profile_id
		WHERE ` + a.within(scope, "a.profile_id") + ` AND l.ended_at IS NULL`
	if profile != "" {
		query += ` AND a.profile_id = ` + a.add(profile)
	}
	query += ` LIMIT ` + a.add(most)
	return collect(ctx, tx, func(row scanner) (t plaza.Tile, err error) {
		err = row.Scan(&t.ID, &t.Profile, &t.ProfileName, &t.Name, &t.Build, at(&t.Seen), at(&t.Goodbye), &t.Health, &t.Message, &t.Suspended)
		return t, err
	}, query, a...)
}

// status is [plaza.StatusOf] in SQL.
func (a *args) status(now time.Time) string {
	return `(CASE WHEN ` + a.liveness(now) + ` <> 'online' THEN ` + a.liveness(now) + `
		WHEN a.health = 'ok' THEN 'online' ELSE a.health END)`
}

const shiftedFrom = ` FROM connectagents a LEFT JOIN pulses h ON h.id = a.activation_id JOIN licenses l ON l.id = a.license_id WHERE `

// Shifted returns the IDs of those of the ConnectAgents in scope, at most so many,
// whose status at now is not the last that stands in their history. Those of a profile
// stand together.
func (tx *Tx) Shifted(ctx context.Context, scope plaza.Scope, now time.Time, most int) ([]string, error) {
	var a args
	query := `SELECT a.id` + shiftedFrom + a.within(scope, "a.profile_id") + ` AND l.ended_at IS NULL
		AND a.state <> ` + a.status(now) + ` ORDER BY a.profile_id, a.id LIMIT ` + a.add(most)
	return collect(ctx, tx, scanID, query, a...)
}

// StateTurns returns what [Tx.NoteStates] would add of these ConnectAgents: from which
// status to which each went. From then on nobody else notes one of them before the
// transaction ends.
func (tx *Tx) StateTurns(ctx context.Context, scope plaza.Scope, ids []string, now time.Time) ([]plaza.AgentTurn, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	if err := tx.holdAgents(ctx, ids); err != nil {
		return nil, err
	}
	var a args
	query := `SELECT a.id, a.profile_id, a.name, (SELECT p.name FROM profiles p WHERE p.id = a.profile_id), a.state, ` + a.status(now) +
		shiftedFrom + in(&a, "a.id", ids) + ` AND a.state <> ` + a.status(now) + ` AND ` + a.withinLicense(scope, "a") + ` ORDER BY a.profile_id, a.id`
	return collect(ctx, tx, func(row scanner) (t plaza.AgentTurn, err error) {
		err = row.Scan(&t.Agent, &t.Profile, &t.Name, &t.ProfileName, &t.Before, &t.After)
		return t, err
	}, query, a...)
}

// NoteStates adds the status at now of those of the ConnectAgents in scope to their
// history where it is another than the last there. Of two who note the same one at
// the same time one waits, and then finds nothing to add.
func (tx *Tx) NoteStates(ctx context.Context, scope plaza.Scope, ids []string, now time.Time) error {
	if len(ids) == 0 {
		return nil
	}
	if err := tx.holdAgents(ctx, ids); err != nil {
		return err
	}
	a := args{when(now)}
	err := tx.must(ctx, `
		INSERT INTO agent_states (agent_id, profile_id, at, state)
		SELECT a.id, a.profile_id, CAST($1 AS BIGINT), `+a.status(now)+shiftedFrom+in(&a, "a.id", ids)+`
			AND a.state <> `+a.status(now)+` AND `+a.withinLicense(scope, "a")+`
		ON CONFLICT (agent_id, at) DO UPDATE SET state = excluded.state`, a...)
	if err != nil {
		return err
	}
	a = args{when(now)}
	return tx.must(ctx, `
		UPDATE connectagents SET state = (SELECT s.state FROM agent_states s WHERE s.agent_id = connectagents.id AND s.at = $1)
		WHERE `+in(&a, "id", ids)+` AND EXISTS (SELECT 1 FROM agent_states s WHERE s.agent_id = connectagents.id AND s.at = $1)
			AND `+a.withinLicense(scope, "connectagents"), a...)
}

// holdAgents keeps others who hold one of the same ConnectAgents waiting until the
// transaction ends; in one order, so that no two wait for each other. What is in scope,
// whatever is written then says.
func (tx *Tx) holdAgents(ctx context.Context, ids []string) error {
	if tx.forUpdate == "" {
		return nil // nobody else writes anyway
	}
	var a args
	query := `SELECT c.id FROM connectagents c WHERE ` + in(&a, "c.id", ids) + ` ORDER BY c.id` + tx.forUpdate
	_, err := collect(ctx, tx, scanID, query, a...)
	return err
}

// AgentStates returns the history of a ConnectAgent in scope from a time on, with
// the state that it had then.
func (tx *Tx) AgentStates(ctx context.Context, scope plaza.Scope, agent string, from time.Time) ([]plaza.AgentState, error) {
	a := args{agent, when(from)}
	query := `SELECT s.at, s.state FROM agent_states s
		WHERE s.agent_id = $1 AND s.at >= COALESCE((SELECT max(b.at) FROM agent_states b WHERE b.agent_id = $1 AND b.at <= $2), 0)
			AND ` + a.within(scope, "s.profile_id") + ` ORDER BY s.at`
	return collect(ctx, tx, func(row scanner) (s plaza.AgentState, err error) {
		err = row.Scan(at(&s.At), &s.State)
		return s, err
	}, query, a...)
}

// DropAgentStates forgets the history of the ConnectAgents in scope before a time,
// but for the last state of each.
func (tx *Tx) DropAgentStates(ctx context.Context, scope plaza.Scope, before time.Time) error {
	a := args{when(before)}
	return tx.must(ctx, `
		DELETE FROM agent_states WHERE at < $1
			AND EXISTS (SELECT 1 FROM agent_states s WHERE s.agent_id = agent_states.agent_id AND s.at > agent_states.at AND s.at <= $1)
			AND `+a.within(scope, "profile_id"), a...)
}

// Report writes how the ConnectAgent in scope says it is, and returns the last status
// in its history; NotFound if there is none.
func (tx *Tx) Report(ctx context.Context, scope plaza.Scope, agent string, r plaza.Report) (plaza.AgentStatus, error) {
	a := args{r.Health, plaza.Cleaned(r.Message), plaza.Cleaned(r.Build), agent}
	return one(ctx, tx, func(row scanner) (s plaza.AgentStatus, err error) {
		err = row.Scan(&s)
		return s, err
	}, `UPDATE connectagents SET health = $1, message = $2, build = CASE WHEN CAST($3 AS TEXT) = '' THEN build ELSE $3 END
		WHERE id = $4 AND `+a.withinLicense(scope, "connectagents")+` RETURNING state`, a...)
}
