package connectagent_test

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/connectplaza/plaza/internal/licensekey"
)

const (
	account = "0b6f5c1e-2d47-4a7e-9a5c-5f0e6d3b8a11"
	product = "7c1d9f3a-58e2-4b06-8f4d-1a2b3c4d5e6f"
	license = "c5a7e913-4f2b-4d68-8e1a-9b0c7d6e5f42"
)

// server is as much of a license server as an agent notices, by the contract. Set
// its fields with its lock held.
type server struct {
	sync.Mutex

	signer ed25519.PrivateKey
	keys   map[string]bool // that it knows
	key    string
	http   *http.Server
	dial   chan net.Conn
	told   map[string]int // requests, by what they asked for
	last   []string       // the same, in order
	bodies []string       // reports

	machines   map[string]*machine
	seats      int
	expiry     time.Time // of the license, with its grace
	grace      time.Duration
	refusal    string // code of the 403 that everything gets
	verdict    string // code of every validation
	noRevive   bool
	unreported bool // it takes no report
	nextIn     int
	cut        bool          // nobody can connect
	status     int           // of every answer, unsigned
	after      string        // Retry-After of that
	forged     func(*answer) // what happens to answers on the way
	skew       time.Duration // of its clock
}

type machine struct {
	id, fingerprint string
	beat            time.Time
	generation      int64
	cloned          bool
}

type answer struct {
	status int
	body   []byte
	header http.Header
}

type object = map[string]any

func newServer(t *testing.T) *server {
	t.Helper()
	signer := ed25519.NewKeyFromSeed([]byte("the seed of a server that is not"))
	s := &server{
		signer: signer, keys: map[string]bool{}, told: map[string]int{}, machines: map[string]*machine{}, seats: 1, nextIn: 60,
		dial: make(chan net.Conn), expiry: time.Now().AddDate(1, 0, 0),
	}
	s.key = s.sell()
	s.http = &http.Server{Handler: s}
	go func() { _ = s.http.Serve(&listener{s.dial, make(chan struct{}), sync.Once{}}) }() // ends with the test
	t.Cleanup(func() { s.http.Close() })
	return s
}

// sell returns a new license key.
func (s *server) sell() string {
	key := licensekey.Sign(s.signer, licensekey.Dataset{
		Account: account, Product: product, Policy: "p", License: license, Created: time.Now().Add(time.Duration(len(s.keys)) * time.Second),
	})
	s.keys[key] = true
	return key
}

// listener accepts connections that stay in memory: there the time of a test can
// pass while both sides wait.
type listener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}
func (l *listener) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *listener) Addr() net.Addr { return &net.IPAddr{} }

// set changes s.
func (s *server) set(change func()) {
	s.Lock()
	defer s.Unlock()
	change()
}

// count returns how often something was asked for.
func (s *server) count(what string) int {
	s.Lock()
	defer s.Unlock()
	return s.told[what]
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.Lock()
	defer s.Unlock()
	body, _ := io.ReadAll(r.Body)
	what := r.Method + " " + r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	s.told[what]++
	s.last = append(s.last, what)
	if s.status != 0 {
		if s.after != "" {
			w.Header().Set("Retry-After", s.after)
		}
		w.WriteHeader(s.status)
		return
	}
	a := answer{header: http.Header{}}
	var doc any
	a.status, doc = s.route(r, body)
	if doc != nil {
		a.body, _ = json.Marshal(doc)
	}
	s.sign(r, &a)
	if s.forged != nil {
		s.forged(&a)
	}
	for name := range a.header {
		w.Header()[name] = a.header[name]
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

func (s *server) sign(r *http.Request, a *answer) {
	date, digest := time.Now().Add(s.skew).UTC().Format(http.TimeFormat), licensekey.Digest(a.body)
	text := licensekey.Answer{Method: r.Method, Target: r.RequestURI, Host: r.Host, Date: date, Digest: digest}.AppendText(nil)
	a.header.Set("Date", date)
	a.header.Set("Digest", digest)
	a.header.Set("Keygen-Signature", string(licensekey.AppendSignature(nil, s.signer, account, text)))
}

func fault(status int, code string) (int, any) {
	return status, object{"errors": []object{{"title": "No", "detail": "no, because of " + code, "code": code}}}
}

func (s *server) route(r *http.Request, body []byte) (int, any) {
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "License ")
	if !ok || !s.keys[key] {
		return fault(401, "LICENSE_INVALID")
	}
	if s.refusal != "" {
		return fault(403, s.refusal)
	}
	var in struct {
		Data struct {
			Attributes struct{ Fingerprint string }
		}
		Meta struct {
			Nonce      int64
			Scope      struct{ Product, Fingerprint string }
			Generation int64
		}
	}
	_ = json.Unmarshal(body, &in) // what has no body says nothing
	parts := strings.Split(strings.TrimPrefix(r.URL.EscapedPath(), "/v1/"), "/")
	for i := range parts {
		parts[i], _ = url.PathUnescape(parts[i])
	}
	switch {
	case parts[0] == "me":
		return 200, object{"data": object{"id": license, "type": "licenses"}}
	case parts[0] == "licenses":
		code := s.judge(in.Meta.Scope.Product, in.Meta.Scope.Fingerprint)
		return 200, object{"meta": object{"valid": code == "VALID", "code": code, "detail": "is " + code, "nonce": in.Meta.Nonce}}
	case len(parts) == 1:
		return s.activate(in.Data.Attributes.Fingerprint)
	}
	for _, m := range s.machines {
		if m.id == parts[1] || m.fingerprint == parts[1] {
			return s.machine(r, m, parts, in.Meta.Generation, key, string(body))
		}
	}
	return fault(404, "NOT_FOUND")
}

func (s *server) judge(asked, fingerprint string) string {
	m := s.machines[fingerprint]
	switch {
	case s.verdict != "":
		return s.verdict
	case asked != product:
		return "PRODUCT_SCOPE_MISMATCH"
	case len(s.machines) == 0:
		return "NO_MACHINE"
	case m == nil:
		return "FINGERPRINT_SCOPE_MISMATCH"
	case m.dead(s.nextIn):
		return "HEARTBEAT_DEAD"
	case !time.Now().Before(s.expiry):
		return "EXPIRED"
	}
	return "VALID"
}

func (m *machine) dead(interval int) bool {
	return time.Since(m.beat) > time.Duration(interval)*time.Second*3/2
}

func (s *server) activate(fingerprint string) (int, any) {
	if s.machines[fingerprint] != nil {
		return fault(422, "FINGERPRINT_TAKEN")
	}
	if len(s.machines) >= s.seats {
		return fault(422, "MACHINE_LIMIT_EXCEEDED")
	}
	m := &machine{id: fmt.Sprintf("machine-%d", s.told["POST machines"]), fingerprint: fingerprint, beat: time.Now()}
	s.machines[fingerprint] = m
	return 201, m.document(nil)
}

func (m *machine) document(meta object) object {
	return object{"data": object{"type": "machines", "id": m.id, "attributes": object{"fingerprint": m.fingerprint}}, "meta": meta}
}

func (s *server) machine(r *http.Request, m *machine, parts []string, generation int64, key, body string) (int, any) {
	if r.Method == http.MethodDelete {
		delete(s.machines, m.fingerprint)
		return 204, nil
	}
	if len(parts) == 2 {
		return 200, m.document(nil)
	}
	switch parts[3] {
	case "ping":
		if m.dead(s.nextIn) && s.noRevive {
			return fault(422, "MACHINE_HEARTBEAT_DEAD")
		}
		m.cloned = m.cloned || generation != 0 && generation < m.generation-1
		m.beat = time.Now()
		m.generation++
		return 200, m.document(object{"nextIn": s.nextIn, "generation": m.generation, "cloned": m.cloned})
	case "report":
		if !s.takes(body) {
			return fault(400, "PARAMETER_INVALID")
		}
		s.bodies = append(s.bodies, body)
	case "check-out":
		var ttl int
		_, _ = fmt.Sscan(r.URL.Query().Get("ttl"), &ttl)
		file := s.file(m, key, time.Duration(ttl)*time.Second)
		return 200, object{"data": object{"type": "machine-files", "attributes": object{"certificate": string(file)}}}
	}
	return 200, m.document(nil)
}

// takes reports whether a report keeps to the limits.
func (s *server) takes(body string) bool {
	var in struct {
		Meta struct {
			Message       string
			Notifications []struct{ Location, Message string }
		}
	}
	if err := json.Unmarshal([]byte(body), &in); err != nil || s.unreported || strings.Contains(body, `\u0000`) || len(in.Meta.Message) > 2048 {
		return false
	}
	for _, n := range in.Meta.Notifications {
		if n.Message == "" || len(n.Location)+len(n.Message) > 2048 {
			return false
		}
	}
	return true
}

// file returns a machine file.
func (s *server) file(m *machine, key string, ttl time.Duration) []byte {
	now := time.Now().Add(s.skew).UTC()
	doc := m.document(object{"issued": now, "expiry": now.Add(ttl), "ttl": int(ttl / time.Second)})
	about := object{"name": "Warehouse agent", "key": key, "expiry": s.expiry}
	if s.grace > 0 {
		about["ends"] = s.expiry.Add(-s.grace)
	}
	doc["included"] = []object{
		{"type": "licenses", "id": license, "attributes": about},
		{"type": "entitlements", "id": "e", "attributes": object{"code": "DEPLOY"}},
	}
	plain, _ := json.Marshal(doc)
	return licensekey.SealFile(s.signer, licensekey.MachineFile, plain, licensekey.Secret(key, m.fingerprint))
}
