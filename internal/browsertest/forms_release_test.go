package browsertest

import (
	"crypto/ed25519"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/chromedp"

	"github.com/connectplaza/plaza/internal/licensekey"
)

// releases has the vendor, who is signed in, publish a version and take it back.
func (f *forms) releases() {
	path := filepath.Join(f.t.TempDir(), "connectagent")
	if err := os.WriteFile(path, []byte("ConnectAgent 5.0.1\n"), 0o600); err != nil {
		f.t.Fatal(err)
	}
	release := f.publish("linux/amd64", path)
	f.Go(release + "/yank")
	f.fill("reason", "It eats the disk")
	f.See("Yanked.")
}

// publish has the vendor, who is signed in, publish a first version with a build for
// one platform, and returns the address of the release.
func (f *forms) publish(platform, program string) (release string) {
	f.t.Helper()
	publisher := ed25519.NewKeyFromSeed([]byte(strings.Repeat("p", ed25519.SeedSize)))
	f.Go("/releases")
	f.Fill("#key", hex.EncodeToString(publisher[ed25519.SeedSize:]))
	f.submit(to("/releases/key"))
	f.See("Publisher key saved.")
	file, err := os.Open(program)
	if err != nil {
		f.t.Fatal(err)
	}
	defer file.Close()
	_, digest, _, err := licensekey.Checksum(file)
	if err != nil {
		f.t.Fatal(err)
	}
	signature, err := licensekey.SignArtifact(publisher, f.Text(".facts code"), digest)
	if err != nil {
		f.t.Fatal(err)
	}

	f.Go("/releases/new")
	f.fill("version", "5.0.1")
	release = f.thing()
	f.Choose("#platform", platform)
	f.Fill("#signature", signature)
	f.do(chromedp.SetUploadFiles("#file", []string{program}))
	f.submit(to(release + "/artifacts"))
	f.See("Its signature is right.")
	f.submit(to(release + "/publish"))
	f.See("Published.")
	return release
}
