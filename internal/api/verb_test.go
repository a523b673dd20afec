package api_test

import (
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/api"
	"github.com/connectplaza/plaza/internal/door"
)

// without is every verb that no operation does, and why.
const (
	byThemselves = "a part of Plaza does it by itself, or a ConnectAgent does it at its own door"
	atTheDoor    = "somebody comes in, or goes"
	credential   = "it gives somebody a way in, or takes one: a person at the keyboard does"
	forThemself  = "it is one's own, on one's own page"
	lastWord     = "nobody can undo it, or a side gives its word: a person at the keyboard does"
	operators    = "the operator does it, who has the database"
	aFile        = "it is a file, or a page: an operation tells the same, or the command line does it"
)

var without = map[plaza.Verb]string{
	plaza.OverviewRead: aFile, plaza.AgentDownload: aFile, plaza.ReleaseUpload: aFile, plaza.AuditExport: aFile,

	plaza.ProfileClose: lastWord, plaza.MoveAgree: lastWord, plaza.MoveDecline: lastWord, plaza.KeyRotate: lastWord, plaza.PublisherKey: lastWord,

	plaza.LoginMakeOwner: credential, plaza.ActingStart: credential, plaza.ActingRaise: credential, plaza.ActingStop: credential, plaza.ActingEnd: credential,
	plaza.ActingBreak: credential, plaza.ActingSet: credential, plaza.AccessSet: credential, plaza.ConsentAsk: credential, plaza.ConsentWithdraw: credential,
	plaza.ConsentGrant: credential, plaza.ConsentRefuse: credential, plaza.ConsentRevoke: credential, plaza.TokenRead: credential, plaza.TokenCreate: credential,
	plaza.FactorDemand: credential, plaza.TokenShare: credential, plaza.TokenAdopt: credential, plaza.TokenRevoke: credential,

	plaza.AccountRead: forThemself, plaza.AccountEdit: forThemself, plaza.AccountPassword: forThemself, plaza.AccountMails: forThemself,
	plaza.FactorRead: forThemself, plaza.FactorAdd: forThemself, plaza.FactorRemove: forThemself, plaza.FactorRecovery: forThemself, plaza.BrowserForget: forThemself,

	plaza.SessionSignIn: atTheDoor, plaza.SessionSignOut: atTheDoor, plaza.SessionSwitch: atTheDoor, plaza.SessionProve: atTheDoor, plaza.PasswordReset: atTheDoor, plaza.InvitationAccept: atTheDoor,

	plaza.OperatorRead: operators, plaza.PasswordLink: operators, plaza.FactorReset: operators, plaza.SessionEnd: operators,

	plaza.ProfileMove: byThemselves, plaza.ExportWork: byThemselves, plaza.BatchWork: byThemselves, plaza.ImportWork: byThemselves, plaza.AgentReport: byThemselves, plaza.AgentWatch: byThemselves, plaza.AgentCheck: byThemselves,
	plaza.AgentActivate: byThemselves, plaza.AgentDescribe: byThemselves, plaza.AgentCloned: byThemselves, plaza.AuditSeal: byThemselves, plaza.AuditExpire: byThemselves,
	plaza.AuditForget: byThemselves, plaza.NoticeTell: byThemselves, plaza.WebhookDeliver: byThemselves, plaza.MailDeliver: byThemselves, plaza.Install: byThemselves,
	plaza.Tidy: byThemselves,
}

// TestWhateverTheDashboardCanDoAProgramCan: every verb has an operation, or a reason why it
// has none; and no token is given a verb by which it could do nothing.
func TestWhateverTheDashboardCanDoAProgramCan(t *testing.T) {
	t.Parallel()
	mux := new(door.Mux)
	if err := api.Mount(mux, api.Config{PublicURL: "http://plaza.test"}); err != nil {
		t.Fatal(err)
	}
	done := map[plaza.Verb]bool{}
	for _, rt := range mux.Routes() {
		done[rt.Verb] = true
	}
	for _, v := range plaza.Verbs() {
		switch why := without[v]; {
		case done[v] && why != "":
			t.Errorf("%s has an operation, although %s", v, why)
		case !done[v] && why == "":
			t.Errorf("%s has no operation, and no reason why", v)
		}
	}
	for _, kind := range []plaza.ProfileKind{plaza.Vendor, plaza.Reseller, plaza.Partner, plaza.Enterprise} {
		for _, role := range plaza.Roles() {
			for _, v := range plaza.TokenVerbs(kind, role, false) {
				if !done[v] {
					t.Errorf("the token of a %s of a %s can be for %s, and does nothing by that", role, kind, v)
				}
			}
		}
	}
}
