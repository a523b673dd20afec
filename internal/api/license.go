package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

const licenses = Prefix + "/licenses"

func (s *API) licenseOperations() {
	op(s, plaza.LicenseRead, huma.Operation{
		OperationID: "list-licenses", Summary: "List licenses", Method: http.MethodGet, Path: licenses,
	}, s.listLicenses)
	op(s, plaza.LicenseIssue, huma.Operation{
		OperationID: "issue-license", Summary: "Issue a development license", Method: http.MethodPost, Path: licenses, DefaultStatus: http.StatusCreated,
		Description: "For one of a ConnectAgent create the ConnectAgent; a base license comes with its profile.",
	}, s.issueLicense)
	op(s, plaza.LicenseRead, huma.Operation{
		OperationID: "get-license", Summary: "Get a license", Method: http.MethodGet, Path: licenses + "/{id}",
	}, s.getLicense)
	op(s, plaza.LicenseDelete, huma.Operation{
		OperationID: "delete-license", Summary: "Delete a license that was made by mistake", Method: http.MethodDelete, Path: licenses + "/{id}", DefaultStatus: http.StatusNoContent,
		Description: "Within a day, while nothing rests on it. It is as if it had never been.",
	}, s.deleteLicense)
	op(s, plaza.LicenseReveal, huma.Operation{
		OperationID: "reveal-license-key", Summary: "Show the key of a license", Method: http.MethodPost, Path: licenses + "/{id}/key",
		Description: "That it was shown, and to whom, is recorded.",
	}, s.revealLicenseKey)
	op(s, plaza.LicenseSuspend, huma.Operation{
		OperationID: "suspend-license", Summary: "Suspend a license", Method: http.MethodPost, Path: licenses + "/{id}/suspend",
		Description: "It is invalid until it is resumed. A ConnectAgent on it stops.",
	}, s.suspendLicense)
	op(s, plaza.LicenseResume, huma.Operation{
		OperationID: "resume-license", Summary: "Resume a license", Method: http.MethodPost, Path: licenses + "/{id}/resume",
	}, s.resumeLicense)
	op(s, plaza.LicenseRenew, huma.Operation{
		OperationID: "renew-license", Summary: "Renew a license", Method: http.MethodPost, Path: licenses + "/{id}/renew",
		Description: "Adds a term of its plan to its end; the key and the machines stay.",
	}, s.renewLicense)
	op(s, plaza.LicensePlan, huma.Operation{
		OperationID: "replan-license", Summary: "Put a license under another plan", Method: http.MethodPost, Path: licenses + "/{id}/plan",
		Description: "The key and the machines stay. By a plan that is no trial, a trial becomes a paid license.",
	}, s.replanLicense)
	op(s, plaza.LicenseTransfer, huma.Operation{
		OperationID: "transfer-license", Summary: "Transfer a license to another profile", Method: http.MethodPost, Path: licenses + "/{id}/transfer",
		Description: "With its ConnectAgent, which keeps running. Each profile is billed for its days.",
	}, s.transferLicense)
	op(s, plaza.LicenseEnd, huma.Operation{
		OperationID: "end-license", Summary: "End a license for good", Method: http.MethodPost, Path: licenses + "/{id}/end",
	}, s.endLicense)
}

// license is a [plaza.License] on the wire.
type license struct {
	ID            string     `json:"id"`
	Profile       ref        `json:"profile"`
	Kind          string     `json:"kind"             enum:"development,partner,enterprise,connectagent"`
	Name          string     `json:"name"`
	Plan          ref        `json:"plan"`
	Edition       int        `json:"edition"          doc:"Of the plan"`
	KeyHint       string     `json:"key_hint"         doc:"The last characters of its key"`
	State         string     `json:"state"            enum:"active,expiring,grace,expired,suspended,scheduled,ended" doc:"At this moment"`
	Valid         bool       `json:"valid"            doc:"Whether a check of it succeeds at this moment"`
	StartsAt      time.Time  `json:"starts_at"`
	EndsAt        *time.Time `json:"ends_at"          doc:"null: without end"`
	GraceEndsAt   *time.Time `json:"grace_ends_at"    doc:"When it stops being valid"`
	GraceDays     int        `json:"grace_days"`
	Machines      int        `json:"machines"         doc:"How many it may be activated on"`
	Trial         bool       `json:"trial"`
	Renews        bool       `json:"renews"           doc:"Another term follows by itself"`
	Awaits        bool       `json:"awaits"           doc:"Its term begins when it is first activated"`
	SuspendedAt   *time.Time `json:"suspended_at"     doc:"null unless it was itself suspended"`
	SuspendReason string     `json:"suspend_reason"`
	EndedAt       *time.Time `json:"ended_at"         doc:"null unless it was ended for good"`
	Agent         maybe      `json:"agent"            doc:"The ConnectAgent that it runs; null if none"`
	BillingID     string     `json:"billing_id"       doc:"What another system calls it"`
	CreatedAt     time.Time  `json:"created_at"`
	UpdatedAt     time.Time  `json:"updated_at"`
	Version       int        `json:"version"`
}

func (s *API) wireLicense(l plaza.License) license {
	state := l.State(s.now())
	return license{
		ID: l.ID, Profile: ref{l.Profile, l.ProfileName}, Kind: string(l.Kind), Name: l.Name, Plan: ref{l.Plan, l.PlanName}, Edition: l.Edition,
		KeyHint: l.KeyHint, State: string(state), Valid: state.Valid(), StartsAt: l.Starts.UTC(), EndsAt: at(l.Ends), GraceEndsAt: at(l.GraceEnds()),
		GraceDays: l.GraceDays, Machines: l.Machines, Trial: l.Trial, Renews: l.Renews, Awaits: l.Awaits, SuspendedAt: at(l.Suspended), SuspendReason: l.SuspendReason,
		EndedAt: at(l.Ended), Agent: refTo(l.Agent, l.AgentName), BillingID: l.BillingID, CreatedAt: l.Created.UTC(), UpdatedAt: l.Updated.UTC(), Version: l.Version,
	}
}

type listLicensesIn struct {
	Leaf

	Sort     string    `query:"sort"              enum:"name,-name,profile,-profile,kind,-kind,plan,-plan,starts,-starts,ends,-ends,created,-created" doc:"Order; with - from the end"`
	Text     string    `query:"filter[text]"      doc:"Part of the name, of its profile's, of its ConnectAgent's or of its billing ID, or the end of the key"`
	Profile  string    `query:"filter[profile]"   doc:"ID: this profile's own only"`
	Kinds    []string  `query:"filter[kind]"      enum:"development,partner,enterprise,connectagent"`
	States   []string  `query:"filter[state]"     enum:"active,expiring,grace,expired,suspended,scheduled,ended" doc:"Without it, all but ended"`
	Plan     string    `query:"filter[plan]"      doc:"ID of a plan"`
	EndsFrom time.Time `query:"filter[ends_from]" doc:"Its term ends at this time or later"`
	EndsTill time.Time `query:"filter[ends_till]" doc:"Its term ends before this time"`
}

func (s *API) listLicenses(ctx context.Context, actor plaza.Actor, in *listLicensesIn) (*listOut[license], error) {
	list, err := s.app.Licenses(ctx, actor, plaza.LicenseFilter{
		Text: in.Text, Profile: in.Profile, Kinds: words[plaza.LicenseKind](in.Kinds), States: words[plaza.LicenseState](in.States), Plan: in.Plan,
		EndsFrom: in.EndsFrom, EndsTill: in.EndsTill,
	}, in.page(in.Sort))
	return wireList(list, s.wireLicense), err
}

type issueLicenseIn struct {
	Body struct {
		Profile  string     `json:"profile,omitempty"   doc:"ID of the profile that will hold it; without it, your own"`
		Plan     string     `json:"plan"                doc:"ID of the plan"`
		Name     string     `json:"name,omitempty"`
		StartsAt *time.Time `json:"starts_at,omitempty" doc:"Up to two years ahead; without it, now"`
	}
}

func (s *API) issueLicense(ctx context.Context, actor plaza.Actor, in *issueLicenseIn) (*created[license], error) {
	b := in.Body
	wish := plaza.NewLicense{Profile: b.Profile, Plan: b.Plan, Name: b.Name, Starts: or(b.StartsAt, time.Time{})}
	if wish.Profile == "" {
		wish.Profile = actor.Scope().Root()
	}
	made, err := s.app.IssueLicense(ctx, actor, wish)
	if err != nil {
		return nil, err
	}
	out, err := s.licenseAnswer(ctx, actor, made.ID, nil)
	if err != nil {
		return nil, err
	}
	return &created[license]{out.ETag, out.Body, licenses + "/" + made.ID}, nil
}

func (s *API) getLicense(ctx context.Context, actor plaza.Actor, in *read) (*answer[license], error) {
	return s.licenseAnswer(ctx, actor, in.id(), nil)
}

// licenseAnswer answers with a license as it is now, unless what was done to it failed.
func (s *API) licenseAnswer(ctx context.Context, actor plaza.Actor, id string, err error) (*answer[license], error) {
	if err != nil {
		return nil, err
	}
	l, err := s.app.License(ctx, seeing(actor, plaza.LicenseRead), id)
	return &answer[license]{etag(l.Version), s.wireLicense(l)}, err
}

func (s *API) licenseVersion(ctx context.Context, actor plaza.Actor, c Change) (int, error) {
	return s.version(ctx, c, func() (int, error) {
		l, err := s.app.License(ctx, seeing(actor, plaza.LicenseRead), c.id())
		return l.Version, err
	})
}

func (s *API) deleteLicense(ctx context.Context, actor plaza.Actor, in *deleteIn) (*empty, error) {
	version, err := s.licenseVersion(ctx, actor, in.Change)
	if err == nil {
		err = s.app.DeleteLicense(ctx, actor, in.id(), in.Reason, version)
	}
	return &empty{}, err
}

// deleteIn asks to delete a thing. A DELETE has no body.
type deleteIn struct {
	Change

	Reason string `query:"reason" required:"true" doc:"Why, for the audit log; at least 8 characters"`
}

type licenseKeyOut struct {
	Body struct {
		Key string `json:"key" doc:"What a ConnectAgent or a tool is given"`
	}
}

func (s *API) revealLicenseKey(ctx context.Context, actor plaza.Actor, in *One) (*licenseKeyOut, error) {
	key, err := s.app.RevealLicenseKey(ctx, actor, in.id())
	out := &licenseKeyOut{}
	out.Body.Key = key
	return out, err
}

func (s *API) suspendLicense(ctx context.Context, actor plaza.Actor, in *reasonIn) (*answer[license], error) {
	version, err := s.licenseVersion(ctx, actor, in.Change)
	if err == nil {
		err = s.app.SuspendLicense(ctx, actor, in.id(), in.Body.Reason, version)
	}
	return s.licenseAnswer(ctx, actor, in.id(), err)
}

func (s *API) resumeLicense(ctx context.Context, actor plaza.Actor, in *Change) (*answer[license], error) {
	version, err := s.licenseVersion(ctx, actor, *in)
	if err == nil {
		err = s.app.ResumeLicense(ctx, actor, in.id(), version)
	}
	return s.licenseAnswer(ctx, actor, in.id(), err)
}

func (s *API) endLicense(ctx context.Context, actor plaza.Actor, in *reasonIn) (*answer[license], error) {
	version, err := s.licenseVersion(ctx, actor, in.Change)
	if err == nil {
		err = s.app.EndLicense(ctx, actor, in.id(), in.Body.Reason, version)
	}
	return s.licenseAnswer(ctx, actor, in.id(), err)
}

type renewLicenseIn struct {
	Change

	Body struct {
		Reason string `json:"reason,omitempty" doc:"For the audit log"`
	}
}

func (s *API) renewLicense(ctx context.Context, actor plaza.Actor, in *renewLicenseIn) (*answer[license], error) {
	version, err := s.licenseVersion(ctx, actor, in.Change)
	if err == nil {
		err = s.app.RenewLicense(ctx, actor, in.id(), in.Body.Reason, version)
	}
	return s.licenseAnswer(ctx, actor, in.id(), err)
}

type replanLicenseIn struct {
	Change

	Body struct {
		Plan   string `json:"plan"             doc:"ID of the plan"`
		Reason string `json:"reason,omitempty" doc:"For the audit log; needed unless a trial becomes a paid license"`
	}
}

func (s *API) replanLicense(ctx context.Context, actor plaza.Actor, in *replanLicenseIn) (*answer[license], error) {
	version, err := s.licenseVersion(ctx, actor, in.Change)
	if err == nil {
		err = s.app.ChangePlan(ctx, actor, in.id(), in.Body.Plan, in.Body.Reason, version)
	}
	return s.licenseAnswer(ctx, actor, in.id(), err)
}

type transferLicenseIn struct {
	Change

	Body struct {
		To     string `json:"to"     doc:"ID of the profile that will hold it"`
		Reason string `json:"reason" doc:"Why, for the audit log; at least 8 characters"`
	}
}

func (s *API) transferLicense(ctx context.Context, actor plaza.Actor, in *transferLicenseIn) (*answer[license], error) {
	version, err := s.licenseVersion(ctx, actor, in.Change)
	if err == nil {
		err = s.app.TransferLicense(ctx, actor, in.id(), in.Body.To, in.Body.Reason, version)
	}
	return s.licenseAnswer(ctx, actor, in.id(), err)
}
