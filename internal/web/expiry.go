package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) expiryRoutes(m mount) {
	m.get("/profile/expiry", plaza.ExpirySet, s.expiryForm)
	m.post("/profile/expiry", plaza.ExpirySet, s.expirySet)
	m.get("/account/mails", plaza.AccountMails, s.accountMailsForm)
	m.post("/account/mails", plaza.AccountMails, s.accountMails)
}

func (s *Web) expiryForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.expiryPage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) expiryPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionProfile)
	if err != nil {
		return err
	}
	rules, err := s.app.ExpiryRules(r.Context(), actor)
	if err != nil {
		return err
	}
	if form.Values == nil {
		form.Values = views.ExpiryValues(rules)
	}
	return s.render(w, r, status, views.Expiry{Frame: f, Rules: rules, Form: form})
}

func (s *Web) expirySet(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	var rules []plaza.ExpiryRule
	for _, kind := range plaza.LicenseKinds() {
		rule := plaza.ExpiryRule{Kind: kind, Own: true}
		switch text := strings.TrimSpace(r.PostFormValue(views.StepsField(kind))); text {
		case "":
			rule.Own = false
		case views.NoSteps:
		default:
			var ok bool
			if rule.Steps, ok = plaza.ParseExpirySteps(text); !ok {
				rule.Steps = plaza.ExpirySteps{-1} // which are none
			}
		}
		rules = append(rules, rule)
	}
	if err := s.app.SetExpiryRules(r.Context(), actor, rules); err != nil {
		return s.again(w, r, actor, err, s.expiryPage)
	}
	return s.see(w, r, "/profile", "profile.saved")
}

func (s *Web) accountMailsForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.accountMailsPage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) accountMailsPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionAccount)
	if err != nil {
		return err
	}
	choices, err := s.app.MailChoices(r.Context(), actor)
	if err != nil {
		return err
	}
	if form.Values == nil {
		form.Values = url.Values{}
		for topic, choice := range choices {
			form.Values.Set(string(topic), string(choice))
		}
	}
	return s.render(w, r, status, views.AccountMails{Frame: f, Form: form})
}

func (s *Web) accountMails(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	choices := map[plaza.MailTopic]plaza.MailChoice{}
	for _, topic := range plaza.MailTopics() {
		choices[topic] = plaza.MailChoice(r.PostFormValue(string(topic)))
	}
	if err := s.app.ChooseMails(r.Context(), actor, choices); err != nil {
		return s.again(w, r, actor, err, s.accountMailsPage)
	}
	return s.see(w, r, "/account", "account.saved")
}
