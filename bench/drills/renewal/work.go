package main

import (
	"context"
	"database/sql"
	"errors"
	"os"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/store"
)

// work does what the batches of the installation at address have to do.
func work(ctx context.Context, address string, careless bool) error {
	db, a, err := open(ctx, address)
	if err != nil {
		return err
	}
	defer db.Close()
	if careless {
		return workCarelessly(ctx, address, a)
	}
	for worked := true; worked && err == nil; {
		worked, err = a.WorkOnBatch(ctx, plaza.Clerk)
	}
	return err
}

// workCarelessly renews one license after the other, says so by a byte on its output,
// and only then notes that it did.
func workCarelessly(ctx context.Context, address string, a *app.App) error {
	driver := "sqlite"
	if store.IsPostgres(address) {
		driver = "pgx"
	}
	raw, err := sql.Open(driver, address)
	if err != nil {
		return err
	}
	defer raw.Close()
	owner, err := signIn(ctx, a)
	if err != nil {
		return err
	}
	for {
		var batch, license string
		var number int
		err := raw.QueryRowContext(ctx, `SELECT batch_id, number, object_id FROM batch_items WHERE state = '' ORDER BY batch_id, number LIMIT 1`).Scan(&batch, &number, &license)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		l, err := a.License(ctx, owner, license)
		if err != nil {
			return err
		}
		if err := a.RenewLicense(ctx, owner, license, "", l.Version); err != nil {
			return err
		}
		if _, err := os.Stdout.WriteString("."); err != nil {
			return err
		}
		if _, err := raw.ExecContext(ctx, `UPDATE batch_items SET state = 'done' WHERE batch_id = $1 AND number = $2`, batch, number); err != nil {
			return err
		}
	}
}
