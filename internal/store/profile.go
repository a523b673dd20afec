package store

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/connectplaza/plaza"
)

const profileColumns = `
	p.id, COALESCE(p.parent_id, ''), p.kind, p.name, p.support_email, p.warning_days, p.support_access,
	p.created_at, p.suspended_at, p.suspend_reason, p.closed_at, p.halted, p.version`

func profileDest(p *plaza.Profile) []any {
	return []any{
		&p.ID, &p.Parent, &p.Kind, &p.Name, &p.SupportEmail, &p.WarningDays, &p.Access,
		at(&p.Created), at(&p.Suspended), &p.SuspendReason, at(&p.Closed), &p.Halted, &p.Version,
	}
}

func scanProfile(row scanner) (p plaza.Profile, err error) {
	err = row.Scan(profileDest(&p)...)
	return p, err
}

// InsertProfile adds p below its parent. It stands still if its parent does.
func (tx *Tx) InsertProfile(ctx context.Context, p plaza.Profile) error {
	if err := tx.HoldHalts(ctx); err != nil {
		return err
	}
	err := tx.insert(ctx, intoProfiles, profileRow+`, COALESCE((SELECT halted FROM profiles WHERE id = ?), FALSE))`, [][]any{append(profileValues(p), p.Parent)})
	if err != nil {
		return err
	}
	return tx.insertTree(ctx, []plaza.Profile{p})
}

// HoldHalts keeps which profiles stand still as it is until this transaction ends. Others
// who only rely on it do so together.
func (tx *Tx) HoldHalts(ctx context.Context) error { return tx.lockTree(ctx, tx.forShare) }

// InsertProfiles adds profiles below parents that are there already and do not stand still.
// The caller has called [Tx.HoldHalts].
func (tx *Tx) InsertProfiles(ctx context.Context, all []plaza.Profile) error {
	rows := make([][]any, len(all))
	for i, p := range all {
		rows[i] = profileValues(p)
	}
	if err := tx.insert(ctx, intoProfiles, profileRow+`, FALSE)`, rows); err != nil {
		return err
	}
	return tx.insertTree(ctx, all)
}

const (
	intoProfiles = `profiles (id, parent_id, kind, name, name_fold, support_email, warning_days, created_at, suspend_reason, version, halted)`
	profileRow   = `(?, NULLIF(?, ''), ?, ?, ?, ?, ?, ?, '', 1`
)

// profileValues returns what stands for profileRow.
func profileValues(p plaza.Profile) []any {
	return []any{p.ID, p.Parent, p.Kind, p.Name, fold(p.Name), p.SupportEmail, p.WarningDays, when(p.Created)}
}

// insertTree adds where profiles lie which were just made.
func (tx *Tx) insertTree(ctx context.Context, all []plaza.Profile) error {
	tree, places, err := tx.newTree(ctx, all)
	if err != nil {
		return err
	}
	if err := tx.insert(ctx, `profile_tree (ancestor_id, profile_id, depth)`, `(?, ?, ?)`, tree); err != nil {
		return err
	}
	// As MovePlaces, for what lay nowhere before.
	return tx.insert(ctx, `profile_places (ancestor_id, profile_id, depth, since_at)`, `(?, ?, ?, ?)`, places)
}

// newTree returns the rows that say where profiles lie which were just made, and since when.
func (tx *Tx) newTree(ctx context.Context, all []plaza.Profile) (tree, places [][]any, err error) {
	parents := map[string][]lying{}
	for _, p := range all {
		parents[p.Parent] = nil
	}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(parents)), itemsAtOnce) {
		var a args
		above, err := collect(ctx, tx, func(row scanner) (l lying, err error) {
			err = row.Scan(&l.profile, &l.below, &l.depth)
			return l, err
		}, `SELECT t.profile_id, t.ancestor_id, t.depth FROM profile_tree t WHERE `+in(&a, "t.profile_id", some), a...)
		if err != nil {
			return nil, nil, err
		}
		for _, l := range above {
			parents[l.profile] = append(parents[l.profile], l)
		}
	}
	for _, p := range all {
		for _, l := range append(slices.Clone(parents[p.Parent]), lying{below: p.ID, depth: -1}) {
			tree = append(tree, []any{l.below, p.ID, l.depth + 1})
			places = append(places, []any{l.below, p.ID, l.depth + 1, when(p.Created)})
		}
	}
	return tree, places, nil
}

// lying is that a profile lies so many levels below another.
type lying struct {
	profile, below string
	depth          int
}

// lockTree keeps others from changing what stands still, and why, while this
// transaction does, or while it relies on it: whoever suspends, resumes, closes
// or reopens a profile takes turns, and nobody slips a new profile below it
// unseen. The vendor's row stands for the whole tree, and for its switch of Login
// as.
func (tx *Tx) lockTree(ctx context.Context, how string) error {
	_, err := collect(ctx, tx, scanID, `SELECT id FROM profiles WHERE kind = 'vendor'`+how)
	return err
}

// Profile returns the profile with the given ID, or NotFound if there is none in
// scope.
func (tx *Tx) Profile(ctx context.Context, scope plaza.Scope, id string) (plaza.Profile, error) {
	var a args
	query := `
		SELECT ` + profileColumns + ` FROM profiles p
		WHERE p.id = ` + a.add(id) + ` AND ` + a.owned(scope, "p.id")
	return one(ctx, tx, scanProfile, query, a...)
}

// HoldProfile keeps a profile as it is until this transaction ends, and has others
// who hold it, or change it, or make something that rests on it, take turns: what
// is read after this stays true. SQLite has one writer at a time, and holds
// everything.
func (tx *Tx) HoldProfile(ctx context.Context, id string) error {
	if tx.forUpdate == "" {
		return nil
	}
	_, err := collect(ctx, tx, scanID, `SELECT id FROM profiles WHERE id = $1`+tx.forUpdate, id)
	return err
}

// ShareProfile keeps a profile as it is until this transaction ends, as HoldProfile
// does, but together with others who only rely on it. Whoever holds a license, too, does
// that after this.
func (tx *Tx) ShareProfile(ctx context.Context, id string) error {
	if tx.forShare == "" {
		return nil
	}
	_, err := collect(ctx, tx, scanID, `SELECT id FROM profiles WHERE id = $1`+tx.forShare, id)
	return err
}

// Above returns the IDs of the profiles above the one with the given ID, the
// nearest first.
func (tx *Tx) Above(ctx context.Context, id string) ([]string, error) {
	return collect(ctx, tx, scanID, `
		SELECT ancestor_id FROM profile_tree WHERE profile_id = $1 AND depth > 0 ORDER BY depth`, id)
}

func scanID(row scanner) (id string, err error) {
	err = row.Scan(&id)
	return id, err
}

// Profiles returns those of the profiles strictly below root's own that f
// chooses, each with how much it has. Sorts: name, kind, created.
func (tx *Tx) Profiles(ctx context.Context, scope plaza.Scope, f plaza.ProfileFilter, p plaza.Page) (plaza.List[plaza.Profile], error) {
	l := listing[plaza.Profile]{
		columns: profileColumns + `,
			COALESCE(parent.name, ''),
			(SELECT count(*) FROM licenses l WHERE l.profile_id = p.id AND l.ended_at IS NULL),
			(SELECT count(*) FROM connectagents a JOIN licenses l ON l.id = a.license_id
				WHERE a.profile_id = p.id AND l.ended_at IS NULL),
			(SELECT count(*) FROM logins l WHERE l.profile_id = p.id)`,
		from:  `profiles p LEFT JOIN profiles parent ON parent.id = p.parent_id`,
		id:    "p.id",
		texts: map[string]string{"name": "p.name_fold", "kind": "p.kind"},
		times: map[string]string{"created": "p.created_at"},
		first: "name",
		scan: func(row scanner) (p plaza.Profile, err error) {
			err = row.Scan(append(profileDest(&p), &p.ParentName, &p.Licenses, &p.Agents, &p.Logins)...)
			return p, err
		},
	}
	l.and(l.within(scope, "p.id"))
	l.and("p.id <> " + l.add(scope.Root()))
	if f.Text != "" {
		l.and(l.like(f.Text, "p.name_fold"))
	}
	if len(f.Kinds) > 0 {
		l.and(in(&l.args, "p.kind", f.Kinds))
	}
	if f.Parent != "" {
		l.and("p.parent_id = " + l.add(f.Parent))
	}
	states := f.States
	if len(states) == 0 {
		states = []plaza.ProfileState{plaza.ProfileActive, plaza.ProfileSuspended}
	}
	l.and(in(&l.args, profileState, states))
	return l.page(ctx, tx, p)
}

// profileState is [plaza.Profile.State] in SQL.
const profileState = `(CASE WHEN p.closed_at IS NOT NULL THEN 'closed' WHEN p.halted THEN 'suspended' ELSE 'active' END)`

// ProfileStates returns how many profiles strictly below scope's own are in each
// state.
func (tx *Tx) ProfileStates(ctx context.Context, scope plaza.Scope) (map[plaza.ProfileState]int, error) {
	var a args
	counts := map[plaza.ProfileState]int{}
	query := `SELECT ` + profileState + ` AS state, count(*) FROM profiles p
		WHERE ` + a.within(scope, "p.id") + ` AND p.id <> ` + a.add(scope.Root()) + ` GROUP BY state`
	_, err := collect(ctx, tx, func(row scanner) (s plaza.ProfileState, err error) {
		var n int
		err = row.Scan(&s, &n)
		counts[s] = n
		return s, err
	}, query, a...)
	return counts, err
}

// UpdateProfile changes p's name and settings, if it is in scope and still has
// p.Version; otherwise it is Stale or NotFound.
func (tx *Tx) UpdateProfile(ctx context.Context, scope plaza.Scope, p plaza.Profile) error {
	a := args{p.Name, fold(p.Name), p.SupportEmail, p.WarningDays, p.ID, p.Version}
	return tx.versioned(ctx, "profiles", "id", scope, p.ID, `
		UPDATE profiles SET name = $1, name_fold = $2, support_email = $3, warning_days = $4, version = version + 1
		WHERE id = $5 AND version = $6`, a)
}

// SetProfileHalt writes whether p is suspended, and why, and whether it is
// closed, and works out anew which profiles below it stand still.
func (tx *Tx) SetProfileHalt(ctx context.Context, scope plaza.Scope, p plaza.Profile, now time.Time) error {
	if err := tx.lockTree(ctx, tx.forUpdate); err != nil {
		return err
	}
	a := args{when(p.Suspended), p.SuspendReason, when(p.Closed), p.ID, p.Version}
	err := tx.versioned(ctx, "profiles", "id", scope, p.ID, `
		UPDATE profiles SET suspended_at = $1, suspend_reason = $2, closed_at = $3, version = version + 1
		WHERE id = $4 AND version = $5`, a)
	if err != nil {
		return err
	}
	return tx.settleHalts(ctx, p.ID, now)
}

// settleHalts works out anew which of a profile and those below it stand still.
func (tx *Tx) settleHalts(ctx context.Context, profile string, now time.Time) error {
	err := tx.must(ctx, `
		UPDATE profiles SET halted = EXISTS (
			SELECT 1 FROM profile_tree t JOIN profiles a ON a.id = t.ancestor_id
			WHERE t.profile_id = profiles.id AND (a.suspended_at IS NOT NULL OR a.closed_at IS NOT NULL))
		WHERE id IN (SELECT profile_id FROM profile_tree WHERE ancestor_id = $1)`, profile)
	if err != nil {
		return err
	}
	if err := tx.noteLicensesBelow(ctx, profile, now); err != nil {
		return err
	}
	return tx.changedLicense(ctx, "", now)
}

// versioned runs update, which changes the row id of table where it still has
// the version that was read, and adds the scope to it. It tells a row that
// changed meanwhile, Stale, from one that is not in scope, NotFound.
func (tx *Tx) versioned(ctx context.Context, table, profileColumn string, scope plaza.Scope, id, update string, a args) error {
	update += ` AND ` + a.owned(scope, table+"."+profileColumn)
	n, err := tx.exec(ctx, update, a...)
	if err != nil || n > 0 {
		return err
	}
	var b args
	query := `SELECT count(*) FROM ` + table + ` WHERE id = ` + b.add(id) + ` AND ` + b.owned(scope, table+"."+profileColumn)
	there, err := tx.count(ctx, query, b...)
	switch {
	case err != nil:
		return err
	case there > 0:
		return plaza.Errorf(plaza.Stale, "error.stale")
	}
	return errNotFound()
}

// ProfileImpact returns what stands still when the profile with the given ID,
// which is in scope, does: what it and the profiles below it have that works now.
func (tx *Tx) ProfileImpact(ctx context.Context, scope plaza.Scope, id string, now time.Time) (i plaza.ProfileImpact, err error) {
	if _, err := tx.Profile(ctx, scope, id); err != nil {
		return i, err
	}
	const below = ` IN (SELECT profile_id FROM profile_tree WHERE ancestor_id = $1)`
	if i.Profiles, err = tx.count(ctx, `SELECT count(*) FROM profiles p WHERE NOT p.halted AND p.id`+below, id); err != nil {
		return i, err
	}
	if i.Licenses, err = tx.count(ctx, `
		SELECT count(*) FROM licenses l JOIN profiles p ON p.id = l.profile_id
		WHERE l.profile_id`+below+` AND `+licenseState("$2")+` IN ('active', 'expiring', 'grace')`, id, when(now)); err != nil {
		return i, err
	}
	const online = ` FROM connectagents a JOIN licenses l ON l.id = a.license_id JOIN profiles p ON p.id = a.profile_id
		JOIN pulses h ON h.id = a.activation_id
		WHERE a.profile_id` + below + ` AND l.ended_at IS NULL AND NOT p.halted AND h.goodbye_at IS NULL AND h.at >= $2`
	since := when(now.Add(-plaza.OnlineWithin))
	if i.Agents, err = tx.count(ctx, `SELECT count(*)`+online, id, since); err != nil {
		return i, err
	}
	if i.Names, err = collect(ctx, tx, scanID, `SELECT a.name`+online+` ORDER BY a.name_fold LIMIT 5`, id, since); err != nil {
		return i, err
	}
	i.Logins, err = tx.count(ctx, `
		SELECT count(*) FROM logins l JOIN profiles p ON p.id = l.profile_id
		WHERE l.profile_id`+below+` AND l.dashboard AND l.accepted_at IS NOT NULL AND l.disabled_at IS NULL AND NOT p.halted`, id)
	return i, err
}
