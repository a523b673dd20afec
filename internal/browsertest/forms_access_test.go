package browsertest

import "github.com/connectplaza/plaza/internal/demo"

const (
	bakery = "Bakkerij Jansen"
	errand = "Looking after the ovens"
)

// access has the partner want to be asked first, answer the reseller in every
// way there is, and end a visit; and it leaves the reseller let in as before.
func (f *forms) access(owner *forms) {
	owner.setting("ask")

	f.ask("Withdrawn by whoever asked")
	f.submit(`form[action$="/withdraw"] button`)
	f.See("Withdrawn.")
	owner.Go("/access")
	if n := owner.Count("article.visitor"); n != 0 {
		f.t.Errorf("%d ask to be let in after all was withdrawn", n)
	}

	f.ask("Refused by the owner")
	owner.Go("/access")
	owner.submit(`button[formaction$="/refuse"]`)
	owner.See("Refused.")

	f.ask("Granted on the Access page")
	owner.Go("/access")
	owner.submit(`form[action$="/grant"] button[value=""]`)
	owner.See("May come in now and again")
	f.enter()
	owner.Go("/access")
	owner.See(errand)
	owner.submit(`#inside form[action$="/end"] button`)
	owner.See("The visit was ended.")
	f.Go("/licenses")
	f.See("somebody there chose so on its Access page")
	owner.submit(`form[action$="/revoke"] button`)
	owner.See("Taken back.")

	f.ask("Granted from the mail") // as what was granted holds no more
	owner.Go("/mailbox")
	owner.Go(owner.mailedLink(partner, "/consent/"))
	owner.See("Granted from the mail")
	owner.submit(`button[name="answer"][value="once"]`)
	owner.See("They are let in")
	f.enter()
	f.submit(to("/acting/leave"))

	owner.setting("allowed")
}

// everywhere has the vendor switch Login as off for everybody, and on again.
func (f *forms) everywhere(v *forms) {
	v.Go("/sign-in")
	v.fill("email", vendor, "password", demo.Password)
	for _, off := range []bool{true, false} {
		v.Go("/access")
		v.submit(to("/access/login-as"))
		v.See("Saved for the whole installation.")
		f.openLoginAs(bakery)
		if shut := f.Count(`input[name="login"]`) == 0; shut != off {
			f.t.Errorf("Login as is switched off: %v, and there is no login to choose: %v", off, shut)
		}
	}
}

// setting has an owner say whether its supplier may come in.
func (f *forms) setting(access string) {
	f.t.Helper()
	f.Go("/access")
	f.Click(`input[name="access"][value="` + access + `"]`)
	f.submit(to("/access/setting"))
	f.See("Support access saved.")
}

// ask asks the bakery to be let in.
func (f *forms) ask(reason string) {
	f.t.Helper()
	f.openLoginAs(bakery)
	f.inDays("#until", 3)
	f.fill("reason", reason)
	f.See("Nobody answered yet")
}

// enter enters the bakery as the first login that can be chosen.
func (f *forms) enter() {
	f.t.Helper()
	f.openLoginAs(bakery)
	f.Click(`input[name="login"]:not(:disabled)`)
	f.fill("reason", errand)
	f.atHome(bakery)
}
