package auditlog_test

import (
	"slices"
	"strconv"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/auditlog"
)

func TestWholeLogIsWhole(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 3, 7, 64, 100} {
		l := newLog(t, n)
		for _, key := range []*auditlog.Key{&l.key, nil} {
			r := l.verify(key, l.checkpoints...)
			if r.Fault != nil || r.Size != int64(n) || r.Root != l.last().Root {
				t.Errorf("%d events: %+v", n, r)
			}
		}
	}
	if r := auditlog.NewVerifier(nil).Report(); r.Fault != nil || r.Size != 0 {
		t.Errorf("an empty log: %+v", r)
	}
}

func TestFirstEventThatDoesNotFitIsNamed(t *testing.T) {
	t.Parallel()
	const n = 20
	for name, test := range map[string]struct {
		spoil func(l *sealedLog)
		at    int64
		why   string
	}{
		"a value":      {func(l *sealedLog) { l.events[7].Reason += "x" }, 7, "not what was sealed"},
		"two values":   {func(l *sealedLog) { l.events[9].At++; l.events[7].Verb = "x" }, 7, "not what was sealed"},
		"the stamp":    {func(l *sealedLog) { l.events[7].Stamp = nil }, 7, "stamp"},
		"the position": {func(l *sealedLog) { l.events[7].Position = 8 }, 7, "its position is 8"},
		"two that swapped": {func(l *sealedLog) {
			l.events[3], l.events[8] = l.events[8], l.events[3]
			l.events[3].Position, l.events[8].Position = 3, 8
		}, 3, "the hash that is kept of it is not its own"},
		"one that is gone":  {func(l *sealedLog) { l.events[7].ID = "" }, 7, "no sealed event says that its time was over"},
		"its hash":          {func(l *sealedLog) { l.hashes[7][0][0]++ }, 7, "hash"},
		"a hash of several": {func(l *sealedLog) { l.hashes[7][2][0]++ }, 4, "positions 4 to 7"},
		"no hashes":         {func(l *sealedLog) { l.events[7].ID, l.hashes[7] = "", nil }, 7, "its hash too"},
		"erased":            {func(l *sealedLog) { l.events[7] = auditlog.Forget(l.events[7]) }, 7, "no sealed event says so"},
		"erased, and written over": {func(l *sealedLog) {
			l.events[7] = auditlog.Forget(l.events[7])
			l.events[7].Reason = "another"
		}, 7, "holds something"},
		"the end": {func(l *sealedLog) { l.events, l.hashes = l.events[:15], l.hashes[:15] }, 15, "signed of 20 events, and here are 15"},
		"one more": {func(l *sealedLog) {
			l.events, l.hashes = append(l.events, l.key.Stamp(event(n))), append(l.hashes, []tlog.Hash{{1}})
		}, n, "the hash that is kept"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLog(t, n)
			c := l.last()
			test.spoil(l)
			wantFault(t, l.verify(&l.key, c), test.at, test.why)
		})
	}
}

// TestWhoMakesAllHashesAnewIsFound: without the installation's key, as on an
// export, only the checkpoints tell; the more of them, the closer.
func TestWhoMakesAllHashesAnewIsFound(t *testing.T) {
	t.Parallel()
	l := newLog(t, 20)
	early, late := l.checkpoints[9], l.last()
	forged := &sealedLog{key: l.key}
	var tree auditlog.Tree
	for i, r := range l.events {
		if i == 13 {
			r.Reason = "another"
		}
		forged.events = append(forged.events, r)
		forged.hashes = append(forged.hashes, tree.Append(auditlog.Leaf(r)))
	}
	wantFault(t, forged.verify(nil, early, late), 10, "or another one up to position 19")
	wantFault(t, forged.verify(nil, late), 0, "or another one up to position 19")
	wantFault(t, forged.verify(&l.key, early, late), 13, "stamp")
}

// TestOnlyACheckpointElsewhereShowsThatTheEndIsGone is the reason to keep one.
func TestOnlyACheckpointElsewhereShowsThatTheEndIsGone(t *testing.T) {
	t.Parallel()
	l := newLog(t, 20)
	cut := &sealedLog{key: l.key, events: l.events[:12], hashes: l.hashes[:12]}
	if r := cut.verify(&l.key, l.checkpoints[11]); r.Fault != nil {
		t.Errorf("without one it cannot be seen, and yet: %s", r.Fault)
	}
	wantFault(t, cut.verify(&l.key, l.checkpoints[11], l.last()), 12, "it is gone")
}

func TestEventsAfterTheLastCheckpointAreNotProven(t *testing.T) {
	t.Parallel()
	l := newLog(t, 20)
	wantFault(t, l.verify(nil, l.checkpoints[9]), 10, "no checkpoint was signed of it")
	wantFault(t, l.verify(nil), 0, "no checkpoint was signed of it")
}

// says returns the n-th event, which says that others were removed or erased.
func says(n int, verb plaza.Verb, object, positions string) plaza.AuditRecord {
	r := event(n)
	r.Verb, r.Result, r.Object = string(verb), string(plaza.Done), object
	r.Changes = `[{"field":"positions","new":` + strconv.Quote(positions) + `}]`
	return r
}

func TestWhatIsGoneNeedsAnEventThatSaysSo(t *testing.T) {
	t.Parallel()
	grown := func(r ...plaza.AuditRecord) *sealedLog {
		l := &sealedLog{key: keyOf(t, "A")}
		var tree auditlog.Tree
		for i := range 10 {
			l.add(t, &tree, event(i))
		}
		for _, r := range r {
			l.add(t, &tree, r)
		}
		return l
	}
	l := grown(says(10, plaza.AuditExpire, "4", ""))
	for i := range 4 {
		l.events[i].ID = ""
	}
	if r := l.verify(&l.key, l.last()); r.Fault != nil || r.Gone != 4 {
		t.Errorf("%+v: %v", r, r.Fault)
	}
	l.events[4].ID = ""
	wantFault(t, l.verify(&l.key, l.last()), 4, "no sealed event says that its time was over")

	l = grown(says(10, plaza.AuditExpire, "11", "")) // its own time cannot be over
	l.events[2].ID = ""
	wantFault(t, l.verify(&l.key, l.last()), 2, "no sealed event")

	refused := says(10, plaza.AuditExpire, "4", "")
	refused.Result = string(plaza.Refused)
	l = grown(refused)
	l.events[2].ID = ""
	wantFault(t, l.verify(&l.key, l.last()), 2, "no sealed event")

	l = grown(says(10, plaza.AuditForget, "somebody", "2-3,7"))
	for _, i := range []int{2, 3, 7} {
		l.events[i] = auditlog.Forget(l.events[i])
	}
	if r := l.verify(&l.key, l.last()); r.Fault != nil || r.Erased != 3 {
		t.Errorf("%+v: %v", r, r.Fault)
	}
	l.events[5] = auditlog.Forget(l.events[5])
	wantFault(t, l.verify(&l.key, l.last()), 5, "no sealed event says so")
}

func TestEventsThatPlazaDidNotWriteAreFoundBeforeTheyAreSealed(t *testing.T) {
	t.Parallel()
	k := keyOf(t, "A")
	check := func(r plaza.AuditRecord) auditlog.Report {
		v := auditlog.NewVerifier(&k)
		v.Unsealed(r)
		return v.Report()
	}
	good := k.Stamp(event(1))
	if r := check(good); r.Fault != nil || r.Unsealed != 1 {
		t.Errorf("%+v", r)
	}
	changed := good
	changed.Reason += "x"
	for name, r := range map[string]plaza.AuditRecord{
		"without a stamp": event(1), "of another installation": keyOf(t, "B").Stamp(event(1)), "changed": changed, "erased": auditlog.Forget(good),
	} {
		if check(r).Fault == nil {
			t.Errorf("%s: not found", name)
		}
	}
}

func TestSpell(t *testing.T) {
	t.Parallel()
	for want, positions := range map[string][]int64{"": nil, "0": {0}, "3-5,9": {3, 4, 5, 9}, "1,3,5-6": {1, 3, 5, 6}} {
		if got := auditlog.Spell(slices.Clone(positions)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
