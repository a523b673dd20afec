package plaza

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// Webhook is an address to which a profile has the events sent that happen in it and
// in the profiles below it.
type Webhook struct {
	ID        string
	Profile   string
	Name      string
	URL       string
	Kinds     []EventKind // those that are sent; empty: all
	Created   time.Time
	Paused    time.Time // zero unless nothing is sent
	Why       PauseReason
	Position  int64     // in the sealed log, of the first event that was not looked at yet
	Failures  int       // one after the other, since something was delivered
	Failing   time.Time // since when; zero: it does not
	Delivered time.Time // when something was last delivered; zero: nothing was
	OldUntil  time.Time // until then the secret before the present one signs, too; zero: there is none
	Halted    bool      // its profile stands still, and so do the deliveries
	Waiting   int       // deliveries that were not delivered yet
	Oldest    time.Time // when that happened which waits longest; zero: nothing waits
	Behind    Behind    // known where somebody looks at it
	Version   int
}

// Behind is how much of the sealed log a webhook has not looked at yet.
type Behind struct {
	Events int       // about profiles that it is told of, as far as they were counted
	More   bool      // there may be more
	Oldest time.Time // when the first of them happened; zero: there is none among those
}

// MostBehind is how many events are counted that a webhook has not looked at.
const MostBehind = 1000

// Text returns how much b is.
func (b Behind) Text() Text {
	switch {
	case b.Events == 0 && b.More:
		return T("webhook.behind_part")
	case b.Events == 0:
		return T("webhook.behind_none")
	case b.More:
		return T("webhook.behind_more", "Count", b.Events)
	}
	return T("webhook.behind_some", "Count", b.Events)
}

// PauseReason says why nothing is sent to a webhook.
type PauseReason string

// Why a webhook can be paused.
const (
	PausedByHand  PauseReason = "hand"
	PausedFailing PauseReason = "failing" // it took nothing for three days
	PausedGone    PauseReason = "gone"    // it said that it is there no more
)

// Text returns the name of r, as what it makes of the webhook.
func (r PauseReason) Text() Text { return T("webhook.paused." + string(r)) }

// WebhookState is how a webhook stands.
type WebhookState string

// The states of a webhook.
const (
	WebhookActive  WebhookState = "active"
	WebhookFailing WebhookState = "failing" // what was sent last was not taken, and is tried again
	WebhookPaused  WebhookState = "paused"
	WebhookHalted  WebhookState = "halted" // as its profile is
)

// Text returns the name of s.
func (s WebhookState) Text() Text { return T("webhook.state." + string(s)) }

// State returns the state of w.
func (w Webhook) State() WebhookState {
	switch {
	case !w.Paused.IsZero():
		return WebhookPaused
	case w.Halted:
		return WebhookHalted
	case w.Failures > 0:
		return WebhookFailing
	}
	return WebhookActive
}

// Wants reports whether w has events of kind k sent. A test is always wanted: it was
// asked for.
func (w Webhook) Wants(k EventKind) bool {
	return len(w.Kinds) == 0 || k == EventTest || slices.Contains(w.Kinds, k)
}

// Shown returns w as actor is shown it. The address may be as good as a secret: who does
// something about w, and may not look at webhooks, learns where it is and no more.
func (w Webhook) Shown(actor Actor) Webhook {
	if !actor.Can(WebhookRead) {
		w.URL = w.Place()
	}
	return w
}

// Place returns where the address of w is, without the rest of it.
func (w Webhook) Place() string {
	u, err := url.Parse(w.URL)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// Since returns when that happened which w has not delivered for the longest time; zero if
// there is nothing.
func (w Webhook) Since() time.Time {
	if w.Oldest.IsZero() || !w.Behind.Oldest.IsZero() && w.Behind.Oldest.Before(w.Oldest) {
		return w.Behind.Oldest
	}
	return w.Oldest
}

// What limits webhooks.
const (
	MostWebhooks  = 20             // of one profile
	SecretOverlap = 24 * time.Hour // so long the secret before the present one signs, too
	longestURL    = 2000
)

// WebhookEdit is what somebody says of a webhook, new or not.
type WebhookEdit struct {
	Name    string
	URL     string
	All     bool // events of every kind, those that there are not yet among them
	Kinds   []EventKind
	Version int // of the webhook as it was when it was drawn; nothing for a new one
}

// Clean returns n without the blanks around what was typed, and with its kinds in order,
// each once.
func (n WebhookEdit) Clean() WebhookEdit {
	n.Name, n.URL = strings.TrimSpace(n.Name), strings.TrimSpace(n.URL)
	if n.All {
		n.Kinds = nil
	}
	n.Kinds = slices.Clone(n.Kinds)
	slices.Sort(n.Kinds)
	n.Kinds = slices.Compact(n.Kinds)
	return n
}

// Validate reports every field that cannot be accepted as an Invalid error. Without
// encryption only addresses of the operator's own network may be, if they may at all.
func (n WebhookEdit) Validate(private bool) error {
	bad := problems{}
	bad.name("name", n.Name)
	bad.webhookURL("url", n.URL, private)
	known := EventKinds()
	unknown := func(k EventKind) bool { return !slices.Contains(known, k) }
	switch {
	case !n.All && len(n.Kinds) == 0:
		bad.add("kinds", "problem.event_kinds")
	case slices.ContainsFunc(n.Kinds, unknown):
		bad.add("kinds", "problem.choice")
	}
	return bad.err()
}

func (p problems) webhookURL(field, text string, private bool) {
	u, err := url.Parse(text)
	switch {
	case text == "":
		p.add(field, "problem.required")
	case err != nil, u.Host == "", u.Hostname() == "", u.Scheme != "https" && u.Scheme != "http", len(text) > longestURL:
		p.add(field, "problem.webhook_url")
	case u.Scheme == "http" && !private:
		p.add(field, "problem.webhook_https")
	case u.User != nil:
		p.add(field, "problem.webhook_user") // it would stand in every list
	case u.Fragment != "":
		p.add(field, "problem.webhook_url")
	}
}
