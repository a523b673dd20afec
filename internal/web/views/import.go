package views

import (
	"strconv"

	"github.com/a-h/templ"

	"github.com/connectplaza/plaza"
)

// importDot returns the colour of a state.
func importDot(s plaza.ImportState) string {
	switch s {
	case plaza.ImportApplied, plaza.ImportReady:
		return "dot-green"
	case plaza.ImportFaulty, plaza.ImportFailed:
		return "dot-red"
	case plaza.ImportChecking, plaza.ImportApplying:
		return "dot-blue"
	case plaza.ImportMatching:
		return "dot-amber"
	case plaza.ImportDiscarded, plaza.ImportLapsed:
	}
	return "dot-grey"
}

// importName returns what an import is called: as its file.
func (f Frame) importName(i plaza.Import) string {
	if i.File == "" {
		return f.T("import.without_name")
	}
	return i.File
}

// kinds returns what the actor can import.
func (p ImportNew) kinds() (all []choice) {
	for _, k := range plaza.ImportKinds() {
		if p.Frame.May(k.Verb()) {
			all = append(all, choice{Value: string(k), Label: p.Frame.Say(k.Text()), Help: p.Frame.T("import.kind_help." + string(k))})
		}
	}
	return all
}

// templates returns the files to fill in.
func (p ImportNew) templates() (all []choice) {
	for _, k := range p.kinds() {
		for _, format := range []string{"csv", "xlsx"} {
			all = append(all, choice{Value: "/imports/template?kind=" + k.Value + "&format=" + format, Label: p.Frame.T("import.template_link", "Kind", k.Label, "Format", format)})
		}
	}
	return all
}

// asksAgain returns what has a page ask again how far the work is, until it is
// finished.
func (p Import) asksAgain() templ.Attributes {
	if !p.Import.State.Works() {
		return nil
	}
	return templ.Attributes{
		"hx-get": "/imports/" + p.Import.ID, "hx-trigger": "every 1s", "hx-select": "#progress", "hx-swap": "outerMorph", "hx-headers": backgroundHeader,
	}
}

// goesOn reports whether the viewer may go on with the import.
func (p Import) goesOn() bool {
	return p.Mine && p.Import.State.Waits() && p.Frame.May(plaza.ImportCheck) && p.Frame.May(p.Import.Kind.Verb())
}

// columns returns what can hold a field.
func (p Import) columns(f plaza.ImportField) (all []choice) {
	if !f.Required {
		all = append(all, choice{Label: p.Frame.T("import.leave_out")})
	}
	for at, heading := range p.Import.Headings {
		label := heading
		if label == "" {
			label = p.Frame.T("import.column", "Number", at+1)
		}
		all = append(all, choice{Value: strconv.Itoa(at), Label: label})
	}
	return all
}

// help returns what a column of a field holds.
func (p Import) help(f plaza.ImportField) string {
	switch f.Name {
	case "kind", "parent", "plan", "billing_id", "owner_email", "profile", "starts", "role", "dashboard":
		return p.Frame.T("import.help." + f.Name)
	}
	return ""
}

// cells returns the cells of a row, as many as there are headings.
func (p Import) cells(l plaza.ImportLine) []string {
	const most = 60 // characters
	all := make([]string, len(p.Import.Headings))
	copy(all, l.Cells)
	for i, c := range all {
		if runes := []rune(c); len(runes) > most {
			all[i] = string(runes[:most]) + "…"
		}
	}
	return all
}

// where returns in which field a problem is.
func (p Import) where(problem plaza.ImportProblem) string {
	if problem.Field == "" {
		return p.Frame.T("import.whole_row")
	}
	if at, ok := p.Import.Columns[problem.Field]; ok && at < len(p.Import.Headings) && p.Import.Headings[at] != "" {
		return p.Import.Headings[at]
	}
	return p.Frame.Say(plaza.ImportField{Name: problem.Field}.Text())
}

// list returns where what was made is listed.
func (p Import) list() string {
	switch p.Import.Kind {
	case plaza.ImportPartners:
		return "/partners?sort=-created"
	case plaza.ImportLicenses:
		return "/licenses?kind=development&sort=-created"
	case plaza.ImportLogins:
	}
	return "/logins?sort=-created"
}

// keptDays is how many days an import is kept on which nothing happens.
func keptDays() int { return int(plaza.ImportKept.Hours() / 24) }
