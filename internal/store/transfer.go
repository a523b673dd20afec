package store

import (
	"context"
	"database/sql"

	"github.com/pressly/goose/v3"

	"github.com/connectplaza/plaza"
)

// TransferLicense gives l, which is in scope and has its version, to l.Profile, with its
// ConnectAgent, what that is activated on, and what it told; otherwise it is Stale or
// NotFound. The key is sealed for its new place. An alarm ends, which mails whoever had
// it before, and so does the billing ID. Of its end nobody was told who has it now.
func (tx *Tx) TransferLicense(ctx context.Context, scope plaza.Scope, l plaza.License, sealed []byte) error {
	if err := tx.must(ctx, tx.deferKeys); err != nil {
		return err
	}
	err := tx.versioned(ctx, "licenses", "profile_id", scope, l.ID, `
		UPDATE licenses SET profile_id = $1, key_sealed = $2, updated_at = $3, billing_id = '', billing_id_fold = '', told_end = NULL, told_step = NULL,
			version = version + 1
		WHERE id = $4 AND version = $5`, args{l.Profile, sealed, when(l.Updated), l.ID, l.Version})
	if err != nil {
		return err
	}
	for _, table := range []string{"connectagents", "activations", "components", "processes"} {
		if err := tx.must(ctx, `UPDATE `+table+` SET profile_id = $1 WHERE license_id = $2`, l.Profile, l.ID); err != nil {
			return err
		}
	}
	for _, table := range []string{"agent_notifications", "agent_states"} {
		if err := tx.must(ctx, `UPDATE `+table+` SET profile_id = $1 WHERE agent_id = $2`, l.Profile, l.Agent); err != nil {
			return err
		}
	}
	if err := tx.must(ctx, `DELETE FROM agent_alarms WHERE agent_id = $1`, l.Agent); err != nil {
		return err
	}
	if err := tx.noteLicense(ctx, l.ID, l.Updated); err != nil {
		return err
	}
	return tx.changedLicense(ctx, l.ID, l.Updated)
}

// BilledFor returns the IDs of the profiles on whose statements a license may be, for
// what it was since it was made: those that held it, and those that these lay below.
func (tx *Tx) BilledFor(ctx context.Context, l plaza.License) ([]string, error) {
	return collect(ctx, tx, scanID, `
		SELECT DISTINCT w.ancestor_id FROM ledger f JOIN profile_places w ON w.profile_id = f.profile_id
		WHERE f.license_id = $1 AND (w.until_at IS NULL OR w.until_at > $2)`, l.ID, when(l.Created))
}

// deferrable lets PostgreSQL check only at the end of a transaction that asks for it
// whether what belongs to a license belongs to its profile; SQLite can anyway.
const deferrable = 17

// deferrableKeys is the migration that does.
func deferrableKeys(dialect goose.Dialect) *goose.Migration {
	up := func(ctx context.Context, tx *sql.Tx) error {
		if dialect != goose.DialectPostgres {
			return nil
		}
		_, err := tx.ExecContext(ctx, `
			DO $$
			DECLARE c record;
			BEGIN
				FOR c IN SELECT conrelid::regclass AS of, conname FROM pg_constraint
					WHERE contype = 'f' AND array_length(conkey, 1) = 2 AND conrelid IN ('connectagents'::regclass, 'activations'::regclass,
						'components'::regclass, 'processes'::regclass, 'agent_notifications'::regclass, 'agent_states'::regclass, 'agent_alarms'::regclass)
				LOOP
					EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I DEFERRABLE INITIALLY IMMEDIATE', c.of, c.conname);
				END LOOP;
			END $$`)
		return err
	}
	return goose.NewGoMigration(deferrable, &goose.GoFunc{RunTx: up}, nil)
}
