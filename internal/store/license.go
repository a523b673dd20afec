package store

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
)

// LicenseKey is what is kept of a license's key.
type LicenseKey struct {
	Digest []byte // keyed, to find the license by
	Sealed []byte // encrypted
	Hint   string // its last characters
}

// InsertLicense adds l with its key. Whether its profile stands still stays as it is
// until this transaction ends, so that the ledger says what is so.
func (tx *Tx) InsertLicense(ctx context.Context, l plaza.License, key LicenseKey) error {
	if err := tx.ShareProfile(ctx, l.Profile); err != nil {
		return err
	}
	err := tx.insert(ctx, intoLicenses, licenseRow+`, (SELECT terms FROM plans WHERE id = ?))`, [][]any{append(licenseValues(l, key), l.Plan)})
	if err != nil {
		return err
	}
	return tx.noteLicense(ctx, l.ID, l.Created)
}

// InsertLicenses adds licenses with their keys, of profiles that do not stand still, under
// plans that stay as they are. The caller has called [Tx.HoldHalts] and [Tx.SharePlans].
func (tx *Tx) InsertLicenses(ctx context.Context, all []plaza.License, keys []LicenseKey) error {
	terms := map[string]string{}
	rows := make([][]any, len(all))
	for i, l := range all {
		if _, known := terms[l.Plan]; !known {
			of, err := one(ctx, tx, scanID, `SELECT terms FROM plans WHERE id = $1`, l.Plan)
			if err != nil {
				return err
			}
			terms[l.Plan] = of
		}
		rows[i] = append(licenseValues(l, keys[i]), terms[l.Plan])
	}
	if err := tx.insert(ctx, intoLicenses, licenseRow+`, ?)`, rows); err != nil {
		return err
	}
	return tx.noteNew(ctx, all)
}

const (
	intoLicenses = `licenses (id, profile_id, plan_id, kind, name, name_fold, key_digest, key_sealed, key_hint,
			starts_at, ends_at, grace_ends_at, grace_days, machines, trial, created_at, updated_at,
			edition, term_months, renews, bills_suspended, awaits, suspend_reason, version, terms)`
	licenseRow = `(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 1`
)

// licenseValues returns what stands for licenseRow.
func licenseValues(l plaza.License, key LicenseKey) []any {
	return []any{
		l.ID, l.Profile, l.Plan, l.Kind, l.Name, fold(l.Name), key.Digest, key.Sealed, key.Hint,
		when(l.Starts), when(l.Ends), when(l.GraceEnds()), l.GraceDays, l.Machines, l.Trial, when(l.Created), when(l.Created),
		l.Edition, l.TermMonths, l.Renews, l.BillsSuspended, l.Awaits,
	}
}

const (
	licenseColumns = `
		l.id, l.profile_id, p.name, l.kind, l.name, l.plan_id, plan.name, l.key_hint,
		l.starts_at, l.ends_at, l.grace_days, l.machines, l.trial, l.created_at,
		l.suspended_at, l.suspend_reason, l.ended_at, p.warning_days, p.halted, l.version, COALESCE(l.updated_at, l.created_at), l.checked_out_at,
		l.edition, l.term_months, l.renews, l.bills_suspended, l.awaits, l.billing_id`
	licenseFrom = `
		licenses l JOIN profiles p ON p.id = l.profile_id JOIN plans plan ON plan.id = l.plan_id`
)

func licenseDest(l *plaza.License) []any {
	return []any{
		&l.ID, &l.Profile, &l.ProfileName, &l.Kind, &l.Name, &l.Plan, &l.PlanName, &l.KeyHint,
		at(&l.Starts), at(&l.Ends), &l.GraceDays, &l.Machines, &l.Trial, at(&l.Created),
		at(&l.Suspended), &l.SuspendReason, at(&l.Ended), &l.WarningDays, &l.Halted, &l.Version, at(&l.Updated), at(&l.CheckedOut),
		&l.Edition, &l.TermMonths, &l.Renews, &l.BillsSuspended, &l.Awaits, &l.BillingID,
	}
}

func scanLicense(row scanner) (l plaza.License, err error) {
	err = row.Scan(append(licenseDest(&l), &l.Agent, &l.AgentName)...)
	return l, err
}

const (
	licenseAgentColumns = `, COALESCE(a.id, ''), COALESCE(a.name, '')`
	licenseAgentFrom    = ` LEFT JOIN connectagents a ON a.license_id = l.id`
)

// licenseState is [plaza.License.State] in SQL, of license l of profile p at the
// time that the placeholder now stands for.
func licenseState(now string) string {
	return `(CASE
		WHEN l.ended_at IS NOT NULL THEN 'ended'
		WHEN l.suspended_at IS NOT NULL OR p.halted THEN 'suspended'
		WHEN l.starts_at > ` + now + ` THEN 'scheduled'
		WHEN l.ends_at IS NULL OR l.renews THEN 'active'
		WHEN l.grace_ends_at <= ` + now + ` THEN 'expired'
		WHEN l.ends_at <= ` + now + ` THEN 'grace'
		WHEN l.ends_at - p.warning_days * 86400000000 <= ` + now + ` THEN 'expiring'
		ELSE 'active' END)`
}

// License returns the license with the given ID, or NotFound if there is none in
// scope.
func (tx *Tx) License(ctx context.Context, scope plaza.Scope, id string) (plaza.License, error) {
	var a args
	query := `
		SELECT ` + licenseColumns + licenseAgentColumns + ` FROM ` + licenseFrom + licenseAgentFrom + `
		WHERE l.id = ` + a.add(id) + ` AND ` + a.owned(scope, "l.profile_id")
	return one(ctx, tx, scanLicense, query, a...)
}

// LicenseTerms returns the terms of a license in scope, or NotFound.
func (tx *Tx) LicenseTerms(ctx context.Context, scope plaza.Scope, id string) (plaza.Terms, error) {
	var a args
	query := `SELECT l.terms FROM licenses l WHERE l.id = ` + a.add(id) + ` AND ` + a.owned(scope, "l.profile_id")
	return one(ctx, tx, func(row scanner) (plaza.Terms, error) {
		var terms string
		if err := row.Scan(&terms); err != nil {
			return plaza.Terms{}, err
		}
		return plaza.ParseTerms(terms)
	}, query, a...)
}

// LicenseKeySealed returns the encrypted key of a license in scope, or NotFound.
func (tx *Tx) LicenseKeySealed(ctx context.Context, scope plaza.Scope, id string) ([]byte, error) {
	var a args
	query := `SELECT l.key_sealed FROM licenses l WHERE l.id = ` + a.add(id) + ` AND ` + a.owned(scope, "l.profile_id")
	return one(ctx, tx, func(row scanner) (b []byte, err error) {
		err = row.Scan(&b)
		return b, err
	}, query, a...)
}

// Licenses returns those of the licenses in scope that f chooses at now. Sorts:
// name, profile, kind, plan, starts, ends, created.
func (tx *Tx) Licenses(ctx context.Context, scope plaza.Scope, f plaza.LicenseFilter, p plaza.Page, now time.Time) (plaza.List[plaza.License], error) {
	const never = "9223372036854775807" // after every end
	l := listing[plaza.License]{
		columns: licenseColumns + licenseAgentColumns,
		from:    licenseFrom + licenseAgentFrom,
		id:      "l.id",
		texts:   map[string]string{"name": "l.name_fold", "profile": "p.name_fold", "kind": "l.kind", "plan": "plan.name"},
		times:   map[string]string{"starts": "l.starts_at", "ends": "COALESCE(l.ends_at, " + never + ")", "created": "l.created_at"},
		first:   "-created",
		scan:    scanLicense,
	}
	l.and(l.within(scope, "l.profile_id"))
	if f.Profile != "" {
		l.and("l.profile_id = " + l.add(f.Profile))
	}
	if f.Text != "" {
		l.and(l.like(f.Text, "l.name_fold", "p.name_fold", "COALESCE(a.name_fold, '')", "LOWER(l.key_hint)", "l.billing_id_fold"))
	}
	if len(f.Kinds) > 0 {
		l.and(in(&l.args, "l.kind", f.Kinds))
	}
	if f.Plan != "" {
		l.and("l.plan_id = " + l.add(f.Plan))
	}
	if !f.EndsFrom.IsZero() {
		l.and("l.ends_at >= " + l.add(when(f.EndsFrom)))
	}
	if !f.EndsTill.IsZero() {
		l.and("l.ends_at < " + l.add(when(f.EndsTill)))
	}
	states := f.States
	if len(states) == 0 {
		states = plaza.PresentStates()
	}
	l.and(in(&l.args, licenseState("CAST("+l.add(when(now))+" AS BIGINT)"), states))
	return l.page(ctx, tx, p)
}

// LicenseCounts returns how many licenses in scope there are of each kind in
// each state at now.
func (tx *Tx) LicenseCounts(ctx context.Context, scope plaza.Scope, now time.Time) ([]plaza.LicenseCount, error) {
	var a args
	query := `SELECT l.kind, ` + licenseState("CAST("+a.add(when(now))+" AS BIGINT)") + ` AS state, count(*)
		FROM licenses l JOIN profiles p ON p.id = l.profile_id
		WHERE ` + a.within(scope, "l.profile_id") + ` GROUP BY l.kind, state`
	return collect(ctx, tx, func(row scanner) (c plaza.LicenseCount, err error) {
		err = row.Scan(&c.Kind, &c.State, &c.Count)
		return c, err
	}, query, a...)
}

// LicenseEnds returns when the terms of the licenses in scope end that were not
// ended for good, from one time to another.
func (tx *Tx) LicenseEnds(ctx context.Context, scope plaza.Scope, from, till time.Time) ([]time.Time, error) {
	var a args
	query := `SELECT l.ends_at FROM licenses l
		WHERE ` + a.within(scope, "l.profile_id") + ` AND l.ended_at IS NULL
		AND l.ends_at >= ` + a.add(when(from)) + ` AND l.ends_at < ` + a.add(when(till)) + ` ORDER BY l.ends_at`
	return collect(ctx, tx, func(row scanner) (t time.Time, err error) {
		err = row.Scan(at(&t))
		return t, err
	}, query, a...)
}

// SetLicenseHalt writes whether l is suspended, and why, and whether it ended, and
// that it was updated.
func (tx *Tx) SetLicenseHalt(ctx context.Context, scope plaza.Scope, l plaza.License) error {
	a := args{when(l.Suspended), l.SuspendReason, when(l.Ended), when(l.Updated), l.ID, l.Version}
	err := tx.versioned(ctx, "licenses", "profile_id", scope, l.ID, `
		UPDATE licenses SET suspended_at = $1, suspend_reason = $2, ended_at = $3, updated_at = $4, version = version + 1
		WHERE id = $5 AND version = $6`, a)
	if err != nil {
		return err
	}
	if err := tx.noteLicense(ctx, l.ID, l.Updated); err != nil {
		return err
	}
	return tx.changedLicense(ctx, l.ID, l.Updated)
}

// SetLicenseBilling writes what another system calls l, as people of the profile by say, if
// l is in scope and still has its version; otherwise it is Stale or NotFound.
func (tx *Tx) SetLicenseBilling(ctx context.Context, scope plaza.Scope, l plaza.License, by string) error {
	return tx.versioned(ctx, "licenses", "profile_id", scope, l.ID, `
		UPDATE licenses SET billing_id = $1, billing_id_fold = $2, billing_by = $3, version = version + 1 WHERE id = $4 AND version = $5`,
		args{l.BillingID, fold(l.BillingID), by, l.ID, l.Version})
}

// ForgetLicenseBilling takes away what another system calls the licenses that a profile
// and those below it hold, as somebody said who is none of them, and returns of how many.
func (tx *Tx) ForgetLicenseBilling(ctx context.Context, profile string) (int, error) {
	const below = ` IN (SELECT t.profile_id FROM profile_tree t WHERE $1 = t.ancestor_id)`
	n, err := tx.exec(ctx, `
		UPDATE licenses SET billing_id = '', billing_id_fold = '', version = version + 1
		WHERE billing_id <> '' AND profile_id`+below+` AND billing_by NOT`+below, profile)
	return int(n), err
}

// DeleteLicense removes l, with its ConnectAgent, of which nothing was ever activated, if
// it is in scope and still has its version; otherwise it is Stale or NotFound. Nothing
// of it is billed.
func (tx *Tx) DeleteLicense(ctx context.Context, scope plaza.Scope, l plaza.License, now time.Time) error {
	for _, table := range []string{"agent_alarms", "agent_states"} {
		if err := tx.must(ctx, `DELETE FROM `+table+` WHERE agent_id = $1`, l.Agent); err != nil {
			return err
		}
	}
	for _, of := range []string{"connectagents", "ledger"} {
		if err := tx.must(ctx, `DELETE FROM `+of+` WHERE license_id = $1`, l.ID); err != nil {
			return err
		}
	}
	if err := tx.versioned(ctx, "licenses", "profile_id", scope, l.ID, `DELETE FROM licenses WHERE id = $1 AND version = $2`, args{l.ID, l.Version}); err != nil {
		return err
	}
	return tx.changedLicense(ctx, l.ID, now)
}

// DueRenewals returns the IDs of the first n licenses in scope that renew by themselves
// and end before a time.
func (tx *Tx) DueRenewals(ctx context.Context, scope plaza.Scope, before time.Time, n int) ([]string, error) {
	var a args
	query := `SELECT l.id FROM licenses l
		WHERE l.renews AND l.ended_at IS NULL AND l.suspended_at IS NULL AND l.ends_at < ` + a.add(when(before)) + `
		AND ` + a.within(scope, "l.profile_id") + ` ORDER BY l.ends_at, l.id LIMIT ` + a.add(n)
	return collect(ctx, tx, scanID, query, a...)
}

// SetLicenseTerm writes which plan l is under and what it promises, and from when
// to when, if l is in scope and still has l.Version; otherwise it is Stale or
// NotFound. The terms of its plan come with it where the edition is another.
func (tx *Tx) SetLicenseTerm(ctx context.Context, scope plaza.Scope, l plaza.License) error {
	a := args{
		l.Plan, l.Edition, when(l.Starts), when(l.Ends), when(l.GraceEnds()), l.GraceDays, l.Machines, l.Trial,
		l.TermMonths, l.Renews, l.BillsSuspended, l.Awaits, when(l.Updated), l.ID, l.Version,
	}
	err := tx.versioned(ctx, "licenses", "profile_id", scope, l.ID, `
		UPDATE licenses SET
			terms = CASE WHEN plan_id = $1 AND edition = $2 THEN terms ELSE (SELECT terms FROM plans WHERE id = $1) END,
			plan_id = $1, edition = $2, starts_at = $3, ends_at = $4, grace_ends_at = $5, grace_days = $6, machines = $7, trial = $8,
			term_months = $9, renews = $10, bills_suspended = $11, awaits = $12, updated_at = $13, version = version + 1
		WHERE id = $14 AND version = $15`, a)
	if err != nil {
		return err
	}
	if err := tx.noteLicense(ctx, l.ID, l.Updated); err != nil {
		return err
	}
	return tx.changedLicense(ctx, l.ID, l.Updated)
}

// BeginTerm writes from when to when l is, whose term begins with its first
// activation, and which is held, see [Tx.HoldLicense].
func (tx *Tx) BeginTerm(ctx context.Context, l plaza.License) error {
	err := tx.must(ctx, `
		UPDATE licenses SET awaits = FALSE, starts_at = $1, ends_at = $2, grace_ends_at = $3, version = version + 1 WHERE id = $4 AND awaits`,
		when(l.Starts), when(l.Ends), when(l.GraceEnds()), l.ID)
	if err != nil {
		return err
	}
	return tx.noteLicense(ctx, l.ID, l.Starts)
}
