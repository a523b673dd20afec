package store

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/connectplaza/plaza"
)

// AppendAudit adds events to the log, in their order. They are not sealed yet.
func (tx *Tx) AppendAudit(ctx context.Context, all ...plaza.AuditRecord) error {
	rows := make([][]any, len(all))
	for i, r := range all {
		rows[i] = []any{
			r.ID, r.At, r.Verb, r.Result, r.Refusal,
			r.Own, r.Login, r.Person, r.ActorProfile,
			r.ViaLogin, r.ViaPerson, r.ViaProfile, r.Acting, r.Mode, r.Ticket,
			r.Profile, r.ObjectKind, r.Object, r.Name, r.Changes, r.Reason, r.Address, r.UserAgent, r.Request, r.Salt, r.Stamp, r.Pass,
		}
	}
	const columns = 27
	return tx.insert(ctx, `audit_events (id, at, verb, result, refusal,
			actor_own, actor_login_id, actor_person_id, actor_profile_id,
			via_login_id, via_person_id, via_profile_id, acting_id, mode, ticket,
			profile_id, object_kind, object_id, object_name, changes, reason, address, user_agent, request_id, salt, stamp, pass_id)`, marks(columns), rows)
}

// AuditEvents returns those of the events about profiles in scope that f
// chooses, newest first. Who did it is named to whoever may know: a login of a
// profile in scope, or somebody who was acting in one. Of anybody else it says
// only that it was somebody above. Where somebody above was is nowhere to be read,
// acting or not; nor is who was in a profile above, or why. Somebody above who asks
// to be let in is named to who was asked. Sorts: at.
func (tx *Tx) AuditEvents(ctx context.Context, scope plaza.Scope, f plaza.AuditFilter, p plaza.Page) (plaza.List[plaza.AuditLine], error) {
	l, root := auditLines(scope)
	l.and(l.within(scope, "e.profile_id"))
	chooseEvents(&l, f, root)
	return l.page(ctx, tx, p)
}

// auditLines returns the listing of audit events as somebody who sees scope may see
// them, and where its root stands in it. Which events, the caller says.
func auditLines(scope plaza.Scope) (l listing[plaza.AuditLine], root string) {
	l = listing[plaza.AuditLine]{
		id:    "e.id",
		times: map[string]string{"at": "e.at"},
		first: "-at",
		scan:  scanAuditLine,
	}
	root = l.add(scope.Root())
	l.columns = auditColumns + `, e.object_kind = 'consent' AND e.profile_id <> ` + root + ` AND asks_seen.profile_id IS NULL, NOT ` + metWho(root)
	l.from = `audit_events e
		LEFT JOIN profile_tree seen ON seen.ancestor_id = ` + root + ` AND seen.profile_id = e.actor_profile_id
		LEFT JOIN profile_tree via_seen ON via_seen.ancestor_id = ` + root + ` AND via_seen.profile_id = e.via_profile_id
		LEFT JOIN profile_tree via_above ON via_above.ancestor_id = e.via_profile_id AND via_above.profile_id = e.profile_id
		LEFT JOIN consents asks ON e.object_kind = 'consent' AND asks.id = e.object_id
		LEFT JOIN profile_tree asks_seen ON asks_seen.ancestor_id = ` + root + ` AND asks_seen.profile_id = asks.asker_profile_id
		LEFT JOIN logins actor ON actor.id = e.actor_login_id
		LEFT JOIN logins via ON via.id = e.via_login_id
		LEFT JOIN tokens pass ON pass.id = e.pass_id
		LEFT JOIN acting_sessions visit ON visit.id = e.acting_id AND e.personal IS NULL
		LEFT JOIN profiles p ON p.id = e.profile_id`
	return l, root
}

// SealedEvents returns the sealed events about profiles in scope from one position till
// another, which is not among them, in the order of the log, as [Tx.AuditEvents] would.
func (tx *Tx) SealedEvents(ctx context.Context, scope plaza.Scope, from, till int64) ([]plaza.AuditLine, error) {
	l, _ := auditLines(scope)
	l.and(l.within(scope, "e.profile_id"))
	query := `SELECT ` + l.columns + ` FROM ` + l.from + ` WHERE ` + strings.Join(l.where, " AND ") +
		` AND e.position >= ` + l.add(from) + ` AND e.position < ` + l.add(till) + ` ORDER BY e.position`
	return collect(ctx, tx, scanAuditLine, query, l.args...)
}

// toldWho is where an event's line tells who did it, and in which acting session:
// see scanAuditLine.
const toldWho = `(seen.profile_id IS NOT NULL OR e.actor_own <> '' OR e.actor_login_id = '')`

// metWho is where whoever was inside, if somebody was, is for the reader to know: one of
// a profile in scope, or above the one that the event concerned, or that one is the
// reader's own. Who came in before a profile moved away is named to itself alone.
func metWho(root string) string {
	return `(e.via_profile_id = '' OR via_seen.profile_id IS NOT NULL OR via_above.profile_id IS NOT NULL OR e.profile_id = ` + root + `)`
}

// chooseEvents narrows the listing of audit events to those that f chooses. By what
// a line does not tell, it chooses none: that would tell it.
func chooseEvents(l *listing[plaza.AuditLine], f plaza.AuditFilter, root string) {
	told := toldWho + " AND " + metWho(root)
	for _, equal := range []struct{ column, value string }{
		{"e.profile_id", f.Profile}, {"e.object_id", f.Object},
	} {
		if equal.value != "" {
			l.and(equal.column + " = " + l.add(equal.value))
		}
	}
	if f.Acting != "" { // what was done in it, and what was done about it
		acting := l.add(f.Acting)
		l.and("(e.acting_id = " + acting + " AND " + told + " OR e.object_kind = 'acting' AND e.object_id = " + acting + ")")
	}
	if f.Login != "" {
		login := l.add(f.Login)
		l.and("(e.actor_login_id = " + login + " OR e.via_login_id = " + login + ") AND " + told)
	}
	if len(f.Verbs) > 0 {
		l.and(in(&l.args, "e.verb", f.Verbs))
	}
	if len(f.Results) > 0 {
		l.and(in(&l.args, "e.result", f.Results))
	}
	if !f.From.IsZero() {
		l.and("e.at >= " + l.add(when(f.From)))
	}
	if !f.Till.IsZero() {
		l.and("e.at < " + l.add(when(f.Till)))
	}
}

const auditColumns = `e.id, e.at, e.verb, e.result, e.refusal, e.actor_own, e.actor_login_id, e.actor_profile_id,
	e.via_login_id, e.via_profile_id, e.acting_id, e.mode, e.ticket, e.profile_id, e.object_kind, e.object_id, e.object_name,
	e.changes, e.reason, e.address, e.user_agent, e.request_id,
	COALESCE(actor.name, ''), COALESCE(via.name, ''), COALESCE(p.name, ''), COALESCE(visit.reason, ''), COALESCE(pass.name, ''),
	seen.profile_id IS NOT NULL, via_seen.profile_id IS NOT NULL`

func scanAuditLine(row scanner) (plaza.AuditLine, error) {
	var e plaza.AuditLine
	var via plaza.Acting
	var changes string
	var known, viaKnown, asksAbove, unmet bool
	err := row.Scan(
		&e.ID, at(&e.At), &e.Verb, &e.Result, &e.Refusal, &e.Actor.Own, &e.Actor.Login, &e.Actor.Profile,
		&via.Login, &via.Profile, &via.ID, &via.Mode, &via.Ticket, &e.Profile, &e.ObjectKind, &e.Object, &e.ObjectName,
		&changes, &e.Reason, &e.Address, &e.UserAgent, &e.Actor.From.Request,
		&e.ActorName, &e.ViaName, &e.ProfileName, &via.Reason, &e.PassName, &known, &viaKnown, &asksAbove, &unmet)
	if err != nil {
		return e, err
	}
	if asksAbove {
		e.ObjectName = "" // the thing is called after who asks
	}
	if via.ID != "" {
		e.Actor.Via = &via
		if !viaKnown {
			e.Address, e.UserAgent = "", ""
		}
	}
	if unmet || !known && e.Actor.Own == "" && e.Actor.Login != "" {
		e.ActorAbove = true
		e.ActorName, e.PassName, e.Address, e.UserAgent, e.Actor.Login, e.Actor.Profile = "", "", "", "", "", ""
		e.ViaName, e.Actor.Via = "", nil // who was inside somebody above, and why, is for that one to know
		if e.Reason == via.Reason {      // which events held before they left it to the session
			e.Reason = ""
		}
	} else if e.Reason == "" {
		e.Reason = via.Reason
	}
	return e, json.Unmarshal([]byte(changes), &e.Changes)
}
