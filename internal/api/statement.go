package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

const statements = profiles + "/{id}/statements"

func (s *API) statementOperations() {
	op(s, plaza.StatementRead, huma.Operation{
		OperationID: "list-statements", Summary: "List the statements of a profile", Method: http.MethodGet, Path: statements,
		Description: "The last one first. One for each month or, where the profile went to somebody else within it, for each part of it.",
	}, s.listStatements)
	op(s, plaza.StatementRead, huma.Operation{
		OperationID: "get-statement", Summary: "Get a statement", Method: http.MethodGet, Path: statements + "/{month}",
		Description: "What the profile and all below it used in a month, and what that costs; in the month that runs, so far.",
	}, s.getStatement)
	op(s, plaza.StatementExport, huma.Operation{
		OperationID: "export-statement", Summary: "Get a statement with each license", Method: http.MethodGet, Path: statements + "/{month}/export",
		Description: "That it was taken along is recorded.",
	}, s.exportStatement)
}

// period is a [plaza.Period] on the wire.
type period struct {
	Month     string     `json:"month"      example:"2026-03"`
	Number    int        `json:"number"     doc:"Which part of its month it is; 0: the whole month"`
	Since     *time.Time `json:"since"      doc:"null: from the beginning of the month, or when the profile was made"`
	Until     *time.Time `json:"until"      doc:"null: to the end of the month"`
	Currency  string     `json:"currency"   doc:"ISO 4217"`
	TimeZone  string     `json:"time_zone"  doc:"Where its days begin"`
	BillingID string     `json:"billing_id" doc:"What another system calls the profile"`
	SoFar     bool       `json:"so_far"     doc:"It is not over"`
}

func wirePeriod(p plaza.Period) period {
	return period{
		Month: p.Month.String(), Number: p.Number, Since: at(p.Since), Until: at(p.Until), Currency: string(p.Terms.Currency), TimeZone: p.Terms.TimeZone,
		BillingID: p.Terms.BillingID, SoFar: p.SoFar,
	}
}

// statement is a [plaza.Statement] on the wire.
type statement struct {
	Period      period                `json:"period"`
	Profile     ref                   `json:"profile"`
	ComputedAt  time.Time             `json:"computed_at"`
	Days        int                   `json:"days"        doc:"Of the month"`
	Licenses    int                   `json:"licenses"    doc:"That were billed on some day, or trials then"`
	Lines       []statementLine       `json:"lines"`
	Parts       []statementPart       `json:"parts"       doc:"By the profile right below, or the profile itself"`
	Adjustments []statementAdjustment `json:"adjustments"`
	Used        money                 `json:"used"`
	Discount    money                 `json:"discount"`
	Adjusted    money                 `json:"adjusted"`
	Total       money                 `json:"total"`
}

// statementLine is a [plaza.StatementLine] on the wire.
type statementLine struct {
	Plan     ref    `json:"plan"`
	Edition  int    `json:"edition"`
	Kind     string `json:"kind"     enum:"development,partner,enterprise,connectagent"`
	Trial    bool   `json:"trial"    doc:"It costs nothing"`
	Licenses int    `json:"licenses" doc:"That were billed on some day"`
	Days     int    `json:"days"     doc:"Of all licenses together"`
	Active   int    `json:"active"   doc:"ConnectAgents that ran on a machine on a day on which they were billed"`
	Priced   bool   `json:"priced"   doc:"There is a price in the currency"`
	Price    money  `json:"price"    doc:"Of a license for a month"`
	Amount   money  `json:"amount"`
	Discount money  `json:"discount"`
	Net      money  `json:"net"`
}

// statementPart is a [plaza.StatementPart] on the wire.
type statementPart struct {
	Profile  ref   `json:"profile"`
	Licenses int   `json:"licenses"`
	Days     int   `json:"days"`
	Net      money `json:"net"`
}

// statementAdjustment is a [plaza.Adjustment] on the wire.
type statementAdjustment struct {
	ID     string    `json:"id"`
	Month  string    `json:"month"`
	Amount money     `json:"amount" doc:"Below zero: in the profile's favour"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
}

// statementLicense is a [plaza.LicenseDays] on the wire.
type statementLicense struct {
	License   ref    `json:"license"    doc:"Its name is empty if that is not known to you any more"`
	BillingID string `json:"billing_id" doc:"What another system calls it"`
	Part      ref    `json:"part"       doc:"The profile right below, or the profile itself, that it belonged to"`
	Plan      ref    `json:"plan"`
	Edition   int    `json:"edition"`
	Kind      string `json:"kind"       enum:"development,partner,enterprise,connectagent"`
	Trial     bool   `json:"trial"`
	Days      int    `json:"days"`
	Active    bool   `json:"active"     doc:"It is a ConnectAgent's that ran on one of them"`
	Net       money  `json:"net"        doc:"Its share of what its line costs"`
}

// statementExport is a statement with what its lines are the sums of.
type statementExport struct {
	Statement statement          `json:"statement"`
	Detail    []statementLicense `json:"detail"`
}

func wireMoney(m plaza.Money) money { return money{string(m.Currency), m.Minor} }

func wireAdjustment(a plaza.Adjustment) statementAdjustment {
	return statementAdjustment{ID: a.ID, Month: a.Month.String(), Amount: wireMoney(a.Amount), Reason: a.Reason, At: a.Created.UTC()}
}

func wireStatement(s *plaza.Statement) statement {
	w := statement{
		Period: wirePeriod(s.Period), Profile: ref{s.Profile, s.ProfileName}, ComputedAt: s.At.UTC(), Days: len(s.Days), Licenses: s.Licenses,
		Lines: []statementLine{}, Parts: []statementPart{}, Adjustments: []statementAdjustment{},
		Used: wireMoney(s.Used), Discount: wireMoney(s.Discount), Adjusted: wireMoney(s.Adjusted), Total: wireMoney(s.Total),
	}
	for _, l := range s.Lines {
		w.Lines = append(w.Lines, statementLine{
			Plan: ref{l.Plan, l.Name}, Edition: l.Edition, Kind: string(l.Kind), Trial: l.Trial, Licenses: l.Licenses, Days: l.Days, Active: l.Active, Priced: l.Known,
			Price: wireMoney(l.Price), Amount: wireMoney(l.Amount), Discount: wireMoney(l.Discount), Net: wireMoney(l.Net),
		})
	}
	for _, p := range s.Parts {
		w.Parts = append(w.Parts, statementPart{Profile: ref{p.Profile, p.Name}, Licenses: p.Licenses, Days: p.Days, Net: wireMoney(p.Net)})
	}
	for _, a := range s.Adjustments {
		w.Adjustments = append(w.Adjustments, wireAdjustment(a))
	}
	return w
}

func (s *API) listStatements(ctx context.Context, actor plaza.Actor, in *read) (*listOut[period], error) {
	b, err := s.app.Statements(ctx, actor, in.id())
	return wireAll(b.Periods, wirePeriod), err
}

type statementIn struct {
	One
	Pick

	Month  string `path:"month"   doc:"As 2026-03" example:"2026-03"`
	Number int    `query:"number" doc:"Which part of the month; without it the whole month, or the last part"`
}

func (s *API) getStatement(ctx context.Context, actor plaza.Actor, in *statementIn) (*answer[statement], error) {
	month, ok := plaza.ParseMonth(in.Month)
	if !ok {
		return nil, plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	found, err := s.app.Statement(ctx, actor, in.id(), month, in.Number)
	if err != nil {
		return nil, err
	}
	return &answer[statement]{"", wireStatement(found)}, nil
}

func (s *API) exportStatement(ctx context.Context, actor plaza.Actor, in *statementIn) (*answer[statementExport], error) {
	month, ok := plaza.ParseMonth(in.Month)
	if !ok {
		return nil, plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	found, err := s.app.ExportStatement(ctx, actor, in.id(), month, in.Number, plaza.StatementJSON)
	if err != nil {
		return nil, err
	}
	w := statementExport{Statement: wireStatement(found), Detail: []statementLicense{}}
	for _, d := range found.Detail {
		w.Detail = append(w.Detail, statementLicense{
			License: ref{d.License, d.LicenseName}, BillingID: d.BillingID, Part: ref{d.Part, d.PartName}, Plan: ref{d.Plan, d.Name}, Edition: d.Edition, Kind: string(d.Kind),
			Trial: d.Trial, Days: d.Days, Active: d.Active, Net: wireMoney(d.Net),
		})
	}
	return &answer[statementExport]{"", w}, nil
}
