package views

import (
	"testing"

	"github.com/connectplaza/plaza"
)

// hostileMoves returns a move in each state: one that waits for the viewer, and one
// that the vendor has yet to choose a taker for.
func hostileMoves() []plaza.Move {
	one := plaza.Move{
		ID: hostile, Profile: hostile, ProfileName: hostile, From: "profile", FromName: hostile, To: hostile, ToName: hostile, Vendor: "vendor",
		Whom: hostile, Reason: hostile, Asker: "profile", Created: noon(), Version: 1,
	}
	all := []plaza.Move{one, one}
	all[1].To, all[1].ToName, all[1].From, all[1].Vendor, all[1].Asker = "", "", "other", "profile", "other"
	for _, s := range []plaza.MoveState{plaza.MoveDone, plaza.MoveDeclined, plaza.MoveWithdrawn} {
		over := one.Agreed(one.From, noon())
		over.Decision, over.Decided, over.Why, over.Asker = s, noon(), hostile, "vendor"
		all = append(all, over)
	}
	lapsed := one
	lapsed.Created, lapsed.Asker = noon().Add(-plaza.MoveOpenFor), "above"
	return append(all, lapsed)
}

func hostileMovePreview() plaza.MovePreview {
	return plaza.MovePreview{
		Profiles: 3, Agents: 2, Logins: 1, Requests: 1, Actings: 2, Consents: 1, FullBeyond: true, Clash: plaza.T("move.taker_halted"),
		Licenses: []plaza.MovedLicenses{{Kind: plaza.Development, Plan: hostile, PlanName: hostile, Count: 2}},
		Losers:   []string{hostile}, Gainers: []string{hostile, hostile}, Missing: []string{hostile}, Allowances: hostileAllowances(),
	}
}

func movePages(f Frame) [][2]Page {
	takers := Choices{Profiles: []plaza.Profile{{ID: hostile, Name: hostile}, {ID: "2", Name: hostile}}, More: true}
	profile := plaza.Profile{ID: hostile, Name: hostile, Parent: "profile", ParentName: hostile}
	preview, fine := hostileMovePreview(), hostileMovePreview()
	fine.Clash = plaza.Text{}
	history := plaza.List[plaza.AuditLine]{Rows: []plaza.AuditLine{hostileLine()}, Total: 1}
	all := hostileMoves()
	pages := [][2]Page{
		{Moves{Frame: f}, Moves{
			Frame: f, Listing: hostileListing("/moves"), Part: "mine", List: plaza.List[plaza.Move]{Rows: all, Total: 1000, Prev: hostile, Next: hostile},
		}},
		{MoveNew{Frame: f}, MoveNew{Frame: f, Profile: profile, Takers: takers, Form: hostileForm("to")}},
		{MoveNew{Frame: f}, MoveNew{Frame: f, Profile: profile, Takers: takers, To: hostile, Preview: preview}},
		{MoveNew{Frame: f}, MoveNew{Frame: f, Profile: profile, To: Beyond, Preview: fine, Form: hostileForm("whom", "reason")}},
		{MoveDecline{Frame: f}, MoveDecline{Frame: f, Move: all[0], Form: staleForm("reason")}},
		{MoveAgree{Frame: f}, MoveAgree{Frame: f, Move: all[1], Takers: takers, Form: hostileForm("to")}},
		{MoveAgree{Frame: f}, MoveAgree{Frame: f, Move: all[1], To: hostile, Preview: fine, Form: staleForm()}},
	}
	last := all[0].Agreed(hostile, noon()).Agreed("vendor", noon())
	pages = append(pages, [2]Page{MoveAgree{Frame: f}, MoveAgree{Frame: f, Move: last, Preview: preview, Form: hostileForm("name")}})
	for _, m := range all {
		pages = append(pages, [2]Page{Move{Frame: f}, Move{Frame: f, Move: m, Preview: preview, Form: staleForm("name"), History: history}})
	}
	return pages
}

// TestTheVendorHasNoNameBelow: what it is called is not for resellers to know.
func TestTheVendorHasNoNameBelow(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	m := plaza.Move{From: "vendor", FromName: "Its name", To: "r", ToName: "R", Vendor: "vendor", Asker: "vendor"}
	for what, got := range map[string]string{
		"giver": f.sideName(m, m.From, m.FromName), "asker": f.moveAsker(m),
	} {
		if got != "The vendor" {
			t.Errorf("the %s is called %s", what, got)
		}
	}
	if got := f.sideName(m, m.To, m.ToName); got != "R" {
		t.Errorf("the taker is called %s", got)
	}
}
