package plaza

import "time"

// Delivery is one event for one webhook, with all that was tried to deliver it.
type Delivery struct {
	ID          string
	Webhook     string
	WebhookName string
	Profile     string // the webhook's
	Number      int    // of its webhook's deliveries, from 1: the order in which they came up
	Event       string // ID of the event: the same in every webhook, and whenever it is sent again
	Kind        EventKind
	Subject     string    // ID of the profile in which it happened
	Object      string    // ID of what it is about; what is about the same stays in order
	Name        string    // of that
	At          time.Time // when it happened
	Body        string    // as it is sent
	Created     time.Time
	Next        time.Time // when it is tried next
	Tries       int       // since it was last asked for
	State       DeliveryState
	Finished    time.Time // when it was delivered or given up; zero: neither yet
	Status      int       // of the last answer; 0: there was none
}

// DeliveryState is how a delivery stands.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryWaiting   DeliveryState = "waiting"
	DeliveryDelivered DeliveryState = "delivered"
	DeliveryFailed    DeliveryState = "failed" // it was given up, while others were taken
)

// DeliveryStates returns every state of a delivery.
func DeliveryStates() []DeliveryState {
	return []DeliveryState{DeliveryWaiting, DeliveryDelivered, DeliveryFailed}
}

// Text returns the name of s.
func (s DeliveryState) Text() Text { return T("delivery.state." + string(s)) }

// DeliveryTry is one try to deliver something.
type DeliveryTry struct {
	Number  int // from 1
	At      time.Time
	Took    time.Duration
	Status  int           // of the answer; 0: there was none
	Problem TryProblem    // why it did not succeed; empty: it did
	Detail  string        // about the problem, for somebody who knows the network
	Headers string        // of the request, as name: value, a line each
	Answer  string        // the first of what the other side said
	Again   time.Duration // what it asked to be left alone for; 0: it did not say
}

// TryProblem says why a try to deliver something did not succeed.
type TryProblem string

// Why a try did not succeed.
const (
	TryRefused  TryProblem = "refused"  // the answer was none of success
	TryRedirect TryProblem = "redirect" // it was to go somewhere else
	TryGone     TryProblem = "gone"     // nothing is to be sent there any more
	TryTimeout  TryProblem = "timeout"
	TryName     TryProblem = "name"    // its name is that of no machine
	TryPrivate  TryProblem = "private" // it is an address to which nothing may be sent
	TryTLS      TryProblem = "tls"     // it did not prove who it is
	TryNetwork  TryProblem = "network" // anything else
)

// Text returns what p is, as a sentence.
func (p TryProblem) Text() Text { return T("delivery.problem." + string(p)) }

// DeliveryFilter chooses deliveries for a list. Zero values choose all.
type DeliveryFilter struct {
	States []DeliveryState
	Kinds  []EventKind
}

// Redelivery chooses what is delivered again of a webhook: what happened in a time, and
// was delivered or given up.
type Redelivery struct {
	From, Till time.Time // at this time or later, and before that
	Failed     bool      // only what was given up
}

// MostRedelivered is how many deliveries are asked for again at once.
const MostRedelivered = 10_000

// Validate reports every field that cannot be accepted as an Invalid error.
func (r Redelivery) Validate() error {
	bad := problems{}
	switch {
	case r.From.IsZero():
		bad.add("from", "problem.date")
	case r.Till.IsZero():
		bad.add("till", "problem.date")
	case !r.From.Before(r.Till):
		bad.add("till", "problem.before_from")
	}
	return bad.err()
}

// DeliveriesKept is for how long one can look at what was delivered or given up, and
// have it sent again.
const DeliveriesKept = 30 * day
