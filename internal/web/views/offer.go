package views

import (
	"net/url"
	"slices"

	"github.com/connectplaza/plaza"
)

// OfferAll is the word of a form for all plans that can be offered, and OfferSome
// for some.
const (
	OfferAll  = "all"
	OfferSome = "some"
)

// Offers is which plans a profile has.
type Offers struct {
	Chosen bool         // some were chosen for it; otherwise it has all that can be
	Plans  []string     // IDs of those
	From   []plaza.Plan // that can be chosen
}

// Values returns what the form of the offers begins with: with every plan ticked,
// where none were chosen, so that one only has to take away.
func (o Offers) Values() url.Values {
	if o.Chosen {
		return url.Values{"offer": {OfferSome}, "plans": o.Plans}
	}
	all := url.Values{"offer": {OfferAll}}
	for _, p := range o.From {
		all.Add("plans", p.ID)
	}
	return all
}

// offers returns the ways to choose what a profile has.
func (f Frame) offers() []choice {
	return []choice{
		{Value: OfferAll, Label: f.T("plan.offer_all"), Help: f.T("plan.offer_all_help")},
		{Value: OfferSome, Label: f.T("plan.offer_some"), Help: f.T("plan.offer_some_help")},
	}
}

// offerWords returns which plans the values of a form choose, in words.
func (f Frame) offerWords(o Offers, values url.Values) string {
	if values.Get("offer") == OfferAll {
		return f.T("plan.offered_all")
	}
	var names []string
	for _, p := range o.From {
		if slices.Contains(values["plans"], p.ID) {
			names = append(names, p.Name)
		}
	}
	if len(names) == 0 {
		return f.T("plan.offered_none")
	}
	return f.T("plan.offered_some", "Names", names)
}

// offersPlan reports whether a form chooses a plan.
func offersPlan(form Form, p plaza.Plan) bool { return slices.Contains(form.Values["plans"], p.ID) }
