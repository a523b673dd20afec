package store_test

import (
	"reflect"
	"testing"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// scopeless returns the methods of store.Tx that take no scope, and why that is
// right. Whoever adds one explains it here.
func scopeless() map[string]string {
	const (
		insert  = "adds a row for a profile that the caller has read within its scope"
		gate    = "the token, the link or the session proves the right; there is no actor yet"
		person  = "a person belongs to no profile; only itself and the gate ask"
		tell    = "who is to be told, whoever asks; the caller shows it to nobody"
		changed = "of a login or a profile that the caller has changed within its scope"
		nobody  = "belongs to no profile"
		oracle  = "says only that something is taken, which an agent has to know"
		catalog = "the vendor's catalogue, which belongs to no profile; who may see what of it is decided where it is read"
		beat    = "when something was last heard of that came in with its key; nobody sees it but through that"
		node    = "what the nodes of an installation tell each other"
		load    = "numbers of what would move, which its sides are told; what else they may know is decided there"
		sealed  = "the log is sealed as a whole; nobody but the operator sees what this returns"
	)
	return map[string]string{
		"AfterCommit": nobody,
		"BrowserIs":   person, "Browsers": person, "DeleteFactor": person, "DropBrowser": person, "DropBrowsersOf": person, "Factors": person, "PutRecoveryCodes": person, "Recovery": person, "UseRecoveryCode": person, "UseFactor": person, "InsertBrowser": insert, "InsertFactor": insert,
		"DropBrowsers": nobody, "ProveSession": "of whoever holds it", "TakeSession": "of whoever holds it", "StageSession": "of whoever holds it", "FactorRule": "of the actor's own profile", "SetFactorRule": "of the actor's own profile",
		"FactorWanted": "what holds for a profile, whoever above it said so", "FactorWantedAbove": "what holds for a profile, whoever above it said so",
		"ExpiryRules": "what holds for a profile, whoever above it said so", "SetExpiryRule": insert, "DropExpiryRule": "of the actor's own profile", "FurthestExpiryStep": nobody, "MailChoices": person, "SetMailChoice": person, "Try": nobody, "Setting": nobody, "ApprovalLimits": nobody, "SetApprovalLimits": nobody, "FirstApprover": "one person, to compare with whoever approves next", "PutSetting": nobody, "TurnSetting": nobody, "Plan": nobody, "Plans": catalog, "PlanFor": catalog, "EditionPrices": catalog, "PlanPrices": catalog, "InsertPlan": nobody, "UpdatePlan": nobody,
		"Attempt": gate, "PutAttempt": gate, "DropAttempt": gate, "DropAttempts": gate,

		"InsertProfile": insert, "InsertLicense": insert, "InsertAllowance": insert, "InsertBillingTerms": insert, "InsertAdjustment": insert, "InsertBatch": insert, "InsertExport": insert, "InsertAgent": insert, "InsertLogin": insert, "InsertRequest": insert, "InsertComment": insert,
		"InsertNotice": insert, "InsertMail": insert, "AppendAudit": insert,
		"InsertProfiles": insert, "InsertLicenses": insert, "InsertInvitations": insert, "InsertImport": insert,
		"HoldHalts": nobody, "SharePlans": catalog, "HoldOffAllowances": nobody, "NotOffered": catalog,
		"AllowancesCounting": "as HoldAllowances, for who makes many licenses", "AllowancesByID": "as HoldAllowances, for who makes many licenses",

		"AuditRecords": sealed, "StrayAudit": sealed, "UnsealedAudit": sealed, "SealAudit": sealed, "PutAuditHashes": sealed, "AuditHashes": sealed,
		"AuditHashesAt": sealed, "CountAuditHashes": sealed, "AuditCheckpoint": sealed, "LockAuditLog": sealed, "PutAuditCheckpoint": sealed,
		"NewestExpiry": sealed, "ExpireAudit": sealed, "AuditOf": sealed, "ForgetAudit": sealed, "Vendor": "is one profile for all, and this only its ID",

		"InsertPerson": person, "InsertPersons": person, "PersonsByEmail": person, "Person": person, "PersonByEmail": person, "PersonLogins": person, "PasswordHash": person,
		"PasswordIs": person, "SetPasswordHash": person, "UpdatePerson": person, "InsertPasswordReset": person, "DropPasswordResets": person, "DropSessionsOf": person,

		"InsertSession": gate, "Session": gate, "SessionByID": gate, "SeeSession": gate, "RotateSession": gate, "EnterProfile": gate, "SignedIn": gate,
		"DropSession": gate, "DropSessions": gate,
		"DropSessionsIn": changed, "DropSessionsBelow": changed,
		"InsertInvitation": gate, "Invitation": gate, "UseInvitation": gate, "PasswordReset": gate, "UsePasswordReset": gate, "DropLinks": gate,

		"InsertActing": gate, "Acting": gate, "ActingBefore": gate, "SetActingMode": gate, "LeaveActing": gate,
		"SessionStands": gate, "ActingStands": gate,
		"HoldLogin": "holds what the caller has read within its scope, or with a link or a password, and returns nothing", "HoldLoginsOf": person,
		"HoldProfile": "holds what the caller has read within its scope, and returns nothing",
		"EndActings":  "of whoever the caller has found to have lost what they rest on",

		"LoginAsOff": nobody, "SetLoginAsOff": nobody, "HoldLoginAs": nobody, "Analyze": nobody,
		"InsertConsent": insert, "InsertConsentLink": insert,
		"UseConsent": changed, "DropConsentLinks": changed, "ConsentLink": "the link proves who it was sent to",

		"Above":            "names of nobody: IDs to count, or to look up within a scope",
		"InsertActivation": insert, "InsertComponent": insert, "InsertProcess": insert, "InsertPulse": insert, "InsertSigningKey": nobody,
		"SigningKeys": nobody, "HoldSigningKeys": nobody,
		"FleetLicense": "the key proves the right", "FleetHome": "of a license that came in with its key",
		"FingerprintTaken": oracle, "ComponentTaken": oracle, "IsActivation": oracle,
		"Pulse": beat, "PutPulses": beat, "ChangedLicense": node, "FleetChanges": node, "DropFleetChanges": node,

		"InsertRelease": catalog, "Releases": catalog, "Release": catalog, "ReleasesOf": catalog, "HoldRelease": catalog, "SetReleaseStatus": catalog,
		"InsertArtifact": catalog, "Artifacts": catalog, "Artifact": catalog, "FinishArtifact": catalog, "DropWaiting": catalog,
		"PutArtifactPart": catalog, "ArtifactPart": catalog,

		"ShareProfile":         "the caller has found it in scope, or it is the license's own",
		"ForgetLicenseBilling": "of a profile that is being moved, and all below it", "TermsFromBeyond": "of a profile that is being moved",
		"BilledFor":  "whose calendars to look at; nothing of them is told",
		"InsertMove": insert, "HoldTree": nobody, "TakeTree": nobody,
		"Height": load, "MoveLoad": load, "MoveEnds": load, "AllowancesOf": load,
		"HoldAllowancesAbove": "counts for whoever moves a profile what is above it; how much may be told is decided there",
		"LapseConsents":       changed,

		"AllowancesAbove": "as HoldAllowances, for who only looks",
		"HoldAllowances":  "counts for whoever makes a license what is above them too; how much may be told is decided there",
		"ToldAllowance":   "of one that was held",
		"FinishItems":     "of a batch that is claimed",
		"PutExport":       "of an export that is claimed", "DropExport": "of one that was found to be nobody's any more, or within a scope",
		"DropExports": gate, "DeadExports": "counts what can never be used again",
		"InsertToken": insert, "BearerByDigest": "the token proves the right", "TokenStands": "of who came in with it", "SeeToken": "of who came in with it",
		"InsertOnce": "of the login that asks", "DoneOnce": "of the login that asks", "KeepAnswer": "of the login that asks", "DropOnce": gate,
		"LivingTokens":   "counts what stands for the login that asks",
		"RevokeTokensOf": changed, "RevokeTokensOfPerson": changed,
		"BeginTerm":        "of a license that is held",
		"MovePlaces":       "of a profile that the caller has put where it is",
		"ForgetDeliveries": "of a profile that the caller has put where it is",
		"InsertWebhook":    insert, "InsertDelivery": "adds a row for a webhook that is held", "AnyWebhook": nobody, "SealedTill": sealed,
		"WebhooksAbove": "whose webhooks are told of what happens in a profile; each is told only what its own may know",

		"LoginsWithRole": tell,
		"OtherOwners":    "of the profile of a login that the caller has read within its scope",
	}
}

// TestEveryMethodTakesAScope: what belongs to a profile is read and changed
// within a scope, or the exception stands above with its reason.
func TestEveryMethodTakesAScope(t *testing.T) {
	t.Parallel()
	free := scopeless()
	for m := range reflect.TypeFor[*store.Tx]().Methods() {
		takes := false
		for in := range m.Type.Ins() {
			takes = takes || in == reflect.TypeFor[plaza.Scope]()
		}
		_, listed := free[m.Name]
		switch {
		case takes && listed:
			t.Errorf("%s takes a scope and is listed as one that does not", m.Name)
		case !takes && !listed:
			t.Errorf("%s takes no scope; if that is right, list it with the reason", m.Name)
		}
		delete(free, m.Name)
	}
	for name := range free {
		t.Errorf("%s is listed, but there is no such method", name)
	}
}
