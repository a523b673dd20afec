package app_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"testing"

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
			"publicKey": plaza.SigningKey{Public: w.Fleet.PublicKey()}.String(), "heartbeatInterval": 60.0, "checkInterval": 60.0, "graceDays": 7.0,
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
