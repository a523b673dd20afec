package plaza

import "time"

// Mail is one message in the outbox.
type Mail struct {
	ID        string
	Profile   string // on whose behalf it is sent
	Kind      MailKind
	To        string
	ToName    string
	Subject   string
	Text      string // gone once it was sent, as it may hold a link that opens something
	HTML      string // gone with Text
	Created   time.Time
	Next      time.Time // when it is tried next
	Tries     int
	Sent      time.Time // zero: not yet
	Dead      time.Time // zero unless it was given up
	LastError string
}

// MailKind says what a mail is about.
type MailKind string

// The kinds of mail.
const (
	MailInvitation      MailKind = "invitation"
	MailPasswordReset   MailKind = "password_reset"
	MailPasswordChanged MailKind = "password_changed"
	MailFactor          MailKind = "factor"
	MailTokenMade       MailKind = "token_made"
	MailTokenExpires    MailKind = "token_expires"
	MailRequestMade     MailKind = "request_made"
	MailRequestDecided  MailKind = "request_decided"
	MailRequestComment  MailKind = "request_comment"
	MailActingStarted   MailKind = "acting_started"
	MailGlassBroken     MailKind = "glass_broken"
	MailConsentAsked    MailKind = "consent_asked"
	MailConsentAnswered MailKind = "consent_answered"
	MailCheckpoint      MailKind = "checkpoint"
	MailAgentSilent     MailKind = "agent_silent"
	MailAgentBack       MailKind = "agent_back"
	MailAllowance       MailKind = "allowance"
	MailEnds            MailKind = "ends"
	MailDigest          MailKind = "digest"
	MailStatement       MailKind = "statement"
	MailMoveAsked       MailKind = "move_asked"
	MailMoveDecided     MailKind = "move_decided"
	MailMoved           MailKind = "moved"
	MailWebhookPaused   MailKind = "webhook_paused"
)

// MailState is where a mail stands.
type MailState string

// The states of a mail.
const (
	MailWaiting MailState = "waiting"
	MailSent    MailState = "sent"
	MailDead    MailState = "dead"
)

// Text returns the name of s.
func (s MailState) Text() Text { return T("mail.state." + string(s)) }

// MailStates returns every state of a mail, in the order of its life.
func MailStates() []MailState { return []MailState{MailWaiting, MailSent, MailDead} }

// State returns the state of m.
func (m Mail) State() MailState {
	switch {
	case !m.Sent.IsZero():
		return MailSent
	case !m.Dead.IsZero():
		return MailDead
	}
	return MailWaiting
}

// MailFilter chooses mails for a list. Zero values choose all.
type MailFilter struct {
	States []MailState
}

// How long the links in mails work.
const (
	InvitationValid    = 7 * day
	PasswordResetValid = time.Hour
)
