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

// older returns how many licenses at most are put under the newest edition at once.
func (p Edition) older() (n int) {
	for _, e := range p.Older {
		n += e.Count
	}
	return min(n, plaza.MostAtOnce)
}

// made returns the address of what a batch made; empty if it made nothing.
func (p Batch) made() string {
	switch {
	case p.Batch.Done == 0:
	case p.Batch.Input.License != nil:
		return "/licenses?kind=development&sort=-created&profile=" + p.Batch.Input.License.Profile
	case p.Batch.Input.Agent != nil:
		return "/agents?sort=-created&profile=" + p.Batch.Input.Agent.Profile
	}
	return ""
}

// problemName returns what a thing that failed is called; one that was not found has
// no name.
func (f Frame) problemName(p plaza.BatchProblem) string {
	if p.Name == "" {
		return f.T("batch.without_name")
	}
	return p.Name
}
