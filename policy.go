package plaza

import "slices"

// Verb names one thing an actor can attempt. It is what a route declares and
// what the audit log records.
type Verb string

// Every verb Plaza knows.
const (
	OverviewRead Verb = "overview.read"

	ProfileRead    Verb = "profile.read"
	ProfileCreate  Verb = "profile.create"
	ProfileEdits   Verb = "profile.edit"
	ProfileSuspend Verb = "profile.suspend"
	ProfileResume  Verb = "profile.resume"
	ProfileClose   Verb = "profile.close"
	ProfileReopen  Verb = "profile.reopen"
	ProfileMove    Verb = "profile.move"

	MoveRead     Verb = "move.read"
	MovePropose  Verb = "move.propose"
	MoveAgree    Verb = "move.agree"
	MoveDecline  Verb = "move.decline"
	MoveWithdraw Verb = "move.withdraw"

	PlanRead     Verb = "plan.read"
	PlanCreate   Verb = "plan.create"
	PlanEdit     Verb = "plan.edit"
	PlanWithdraw Verb = "plan.withdraw"
	PlanRestore  Verb = "plan.restore"
	PlanOffer    Verb = "plan.offer" // choose which ones a profile below has

	BatchRead  Verb = "batch.read" // work on many things
	BatchStart Verb = "batch.start"
	BatchWork  Verb = "batch.work"

	ExportRead     Verb = "export.read"   // what one has taken along
	ExportCreate   Verb = "export.create" // take a list along
	ExportDownload Verb = "export.download"
	ExportCancel   Verb = "export.cancel"
	ExportWork     Verb = "export.work"
	ImportRead     Verb = "import.read" // things that are made from a file
	ImportCreate   Verb = "import.create"
	ImportCheck    Verb = "import.check" // try it
	ImportApply    Verb = "import.apply"
	ImportDiscard  Verb = "import.discard"
	ImportWork     Verb = "import.work"

	AllowanceRead   Verb = "allowance.read"
	AllowanceCreate Verb = "allowance.create"
	AllowanceEdits  Verb = "allowance.edit"
	AllowanceRemove Verb = "allowance.remove"
	AllowanceAsk    Verb = "allowance.request" // for more of it

	StatementRead   Verb = "statement.read"
	StatementExport Verb = "statement.export"
	StatementAdjust Verb = "statement.adjust" // book an amount
	BillingEdits    Verb = "billing.edit"     // set on which terms a profile below is billed

	LicenseRead     Verb = "license.read"
	LicenseReveal   Verb = "license.reveal" // see the key
	LicenseIssue    Verb = "license.issue"
	LicenseSuspend  Verb = "license.suspend"
	LicenseResume   Verb = "license.resume"
	LicenseEnd      Verb = "license.end"
	LicenseRenew    Verb = "license.renew"
	LicensePlan     Verb = "license.replan"
	LicenseDelete   Verb = "license.delete" // a mistake, which nothing rests on yet
	LicenseTransfer Verb = "license.transfer"
	LicenseBill     Verb = "license.bill" // say what another system calls it

	AgentRead               Verb = "agent.read"
	AgentCreate             Verb = "agent.create"
	AgentDownload           Verb = "agent.download" // with its license key
	AgentRename             Verb = "agent.rename"
	AgentReport             Verb = "agent.report" // say how one is
	AgentAlarms             Verb = "agent.alarm"  // who is told when it falls silent
	AgentWatch              Verb = "agent.watch"  // see who falls silent, and tell
	NotificationAcknowledge Verb = "notification.acknowledge"
	NotificationReopen      Verb = "notification.reopen"

	AgentCheck    Verb = "agent.check"    // see one's license and machine, and send heartbeats
	AgentActivate Verb = "agent.activate" // bind one's license to a machine
	AgentDescribe Verb = "agent.describe" // say what one's machine is, and what runs on it
	AgentCloned   Verb = "agent.cloned"   // two processes were seen to beat for one machine
	AgentRelease  Verb = "agent.release"  // end an activation

	FileCheckOut Verb = "file.check_out" // a license or machine file
	KeyRead      Verb = "key.read"       // the public key
	KeyRotate    Verb = "key.rotate"

	ReleaseRead    Verb = "release.read"
	ReleaseCreate  Verb = "release.create"
	ReleaseUpload  Verb = "release.upload" // a build of one for a platform
	ReleasePublish Verb = "release.publish"
	ReleaseYank    Verb = "release.yank"
	PublisherKey   Verb = "release.trust" // say by which key builds are signed

	LoginRead      Verb = "login.read"
	LoginCreate    Verb = "login.create"
	LoginEdits     Verb = "login.edit"
	LoginDisable   Verb = "login.disable"
	LoginEnable    Verb = "login.enable"
	LoginReinvite  Verb = "login.reinvite"
	LoginMakeOwner Verb = "login.make_owner"

	RequestRead     Verb = "request.read"
	RequestMake     Verb = "request.make"
	RequestWithdraw Verb = "request.withdraw"
	RequestApprove  Verb = "request.approve"
	RequestDecline  Verb = "request.decline"
	RequestComment  Verb = "request.comment"
	RequestLimits   Verb = "request.limits" // say above which price two have to approve

	ActingStart Verb = "acting.start"
	ActingRaise Verb = "acting.raise"
	ActingStop  Verb = "acting.stop"
	ActingEnd   Verb = "acting.end"         // of somebody who is inside one's own profile
	ActingBreak Verb = "acting.break_glass" // start where nobody is let in
	ActingSet   Verb = "acting.switch"      // off or on, in the whole installation

	AccessRead      Verb = "access.read" // who is inside, and who was
	AccessSet       Verb = "access.set"
	ConsentAsk      Verb = "consent.ask"
	ConsentWithdraw Verb = "consent.withdraw"
	ConsentGrant    Verb = "consent.grant"
	ConsentRefuse   Verb = "consent.refuse"
	ConsentRevoke   Verb = "consent.revoke"

	AuditRead   Verb = "audit.read"   // the log
	AuditExport Verb = "audit.export" // take it along
	AuditSeal   Verb = "audit.seal"   // and look whether it is whole
	AuditExpire Verb = "audit.expire" // remove what is older than it is to be kept
	AuditForget Verb = "audit.forget" // erase what tells something of a person
	HistoryRead Verb = "history.read" // the events of one thing that one may see

	NoticeRead Verb = "notice.read"
	NoticeTell Verb = "notice.tell" // before a license ends, and once a day in one mail
	ExpirySet  Verb = "expiry.set"  // how many days before

	AccountRead     Verb = "account.read" // of oneself
	AccountEdit     Verb = "account.edit"
	AccountPassword Verb = "account.password"
	AccountMails    Verb = "account.mails" // when one is mailed

	FactorRead     Verb = "factor.read" // of oneself
	FactorAdd      Verb = "factor.add"
	FactorRemove   Verb = "factor.remove"
	FactorRecovery Verb = "factor.recovery" // make new recovery codes
	FactorDemand   Verb = "factor.demand"   // want one of all logins
	FactorReset    Verb = "factor.reset"    // take all of somebody who has lost them
	BrowserForget  Verb = "browser.forget"

	TokenRead   Verb = "token.read"
	TokenCreate Verb = "token.create"
	TokenShare  Verb = "token.share" // make one that is the profile's
	TokenAdopt  Verb = "token.adopt" // have one that is the profile's stand for oneself
	TokenRevoke Verb = "token.revoke"

	SessionSignIn    Verb = "session.sign_in"
	SessionSignOut   Verb = "session.sign_out"
	SessionSwitch    Verb = "session.switch" // to another profile of the same person
	SessionProve     Verb = "session.prove"  // again who one is
	PasswordReset    Verb = "password.reset"
	InvitationAccept Verb = "invitation.accept"

	WebhookRead       Verb = "webhook.read"
	WebhookCreate     Verb = "webhook.create"
	WebhookEdits      Verb = "webhook.edit"
	WebhookPause      Verb = "webhook.pause"
	WebhookResume     Verb = "webhook.resume"
	WebhookRotate     Verb = "webhook.rotate" // its secret
	WebhookRemove     Verb = "webhook.remove"
	WebhookTest       Verb = "webhook.test"
	WebhookDeliver    Verb = "webhook.deliver"
	DeliveryRead      Verb = "delivery.read"
	DeliveryRedeliver Verb = "delivery.redeliver"

	MailRead    Verb = "mail.read"
	MailRetry   Verb = "mail.retry"
	MailDeliver Verb = "mail.deliver"

	OperatorRead Verb = "operator.read" // who there is, in the whole installation
	PasswordLink Verb = "password.link" // make a link by which somebody chooses a new one
	SessionEnd   Verb = "session.end"   // all of somebody's

	Install Verb = "install"
	Tidy    Verb = "tidy"
)

// rule says who may do one verb.
type rule struct {
	kinds     []ProfileKind
	roles     []Role
	changes   bool   // somebody acting needs Manage for it
	notActing bool   // nobody does it for another
	keyboard  bool   // somebody acting does it in their own name
	person    bool   // no program does it: no token is given it
	sensitive bool   // who does it has proved shortly before who they are
	home      bool   // it is about one's own profile: no token for profiles below is given it
	apart     bool   // it looks at what may be a secret: it is not among what every program may look at
	own       string // the one of Plaza's own actors that may
}

func (r rule) allows(kind ProfileKind, role Role) error {
	if slices.Contains(r.kinds, kind) && slices.Contains(r.roles, role) {
		return nil
	}
	return Errorf(Forbidden, "error.forbidden")
}

// onlyBelow reports whether r is something that profiles do which administer no
// others, such as making a request. Who administers can grant it without holding it.
func (r rule) onlyBelow() bool {
	return len(r.kinds) > 0 && !slices.ContainsFunc(r.kinds, ProfileKind.Administers)
}

// policy is the whole permission table: which roles in which kinds of profile
// may do what. TestPolicy prints it for people to read. To whose data is
// answered by [Actor.Scope].
var policy = table() //nolint:gochecknoglobals // a constant table

func table() map[Verb]rule {
	var (
		anywhere = []ProfileKind{Vendor, Reseller, Partner, Enterprise}
		above    = []ProfileKind{Vendor, Reseller}
		below    = []ProfileKind{Partner, Enterprise}
		asking   = []ProfileKind{Reseller, Partner, Enterprise} // whoever has somebody above
		vendor   = []ProfileKind{Vendor}

		dashboard = []Role{Owner, Administrator, Manager, Support, Auditor}
		managers  = ManagingRoles()
		admins    = []Role{Owner, Administrator}
		owners    = []Role{Owner}
		helpers   = []Role{Owner, Administrator, Support}
		auditors  = []Role{Owner, Administrator, Auditor}
		accounts  = []Role{Owner, Administrator, Manager, Auditor}
	)
	return map[Verb]rule{
		OverviewRead: {kinds: anywhere, roles: dashboard, person: true}, // a page; programs count what lists tell

		ProfileRead:    {kinds: anywhere, roles: dashboard},
		ProfileCreate:  {kinds: above, roles: managers, changes: true, notActing: true}, // it invites an owner
		ProfileEdits:   {kinds: anywhere, roles: admins, changes: true},
		ProfileSuspend: {kinds: above, roles: managers, changes: true},
		ProfileResume:  {kinds: above, roles: managers, changes: true},
		ProfileClose:   {kinds: above, roles: admins, changes: true, notActing: true, person: true, sensitive: true},
		ProfileReopen:  {kinds: above, roles: admins, changes: true, notActing: true},

		ProfileMove: {changes: true, own: "clerk"}, // when all sides have agreed

		MoveRead:     {kinds: above, roles: admins, home: true},
		MovePropose:  {kinds: above, roles: admins, changes: true, notActing: true, home: true}, // each side speaks for itself
		MoveAgree:    {kinds: above, roles: admins, changes: true, notActing: true, person: true},
		MoveDecline:  {kinds: above, roles: admins, changes: true, notActing: true, person: true},
		MoveWithdraw: {kinds: above, roles: admins, changes: true, notActing: true, home: true},

		PlanRead:     {kinds: anywhere, roles: dashboard, home: true},
		PlanCreate:   {kinds: vendor, roles: admins, changes: true, notActing: true, home: true, sensitive: true}, // it is nobody's alone
		PlanEdit:     {kinds: vendor, roles: admins, changes: true, notActing: true, home: true, sensitive: true},
		PlanWithdraw: {kinds: vendor, roles: admins, changes: true, notActing: true, home: true},
		PlanRestore:  {kinds: vendor, roles: admins, changes: true, notActing: true, home: true},
		PlanOffer:    {kinds: above, roles: admins, changes: true},

		BatchRead:  {kinds: anywhere, roles: dashboard, home: true},
		BatchStart: {kinds: above, roles: managers, changes: true, notActing: true, home: true}, // it goes on when nobody is there
		BatchWork:  {changes: true, own: "clerk"},

		// What is taken along is what one may see anyway; the file is for one's session or token, and ends with it.
		ExportRead:     {kinds: anywhere, roles: dashboard},
		ExportCreate:   {kinds: anywhere, roles: dashboard},
		ExportDownload: {kinds: anywhere, roles: dashboard},
		ExportCancel:   {kinds: anywhere, roles: dashboard},
		ExportWork:     {changes: true, own: "clerk"},
		ImportRead:     {kinds: above, roles: managers, home: true},
		ImportCreate:   {kinds: above, roles: managers, changes: true, notActing: true, home: true}, // as of many things
		ImportCheck:    {kinds: above, roles: managers, changes: true, notActing: true, home: true},
		ImportApply:    {kinds: above, roles: managers, changes: true, notActing: true, home: true},
		ImportDiscard:  {kinds: above, roles: managers, changes: true, notActing: true, home: true},
		ImportWork:     {changes: true, own: "clerk"},

		AllowanceRead:   {kinds: anywhere, roles: dashboard},
		AllowanceCreate: {kinds: above, roles: admins, changes: true},
		AllowanceEdits:  {kinds: above, roles: admins, changes: true},
		AllowanceRemove: {kinds: above, roles: admins, changes: true},
		AllowanceAsk:    {kinds: asking, roles: managers, changes: true, notActing: true, home: true},

		StatementRead:   {kinds: anywhere, roles: accounts},
		StatementExport: {kinds: anywhere, roles: accounts},
		StatementAdjust: {kinds: above, roles: admins, changes: true},
		BillingEdits:    {kinds: above, roles: admins, changes: true},

		LicenseRead:     {kinds: anywhere, roles: dashboard},
		LicenseReveal:   {kinds: anywhere, roles: managers, changes: true},
		LicenseIssue:    {kinds: above, roles: managers, changes: true},
		LicenseSuspend:  {kinds: above, roles: managers, changes: true},
		LicenseResume:   {kinds: above, roles: managers, changes: true},
		LicenseEnd:      {kinds: above, roles: managers, changes: true},
		LicenseRenew:    {kinds: above, roles: managers, changes: true, own: "clerk"}, // when the plan says so
		LicensePlan:     {kinds: above, roles: managers, changes: true},
		LicenseDelete:   {kinds: above, roles: managers, changes: true},
		LicenseTransfer: {kinds: above, roles: managers, changes: true, notActing: true},
		LicenseBill:     {kinds: above, roles: managers, changes: true},

		AgentRead:     {kinds: anywhere, roles: dashboard},
		AgentCreate:   {kinds: above, roles: managers, changes: true},
		AgentDownload: {kinds: anywhere, roles: managers, changes: true, person: true}, // an archive for one who installs it
		AgentRename:   {kinds: anywhere, roles: managers, changes: true},
		AgentReport:   {changes: true, own: "simulator"},
		AgentAlarms:   {kinds: anywhere, roles: managers, changes: true},
		AgentWatch:    {changes: true, own: "janitor"},

		NotificationAcknowledge: {kinds: anywhere, roles: managers, changes: true},
		NotificationReopen:      {kinds: anywhere, roles: managers, changes: true},

		AgentCheck:    {own: "connectagent"},
		AgentActivate: {changes: true, own: "connectagent"},
		AgentDescribe: {changes: true, own: "connectagent"},
		AgentCloned:   {changes: true, own: "connectagent"},
		AgentRelease:  {kinds: anywhere, roles: managers, changes: true, own: "connectagent"},

		FileCheckOut: {kinds: anywhere, roles: managers, changes: true, own: "connectagent"},
		KeyRead:      {kinds: anywhere, roles: dashboard},
		KeyRotate:    {kinds: vendor, roles: admins, changes: true, notActing: true, person: true, sensitive: true},

		ReleaseRead:    {kinds: anywhere, roles: dashboard, own: "publisher"},
		ReleaseCreate:  {kinds: vendor, roles: admins, changes: true, notActing: true, own: "publisher", home: true},   // it is nobody's alone
		ReleaseUpload:  {kinds: vendor, roles: admins, changes: true, notActing: true, own: "publisher", person: true}, // programs use the command line
		ReleasePublish: {kinds: vendor, roles: admins, changes: true, notActing: true, own: "publisher", home: true},
		ReleaseYank:    {kinds: vendor, roles: admins, changes: true, notActing: true, own: "publisher", home: true},
		PublisherKey:   {kinds: vendor, roles: admins, changes: true, notActing: true, own: "publisher", person: true},

		LoginRead:      {kinds: anywhere, roles: dashboard},
		LoginCreate:    {kinds: above, roles: admins, changes: true, notActing: true}, // an invitation is a credential
		LoginEdits:     {kinds: anywhere, roles: admins, changes: true, notActing: true},
		LoginDisable:   {kinds: anywhere, roles: admins, changes: true, notActing: true},
		LoginEnable:    {kinds: anywhere, roles: admins, changes: true, notActing: true},
		LoginReinvite:  {kinds: anywhere, roles: admins, changes: true, notActing: true},
		LoginMakeOwner: {kinds: anywhere, roles: owners, changes: true, notActing: true, person: true},

		RequestRead:     {kinds: anywhere, roles: dashboard},
		RequestMake:     {kinds: below, roles: managers, changes: true, notActing: true, home: true},
		RequestWithdraw: {kinds: asking, roles: managers, changes: true, notActing: true, home: true},
		RequestApprove:  {kinds: above, roles: managers, changes: true, notActing: true},
		RequestDecline:  {kinds: above, roles: managers, changes: true, notActing: true},
		RequestComment:  {kinds: anywhere, roles: managers, changes: true, notActing: true},
		RequestLimits:   {kinds: vendor, roles: admins, changes: true, notActing: true, home: true},

		ActingStart: {kinds: above, roles: helpers, changes: true, notActing: true, person: true},
		ActingRaise: {kinds: above, roles: helpers, keyboard: true, person: true},
		ActingStop:  {kinds: above, roles: helpers, keyboard: true, person: true},
		ActingEnd:   {kinds: anywhere, roles: admins, changes: true, notActing: true, person: true},
		ActingBreak: {kinds: vendor, roles: admins, changes: true, notActing: true, person: true, sensitive: true},
		ActingSet:   {kinds: vendor, roles: admins, changes: true, notActing: true, person: true},

		AccessRead:      {kinds: anywhere, roles: auditors, notActing: true, home: true},
		AccessSet:       {kinds: anywhere, roles: admins, changes: true, notActing: true, person: true, sensitive: true},
		ConsentAsk:      {kinds: above, roles: helpers, changes: true, notActing: true, person: true},
		ConsentWithdraw: {kinds: above, roles: helpers, changes: true, notActing: true, person: true},
		ConsentGrant:    {kinds: anywhere, roles: owners, changes: true, notActing: true, person: true},
		ConsentRefuse:   {kinds: anywhere, roles: owners, changes: true, notActing: true, person: true},
		ConsentRevoke:   {kinds: anywhere, roles: owners, changes: true, notActing: true, person: true},

		AuditRead:   {kinds: anywhere, roles: auditors, home: true},
		AuditExport: {kinds: anywhere, roles: auditors, own: "sealer", person: true}, // a file; programs list the log, or are sent its events
		AuditSeal:   {changes: true, own: "sealer"},
		AuditExpire: {changes: true, own: "janitor"},
		AuditForget: {changes: true, own: "janitor"},
		HistoryRead: {kinds: anywhere, roles: dashboard, home: true},

		NoticeRead: {kinds: anywhere, roles: dashboard, home: true},
		NoticeTell: {changes: true, own: "clerk"},
		ExpirySet:  {kinds: above, roles: admins, changes: true, home: true},

		AccountRead:     {kinds: anywhere, roles: dashboard, notActing: true, person: true},
		AccountEdit:     {kinds: anywhere, roles: dashboard, changes: true, notActing: true, person: true},
		AccountPassword: {kinds: anywhere, roles: dashboard, changes: true, notActing: true, person: true},
		AccountMails:    {kinds: anywhere, roles: dashboard, changes: true, notActing: true, person: true},

		FactorRead:     {kinds: anywhere, roles: dashboard, notActing: true, person: true},
		FactorAdd:      {kinds: anywhere, roles: dashboard, changes: true, notActing: true, person: true, sensitive: true},
		FactorRemove:   {kinds: anywhere, roles: dashboard, changes: true, notActing: true, person: true, sensitive: true},
		FactorRecovery: {kinds: anywhere, roles: dashboard, changes: true, notActing: true, person: true, sensitive: true},
		FactorDemand:   {kinds: anywhere, roles: admins, changes: true, notActing: true, person: true, sensitive: true},
		BrowserForget:  {kinds: anywhere, roles: dashboard, changes: true, notActing: true, person: true},

		TokenRead:   {kinds: anywhere, roles: dashboard, notActing: true, person: true},
		TokenCreate: {kinds: anywhere, roles: dashboard, changes: true, notActing: true, person: true, sensitive: true},
		TokenShare:  {kinds: anywhere, roles: admins, changes: true, notActing: true, person: true, sensitive: true},
		TokenAdopt:  {kinds: anywhere, roles: admins, changes: true, notActing: true, person: true, sensitive: true},
		TokenRevoke: {kinds: anywhere, roles: dashboard, changes: true, notActing: true, person: true},

		WebhookRead:       {kinds: anywhere, roles: admins, notActing: true, home: true, apart: true}, // its address may be a secret
		WebhookCreate:     {kinds: anywhere, roles: admins, changes: true, notActing: true, home: true, sensitive: true},
		WebhookEdits:      {kinds: anywhere, roles: admins, changes: true, notActing: true, home: true, sensitive: true},
		WebhookPause:      {kinds: anywhere, roles: admins, changes: true, notActing: true, home: true, own: "courier"}, // one that fails
		WebhookResume:     {kinds: anywhere, roles: admins, changes: true, notActing: true, home: true},
		WebhookRotate:     {kinds: anywhere, roles: admins, changes: true, notActing: true, home: true, sensitive: true},
		WebhookRemove:     {kinds: anywhere, roles: admins, changes: true, notActing: true, home: true},
		WebhookTest:       {kinds: anywhere, roles: admins, changes: true, notActing: true, home: true},
		WebhookDeliver:    {changes: true, own: "courier"},
		DeliveryRead:      {kinds: anywhere, roles: admins, notActing: true, home: true, apart: true}, // it is what happened, as a whole, and what others said to it
		DeliveryRedeliver: {kinds: anywhere, roles: admins, changes: true, notActing: true, home: true},

		SessionSignIn:    {kinds: anywhere, roles: dashboard, person: true},
		SessionSignOut:   {kinds: anywhere, roles: dashboard, person: true},
		SessionSwitch:    {kinds: anywhere, roles: dashboard, notActing: true, person: true},
		SessionProve:     {kinds: anywhere, roles: dashboard, keyboard: true, person: true},
		PasswordReset:    {kinds: anywhere, roles: dashboard, changes: true, notActing: true, person: true},
		InvitationAccept: {kinds: anywhere, roles: Roles(), changes: true, notActing: true, person: true},

		MailRead:    {kinds: vendor, roles: admins, home: true},
		MailRetry:   {kinds: vendor, roles: admins, changes: true, home: true},
		MailDeliver: {changes: true, own: "postman"},

		OperatorRead: {own: "operator"},
		PasswordLink: {changes: true, own: "operator"},
		FactorReset:  {changes: true, own: "operator"},
		SessionEnd:   {changes: true, own: "operator"},

		Install: {changes: true, own: "installer"},
		Tidy:    {changes: true, own: "janitor"},
	}
}

// Verbs returns every verb in policy, sorted.
func Verbs() []Verb {
	all := make([]Verb, 0, len(policy))
	for v := range policy {
		all = append(all, v)
	}
	slices.Sort(all)
	return all
}

// Allows reports whether the given role in a profile of the given kind may do v
// in its own name.
func Allows(v Verb, kind ProfileKind, role Role) bool { return policy[v].allows(kind, role) == nil }
