package browsertest

// moreAllowance has the reseller ask for more licenses than it may hold.
func (f *forms) moreAllowance() {
	f.t.Helper()
	f.Go("/allowances")
	f.Go(f.Attribute(`main a[href$="/request"]`, "href"))
	f.fill("most", "5000", "note", "We grow")
	f.See("We grow")
}

// plans has the vendor, who is signed in, make a plan, change it, withdraw it and
// put it back, and choose which plans a reseller has.
func (f *forms) plans() {
	f.t.Helper()
	f.Go("/plans/new")
	f.Choose("#kind", "ConnectAgent")
	f.Click(`input[name="starts_activated"][value="yes"]`)
	f.Fill(`input[name="price_EUR"]`, "12,50")
	f.fill("name", "ConnectAgent, 2 years", "term_months", "24", "machines", "2")
	f.See("12.50")
	plan := f.thing()
	f.Go("/agents/new")
	f.Choose("#plan", "ConnectAgent, 2 years")
	f.fill("name", "Of the first edition")
	f.Go(plan + "/edit")
	f.Fill(`input[name="price_SEK"]`, "140")
	f.fill("grace_days", "21")
	f.See("140.00")
	f.Go(plan + "/apply")
	f.fill("reason", "Everybody gets what is sold now")
	f.See("Put licenses under the newest edition")
	f.Go(plan + "/withdraw")
	f.submit("main .danger button.btn-danger")
	f.See("Nothing is made under it any more.")
	f.submit(to(plan + "/restore"))
	f.See("It can be chosen again.")

	f.Go("/requests/limits")
	f.Fill(`input[name="price_EUR"]`, "2500")
	f.submit("main form.form button.btn-primary")
	f.See("Second approval changed")

	partner := f.first("/partners?kind=reseller")
	f.Go(partner + "/plans")
	f.Click(`input[name="offer"][value="some"]`)
	f.Click(`input[name="plans"]`)
	f.submit("main form.form button.btn-primary")
	f.See("It has these plans only:")
	f.Go(partner + "/plans")
	f.Click(`input[name="offer"][value="all"]`)
	f.submit("main form.form button.btn-primary")
	f.See("It has all plans that can be offered to it.")
}
