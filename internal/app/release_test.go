package app_test

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/apptest"
	"github.com/connectplaza/plaza/internal/store"
)

const build = "ConnectAgent 5.0.1\n" // the content of agent API 7.6, V6

func TestReleaseIsPublished(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		in := plaza.NewRelease{
			Version: "5.0.1", Description: "Repairs", Tag: "lts", Requires: "4.2.0", Modules: []plaza.Module{plaza.ModuleDeploy, plaza.ModuleMonitor},
			Backdated: w.Clock.Now().Add(-day),
		}
		r := w.Draft(t, in, map[string]string{"linux/amd64": build, "windows/amd64": build})
		got, artifacts, err := w.Release(ctx, w.Vendor, "5.0.1")
		must(t, err)
		whole := plaza.Release{
			ID: r.ID, Name: "ConnectAgent 5.0.1", Description: "Repairs", Version: "5.0.1", Channel: plaza.Stable, Status: plaza.ReleaseDraft, Tag: "lts",
			Requires: "4.2.0", Modules: in.Modules, Backdated: in.Backdated, Created: w.Clock.Now(), Updated: w.Clock.Now(),
		}
		if diff := cmp.Diff(whole, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		sum, signature := w.Sign(t, build)
		if len(artifacts) != 2 || artifacts[1].Filename != "connectagent_windows_amd64.exe" {
			t.Fatalf("got %+v", artifacts)
		}
		one := plaza.Artifact{
			ID: artifacts[0].ID, Release: r.ID, Filename: "connectagent_linux_amd64", Size: 19, Platform: "linux", Arch: "amd64",
			Status: plaza.ArtifactUploaded, Checksum: sum, Signature: signature, Created: w.Clock.Now(), Updated: w.Clock.Now(),
		}
		if diff := cmp.Diff(one, artifacts[0]); diff != "" || !strings.HasPrefix(sum, "A+tgj+wD") {
			t.Errorf("-want +got:\n%s", diff)
		}
		for _, other := range []plaza.Actor{w.Reseller, w.Partner, w.StrangerPartner} {
			if all, err := w.Releases(ctx, other); err != nil || len(all) != 0 {
				t.Errorf("%s sees drafts: %v, %v", other.Name, all, err)
			}
			seen, builds, err := w.Release(ctx, other, r.ID)
			want(t, "a draft", err, plaza.NotFound)
			if seen.ID != "" || builds != nil {
				t.Errorf("%s is told of a draft", other.Name)
			}
		}
		w.Clock.Advance(time.Minute)
		must(t, w.PublishRelease(ctx, w.Vendor, r.ID))
		if all := must1[[]plaza.Release](t)(w.Releases(ctx, w.Partner)); len(all) != 1 || all[0].Status != plaza.ReleasePublished || !all[0].Updated.Equal(w.Clock.Now()) {
			t.Errorf("a partner sees %+v", all)
		}
		must(t, w.YankRelease(ctx, w.Vendor, r.ID, "  it eats the disk "))
		got, _, err = w.Release(ctx, w.Vendor, r.ID)
		must(t, err)
		if got.Status != plaza.ReleaseYanked || got.YankReason != "it eats the disk" || !got.Yanked.Equal(w.Clock.Now()) {
			t.Errorf("got %+v", got)
		}
		if all := must1[[]plaza.Release](t)(w.Releases(ctx, w.Partner)); len(all) != 0 {
			t.Errorf("a partner sees what was taken back: %v", all)
		}
	})
}

// TestReleaseTakesItsSteps: nothing is done to a release that has not come so far, or
// has gone further.
func TestReleaseTakesItsSteps(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		upload := func(id string) error {
			_, signature := w.Sign(t, build)
			in := plaza.NewArtifact{Platform: "linux", Arch: "amd64", Signature: signature}
			return errOf(w.UploadArtifact(ctx, w.Vendor, id, in, strings.NewReader(build)))
		}
		r := w.Draft(t, plaza.NewRelease{Version: "5.0.1"}, nil)
		want(t, "publish without a build", w.PublishRelease(ctx, w.Vendor, r.ID), plaza.Conflict)
		want(t, "take back a draft", w.YankRelease(ctx, w.Vendor, r.ID, reason), plaza.Conflict)
		must(t, upload(r.ID))
		want(t, "upload twice", upload(r.ID), plaza.Conflict)
		must(t, w.PublishRelease(ctx, w.Vendor, r.ID))
		want(t, "publish twice", w.PublishRelease(ctx, w.Vendor, r.ID), plaza.Conflict)
		want(t, "upload to what is published", upload(r.ID), plaza.Conflict)
		want(t, "take back without a reason", w.YankRelease(ctx, w.Vendor, r.ID, "no"), plaza.Invalid)
		must(t, w.YankRelease(ctx, w.Vendor, r.ID, reason))
		want(t, "take back twice", w.YankRelease(ctx, w.Vendor, r.ID, reason), plaza.Conflict)
		want(t, "publish what was taken back", w.PublishRelease(ctx, w.Vendor, r.ID), plaza.Conflict)
		for name, err := range map[string]error{
			"publish": w.PublishRelease(ctx, w.Vendor, none), "take back": w.YankRelease(ctx, w.Vendor, none, reason), "upload": upload(none),
		} {
			want(t, name+" what is not there", err, plaza.NotFound)
		}
		_, err := w.CreateRelease(ctx, w.Vendor, plaza.NewRelease{Version: "5.0.1", Channel: plaza.Stable})
		want(t, "the same version", err, plaza.Invalid)
		if plaza.AsError(err).Fields["version"].IsZero() {
			t.Errorf("the version is not named: %v", err)
		}
	})
}

const none = "01900000-0000-7000-8000-000000000000"

// TestOnlyTheVendorReleases: others neither make nor change versions, and each
// attempt is on record.
func TestOnlyTheVendorReleases(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, r := t.Context(), w.Draft(t, plaza.NewRelease{Version: "5.0.1"}, nil)
		manager := w.Invite(t, w.Vendor, w.Vendor.Profile, "Vendor manager", plaza.Manager)
		for _, a := range []plaza.Actor{w.Reseller, w.Partner, w.Stranger, manager, plaza.Janitor} {
			for name, err := range map[string]error{
				"create":  errOf(w.CreateRelease(ctx, a, plaza.NewRelease{Version: "6.0.0"})),
				"upload":  errOf(w.UploadArtifact(ctx, a, r.ID, plaza.NewArtifact{}, iotest.ErrReader(errors.New("it is read")))),
				"publish": w.PublishRelease(ctx, a, r.ID),
				"yank":    w.YankRelease(ctx, a, r.ID, reason),
				"trust":   w.SetPublisherKey(ctx, a, ""),
			} {
				want(t, name+" by "+a.Name, err, plaza.Forbidden)
			}
		}
		if n := w.Events(t, plaza.ReleaseUpload, plaza.Refused); n != 4 {
			t.Errorf("%d refusals are on record, want 4 of persons", n)
		}
		if all := must1[[]plaza.Release](t)(w.Releases(ctx, manager)); len(all) != 0 {
			t.Errorf("who cannot publish sees drafts: %v", all)
		}
	})
}

// TestUploadLeavesAllOrNothing: a file that is not the one that was signed, or did
// not come to its end, leaves nothing.
func TestUploadLeavesAllOrNothing(t *testing.T) {
	t.Parallel()
	bareWorlds(t, func(t *testing.T, w bare) {
		const most = 8 << 20
		small := app.New(w.DB, app.Config{Now: w.Clock.Now, Texts: w.Texts, Box: w.Box, PublicURL: "http://plaza.test", Artifact: most})
		ctx, r := t.Context(), w.Draft(t, plaza.NewRelease{Version: "5.0.1"}, nil)
		long := strings.Repeat("0123456789abcdef", 1<<16+1) // a part and a little more
		sum, signature := w.Sign(t, long)
		otherSum, otherSignature := w.Sign(t, build)
		lost := errors.New("the line is cut")
		for name, tt := range map[string]struct {
			in      plaza.NewArtifact
			content io.Reader
			field   string
		}{
			"another's signature": {plaza.NewArtifact{Signature: otherSignature}, strings.NewReader(long), "signature"},
			"another checksum":    {plaza.NewArtifact{Signature: signature, Checksum: otherSum}, strings.NewReader(long), "checksum"},
			"half a file":         {plaza.NewArtifact{Signature: signature}, strings.NewReader(long[1:]), "signature"},
			"no file":             {plaza.NewArtifact{Signature: signature}, strings.NewReader(""), "file"},
			"no signature":        {plaza.NewArtifact{}, strings.NewReader(long), "signature"},
			"too large":           {plaza.NewArtifact{Signature: signature}, io.MultiReader(strings.NewReader(long), &endless{most: most}), "file"},
			"a line that is cut":  {plaza.NewArtifact{Signature: signature}, io.MultiReader(strings.NewReader(long), iotest.ErrReader(lost)), ""},
		} {
			tt.in.Platform, tt.in.Arch = "linux", "amd64"
			_, err := small.UploadArtifact(ctx, w.Vendor, r.ID, tt.in, tt.content)
			if tt.field == "" {
				if !errors.Is(err, lost) {
					t.Errorf("%s: got %v", name, err)
				}
				continue
			}
			want(t, name, err, plaza.Invalid)
			if plaza.AsError(err).Fields[tt.field].IsZero() {
				t.Errorf("%s: got %v, want a problem of %s", name, err, tt.field)
			}
			if left := append(w.rows(t, "artifacts"), w.rows(t, "artifact_parts")...); len(left) != 0 {
				t.Fatalf("%s leaves %d rows", name, len(left))
			}
		}
		if n := w.Events(t, plaza.ReleaseUpload, plaza.Done); n != 0 {
			t.Errorf("%d uploads are on record", n)
		}
		one, err := w.UploadArtifact(ctx, w.Vendor, r.ID, plaza.NewArtifact{Platform: "linux", Arch: "amd64", Signature: signature, Checksum: sum}, iotest.HalfReader(strings.NewReader(long)))
		must(t, err)
		if parts := w.rows(t, "artifact_parts"); len(parts) != 2 || one.Size != int64(len(long)) {
			t.Errorf("%d parts of %d bytes", len(parts), one.Size)
		}
	})
}

// endless is a file that never ends: it counts on somebody to stop.
type endless struct{ most, read int64 }

func (e *endless) Read(p []byte) (int, error) {
	if e.read += int64(len(p)); e.read > e.most+1<<21 {
		return 0, errors.New("too much is read")
	}
	return len(p), nil
}

// TestLaterUploadTakesThePlace: what somebody began and did not end bars nobody, and
// what was not there when a version was published never will be.
func TestLaterUploadTakesThePlace(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx, r := t.Context(), w.Draft(t, plaza.NewRelease{Version: "5.0.1"}, nil)
		_, signature := w.Sign(t, build)
		in := plaza.NewArtifact{Platform: "linux", Arch: "amd64", Signature: signature}
		slow := func(meanwhile func()) error {
			hook := readFunc(func([]byte) (int, error) { meanwhile(); return 0, io.EOF })
			return errOf(w.UploadArtifact(ctx, w.Vendor, r.ID, in, io.MultiReader(hook, strings.NewReader(build))))
		}
		want(t, "the earlier one", slow(func() {
			must(t, errOf(w.UploadArtifact(ctx, w.Vendor, r.ID, in, strings.NewReader(build))))
		}), plaza.NotFound)
		in.Arch = "arm64"
		want(t, "one that comes too late", slow(func() { must(t, w.PublishRelease(ctx, w.Vendor, r.ID)) }), plaza.NotFound)
		if _, all, err := w.Release(ctx, w.Vendor, r.ID); err != nil || len(all) != 1 || all[0].Arch != "amd64" {
			t.Errorf("got %+v, %v", all, err)
		}
	})
}

type readFunc func([]byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }

// TestPublisherKey: it must be one, and not one that signs licenses; who has another
// publishes nothing.
func TestPublisherKey(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		r := must1[plaza.Release](t)(w.CreateRelease(ctx, w.Vendor, plaza.NewRelease{Version: "5.0.1", Channel: plaza.Stable}))
		_, signature := w.Sign(t, build)
		in := plaza.NewArtifact{Platform: "linux", Arch: "amd64", Signature: signature}
		want(t, "upload before there is a key", errOf(w.UploadArtifact(ctx, w.Vendor, r.ID, in, strings.NewReader(build))), plaza.Conflict)
		next := must1[plaza.SigningKey](t)(w.RotateSigningKey(ctx, w.Vendor, w.Clock.Now().Add(day)))
		for name, key := range map[string]string{
			"nothing": "", "half a key": strings.Repeat("a", 32), "no key": strings.Repeat("x", 64),
			"the account's": hex.EncodeToString(w.Fleet.PublicKey()), "the account's next": hex.EncodeToString(next.Public),
		} {
			want(t, name, w.SetPublisherKey(ctx, w.Vendor, key), plaza.Invalid)
		}
		w.Trust(t)
		must(t, errOf(w.UploadArtifact(ctx, w.Vendor, r.ID, in, strings.NewReader(build))))
		must(t, w.SetPublisherKey(ctx, plaza.Publisher, " "+strings.Repeat("AB", ed25519.PublicKeySize)+"\n"))
		if got := must1[plaza.Releasing](t)(w.Releasing(ctx, w.Partner)); got.Key != strings.Repeat("ab", ed25519.PublicKeySize) || got.Product != w.Fleet.Wire().Product {
			t.Errorf("got %+v", got)
		}
		want(t, "publish what another key signed", w.PublishRelease(ctx, w.Vendor, r.ID), plaza.Conflict)
		w.Trust(t)
		must(t, w.PublishRelease(ctx, plaza.Publisher, r.ID))
	})
}

// agentIn returns an agent of the partner, come in with its key.
func agentIn(t *testing.T, w *apptest.World) (plaza.ConnectAgent, *app.Bearer) {
	t.Helper()
	a := agent(t, w)
	key := must1[string](t)(w.RevealLicenseKey(t.Context(), w.Partner, a.License.ID))
	b := must1[*app.Bearer](t)(w.Fleet.Identify(t.Context(), key, plaza.Origin{}))
	return a, b
}

// TestAgentFindsWhatItMayUse: and of all else it learns nothing.
func TestAgentFindsWhatItMayUse(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		old, yanked := w.Publish(t, "5.0.0"), w.Publish(t, "5.0.1")
		must(t, w.YankRelease(ctx, w.Vendor, yanked.ID, reason))
		draft := w.Draft(t, plaza.NewRelease{Version: "5.2.0"}, map[string]string{"linux/amd64": "5.2.0"})
		w.Clock.Advance(time.Minute)
		a, b := agentIn(t, w)
		for _, name := range []string{old.ID, "5.0.0"} {
			if r, err := w.Fleet.Release(ctx, b, name); err != nil || r.ID != old.ID {
				t.Errorf("%s: got %+v, %v", name, r, err)
			}
		}
		for _, name := range []string{yanked.ID, "5.0.1", draft.ID, "5.2.0", "9.9.9", none, "", "<not set>", "\x00"} {
			want(t, "release "+name, errOf(w.Fleet.Release(ctx, b, name)), plaza.NotFound)
			want(t, "builds of "+name, errOf(w.Fleet.Artifacts(ctx, b, name, plaza.ArtifactFilter{})), plaza.NotFound)
			_, address, err := w.Fleet.Artifact(ctx, b, name, "connectagent_linux_amd64")
			want(t, "a build of "+name, err, plaza.NotFound)
			if address != "" {
				t.Errorf("it is at %s", address)
			}
		}
		_, _, _, err := w.Fleet.Upgrade(ctx, b, plaza.UpgradeQuery{Current: "5.0.0"})
		want(t, "an upgrade", err, plaza.NotFound)
		w.Clock.Advance(time.Minute)
		w.Publish(t, "5.1.0")
		r, from, to, err := w.Fleet.Upgrade(ctx, b, plaza.UpgradeQuery{Current: old.ID, Product: w.Fleet.Wire().Product})
		if err != nil || r.Version != "5.1.0" || from != "5.0.0" || to != "5.1.0" {
			t.Errorf("got %+v from %s to %s, %v", r, from, to, err)
		}
		_, _, _, err = w.Fleet.Upgrade(ctx, b, plaza.UpgradeQuery{Current: "5.0.0", Constraint: "~5"})
		if refusal, ok := errors.AsType[*plaza.Refusal](err); !ok || refusal.Code != "CONSTRAINT_INVALID" {
			t.Errorf("got %v", err)
		}
		for platform, n := range map[string]int{"": 1, "linux": 1, "windows": 0} {
			if all := must1[[]plaza.Artifact](t)(w.Fleet.Artifacts(ctx, b, "5.1.0", plaza.ArtifactFilter{Platform: platform})); len(all) != n {
				t.Errorf("%q: %d builds, want %d", platform, len(all), n)
			}
		}
		want(t, "another file", errOf(w.Fleet.Artifacts(ctx, b, "x", plaza.ArtifactFilter{})), plaza.NotFound)
		upgradeOnPage(t, w, a)
	})
}

// upgradeOnPage: people see what their agent is offered, and nobody else's.
func upgradeOnPage(t *testing.T, w *apptest.World, a plaza.ConnectAgent) {
	t.Helper()
	ctx := t.Context()
	if got := must1[plaza.ConnectAgent](t)(w.Agent(ctx, w.Partner, a.ID)); got.Next != nil {
		t.Errorf("an agent that never said its version is offered %s", got.Next.Version)
	}
	must(t, w.RecordHeartbeats(ctx, plaza.Simulator, []plaza.Heartbeat{{Agent: a.ID, At: w.Clock.Now(), Health: plaza.HealthOK, Build: "5.0.0"}}))
	if got := must1[plaza.ConnectAgent](t)(w.Agent(ctx, w.Partner, a.ID)); got.Next == nil || got.Next.Version != "5.1.0" {
		t.Errorf("got %+v", got.Next)
	}
	for platform, offered := range map[string]bool{"linux/amd64": true, "darwin/amd64": false} { // of which there is no build
		w.Clock.Advance(time.Second)
		must(t, w.RecordHeartbeats(ctx, plaza.Simulator, []plaza.Heartbeat{{Agent: a.ID, At: w.Clock.Now(), Health: plaza.HealthOK, Build: "5.0.0", Platform: platform}}))
		if got := must1[plaza.ConnectAgent](t)(w.Agent(ctx, w.Partner, a.ID)); (got.Next != nil) != offered {
			t.Errorf("on %s it is offered %+v", platform, got.Next)
		}
	}
	want(t, "a stranger", errOf(w.Agent(ctx, w.StrangerPartner, a.ID)), plaza.NotFound)
}

// TestCheckOfABuild: an agent says what it runs, by version or checksum, and people
// see it.
func TestCheckOfABuild(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		w.Publish(t, "5.0.0")
		yanked := w.Publish(t, "5.0.1")
		_, b := agentIn(t, w)
		must(t, errOf(w.Fleet.Activate(ctx, b, plaza.NewActivation{Fingerprint: "fp"})))
		again := func() *app.Bearer { return must1[*app.Bearer](t)(w.Fleet.Identify(ctx, b.Key, plaza.Origin{})) }
		sum := func(version string) string { c, _ := w.Sign(t, "ConnectAgent "+version+"\n"); return c }
		check := func(version, checksum string, code plaza.CheckCode, build string) {
			t.Helper()
			scope := plaza.CheckScope{Fingerprint: plaza.Give("fp")}
			if version != "" {
				scope.Version = plaza.Give(version)
			}
			if checksum != "" {
				scope.Checksum = plaza.Give(checksum)
			}
			one := again()
			v, _, err := w.Fleet.Check(ctx, one, scope, false)
			if err != nil || v.Code != code || one.Build != build || again().Build != build {
				t.Errorf("%s %s: got %+v, %v, and it is %q and then %q", version, checksum, v, err, one.Build, again().Build)
			}
		}
		check("9.9.9", "", "VERSION_SCOPE_MISMATCH", "")
		check("5.0.0", "", plaza.CheckValid, "5.0.0")
		check("", sum("5.0.1"), plaza.CheckValid, "5.0.1")
		check("5.0.0", sum("5.0.1"), plaza.CheckValid, "5.0.0")
		must(t, w.YankRelease(ctx, w.Vendor, yanked.ID, reason))
		check("5.0.1", "", "VERSION_SCOPE_MISMATCH", "5.0.0")
		check("", sum("5.0.1"), "CHECKSUM_SCOPE_MISMATCH", "5.0.0")
		check(yanked.ID, "", "VERSION_SCOPE_MISMATCH", "5.0.0")
		check("", "", plaza.CheckValid, "5.0.0")
		changes := func() (n int) {
			must(t, w.DB.Read(ctx, func(tx *store.Tx) error {
				all, err := tx.FleetChanges(ctx, time.Unix(0, 0))
				n = len(all)
				return err
			}))
			return n
		}
		before := changes()
		check("5.0.0", "", plaza.CheckValid, "5.0.0")
		if after := changes(); after != before {
			t.Errorf("what did not change is told %d times", after-before)
		}
	})
}

// TestDownload: the address that an agent gets opens the file, to whoever has it, for
// a quarter of an hour.
func TestDownload(t *testing.T) {
	t.Parallel()
	worlds(t, func(t *testing.T, w *apptest.World) {
		ctx := t.Context()
		content := strings.Repeat("0123456789abcdef", 1<<17+3)
		r := w.Draft(t, plaza.NewRelease{Version: "5.0.1"}, map[string]string{"linux/amd64": content})
		must(t, w.PublishRelease(ctx, w.Vendor, r.ID))
		_, b := agentIn(t, w)
		one, address, err := w.Fleet.Artifact(ctx, b, "5.0.1", "connectagent_linux_amd64")
		must(t, err)
		_, byID, err := w.Fleet.Artifact(ctx, b, r.ID, one.ID)
		must(t, err)
		parts := strings.Split(address, "/")
		if byID != address || len(parts) != 8 || strings.Join(parts[:5], "/") != "http://plaza.test/artifacts/"+one.ID || parts[7] != one.Filename {
			t.Fatalf("it is at %s and at %s", address, byID)
		}
		_, file, err := w.Gate.Download(ctx, parts[4], parts[5], parts[6])
		must(t, err)
		must(t, iotest.TestReader(&limited{file, 1 << 16}, []byte(content)))
		for name, p := range map[string][3]string{
			"another file":  {none, parts[5], parts[6]},
			"a later end":   {parts[4], "9" + parts[5], parts[6]},
			"another proof": {parts[4], parts[5], strings.Repeat("A", 43)},
			"no proof":      {parts[4], parts[5], ""},
			"no end":        {parts[4], "never", parts[6]},
		} {
			_, file, err := w.Gate.Download(ctx, p[0], p[1], p[2])
			want(t, name, err, plaza.NotFound)
			if file != nil {
				t.Errorf("%s opens a file", name)
			}
		}
		open := func() error { _, _, err := w.Gate.Download(ctx, parts[4], parts[5], parts[6]); return err }
		w.Clock.Advance(15*time.Minute - time.Second)
		must(t, open())
		must(t, w.YankRelease(ctx, w.Vendor, r.ID, reason))
		want(t, "what was taken back", open(), plaza.NotFound)
		w.Clock.Advance(time.Second)
		want(t, "too late", open(), plaza.NotFound)
	})
}

// limited reads a little at a time, and hides what else a file can do.
type limited struct {
	io.ReadSeeker

	most int
}

func (l *limited) Read(p []byte) (int, error) { return l.ReadSeeker.Read(p[:min(len(p), l.most)]) }
