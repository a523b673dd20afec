package app_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
)

func TestMails(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		claim := func() []plaza.Mail { return must1[[]plaza.Mail](t)(w.ClaimMails(ctx, plaza.Postman)) }
		for _, m := range claim() { // the invitations that made the world
			must(t, w.FinishMail(ctx, plaza.Postman, m, nil, false))
		}
		select {
		case <-w.Mailed:
		default:
			t.Error("the postman was not told")
		}
		must(t, errOf(w.CreateLogin(ctx, w.Reseller, newLogin(w, "bob@example.com", plaza.Manager))))
		select {
		case <-w.Mailed:
		default:
			t.Error("the postman was not told")
		}
		want(t, "invalid", errOf(w.CreateLogin(ctx, w.Reseller, newLogin(w, "bob@example.com", plaza.Manager))), plaza.Invalid)
		select {
		case <-w.Mailed:
			t.Error("the postman was told of nothing")
		default:
		}

		due := claim()
		if len(due) != 1 || due[0].To != "bob@example.com" || due[0].Tries != 1 {
			t.Fatalf("due: %+v", due)
		}
		if again := claim(); len(again) != 0 {
			t.Errorf("claimed twice: %+v", again)
		}
		w.Clock.Advance(5 * time.Minute) // the postman died with it
		due = claim()
		if len(due) != 1 || due[0].Tries != 2 {
			t.Fatalf("after he died: %+v", due)
		}

		// It is tried less and less often, and given up in the end.
		began, last := w.Clock.Now(), time.Duration(0)
		for due[0].Tries < 15 {
			tries := due[0].Tries
			must(t, w.FinishMail(ctx, plaza.Postman, due[0], errors.New("421 later\x00\xff"+strings.Repeat("é", 999)), true))
			if early := claim(); len(early) != 0 {
				t.Fatalf("tried at once: %+v", early)
			}
			kept := mails(t, w, "bob@example.com")[0]
			wait := kept.Next.Sub(w.Clock.Now())
			if wait < last/4 || wait > 8*time.Hour || len(kept.LastError) > 300 || !strings.HasPrefix(kept.LastError, "421 later") {
				t.Errorf("try %d waits %s: %q", tries, wait, kept.LastError)
			}
			last = wait
			w.Clock.Advance(wait)
			if due = claim(); len(due) != 1 {
				t.Fatalf("after %s nothing is due", wait)
			}
		}
		if all := w.Clock.Now().Sub(began); all < 6*time.Hour || all > 5*day {
			t.Errorf("tried for %s", all)
		}
		must(t, w.FinishMail(ctx, plaza.Postman, due[0], errors.New("421 later"), true))
		if got := mails(t, w, "bob@example.com")[0]; got.State() != plaza.MailDead {
			t.Errorf("it is %s", got.State())
		}
		w.Clock.Advance(100 * day)
		if len(claim()) != 0 {
			t.Error("a dead one is tried")
		}
		w.Vendor = w.SignIn(t, "vendor@example.com")

		dead := must1[plaza.List[plaza.Mail]](t)(w.Mails(ctx, w.Vendor, plaza.MailFilter{States: []plaza.MailState{plaza.MailDead}}, plaza.Page{}))
		if dead.Total != 1 || dead.Rows[0].Text != "" || dead.Rows[0].HTML != "" || dead.Rows[0].LastError == "" {
			t.Errorf("the vendor sees %+v", dead.Rows)
		}
		id := dead.Rows[0].ID
		want(t, "a reseller looks", errOf(w.Mails(ctx, w.Reseller, plaza.MailFilter{}, plaza.Page{})), plaza.Forbidden)
		want(t, "a reseller retries", w.RetryMail(ctx, w.Reseller, id), plaza.Forbidden)
		want(t, "what never was", w.RetryMail(ctx, w.Vendor, "never"), plaza.NotFound)
		must(t, w.RetryMail(ctx, w.Vendor, id))
		wantKey(t, "twice", w.RetryMail(ctx, w.Vendor, id), plaza.Conflict, "mail.not_dead")
		due = claim()
		if len(due) != 1 || due[0].Tries != 1 || !strings.Contains(due[0].Text, "/invitation/") {
			t.Fatalf("retried: %+v", due)
		}
		must(t, w.FinishMail(ctx, plaza.Postman, due[0], nil, false))
		wantKey(t, "one that was sent", w.RetryMail(ctx, w.Vendor, id), plaza.Conflict, "mail.not_dead")
		want(t, "a partner plays the postman", w.FinishMail(ctx, w.Partner, due[0], nil, false), plaza.Forbidden)
	})
}

// TestWhatWasSentIsForgotten: a mail may hold a link that opens something.
func TestWhatWasSentIsForgotten(t *testing.T) {
	t.Parallel()
	bareWorlds(t, func(t *testing.T, w bare) {
		a := app.New(w.DB, app.Config{Now: w.Clock.Now, Texts: w.Texts, PublicURL: "http://plaza.test", FastHash: true})
		due := must1[[]plaza.Mail](t)(a.ClaimMails(t.Context(), plaza.Postman))
		if len(due) == 0 {
			t.Fatal("nothing to send")
		}
		for _, m := range due {
			must(t, a.FinishMail(t.Context(), plaza.Postman, m, nil, false))
		}
		var n int
		must(t, w.sql.QueryRowContext(t.Context(), "SELECT count(*) FROM mails WHERE text_body <> '' OR html_body <> ''").Scan(&n))
		if n != 0 {
			t.Errorf("%d mails still say what they said", n)
		}
		_, err := app.NewGate(a).Mailbox(t.Context(), plaza.Page{})
		want(t, "a mailbox outside the demo", err, plaza.NotFound)
	})
}

// TestHostileNamesInMails: what somebody typed stands in mails as text.
func TestHostileNamesInMails(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		for _, name := range []string{"<script>alert(1)</script>", "O'Brien \"& Zonen\"", "שלום 🦆", "{{.Secret}}", strings.Repeat("é", 200), "Bcc: x@example.com"} {
			in := newLogin(w, "mail-"+strings.Repeat("x", len(name)%50)+"@example.com", plaza.Manager)
			in.Name = name
			must(t, errOf(w.CreateLogin(t.Context(), w.Reseller, in)))
			must(t, w.EditProfile(t.Context(), w.Partner, w.Partner.Profile, plaza.ProfileEdit{Name: name, Version: profile(t, w, w.Partner.Profile).Version}))
			wish := plaza.Wish{Agent: &plaza.NewAgent{Plan: w.Plans[plaza.ConnectAgentLicense].ID, Name: name}}
			partner := identify(t, w, w.Tokens[w.Partner.Login])
			r := must1[plaza.Request](t)(w.MakeRequest(t.Context(), partner, wish, name))
			must(t, w.DeclineRequest(t.Context(), w.Reseller, r.ID, name, 1))
		}
		all := must1[plaza.List[plaza.Mail]](t)(w.Gate.Mailbox(t.Context(), plaza.Page{Size: plaza.MaxPageSize}))
		for _, m := range all.Rows {
			if strings.Contains(m.HTML, "<script") || strings.ContainsAny(m.Subject, "\r\n") || strings.ContainsAny(m.ToName, "\r\n") {
				t.Errorf("%s: %s", m.Subject, m.HTML)
			}
		}
	})
}
