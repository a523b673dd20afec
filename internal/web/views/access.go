package views

import (
	"net/url"

	"github.com/connectplaza/plaza"
)

// backgroundHeader marks a request that a page makes by itself: it shows what is
// new, but is no sign of somebody being there.
const backgroundHeader = `{"X-Plaza-Background":"true"}`

// lead returns what the page is about.
func (p Access) lead() string {
	if p.Frame.Actor.Kind == plaza.Vendor {
		return p.Frame.T("access.lead_vendor")
	}
	return p.Frame.T("access.lead")
}

// settingForm returns the form of the setting, as it is or as it was filled in.
func (p Access) settingForm() Form {
	if p.Form.Values != nil {
		return p.Form
	}
	return Form{Values: url.Values{"access": {string(p.Access.Setting)}}}
}

// settings returns what to choose from.
func (p Access) settings() (all []choice) {
	for _, s := range plaza.SupportAccesses() {
		all = append(all, choice{Value: string(s), Label: p.Frame.Say(s.Text()), Help: p.Frame.T("access.setting_help." + string(s))})
	}
	return all
}

// deeds returns how much somebody changed.
func (p Access) deeds(a plaza.ActingLine) string {
	if a.Changes == 0 {
		return p.Frame.T("access.deeds_none")
	}
	return p.Frame.T("access.deeds", "Count", a.Changes)
}

// ended returns how long a visit lasted and why it ended.
func (p Access) ended(a plaza.ActingLine) string {
	end, why := a.Ended, a.End
	if end.IsZero() {
		end, why = a.Expires, plaza.EndTime // nobody wrote it down yet
	}
	return p.Frame.T("access.ended_after", "Duration", end.Sub(a.Started), "Why", why.Text())
}

func modeDot(m plaza.Mode) string {
	if m == plaza.Manage {
		return "dot-amber"
	}
	return "dot-blue"
}

func consentDot(s plaza.ConsentState) string {
	switch s {
	case plaza.ConsentOpen:
		return "dot-amber"
	case plaza.ConsentGranted, plaza.ConsentUsed:
		return "dot-green"
	case plaza.ConsentRefused, plaza.ConsentWithdrawn, plaza.ConsentRevoked, plaza.ConsentLapsed:
	}
	return "dot-grey"
}

// consentUntil returns the key of what is said about the end of c.
func consentUntil(c plaza.Consent) string {
	switch {
	case c.Answer == "":
		return "access.asked_until"
	case !c.Used.IsZero():
		return "access.came_in_once"
	case c.Once:
		return "access.granted_once"
	}
	return "access.granted_until"
}
