package views

import (
	"github.com/a-h/templ"

	"github.com/connectplaza/plaza"
)

// asksAgain returns what has a page ask again how far the work is, until it is
// finished.
func (p Batch) asksAgain() templ.Attributes {
	if !p.Batch.Finished.IsZero() {
		return nil
	}
	return templ.Attributes{
		"hx-get": "/batches/" + p.Batch.ID, "hx-trigger": "every 1s", "hx-select": "#progress", "hx-swap": "outerMorph", "hx-headers": backgroundHeader,
	}
}

// problemName returns what a thing that failed is called; one that was not found has
// no name.
func (f Frame) problemName(p plaza.BatchProblem) string {
	if p.Name == "" {
		return f.T("batch.without_name")
	}
	return p.Name
}
