package browsertest

import (
	"os"
	"testing"
)

func TestScratch(t *testing.T) {
	base := "http://localhost:18473"
	save := func(p *Page, name string) {
		if err := os.WriteFile("/tmp/mon/"+name+".png", p.Picture(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := Open(t, base, Size(1440, 900))
	p.signIn(reseller)
	p.Go("/monitor")
	p.wait("live", `document.querySelector("[data-age]").innerText === "Live"`)
	save(p, "light")
	p.eval(`document.querySelector("#notifications").scrollIntoView()`)
	save(p, "notifications")
	p.Go("/monitor?state=error,warning")
	save(p, "filtered")
	p.Go("/monitor?q=zzzzz")
	save(p, "nomatch")
	p.Go("/monitor?state=error,warning")
	p.ClickFollow(".agent > a")
	save(p, "agent")
	p.Go(p.Path() + "/alarm")
	save(p, "alarm")
	p.Go("/monitor")
	p.theme("dark")
	save(p, "dark")
	p.Resize(390, 844)
	p.Go("/monitor")
	save(p, "phone")
	p.eval(`document.querySelector("#notifications").scrollIntoView()`)
	save(p, "phone2")
}
