package app_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
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
