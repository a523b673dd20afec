package store

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// InsertActing adds an acting session of the browser session, in which a acts as
// target.
func (tx *Tx) InsertActing(ctx context.Context, session string, a plaza.Acting, target plaza.Login) error {
	return tx.must(ctx, `
		INSERT INTO acting_sessions (id, session_id, actor_login_id, actor_profile_id, target_login_id, target_profile_id,
			mode, reason, ticket, started_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		a.ID, session, a.Login, a.Profile, target.ID, target.Profile,
		a.Mode, a.Reason, a.Ticket, when(a.Started), when(a.Expires))
}

// ActingTarget is where somebody acts, as far as the gate needs it.
type ActingTarget struct {
	Acting plaza.Acting
	Login  plaza.Login // acted as
	Kind   plaza.ProfileKind
}

// Acting returns an acting session that is open at now and rests on what it
// rested on when it began: the target can still be acted as, its profile does
// not stand still and is still below that of who acts. Otherwise NotFound.
func (tx *Tx) Acting(ctx context.Context, id string, now time.Time) (ActingTarget, error) {
	return one(ctx, tx, scanActing, actingSelect+`
		JOIN profile_tree t ON t.ancestor_id = actor.profile_id AND t.profile_id = p.id AND t.depth > 0
		WHERE s.id = $1 AND s.ended_at IS NULL AND s.expires_at > $2
		AND l.dashboard AND l.accepted_at IS NOT NULL AND l.disabled_at IS NULL AND NOT p.halted`, id, when(now))
}

// ActingBefore returns an acting session whether or not it has ended; NotFound if
// there never was one.
func (tx *Tx) ActingBefore(ctx context.Context, id string) (ActingTarget, error) {
	return one(ctx, tx, scanActing, actingSelect+` WHERE s.id = $1`, id)
}

func scanActing(row scanner) (t ActingTarget, err error) {
	a, l := &t.Acting, &t.Login
	err = row.Scan(
		&a.ID, &a.Login, &a.Person, &a.Name, &a.Profile, &a.Kind, &a.Role,
		&a.Mode, &a.Reason, &a.Ticket, at(&a.Started), at(&a.Expires),
		&l.ID, &l.Profile, &l.ProfileName, &l.Person, &l.Name, &l.Role, &t.Kind)
	return t, err
}

const actingSelect = `
		SELECT s.id, actor.id, actor.person_id, actor.name, actor.profile_id, ap.kind, actor.role,
			s.mode, s.reason, s.ticket, s.started_at, s.expires_at,
			l.id, l.profile_id, p.name, l.person_id, l.name, l.role, p.kind
		FROM acting_sessions s
		JOIN logins actor ON actor.id = s.actor_login_id JOIN profiles ap ON ap.id = actor.profile_id
		JOIN logins l ON l.id = s.target_login_id JOIN profiles p ON p.id = l.profile_id`

// SetActingMode writes the mode of an acting session.
func (tx *Tx) SetActingMode(ctx context.Context, id string, m plaza.Mode) error {
	return tx.must(ctx, `UPDATE acting_sessions SET mode = $1 WHERE id = $2`, m, id)
}

// EndActing ends an acting session, if it has not ended.
func (tx *Tx) EndActing(ctx context.Context, id string, now time.Time) error {
	return tx.must(ctx, `UPDATE acting_sessions SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL`, when(now), id)
}

// EndActingOf ends every acting session of a browser session.
func (tx *Tx) EndActingOf(ctx context.Context, session string, now time.Time) error {
	return tx.must(ctx, `UPDATE acting_sessions SET ended_at = $1 WHERE session_id = $2 AND ended_at IS NULL`, when(now), session)
}

// EndActingWith ends every acting session of a login, and every one that acts as
// it.
func (tx *Tx) EndActingWith(ctx context.Context, login string, now time.Time) error {
	return tx.must(ctx, `
		UPDATE acting_sessions SET ended_at = $1
		WHERE ended_at IS NULL AND (actor_login_id = $2 OR target_login_id = $2)`, when(now), login)
}

// EndActingBelow ends every acting session of somebody of a profile or one below
// it, and every one in them.
func (tx *Tx) EndActingBelow(ctx context.Context, profile string, now time.Time) error {
	const below = ` IN (SELECT profile_id FROM profile_tree WHERE ancestor_id = $2)`
	return tx.must(ctx, `
		UPDATE acting_sessions SET ended_at = $1
		WHERE ended_at IS NULL AND (actor_profile_id`+below+` OR target_profile_id`+below+`)`, when(now), profile)
}

// LeaveActing puts a session out of an acting session, and reports whether it was
// in that one.
func (tx *Tx) LeaveActing(ctx context.Context, session, acting string) (bool, error) {
	n, err := tx.exec(ctx, `UPDATE sessions SET acting_id = NULL WHERE id = $1 AND acting_id = $2`, session, acting)
	return n > 0, err
}
