package app_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/i18n"
)

// hook makes a webhook of an actor's own profile for the given kinds of events; all, if
// there are none.
func hook(t testing.TB, w *apptest.World, by plaza.Actor, kinds ...plaza.EventKind) plaza.Webhook {
	t.Helper()
	w.Clock.Advance(time.Second) // what was before is
	made, secret, err := w.CreateWebhook(t.Context(), by, plaza.WebhookEdit{
		Name: "Webhook of " + by.ProfileName, URL: "https://hooks.example.com/s3cret", All: len(kinds) == 0, Kinds: kinds,
	})
	must(t, err)
	if !strings.HasPrefix(secret, "whsec_") {
		t.Fatalf("got %q for a secret", secret)
	}
	w.Clock.Advance(time.Second) // what follows is after its creation
	return made
}

// webhookOf makes a webhook of an actor's own profile, after the one before it is gone.
func webhookOf(t testing.TB, w *apptest.World, by plaza.Actor) plaza.Webhook {
	t.Helper()
	for _, h := range must1[[]plaza.Webhook](t)(w.Webhooks(t.Context(), by)) {
		must(t, w.RemoveWebhook(t.Context(), by, h.ID, h.Version))
	}
	made, _, err := w.CreateWebhook(t.Context(), by, plaza.WebhookEdit{Name: "N", URL: "https://example.com", All: true})
	must(t, err)
	return made
}

// hooked returns a webhook as it is now.
func hooked(t testing.TB, w *apptest.World, by plaza.Actor, id string) plaza.Webhook {
	t.Helper()
	return must1[plaza.Webhook](t)(w.Webhook(t.Context(), by, id))
}

// tell seals the log, and tells the webhooks of it.
func tell(t testing.TB, w *apptest.World) {
	t.Helper()
	seal(t, w)
	for more := true; more; {
		more = must1[bool](t)(w.TellWebhooks(t.Context(), plaza.Courier))
	}
}

// sent returns the deliveries of a webhook, the oldest first.
func sent(t testing.TB, w *apptest.World, by plaza.Actor, id string) []plaza.Delivery {
	t.Helper()
	list := must1[plaza.List[plaza.Delivery]](t)(w.Deliveries(t.Context(), by, id, plaza.DeliveryFilter{}, plaza.Page{Size: plaza.MaxPageSize}))
	slices.Reverse(list.Rows)
	return list.Rows
}

// kinds returns what deliveries tell.
func kinds(all []plaza.Delivery) (kinds []string) {
	for _, d := range all {
		kinds = append(kinds, string(d.Kind))
	}
	return kinds
}

// said returns the data of a delivery.
func said(t testing.TB, d plaza.Delivery) map[string]any {
	t.Helper()
	var body struct {
		Data map[string]any `json:"data"`
	}
	must(t, json.Unmarshal([]byte(d.Body), &body))
	return body.Data
}

// carry claims what is due for one webhook, and notes of each delivery what the other side
// answers. It returns what was sent, by name.
func carry(t testing.TB, w *apptest.World, answer func(plaza.Delivery) plaza.DeliveryTry) (names []string) {
	t.Helper()
	round, ok, err := w.ClaimDeliveries(t.Context(), plaza.Courier)
	must(t, err)
	if !ok {
		return nil
	}
	var results []app.DeliveryResult
	for _, d := range round.Due {
		try := answer(d)
		try.At = w.Clock.Now()
		names = append(names, d.Name)
		results = append(results, app.DeliveryResult{Delivery: d, Try: try})
	}
	must(t, w.FinishDeliveries(t.Context(), plaza.Courier, round, results))
	return names
}

// at returns a try at the present time.
func at(w *apptest.World, t plaza.DeliveryTry) plaza.DeliveryTry {
	t.At = w.Clock.Now()
	return t
}

func taken(plaza.Delivery) plaza.DeliveryTry { return plaza.DeliveryTry{Status: 204} }

func refused(plaza.Delivery) plaza.DeliveryTry {
	return plaza.DeliveryTry{Status: 500, Problem: plaza.TryRefused, Answer: "no", Headers: "webhook-id: 1"}
}

func licenseOf(t testing.TB, w *apptest.World, name string) plaza.License {
	t.Helper()
	return must1[plaza.License](t)(w.IssueLicense(t.Context(), w.Reseller, plaza.NewLicense{Profile: w.Partner.Profile, Plan: w.Plans[plaza.Development].ID, Name: name}))
}

func TestWebhooksAreToldOfWhatIsWithinTheirScope(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		issued(t, w) // before there were any
		w.Clock.Advance(time.Second)
		all := map[string]struct {
			by plaza.Actor
			id string
		}{}
		for _, by := range []plaza.Actor{w.Vendor, w.Reseller, w.Partner, w.Enterprise, w.Stranger, w.StrangerPartner} {
			all[by.ProfileName] = struct {
				by plaza.Actor
				id string
			}{by, hook(t, w, by, "license.issued", "license.renewed", "license.suspended").ID}
		}
		l := licenseOf(t, w, "One")
		must(t, w.RenewLicense(ctx, w.Reseller, l.ID, "", 1))
		must(t, w.SuspendLicense(ctx, w.Reseller, l.ID, "did not pay", 2))
		want(t, "it cannot be suspended again", w.SuspendLicense(ctx, w.Reseller, l.ID, "did not pay", 3), plaza.Conflict)
		want(t, "and not by others", w.SuspendLicense(ctx, w.Stranger, l.ID, "did not pay", 3), plaza.NotFound)
		must1[plaza.License](t)(w.IssueLicense(ctx, w.Stranger, plaza.NewLicense{Profile: w.StrangerPartner.Profile, Plan: w.Plans[plaza.Development].ID, Name: "Theirs"}))
		tell(t, w)
		tell(t, w) // nothing is told twice

		ours, theirs := []string{"license.issued", "license.renewed", "license.suspended"}, []string{"license.issued"}
		for name, wanted := range map[string][]string{
			"Vendor": slices.Concat(ours, theirs), "Reseller": ours, "Partner": ours, "Enterprise": nil, "Stranger": theirs, "Stranger partner": theirs,
		} {
			if diff := cmp.Diff(wanted, kinds(sent(t, w, all[name].by, all[name].id))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}

		// Each is told what it may read in its own log.
		suspended := func(name string) map[string]any { return said(t, sent(t, w, all[name].by, all[name].id)[2]) }
		if got := fmt.Sprint(suspended("Reseller")["actor"]); !strings.Contains(got, "Reseller owner") {
			t.Errorf("the reseller is told that it was %s", got)
		}
		if got := fmt.Sprint(suspended("Partner")["actor"]); got != "map[kind:above]" {
			t.Errorf("the partner is told that it was %s", got)
		}
		line := must1[plaza.List[plaza.AuditLine]](t)(w.AuditEvents(ctx, w.Partner, plaza.AuditFilter{Verbs: []plaza.Verb{plaza.LicenseSuspend}, Results: []plaza.Result{plaza.Done}}, plaza.Page{})).Rows[0]
		d := sent(t, w, w.Partner, all["Partner"].id)[2]
		if got, _ := said(t, d)["reason"].(string); got != line.Reason || d.Event != line.ID || !d.At.Equal(line.At) || d.Name != "One" {
			t.Errorf("the partner is told %+v, and reads %+v", d, line)
		}
		if e := sent(t, w, w.Reseller, all["Reseller"].id)[2]; e.Event != d.Event {
			t.Error("the same event has two IDs")
		}
	})
}

// TestABodyIsACloudEvent reads one strictly.
func TestABodyIsACloudEvent(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		h := hook(t, w, w.Reseller, "license.renewed")
		l := licenseOf(t, w, "One")
		must(t, w.RenewLicense(t.Context(), w.Reseller, l.ID, "", 1))
		tell(t, w)
		d := sent(t, w, w.Reseller, h.ID)[0]
		var body map[string]any
		must(t, json.Unmarshal([]byte(d.Body), &body))
		for name, wanted := range map[string]string{
			"specversion": "1.0", "id": d.Event, "source": "http://plaza.test", "type": "plaza.license.renewed", "subject": "license/" + l.ID,
			"datacontenttype": "application/json", "time": w.Clock.Now().Format(time.RFC3339Nano),
		} {
			if body[name] != wanted {
				t.Errorf("%s is %v, want %s", name, body[name], wanted)
			}
		}
		data := said(t, d)
		if diff := cmp.Diff(map[string]any{"id": w.Partner.Profile, "name": "Partner"}, data["profile"]); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(map[string]any{"kind": "license", "id": l.ID, "name": "One"}, data["object"]); diff != "" {
			t.Error(diff)
		}
		if changes, _ := json.Marshal(data["changes"]); !strings.Contains(string(changes), `"field":"ends"`) {
			t.Errorf("it changed %s", changes)
		}
	})
}

func TestAWebhookIsItsProfilesOwn(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		h := hook(t, w, w.Partner, "webhook.created")
		d := must1[plaza.Delivery](t)(w.TestWebhook(ctx, w.Partner, h.ID))
		in := plaza.WebhookEdit{Name: "Other", URL: "https://other.example", All: true, Version: 1}
		then := plaza.Redelivery{From: apptest.Start().Add(-day), Till: apptest.Start().Add(day)}
		manager := w.Invite(t, w.Reseller, w.Partner.Profile, "Manager", plaza.Manager)
		for name, by := range map[string]plaza.Actor{"stranger": w.Stranger, "reseller": w.Reseller, "vendor": w.Vendor, "manager": manager} {
			kind := plaza.NotFound
			if name == "manager" {
				kind = plaza.Forbidden
			}
			for what, err := range map[string]error{
				"reads": errOf(w.Webhook(ctx, by, h.ID)), "edits": w.EditWebhook(ctx, by, h.ID, in), "pauses": w.PauseWebhook(ctx, by, h.ID, 1),
				"resumes": w.ResumeWebhook(ctx, by, h.ID, 1), "rotates": errOf2(w.RotateWebhook(ctx, by, h.ID, 1)), "removes": w.RemoveWebhook(ctx, by, h.ID, 1),
				"tests": errOf(w.TestWebhook(ctx, by, h.ID)), "reads what was sent": errOf2(w.Delivery(ctx, by, d.ID)), "sends again": w.Redeliver(ctx, by, d.ID),
				"sends all again": errOf(w.RedeliverSome(ctx, by, h.ID, then)),
				"lists":           errOf(w.Deliveries(ctx, by, h.ID, plaza.DeliveryFilter{}, plaza.Page{})),
			} {
				want(t, name+" "+what, err, kind)
			}
		}
		if all := must1[[]plaza.Webhook](t)(w.Webhooks(ctx, w.Reseller)); len(all) > 0 {
			t.Errorf("the reseller sees %d", len(all))
		}
		if all := must1[[]plaza.Webhook](t)(w.Webhooks(ctx, w.Partner)); len(all) != 1 || all[0].Name != h.Name {
			t.Errorf("the partner sees %+v", all)
		}
		want(t, "nobody but the courier tells", errOf(w.TellWebhooks(ctx, w.Vendor)), plaza.Forbidden)
		want(t, "nobody but the courier claims", errOf2(w.ClaimDeliveries(ctx, w.Vendor)), plaza.Forbidden)
	})
}

func TestEventsAreSentWhereTheyMayBe(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		texts := must1[*i18n.Catalogue](t)(i18n.Load())
		careful := app.New(w.DB, app.Config{Now: w.Clock.Now, Texts: texts, Box: w.Box, PublicURL: "https://plaza.test", FastHash: true})
		for url, problem := range map[string]string{
			"http://example.com/": "problem.webhook_https", "https://127.0.0.1/": "problem.webhook_private", "https://[::1]:8443/": "problem.webhook_private",
			"https://169.254.169.254/latest": "problem.webhook_private", "https://localhost/": "problem.webhook_private", "https://a.LOCALHOST./": "problem.webhook_private",
			"https://10.0.0.1/": "problem.webhook_private",
		} {
			_, _, err := careful.CreateWebhook(t.Context(), w.Partner, plaza.WebhookEdit{Name: "N", URL: url, All: true})
			wantField(t, url, err, "url", problem)
			if _, _, err := w.CreateWebhook(t.Context(), w.Partner, plaza.WebhookEdit{Name: "N", URL: url, All: true}); err != nil {
				t.Errorf("where the operator lets them, %s: %v", url, err)
			}
		}
		must(t, errOf2(careful.CreateWebhook(t.Context(), w.Partner, plaza.WebhookEdit{Name: "N", URL: "https://example.com/", All: true})))
		for range plaza.MostWebhooks - 8 {
			hook(t, w, w.Partner)
		}
		_, _, err := w.CreateWebhook(t.Context(), w.Partner, plaza.WebhookEdit{Name: "N", URL: "https://example.com/", All: true})
		wantKey(t, "one more", err, plaza.Conflict, "webhook.too_many")
	})
}

func TestWhatIsPausedKeepsItsEvents(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		h := hook(t, w, w.Reseller, "license.issued")
		licenseOf(t, w, "Before")
		tell(t, w)
		must(t, w.PauseWebhook(ctx, w.Reseller, h.ID, 1))
		wantKey(t, "twice", w.PauseWebhook(ctx, w.Reseller, h.ID, 2), plaza.Conflict, "webhook.paused_already")
		want(t, "a test", errOf(w.TestWebhook(ctx, w.Reseller, h.ID)), plaza.Conflict)
		licenseOf(t, w, "Meanwhile")
		tell(t, w)
		w.Clock.Advance(30 * day)
		if names := carry(t, w, taken); names != nil {
			t.Errorf("it was sent %v", names)
		}
		patient(w)
		must(t, w.ResumeWebhook(ctx, w.Reseller, h.ID, 2))
		want(t, "twice", w.ResumeWebhook(ctx, w.Reseller, h.ID, 3), plaza.Conflict)
		licenseOf(t, w, "After")
		tell(t, w)
		if diff := cmp.Diff([]string{"Before", "Meanwhile", "After"}, carry(t, w, taken)); diff != "" {
			t.Error(diff)
		}
		if names := carry(t, w, taken); names != nil {
			t.Errorf("again it was sent %v", names)
		}
	})
}

func TestWhileAProfileStandsStillNothingIsSent(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		h := hook(t, w, w.Partner, "license.issued")
		licenseOf(t, w, "One")
		tell(t, w)
		suspend(t, w, w.Reseller, w.Partner.Profile)
		tell(t, w)
		if names := carry(t, w, taken); names != nil {
			t.Errorf("it was sent %v", names)
		}
		must(t, w.ResumeProfile(t.Context(), w.Reseller, w.Partner.Profile, profile(t, w, w.Partner.Profile).Version))
		tell(t, w)
		if diff := cmp.Diff([]string{"One"}, carry(t, w, taken)); diff != "" {
			t.Error(diff)
		}
		if got := hooked(t, w, w.SignIn(t, "Partner@example.com"), h.ID); got.State() != plaza.WebhookActive || got.Delivered.IsZero() {
			t.Errorf("got %+v", got)
		}
	})
}

// TestAProfileThatMovesIsToldOfAtItsNewPlace: those that it left hear of what happened in
// it as little as they read it in their log.
func TestAProfileThatMovesIsToldOfAtItsNewPlace(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		old, now, own := hook(t, w, w.Reseller, "license.issued", "profile.moved"), hook(t, w, w.Stranger, "license.issued", "profile.moved"), hook(t, w, w.Partner, "license.issued")
		licenseOf(t, w, "Before")
		tell(t, w)
		moved(t, w, w.Partner.Profile, w.Reseller, w.Stranger)
		in := plaza.NewLicense{Profile: w.Partner.Profile, Plan: w.Plans[plaza.Development].ID, Name: "After"}
		must1[plaza.License](t)(w.IssueLicense(t.Context(), w.Stranger, in))
		tell(t, w)
		if diff := cmp.Diff([]string{"profile.moved"}, kinds(sent(t, w, w.Reseller, old.ID))); diff != "" {
			t.Errorf("the old place (-want +got):\n%s", diff)
		}
		if got := kinds(sent(t, w, w.Stranger, now.ID)); got[len(got)-1] != "license.issued" || !slices.Contains(got, "profile.moved") {
			t.Errorf("the new place: %v", got)
		}
		if diff := cmp.Diff([]string{"license.issued", "license.issued"}, kinds(sent(t, w, w.Partner, own.ID))); diff != "" {
			t.Errorf("itself (-want +got):\n%s", diff)
		}
		for name, d := range map[string]plaza.Delivery{"old": sent(t, w, w.Reseller, old.ID)[0], "new": sent(t, w, w.Stranger, now.ID)[0]} {
			if strings.Contains(d.Body, map[string]string{"old": "Stranger owner", "new": "Reseller owner"}[name]) {
				t.Errorf("the %s place reads who agreed at the other: %s", name, d.Body)
			}
		}
	})
}

func TestWhatIsAboutTheSameStaysInOrder(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		h := hook(t, w, w.Reseller, "license.issued", "license.renewed")
		one := licenseOf(t, w, "One")
		must(t, w.RenewLicense(ctx, w.Reseller, one.ID, "", 1))
		licenseOf(t, w, "Two")
		tell(t, w)
		round, ok, err := w.ClaimDeliveries(ctx, plaza.Courier)
		if err != nil || !ok || len(round.Due) != 3 || len(round.Secrets) != 1 {
			t.Fatalf("claimed %+v, %v", round, err)
		}
		if _, again, err := w.ClaimDeliveries(ctx, plaza.Courier); again || err != nil {
			t.Errorf("claimed by two at once: %v", err)
		}
		failed, fine := at(w, refused(round.Due[0])), at(w, taken(round.Due[2]))
		must(t, w.FinishDeliveries(ctx, plaza.Courier, round, []app.DeliveryResult{{Delivery: round.Due[0], Try: failed}, {Delivery: round.Due[2], Try: fine}}))
		if names := carry(t, w, taken); names != nil {
			t.Errorf("the renewal was sent before what it renews: %v", names)
		}
		first := sent(t, w, w.Reseller, h.ID)[0]
		if first.State != plaza.DeliveryWaiting || first.Tries != 1 || first.Next.Before(w.Clock.Now()) || first.Next.After(w.Clock.Now().Add(3*time.Minute)) || first.Status != 500 {
			t.Errorf("got %+v", first)
		}
		w.Clock.Set(first.Next)
		if diff := cmp.Diff([]string{"One", "One"}, carry(t, w, taken)); diff != "" {
			t.Error(diff)
		}
		d, tries, err := w.Delivery(ctx, w.Reseller, first.ID)
		if err != nil || len(tries) != 2 || tries[1].Answer != "no" || tries[1].Problem != plaza.TryRefused || tries[1].Headers == "" || tries[0].Status != 204 || d.State != plaza.DeliveryDelivered {
			t.Errorf("got %+v, %+v, %v", d, tries, err)
		}
	})
}

func TestACourierWhoDiesLosesNothing(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		hook(t, w, w.Reseller, "license.issued")
		licenseOf(t, w, "One")
		tell(t, w)
		round, ok, err := w.ClaimDeliveries(t.Context(), plaza.Courier) // and dies
		if !ok || err != nil {
			t.Fatalf("claimed nothing, %v", err)
		}
		w.Clock.Advance(5 * time.Minute)
		if diff := cmp.Diff([]string{"One"}, carry(t, w, taken)); diff != "" {
			t.Error(diff)
		}
		// It only seemed so: what it says late takes nothing back.
		must(t, w.FinishDeliveries(t.Context(), plaza.Courier, round, []app.DeliveryResult{{Delivery: round.Due[0], Try: at(w, refused(round.Due[0]))}}))
		w.Clock.Advance(day)
		if names := carry(t, w, taken); names != nil {
			t.Errorf("it was sent again: %v", names)
		}
	})
}

func TestWhatIsGoneIsPausedAtOnce(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		h := hook(t, w, w.Reseller, "license.issued")
		admin := w.Invite(t, w.Reseller, w.Reseller.Profile, "Admin", plaza.Administrator)
		w.Invite(t, w.Reseller, w.Reseller.Profile, "Manager", plaza.Manager)
		licenseOf(t, w, "One")
		tell(t, w)
		carry(t, w, func(plaza.Delivery) plaza.DeliveryTry { return plaza.DeliveryTry{Status: 410, Problem: plaza.TryGone} })
		got := hooked(t, w, w.Reseller, h.ID)
		if got.State() != plaza.WebhookPaused || got.Why != plaza.PausedGone || got.Waiting != 1 {
			t.Errorf("got %+v", got)
		}
		for _, by := range []plaza.Actor{w.Reseller, admin} {
			n := must1[plaza.List[plaza.Notice]](t)(w.Notices(ctx, by, plaza.Page{})).Rows[0]
			if n.Kind != plaza.NoticeWebhookPaused || n.Object != h.ID {
				t.Errorf("%s reads %+v", by.Name, n)
			}
		}
		mails := 0
		for _, m := range must1[plaza.List[plaza.Mail]](t)(w.Gate.Mailbox(ctx, plaza.Page{})).Rows {
			if m.Kind == plaza.MailWebhookPaused {
				mails++
			}
		}
		if mails != 2 || w.Events(t, plaza.WebhookPause, plaza.Done) != 1 {
			t.Errorf("%d mails, %d events", mails, w.Events(t, plaza.WebhookPause, plaza.Done))
		}
		must(t, w.ResumeWebhook(ctx, w.Reseller, h.ID, got.Version))
		if diff := cmp.Diff([]string{"One"}, carry(t, w, taken)); diff != "" {
			t.Error(diff)
		}
	})
}

// TestWhatTakesNothingForThreeDaysIsPaused: until then it is tried ever less often; then
// everything is kept.
func TestWhatTakesNothingForThreeDaysIsPaused(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		patient(w)
		h := hook(t, w, w.Reseller, "license.issued")
		licenseOf(t, w, "One")
		tell(t, w)
		began, tries := w.Clock.Now(), 0
		for hooked(t, w, w.Reseller, h.ID).State() != plaza.WebhookPaused {
			if len(carry(t, w, refused)) > 0 {
				tries++
			}
			if w.Clock.Advance(10 * time.Minute); w.Clock.Now().Sub(began) > 30*day {
				t.Fatal("it is tried for ever")
			}
		}
		got, took := hooked(t, w, w.Reseller, h.ID), w.Clock.Now().Sub(began)
		if got.Why != plaza.PausedFailing || got.Waiting != 1 || took < 3*day || took > 12*day || tries < 10 || tries > 40 {
			t.Errorf("after %s and %d tries: %+v", took, tries, got)
		}
		must(t, w.ResumeWebhook(t.Context(), w.Reseller, h.ID, got.Version))
		if diff := cmp.Diff([]string{"One"}, carry(t, w, taken)); diff != "" {
			t.Error(diff)
		}
	})
}

// TestOneThatIsNotTakenWhileOthersAreIsGivenUp, and holds up nothing else.
func TestOneThatIsNotTakenWhileOthersAreIsGivenUp(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		patient(w)
		ctx := t.Context()
		h := hook(t, w, w.Reseller, "license.issued")
		bad := licenseOf(t, w, "Bad")
		tell(t, w)
		answer := func(d plaza.Delivery) plaza.DeliveryTry {
			if d.Object == bad.ID {
				return refused(d)
			}
			return taken(d)
		}
		for i := 0; sent(t, w, w.Reseller, h.ID)[0].State == plaza.DeliveryWaiting; i++ {
			if i > 1000 {
				t.Fatal("it is never given up")
			}
			if i%20 == 0 {
				licenseOf(t, w, "Good")
				tell(t, w)
			}
			for len(carry(t, w, answer)) > 0 {
				continue
			}
			w.Clock.Advance(time.Hour)
		}
		first, tries, err := w.Delivery(ctx, w.Reseller, sent(t, w, w.Reseller, h.ID)[0].ID)
		if err != nil || first.State != plaza.DeliveryFailed || first.Tries != 15 || len(tries) != 15 {
			t.Errorf("got %+v after %d tries, %v", first, len(tries), err)
		}
		for _, d := range sent(t, w, w.Reseller, h.ID)[1:] {
			if d.State != plaza.DeliveryDelivered {
				t.Errorf("%s is %s", d.Name, d.State)
			}
		}
		must(t, w.Redeliver(ctx, w.Reseller, first.ID))
		if diff := cmp.Diff([]string{"Bad"}, carry(t, w, taken)); diff != "" {
			t.Error(diff)
		}
		if again, _, err := w.Delivery(ctx, w.Reseller, first.ID); err != nil || again.State != plaza.DeliveryDelivered || again.Event != first.Event {
			t.Errorf("got %+v, %v", again, err)
		}
	})
}

func TestWhoAsksToBeLeftAloneIs(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		h := hook(t, w, w.Reseller, "license.issued")
		licenseOf(t, w, "One")
		tell(t, w)
		carry(t, w, func(plaza.Delivery) plaza.DeliveryTry {
			return plaza.DeliveryTry{Status: 429, Problem: plaza.TryRefused, Again: 2 * time.Hour}
		})
		licenseOf(t, w, "Two")
		tell(t, w)
		w.Clock.Advance(2*time.Hour - time.Second)
		if names := carry(t, w, taken); names != nil {
			t.Errorf("it was sent %v", names)
		}
		for _, d := range sent(t, w, w.Reseller, h.ID) { // also of what was not tried yet
			if got := d.Next.Sub(w.Clock.Now()); got != time.Second {
				t.Errorf("%s is tried in %s", d.Name, got)
			}
		}
		w.Clock.Advance(time.Second)
		if names := carry(t, w, taken); len(names) != 2 {
			t.Errorf("it was sent %v", names)
		}
	})
}

func TestAfterAnOutageEverythingFlowsAtOnce(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		h := hook(t, w, w.Reseller, "license.issued")
		for i := range 5 {
			licenseOf(t, w, strconv.Itoa(i))
		}
		tell(t, w)
		for range 24 * 6 { // a day
			carry(t, w, refused)
			w.Clock.Advance(10 * time.Minute)
		}
		for hooked(t, w, w.Reseller, h.ID).Delivered.IsZero() {
			carry(t, w, taken)
			w.Clock.Advance(time.Minute)
		}
		carry(t, w, taken)
		if got := hooked(t, w, w.Reseller, h.ID); got.Waiting != 0 || got.State() != plaza.WebhookActive {
			t.Errorf("got %+v", got)
		}
	})
}

func TestBothSecretsSignForADay(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		patient(w)
		ctx := t.Context()
		h, first, err := w.CreateWebhook(ctx, w.Reseller, plaza.WebhookEdit{Name: "N", URL: "https://example.com", All: true})
		must(t, err)
		_, _, err = w.RotateWebhook(ctx, w.Reseller, h.ID, 7)
		want(t, "an older version", err, plaza.Stale)
		_, second, err := w.RotateWebhook(ctx, w.Reseller, h.ID, 1)
		must(t, err)
		secrets := func() []string {
			must1[plaza.Delivery](t)(w.TestWebhook(ctx, w.Reseller, h.ID))
			round, _, err := w.ClaimDeliveries(ctx, plaza.Courier)
			must(t, err)
			must(t, w.FinishDeliveries(ctx, plaza.Courier, round, nil))
			return round.Secrets
		}
		if diff := cmp.Diff([]string{second, first}, secrets()); diff != "" || first == second {
			t.Error(diff)
		}
		w.Clock.Advance(plaza.SecretOverlap)
		if diff := cmp.Diff([]string{second}, secrets()); diff != "" {
			t.Error(diff)
		}
		must(t, w.Tidy(ctx, plaza.Janitor))
		if diff := cmp.Diff([]string{second}, secrets()); diff != "" {
			t.Error(diff)
		}
		for _, line := range w.Log(t, plaza.AuditFilter{Object: h.ID}, plaza.Page{}).Rows {
			if text := fmt.Sprint(line); strings.Contains(text, first) || strings.Contains(text, second) {
				t.Errorf("the log tells the secret: %s", text)
			}
		}
	})
}

func TestTheLogTellsNoAddress(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		h := hook(t, w, w.Reseller)
		must(t, w.EditWebhook(t.Context(), w.Reseller, h.ID, plaza.WebhookEdit{Name: "N", URL: "https://hooks.example.com/an0ther", All: true, Version: 1}))
		want(t, "an older version", w.EditWebhook(t.Context(), w.Reseller, h.ID, plaza.WebhookEdit{Name: "M", URL: "https://a.example", All: true, Version: 1}), plaza.Stale)
		must(t, w.RemoveWebhook(t.Context(), w.Reseller, h.ID, 2))
		changed := false
		for _, line := range w.Log(t, plaza.AuditFilter{Object: h.ID}, plaza.Page{}).Rows {
			text := fmt.Sprint(line.Changes)
			if strings.Contains(text, "s3cret") || strings.Contains(text, "an0ther") {
				t.Errorf("the log tells %s", text)
			}
			changed = changed || line.Verb == plaza.WebhookEdits && line.Result == plaza.Done && strings.Contains(text, "https://hooks.example.com")
		}
		if !changed {
			t.Error("it does not tell that the address is another")
		}
	})
}

func TestSomeAreDeliveredAgain(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		patient(w)
		ctx := t.Context()
		h := hook(t, w, w.Reseller, "license.issued")
		from := w.Clock.Now()
		for i := range 5 {
			licenseOf(t, w, strconv.Itoa(i))
			w.Clock.Advance(time.Hour)
		}
		tell(t, w)
		carry(t, w, taken)
		wantKey(t, "none failed", errOf(w.RedeliverSome(ctx, w.Reseller, h.ID, plaza.Redelivery{From: from, Till: from.Add(day), Failed: true})), plaza.Conflict, "delivery.none_then")
		n, err := w.RedeliverSome(ctx, w.Reseller, h.ID, plaza.Redelivery{From: from.Add(time.Hour), Till: from.Add(3 * time.Hour)})
		if err != nil || n != 2 {
			t.Errorf("got %d, %v", n, err)
		}
		if diff := cmp.Diff([]string{"1", "2"}, carry(t, w, taken)); diff != "" {
			t.Error(diff)
		}
		want(t, "no time", errOf(w.RedeliverSome(ctx, w.Reseller, h.ID, plaza.Redelivery{From: from, Till: from})), plaza.Invalid)
		w.Clock.Advance(plaza.DeliveriesKept + time.Hour)
		must(t, w.Tidy(ctx, plaza.Janitor))
		if left := sent(t, w, w.Reseller, h.ID); len(left) != 0 {
			t.Errorf("%d are kept", len(left))
		}
	})
}

func TestAgentsComeAndGo(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		own, above, others := hook(t, w, w.Partner, plaza.EventAgentOnline, plaza.EventAgentOffline), hook(t, w, w.Reseller, plaza.EventAgentOffline), hook(t, w, w.Stranger)
		var ids []string
		for i := range 12 {
			in := plaza.NewAgent{Profile: w.Partner.Profile, Plan: w.Plans[plaza.ConnectAgentLicense].ID, Name: fmt.Sprint("Agent ", i)}
			ids = append(ids, must1[plaza.ConnectAgent](t)(w.CreateAgent(t.Context(), w.Reseller, in)).ID)
		}
		watch := func() { must(t, w.WatchAgents(t.Context(), plaza.Janitor, apptest.Start())) }
		watch()
		beats(t, w, plaza.HealthOK, ids[:2]...)
		watch()
		w.Clock.Advance(30 * time.Second)
		beats(t, w, plaza.HealthWarning, ids[:2]...) // a heartbeat is no event, and that one warns is none
		watch()
		w.Clock.Advance(2 * time.Minute) // overdue
		watch()
		beats(t, w, plaza.HealthOK, ids...)
		watch()
		w.Clock.Advance(time.Hour)
		watch()
		watch()

		told := sent(t, w, w.Partner, own.ID)
		if diff := cmp.Diff([]string{"agent.online", "agent.online", "agent.online", "agent.offline"}, kinds(told)); diff != "" {
			t.Fatalf("-want +got:\n%s", diff)
		}
		if one := said(t, told[0]); one["count"] != nil || fmt.Sprint(one["object"]) != fmt.Sprintf("map[id:%s kind:agent name:Agent 0]", ids[0]) {
			t.Errorf("one: %v", one)
		}
		many := said(t, told[3])
		if agents, _ := many["agents"].([]any); many["count"] != 12.0 || len(agents) != 10 {
			t.Errorf("many: %v", many)
		}
		if got := sent(t, w, w.Reseller, above.ID); len(got) != 1 || got[0].Event != told[3].Event || got[0].Body != told[3].Body {
			t.Errorf("those above are told %+v", got)
		}
		if got := sent(t, w, w.Stranger, others.ID); len(got) != 0 {
			t.Errorf("the stranger is told %+v", got)
		}
	})
}

// TestAWebhookSaysHowFarItIsBehind: what it has not looked at and what waits, each with its
// oldest, of its own profile and those below it alone; and it counts no millions for that.
func TestAWebhookSaysHowFarItIsBehind(t *testing.T) {
	t.Parallel()
	bareWorlds(t, func(t *testing.T, w bare) {
		licenseOf(t, w.World, "Before")
		h, other := hook(t, w.World, w.Partner, "license.issued"), hook(t, w.World, w.Stranger, "license.issued")
		tell(t, w.World)
		check := func(what string, behind plaza.Behind, oldest time.Time) {
			t.Helper()
			for _, got := range []plaza.Webhook{hooked(t, w.World, w.Partner, h.ID), must1[[]plaza.Webhook](t)(w.Webhooks(t.Context(), w.Partner))[0]} {
				if diff := cmp.Diff(behind, got.Behind); diff != "" || !got.Oldest.Equal(oldest) {
					t.Errorf("%s: (-want +got) %s; waiting since %s, want %s", what, diff, got.Oldest, oldest)
				}
			}
		}
		check("at first", plaza.Behind{}, time.Time{})
		at := w.Clock.Now()
		licenseOf(t, w.World, "One")
		check("before it is sealed", plaza.Behind{}, time.Time{})
		w.Clock.Advance(time.Minute)
		licenseOf(t, w.World, "Two")
		seal(t, w.World)
		check("sealed", plaza.Behind{Events: 2, Oldest: at}, time.Time{})
		if got := hooked(t, w.World, w.Stranger, other.ID); got.Behind != (plaza.Behind{}) {
			t.Errorf("a stranger's is behind by %+v", got.Behind)
		}
		tell(t, w.World)
		check("looked at", plaza.Behind{}, at)
		carry(t, w.World, taken)
		check("delivered", plaza.Behind{}, time.Time{})

		must(t, w.PauseWebhook(t.Context(), w.Partner, h.ID, 1))
		at = w.Clock.Now()
		licenseOf(t, w.World, "Three")
		seal(t, w.World)
		check("paused", plaza.Behind{Events: 2, Oldest: at}, time.Time{}) // that it was paused stands in the log, too
		const columns = `at, verb, result, refusal, actor_own, actor_login_id, actor_person_id, actor_profile_id, via_login_id,
			via_person_id, via_profile_id, acting_id, mode, ticket, object_kind, object_id, object_name, changes, reason, address, user_agent, request_id, salt, stamp`
		many := func(name, profile, like string, n int) {
			w.exec(t, fmt.Sprintf(`INSERT INTO audit_events (id, profile_id, position, %s)
				WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
				SELECT '%s' || n.i, '%s', (SELECT max(position) FROM audit_events) + n.i, %s FROM n, audit_events e WHERE e.position = (SELECT %s(position) FROM audit_events)`, columns, n, name, profile, columns, like))
		}
		many("old", w.Partner.Profile, "min", 10)
		check("after what was before its creation", plaza.Behind{Events: 2, Oldest: at}, time.Time{})
		w.exec(t, `DELETE FROM audit_events WHERE id LIKE 'old%'`)
		many("theirs", w.Stranger.Profile, "max", 5*plaza.MostBehind)
		check("after much of others", plaza.Behind{Events: 2, More: true, Oldest: at}, time.Time{})
		w.exec(t, `DELETE FROM audit_events WHERE id LIKE 'theirs%'`)
		many("own", w.Partner.Profile, "max", plaza.MostBehind-2)
		if got := hooked(t, w.World, w.Partner, h.ID).Behind; got.Events != plaza.MostBehind || got.More {
			t.Errorf("at the most it is behind by %+v", got)
		}
		many("more", w.Partner.Profile, "max", 1)
		if got := hooked(t, w.World, w.Partner, h.ID).Behind; got.Events != plaza.MostBehind || !got.More {
			t.Errorf("above it is behind by %+v", got)
		}
	})
}
