package views

import "github.com/connectplaza/plaza"

func importPages(f Frame) [][2]Page {
	pages := [][2]Page{
		{ImportNew{Frame: f}, ImportNew{Frame: f, Form: hostileForm("file", "kind")}},
	}
	all := plaza.List[plaza.Import]{}
	for _, kind := range plaza.ImportKinds() {
		for _, state := range plaza.ImportStates() {
			i := plaza.Import{
				ID: hostile, Profile: hostile, Login: hostile, LoginName: hostile, Kind: kind, State: state, File: hostile, Headings: []string{hostile, ""},
				Columns: plaza.ImportColumns{"name": 0}, Rows: 10, Done: 3, Bad: 2, Problem: plaza.T("import.row", "Row", 3, "Why", plaza.T("problem.plan")), Created: noon(), Changed: noon(),
			}
			form := Form{Message: plaza.T(hostile)}
			if state.Waits() && f.May(kind.Verb()) { // there are fields to link to
				form = hostileForm("name")
			}
			all.Rows, all.Total = append(all.Rows, i), all.Total+1
			pages = append(pages, [2]Page{
				Import{Frame: f, Import: plaza.Import{Kind: kind, State: state}},
				Import{
					Frame: f, Import: i, Mine: true, Lines: []plaza.ImportLine{{Number: 2, Cells: []string{hostile}}}, Form: form,
					Problems: []plaza.ImportProblem{{Row: 2, Field: "name", Value: hostile, Why: plaza.T("problem.required")}, {Row: 3, Field: "plan", Why: plaza.T("problem.plan")}, {Row: 4, Why: plaza.T("error.conflict")}},
				},
			})
		}
	}
	return append(pages, [2]Page{Imports{Frame: f}, Imports{Frame: f, Listing: hostileListing("/imports"), List: all}})
}
