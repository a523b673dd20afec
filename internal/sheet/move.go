package sheet

import (
	"context"
	"net/url"
	"slices"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// The parts of the list of moves. It begins with those that wait for oneself.
const (
	MovesMine    = "mine"
	MovesRunning = "running"
	MovesOver    = "over"
	MovesAll     = "all"
)

// MoveFilter returns what the address of a list of moves chooses for somebody, and which
// part of it that is.
func MoveFilter(q url.Values, who plaza.Actor) (f plaza.MoveFilter, part string) {
	waiting := []plaza.MoveState{plaza.MoveWaiting}
	switch part = q.Get("state"); part {
	case MovesAll:
	case MovesOver:
		f.States = slices.DeleteFunc(plaza.MoveStates(), func(s plaza.MoveState) bool { return s == plaza.MoveWaiting })
	case MovesRunning:
		f.States = waiting
	default:
		f, part = plaza.MoveFilter{Awaits: who.Profile, States: waiting}, MovesMine
	}
	return f, part
}

// side returns who is a side of a move; the vendor is not told by its name.
func side(m plaza.Move, id, name string) Value {
	if id == m.Vendor {
		return coded(plaza.MoveVendor, plaza.MoveVendor.Text())
	}
	return text(name)
}

func moves() list {
	type row = plaza.Move
	return paged[row]{
		may: plaza.MoveRead,
		read: func(ctx context.Context, a *app.App, v *View, p plaza.Page) (plaza.List[row], error) {
			f, _ := MoveFilter(v.Query, v.Who)
			return a.Moves(ctx, v.Who, f, p)
		},
		columns: []column[row]{
			{"id", func(_ *View, m row) Value { return text(m.ID) }},
			{"profile", func(_ *View, m row) Value { return text(m.Profile) }},
			{"profile_name", func(_ *View, m row) Value { return text(m.ProfileName) }},
			{"from_name", func(_ *View, m row) Value { return side(m, m.From, m.FromName) }},
			{"to_name", func(_ *View, m row) Value { return side(m, m.To, m.ToName) }},
			{"state", func(v *View, m row) Value { s := m.State(v.Now); return coded(s, s.Text()) }},
			{"reason", func(_ *View, m row) Value { return text(m.Reason) }},
			{"given", func(_ *View, m row) Value { return at(m.Given) }},
			{"taken", func(_ *View, m row) Value { return at(m.Taken) }},
			{"allowed", func(_ *View, m row) Value { return at(m.Allowed) }},
			{"created", func(_ *View, m row) Value { return at(m.Created) }},
			{"decided", func(_ *View, m row) Value { return at(m.Decided) }},
		},
	}
}
