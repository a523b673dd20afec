package store

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// InsertAgent adds a, whose license is there already.
func (tx *Tx) InsertAgent(ctx context.Context, a plaza.ConnectAgent) error {
	return tx.must(ctx, `
		INSERT INTO connectagents (id, profile_id, license_id, name, name_fold, created_at,
			health, message, build, host, platform, version)
		VALUES ($1, $2, $3, $4, $5, $6, 'ok', '', '', '', '', 1)`,
		a.ID, a.Profile, a.License.ID, a.Name, fold(a.Name), when(a.Created))
}

const (
	agentColumns = `
		a.id, a.profile_id, p.name, a.name, a.created_at, a.activated_at, h.at, h.goodbye_at,
		a.health, a.message, a.build, a.host, a.platform, a.version`
	agentFrom = `connectagents a LEFT JOIN pulses h ON h.id = a.activation_id JOIN licenses l ON l.id = a.license_id
		JOIN profiles p ON p.id = l.profile_id JOIN plans plan ON plan.id = l.plan_id`
)

func scanAgent(row scanner) (a plaza.ConnectAgent, err error) {
	dest := []any{
		&a.ID, &a.Profile, &a.ProfileName, &a.Name, at(&a.Created), at(&a.Activated), at(&a.Seen), at(&a.Goodbye),
		&a.Health, &a.Message, &a.Build, &a.Host, &a.Platform, &a.Version,
	}
	err = row.Scan(append(dest, licenseDest(&a.License)...)...)
	a.License.Agent, a.License.AgentName = a.ID, a.Name
	return a, err
}

// liveness is [plaza.ConnectAgent.Liveness] in SQL, where the placeholders stand
// for the oldest heartbeat of who is online and of who is overdue.
func (a *args) liveness(now time.Time) string {
	online := "CAST(" + a.add(when(now.Add(-plaza.OnlineWithin))) + " AS BIGINT)"
	overdue := "CAST(" + a.add(when(now.Add(-plaza.OfflineAfter))) + " AS BIGINT)"
	return `(CASE
		WHEN h.at IS NULL THEN 'never'
		WHEN h.goodbye_at IS NOT NULL OR h.at < ` + overdue + ` THEN 'offline'
		WHEN h.at < ` + online + ` THEN 'overdue'
		ELSE 'online' END)`
}

// Agent returns the ConnectAgent with the given ID, or NotFound if there is none
// in scope.
func (tx *Tx) Agent(ctx context.Context, scope plaza.Scope, id string) (plaza.ConnectAgent, error) {
	var a args
	query := `
		SELECT ` + agentColumns + `, ` + licenseColumns + ` FROM ` + agentFrom + `
		WHERE a.id = ` + a.add(id) + ` AND ` + a.owned(scope, "a.profile_id")
	return one(ctx, tx, scanAgent, query, a...)
}

// Agents returns those of the ConnectAgents in scope whose license has not ended
// and that f chooses at now. Sorts: name, profile, seen, build, created.
func (tx *Tx) Agents(ctx context.Context, scope plaza.Scope, f plaza.AgentFilter, p plaza.Page, now time.Time) (plaza.List[plaza.ConnectAgent], error) {
	l := listing[plaza.ConnectAgent]{
		columns: agentColumns + `, ` + licenseColumns,
		from:    agentFrom,
		id:      "a.id",
		texts:   map[string]string{"name": "a.name_fold", "profile": "p.name_fold", "build": "a.build"},
		times:   map[string]string{"seen": "COALESCE(h.at, 0)", "created": "a.created_at"},
		first:   "name",
		scan:    scanAgent,
	}
	l.and(l.within(scope, "a.profile_id"))
	l.and("l.ended_at IS NULL")
	if f.Profile != "" {
		l.and("a.profile_id = " + l.add(f.Profile))
	}
	if f.Text != "" {
		l.and(l.like(f.Text, "a.name_fold", "p.name_fold", "LOWER(a.host)"))
	}
	if len(f.Liveness) > 0 {
		l.and(in(&l.args, l.liveness(now), f.Liveness))
	}
	if len(f.Health) > 0 {
		l.and("h.at IS NOT NULL AND " + in(&l.args, "a.health", f.Health))
	}
	return l.page(ctx, tx, p)
}

// AgentCounts returns how many ConnectAgents in scope, whose license has not
// ended, there are of each liveness and health at now. One that was never seen
// has no health.
func (tx *Tx) AgentCounts(ctx context.Context, scope plaza.Scope, now time.Time) ([]plaza.AgentCount, error) {
	var a args
	query := `SELECT ` + a.liveness(now) + ` AS liveness, (CASE WHEN h.at IS NULL THEN '' ELSE a.health END) AS said, count(*)
		FROM connectagents a LEFT JOIN pulses h ON h.id = a.activation_id JOIN licenses l ON l.id = a.license_id
		WHERE ` + a.within(scope, "a.profile_id") + ` AND l.ended_at IS NULL GROUP BY liveness, said`
	return collect(ctx, tx, func(row scanner) (c plaza.AgentCount, err error) {
		err = row.Scan(&c.Liveness, &c.Health, &c.Count)
		return c, err
	}, query, a...)
}

// RenameAgent writes a's name.
func (tx *Tx) RenameAgent(ctx context.Context, scope plaza.Scope, a plaza.ConnectAgent) error {
	return tx.versioned(ctx, "connectagents", "profile_id", scope, a.ID, `
		UPDATE connectagents SET name = $1, name_fold = $2, version = version + 1
		WHERE id = $3 AND version = $4`, args{a.Name, fold(a.Name), a.ID, a.Version})
}

// PutHeartbeat writes what an agent said that never went through an activation,
// unless it has said something later: it gets an activation of its own ID. What is
// settled by an end stays.
func (tx *Tx) PutHeartbeat(ctx context.Context, scope plaza.Scope, h plaza.Heartbeat) error {
	a := args{when(h.At), h.Health, h.Message, h.Build, h.Host, h.Platform, h.Agent}
	n, err := tx.exec(ctx, `
		UPDATE connectagents SET activated_at = COALESCE(activated_at, $1), activation_id = COALESCE(activation_id, id),
			health = $2, message = $3, build = $4, host = $5, platform = $6
		WHERE id = $7 AND NOT EXISTS (SELECT 1 FROM pulses h WHERE h.id = connectagents.activation_id AND h.at > $1)
			AND `+a.within(scope, "profile_id"), a...)
	if err != nil || n == 0 {
		return err
	}
	err = tx.must(ctx, `
		INSERT INTO activations (`+activationInserted+`)
		SELECT id, profile_id, license_id, connectagents.id, 'simulated ' || id, connectagents.id, '', host, platform, '', 0, 0, 0, '', '',
			activated_at, connectagents.activated_at, '', ''
		FROM connectagents WHERE id = $1 AND activation_id = id
		ON CONFLICT DO NOTHING`, h.Agent)
	if err != nil {
		return err
	}
	goodbye := time.Time{}
	if h.Goodbye {
		goodbye = h.At
	}
	return tx.must(ctx, `
		INSERT INTO pulses (id, at, goodbye_at, generation) SELECT activation_id, $1, $2, 0 FROM connectagents WHERE id = $3
		ON CONFLICT (id) DO UPDATE SET at = excluded.at, goodbye_at = excluded.goodbye_at WHERE NOT pulses.settled`, when(h.At), when(goodbye), h.Agent)
}
