package app_test

import (
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/auditlog"
)

func seal(t testing.TB, w *apptest.World) app.Sealing {
	t.Helper()
	return must1[app.Sealing](t)(w.SealAudit(t.Context(), plaza.Sealer))
}

func verify(t testing.TB, w *apptest.World, notes ...string) auditlog.Report {
	t.Helper()
	return must1[auditlog.Report](t)(w.VerifyAudit(t.Context(), plaza.Sealer, notes))
}

func TestLogIsSealedAsItGrows(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		if r := verify(t, w); r.Fault != nil || r.Size != 0 || r.Unsealed == 0 {
			t.Errorf("before: %+v", r)
		}
		first := seal(t, w)
		if r := verify(t, w); r.Fault != nil || r.Unsealed != 0 || r.Size != int64(first.New) || r.Root != first.Root {
			t.Errorf("sealed: %+v, verified: %+v", first, r)
		}
		if again := seal(t, w); again.New != 0 || again.Checkpoint != first.Checkpoint {
			t.Errorf("nothing new, and yet %+v", again)
		}
		issued(t, w)
		if r := verify(t, w, first.Note); r.Fault != nil || r.Unsealed != 1 {
			t.Errorf("with one that is not sealed: %+v", r)
		}
		second := seal(t, w)
		if r := verify(t, w, first.Note, second.Note); second.New != 1 || r.Fault != nil || r.Size != first.Size+1 {
			t.Errorf("sealed: %+v, verified: %+v", second, r)
		}
		if note := must1[string](t)(w.AuditCheckpoint(t.Context(), plaza.Sealer)); note != second.Note {
			t.Errorf("kept is %q", note)
		}
		for name, stranger := range map[string]plaza.Actor{"the vendor": w.Vendor, "a stranger": w.Stranger, "the janitor": plaza.Janitor} {
			want(t, "sealed by "+name, errOf(w.SealAudit(t.Context(), stranger)), plaza.Forbidden)
			want(t, "verified by "+name, errOf(w.VerifyAudit(t.Context(), stranger, nil)), plaza.Forbidden)
			want(t, "key for "+name, errOf(w.AuditKey(t.Context(), stranger)), plaza.Forbidden)
			want(t, "checkpoint for "+name, errOf(w.AuditCheckpoint(t.Context(), stranger)), plaza.Forbidden)
		}
	})
}

// TestSeveralSealAtOnce: on PostgreSQL there may be several instances.
func TestSeveralSealAtOnce(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		sealing := func() error { return errOf(w.SealAudit(t.Context(), plaza.Sealer)) }
		working := func() error {
			return errOf(w.IssueLicense(t.Context(), w.Reseller, plaza.NewLicense{Profile: w.Partner.Profile, Plan: w.Plans[plaza.Development].ID, Name: "L"}))
		}
		for range 3 {
			for _, err := range together(sealing, working, sealing, working, sealing, working) {
				must(t, err)
			}
		}
		seal(t, w)
		if r := verify(t, w); r.Fault != nil || r.Unsealed != 0 {
			t.Errorf("%+v: %s", r, r.Fault)
		}
	})
}

// TestNothingIsSealedOverWhatWasTamperedWith: a new signature must not make good
// what somebody did to the old log, and what Plaza did not write gets none.
func TestNothingIsSealedOverWhatWasTamperedWith(t *testing.T) {
	t.Parallel()
	bareWorlds(t, func(t *testing.T, w bare) {
		seal(t, w.World)
		issued(t, w.World)
		w.exec(t, `INSERT INTO audit_events (id, at, verb, result, refusal, actor_own, actor_login_id, actor_person_id, actor_profile_id, via_login_id,
			via_person_id, via_profile_id, acting_id, mode, ticket, profile_id, object_kind, object_id, object_name, changes, reason, address, user_agent,
			request_id, salt, stamp)
			SELECT 'forged', at, verb, result, refusal, actor_own, actor_login_id, actor_person_id, actor_profile_id, via_login_id,
			via_person_id, via_profile_id, acting_id, mode, ticket, profile_id, object_kind, object_id, object_name, changes, reason, address, user_agent,
			request_id, salt, stamp FROM audit_events WHERE position = 0`)
		s := seal(t, w.World)
		if s.New != 1 || s.Refused != 1 {
			t.Errorf("sealed %d, refused %d; want 1 and 1", s.New, s.Refused)
		}
		if r := verify(t, w.World); r.Fault == nil || r.Fault.ID != "forged" {
			t.Errorf("found %v", r.Fault)
		}
		w.exec(t, `DELETE FROM audit_events WHERE id = 'forged'`)
		if r := verify(t, w.World); r.Fault != nil {
			t.Errorf("found %s", r.Fault)
		}
		issued(t, w.World)
		for _, spoil := range []string{
			`UPDATE audit_hashes SET hash = (SELECT hash FROM audit_hashes WHERE place = 0) WHERE place > 0`,
			`UPDATE audit_log SET note = 'nothing'`,
			`DELETE FROM audit_log`,
		} {
			w.exec(t, spoil)
			if _, err := w.SealAudit(t.Context(), plaza.Sealer); err == nil {
				t.Errorf("sealed after %s", spoil)
			}
			if r := verify(t, w.World); r.Fault == nil {
				t.Errorf("nothing found after %s", spoil)
			}
		}
	})
}

func TestCheckpointOfAnotherInstallationIsNone(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		s := seal(t, w)
		for name, note := range map[string]string{
			"another size": strings.Replace(s.Note, "\n", "\n1", 1), "no text": "", "no signature": strings.Split(s.Note, "\n\n")[0],
		} {
			if _, err := w.VerifyAudit(t.Context(), plaza.Sealer, []string{note}); err == nil {
				t.Errorf("%s: accepted", name)
			}
		}
	})
}
