package plaza

import (
	"regexp"
	"slices"
	"testing"
)

// unheard are the verbs that change something and of which no webhook is told, and why.
func unheard() map[Verb]string {
	const (
		file    = "of a file that has made nothing yet"
		batch   = "each thing that it does is an event of its own"
		move    = "what profiles say to each other before; what comes of it is profile.moved"
		drafts  = "nobody has it yet; what people get is release.published"
		setting = "a setting that changes nothing by itself"
		person  = "of a person, whichever profiles they have logins in"
		log     = "of the log itself"
		letters = "of letters"
		alive   = "how an agent is; that it goes offline or comes online is told by itself"
		itself  = "of the webhook's own deliveries: to tell of it would bring forth another"
	)
	return map[Verb]string{
		BatchStart: batch, BatchWork: batch, ImportCreate: file, ImportCheck: file, ImportApply: batch, ImportDiscard: file, ImportWork: batch,
		ExportWork:  "of a file for whoever asked for it; that they took it along is on record",
		MovePropose: move, MoveAgree: move, MoveDecline: move, MoveWithdraw: move,
		ReleaseCreate: drafts, ReleaseUpload: drafts, PublisherKey: setting, RequestLimits: setting, ExpirySet: setting, ActingSet: setting,
		AccountEdit: person, AccountPassword: person, AccountMails: person, PasswordReset: person, PasswordLink: person, SessionEnd: person,
		AuditSeal: log, AuditExpire: log, AuditForget: log,
		FactorAdd: person, FactorRemove: person, FactorRecovery: person, BrowserForget: person, FactorDemand: setting, FactorReset: person,
		MailRetry: letters, MailDeliver: letters, NoticeTell: letters,
		AgentReport: alive, AgentWatch: alive, AgentDescribe: alive,
		WebhookTest: itself, WebhookDeliver: itself, DeliveryRedeliver: itself,
		LoginMakeOwner: "a part of login.changed, which says so",
		Install:        "nobody is there yet", Tidy: "what it deletes is dead already",
	}
}

// TestEveryDeedIsAnEvent: whoever adds a verb that changes something says what it is
// called in the events that tell of it, or why there are none.
func TestEveryDeedIsAnEvent(t *testing.T) {
	t.Parallel()
	free := unheard()
	for v, r := range policy {
		_, told := EventOf(v)
		_, listed := free[v]
		switch {
		case told && listed:
			t.Errorf("%s is told of and listed as one that is not", v)
		case r.changes && !told && !listed:
			t.Errorf("%s changes something: put it into the catalogue of events, or list it with the reason", v)
		}
		delete(free, v)
	}
	for v := range free {
		t.Errorf("%s is listed, but there is no such verb", v)
	}
}

func TestEventKindsAreToldApart(t *testing.T) {
	t.Parallel()
	kinds, verbs := EventKinds(), EventVerbs()
	slices.Sort(kinds)
	slices.Sort(verbs)
	if len(slices.Compact(kinds)) != len(events) {
		t.Error("two kinds have the same name")
	}
	if n := len(verbs); len(slices.Compact(verbs)) != n {
		t.Error("one verb makes two kinds of events")
	}
	form := regexp.MustCompile(`^[a-z]+\.[a-z]+(_[a-z]+)*$`)
	for _, k := range kinds {
		if !form.MatchString(string(k)) || k.Type() != "plaza."+string(k) {
			t.Errorf("%s is no name", k)
		}
	}
	nouns := EventNouns()
	for i, e := range events { // those of a noun stand together
		if i > 0 && e.kind.Noun() != events[i-1].kind.Noun() {
			nouns = nouns[1:]
		}
		if nouns[0] != e.kind.Noun() {
			t.Errorf("%s stands apart from its like", e.kind)
		}
	}
}

func TestARenewalIsARenewal(t *testing.T) {
	t.Parallel()
	for v, want := range map[Verb]EventKind{
		LicenseRenew: "license.renewed", LicenseIssue: "license.issued", AllowanceAsk: "request.made", RequestMake: "request.made", ActingEnd: "acting.ended",
		LicenseRead: "", AgentCheck: "", AgentReport: "",
	} {
		if got, _ := EventOf(v); got != want {
			t.Errorf("%s: got %q, want %q", v, got, want)
		}
	}
}

func TestAgentsAreToldOfWhenTheyAreHeardOrNot(t *testing.T) {
	t.Parallel()
	for _, before := range AgentStatuses() {
		for _, after := range AgentStatuses() {
			want := EventKind("")
			switch down := map[AgentStatus]bool{AgentOffline: true, AgentNever: true}; {
			case down[before] && !down[after]:
				want = EventAgentOnline
			case !down[before] && after == AgentOffline:
				want = EventAgentOffline
			}
			if got, ok := (AgentTurn{Before: before, After: after}).Event(); got != want || ok != (want != "") {
				t.Errorf("from %s to %s: got %q, want %q", before, after, got, want)
			}
		}
	}
}
