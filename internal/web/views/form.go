package views

import (
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"github.com/connectplaza/plaza"
)

// Form is a form as it was filled in, so that what was wrong can be put right.
type Form struct {
	Values   url.Values            // as typed
	Problems map[string]plaza.Text // by field
	Message  plaza.Text            // about the whole of it; optional
	Stale    bool                  // somebody else changed the thing meanwhile
	Full     plaza.FullAllowance   // that is why
}

// Value returns what was typed into a field.
func (f Form) Value(name string) string { return f.Values.Get(name) }

// Checked reports whether a box was ticked.
func (f Form) Checked(name string) bool { return f.Values.Get(name) != "" }

// input is one thing to fill in.
type input struct {
	Name     string // of the form value, and the key of its problem
	Label    string
	Help     string // optional
	Type     string // of the input; empty: text
	Optional bool
	Focus    bool   // begin here, unless a field has a problem
	Auto     string // autocomplete; empty: off
	Max      int    // characters; zero: no limit
}

// choice is one thing to choose.
type choice struct {
	Value, Label, Help string
	Off                string // why it cannot be chosen; empty: it can
}

// attributes returns what joins an input to its help and its problem.
func (f Form) attributes(in input) templ.Attributes {
	a := templ.Attributes{}
	described := ""
	if in.Help != "" {
		described = in.Name + "-help"
	}
	if _, bad := f.Problems[in.Name]; bad {
		a["aria-invalid"] = "true"
		if described != "" {
			described += " "
		}
		described += in.Name + "-problem"
	}
	if described != "" {
		a["aria-describedby"] = described
	}
	if !in.Optional {
		a["required"] = true
	}
	if f.focus(in) {
		a["autofocus"] = true
	}
	return a
}

// focus reports whether to begin at in: it is the first with a problem, or the
// one meant if there is none.
func (f Form) focus(in input) bool {
	if len(f.Problems) == 0 {
		return in.Focus
	}
	_, bad := f.Problems[in.Name]
	return bad && len(f.Problems) == 1 // else the summary has it
}

// fields returns the names of the fields with a problem, in order.
func (f Form) fields() []string {
	names := make([]string, 0, len(f.Problems))
	for name := range f.Problems {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// formLabels are the labels of fields as the forms have them.
//
//nolint:gochecknoglobals // a constant
var formLabels = map[string]string{
	"access": "access.setting_label", "address": "alarm.address", "again": "signin.password_again", "billing_id": "billing.billing_id",
	"channel": "release.channel", "comment": "request.comment", "count": "batch.count", "currency": "billing.currency",
	"days": "file.days", "description": "release.description", "discount": "billing.discount_percent", "email": "login.email", "expires": "token.expires", "file": "file.request_file", "from": "delivery.from",
	"grace_days": "field.grace_days", "kinds": "webhook.kinds", "key": "release.key_public", "kind": "field.kind", "language": "account.language", "machines": "license.machines",
	"minutes": "alarm.minutes", "most": "allowance.most", "name": "field.name", "note": "request.note", "of": "allowance.which", "offer": "plan.offer",
	"old": "account.password_old", "overage": "allowance.overage", "owner_email": "profile.owner_email", "owner_name": "profile.owner_name",
	"parent": "profile.parent", "password": "signin.password", "plan": "license.plan", "platform": "release.platform", "processes": "plan.processes",
	"profile": "form.for_profile", "prices": "field.prices", "reason": "form.reason", "renews": "field.renews", "request": "file.request_text",
	"requires": "release.requires", "role": "login.role", "signature": "release.signature", "signs": "signingkey.signs", "starts": "license.starts",
	"starts_activated": "plan.starts", "support_email": "profile.support_email", "term_months": "field.term_months", "time_zone": "account.time_zone",
	"till": "delivery.till", "to": "move.to", "trial": "field.trial", "until": "acting.until", "url": "webhook.url", "verbs": "token.verbs", "version": "release.version", "warning_days": "profile.warning_days", "whom": "move.whom",
}

// problemOf returns what is wrong with a field, after its label: most of what can be wrong
// does not say where.
func (f Frame) problemOf(form Form, name string) string {
	problem := f.Say(form.Problems[name])
	if label := formLabels[name]; label != "" {
		return f.T("form.problem", "Field", f.T(label), "Problem", problem)
	}
	return problem
}

func controlClass(bad bool, class string) string {
	if bad {
		return class + " is-invalid"
	}
	return class
}

func (f Form) bad(name string) bool {
	_, bad := f.Problems[name]
	return bad
}

func inputType(in input) string {
	if in.Type == "" {
		return "text"
	}
	return in.Type
}

// shown returns what to fill in again: everything but a password.
func shown(f Form, in input) string {
	if in.Type == "password" {
		return ""
	}
	return f.Value(in.Name)
}

func autocomplete(in input) string {
	if in.Auto == "" {
		return "off"
	}
	return in.Auto
}
