package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

func (s *API) billingOperations() {
	op(s, plaza.BillingEdits, huma.Operation{
		OperationID: "get-billing", Summary: "See on which terms a profile is billed", Method: http.MethodGet, Path: profiles + "/{id}/billing",
	}, s.getBilling)
	op(s, plaza.BillingEdits, huma.Operation{
		OperationID: "update-billing", Summary: "Set on which terms a profile is billed", Method: http.MethodPatch, Path: profiles + "/{id}/billing",
		Description: "From the month that runs on. What is left out stays as it is.",
	}, s.updateBilling)
	op(s, plaza.StatementAdjust, huma.Operation{
		OperationID: "adjust-statement", Summary: "Book an amount on a statement", Method: http.MethodPost, Path: profiles + "/{id}/adjustments", DefaultStatus: http.StatusCreated,
		Description: "On that of the month that runs.",
	}, s.adjustStatement)
	op(s, plaza.LicenseBill, huma.Operation{
		OperationID: "bill-license", Summary: "Say what another system calls a license", Method: http.MethodPost, Path: licenses + "/{id}/billing",
	}, s.billLicense)
}

// billing is a [plaza.BillingTerms] on the wire.
type billing struct {
	Currency  string `json:"currency"   doc:"ISO 4217"`
	Discount  int    `json:"discount"   doc:"In hundredths of a percent: 250 are 2.5 %"`
	TimeZone  string `json:"time_zone"  doc:"Where the days of its months begin" example:"Europe/Amsterdam"`
	BillingID string `json:"billing_id" doc:"What another system calls the profile"`
	Version   int    `json:"version"    doc:"How often they were set; 0: they are the installation's"`
}

func (s *API) getBilling(ctx context.Context, actor plaza.Actor, in *read) (*answer[billing], error) {
	return s.billingAnswer(ctx, actor, in.id(), nil)
}

// billingAnswer answers with the terms of a profile as they are now, unless what was done
// to them failed.
func (s *API) billingAnswer(ctx context.Context, actor plaza.Actor, profile string, err error) (*answer[billing], error) {
	if err != nil {
		return nil, err
	}
	_, t, err := s.app.BillingTerms(ctx, actor, profile)
	return &answer[billing]{etag(t.Number), billing{
		Currency: string(t.Currency), Discount: t.Discount, TimeZone: t.TimeZone, BillingID: t.BillingID, Version: t.Number,
	}}, err
}

type updateBillingIn struct {
	Change

	Body struct {
		Currency  *string `json:"currency,omitempty"`
		Discount  *int    `json:"discount,omitempty"   minimum:"0" maximum:"10000" doc:"In hundredths of a percent"`
		TimeZone  *string `json:"time_zone,omitempty"`
		BillingID *string `json:"billing_id,omitempty"`
	}
}

func (s *API) updateBilling(ctx context.Context, actor plaza.Actor, in *updateBillingIn) (*answer[billing], error) {
	_, t, err := s.app.BillingTerms(ctx, actor, in.id())
	if err != nil {
		return nil, err
	}
	version, err := s.version(ctx, in.Change, func() (int, error) { return t.Number, nil })
	if err != nil {
		return nil, err
	}
	b := in.Body
	err = s.app.EditBilling(ctx, actor, in.id(), plaza.BillingEdit{
		Currency: plaza.Currency(or(b.Currency, string(t.Currency))), Discount: or(b.Discount, t.Discount), TimeZone: or(b.TimeZone, t.TimeZone),
		BillingID: or(b.BillingID, t.BillingID), Number: version,
	})
	return s.billingAnswer(ctx, actor, in.id(), err)
}

type adjustStatementIn struct {
	One

	Body struct {
		Amount money  `json:"amount" doc:"Below zero: in the profile's favour"`
		Reason string `json:"reason" doc:"Why, which stands on the statement; at least 8 characters"`
	}
}

func (s *API) adjustStatement(ctx context.Context, actor plaza.Actor, in *adjustStatementIn) (*created[statementAdjustment], error) {
	b := in.Body
	made, err := s.app.Adjust(ctx, actor, in.id(), plaza.NewAdjustment{Minor: b.Amount.Minor, Currency: plaza.Currency(b.Amount.Currency), Reason: b.Reason})
	if err != nil {
		return nil, err
	}
	return &created[statementAdjustment]{"", wireAdjustment(made), profiles + "/" + made.Profile + "/statements/" + made.Month.String()}, nil
}

type billLicenseIn struct {
	Change

	Body struct {
		BillingID string `json:"billing_id" doc:"It may be empty"`
	}
}

func (s *API) billLicense(ctx context.Context, actor plaza.Actor, in *billLicenseIn) (*answer[license], error) {
	version, err := s.licenseVersion(ctx, actor, in.Change)
	if err == nil {
		err = s.app.BillLicense(ctx, actor, in.id(), plaza.LicenseBilling{BillingID: in.Body.BillingID, Version: version})
	}
	return s.licenseAnswer(ctx, actor, in.id(), err)
}
