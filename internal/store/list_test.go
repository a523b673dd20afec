package store_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

// leaf is one page of any list: the IDs of its rows.
type leaf struct {
	ids        []string
	total      int
	next, prev string
}

// book is a list, whatever is in it.
type book struct {
	name  string
	texts []string // its sorts by a text
	times []string // … by a number
	open  func(*store.Tx, plaza.Page) (leaf, error)
	grow  func(*world, int) // adds rows that the list holds
}

func leafOf[T any](list plaza.List[T], err error, id func(T) string) (leaf, error) {
	l := leaf{total: list.Total, next: list.Next, prev: list.Prev}
	for _, row := range list.Rows {
		l.ids = append(l.ids, id(row))
	}
	return l, err
}

// strange names sort in ways that not everybody expects, and many are equal.
func strange(i int) string {
	names := []string{"", "Zürich", "zürich", "ZÜRICH", "Éa", "éa", "株式会社", "🦆", "a", "A", "a%", "a_b", `a\b`, "شركة", "O'Brien", "same", "same", "same"}
	return names[i%len(names)]
}

func books(t *testing.T) []book {
	ctx, now := t.Context(), noon()
	return []book{
		{
			name: "licenses", texts: []string{"name", "profile", "kind", "plan"}, times: []string{"starts", "ends", "created"},
			open: func(tx *store.Tx, p plaza.Page) (leaf, error) {
				list, err := tx.Licenses(ctx, within("v"), plaza.LicenseFilter{}, p, now)
				return leafOf(list, err, func(l plaza.License) string { return l.ID })
			},
			grow: func(w *world, n int) {
				for i := range n {
					l := plaza.License{Profile: []string{"v", "a", "b"}[i%3], Name: strange(i), Kind: plaza.LicenseKinds()[i%3]}
					if i%3 > 0 { // the others never end
						l.Ends = noon().Add(time.Duration(i%5+1) * day)
					}
					w.license(l)
				}
			},
		},
		{
			name: "agents", texts: []string{"name", "profile", "build"}, times: []string{"seen", "created"},
			open: func(tx *store.Tx, p plaza.Page) (leaf, error) {
				list, err := tx.Agents(ctx, within("v"), plaza.AgentFilter{}, p, now)
				return leafOf(list, err, func(a plaza.ConnectAgent) string { return a.ID })
			},
			grow: func(w *world, n int) {
				for i := range n {
					a := w.agent([]string{"a", "b"}[i%2], strange(i))
					if i%3 == 0 {
						continue
					}
					change(w, w.db, func(tx *store.Tx) error {
						return tx.PutHeartbeat(w.Context(), everyone(), plaza.Heartbeat{
							Agent: a.ID, At: noon().Add(time.Duration(i%4) * time.Second), Health: plaza.HealthOK, Build: strange(i / 2),
						})
					})
				}
			},
		},
		{
			name: "logins", texts: []string{"name", "profile", "role", "email"}, times: []string{"signed_in", "created"},
			open: func(tx *store.Tx, p plaza.Page) (leaf, error) {
				list, err := tx.Logins(ctx, within("v"), plaza.LoginFilter{}, p)
				return leafOf(list, err, func(l plaza.Login) string { return l.ID })
			},
			grow: func(w *world, n int) {
				for i := range n {
					l := w.login([]string{"v", "a"}[i%2], strange(i), plaza.Roles()[i%5])
					if i%2 == 0 {
						change(w, w.db, func(tx *store.Tx) error {
							return tx.SignedIn(w.Context(), l.ID, noon().Add(time.Duration(i%3)*time.Hour))
						})
					}
				}
			},
		},
		{
			name: "profiles", texts: []string{"name", "kind"}, times: []string{"created"},
			open: func(tx *store.Tx, p plaza.Page) (leaf, error) {
				list, err := tx.Profiles(ctx, within("v"), plaza.ProfileFilter{}, p)
				return leafOf(list, err, func(p plaza.Profile) string { return p.ID })
			},
			grow: func(w *world, n int) {
				for i := range n {
					p := w.profile(w.id(), "v", []plaza.ProfileKind{plaza.Partner, plaza.Enterprise, plaza.Reseller}[i%3])
					p.Name = strange(i)
					change(w, w.db, func(tx *store.Tx) error { return tx.UpdateProfile(w.Context(), everyone(), p) })
				}
			},
		},
		{
			name: "requests", texts: []string{"profile", "kind"}, times: []string{"created"},
			open: func(tx *store.Tx, p plaza.Page) (leaf, error) {
				list, err := tx.Requests(ctx, within("v"), plaza.RequestFilter{}, p, now)
				return leafOf(list, err, func(r plaza.Request) string { return r.ID })
			},
			grow: func(w *world, n int) {
				by := []plaza.Login{w.login("a", "by", plaza.Owner), w.login("b", "by", plaza.Owner)}
				for i := range n {
					w.request(by[i%2], strange(i), noon().Add(time.Duration(i%3)*time.Hour))
				}
			},
		},
		{
			name: "events", times: []string{"at"},
			open: func(tx *store.Tx, p plaza.Page) (leaf, error) {
				list, err := tx.AuditEvents(ctx, within("v"), plaza.AuditFilter{Verbs: []plaza.Verb{plaza.Tidy}}, p)
				return leafOf(list, err, func(e plaza.AuditLine) string { return e.ID })
			},
			grow: func(w *world, n int) {
				for i := range n {
					e := plaza.AuditEvent{
						ID: w.id(), At: noon().Add(time.Duration(i%3) * time.Hour), Actor: plaza.Janitor, Verb: plaza.Tidy, Profile: "a", Result: plaza.Done,
					}
					r, err := e.Record()
					must(w, err)
					change(w, w.db, func(tx *store.Tx) error { return tx.AppendAudit(w.Context(), r) })
				}
			},
		},
		{
			name: "notices", times: []string{"at"},
			open: func(tx *store.Tx, p plaza.Page) (leaf, error) {
				list, err := tx.Notices(ctx, within("v"), "reader", p)
				return leafOf(list, err, func(n plaza.Notice) string { return n.ID })
			},
			grow: func(w *world, n int) {
				for i := range n {
					notice := plaza.Notice{ID: w.id(), Login: "reader", Profile: "v", At: noon().Add(time.Duration(i%3) * time.Hour)}
					change(w, w.db, func(tx *store.Tx) error { return tx.InsertNotice(w.Context(), notice, false) })
				}
			},
		},
		{
			name: "mails", times: []string{"created"},
			open: func(tx *store.Tx, p plaza.Page) (leaf, error) {
				list, err := tx.Mails(ctx, within("v"), plaza.MailFilter{}, p)
				return leafOf(list, err, func(m plaza.Mail) string { return m.ID })
			},
			grow: func(w *world, n int) {
				for i := range n {
					at := noon().Add(time.Duration(i%3) * time.Hour)
					m := plaza.Mail{ID: w.id(), Profile: "a", Created: at, Next: at}
					change(w, w.db, func(tx *store.Tx) error { return tx.InsertMail(w.Context(), m) })
				}
			},
		},
	}
}

// library returns a world in which every book has something in it.
func library(t *testing.T, db *store.DB) *world {
	t.Helper()
	w := newWorld(t, db)
	w.profile("a", "v", plaza.Partner)
	w.profile("b", "v", plaza.Partner)
	l := plaza.Login{ID: "reader", Profile: "v", Person: "reader", Name: "reader", Role: plaza.Owner, Dashboard: true, Created: noon(), Accepted: noon()}
	change(t, db, func(tx *store.Tx) error {
		if err := tx.InsertPerson(t.Context(), plaza.Person{ID: "reader", Email: "reader@example.com", Name: "reader"}, noon()); err != nil {
			return err
		}
		return tx.InsertLogin(t.Context(), l)
	})
	return w
}

func (b book) at(t *testing.T, db *store.DB, p plaza.Page) (l leaf) {
	t.Helper()
	read(t, db, func(tx *store.Tx) (err error) {
		l, err = b.open(tx, p)
		return err
	})
	return l
}

// TestLeafing walks every list by every sort in both directions, forwards and
// backwards, with pages of several sizes: each row comes exactly once.
func TestLeafing(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := library(t, db)
		for _, b := range books(t) {
			b.grow(w, 12)
			for _, sort := range append(slices.Concat(b.texts, b.times), "") {
				for _, desc := range []bool{false, true} {
					for _, size := range []int{5, 12} {
						b.leafThrough(t, db, plaza.Page{Sort: sort, Desc: desc, Size: size})
					}
				}
			}
		}
	})
}

func (b book) leafThrough(t *testing.T, db *store.DB, p plaza.Page) {
	t.Helper()
	what := fmt.Sprintf("%s %+v", b.name, p)
	want := b.at(t, db, plaza.Page{Sort: p.Sort, Desc: p.Desc, Size: plaza.MaxPageSize})
	if want.total != len(want.ids) || want.next != "" || want.prev != "" || len(want.ids) < 12 {
		t.Fatalf("%s: all on one page: %d of %d rows, next %q, previous %q", what, len(want.ids), want.total, want.next, want.prev)
	}
	var forth []string
	page := b.at(t, db, p)
	for first := true; ; first = false {
		forth = append(forth, page.ids...)
		if len(page.ids) > p.Size || page.total != want.total || (page.prev == "") != first || len(forth) > want.total {
			t.Fatalf("%s: after %d rows a page of %d, total %d, previous %q", what, len(forth), len(page.ids), page.total, page.prev)
		}
		if page.next == "" {
			break
		}
		page = b.at(t, db, plaza.Page{Sort: p.Sort, Desc: p.Desc, Size: p.Size, After: page.next})
	}
	if diff := cmp.Diff(want.ids, forth); diff != "" {
		t.Fatalf("%s: forwards (-want +got):\n%s", what, diff)
	}
	back := page.ids
	for page.prev != "" {
		page = b.at(t, db, plaza.Page{Sort: p.Sort, Desc: p.Desc, Size: p.Size, Before: page.prev})
		if page.next == "" {
			t.Fatalf("%s: backwards, no way forth again", what)
		}
		back = append(slices.Clone(page.ids), back...)
		if len(back) > want.total {
			break
		}
	}
	if diff := cmp.Diff(want.ids, back); diff != "" {
		t.Fatalf("%s: backwards (-want +got):\n%s", what, diff)
	}
}

// TestLeafingOrder compares both engines' order with one made in Go: they sort
// alike, up and down.
func TestLeafingOrder(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := library(t, db)
		logins := books(t)[2]
		logins.grow(w, 23)
		read(t, db, func(tx *store.Tx) error {
			up, err := tx.Logins(t.Context(), within("v"), plaza.LoginFilter{}, plaza.Page{Sort: "name", Size: 200})
			must(t, err)
			want := slices.SortedFunc(slices.Values(up.Rows), func(a, b plaza.Login) int {
				if c := strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)); c != 0 {
					return c
				}
				return strings.Compare(a.ID, b.ID)
			})
			if diff := cmp.Diff(want, up.Rows); diff != "" {
				t.Errorf("up (-want +got):\n%s", diff)
			}
			down, err := tx.Logins(t.Context(), within("v"), plaza.LoginFilter{}, plaza.Page{Sort: "name", Desc: true, Size: 200})
			slices.Reverse(want)
			if diff := cmp.Diff(want, down.Rows); diff != "" {
				t.Errorf("down (-want +got):\n%s", diff)
			}
			return err
		})
	})
}

// TestLeafingWhileRowsCome: who was there at the start comes exactly once,
// whatever is added between two pages.
func TestLeafingWhileRowsCome(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := library(t, db)
		for _, b := range books(t) {
			b.grow(w, 7)
			for _, sort := range slices.Concat(b.texts, b.times) {
				before := b.at(t, db, plaza.Page{Sort: sort, Size: plaza.MaxPageSize}).ids
				seen := map[string]int{}
				p := plaza.Page{Sort: sort, Size: 3}
				for {
					page := b.at(t, db, p)
					for _, id := range page.ids {
						seen[id]++
					}
					if page.next == "" {
						break
					}
					if len(seen) < 6 {
						b.grow(w, 2)
					}
					p.After = page.next
				}
				for _, id := range before {
					if seen[id] != 1 {
						t.Errorf("%s by %s: %s came %d times", b.name, sort, id, seen[id])
					}
				}
			}
		}
	})
}

func TestGarbageCursors(t *testing.T) {
	t.Parallel()
	encode := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := library(t, db)
		for _, b := range books(t) {
			b.grow(w, 3)
			bad := []string{
				"x", "!!!", "%00", strings.Repeat("A", 9999), encode("null"), encode("{}"), encode("[]"), encode(`"a"`),
				encode(`{"k":"a"}`), encode(`{"i":"a"}`), encode(`{"k":null,"i":"a"}`), encode(`{"k":true,"i":"a"}`), encode(`{"k":{},"i":"a"}`),
				encode(`{"k":["a"],"i":"a"}`), encode(`{"k":1.5,"i":"a"}`), encode(`{"k":1e99,"i":"a"}`), encode(`{"k":99999999999999999999,"i":"a"}`),
				encode(`{"k":"a","i":"a"}{"k":"b","i":"b"}`), encode(`{"k":1,"i":"a"}{"k":1,"i":"b"}`), encode(`{"k":1,"i":2}`), encode(`{"k":1,"i":"a"} x`),
			}
			for _, sort := range append(slices.Clone(b.times[:1]), b.texts[:min(len(b.texts), 1)]...) { // one of each sort
				mine := slices.Clone(bad)
				if slices.Contains(b.times, sort) {
					mine = append(mine, encode(`{"k":"a","i":"a"}`), encode(`{"k":"1","i":"a"}`)) // of a list sorted by something else
				} else {
					mine = append(mine, encode(`{"k":1,"i":"a"}`))
				}
				for _, c := range mine {
					for _, p := range []plaza.Page{{Sort: sort, After: c}, {Sort: sort, Before: c}} {
						err := db.Read(t.Context(), func(tx *store.Tx) error {
							_, err := b.open(tx, p)
							return err
						})
						want(t, fmt.Sprintf("%s by %s, cursor %.40q", b.name, sort, c), err, plaza.Invalid)
					}
				}
				page := b.at(t, db, plaza.Page{Sort: sort, Size: 1})
				err := db.Read(t.Context(), func(tx *store.Tx) error {
					_, err := b.open(tx, plaza.Page{Sort: sort, After: page.next, Before: page.next})
					return err
				})
				want(t, b.name+" both after and before", err, plaza.Invalid)
			}
			for _, sort := range []string{"nope", "Name", "id", "l.id", "1", "name; DROP TABLE persons", "name DESC", "'", "\x00"} {
				err := db.Read(t.Context(), func(tx *store.Tx) error {
					_, err := b.open(tx, plaza.Page{Sort: sort})
					return err
				})
				want(t, fmt.Sprintf("%s by %q", b.name, sort), err, plaza.Invalid)
			}
			for _, size := range []int{-1, 0, 1 << 40} {
				b.at(t, db, plaza.Page{Size: size})
			}
		}
	})
}

// TestSearch finds what was typed, to the letter: no letter of it is a pattern.
func TestSearch(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := library(t, db)
		for _, name := range []string{"100% wol", "100 wol", "snake_case", "snakeXcase", `back\slash`, "O'Brien", "Zürich", "ÉÉN", "株式会社", "🦆 duck", "<script>"} {
			w.license(plaza.License{Profile: "a", Name: name})
		}
		for text, names := range map[string][]string{
			"%":                      {"100% wol"},
			"_":                      {"snake_case"},
			`\`:                      {`back\slash`},
			"'":                      {"O'Brien"},
			"100":                    {"100 wol", "100% wol"},
			"WOL":                    {"100 wol", "100% wol"},
			"zürich":                 {"Zürich"},
			"ZÜRICH":                 {"Zürich"},
			"één":                    {"ÉÉN"},
			"会社":                     {"株式会社"},
			"🦆":                      {"🦆 duck"},
			"<script>":               {"<script>"},
			"e_c":                    {"snake_case"},
			"%%":                     nil,
			"' OR 1=1 --":            nil,
			"\x00":                   nil,
			"\xff":                   nil,
			"wol\x00":                nil,
			strings.Repeat("%", 1e5): nil,
			strings.Repeat("x", 1e5): nil,
		} {
			read(t, db, func(tx *store.Tx) error {
				list, err := tx.Licenses(t.Context(), within("v"), plaza.LicenseFilter{Text: text}, plaza.Page{Sort: "name"}, noon())
				var got []string
				for _, l := range list.Rows {
					got = append(got, l.Name)
				}
				if diff := cmp.Diff(names, got); diff != "" {
					t.Errorf("search for %.20q (-want +got):\n%s", text, diff)
				}
				return err
			})
		}
	})
}

// TestHostileValues puts into every filter and every ID what a database may
// choke on: nothing is found, and nothing breaks.
func TestHostileValues(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		library(t, db)
		ctx, s, now := t.Context(), within("v"), noon()
		for _, bad := range []string{"\x00", "a\x00b", "\xff\xfe", "'", strings.Repeat("x", 1e5), "💥"} {
			for name, get := range map[string]func(*store.Tx) error{
				"license": func(tx *store.Tx) error { _, err := tx.License(ctx, s, bad); return err },
				"agent":   func(tx *store.Tx) error { _, err := tx.Agent(ctx, s, bad); return err },
				"login":   func(tx *store.Tx) error { _, err := tx.Login(ctx, s, bad); return err },
				"profile": func(tx *store.Tx) error { _, err := tx.Profile(ctx, s, bad); return err },
				"request": func(tx *store.Tx) error { _, err := tx.Request(ctx, s, bad); return err },
				"mail":    func(tx *store.Tx) error { _, err := tx.Mail(ctx, s, bad); return err },
				"plan":    func(tx *store.Tx) error { _, err := tx.Plan(ctx, bad); return err },
				"person":  func(tx *store.Tx) error { _, err := tx.PersonByEmail(ctx, bad); return err },
				"key":     func(tx *store.Tx) error { _, err := tx.LicenseKeySealed(ctx, s, bad); return err },
			} {
				want(t, fmt.Sprintf("%s %.20q", name, bad), db.Read(ctx, get), plaza.NotFound)
			}
			read(t, db, func(tx *store.Tx) error {
				licenses, err := tx.Licenses(ctx, s, plaza.LicenseFilter{Profile: bad, Plan: bad, Kinds: []plaza.LicenseKind{plaza.LicenseKind(bad)}, States: []plaza.LicenseState{plaza.LicenseState(bad)}}, plaza.Page{}, now)
				must(t, err)
				agents, err := tx.Agents(ctx, s, plaza.AgentFilter{Text: bad, Profile: bad, Liveness: []plaza.Liveness{plaza.Liveness(bad)}, Health: []plaza.Health{plaza.Health(bad)}}, plaza.Page{}, now)
				must(t, err)
				logins, err := tx.Logins(ctx, s, plaza.LoginFilter{Text: bad, Profile: bad, Roles: []plaza.Role{plaza.Role(bad)}, States: []plaza.LoginState{plaza.LoginState(bad)}}, plaza.Page{})
				must(t, err)
				profiles, err := tx.Profiles(ctx, s, plaza.ProfileFilter{Text: bad, Parent: bad, Kinds: []plaza.ProfileKind{plaza.ProfileKind(bad)}, States: []plaza.ProfileState{plaza.ProfileState(bad)}}, plaza.Page{})
				must(t, err)
				requests, err := tx.Requests(ctx, s, plaza.RequestFilter{Text: bad, Profile: bad, Kinds: []plaza.RequestKind{plaza.RequestKind(bad)}, States: []plaza.RequestState{plaza.RequestState(bad)}}, plaza.Page{}, now)
				must(t, err)
				events, err := tx.AuditEvents(ctx, s, plaza.AuditFilter{Profile: bad, Object: bad, Login: bad, Acting: bad, Verbs: []plaza.Verb{plaza.Verb(bad)}, Results: []plaza.Result{plaza.Result(bad)}}, plaza.Page{})
				must(t, err)
				mails, err := tx.Mails(ctx, s, plaza.MailFilter{States: []plaza.MailState{plaza.MailState(bad)}}, plaza.Page{})
				if n := licenses.Total + agents.Total + logins.Total + profiles.Total + requests.Total + events.Total + mails.Total; n != 0 {
					t.Errorf("%.20q finds %d rows", bad, n)
				}
				return err
			})
		}
	})
}
