package web

import (
	"net/http"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/sheet"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) mailRoutes(m mount) {
	m.get("/mails", plaza.MailRead, s.mails)
	m.post("/mails/{id}/retry", plaza.MailRetry, s.mailRetry)
	if s.demo {
		m.public(http.MethodGet, "/mailbox", s.mailbox)
		m.public(http.MethodGet, "/mailbox/{id}", s.mailboxLetter)
	}
}

func (s *Web) mails(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionMail)
	if err != nil {
		return err
	}
	filter := sheet.MailFilter(r.Form)
	list, err := s.app.Mails(r.Context(), actor, filter, page(r))
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.Mails{Frame: f, Listing: listing(r).Exported(plaza.ExportMails), Filter: filter, List: list})
}

func (s *Web) mailRetry(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.RetryMail(r.Context(), actor, id(r)); err != nil {
		return err
	}
	return s.see(w, r, "/mails", "mail.retried")
}

// mailbox shows what a demo has mailed, to whomever: nobody there has a mailbox.
func (s *Web) mailbox(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	list, err := s.gate.Mailbox(r.Context(), page(r))
	if err != nil {
		return err
	}
	f := s.bare(r, actor)
	f.Open = true
	return s.render(w, r, http.StatusOK, views.Mailbox{Frame: f, Listing: listing(r), List: list})
}

func (s *Web) mailboxLetter(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	m, err := s.mailboxMail(r, id(r))
	if err != nil {
		return err
	}
	f := s.bare(r, actor)
	f.Open = true
	return s.render(w, r, http.StatusOK, views.MailboxLetter{Frame: f, Mail: m, Home: s.url})
}

// mailboxMail returns one mail of the mailbox, which has no other way to it than
// to leaf through: there are few in a demo.
func (s *Web) mailboxMail(r *http.Request, id string) (plaza.Mail, error) {
	p := plaza.Page{Size: plaza.MaxPageSize}
	for {
		list, err := s.gate.Mailbox(r.Context(), p)
		if err != nil {
			return plaza.Mail{}, err
		}
		for _, m := range list.Rows {
			if m.ID == id {
				return m, nil
			}
		}
		if p.After = list.Next; p.After == "" {
			return plaza.Mail{}, plaza.Errorf(plaza.NotFound, "error.not_found")
		}
	}
}
