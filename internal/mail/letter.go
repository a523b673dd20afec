package mail

import (
	_ "embed" // the form of a letter
	"fmt"
	"html/template"
	"net/url"
	"strings"
	"sync"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/i18n"
)

//go:embed letter.html
var form string

// Letter is what there is to say to one person. What fills the gaps of its texts
// may have been typed by anybody.
type Letter struct {
	To         string // address
	ToName     string // the person's name, for the greeting; may be empty
	Subject    plaza.Text
	Paragraphs []plaza.Text
	Facts      []Fact
	Verbatim   string // lines to be kept as they are; no words
	Button     *Button
	Sender     string // the name of the profile that writes
}

// Fact is one line of a small list.
type Fact struct {
	Label plaza.Text
	Value any // drawn as in the gap of a message
}

// Button is where the letter leads.
type Button struct {
	Label plaza.Text
	URL   string // http or https
}

// page is a letter in one language, as both forms of it draw it.
type page struct {
	Lang, Subject, Greeting string
	Paragraphs              []string
	Facts                   []line
	Verbatim                string
	Button                  *link
	Closing, Sender         string
}

type line struct{ Label, Value, Both string }

type link struct{ Label, URL, Hint string }

// Compose writes l in the printer's language. ID and Date are left to whoever
// puts the message into an outbox. It fails on an address that is none, or a
// button that leads nowhere on the web.
func Compose(p *i18n.Printer, l Letter) (Message, error) {
	if err := checkAddress(l.To); err != nil {
		return Message{}, err
	}
	if l.Button != nil {
		u, err := url.Parse(l.Button.URL)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return Message{}, fmt.Errorf("button leads to %q, which is not an address on the web", l.Button.URL)
		}
	}
	drawn := draw(p, l)
	html, err := drawn.html()
	if err != nil {
		return Message{}, fmt.Errorf("draw the letter: %w", err)
	}
	return Message{
		To:      l.To,
		ToName:  strip(l.ToName), // no isolation in a header: not every reader knows it there
		Subject: drawn.Subject,
		Text:    drawn.text(),
		HTML:    html,
	}, nil
}

func draw(p *i18n.Printer, l Letter) page {
	d := page{
		Lang:     p.Lang(),
		Subject:  p.Say(tame(l.Subject, strip)),
		Greeting: p.T("mail.greeting_nobody"),
		Closing:  p.T("mail.closing"),
		Sender:   clean(l.Sender),
		Verbatim: l.Verbatim,
	}
	if name := clean(l.ToName); name != "" {
		d.Greeting = p.T("mail.greeting", "Name", name)
	}
	for _, t := range l.Paragraphs {
		d.Paragraphs = append(d.Paragraphs, p.Say(tame(t, clean)))
	}
	for _, f := range l.Facts {
		label, value := p.Say(tame(f.Label, clean)), p.Value(tameValue(f.Value, clean))
		d.Facts = append(d.Facts, line{label, value, p.T("mail.fact", "Label", label, "Value", value)})
	}
	if b := l.Button; b != nil {
		d.Button = &link{p.Say(tame(b.Label, clean)), b.URL, p.T("mail.button_hint")}
	}
	return d
}

// drawing is the form, ready to be filled in: to read it takes longer than to write a letter.
//
//nolint:gochecknoglobals // a constant
var drawing = sync.OnceValues(func() (*template.Template, error) { return template.New("letter").Parse(form) })

func (d page) html() (string, error) {
	t, err := drawing()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = t.Execute(&b, d)
	return b.String(), err
}

func (d page) text() string {
	parts := append([]string{d.Greeting}, d.Paragraphs...)
	if len(d.Facts) > 0 {
		lines := make([]string, len(d.Facts))
		for i, f := range d.Facts {
			lines[i] = f.Both
		}
		parts = append(parts, strings.Join(lines, "\n"))
	}
	if d.Verbatim != "" {
		parts = append(parts, strings.Trim(d.Verbatim, "\n"))
	}
	if d.Button != nil {
		parts = append(parts, d.Button.Label+":\n"+d.Button.URL)
	}
	parts = append(parts, strings.TrimSpace(d.Closing+"\n"+d.Sender))
	return strings.Join(parts, "\n\n") + "\n"
}
