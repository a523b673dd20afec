package views

import (
	"net/url"

	"github.com/connectplaza/plaza"
)

// NoSteps is what stands in a field for steps if nobody is to be told.
const NoSteps = "0"

// StepsField returns the name of the field for the steps of a kind of license.
func StepsField(kind plaza.LicenseKind) string { return "steps_" + string(kind) }

// ExpiryValues returns what the form of the rules begins with.
func ExpiryValues(rules []plaza.ExpiryRule) url.Values {
	all := url.Values{}
	for _, r := range rules {
		switch {
		case r.Own && len(r.Steps) == 0:
			all.Set(StepsField(r.Kind), NoSteps)
		case r.Own:
			all.Set(StepsField(r.Kind), r.Steps.String())
		}
	}
	return all
}

// stepsHelp returns what holds if a field is left empty, as far as it is known.
func (f Frame) stepsHelp(r plaza.ExpiryRule) string {
	switch {
	case r.Own:
		return ""
	case len(r.Steps) == 0:
		return f.T("expiry.none_now")
	}
	return f.T("expiry.now", "Steps", r.Steps.String())
}

// mailChoices returns when one can be mailed.
func (f Frame) mailChoices() (all []choice) {
	for _, c := range plaza.MailChoices() {
		all = append(all, choice{Value: string(c), Label: f.Say(c.Text())})
	}
	return all
}
