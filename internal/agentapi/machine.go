package agentapi

import (
	"context"
	"math"
	"net/http"
	"slices"
	"strconv"

	"github.com/connectplaza/plaza"
)

// machineNamed returns what the path calls a machine.
func (e *exchange) machineNamed() string {
	if e.route.object == "license" {
		return e.params[1]
	}
	return e.params[0]
}

func listMachines(ctx context.Context, e *exchange) error {
	if err := e.ownLicense(); err != nil {
		return err
	}
	p, err := e.page()
	if err != nil {
		return err
	}
	fingerprint, status := p.query.Get("fingerprint"), p.query.Get("status")
	all, err := e.api.Fleet.AllMachines(ctx, e.bearer)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(m plaza.Activation) bool {
		return fingerprint != "" && m.Fingerprint != fingerprint ||
			status != "" && string(m.Status(e.bearer.Standing.Terms, e.now)) != status
	})
	list(e, p, all, func(m *plaza.Activation) { e.machine(m, "") })
	return nil
}

func showMachine(ctx context.Context, e *exchange) error {
	if e.route.object == "license" {
		if err := e.ownLicense(); err != nil {
			return err
		}
	}
	m, err := e.api.Fleet.Machine(ctx, e.bearer, e.machineNamed())
	return e.showing(&m, err)
}

// showing answers with a machine, unless there was an error.
func (e *exchange) showing(m *plaza.Activation, err error) error {
	if err != nil {
		return err
	}
	e.pen.data()
	e.machine(m, "")
	e.pen.close()
	return nil
}

func activate(ctx context.Context, e *exchange) error {
	in, err := e.readActivation()
	if err != nil {
		return err
	}
	m, err := e.api.Fleet.Activate(ctx, e.bearer, in)
	if err != nil {
		return err
	}
	e.status, e.location = http.StatusCreated, base+"machines/"+m.ID
	return e.showing(&m, nil)
}

// readActivation reads what agent API 4.1 asks of an activation, in its order: the
// shape, then the license. What else is wrong with what is well-formed counts only
// for a fingerprint that is free, which is not known here.
func (e *exchange) readActivation() (in plaza.NewActivation, err error) {
	data := e.document(&err).data("machine", "machines")
	said := data.needObject("attributes")
	in = plaza.NewActivation{
		Fingerprint: said.need("fingerprint"),
		Name:        said.text("name"),
		Host:        said.text("hostname"),
		Platform:    said.text("platform"),
		IP:          said.text("ip"),
	}
	cores, memory, disk := said.integer("cores", math.MaxInt32), said.integer("memory", math.MaxInt64), said.integer("disk", math.MaxInt64)
	in.Cores, in.Memory, in.Disk = int(cores.Value), memory.Value, disk.Value
	license := data.related("license", "license", "licenses")
	var late error // what only counts once the license is known to be the right one
	if in.Components = data.embedded(&late); err != nil {
		return in, err
	}
	if in.Metadata = (reader{said.of, said.at, &late}).metadata(); license != e.bearer.Standing.License.ID {
		return in, forbidden("this is not the license that came in")
	}
	for _, one := range []struct {
		code, name string
		size       plaza.Given[int64]
	}{{"CORES_INVALID", "cores", cores}, {"MEMORY_INVALID", "memory", memory}, {"DISK_INVALID", "disk", disk}} {
		if one.size.Is && one.size.Value < 1 && late == nil {
			late = unprocessable(one.code, said.at+"/"+one.name, one.name+" must be at least 1")
		}
	}
	in.Wrong = late
	return in, nil
}

// embedded reads the components inside an activation: clients send them as a
// relationship with attributes and without IDs. What is wrong with their metadata
// goes to late.
func (r reader) embedded(late *error) (all []plaza.NewComponent) {
	within := r.object("relationships").object("components")
	n := within.of.member("data")
	if n.kind > null && n.kind != array {
		within.fail("data", "a list")
	}
	for i := range n.items {
		said := within.inside(&n.items[i], within.at+"/data/"+strconv.Itoa(i)).needObject("attributes")
		c := plaza.NewComponent{Fingerprint: said.need("fingerprint"), Name: said.text("name")}
		c.Metadata = reader{said.of, said.at, late}.metadata()
		all = append(all, c)
	}
	return all
}

func describe(ctx context.Context, e *exchange) error {
	var err error
	said := e.document(&err).data("machine", "machines").object("attributes")
	edit := plaza.ActivationEdit{
		Name: said.optional("name"), Host: said.optional("hostname"), Platform: said.optional("platform"), IP: said.optional("ip"),
	}
	if err != nil {
		return err
	}
	m, err := e.api.Fleet.Describe(ctx, e.bearer, e.params[0], edit)
	return e.showing(&m, err)
}

func deactivate(ctx context.Context, e *exchange) error {
	e.status = http.StatusNoContent
	return e.api.Fleet.Deactivate(ctx, e.bearer, e.params[0])
}

// machine writes one of the bearer's machines. A status stands for the one that
// follows from its last heartbeat.
func (e *exchange) machine(m *plaza.Activation, status plaza.HeartbeatStatus) {
	t, p := e.bearer.Standing.Terms, &e.pen
	if status == "" {
		status = t.Status(m.Created, m.Beat, e.now)
	}
	p.resource("machines", m.ID)
	p.text("fingerprint", m.Fingerprint)
	p.textOrNull("name", m.Name)
	p.textOrNull("hostname", m.Host)
	p.textOrNull("platform", m.Platform)
	p.textOrNull("ip", m.IP)
	p.numberOrNull("cores", int64(m.Cores))
	p.numberOrNull("memory", m.Memory)
	p.numberOrNull("disk", m.Disk)
	p.flag("requireHeartbeat", t.Heartbeat || !m.Beat.IsZero())
	p.text("heartbeatStatus", string(status))
	p.number("heartbeatDuration", int64(t.HeartbeatSeconds))
	p.beat(m.Beat, t)
	p.numberOrNull("maxProcesses", int64(t.Processes))
	p.time("lastCheckOut", m.CheckedOut)
	p.metadata(m.Metadata)
	p.stamps(m.Created, m.Updated)
	p.relationships()
	p.one("account", "accounts", e.wire.Account)
	p.one("product", "products", e.wire.Product)
	p.one("license", "licenses", m.License)
	p.none("owner")
	p.none("group")
	p.name("components")
	p.b = append(p.b, `{"links":{"related":"`+base+`machines/`...)
	p.b = append(p.b, m.ID...)
	p.b = append(p.b, `/components"}}`...)
	p.endResource()
}
