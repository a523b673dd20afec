package plaza

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// ExpirySteps is how many days before the end of a license people are told of it, the
// most first. Nobody is told if there are none.
type ExpirySteps []int

// DefaultExpirySteps is what holds unless somebody says otherwise.
func DefaultExpirySteps() ExpirySteps { return ExpirySteps{30, 14, 7, 1} }

// What steps there can be.
const (
	mostSteps    = 8
	furthestStep = 365
)

// ParseExpirySteps returns the steps that somebody typed, with commas or blanks between
// them, and whether they are some.
func ParseExpirySteps(text string) (steps ExpirySteps, ok bool) {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == ';' }) {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > furthestStep {
			return nil, false
		}
		steps = append(steps, n)
	}
	slices.Sort(steps)
	steps = slices.Compact(steps)
	slices.Reverse(steps)
	return steps, len(steps) <= mostSteps
}

// String returns s as [ParseExpirySteps] reads it.
func (s ExpirySteps) String() string {
	words := make([]string, len(s))
	for i, n := range s {
		words[i] = strconv.Itoa(n)
	}
	return strings.Join(words, ", ")
}

// Reached returns the last step that is reached when so many days are left; 0 if none is.
func (s ExpirySteps) Reached(days int) (step int) {
	for _, n := range s {
		if days <= n {
			step = n
		}
	}
	return step
}

// DaysLeft returns how many midnights of zone lie between now and end.
func DaysLeft(now, end time.Time, zone *time.Location) int {
	a, b := now.In(zone), end.In(zone)
	from := time.Date(a.Year(), a.Month(), a.Day(), 0, 0, 0, 0, time.UTC)
	till := time.Date(b.Year(), b.Month(), b.Day(), 0, 0, 0, 0, time.UTC)
	return int(till.Sub(from) / day)
}

// ExpiryRule is what holds for the licenses of a kind that a profile and all below it
// hold.
type ExpiryRule struct {
	Kind  LicenseKind
	Steps ExpirySteps
	Own   bool // the profile itself says so; otherwise one above it, or nobody
}

// CheckExpiryRules returns an Invalid error unless rules are some.
func CheckExpiryRules(rules []ExpiryRule) error {
	bad := problems{}
	for _, r := range rules {
		steps, ok := ParseExpirySteps(r.Steps.String())
		if !ok || !slices.Equal(steps, r.Steps) || !slices.Contains(LicenseKinds(), r.Kind) {
			bad.add("steps_"+string(r.Kind), "problem.steps", "Most", furthestStep, "Count", mostSteps)
		}
	}
	return bad.err()
}

// MailTopic is what a mail is about, as far as whoever gets it chooses when.
type MailTopic string

// The topics that one can choose about.
const (
	TopicEnds       MailTopic = "ends" // of licenses
	TopicAllowances MailTopic = "allowances"
	TopicRequests   MailTopic = "requests" // that one made: what became of them
	TopicStatements MailTopic = "statements"
	TopicTokens     MailTopic = "tokens" // that expire
)

// MailTopics returns every topic.
func MailTopics() []MailTopic {
	return []MailTopic{TopicEnds, TopicAllowances, TopicRequests, TopicStatements, TopicTokens}
}

// Text returns the name of t.
func (t MailTopic) Text() Text { return T("mail.topic." + string(t)) }

// Topic returns what a notice of kind k is about, if one can choose whether it is mailed.
func (k NoticeKind) Topic() (t MailTopic, ok bool) {
	t, ok = map[NoticeKind]MailTopic{
		NoticeLicenseEnds: TopicEnds, NoticeLicensesEnd: TopicEnds,
		NoticeAllowanceNear: TopicAllowances, NoticeAllowanceFull: TopicAllowances,
		NoticeStatement:    TopicStatements,
		NoticeTokenExpires: TopicTokens, NoticeTokensExpire: TopicTokens,
		NoticeRequestApproved: TopicRequests, NoticeRequestDeclined: TopicRequests, NoticeRequestComment: TopicRequests,
	}[k]
	return t, ok
}

// MailChoice is when somebody wants to be mailed about a topic. The bell rings in any
// case.
type MailChoice string

// When somebody is mailed.
const (
	MailAtOnce MailChoice = "at_once"
	MailDaily  MailChoice = "daily" // all of a day in one
	MailOff    MailChoice = "off"
)

// MailChoices returns every choice.
func MailChoices() []MailChoice { return []MailChoice{MailAtOnce, MailDaily, MailOff} }

// CheckMailChoices returns an Invalid error unless choices are some.
func CheckMailChoices(choices map[MailTopic]MailChoice) error {
	bad := problems{}
	for topic, choice := range choices {
		if !slices.Contains(MailTopics(), topic) || !slices.Contains(MailChoices(), choice) {
			bad.add(string(topic), "problem.choice")
		}
	}
	return bad.err()
}

// Text returns the name of c.
func (c MailChoice) Text() Text { return T("mail.choice." + string(c)) }
