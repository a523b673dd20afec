package views

import (
	"strconv"
	"time"

	"github.com/connectplaza/plaza"
)

func intText(n int) string { return strconv.Itoa(n) }

func iconHref(name string) string { return icon(name) }

// who returns who did e, as far as the viewer may know.
func (f Frame) who(e plaza.AuditLine) string {
	switch {
	case e.Actor.Via != nil && e.ViaName != "":
		return f.T("history.acting", "Name", e.ViaName, "Login", e.ActorName)
	case e.ActorAbove:
		return f.T("history.above")
	case e.Actor.Own != "":
		return f.T("history.plaza")
	case e.ActorName == "":
		return f.T("history.somebody")
	case e.PassName != "":
		return f.T("history.by_token", "Name", e.ActorName, "Token", e.PassName)
	}
	return e.ActorName
}

// eventDot returns the dot of an audit event.
func eventDot(e plaza.AuditLine) string {
	if e.Result == plaza.Refused {
		return "dot-red"
	}
	return "dot-grey"
}

// change returns what an event changed, in words.
func (f Frame) change(c plaza.Change) string {
	field := f.T("field." + c.Field)
	before, after := f.changeValue(c.Field, c.Old), f.changeValue(c.Field, c.New)
	switch {
	case c.Field == "terms": // of which people read the parts that have fields of their own
		return f.T("history.anew", "Field", field)
	case c.Old == "":
		return f.T("history.set", "Field", field, "New", after)
	case c.New == "":
		return f.T("history.cleared", "Field", field, "Old", before)
	}
	return f.T("history.changed", "Field", field, "Old", before, "New", after)
}

// changeValue returns a value as it stands in the log, as people read it.
func (f Frame) changeValue(field, value string) string {
	switch field {
	case "starts", "ends", "until", "signs", "withdrawn", "expires":
		if t, err := time.Parse(time.RFC3339, value); err == nil {
			return f.Date(t)
		}
	case "trial", "starts_activated", "renews", "bills_suspended", "whole":
		return f.ticked(value == "true")
	case "end":
		return f.Say(plaza.EndReason(value).Text())
	case "kind", "state", "role", "mode", "dashboard", "shared", "link", "support_access", "login_as", "once", "by", "file",
		"factor_rule", "second_step", "mail_ends", "mail_allowances", "mail_requests", "mail_statements", "mail_tokens", "why":
		if value != "" {
			return f.T("value." + value)
		}
	}
	return value
}
