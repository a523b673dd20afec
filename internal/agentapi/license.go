package agentapi

import (
	"context"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// ping is for load balancers, and for clients that want to know the version.
func ping(context.Context, *exchange) error { return nil }

func showLicense(_ context.Context, e *exchange) error {
	if err := e.ownLicense(); err != nil {
		return err
	}
	e.pen.data()
	e.license(e.bearer, e.stamps(e.bearer))
	e.pen.close()
	return nil
}

// ownLicense refuses a path that names another license than the one that came in,
// by its ID or its key.
func (e *exchange) ownLicense() error {
	named := e.params[0]
	if named == "" || named == e.bearer.Standing.License.ID || named == e.bearer.Key {
		return nil
	}
	return notFound()
}

// stamps is what of a license changes without its being changed.
type stamps struct {
	checked    time.Time
	checkedOut time.Time
	build      string
	machines   []plaza.Activation
}

func (e *exchange) stamps(b *app.Bearer) stamps {
	return stamps{e.api.Fleet.Checked(b), b.Standing.License.CheckedOut, b.Build, e.api.Fleet.Machines(b)}
}

// expiring is how long before the end of a license its status says so, unless its
// profile wants otherwise.
const expiring = 30

// licenseStatus returns the status of b's license, of which s was noted (agent API
// 5.5). What is scheduled or suspended above it cannot be used either.
func licenseStatus(b *app.Bearer, s stamps, now time.Time) string {
	l := &b.Standing.License
	state, window := l.State(now), expiring
	if l.WarningDays > 0 {
		window = l.WarningDays
	}
	switch expiry := l.Expiry(); {
	case state == plaza.LicenseSuspended || state == plaza.LicenseScheduled:
		return "SUSPENDED"
	case state == plaza.LicenseExpired:
		return "EXPIRED"
	case state == plaza.LicenseGrace || !expiry.IsZero() && !now.Before(expiry.AddDate(0, 0, -window)):
		return "EXPIRING"
	case now.Sub(lastUse(b, s)) > quiet:
		return "INACTIVE"
	}
	return "ACTIVE"
}

// quiet is after how long a license that nobody uses is called inactive.
const quiet = 90 * 24 * time.Hour

// lastUse returns when b's license was last used, or else made.
func lastUse(b *app.Bearer, s stamps) time.Time {
	last := b.Standing.License.Created
	later := func(t time.Time) {
		if t.After(last) {
			last = t
		}
	}
	later(s.checked)
	later(s.checkedOut)
	for i := range s.machines {
		later(s.machines[i].Created)
		later(s.machines[i].Beat)
		later(s.machines[i].CheckedOut)
	}
	return last
}

// scheme returns how a key is signed, null if it is not.
func scheme(key string) string {
	if strings.HasPrefix(key, "key/") {
		return "ED25519_SIGN"
	}
	return ""
}

// license writes b's license.
func (e *exchange) license(b *app.Bearer, s stamps) {
	l, t, p := &b.Standing.License, b.Standing.Terms, &e.pen
	status := licenseStatus(b, s, e.now)
	name := l.Name
	if name == "" {
		name = l.AgentName
	}
	p.resource("licenses", l.ID)
	p.textOrNull("name", name)
	p.text("key", b.Key)
	p.time("expiry", l.Expiry())
	if l.GraceDays > 0 && !l.Ends.IsZero() { // for people: agents go by the expiry, which has the grace in it
		p.date("ends", l.Ends)
	}
	p.text("status", status)
	p.number("uses", 0)
	p.flag("suspended", status == "SUSPENDED")
	p.textOrNull("scheme", scheme(b.Key))
	p.flag("encrypted", false)
	p.flag("strict", t.Strict)
	p.flag("floating", t.Floating)
	p.flag("protected", t.Protected)
	p.textOrNull("version", s.build)
	p.numberOrNull("maxMachines", int64(l.Machines))
	p.numberOrNull("maxProcesses", int64(t.Processes))
	p.null("maxUsers")
	p.numberOrNull("maxCores", int64(t.Cores))
	p.null("maxMemory")
	p.null("maxDisk")
	p.null("maxUses")
	p.flag("requireHeartbeat", t.Heartbeat)
	p.flag("requireCheckIn", false)
	p.time("lastValidated", s.checked)
	p.null("lastCheckIn")
	p.null("nextCheckIn")
	p.time("lastCheckOut", s.checkedOut)
	p.metadata("")
	p.stamps(l.Created, l.Updated)
	p.relationships()
	p.one("account", "accounts", e.wire.Account)
	p.one("product", "products", e.wire.Product)
	p.one("policy", "policies", l.Plan)
	p.none("owner")
	p.none("group")
	e.totals(b.Standing.Machines)
	p.related("entitlements", base+"licenses/"+l.ID+"/entitlements")
	p.endResource()
}

// totals writes what the machines of a license come to.
func (e *exchange) totals(machines []plaza.Activation) {
	var cores, memory, disk int64
	for i := range machines {
		cores += int64(machines[i].Cores)
		memory += machines[i].Memory
		disk += machines[i].Disk
	}
	p := &e.pen
	p.object("machines")
	p.object("meta")
	p.number("count", int64(len(machines)))
	p.number("cores", cores)
	p.number("memory", memory)
	p.number("disk", disk)
	p.close()
	p.close()
}

// stamps writes when something was made and last changed, which are never null.
func (p *pen) stamps(created, updated time.Time) {
	if updated.Before(created) {
		updated = created
	}
	p.date("created", created)
	p.date("updated", updated)
}
