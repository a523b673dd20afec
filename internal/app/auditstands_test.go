package app_test

import (
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

// TestAnExportStopsWhereTheRightEnds: whoever is signed out, shut out or put out of a
// profile while the log is on its way to them gets no other page of it.
func TestAnExportStopsWhereTheRightEnds(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		for range plaza.MaxPageSize + 1 { // more than a page of each
			_ = issued(t, w)
		}
		export := func(who plaza.Actor, first func()) (lines int, err error) {
			err = w.ExportAudit(ctx, who, plaza.AuditFilter{}, plaza.AuditCSV, func(plaza.AuditLine) error {
				if lines++; lines == 1 {
					first()
				}
				return nil
			})
			return lines, err
		}
		if n, err := export(w.Reseller, func() {}); err != nil || n <= plaza.MaxPageSize {
			t.Fatalf("undisturbed: %d lines, %v", n, err)
		}
		admin := func(name string) plaza.Actor {
			return w.Invite(t, w.Reseller, w.Reseller.Profile, name, plaza.Administrator)
		}
		visitor, _ := logInAs(t, w, admin("Visitor"), w.Partner.Login, plaza.Look)
		for name, test := range map[string]struct {
			who    plaza.Actor
			revoke func(plaza.Actor)
			kind   plaza.Kind
		}{
			"signed out":     {admin("A"), func(a plaza.Actor) { must(t, w.SignOut(ctx, a)) }, plaza.Unauthenticated},
			"disabled":       {admin("B"), func(a plaza.Actor) { disable(t, w, w.Reseller, a.Login) }, plaza.Unauthenticated},
			"another role":   {admin("C"), func(a plaza.Actor) { role(t, w, a.Login, plaza.Manager) }, plaza.Forbidden},
			"the visit over": {visitor, func(a plaza.Actor) { must(t, w.EndActing(ctx, w.Partner, a.Via.ID)) }, plaza.Forbidden},
		} {
			n, err := export(test.who, func() { test.revoke(test.who) })
			want(t, name, err, test.kind)
			if n != plaza.MaxPageSize {
				t.Errorf("%s: got %d lines, want the page that was read", name, n)
			}
			if e := w.Log(t, plaza.AuditFilter{Verbs: []plaza.Verb{plaza.AuditExport}}, plaza.Page{}).Rows[0]; e.Result != plaza.Refused || e.Refusal != test.kind {
				t.Errorf("%s: on record stands %+v", name, e)
			}
		}
	})
}
