package app

import (
	"context"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/licensekey"
	"github.com/connectplaza/plaza/internal/store"
)

// How many keys that are not known are looked at in a minute, before whoever tries
// more has to wait. Only they count: however many agents with good keys come from
// one address, none waits for another, nor for somebody who guesses beside it.
const (
	mostOfCredential = 30     // from one address (agent API 10.3)
	mostFromAddress  = 300    // of different keys that we did not sign
	mostAtAll        = 30_000 // the same from everywhere; it bounds what is remembered, too
)

// longestKey is how long a key can be, in bytes: a signed one has about 530.
const longestKey = 4 << 10

// stranger returns who holds a key that this node does not know, or nil if nobody
// does. What claims to be signed and is not by us was guessed, and nobody asks the
// database for it. The answer is the same for all, and for one that was guessed it
// tells by its speed no more than whoever guessed it could work out. Kinds: Limited.
func (f *Fleet) stranger(ctx context.Context, key string, digest [32]byte, address string) (m *member, err error) {
	signed, err := f.signed(ctx, key)
	if err != nil {
		return nil, err
	}
	guessed := !signed && !f.members.knew(digest)
	if err := f.refused.allow(address, digest, guessed); err != nil {
		return nil, err
	}
	if signed || !licensekey.Signed(key) {
		if m, err = f.read(ctx, digest); err != nil || m != nil {
			return m, err
		}
	}
	f.refused.note(address, digest, guessed)
	return nil, nil //nolint:nilnil // nobody
}

// signed reports whether we signed a key.
func (f *Fleet) signed(ctx context.Context, key string) (bool, error) {
	if !licensekey.Signed(key) {
		return false, nil
	}
	if f.ring.Load().signed(key) {
		return true, nil
	}
	if now := f.app.now(); f.fresh.still(now) {
		return false, nil
	}
	f.fresh.mu.Lock() // whoever comes meanwhile waits for what is read
	defer f.fresh.mu.Unlock()
	now := f.app.now()
	if f.fresh.still(now) {
		return f.ring.Load().signed(key), nil
	}
	err := f.app.db.Read(ctx, func(tx *store.Tx) error {
		ring, err := f.app.loadKeyring(ctx, tx)
		if err == nil {
			f.ring.Store(&ring)
		}
		return err
	})
	if err == nil {
		f.fresh.read.Store(now.UnixMicro())
	}
	return f.ring.Load().signed(key), err
}

// freshness is when a node last looked for new signing keys because a key seemed to
// be signed by one that it does not know: it does so once a second at most, and at once
// after it made one itself.
type freshness struct {
	mu   sync.Mutex
	read atomic.Int64 // microseconds; 0: it must look
}

func (s *freshness) end() { s.read.Store(0) }

func (s *freshness) still(now time.Time) bool {
	last := s.read.Load()
	return last > 0 && now.Sub(time.UnixMicro(last)).Abs() < time.Second
}

// signed reports whether a key is signed by one of k's.
func (k *keyring) signed(key string) bool {
	for _, one := range k.keys {
		if _, err := licensekey.Verify(one.Public, key); err == nil {
			return true
		}
	}
	return false
}

// refusals counts, for a minute, the keys that were not known.
type refusals struct {
	mu          sync.Mutex
	since       time.Time
	credentials map[[32]byte]int // of an address
	addresses   map[netip.Prefix]int
	guesses     int
}

func (r *refusals) begin() {
	r.credentials, r.addresses, r.guesses = map[[32]byte]int{}, map[netip.Prefix]int{}, 0
}

func refusalKey(address string, digest [32]byte) [32]byte {
	for i := range min(len(address), len(digest)) {
		digest[i] ^= address[i]
	}
	return digest
}

// network returns what counts as one address: who has one of IPv6 has a network of
// them.
func network(address string) netip.Prefix {
	const site = 64
	a, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}
	}
	bits := a.BitLen()
	if a.Is6() && !a.Is4In6() {
		bits = site
	}
	p, _ := a.Prefix(bits) // so many it has
	return p
}

// allow reports whether a key may be looked for; one that was guessed only as long
// as not too many were.
func (r *refusals) allow(address string, digest [32]byte, guessed bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var most int
	switch {
	case r.credentials[refusalKey(address, digest)] >= mostOfCredential:
		most = mostOfCredential
	case guessed && r.addresses[network(address)] >= mostFromAddress:
		most = mostFromAddress
	case guessed && r.guesses >= mostAtAll:
		most = mostAtAll
	default:
		return nil
	}
	return &plaza.Error{Kind: plaza.Limited, Msg: plaza.T("error.limited", "Wait", time.Minute), Wait: time.Minute, Most: most}
}

// note counts a key that was refused.
func (r *refusals) note(address string, digest [32]byte, guessed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if guessed {
		r.addresses[network(address)]++
		r.guesses++
	}
	if len(r.credentials) < 2*mostAtAll { // the others are of licenses that ended: there are not so many
		r.credentials[refusalKey(address, digest)]++
	}
}

// forget begins a new minute when the old one is over; it is called every second.
func (r *refusals) forget(now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Sub(r.since).Abs() >= time.Minute {
		r.since = now
		r.begin()
	}
}
