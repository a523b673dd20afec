package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

// TestHalted suspends, resumes, closes, reopens and adds profiles at random: a
// profile stands still exactly while it, or one above it, is suspended or closed.
func TestHalted(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		r := rand.New(rand.NewPCG(seed, 2))
		ids := []string{"v"}
		for range 80 {
			if len(ids) < 4 || (r.IntN(5) == 0 && len(ids) < 25) {
				id := fmt.Sprintf("p%02d", len(ids))
				w.profile(id, ids[r.IntN(len(ids))], plaza.Reseller)
				ids = append(ids, id)
			} else {
				p := w.get(ids[r.IntN(len(ids))])
				turn(r, &p)
				w.halt(p)
			}
			haltedAsItShould(t, w, ids)
			if t.Failed() {
				return
			}
		}
	})
}

func turn(r *rand.Rand, p *plaza.Profile) {
	flip := func(at *time.Time) {
		if at.IsZero() {
			*at = noon()
		} else {
			*at = time.Time{}
		}
	}
	if r.IntN(3) == 0 {
		flip(&p.Closed)
	} else {
		flip(&p.Suspended)
	}
}

func haltedAsItShould(t *testing.T, w *world, ids []string) {
	t.Helper()
	all := map[string]plaza.Profile{}
	for _, id := range ids {
		all[id] = w.get(id)
	}
	for id, p := range all {
		want := false
		for at := id; at != ""; at = all[at].Parent {
			want = want || !all[at].Suspended.IsZero() || !all[at].Closed.IsZero()
		}
		if p.Halted != want {
			t.Errorf("%s below %s: halted is %t, want %t", id, p.Parent, p.Halted, want)
		}
	}
}

// TestHaltedWhileManyAct does the same from several sides at once.
func TestHaltedWhileManyAct(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		// a chain, so that everybody is above or below everybody
		ids := []string{"v"}
		for i := range 5 {
			id := fmt.Sprintf("p%d", i)
			w.profile(id, ids[i], plaza.Reseller)
			ids = append(ids, id)
		}
		chain := slices.Clone(ids[1:])
		var mu sync.Mutex
		var all sync.WaitGroup
		for side := range 6 {
			all.Go(func() {
				r := rand.New(rand.NewPCG(uint64(side), 3))
				for n := range 12 {
					id := chain[r.IntN(len(chain))]
					err := db.Tx(t.Context(), func(tx *store.Tx) error {
						if side < 2 {
							p := plaza.Profile{ID: fmt.Sprintf("new-%d-%d", side, n), Parent: id, Kind: plaza.Partner, Name: "n", Created: noon()}
							if err := tx.InsertProfile(t.Context(), p); err != nil {
								return err
							}
							mu.Lock()
							defer mu.Unlock()
							ids = append(ids, p.ID) // an undone one fails the test below, as it should not happen
							return nil
						}
						p, err := tx.Profile(t.Context(), everyone(), id)
						if err != nil {
							return err
						}
						turn(r, &p)
						return tx.SetProfileHalt(t.Context(), everyone(), p, noon())
					})
					if err != nil && plaza.KindOf(err) != plaza.Stale {
						t.Errorf("%s: %v", id, err)
					}
				}
			})
		}
		all.Wait()
		haltedAsItShould(t, w, ids)
	})
}

// TestHaltedInARace lets two act at the same moment on the same branch, many
// times over: one suspends or resumes what is above what the other one suspends
// or makes.
func TestHaltedInARace(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		halt := func(id string, at time.Time) error {
			return db.Tx(t.Context(), func(tx *store.Tx) error {
				p, err := tx.Profile(t.Context(), everyone(), id)
				if err != nil {
					return err
				}
				p.Suspended = at
				return tx.SetProfileHalt(t.Context(), everyone(), p, noon())
			})
		}
		for n := range 60 {
			top, below, made := fmt.Sprintf("top-%d", n), fmt.Sprintf("below-%d", n), fmt.Sprintf("made-%d", n)
			w.profile(top, "v", plaza.Reseller)
			w.profile(below, top, plaza.Reseller)
			deeds := []func() error{
				func() error { return halt(top, noon()) },
				func() error {
					return db.Tx(t.Context(), func(tx *store.Tx) error {
						if _, err := tx.Above(t.Context(), below); err != nil { // about as long as the other one needs
							return err
						}
						return tx.InsertProfile(t.Context(), plaza.Profile{ID: made, Parent: below, Kind: plaza.Partner, Name: made, Created: noon()})
					})
				},
			}
			if n%2 == 0 {
				must(t, halt(top, noon()))
				w.profile(made, below, plaza.Partner)
				deeds = []func() error{
					func() error { return halt(top, time.Time{}) },
					func() error { return halt(below, noon()) },
				}
			}
			together(t, deeds...)
			haltedAsItShould(t, w, []string{"v", top, below, made})
		}
	})
}

// together does all deeds at the same time.
func together(t *testing.T, deeds ...func() error) {
	t.Helper()
	var all sync.WaitGroup
	start := make(chan struct{})
	for _, deed := range deeds {
		all.Go(func() {
			<-start
			if err := deed(); err != nil {
				t.Error(err)
			}
		})
	}
	close(start)
	all.Wait()
}

func TestScopes(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.profile("r", "v", plaza.Reseller)
		w.profile("rr", "r", plaza.Reseller)
		w.profile("p", "rr", plaza.Partner)
		w.profile("s", "v", plaza.Reseller)
		for scope, reach := range map[string][]string{
			"v": {"v", "r", "rr", "p", "s"}, "r": {"r", "rr", "p"}, "rr": {"rr", "p"}, "p": {"p"}, "s": {"s"}, "": nil, "nobody": nil,
		} {
			read(t, db, func(tx *store.Tx) error {
				for _, id := range []string{"v", "r", "rr", "p", "s"} {
					_, err := tx.Profile(t.Context(), within(scope), id)
					if seen := err == nil; seen != slices.Contains(reach, id) {
						t.Errorf("%q sees %s: %t", scope, id, seen)
					}
				}
				return nil
			})
		}
		read(t, db, func(tx *store.Tx) error {
			above, err := tx.Above(t.Context(), "p")
			if !slices.Equal(above, []string{"rr", "r", "v"}) {
				t.Errorf("above p: %v", above)
			}
			return err
		})
	})
}

// TestVersions changes every sort of thing that carries a version: with the one
// that was read; then with it again, which is Stale; and from outside, which
// cannot tell it from what never was.
func TestVersions(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		p := w.profile("p", "v", plaza.Partner)
		w.profile("stranger", "v", plaza.Reseller)
		login := w.login("p", "l", plaza.Owner)
		license, agent := w.license(plaza.License{Profile: "p"}), w.agent("p", "a")
		request := w.request(login, "wish", noon())
		request.Decision, request.Decided = plaza.RequestDeclined, noon()
		for name, write := range map[string]func(tx *store.Tx, ctx context.Context, s plaza.Scope, id string, version int) error{
			"license": func(tx *store.Tx, ctx context.Context, s plaza.Scope, id string, version int) error {
				l := license
				l.ID, l.Version = pick(id, l.ID), version
				return tx.SetLicenseHalt(ctx, s, l)
			},
			"agent": func(tx *store.Tx, ctx context.Context, s plaza.Scope, id string, version int) error {
				a := agent
				a.ID, a.Version = pick(id, a.ID), version
				return tx.RenameAgent(ctx, s, a)
			},
			"login": func(tx *store.Tx, ctx context.Context, s plaza.Scope, id string, version int) error {
				l := login
				l.ID, l.Version = pick(id, l.ID), version
				return tx.UpdateLogin(ctx, s, l)
			},
			"request": func(tx *store.Tx, ctx context.Context, s plaza.Scope, id string, version int) error {
				r := request
				r.ID, r.Version = pick(id, r.ID), version
				return tx.DecideRequest(ctx, s, r)
			},
			"profile": func(tx *store.Tx, ctx context.Context, s plaza.Scope, id string, version int) error {
				p := p
				p.ID, p.Version = pick(id, p.ID), version
				return tx.UpdateProfile(ctx, s, p)
			},
		} {
			versions(t, db, name, write)
			if name == "profile" {
				versions(t, db, "halt", func(tx *store.Tx, ctx context.Context, s plaza.Scope, id string, version int) error {
					p := p
					p.ID, p.Version = pick(id, p.ID), version+1
					return tx.SetProfileHalt(ctx, s, p, noon())
				})
			}
		}
		versions(t, db, "person", func(tx *store.Tx, ctx context.Context, s plaza.Scope, id string, version int) error {
			if s != within("v") {
				id = "nobody" // a person belongs to no profile
			}
			return tx.UpdatePerson(ctx, plaza.Person{ID: pick(id, login.Person), Name: "n", Version: version})
		})
	})
}

func pick(id, own string) string {
	if id == "" {
		return own
	}
	return id
}

func versions(t *testing.T, db *store.DB, name string, write func(tx *store.Tx, ctx context.Context, s plaza.Scope, id string, version int) error) {
	t.Helper()
	try := func(scope plaza.Scope, id string, version int) error {
		return db.Tx(t.Context(), func(tx *store.Tx) error { return write(tx, t.Context(), scope, id, version) })
	}
	want(t, name+" from outside", try(within("stranger"), "", 1), plaza.NotFound)
	want(t, name+" from outside, stale", try(within("stranger"), "", 7), plaza.NotFound)
	want(t, name+" from nowhere", try(plaza.Scope{}, "", 1), plaza.NotFound)
	want(t, name+" that never was", try(within("v"), "never", 1), plaza.NotFound)
	want(t, name+" from the future", try(within("v"), "", 2), plaza.Stale)
	if err := try(within("v"), "", 1); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	want(t, name+" again", try(within("v"), "", 1), plaza.Stale)
}
