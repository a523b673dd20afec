package browsertest

// webhooks makes a webhook, does with it what can be done, and removes it.
func (f *forms) webhooks() {
	f.Go("/webhooks/new")
	f.fill("name", "Billing system", "url", "https://hooks.invalid/plaza")
	f.See("it is not shown again")
	f.ClickFollow("main a.btn-primary")
	home := f.thing()
	f.submit(`main form[action$="/test"] button`)
	f.See("A test is on its way")
	f.submit(`main form[action$="/redeliver"] button`)
	f.See("It is delivered again within seconds")
	f.Go(home)
	f.submit(`main form[action$="/pause"] button`)
	f.See("What happens meanwhile is kept")
	f.submit(`main form[action$="/resume"] button`)
	f.See("Webhook resumed")
	f.Go(home + "/redeliver")
	f.fill()
	f.See("Nothing was delivered or given up") // its name is that of no machine, and what waits is not sent again
	f.Go(home + "/edit")
	f.fill("name", "Accounting")
	f.See("Webhook saved")
	f.Go(home + "/rotate")
	f.submit("main .danger button.btn-danger")
	f.See("everything is signed with the secret before, too")
	f.Go(home + "/remove")
	f.submit("main .danger button.btn-danger")
	f.See("Webhook removed")
}
