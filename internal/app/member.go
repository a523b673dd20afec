package app

import (
	"encoding/binary"
	"sync/atomic"
	"time"
	"unique"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/heartbeat"
	"github.com/connectplaza/plaza/internal/store"
)

// member is a node's copy of one license with its activations. It is never changed:
// what is new takes its place. There may be a million, so that each is packed: what
// many have alike is kept once, and everything else in one text.
type member struct {
	digest  shortDigest
	shared  unique.Handle[shared]
	packed  string
	one     *heartbeat.Pulse // of its only machine
	several *several         // instead of one; nil if it has no more than one
	checked atomic.Pointer[heartbeat.Pulse]
	before  int64        // when it was checked last before that, in microseconds; 0: never
	asked   atomic.Int64 // when another node's heartbeats were last asked for, see [Fleet.ask]
}

// several is what a license has more of than most.
type several struct {
	whole  *plaza.Standing    // instead of what is packed, if to unpack it would take long
	pulses []*heartbeat.Pulse // of the machines, in their order
}

// shortDigest is the first half of a key's digest, which is more than enough to
// tell keys apart: nobody can choose it.
type shortDigest [16]byte

// manyMachines is from how many machines on a license is not packed.
const manyMachines = 8

// shared is what many licenses have alike.
type shared struct {
	profile, profileName, plan, planName, product, build string

	terms    *plaza.Terms
	months   int
	planMade time.Time
}

// newMember packs a license and its machines.
func newMember(l store.FleetLicense, terms *plaza.Terms, product string, machines []plaza.Activation) *member {
	m := &member{digest: shortDigest(l.Digest), shared: unique.Make(shared{
		l.Profile, l.ProfileName, l.Plan, l.PlanName, product, l.Build, terms, l.Months, l.PlanMade,
	})}
	if !l.Validated.At.IsZero() {
		m.before = l.Validated.At.UnixMicro()
	}
	p := packer{base: l.Created.UnixMicro()}
	p.license(l.License)
	p.number(int64(len(machines)))
	if len(machines) > 1 {
		m.several = &several{pulses: make([]*heartbeat.Pulse, len(machines))}
	}
	if len(machines) >= manyMachines {
		s := m.unpackShared()
		s.License, s.Machines = unpackLicense(&unpacker{s: string(p.b)}, s.License), machines
		m.several.whole = &s
		p.b = p.b[:0]
		p.text(l.ID)
	} else {
		for i := range machines {
			p.machine(&machines[i])
		}
	}
	m.packed = string(p.b)
	return m
}

// id returns the ID of the license.
func (m *member) id() string { return (&unpacker{s: m.packed}).text() }

// pulse returns the pulse of the machine at i.
func (m *member) pulse(i int) *heartbeat.Pulse {
	if m.several == nil {
		return m.one
	}
	return m.several.pulses[i]
}

// pulses returns those of all machines.
func (m *member) pulses() []*heartbeat.Pulse {
	switch {
	case m.several != nil:
		return m.several.pulses
	case m.one != nil:
		return []*heartbeat.Pulse{m.one}
	}
	return nil
}

func (m *member) setPulse(i int, p *heartbeat.Pulse) {
	if m.several == nil {
		m.one = p
		return
	}
	m.several.pulses[i] = p
}

// standing returns what was packed, with the machines in room if they fit in.
func (m *member) standing(room []plaza.Activation) plaza.Standing {
	if m.several != nil && m.several.whole != nil {
		return *m.several.whole
	}
	s := m.unpackShared()
	u := unpacker{s: m.packed}
	s.License = unpackLicense(&u, s.License)
	n := int(u.number())
	if n > cap(room) {
		room = make([]plaza.Activation, n)
	}
	s.Machines = room[:n]
	for i := range s.Machines {
		one := &s.Machines[i]
		u.machine(one)
		one.Profile, one.License, one.Agent = s.License.Profile, s.License.ID, s.License.Agent
	}
	return s
}

func (m *member) unpackShared() plaza.Standing {
	c := m.shared.Value()
	return plaza.Standing{
		License: plaza.License{Profile: c.profile, ProfileName: c.profileName, Kind: plaza.ConnectAgentLicense, Plan: c.plan, PlanName: c.planName},
		Terms:   c.terms, Product: c.product, Term: termOf(c.months), PlanMade: c.planMade,
	}
}

// lastChecked returns when the license was last checked; zero if never.
func (m *member) lastChecked() time.Time {
	if p := m.checked.Load(); p != nil {
		return p.Last().At
	}
	if m.before == 0 {
		return time.Time{}
	}
	return time.UnixMicro(m.before).UTC()
}

// packer writes what a license and its machines say. Times are written as what they
// are apart from the license's own.
type packer struct {
	b    []byte
	base int64
}

func (p *packer) text(s string)  { p.b = append(binary.AppendUvarint(p.b, uint64(len(s))), s...) }
func (p *packer) number(n int64) { p.b = binary.AppendVarint(p.b, n) }

func (p *packer) time(t time.Time) {
	if t.IsZero() {
		p.number(0)
		return
	}
	apart := t.UnixMicro() - p.base
	if apart >= 0 {
		apart++ // 0 is no time
	}
	p.number(apart)
}

func (p *packer) license(l plaza.License) {
	p.text(l.ID)
	p.number(p.base)
	p.text(l.Name)
	p.text(l.KeyHint)
	p.text(l.SuspendReason)
	p.text(l.Agent)
	if l.AgentName == l.Name {
		p.number(1)
	} else {
		p.number(0)
		p.text(l.AgentName)
	}
	for _, t := range []time.Time{l.Starts, l.Ends, l.Suspended, l.Ended, l.Updated, l.CheckedOut} {
		p.time(t)
	}
	flags := int64(0)
	for i, set := range []bool{l.Trial, l.Renews, l.Awaits} {
		if set {
			flags |= 1 << i
		}
	}
	for _, n := range []int64{int64(l.GraceDays), int64(l.Machines), flags, int64(l.Version)} {
		p.number(n)
	}
}

func (p *packer) machine(m *plaza.Activation) {
	for _, s := range []string{m.ID, m.Fingerprint, m.Name, m.Host, m.Platform, m.IP, m.Metadata, m.Address} {
		p.text(s)
	}
	for _, n := range []int64{int64(m.Cores), m.Memory, m.Disk} {
		p.number(n)
	}
	for _, t := range []time.Time{m.Created, m.Updated, m.CheckedOut, m.Cloned, m.FileUntil} {
		p.time(t)
	}
}

// unpacker reads what a packer wrote. Texts share the memory of what is packed.
type unpacker struct {
	s    string
	base int64
}

func (u *unpacker) unsigned() (v uint64) {
	const more, bits = 0x80, 7
	for shift := 0; ; shift += bits {
		c := u.s[0]
		u.s = u.s[1:]
		v |= uint64(c&^more) << shift
		if c < more {
			return v
		}
	}
}

func (u *unpacker) number() int64 {
	v := u.unsigned()
	return int64(v>>1) ^ -int64(v&1)
}

func (u *unpacker) text() string {
	n := u.unsigned()
	s := u.s[:n]
	u.s = u.s[n:]
	return s
}

func (u *unpacker) time() time.Time {
	apart := u.number()
	if apart == 0 {
		return time.Time{}
	}
	if apart > 0 {
		apart--
	}
	return time.UnixMicro(u.base + apart).UTC()
}

func unpackLicense(u *unpacker, l plaza.License) plaza.License {
	l.ID = u.text()
	u.base = u.number()
	l.Created = time.UnixMicro(u.base).UTC()
	l.Name, l.KeyHint, l.SuspendReason, l.Agent = u.text(), u.text(), u.text(), u.text()
	if l.AgentName = l.Name; u.number() == 0 {
		l.AgentName = u.text()
	}
	l.Starts, l.Ends, l.Suspended, l.Ended, l.Updated, l.CheckedOut = u.time(), u.time(), u.time(), u.time(), u.time(), u.time()
	l.GraceDays, l.Machines = int(u.number()), int(u.number())
	flags := u.number()
	l.Trial, l.Renews, l.Awaits = flags&1 != 0, flags&2 != 0, flags&4 != 0
	l.Version = int(u.number())
	return l
}

func (u *unpacker) machine(m *plaza.Activation) {
	*m = plaza.Activation{}
	m.ID, m.Fingerprint, m.Name, m.Host, m.Platform, m.IP, m.Metadata, m.Address = u.text(), u.text(), u.text(), u.text(), u.text(), u.text(), u.text(), u.text()
	m.Cores, m.Memory, m.Disk = int(u.number()), u.number(), u.number()
	m.Created, m.Updated, m.CheckedOut, m.Cloned, m.FileUntil = u.time(), u.time(), u.time(), u.time(), u.time()
}
