package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite" // registers "sqlite"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/clock"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/licensekey"
	"github.com/connectplaza/plaza/internal/secret"
	"github.com/connectplaza/plaza/internal/store"
)

// agents are the ConnectAgents of the world, of which everything follows from
// their number but their keys, which stand in a file: each is as long as the next.
type agents struct {
	n       int
	keys    []byte
	size    int // of a key
	product string
}

const (
	partners  = 1000
	password  = "correct horse battery"
	keyHeader = 64 // bytes in which the file says what it holds
)

func (a *agents) key(i int) []byte { return a.keys[i*a.size : (i+1)*a.size] }

// id returns the ID of the thing of a kind that agent i has. It looks and sorts as
// what the application makes.
func id(kind byte, i int) string {
	const first = 1_767_225_600_000 // 2026-01-01, in milliseconds
	var u uuid.UUID
	ms := uint64(first + 10*i) //nolint:gosec // it is positive
	for k := range 6 {
		u[k] = byte(ms >> (40 - 8*k)) //nolint:gosec // the lowest is meant
	}
	u[6], u[8] = 0x70|kind, 0x80
	mixed := uint64(i)*0x9E3779B97F4A7C15 + uint64(kind) //nolint:gosec // any number will do
	for k := range 7 {
		u[9+k] = byte(mixed >> (8 * k)) //nolint:gosec // the lowest is meant
	}
	return u.String()
}

// The kinds of IDs.
const (
	ofLicense = iota + 1
	ofAgent
	ofMachine
)

// fingerprint returns what agent i computes of its host.
func fingerprint(i int) string {
	var b [16]byte
	mixed := uint64(i) * 0xD6E8FEB86659FD93 //nolint:gosec // any number will do
	for k := range 8 {
		b[k], b[15-k] = byte(mixed>>(8*k)), byte(mixed>>(8*k+3)) //nolint:gosec // the lowest are meant
	}
	return hex.EncodeToString(b[:])
}

func box() (secret.Box, error) {
	return secret.Parse(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, 32)))
}

// openApp returns Plaza over db.
func openApp(db *store.DB, texts *i18n.Catalogue, now clock.Func) (*app.App, error) {
	b, err := box()
	if err != nil {
		return nil, err
	}
	return app.New(db, app.Config{Now: now, Texts: texts, Box: b, PublicURL: "http://localhost", FastHash: true}), nil
}

// signIn returns the owner of the vendor.
func signIn(ctx context.Context, a *app.App) (plaza.Actor, error) {
	gate := app.NewGate(a)
	token, err := gate.SignIn(ctx, "owner@vendor.example", password, plaza.Origin{})
	if err != nil {
		return plaza.Actor{}, err
	}
	v, err := gate.Identify(ctx, token, plaza.Origin{})
	return v.Actor, err
}

// makeFleet makes a world of n agents in the empty database at address, and their
// keys at path. It takes a few minutes for a million.
func makeFleet(ctx context.Context, address, path string, n int) (err error) {
	db, err := store.Open(ctx, address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	texts, err := i18n.Load()
	if err != nil {
		return err
	}
	a, err := openApp(db, texts, time.Now)
	if err != nil {
		return err
	}
	m := &maker{n: n, now: time.Now()}
	if err := m.people(ctx, db, a); err != nil {
		return err
	}
	if err := m.sign(); err != nil {
		return err
	}
	if store.IsPostgres(address) {
		err = m.copyIn(ctx, address)
	} else {
		err = m.insert(ctx, address)
	}
	if err != nil {
		return err
	}
	if err := db.Tx(ctx, func(tx *store.Tx) error { return tx.Analyze(ctx) }); err != nil {
		return err
	}
	head := fmt.Sprintf("%-*s", keyHeader, strconv.Itoa(n)+" "+m.wire.Product)
	return os.WriteFile(path, append([]byte(head), m.keys...), 0o600)
}

// readAgents reads what makeFleet wrote.
func readAgents(path string) (*agents, error) {
	b, err := os.ReadFile(path) //nolint:gosec // our own
	if err != nil {
		return nil, err
	}
	count, product, _ := strings.Cut(strings.TrimSpace(string(b[:keyHeader])), " ")
	n, err := strconv.Atoi(count)
	if err != nil {
		return nil, err
	}
	b = b[keyHeader:]
	return &agents{n: n, keys: b, size: len(b) / n, product: product}, nil
}

// maker makes a world.
type maker struct {
	n        int
	now      time.Time
	plan     plaza.Plan
	profiles []string
	wire     app.Wire
	signer   ed25519.PrivateKey
	keys     []byte
	size     int
	box      secret.Box
}

// people makes everybody above the agents, through the use cases.
func (m *maker) people(ctx context.Context, db *store.DB, a *app.App) (err error) {
	if m.box, err = box(); err != nil {
		return err
	}
	_, err = a.Setup(ctx, plaza.Installer, app.NewSetup{
		Vendor: "Vendor", SupportEmail: "support@vendor.example", OwnerName: "Owner", OwnerEmail: "owner@vendor.example", Password: password, MadeBy: app.MadeBySetup,
	})
	if err != nil {
		return err
	}
	owner, err := signIn(ctx, a)
	if err != nil {
		return err
	}
	terms := plaza.DefaultTerms()
	terms.HeartbeatSeconds = 24 * 60 * 60 // no check finds one dead, however long the measuring takes
	m.plan, err = a.CreatePlan(ctx, owner, plaza.NewPlan{Kind: plaza.ConnectAgentLicense, Name: "A year of ConnectAgent", TermMonths: 12, GraceDays: 14, Machines: 1, Terms: terms})
	if err != nil {
		return err
	}
	base, err := a.CreatePlan(ctx, owner, plaza.NewPlan{Kind: plaza.PartnerLicense, Name: "Partner", TermMonths: 12, GraceDays: 14, Machines: 1})
	if err != nil {
		return err
	}
	reseller, err := a.CreateProfile(ctx, owner, plaza.NewProfile{
		Parent: owner.Profile, Kind: plaza.Reseller, Name: "Reseller", SupportEmail: "support@reseller.example", OwnerName: "Rob", OwnerEmail: "rob@reseller.example",
	})
	if err != nil {
		return err
	}
	for i := range partners {
		name := "Partner " + strconv.Itoa(i)
		p, err := a.CreateProfile(ctx, owner, plaza.NewProfile{
			Parent: reseller.ID, Kind: plaza.Partner, Name: name, Plan: base.ID, SupportEmail: "support@partner.example", OwnerName: name, OwnerEmail: "owner" + strconv.Itoa(i) + "@partner.example",
		})
		if err != nil {
			return err
		}
		m.profiles = append(m.profiles, p.ID)
	}
	f, err := app.NewFleet(ctx, a)
	if err != nil {
		return err
	}
	m.wire = f.Wire()
	return db.Read(ctx, func(tx *store.Tx) error {
		all, err := tx.SigningKeys(ctx)
		if err != nil {
			return err
		}
		seed, err := m.box.Open(all[0].Sealed, "signing key "+all[0].ID)
		m.signer = ed25519.NewKeyFromSeed(seed)
		return err
	})
}

// sign makes the keys, on all cores.
func (m *maker) sign() error {
	m.size = len(m.signed(0))
	m.keys = make([]byte, m.n*m.size)
	var all sync.WaitGroup
	for part := range runtime.NumCPU() {
		all.Go(func() {
			for i := part; i < m.n; i += runtime.NumCPU() {
				copy(m.keys[i*m.size:], m.signed(i))
			}
		})
	}
	all.Wait()
	return nil
}

func (m *maker) starts() time.Time { return m.now.UTC().Truncate(time.Millisecond).AddDate(0, -3, 0) }

func (m *maker) ends() time.Time { return plaza.AddMonths(m.starts(), m.plan.TermMonths) }

func (m *maker) graceEnds() time.Time { return m.ends().AddDate(0, 0, m.plan.GraceDays) }

func (m *maker) signed(i int) string {
	return licensekey.Sign(m.signer, licensekey.Dataset{
		Account: m.wire.Account, Product: m.wire.Product, Policy: m.plan.ID, For: 365 * 24 * time.Hour,
		License: id(ofLicense, i), Created: m.starts(), Expiry: m.graceEnds(),
	})
}

// table is a table of which every agent has a row.
type table struct {
	name    string
	columns []string
	row     func(i int) []any
}

// tables are those that are filled past the store: a million use cases would take
// hours.
func (m *maker) tables() []table {
	starts, ends, grace, now := m.starts().UnixMicro(), m.ends().UnixMicro(), m.graceEnds().UnixMicro(), m.now.UnixMicro()
	digest := m.box.Digester("license key")
	columns := func(list string) []string { return strings.Split(list, " ") }
	name := func(i int) string { return "agent " + strconv.Itoa(i) }
	host := func(i int) string { return "host-" + strconv.Itoa(i) + ".customer.example" }
	profile := func(i int) string {
		if i < plaza.MostTiles {
			return m.profiles[0] // fills a wall of the Monitor
		}
		return m.profiles[1+i%(len(m.profiles)-1)]
	}
	return []table{
		{"licenses", columns("id profile_id plan_id kind name name_fold key_digest key_sealed key_hint starts_at ends_at grace_ends_at grace_days machines trial created_at updated_at suspend_reason version terms"), func(i int) []any {
			key := m.keys[i*m.size : (i+1)*m.size]
			sum := digest(string(key))
			own := id(ofLicense, i)
			return []any{
				own, profile(i), m.plan.ID, "connectagent", name(i), name(i), sum[:], m.box.Seal(key, "license key of "+profile(i)+" "+own), licensekey.Hint(string(key)),
				starts, ends, grace, m.plan.GraceDays, 1, false, starts, starts, "", 1, m.plan.Terms.String(),
			}
		}},
		{"connectagents", columns("id profile_id license_id name name_fold created_at activated_at health message build host platform version activation_id"), func(i int) []any {
			return []any{id(ofAgent, i), profile(i), id(ofLicense, i), name(i), name(i), starts, starts, "ok", "", "5.0.1", host(i), "linux/amd64", 1, id(ofMachine, i)}
		}},
		{"activations", columns("id profile_id license_id agent_id fingerprint fingerprint_hash name host platform ip cores memory disk metadata address created_at updated_at ended_why ended_by"), func(i int) []any {
			sum := sha256.Sum256([]byte(fingerprint(i)))
			return []any{
				id(ofMachine, i), profile(i), id(ofLicense, i), id(ofAgent, i), fingerprint(i), hex.EncodeToString(sum[:]), name(i), host(i), "linux/amd64", "192.0.2.1",
				4, 8 << 30, 100 << 30, "", "192.0.2.1", starts, starts, "", "",
			}
		}},
		{"pulses", columns("id at generation"), func(i int) []any { return []any{id(ofMachine, i), now, 1} }},
	}
}

// copyIn fills a PostgreSQL database.
func (m *maker) copyIn(ctx context.Context, address string) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "SET session_replication_role = replica"); err != nil { // what is named is there: to look for it a million times takes minutes
		return err
	}
	for _, t := range m.tables() {
		if _, err := conn.CopyFrom(ctx, pgx.Identifier{t.name}, t.columns, pgx.CopyFromSlice(m.n, func(i int) ([]any, error) { return t.row(i), nil })); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	_, err = conn.Exec(ctx, "VACUUM ANALYZE")
	return err
}

// insert fills a SQLite database.
func (m *maker) insert(ctx context.Context, address string) error {
	db, err := sql.Open("sqlite", "file:"+address+"?_pragma=synchronous(off)&_pragma=cache_size(-1000000)&_pragma=busy_timeout(5000)")
	if err != nil {
		return err
	}
	defer db.Close()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // a no-op after Commit
	for _, t := range m.tables() {
		if err := m.insertTable(ctx, tx, t); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	return tx.Commit()
}

func (m *maker) insertTable(ctx context.Context, tx *sql.Tx, t table) error {
	const most = 40
	rows := func(n int) string {
		one := "(?" + strings.Repeat(",?", len(t.columns)-1) + ")"
		return "INSERT INTO " + t.name + " (" + strings.Join(t.columns, ", ") + ") VALUES " + one + strings.Repeat(","+one, n-1)
	}
	stmt, err := tx.PrepareContext(ctx, rows(most))
	if err != nil {
		return err
	}
	defer stmt.Close()
	var args []any
	for i := range m.n {
		args = append(args, t.row(i)...)
		if (i+1)%most == 0 {
			if _, err := stmt.ExecContext(ctx, args...); err != nil {
				return err
			}
			args = args[:0]
		}
	}
	if len(args) > 0 {
		_, err = tx.ExecContext(ctx, rows(len(args)/len(t.columns)), args...)
	}
	return err
}
