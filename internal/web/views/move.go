package views

import "github.com/connectplaza/plaza"

// moveDot returns the dot of a move's state.
func moveDot(s plaza.MoveState) string {
	switch s {
	case plaza.MoveWaiting:
		return "dot-amber"
	case plaza.MoveDone:
		return "dot-green"
	case plaza.MoveDeclined:
		return "dot-red"
	case plaza.MoveWithdrawn, plaza.MoveLapsed:
	}
	return "dot-grey"
}

// sideName returns what a side of m is called: the vendor has no name for those below
// it, and who is to be chosen none for anybody.
func (f Frame) sideName(m plaza.Move, id, name string) string {
	switch id {
	case "":
		return f.T("move.side.unknown")
	case m.Vendor:
		return f.T("move.side.vendor")
	}
	return name
}

// moveAsker returns which side proposed m.
func (f Frame) moveAsker(m plaza.Move) string {
	switch m.Asker {
	case f.Actor.Profile:
		return f.T("move.by_you")
	case m.From:
		return f.sideName(m, m.From, m.FromName)
	case m.To:
		return f.sideName(m, m.To, m.ToName)
	case m.Vendor:
		return f.T("move.side.vendor")
	}
	return f.T("move.by_above")
}

// consented returns whether a side of a move has agreed, in words.
func (f Frame) consented(c plaza.MoveConsent) string {
	if c.At.IsZero() {
		return f.T("move.awaited")
	}
	return f.T("move.agreed_on", "Date", c.At)
}

// mayAgree, mayDecline and mayWithdraw report whether to offer that for a move.
func (f Frame) mayAgree(m plaza.Move) bool {
	return m.State(f.Now) == plaza.MoveWaiting && m.Awaits(f.Actor.Profile) && f.May(plaza.MoveAgree)
}

func (f Frame) mayDeclineMove(m plaza.Move) bool {
	return m.State(f.Now) == plaza.MoveWaiting && m.Concerns(f.Actor.Profile) && f.May(plaza.MoveDecline)
}

func (f Frame) mayWithdrawMove(m plaza.Move) bool {
	return m.State(f.Now) == plaza.MoveWaiting && m.Asker == f.Actor.Profile && f.May(plaza.MoveWithdraw)
}

// moveLines returns what a move would do, a sentence each.
func (f Frame) moveLines(p plaza.MovePreview) (all []string) {
	all = append(all, f.T("move.takes_profiles", "Count", p.Profiles))
	if n := p.Total(); n > 0 {
		var kinds []string
		for _, l := range p.ByKind() {
			kinds = append(kinds, f.T("move.of_kind", "Number", l.Count, "Kind", l.Kind.Text()))
		}
		all = append(all, f.T("move.takes_licenses", "Count", n, "Kinds", f.List(kinds)))
	}
	if p.Agents > 0 {
		all = append(all, f.T("move.takes_agents", "Count", p.Agents))
	}
	all = append(all, f.T("move.takes_logins", "Count", p.Logins))
	if p.Requests > 0 {
		all = append(all, f.T("move.takes_requests", "Count", p.Requests))
	}
	return append(append(all, f.T("move.keeps"), f.T("move.keeps_alarms"), f.T("move.keeps_billing")), f.moveSight(p)...)
}

// moveSight returns who comes to see it and who does not any more, and what ends with
// that.
func (f Frame) moveSight(p plaza.MovePreview) (all []string) {
	if len(p.Losers) > 0 {
		all = append(all, f.T("move.loses", "Names", f.List(p.Losers)))
	}
	if len(p.Gainers) > 0 {
		all = append(all, f.T("move.gains", "Names", f.List(p.Gainers)))
	}
	if p.Actings > 0 {
		all = append(all, f.T("move.ends_actings", "Count", p.Actings))
	}
	if p.Consents > 0 {
		all = append(all, f.T("move.ends_consents", "Count", p.Consents))
	}
	if len(p.Missing) > 0 {
		all = append(all, f.T("move.missing", "Names", f.List(p.Missing)))
	}
	return all
}

// moveWarnings returns what of the taking side's allowances becomes tight.
func (f Frame) moveWarnings(p plaza.MovePreview) (all []string) {
	for _, w := range p.Allowances {
		all = append(all, f.allowanceThen(w))
	}
	if p.FullBeyond {
		all = append(all, f.T("move.full_beyond"))
	}
	return all
}

// allowanceThen returns how much of an allowance is used once what moves has come.
func (f Frame) allowanceThen(w plaza.Allowance) string {
	key := "move.allowance_near"
	if w.Exceeded() {
		key = "move.allowance_over"
	}
	return f.T(key, "Name", w.ProfileName, "Used", w.Used, "Most", w.Most+w.Overage, "Of", w.Of())
}

// Beyond is what stands in a form for somebody whom only the vendor can choose.
const Beyond = "beyond"

// takers returns who can be chosen: also somebody whom the viewer cannot see.
func (p MoveNew) takers() []choice {
	all := p.Takers.profiles()
	if p.Frame.Actor.Kind != plaza.Vendor {
		all = append(all, choice{Value: Beyond, Label: p.Frame.T("move.beyond")})
	}
	return all
}

// last reports whether nobody else has to agree once the viewer does.
func (p MoveAgree) last() bool {
	m := p.Move
	if m.To == "" {
		m.To = p.To
	}
	return m.Agreed(p.Frame.Actor.Profile, p.Frame.Now).Complete()
}

// chooses reports whether the viewer has yet to say who takes it.
func (p MoveAgree) chooses() bool {
	return p.Move.To == "" && p.To == "" && p.Frame.Actor.Profile == p.Move.Vendor
}

// tabs returns the parts of the list of moves.
func (p Moves) tabs() (all []tab) {
	for _, name := range []string{"mine", "running", "over", "all"} {
		all = append(all, tab{Path: p.with("state", name), Label: p.Frame.T("move.tab." + name), Here: p.Part == name})
	}
	return all
}

// lead returns where a move stands, in a sentence.
func (p Move) lead() string {
	m := p.Move
	switch m.State(p.Frame.Now) {
	case plaza.MoveWaiting:
		return p.Frame.T("move.why.waiting", "Date", m.Lapses())
	case plaza.MoveDone:
		return p.Frame.T("move.why.done", "Date", m.Decided)
	case plaza.MoveDeclined:
		return p.Frame.T("move.why.declined", "Date", m.Decided)
	case plaza.MoveWithdrawn:
		return p.Frame.T("move.why.withdrawn", "Date", m.Decided)
	case plaza.MoveLapsed:
	}
	return p.Frame.T("move.why.lapsed", "Date", m.Lapses())
}
