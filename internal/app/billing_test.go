package app_test

import (
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

// TestALicenseHasABillingID: that those above set and everybody who sees the license
// reads, until its profile goes to somebody else's bookkeeping.
func TestALicenseHasABillingID(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		l := issued(t, w)
		in := plaza.LicenseBilling{BillingID: " L-4711 ", Version: 1}
		for name, stranger := range strangers(w) {
			if stranger.Kind.Administers() {
				want(t, name, w.BillLicense(ctx, stranger, l.ID, in), plaza.NotFound)
			}
		}
		want(t, "by the partner", w.BillLicense(ctx, w.Partner, l.ID, in), plaza.Forbidden)
		wantField(t, "of two lines", w.BillLicense(ctx, w.Reseller, l.ID, plaza.LicenseBilling{BillingID: "a\nb", Version: 1}), "billing_id", "problem.control_characters")
		must(t, w.BillLicense(ctx, w.Reseller, l.ID, in))
		want(t, "of before", w.BillLicense(ctx, w.Reseller, l.ID, in), plaza.Stale)
		equal(t, "it", must1[plaza.License](t)(w.License(ctx, w.Partner, l.ID)).BillingID, "L-4711")
		found := must1[plaza.List[plaza.License]](t)(w.Licenses(ctx, w.Reseller, plaza.LicenseFilter{Text: "l-47"}, plaza.Page{}))
		if found.Total != 1 || found.Rows[0].ID != l.ID {
			t.Errorf("found are %+v", found.Rows)
		}
		must(t, w.BillLicense(ctx, w.Reseller, l.ID, plaza.LicenseBilling{BillingID: "ÖST-7", Version: 2}))
		for _, text := range []string{"öst-7", "ÖST-7"} {
			equal(t, "found by "+text, must1[plaza.List[plaza.License]](t)(w.Licenses(ctx, w.Reseller, plaza.LicenseFilter{Text: text}, plaza.Page{})).Total, 1)
		}
		elsewhere := must1[plaza.License](t)(w.IssueLicense(ctx, w.Reseller, plaza.NewLicense{Profile: w.Enterprise.Profile, Plan: w.Plans[plaza.Development].ID}))
		must(t, w.BillLicense(ctx, w.Reseller, elsewhere.ID, in))

		moved(t, w, w.Partner.Profile, w.Reseller, w.Stranger)
		equal(t, "who has it now reads", must1[plaza.License](t)(w.License(ctx, w.Stranger, l.ID)).BillingID, "")
		equal(t, "of what stayed", read(t, w, elsewhere.ID).BillingID, "L-4711")
	})
}
