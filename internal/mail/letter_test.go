package mail_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/i18n"
	"github.com/connectplaza/plaza/internal/mail"
)

func printer(t *testing.T, lang string) *i18n.Printer {
	t.Helper()
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c.Printer(lang, time.UTC)
}

func compose(t *testing.T, lang string, l mail.Letter) mail.Message {
	t.Helper()
	m, err := mail.Compose(printer(t, lang), l)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// letter says things that the catalogue happens to have.
func letter() mail.Letter {
	return mail.Letter{
		To:      "anna@bakkerij-jansen.example",
		ToName:  "Anna Jansen",
		Subject: plaza.T("time.in_days", "Count", 5),
		Paragraphs: []plaza.Text{
			plaza.T("error.limited", "Wait", 2*time.Hour),
			plaza.T("error.unauthenticated"),
		},
		Facts: []mail.Fact{
			{Label: plaza.T("time.yesterday"), Value: 1234},
			{Label: plaza.T("time.tomorrow"), Value: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)},
		},
		Button: &mail.Button{Label: plaza.T("time.just_now"), URL: "https://plaza.example/reset?a=1&b=2"},
		Sender: "ComputersAreUs Holding",
	}
}

func TestLetterIsWrittenInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string]mail.Message{
		"en": {
			Subject: "in 5 days",
			Text: `Hello Anna Jansen,

Too many attempts. Try again in 2 hours.

Sign in first.

yesterday: 1,234
tomorrow: 23 Nov 2026

just now:
https://plaza.example/reset?a=1&b=2

Kind regards,
ComputersAreUs Holding
`,
		},
		"nl": {
			Subject: "over 5 dagen",
			Text: `Hallo Anna Jansen,

Te veel pogingen. Probeer het over 2 uur opnieuw.

Log eerst in.

gisteren: 1.234
morgen: 23 nov 2026

zojuist:
https://plaza.example/reset?a=1&b=2

Met vriendelijke groet,
ComputersAreUs Holding
`,
		},
	} {
		want.To, want.ToName = "anna@bakkerij-jansen.example", "Anna Jansen"
		got := compose(t, lang, letter())
		for _, part := range []string{
			`<html lang="` + lang + `">`, "<title>" + want.Subject + "</title>",
			`<a href="https://plaza.example/reset?a=1&amp;b=2">`, "<br>ComputersAreUs Holding</p>",
		} {
			if !strings.Contains(got.HTML, part) {
				t.Errorf("%s: no %q in\n%s", lang, part, got.HTML)
			}
		}
		got.HTML = ""
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", lang, diff)
		}
	}
}

func TestShortLetterHasNoEmptyParts(t *testing.T) {
	t.Parallel()
	got := compose(t, "en", mail.Letter{To: "a@b.example", Subject: plaza.T("time.yesterday"), Paragraphs: []plaza.Text{plaza.T("error.forbidden")}})
	if want := "Hello,\n\nYour role does not allow this.\n\nKind regards,\n"; got.Text != want {
		t.Errorf("got %q, want %q", got.Text, want)
	}
	for _, part := range []string{"<table>", "<a ", "<br>"} {
		if strings.Contains(got.HTML, part) {
			t.Errorf("there is a %q in\n%s", part, got.HTML)
		}
	}
}

func TestNamesAreHarmlessInALetter(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ typed, text, html string }{
		"markup":           {"<script>alert(1)</script>", "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
		"apostrophes":      {`O'Neil "Al" & Co`, `O'Neil "Al" & Co`, `O&#39;Neil &#34;Al&#34; &amp; Co`},
		"lines":            {"Eve\r\n\r\nYour password is void:\nhttps://evil", "Eve Your password is void: https://evil", "Eve Your password is void: https://evil"},
		"separators":       {"a\u2028b\u2029c\u0085d\x00e", "a b c d e", "a b c d e"},
		"emoji":            {"Ann 👩‍👩‍👧 🇳🇱", "Ann 👩‍👩‍👧 🇳🇱", "Ann 👩‍👩‍👧 🇳🇱"},
		"right to left":    {"دانيال", "\u2068دانيال\u2069", "\u2068دانيال\u2069"},
		"direction marks":  {"exe\u202egnp.\u2069\u2066", "exegnp.", "exegnp."},
		"a program":        {"{{.Sender}} {{7*7}}", "{{.Sender}} {{7*7}}", "{{.Sender}} {{7*7}}"},
		"broken encoding":  {"a\xffb", "a\uFFFDb", "a\uFFFDb"},
		"two hundred long": {strings.Repeat("é", 200), strings.Repeat("é", 200), strings.Repeat("é", 200)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := letter()
			l.ToName, l.Sender = tt.typed, tt.typed
			l.Subject = plaza.T("error.limited", "Wait", tt.typed)
			l.Paragraphs = []plaza.Text{
				plaza.T("error.limited", "Wait", tt.typed),
				plaza.T("error.limited", "Wait", plaza.T("error.limited", "Wait", []string{tt.typed, "x"})),
			}
			l.Facts = []mail.Fact{{Label: plaza.T("time.date", "Day", tt.typed), Value: tt.typed}}
			m := compose(t, "en", l)
			if got := strings.Count(m.Text, tt.text); got < 6 {
				t.Errorf("%q stands %d times in the text, want at least 6:\n%s", tt.text, got, m.Text)
			}
			if got := strings.Count(m.HTML, tt.html); got < 6 {
				t.Errorf("%q stands %d times in the HTML, want at least 6:\n%s", tt.html, got, m.HTML)
			}
			if got, want := strings.Count(m.Text, "\n"), strings.Count(compose(t, "en", letter()).Text, "\n")-1; got != want {
				t.Errorf("%d lines, want %d:\n%s", got, want, m.Text)
			}
			if strings.ContainsAny(m.Subject+m.ToName, "\r\n\x00\u2028\u202e\u2068") {
				t.Errorf("header with more than words: %q, %q", m.Subject, m.ToName)
			}
		})
	}
}

func TestComposeRefusesWhatLeadsNowhere(t *testing.T) {
	t.Parallel()
	for _, to := range []string{
		"", "anna", "a@b.example, c@d.example", "Anna <a@b.example>", "<a@b.example>", " a@b.example",
		"a@b.example\r\nBcc: c@d.example", "a@b.example\n", "a b@c.example", "a@b.example>\r\nRCPT TO:<c@d.example",
	} {
		l := letter()
		l.To = to
		if _, err := mail.Compose(printer(t, "en"), l); err == nil {
			t.Errorf("to %q: no error", to)
		}
	}
	for _, address := range []string{"", "/reset", "javascript:alert(1)", "https:", "mailto:a@b.example", "://", "ftp://x/"} {
		l := letter()
		l.Button.URL = address
		if _, err := mail.Compose(printer(t, "en"), l); err == nil {
			t.Errorf("button to %q: no error", address)
		}
	}
}
