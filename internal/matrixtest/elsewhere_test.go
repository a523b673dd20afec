package matrixtest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
)

// elsewhere looks at every page that has no ID in its address, does all sorts of
// things in E, and looks again: who is neither E nor above it sees no difference,
// not even in a number (security design, I9).
func (r *run) elsewhere(t *testing.T) {
	t.Helper()
	r.w.e.cell(t, func() {
		before := r.pages(t)
		r.w.busy(t, "E")
		for name, page := range r.pages(t) {
			wrong := ""
			if page != before[name] {
				wrong = "it is another after things were done in E"
			}
			r.wrong(t, "elsewhere", name, wrong)
		}
	})
}

// pages returns what those who know nothing of E see.
func (r *run) pages(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, c := range r.all {
		path := c.way.path
		if c.who.closed || c.who.sees("E") || c.way.method != http.MethodGet || c.field != "" || gap.MatchString(path) {
			continue
		}
		if strings.HasPrefix(strings.TrimPrefix(path, "/api/v1"), "/audit") { // where it stands that they looked
			continue
		}
		all[c.String()] = everything(r.send(t, c, ""), "")
	}
	return all
}

// busy does all sorts of things in a profile.
func (w *world) busy(t *testing.T, letter string) {
	t.Helper()
	ctx, own, by := t.Context(), w.owners[letter], w.owners["R"]
	_, err := w.IssueLicense(ctx, by, plaza.NewLicense{Profile: own.Profile, Plan: w.Plans[plaza.Development].ID, Name: "Another"})
	must(t, err)
	agent, err := w.CreateAgent(ctx, by, plaza.NewAgent{Profile: own.Profile, Plan: w.Plans[plaza.ConnectAgentLicense].ID, Name: "Another"})
	must(t, err)
	w.Invite(t, by, own.Profile, "Another", plaza.Manager)
	_, err = w.MakeRequest(ctx, own, plaza.Wish{License: &plaza.NewLicense{Plan: w.Plans[plaza.Development].ID, Name: "Another"}}, "now")
	must(t, err)
	must(t, w.SuspendLicense(ctx, by, agent.License.ID, "for a while", agent.License.Version))
	_, err = w.LogInAs(ctx, by, plaza.NewActing{Login: own.Login, Reason: "to see how it is"})
	must(t, err)
}
