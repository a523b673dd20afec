package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/door"
	"github.com/connectplaza/plaza/internal/web/views"
)

// formPage draws the page of a form as it was filled in.
type formPage func(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error

// again draws a form anew that could not be accepted, with what was typed and
// what is wrong with it; anything but a wrong or clashing input is returned.
func (s *Web) again(w http.ResponseWriter, r *http.Request, actor plaza.Actor, err error, draw formPage) error {
	e := plaza.AsError(err)
	if e.Kind != plaza.Invalid && e.Kind != plaza.Conflict {
		return err
	}
	return draw(w, r, actor, door.Status(e.Kind), views.Form{Values: r.PostForm, Problems: e.Fields, Message: e.Msg, Full: e.Full})
}

// revise is again for an edit: if somebody else changed the thing meanwhile, the
// form shows both versions.
func (s *Web) revise(w http.ResponseWriter, r *http.Request, actor plaza.Actor, err error, draw formPage) error {
	if plaza.KindOf(err) != plaza.Stale {
		return s.again(w, r, actor, err, draw)
	}
	return draw(w, r, actor, door.Status(plaza.Stale), views.Form{Values: r.PostForm, Stale: true})
}

// ask makes a request of what a profile below may not make itself.
func (s *Web) ask(w http.ResponseWriter, r *http.Request, actor plaza.Actor, wish plaza.Wish, draw formPage) error {
	made, err := s.app.MakeRequest(r.Context(), actor, wish, strings.TrimSpace(r.PostFormValue("note")))
	if err != nil {
		return s.again(w, r, actor, err, draw)
	}
	return s.see(w, r, "/requests/"+made.ID, "request.made")
}

// choices returns what the forms that make something let one choose from: of
// profiles, if the actor may do v itself, and with the one that a form is for.
func (s *Web) choices(r *http.Request, actor plaza.Actor, v plaza.Verb) (views.Choices, error) {
	c, err := s.allChoices(r, actor, v)
	if err != nil || !actor.Can(v) {
		return c, err
	}
	return s.withPreset(r, actor, c)
}

// allChoices returns the choices that do not depend on what a form is for.
func (s *Web) allChoices(r *http.Request, actor plaza.Actor, v plaza.Verb) (c views.Choices, err error) {
	if c.Plans, err = s.app.Plans(r.Context(), actor); err != nil || !actor.Can(v) {
		return c, err
	}
	own, err := s.app.Profile(r.Context(), actor, actor.Profile)
	if err != nil {
		return c, err
	}
	filter := plaza.ProfileFilter{States: []plaza.ProfileState{plaza.ProfileActive}}
	if v == plaza.StatementRead { // of those that stand still, too
		filter.States = plaza.ProfileStates()
	}
	below, err := s.app.Profiles(r.Context(), actor, filter, plaza.Page{Size: plaza.MaxPageSize})
	if err != nil {
		return c, err
	}
	c.Profiles = append([]plaza.Profile{own}, below.Rows...)
	c.More = below.Total > len(below.Rows)
	return c, nil
}

// withPreset adds the profile that a form is for, where there are so many that
// it is not among the choices.
func (s *Web) withPreset(r *http.Request, actor plaza.Actor, c views.Choices) (views.Choices, error) {
	preset := r.FormValue("profile")
	if preset == "" || c.Has(preset) {
		return c, nil
	}
	p, err := s.app.Profile(r.Context(), actor, preset)
	if err != nil {
		return c, err
	}
	c.Profiles = append(c.Profiles, p)
	return c, nil
}

// unchosen returns form with the problem that nothing was chosen in a field of the step
// before, if that was sent so: without anything after its question mark.
func unchosen(r *http.Request, form views.Form, field string) views.Form {
	if r.Method == http.MethodGet && r.URL.ForceQuery && r.FormValue(field) == "" && form.Problems == nil {
		form.Problems = map[string]plaza.Text{field: plaza.T("problem.choice")}
	}
	return form
}

// formDay returns the moment at which a term begins that starts on the day in a
// form: the beginning of that day in zone; now, if it is today or nothing was
// filled in.
func formDay(r *http.Request, field string, zone *time.Location, now time.Time) (time.Time, error) {
	text := strings.TrimSpace(r.PostFormValue(field))
	if text == "" || text == now.In(zone).Format(time.DateOnly) {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, text, zone)
	if err != nil {
		return t, &plaza.Error{
			Kind: plaza.Invalid, Msg: plaza.T("error.invalid"),
			Fields: map[string]plaza.Text{field: plaza.T("problem.date")},
		}
	}
	return t, nil
}

// whole returns the number in a field of a form; -1, which nothing takes, if it is
// none.
func whole(r *http.Request, field string) int {
	n, err := strconv.Atoi(strings.TrimSpace(r.PostFormValue(field)))
	if err != nil {
		return -1
	}
	return n
}

// numeral returns the number in a field of a form that may be left empty: then it is
// zero.
func numeral(r *http.Request, field string) int {
	if strings.TrimSpace(r.PostFormValue(field)) == "" {
		return 0
	}
	return whole(r, field)
}
