package views

import "github.com/connectplaza/plaza"

func expiryPages(f Frame) [][2]Page {
	rules := []plaza.ExpiryRule{
		{Kind: plaza.Development, Steps: plaza.DefaultExpirySteps()},
		{Kind: plaza.PartnerLicense, Steps: plaza.ExpirySteps{3}, Own: true},
		{Kind: plaza.EnterpriseLicense, Own: true},
		{Kind: plaza.ConnectAgentLicense},
	}
	return [][2]Page{
		{Expiry{Frame: f}, Expiry{Frame: f, Rules: rules, Form: hostileForm("steps_development", "steps_partner")}},
		{Expiry{Frame: f}, Expiry{Frame: f, Rules: rules, Form: Form{Values: ExpiryValues(rules)}}},
		{AccountMails{Frame: f}, AccountMails{Frame: f, Form: hostileForm("ends")}},
	}
}
