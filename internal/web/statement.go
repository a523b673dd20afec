package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) statementRoutes(m mount) {
	m.get("/statements", plaza.StatementRead, s.statements)
	m.get("/statements/{id}", plaza.StatementRead, s.statementAt)
	m.get("/statements/{id}/{month}", plaza.StatementRead, s.statement)
	m.get("/statements/{id}/{month}/export", plaza.StatementExport, s.statementExport)
}

func (s *Web) statements(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionStatements)
	if err != nil {
		return err
	}
	p := views.Statements{Frame: f}
	if p.Of, err = s.app.Statements(r.Context(), actor, cmp.Or(r.FormValue("profile"), actor.Profile)); err != nil {
		return err
	}
	if p.Choices, err = s.allChoices(r, actor, plaza.StatementRead); err != nil {
		return err
	}
	if !p.Choices.Has(p.Of.Profile) {
		p.Choices.Profiles = append(p.Choices.Profiles, plaza.Profile{ID: p.Of.Profile, Name: p.Of.Name})
	}
	if p.Formers, err = s.app.Formers(r.Context(), actor); err != nil {
		return err
	}
	if p.There, err = s.there(f.Printer, p.Of.Terms); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, p)
}

// statementAt leads to the statement in which a moment is: that of the month that one was
// looking at, as somebody else is billed.
func (s *Web) statementAt(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	at, err := time.Parse(time.RFC3339Nano, r.FormValue("at"))
	if err != nil {
		at = time.Time{} // the last one
	}
	p, err := s.app.StatementPeriod(r.Context(), actor, id(r), at)
	if err != nil {
		return err
	}
	return s.see(w, r, views.StatementPath(id(r), p), "")
}

func (s *Web) statement(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionStatements)
	if err != nil {
		return err
	}
	m, err := month(r)
	if err != nil {
		return err
	}
	found, err := s.app.Statement(r.Context(), actor, id(r), m, period(r))
	if err != nil {
		return err
	}
	there, err := s.there(f.Printer, found.Terms)
	if err != nil {
		return err
	}
	of, err := s.app.Statements(r.Context(), actor, found.Profile)
	if err != nil {
		return err
	}
	p, all := views.Statement{Frame: f, Statement: *found, Left: of.Left, There: there}, of.Periods
	i := slices.IndexFunc(all, func(p plaza.Period) bool { return p.Month == found.Month && p.Number == found.Number })
	if i > 0 {
		p.After = all[i-1]
	}
	if i >= 0 && i+1 < len(all) {
		p.Before = all[i+1]
	}
	return s.render(w, r, http.StatusOK, p)
}

// period returns which of several in its month is asked for; 0: the last one.
func period(r *http.Request) int {
	n, err := strconv.Atoi(r.FormValue("period"))
	if err != nil {
		return 0
	}
	return n
}

// month returns the month in the path, or NotFound.
func month(r *http.Request) (plaza.Month, error) {
	m, ok := plaza.ParseMonth(r.PathValue("month"))
	if !ok {
		return m, plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	return m, nil
}

// there returns who speaks as p, and tells the time where a profile is billed.
func (s *Web) there(p *i18n.Printer, t plaza.BillingTerms) (*i18n.Printer, error) {
	zone, err := t.Zone()
	return s.texts.Printer(p.Lang(), zone), err
}

// statementExport sends a statement as a file. It may take longer to make than a page.
func (s *Web) statementExport(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	form := plaza.StatementFormat(cmp.Or(r.FormValue("format"), string(plaza.StatementPDF)))
	if !slices.Contains(plaza.StatementFormats(), form) {
		return plaza.Errorf(plaza.Invalid, "error.invalid")
	}
	m, err := month(r)
	if err != nil {
		return err
	}
	_ = http.NewResponseController(w).SetWriteDeadline(s.now().Add(exportFor)) // the usual time is enough for most
	found, err := s.app.ExportStatement(r.Context(), actor, id(r), m, period(r), form)
	if err != nil {
		return err
	}
	file, err := s.statementFile(s.printer(r, actor), found, form)
	if err != nil {
		return err
	}
	name := strings.Trim("statement-"+plaza.Slug(found.ProfileName), "-") + "-" + found.Month.String()
	if found.Number > 0 {
		name += "-" + strconv.Itoa(found.Number)
	}
	name += "." + string(form)
	w.Header().Set("Content-Type", statementType(form))
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	http.ServeContent(w, r, name, time.Time{}, file)
	return nil
}
