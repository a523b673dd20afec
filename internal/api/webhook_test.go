package api_test

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/store"
)

const place = "https://hooks.example.com"

// carry has everything that is due delivered, and refused.
func (c *caller) carry(t *testing.T) {
	t.Helper()
	r, ok1, err := c.ClaimDeliveries(t.Context(), plaza.Courier)
	ok(t, err)
	if !ok1 {
		t.Fatal("nothing is due")
	}
	var results []app.DeliveryResult
	for _, d := range r.Due {
		results = append(results, app.DeliveryResult{Delivery: d, Try: plaza.DeliveryTry{
			At: c.Clock.Now(), Took: 1500 * time.Millisecond, Status: 500, Problem: plaza.TryRefused, Headers: "webhook-id: 1", Answer: "not today",
		}})
	}
	ok(t, c.FinishDeliveries(t.Context(), plaza.Courier, r, results))
}

// keyOf returns the secret of a webhook, and the webhook, of an answer that has both.
func keyOf(answer map[string]any) (secret string, webhook map[string]any) {
	webhook, _ = answer["webhook"].(map[string]any)
	return text(answer, "secret"), webhook
}

func webhookLife(t *testing.T, c *caller) {
	t.Helper()
	a := c.post(c.Reseller, "/api/v1/webhooks", `{"name": "Accounting", "url": "`+place+`/s3cret", "kinds": ["license.issued", "license.ended", "license.issued"]}`)
	secret, made := keyOf(a.want("make one", http.StatusCreated))
	at := a.Header().Get("Location")
	if !strings.HasPrefix(secret, "whsec_") || made["all"] != false || count(made, "kinds") != 2 || text(made, "url") != place+"/s3cret" {
		t.Errorf("it is %v", made)
	}
	if where := c.post(c.Reseller, "/api/v1/webhooks", `{"name": "Other", "url": "`+place+`", "kinds": ["license.drunk"]}`).problem("of no kind", http.StatusUnprocessableEntity, "invalid"); where != "body.kinds" {
		t.Errorf("the problem lies at %q", where)
	}
	again := c.get(c.Reseller, at)
	if w := again.want("read it", http.StatusOK); w["secret"] != nil || text(w, "state") != "active" || w["paused_at"] != nil || again.Header().Get("ETag") != a.Header().Get("ETag") {
		t.Errorf("it is %v", w)
	}
	if all := rows(c.get(c.Reseller, "/api/v1/webhooks").want("all of them", http.StatusOK)); len(all) != 1 {
		t.Errorf("they are %v", all)
	}
	if all := rows(c.get(c.Reseller, "/api/v1/webhooks?fields=id,name").want("all of them", http.StatusOK)); len(all) != 1 || len(all[0]) != 2 {
		t.Errorf("they are %v", all)
	}

	send := func(method, path, body string, headers ...string) answer {
		return c.send(c.token(c.Reseller), method, path, body, headers...)
	}
	send(http.MethodPatch, at, `{"name": "Ledger"}`).problem("without If-Match", http.StatusPreconditionRequired, "precondition_required")
	send(http.MethodPatch, at, `{"name": "Ledger"}`, "If-Match", `"99"`).problem("as it never was", http.StatusPreconditionFailed, "stale")
	if w := send(http.MethodPatch, at, `{"name": "Ledger"}`, "If-Match", again.Header().Get("ETag")).want("change it", http.StatusOK); text(w, "name") != "Ledger" || count(w, "kinds") != 2 || text(w, "url") != place+"/s3cret" {
		t.Errorf("changed, it is %v", w)
	}
	if w := c.patch(c.Reseller, at, `{"all": true}`).want("everything", http.StatusOK); w["all"] != true || count(w, "kinds") != 0 {
		t.Errorf("it is sent %v", w)
	}
	if w := c.patch(c.Reseller, at, `{"kinds": ["license.issued"]}`).want("one kind", http.StatusOK); w["all"] != false || count(w, "kinds") != 1 {
		t.Errorf("it is sent %v", w)
	}
	if w := c.post(c.Reseller, at+"/pause", "", "If-Match", "*").want("pause it", http.StatusOK); text(w, "state") != "paused" || text(w, "pause_reason") != "hand" {
		t.Errorf("paused, it is %v", w)
	}
	c.post(c.Reseller, at+"/pause", "", "If-Match", "*").problem("twice", http.StatusConflict, "conflict")
	c.post(c.Reseller, at+"/test", "").problem("test one that is paused", http.StatusConflict, "conflict")
	if w := c.post(c.Reseller, at+"/resume", "", "If-Match", "*").want("resume it", http.StatusOK); text(w, "state") != "active" {
		t.Errorf("resumed, it is %v", w)
	}
	second, w := keyOf(c.post(c.Reseller, at+"/rotate", "", "If-Match", "*").want("another secret", http.StatusOK))
	if second == "" || second == secret || w["old_secret_until"] == nil {
		t.Errorf("it has %s: %v", second, w)
	}
	deliveryLife(t, c, at)
	c.send(c.token(c.Stranger), http.MethodDelete, at, "", "If-Match", "*").problem("a stranger removes it", http.StatusNotFound, "not_found")
	send(http.MethodDelete, at, "", "If-Match", "*").want("remove it", http.StatusNoContent)
	c.get(c.Reseller, at).problem("when it is removed", http.StatusNotFound, "not_found")
}

func deliveryLife(t *testing.T, c *caller, webhook string) {
	t.Helper()
	a := c.post(c.Reseller, webhook+"/test", "")
	at := a.Header().Get("Location")
	if d := a.want("a test", http.StatusCreated); text(d, "state") != "waiting" || text(d, "kind") != "webhook.test" || d["next_at"] == nil {
		t.Errorf("it is %v", d)
	}
	c.carry(t)
	d := c.get(c.Reseller, at).want("what came of it", http.StatusOK)
	if count(d, "attempts") != 1 || d["status"] != float64(500) || !strings.Contains(text(d, "body"), "plaza.webhook.test") {
		t.Fatalf("it is %v", d)
	}
	if try := d["attempts"].([]any)[0].(map[string]any); text(try, "answer") != "not today" || text(try, "problem") != "refused" || try["milliseconds"] != float64(1500) || text(try, "headers") == "" { //nolint:errcheck,forcetypeassert // a test may panic
		t.Errorf("tried was %v", try)
	}
	_, err := c.SealAudit(t.Context(), plaza.Sealer)
	ok(t, err)
	w := c.get(c.Reseller, webhook).want("how it stands", http.StatusOK)
	if behind, _ := w["behind"].(map[string]any); text(w, "state") != "failing" || w["waiting"] != float64(1) || w["waiting_since"] == nil || behind["events"] == float64(0) || behind["more"] != false || behind["oldest_at"] == nil {
		t.Errorf("it is %v", w)
	}
	list := webhook + "/deliveries"
	for query, n := range map[string]int{"": 1, "?filter[state]=waiting&sort=at": 1, "?filter[state]=failed,delivered": 0, "?filter[kind]=webhook.test": 1, "?filter[kind]=license.issued": 0} {
		if all := rows(c.get(c.Reseller, list+query).want("the list", http.StatusOK)); len(all) != n {
			t.Errorf("%s: %v", query, all)
		}
	}
	if a := c.get(c.Reseller, list+"?filter[state]=lost"); a.Code != http.StatusUnprocessableEntity {
		t.Errorf("of no state: %d", a.Code)
	}
	c.post(c.Reseller, at+"/redeliver", "").want("again", http.StatusNoContent)
	now := c.Clock.Now()
	some := `{"from": "` + now.Add(-time.Hour).Format(time.RFC3339) + `", "till": "` + now.Add(time.Hour).Format(time.RFC3339) + `"}`
	c.post(c.Reseller, webhook+"/redeliver", some).problem("none is finished", http.StatusConflict, "conflict")
	if where := c.post(c.Reseller, webhook+"/redeliver", `{"from": "`+now.Format(time.RFC3339)+`", "till": "`+now.Format(time.RFC3339)+`"}`).problem("in no time", http.StatusUnprocessableEntity, "invalid"); where != "body.till" {
		t.Errorf("the problem lies at %q", where)
	}
	r, _, err := c.ClaimDeliveries(t.Context(), plaza.Courier)
	ok(t, err)
	ok(t, c.FinishDeliveries(t.Context(), plaza.Courier, r, []app.DeliveryResult{{Delivery: r.Due[0], Try: plaza.DeliveryTry{At: now, Status: 204}}}))
	if n := c.post(c.Reseller, webhook+"/redeliver", some).want("all of an hour", http.StatusOK); n["deliveries"] != float64(1) {
		t.Errorf("again are %v", n)
	}
	for _, path := range []string{at, list} {
		c.get(c.Stranger, path).problem("a stranger looks", http.StatusNotFound, "not_found")
		c.get(c.Vendor, path).problem("who is above looks", http.StatusNotFound, "not_found")
	}
	c.post(c.Stranger, at+"/redeliver", "").problem("a stranger has it sent", http.StatusNotFound, "not_found")
	c.post(c.Stranger, webhook+"/redeliver", some).problem("a stranger has all sent", http.StatusNotFound, "not_found")
}

// TestAWebhookIsForWhomeverItWasSaid: a token is for webhooks only if it was expressly made
// so; one that does something about one is not shown its address by that, and who reaches
// only a profile below is let in for none.
func TestAWebhookIsForWhomeverItWasSaid(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, c *caller) {
		_, made := keyOf(c.post(c.Reseller, "/api/v1/webhooks", `{"name": "Accounting", "url": "`+place+`/s3cret?key=s3cret", "all": true}`).want("make one", http.StatusCreated))
		at := "/api/v1/webhooks/" + text(made, "id")

		var usual []plaza.Verb
		for _, v := range plaza.TokenVerbs(c.Reseller.Kind, c.Reseller.Role, false) {
			if v.Usual() {
				usual = append(usual, v)
			}
		}
		if slices.Contains(usual, plaza.WebhookRead) || slices.Contains(usual, plaza.DeliveryRead) || !slices.Contains(usual, plaza.LicenseRead) {
			t.Errorf("usual is %v", usual)
		}
		looks := c.narrow(c.Reseller, plaza.NewToken{Verbs: usual})
		for _, path := range []string{"/api/v1/webhooks", at, at + "/deliveries"} {
			c.send(looks, http.MethodGet, path, "").problem("a token for what is usual", http.StatusForbidden, "forbidden")
		}
		does := c.narrow(c.Reseller, plaza.NewToken{Verbs: []plaza.Verb{plaza.WebhookPause, plaza.WebhookEdits, plaza.WebhookTest, plaza.WebhookRotate, plaza.DeliveryRedeliver}})
		tested := c.send(does, http.MethodPost, at+"/test", "")
		for what, a := range map[string]answer{
			"a test": tested, "change it": c.send(does, http.MethodPatch, at, `{"name": "Ledger"}`, "If-Match", "*"), "rotate": c.send(does, http.MethodPost, at+"/rotate", "", "If-Match", "*"),
			"pause": c.send(does, http.MethodPost, at+"/pause", "", "If-Match", "*"), "send it again": c.send(does, http.MethodPost, tested.Header().Get("Location")+"/redeliver", ""),
		} {
			if a.Code >= http.StatusMultipleChoices || strings.Contains(a.Body.String(), "s3cret") {
				t.Errorf("%s: %d %s", what, a.Code, a.Body)
			}
			if strings.Contains(a.Body.String(), `"url"`) && !strings.Contains(a.Body.String(), `"url":"`+place+`"`) {
				t.Errorf("%s: its address is that of %s", what, a.Body)
			}
		}
		c.send(does, http.MethodGet, at, "").problem("look by it", http.StatusForbidden, "forbidden")
		if w := c.get(c.Reseller, at).want("look by another", http.StatusOK); text(w, "url") != place+"/s3cret?key=s3cret" {
			t.Errorf("its address became %v", w)
		}

		for _, in := range []plaza.NewToken{{Root: c.Partner.Profile, Verbs: []plaza.Verb{plaza.WebhookRead}}, {Root: c.Partner.Profile, Verbs: []plaza.Verb{plaza.WebhookCreate}}} {
			in.Name, in.Expires = "Program", c.Clock.Now().AddDate(0, 6, 0)
			if _, _, err := c.CreateToken(t.Context(), c.Reseller, in); plaza.KindOf(err) != plaza.Invalid {
				t.Errorf("a token for a profile below, for %v: %v", in.Verbs, err)
			}
		}
	})
}

// TestASecretThatIsAnsweredTwiceIsKeptSealed: whoever asks again with the same key gets the
// same secret, and nobody reads it in the database.
func TestASecretThatIsAnsweredTwiceIsKeptSealed(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, c *caller) {
		body := `{"name": "Accounting", "url": "` + place + `", "all": true}`
		first := c.post(c.Reseller, "/api/v1/webhooks", body, "Idempotency-Key", "one")
		secret, made := keyOf(first.want("make one", http.StatusCreated))
		again := c.post(c.Reseller, "/api/v1/webhooks", body, "Idempotency-Key", "one")
		if again.Body.String() != first.Body.String() || again.Header().Get("Idempotency-Replayed") != "true" {
			t.Errorf("again it is %s", again.Body)
		}
		rotate := "/api/v1/webhooks/" + text(made, "id") + "/rotate"
		second := text(c.post(c.Reseller, rotate, "", "If-Match", "*", "Idempotency-Key", "two").want("another", http.StatusOK), "secret")
		if text(c.post(c.Reseller, rotate, "", "If-Match", "*", "Idempotency-Key", "two").want("again", http.StatusOK), "secret") != second {
			t.Error("another was made")
		}
		token, err := c.Gate.Bearer(t.Context(), c.token(c.Reseller), plaza.Origin{})
		ok(t, err)
		for _, key := range []string{"one", "two"} {
			var kept plaza.DoneOnce
			ok(t, c.DB.Read(t.Context(), func(tx *store.Tx) (err error) {
				kept, err = tx.DoneOnce(t.Context(), token.Pass.Token, key)
				return err
			}))
			for _, secret := range []string{secret, second} {
				if len(kept.Answer.Body) == 0 || bytes.Contains(kept.Answer.Body, []byte(secret)) || bytes.Contains(kept.Answer.Body, []byte(strings.TrimPrefix(secret, "whsec_"))) {
					t.Errorf("%s is kept as %q", key, kept.Answer.Body)
				}
			}
		}
	})
}
