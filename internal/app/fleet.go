package app

import (
	"context"
	"crypto/ed25519"
	"iter"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/heartbeat"
	"github.com/connectplaza/plaza/internal/licensekey"
	"github.com/connectplaza/plaza/internal/store"
)

// Fleet is where ConnectAgents come in. A license key becomes a [Bearer], and what
// the bearer asks for is done in its name.
//
// Each node keeps a copy of the licenses it has seen, and is the truth about when
// it last heard of what they run: heartbeats and checks cost no transaction. What
// changes anywhere reaches every node within a second, see [Fleet.Follow].
type Fleet struct {
	app      *App
	digest   func(string) [32]byte
	book     *heartbeat.Book
	ring     atomic.Pointer[keyring]
	fresh    freshness     // of the ring
	reading  chan struct{} // see [Fleet.turn]
	members  members
	homes    homes
	refused  refusals
	terms    sync.Map // of *plaza.Terms, by what they say
	pace     pace
	bearers  sync.Pool            // of *Bearer
	seen     map[string]time.Time // changes that this node knows of; [Fleet.Follow] only
	followed time.Time            // up to when it knows them all; [Fleet.Follow] only
	broom    broom                // [Fleet.Sweep] only
}

// NewFleet returns the ConnectAgents' way into a. It makes the signing key if there
// is none yet.
func NewFleet(ctx context.Context, a *App) (*Fleet, error) {
	f := &Fleet{app: a, digest: a.box.Digester(keyDigest), book: heartbeat.NewBook(), seen: map[string]time.Time{}, followed: a.now()}
	f.members.byDigest, f.members.byLicense = map[shortDigest]*member{}, map[string]*member{}
	f.reading = make(chan struct{}, readAtOnce)
	f.members.once = map[shortDigest]struct{}{}
	f.homes.all = map[string]home{}
	f.fresh.read.Store(a.now().UnixMicro())
	f.bearers.New = func() any { return new(Bearer) }
	f.refused.begin()
	err := a.db.Tx(ctx, func(tx *store.Tx) error {
		ring, err := a.keyring(ctx, tx)
		f.ring.Store(&ring)
		return err
	})
	a.db.WatchFleet(f.changed)
	return f, err
}

// Wire returns what the agents' API calls this installation.
func (f *Fleet) Wire() Wire { return f.ring.Load().wire }

// Now returns what time it is.
func (f *Fleet) Now() time.Time { return f.app.now() }

func (f *Fleet) signer() ed25519.PrivateKey { return f.ring.Load().at(f.app.now()).private }

// PublicKey returns the key that what is signed now can be verified with.
func (f *Fleet) PublicKey() ed25519.PublicKey { return f.ring.Load().at(f.app.now()).Public }

// AppendSignature appends the header that signs text, see [licensekey.Answer].
func (f *Fleet) AppendSignature(b, text []byte) []byte {
	return licensekey.AppendSignature(b, f.signer(), f.Wire().Account, text)
}

// SealFile returns the certificate that holds plaintext, see [licensekey.SealFile].
func (f *Fleet) SealFile(kind licensekey.FileKind, plaintext []byte, secret string) []byte {
	return licensekey.SealFile(f.signer(), kind, plaintext, secret)
}

// members are the copies that a node has.
type members struct {
	mu        sync.RWMutex
	byDigest  map[shortDigest]*member
	byLicense map[string]*member
	once      map[shortDigest]struct{} // of copies that were let go: somebody has the key
	turn      uint64                   // counts changes
	changed   map[string]uint64        // by license: the turn of the last one; since when a copy was last read
	emptied   uint64                   // the turn of the last change that may have been of any license
	reading   int                      // copies that are being read
}

func (m *members) find(digest [32]byte) *member {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.byDigest[shortDigest(digest[:])]
}

// knew reports whether some license had the key with the digest.
func (m *members) knew(digest [32]byte) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	_, once := m.once[shortDigest(digest[:])]
	return once
}

// begin returns the turn at which a copy is read: one that changes before it is
// put is not kept.
func (m *members) begin() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reading++
	return m.turn
}

// put keeps the copies that were read since turn, but for those that changed since.
func (m *members) put(turn uint64, all ...*member) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reading--
	for _, one := range all {
		if id := one.id(); max(m.changed[id], m.emptied) <= turn {
			delete(m.byLicense, id) // or its text would stay that of the copy before
			m.byDigest[one.digest], m.byLicense[id] = one, one
			delete(m.once, one.digest)
		}
	}
	if m.reading == 0 {
		m.changed = nil
	}
}

// drop lets go of the copy of a license, and returns it.
func (m *members) drop(license string) *member {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.turn++; m.reading > 0 {
		if m.changed == nil {
			m.changed = map[string]uint64{}
		}
		m.changed[license] = m.turn
	}
	one := m.byLicense[license]
	if one != nil {
		delete(m.byDigest, one.digest)
		delete(m.byLicense, license)
		m.once[one.digest] = struct{}{}
	}
	return one
}

// empty lets go of every copy.
func (m *members) empty() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turn++
	m.emptied = m.turn
	for digest := range m.byDigest {
		m.once[digest] = struct{}{}
	}
	clear(m.byDigest)
	clear(m.byLicense)
}

// pulses returns what the copies have of when something was last heard of.
func (m *members) pulses() iter.Seq[*heartbeat.Pulse] {
	m.mu.RLock()
	all := slices.Collect(maps.Values(m.byLicense))
	m.mu.RUnlock()
	return func(yield func(*heartbeat.Pulse) bool) {
		for _, one := range all {
			if p := one.checked.Load(); p != nil && !yield(p) {
				return
			}
			for _, p := range one.pulses() {
				if !yield(p) {
					return
				}
			}
		}
	}
}

func (m *members) count() int {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return len(m.byLicense)
}

// home is what a node knows of a profile with ConnectAgents.
type home struct {
	era    uint64 // of [homes] when it was read
	halted bool
	days   int
}

// homes are the profiles that a node knows. Their era ends when some profile comes
// to stand still, or stands still no longer: each is then read anew when it is
// needed, since all those below are concerned too.
type homes struct {
	mu  sync.RWMutex
	era uint64
	all map[string]home
}

func (h *homes) find(profile string) (known home, era uint64, ok bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	known, ok = h.all[profile]
	return known, h.era, ok && known.era == h.era
}

// learn keeps what was read of a profile.
func (h *homes) learn(profile string, one home) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if known, ok := h.all[profile]; !ok || known.era < one.era {
		h.all[profile] = one
	}
}

func (f *Fleet) home(ctx context.Context, profile string) (home, error) {
	known, era, ok := f.homes.find(profile)
	if ok {
		return known, nil
	}
	h := home{era: era}
	err := f.app.db.Read(ctx, func(tx *store.Tx) (err error) {
		h.halted, h.days, err = tx.FleetHome(ctx, profile)
		return err
	})
	if err != nil {
		return home{}, err
	}
	f.homes.learn(profile, h)
	return h, nil
}

// changed lets go of what is not as it was: the copy of a license or, if none is
// named, what is known of profiles.
func (f *Fleet) changed(license string) {
	if license != "" {
		f.members.drop(license)
		return
	}
	f.fresh.end()
	f.homes.mu.Lock()
	f.homes.era++
	f.homes.mu.Unlock()
}

// overlap is how long a change may take from its time until it can be read: no
// transaction lasts longer.
const overlap = 30 * time.Second

// changesKept is how long a change can be read for those who could not look before.
// Whoever could not for longer lets go of everything.
const changesKept = 10 * time.Minute

// Follow looks for what other nodes changed since it last could. A node calls it
// every second.
func (f *Fleet) Follow(ctx context.Context) error {
	now := f.app.now()
	f.refused.forget(now)
	since := f.followed.Add(-overlap)
	if now.Before(f.followed) { // the clock was put back
		since = now.Add(-overlap)
	}
	var changes []store.FleetChange
	err := f.app.db.Read(ctx, func(tx *store.Tx) (err error) {
		if changes, err = tx.FleetChanges(ctx, since); err != nil {
			return err
		}
		ring, err := f.app.loadKeyring(ctx, tx)
		if err == nil {
			f.ring.Store(&ring)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range changes {
		if _, known := f.seen[c.ID]; !known {
			f.seen[c.ID] = now
			f.changed(c.License)
		}
	}
	if now.Sub(since) > changesKept {
		f.members.empty()
		f.changed("")
	}
	f.followed = now
	for id, at := range f.seen {
		if now.Sub(at) > 2*overlap {
			delete(f.seen, id)
		}
	}
	f.app.followed()
	f.pace.set(f.members.count())
	return nil
}

// Flush writes the heartbeats and checks since the last time, in one transaction. A
// node calls it every second, and once more when it ends.
func (f *Fleet) Flush(ctx context.Context) (int, error) {
	return f.book.Flush(ctx, func(ctx context.Context, all []plaza.Pulse) error {
		return f.app.db.Tx(ctx, func(tx *store.Tx) error { return tx.PutPulses(ctx, all) })
	})
}

// Bearer is who came in with the key of a ConnectAgent's license, and what was true
// at that moment. The standing is shared and must not be changed.
type Bearer struct {
	Actor    plaza.Actor
	Standing plaza.Standing
	Key      string
	Build    string // the version that a check last named

	member *member
	room   [1]plaza.Activation // for the machine of most licenses
	moment [1]plaza.Activation // for the same one as a check sees it
	pool   *sync.Pool
}

// Leave lets go of b, which must not be used any more, nor what it shared. To call
// it is not needed; who does so for each heartbeat makes little waste.
func (b *Bearer) Leave() {
	if b.pool != nil {
		b.pool.Put(b)
	}
}

// errUnknownKey is the one answer for a key that never was and for one whose
// license has ended.
func errUnknownKey() error {
	return plaza.Refuse(plaza.Unauthenticated, "LICENSE_INVALID", "", "this license key is not known here")
}

// Identify returns who holds a key. Kinds, as a [plaza.Refusal]: Unauthenticated,
// Forbidden if the license or a profile it hangs on is suspended or it expired
// and its terms say that this is all, Limited for who tries many keys.
func (f *Fleet) Identify(ctx context.Context, key string, from plaza.Origin) (*Bearer, error) {
	b, err := f.bearer(ctx, key, from)
	if err != nil {
		return nil, err
	}
	if b == nil {
		return nil, errUnknownKey()
	}
	return b, admitted(b.Standing, f.app.now())
}

// admitted are lines 5 to 7 of agent API 2.2.
func admitted(s plaza.Standing, now time.Time) error {
	switch s.License.State(now) {
	case plaza.LicenseSuspended:
		return plaza.Refuse(plaza.Forbidden, "LICENSE_SUSPENDED", "", "this license is suspended; ask whoever it came from")
	case plaza.LicenseScheduled:
		return plaza.Refuse(plaza.Forbidden, "LICENSE_SUSPENDED", "", "this license starts on %s", s.License.Starts.UTC().Format(time.DateOnly))
	case plaza.LicenseExpired:
		if s.Terms.Expiration == plaza.RevokeAccess {
			return plaza.Refuse(plaza.Forbidden, "LICENSE_EXPIRED", "", "this license expired on %s", s.License.Expiry().UTC().Format(time.DateOnly))
		}
	default:
	}
	return nil
}

// normalKey returns what a key is found by.
func normalKey(key string) string {
	if licensekey.Signed(key) {
		return key
	}
	if normal, ok := licensekey.Normal(key); ok {
		return normal
	}
	return key
}

// bearer returns who holds the key, or nil if nobody does.
func (f *Fleet) bearer(ctx context.Context, key string, from plaza.Origin) (*Bearer, error) {
	key = key[:min(len(key), longestKey)]
	digest := f.digest(normalKey(key))
	m := f.members.find(digest)
	if m == nil { // what a node knows is never limited
		var err error
		if m, err = f.stranger(ctx, key, digest, from.Address); err != nil || m == nil {
			return nil, err
		}
	}
	c := m.shared.Value()
	h, err := f.home(ctx, c.profile)
	if err != nil {
		return nil, err
	}
	b, _ := f.bearers.Get().(*Bearer)
	b.Key, b.Build, b.member, b.pool = key, c.build, m, &f.bearers
	b.Standing = m.standing(b.room[:0])
	b.Actor = plaza.ConnectAgentActor(b.Standing.License.ID, c.profile, from)
	b.Standing.License.Halted, b.Standing.License.WarningDays = h.halted, h.days
	if b.Standing.License.State(f.app.now()) == plaza.LicenseEnded {
		return nil, nil //nolint:nilnil // nobody
	}
	return b, nil
}

// ask looks whether another node has heard of b's machines: what it knows is at most
// one flush old. It does so once a second, and only before somebody is told that
// a machine is dead.
func (f *Fleet) ask(ctx context.Context, b *Bearer) error {
	now, m := f.app.now().UnixMicro(), b.member
	if last := m.asked.Load(); now-last < time.Second.Microseconds() || !m.asked.CompareAndSwap(last, now) {
		return nil
	}
	return f.app.db.Read(ctx, func(tx *store.Tx) error {
		all, err := tx.Activations(ctx, b.Actor.Scope(), b.Standing.License.ID, false)
		for _, one := range all {
			f.freshen(&one)
		}
		return err
	})
}

// reread gives b the license as it is in the database: another node may have
// changed it within the last second.
func (f *Fleet) reread(ctx context.Context, b *Bearer) error {
	m, err := f.read(ctx, f.digest(normalKey(b.Key)))
	if err != nil {
		return err
	}
	if m == nil {
		return errUnknownKey()
	}
	halted, days := b.Standing.License.Halted, b.Standing.License.WarningDays
	b.Standing, b.Build, b.member = m.standing(b.room[:0]), m.shared.Value().build, m
	b.Standing.License.Halted, b.Standing.License.WarningDays = halted, days
	return nil
}

// readAtOnce is how many heartbeats read at the same time: of what a node does not
// know, and of processes. The others wait, so that the database is there for all.
const readAtOnce = 8

// turn waits until a heartbeat may read; done must be called afterwards.
func (f *Fleet) turn(ctx context.Context) (done func(), err error) {
	select {
	case f.reading <- struct{}{}:
		return func() { <-f.reading }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// read returns a new copy of the license that has the digest, or nil if none has.
func (f *Fleet) read(ctx context.Context, digest [32]byte) (m *member, err error) {
	done, err := f.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	turn := f.members.begin()
	err = f.app.db.Read(ctx, func(tx *store.Tx) error {
		l, err := tx.FleetLicense(ctx, digest[:])
		if err != nil {
			return err
		}
		scope := plaza.ConnectAgentActor(l.ID, l.Profile, plaza.Origin{}).Scope()
		machines, err := tx.Activations(ctx, scope, l.ID, false)
		if err == nil {
			m, err = f.copy(l, machines)
		}
		return err
	})
	switch {
	case err == nil:
		f.members.put(turn, m)
		return m, nil
	case plaza.KindOf(err) == plaza.NotFound:
		err = nil
	}
	f.members.put(turn)
	return nil, err
}

// Warm reads every license before its agent comes: a million that come at once, as
// after an outage, would each cost some queries. It takes a while, during which
// everything works, and returns how many there are.
func (f *Fleet) Warm(ctx context.Context) (n int, err error) {
	const page = 2000
	everyone := plaza.Everyone("every agent may come in")
	for after := ""; ; {
		turn := f.members.begin()
		_, era, _ := f.homes.find("")
		var all []*member
		err := f.app.db.Read(ctx, func(tx *store.Tx) error {
			licenses, err := tx.FleetLicenses(ctx, everyone, after, page)
			if err != nil || len(licenses) == 0 {
				return err
			}
			machines, err := tx.FleetActivations(ctx, everyone, after, licenses[len(licenses)-1].ID)
			if err != nil {
				return err
			}
			own := map[string][]plaza.Activation{} // by license: whichever of them are there
			for _, m := range machines {
				own[m.License] = append(own[m.License], m)
			}
			for _, l := range licenses {
				m, err := f.copy(l, own[l.ID])
				if err != nil {
					return err
				}
				f.homes.learn(l.Profile, home{era, l.Halted, l.WarningDays})
				all, after = append(all, m), l.ID
			}
			return nil
		})
		if err != nil {
			all = nil
		}
		f.members.put(turn, all...)
		if n += len(all); err != nil || len(all) < page {
			return n, err
		}
	}
}

// termsOf returns the terms of a license, which are the same for many.
func (f *Fleet) termsOf(l store.FleetLicense) (*plaza.Terms, error) {
	type key struct {
		text     string
		floating bool
	}
	k := key{l.Terms, l.Machines > 1}
	if known, ok := f.terms.Load(k); ok {
		t, _ := known.(*plaza.Terms)
		return t, nil
	}
	t, err := plaza.ParseTerms(l.Terms)
	if err != nil {
		return nil, err
	}
	t.Floating = t.Floating || k.floating
	f.terms.Store(k, &t)
	return &t, nil
}

// copy returns a copy of l with its machines.
func (f *Fleet) copy(l store.FleetLicense, machines []plaza.Activation) (*member, error) {
	terms, err := f.termsOf(l)
	if err != nil {
		return nil, err
	}
	m := newMember(l, terms, f.Wire().Product, machines)
	m.checked.Store(f.book.Find(m.id()))
	for i, packed := range m.standing(nil).Machines {
		one := machines[i]
		m.setPulse(i, f.book.Learn(plaza.Pulse{ID: packed.ID, At: one.Beat, Goodbye: !one.Goodbye.IsZero(), Generation: one.Generation}))
	}
	return m, nil
}

// machines returns b's machines as they are at this moment, the newest first.
func (b *Bearer) machines() []plaza.Activation { return b.machinesIn(nil) }

// machinesIn is machines, in room if they fit in.
func (b *Bearer) machinesIn(room []plaza.Activation) []plaza.Activation {
	all := append(room, b.Standing.Machines...)
	for i := range all {
		last := b.member.pulse(i).Last()
		all[i].Beat, all[i].Generation, all[i].Goodbye = last.At, last.Generation, time.Time{}
		if last.Goodbye {
			all[i].Goodbye = last.At
		}
	}
	return all
}

// machine returns the index of the machine that a path names, by its ID or else by
// its fingerprint; -1 if b has none.
func (b *Bearer) machine(name string) int {
	byID := slices.IndexFunc(b.Standing.Machines, func(m plaza.Activation) bool { return m.ID == name })
	if byID >= 0 {
		return byID
	}
	return slices.IndexFunc(b.Standing.Machines, func(m plaza.Activation) bool { return m.Fingerprint == name })
}

// errNothing is the one answer for what is not there and for what is another's.
func errNothing() error {
	return plaza.Refuse(plaza.NotFound, "NOT_FOUND", "", "there is no such thing for this license")
}

// errNotMine is the answer to a body that names what is not there or another's.
func errNotMine() error {
	return plaza.Refuse(plaza.Forbidden, "FORBIDDEN", "", "this is not the license's own")
}

// perform does what a bearer asks for in one transaction, and records it. A refusal
// is not recorded: agents ask every minute.
func (f *Fleet) perform(ctx context.Context, b *Bearer, event plaza.AuditEvent, do deed) error {
	return f.app.db.Tx(ctx, func(tx *store.Tx) error { return f.app.perform(ctx, tx, b.Actor, event, do) })
}
