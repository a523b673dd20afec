package views

import (
	"net/url"

	"rsc.io/qr"

	"github.com/connectplaza/plaza"
)

func factorPages(f Frame) [][2]Page {
	one := plaza.Factor{ID: hostile, Person: hostile, Kind: plaza.FactorApp, Name: hostile, Created: noon(), Used: noon()}
	browser := plaza.Browser{ID: hostile, Created: noon(), Expires: noon(), Address: hostile, UserAgent: hostile}
	silent := browser
	silent.UserAgent = ""
	drawn, err := qr.Encode(hostile, qr.M)
	if err != nil {
		panic(err) // any text can be drawn
	}
	sent := url.Values{"name": {hostile, hostile}, hostile: {hostile}}
	message := Form{Message: plaza.T(hostile)}
	return [][2]Page{
		{Factors{Frame: f}, Factors{Frame: f, Form: message, All: []plaza.Factor{one, {}}, Recovery: plaza.Recovery{Made: 10, Left: 2}, Browsers: []plaza.Browser{browser, silent}, Wanted: true}},
		{NewFactor{Frame: f, Code: drawn}, NewFactor{Frame: f, Code: drawn, Seed: hostile, Sealed: hostile, Form: hostileForm("code", "name")}},
		{NewFactor{Frame: f, Code: drawn, Entering: true}, NewFactor{Frame: f, Code: drawn, Seed: hostile, Sealed: hostile, Entering: true, Next: hostile, Form: message}},
		{RecoveryCodes{Frame: f}, RecoveryCodes{Frame: f, Codes: []string{hostile}, Next: hostile, Entering: true}},
		{RenewRecovery{Frame: f}, RenewRecovery{Frame: f, Form: message}},
		{RemoveFactor{Frame: f}, RemoveFactor{Frame: f, Factor: one, Last: true, Form: message}},
		{FactorRule{Frame: f}, FactorRule{Frame: f, Above: true, Form: hostileForm("rule")}},
		{SignInCode{Frame: f}, SignInCode{Frame: f, Next: hostile, Form: hostileForm("code")}},
		{Proof{Frame: f}, Proof{Frame: f, Action: hostile, Next: hostile, Back: hostile, Form: hostileForm("proof_password")}},
		{Proof{Frame: f, ByCode: true}, Proof{Frame: f, ByCode: true, Action: hostile, Sent: sent, Form: hostileForm("proof_code")}},
	}
}
