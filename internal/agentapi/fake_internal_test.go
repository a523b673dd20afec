package agentapi

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/heartbeat"
	"github.com/connectplaza/plaza/internal/licensekey"
)

// The names of the contract's examples.
const (
	accountID   = "0b6f5c1e-2d47-4a7e-9a5c-5f0e6d3b8a11"
	productID   = "7c1d9f3a-58e2-4b06-8f4d-1a2b3c4d5e6f"
	policyID    = "2f8e4d6b-91c3-4e57-b0a8-6d5c4b3a2f10"
	licenseID   = "c5a7e913-4f2b-4d68-8e1a-9b0c7d6e5f42"
	machineID   = "e1d2c3b4-a596-4788-9a6b-5c4d3e2f1a07"
	processID   = "5a4b3c2d-1e0f-4a9b-8c7d-6e5f4a3b2c1d"
	componentID = "90ab12cd-34ef-4567-89ab-cdef01234567"
	releaseID   = "a8b7c6d5-e4f3-4211-a0b9-c8d7e6f5a432"
	artifactID  = "6d7e8f90-a1b2-4c3d-9e5f-60718293a4b5"
	fingerprint = "6a3cb155dc28d90900419e8b0a8f15f3ad89cc2ca4cba5c5a65b6753f1325601"
	ownKey      = "key/eyJhY2NvdW50Ijp7ImlkIjoi.2rHXNhIvaiVKJ3TbMkO73T3-3SxmKXbiatLq/+:x=="

	strangerID  = "11111111-4f2b-4d68-8e1a-9b0c7d6e5f42"
	strangerKey = "STRANGER1-STRANGER2-STRANGER3"
	strangers   = "22222222-a596-4788-9a6b-5c4d3e2f1a07" // machine
)

// at is a time on the day of the contract's examples.
func at(clock string) time.Time {
	t, err := time.Parse(time.RFC3339, "2026-11-23T"+clock+"Z")
	if err != nil {
		panic(err)
	}
	return t
}

// fake is a fleet in memory. It keeps the rules that this door's answers depend on.
type fake struct {
	signer ed25519.PrivateKey

	mu       sync.Mutex
	now      time.Time
	licenses map[string]*fakeLicense // by key
	fail     func(context.Context) error
	made     int
	said     plaza.Report
}

type fakeLicense struct {
	standing   plaza.Standing
	build      string
	checked    time.Time
	components []plaza.Component
	processes  []plaza.Process
	refused    error
	actor      plaza.Actor
}

// newFake returns the contract's examples, and a stranger.
func newFake(t testing.TB) *fake {
	t.Helper()
	seed, err := hex.DecodeString("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
	if err != nil {
		t.Fatal(err)
	}
	terms := plaza.DefaultTerms()
	terms.Processes = 5
	ours := &fakeLicense{
		build: "5.0.1", checked: at("08:59:59.120"),
		standing: plaza.Standing{
			License: plaza.License{
				ID: licenseID, Kind: plaza.ConnectAgentLicense, Name: "Warehouse agent", Plan: policyID, PlanName: "Enterprise",
				Starts: at("08:00:00"), Ends: at("08:00:00").AddDate(1, 0, 0), Machines: 1, Created: at("08:00:00"), Updated: at("08:00:00"),
				CheckedOut: at("08:45:00"),
			},
			Terms: &terms, Product: productID, Term: 31_536_000 * time.Second, PlanMade: at("08:00:00"),
			Machines: []plaza.Activation{{
				ID: machineID, License: licenseID, Fingerprint: fingerprint, Host: "erp-01", Platform: "linux/amd64", Cores: 8,
				Created: at("08:30:00"), Updated: at("08:30:00"), Beat: at("08:59:30"),
			}},
		},
		components: []plaza.Component{{ID: componentID, Activation: machineID, Fingerprint: "b0a2d9", Name: "Board", Created: at("08:30:00"), Updated: at("08:30:00")}},
		processes:  []plaza.Process{{ID: processID, Activation: machineID, PID: "orders-4711", Beat: at("08:59:40"), Created: at("08:31:00"), Updated: at("08:31:00")}},
	}
	open := plaza.DefaultTerms()
	open.CheckOutMost, open.Floating = 0, true
	stranger := &fakeLicense{standing: plaza.Standing{
		License: plaza.License{ID: strangerID, Plan: policyID, Created: at("08:00:00"), Machines: 3}, Terms: &open, Product: productID,
		Machines: []plaza.Activation{{ID: strangers, License: strangerID, Fingerprint: "strange", Created: at("08:30:00"), Beat: at("08:59:30")}},
	}}
	ours.actor, stranger.actor = plaza.ConnectAgentActor(licenseID, "p", plaza.Origin{}), plaza.ConnectAgentActor(strangerID, "q", plaza.Origin{})
	return &fake{signer: ed25519.NewKeyFromSeed(seed), now: at("09:00:00"), licenses: map[string]*fakeLicense{ownKey: ours, strangerKey: stranger}}
}

func (f *fake) public() ed25519.PublicKey {
	public, _ := f.signer.Public().(ed25519.PublicKey)
	return public
}

func (*fake) Wire() app.Wire {
	return app.Wire{Account: accountID, Slug: "acme", Product: productID, ProductName: "ConnectAgent", Created: at("08:00:00")}
}

func (f *fake) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *fake) AppendSignature(b, text []byte) []byte {
	return licensekey.AppendSignature(b, f.signer, accountID, text)
}

func (f *fake) SealFile(kind licensekey.FileKind, plaintext []byte, secret string) []byte {
	return licensekey.SealFile(f.signer, kind, bytes.Clone(plaintext), secret)
}

func (f *fake) id() string {
	f.made++
	n := strconv.Itoa(f.made)
	return "00000000-0000-7000-8000-000000000000"[:36-len(n)] + n
}

// of returns b's license, unless a test decided that nothing works.
func (f *fake) of(ctx context.Context, b *app.Bearer) (*fakeLicense, error) {
	if f.fail != nil {
		if err := f.fail(ctx); err != nil {
			return nil, err
		}
	}
	return f.licenses[b.Key], nil
}

func (f *fake) bearer(key string) *app.Bearer {
	l := f.licenses[key]
	if l == nil {
		return nil
	}
	s := l.standing
	s.Machines = slices.Clone(s.Machines)
	return &app.Bearer{Actor: l.actor, Standing: s, Key: key, Build: l.build}
}

func (f *fake) Identify(_ context.Context, key string, _ plaza.Origin) (*app.Bearer, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b := f.bearer(key)
	if b == nil {
		return nil, plaza.Refuse(plaza.Unauthenticated, "LICENSE_INVALID", "", "this license key is not known here")
	}
	return b, f.licenses[key].refused
}

func (f *fake) Check(ctx context.Context, b *app.Bearer, scope plaza.CheckScope, bare bool) (plaza.Verdict, time.Time, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	l, err := f.of(ctx, b)
	if err != nil {
		return plaza.Verdict{}, f.now, err
	}
	l.checked = f.now
	s := b.Standing
	for i := range s.Machines {
		for _, c := range l.components {
			if c.Activation == s.Machines[i].ID {
				s.Machines[i].Components = append(s.Machines[i].Components, c)
			}
		}
	}
	if bare {
		return s.CheckBare(f.now), f.now, nil
	}
	return s.Check(scope, f.now), f.now, nil
}

func (f *fake) CheckKey(ctx context.Context, key string, scope plaza.CheckScope, _ plaza.Origin) (*app.Bearer, plaza.Verdict, time.Time, error) {
	f.mu.Lock()
	b := f.bearer(key)
	f.mu.Unlock()
	if b == nil {
		return nil, plaza.Verdict{Code: plaza.CheckNotFound, Detail: "this license key is not known here"}, at("09:00:00"), nil
	}
	v, checked, err := f.Check(ctx, b, scope, false)
	return b, v, checked, err
}

func (f *fake) Checked(b *app.Bearer) time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.licenses[b.Key].checked
}

func (f *fake) CheckOut(ctx context.Context, b *app.Bearer, machine string) (m plaza.Activation, _ time.Time, err error) {
	if machine != "" {
		if m, err = find(b, machine); err != nil {
			return m, m.Created, err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	_, err = f.of(ctx, b)
	m.CheckedOut = f.now
	return m, f.now, err
}

func errNothing() error {
	return plaza.Refuse(plaza.NotFound, "NOT_FOUND", "", "there is no such thing for this license")
}

func errNotMine() error {
	return plaza.Refuse(plaza.Forbidden, "FORBIDDEN", "", "this is not the license's own")
}

func named(all []plaza.Activation, name string) int {
	i := slices.IndexFunc(all, func(m plaza.Activation) bool { return m.ID == name })
	if i < 0 {
		i = slices.IndexFunc(all, func(m plaza.Activation) bool { return m.Fingerprint == name })
	}
	return i
}

func (*fake) Machine(_ context.Context, b *app.Bearer, name string) (plaza.Activation, error) {
	return find(b, name)
}

func find(b *app.Bearer, name string) (plaza.Activation, error) {
	i := named(b.Standing.Machines, name)
	if i < 0 {
		return plaza.Activation{}, errNothing()
	}
	return b.Standing.Machines[i], nil
}

func (*fake) Machines(b *app.Bearer) []plaza.Activation { return slices.Clone(b.Standing.Machines) }

func (f *fake) AllMachines(_ context.Context, b *app.Bearer) ([]plaza.Activation, error) {
	return f.Machines(b), nil
}

func (f *fake) Activate(ctx context.Context, b *app.Bearer, in plaza.NewActivation) (m plaza.Activation, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	l, err := f.of(ctx, b)
	if err != nil {
		return m, err
	}
	if err := in.ValidateFingerprint(); err != nil {
		return m, err
	}
	if i := named(l.standing.Machines, in.Fingerprint); i >= 0 {
		taken := plaza.Refuse(plaza.Invalid, "FINGERPRINT_TAKEN", "/data/attributes/fingerprint", "this fingerprint is already activated")
		taken.Machine = l.standing.Machines[i].ID
		return m, taken
	}
	if err := in.ValidateRest(); err != nil {
		return m, err
	}
	if len(l.standing.Machines) >= l.standing.License.Machines {
		return m, plaza.Refuse(plaza.Invalid, "MACHINE_LIMIT_EXCEEDED", "/data", "all seats of this license are taken (%d)", l.standing.License.Machines)
	}
	m = plaza.Activation{
		ID: f.id(), License: l.standing.License.ID, Fingerprint: in.Fingerprint, Name: in.Name, Host: in.Host, Platform: in.Platform, IP: in.IP,
		Cores: in.Cores, Memory: in.Memory, Disk: in.Disk, Metadata: in.Metadata, Created: f.now, Updated: f.now, Beat: f.now,
	}
	for _, c := range in.Components {
		l.components = slices.Insert(l.components, 0, plaza.Component{
			ID: f.id(), Activation: m.ID, Fingerprint: c.Fingerprint, Name: c.Name, Metadata: c.Metadata, Created: f.now, Updated: f.now,
		})
	}
	l.standing.Machines = slices.Insert(slices.Clone(l.standing.Machines), 0, m)
	return m, nil
}

func (*fake) Describe(_ context.Context, b *app.Bearer, name string, e plaza.ActivationEdit) (m plaza.Activation, err error) {
	if m, err = find(b, name); err != nil {
		return m, err
	}
	if b.Standing.Terms.Protected {
		return m, plaza.Refuse(plaza.Forbidden, "FORBIDDEN", "", "this license is protected")
	}
	for _, one := range []struct{ from, to *string }{{e.Name, &m.Name}, {e.Host, &m.Host}, {e.Platform, &m.Platform}, {e.IP, &m.IP}} {
		if one.from != nil {
			*one.to = *one.from
		}
	}
	return m, e.Validate()
}

func (f *fake) Deactivate(ctx context.Context, b *app.Bearer, name string) error {
	m, err := find(b, name)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	l, err := f.of(ctx, b)
	if err != nil {
		return err
	}
	ended := func(machine string) bool { return machine == m.ID }
	l.standing.Machines = slices.DeleteFunc(slices.Clone(l.standing.Machines), func(m plaza.Activation) bool { return ended(m.ID) })
	l.components = slices.DeleteFunc(l.components, func(c plaza.Component) bool { return ended(c.Activation) })
	l.processes = slices.DeleteFunc(l.processes, func(p plaza.Process) bool { return ended(p.Activation) })
	return nil
}

func (f *fake) Ping(ctx context.Context, b *app.Bearer, name string, beat heartbeat.Beat) (app.Pong, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	l, err := f.of(ctx, b)
	if err != nil {
		return app.Pong{}, err
	}
	i := named(l.standing.Machines, name)
	if i < 0 {
		return app.Pong{}, errNothing()
	}
	m := &l.standing.Machines[i]
	status := plaza.HeartbeatAlive
	if m.Status(l.standing.Terms, f.now) == plaza.HeartbeatDead {
		if !l.standing.Terms.Revives(m.Beat, f.now) {
			return app.Pong{}, plaza.Refuse(plaza.Invalid, "MACHINE_HEARTBEAT_DEAD", "", "this machine was silent for too long")
		}
		status = plaza.HeartbeatResurrected
	}
	cloned := beat.Generation >= 0 && beat.Generation < m.Generation-1
	m.Beat, m.Generation = f.now, m.Generation+1
	return app.Pong{Machine: *m, Status: status, Generation: m.Generation, NextIn: time.Minute, Cloned: cloned}, nil
}

func (*fake) Goodbye(_ context.Context, b *app.Bearer, name string) (plaza.Activation, error) {
	return find(b, name)
}

func (f *fake) Components(ctx context.Context, b *app.Bearer, machine string) (all []plaza.Component, err error) {
	if machine != "" {
		m, err := find(b, machine)
		if err != nil {
			return nil, err
		}
		machine = m.ID
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	l, err := f.of(ctx, b)
	if err != nil {
		return nil, err
	}
	for _, c := range l.components {
		if machine == "" || c.Activation == machine {
			all = append(all, c)
		}
	}
	return all, nil
}

func (f *fake) Component(ctx context.Context, b *app.Bearer, id string) (plaza.Component, error) {
	all, err := f.Components(ctx, b, "")
	for _, c := range all {
		if c.ID == id {
			return c, nil
		}
	}
	if err == nil {
		err = errNothing()
	}
	return plaza.Component{}, err
}

func (f *fake) AddComponent(ctx context.Context, b *app.Bearer, machine string, in plaza.NewComponent) (c plaza.Component, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	l, err := f.of(ctx, b)
	if err != nil {
		return c, err
	}
	if !slices.ContainsFunc(l.standing.Machines, func(m plaza.Activation) bool { return m.ID == machine }) {
		return c, errNotMine()
	}
	c = plaza.Component{ID: f.id(), Activation: machine, Fingerprint: in.Fingerprint, Name: in.Name, Metadata: in.Metadata, Created: f.now, Updated: f.now}
	l.components = slices.Insert(l.components, 0, c)
	return c, nil
}

func (f *fake) RenameComponent(ctx context.Context, b *app.Bearer, id string, name *string) (plaza.Component, error) {
	c, err := f.Component(ctx, b, id)
	if name != nil {
		c.Name = *name
	}
	return c, err
}

func (f *fake) RemoveComponent(ctx context.Context, b *app.Bearer, id string) error {
	if _, err := f.Component(ctx, b, id); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	l := f.licenses[b.Key]
	l.components = slices.DeleteFunc(l.components, func(c plaza.Component) bool { return c.ID == id })
	return nil
}

func (f *fake) Processes(ctx context.Context, b *app.Bearer, machine string) (all []plaza.Process, err error) {
	if machine != "" {
		m, err := find(b, machine)
		if err != nil {
			return nil, err
		}
		machine = m.ID
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	l, err := f.of(ctx, b)
	if err != nil {
		return nil, err
	}
	for _, p := range l.processes {
		if machine == "" || p.Activation == machine {
			all = append(all, p)
		}
	}
	return all, nil
}

func (f *fake) Process(ctx context.Context, b *app.Bearer, id string) (plaza.Process, error) {
	all, err := f.Processes(ctx, b, "")
	for _, p := range all {
		if p.ID == id {
			return p, nil
		}
	}
	if err == nil {
		err = errNothing()
	}
	return plaza.Process{}, err
}

func (f *fake) Spawn(ctx context.Context, b *app.Bearer, machine, pid, metadata string) (p plaza.Process, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	l, err := f.of(ctx, b)
	if err != nil {
		return p, err
	}
	switch {
	case !slices.ContainsFunc(l.standing.Machines, func(m plaza.Activation) bool { return m.ID == machine }):
		return p, errNotMine()
	case slices.ContainsFunc(l.processes, func(p plaza.Process) bool { return p.PID == pid }):
		return p, plaza.Refuse(plaza.Invalid, "PID_TAKEN", "/data/attributes/pid", "a process with this pid is running")
	case len(l.processes) >= l.standing.Terms.Processes:
		return p, plaza.Refuse(plaza.Invalid, "MACHINE_PROCESS_LIMIT_EXCEEDED", "/data", "all process slots are taken (%d)", len(l.processes))
	}
	p = plaza.Process{ID: f.id(), Activation: machine, PID: pid, Metadata: metadata, Beat: f.now, Created: f.now, Updated: f.now}
	l.processes = slices.Insert(l.processes, 0, p)
	return p, nil
}

func (f *fake) PingProcess(ctx context.Context, b *app.Bearer, id string) (plaza.Process, plaza.HeartbeatStatus, error) {
	p, err := f.Process(ctx, b, id)
	p.Beat = f.Now()
	return p, plaza.HeartbeatAlive, err
}

func (f *fake) EndProcess(ctx context.Context, b *app.Bearer, id string) error {
	if _, err := f.Process(ctx, b, id); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	l := f.licenses[b.Key]
	l.processes = slices.DeleteFunc(l.processes, func(p plaza.Process) bool { return p.ID == id })
	return nil
}

func (f *fake) Report(_ context.Context, b *app.Bearer, machine string, r plaza.Report) (plaza.Activation, error) {
	f.mu.Lock()
	f.said = r
	f.mu.Unlock()
	return find(b, machine)
}

// exampleRelease and exampleArtifact are those of the contract.
func exampleRelease() plaza.Release {
	made := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	return plaza.Release{
		ID: releaseID, Version: "5.0.1", Name: "ConnectAgent 5.0.1", Description: "Maintenance release", Channel: plaza.Stable, Status: "PUBLISHED",
		Requires: "4.2.0", Created: made, Updated: made,
	}
}

func exampleArtifact() plaza.Artifact {
	made := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	return plaza.Artifact{
		ID: artifactID, Release: releaseID, Filename: "connectagent_linux_amd64", Size: 19, Platform: "linux", Arch: "amd64", Status: "UPLOADED",
		Checksum:  "A+tgj+wDjtDC1mPlwcktaqLdX6Qsum2xNLgbDimX6LAhpGqSX9Wh7Xl7mj0cXImDR5tG7mvIDDx4JVYX/+g9Pw",
		Signature: "IKpvNGOq2pSJhPktKQ+1Gwtl1eIQl93fFX7hPWrbpSjjS4T3UWco5F2YXiMRzMyOfDBdORvMtn24ddkMUigJAQ", Created: made, Updated: made,
	}
}

func (*fake) Release(_ context.Context, _ *app.Bearer, name string) (plaza.Release, error) {
	if r := exampleRelease(); name == r.ID || name == r.Version {
		return r, nil
	}
	return plaza.Release{}, errNothing()
}

func (*fake) Upgrade(_ context.Context, b *app.Bearer, q plaza.UpgradeQuery) (r plaza.Release, current, next string, err error) {
	r, current, err = b.Standing.Upgrade(q, []plaza.Release{exampleRelease()})
	return r, current, r.Version, err
}

func (f *fake) Artifacts(ctx context.Context, b *app.Bearer, release string, filter plaza.ArtifactFilter) ([]plaza.Artifact, error) {
	if _, err := f.Release(ctx, b, release); err != nil {
		return nil, err
	}
	if a := exampleArtifact(); filter.Chooses(a) {
		return []plaza.Artifact{a}, nil
	}
	return nil, nil
}

func (f *fake) Artifact(ctx context.Context, b *app.Bearer, release, name string) (plaza.Artifact, string, error) {
	all, err := f.Artifacts(ctx, b, release, plaza.ArtifactFilter{})
	for _, a := range all {
		if name == a.ID || name == a.Filename {
			return a, "https://plaza.example/download/token", nil
		}
	}
	if err == nil {
		err = errNothing()
	}
	return plaza.Artifact{}, "", err
}
