package browsertest

import (
	"strings"
	"time"

	"github.com/pquerna/otp/totp"
)

// shows returns the code that an app shows which scanned what the page has to scan.
func (f *forms) shows() string {
	f.t.Helper()
	seed := Eval[string](f.Page, `document.querySelector("main .key-whole").textContent`)
	code, err := totp.GenerateCode(strings.ReplaceAll(seed, " ", ""), time.Now()) //nolint:forbidigo // the program under test tells the real time
	if err != nil {
		f.t.Fatal(err)
	}
	return code
}

// recovery returns the recovery codes of the page.
func (f *forms) recovery() []string {
	f.t.Helper()
	f.See("Your recovery codes")
	return strings.Fields(f.Text("#codes"))
}

// comesIn gives the address and the password of an account.
func (f *forms) comesIn(email, password string) {
	f.t.Helper()
	f.Go("/sign-in")
	f.fill("email", email, "password", password)
}

// leaves signs out.
func (f *forms) leaves() {
	f.t.Helper()
	f.submit(`.topbar-wide form[action="/sign-out"] button`)
}

// demand says of whom the profile wants a second step.
func (f *forms) demand(rule string) {
	f.t.Helper()
	f.Go("/profile/factors")
	f.Click(`input[name="rule"][value="` + rule + `"]`)
	f.submit("main form.form button.btn-primary")
	f.See("Settings saved")
}

// secondStep gives somebody a second step, has them come in by it, and takes it away again;
// then the profile wants one.
func (f *forms) secondStep() {
	f.comesIn(reseller, changedPassword)
	f.Go("/account/factors/new")
	f.fill("code", f.shows(), "name", "My phone")
	f.recovery()
	f.ClickFollow("main a.btn-primary")
	f.See("My phone")
	f.Go("/account/recovery")
	f.fill()
	codes := f.recovery()
	f.leaves()

	f.comesIn(reseller, changedPassword)
	f.See("Second step")
	f.fill("code", "000000")
	f.See("This code does not work")
	f.Click("#remember")
	f.fill("code", codes[0])
	f.atHome("ComputersAreUs Holding")
	f.leaves()
	f.comesIn(reseller, changedPassword)
	f.atHome("ComputersAreUs Holding")
	f.Go("/account/factors")
	f.submit(`main form[action$="/forget"] button`)
	f.See("In that browser you are asked for the second step again")

	f.Go("/account/recovery") // who was known by the browser has proved nothing
	f.See("Is it you?")
	f.fill("proof_code", codes[1])
	f.See("Make new recovery codes")
	f.Go("/prove?next=%2Faccount%2Ffactors")
	f.fill("proof_code", codes[2])
	remove := f.Attribute(`main a[href$="/remove"]`, "href")
	f.demand("own")
	f.Go(remove)
	f.fill()
	f.See("Add another one before you remove this")
	f.demand("optional")
	f.Go(remove)
	f.fill()
	f.See("It is removed")
	f.demand("own")
	f.leaves()

	f.comesIn(reseller, changedPassword)
	f.See("Your profile wants a second step")
	f.fill("code", f.shows(), "name", "My new phone")
	f.recovery()
	f.ClickFollow("main a.btn-primary")
	f.atHome("ComputersAreUs Holding")
	f.demand("optional")
}
