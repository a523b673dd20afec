package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/store"
)

// importGoal is how long it may take to make so many things from a file: P6.
const importGoal = 15 * time.Second

// measureImports measures P6: files of partners, of licenses and of logins.
func measureImports(ctx context.Context, report io.Writer, rows int) error {
	fmt.Fprintf(report, "%d rows in a CSV file, for %d partners. *read* keeps the rows, *try* judges each, *make* makes all of them in one transaction; the goal is about the last.\n", rows, partners)
	fmt.Fprintln(report, "\n| Goal | What | Engine | read s | try s | make s | rows/s | Goal | Met |")
	fmt.Fprintln(report, "|---|---|---|---|---|---|---|---|---|")
	for _, e := range engines() {
		address, clean, err := e.address()
		if err != nil {
			return err
		}
		err = measureImportsOn(ctx, report, e.name, address, rows)
		clean()
		if err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
	}
	return nil
}

func measureImportsOn(ctx context.Context, report io.Writer, engine, address string, rows int) error {
	address, err := apart(ctx, address)
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, address)
	if err != nil {
		return err
	}
	defer db.Close()
	w, err := importWorld(ctx, db)
	if err != nil {
		return err
	}
	if _, err := w.carry(ctx, plaza.ImportPartners, w.partners(0, partners)); err != nil {
		return err
	}
	for _, kind := range plaza.ImportKinds() {
		file := map[plaza.ImportKind]func(int, int) string{plaza.ImportPartners: w.partners, plaza.ImportLicenses: w.licenses, plaza.ImportLogins: w.logins}[kind]
		took, err := w.carry(ctx, kind, file(partners, partners+rows))
		if err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
		met := "met"
		if took[2] > importGoal {
			met = "**not met**"
		}
		fmt.Fprintf(report, "| P6 | %s | %s | %.1f | %.1f | %.1f | %.0f | ≤ %.0f s | %s |\n", kind, engine,
			took[0].Seconds(), took[1].Seconds(), took[2].Seconds(), float64(rows)/took[2].Seconds(), importGoal.Seconds(), met)
	}
	return nil
}

// apart returns the address of a schema of its own, where there are schemas.
func apart(ctx context.Context, address string) (string, error) {
	if !store.IsPostgres(address) {
		return address, nil
	}
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, "DROP SCHEMA IF EXISTS imports CASCADE; CREATE SCHEMA imports")
	return address + " search_path=imports", err
}

// importing is a world in which the vendor imports.
type importing struct {
	app *app.App
	who plaza.Actor
}

func importWorld(ctx context.Context, db *store.DB) (importing, error) {
	var w importing
	if err := db.Migrate(ctx); err != nil {
		return w, err
	}
	texts, err := i18n.Load()
	if err != nil {
		return w, err
	}
	box, err := secret.Parse(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, 32)))
	if err != nil {
		return w, err
	}
	w.app = app.New(db, app.Config{Now: time.Now, Texts: texts, Box: box, PublicURL: "http://localhost", FastHash: true})
	_, err = w.app.Setup(ctx, plaza.Installer, app.NewSetup{
		Vendor: "Vendor", OwnerName: "Owner", OwnerEmail: "vendor@example.com", Password: password, MadeBy: "setup",
	})
	if err != nil {
		return w, err
	}
	gate := app.NewGate(w.app)
	token, err := gate.SignIn(ctx, "vendor@example.com", password, plaza.Origin{})
	if err != nil {
		return w, err
	}
	visit, err := gate.Identify(ctx, token, plaza.Origin{})
	if err != nil {
		return w, err
	}
	w.who = visit.Actor
	for _, kind := range []plaza.LicenseKind{plaza.Development, plaza.PartnerLicense} {
		if _, err := w.app.CreatePlan(ctx, w.who, plaza.NewPlan{Kind: kind, Name: "A year of " + string(kind), TermMonths: 12, Machines: 1}); err != nil {
			return w, err
		}
	}
	return w, nil
}

func lines(head string, from, till int, line func(n int) string) string {
	var b strings.Builder
	b.WriteString(head + "\n")
	for n := from; n < till; n++ {
		b.WriteString(line(n) + "\n")
	}
	return b.String()
}

func (importing) partners(from, till int) string {
	return lines("name,plan,support_email", from, till, func(n int) string {
		return fmt.Sprintf("Partner %d,A year of partner,help%d@partner.example", n, n)
	})
}

func (importing) licenses(from, till int) string {
	return lines("profile,plan,name", from, till, func(n int) string {
		return fmt.Sprintf("Partner %d,A year of development,License %d", n%partners, n)
	})
}

func (importing) logins(from, till int) string {
	return lines("profile,name,email,role", from, till, func(n int) string {
		return fmt.Sprintf("Partner %d,Person %d,person%d@partner.example,manager", n%partners, n, n)
	})
}

// carry imports a file, and returns how long it took to read, to try and to make it.
func (w importing) carry(ctx context.Context, kind plaza.ImportKind, file string) (took [3]time.Duration, err error) {
	began := time.Now()
	i, err := w.app.CreateImport(ctx, w.who, plaza.NewImport{Kind: kind}, strings.NewReader(file))
	if err != nil {
		return took, err
	}
	took[0] = time.Since(began)
	if err := w.app.CheckImport(ctx, w.who, i.ID, i.Columns); err != nil {
		return took, err
	}
	began = time.Now()
	if err := w.work(ctx, i.ID, plaza.ImportReady); err != nil {
		return took, err
	}
	took[1] = time.Since(began)
	if err := w.app.ApplyImport(ctx, w.who, i.ID); err != nil {
		return took, err
	}
	began = time.Now()
	err = w.work(ctx, i.ID, plaza.ImportApplied)
	took[2] = time.Since(began)
	return took, err
}

// work works on the import until it is in a state.
func (w importing) work(ctx context.Context, id string, until plaza.ImportState) error {
	if _, err := w.app.WorkOnImport(ctx, plaza.Clerk); err != nil {
		return err
	}
	r, err := w.app.Import(ctx, w.who, id)
	if err == nil && r.State != until {
		err = fmt.Errorf("it is %s: %v %v", r.State, r.Problem, r.Problems[:min(len(r.Problems), 1)])
	}
	return err
}
