package views

import (
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
)

// hostileWebhooks returns webhooks in every state.
func hostileWebhooks() []plaza.Webhook {
	w := plaza.Webhook{
		ID: hostile, Profile: hostile, Name: hostile, URL: "https://example.com/" + hostile, Kinds: []plaza.EventKind{"license.issued", hostile},
		Created: noon(), Delivered: noon(), OldUntil: noon().Add(time.Hour), Waiting: 1000, Version: 2,
	}
	failing, paused, halted := w, w, w
	failing.Failures, failing.Failing, failing.URL = 3, noon(), ":"+hostile
	paused.Paused, paused.Why = noon(), plaza.PausedGone
	failing.Oldest, failing.Behind = noon(), plaza.Behind{Events: 1, Oldest: noon()}
	paused.Behind, halted.Behind = plaza.Behind{Events: 1000, More: true, Oldest: noon()}, plaza.Behind{More: true}
	halted.Halted, halted.Kinds = true, nil
	return []plaza.Webhook{w, failing, paused, halted}
}

func hostileDelivery() plaza.Delivery {
	return plaza.Delivery{
		ID: hostile, Webhook: hostile, WebhookName: hostile, Number: 7, Event: hostile, Kind: "license.renewed", Object: hostile, Name: hostile,
		At: noon(), Body: `{"name": "` + hostile + `"`, Created: noon(), Next: noon(), Tries: 3, State: plaza.DeliveryWaiting, Status: 500,
	}
}

func hostileTries() []plaza.DeliveryTry {
	return []plaza.DeliveryTry{
		{Number: 3, At: noon(), Took: time.Second, Status: 200, Headers: hostile, Answer: hostile},
		{Number: 2, At: noon(), Status: 500, Problem: plaza.TryRefused, Headers: hostile, Answer: hostile},
		{Number: 1, At: noon(), Problem: plaza.TryTLS, Detail: hostile},
	}
}

func webhookPages(f Frame) (all [][2]Page) {
	delivered, failed := hostileDelivery(), hostileDelivery()
	delivered.State, delivered.Finished, failed.State = plaza.DeliveryDelivered, noon(), plaza.DeliveryFailed
	hooks := hostileWebhooks()
	for _, w := range hooks {
		all = append(all, [2]Page{Webhook{Frame: f}, Webhook{
			Frame: f, Listing: hostileListing("/webhooks/1"), Webhook: w, Filter: plaza.DeliveryFilter{States: plaza.DeliveryStates(), Kinds: plaza.EventKinds()[:2]},
			Deliveries: plaza.List[plaza.Delivery]{Rows: []plaza.Delivery{hostileDelivery(), delivered, failed}, Total: 1000, Prev: hostile, Next: hostile},
		}})
	}
	return append(all, [][2]Page{
		{Webhooks{Frame: f}, Webhooks{Frame: f, All: hooks}},
		{WebhookNew{Frame: f}, WebhookNew{Frame: f, Form: hostileForm("name", "url", "kinds")}},
		{WebhookSecret{Frame: f}, WebhookSecret{Frame: f, Webhook: hooks[0], Secret: hostile}},
		{WebhookEdit{Frame: f}, WebhookEdit{Frame: f, Webhook: hooks[0], Form: staleForm("name", "url", "kinds")}},
		{WebhookRotate{Frame: f}, WebhookRotate{Frame: f, Webhook: hooks[0], Form: staleForm()}},
		{WebhookRemove{Frame: f}, WebhookRemove{Frame: f, Webhook: hooks[1], Form: staleForm()}},
		{Delivery{Frame: f}, Delivery{Frame: f, Delivery: delivered, Tries: hostileTries()}},
		{Delivery{Frame: f}, Delivery{Frame: f, Delivery: hostileDelivery()}},
		{Redeliver{Frame: f}, Redeliver{Frame: f, Webhook: hooks[0], Form: hostileForm("from", "till")}},
	}...)
}

func TestEveryKindOfEventCanBeChosen(t *testing.T) {
	t.Parallel()
	text := drawPage(t, WebhookNew{Frame: testFrame(t, "en")})
	for _, k := range plaza.EventKinds() {
		if got := strings.Count(text, `value="`+string(k)+`"`); got != 1 && k != plaza.EventTest {
			t.Errorf("%s can be chosen %d times", k, got)
		}
	}
}

func TestABodyIsIndentedAndNothingElse(t *testing.T) {
	t.Parallel()
	if got := indented(`{"a":{"b":1}}`); got != "{\n  \"a\": {\n    \"b\": 1\n  }\n}" {
		t.Errorf("got %s", got)
	}
	if got := indented(`no JSON`); got != "no JSON" {
		t.Errorf("got %s", got)
	}
}
