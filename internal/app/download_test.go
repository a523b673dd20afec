package app_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/apptest"
)

func TestDownloadHoldsWhatTheAgentNeeds(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, a := t.Context(), agent(t, w)
		f := must1[plaza.File](t)(w.DownloadAgent(ctx, w.Partner, a.ID, "linux/amd64"))
		equal(t, "its name", f.Name, "connectagent-a-linux-amd64.zip")
		recorded := func(object string) []any {
			line := must1[plaza.List[plaza.AuditLine]](t)(w.History(ctx, w.Partner, object, plaza.Page{})).Rows[0]
			return []any{line.Verb, line.ObjectKind, line.ObjectName, line.Changes}
		}
		equal(t, "its history", recorded(a.ID), []any{plaza.AgentDownload, "agent", "A", []plaza.Change{{Field: "platform", New: "linux/amd64"}}})
		equal(t, "of its license", recorded(a.License.ID), []any{plaza.LicenseReveal, "license", "A", []plaza.Change(nil)})
		z := must1[*zip.Reader](t)(zip.NewReader(bytes.NewReader(f.Data), int64(len(f.Data))))
		r, err := z.Open("connectagent.json")
		must(t, err)
		var got map[string]any
		must(t, json.NewDecoder(r).Decode(&got))
		wire := w.Fleet.Wire()
		key := keyOf(t, w, a)
		equal(t, "what it is told", got, map[string]any{
			"server": "http://plaza.test", "account": wire.Account, "product": wire.Product, "licenseKey": key, "name": "A",
			"publicKeys": []any{plaza.SigningKey{Public: w.Fleet.PublicKey()}.String()}, "heartbeatInterval": 60.0, "checkInterval": 60.0, "graceDays": 7.0,
		})
		for platform, files := range map[plaza.AgentPlatform][]string{
			"linux/arm64": {"connectagent.json", "README.txt", "connectagent.service"}, "windows/amd64": {"connectagent.json", "README.txt", "WINDOWS.txt"},
			"darwin/arm64": {"connectagent.json", "README.txt"},
		} {
			f := must1[plaza.File](t)(w.DownloadAgent(ctx, w.Partner, a.ID, platform))
			var names []string
			for _, one := range must1[*zip.Reader](t)(zip.NewReader(bytes.NewReader(f.Data), int64(len(f.Data)))).File {
				names = append(names, one.Name)
			}
			equal(t, "what is in it for "+string(platform), names, files)
		}
		wantField(t, "no such platform", errOf(w.DownloadAgent(ctx, w.Partner, a.ID, "../linux")), "platform", "problem.platform")
		for name, stranger := range strangers(w) {
			want(t, name, errOf(w.DownloadAgent(ctx, stranger, a.ID, "linux/amd64")), plaza.NotFound)
		}
		helper := w.Invite(t, w.Reseller, w.Partner.Profile, "Helper", plaza.Support)
		want(t, "support", errOf(w.DownloadAgent(ctx, helper, a.ID, "linux/amd64")), plaza.Forbidden)
		must(t, w.EndLicense(ctx, w.Reseller, a.License.ID, reason, 1))
		wantKey(t, "ended", errOf(w.DownloadAgent(ctx, w.Partner, a.ID, "linux/amd64")), plaza.Conflict, "license.ended_already")
	})
}

// TestDownloadKnowsTheSigningKeys: while another key waits, the configuration has it,
// too; afterwards the one before is there for the license keys that it has signed.
func TestDownloadKnowsTheSigningKeys(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, a := t.Context(), agent(t, w)
		first := plaza.SigningKey{Public: w.Fleet.PublicKey()}.String()
		rotate := func(in time.Duration) string {
			return must1[plaza.SigningKey](t)(w.RotateSigningKey(ctx, w.Vendor, w.Clock.Now().Add(in))).String()
		}
		told := func(what string, want ...[]string) {
			t.Helper()
			f := must1[plaza.File](t)(w.DownloadAgent(ctx, w.Partner, a.ID, "linux/amd64"))
			z := must1[*zip.Reader](t)(zip.NewReader(bytes.NewReader(f.Data), int64(len(f.Data))))
			r, err := z.Open("connectagent.json")
			must(t, err)
			var got struct {
				Signing []string `json:"publicKeys"`
				Former  []string `json:"formerKeys"`
			}
			must(t, json.NewDecoder(r).Decode(&got))
			equal(t, what, [][]string{got.Signing, got.Former}, want)
		}
		second := rotate(time.Minute)
		told("one waits", []string{first, second}, nil)
		w.Clock.Advance(time.Minute)
		told("its time has come", []string{second}, []string{first})
		third := rotate(time.Minute)
		told("another waits", []string{second, third}, []string{first})
		w.Clock.Advance(time.Minute)
		told("and has come", []string{third}, []string{second, first})
	})
}

// program returns the program in what somebody downloads; empty if there is none.
func program(t *testing.T, w *apptest.World, agent string) string {
	t.Helper()
	f := must1[plaza.File](t)(w.DownloadAgent(t.Context(), w.Partner, agent, "linux/amd64"))
	z := must1[*zip.Reader](t)(zip.NewReader(bytes.NewReader(f.Data), int64(len(f.Data))))
	r, err := z.Open("connectagent")
	if err != nil {
		return ""
	}
	return string(must1[[]byte](t)(io.ReadAll(r)))
}

// TestDownloadedProgramIsOneThatTheLicenseMayHave, the newest of them.
func TestDownloadedProgramIsOneThatTheLicenseMayHave(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, all := t.Context(), sell(t, w, 1, nil)
		few := sell(t, w, 1, func(t *plaza.Terms) { t.Modules = []plaza.Module{plaza.ModuleDeploy} })
		gets := func(what string, s seat, version string) {
			t.Helper()
			if version != "" {
				version = "ConnectAgent " + version + "\n"
			}
			if got := program(t, w, s.ID); got != version {
				t.Errorf("%s: got %q, want %q", what, got, version)
			}
		}
		publish := func(in plaza.NewRelease) plaza.Release {
			r := w.Draft(t, in, map[string]string{"linux/amd64": "ConnectAgent " + in.Version + "\n"})
			must(t, w.PublishRelease(ctx, w.Vendor, r.ID))
			return r
		}
		gets("none", all, "")
		w.Publish(t, "5.10.0")
		newest := w.Publish(t, "5.11.0")
		w.Publish(t, "5.9.0")
		w.Publish(t, "6.0.0-rc.1")
		w.Draft(t, plaza.NewRelease{Version: "7.0.0"}, map[string]string{"linux/amd64": "7"})
		w.Draft(t, plaza.NewRelease{Version: "5.13.0"}, map[string]string{"windows/amd64": "for Windows"})
		gets("the newest", all, "5.11.0")
		must(t, w.YankRelease(ctx, w.Vendor, newest.ID, reason))
		gets("yanked", all, "5.10.0")

		publish(plaza.NewRelease{Version: "5.12.0", Modules: []plaza.Module{plaza.ModuleAnalyze}})
		gets("with the module", all, "5.12.0")
		gets("without the module", few, "5.10.0")

		publish(plaza.NewRelease{Version: "6.0.0", Requires: "5.12.0"})
		m := activate(t, w.Fleet, all, "fp")
		gets("where none ran", all, "6.0.0")
		ran := func(version string) {
			t.Helper()
			must1[plaza.Activation](t)(w.Fleet.Report(ctx, come(t, w.Fleet, all), m.ID, plaza.Report{Health: plaza.HealthOK, Build: version}))
		}
		ran("5.10.0")
		gets("where it has to stop on the way", all, "5.12.0")
		ran("5.12.0")
		gets("where it has stopped", all, "6.0.0")

		w.Clock.Advance(2 * 366 * day)
		w.Vendor, w.Partner = w.SignIn(t, "vendor@example.com"), w.SignIn(t, "partner@example.com")
		publish(plaza.NewRelease{Version: "6.1.0"})
		gets("after its end", all, "6.0.0")
	})
}

// TestNobodyWaitsForAProgramToBePacked: what went before stands already.
func TestNobodyWaitsForAProgramToBePacked(t *testing.T) {
	t.Parallel()
	bareWorlds(t, func(t *testing.T, w bare) {
		a := agent(t, w.World)
		w.Publish(t, "5.10.0")
		w.exec(t, "DELETE FROM artifact_parts")
		before := w.Events(t, plaza.LicenseReveal, plaza.Done)
		f, err := w.DownloadAgent(t.Context(), w.Partner, a.ID, "linux/amd64")
		if err == nil || f.Data != nil || w.Events(t, plaza.LicenseReveal, plaza.Done) != before+1 {
			t.Errorf("%v, and it is not on record", err)
		}
	})
}
