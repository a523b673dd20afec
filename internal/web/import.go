package web

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/door"
	"github.com/connectplaza/plaza/internal/table"
	"github.com/connectplaza/plaza/internal/web/views"
)

func (s *Web) importRoutes(m mount) {
	m.get("/imports", plaza.ImportRead, s.imports)
	m.get("/imports/new", plaza.ImportCreate, s.importNew)
	m(door.Route{Method: http.MethodPost, Pattern: "/imports", Verb: plaza.ImportCreate, Large: plaza.MaxImport}, s.importCreate)
	m.get("/imports/template", plaza.ImportCreate, s.importTemplate)
	m.get("/imports/{id}", plaza.ImportRead, s.importShow)
	m.post("/imports/{id}/check", plaza.ImportCheck, s.importCheck)
	m.post("/imports/{id}/apply", plaza.ImportApply, s.importApply)
	m.post("/imports/{id}/discard", plaza.ImportDiscard, s.importDiscard)
	m.get("/imports/{id}/report", plaza.ImportRead, s.importReport)
}

func (s *Web) imports(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	f, err := s.frame(r, actor, views.SectionImports)
	if err != nil {
		return err
	}
	list, err := s.app.Imports(r.Context(), actor, page(r))
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.Imports{Frame: f, Listing: listing(r), List: list})
}

func (s *Web) importNew(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.importForm(w, r, actor, http.StatusOK, views.Form{Values: url.Values{"kind": {r.FormValue("kind")}}})
}

func (s *Web) importForm(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionImports)
	if err != nil {
		return err
	}
	return s.render(w, r, status, views.ImportNew{Frame: f, Form: form})
}

// importCreate keeps the file that the body ends with.
func (s *Web) importCreate(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	in := plaza.NewImport{Kind: plaza.ImportKind(r.PostFormValue("kind"))}
	if part, ok := r.Body.(interface{ FileName() string }); ok {
		in.File = part.FileName()
	}
	_ = http.NewResponseController(w).SetWriteDeadline(s.now().Add(exportFor)) // a large file takes longer than a page to come
	made, err := s.app.CreateImport(r.Context(), actor, in, r.Body)
	if err != nil {
		_, _ = io.Copy(io.Discard, r.Body) // a browser listens only when it has said all
		return s.again(w, r, actor, err, s.importForm)
	}
	return s.see(w, r, "/imports/"+made.ID, "")
}

func (s *Web) importShow(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	return s.importPage(w, r, actor, http.StatusOK, views.Form{})
}

// importPage draws an import, with the form that says what its columns hold.
func (s *Web) importPage(w http.ResponseWriter, r *http.Request, actor plaza.Actor, status int, form views.Form) error {
	f, err := s.frame(r, actor, views.SectionImports)
	if err != nil {
		return err
	}
	report, err := s.app.Import(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	if form.Values == nil {
		form.Values = url.Values{}
		for field, at := range report.Columns {
			form.Values.Set(field, strconv.Itoa(at))
		}
	}
	return s.render(w, r, status, views.Import{
		Frame: f, Import: report.Import, Lines: report.Lines, Problems: report.Problems, Mine: report.Mine, Form: form,
	})
}

func (s *Web) importCheck(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	columns := plaza.ImportColumns{}
	for field := range r.PostForm {
		if text := strings.TrimSpace(r.PostFormValue(field)); text != "" && field != "context" {
			columns[field] = whole(r, field)
		}
	}
	if err := s.app.CheckImport(r.Context(), actor, id(r), columns); err != nil {
		return s.again(w, r, actor, err, s.importPage)
	}
	return s.see(w, r, "/imports/"+id(r), "import.checking")
}

func (s *Web) importApply(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.ApplyImport(r.Context(), actor, id(r)); err != nil {
		return s.again(w, r, actor, err, s.importPage)
	}
	return s.see(w, r, "/imports/"+id(r), "import.applying")
}

func (s *Web) importDiscard(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	if err := s.app.DiscardImport(r.Context(), actor, id(r)); err != nil {
		return s.again(w, r, actor, err, s.importPage)
	}
	return s.see(w, r, "/imports", "import.discarded")
}

// importTemplate sends a file to fill in: headings, and a row that could be one.
func (s *Web) importTemplate(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	kind, format := plaza.ImportKind(cmp.Or(r.FormValue("kind"), string(plaza.ImportPartners))), cmp.Or(r.FormValue("format"), "csv")
	write, known := map[string]func(io.Writer, [][]string) error{"csv": table.WriteCSV, "xlsx": table.WriteExcel}[format]
	if !known || !slices.Contains(plaza.ImportKinds(), kind) {
		return plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	plans, err := s.app.Plans(r.Context(), actor)
	if err != nil {
		return err
	}
	printer, rows := s.printer(r, actor), make([][]string, 2) //nolint:mnd // the headings, and an example
	example := importExample(kind, actor, plans)
	for _, f := range kind.Fields() {
		rows[0] = append(rows[0], printer.Say(f.Text()))
		rows[1] = append(rows[1], plaza.GuardCell(printer.Say(example[f.Name])))
	}
	var b bytes.Buffer
	if err := write(&b, rows); err != nil {
		return err
	}
	types := map[string]string{"csv": "text/csv; charset=utf-8; header=present", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
	return s.attach(w, plaza.File{Name: "plaza-" + string(kind) + "." + format, Data: b.Bytes()}, types[format])
}

// importExample returns what a row could hold, by field.
func importExample(kind plaza.ImportKind, actor plaza.Actor, plans []plaza.Plan) map[string]plaza.Text {
	as := func(text string) plaza.Text { return plaza.T("import.template", "Text", text) }
	example := map[string]plaza.Text{}
	of := plaza.Development
	if kind == plaza.ImportPartners {
		of = plaza.PartnerLicense
		example["kind"], example["name"], example["support_email"] = plaza.Partner.Text(), as("Jansen & Co"), as("support@jansen.example")
		example["owner_name"], example["owner_email"] = as("Jan Jansen"), as("jan@jansen.example")
	} else {
		example["profile"], example["name"] = as(actor.ProfileName), as("Jan Jansen")
		example["email"], example["role"], example["dashboard"] = as("jan@jansen.example"), plaza.Manager.Text(), plaza.T("value.yes")
	}
	for _, p := range slices.Backward(plans) {
		if p.Kind == of && p.Withdrawn.IsZero() {
			example["plan"] = as(p.Name)
		}
	}
	return example
}

// importReport sends the rows that cannot be made, with a column that says why. What goes
// wrong after the first breaks it off.
func (s *Web) importReport(w http.ResponseWriter, r *http.Request, actor plaza.Actor) error {
	report, err := s.app.Import(r.Context(), actor, id(r))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), exportFor)
	defer cancel()
	_ = http.NewResponseController(w).SetWriteDeadline(s.now().Add(exportFor))
	printer := s.printer(r, actor)
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	w.Header().Set("Content-Disposition", `attachment; filename="plaza-import-`+string(report.Kind)+`.csv"`)
	_, _ = io.WriteString(w, "\uFEFF")
	out := csv.NewWriter(w)
	out.UseCRLF = true
	write := func(number, problem string, cells []string) error {
		row := append([]string{number}, make([]string, len(report.Headings))...)
		copy(row[1:], cells)
		row = append(row, problem)
		for i := range row {
			row[i] = plaza.GuardCell(row[i])
		}
		return out.Write(row)
	}
	err = write(printer.T("import.row_number"), printer.T("import.problem"), report.Headings)
	if err == nil {
		err = s.app.FaultyLines(ctx, actor, report.ID, func(l app.FaultyLine) error {
			why := make([]string, len(l.Problems))
			for i, p := range l.Problems {
				why[i] = printer.Say(p.Why)
				if p.Field != "" {
					why[i] = printer.Say(plaza.ImportField{Name: p.Field}.Text()) + ": " + why[i]
				}
			}
			return write(strconv.Itoa(l.Number), strings.Join(why, "; "), l.Cells)
		})
	}
	out.Flush()
	if err == nil {
		err = out.Error()
	}
	if err != nil {
		s.log.WarnContext(ctx, "a report of an import broke off", slog.String("request", r.Header.Get(door.HeaderRequest)), slog.Any("error", err))
		panic(http.ErrAbortHandler)
	}
	return nil
}
