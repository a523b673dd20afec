package matrixtest

import (
	"slices"
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
)

// doors is what ought to become of a request, written down by hand from what
// Plaza promises, and by nobody who looked at its policy: a line for each route.
//
// The second column says who: kinds of profile (Vendor, Reseller, Partner,
// Enterprise) and roles (owner, administrator, manager, support, auditor); after a
// bar, who else gets another thing there. The third says what of somebody acting:
//
//	look    may, if both the login that was chosen and their own role may
//	manage  needs Manage, and then their own role counts
//	never   nobody does this for another
//	self    what they do in their own name
//
// The fourth says what the ID in the path is of, and the last of whose:
//
//	tree    in one's own profile and in all below it
//	once    there, or where it was before it moved away
//	below   only in those below it
//	own     only in one's own profile
//	office  only in one's own profile, and there for its owners and administrators
//	asker   only what one asked for oneself
//	maker   only what one sent oneself
//	sides   in one's own profile, and everywhere for the vendor, which has to agree too
//	asked   what one's own profile asked for
//	all     of whoever may come in at all
//	session only what one asked for in this very session
const doors = `
GET  /{$}                       VRPE:oamsu look
GET  /profile                   VRPE:oamsu look
POST /profile                   VRPE:oa    manage
GET  /profile/expiry            VR:oa     manage
POST /profile/expiry            VR:oa     manage
GET  /profile/factors           VRPE:oa    never
POST /profile/factors           VRPE:oa    never
GET  /account/factors           VRPE:oamsu never
GET  /account/factors/new       VRPE:oamsu never
POST /account/factors/new       VRPE:oamsu never
GET  /account/factors/{id}/remove VRPE:oamsu never factor maker
POST /account/factors/{id}/remove VRPE:oamsu never factor maker
GET  /account/recovery          VRPE:oamsu never
POST /account/recovery          VRPE:oamsu never
POST /account/browsers/{id}/forget VRPE:oamsu never browser maker
GET  /prove                     VRPE:oamsu self
POST /prove                     VRPE:oamsu self
GET  /account/mails             VRPE:oamsu never
POST /account/mails             VRPE:oamsu never
GET  /partners                  VRPE:oamsu look
GET  /partners/new              VR:oam|PE:oam never
POST /partners                  VR:oam|PE:oam never
GET  /partners/{id}             VRPE:oamsu look   profile tree
GET  /partners/{id}/licenses    VRPE:oamsu look   profile below
GET  /partners/{id}/agents      VRPE:oamsu look   profile below
GET  /partners/{id}/logins      VRPE:oamsu look   profile below
GET  /partners/{id}/requests    VRPE:oamsu look   profile below
GET  /partners/{id}/audit       VRPE:oau   look   profile below
GET  /partners/{id}/settings    VRPE:oa    manage profile below
POST /partners/{id}/settings    VRPE:oa    manage profile tree
GET  /partners/{id}/plans       VR:oa      manage profile below
POST /partners/{id}/plans       VR:oa      manage profile below
GET  /partners/{id}/suspend     VR:oam     manage profile below
POST /partners/{id}/suspend     VR:oam     manage profile below
POST /partners/{id}/resume      VR:oam     manage profile tree
GET  /partners/{id}/close       VR:oa      never  profile below
POST /partners/{id}/close       VR:oa      never  profile below
POST /partners/{id}/reopen      VR:oa      never  profile tree
GET  /partners/{id}/move        VR:oa      never  profile below
POST /partners/{id}/move        VR:oa      never  profile below
GET  /moves                     VR:oa      look
GET  /moves/{id}                VR:oa      look   move tree
GET  /moves/{id}/agree          VR:oa      never  move sides
POST /moves/{id}/agree          VR:oa      never  move sides
GET  /moves/{id}/decline        VR:oa      never  move sides
POST /moves/{id}/decline        VR:oa      never  move sides
POST /moves/{id}/withdraw       VR:oa      never  move asked
GET  /partners/{id}/login-as    VR:oas     never  profile below
POST /partners/{id}/login-as    VR:oas     never  profile below
POST /acting/mode               VR:oas     self
POST /acting/leave              VR:oas     self
GET  /access                    VRPE:oau   never
POST /access/setting            VRPE:oa    never
POST /access/login-as           V:oa       never
POST /access/inside/{id}/end    VRPE:oa    never  visit own
POST /partners/{id}/consent     VR:oas     never  profile below
POST /consents/{id}/grant       VRPE:o     never  consent own
POST /consents/{id}/refuse      VRPE:o     never  consent own
POST /consents/{id}/revoke      VRPE:o     never  consent own
POST /consents/{id}/withdraw    VR:oas     never  consent asker
GET  /consent/{token}           anybody
POST /consent/{token}           anybody
GET  /licenses                  VRPE:oamsu look
GET  /licenses/new              VR:oam|PE:oam manage
POST /licenses                  VR:oam|PE:oam manage
GET  /licenses/bulk             VR:oam     never
POST /licenses/bulk             VR:oam     never
GET  /batches                   VRPE:oamsu look
GET  /batches/{id}              VRPE:oamsu look   batch tree
GET  /exports                   VRPE:oamsu look
POST /exports                   VRPE:oamsu look
GET  /exports/{id}              VRPE:oamsu look   export session
GET  /exports/{id}/file         VRPE:oamsu look   export session
POST /exports/{id}/cancel       VRPE:oamsu look   export session
GET  /imports                   VR:oam     look
GET  /imports/new               VR:oam     never
POST /imports                   VR:oam     never
GET  /imports/template          VR:oam     never
GET  /imports/{id}              VR:oam     look   import own
GET  /imports/{id}/report       VR:oam     look   import own
POST /imports/{id}/check        VR:oam     never  import maker
POST /imports/{id}/apply        VR:oam     never  import maker
POST /imports/{id}/discard      VR:oam     never  import maker
GET  /licenses/{id}             VRPE:oamsu look   license tree
POST /licenses/{id}/key         VRPE:oam   manage license tree
GET  /licenses/{id}/suspend     VR:oam     manage license tree
POST /licenses/{id}/suspend     VR:oam     manage license tree
POST /licenses/{id}/resume      VR:oam     manage license tree
GET  /licenses/{id}/end         VR:oam|PE:oam manage license tree
POST /licenses/{id}/end         VR:oam|PE:oam manage license tree
GET  /licenses/{id}/delete      VR:oam     manage license tree
POST /licenses/{id}/delete      VR:oam     manage license tree
GET  /licenses/{id}/transfer    VR:oam     never  license tree
POST /licenses/{id}/transfer    VR:oam     never  license tree
GET  /licenses/{id}/billing     VR:oam     manage license tree
POST /licenses/{id}/billing     VR:oam     manage license tree
GET  /licenses/{id}/renew       VR:oam|PE:oam manage license tree
POST /licenses/{id}/renew       VR:oam|PE:oam manage license tree
GET  /plans/{id}/apply        VR:oam     never  plan all
POST /plans/{id}/apply        VR:oam     never  plan all
GET  /licenses/{id}/plan        VR:oam|PE:oam manage license tree
POST /licenses/{id}/plan        VR:oam|PE:oam manage license tree
GET  /webhooks                  VRPE:oa    never
GET  /webhooks/new              VRPE:oa    never
POST /webhooks                  VRPE:oa    never
GET  /webhooks/{id}             VRPE:oa    never  webhook own
GET  /webhooks/{id}/edit        VRPE:oa    never  webhook own
POST /webhooks/{id}/edit        VRPE:oa    never  webhook own
POST /webhooks/{id}/pause       VRPE:oa    never  webhook own
POST /webhooks/{id}/resume      VRPE:oa    never  webhook own
GET  /webhooks/{id}/rotate      VRPE:oa    never  webhook own
POST /webhooks/{id}/rotate      VRPE:oa    never  webhook own
GET  /webhooks/{id}/remove      VRPE:oa    never  webhook own
POST /webhooks/{id}/remove      VRPE:oa    never  webhook own
POST /webhooks/{id}/test        VRPE:oa    never  webhook own
GET  /webhooks/{id}/redeliver   VRPE:oa    never  webhook own
POST /webhooks/{id}/redeliver   VRPE:oa    never  webhook own
GET  /deliveries/{id}           VRPE:oa    never  delivery own
POST /deliveries/{id}/redeliver VRPE:oa    never  delivery own
GET  /allowances                VRPE:oamsu look
GET  /allowances/new            VR:oa      manage
POST /allowances                VR:oa      manage
GET  /allowances/{id}/edit      VR:oa      manage allowance below
POST /allowances/{id}/edit      VR:oa      manage allowance below
GET  /allowances/{id}/request   RPE:oam    never  allowance own
POST /allowances/{id}/request   RPE:oam    never  allowance own
GET  /allowances/{id}/remove    VR:oa      manage allowance below
POST /allowances/{id}/remove    VR:oa      manage allowance below
GET  /statements                VRPE:oamu  look
GET  /statements/{id}           VRPE:oamu  look   profile once
GET  /statements/{id}/{month}   VRPE:oamu  look   profile once
GET  /statements/{id}/{month}/export  VRPE:oamu  look   profile once
GET  /statements/{id}/terms     VR:oa      manage profile below
POST /statements/{id}/terms     VR:oa      manage profile below
GET  /statements/{id}/adjust    VR:oa      manage profile below
POST /statements/{id}/adjust    VR:oa      manage profile below
GET  /agents                    VRPE:oamsu look
GET  /agents/new                VR:oam|PE:oam manage
POST /agents                    VR:oam|PE:oam manage
GET  /agents/{id}               VRPE:oamsu look   agent tree
POST /agents/{id}/key           VRPE:oam   manage agent tree
GET  /agents/{id}/rename        VRPE:oam   manage agent tree
POST /agents/{id}/rename        VRPE:oam   manage agent tree
GET  /plans                     VRPE:oamsu look
GET  /plans/new                 V:oa       never
POST /plans                     V:oa       never
GET  /plans/{id}                VRPE:oamsu look   plan all
GET  /plans/{id}/edit           V:oa       never  plan all
POST /plans/{id}/edit           V:oa       never  plan all
GET  /plans/{id}/withdraw       V:oa       never  plan all
POST /plans/{id}/withdraw       V:oa       never  plan all
POST /plans/{id}/restore        V:oa       never  plan all
GET  /releases                  VRPE:oamsu look
GET  /releases/new              V:oa       never
POST /releases                  V:oa       never
POST /releases/key              V:oa       never
GET  /releases/{id}             VRPE:oamsu look   release all
POST /releases/{id}/artifacts   V:oa       never  draft all
POST /releases/{id}/publish     V:oa       never  draft all
GET  /releases/{id}/yank        V:oa       never  release all
POST /releases/{id}/yank        V:oa       never  release all
GET  /artifacts/{id}/{expiry}/{mac}/{filename}  anybody
GET  /agents/{id}/file          VRPE:oam   manage agent tree
POST /agents/{id}/file          VRPE:oam   manage agent tree
GET  /agents/{id}/offline       VRPE:oam   manage agent tree
POST /agents/{id}/offline       VRPE:oam   manage agent tree
GET  /agents/{id}/download      VRPE:oam   manage agent tree
POST /agents/{id}/download      VRPE:oam   manage agent tree
GET  /activations/{id}/release  VRPE:oam   manage activation tree
POST /activations/{id}/release  VRPE:oam   manage activation tree
GET  /settings/signing-key          VRPE:oamsu look
GET  /settings/signing-key/rotate   V:oa       never
POST /settings/signing-key/rotate   V:oa       never
GET  /agents/{id}/alarm         VRPE:oam   manage agent tree
POST /agents/{id}/alarm         VRPE:oam   manage agent tree
GET  /monitor                   VRPE:oamsu look
GET  /monitor/stream            VRPE:oamsu look
POST /notifications/acknowledge VRPE:oam   manage
POST /notifications/reopen      VRPE:oam   manage
GET  /logins                    VRPE:oamsu look
GET  /logins/new                VR:oa|PE:oam never
POST /logins                    VR:oa|PE:oam never
GET  /logins/{id}               VRPE:oamsu look   login tree
GET  /logins/{id}/edit          VRPE:oa    never  login tree
POST /logins/{id}/edit          VRPE:oa    never  login tree
POST /logins/{id}/disable       VRPE:oa    never  login tree
POST /logins/{id}/enable        VRPE:oa    never  login tree
POST /logins/{id}/reinvite      VRPE:oa    never  login tree
GET  /requests                  VRPE:oamsu look
GET  /requests/{id}             VRPE:oamsu look   request tree
GET  /requests/limits           V:oa       never
POST /requests/limits           V:oa       never
POST /requests/{id}/comment     VRPE:oam   never  request tree
POST /requests/{id}/approve     VR:oam     never  request below
GET  /requests/{id}/decline     VR:oam     never  request tree
POST /requests/{id}/decline     VR:oam     never  request below
POST /requests/{id}/withdraw    RPE:oam    never  request own
GET  /tokens                    VRPE:oamsu never
GET  /tokens/new                VRPE:oamsu never
POST /tokens                    VRPE:oamsu never
GET  /tokens/{id}               VRPE:oamsu never  token office
GET  /tokens/{id}/revoke        VRPE:oamsu never  token office
POST /tokens/{id}/revoke        VRPE:oamsu never  token office
POST /tokens/{id}/adopt         VRPE:oa    never  token own
GET  /audit                     VRPE:oau   look
GET  /audit/export              VRPE:oau   look
GET  /notices                   VRPE:oamsu look
POST /notices/read              VRPE:oamsu look
GET  /mails                     V:oa       look
POST /mails/{id}/retry          V:oa       manage mail tree
GET  /search                    VRPE:oamsu look
GET  /documentation             anybody
GET  /documentation/{page}      anybody
GET  /documentation/reference   VRPE:oamsu look
GET  /documentation/img/{file}  anybody
GET  /about                     anybody
GET  /about/licenses            anybody
GET  /sign-in                   anybody
POST /sign-in                   anybody
GET  /sign-in/code              anybody
POST /sign-in/code              anybody
GET  /sign-in/factor            anybody
POST /sign-in/factor            anybody
POST /sign-out                  anybody
GET  /forgot-password           anybody
POST /forgot-password           anybody
GET  /reset-password/{token}    anybody
POST /reset-password/{token}    anybody
GET  /invitation/{token}        anybody
POST /invitation/{token}        anybody
GET  /profiles                  anybody
POST /profiles                  anybody
GET  /account                   VRPE:oamsu never
POST /account                   VRPE:oamsu never
GET  /account/password          VRPE:oamsu never
POST /account/password          VRPE:oamsu never
POST /theme                     anybody
     /                          anybody
GET  /assets/                   anybody
`

// fields is every other way by which an ID can come in, in the query or in a form:
// the field, and what the ID in it is of.
//
//nolint:dupword // two columns can say the same
const fields = `
GET  /licenses      profile     profile
GET  /licenses      after       license
GET  /agents        profile     profile
GET  /monitor       profile     profile
GET  /monitor       agent       agent
GET  /monitor       q           name
GET  /monitor       before      notification
GET  /monitor       seen        profile
GET  /monitor/stream  profile   profile
GET  /monitor/stream  q         name
POST /notifications/acknowledge  id  notification
POST /notifications/reopen       id  seen
GET  /logins        profile     profile
GET  /logins        before      login
GET  /requests      profile     profile
GET  /audit         profile     profile
GET  /audit         object      license
GET  /audit         login       owner
GET  /audit         acting      visit
GET  /audit/export  profile     profile
GET  /audit/export  object      agent
GET  /audit/export  acting      visit
GET  /licenses/new  profile     profile
GET  /agents/new    profile     profile
GET  /logins/new    profile     profile
GET  /allowances/new  profile   profile
GET  /statements    profile     profile
GET  /partners/new  profile     profile
GET  /partners      q           name
GET  /search        q           name
GET  /licenses      q           name
GET  /logins        q           name
POST /partners      parent      profile
POST /licenses      profile     profile
POST /agents        profile     profile
POST /logins        profile     profile
POST /allowances    profile     profile
POST /tokens        root        profile
POST /partners/{id}/login-as  login  login
POST /profiles      login       owner
`

// sweep is what an ID could be called, and what it is of: each is tried at every
// route that is only looked at, by a few.
//
//nolint:dupword // two columns can say the same
const sweep = `
profile  profile
parent   profile
object   license
license  license
agent    agent
login    owner
acting   visit
request  request
consent  consent
id       login
after    license
before   agent
`

// rule is who may, and what of somebody acting.
type rule struct {
	groups []group
	acting string
}

// group is roles in kinds of profile.
type group struct {
	kinds []plaza.ProfileKind
	roles []plaza.Role
}

// way is a line of the table.
type way struct {
	method, path string
	anybody      bool
	rule         rule
	of           thing
	reach        string
	api          bool // for programs
	home         bool // and not for those with a token for a profile below
}

func (d way) String() string { return strings.TrimSpace(d.method + " " + d.path) }

// ways returns the table.
func ways(t *testing.T) map[string]way {
	t.Helper()
	all := map[string]way{}
	for line := range strings.Lines(doors + apiDoors) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		if strings.HasPrefix(f[0], "/") {
			f = append([]string{""}, f...)
		}
		d := way{method: f[0], path: f[1]}
		if d.api = strings.HasPrefix(d.path, "/api/"); d.api && f[2] != "anybody" {
			d.home = f[4] == "home"
			f = slices.Delete(f, 4, 5)
		}
		switch {
		case f[2] == "anybody":
			d.anybody = true
		case len(f) == 6:
			d.of, d.reach = thing(f[4]), f[5]
			fallthrough
		default:
			d.rule = parseRule(t, f[2], f[3])
		}
		all[d.String()] = d
	}
	return all
}

func parseRule(t *testing.T, who, acting string) (r rule) {
	t.Helper()
	if !slices.Contains([]string{"look", "manage", "never", "self"}, acting) {
		t.Fatalf("%q is nothing that can be said of somebody acting", acting)
	}
	r.acting = acting
	kinds := map[rune]plaza.ProfileKind{'V': plaza.Vendor, 'R': plaza.Reseller, 'P': plaza.Partner, 'E': plaza.Enterprise}
	roles := map[rune]plaza.Role{
		'o': plaza.Owner, 'a': plaza.Administrator, 'm': plaza.Manager, 's': plaza.Support, 'u': plaza.Auditor, 'x': plaza.Member,
	}
	for part := range strings.SplitSeq(who, "|") {
		var g group
		left, right, _ := strings.Cut(part, ":")
		for _, k := range left {
			g.kinds = append(g.kinds, kinds[k])
		}
		for _, k := range right {
			g.roles = append(g.roles, roles[k])
		}
		r.groups = append(r.groups, g)
	}
	return r
}

// has reports whether somebody in their own name is among those who may.
func (r rule) has(kind plaza.ProfileKind, role plaza.Role) bool {
	return slices.ContainsFunc(r.groups, func(g group) bool { return g.has(kind, role) })
}

func (g group) has(kind plaza.ProfileKind, role plaza.Role) bool {
	return slices.Contains(g.kinds, kind) && slices.Contains(g.roles, role)
}

// lets reports whether p is among those who may.
func (r rule) lets(p principal) bool {
	if p.via == nil {
		return r.has(p.kind, p.role)
	}
	own := r.has(p.via.kind, p.via.role)
	switch r.acting {
	case "look":
		return own && r.has(p.kind, p.role)
	case "manage":
		return own && p.via.mode == plaza.Manage
	case "self":
		return own
	}
	return false
}

// may reports whether who really sits at p's keyboard is in g.
func (p principal) may(g group) bool {
	if p.via != nil {
		return g.has(p.via.kind, p.via.role)
	}
	return g.has(p.kind, p.role)
}

// reaches reports whether p, who is let in, gets at what is in the profile with
// a letter.
func (d way) reaches(p principal, letter string) bool {
	if d.reach != "all" && !p.within(letter) {
		return false
	}
	switch d.reach {
	case "all":
		return true
	case "tree":
		return letter == p.letter || below(letter, p.letter)
	case "once": // until it moved away
		return letter == p.letter || below(letter, p.letter) || p.had(letter)
	case "below":
		return below(letter, p.letter)
	case "own":
		return letter == p.letter
	case "office":
		return letter == p.letter && (p.role == plaza.Owner || p.role == plaza.Administrator)
	case "sides", "asked": // each was proposed by the profile that gives something away
		return letter == p.letter || d.reach == "sides" && p.letter == "V"
	case "session", "maker": // each was asked for, or sent, by the owner of its profile
		return letter == p.letter && p.role == plaza.Owner && p.via == nil && (!d.api || p.site != "") // and by hand
	case "asker": // each was asked by the owner of the profile that was above it then
		return below(letter, p.letter) && p.role == plaza.Owner && p.via == nil && above(letter)[0] == p.letter && letter != "M"
	}
	return false
}

// had reports whether the profile with a letter was p's, or below, before it moved away.
func (p principal) had(letter string) bool { return letter == "M" && p.letter == "R" }
