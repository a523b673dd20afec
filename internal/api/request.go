package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

const requests = Prefix + "/requests"

func (s *API) requestOperations() {
	op(s, plaza.RequestRead, huma.Operation{
		OperationID: "list-requests", Summary: "List requests", Method: http.MethodGet, Path: requests,
		Description: "What profiles below ask for. A partner or an enterprise sees its own.",
	}, s.listRequests)
	op(s, plaza.RequestMake, huma.Operation{
		OperationID: "make-request", Summary: "Ask for something", Method: http.MethodPost, Path: requests, DefaultStatus: http.StatusCreated,
		Description: "For partners and enterprises: what their reseller makes when it approves. Exactly one of license, agent, login, renewal, replan and end.",
	}, s.makeRequest)
	op(s, plaza.RequestRead, huma.Operation{
		OperationID: "get-request", Summary: "Get a request", Method: http.MethodGet, Path: requests + "/{id}",
	}, s.getRequest)
	op(s, plaza.RequestApprove, huma.Operation{
		OperationID: "approve-request", Summary: "Approve a request", Method: http.MethodPost, Path: requests + "/{id}/approve",
		Description: "What was asked for is done in the same moment, or it stays open and the answer says why. What is dear takes two who approve. " +
			"Needs the verb of what is done, too: `license.issue`, `profile.create`, `agent.create`, `login.create`, `license.renew`, `license.replan`, `license.end` or `allowance.edit`.",
	}, s.approveRequest)
	op(s, plaza.RequestDecline, huma.Operation{
		OperationID: "decline-request", Summary: "Decline a request", Method: http.MethodPost, Path: requests + "/{id}/decline",
	}, s.declineRequest)
	op(s, plaza.RequestWithdraw, huma.Operation{
		OperationID: "withdraw-request", Summary: "Withdraw a request", Method: http.MethodPost, Path: requests + "/{id}/withdraw",
	}, s.withdrawRequest)
}

// request is a [plaza.Request] on the wire.
type request struct {
	ID        string     `json:"id"`
	Profile   ref        `json:"profile"     doc:"Who asks"`
	Kind      string     `json:"kind"        enum:"development,profile,agent,login,renewal,plan,end,allowance"`
	State     string     `json:"state"       enum:"open,approved,declined,withdrawn,lapsed"`
	Name      string     `json:"name"        doc:"Of what is asked for; it may be empty"`
	Subject   *string    `json:"subject"     doc:"ID of the license or allowance that it is about; null if it is for something new"`
	Plan      maybe      `json:"plan"        doc:"That is asked for"`
	Note      string     `json:"note"`
	CreatedAt time.Time  `json:"created_at"`
	LapsesAt  time.Time  `json:"lapses_at"   doc:"Unless somebody decides before"`
	DecidedAt *time.Time `json:"decided_at"`
	Reason    string     `json:"reason"      doc:"Of a decline"`
	Object    *string    `json:"object"      doc:"ID of what the approval made or changed"`
	Version   int        `json:"version"`
}

func (s *API) wireRequest(r plaza.Request) request {
	w := request{
		ID: r.ID, Profile: ref{r.Profile, r.ProfileName}, Kind: string(r.Kind), State: string(r.State(s.now())), Name: r.Wish.Name(), Plan: refTo(r.Wish.Plan(), r.PlanName),
		Note: r.Note, CreatedAt: r.Created.UTC(), LapsesAt: r.Lapses().UTC(), DecidedAt: at(r.Decided), Reason: r.Reason, Version: r.Version,
	}
	if subject := r.Wish.Subject(); subject != "" {
		w.Subject = &subject
	}
	if r.Object != "" {
		w.Object = &r.Object
	}
	return w
}

type listRequestsIn struct {
	Leaf

	Sort    string   `query:"sort"            enum:"created,-created" doc:"Order; with - from the end"`
	Text    string   `query:"filter[text]"    doc:"Part of the name that is asked for, or of the profile's"`
	Profile string   `query:"filter[profile]" doc:"ID: this profile's own only"`
	Subject string   `query:"filter[subject]" doc:"ID of a license or an allowance: about this one only"`
	Kinds   []string `query:"filter[kind]"    enum:"development,profile,agent,login,renewal,plan,end,allowance"`
	States  []string `query:"filter[state]"   enum:"open,approved,declined,withdrawn,lapsed"`
}

func (s *API) listRequests(ctx context.Context, actor plaza.Actor, in *listRequestsIn) (*listOut[request], error) {
	f := plaza.RequestFilter{
		Text: in.Text, Profile: in.Profile, Subject: in.Subject, Kinds: words[plaza.RequestKind](in.Kinds), States: words[plaza.RequestState](in.States),
	}.For(actor)
	list, err := s.app.Requests(ctx, actor, f, in.page(in.Sort))
	return wireList(list, s.wireRequest), err
}

// licenseWish names a license that something is asked for.
type licenseWish struct {
	License string `json:"license" doc:"ID of the license"`
}

type makeRequestIn struct {
	Body struct {
		License *struct {
			Plan     string     `json:"plan"                doc:"ID of the plan"`
			Name     string     `json:"name,omitempty"`
			StartsAt *time.Time `json:"starts_at,omitempty"`
		} `json:"license,omitempty" doc:"A development license"`
		Agent *struct {
			Plan     string     `json:"plan"                doc:"ID of the plan of its license"`
			Name     string     `json:"name"`
			StartsAt *time.Time `json:"starts_at,omitempty"`
		} `json:"agent,omitempty" doc:"A ConnectAgent"`
		Login *struct {
			Name      string `json:"name"`
			Email     string `json:"email"`
			Role      string `json:"role"      enum:"owner,administrator,manager,support,auditor,member"`
			Dashboard bool   `json:"dashboard"`
		} `json:"login,omitempty" doc:"A login"`
		Renewal *licenseWish `json:"renewal,omitempty" doc:"Another term for a license"`
		Replan  *struct {
			License string `json:"license" doc:"ID of the license"`
			Plan    string `json:"plan"    doc:"ID of the plan"`
		} `json:"replan,omitempty" doc:"Another plan for a license"`
		End  *licenseWish `json:"end,omitempty"  doc:"The end of a license, for good"`
		Note string       `json:"note,omitempty" doc:"To whoever decides"`
	}
}

// wish returns what in asks for.
func (in *makeRequestIn) wish() (w plaza.Wish) {
	b := in.Body
	if b.License != nil {
		w.License = &plaza.NewLicense{Plan: b.License.Plan, Name: b.License.Name, Starts: or(b.License.StartsAt, time.Time{})}
	}
	if b.Agent != nil {
		w.Agent = &plaza.NewAgent{Plan: b.Agent.Plan, Name: b.Agent.Name, Starts: or(b.Agent.StartsAt, time.Time{})}
	}
	if b.Login != nil {
		w.Login = &plaza.NewLogin{Name: b.Login.Name, Email: b.Login.Email, Role: plaza.Role(b.Login.Role), Dashboard: b.Login.Dashboard}
	}
	if b.Renewal != nil {
		w.Renewal = &plaza.LicenseWish{License: b.Renewal.License}
	}
	if b.Replan != nil {
		w.Replan = &plaza.LicenseWish{License: b.Replan.License, Plan: b.Replan.Plan}
	}
	if b.End != nil {
		w.End = &plaza.LicenseWish{License: b.End.License}
	}
	return w
}

// single reports whether in asks for exactly one thing.
func (in *makeRequestIn) single() bool {
	b, n := in.Body, 0
	for _, asked := range []bool{b.License != nil, b.Agent != nil, b.Login != nil, b.Renewal != nil, b.Replan != nil, b.End != nil} {
		if asked {
			n++
		}
	}
	return n == 1
}

func (s *API) makeRequest(ctx context.Context, actor plaza.Actor, in *makeRequestIn) (*created[request], error) {
	if !in.single() {
		return nil, plaza.Errorf(plaza.Invalid, "api.one_wish")
	}
	made, err := s.app.MakeRequest(ctx, actor, in.wish(), in.Body.Note)
	if err != nil {
		return nil, err
	}
	return &created[request]{etag(made.Version), s.wireRequest(made), requests + "/" + made.ID}, nil
}

func (s *API) getRequest(ctx context.Context, actor plaza.Actor, in *read) (*answer[request], error) {
	return s.requestAnswer(ctx, actor, in.id(), nil)
}

// requestAnswer answers with a request as it is now, unless what was done to it failed.
func (s *API) requestAnswer(ctx context.Context, actor plaza.Actor, id string, err error) (*answer[request], error) {
	if err != nil {
		return nil, err
	}
	r, err := s.app.Request(ctx, seeing(actor, plaza.RequestRead), id)
	return &answer[request]{etag(r.Version), s.wireRequest(r)}, err
}

func (s *API) requestVersion(ctx context.Context, actor plaza.Actor, c Change) (int, error) {
	return s.version(ctx, c, func() (int, error) {
		r, err := s.app.Request(ctx, seeing(actor, plaza.RequestRead), c.id())
		return r.Version, err
	})
}

func (s *API) approveRequest(ctx context.Context, actor plaza.Actor, in *Change) (*answer[request], error) {
	version, err := s.requestVersion(ctx, actor, *in)
	if err == nil {
		_, err = s.app.ApproveRequest(ctx, actor, in.id(), version)
	}
	return s.requestAnswer(ctx, actor, in.id(), err)
}

func (s *API) declineRequest(ctx context.Context, actor plaza.Actor, in *reasonIn) (*answer[request], error) {
	version, err := s.requestVersion(ctx, actor, in.Change)
	if err == nil {
		err = s.app.DeclineRequest(ctx, actor, in.id(), in.Body.Reason, version)
	}
	return s.requestAnswer(ctx, actor, in.id(), err)
}

func (s *API) withdrawRequest(ctx context.Context, actor plaza.Actor, in *Change) (*answer[request], error) {
	version, err := s.requestVersion(ctx, actor, *in)
	if err == nil {
		err = s.app.WithdrawRequest(ctx, actor, in.id(), version)
	}
	return s.requestAnswer(ctx, actor, in.id(), err)
}
