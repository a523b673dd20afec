package auditlog_test

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/auditlog"
	"github.com/connectplaza/plaza/internal/secret"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// keyOf returns the key of an installation; another letter has another one.
func keyOf(t testing.TB, letter string) auditlog.Key {
	t.Helper()
	box, err := secret.Parse(strings.Repeat(letter, 42) + "A=")
	must(t, err)
	return auditlog.NewKey(box)
}

// event returns the n-th event of a log, with a value of its own everywhere.
func event(n int) plaza.AuditRecord {
	r := plaza.AuditRecord{Position: int64(n), At: int64(n) * 1e6}
	public, personal := r.Texts()
	for i, text := range append(public, personal...) {
		*text = fmt.Sprintf("%d of %d", i, n)
	}
	r.Changes = plaza.NoChanges
	return r
}

// sealedLog is a log in memory, with all that is kept of it.
type sealedLog struct {
	key         auditlog.Key
	events      []plaza.AuditRecord
	hashes      [][]tlog.Hash // of each position
	checkpoints []auditlog.Checkpoint
}

func newLog(t testing.TB, n int) *sealedLog {
	t.Helper()
	l := &sealedLog{key: keyOf(t, "A")}
	var tree auditlog.Tree
	for i := range n {
		r := event(i)
		r.Salt = bytes.Repeat([]byte{byte(i)}, 32) // the same in every process: fuzzing has several
		l.add(t, &tree, r)
	}
	return l
}

func (l *sealedLog) add(t testing.TB, tree *auditlog.Tree, r plaza.AuditRecord) {
	t.Helper()
	r = l.key.Stamp(r)
	l.events = append(l.events, r)
	l.hashes = append(l.hashes, tree.Append(auditlog.Leaf(r)))
	c, err := l.key.Checkpoint(tree)
	must(t, err)
	l.checkpoints = append(l.checkpoints, c)
}

func (l *sealedLog) last() auditlog.Checkpoint { return l.checkpoints[len(l.checkpoints)-1] }

// verify goes through l; an event without an ID is gone.
func (l *sealedLog) verify(key *auditlog.Key, checkpoints ...auditlog.Checkpoint) auditlog.Report {
	v := auditlog.NewVerifier(key, checkpoints...)
	for i, r := range l.events {
		if r.ID == "" {
			v.Gone(l.hashes[i])
			continue
		}
		v.Event(r, l.hashes[i])
	}
	return v.Report()
}

// wantFault fails unless the first fault is at a position, and says why.
func wantFault(t *testing.T, r auditlog.Report, position int64, why string) {
	t.Helper()
	if r.Fault == nil {
		t.Fatalf("nothing found, want %q at %d", why, position)
	}
	if r.Fault.Position != position || !strings.Contains(r.Fault.Why, why) {
		t.Errorf("found %s; want %q at %d", r.Fault, why, position)
	}
}

// TestEveryValueIsInTheLeaf: whoever adds a value to an event and leaves it out
// of what is sealed fails here.
func TestEveryValueIsInTheLeaf(t *testing.T) {
	t.Parallel()
	before := auditlog.Leaf(event(1))
	for f := range reflect.TypeFor[plaza.AuditRecord]().Fields() {
		if f.Name == "Position" || f.Name == "Stamp" {
			continue // follow from the leaf
		}
		r := event(1)
		switch v := reflect.ValueOf(&r).Elem().FieldByName(f.Name); v.Kind() {
		case reflect.String:
			v.SetString(v.String() + " ")
		case reflect.Int64:
			v.SetInt(v.Int() + 1)
		default:
			v.SetBytes([]byte{1})
		}
		if auditlog.Leaf(r) == before {
			t.Errorf("%s can be changed without a trace", f.Name)
		}
	}
}

func TestValuesCannotMoveIntoTheirNeighbours(t *testing.T) {
	t.Parallel()
	a, b := event(1), event(1)
	a.Login, a.Person = "1", "23"
	b.Login, b.Person = "12", "3"
	if auditlog.Leaf(a) == auditlog.Leaf(b) {
		t.Error("two events, one leaf")
	}
	a, b = event(1), event(1)
	a.Reason, a.Ticket = "x\n1:y", ""
	b.Reason, b.Ticket = "x", "y"
	if auditlog.Leaf(a) == auditlog.Leaf(b) {
		t.Error("two events, one leaf")
	}
}

func TestForgottenEventKeepsItsLeafAndItsStamp(t *testing.T) {
	t.Parallel()
	k := keyOf(t, "A")
	r := k.Stamp(event(1))
	gone := auditlog.Forget(r)
	if auditlog.Leaf(gone) != auditlog.Leaf(r) || !k.Stamped(gone) || !gone.Erased() || r.Erased() {
		t.Errorf("%+v", gone)
	}
	if gone.Salt != nil || gone.Name+gone.Reason+gone.Ticket+gone.Address+gone.UserAgent != "" || gone.Changes != plaza.NoChanges {
		t.Errorf("something is left: %+v", gone)
	}
	if again := k.Stamp(event(1)); string(again.Salt) == string(r.Salt) {
		t.Error("two events have one salt: what is erased of one could be told from the other")
	}
}

// TestTreeIsThatOfTlog: the root and the hashes that are kept are those that
// others compute, at every size.
func TestTreeIsThatOfTlog(t *testing.T) {
	t.Parallel()
	var tree auditlog.Tree
	var kept []tlog.Hash
	reader := tlog.HashReaderFunc(func(places []int64) (all []tlog.Hash, err error) {
		for _, p := range places {
			all = append(all, kept[p])
		}
		return all, nil
	})
	k := keyOf(t, "A")
	for n := range int64(130) {
		leaf := auditlog.Leaf(event(int(n)))
		want, err := tlog.StoredHashesForRecordHash(n, leaf, reader)
		must(t, err)
		if got := tree.Append(leaf); !reflect.DeepEqual(got, want) || auditlog.Place(n) != int64(len(kept)) {
			t.Fatalf("at %d: other hashes", n)
		}
		kept = append(kept, want...)
		root, err := tlog.TreeHash(n+1, reader)
		must(t, err)
		if tree.Root() != root || auditlog.Hashes(n+1) != int64(len(kept)) {
			t.Fatalf("at %d: another root", n)
		}
		c, err := k.Checkpoint(&tree)
		must(t, err)
		peaks, err := reader.ReadHashes(auditlog.Peaks(n + 1))
		must(t, err)
		if _, err := auditlog.NewTree(c, peaks); err != nil {
			t.Fatalf("at %d: %v", n, err)
		}
		peaks[0][0]++
		if _, err := auditlog.NewTree(c, peaks); err == nil {
			t.Fatalf("at %d: goes on with what was not signed", n)
		}
	}
}
