package views

import (
	"net/url"

	"github.com/connectplaza/plaza"
)

func tokenPages(f Frame) [][2]Page {
	t := plaza.Token{
		ID: hostile, Profile: hostile, ProfileName: hostile, Login: hostile, LoginName: hostile, Name: hostile, Hint: hostile, Root: hostile, RootName: hostile,
		Verbs: []plaza.Verb{plaza.LicenseRead, hostile}, Created: noon(), Expires: noon(), Used: noon(), UsedFrom: hostile, LoginState: plaza.LoginActive, Version: 3,
	}
	shared, revoked := t, t
	shared.Shared, shared.Expires = true, noon().AddDate(1, 0, 0)
	revoked.Revoked = noon()
	asleep := shared
	asleep.LoginState = plaza.LoginDisabled
	moved := asleep
	moved.RootName = ""
	halted := shared
	halted.ProfileHalts = true
	history := plaza.List[plaza.AuditLine]{Rows: []plaza.AuditLine{hostileLine()}, Total: 1}
	form := hostileForm("name", "expires", "root", "shared", "verbs")
	form.Values = url.Values{"verb": {string(plaza.LicenseRead)}, "name": {hostile}}
	list := Tokens{Frame: f, Listing: hostileListing("/tokens"), List: plaza.List[plaza.Token]{Rows: []plaza.Token{t, shared, asleep, moved, revoked, {}}, Total: 1000, Prev: hostile, Next: hostile}}
	pages := [][2]Page{
		{Tokens{Frame: f}, list},
		{TokenNew{Frame: f}, TokenNew{Frame: f, Form: form, Choices: hostileChoices()}},
		{Token{Frame: f}, Token{Frame: f, Token: shared, Bearer: hostile, Host: hostile}},
		{TokenRevoke{Frame: f}, TokenRevoke{Frame: f, Token: t, Form: Form{Message: plaza.T(hostile)}}},
	}
	for _, one := range []plaza.Token{t, asleep, moved, revoked, halted} {
		pages = append(pages, [2]Page{Token{Frame: f}, Token{Frame: f, Token: one, Form: Form{Message: plaza.T(hostile)}, History: history}})
	}
	return pages
}
