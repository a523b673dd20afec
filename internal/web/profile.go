package web

import (
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/sheet"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) profileRoutes(m mount) {
	m.get("/profile", plaza.ProfileRead, s.ownProfile)
	m.post("/profile", plaza.ProfileEdits, s.ownProfileSave)
	m.get("/partners", plaza.ProfileRead, s.partners)
	m.ask(http.MethodGet, "/partners/new", plaza.ProfileCreate, s.partnerNew)
	m.ask(http.MethodPost, "/partners", plaza.ProfileCreate, s.partnerCreate)
	m.get("/partners/{id}", plaza.ProfileRead, s.partner)
	m.get("/partners/{id}/licenses", plaza.LicenseRead, s.partnerLicenses)
	m.get("/partners/{id}/agents", plaza.AgentRead, s.partnerAgents)
	m.get("/partners/{id}/logins", plaza.LoginRead, s.partnerLogins)
	m.get("/partners/{id}/requests", plaza.RequestRead, s.partnerRequests)
	m.get("/partners/{id}/audit", plaza.AuditRead, s.partnerAudit)
	m.get("/partners/{id}/settings", plaza.ProfileEdits, s.partnerSettings)
	m.post("/partners/{id}/settings", plaza.ProfileEdits, s.partnerSettingsSave)
	m.get("/partners/{id}/suspend", plaza.ProfileSuspend, s.partnerSuspendForm)
	m.post("/partners/{id}/suspend", plaza.ProfileSuspend, s.partnerSuspend)
	m.post("/partners/{id}/resume", plaza.ProfileResume, s.partnerResume)
	m.get("/partners/{id}/close", plaza.ProfileClose, s.partnerCloseForm)
	m.post("/partners/{id}/close", plaza.ProfileClose, s.partnerClose)
	m.post("/partners/{id}/reopen", plaza.ProfileReopen, s.partnerReopen)
}

func (s *Web) partners(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionPartners)
	if err != nil {
		return err
	}
	filter := sheet.ProfileFilter(r.Form)
	list, err := s.app.Profiles(r.Context(), actor, filter, page(r))
	if err != nil {
		return err
	}
	resellers, err := s.app.Profiles(r.Context(), actor, plaza.ProfileFilter{Kinds: []plaza.ProfileKind{plaza.Reseller}}, plaza.Page{Size: 1})
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.Partners{
		Frame: f, Listing: listing(r).Exported(plaza.ExportPartners), Filter: filter, Parents: resellers.Total > 0, List: list,
	})
}

func (s *Web) partnerNew(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	values := url.Values{"kind": {string(plaza.Partner)}, "parent": {actor.Profile}}
	if kind := r.FormValue("kind"); kind != "" {
		values.Set("kind", kind)
	}
	return s.partnerForm(w, r, actor, http.StatusOK, views.Form{Values: values})
}

func (s *Web) partnerForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionPartners)
	if err != nil {
		return err
	}
	choices, err := s.choices(r, actor, plaza.ProfileCreate)
	if err != nil {
		return err
	}
	p := views.PartnerNew{Frame: f, Form: form, Plans: choices.Plans}
	if p.Parents, err = s.parents(r, actor); err != nil {
		return err
	}
	return s.render(w, r, status, p)
}

// parents returns the profiles that a new one can hang under, the actor's own
// first: none, if the actor may only ask.
func (s *Web) parents(r *http.Request, actor plaza.Actor) (c views.Choices, err error) {
	if !actor.Can(plaza.ProfileCreate) {
		return c, nil
	}
	resellers, err := s.app.Profiles(r.Context(), actor, plaza.ProfileFilter{
		Kinds: []plaza.ProfileKind{plaza.Reseller}, States: []plaza.ProfileState{plaza.ProfileActive},
	}, plaza.Page{Size: plaza.MaxPageSize})
	own := plaza.Profile{ID: actor.Profile, Name: actor.ProfileName}
	c.Profiles = append([]plaza.Profile{own}, resellers.Rows...)
	c.More = resellers.Total > len(resellers.Rows)
	return c, err
}

func (s *Web) partnerCreate(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	in := plaza.NewProfile{
		Parent: r.PostFormValue("parent"), Kind: plaza.ProfileKind(r.PostFormValue("kind")), Name: r.PostFormValue("name"),
		SupportEmail: r.PostFormValue("support_email"), Plan: r.PostFormValue("plan"),
		OwnerName: r.PostFormValue("owner_name"), OwnerEmail: r.PostFormValue("owner_email"),
	}
	if in.Parent == "" {
		in.Parent = actor.Profile
	}
	if !actor.Can(plaza.ProfileCreate) {
		return s.ask(w, r, actor, plaza.Wish{Profile: &in}, s.partnerForm)
	}
	p, err := s.app.CreateProfile(r.Context(), actor, in)
	if err != nil {
		return s.again(w, r, actor, err, s.partnerForm)
	}
	return s.see(w, r, "/partners/"+p.ID+"?new=1", "profile.created")
}

// below returns the profile in the path, which is not the actor's own: that one
// has a page of its own.
func (s *Web) below(r *http.Request, actor plaza.Actor) (plaza.Profile, error) {
	p, err := s.app.Profile(r.Context(), actor, id(r))
	if err == nil && p.ID == actor.Profile {
		err = plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	return p, err
}

// partnerHead returns what stands above a part of the page of the partner in the
// path, with totals that are those of the lists behind them.
func (s *Web) partnerHead(r *http.Request, actor plaza.Actor, tab views.PartnerTab) (f views.Frame, h views.PartnerHead, err error) {
	if f, err = s.frame(r, actor, views.SectionPartners); err != nil {
		return f, h, err
	}
	if h.Profile, err = s.below(r, actor); err != nil {
		return f, h, err
	}
	h.Tab = tab
	ctx, one := r.Context(), plaza.Page{Size: 1}
	for _, c := range []struct {
		n      *int
		filter plaza.LicenseFilter
	}{
		{&h.Licenses, plaza.LicenseFilter{}},
		{&h.Inactive, plaza.LicenseFilter{States: plaza.InactiveStates()}},
		{&h.Development, plaza.LicenseFilter{Kinds: []plaza.LicenseKind{plaza.Development}}},
	} {
		c.filter.Profile = h.Profile.ID
		list, err := s.app.Licenses(ctx, actor, c.filter, one)
		if err != nil {
			return f, h, err
		}
		*c.n = list.Total
	}
	agents, err := s.app.Agents(ctx, actor, plaza.AgentFilter{Profile: h.Profile.ID}, one)
	if err != nil {
		return f, h, err
	}
	logins, err := s.app.Logins(ctx, actor, plaza.LoginFilter{Profile: h.Profile.ID}, one)
	if err != nil {
		return f, h, err
	}
	open := plaza.RequestFilter{Profile: h.Profile.ID, States: []plaza.RequestState{plaza.RequestOpen}}
	requests, err := s.app.Requests(ctx, actor, open, one)
	h.Agents, h.Logins, h.Requests = agents.Total, logins.Total, requests.Total
	return f, h, err
}

func (s *Web) partner(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if id(r) == actor.Profile {
		return s.see(w, r, "/profile", "")
	}
	f, head, err := s.partnerHead(r, actor, views.TabOverview)
	if err != nil {
		return err
	}
	p := views.PartnerPage{Frame: f, Head: head, Fresh: r.FormValue("new") != ""}
	if p.History, err = s.app.History(r.Context(), actor, head.Profile.ID, plaza.Page{}); err != nil {
		return err
	}
	if p.Allowances, err = s.app.Allowances(r.Context(), actor, head.Profile.ID); err != nil {
		return err
	}
	if p.Fresh {
		if p.Invited, err = s.invited(r, actor, head.Profile.ID); err != nil {
			return err
		}
	}
	return s.render(w, r, http.StatusOK, p)
}

// invited returns the address of an owner whose invitation is on its way; empty
// if there is none.
func (s *Web) invited(r *http.Request, actor plaza.Actor, profile string) (string, error) {
	list, err := s.app.Logins(r.Context(), actor, plaza.LoginFilter{
		Profile: profile, Roles: []plaza.Role{plaza.Owner}, States: []plaza.LoginState{plaza.LoginInvited},
	}, plaza.Page{Size: 1})
	if err != nil || len(list.Rows) == 0 {
		return "", err
	}
	return list.Rows[0].Email, nil
}

// of returns what the address of a list below a profile chooses: of that one only.
func of(r *http.Request, profile string) url.Values {
	q := maps.Clone(r.Form)
	q.Set("profile", profile)
	return q
}

func (s *Web) partnerLicenses(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, head, err := s.partnerHead(r, actor, views.TabLicenses)
	if err != nil {
		return err
	}
	own := sheet.LicenseFilter(of(r, head.Profile.ID), f.Zone())
	filter := own
	filter.Profile = ""
	list, err := s.app.Licenses(r.Context(), actor, own, page(r))
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.PartnerLicenses{Frame: f, Listing: listing(r).Exported(plaza.ExportLicenses, "profile", head.Profile.ID), Head: head, Filter: filter, List: list})
}

func (s *Web) partnerAgents(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, head, err := s.partnerHead(r, actor, views.TabAgents)
	if err != nil {
		return err
	}
	filter := sheet.AgentFilter(of(r, head.Profile.ID))
	list, err := s.app.Agents(r.Context(), actor, filter, page(r))
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.PartnerAgents{Frame: f, Listing: listing(r).Exported(plaza.ExportAgents, "profile", head.Profile.ID), Head: head, Filter: filter, List: list})
}

func (s *Web) partnerLogins(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, head, err := s.partnerHead(r, actor, views.TabLogins)
	if err != nil {
		return err
	}
	filter := sheet.LoginFilter(of(r, head.Profile.ID))
	list, err := s.app.Logins(r.Context(), actor, filter, page(r))
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.PartnerLogins{Frame: f, Listing: listing(r).Exported(plaza.ExportLogins, "profile", head.Profile.ID), Head: head, Filter: filter, List: list})
}

func (s *Web) partnerRequests(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, head, err := s.partnerHead(r, actor, views.TabRequests)
	if err != nil {
		return err
	}
	q := of(r, head.Profile.ID)
	if q.Get("state") == "" {
		q.Set("state", "all") // of one profile, not only those that wait
	}
	filter := sheet.RequestFilter(q, actor)
	list, err := s.app.Requests(r.Context(), actor, filter, page(r))
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.PartnerRequests{Frame: f, Listing: listing(r).Exported(plaza.ExportRequests, "profile", head.Profile.ID, "state", q.Get("state")), Head: head, Filter: filter, List: list})
}

func (s *Web) partnerAudit(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, head, err := s.partnerHead(r, actor, views.TabAudit)
	if err != nil {
		return err
	}
	filter := plaza.AuditFilter{
		Verbs: chosen(r, "verb", plaza.Verbs()), Results: chosen(r, "result", []plaza.Result{plaza.Done, plaza.Refused}),
	}
	own := filter
	own.Profile = head.Profile.ID
	list, err := s.app.AuditEvents(r.Context(), actor, own, page(r))
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.PartnerAudit{Frame: f, Listing: listing(r), Head: head, Filter: filter, List: list})
}

// profileEdit returns the settings in a form. What is no number is out of range.
func profileEdit(r *http.Request) plaza.ProfileEdit {
	days, err := strconv.Atoi(strings.TrimSpace(r.PostFormValue("warning_days")))
	if err != nil {
		days = -1
	}
	in := plaza.ProfileEdit{
		Name: r.PostFormValue("name"), SupportEmail: r.PostFormValue("support_email"), WarningDays: days, Version: version(r),
	}
	return in.Clean()
}

func (s *Web) ownProfile(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.ownProfilePage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) ownProfilePage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionProfile)
	if err != nil {
		return err
	}
	p, err := s.app.Profile(r.Context(), actor, actor.Profile)
	if err != nil {
		return err
	}
	if form.Values == nil {
		form.Values = views.ProfileValues(p)
	}
	history, err := s.app.History(r.Context(), actor, p.ID, plaza.Page{})
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.OwnProfile{Frame: f, Profile: p, Form: form, History: history})
}

func (s *Web) ownProfileSave(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.EditProfile(r.Context(), actor, actor.Profile, profileEdit(r)); err != nil {
		return s.revise(w, r, actor, err, s.ownProfilePage)
	}
	return s.see(w, r, "/profile", "profile.saved")
}

func (s *Web) partnerSettings(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.partnerSettingsPage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) partnerSettingsPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, head, err := s.partnerHead(r, actor, views.TabSettings)
	if err != nil {
		return err
	}
	if form.Values == nil {
		form.Values = views.ProfileValues(head.Profile)
	}
	offers, err := s.offers(r, actor, head.Profile.ID)
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.PartnerSettings{Frame: f, Head: head, Form: form, Offers: offers})
}

func (s *Web) partnerSettingsSave(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.EditProfile(r.Context(), actor, id(r), profileEdit(r)); err != nil {
		return s.revise(w, r, actor, err, s.partnerSettingsPage)
	}
	return s.see(w, r, "/partners/"+id(r)+"/settings", "profile.saved")
}

func (s *Web) partnerSuspendForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.partnerHalt(plaza.ProfileSuspend)(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) partnerCloseForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.partnerHalt(plaza.ProfileClose)(w, r, actor, http.StatusOK, views.Form{})
}

// partnerHalt draws the dialogue before a partner is suspended or closed.
func (s *Web) partnerHalt(v plaza.Verb) formPage {
	return func(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
		f, err := s.frame(r, actor, views.SectionPartners)
		if err != nil {
			return err
		}
		p, err := s.below(r, actor)
		if err != nil {
			return err
		}
		impact, err := s.app.ProfileImpact(r.Context(), actor, p.ID)
		if err != nil {
			return err
		}
		return s.render(w, r, status, views.PartnerHalt{Frame: f, Profile: p, Verb: v, Impact: impact, Form: form})
	}
}

func (s *Web) partnerSuspend(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.SuspendProfile(r.Context(), actor, id(r), r.PostFormValue("reason"), version(r)); err != nil {
		return s.revise(w, r, actor, err, s.partnerHalt(plaza.ProfileSuspend))
	}
	return s.see(w, r, "/partners/"+id(r), "profile.suspended")
}

func (s *Web) partnerResume(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.ResumeProfile(r.Context(), actor, id(r), version(r)); err != nil {
		return err
	}
	return s.see(w, r, "/partners/"+id(r), "profile.resumed")
}

func (s *Web) partnerClose(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	err := s.app.CloseProfile(r.Context(), actor, id(r), r.PostFormValue("name"), r.PostFormValue("reason"), version(r))
	if err != nil {
		return s.revise(w, r, actor, err, s.partnerHalt(plaza.ProfileClose))
	}
	return s.see(w, r, "/partners/"+id(r), "profile.closed")
}

func (s *Web) partnerReopen(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.ReopenProfile(r.Context(), actor, id(r), version(r)); err != nil {
		return err
	}
	return s.see(w, r, "/partners/"+id(r), "profile.reopened")
}
