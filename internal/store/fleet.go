package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/connectplaza/plaza"
)

// FleetLicense is a license as the agents' API needs it.
type FleetLicense struct {
	plaza.License

	Terms     string // see [plaza.ParseTerms]
	Build     string // the version that a check last named
	Validated plaza.Pulse
	Digest    []byte // of its key
	Months    int    // of its plan
	PlanMade  time.Time
}

// FleetLicense returns the ConnectAgent's license whose key has the digest, or
// NotFound. The key proves the right to it.
func (tx *Tx) FleetLicense(ctx context.Context, digest []byte) (FleetLicense, error) {
	return tx.fleetLicense(ctx, "l.key_digest = $1", digest)
}

// FleetLicenseByID is FleetLicense for who has come in already and names a license
// in scope.
func (tx *Tx) FleetLicenseByID(ctx context.Context, scope plaza.Scope, id string) (FleetLicense, error) {
	a := args{id}
	where := "l.id = $1 AND "
	if own := scope.License(); own != "" {
		where += "l.id = " + a.add(own)
	} else {
		where += a.within(scope, "l.profile_id")
	}
	return tx.fleetLicense(ctx, where, a...)
}

const (
	fleetColumns = licenseColumns + `, a.id, a.name, l.terms, l.build, h.at, l.term_months, plan.created_at, l.key_digest`
	fleetFrom    = licenseFrom + ` JOIN connectagents a ON a.license_id = l.id LEFT JOIN pulses h ON h.id = l.id`
)

func scanFleetLicense(row scanner) (l FleetLicense, err error) {
	dest := append(licenseDest(&l.License), &l.Agent, &l.AgentName, &l.Terms, &l.Build, at(&l.Validated.At), &l.Months, at(&l.PlanMade), &l.Digest)
	err = row.Scan(dest...)
	l.Validated.ID = l.ID
	return l, err
}

func (tx *Tx) fleetLicense(ctx context.Context, where string, a ...any) (FleetLicense, error) {
	return one(ctx, tx, scanFleetLicense, `SELECT `+fleetColumns+` FROM `+fleetFrom+` WHERE l.kind = 'connectagent' AND `+where, a...)
}

// FleetLicenses returns the licenses in scope for ConnectAgents that have not ended
// and whose ID is after one, so many at most, in the order of their IDs.
func (tx *Tx) FleetLicenses(ctx context.Context, scope plaza.Scope, after string, most int) ([]FleetLicense, error) {
	a := args{after, most}
	return collect(ctx, tx, scanFleetLicense, `
		SELECT `+fleetColumns+` FROM `+fleetFrom+`
		WHERE l.id > $1 AND l.kind = 'connectagent' AND l.ended_at IS NULL AND `+a.within(scope, "l.profile_id")+` ORDER BY l.id LIMIT $2`, a...)
}

// FleetActivations returns the activations in scope that stand, of licenses that have
// not ended and whose ID is after one and up to another, by license, the newest first.
func (tx *Tx) FleetActivations(ctx context.Context, scope plaza.Scope, after, last string) ([]plaza.Activation, error) {
	a := args{after, last}
	return collect(ctx, tx, scanActivation, `SELECT `+activationColumns+activationFrom+`JOIN licenses l ON l.id = m.license_id
		WHERE m.license_id > $1 AND m.license_id <= $2 AND m.ended_at IS NULL AND l.ended_at IS NULL AND `+a.within(scope, "m.profile_id")+`
		ORDER BY m.license_id, m.created_at DESC, m.id DESC`, a...)
}

// HoldLicense keeps the license in scope as it is until the transaction ends, for
// whoever counts what it allows. Nobody else counts meanwhile. It returns NotFound
// if there is none.
func (tx *Tx) HoldLicense(ctx context.Context, scope plaza.Scope, id string) error {
	const own = `SELECT id FROM licenses WHERE id = $1`
	a := args{id}
	inScope := own + ` AND ` + a.ownLicense(scope)
	if scope.License() == "" && tx.forUpdate != "" { // whose it is may be changing: that is asked before and afterwards
		if _, err := one(ctx, tx, scanID, inScope, a...); err != nil {
			return err
		}
		if _, err := collect(ctx, tx, scanID, own+tx.forUpdate, id); err != nil {
			return err
		}
	}
	_, err := one(ctx, tx, scanID, inScope+tx.forUpdate, a...)
	return err
}

// SetBuild notes the version that a check of the license in scope last named.
func (tx *Tx) SetBuild(ctx context.Context, scope plaza.Scope, id, build string, now time.Time) error {
	a := args{build, id}
	if err := tx.found(ctx, `UPDATE licenses SET build = $1 WHERE id = $2 AND `+a.ownLicense(scope), a...); err != nil {
		return err
	}
	return tx.changedLicense(ctx, id, now)
}

// FleetHome returns whether the profile stands still, and how many days before an
// end it warns. What it returns is shown to nobody but the profile's own agents.
func (tx *Tx) FleetHome(ctx context.Context, profile string) (halted bool, warningDays int, err error) {
	type home struct {
		halted bool
		days   int
	}
	h, err := one(ctx, tx, func(row scanner) (h home, err error) {
		err = row.Scan(&h.halted, &h.days)
		return h, err
	}, `SELECT halted, warning_days FROM profiles WHERE id = $1`, profile)
	return h.halted, h.days, err
}

// ChangedLicense tells every node that something of a license, or of what hangs on
// it, is not as it was.
func (tx *Tx) ChangedLicense(ctx context.Context, id string, now time.Time) error {
	return tx.changedLicense(ctx, id, now)
}

func (tx *Tx) changedLicense(ctx context.Context, id string, now time.Time) error {
	if tx.watch != nil && tx.watch.changed != nil {
		tx.AfterCommit(func() { tx.watch.changed(id) })
	}
	return tx.must(ctx, `INSERT INTO fleet_changes (id, at, license_id) VALUES ($1, $2, $3)`, uuid.Must(uuid.NewV7()).String(), when(now), id)
}

// FleetChange says that something changed of which every node keeps a copy.
type FleetChange struct {
	ID      string
	License string // empty: whether some profile stands still
}

// FleetChanges returns what changed at since or later.
func (tx *Tx) FleetChanges(ctx context.Context, since time.Time) ([]FleetChange, error) {
	return collect(ctx, tx, func(row scanner) (c FleetChange, err error) {
		err = row.Scan(&c.ID, &c.License)
		return c, err
	}, `SELECT id, license_id FROM fleet_changes WHERE at >= $1`, when(since))
}

// DropFleetChanges forgets what changed before a time: every node has seen it.
func (tx *Tx) DropFleetChanges(ctx context.Context, before time.Time) error {
	return tx.must(ctx, `DELETE FROM fleet_changes WHERE at < $1`, when(before))
}
