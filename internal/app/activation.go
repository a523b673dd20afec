package app

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/heartbeat"
	"github.com/connectplaza/plaza/internal/store"
)

// Machines returns the machines of b's license that were there when it came in, as
// they are now, the newest first.
func (f *Fleet) Machines(b *Bearer) []plaza.Activation { return b.machines() }

// AllMachines is Machines for who wants to know whether there are any: the first may
// have been activated a moment ago on another node.
func (f *Fleet) AllMachines(ctx context.Context, b *Bearer) ([]plaza.Activation, error) {
	if len(b.Standing.Machines) == 0 {
		if err := f.reread(ctx, b); err != nil {
			return nil, err
		}
	}
	return b.machines(), nil
}

// Machine returns the machine that is named by its ID or its fingerprint. Kinds:
// NotFound.
func (f *Fleet) Machine(ctx context.Context, b *Bearer, name string) (plaza.Activation, error) {
	i, err := f.find(ctx, b, name)
	if err != nil {
		return plaza.Activation{}, err
	}
	return b.machines()[i], nil
}

// find returns the index of the machine that a path names, which may have been
// activated a moment ago on another node. Kinds: NotFound.
func (f *Fleet) find(ctx context.Context, b *Bearer, name string) (int, error) {
	if i := b.machine(name); i >= 0 {
		return i, nil
	}
	if err := f.reread(ctx, b); err != nil {
		return -1, err
	}
	if i := b.machine(name); i >= 0 {
		return i, nil
	}
	return -1, errNothing()
}

// Activate binds b's license to a machine. No interleaving lets in more machines
// than the license allows, or refuses one that fits (agent API 10.1). Kinds, as a
// [plaza.Refusal]: Invalid, Forbidden for a license that may only go on where it is.
func (f *Fleet) Activate(ctx context.Context, b *Bearer, in plaza.NewActivation) (m plaza.Activation, err error) {
	if err := in.ValidateFingerprint(); err != nil {
		return m, err
	}
	event := plaza.AuditEvent{Verb: plaza.AgentActivate}
	err = f.perform(ctx, b, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		l, err := f.hold(ctx, tx, b)
		if err != nil {
			return err
		}
		m, err = f.app.activate(ctx, tx, &l, in, e)
		e.About(l.Profile, "agent", l.Agent, l.AgentName)
		e.Changed("machine", "", machineName(m))
		return err
	})
	if plaza.KindOf(err) == plaza.Conflict { // the index says what the look before could not
		err = plaza.Refuse(plaza.Invalid, "FINGERPRINT_TAKEN", "/data/attributes/fingerprint", "this fingerprint is already activated")
	}
	return m, err
}

// machineName returns what a machine is called in the log.
func machineName(m plaza.Activation) string {
	if m.Host != "" {
		return m.Host
	}
	return m.Fingerprint[:min(len(m.Fingerprint), 16)]
}

// heldLicense is a license that stays as it is until the transaction ends.
type heldLicense struct {
	store.FleetLicense

	by       plaza.Actor // for whom it is held
	offline  bool        // its machine reaches no server: it was brought by hand, and is not heard of
	terms    plaza.Terms
	machines []plaza.Activation
}

// hold reads b's license, of which from now on nobody else counts the machines or
// processes, and ends those of its machines whose time is over.
func (f *Fleet) hold(ctx context.Context, tx *store.Tx, b *Bearer) (heldLicense, error) {
	l, err := f.app.hold(ctx, tx, b.Actor, b.Standing.License.ID, f.ears())
	if err != nil && plaza.KindOf(err) == plaza.NotFound {
		err = errUnknownKey()
	}
	return l, err
}

func (f *Fleet) ears() ears { return ears{f.app.listens(), f.freshen} }

// ears are what a node hears heartbeats with.
type ears struct {
	since   time.Time               // when it began to listen
	freshen func(*plaza.Activation) // gives a machine a newer heartbeat than the database has
}

// hold is [Fleet.hold] for any actor. Kinds: NotFound.
func (a *App) hold(ctx context.Context, tx *store.Tx, actor plaza.Actor, id string, on ears) (l heldLicense, err error) {
	scope := actor.Scope()
	if err := tx.HoldLicense(ctx, scope, id); err != nil {
		return l, err
	}
	if l.FleetLicense, err = tx.FleetLicenseByID(ctx, scope, id); err != nil {
		return l, err
	}
	if !l.Ended.IsZero() { // meanwhile
		return l, errUnknownKey()
	}
	if l.terms, err = plaza.ParseTerms(l.Terms); err != nil {
		return l, err
	}
	l.by, l.terms.Floating = actor, l.terms.Floating || l.Machines > 1
	all, err := tx.Activations(ctx, scope, id, false)
	if err != nil {
		return l, err
	}
	now := a.now()
	for _, m := range slices.Backward(all) { // in the order in which heartbeats are written
		on.freshen(&m)
		if !on.over(m, &l.terms, now) {
			l.machines = append(l.machines, m)
			continue
		}
		if err := a.cull(ctx, tx, l, m); err != nil {
			return l, err
		}
	}
	slices.Reverse(l.machines)
	return l, nil
}

// cull ends m, of a license that is held, since its time is over.
func (a *App) cull(ctx context.Context, tx *store.Tx, l heldLicense, m plaza.Activation) error {
	return a.entail(ctx, tx, plaza.Janitor, plaza.AuditEvent{Verb: plaza.AgentRelease}, func(tx *store.Tx, e *plaza.AuditEvent) error {
		m.Ended, m.EndedWhy, m.EndedBy = a.now(), plaza.EndCulled, plaza.Janitor.Own
		e.About(l.Profile, "agent", l.Agent, l.AgentName)
		e.Changed("machine", machineName(m), "")
		return tx.EndActivation(ctx, l.by.Scope(), m)
	})
}

// freshen gives m the heartbeat that this node knows of, if it is a newer one.
func (f *Fleet) freshen(m *plaza.Activation) {
	last := f.book.Learn(plaza.Pulse{ID: m.ID, At: m.Beat, Goodbye: !m.Goodbye.IsZero(), Generation: m.Generation}).Last()
	m.Beat, m.Generation = last.At, last.Generation
}

// over reports whether the time of m is over, and that for sure.
func (on ears) over(m plaza.Activation, t *plaza.Terms, now time.Time) bool {
	at := m.CulledAt(t)
	return !at.IsZero() && !now.Before(at) && on.settled(now, *t)
}

// settled reports whether the server has been up for long enough to take silence
// for death: after an outage of its own nobody loses a place (agent API 8.4).
func (on ears) settled(now time.Time, t plaza.Terms) bool {
	window, _ := t.Revival.Window()
	return now.Sub(on.since) >= t.Deadline()+window
}

// activate binds l to a machine with a possible fingerprint, for whoever holds it.
func (a *App) activate(ctx context.Context, tx *store.Tx, l *heldLicense, in plaza.NewActivation, e *plaza.AuditEvent) (m plaza.Activation, err error) {
	now := a.now()
	m = plaza.Activation{
		ID: newID(), Profile: l.Profile, License: l.ID, Agent: l.Agent,
		Fingerprint: in.Fingerprint, Name: in.Name, Host: in.Host, Platform: in.Platform, IP: in.IP,
		Cores: in.Cores, Memory: in.Memory, Disk: in.Disk, Metadata: in.Metadata, Created: now, Updated: now,
	}
	if err := mayActivate(ctx, tx, *l, m, in, now); err != nil {
		return m, err
	}
	if !l.offline {
		m.Address = l.by.From.Address
	}
	if err := tx.InsertActivation(ctx, m); err != nil {
		return m, err
	}
	for _, c := range in.Components {
		one := plaza.Component{ID: newID(), Activation: m.ID, Fingerprint: c.Fingerprint, Name: c.Name, Metadata: c.Metadata, Created: now, Updated: now}
		if err := tx.InsertComponent(ctx, m, one); err != nil {
			return m, err
		}
		m.Components = append(m.Components, one)
	}
	if l.terms.HeartbeatBasis == plaza.FromCreation && !l.offline {
		m.Beat = now
		if err := tx.InsertPulse(ctx, plaza.Pulse{ID: m.ID, At: now}); err != nil {
			return m, err
		}
	}
	if err := tx.SettleAgent(ctx, l.by.Scope(), m); err != nil {
		return m, err
	}
	if l.Awaits {
		l.License = l.Begun(now, a.zone)
		l.Ends = exactOrNever(l.Ends)
		e.Changed("starts", "", date(l.Starts))
		e.Changed("ends", "", date(l.Ends))
		if err := tx.BeginTerm(ctx, l.License); err != nil {
			return m, err
		}
	}
	return m, tx.ChangedLicense(ctx, m.License, now)
}

// mayActivate is what agent API 4.1 looks at once the fingerprint is a possible one,
// in its order.
func mayActivate(ctx context.Context, tx *store.Tx, l heldLicense, m plaza.Activation, in plaza.NewActivation, now time.Time) error {
	if _, err := uuid.Parse(m.Fingerprint); err == nil {
		taken, err := tx.IsActivation(ctx, m.Fingerprint)
		if err != nil {
			return err
		}
		if taken {
			return plaza.Refuse(plaza.Invalid, "FINGERPRINT_CONFLICT", "/data/attributes/fingerprint", "this is the ID of a machine")
		}
	}
	if err := fingerprintFree(ctx, tx, l, m); err != nil {
		return err
	}
	if err := stillNew(l, now); err != nil {
		return err
	}
	if err := in.ValidateRest(); err != nil {
		return err
	}
	if err := componentsFree(ctx, tx, l, m, in.Components); err != nil {
		return err
	}
	return seatFree(l, m)
}

func componentsFree(ctx context.Context, tx *store.Tx, l heldLicense, m plaza.Activation, parts []plaza.NewComponent) error {
	var all []int
	for i, c := range parts {
		taken, err := tx.ComponentTaken(ctx, m, l.Plan, l.terms.ComponentUniqueness, c.Fingerprint)
		if err != nil {
			return err
		}
		if taken {
			all = append(all, i)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return plaza.RefuseComponents("COMPONENTS_FINGERPRINT_TAKEN", "this component belongs to another machine", all)
}

// stillNew refuses a license that may only go on where it is.
func stillNew(l heldLicense, now time.Time) error {
	switch state := l.State(now); state {
	case plaza.LicenseGrace, plaza.LicenseExpired:
		return plaza.Refuse(plaza.Forbidden, "LICENSE_EXPIRED", "", "the term of this license ended on %s: it cannot be activated on a new machine", l.Ends.UTC().Format(time.DateOnly))
	case plaza.LicenseActive, plaza.LicenseExpiring:
		return nil
	default:
		return admitted(plaza.Standing{License: l.License, Terms: &l.terms}, now)
	}
}

func fingerprintFree(ctx context.Context, tx *store.Tx, l heldLicense, m plaza.Activation) error {
	taken := plaza.Refuse(plaza.Invalid, "FINGERPRINT_TAKEN", "/data/attributes/fingerprint", "this fingerprint is already activated")
	if i := slices.IndexFunc(l.machines, func(one plaza.Activation) bool { return one.Fingerprint == m.Fingerprint }); i >= 0 {
		taken.Machine = l.machines[i].ID
		return taken
	}
	plan := ""
	switch l.terms.MachineUniqueness {
	case plaza.UniquePerPolicy:
		plan = l.Plan
	case plaza.UniquePerProduct, plaza.UniquePerAccount:
	default:
		return nil
	}
	elsewhere, err := tx.FingerprintTaken(ctx, m.Fingerprint, plan)
	if err == nil && elsewhere {
		return taken
	}
	return err
}

// seatFree reports whether the license has room for m.
func seatFree(l heldLicense, m plaza.Activation) error {
	if limit := l.Machines; !l.terms.Overage.Allows(len(l.machines)+1, limit) {
		return plaza.Refuse(plaza.Invalid, "MACHINE_LIMIT_EXCEEDED", "/data", "all seats of this license are taken (%d)", limit)
	}
	cores := m.Cores
	for _, one := range l.machines {
		cores += one.Cores
	}
	if limit := l.terms.Cores; !l.terms.Overage.Allows(cores, limit) {
		return plaza.Refuse(plaza.Invalid, "MACHINE_CORE_LIMIT_EXCEEDED", "/data", "the machines of this license would have %d cores where it allows %d", cores, limit)
	}
	return nil
}

// Describe writes what the agent says of its machine. Kinds: NotFound, Invalid,
// Forbidden if the license is protected.
func (f *Fleet) Describe(ctx context.Context, b *Bearer, name string, e plaza.ActivationEdit) (m plaza.Activation, err error) {
	if b.Standing.Terms.Protected {
		return m, errProtected()
	}
	if m, err = f.Machine(ctx, b, name); err != nil {
		return m, err
	}
	if err := e.Validate(); err != nil {
		return m, err
	}
	var event plaza.AuditEvent
	for _, one := range []struct {
		field    string
		from, to *string
	}{{"name", e.Name, &m.Name}, {"hostname", e.Host, &m.Host}, {"platform", e.Platform, &m.Platform}, {"ip", e.IP, &m.IP}} {
		if one.from != nil {
			event.Changed(one.field, *one.to, *one.from)
			*one.to = *one.from
		}
	}
	m.Updated = f.app.now()
	return m, f.describe(ctx, b, event.Changes, func(tx *store.Tx) error {
		if err := tx.DescribeActivation(ctx, b.Actor.Scope(), m); err != nil {
			return err
		}
		if err := tx.SettleAgent(ctx, b.Actor.Scope(), m); err != nil {
			return err
		}
		return tx.ChangedLicense(ctx, m.License, m.Updated)
	})
}

// describe does what describes b's machine anew, and records it if anything changes:
// agents say the same whenever they start.
func (f *Fleet) describe(ctx context.Context, b *Bearer, changes []plaza.Change, do func(*store.Tx) error) error {
	if len(changes) == 0 {
		return f.app.db.Tx(ctx, do)
	}
	return f.tell(ctx, b, func(tx *store.Tx, e *plaza.AuditEvent) error {
		e.Changes = changes
		return do(tx)
	})
}

// errProtected is the answer to an agent that may not say what its machine is.
func errProtected() error {
	return plaza.Refuse(plaza.Forbidden, "FORBIDDEN", "", "this license is protected: its machine is described in the dashboard")
}

// Deactivate ends the activation on a machine, whose place is free at once. Of two
// who try, one succeeds. Kinds: NotFound.
func (f *Fleet) Deactivate(ctx context.Context, b *Bearer, name string) error {
	m, err := f.Machine(ctx, b, name)
	if err != nil {
		return err
	}
	event := plaza.AuditEvent{Verb: plaza.AgentRelease}
	err = f.perform(ctx, b, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		m.Ended, m.EndedWhy, m.EndedBy = f.app.now(), plaza.EndDeactivated, b.Actor.Own
		e.About(m.Profile, "agent", m.Agent, b.Standing.License.AgentName)
		e.Changed("machine", machineName(m), "")
		return tx.EndActivation(ctx, b.Actor.Scope(), m)
	})
	if plaza.KindOf(err) == plaza.NotFound && err != nil {
		return errNothing()
	}
	if err == nil {
		f.book.Forget(m.ID) // what it still has to write does not bring m back
	}
	return err
}

// Pong is the answer to a heartbeat.
type Pong struct {
	Machine    plaza.Activation
	Status     plaza.HeartbeatStatus
	Generation int64
	NextIn     time.Duration // until the next one is wanted
	Cloned     bool
	Unnoted    error // why that could not be noted; the next heartbeat tries again
}

// Ping notes a heartbeat of a machine. It costs no transaction, unless the machine
// was dead or never beat. Kinds: NotFound, Invalid if it may not come back.
func (f *Fleet) Ping(ctx context.Context, b *Bearer, name string, beat heartbeat.Beat) (Pong, error) {
	i, err := f.find(ctx, b, name)
	if err != nil {
		return Pong{}, err
	}
	m, pulse, now := b.Standing.Machines[i], b.member.pulse(i), f.app.now()
	status := plaza.HeartbeatAlive
	if b.Standing.Terms.Status(m.Created, pulse.Last().At, now) == plaza.HeartbeatDead {
		if err := f.revive(ctx, b, m, pulse, now); err != nil {
			return Pong{}, err
		}
		status = plaza.HeartbeatResurrected
	}
	if pulse.Last().At.IsZero() { // the end of a machine settles its pulse, so that there must be one
		if err := f.app.db.Tx(ctx, func(tx *store.Tx) error { return tx.BeginPulse(ctx, b.Actor.Scope(), m.ID, now) }); err != nil {
			return Pong{}, gone(err)
		}
	}
	beat.At = now
	heard := pulse.Beat(beat)
	var unnoted error
	if heard.Cloned && m.Cloned.IsZero() {
		unnoted = f.cloned(ctx, b, m, now)
	}
	m.Beat, m.Generation, m.Goodbye = heard.At, heard.Generation, time.Time{}
	return Pong{Machine: m, Status: status, Generation: heard.Generation, NextIn: f.pace.nextIn(b.Standing.Terms.Deadline()), Cloned: heard.Cloned || !m.Cloned.IsZero(), Unnoted: unnoted}, nil
}

// revive brings a dead machine back, if its terms let it. After an outage all come
// back at once: that they do costs no transaction, but where a license has several
// machines.
func (f *Fleet) revive(ctx context.Context, b *Bearer, m plaza.Activation, pulse *heartbeat.Pulse, now time.Time) error {
	if !b.Standing.Terms.Revives(pulse.Last().At, now) {
		if err := f.ask(ctx, b); err != nil {
			return err
		}
	}
	last := pulse.Last().At
	if b.Standing.Terms.Status(m.Created, last, now) == plaza.HeartbeatDead && !b.Standing.Terms.Revives(last, now) {
		return plaza.Refuse(plaza.Invalid, "MACHINE_HEARTBEAT_DEAD", "", "this machine was silent for too long: deactivate it and activate it again")
	}
	if len(b.Standing.Machines) == 1 {
		return nil // its agent runs nowhere else
	}
	return f.app.db.Tx(ctx, func(tx *store.Tx) error {
		return tx.SettleAgent(ctx, b.Actor.Scope(), m) // of several machines, this is one that is heard of
	})
}

// cloned notes that two processes beat for a machine, once, where people see it, and
// tells them.
func (f *Fleet) cloned(ctx context.Context, b *Bearer, m plaza.Activation, now time.Time) error {
	return f.app.db.Tx(ctx, func(tx *store.Tx) error {
		first, err := tx.MarkCloned(ctx, b.Actor.Scope(), m.ID, now)
		if err != nil || !first {
			return err
		}
		name := b.Standing.License.AgentName
		err = f.app.perform(ctx, tx, b.Actor, plaza.AuditEvent{Verb: plaza.AgentCloned}, func(tx *store.Tx, e *plaza.AuditEvent) error {
			e.About(m.Profile, "agent", m.Agent, name)
			e.Changed("machine", "", machineName(m))
			people, err := tx.LoginsWithRole(ctx, m.Profile, plaza.ManagingRoles()...)
			if err != nil {
				return err
			}
			return f.app.notify(ctx, tx, plaza.NoticeAgentCloned, name, m.Agent, people...)
		})
		if err != nil {
			return err
		}
		return tx.ChangedLicense(ctx, m.License, now)
	})
}

// Goodbye notes that a machine stops cleanly: it counts as offline, which alarms
// nobody, until it beats again. It is no heartbeat for one that is dead. Kinds:
// NotFound.
func (f *Fleet) Goodbye(ctx context.Context, b *Bearer, name string) (m plaza.Activation, err error) {
	i, err := f.find(ctx, b, name)
	if err != nil {
		return m, err
	}
	pulse, at := b.member.pulse(i), f.app.now()
	dead := func() bool {
		return b.Standing.Terms.Status(b.Standing.Machines[i].Created, pulse.Last().At, at) == plaza.HeartbeatDead
	}
	if dead() {
		if err := f.ask(ctx, b); err != nil {
			return m, err
		}
		if dead() {
			at = pulse.Last().At
		}
	}
	if !pulse.Last().At.IsZero() { // one that never beat has nothing to take back
		pulse.Beat(heartbeat.Beat{At: at, Generation: -1, Goodbye: true})
	}
	return b.machines()[i], nil
}
