package store

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/connectplaza/plaza"
)

// noteLicense adds to the ledger how a license, which was just written, stands from
// now on. Whatever changes one calls it, in the same transaction.
func (tx *Tx) noteLicense(ctx context.Context, id string, now time.Time) error {
	return tx.note(ctx, `l.id = $1`, id, now)
}

// noteNew is noteLicense for licenses that were just made, in profiles that do not stand
// still: what note would find of them, without looking.
func (tx *Tx) noteNew(ctx context.Context, all []plaza.License) error {
	rows := make([][]any, len(all))
	for i, l := range all {
		until := when(l.GraceEnds())
		if l.Renews {
			until = nil
		}
		rows[i] = []any{l.ID, l.Profile, when(l.Created), l.Plan, l.Edition, l.Kind, when(l.Starts), until, l.BillsSuspended, l.Trial}
	}
	return tx.insert(ctx, `ledger (license_id, number, profile_id, at, plan_id, edition, kind, starts_at, grace_ends_at,
			suspended, bills_suspended, ended, trial)`, `(?, 1, ?, ?, ?, ?, ?, ?, ?, FALSE, ?, FALSE, ?)`, rows)
}

// noteLicensesBelow is noteLicense for all licenses of a profile and of those below,
// after it was written which of them stand still. Whoever is changing one of them is
// waited for: what was read of a license before it changed would be wrong.
func (tx *Tx) noteLicensesBelow(ctx context.Context, profile string, now time.Time) error {
	const below = `l.profile_id IN (SELECT t.profile_id FROM profile_tree t WHERE $1 = t.ancestor_id)`
	if tx.forUpdate != "" {
		if _, err := collect(ctx, tx, scanID, `SELECT l.id FROM licenses l WHERE `+below+` ORDER BY l.id`+tx.forUpdate, profile); err != nil {
			return err
		}
	}
	return tx.note(ctx, below, profile, now)
}

// note adds a row to the ledger for each license that a condition on l chooses and that
// stands otherwise than its last row says. Its time is not before that of the row
// before, whatever the clock does.
func (tx *Tx) note(ctx context.Context, which, arg string, now time.Time) error {
	return tx.must(ctx, `
		INSERT INTO ledger (license_id, number, profile_id, at, plan_id, edition, kind, starts_at, grace_ends_at,
			suspended, bills_suspended, ended, trial)
		SELECT s.id, COALESCE(f.number, 0) + 1, s.profile_id, CASE WHEN f.at > $2 THEN f.at ELSE $2 END, s.plan_id, s.edition, s.kind,
			s.starts_at, s.until_at, s.stands, s.bills_suspended, s.is_ended, s.trial
		FROM (
			SELECT l.id, l.profile_id, l.plan_id, l.edition, l.kind, l.starts_at, l.bills_suspended, l.trial,
				CASE WHEN l.renews THEN NULL ELSE l.grace_ends_at END AS until_at,
				(l.suspended_at IS NOT NULL OR p.halted) AS stands, (l.ended_at IS NOT NULL) AS is_ended
			FROM licenses l JOIN profiles p ON p.id = l.profile_id WHERE `+which+`
		) s LEFT JOIN ledger f ON f.license_id = s.id AND f.number = (SELECT max(g.number) FROM ledger g WHERE g.license_id = s.id)
		WHERE f.number IS NULL OR f.profile_id <> s.profile_id OR f.plan_id <> s.plan_id OR f.edition <> s.edition
			OR f.starts_at <> s.starts_at OR f.grace_ends_at IS DISTINCT FROM s.until_at OR f.suspended <> s.stands
			OR f.bills_suspended <> s.bills_suspended OR f.ended <> s.is_ended OR f.trial <> s.trial`, arg, when(now))
}

// MovePlaces writes that from now on the profile with the given ID, and all below it,
// lie where profile_tree says, for statements. Whoever writes that calls it. A place
// that lasted no time was none.
func (tx *Tx) MovePlaces(ctx context.Context, profile string, now time.Time) error {
	const (
		below = `profile_id IN (SELECT b.profile_id FROM profile_tree b WHERE $1 = b.ancestor_id)`
		left  = ` WHERE until_at IS NULL AND ` + below + `
			AND NOT EXISTS (SELECT 1 FROM profile_tree t WHERE t.ancestor_id = profile_places.ancestor_id
				AND t.profile_id = profile_places.profile_id AND t.depth = profile_places.depth)`
	)
	if err := tx.must(ctx, `DELETE FROM profile_places`+left+` AND since_at >= $2`, profile, when(now)); err != nil {
		return err
	}
	err := tx.must(ctx, `
		UPDATE profile_places SET until_at = $2, name = (SELECT p.name FROM profiles p WHERE p.id = profile_places.profile_id)`+left, profile, when(now))
	if err != nil {
		return err
	}
	return tx.must(ctx, `
		INSERT INTO profile_places (ancestor_id, profile_id, depth, since_at)
		SELECT t.ancestor_id, t.profile_id, t.depth, CAST($2 AS BIGINT) FROM profile_tree t
		WHERE t.`+below+`
			AND NOT EXISTS (SELECT 1 FROM profile_places o WHERE o.ancestor_id = t.ancestor_id AND o.profile_id = t.profile_id AND o.until_at IS NULL)`,
		profile, when(now))
}

// placed is the condition that the profile in column lay below the profile with the ID
// $1, which is in scope, at some time from $2 till $3.
func (a *args) placed(scope plaza.Scope, column string) string {
	return column + ` IN (SELECT w.profile_id FROM profile_places w WHERE $1 = w.ancestor_id AND w.since_at < $3
		AND (w.until_at IS NULL OR w.until_at > $2) AND ` + a.within(scope, "w.ancestor_id") + `)`
}

// Facts returns how licenses stood from one time till another that profiles held which
// then lay below the one with the given ID, or it itself, if that is in scope: of each
// license together, in their order, beginning with what held at first. Those of which
// nothing was billed then are left out.
func (tx *Tx) Facts(ctx context.Context, scope plaza.Scope, profile string, from, till time.Time) ([]plaza.Fact, error) {
	a := args{profile, when(from), when(till)}
	query := `
		SELECT f.license_id, f.profile_id, f.at, f.plan_id, f.edition, f.kind, f.starts_at, f.grace_ends_at,
			f.suspended, f.bills_suspended, f.ended, f.trial
		FROM ledger f
		WHERE f.license_id IN (SELECT h.license_id FROM ledger h WHERE ` + a.placed(scope, "h.profile_id") + `)
		AND f.at < $3 AND (f.at >= $2 OR f.number = (SELECT max(g.number) FROM ledger g WHERE g.license_id = f.license_id AND g.at < $2))
		AND NOT (f.at < $2 AND (f.ended OR f.grace_ends_at IS NOT NULL AND f.grace_ends_at <= $2 OR f.suspended AND NOT f.bills_suspended))
		ORDER BY f.license_id, f.number`
	return collect(ctx, tx, func(row scanner) (f plaza.Fact, err error) {
		err = row.Scan(&f.License, &f.Profile, at(&f.At), &f.Plan, &f.Edition, &f.Kind, at(&f.Starts), at(&f.Until),
			&f.Suspended, &f.BillsSuspended, &f.Ended, &f.Trial)
		return f, err
	}, query, a...)
}

// Places returns where profiles lay below the one with the given ID, or it itself, from
// one time till another, if that is in scope. They are called as the viewer knows them:
// one that lies no more below the profile with the viewer's ID, as it was called when it left.
func (tx *Tx) Places(ctx context.Context, scope plaza.Scope, viewer, profile string, from, till time.Time) ([]plaza.Place, error) {
	a := args{profile, when(from), when(till), viewer}
	query := `
		SELECT w.profile_id, c.ancestor_id, COALESCE((
				SELECT CASE WHEN n.until_at IS NULL THEN p.name ELSE n.name END FROM profile_places n
				WHERE n.profile_id = c.ancestor_id AND $4 = n.ancestor_id AND n.since_at < $3 AND (n.until_at IS NULL OR n.until_at > $2)
				ORDER BY n.since_at DESC LIMIT 1), ''),
			CASE WHEN c.since_at > w.since_at THEN c.since_at ELSE w.since_at END,
			CASE WHEN w.until_at IS NULL OR c.until_at < w.until_at THEN c.until_at ELSE w.until_at END
		FROM profile_places w
			JOIN profile_places c ON c.profile_id = w.profile_id AND c.depth = CASE WHEN w.depth = 0 THEN 0 ELSE w.depth - 1 END
			JOIN profiles p ON p.id = c.ancestor_id
		WHERE $1 = w.ancestor_id AND w.since_at < $3 AND (w.until_at IS NULL OR w.until_at > $2) AND ` + a.within(scope, "w.ancestor_id") + `
		AND (w.until_at IS NULL OR c.since_at < w.until_at) AND (c.until_at IS NULL OR w.since_at < c.until_at)
		ORDER BY w.profile_id, w.since_at, c.since_at`
	return collect(ctx, tx, func(row scanner) (p plaza.Place, err error) {
		err = row.Scan(&p.Profile, &p.Part, &p.PartName, at(&p.Since), at(&p.Until))
		return p, err
	}, query, a...)
}

// Stays returns when the profile with the given ID, which is in scope, lay directly below
// the same one, in order; and when anybody above it changed, in order.
func (tx *Tx) Stays(ctx context.Context, scope plaza.Scope, profile string) (stays []plaza.Stay, moves []time.Time, err error) {
	a := args{profile}
	within := ` AND ` + a.within(scope, "w.profile_id")
	stays, err = collect(ctx, tx, scanStay, `
		SELECT w.since_at, w.until_at FROM profile_places w JOIN profiles p ON p.id = w.profile_id
		WHERE w.profile_id = $1 AND w.depth = CASE WHEN p.parent_id IS NULL THEN 0 ELSE 1 END`+within+`
		ORDER BY w.since_at`, a...)
	if err != nil {
		return nil, nil, err
	}
	moves, err = collect(ctx, tx, func(row scanner) (t time.Time, err error) {
		err = row.Scan(at(&t))
		return t, err
	}, `SELECT DISTINCT w.since_at FROM profile_places w WHERE w.profile_id = $1`+within+` ORDER BY w.since_at`, a...)
	if len(moves) > 0 { // when it was made nobody moved
		moves = moves[1:]
	}
	return stays, moves, err
}

// Sight returns when the profile with the given ID lay in scope, in order; and what it is
// called, or was when it left. Kinds: NotFound, if it never did.
func (tx *Tx) Sight(ctx context.Context, scope plaza.Scope, profile string) (name string, seen []plaza.Stay, err error) {
	root := scope.Root()
	if scope.All() {
		root = profile
	}
	rows, err := collect(ctx, tx, func(row scanner) (f former, err error) {
		err = row.Scan(at(&f.Since), at(&f.Until), &f.name)
		return f, err
	}, `
		SELECT w.since_at, w.until_at, CASE WHEN w.until_at IS NULL THEN p.name ELSE w.name END
		FROM profile_places w JOIN profiles p ON p.id = w.profile_id
		WHERE w.profile_id = $1 AND w.ancestor_id = $2 ORDER BY w.since_at`, profile, root)
	if err == nil && len(rows) == 0 {
		err = plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	for _, f := range rows {
		if n := len(seen); n > 0 && seen[n-1].Until.Equal(f.Since) { // it only lay deeper, or less deep
			seen[n-1].Until = f.Until
		} else {
			seen = append(seen, f.Stay)
		}
		name = f.name
	}
	return name, seen, err
}

// former is when a profile lay somewhere, and what it was called in the end.
type former struct {
	plaza.Stay

	name string
}

// Formers returns the profiles that once lay below the one with the given ID, which is in
// scope, and do no more: what left last first.
func (tx *Tx) Formers(ctx context.Context, scope plaza.Scope, profile string) ([]plaza.Former, error) {
	a := args{profile}
	return collect(ctx, tx, func(row scanner) (f plaza.Former, err error) {
		err = row.Scan(&f.Profile, &f.Name, at(&f.Left), &f.Itself)
		return f, err
	}, `
		SELECT w.profile_id, w.name, w.until_at,
			EXISTS (SELECT 1 FROM profile_places d WHERE d.profile_id = w.profile_id AND d.depth = 1 AND d.until_at = w.until_at)
		FROM profile_places w
		WHERE $1 = w.ancestor_id AND w.until_at IS NOT NULL AND `+a.within(scope, "w.ancestor_id")+`
			AND NOT EXISTS (SELECT 1 FROM profile_places n WHERE n.ancestor_id = w.ancestor_id AND n.profile_id = w.profile_id AND n.since_at > w.since_at)
		ORDER BY w.until_at DESC, w.profile_id`, a...)
}

func scanStay(row scanner) (s plaza.Stay, err error) {
	err = row.Scan(at(&s.Since), at(&s.Until))
	return s, err
}

// Running returns when licenses were activated on a machine, from one time till
// another, that profiles ever held which then lay below the one with the given ID, or it
// itself, if that is in scope.
func (tx *Tx) Running(ctx context.Context, scope plaza.Scope, profile string, from, till time.Time) ([]plaza.Running, error) {
	a := args{profile, when(from), when(till)}
	query := `
		SELECT m.license_id, m.created_at, m.ended_at FROM activations m
		WHERE m.created_at < $3 AND (m.ended_at IS NULL OR m.ended_at > $2)
			AND m.license_id IN (SELECT h.license_id FROM ledger h WHERE ` + a.placed(scope, "h.profile_id") + `)`
	return collect(ctx, tx, func(row scanner) (r plaza.Running, err error) {
		err = row.Scan(&r.License, at(&r.Since), at(&r.Until))
		return r, err
	}, query, a...)
}

// PlanPrices returns what the editions of plans that facts are of cost in a currency.
func (tx *Tx) PlanPrices(ctx context.Context, currency plaza.Currency, facts []plaza.Fact) ([]plaza.PlanPrice, error) {
	type edition struct {
		plan   string
		number int
	}
	editions, plans := map[edition]bool{}, map[string]plaza.PlanPrice{}
	for _, f := range facts {
		editions[edition{f.Plan, f.Edition}] = true
		plans[f.Plan] = plaza.PlanPrice{}
	}
	if len(plans) == 0 {
		return nil, nil
	}
	a := args{currency}
	query := `
		SELECT pl.id, pl.name, pl.kind, COALESCE(c.edition, 0), COALESCE(c.minor, 0)
		FROM plans pl LEFT JOIN plan_prices c ON c.plan_id = pl.id AND c.currency = $1 WHERE `
	prices, err := collect(ctx, tx, func(row scanner) (p plaza.PlanPrice, err error) {
		p.Price.Currency = currency
		err = row.Scan(&p.Plan, &p.Name, &p.Kind, &p.Edition, &p.Price.Minor)
		return p, err
	}, query+in(&a, "pl.id", slices.Sorted(maps.Keys(plans))), a...)
	if err != nil {
		return nil, err
	}
	var all []plaza.PlanPrice
	for _, p := range prices {
		plans[p.Plan] = p
		if key := (edition{p.Plan, p.Edition}); editions[key] {
			p.Known = true
			all = append(all, p)
			delete(editions, key)
		}
	}
	for e := range editions { // without a price in this currency
		p := plans[e.plan]
		p.Edition, p.Price.Minor = e.number, 0
		all = append(all, p)
	}
	return all, nil
}
