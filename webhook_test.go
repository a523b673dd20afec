package plaza

import (
	"strings"
	"testing"
	"time"
)

func TestWebhooksNeedAnAddressOfTheWeb(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"https://example.com":                  "",
		"https://example.com:8443/plaza?key=1": "",
		"":                                     "problem.required",
		"example.com":                          "problem.webhook_url",
		"ftp://example.com":                    "problem.webhook_url",
		"https://":                             "problem.webhook_url",
		"https://:443/":                        "problem.webhook_url",
		"javascript:alert(1)":                  "problem.webhook_url",
		"https://example.com/#there":           "problem.webhook_url",
		"https://exa mple.com/":                "problem.webhook_url",
		"https://example.com/" + strings.Repeat("x", 2000): "problem.webhook_url",
		"http://example.com/":                              "problem.webhook_https",
		"https://user:password@example.com/":               "problem.webhook_user",
	} {
		err := WebhookEdit{Name: "N", URL: url, All: true}.Validate(false)
		got := ""
		if err != nil {
			got = AsError(err).Fields["url"].Key
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", url, got, want)
		}
	}
	if err := (WebhookEdit{Name: "N", URL: "http://example.com/", All: true}).Validate(true); err != nil {
		t.Errorf("where the operator lets them, %v", err)
	}
}

func TestWebhooksChooseTheirEvents(t *testing.T) {
	t.Parallel()
	in := WebhookEdit{Name: " N ", URL: " https://example.com ", Kinds: []EventKind{"license.renewed", "license.issued", "license.renewed"}}.Clean()
	if len(in.Kinds) != 2 || in.Name != "N" || in.Validate(false) != nil {
		t.Errorf("got %+v", in)
	}
	w := Webhook{Kinds: in.Kinds}
	if !w.Wants("license.issued") || w.Wants("license.ended") || !w.Wants(EventTest) || !(Webhook{}).Wants("license.ended") {
		t.Error("it wants others")
	}
	for _, bad := range []WebhookEdit{{Name: "N", URL: "https://a.example"}, {Name: "N", URL: "https://a.example", Kinds: []EventKind{"license.eaten"}}} {
		if err := bad.Validate(false); AsError(err).Fields["kinds"].IsZero() {
			t.Errorf("got %v", err)
		}
	}
	if all := (WebhookEdit{All: true, Kinds: []EventKind{"license.issued"}}).Clean(); all.Kinds != nil {
		t.Error("everything and something")
	}
}

func TestWebhookStates(t *testing.T) {
	t.Parallel()
	now := time.Unix(1, 0)
	for want, w := range map[WebhookState]Webhook{
		WebhookActive: {}, WebhookFailing: {Failures: 1}, WebhookPaused: {Paused: now, Failures: 9, Halted: true}, WebhookHalted: {Halted: true, Failures: 1},
	} {
		if got := w.State(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestARangeHasAnEnd(t *testing.T) {
	t.Parallel()
	now := time.Unix(1, 0)
	if err := (Redelivery{From: now, Till: now.Add(1)}).Validate(); err != nil {
		t.Error(err)
	}
	for _, bad := range []Redelivery{{}, {From: now}, {Till: now}, {From: now, Till: now}} {
		if KindOf(bad.Validate()) != Invalid {
			t.Errorf("%v is taken", bad)
		}
	}
}
