package web

import (
	"net/http"
	"slices"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/sheet"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) moveRoutes(m mount) {
	m.get("/partners/{id}/move", plaza.MovePropose, s.moveNew)
	m.post("/partners/{id}/move", plaza.MovePropose, s.movePropose)
	m.get("/moves", plaza.MoveRead, s.moves)
	m.get("/moves/{id}", plaza.MoveRead, s.move)
	m.get("/moves/{id}/agree", plaza.MoveAgree, s.moveAgreeForm)
	m.post("/moves/{id}/agree", plaza.MoveAgree, s.moveAgree)
	m.get("/moves/{id}/decline", plaza.MoveDecline, s.moveDeclineForm)
	m.post("/moves/{id}/decline", plaza.MoveDecline, s.moveDecline)
	m.post("/moves/{id}/withdraw", plaza.MoveWithdraw, s.moveWithdraw)
}

func (s *Web) moves(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionMoves)
	if err != nil {
		return err
	}
	p := views.Moves{Frame: f, Listing: listing(r).Exported(plaza.ExportMoves)}
	p.Keep = "state"
	filter, part := sheet.MoveFilter(r.Form, actor)
	p.Part = part
	if p.List, err = s.app.Moves(r.Context(), actor, filter, page(r)); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, p)
}

// takers returns whom the actor can choose to take a profile away from its parent.
func (s *Web) takers(r *http.Request, actor plaza.Actor, profile, parent string) (views.Choices, error) {
	c, err := s.parents(r, actor)
	c.Profiles = slices.DeleteFunc(c.Profiles, func(p plaza.Profile) bool { return p.ID == profile || p.ID == parent })
	return c, err
}

func (s *Web) moveNew(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.moveNewPage(w, r, actor, http.StatusOK, views.Form{})
}

// moveNewPage draws whom a partner can go to or, once one is chosen, what that does.
func (s *Web) moveNewPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionMoves)
	if err != nil {
		return err
	}
	p := views.MoveNew{Frame: f, Form: form, To: r.FormValue("to")}
	if p.Profile, err = s.below(r, actor); err != nil {
		return err
	}
	if p.Takers, err = s.takers(r, actor, p.Profile.ID, p.Profile.Parent); err != nil {
		return err
	}
	if len(p.Takers.Profiles) == 0 && actor.Kind != plaza.Vendor {
		p.To = views.Beyond
	}
	if p.To != "" {
		in := plaza.NewMove{Profile: p.Profile.ID, To: taker(p.To)}
		if p.Preview, err = s.app.ProposedMove(r.Context(), actor, in); err != nil {
			return err
		}
	}
	return s.render(w, r, status, p)
}

// taker returns the ID of who was chosen in a form; empty if that is for the vendor.
func taker(to string) string {
	if to == views.Beyond {
		return ""
	}
	return to
}

func (s *Web) movePropose(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	in := plaza.NewMove{
		Profile: id(r), To: taker(r.PostFormValue("to")), Whom: r.PostFormValue("whom"), Reason: r.PostFormValue("reason"),
	}
	m, err := s.app.ProposeMove(r.Context(), actor, in)
	if err != nil {
		return s.again(w, r, actor, err, s.moveNewPage)
	}
	return s.see(w, r, "/moves/"+m.ID, "move.proposed")
}

func (s *Web) move(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.movePage(w, r, actor, http.StatusOK, views.Form{})
}

// movePage draws a move, with why something could not be done about it.
func (s *Web) movePage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionMoves)
	if err != nil {
		return err
	}
	p := views.Move{Frame: f, Form: form}
	if p.Move, err = s.app.Move(r.Context(), actor, id(r)); err != nil {
		return err
	}
	if p.Preview, err = s.app.MovePreview(r.Context(), actor, id(r), ""); err != nil {
		return err
	}
	if p.History, err = s.app.History(r.Context(), actor, id(r), plaza.Page{}); err != nil {
		return err
	}
	return s.render(w, r, status, p)
}

func (s *Web) moveAgreeForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.moveAgreePage(w, r, actor, http.StatusOK, views.Form{})
}

// moveAgreePage draws what a move does to which one agrees; for the vendor, if nobody
// said who takes it, first whom it can choose.
func (s *Web) moveAgreePage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionMoves)
	if err != nil {
		return err
	}
	p := views.MoveAgree{Frame: f, Form: form, To: r.FormValue("to")}
	if p.Move, err = s.app.MoveToAnswer(r.Context(), actor, id(r)); err != nil {
		return err
	}
	if p.Move.To == "" {
		if p.Takers, err = s.takers(r, actor, p.Move.Profile, p.Move.From); err != nil {
			return err
		}
	}
	if p.Preview, err = s.app.MovePreview(r.Context(), actor, id(r), p.To); err != nil {
		return err
	}
	return s.render(w, r, status, p)
}

func (s *Web) moveAgree(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	in := plaza.MoveAgreement{To: r.PostFormValue("to"), Name: r.PostFormValue("name"), Version: version(r)}
	m, err := s.app.AgreeToMove(r.Context(), actor, id(r), in)
	switch {
	case err != nil:
		return s.revise(w, r, actor, err, s.moveAgreePage)
	case m.Decision == plaza.MoveDone:
		return s.see(w, r, "/moves/"+m.ID, "move.done")
	}
	return s.see(w, r, "/moves/"+m.ID, "move.agreed")
}

func (s *Web) moveDeclineForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.moveDeclinePage(w, r, actor, http.StatusOK, views.Form{})
}

func (s *Web) moveDeclinePage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionMoves)
	if err != nil {
		return err
	}
	m, err := s.app.MoveToAnswer(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.MoveDecline{Frame: f, Move: m, Form: form})
}

func (s *Web) moveDecline(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	err := s.app.DeclineMove(r.Context(), actor, id(r), r.PostFormValue("reason"), version(r))
	if err != nil {
		return s.revise(w, r, actor, err, s.moveDeclinePage)
	}
	return s.see(w, r, "/moves/"+id(r), "move.declined")
}

func (s *Web) moveWithdraw(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.WithdrawMove(r.Context(), actor, id(r), version(r)); err != nil {
		return s.revise(w, r, actor, err, s.movePage)
	}
	return s.see(w, r, "/moves/"+id(r), "move.withdrawn")
}
