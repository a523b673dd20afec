package store

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// InsertPlan adds p to the catalogue; a second of the same name is a Conflict.
func (tx *Tx) InsertPlan(ctx context.Context, p plaza.Plan, created time.Time) error {
	err := tx.must(ctx, `
		INSERT INTO plans (id, kind, name, term_months, grace_days, trial, machines, created_at, terms,
			starts_activated, renews, bills_suspended, edition, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		p.ID, p.Kind, p.Name, p.TermMonths, p.GraceDays, p.Trial, p.Machines, when(created), p.Terms.String(),
		p.StartsActivated, p.Renews, p.BillsSuspended, p.Edition, p.Version)
	if err != nil {
		return err
	}
	return tx.insertPrices(ctx, p)
}

func (tx *Tx) insertPrices(ctx context.Context, p plaza.Plan) error {
	for _, m := range p.Prices {
		err := tx.must(ctx, `INSERT INTO plan_prices (plan_id, edition, currency, minor) VALUES ($1, $2, $3, $4)`, p.ID, p.Edition, m.Currency, m.Minor)
		if err != nil {
			return err
		}
	}
	return nil
}

// UpdatePlan writes what p is called and promises from now on, if it still has
// p.Version, or it is Stale. The prices of an edition before stay.
func (tx *Tx) UpdatePlan(ctx context.Context, p plaza.Plan) error {
	before, err := tx.Plan(ctx, p.ID)
	if err != nil {
		return err
	}
	n, err := tx.exec(ctx, `
		UPDATE plans SET name = $1, term_months = $2, grace_days = $3, trial = $4, machines = $5, terms = $6,
			starts_activated = $7, renews = $8, bills_suspended = $9, edition = $10, withdrawn_at = $11, version = version + 1
		WHERE id = $12 AND version = $13`,
		p.Name, p.TermMonths, p.GraceDays, p.Trial, p.Machines, p.Terms.String(), p.StartsActivated, p.Renews, p.BillsSuspended,
		p.Edition, when(p.Withdrawn), p.ID, p.Version)
	switch {
	case err != nil:
		return err
	case n == 0:
		return plaza.Errorf(plaza.Stale, "error.stale")
	case p.Edition == before.Edition:
		return nil
	}
	return tx.insertPrices(ctx, p)
}

const planColumns = `pl.id, pl.kind, pl.name, pl.term_months, pl.grace_days, pl.trial, pl.machines, pl.terms,
	pl.starts_activated, pl.renews, pl.bills_suspended, pl.edition, pl.withdrawn_at, pl.version`

func scanPlan(row scanner) (p plaza.Plan, err error) {
	var terms string
	err = row.Scan(&p.ID, &p.Kind, &p.Name, &p.TermMonths, &p.GraceDays, &p.Trial, &p.Machines, &terms,
		&p.StartsActivated, &p.Renews, &p.BillsSuspended, &p.Edition, at(&p.Withdrawn), &p.Version)
	if err == nil {
		p.Terms, err = plaza.ParseTerms(terms)
	}
	return p, err
}

// offered is the condition that a plan is offered to the profile in the column or
// placeholder of: neither it nor a profile above it has others chosen for it.
func offered(of string) string {
	return `NOT EXISTS (
		SELECT 1 FROM profile_tree t JOIN profiles a ON a.id = t.ancestor_id
		WHERE t.profile_id = ` + of + ` AND a.plans_chosen
		AND NOT EXISTS (SELECT 1 FROM plan_offers o WHERE o.profile_id = a.id AND o.plan_id = pl.id))`
}

// Plans returns the plans that are offered to the profile with the given ID,
// withdrawn ones too, by kind, the longest term last. To the vendor, all are.
func (tx *Tx) Plans(ctx context.Context, profile string) ([]plaza.Plan, error) {
	all, err := collect(ctx, tx, scanPlan, `
		SELECT `+planColumns+` FROM plans pl WHERE `+offered("$1")+`
		ORDER BY pl.kind, pl.trial DESC, pl.term_months, pl.name`, profile)
	if err != nil {
		return nil, err
	}
	return all, tx.addPrices(ctx, all)
}

// Plan returns one plan, or NotFound. It belongs to no profile.
func (tx *Tx) Plan(ctx context.Context, id string) (plaza.Plan, error) {
	return tx.priced(ctx, `SELECT `+planColumns+` FROM plans pl WHERE pl.id = $1`, id)
}

// PlanFor returns one plan if it is offered to the profile with the given ID, or
// NotFound. It stays as it is until this transaction ends: what is issued under it
// has what it promises.
func (tx *Tx) PlanFor(ctx context.Context, profile, id string) (plaza.Plan, error) {
	return tx.priced(ctx, `SELECT `+planColumns+` FROM plans pl WHERE pl.id = $1 AND `+offered("$2")+tx.forShare, id, profile)
}

// priced returns the one plan that a query is for, with its prices.
func (tx *Tx) priced(ctx context.Context, query string, args ...any) (plaza.Plan, error) {
	p, err := one(ctx, tx, scanPlan, query, args...)
	if err != nil {
		return p, err
	}
	all := []plaza.Plan{p}
	err = tx.addPrices(ctx, all)
	return all[0], err
}

// EditionPrices returns the prices of an edition of the plan with the given ID, which
// may be one before its newest.
func (tx *Tx) EditionPrices(ctx context.Context, plan string, edition int) ([]plaza.Money, error) {
	all, err := collect(ctx, tx, func(row scanner) (m plaza.Money, err error) {
		err = row.Scan(&m.Currency, &m.Minor)
		return m, err
	}, `SELECT currency, minor FROM plan_prices WHERE plan_id = $1 AND edition = $2`, plan, edition)
	plaza.SortMoney(all)
	return all, err
}

// addPrices gives each plan the prices of its edition.
func (tx *Tx) addPrices(ctx context.Context, plans []plaza.Plan) error {
	if len(plans) == 0 {
		return nil
	}
	at := map[string]int{}
	ids := make([]string, len(plans))
	for i, p := range plans {
		at[p.ID], ids[i] = i, p.ID
	}
	var a args
	_, err := collect(ctx, tx, func(row scanner) (m plaza.Money, err error) {
		var plan string
		err = row.Scan(&plan, &m.Currency, &m.Minor)
		if err == nil {
			plans[at[plan]].Prices = append(plans[at[plan]].Prices, m)
		}
		return m, err
	}, `
		SELECT c.plan_id, c.currency, c.minor FROM plan_prices c JOIN plans p ON p.id = c.plan_id AND p.edition = c.edition
		WHERE `+in(&a, "c.plan_id", ids)+` ORDER BY c.plan_id, c.currency`, a...)
	for _, p := range plans {
		plaza.SortMoney(p.Prices)
	}
	return err
}

// Offers returns which plans were chosen for the profile with the given ID, which
// is in scope, and whether any choice was made: if not, it has every plan that the
// profile above it has.
func (tx *Tx) Offers(ctx context.Context, scope plaza.Scope, profile string) (plans []string, chosen bool, err error) {
	var a args
	query := `SELECT p.plans_chosen FROM profiles p WHERE p.id = ` + a.add(profile) + ` AND ` + a.owned(scope, "p.id")
	chosen, err = one(ctx, tx, func(row scanner) (b bool, err error) {
		err = row.Scan(&b)
		return b, err
	}, query, a...)
	if err != nil {
		return nil, false, err
	}
	plans, err = collect(ctx, tx, scanID, `SELECT plan_id FROM plan_offers WHERE profile_id = $1 ORDER BY plan_id`, profile)
	return plans, chosen, err
}

// SetOffers writes which plans are chosen for p, or that none are, if it is in scope
// and still has p.Version; otherwise it is Stale or NotFound.
func (tx *Tx) SetOffers(ctx context.Context, scope plaza.Scope, p plaza.Profile, chosen bool, plans []string) error {
	a := args{chosen, p.ID, p.Version}
	err := tx.versioned(ctx, "profiles", "id", scope, p.ID, `
		UPDATE profiles SET plans_chosen = $1, version = version + 1 WHERE id = $2 AND version = $3`, a)
	if err != nil {
		return err
	}
	if err := tx.must(ctx, `DELETE FROM plan_offers WHERE profile_id = $1`, p.ID); err != nil {
		return err
	}
	for _, plan := range plans {
		if err := tx.must(ctx, `INSERT INTO plan_offers (profile_id, plan_id) VALUES ($1, $2)`, p.ID, plan); err != nil {
			return err
		}
	}
	return nil
}

// PlanUse returns how many licenses in scope that did not end there are under the
// plan with the given ID, and of how many the edition is another than its newest.
func (tx *Tx) PlanUse(ctx context.Context, scope plaza.Scope, id string) (all, older int, err error) {
	var a args
	query := `SELECT count(*), COALESCE(SUM(CASE WHEN l.edition <> pl.edition THEN 1 ELSE 0 END), 0)
		FROM licenses l JOIN plans pl ON pl.id = l.plan_id
		WHERE l.plan_id = ` + a.add(id) + ` AND l.ended_at IS NULL AND ` + a.within(scope, "l.profile_id")
	_, err = one(ctx, tx, func(row scanner) (struct{}, error) { return struct{}{}, row.Scan(&all, &older) }, query, a...)
	return all, older, err
}
