package web

import (
	"net/http"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) accessRoutes(m mount) {
	m.get("/access", plaza.AccessRead, s.access)
	m.post("/access/setting", plaza.AccessSet, s.accessSetting)
	m.post("/access/login-as", plaza.ActingSet, s.accessSwitch)
	m.post("/access/inside/{id}/end", plaza.ActingEnd, s.accessEnd)
	m.post("/partners/{id}/consent", plaza.ConsentAsk, s.consentAsk)
	m.post("/consents/{id}/grant", plaza.ConsentGrant, s.consentGrant)
	m.post("/consents/{id}/refuse", plaza.ConsentRefuse, s.consentRefuse)
	m.post("/consents/{id}/revoke", plaza.ConsentRevoke, s.consentRevoke)
	m.post("/consents/{id}/withdraw", plaza.ConsentWithdraw, s.consentWithdraw)
	m.public(http.MethodGet, "/consent/{token}", s.consentLink)
	m.public(http.MethodPost, "/consent/{token}", s.consentLinkAnswer)
}

func (s *Web) access(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.accessPage(w, r, actor, http.StatusOK, views.Form{})
}

// accessPage draws who may enter, with why something could not be done about it.
func (s *Web) accessPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionAccess)
	if err != nil {
		return err
	}
	p := views.Access{Frame: f, Listing: listing(r).Exported(plaza.ExportVisits), Form: form}
	if p.Access, err = s.app.Access(r.Context(), actor); err != nil {
		return err
	}
	if !actor.From.ByItself { // which draws anew who is inside, and nothing else
		if p.Visits, err = s.app.Visits(r.Context(), actor, page(r)); err != nil {
			return err
		}
	}
	p.Path = "/access"
	return s.render(w, r, status, p)
}

// saw returns to the page after something was done about who may enter.
func (s *Web) saw(w http.ResponseWriter, r *http.Request, actor plaza.Actor, err error, flash string) error {
	if err != nil {
		return s.again(w, r, actor, err, s.accessPage)
	}
	return s.see(w, r, "/access", flash)
}

func (s *Web) accessSetting(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	err := s.app.SetSupportAccess(r.Context(), actor, plaza.SupportAccess(r.PostFormValue("access")), version(r))
	return s.saw(w, r, actor, err, "access.set")
}

func (s *Web) accessSwitch(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	err := s.app.SwitchLoginAs(r.Context(), actor, r.PostFormValue("on") != "")
	return s.saw(w, r, actor, err, "access.switched")
}

func (s *Web) accessEnd(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.saw(w, r, actor, s.app.EndActing(r.Context(), actor, id(r)), "access.ended")
}

func (s *Web) consentGrant(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	err := s.app.GrantConsent(r.Context(), actor, id(r), r.PostFormValue("once") != "", version(r))
	return s.saw(w, r, actor, err, "access.granted")
}

func (s *Web) consentRefuse(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.saw(w, r, actor, s.app.RefuseConsent(r.Context(), actor, id(r), version(r)), "access.refused")
}

func (s *Web) consentRevoke(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.saw(w, r, actor, s.app.RevokeConsent(r.Context(), actor, id(r), version(r)), "access.revoked")
}

// consentAsk asks a profile below to be let in, until the end of the day in the
// form.
func (s *Web) consentAsk(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	zone := s.printer(r, actor).Zone()
	until := day(r, "until", zone)
	if !until.IsZero() {
		until = until.AddDate(0, 0, 1).Add(-time.Second) // so that it is still called that day
	}
	_, err := s.app.AskConsent(r.Context(), actor, plaza.NewConsent{
		Profile: id(r), Reason: r.PostFormValue("reason"), Ticket: r.PostFormValue("ticket"), Until: until,
	})
	if err != nil {
		return s.again(w, r, actor, err, s.logInAsPage)
	}
	return s.see(w, r, "/partners/"+id(r)+"/login-as", "access.asked")
}

func (s *Web) consentWithdraw(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.WithdrawConsent(r.Context(), actor, id(r), version(r)); err != nil {
		return err
	}
	return s.see(w, r, local(r.PostFormValue("next")), "access.withdrawn")
}

// consentLink shows what a link from a mail answers; to follow it does nothing.
func (s *Web) consentLink(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	c, err := s.gate.ConsentAsked(r.Context(), r.PathValue("token"))
	if err != nil {
		return s.unasked(w, r, err)
	}
	return s.render(w, r, http.StatusOK, views.ConsentAnswer{Frame: s.bare(r, actor), Consent: c})
}

func (s *Web) consentLinkAnswer(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	answer, once := plaza.ConsentGranted, false
	switch r.PostFormValue("answer") {
	case "until":
	case "once":
		once = true
	case "refuse":
		answer = plaza.ConsentRefused
	default:
		return plaza.Errorf(plaza.Invalid, "error.invalid")
	}
	err := s.gate.AnswerConsent(r.Context(), r.PathValue("token"), answer == plaza.ConsentGranted, once, origin(r))
	if err != nil {
		return s.unasked(w, r, err)
	}
	return s.render(w, r, http.StatusOK, views.ConsentAnswered{Frame: s.bare(r, actor), Answer: answer})
}

// unasked draws the page that tells that no answer is wanted any more; other
// errors are returned.
func (s *Web) unasked(w http.ResponseWriter, r *http.Request, err error) error {
	if plaza.KindOf(err) != plaza.NotFound && plaza.KindOf(err) != plaza.Stale {
		return err
	}
	return s.render(w, r, http.StatusNotFound, views.ConsentAnswered{Frame: s.bare(r, plaza.Actor{})})
}
