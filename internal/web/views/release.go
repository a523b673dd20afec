package views

import (
	"net/url"
	"slices"
	"strings"

	"github.com/connectplaza/plaza"
)

// NewReleaseForm returns the form for a release as it begins.
func NewReleaseForm() Form { return Form{Values: url.Values{"channel": {string(plaza.Stable)}}} }

func releaseDot(s plaza.ReleaseStatus) string {
	switch s {
	case plaza.ReleasePublished:
		return "dot-green"
	case plaza.ReleaseYanked:
		return "dot-red"
	case plaza.ReleaseDraft:
	}
	return "dot-grey"
}

// tells reports whether the viewer may know what was done with the release: that is
// the vendor's, and others would see an empty history.
func (p Release) tells() bool { return p.Frame.May(plaza.ReleasePublish) || len(p.History.Rows) > 0 }

func (f Frame) channels() (all []choice) {
	for _, c := range plaza.Channels() {
		all = append(all, choice{Value: string(c), Label: f.Say(c.Text())})
	}
	return all
}

// targets returns what builds are made for, each with the name of its file.
func targets() (all []choice) {
	for _, target := range plaza.AgentPlatforms() {
		all = append(all, choice{Value: string(target), Label: string(target)})
	}
	return all
}

func hasModule(form Form, m plaza.Module) bool {
	return slices.Contains(form.Values["modules"], string(m))
}

func moduleNames(all []plaza.Module) string {
	words := make([]string, len(all))
	for i, m := range all {
		words[i] = string(m)
	}
	return strings.Join(words, ", ")
}

// keyForm returns the form for the publisher's key, with the present one in it
// unless another was typed.
func (p Releases) keyForm() Form {
	form := p.Form
	if form.Values == nil {
		form.Values = url.Values{"key": {p.Releasing.Key}}
	}
	return form
}

// drafting reports whether something can still be added to p's release.
func (p Release) drafting() bool { return p.Release.Status == plaza.ReleaseDraft }

// kilobytes returns a size as people read it.
func (f Frame) kilobytes(bytes int64) string {
	const kilobyte = 1024
	return f.T("release.kilobytes", "Count", int((bytes+kilobyte-1)/kilobyte))
}
