package app_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/auditlog"
	"github.com/connectplaza/plaza/internal/secret"
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

// kept is a world whose audit events are kept for so long.
func kept(t *testing.T, w *apptest.World, keep time.Duration) *app.App {
	t.Helper()
	box := must1[secret.Box](t)(secret.Parse("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="))
	return app.New(w.DB, app.Config{Now: w.Clock.Now, Texts: w.Texts, Box: box, AuditKeep: keep})
}

func TestEventsAreKeptForAsLongAsTheyShould(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		old := seal(t, w)
		w.Clock.Advance(200 * day)
		w.Reseller = w.SignIn(t, "reseller@example.com")
		id := issued(t, w).ID
		w.Clock.Advance(200 * day)
		must(t, kept(t, w, 0).Tidy(ctx, plaza.Janitor))
		if r := verify(t, w); r.Gone != 0 {
			t.Errorf("for ever, and yet %d are gone", r.Gone)
		}
		a := kept(t, w, 365*day)
		for range 3 { // the same day: once is enough
			must(t, a.Tidy(ctx, plaza.Janitor))
		}
		r := verify(t, w, old.Note)
		if r.Fault != nil || r.Gone != old.Size || r.Size != old.Size+3 {
			t.Errorf("%+v: %v", r, r.Fault)
		}
		all := log(t, w)
		if len(all) != 3 || all[0].Verb != plaza.AuditExpire || all[0].Object != strconv.FormatInt(old.Size, 10) || all[0].Actor.Own != "janitor" || all[1].Object != id {
			t.Errorf("left are %+v", all)
		}
		w.Clock.Advance(400 * day)
		must(t, a.Tidy(ctx, plaza.Janitor))
		if r := verify(t, w, old.Note); r.Fault != nil || r.Gone != old.Size+3 || len(log(t, w)) != 1 {
			t.Errorf("%+v: %v", r, r.Fault)
		}
		want(t, "tidied by a stranger", a.Tidy(ctx, w.Stranger), plaza.Forbidden)
	})
}

// TestPlazaErasesNothingThatWasTamperedWith: what Plaza erased itself, it signed
// for. Nobody who can write to the database may have it do that with what is to
// disappear.
func TestPlazaErasesNothingThatWasTamperedWith(t *testing.T) {
	t.Parallel()
	forget := func(_ bare, a *app.App) error {
		return errOf(a.ForgetInAudit(t.Context(), plaza.Janitor, "stranger@example.com"))
	}
	tidy := func(_ bare, a *app.App) error { return a.Tidy(t.Context(), plaza.Janitor) }
	for name, test := range map[string]struct {
		tamper string
		erase  func(bare, *app.App) error
		cover  string // the tracks, once something was erased
	}{
		"made old":                     {`UPDATE audit_events SET at = 0`, tidy, ``},
		"one made old":                 {`UPDATE audit_events SET at = 0 WHERE position = (SELECT min(position) FROM audit_events)`, tidy, ``},
		"made old, and the rest gone":  {`DELETE FROM audit_events WHERE position > 0`, tidy, ``},
		"deleted, between old and new": {`DELETE FROM audit_events WHERE position > 2 AND position < (SELECT max(position) FROM audit_events)`, tidy, ``},
		"deleted after what expired":   {`DELETE FROM audit_events WHERE verb = 'audit.expire'`, tidy, ``},
		"another's deeds": {
			`UPDATE audit_events SET actor_person_id = (SELECT person_id FROM logins WHERE name = 'Stranger owner') WHERE verb = 'license.issue'`, forget,
			`UPDATE audit_events SET actor_person_id = (SELECT person_id FROM logins WHERE name = 'Reseller owner') WHERE verb = 'license.issue'`,
		},
		"another thing": {
			`UPDATE audit_events SET object_id = (SELECT person_id FROM logins WHERE name = 'Stranger owner') WHERE verb = 'license.issue'`, forget, ``,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bareWorlds(t, func(t *testing.T, w bare) {
				a := kept(t, w.World, 365*day)
				w.Clock.Advance(300 * day)
				w.Reseller = w.SignIn(t, "reseller@example.com")
				issued(t, w.World)
				w.Clock.Advance(100 * day)
				seal(t, w.World)
				must(t, a.Tidy(t.Context(), plaza.Janitor)) // something is gone by right
				w.Reseller = w.SignIn(t, "reseller@example.com")
				issued(t, w.World)
				w.Clock.Advance(300 * day)
				w.Reseller = w.SignIn(t, "reseller@example.com")
				issued(t, w.World)
				before := seal(t, w.World)
				w.exec(t, test.tamper)
				rows := len(w.rows(t, "audit_events"))
				for range 2 {
					if err := test.erase(w, a); err == nil || !strings.Contains(err.Error(), "not whole") {
						t.Errorf("erased, with %v", err)
						if test.cover != "" {
							w.exec(t, test.cover)
						}
					}
				}
				if r := verify(t, w.World, before.Note); r.Fault == nil {
					t.Error("and nothing is found")
				}
				if n := len(w.rows(t, "audit_events")); n != rows+1 {
					t.Errorf("of %d events %d are left, with one that says so", rows, n)
				}
			})
		})
	}
}

func TestPersonIsForgottenAndTheLogStaysWhole(t *testing.T) {
	t.Parallel()
	bareWorlds(t, func(t *testing.T, w bare) {
		ctx := t.Context()
		partner := w.Partner
		partner.From = plaza.Origin{Address: "192.0.2.7", UserAgent: "Canary"}
		must(t, w.EditProfile(ctx, partner, partner.Profile, plaza.ProfileEdit{Name: "Canary", Version: 1}))
		before := seal(t, w.World)
		if n := must1[int](t)(w.ForgetInAudit(ctx, plaza.Janitor, "Partner@example.com")); n == 0 {
			t.Error("nothing was erased")
		}
		if rows := strings.Join(w.rows(t, "audit_events"), "\n"); strings.Contains(rows, "Canary") || strings.Contains(rows, "192.0.2.7") || strings.Contains(rows, "Partner owner") {
			t.Errorf("something is left:\n%s", rows)
		}
		r := verify(t, w.World, before.Note)
		if r.Fault != nil || r.Erased == 0 {
			t.Errorf("%+v: %v", r, r.Fault)
		}
		if n := must1[int](t)(w.ForgetInAudit(ctx, plaza.Janitor, "partner@example.com")); n != 0 {
			t.Errorf("again %d", n)
		}
		want(t, "who is not there", errOf(w.ForgetInAudit(ctx, plaza.Janitor, "nobody@example.com")), plaza.NotFound)
		if again := verify(t, w.World); again.Erased != r.Erased || again.Size != r.Size || again.Unsealed != 0 {
			t.Errorf("again: %+v", again)
		}
		// What others did stays, and what somebody erases by hand is found.
		if n := len(log(t, w.World)); n < int(r.Erased) {
			t.Errorf("%d events", n)
		}
		w.exec(t, `UPDATE audit_events SET personal = (SELECT hash FROM audit_hashes WHERE place = 0), salt = NULL WHERE position = 0`)
		if r := verify(t, w.World); r.Fault == nil || r.Fault.Position != 0 {
			t.Errorf("found %v", r.Fault)
		}
		want(t, "by a stranger", errOf(w.ForgetInAudit(ctx, w.Stranger, "partner@example.com")), plaza.Forbidden)
	})
}

// TestVisitorIsForgottenInWhatIsCalledAfterIt: those who were asked, or who ended
// the visit, did that; the name in it is the visitor's.
func TestVisitorIsForgottenInWhatIsCalledAfterIt(t *testing.T) {
	t.Parallel()
	bareWorlds(t, func(t *testing.T, w bare) {
		ctx := t.Context()
		helper := w.Invite(t, w.Reseller, w.Reseller.Profile, "Canary", plaza.Support)
		email := must1[plaza.Person](t)(w.Account(ctx, helper)).Email
		inside, _ := logInAs(t, w.World, helper, w.Partner.Login, plaza.Look)
		must(t, w.EndActing(ctx, w.Partner, inside.Via.ID))
		version := must1[plaza.Profile](t)(w.Profile(ctx, w.Partner, w.Partner.Profile)).Version
		must(t, w.SetSupportAccess(ctx, w.Partner, plaza.AccessAsk, version))
		helper = w.SignIn(t, email)
		c := must1[plaza.Consent](t)(w.AskConsent(ctx, helper, plaza.NewConsent{Profile: w.Partner.Profile, Reason: reason, Until: w.Clock.Now().Add(day)}))
		must(t, w.RefuseConsent(ctx, w.Partner, c.ID, c.Version))
		before := seal(t, w.World)
		must(t, errOf(w.ForgetInAudit(ctx, plaza.Janitor, email)))
		for _, row := range w.rows(t, "audit_events") {
			if strings.Contains(row, "Canary") {
				t.Errorf("something is left: %s", row)
			}
		}
		if r := verify(t, w.World, before.Note); r.Fault != nil {
			t.Errorf("found %v", r.Fault)
		}
		for name, who := range map[string]plaza.Actor{"the partner": w.Partner, "a stranger": w.Stranger} {
			for _, e := range must1[plaza.List[plaza.AuditLine]](t)(w.AuditEvents(ctx, who, plaza.AuditFilter{Acting: inside.Via.ID}, plaza.Page{})).Rows {
				if e.ObjectName == "Canary" || e.Reason != "" {
					t.Errorf("%s reads %+v", name, e)
				}
			}
		}
	})
}
