package plaza

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestPolicy holds the permission table to a file that a person reads and
// reviews: whoever changes a right sees it there, in one line.
func TestPolicy(t *testing.T) {
	t.Parallel()
	const golden = "testdata/policy.txt"
	got := policyTable()
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("who may do what has changed; if it should, run go test . -run TestPolicy -update (-want +got):\n%s", diff)
	}
}

// policyTable returns policy as people read it.
func policyTable() string {
	var b strings.Builder
	b.WriteString(`Who may do what, in their own name. A letter stands for a role that may:
O owner, A administrator, M manager, S support, U auditor, m member.

changes    somebody acting must have raised the session to Manage
notActing  nobody does it for another
sensitive  whoever does it has proved shortly before who they are
keyboard   somebody acting does it in their own name
person     no program does it: no token is given it
home       it is about one's own profile: no token for profiles below is given it
apart      it looks at what may be a secret: a new token is for it only if somebody chooses it
own        only this one of Plaza's own actors may

`)
	line := func(verb string, cells []string, flags string) {
		fmt.Fprintf(&b, "%s\n", strings.TrimRight(fmt.Sprintf("%-19s%-10s%-10s%-10s%-12s%s", verb, cells[0], cells[1], cells[2], cells[3], flags), " "))
	}
	line("verb", []string{"vendor", "reseller", "partner", "enterprise"}, "flags")
	for _, v := range Verbs() {
		var cells []string
		for _, k := range ProfileKinds() {
			cell := []byte("OAMSUm")
			for i, r := range Roles() {
				if !Allows(v, k, r) {
					cell[i] = '.'
				}
			}
			cells = append(cells, string(cell))
		}
		line(string(v), cells, policyFlags(policy[v]))
	}
	return b.String()
}

func policyFlags(r rule) string {
	var flags []string
	for _, f := range []struct {
		set  bool
		name string
	}{{r.changes, "changes"}, {r.notActing, "notActing"}, {r.keyboard, "keyboard"}, {r.person, "person"}, {r.sensitive, "sensitive"}, {r.home, "home"}, {r.apart, "apart"}, {r.own != "", "own=" + r.own}} {
		if f.set {
			flags = append(flags, f.name)
		}
	}
	return strings.Join(flags, " ")
}

func TestNobodyMayDoAnything(t *testing.T) {
	t.Parallel()
	for _, v := range append(Verbs(), "", "no.such", "license.*") {
		if got := KindOf((Actor{}).May(v)); got != Unauthenticated {
			t.Errorf("zero Actor, %q: got %v, want Unauthenticated", v, got)
		}
		// A role and a kind without a login are nobody's.
		if got := KindOf((Actor{Kind: Vendor, Role: Owner, Profile: "p"}).May(v)); got != Unauthenticated {
			t.Errorf("without a login, %q: got %v, want Unauthenticated", v, got)
		}
	}
	if (Actor{}).MayGrant(Partner, Member) || (Actor{}).Can(OverviewRead) {
		t.Error("the zero Actor may grant or see something")
	}
}

func TestUnknownVerbsAreForbidden(t *testing.T) {
	t.Parallel()
	manage := &Acting{Kind: Vendor, Role: Owner, Mode: Manage}
	for _, a := range []Actor{
		{Login: "l", Kind: Vendor, Role: Owner},
		{Login: "l", Kind: Vendor, Role: Owner, Via: manage},
		Janitor, Postman, Installer, Simulator, Publisher, Operator,
	} {
		for _, v := range []Verb{"", "no.such", "license", "LICENSE.READ"} {
			if got := KindOf(a.May(v)); got != Forbidden {
				t.Errorf("%+v, %q: got %v, want Forbidden", a, v, got)
			}
		}
	}
}

func TestPlazasOwnActorsDoOneThing(t *testing.T) {
	t.Parallel()
	can := func(a Actor) (all []Verb) {
		for _, v := range Verbs() {
			if a.Can(v) {
				all = append(all, v)
			}
		}
		return all
	}
	for _, test := range []struct {
		actor Actor
		want  []Verb
	}{
		{Janitor, []Verb{AgentWatch, AuditExpire, AuditForget, Tidy}},
		{Sealer, []Verb{AuditExport, AuditSeal}},
		{Postman, []Verb{MailDeliver}},
		{Courier, []Verb{WebhookDeliver, WebhookPause}},
		{Installer, []Verb{Install}},
		{Simulator, []Verb{AgentReport}},
		{Operator, []Verb{FactorReset, OperatorRead, PasswordLink, SessionEnd}},
		{Publisher, []Verb{ReleaseCreate, ReleasePublish, ReleaseRead, PublisherKey, ReleaseUpload, ReleaseYank}},
		{ConnectAgentActor("license", "profile", Origin{}), []Verb{AgentActivate, AgentCheck, AgentCloned, AgentDescribe, AgentRelease, FileCheckOut}},
		{Actor{Own: "somebody"}, nil},
		// Who is Plaza's own is nobody else, whatever else is filled in.
		{Actor{Own: "janitor", Login: "l", Kind: Vendor, Role: Owner}, []Verb{AgentWatch, AuditExpire, AuditForget, Tidy}},
	} {
		if diff := cmp.Diff(test.want, can(test.actor)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.actor.Own, diff)
		}
	}
	for _, v := range []Verb{Tidy, MailDeliver, WebhookDeliver, Install, AgentReport, AgentCheck, AgentActivate, AgentDescribe, AgentCloned, AuditSeal, AuditExpire, AuditForget} {
		if (Actor{Login: "l", Kind: Vendor, Role: Owner}).Can(v) {
			t.Errorf("the vendor's owner may %s", v)
		}
	}
}

// TestActing walks every combination of who acts as whom in which mode.
func TestActing(t *testing.T) {
	t.Parallel()
	eachSeat(func(as seat) {
		eachSeat(func(via seat) {
			for _, mode := range []Mode{Look, Manage, "", "root"} {
				a := Actor{Login: "as", Kind: as.kind, Role: as.role, Via: &Acting{Login: "via", Kind: via.kind, Role: via.role, Mode: mode}}
				for v, r := range policy {
					if got, want := a.Can(v), mayActing(v, r, as, via, mode); got != want {
						t.Fatalf("%v acting as %v in mode %q, %s: got %t, want %t", via, as, mode, v, got, want)
					}
				}
			}
		})
	})
}

// mayActing says the rules of acting a second time, from the promises rather
// than from the code.
func mayActing(v Verb, r rule, as, via seat, mode Mode) bool {
	own, theirs := Allows(v, via.kind, via.role), Allows(v, as.kind, as.role)
	if r.keyboard {
		return own // to raise and to stop is up to who is at the keyboard
	}
	if r.notActing {
		return false
	}
	if r.changes {
		return mode == Manage && own // never more than one holds anyway
	}
	return theirs && own // what the chosen login may see, and never more than one may oneself
}

func TestWhatNobodyDoesForAnother(t *testing.T) {
	t.Parallel()
	manage := Actor{Login: "as", Kind: Partner, Role: Owner, Via: &Acting{Kind: Reseller, Role: Owner, Mode: Manage}}
	for _, v := range []Verb{
		LoginCreate, LoginEdits, LoginDisable, LoginEnable, LoginReinvite, LoginMakeOwner, AccountRead, AccountEdit, AccountPassword,
		PasswordReset, InvitationAccept, ProfileCreate, ProfileClose, ProfileReopen, ActingStart, SessionSwitch, PlanCreate,
		ActingBreak, ActingEnd, ActingSet, AccessRead, AccessSet, ConsentAsk, ConsentWithdraw, ConsentGrant, ConsentRefuse, ConsentRevoke,
	} {
		if got := KindOf(manage.May(v)); manage.May(v) == nil || got != Forbidden {
			t.Errorf("%s while acting: got %v, want Forbidden", v, got)
		}
	}
	for _, v := range []Verb{LicenseIssue, LicenseSuspend, LicenseReveal, AgentCreate, ProfileEdits} {
		if err := manage.May(v); err != nil {
			t.Errorf("%s in Manage: %v", v, err)
		}
	}
}

type seat struct {
	kind ProfileKind
	role Role
}

func eachSeat(f func(seat)) {
	for _, k := range ProfileKinds() {
		for _, r := range Roles() {
			f(seat{k, r})
		}
	}
}

func drawSeat(t *rapid.T, label string) seat {
	return seat{
		rapid.SampledFrom(ProfileKinds()).Draw(t, label+" kind"),
		rapid.SampledFrom(append(Roles(), "", "root")).Draw(t, label+" role"),
	}
}

func TestNobodyGrantsMoreThanTheyHold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from, to := drawSeat(t, "from"), drawSeat(t, "to")
		a := Actor{Login: "l", Kind: from.kind, Role: from.role}
		if !a.MayGrant(to.kind, to.role) {
			return
		}
		if !slices.Contains(Roles(), to.role) {
			t.Fatalf("%v grants a role that does not exist: %q", from, to.role)
		}
		for _, v := range Verbs() {
			above := Allows(v, Vendor, Owner) // otherwise only who has somebody above does it
			if Allows(v, to.kind, to.role) && !a.Can(v) && (above || !from.kind.Administers()) {
				t.Fatalf("%v gives %v, and with it %s, which it cannot do", from, to, v)
			}
		}
	})
}

func TestWhoGrantsWhat(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		from, to seat
		want     bool
	}{
		{seat{Vendor, Owner}, seat{Reseller, Owner}, true},
		{seat{Reseller, Owner}, seat{Reseller, Owner}, true},
		{seat{Reseller, Owner}, seat{Partner, Owner}, true}, // with the right to make requests
		{seat{Reseller, Owner}, seat{Vendor, Owner}, false},
		{seat{Reseller, Owner}, seat{Vendor, Administrator}, false},
		{seat{Reseller, Administrator}, seat{Partner, Owner}, false},
		{seat{Reseller, Administrator}, seat{Partner, Administrator}, true},
		{seat{Reseller, Administrator}, seat{Reseller, Manager}, true},
		{seat{Reseller, Manager}, seat{Partner, Administrator}, false},
		{seat{Reseller, Support}, seat{Partner, Manager}, false},
		{seat{Partner, Owner}, seat{Partner, Owner}, true},
		{seat{Partner, Administrator}, seat{Partner, Owner}, false},
		{seat{Partner, Administrator}, seat{Partner, Manager}, true},
		{seat{Partner, Owner}, seat{Reseller, Manager}, false},
		{seat{Partner, Owner}, seat{Reseller, Support}, false},
		{seat{Reseller, Owner}, seat{Partner, "root"}, false},
	} {
		a := Actor{Login: "l", Kind: test.from.kind, Role: test.from.role}
		if got := a.MayGrant(test.to.kind, test.to.role); got != test.want {
			t.Errorf("%v grants %v: got %t, want %t", test.from, test.to, got, test.want)
		}
	}
}

func TestScope(t *testing.T) {
	t.Parallel()
	a := Actor{Profile: "p"}
	if s := a.Scope(); s.Root() != "p" || s.All() {
		t.Errorf("scope of p = %+v", s)
	}
	if s := (Scope{}); s.Root() != "" || s.All() {
		t.Errorf("zero scope = %+v", s)
	}
	if s := Everyone("a test"); !s.All() {
		t.Error("Everyone holds not everything")
	}
	if s := Everyone(""); s.All() {
		t.Error("Everyone without a reason holds everything")
	}
}
