package sheet

import (
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
)

// filters returns, of each list that can be filtered, what a query chooses.
func filters(who plaza.Actor) map[plaza.ExportList]func(url.Values) any {
	return map[plaza.ExportList]func(url.Values) any{
		plaza.ExportLicenses:      func(q url.Values) any { return LicenseFilter(q, time.UTC) },
		plaza.ExportPartners:      func(q url.Values) any { return ProfileFilter(q) },
		plaza.ExportAgents:        func(q url.Values) any { return AgentFilter(q) },
		plaza.ExportNotifications: func(q url.Values) any { return NotificationFilter(q) },
		plaza.ExportLogins:        func(q url.Values) any { return LoginFilter(q) },
		plaza.ExportRequests:      func(q url.Values) any { return RequestFilter(q, who) },
		plaza.ExportAllowances:    func(q url.Values) any { return AllowanceFilter(q) },
		plaza.ExportMoves: func(q url.Values) any {
			f, part := MoveFilter(q, who)
			return []any{f, part}
		},
		plaza.ExportDeliveries: func(q url.Values) any { return []any{DeliveryFilter(q), q.Get("webhook")} },
		plaza.ExportMails:      func(q url.Values) any { return MailFilter(q) },
	}
}

// checkQuery returns an Invalid error if something in a query says nothing to a list. A page
// leaves that out; who asks with a program would get more than they meant.
func checkQuery(who plaza.Actor, l plaza.ExportList, query string) error {
	q, err := url.ParseQuery(query)
	if err != nil {
		return nothing(query)
	}
	chooses, filtered := filters(who)[l]
	for name, values := range q {
		if name == "sort" {
			continue
		}
		for value := range strings.SplitSeq(strings.Join(values, ","), ",") {
			begins := name == "state" && slices.Contains(beginnings[l], value)
			if !filtered || value != "" && !begins && saysNothing(name, value, chooses) {
				return nothing(name + "=" + value)
			}
		}
	}
	return nil
}

// saysNothing reports whether a value of a parameter chooses what nothing chooses.
func saysNothing(name, value string, chooses func(url.Values) any) bool {
	return reflect.DeepEqual(chooses(url.Values{name: {value}}), chooses(url.Values{}))
}

// beginnings are the states that a list begins with, so that to ask for them changes nothing:
// of requests it depends on who asks.
//
//nolint:gochecknoglobals // a constant table
var beginnings = map[plaza.ExportList][]string{plaza.ExportRequests: {"open", "all"}, plaza.ExportMoves: {MovesMine}}

func nothing(part string) error {
	return &plaza.Error{
		Kind: plaza.Invalid, Msg: plaza.T("error.invalid"),
		Fields: map[string]plaza.Text{"query": plaza.T("problem.export_query", "Part", part)},
	}
}
