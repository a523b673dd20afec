package browsertest

import (
	"strings"
	"testing"
)

// TestReferenceTriesTheAPI sends a request from the page of the API's reference by its own
// button: it is answered by the session, in the look that was chosen, and nothing is asked
// of another host. What the page may not do by its content security policy would stand
// among what the browser says.
func TestReferenceTriesTheAPI(t *testing.T) {
	t.Parallel()
	base := serve(t)
	p := Open(t, base)
	p.forgive("document validation errors", "[Object") // it takes "oneOf" with null for none
	p.signIn(reseller)
	p.Go("/documentation/reference#tag/me/GET/api/v1/me")
	const try = `document.querySelector('[id*="tag/me/GET"] button.show-api-client-button')`
	p.wait("the button that tries it", try+` !== null`)
	p.referenceIsAccessible("in light")
	p.theme("dark")
	p.wait("dark colours", `document.querySelector(".dark-mode") !== null`)
	p.referenceIsAccessible("in dark")
	p.theme("light")
	p.Resize(390, 800)
	p.fitsPhone("the reference")
	p.Resize(1440, 900)
	p.wait("the button that tries it", try+` !== null`)
	p.eval(try + `.click()`)
	const send = `[...document.querySelectorAll("button")].find(b => b.textContent.trim().startsWith("Send"))`
	p.wait("the button that sends it", send+` !== undefined`)
	p.eval(send + `.click()`)
	p.wait("the answer", `document.body.innerText.includes("200 OK") && document.body.innerText.includes(`+js(resellerName)+`)`)
	asked := Eval[[]string](p, `performance.getEntriesByType("resource").map(e => e.name)`)
	tried := false
	for _, address := range asked {
		tried = tried || strings.HasSuffix(address, "/api/v1/me")
		if !strings.HasPrefix(address, base+"/") {
			t.Errorf("it asks for %s", address)
		}
	}
	if !tried {
		t.Errorf("it asked only for %v", asked)
	}
}

// referenceIsAccessible has axe-core look at what of the page is ours, and at the colours of
// all of it, which are ours, too. What Scalar draws breaks some rules: it names the roles
// of buttons wrongly, and leaves some without a name. The manual and openapi.json say the same.
func (p *Page) referenceIsAccessible(name string) {
	p.t.Helper()
	p.axe("the reference "+name+", ours", `{exclude: ["#reference"]}`, `{runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}`)
	p.axe("the reference "+name, `document`, `{runOnly: {type: "rule", values: ["color-contrast"]}}`)
}
