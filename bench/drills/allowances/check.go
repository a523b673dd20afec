package main

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/connectplaza/plaza/internal/store"
)

// profile is what is known of a profile from its own row.
type profile struct {
	id, parent      string
	stopped, halted bool // itself; as it is kept
}

// moment is everything there is, as it was at one time.
type moment struct {
	profiles map[string]profile
	tree     map[[2]string]int // the depth of what lies below what
	licenses []license
	bounds   []bound
}

type license struct{ profile, kind, plan string }

type bound struct {
	profile, kind, plan string
	most                int
}

// check returns what is wrong with what is in the database now; empty if nothing is.
func (w *world) check(ctx context.Context) (string, error) {
	m, err := w.look(ctx)
	if err != nil {
		return "", err
	}
	return m.fault(), nil
}

// look reads everything in one moment.
func (w *world) look(ctx context.Context) (m moment, err error) {
	opts := &sql.TxOptions{ReadOnly: true}
	if store.IsPostgres(w.address) {
		opts.Isolation = sql.LevelRepeatableRead
	}
	tx, err := w.raw.BeginTx(ctx, opts)
	if err != nil {
		return m, err
	}
	defer tx.Rollback() //nolint:errcheck // it only read
	m.profiles, m.tree = map[string]profile{}, map[[2]string]int{}
	for _, r := range []struct {
		query string
		scan  func(*sql.Rows) error
	}{
		{`SELECT id, COALESCE(parent_id, ''), suspended_at IS NOT NULL OR closed_at IS NOT NULL, halted FROM profiles`, func(rows *sql.Rows) error {
			var p profile
			err := rows.Scan(&p.id, &p.parent, &p.stopped, &p.halted)
			m.profiles[p.id] = p
			return err
		}},
		{`SELECT ancestor_id, profile_id, depth FROM profile_tree`, func(rows *sql.Rows) error {
			var pair [2]string
			var depth int
			err := rows.Scan(&pair[0], &pair[1], &depth)
			m.tree[pair] = depth
			return err
		}},
		{`SELECT profile_id, kind, plan_id FROM licenses WHERE ended_at IS NULL`, func(rows *sql.Rows) error {
			var l license
			err := rows.Scan(&l.profile, &l.kind, &l.plan)
			m.licenses = append(m.licenses, l)
			return err
		}},
		{`SELECT profile_id, kind, COALESCE(plan_id, ''), most + overage FROM allowances`, func(rows *sql.Rows) error {
			var b bound
			err := rows.Scan(&b.profile, &b.kind, &b.plan, &b.most)
			m.bounds = append(m.bounds, b)
			return err
		}},
	} {
		if err := each(ctx, tx, r.query, r.scan); err != nil {
			return m, err
		}
	}
	return m, nil
}

func each(ctx context.Context, tx *sql.Tx, query string, scan func(*sql.Rows) error) error {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// fault works out from the parents alone how all ought to be, and returns what is not;
// empty if everything is.
func (m moment) fault() string {
	pairs := 0
	used := map[bound]int{}
	for _, p := range m.profiles {
		stopped, depth := false, 0
		for at := p; ; at, depth = m.profiles[at.parent], depth+1 {
			stopped = stopped || at.stopped
			if kept, ok := m.tree[[2]string{at.id, p.id}]; !ok || kept != depth {
				return fmt.Sprintf("%s lies %d below %s, and the tree says %d, %t", p.id, depth, at.id, kept, ok)
			}
			if pairs++; at.parent == "" {
				break
			}
		}
		if stopped != p.halted {
			return fmt.Sprintf("%s stands still: %t, and it is kept as %t", p.id, stopped, p.halted)
		}
	}
	if pairs != len(m.tree) {
		return fmt.Sprintf("the tree has %d rows, and there ought to be %d", len(m.tree), pairs)
	}
	for _, l := range m.licenses {
		for id := l.profile; id != ""; id = m.profiles[id].parent {
			for _, b := range m.bounds {
				if b.profile == id && (b.kind == l.kind || b.plan == l.plan) {
					used[b]++
				}
			}
		}
	}
	for b, n := range used {
		if n > b.most {
			return fmt.Sprintf("%d of %d %s%s are used below %s", n, b.most, b.kind, b.plan, b.profile)
		}
	}
	return ""
}
