package app_test

import (
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/store"
	"github.com/connectplaza/plaza/internal/storetest"
)

func TestIssueLicense(t *testing.T) {
	t.Parallel()
	storetest.Engines(t, func(t *testing.T, db *store.DB) {
		w := apptest.New(t, db)
		in := plaza.NewLicense{Profile: w.Partner.Profile, Plan: w.Plans[plaza.Development].ID, Name: "Bouw & Zo"}
		lic, err := w.IssueLicense(t.Context(), w.Reseller, in)
		if err != nil {
			t.Fatal(err)
		}
		got, err := w.License(t.Context(), w.Partner, lic.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got != lic {
			t.Errorf("License = %+v, want %+v", got, lic)
		}
		for name, stranger := range map[string]plaza.Actor{"reseller": w.Stranger, "partner": w.StrangerPartner, "sibling": w.Enterprise} {
			if _, err := w.License(t.Context(), stranger, lic.ID); plaza.KindOf(err) != plaza.NotFound {
				t.Errorf("strange %s reads license: got %v, want NotFound", name, err)
			}
		}
		if _, err := w.IssueLicense(t.Context(), w.Stranger, in); plaza.KindOf(err) != plaza.NotFound {
			t.Errorf("stranger issues license: got %v, want NotFound", err)
		}
		if _, err := w.IssueLicense(t.Context(), w.Partner, in); plaza.KindOf(err) != plaza.Forbidden {
			t.Errorf("partner issues license to itself: got %v, want Forbidden", err)
		}
		if done, refused := w.Events(t, plaza.LicenseIssue, plaza.Done), w.Events(t, plaza.LicenseIssue, plaza.Refused); done != 4 || refused != 2 {
			t.Errorf("%d done and %d refused on record, want 4 and 2", done, refused)
		}
	})
}
