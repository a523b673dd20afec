package app_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/licensekey"
)

// document is what stands in a file, as far as these tests look.
type document struct {
	Data struct {
		ID, Type   string
		Attributes struct{ Key, Fingerprint, HeartbeatStatus string }
	}
	Included []struct{ ID, Type string }
	Meta     struct {
		Issued, Expiry string
		TTL            int
	}
}

// opened returns what stands in a file that a machine could read.
func opened(t *testing.T, w *apptest.World, kind licensekey.FileKind, f plaza.File, secret string) (d document) {
	t.Helper()
	plain, err := licensekey.OpenFile(w.Fleet.PublicKey(), kind, f.Data, secret)
	must(t, err)
	must(t, json.Unmarshal(plain, &d))
	return d
}

func (d document) types() string {
	all := []string{}
	for _, one := range d.Included {
		all = append(all, one.Type)
	}
	return strings.Join(all, " ")
}

func TestLicenseFile(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, a := t.Context(), agent(t, w)
		key := keyOf(t, w, a)
		f := must1[plaza.File](t)(w.CheckOutLicense(ctx, w.Partner, a.ID, plaza.NewFile{Encrypted: true, Days: 30, Entitlements: true}))
		d := opened(t, w, licensekey.LicenseFile, f, key)
		equal(t, "it is of", []string{d.Data.ID, d.Data.Type, d.Data.Attributes.Key}, []string{a.License.ID, "licenses", key})
		equal(t, "it includes", d.types(), strings.TrimSpace(strings.Repeat("entitlements ", len(plaza.Modules()))))
		equal(t, "its name", f.Name, "a-license.lic")
		if d.Meta.TTL != 30*86400 || d.Meta.Issued == "" {
			t.Errorf("%+v", d.Meta)
		}
		if _, err := licensekey.OpenFile(w.Fleet.PublicKey(), licensekey.LicenseFile, f.Data, "another key"); err == nil {
			t.Error("it can be read with another key")
		}
		f = must1[plaza.File](t)(w.CheckOutLicense(ctx, w.Partner, a.ID, plaza.NewFile{Days: 366}))
		if d := opened(t, w, licensekey.LicenseFile, f, ""); d.Included != nil || d.Meta.TTL != 366*86400 {
			t.Errorf("%+v", d)
		}
		if l := license(t, w, a.License.ID); !l.CheckedOut.Equal(w.Clock.Now()) {
			t.Errorf("made at %v", l.CheckedOut)
		}
		for _, days := range []int{0, -1, 367} {
			wantField(t, "out of range", errOf(w.CheckOutLicense(ctx, w.Partner, a.ID, plaza.NewFile{Days: days})), "days", "problem.range")
		}
		for name, stranger := range strangers(w) {
			want(t, name, errOf(w.CheckOutLicense(ctx, stranger, a.ID, plaza.NewFile{Days: 1})), plaza.NotFound)
		}
		must(t, w.SuspendLicense(ctx, w.Reseller, a.License.ID, reason, 1))
		wantKey(t, "suspended", errOf(w.CheckOutLicense(ctx, w.Partner, a.ID, plaza.NewFile{Days: 1})), plaza.Conflict, "file.not_valid")
	})
}

func TestOfflineActivation(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, a := t.Context(), agent(t, w)
		key := keyOf(t, w, a)
		in := plaza.NewOffline{Request: request(t, w, a, "till"), Days: 30}
		f := must1[plaza.File](t)(w.ActivateOffline(ctx, w.Reseller, a.ID, in)) // on behalf of its partner
		d := opened(t, w, licensekey.MachineFile, f, licensekey.Secret(key, "fingerprint of till"))
		equal(t, "its fingerprint", d.Data.Attributes.Fingerprint, "fingerprint of till")
		if !strings.HasPrefix(d.types(), "licenses entitlements") {
			t.Errorf("it includes %s", d.types())
		}
		all := must1[[]plaza.Activation](t)(w.Activations(ctx, w.Partner, a.ID))
		if len(all) != 1 || all[0].Host != "till" || all[0].Cores != 8 || all[0].Address != "" || !all[0].Beat.IsZero() || !all[0].Offline(w.Clock.Now()) {
			t.Fatalf("%+v", all)
		}
		equal(t, "events", []int{w.Events(t, plaza.AgentActivate, plaza.Done), w.Events(t, plaza.FileCheckOut, plaza.Done)}, []int{1, 1})

		w.Clock.Advance(20 * day)
		w.Partner, w.Vendor = w.SignIn(t, "partner@example.com"), w.SignIn(t, "vendor@example.com")
		must1[plaza.File](t)(w.ActivateOffline(ctx, w.Partner, a.ID, in)) // once more: a new file for the same machine
		again := must1[[]plaza.Activation](t)(w.Activations(ctx, w.Partner, a.ID))
		if len(again) != 1 || again[0].ID != all[0].ID || !again[0].FileUntil.Equal(w.Clock.Now().AddDate(0, 0, 30)) {
			t.Errorf("%+v", again)
		}
		equal(t, "activated once", w.Events(t, plaza.AgentActivate, plaza.Done), 1)

		in.Request = request(t, w, a, "second till")
		wantField(t, "no seat", errOf(w.ActivateOffline(ctx, w.Partner, a.ID, in)), "request", "file.refused.MACHINE_LIMIT_EXCEEDED")
		must1[string](t)(w.ReleaseActivation(ctx, w.Partner, all[0].ID))
		must1[plaza.File](t)(w.ActivateOffline(ctx, w.Partner, a.ID, in))

		w.Clock.Advance(347 * day) // by now it may only go on where it is
		w.Partner, w.Vendor = w.SignIn(t, "partner@example.com"), w.SignIn(t, "vendor@example.com")
		in.Request = request(t, w, a, "third till")
		wantField(t, "in its grace", errOf(w.ActivateOffline(ctx, w.Partner, a.ID, in)), "request", "file.refused.LICENSE_EXPIRED")
	})
}

// TestOfflineActivationKeepsToTheSeats has machines come both ways at the same time.
func TestOfflineActivationKeepsToTheSeats(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, a := t.Context(), agent(t, w)
		b := must1[*app.Bearer](t)(w.Fleet.Identify(ctx, keyOf(t, w, a), plaza.Origin{}))
		deeds := []func() error{}
		for _, host := range []string{"a", "b", "c", "d"} {
			in := plaza.NewOffline{Request: request(t, w, a, host), Days: 1}
			deeds = append(deeds,
				func() error { return errOf(w.ActivateOffline(ctx, w.Partner, a.ID, in)) },
				func() error {
					return errOf(w.Fleet.Activate(ctx, b, plaza.NewActivation{Fingerprint: "online " + host}))
				})
		}
		done := 0
		for _, err := range together(deeds...) {
			if err == nil {
				done++
			} else if plaza.KindOf(err) != plaza.Invalid {
				t.Error(err)
			}
		}
		equal(t, "seats taken", done, 1)
	})
}

func TestOfflineRequestIsReadStrictly(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, a, other := t.Context(), agent(t, w), agent(t, w)
		good := request(t, w, a, "till")
		for wrong, problem := range map[string]string{
			"":                        "file.request.missing",
			"key/abc":                 "file.request.unreadable",
			good + "{}":               "file.request.unreadable",
			"[" + good + "]":          "file.request.unreadable",
			request(t, w, other, "x"): "file.request.other_license",
			strings.Replace(good, `"version":1`, `"version":2`, 1):                                     "file.request.other_version",
			strings.Replace(good, `"type":"plaza-`, `"type":"other-`, 1):                               "file.request.unreadable",
			strings.Replace(good, `"version":1`, `"version":1,"more":1`, 1):                            "file.request.unreadable",
			strings.Replace(good, `"fingerprint of till"`, `""`, 1):                                    "file.request.incomplete",
			strings.Replace(good, `"fingerprint of till"`, `"a\u0000b"`, 1):                            "file.request.unreadable",
			strings.Replace(good, `"fingerprint of till"`, `"actions"`, 1):                             "file.refused.FINGERPRINT_NOT_ALLOWED",
			strings.Replace(good, `"fingerprint of till"`, `"`+strings.Repeat("f", 5000)+`"`, 1):       "file.refused.FINGERPRINT_TOO_LONG",
			strings.Replace(good, `"hostname":"till"`, `"hostname":"`+strings.Repeat("h", 300)+`"`, 1): "file.refused.HOSTNAME_TOO_LONG",
			strings.Replace(good, `"cores":8`, `"cores":-1`, 1):                                        "file.request.incomplete",
			good + strings.Repeat(" ", 70_000) + "x":                                                   "file.request.too_long",
		} {
			wantField(t, wrong[:min(len(wrong), 60)], errOf(w.ActivateOffline(ctx, w.Partner, a.ID, plaza.NewOffline{Request: wrong, Days: 30})), "request", problem)
		}
		wantField(t, "no days", errOf(w.ActivateOffline(ctx, w.Partner, a.ID, plaza.NewOffline{Request: good})), "days", "problem.range")
		for name, stranger := range strangers(w) {
			want(t, name, errOf(w.ActivateOffline(ctx, stranger, a.ID, plaza.NewOffline{Request: good, Days: 30})), plaza.NotFound)
		}
		if all := must1[[]plaza.Activation](t)(w.Activations(ctx, w.Partner, a.ID)); len(all) != 0 {
			t.Errorf("%d activations", len(all))
		}
		must1[plaza.File](t)(w.ActivateOffline(ctx, w.Partner, a.ID, plaza.NewOffline{Request: "\uFEFF " + good + "\r\n", Days: 30}))
	})
}
