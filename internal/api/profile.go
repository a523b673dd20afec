package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

const profiles = Prefix + "/profiles"

func (s *API) profileOperations() {
	op(s, plaza.ProfileRead, huma.Operation{
		OperationID: "list-profiles", Summary: "List profiles", Method: http.MethodGet, Path: profiles,
		Description: "Your own profile and all below it, as far as the token reaches.",
	}, s.listProfiles)
	op(s, plaza.ProfileCreate, huma.Operation{
		OperationID: "create-profile", Summary: "Create a profile", Method: http.MethodPost, Path: profiles, DefaultStatus: http.StatusCreated,
		Description: "A partner or an enterprise comes with its base license. If an owner is named, they are invited by mail.",
	}, s.createProfile)
	op(s, plaza.ProfileRead, huma.Operation{
		OperationID: "get-profile", Summary: "Get a profile", Method: http.MethodGet, Path: profiles + "/{id}",
	}, s.getProfile)
	op(s, plaza.ProfileEdits, huma.Operation{
		OperationID: "update-profile", Summary: "Change a profile", Method: http.MethodPatch, Path: profiles + "/{id}",
		Description: "What is left out stays as it is.",
	}, s.updateProfile)
	op(s, plaza.ProfileSuspend, huma.Operation{
		OperationID: "suspend-profile", Summary: "Suspend a profile", Method: http.MethodPost, Path: profiles + "/{id}/suspend",
		Description: "It stands still with all below it: nobody signs in, and their licenses are suspended.",
	}, s.suspendProfile)
	op(s, plaza.ProfileResume, huma.Operation{
		OperationID: "resume-profile", Summary: "Resume a profile", Method: http.MethodPost, Path: profiles + "/{id}/resume",
	}, s.resumeProfile)
	op(s, plaza.ProfileReopen, huma.Operation{
		OperationID: "reopen-profile", Summary: "Reopen a profile that was closed", Method: http.MethodPost, Path: profiles + "/{id}/reopen",
		Description: "Within 30 days. It is suspended then.",
	}, s.reopenProfile)
}

// profile is a [plaza.Profile] on the wire.
type profile struct {
	ID            string     `json:"id"`
	Parent        *string    `json:"parent"         doc:"ID of the profile right above; null for the vendor and for the topmost that you see"`
	Kind          string     `json:"kind"           enum:"vendor,reseller,partner,enterprise"`
	Name          string     `json:"name"`
	State         string     `json:"state"          enum:"active,suspended,closed"`
	SupportEmail  string     `json:"support_email"`
	WarningDays   int        `json:"warning_days"   doc:"A license is expiring for so many days before its end"`
	CreatedAt     time.Time  `json:"created_at"`
	SuspendedAt   *time.Time `json:"suspended_at"   doc:"null unless it was itself suspended"`
	SuspendReason string     `json:"suspend_reason"`
	ClosedAt      *time.Time `json:"closed_at"`
	Version       int        `json:"version"`
}

func wireProfile(p plaza.Profile) profile {
	w := profile{
		ID: p.ID, Kind: string(p.Kind), Name: p.Name, State: string(p.State()), SupportEmail: p.SupportEmail, WarningDays: p.WarningDays,
		CreatedAt: p.Created.UTC(), SuspendedAt: at(p.Suspended), SuspendReason: p.SuspendReason, ClosedAt: at(p.Closed), Version: p.Version,
	}
	if p.Parent != "" && p.ParentName != "" { // who is above the topmost is not for its eyes
		w.Parent = &p.Parent
	}
	return w
}

type listProfilesIn struct {
	Leaf

	Sort   string   `query:"sort"           enum:"name,-name,created,-created" doc:"Order; with - from the end"`
	Text   string   `query:"filter[text]"   doc:"Part of the name"`
	Kinds  []string `query:"filter[kind]"   enum:"vendor,reseller,partner,enterprise"`
	States []string `query:"filter[state]"  enum:"active,suspended,closed" doc:"Without it, all but closed"`
	Parent string   `query:"filter[parent]" doc:"ID of a profile: those right below it"`
}

func (s *API) listProfiles(ctx context.Context, actor plaza.Actor, in *listProfilesIn) (*listOut[profile], error) {
	f := plaza.ProfileFilter{Text: in.Text, Kinds: words[plaza.ProfileKind](in.Kinds), States: words[plaza.ProfileState](in.States), Parent: in.Parent}
	list, err := s.app.Profiles(ctx, actor, f, in.page(in.Sort))
	return wireList(list, wireProfile), err
}

type createProfileIn struct {
	Body struct {
		Parent       string `json:"parent,omitempty"        doc:"ID of the profile that it will be below; without it, your own"`
		Kind         string `json:"kind"                    enum:"reseller,partner,enterprise"`
		Name         string `json:"name"                    example:"Bright Bakery Systems"`
		SupportEmail string `json:"support_email,omitempty"`
		Plan         string `json:"plan,omitempty"          doc:"ID of the plan of its base license; needed for a partner or an enterprise"`
		Owner        *struct {
			Name  string `json:"name"`
			Email string `json:"email"`
		} `json:"owner,omitempty" doc:"First owner, who is invited"`
	}
}

func (s *API) createProfile(ctx context.Context, actor plaza.Actor, in *createProfileIn) (*created[profile], error) {
	b := in.Body
	wish := plaza.NewProfile{Parent: b.Parent, Kind: plaza.ProfileKind(b.Kind), Name: b.Name, SupportEmail: b.SupportEmail, Plan: b.Plan}
	if wish.Parent == "" {
		wish.Parent = actor.Scope().Root()
	}
	if b.Owner != nil {
		wish.OwnerName, wish.OwnerEmail = b.Owner.Name, b.Owner.Email
	}
	made, err := s.app.CreateProfile(ctx, actor, wish)
	if err != nil {
		return nil, err
	}
	made.ParentName = "." // it is in reach: it was just found there
	return &created[profile]{etag(made.Version), wireProfile(made), profiles + "/" + made.ID}, nil
}

func (s *API) getProfile(ctx context.Context, actor plaza.Actor, in *read) (*answer[profile], error) {
	p, err := s.app.Profile(ctx, seeing(actor, plaza.ProfileRead), in.id())
	return &answer[profile]{etag(p.Version), wireProfile(p)}, err
}

type updateProfileIn struct {
	Change

	Body struct {
		Name         *string `json:"name,omitempty"`
		SupportEmail *string `json:"support_email,omitempty"`
		WarningDays  *int    `json:"warning_days,omitempty"`
	}
}

func (s *API) updateProfile(ctx context.Context, actor plaza.Actor, in *updateProfileIn) (*answer[profile], error) {
	p, err := s.app.Profile(ctx, seeing(actor, plaza.ProfileRead), in.id())
	if err != nil {
		return nil, err
	}
	version, err := s.version(ctx, in.Change, func() (int, error) { return p.Version, nil })
	if err != nil {
		return nil, err
	}
	err = s.app.EditProfile(ctx, actor, p.ID, plaza.ProfileEdit{
		Name: or(in.Body.Name, p.Name), SupportEmail: or(in.Body.SupportEmail, p.SupportEmail), WarningDays: or(in.Body.WarningDays, p.WarningDays), Version: version,
	})
	return s.changedProfile(ctx, actor, p.ID, err)
}

type reasonIn struct {
	Change

	Body struct {
		Reason string `json:"reason" doc:"Why, for the audit log and for those concerned; at least 8 characters" example:"Invoice 4711 is overdue"`
	}
}

func (s *API) suspendProfile(ctx context.Context, actor plaza.Actor, in *reasonIn) (*answer[profile], error) {
	version, err := s.profileVersion(ctx, actor, in.Change)
	if err == nil {
		err = s.app.SuspendProfile(ctx, actor, in.id(), in.Body.Reason, version)
	}
	return s.changedProfile(ctx, actor, in.id(), err)
}

func (s *API) resumeProfile(ctx context.Context, actor plaza.Actor, in *Change) (*answer[profile], error) {
	version, err := s.profileVersion(ctx, actor, *in)
	if err == nil {
		err = s.app.ResumeProfile(ctx, actor, in.id(), version)
	}
	return s.changedProfile(ctx, actor, in.id(), err)
}

func (s *API) reopenProfile(ctx context.Context, actor plaza.Actor, in *Change) (*answer[profile], error) {
	version, err := s.profileVersion(ctx, actor, *in)
	if err == nil {
		err = s.app.ReopenProfile(ctx, actor, in.id(), version)
	}
	return s.changedProfile(ctx, actor, in.id(), err)
}

func (s *API) profileVersion(ctx context.Context, actor plaza.Actor, c Change) (int, error) {
	return s.version(ctx, c, func() (int, error) {
		p, err := s.app.Profile(ctx, seeing(actor, plaza.ProfileRead), c.id())
		return p.Version, err
	})
}

// changedProfile answers with a profile that was changed, unless that failed.
func (s *API) changedProfile(ctx context.Context, actor plaza.Actor, id string, err error) (*answer[profile], error) {
	if err != nil {
		return nil, err
	}
	p, err := s.app.Profile(ctx, seeing(actor, plaza.ProfileRead), id)
	return &answer[profile]{etag(p.Version), wireProfile(p)}, err
}
