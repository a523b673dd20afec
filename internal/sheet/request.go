package sheet

import (
	"context"
	"net/url"
	"slices"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// RequestFilter returns what the address of a list of requests chooses, as somebody begins
// with it: who decides with those that wait, who asks with all. The word all stands for
// every state. In the list of one profile everybody begins with all.
func RequestFilter(q url.Values, who plaza.Actor) plaza.RequestFilter {
	f := plaza.RequestFilter{
		Text: q.Get("q"), Profile: q.Get("profile"),
		Kinds: chosen(q, "kind", plaza.RequestKinds()), States: chosen(q, "state", plaza.RequestStates()),
	}
	if len(f.States) == 0 && who.Kind.Administers() && !slices.Contains(q["state"], "all") {
		f.States = []plaza.RequestState{plaza.RequestOpen}
	}
	return f.For(who)
}

func requests() list {
	type row = plaza.Request
	return paged[row]{
		may: plaza.RequestRead,
		read: func(ctx context.Context, a *app.App, v *View, p plaza.Page) (plaza.List[row], error) {
			return a.Requests(ctx, v.Who, RequestFilter(v.Query, v.Who), p)
		},
		columns: []column[row]{
			{"id", func(_ *View, r row) Value { return text(r.ID) }},
			{"kind", func(_ *View, r row) Value { return coded(r.Kind, r.Kind.Text()) }},
			{"state", func(v *View, r row) Value { s := r.State(v.Now); return coded(s, s.Text()) }},
			{"profile", func(_ *View, r row) Value { return text(r.Profile) }},
			{"profile_name", func(_ *View, r row) Value { return text(r.ProfileName) }},
			{"login", func(_ *View, r row) Value { return text(r.Login) }},
			{"login_name", func(_ *View, r row) Value { return text(r.LoginName) }},
			{"name", func(_ *View, r row) Value { return text(r.Wish.Name()) }},
			{"plan_name", func(_ *View, r row) Value { return text(r.PlanName) }},
			{"note", func(_ *View, r row) Value { return text(r.Note) }},
			{"reason", func(_ *View, r row) Value { return text(r.Reason) }},
			{"object", func(_ *View, r row) Value { return text(r.Object) }},
			{"created", func(_ *View, r row) Value { return at(r.Created) }},
			{"decided", func(_ *View, r row) Value { return at(r.Decided) }},
		},
	}
}
