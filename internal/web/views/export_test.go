package views

import "github.com/connectplaza/plaza"

func exportPages(f Frame) [][2]Page {
	e := plaza.Export{
		NewExport: plaza.NewExport{List: plaza.ExportLicenses, Query: hostile, Form: plaza.ExportComma}, ID: hostile, Created: noon(), Total: 20_000, Rows: 3,
	}
	ready, failed := e, e
	ready.Finished, ready.Expires = noon(), noon()
	failed.Finished, failed.Expires, failed.Why = noon(), noon(), plaza.T("error.not_found")
	return [][2]Page{
		{Exports{Frame: f}, Exports{Frame: f, All: []plaza.Export{e, ready, failed}}},
		{Export{Frame: f, Export: plaza.Export{NewExport: e.NewExport}}, Export{Frame: f, Export: e}},
		{Export{Frame: f, Export: failed}, Export{Frame: f, Export: ready}},
	}
}
