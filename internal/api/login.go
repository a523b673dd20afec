package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

const logins = Prefix + "/logins"

func (s *API) loginOperations() {
	op(s, plaza.LoginRead, huma.Operation{
		OperationID: "list-logins", Summary: "List logins", Method: http.MethodGet, Path: logins,
	}, s.listLogins)
	op(s, plaza.LoginCreate, huma.Operation{
		OperationID: "create-login", Summary: "Create a login", Method: http.MethodPost, Path: logins, DefaultStatus: http.StatusCreated,
		Description: "The person is invited by mail. Nobody makes a login that may more than the token: it must be for all that the role may.",
	}, s.createLogin)
	op(s, plaza.LoginRead, huma.Operation{
		OperationID: "get-login", Summary: "Get a login", Method: http.MethodGet, Path: logins + "/{id}",
	}, s.getLogin)
	op(s, plaza.LoginEdits, huma.Operation{
		OperationID: "update-login", Summary: "Change a login", Method: http.MethodPatch, Path: logins + "/{id}",
		Description: "What is left out stays as it is.",
	}, s.updateLogin)
	op(s, plaza.LoginDisable, huma.Operation{
		OperationID: "disable-login", Summary: "Disable a login", Method: http.MethodPost, Path: logins + "/{id}/disable",
		Description: "Its sessions and its own tokens end at once.",
	}, s.disableLogin)
	op(s, plaza.LoginEnable, huma.Operation{
		OperationID: "enable-login", Summary: "Enable a login", Method: http.MethodPost, Path: logins + "/{id}/enable",
	}, s.enableLogin)
	op(s, plaza.LoginReinvite, huma.Operation{
		OperationID: "reinvite-login", Summary: "Send an invitation again", Method: http.MethodPost, Path: logins + "/{id}/invitation", DefaultStatus: http.StatusNoContent,
	}, s.reinviteLogin)
}

// login is a [plaza.Login] on the wire.
type login struct {
	ID         string     `json:"id"`
	Profile    ref        `json:"profile"`
	Name       string     `json:"name"`
	Email      string     `json:"email"`
	Role       string     `json:"role"         enum:"owner,administrator,manager,support,auditor,member"`
	Dashboard  bool       `json:"dashboard"    doc:"Whether it may use the dashboard, and tokens of its own"`
	State      string     `json:"state"        enum:"active,invited,disabled"`
	CreatedAt  time.Time  `json:"created_at"`
	AcceptedAt *time.Time `json:"accepted_at"  doc:"When the invitation was accepted"`
	DisabledAt *time.Time `json:"disabled_at"`
	SignedInAt *time.Time `json:"signed_in_at" doc:"The last time"`
	Version    int        `json:"version"`
}

func wireLogin(l plaza.Login) login {
	return login{
		ID: l.ID, Profile: ref{l.Profile, l.ProfileName}, Name: l.Name, Email: l.Email, Role: string(l.Role), Dashboard: l.Dashboard, State: string(l.State()),
		CreatedAt: l.Created.UTC(), AcceptedAt: at(l.Accepted), DisabledAt: at(l.Disabled), SignedInAt: at(l.SignedIn), Version: l.Version,
	}
}

type listLoginsIn struct {
	Leaf

	Sort    string   `query:"sort"            enum:"name,-name,profile,-profile,role,-role,email,-email,signed_in,-signed_in,created,-created" doc:"Order; with - from the end"`
	Text    string   `query:"filter[text]"    doc:"Part of the name or of the address"`
	Profile string   `query:"filter[profile]" doc:"ID: this profile's own only"`
	Roles   []string `query:"filter[role]"    enum:"owner,administrator,manager,support,auditor,member"`
	States  []string `query:"filter[state]"   enum:"active,invited,disabled"`
}

func (s *API) listLogins(ctx context.Context, actor plaza.Actor, in *listLoginsIn) (*listOut[login], error) {
	f := plaza.LoginFilter{Text: in.Text, Profile: in.Profile, Roles: words[plaza.Role](in.Roles), States: words[plaza.LoginState](in.States)}
	list, err := s.app.Logins(ctx, actor, f, in.page(in.Sort))
	return wireList(list, wireLogin), err
}

type createLoginIn struct {
	Body struct {
		Profile   string `json:"profile,omitempty"   doc:"ID of the profile that it is of; without it, your own"`
		Name      string `json:"name"`
		Email     string `json:"email"`
		Role      string `json:"role"                enum:"owner,administrator,manager,support,auditor,member"`
		Dashboard *bool  `json:"dashboard,omitempty" doc:"Without it, it may; a member may not"`
	}
}

func (s *API) createLogin(ctx context.Context, actor plaza.Actor, in *createLoginIn) (*created[login], error) {
	b := in.Body
	wish := plaza.NewLogin{Profile: b.Profile, Name: b.Name, Email: b.Email, Role: plaza.Role(b.Role)}
	wish.Dashboard = or(b.Dashboard, wish.Role != plaza.Member)
	if wish.Profile == "" {
		wish.Profile = actor.Scope().Root()
	}
	made, err := s.app.CreateLogin(ctx, actor, wish)
	if err != nil {
		return nil, err
	}
	out, err := s.loginAnswer(ctx, actor, made.ID, nil)
	if err != nil {
		return nil, err
	}
	return &created[login]{out.ETag, out.Body, logins + "/" + made.ID}, nil
}

func (s *API) getLogin(ctx context.Context, actor plaza.Actor, in *read) (*answer[login], error) {
	return s.loginAnswer(ctx, actor, in.id(), nil)
}

// loginAnswer answers with a login as it is now, unless what was done to it failed.
func (s *API) loginAnswer(ctx context.Context, actor plaza.Actor, id string, err error) (*answer[login], error) {
	if err != nil {
		return nil, err
	}
	l, err := s.app.Login(ctx, seeing(actor, plaza.LoginRead), id)
	return &answer[login]{etag(l.Version), wireLogin(l)}, err
}

type updateLoginIn struct {
	Change

	Body struct {
		Name      *string `json:"name,omitempty"`
		Role      *string `json:"role,omitempty"      enum:"owner,administrator,manager,support,auditor,member"`
		Dashboard *bool   `json:"dashboard,omitempty"`
	}
}

func (s *API) updateLogin(ctx context.Context, actor plaza.Actor, in *updateLoginIn) (*answer[login], error) {
	l, err := s.app.Login(ctx, seeing(actor, plaza.LoginRead), in.id())
	if err != nil {
		return nil, err
	}
	version, err := s.version(ctx, in.Change, func() (int, error) { return l.Version, nil })
	if err != nil {
		return nil, err
	}
	err = s.app.EditLogin(ctx, actor, l.ID, plaza.LoginEdit{
		Name: or(in.Body.Name, l.Name), Role: plaza.Role(or(in.Body.Role, string(l.Role))), Dashboard: or(in.Body.Dashboard, l.Dashboard), Version: version,
	})
	return s.loginAnswer(ctx, actor, l.ID, err)
}

func (s *API) disableLogin(ctx context.Context, actor plaza.Actor, in *Change) (*answer[login], error) {
	version, err := s.loginVersion(ctx, actor, *in)
	if err == nil {
		err = s.app.DisableLogin(ctx, actor, in.id(), version)
	}
	return s.loginAnswer(ctx, actor, in.id(), err)
}

func (s *API) enableLogin(ctx context.Context, actor plaza.Actor, in *Change) (*answer[login], error) {
	version, err := s.loginVersion(ctx, actor, *in)
	if err == nil {
		err = s.app.EnableLogin(ctx, actor, in.id(), version)
	}
	return s.loginAnswer(ctx, actor, in.id(), err)
}

func (s *API) loginVersion(ctx context.Context, actor plaza.Actor, c Change) (int, error) {
	return s.version(ctx, c, func() (int, error) {
		l, err := s.app.Login(ctx, seeing(actor, plaza.LoginRead), c.id())
		return l.Version, err
	})
}

func (s *API) reinviteLogin(ctx context.Context, actor plaza.Actor, in *One) (*empty, error) {
	return &empty{}, s.app.ReinviteLogin(ctx, actor, in.id())
}
