package store

import "context"

// Setting returns the value of a setting of the whole installation; empty if it
// was never set.
func (tx *Tx) Setting(ctx context.Context, name string) (string, error) {
	all, err := collect(ctx, tx, func(row scanner) (s string, err error) {
		err = row.Scan(&s)
		return s, err
	}, `SELECT value FROM settings WHERE name = $1`, name)
	if err != nil || len(all) == 0 {
		return "", err
	}
	return all[0], nil
}

// PutSetting sets a setting.
func (tx *Tx) PutSetting(ctx context.Context, name, value string) error {
	return tx.must(ctx, `
		INSERT INTO settings (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
}

// TurnSetting sets a setting that is as it was read, and reports whether it was: of two
// who read the same, one sets it, and the other waits and learns that it is too late.
func (tx *Tx) TurnSetting(ctx context.Context, name, from, to string) (bool, error) {
	n, err := tx.exec(ctx, `UPDATE settings SET value = $1 WHERE name = $2 AND value = $3`, to, name, from)
	return n > 0, err
}
