package apptest

import (
	"crypto/ed25519"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/licensekey"
)

// PublisherKey is the key that builds are signed with in a World, once [World.Trust]
// was called.
func PublisherKey() ed25519.PrivateKey {
	seed, _ := hex.DecodeString("202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f")
	return ed25519.NewKeyFromSeed(seed)
}

// Trust says that builds are signed with [PublisherKey].
func (w *World) Trust(t testing.TB) {
	t.Helper()
	must(t, w.SetPublisherKey(t.Context(), w.Vendor, hex.EncodeToString(PublisherKey()[ed25519.SeedSize:])))
}

// Sign returns the checksum of a file and the publisher's signature.
func (w *World) Sign(t testing.TB, file string) (checksum, signature string) {
	t.Helper()
	checksum, digest, _, err := licensekey.Checksum(strings.NewReader(file))
	must(t, err)
	signature, err = licensekey.SignArtifact(PublisherKey(), w.Fleet.Wire().Product, digest)
	must(t, err)
	return checksum, signature
}

// Draft makes a draft of a version, in the channel that it says, with a build of
// each file by its platform, as linux/amd64.
func (w *World) Draft(t testing.TB, in plaza.NewRelease, files map[string]string) plaza.Release {
	t.Helper()
	w.Trust(t)
	if v, _ := plaza.ParseVersion(in.Version); in.Channel == "" {
		in.Channel = v.Channel()
	}
	r, err := w.CreateRelease(t.Context(), w.Vendor, in)
	must(t, err)
	for target, file := range files {
		platform, arch, _ := strings.Cut(target, "/")
		_, signature := w.Sign(t, file)
		_, err := w.UploadArtifact(t.Context(), w.Vendor, r.ID, plaza.NewArtifact{Platform: platform, Arch: arch, Signature: signature}, strings.NewReader(file))
		must(t, err)
	}
	return r
}

// Publish publishes a version with a build for linux/amd64 that holds its name.
func (w *World) Publish(t testing.TB, version string) plaza.Release {
	t.Helper()
	r := w.Draft(t, plaza.NewRelease{Version: version}, map[string]string{"linux/amd64": "ConnectAgent " + version + "\n"})
	must(t, w.PublishRelease(t.Context(), w.Vendor, r.ID))
	r, _, err := w.Release(t.Context(), w.Vendor, r.ID)
	must(t, err)
	return r
}
