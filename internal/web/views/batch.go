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

// about returns for whom a batch is, and under which plan; empty if that is not known.
func (p Batch) about() string {
	switch b := p.Batch; {
	case b.Holder != "":
		return p.Frame.T("batch.for", "Holder", b.Holder, "Plan", b.Input.Plan)
	case b.Input.Plan != "":
		return p.Frame.T("batch.under", "Plan", b.Input.Plan)
	}
	return ""
}

// text returns a text of what is done, to so many.
func (p Bulk) text(key string, count int) string {
	return p.Frame.T(key+string(p.Would.Kind), "Count", count)
}

// lines returns what would become of the licenses.
func (p Bulk) lines() (all []string) {
	f, o := p.Frame, p.Would
	if o.Able > 0 {
		all = append(all, f.T("batch.able."+string(o.Kind), "Count", o.Able, "From", o.From, "Till", o.Till))
	}
	if o.Agents > 0 {
		all = append(all, f.T("batch.agents."+string(o.Kind), "Count", o.Agents))
	}
	if o.Kind == plaza.BatchSuspend && o.Able > 0 {
		all = append(all, f.T("batch.billed", "Count", o.Billed, "Not", o.Able-o.Billed))
	}
	for _, u := range o.Unable {
		all = append(all, f.T("batch.unable", "Count", u.Count, "Why", u.Why))
	}
	if o.Able > 0 {
		all = append(all, f.T("batch.then."+string(o.Kind)))
	}
	return all
}

// stand returns what of a license changes: when it ends, or its state.
func (p Bulk) stand(l plaza.License) string {
	if p.Would.Kind == plaza.BatchRenew {
		return p.Frame.T("batch.ends", "End", p.Frame.end(l))
	}
	return p.Frame.Say(l.State(p.Frame.Now).Text())
}

// reason returns the field for why.
func (p Bulk) reason() input {
	if p.Would.Grave() {
		return input{Name: "reason", Label: p.Frame.T("form.reason"), Help: p.Frame.T("form.reason_help"), Focus: true}
	}
	return input{Name: "reason", Label: p.Frame.T("form.reason"), Help: p.Frame.T("license.reason_help"), Optional: true, Focus: true}
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
