package browsertest

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/connectplaza/plaza/internal/demo"
)

// TestLicensesThroughTheirLife plays what a reseller does with licenses after they were
// made: an allowance is raised on request, a trial is paid for, a partner asks for a
// renewal, moves to another reseller, and is billed. Its ConnectAgent, the real one,
// stays green all along.
func TestLicensesThroughTheirLife(t *testing.T) {
	t.Parallel()
	base := serve(t)
	open := func() *forms { return &forms{Open(t, base), map[string]bool{}} }
	v, r, taker, p := open(), open(), open(), open()
	publishProgram(v.Page)
	r.signIn(reseller)
	v.plan("Development", "Life bench", "10", false)
	v.plan("ConnectAgent", "Life trial", "", true)
	v.plan("ConnectAgent", "Life paid", "20", false)
	v.newPartner("reseller", "Noorderlicht", "noor@noorderlicht.example")
	taker.join("noor@noorderlicht.example")

	v.allowed(r)

	r.newPartner("partner", "Sterrenlicht", "nora@sterrenlicht.example")
	partner := r.thing()
	p.join("nora@sterrenlicht.example")
	agent, machine := r.agentFor(partner)

	wall := open()
	wall.signIn(reseller)
	wall.Go("/monitor?q=Life+agent")
	wall.green()
	r.Go(agent)
	license := strings.Join(strings.Split(r.Attribute(`main a[href^="/licenses/"]`, "href"), "/")[:3], "/")
	r.Go(license + "/plan")
	r.eval(`[...document.querySelectorAll("main label")].find(l => l.innerText.includes("Life paid")).click()`)
	r.ClickFollow("main form.form button.btn-primary")
	r.fill("reason", "The trial went well")
	r.See("Plan changed")
	machine.status(0, "yes")
	wall.green()

	p.Go(license + "/renew")
	p.fill("note", "For another year, please")
	request := p.thing()
	p.See("Waits for a decision")
	r.Go(request)
	r.submit("main " + to(request+"/approve"))
	r.See("The license of Sterrenlicht was renewed")
	p.Go(license)
	p.See("For another year, please")

	r.Go(partner + "/move")
	r.fill("whom", "Noorderlicht", "reason", "They look after the north now")
	move := r.thing()
	v.Go(move + "/agree")
	v.Choose("#to", "Noorderlicht")
	v.ClickFollow("main form.form button.btn-primary")
	v.submit("main form.form button.btn-primary, main form.form button.btn-danger")
	taker.Go(move + "/agree")
	taker.fill("name", "Sterrenlicht")
	taker.See("Sterrenlicht")
	taker.Go("/monitor?q=Life+agent")
	taker.green()
	machine.status(0, "yes")
	p.Go(agent)
	p.See("1 of 1 used")
	r.forgive("404")
	r.Go(partner)
	r.See("Nothing here")

	taker.Go("/statements")
	taker.ClickFollow(`main a[href^="/statements/"]`)
	taker.See("Life paid")
	taker.See("Sterrenlicht")
	taker.statementFiles()
	machine.stop()
}

// plan has the vendor, who is signed in, make a plan of a kind.
func (f *forms) plan(kind, name, price string, trial bool) {
	f.t.Helper()
	f.Go("/plans/new")
	f.Choose("#kind", kind)
	if trial {
		f.Click("#trial")
	}
	if price != "" {
		f.Fill(`input[name="price_EUR"]`, price)
	}
	f.fill("name", name, "term_months", "12", "machines", "1")
	f.See(name)
}

// newPartner makes a profile below one's own, whose owner has an address.
func (f *forms) newPartner(kind, name, email string) {
	f.t.Helper()
	f.Go("/partners/new")
	f.Click(`input[name="kind"][value="` + kind + `"]`)
	if kind != "reseller" {
		f.Choose("#plan", "Partner")
	}
	f.fill("name", name, "owner_name", name+" owner", "owner_email", email)
	f.See(name)
}

// join lets whoever was invited last at an address come in.
func (f *forms) join(email string) {
	f.t.Helper()
	f.Go("/mailbox")
	f.Go(f.mailedLink(email, "/invitation/"))
	f.fill("password", demo.Password, "again", demo.Password)
	f.WaitFor("[data-profile]")
}

// allowed has the vendor bound how many licenses the reseller r may hold, and r come to
// the end of it, ask for more, and get it.
func (f *forms) allowed(r *forms) {
	f.t.Helper()
	home := f.first("/partners?q=ComputersAreUs+Holding")
	f.Go("/allowances/new?profile=" + strings.TrimPrefix(home, "/partners/"))
	f.Choose("#of", "Plan Life bench")
	f.fill("most", "10")
	f.See("0 of 10")
	bench := func(name, count string) {
		f.t.Helper()
		r.Go("/licenses/new")
		r.Choose("#plan", "Life bench")
		r.fill("name", name, "count", count)
	}
	bench("Bench", "10")
	r.See("Finished: 10 are issued.")
	bench("The eleventh", "")
	r.See("is used up")
	r.Go(r.Attribute(`main a[href^="/allowances/"][href$="/request"]`, "href"))
	r.fill("most", "12", "note", "The fair begins on Monday")
	request := r.thing()
	f.Go(request)
	f.See("The fair begins on Monday")
	f.submit("main " + to(request+"/approve"))
	f.See("may hold more licenses now")
	bench("The eleventh", "")
	r.See("The eleventh")
	r.Go("/allowances")
	r.See("11 of 12")
}

// agentFor makes a ConnectAgent for a partner, installs the real one from its ZIP file,
// and starts it.
func (f *forms) agentFor(partner string) (page string, a *realAgent) {
	f.t.Helper()
	f.Go("/agents/new?profile=" + strings.TrimPrefix(partner, "/partners/"))
	f.Choose("#plan", "Life trial")
	f.fill("name", "Life agent")
	page = f.thing()
	a = f.unpack(page)
	a.start()
	a.waitFor("msg=working")
	return page, a
}

// green waits until the one tile of the Monitor says that its agent is online.
func (f *forms) green() {
	f.t.Helper()
	f.wait("the tile to be green", `document.querySelector("#wall .agent b")?.innerText === "Online"`)
}

// statementFiles takes the statement of the page along in each form, and looks at the
// PDF as a picture: there is something on it, within its margins.
func (f *forms) statementFiles() {
	f.t.Helper()
	files := map[string][]byte{}
	for _, form := range []string{"csv", "xlsx", "pdf"} {
		text := Eval[string](f.Page, `(async () => {
			const answer = await fetch(document.querySelector("a[href*='form=`+form+`'], a[href*='format=`+form+`']").href);
			const bytes = new Uint8Array(await answer.arrayBuffer());
			return btoa(Array.from(bytes, b => String.fromCharCode(b)).join(""));
		})()`)
		data, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			f.t.Fatal(err)
		}
		files[form] = data
	}
	if csv := string(files["csv"]); !strings.Contains(csv, "Life paid") {
		f.t.Errorf("the CSV file says %s", csv)
	}
	if !bytes.HasPrefix(files["xlsx"], []byte("PK")) {
		f.t.Errorf("the Excel file begins with %.20q", files["xlsx"])
	}
	page := draw(f.t, files["pdf"])
	ink, outside := 0, 0
	b := page.Bounds()
	margin := b.Dx() / 40
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if red, green, blue, _ := page.At(x, y).RGBA(); red+green+blue > 3*0xc000 {
				continue
			}
			ink++
			if x < margin || x >= b.Dx()-margin || y < margin || y >= b.Dy()-margin {
				outside++
			}
		}
	}
	if ink < 2000 || outside > 0 {
		f.t.Errorf("of the page %d points are dark, %d of them at its edge", ink, outside)
	}
}

// draw returns the first page of a PDF file as a picture.
func draw(t *testing.T, pdf []byte) image.Image {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "statement.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "pdftoppm", "-png", "-r", "80", "-f", "1", "-l", "1", "-singlefile", file, filepath.Join(dir, "page")).CombinedOutput()
	if err != nil {
		t.Fatalf("draw the PDF file, %d bytes: %v\n%s", len(pdf), err, out)
	}
	picture, err := os.ReadFile(filepath.Join(dir, "page.png"))
	if err != nil {
		t.Fatal(err)
	}
	page, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	return page
}
