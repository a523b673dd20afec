package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) billingRoutes(m mount) {
	m.get("/statements/{id}/terms", plaza.BillingEdits, s.billingForm)
	m.post("/statements/{id}/terms", plaza.BillingEdits, s.billingEdit)
	m.get("/statements/{id}/adjust", plaza.StatementAdjust, s.adjustForm)
	m.post("/statements/{id}/adjust", plaza.StatementAdjust, s.adjust)
	m.get("/licenses/{id}/billing", plaza.LicenseBill, s.licenseBillingForm)
	m.post("/licenses/{id}/billing", plaza.LicenseBill, s.licenseBilling)
}

func (s *Web) billingForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.billingPage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) billingPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionStatements)
	if err != nil {
		return err
	}
	p := views.Billing{Frame: f, Form: form}
	if p.Profile, p.Terms, err = s.app.BillingTerms(r.Context(), actor, id(r)); err != nil {
		return err
	}
	if form.Values == nil {
		p.Form.Values = f.BillingValues(p.Terms)
	}
	return s.render(w, r, status, p)
}

func (s *Web) billingEdit(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	in := plaza.BillingEdit{
		Currency: plaza.Currency(r.PostFormValue("currency")), Discount: -1,
		TimeZone: r.PostFormValue("time_zone"), BillingID: r.PostFormValue("billing_id"), Number: version(r),
	}
	if hundredths, ok := plaza.ParseMinor(r.PostFormValue("discount")); ok {
		in.Discount = int(hundredths)
	}
	if err := s.app.EditBilling(r.Context(), actor, id(r), in); err != nil {
		return s.revise(w, r, actor, err, s.billingPage)
	}
	return s.see(w, r, "/statements?profile="+id(r), "billing.saved")
}

func (s *Web) adjustForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.adjustPage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) adjustPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionStatements)
	if err != nil {
		return err
	}
	p := views.Adjust{Frame: f, Form: form}
	if p.Profile, p.Terms, err = s.app.BillingTerms(r.Context(), actor, id(r)); err != nil {
		return err
	}
	return s.render(w, r, status, p)
}

func (s *Web) adjust(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	in := plaza.NewAdjustment{Minor: signed(r, "amount"), Currency: plaza.Currency(r.PostFormValue("currency")), Reason: r.PostFormValue("reason")}
	j, err := s.app.Adjust(r.Context(), actor, id(r), in)
	if err != nil {
		return s.revise(w, r, actor, err, s.adjustPage)
	}
	return s.see(w, r, "/statements/"+j.Profile+"/"+j.Month.String()+"#adjustments", "billing.adjusted")
}

func (s *Web) licenseBillingForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.licenseBillingPage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) licenseBillingPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionLicenses)
	if err != nil {
		return err
	}
	p := views.LicenseBilling{Frame: f, Form: form}
	if p.License, err = s.app.License(r.Context(), actor, id(r)); err != nil {
		return err
	}
	if form.Values == nil {
		p.Form.Values = url.Values{"billing_id": {p.License.BillingID}}
	}
	return s.render(w, r, status, p)
}

func (s *Web) licenseBilling(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	in := plaza.LicenseBilling{BillingID: r.PostFormValue("billing_id"), Version: version(r)}
	if err := s.app.BillLicense(r.Context(), actor, id(r), in); err != nil {
		return s.revise(w, r, actor, err, s.licenseBillingPage)
	}
	return s.see(w, r, "/licenses/"+id(r), "billing.license_saved")
}

// signed returns the amount in a field of a form, which may be below zero; 0, which is
// none, if it is none.
func signed(r *http.Request, field string) int64 {
	text, below := strings.CutPrefix(strings.Replace(strings.TrimSpace(r.PostFormValue(field)), "−", "-", 1), "-")
	minor, ok := plaza.ParseMinor(text)
	switch {
	case !ok:
		return 0
	case below:
		return -minor
	}
	return minor
}
