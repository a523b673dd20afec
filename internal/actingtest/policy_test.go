package actingtest

import (
	"strings"

	"github.com/connectplaza/plaza"
)

// right is one line of the policy as the product's description has it: in which
// kinds of profile (V R P E) and which roles (O A M S U, U an auditor) one may, and
// what becomes of it for somebody acting.
type right struct {
	kinds, roles string
	acting       string
}

// What becomes of a right for somebody acting.
const (
	looking  = "looking"  // both the chosen login and oneself may
	managing = "managing" // in Manage, if oneself may
	never    = "never"    // nobody does it for another
	oneself  = "oneself"  // in one's own name
)

// rights is written from the product's description, and looks at no line of the
// program's own table: what both say is what was meant.
var rights = map[plaza.Verb]right{
	// Everybody with the dashboard looks at what is its own and below.
	plaza.OverviewRead: {"VRPE", "OAMSU", looking},
	plaza.ProfileRead:  {"VRPE", "OAMSU", looking},
	plaza.LicenseRead:  {"VRPE", "OAMSU", looking},
	plaza.AgentRead:    {"VRPE", "OAMSU", looking},
	plaza.LoginRead:    {"VRPE", "OAMSU", looking},
	plaza.RequestRead:  {"VRPE", "OAMSU", looking},
	plaza.NoticeRead:   {"VRPE", "OAMSU", looking},
	plaza.HistoryRead:  {"VRPE", "OAMSU", looking},
	plaza.AuditRead:    {"VRPE", "OAU", looking},
	plaza.AuditExport:  {"VRPE", "OAU", looking},
	plaza.MailRead:     {"V", "OA", looking},

	// What one sees one may take along; what is made of it ends with the session, and
	// with the acting session.
	plaza.ExportCreate:   {"VRPE", "OAMSU", looking},
	plaza.ExportRead:     {"VRPE", "OAMSU", looking},
	plaza.ExportDownload: {"VRPE", "OAMSU", looking},
	plaza.ExportCancel:   {"VRPE", "OAMSU", looking},

	plaza.AccountRead: {"VRPE", "OAMSU", never},
	plaza.AccessRead:  {"VRPE", "OAU", never},

	// Vendor and resellers create and change; partners and enterprises their own
	// settings and names.
	plaza.LicenseIssue:   {"VR", "OAM", managing},
	plaza.LicenseSuspend: {"VR", "OAM", managing},
	plaza.LicenseResume:  {"VR", "OAM", managing},
	plaza.LicenseReveal:  {"VRPE", "OAM", managing},
	plaza.AgentDownload:  {"VRPE", "OAM", managing},
	plaza.AgentRename:    {"VRPE", "OAM", managing},
	plaza.ProfileEdits:   {"VRPE", "OA", managing},
	plaza.ProfileSuspend: {"VR", "OAM", managing},
	plaza.ProfileResume:  {"VR", "OAM", managing},

	// The deny list: credentials, rights, ownership, what closes a profile, who may
	// come in, and another Login as.
	plaza.ProfileCreate:   {"VR", "OAM", never},
	plaza.ProfileClose:    {"VR", "OA", never},
	plaza.ProfileReopen:   {"VR", "OA", never},
	plaza.LoginCreate:     {"VR", "OA", never},
	plaza.TokenRead:       {"VRPE", "OAMSU", never},
	plaza.TokenCreate:     {"VRPE", "OAMSU", never},
	plaza.TokenShare:      {"VRPE", "OA", never},
	plaza.TokenAdopt:      {"VRPE", "OA", never},
	plaza.TokenRevoke:     {"VRPE", "OAMSU", never},
	plaza.LoginReinvite:   {"VRPE", "OA", never},
	plaza.LoginEdits:      {"VRPE", "OA", never},
	plaza.LoginDisable:    {"VRPE", "OA", never},
	plaza.LoginEnable:     {"VRPE", "OA", never},
	plaza.WebhookCreate:   {"VRPE", "OA", never},
	plaza.WebhookRotate:   {"VRPE", "OA", never},
	plaza.AccountEdit:     {"VRPE", "OAMSU", never},
	plaza.AccountPassword: {"VRPE", "OAMSU", never},
	plaza.AccessSet:       {"VRPE", "OA", never},
	plaza.ConsentAsk:      {"VR", "OAS", never},
	plaza.ConsentWithdraw: {"VR", "OAS", never},
	plaza.ConsentGrant:    {"VRPE", "O", never},
	plaza.ConsentRefuse:   {"VRPE", "O", never},
	plaza.ConsentRevoke:   {"VRPE", "O", never},
	plaza.ActingStart:     {"VR", "OAS", never},
	plaza.ActingBreak:     {"V", "OA", never},
	plaza.ActingEnd:       {"VRPE", "OA", never},
	plaza.ActingSet:       {"V", "OA", never},
	plaza.RequestMake:     {"PE", "OAM", never},

	plaza.ActingRaise:    {"VR", "OAS", oneself},
	plaza.ActingStop:     {"VR", "OAS", oneself},
	plaza.SessionSignOut: {"VRPE", "OAMSU", looking},
}

// holds reports whether a role in a kind of profile has r in its own name.
func (r right) holds(kind plaza.ProfileKind, role plaza.Role) bool {
	kinds := map[plaza.ProfileKind]string{plaza.Vendor: "V", plaza.Reseller: "R", plaza.Partner: "P", plaza.Enterprise: "E"}
	roles := map[plaza.Role]string{
		plaza.Owner: "O", plaza.Administrator: "A", plaza.Manager: "M", plaza.Support: "S", plaza.Auditor: "U", plaza.Member: "none",
	}
	return strings.Contains(r.kinds, kinds[kind]) && strings.Contains(r.roles, roles[role])
}

// may reports whether a may do v at all, as it came in.
func may(a plaza.Actor, v plaza.Verb) bool {
	r := rights[v]
	if a.Via == nil {
		return r.holds(a.Kind, a.Role)
	}
	own := r.holds(a.Via.Kind, a.Via.Role)
	switch r.acting {
	case looking:
		return own && r.holds(a.Kind, a.Role)
	case managing:
		return own && a.Via.Mode == plaza.Manage
	case oneself:
		return own
	}
	return false
}

// maySet reports whether a may change a login that has a role, or give it: an
// owner is only an owner's to change.
func maySet(a plaza.Actor, role plaza.Role) bool { return a.Role == plaza.Owner || role != plaza.Owner }
