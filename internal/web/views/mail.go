package views

import (
	"strings"

	"github.com/connectplaza/plaza"
)

// mailDot returns the dot of a mail's state.
func mailDot(s plaza.MailState) string {
	switch s {
	case plaza.MailSent:
		return "dot-green"
	case plaza.MailDead:
		return "dot-red"
	case plaza.MailWaiting:
	}
	return "dot-amber"
}

// filters returns what the outbox can be filtered by.
func (p Mails) filters() []filter {
	state := filter{Name: "state", Label: p.Frame.T("mail_list.state"), Value: say(p.Frame, p.Filter.States)}
	for _, s := range plaza.MailStates() {
		state.Choices = append(state.Choices, choice{Value: string(s), Label: p.Frame.Say(s.Text())})
	}
	return []filter{state}
}

// addressee returns who a mail goes to.
func addressee(m plaza.Mail) string {
	if m.ToName == "" {
		return m.To
	}
	return m.ToName
}

// word is one word of a letter; Path is where it leads if it is an address of
// our own, else empty.
type word struct{ Text, Path string }

// letter takes the text of a mail apart into paragraphs, lines and words, to be
// drawn as text. Only an address below home becomes a link, and only to what
// follows home: whatever else somebody managed to get into a mail leads nowhere.
func letter(text, home string) (paragraphs [][][]word) {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	for block := range strings.SplitSeq(text, "\n\n") {
		var lines [][]word
		for line := range strings.SplitSeq(block, "\n") {
			if words := wordsOf(line, home); len(words) > 0 {
				lines = append(lines, words)
			}
		}
		if len(lines) > 0 {
			paragraphs = append(paragraphs, lines)
		}
	}
	return paragraphs
}

// wordsOf returns the links of a line, and the text between them as one word
// each.
func wordsOf(line, home string) (words []word) {
	var text []string
	flush := func() {
		if len(text) > 0 {
			words = append(words, word{Text: strings.Join(text, " ")})
			text = nil
		}
	}
	for token := range strings.FieldsSeq(line) {
		path, ours := strings.CutPrefix(token, home)
		if ours && home != "" && strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") && !strings.Contains(path, `\`) {
			flush()
			words = append(words, word{token, path})
		} else {
			text = append(text, token)
		}
	}
	flush()
	return words
}
