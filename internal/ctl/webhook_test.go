package ctl_test

import (
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

func TestWebhooksFromTheCommandLine(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, x *terminal) {
		mine := x.token(x.Reseller)
		json := func(args ...string) ended { return x.run(mine, append(args, "-o", "json")...) }
		made := json("webhooks", "create", "Accounting", "https://hooks.example.com/s3cret", "--kind", "license.issued,license.ended").one()
		if secret := text(made["secret"]); !strings.HasPrefix(secret, "whsec_") {
			t.Errorf("made %v", made)
		}
		x.run(mine, "webhooks", "create", "Other", "https://hooks.example.com").refused(2, "")
		if out := x.run(mine, "webhooks", "list").ok(); !strings.Contains(out, "license.ended, license.issued") || strings.Contains(out, "whsec_") {
			t.Errorf("they are %s", out)
		}
		if w := json("webhooks", "update", "accounting", "--all", "--name", "Ledger").one(); w["all"] != true || w["url"] != "https://hooks.example.com/s3cret" {
			t.Errorf("changed: %v", w)
		}
		if w := json("webhooks", "update", "Ledger", "--to", "https://hooks.example.com/other").one(); w["all"] != true || w["url"] != "https://hooks.example.com/other" {
			t.Errorf("changed: %v", w)
		}
		if w := json("webhooks", "pause", "Ledger").one(); w["state"] != "paused" {
			t.Errorf("paused: %v", w)
		}
		x.run(mine, "webhooks", "test", "Ledger").refused(6, "")
		json("webhooks", "resume", "Ledger").ok()
		if out := x.run(mine, "webhooks", "rotate", "Ledger").ok(); !strings.Contains(out, "whsec_") || strings.Contains(out, text(made["secret"])) {
			t.Errorf("rotated: %s", out)
		}
		d := json("webhooks", "test", "Ledger").one()
		if all := json("deliveries", "list", "Ledger", "--state", "waiting", "--kind", "webhook.test").all(); len(all) != 1 || all[0]["id"] != d["id"] {
			t.Errorf("waiting: %v", all)
		}
		r, _, err := x.ClaimDeliveries(t.Context(), plaza.Courier)
		if err == nil {
			err = x.FinishDeliveries(t.Context(), plaza.Courier, r, []app.DeliveryResult{{Delivery: r.Due[0], Try: plaza.DeliveryTry{At: x.Clock.Now(), Status: 204, Answer: "thank you"}}})
		}
		if err != nil {
			t.Fatal(err)
		}
		if out := x.run(mine, "deliveries", "get", text(d["id"]), "-o", "csv").ok(); !strings.Contains(out, "204") || !strings.Contains(out, "thank you") {
			t.Errorf("tried: %s", out)
		}
		day := func(days int) string { return x.Clock.Now().AddDate(0, 0, days).Format(time.DateOnly) }
		if n := json("deliveries", "redeliver-some", "Ledger", "--from", day(-1), "--till", day(1)).one(); n["deliveries"] != 1.0 {
			t.Errorf("again: %v", n)
		}
		x.run(mine, "deliveries", "redeliver", text(d["id"])).ok()

		other := x.token(x.Stranger)
		x.run(other, "webhooks", "get", text(d["webhook"].(map[string]any)["id"])).refused(5, "") //nolint:errcheck,forcetypeassert // a test may panic
		x.run(other, "deliveries", "get", text(d["id"])).refused(5, "")
		x.run(mine, "webhooks", "remove", "Ledger").refused(2, "--yes")
		x.run(mine, "webhooks", "remove", "Ledger", "--yes").ok()
		if all := json("webhooks", "list").all(); len(all) != 0 {
			t.Errorf("left: %v", all)
		}
	})
}
