package agentapi

import (
	"context"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/licensekey"
)

// order is which file is asked for (agent API 7.3 to 7.5).
type order struct {
	encrypt  bool
	ttl      int64 // seconds; 0: for ever
	asked    bool  // for something beside the resource
	included []string
}

func (o order) algorithm() string {
	if o.encrypt {
		return licensekey.Encrypted
	}
	return licensekey.Clear
}

func (o order) includes(name string) bool { return slices.Contains(o.included, name) }

// readOrder reads the query and the body, of which the body wins. Of the includes,
// useful ones contribute something, idle ones are known but do not.
func (e *exchange) readOrder(useful, idle []string) (o order, err error) {
	q, err := parseQuery(e.query)
	if err != nil {
		return o, err
	}
	meta := e.document(&err).object("meta")
	o.encrypt = readEncrypt(q, meta)
	o.readAlgorithm(q, meta)
	o.ttl = readTTL(q, meta, e.bearer.Standing.Terms)
	o.readIncludes(included(q, meta), useful, idle, &err)
	return o, err
}

func readEncrypt(q url.Values, meta reader) bool {
	switch n := meta.of.member("encrypt"); n.kind {
	case absent:
	case boolean, null:
		return n.raw == "true"
	default:
		meta.fail("encrypt", "true or false")
	}
	switch q.Get("encrypt") {
	case "true", "1":
		return true
	case "false", "0", "":
		return false
	}
	meta.refuse(badParameter("PARAMETER_INVALID", "encrypt", "true, 1, false, 0 or empty"))
	return false
}

func (o *order) readAlgorithm(q url.Values, meta reader) {
	algorithm := strings.ReplaceAll(q.Get("algorithm"), " ", "+") // a plus that a client did not escape
	if said := meta.optional("algorithm"); said != nil {
		algorithm = *said
	}
	switch algorithm {
	case "":
	case licensekey.Clear, licensekey.Encrypted:
		o.encrypt = algorithm == licensekey.Encrypted
	default:
		meta.refuse(badParameter("CHECKOUT_ALGORITHM_INVALID", "algorithm", licensekey.Clear+" or "+licensekey.Encrypted))
	}
}

// The limits of how long a file is good for, in seconds.
const (
	usualTTL = 2_629_746 // a twelfth of a mean year
	leastTTL = 3_600
)

// readTTL returns for how many seconds a file is to be good: 0 is for ever, which
// is asked for with null or an empty parameter.
func readTTL(q url.Values, meta reader, t *plaza.Terms) int64 {
	most := int64(t.CheckOutMost)
	said := q.Get("ttl")
	if n := meta.of.member("ttl"); n.kind != absent {
		if said = n.raw; n.kind == null {
			said = ""
		}
	} else if !q.Has("ttl") {
		return usualTTL
	}
	if said == "" && most == 0 {
		return 0
	}
	limit := strconv.FormatInt(most, 10)
	if most == 0 {
		most, limit = math.MaxInt32, strconv.Itoa(math.MaxInt32)+", or empty"
	}
	ttl, err := strconv.ParseInt(said, 10, 64)
	if err != nil || ttl < leastTTL || ttl > most {
		meta.refuse(badParameter("CHECKOUT_TTL_INVALID", "ttl", "an integer from "+strconv.Itoa(leastTTL)+" to "+limit))
	}
	return ttl
}

// readIncludes notes what is to be included. What belongs to something brings it.
func (o *order) readIncludes(names, useful, idle []string, err *error) {
	o.asked = len(names) > 0
	for _, name := range names {
		switch {
		case slices.Contains(useful, name):
			if parent, _, dotted := strings.Cut(name, "."); dotted && !o.includes(parent) {
				o.included = append(o.included, parent)
			}
			if !o.includes(name) {
				o.included = append(o.included, name)
			}
		case !slices.Contains(idle, name) && *err == nil:
			f := bad("CHECKOUT_INCLUDE_INVALID", "a file cannot include "+strconv.Quote(name))
			f.parameter = "include"
			*err = f
		}
	}
}

func checkOutLicense(ctx context.Context, e *exchange) error {
	if err := e.ownLicense(); err != nil {
		return err
	}
	o, err := e.readOrder([]string{"entitlements", "product", "policy"}, []string{"owner", "user", "users", "group", "environment"})
	if err != nil {
		return err
	}
	_, issued, err := e.api.Fleet.CheckOut(ctx, e.bearer, "")
	if err != nil {
		return err
	}
	s := e.stamps(e.bearer)
	s.checkedOut = issued
	e.pen.data()
	e.license(e.bearer, s)
	e.include(o, "", s, nil)
	return e.seal(o, issued, licensekey.LicenseFile, nil)
}

func checkOutMachine(ctx context.Context, e *exchange) error {
	o, err := e.readOrder(
		[]string{"license", "license.entitlements", "license.product", "license.policy", "components"},
		[]string{"license.owner", "license.user", "license.users", "owner", "group", "environment"})
	if err != nil {
		return err
	}
	var parts []plaza.Component
	if o.includes("components") {
		if parts, err = e.api.Fleet.Components(ctx, e.bearer, e.params[0]); err != nil {
			return err
		}
	}
	m, issued, err := e.api.Fleet.CheckOut(ctx, e.bearer, e.params[0])
	if err != nil {
		return err
	}
	e.pen.data()
	e.machine(&m, "")
	e.include(o, "license.", e.stamps(e.bearer), parts)
	return e.seal(o, issued, licensekey.MachineFile, &m)
}

// include writes what is to be in a file beside its resource, each once. The names
// of what belongs to the license begin with prefix.
func (e *exchange) include(o order, prefix string, s stamps, parts []plaza.Component) {
	if !o.asked {
		return
	}
	e.pen.array("included")
	if o.includes("license") {
		e.license(e.bearer, s)
	}
	if o.includes(prefix + "entitlements") {
		for _, one := range e.entitlements() {
			e.entitlement(&one)
		}
	}
	if o.includes(prefix + "product") {
		e.product()
	}
	if o.includes(prefix + "policy") {
		e.policy()
	}
	for i := range parts {
		e.component(&parts[i])
	}
	e.pen.closeArray()
}

// seal makes a file of what is written so far, and answers with it: of a machine,
// or of the license if there is none.
func (e *exchange) seal(o order, issued time.Time, kind licensekey.FileKind, m *plaza.Activation) error {
	var expiry time.Time
	if o.ttl > 0 {
		expiry = issued.Add(time.Duration(o.ttl) * time.Second)
	}
	p := &e.pen
	p.object("meta")
	p.time("issued", issued)
	p.time("expiry", expiry)
	p.numberOrNull("ttl", o.ttl)
	p.close()
	p.close()

	id, secret := e.bearer.Standing.License.ID, licensekey.Secret(e.bearer.Key, "")
	if m != nil {
		id, secret = m.ID, licensekey.Secret(e.bearer.Key, m.Fingerprint)
	}
	if !o.encrypt {
		secret = ""
	}
	certificate := e.api.Fleet.SealFile(kind, p.b, secret)
	p.b = p.b[:0]
	if e.r.Method == http.MethodGet {
		p.b, e.file = append(p.b, certificate...), id+".lic"
		return nil
	}
	p.data()
	p.resource(string(kind)+"-files", uuid.Must(uuid.NewV7()).String())
	p.text("certificate", string(certificate))
	p.text("algorithm", o.algorithm())
	p.array("includes")
	for _, name := range o.included {
		p.item(name)
	}
	p.closeArray()
	p.numberOrNull("ttl", o.ttl)
	p.time("issued", issued)
	p.time("expiry", expiry)
	p.relationships()
	p.one("account", "accounts", e.wire.Account)
	p.one("license", "licenses", e.bearer.Standing.License.ID)
	if m != nil {
		p.one("machine", "machines", m.ID)
	}
	p.endResource()
	p.close()
	return nil
}
