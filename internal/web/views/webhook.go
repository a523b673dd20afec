package views

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
)

// webhookDot returns the dot of a webhook's state.
func webhookDot(s plaza.WebhookState) string {
	switch s {
	case plaza.WebhookActive:
		return "dot-green"
	case plaza.WebhookFailing:
		return "dot-red"
	case plaza.WebhookPaused, plaza.WebhookHalted:
	}
	return "dot-amber"
}

// webhookHost returns where a webhook is, without the rest of its address.
func webhookHost(w plaza.Webhook) string {
	u, err := url.Parse(w.URL)
	if err != nil {
		return ""
	}
	return u.Host
}

// oldest says when that happened which a webhook has not delivered for the longest time.
func (f Frame) oldest(t time.Time) string {
	return f.T("webhook.oldest", "Ago", f.Ago(t, f.Now))
}

// path returns the address of what can be done about p's webhook.
func (p Webhook) path(what string) string { return "/webhooks/" + p.Webhook.ID + "/" + what }

// kindsOf returns how many kinds of events a webhook is sent.
func (f Frame) kindsOf(w plaza.Webhook) string {
	if len(w.Kinds) == 0 {
		return f.T("webhook.all")
	}
	return f.T("webhook.some", "Count", len(w.Kinds))
}

// kindNames returns which kinds of events a webhook is sent.
func (f Frame) kindNames(w plaza.Webhook) string {
	if len(w.Kinds) == 0 {
		return f.T("webhook.all")
	}
	names := make([]string, len(w.Kinds))
	for i, k := range w.Kinds {
		names[i] = string(k)
	}
	return strings.Join(names, ", ")
}

// kindsAbout returns the kinds of events about a noun that one can choose. That a test
// was asked for is no news.
func kindsAbout(noun string) []plaza.EventKind {
	return slices.DeleteFunc(plaza.EventKinds(), func(k plaza.EventKind) bool { return k.Noun() != noun || k == plaza.EventTest })
}

func hasKind(form Form, k plaza.EventKind) bool {
	return slices.Contains(form.Values["kinds"], string(k))
}

func hasKinds(form Form, noun string) bool {
	return slices.ContainsFunc(kindsAbout(noun), func(k plaza.EventKind) bool { return hasKind(form, k) })
}

// WebhookValues returns what the form of a webhook begins with.
func WebhookValues(w plaza.Webhook) url.Values {
	v := url.Values{"name": {w.Name}, "url": {w.URL}}
	if len(w.Kinds) == 0 {
		v.Set("all", "yes")
	}
	for _, k := range w.Kinds {
		v.Add("kinds", string(k))
	}
	return v
}

// differences returns both versions of a webhook.
func (p WebhookEdit) differences() []difference {
	now := WebhookValues(p.Webhook)
	kinds := func(v url.Values) string {
		if v.Get("all") != "" {
			return p.Frame.T("webhook.all")
		}
		return strings.Join(v["kinds"], ", ")
	}
	return []difference{
		{p.Frame.T("field.name"), now.Get("name"), p.Form.Value("name")},
		{p.Frame.T("webhook.url"), now.Get("url"), p.Form.Value("url")},
		{p.Frame.T("webhook.kinds"), kinds(now), kinds(p.Form.Values)},
	}
}

// filters returns what the deliveries of a webhook can be filtered by.
func (p Webhook) filters() []filter {
	state := filter{Name: "state", Label: p.Frame.T("delivery.state"), Value: say(p.Frame, p.Filter.States)}
	for _, s := range plaza.DeliveryStates() {
		state.Choices = append(state.Choices, choice{Value: string(s), Label: p.Frame.Say(s.Text())})
	}
	kind := filter{Name: "kind", Label: p.Frame.T("delivery.kind")}
	for _, k := range p.Filter.Kinds {
		kind.Value = strings.TrimPrefix(kind.Value+", "+string(k), ", ")
	}
	for _, k := range plaza.EventKinds() {
		if p.Webhook.Wants(k) {
			kind.Choices = append(kind.Choices, choice{Value: string(k), Label: string(k)})
		}
	}
	return []filter{state, kind}
}
