package views

import (
	"github.com/a-h/templ"

	"github.com/connectplaza/plaza"
)

// exportDot returns the dot of the state of an export.
func exportDot(s plaza.ExportState) string {
	switch s {
	case plaza.ExportReady:
		return "dot-green"
	case plaza.ExportFailed:
		return "dot-red"
	case plaza.ExportRunning:
	}
	return "dot-blue"
}

// asksAgain has the page ask how far it is, until that is clear.
func (p Export) asksAgain() templ.Attributes {
	if p.Export.State() != plaza.ExportRunning {
		return nil
	}
	return templ.Attributes{
		"hx-get": "/exports/" + p.Export.ID, "hx-trigger": "every 1s", "hx-select": "#progress", "hx-swap": "outerMorph", "hx-headers": backgroundHeader,
	}
}

// cancel returns what it is called to be rid of p.
func (p Export) cancel() string {
	if p.Export.State() == plaza.ExportRunning {
		return p.Frame.T("export.cancel")
	}
	return p.Frame.T("export.remove")
}
