package store

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// InsertActing adds an acting session of the browser session, in which a acts as
// target, under a consent if that is not empty.
func (tx *Tx) InsertActing(ctx context.Context, session string, a plaza.Acting, target plaza.Login, consent string) error {
	return tx.must(ctx, `
		INSERT INTO acting_sessions (id, session_id, actor_login_id, actor_profile_id, target_login_id, target_profile_id,
			mode, reason, ticket, break_glass, consent_id, started_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULLIF($11, ''), $12, $13)`,
		a.ID, session, a.Login, a.Profile, target.ID, target.Profile,
		a.Mode, a.Reason, a.Ticket, a.BreakGlass, consent, when(a.Started), when(a.Expires))
}

// ActingTarget is where somebody acts, as far as the gate needs it.
type ActingTarget struct {
	Acting plaza.Acting
	Login  plaza.Login // acted as
	Kind   plaza.ProfileKind
}

// Acting returns an acting session that is open at now and rests on what it
// rested on when it began: the target can still be acted as, its profile does
// not stand still, is still below that of who acts, and still lets it in.
// Otherwise NotFound.
func (tx *Tx) Acting(ctx context.Context, id string, now time.Time) (ActingTarget, error) {
	return one(ctx, tx, scanActing, actingSelect+`
		JOIN profile_tree t ON t.ancestor_id = actor.profile_id AND t.profile_id = p.id AND t.depth > 0
		WHERE s.id = $1 AND s.ended_at IS NULL AND s.expires_at > $2
		AND l.dashboard AND l.accepted_at IS NOT NULL AND l.disabled_at IS NULL AND NOT p.halted
		AND (s.break_glass OR NOT EXISTS (SELECT 1 FROM settings WHERE name = '`+loginAsSetting+`' AND value = '`+off+`')
			AND (p.support_access = 'allowed' OR p.support_access = 'ask' AND EXISTS (
				SELECT 1 FROM consents c WHERE c.id = s.consent_id AND c.answer = 'granted' AND c.until_at > $2)))`, id, when(now))
}

// ActingStands returns the mode of an acting session that is open at now, and the
// role of the login that is acted as; otherwise NotFound. Both stay so until this
// transaction ends: whoever ends it, or changes them, waits.
func (tx *Tx) ActingStands(ctx context.Context, id string, now time.Time) (m plaza.Mode, r plaza.Role, err error) {
	_, err = one(ctx, tx, func(row scanner) (ok bool, err error) { return true, row.Scan(&m, &r) }, `
		SELECT s.mode, l.role FROM logins l JOIN acting_sessions s ON l.id = s.target_login_id
		WHERE s.id = $1 AND s.ended_at IS NULL AND s.expires_at > $2`+tx.forShare, id, when(now))
	return m, r, err
}

// ActingBefore returns an acting session whether or not it has ended; NotFound if
// there never was one.
func (tx *Tx) ActingBefore(ctx context.Context, id string) (ActingTarget, error) {
	return one(ctx, tx, scanActing, actingSelect+` WHERE s.id = $1`, id)
}

func actingDest(a *plaza.Acting) []any {
	return []any{
		&a.ID, &a.Login, &a.Person, &a.Name, &a.Profile, &a.ProfileName, &a.Kind, &a.Role,
		&a.Mode, &a.Reason, &a.Ticket, &a.BreakGlass, at(&a.Started), at(&a.Expires), at(&a.Ended), &a.End,
	}
}

func scanActing(row scanner) (t ActingTarget, err error) {
	l := &t.Login
	err = row.Scan(append(actingDest(&t.Acting), &l.ID, &l.Profile, &l.ProfileName, &l.Person, &l.Name, &l.Role, &t.Kind)...)
	return t, err
}

const (
	actingColumns = `s.id, actor.id, actor.person_id, actor.name, actor.profile_id, ap.name, ap.kind, actor.role,
			s.mode, s.reason, s.ticket, s.break_glass, s.started_at, s.expires_at, s.ended_at, s.end_reason`
	actingFrom = `acting_sessions s
		JOIN logins actor ON actor.id = s.actor_login_id JOIN profiles ap ON ap.id = actor.profile_id
		JOIN logins l ON l.id = s.target_login_id JOIN profiles p ON p.id = l.profile_id`
	actingSelect = `
		SELECT ` + actingColumns + `, l.id, l.profile_id, p.name, l.person_id, l.name, l.role, p.kind
		FROM ` + actingFrom
)

// Actings returns those of the acting sessions in one profile of scope that f
// chooses at now, the newest first. Sorts: started.
func (tx *Tx) Actings(ctx context.Context, scope plaza.Scope, profile string, f plaza.ActingFilter, p plaza.Page, now time.Time) (plaza.List[plaza.ActingLine], error) {
	l := listing[plaza.ActingLine]{
		columns: actingColumns + `, l.id, l.name,
			(SELECT count(*) FROM audit_events e WHERE e.acting_id = s.id AND e.acting_id <> '' AND e.result = 'done'
				AND e.changes <> 'null' AND e.verb NOT LIKE 'acting.%' AND e.verb NOT IN ('` + string(plaza.AuditRead) + `', '` + string(plaza.AuditExport) + `'))`,
		from:  actingFrom,
		id:    "s.id",
		times: map[string]string{"started": "s.started_at"},
		first: "-started",
		scan: func(row scanner) (a plaza.ActingLine, err error) {
			err = row.Scan(append(actingDest(&a.Acting), &a.As, &a.AsName, &a.Changes)...)
			return a, err
		},
	}
	l.and(l.within(scope, "s.target_profile_id"))
	l.and("s.target_profile_id = " + l.add(profile))
	if f.Open {
		l.and("s.ended_at IS NULL AND s.expires_at > " + l.add(when(now)))
	}
	if f.Ended {
		l.and("(s.ended_at IS NOT NULL OR s.expires_at <= " + l.add(when(now)) + ")")
	}
	return l.page(ctx, tx, p)
}

// ActingIn returns an acting session in a profile of scope; otherwise NotFound.
func (tx *Tx) ActingIn(ctx context.Context, scope plaza.Scope, id string) (ActingTarget, error) {
	var a args
	query := actingSelect + ` WHERE s.id = ` + a.add(id) + ` AND ` + a.owned(scope, "s.target_profile_id")
	return one(ctx, tx, scanActing, query, a...)
}

// SetActingMode writes the mode of an acting session.
func (tx *Tx) SetActingMode(ctx context.Context, id string, m plaza.Mode) error {
	return tx.must(ctx, `UPDATE acting_sessions SET mode = $1 WHERE id = $2`, m, id)
}

// Ending chooses the open acting sessions that something puts an end to.
type Ending struct {
	condition string
	args      args // from $3 on
}

// EndingOne is of one acting session.
func EndingOne(id string) Ending { return Ending{`id = $3`, args{id}} }

// EndingOf is of a browser session.
func EndingOf(session string) Ending { return Ending{`session_id = $3`, args{session}} }

// EndingOfPerson is of every browser session of a person, those that are gone too,
// but the one to keep.
func EndingOfPerson(person, keep string) Ending {
	return Ending{`actor_login_id IN (SELECT id FROM logins WHERE person_id = $3) AND session_id <> $4`, args{person, keep}}
}

// EndingWith is of a login: it acts, or is acted as.
func EndingWith(login string) Ending {
	return Ending{`(actor_login_id = $3 OR target_login_id = $3)`, args{login}}
}

// EndingBelow is of those of a profile and what is below it, and of those in them.
func EndingBelow(profile string) Ending {
	const below = ` IN (SELECT profile_id FROM profile_tree WHERE ancestor_id = $3)`
	return Ending{`(actor_profile_id` + below + ` OR target_profile_id` + below + `)`, args{profile}}
}

// EndingShutOut is of those in one profile that its support access does not let
// in any more. Who broke the glass stays.
func EndingShutOut(profile string) Ending {
	return Ending{`target_profile_id = $3 AND NOT break_glass AND NOT EXISTS (
		SELECT 1 FROM profiles p WHERE p.id = target_profile_id AND (p.support_access = 'allowed'
			OR p.support_access = 'ask' AND consent_id IS NOT NULL))`, args{profile}}
}

// EndingOutOfSight is of those in a profile and what is below it, of people of
// profiles that are not above it any more.
func EndingOutOfSight(profile string) Ending {
	return Ending{`target_profile_id IN (SELECT profile_id FROM profile_tree WHERE ancestor_id = $3) AND NOT EXISTS (
		SELECT 1 FROM profile_tree t WHERE t.ancestor_id = actor_profile_id AND t.profile_id = target_profile_id)`, args{profile}}
}

// EndingUnder is of those that rest on a consent.
func EndingUnder(consent string) Ending { return Ending{`consent_id = $3`, args{consent}} }

// EndingEverywhere is of all but those that broke the glass.
func EndingEverywhere() Ending { return Ending{condition: `NOT break_glass`} }

// EndingLapsed is of those whose time is up.
func EndingLapsed() Ending { return Ending{condition: `expires_at <= $2`} }

// EndingOrphaned is of those whose browser session is gone.
func EndingOrphaned() Ending {
	return Ending{condition: `NOT EXISTS (SELECT 1 FROM sessions b WHERE b.id = session_id)`}
}

// EndActings ends the acting sessions that e chooses, and returns them: whoever
// ends them leaves an event of each. One whose time was up before now ended then,
// and because of that, whatever finds it.
func (tx *Tx) EndActings(ctx context.Context, e Ending, why plaza.EndReason, now time.Time) (ended []ActingTarget, err error) {
	ids, err := collect(ctx, tx, scanID, `
		UPDATE acting_sessions SET end_reason = CASE WHEN expires_at <= $2 THEN '`+string(plaza.EndTime)+`' ELSE $1 END,
			ended_at = CASE WHEN expires_at <= $2 THEN expires_at ELSE $2 END
		WHERE ended_at IS NULL AND `+e.condition+` RETURNING id`, append(args{why, when(now)}, e.args...)...)
	for _, id := range ids {
		t, err := tx.ActingBefore(ctx, id)
		if err != nil {
			return nil, err
		}
		ended = append(ended, t)
	}
	return ended, err
}

// LeaveActing gives a session that is in an acting session another token and puts
// it out of there, and reports whether it was in that one.
func (tx *Tx) LeaveActing(ctx context.Context, session, acting string, hash []byte) (bool, error) {
	n, err := tx.exec(ctx, `UPDATE sessions SET token_hash = $1, acting_id = NULL WHERE id = $2 AND acting_id = $3`, hash, session, acting)
	return n > 0, err
}
