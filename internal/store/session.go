package store

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// Session is one browser that is signed in, as far as the gate needs it: with
// all that it rests on, read together.
type Session struct {
	ID       string
	Person   plaza.Person
	Login    plaza.Login // zero until a profile is chosen
	Kind     plaza.ProfileKind
	Halted   bool // the login's profile
	Created  time.Time
	Seen     time.Time
	Proved   time.Time // when its person last proved who they are
	Stage    plaza.SignInStage
	ActingID string
}

// InsertSession adds s, of which only the hash of its token is kept.
func (tx *Tx) InsertSession(ctx context.Context, s Session, hash []byte, from plaza.Origin) error {
	return tx.must(ctx, `
		INSERT INTO sessions (id, token_hash, person_id, login_id, created_at, seen_at, proved_at, stage, address, user_agent)
		VALUES ($1, $2, $3, NULLIF($4, ''), $5, $5, COALESCE(CAST($6 AS BIGINT), 0), $7, $8, $9)`,
		s.ID, hash, s.Person.ID, s.Login.ID, when(s.Created), when(s.Proved), s.Stage, from.Address, from.UserAgent)
}

// StageSession gives a session, which is in no acting session, another token and stage,
// and puts it into no profile. NotFound if it is gone.
func (tx *Tx) StageSession(ctx context.Context, id string, hash []byte, stage plaza.SignInStage) error {
	n, err := tx.exec(ctx, `UPDATE sessions SET token_hash = $1, stage = $2, login_id = NULL WHERE id = $3 AND acting_id IS NULL`, hash, stage, id)
	if err == nil && n == 0 {
		err = errNotFound()
	}
	return err
}

// ProveSession gives a session another token, and notes that its person has proved who
// they are. NotFound if it is gone, or has another token than it had by now.
func (tx *Tx) ProveSession(ctx context.Context, id string, had, hash []byte, now time.Time) error {
	n, err := tx.exec(ctx, `UPDATE sessions SET token_hash = $1, proved_at = $2 WHERE id = $3 AND token_hash = $4`, hash, when(now), id, had)
	if err == nil && n == 0 {
		err = errNotFound()
	}
	return err
}

// Session returns the session with the given token, or NotFound.
func (tx *Tx) Session(ctx context.Context, hash []byte) (Session, error) {
	return one(ctx, tx, scanSession, sessionSelect+` WHERE s.token_hash = $1`, hash)
}

// SessionByID returns the session with the given ID, or NotFound.
func (tx *Tx) SessionByID(ctx context.Context, id string) (Session, error) {
	return one(ctx, tx, scanSession, sessionSelect+` WHERE s.id = $1`, id)
}

const sessionSelect = `
	SELECT s.id, s.created_at, s.seen_at, s.proved_at, s.stage, COALESCE(s.acting_id, ''),
		person.id, person.email, person.name, person.language, person.time_zone,
		COALESCE(l.id, ''), COALESCE(l.profile_id, ''), COALESCE(p.name, ''), COALESCE(l.name, ''), COALESCE(l.role, ''),
		COALESCE(l.dashboard, FALSE), l.accepted_at, l.disabled_at,
		COALESCE(p.kind, ''), COALESCE(p.halted, FALSE)
	FROM sessions s JOIN persons person ON person.id = s.person_id
	LEFT JOIN logins l ON l.id = s.login_id LEFT JOIN profiles p ON p.id = l.profile_id`

func scanSession(row scanner) (s Session, err error) {
	l := &s.Login
	err = row.Scan(
		&s.ID, at(&s.Created), at(&s.Seen), at(&s.Proved), &s.Stage, &s.ActingID,
		&s.Person.ID, &s.Person.Email, &s.Person.Name, &s.Person.Language, &s.Person.TimeZone,
		&l.ID, &l.Profile, &l.ProfileName, &l.Name, &l.Role, &l.Dashboard, at(&l.Accepted), at(&l.Disabled),
		&s.Kind, &s.Halted)
	l.Person, l.Email = s.Person.ID, s.Person.Email
	return s, err
}

// SessionStands returns the session with the given ID, with no more of what it
// rests on than may have changed since somebody was let in; otherwise NotFound.
// That stays so until this transaction ends: whoever would end the session, or
// take a right from its login, waits. Logins are locked before sessions, and those
// before acting sessions, here and wherever they are ended, so that nobody waits
// for each other.
func (tx *Tx) SessionStands(ctx context.Context, id string) (Session, error) {
	return one(ctx, tx, func(row scanner) (s Session, err error) {
		l := &s.Login
		err = row.Scan(&s.ID, at(&s.Created), at(&s.Seen), &s.ActingID, &l.ID, &l.Role, &l.Dashboard, at(&l.Accepted), at(&l.Disabled))
		return s, err
	}, `
		SELECT s.id, s.created_at, s.seen_at, COALESCE(s.acting_id, ''), l.id, l.role, l.dashboard, l.accepted_at, l.disabled_at
		FROM logins l JOIN sessions s ON l.id = s.login_id
		WHERE s.id = $1`+tx.forShare, id)
}

// SeeSession notes that a session was used.
func (tx *Tx) SeeSession(ctx context.Context, id string, now time.Time) error {
	return tx.must(ctx, `UPDATE sessions SET seen_at = $1 WHERE id = $2`, when(now), id)
}

// RotateSession gives a session another token and puts it into an acting session,
// or out of one if acting is empty. The old token is dead. NotFound if the
// session is gone.
func (tx *Tx) RotateSession(ctx context.Context, id string, hash []byte, acting string) error {
	n, err := tx.exec(ctx, `UPDATE sessions SET token_hash = $1, acting_id = NULLIF($2, '') WHERE id = $3`, hash, acting, id)
	if err == nil && n == 0 {
		err = errNotFound()
	}
	return err
}

// EnterProfile puts a session into the profile of another login of the same
// person, with another token. NotFound if the session is gone.
func (tx *Tx) EnterProfile(ctx context.Context, id string, hash []byte, login string) error {
	n, err := tx.exec(ctx, `
		UPDATE sessions SET token_hash = $1, login_id = $2, acting_id = NULL
		WHERE id = $3 AND person_id = (SELECT person_id FROM logins WHERE id = $2)`, hash, login, id)
	if err == nil && n == 0 {
		err = errNotFound()
	}
	return err
}

// DropSession ends a session.
func (tx *Tx) DropSession(ctx context.Context, id string) error {
	return tx.must(ctx, `DELETE FROM sessions WHERE id = $1`, id)
}

// TakeSession ends a session that another one is to take the place of. NotFound if it is
// gone.
func (tx *Tx) TakeSession(ctx context.Context, id string) error {
	n, err := tx.exec(ctx, `DELETE FROM sessions WHERE id = $1`, id)
	if err == nil && n == 0 {
		err = errNotFound()
	}
	return err
}

// DropSessionsOf ends every session of a person, but the one to keep.
func (tx *Tx) DropSessionsOf(ctx context.Context, person, keep string) error {
	return tx.must(ctx, `DELETE FROM sessions WHERE person_id = $1 AND id <> $2`, person, keep)
}

// DropSessions ends the sessions that began or were last seen at the times or
// before.
func (tx *Tx) DropSessions(ctx context.Context, began, seen time.Time) error {
	return tx.must(ctx, `DELETE FROM sessions WHERE created_at <= $1 OR seen_at <= $2`, when(began), when(seen))
}

// DropSessionsIn ends every session in the profile of a login.
func (tx *Tx) DropSessionsIn(ctx context.Context, login string) error {
	return tx.must(ctx, `DELETE FROM sessions WHERE login_id = $1`, login)
}

// DropSessionsBelow ends every session in a profile and in those below it.
func (tx *Tx) DropSessionsBelow(ctx context.Context, profile string) error {
	return tx.must(ctx, `
		DELETE FROM sessions WHERE login_id IN (
			SELECT l.id FROM logins l JOIN profile_tree t ON t.profile_id = l.profile_id WHERE t.ancestor_id = $1)`, profile)
}
