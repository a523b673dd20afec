package matrixtest

import (
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
)

// verbs is the rest of the doors: what no route asks for by itself, in the same
// words. A dash is nobody who signs in; what stands behind "by" is the one of
// Plaza's own actors that does it.
const verbs = `
license.renew       VR:oam       manage by clerk
batch.work          -            never by clerk
export.work         -            never by clerk
import.work         -            never by clerk
notice.tell         -            never by clerk
profile.move        -            never by clerk
history.read        VRPE:oamsu   look
login.make_owner    VRPE:o       never
token.share         VRPE:oa      never
acting.break_glass  V:oa         never
session.sign_in     VRPE:oamsu   look
session.sign_out    VRPE:oamsu   look
session.switch      VRPE:oamsu   never
password.reset      VRPE:oamsu   never
invitation.accept   VRPE:oamsux  never
agent.report        -            never by simulator
agent.watch         -            never by janitor
agent.check         -            never by connectagent
agent.activate      -            never by connectagent
agent.describe      -            never by connectagent
agent.cloned        -            never by connectagent
agent.release       VRPE:oam     manage by connectagent
file.check_out      VRPE:oam     manage by connectagent
release.read        VRPE:oamsu   look  by publisher
release.create      V:oa         never by publisher
release.upload      V:oa         never by publisher
release.publish     V:oa         never by publisher
release.yank        V:oa         never by publisher
release.trust       V:oa         never by publisher
audit.seal          -            never by sealer
audit.export        VRPE:oau     look  by sealer
audit.expire        -            never by janitor
audit.forget        -            never by janitor
mail.deliver        -            never by postman
webhook.pause       VRPE:oa      never by courier
webhook.deliver     -            never by courier
operator.read       -            never by operator
password.link       -            never by operator
factor.reset        -            never by operator
session.end         -            never by operator
install             -            never by installer
tidy                -            never by janitor
`

// rules returns what ought to hold of each verb, and who of Plaza's own does it:
// from verbs, and from the doors that ask for it.
func (w *world) rules(t *testing.T) (all map[plaza.Verb]rule, own map[plaza.Verb]string) {
	t.Helper()
	all, own = map[plaza.Verb]rule{}, map[plaza.Verb]string{}
	for line := range strings.Lines(verbs) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		all[plaza.Verb(f[0])] = parseRule(t, f[1], f[2])
		if len(f) > 3 {
			own[plaza.Verb(f[0])] = f[4]
		}
	}
	known := ways(t)
	for _, rt := range w.mux.Routes() {
		d := known[rt.String()]
		if d.anybody || d.api { // programs do what people do
			continue
		}
		all[rt.Verb] = rule{d.rule.groups[:1], d.rule.acting}
		if rt.Else != "" {
			all[rt.Else] = rule{d.rule.groups[1:], "never"}
		}
	}
	for _, v := range plaza.Verbs() {
		if _, ok := all[v]; !ok {
			t.Errorf("nothing is said of %s", v)
		}
	}
	return all, own
}

// misruled returns who may do v and ought not to, or the other way round; empty
// if there is nobody.
func misruled(v plaza.Verb, want rule, own string) string {
	for _, a := range []plaza.Actor{plaza.Janitor, plaza.Postman, plaza.Installer, plaza.Sealer, plaza.Simulator, plaza.Publisher, plaza.Courier, plaza.Operator, plaza.ConnectAgentActor("license", "profile", plaza.Origin{})} {
		if a.Can(v) != (a.Own == own) {
			return a.Own
		}
	}
	for _, kind := range plaza.ProfileKinds() {
		for _, role := range plaza.Roles() {
			p := principal{kind: kind, role: role}
			if p.can(v) != want.lets(p) {
				return string(kind) + " " + string(role)
			}
			for _, k := range keyboards() {
				p.via = &k
				if p.can(v) != want.lets(p) {
					return string(k.kind) + " " + string(k.role) + " in " + string(kind) + " as " + string(role) + " to " + string(k.mode)
				}
			}
		}
	}
	return ""
}

// keyboards returns everybody who could be acting.
func keyboards() (all []keyboard) {
	for _, kind := range []plaza.ProfileKind{plaza.Vendor, plaza.Reseller} {
		for _, role := range plaza.Roles() {
			all = append(all, keyboard{kind, role, plaza.Look}, keyboard{kind, role, plaza.Manage})
		}
	}
	return all
}

// can asks the program whether p may do v.
func (p principal) can(v plaza.Verb) bool {
	a := plaza.Actor{Login: "login", Kind: p.kind, Role: p.role}
	if p.via != nil {
		a.Via = &plaza.Acting{Login: "other", Kind: p.via.kind, Role: p.via.role, Mode: p.via.mode}
	}
	return a.Can(v)
}
