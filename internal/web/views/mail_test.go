package views

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
)

func mailPages(f Frame) [][2]Page {
	vendor, open := f, f
	vendor.Actor.Kind = plaza.Vendor
	open.Framed, open.Open = false, true
	waiting := plaza.Mail{
		ID: hostile, To: hostile, ToName: hostile, Subject: hostile, Text: hostile, HTML: hostile,
		Created: noon(), Next: noon(), Tries: 3, LastError: hostile,
	}
	sent, dead := waiting, waiting
	sent.Sent, dead.Dead, dead.ToName = noon(), noon(), ""
	list := plaza.List[plaza.Mail]{Rows: []plaza.Mail{waiting, sent, dead, {}}, Total: 1000, Prev: hostile, Next: hostile}
	letter := waiting
	letter.Text = "Hello " + hostile + ",\n\nhttp://plaza.test/invitation/" + hostile + "\njavascript:alert(1)\n\nhttp://evil.test/"
	return [][2]Page{
		{Mails{Frame: vendor}, Mails{Frame: vendor, Listing: hostileListing("/mails"), Filter: plaza.MailFilter{States: plaza.MailStates()}, List: list}},
		{Mailbox{Frame: open}, Mailbox{Frame: open, Listing: hostileListing("/mailbox"), List: list}},
		{MailboxLetter{Frame: open}, MailboxLetter{Frame: open, Mail: letter, Home: "http://plaza.test"}},
	}
}

func TestOutboxNeverShowsWhatAMailSays(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	f.Actor.Kind = plaza.Vendor
	m := plaza.Mail{ID: "1", Subject: "Invitation", Text: "a secret link", HTML: "a secret link"}
	page := drawPage(t, Mails{Frame: f, List: plaza.List[plaza.Mail]{Rows: []plaza.Mail{m}, Total: 1}})
	if !strings.Contains(page, "Invitation") || strings.Contains(page, "secret") {
		t.Error("the outbox must show subjects and nothing of the text")
	}
}

func TestOnlyOurOwnAddressesBecomeLinks(t *testing.T) {
	t.Parallel()
	const home = "https://plaza.test"
	for name, tt := range map[string]struct {
		text string
		want [][][]word
	}{
		"text":                 {"Hello  you", [][][]word{{{{Text: "Hello you"}}}}},
		"paragraphs and lines": {"a\r\nb\n\nc\n", [][][]word{{{{Text: "a"}}, {{Text: "b"}}}, {{{Text: "c"}}}}},
		"our own": {
			"Open https://plaza.test/invitation/x now",
			[][][]word{{{{Text: "Open"}, {Text: "https://plaza.test/invitation/x", Path: "/invitation/x"}, {Text: "now"}}}},
		},
		"another host":          {"https://evil.test/", [][][]word{{{{Text: "https://evil.test/"}}}}},
		"a host that begins so": {"https://plaza.test.evil.test/", [][][]word{{{{Text: "https://plaza.test.evil.test/"}}}}},
		"our own as a user":     {"https://plaza.test@evil.test/", [][][]word{{{{Text: "https://plaza.test@evil.test/"}}}}},
		"another host's path":   {"https://plaza.test//evil.test/", [][][]word{{{{Text: "https://plaza.test//evil.test/"}}}}},
		"a backslash":           {`https://plaza.test/\evil.test/`, [][][]word{{{{Text: `https://plaza.test/\evil.test/`}}}}},
		"another scheme":        {"javascript:alert(1)", [][][]word{{{{Text: "javascript:alert(1)"}}}}},
		"nothing":               {"\n\n \n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, letter(tt.text, home)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	if got := letter("/sign-in", ""); got[0][0][0].Path != "" {
		t.Error("without a home nothing is a link")
	}
}
