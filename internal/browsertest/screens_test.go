package browsertest

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestScreens takes the pictures of the documentation, light and 1440 wide, on
// the demo world. It writes them where PLAZA_SCREENS says (make screens);
// otherwise it only sees that they can be taken and that the documentation has
// each of them.
func TestScreens(t *testing.T) {
	t.Parallel()
	base := serve(t)
	p := Open(t, base, Size(1440, 900))
	one := func(name string) {
		t.Helper()
		shoot(p, name)
	}

	p.Go("/sign-in")
	one("sign-in")
	p.signIn(reseller)
	one("overview")
	for name, path := range map[string]string{
		"partners": "/partners", "licenses": "/licenses", "agents": "/agents", "logins": "/logins", "requests": "/requests",
	} {
		p.Go(path)
		one(name)
	}
	p.Go("/monitor")
	p.wait("news", `document.querySelector("#wall-age")?.innerText === "Live"`)
	one("monitor")
	p.Go("/agents?liveness=online&health=error")
	p.ClickFollow("tr[data-row] .row-link")
	one("agent")
	p.Go("/partners?q=Bakkerij+Jansen")
	p.ClickFollow("tr[data-row] .row-link")
	partner := p.Path()
	one("partner")
	p.Go("/licenses?state=expiring&kind=connectagent")
	p.ClickFollow("tr[data-row] .row-link")
	one("license")
	p.Go(partner + "/login-as")
	p.Click(`input[name="login"]:not(:disabled)`)
	p.Fill("#reason", "Ticket 4711: the till does not print")
	one("login-as")
	p.send()
	one("acting")

	v := Open(t, base, Size(1440, 900))
	v.signIn(vendor)
	v.Go("/releases")
	publisher := ed25519.NewKeyFromSeed([]byte(strings.Repeat("p", ed25519.SeedSize)))
	v.Fill("#key", hex.EncodeToString(publisher[ed25519.SeedSize:]))
	v.ClickFollow(to("/releases/key"))
	for version, channel := range map[string]string{"5.4.3": "Stable", "5.5.0-rc.1": "Release candidate"} {
		v.Go("/releases/new")
		v.Fill("#version", version)
		v.Choose("#channel", channel)
		v.send()
	}
	v.Go("/releases")
	shoot(v, "releases")
}

// keep writes a picture, or sees that the documentation has it.
func keep(t *testing.T, name string, picture []byte) {
	t.Helper()
	drawn, err := png.Decode(bytes.NewReader(picture))
	if err != nil || blank(drawn) {
		t.Errorf("%s: a picture of nothing (%v)", name, err)
	}
	folder := os.Getenv("PLAZA_SCREENS")
	if folder == "" {
		if _, err := os.Stat(filepath.Join("../../docs/screens", name+".png")); err != nil {
			t.Errorf("%v; make screens takes it", err)
		}
		return
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644); err != nil {
		t.Error(err)
	}
}

// blank reports whether a picture has one colour only.
func blank(m image.Image) bool {
	b := m.Bounds()
	first := m.At(b.Min.X, b.Min.Y)
	for y := b.Min.Y; y < b.Max.Y; y += 10 {
		for x := b.Min.X; x < b.Max.X; x += 10 {
			if m.At(x, y) != first {
				return false
			}
		}
	}
	return true
}
