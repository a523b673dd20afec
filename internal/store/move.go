package store

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// InsertMove adds m, of which nothing came yet.
func (tx *Tx) InsertMove(ctx context.Context, m plaza.Move) error {
	return tx.must(ctx, `
		INSERT INTO moves (id, profile_id, profile_name, from_id, from_name, to_id, to_name, vendor_id, whom, reason,
			asker_profile_id, asker_login_id, created_at, given_at, taken_at, allowed_at, decision, why, version)
		VALUES ($1, $2, $3, $4, $5, NULLIF($6, ''), $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, '', '', 1)`,
		m.ID, m.Profile, m.ProfileName, m.From, m.FromName, m.To, m.ToName, m.Vendor, m.Whom, m.Reason,
		m.Asker, m.AskerLogin, when(m.Created), when(m.Given), when(m.Taken), when(m.Allowed))
}

const moveColumns = `
	m.id, m.profile_id, m.profile_name, m.from_id, m.from_name, COALESCE(m.to_id, ''), m.to_name, m.vendor_id, m.whom, m.reason,
	m.asker_profile_id, m.asker_login_id, m.created_at, m.given_at, m.taken_at, m.allowed_at, m.decision, m.decided_at, m.why, m.version`

func scanMove(row scanner) (m plaza.Move, err error) {
	err = row.Scan(
		&m.ID, &m.Profile, &m.ProfileName, &m.From, &m.FromName, &m.To, &m.ToName, &m.Vendor, &m.Whom, &m.Reason,
		&m.Asker, &m.AskerLogin, at(&m.Created), at(&m.Given), at(&m.Taken), at(&m.Allowed), &m.Decision, at(&m.Decided), &m.Why, &m.Version)
	return m, err
}

// sided returns the condition that a side of a move is in scope. The profile that
// moves is none.
func (a *args) sided(scope plaza.Scope) string {
	return `(` + a.within(scope, "m.from_id") + ` OR ` + a.within(scope, "m.to_id") + `)`
}

// Move returns the move with the given ID, or NotFound if none of which a side is in
// scope has it.
func (tx *Tx) Move(ctx context.Context, scope plaza.Scope, id string) (plaza.Move, error) {
	var a args
	query := `SELECT ` + moveColumns + ` FROM moves m WHERE m.id = ` + a.add(id) + ` AND ` + a.sided(scope)
	return one(ctx, tx, scanMove, query, a...)
}

// moveState returns [plaza.Move.State] in SQL.
func (a *args) moveState(now time.Time) string {
	return `(CASE WHEN m.decision <> '' THEN m.decision
		WHEN m.created_at <= CAST(` + a.add(when(now.Add(-plaza.MoveOpenFor))) + ` AS BIGINT) THEN 'lapsed'
		ELSE 'waiting' END)`
}

// Moves returns those of the moves of which a side is in scope that f chooses at now.
// Sorts: created.
func (tx *Tx) Moves(ctx context.Context, scope plaza.Scope, f plaza.MoveFilter, p plaza.Page, now time.Time) (plaza.List[plaza.Move], error) {
	l := listing[plaza.Move]{
		columns: moveColumns,
		from:    `moves m`,
		id:      "m.id",
		times:   map[string]string{"created": "m.created_at"},
		first:   "-created",
		scan:    scanMove,
	}
	l.and(l.sided(scope))
	if f.Profile != "" {
		l.and("m.profile_id = " + l.add(f.Profile))
	}
	if f.Awaits != "" {
		side := l.add(f.Awaits)
		l.and(`(m.from_id = ` + side + ` AND m.given_at IS NULL OR m.to_id = ` + side + ` AND m.taken_at IS NULL
			OR m.vendor_id = ` + side + ` AND m.allowed_at IS NULL)`)
	}
	if len(f.States) > 0 {
		l.and(in(&l.args, l.moveState(now), f.States))
	}
	return l.page(ctx, tx, p)
}

// UpdateMove writes who agreed to m, who takes it, and what came of it, if a side of
// it is in scope and it still has m.Version; otherwise it is Stale or NotFound.
func (tx *Tx) UpdateMove(ctx context.Context, scope plaza.Scope, m plaza.Move) error {
	if _, err := tx.Move(ctx, scope, m.ID); err != nil {
		return err
	}
	n, err := tx.exec(ctx, `
		UPDATE moves SET to_id = NULLIF($1, ''), to_name = $2, given_at = $3, taken_at = $4, allowed_at = $5,
			decision = $6, decided_at = $7, why = $8, version = version + 1
		WHERE id = $9 AND version = $10`,
		m.To, m.ToName, when(m.Given), when(m.Taken), when(m.Allowed), m.Decision, when(m.Decided), m.Why, m.ID, m.Version)
	if err == nil && n == 0 {
		err = plaza.Errorf(plaza.Stale, "error.stale")
	}
	return err
}

// HoldTree keeps every profile where it is until this transaction ends: whoever moves
// one waits. What is within reach stays so.
func (tx *Tx) HoldTree(ctx context.Context) error {
	if tx.share == "" {
		return nil
	}
	return tx.must(ctx, tx.share, treeLock)
}

// TakeTree waits until nobody holds the tree, and keeps everybody from it until this
// transaction ends. Whoever takes it does so before anything else, or two would wait
// for each other.
func (tx *Tx) TakeTree(ctx context.Context) error {
	if tx.lock == "" {
		return nil
	}
	return tx.must(ctx, tx.lock, treeLock)
}

// treeLock is the text that stands for the tree of profiles.
const treeLock = "profile tree"

// MoveProfile hangs p, with all below it, below another parent, and works out anew
// which of them stand still. Nobody else may hold the tree: see [Tx.TakeTree]. It is
// Stale if p, which is in scope, has another version.
func (tx *Tx) MoveProfile(ctx context.Context, scope plaza.Scope, p plaza.Profile, to string, now time.Time) error {
	if err := tx.lockTree(ctx, tx.forUpdate); err != nil {
		return err
	}
	err := tx.versioned(ctx, "profiles", "id", scope, p.ID, `
		UPDATE profiles SET parent_id = $1, version = version + 1 WHERE id = $2 AND version = $3`, args{to, p.ID, p.Version})
	if err != nil {
		return err
	}
	err = tx.must(ctx, `
		DELETE FROM profile_tree WHERE profile_id IN (SELECT profile_id FROM profile_tree WHERE ancestor_id = $1)
		AND ancestor_id IN (SELECT ancestor_id FROM profile_tree WHERE profile_id = $1 AND depth > 0)`, p.ID)
	if err != nil {
		return err
	}
	err = tx.must(ctx, `
		INSERT INTO profile_tree (ancestor_id, profile_id, depth)
		SELECT a.ancestor_id, b.profile_id, a.depth + b.depth + 1
		FROM profile_tree a JOIN profile_tree b ON b.ancestor_id = $1
		WHERE a.profile_id = $2`, p.ID, to)
	if err != nil {
		return err
	}
	if err := tx.MovePlaces(ctx, p.ID, now); err != nil {
		return err
	}
	if err := tx.ForgetDeliveries(ctx, p.ID); err != nil {
		return err
	}
	return tx.settleHalts(ctx, p.ID, now)
}

// Height returns how many levels of profiles there are below the one with the given
// ID.
func (tx *Tx) Height(ctx context.Context, profile string) (int, error) {
	return tx.count(ctx, `SELECT COALESCE(MAX(depth), 0) FROM profile_tree WHERE ancestor_id = $1`, profile)
}

// HoldAllowancesAbove is [Tx.HoldAllowances] for everything that the profiles with
// the given IDs allow, whatever it is for.
func (tx *Tx) HoldAllowancesAbove(ctx context.Context, profiles []string) ([]plaza.Allowance, error) {
	if len(profiles) == 0 {
		return nil, nil
	}
	var a args
	which := ` WHERE ` + in(&a, "w.profile_id", profiles) + ` ORDER BY w.id`
	if tx.forUpdate != "" {
		if _, err := collect(ctx, tx, scanID, `SELECT w.id FROM allowances w`+which+tx.forUpdate, a...); err != nil {
			return nil, err
		}
	}
	return collect(ctx, tx, scanAllowance, `SELECT `+allowanceColumns+` FROM `+allowanceFrom+which, a...)
}

// AllowancesOf returns everything that the profiles with the given IDs allow.
func (tx *Tx) AllowancesOf(ctx context.Context, profiles []string) ([]plaza.Allowance, error) {
	if len(profiles) == 0 {
		return nil, nil
	}
	var a args
	query := `SELECT ` + allowanceColumns + ` FROM ` + allowanceFrom + ` WHERE ` + in(&a, "w.profile_id", profiles) + ` ORDER BY p.name_fold, w.id`
	return collect(ctx, tx, scanAllowance, query, a...)
}

// MoveLoad returns what the profile with the given ID has, together with all below
// it, and would take along.
func (tx *Tx) MoveLoad(ctx context.Context, profile string, now time.Time) (p plaza.MovePreview, err error) {
	const below = ` IN (SELECT profile_id FROM profile_tree WHERE ancestor_id = $1)`
	p.Licenses, err = collect(ctx, tx, func(row scanner) (l plaza.MovedLicenses, err error) {
		err = row.Scan(&l.Kind, &l.Plan, &l.PlanName, &l.Count)
		return l, err
	}, `
		SELECT l.kind, l.plan_id, pl.name, count(*) FROM licenses l JOIN plans pl ON pl.id = l.plan_id
		WHERE l.ended_at IS NULL AND l.profile_id`+below+` GROUP BY l.kind, l.plan_id, pl.name ORDER BY l.kind, pl.name, l.plan_id`, profile)
	if err != nil {
		return p, err
	}
	a := args{profile}
	for _, c := range []struct {
		n     *int
		query string
		args  args
	}{
		{&p.Profiles, `SELECT count(*) FROM profile_tree WHERE ancestor_id = $1`, a},
		{&p.Agents, `SELECT count(*) FROM connectagents a JOIN licenses l ON l.id = a.license_id WHERE l.ended_at IS NULL AND a.profile_id` + below, a},
		{&p.Logins, `SELECT count(*) FROM logins WHERE disabled_at IS NULL AND profile_id` + below, a},
	} {
		if *c.n, err = tx.count(ctx, c.query, c.args...); err != nil {
			return p, err
		}
	}
	query := `SELECT count(*) FROM requests r WHERE r.profile_id` + below + ` AND ` + a.requestState(now) + ` = 'open'`
	p.Requests, err = tx.count(ctx, query, a...)
	return p, err
}

// MoveEnds returns how many acting sessions, and consents to enter, of people of some
// profiles there are in the profile with the given ID and below: they end when it
// moves away from those.
func (tx *Tx) MoveEnds(ctx context.Context, profile string, losers []string, now time.Time) (actings, consents int, err error) {
	if len(losers) == 0 {
		return 0, 0, nil
	}
	const below = ` IN (SELECT profile_id FROM profile_tree WHERE ancestor_id = $1)`
	a := args{profile, when(now)}
	query := `SELECT count(*) FROM acting_sessions WHERE ended_at IS NULL AND expires_at > $2 AND target_profile_id` + below + ` AND ` + in(&a, "actor_profile_id", losers)
	if actings, err = tx.count(ctx, query, a...); err != nil {
		return 0, 0, err
	}
	a = args{profile, when(now)}
	query = `SELECT count(*) FROM consents WHERE ` + consentHolds + ` AND profile_id` + below + ` AND ` + in(&a, "asker_profile_id", losers)
	consents, err = tx.count(ctx, query, a...)
	return actings, consents, err
}

// consentHolds is the condition that a consent waits for an answer or lets somebody
// in at $2.
const consentHolds = `answer IN ('', 'granted') AND used_at IS NULL AND until_at > $2`

// LapseConsents ends the consents for the profile with the given ID, and those below,
// that people asked for of profiles which are not above it any more.
func (tx *Tx) LapseConsents(ctx context.Context, profile string, now time.Time) error {
	ids, err := collect(ctx, tx, scanID, `
		UPDATE consents SET until_at = $2, version = version + 1
		WHERE `+consentHolds+` AND profile_id IN (SELECT profile_id FROM profile_tree WHERE ancestor_id = $1)
		AND NOT EXISTS (SELECT 1 FROM profile_tree t WHERE t.ancestor_id = consents.asker_profile_id AND t.profile_id = consents.profile_id)
		RETURNING id`, profile, when(now))
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := tx.DropConsentLinks(ctx, id); err != nil {
			return err
		}
	}
	return nil
}
