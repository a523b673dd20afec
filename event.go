package plaza

import (
	"slices"
	"strings"
)

// EventKind says what an event that is sent to webhooks means: a noun, and what became
// of it.
type EventKind string

// Kinds of events that do not come from the audit log, or that code names.
const (
	EventTest         EventKind = "webhook.test"
	EventAgentOnline  EventKind = "agent.online"
	EventAgentOffline EventKind = "agent.offline"

	EventLicenseExpiring EventKind = "license.expiring"
	EventLicenseGrace    EventKind = "license.grace_begun"
	EventLicenseExpired  EventKind = "license.expired"
)

// Noun returns what events of kind k are about, by which they are grouped.
func (k EventKind) Noun() string {
	noun, _, _ := strings.Cut(string(k), ".")
	return noun
}

// Type returns k as the type of a CloudEvent.
func (k EventKind) Type() string { return "plaza." + string(k) }

// told is a kind of event with the verbs that make one when they are done.
type told struct {
	kind  EventKind
	verbs []Verb
}

// events is the catalogue: what each deed is called in the events that tell of it. The
// order is that of the documentation.
//
//nolint:gochecknoglobals // a constant table
var events = []told{
	{"profile.created", []Verb{ProfileCreate}},
	{"profile.changed", []Verb{ProfileEdits}},
	{"profile.suspended", []Verb{ProfileSuspend}},
	{"profile.resumed", []Verb{ProfileResume}},
	{"profile.closed", []Verb{ProfileClose}},
	{"profile.reopened", []Verb{ProfileReopen}},
	{"profile.moved", []Verb{ProfileMove}},

	{"license.issued", []Verb{LicenseIssue}},
	{"license.renewed", []Verb{LicenseRenew}},
	{"license.suspended", []Verb{LicenseSuspend}},
	{"license.resumed", []Verb{LicenseResume}},
	{EventLicenseExpiring, nil},
	{EventLicenseGrace, nil},
	{EventLicenseExpired, nil},
	{"license.ended", []Verb{LicenseEnd}},
	{"license.plan_changed", []Verb{LicensePlan}},
	{"license.transferred", []Verb{LicenseTransfer}},
	{"license.deleted", []Verb{LicenseDelete}},
	{"license.billing_id_changed", []Verb{LicenseBill}},
	{"license.key_revealed", []Verb{LicenseReveal}},

	{"allowance.created", []Verb{AllowanceCreate}},
	{"allowance.changed", []Verb{AllowanceEdits}},
	{"allowance.removed", []Verb{AllowanceRemove}},

	{"agent.created", []Verb{AgentCreate}},
	{"agent.renamed", []Verb{AgentRename}},
	{"agent.downloaded", []Verb{AgentDownload}},
	{"agent.activated", []Verb{AgentActivate}},
	{"agent.released", []Verb{AgentRelease}},
	{"agent.cloned", []Verb{AgentCloned}},
	{"agent.file_made", []Verb{FileCheckOut}},
	{"agent.alarm_changed", []Verb{AgentAlarms}},
	{EventAgentOnline, nil},
	{EventAgentOffline, nil},

	{"notification.acknowledged", []Verb{NotificationAcknowledge}},
	{"notification.reopened", []Verb{NotificationReopen}},

	{"login.created", []Verb{LoginCreate}},
	{"login.accepted", []Verb{InvitationAccept}},
	{"login.changed", []Verb{LoginEdits}},
	{"login.disabled", []Verb{LoginDisable}},
	{"login.enabled", []Verb{LoginEnable}},
	{"login.invited_again", []Verb{LoginReinvite}},

	{"request.made", []Verb{RequestMake, AllowanceAsk}},
	{"request.commented", []Verb{RequestComment}},
	{"request.withdrawn", []Verb{RequestWithdraw}},
	{"request.approved", []Verb{RequestApprove}},
	{"request.declined", []Verb{RequestDecline}},

	{"acting.started", []Verb{ActingStart}},
	{"acting.glass_broken", []Verb{ActingBreak}},
	{"acting.mode_changed", []Verb{ActingRaise}},
	{"acting.ended", []Verb{ActingStop, ActingEnd}},

	{"access.changed", []Verb{AccessSet}},
	{"consent.asked", []Verb{ConsentAsk}},
	{"consent.withdrawn", []Verb{ConsentWithdraw}},
	{"consent.granted", []Verb{ConsentGrant}},
	{"consent.refused", []Verb{ConsentRefuse}},
	{"consent.revoked", []Verb{ConsentRevoke}},

	{"token.created", []Verb{TokenCreate, TokenShare}},
	{"token.adopted", []Verb{TokenAdopt}},
	{"token.revoked", []Verb{TokenRevoke}},

	{"plan.created", []Verb{PlanCreate}},
	{"plan.changed", []Verb{PlanEdit}},
	{"plan.withdrawn", []Verb{PlanWithdraw}},
	{"plan.restored", []Verb{PlanRestore}},
	{"plan.offered", []Verb{PlanOffer}},

	{"billing.changed", []Verb{BillingEdits}},
	{"billing.adjusted", []Verb{StatementAdjust}},

	{"release.published", []Verb{ReleasePublish}},
	{"release.yanked", []Verb{ReleaseYank}},
	{"key.rotated", []Verb{KeyRotate}},

	{"webhook.created", []Verb{WebhookCreate}},
	{"webhook.changed", []Verb{WebhookEdits}},
	{"webhook.paused", []Verb{WebhookPause}},
	{"webhook.resumed", []Verb{WebhookResume}},
	{"webhook.secret_rotated", []Verb{WebhookRotate}},
	{"webhook.removed", []Verb{WebhookRemove}},
	{EventTest, nil},
}

// EventKinds returns every kind of event, in the order of the catalogue.
func EventKinds() []EventKind {
	all := make([]EventKind, len(events))
	for i, e := range events {
		all[i] = e.kind
	}
	return all
}

// EventNouns returns what events are about, in the order of the catalogue.
func EventNouns() (all []string) {
	for _, e := range events {
		if noun := e.kind.Noun(); !slices.Contains(all, noun) {
			all = append(all, noun)
		}
	}
	return all
}

// EventVerbs returns every verb that makes an event.
func EventVerbs() (all []Verb) {
	for _, e := range events {
		all = append(all, e.verbs...)
	}
	return all
}

// EventOf returns the kind of the event that tells that v was done; none if nobody is
// told of that.
func EventOf(v Verb) (EventKind, bool) {
	for _, e := range events {
		if slices.Contains(e.verbs, v) {
			return e.kind, true
		}
	}
	return "", false
}

// Text returns what happened, as a sentence without a subject.
func (k EventKind) Text() Text {
	for _, e := range events {
		if e.kind == k && len(e.verbs) > 0 {
			return e.verbs[0].Text()
		}
	}
	return T("event." + string(k))
}
