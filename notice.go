package plaza

import (
	"slices"
	"time"
)

// Notice is something a person should know.
type Notice struct {
	ID      string
	Login   string // whose it is
	Profile string // that login's
	Kind    NoticeKind
	About   string // name of the thing it is about
	Object  string // ID of the thing to go to
	At      time.Time
	Read    time.Time // zero: not yet
}

// NoticeKind says what a notice is about.
type NoticeKind string

// The kinds of notice.
const (
	NoticeRequestMade     NoticeKind = "request_made"
	NoticeRequestApproved NoticeKind = "request_approved"
	NoticeRequestDeclined NoticeKind = "request_declined"
	NoticeRequestComment  NoticeKind = "request_comment"
	NoticeRequestSecond   NoticeKind = "request_second" // a second one has to approve
	NoticeActingStarted   NoticeKind = "acting_started"
	NoticeGlassBroken     NoticeKind = "glass_broken"
	NoticeConsentAsked    NoticeKind = "consent_asked"
	NoticeConsentGranted  NoticeKind = "consent_granted"
	NoticeConsentRefused  NoticeKind = "consent_refused"
	NoticeLoginAccepted   NoticeKind = "login_accepted"
	NoticeAgentSilent     NoticeKind = "agent_silent"
	NoticeAgentBack       NoticeKind = "agent_back"
	NoticeAgentsSilent    NoticeKind = "agents_silent" // about how many
	NoticeAgentsBack      NoticeKind = "agents_back"   // about how many
	NoticeAgentCloned     NoticeKind = "agent_cloned"
	NoticeAllowanceNear   NoticeKind = "allowance_near" // about a kind of license, or the name of a plan
	NoticeAllowanceFull   NoticeKind = "allowance_full"
	NoticeBatchDone       NoticeKind = "batch_done" // about what [Batch.About] says
	NoticeLicenseEnds     NoticeKind = "license_ends"
	NoticeLicensesEnd     NoticeKind = "licenses_end" // about how many
	NoticeLicenseCame     NoticeKind = "license_came" // from another profile
	NoticeLicenseGone     NoticeKind = "license_gone" // to another profile
	NoticeStatement       NoticeKind = "statement"    // about a month
	NoticeMoveAsked       NoticeKind = "move_asked"
	NoticeMoveDone        NoticeKind = "move_done"
	NoticeMoveDeclined    NoticeKind = "move_declined"
	NoticeMoveWithdrawn   NoticeKind = "move_withdrawn"
	NoticeMoved           NoticeKind = "moved" // about one's own profile
	NoticeWebhookPaused   NoticeKind = "webhook_paused"
	NoticeTokenExpires    NoticeKind = "token_expires"
	NoticeTokensExpire    NoticeKind = "tokens_expire" // about how many
	NoticeImportDone      NoticeKind = "import_done"   // about what [Import.About] says
	NoticeImportFailed    NoticeKind = "import_failed" // the same
)

// Text returns what a notice of kind k says of the thing with the given name.
func (k NoticeKind) Text(about string) Text {
	var name any = about
	if m, ok := ParseMonth(about); ok && k == NoticeStatement {
		name = m
	}
	if kind := LicenseKind(about); (k == NoticeAllowanceNear || k == NoticeAllowanceFull) && slices.Contains(LicenseKinds(), kind) {
		name = kind.Text()
	}
	switch k {
	case NoticeBatchDone:
		return batchDone(about)
	case NoticeImportDone, NoticeImportFailed:
		return importOver(k == NoticeImportDone, about)
	case NoticeRequestMade:
		return requestMade(about)
	default:
	}
	return T("notice."+string(k), "About", name)
}
