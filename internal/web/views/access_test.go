package views

import (
	"time"

	"github.com/connectplaza/plaza"
)

func hostileConsent() plaza.Consent {
	return plaza.Consent{
		ID: hostile, Profile: hostile, ProfileName: hostile, Asker: hostile, AskerName: hostile, AskerProfile: hostile, AskerOf: hostile,
		Reason: hostile, Ticket: hostile, Until: noon().Add(time.Hour), Created: noon(), Answer: plaza.ConsentGranted, Answered: noon(), Once: true, Version: 1,
	}
}

func accessPages(f Frame) [][2]Page {
	bare := f
	bare.Framed = false
	vendor := f
	vendor.Actor.Kind = plaza.Vendor
	partner := f
	partner.Actor.Kind, partner.Actor.Role = plaza.Partner, plaza.Owner
	partner.Actor.Via = nil
	auditor := partner
	auditor.Actor.Role = plaza.Auditor
	inside := plaza.ActingLine{
		Acting: plaza.Acting{
			ID: hostile, Name: hostile, ProfileName: hostile, Mode: plaza.Manage, Reason: hostile, Ticket: hostile, BreakGlass: true,
			Started: noon(), Expires: noon().Add(time.Hour),
		},
		As: hostile, AsName: hostile, Changes: 3,
	}
	over := inside
	over.Mode, over.Ended, over.End = plaza.Look, noon().Add(time.Minute), plaza.EndProfile
	asked := hostileConsent()
	asked.Answer, asked.Once = "", false
	lasting := hostileConsent()
	lasting.Once = false
	full := plaza.Access{
		Setting: plaza.AccessAsk, Version: 1, Inside: []plaza.ActingLine{inside}, Consents: []plaza.Consent{hostileConsent(), asked, lasting},
	}
	visits := plaza.List[plaza.ActingLine]{Rows: []plaza.ActingLine{over, inside}, Total: 2, Next: hostile, Prev: hostile}
	list := Listing{Path: "/access"}
	form := hostileForm("access")
	return [][2]Page{
		{Access{Frame: f}, Access{Frame: partner, Listing: list, Access: full, Visits: visits, Form: form}},
		{Access{Frame: auditor}, Access{Frame: auditor, Listing: list, Access: full, Visits: visits}},
		{Access{Frame: vendor}, Access{Frame: vendor, Access: plaza.Access{Off: true}}},
		{ConsentAnswer{Frame: bare}, ConsentAnswer{Frame: bare, Consent: hostileConsent()}},
		{ConsentAnswered{Frame: bare}, ConsentAnswered{Frame: bare, Answer: plaza.ConsentGranted}},
	}
}
