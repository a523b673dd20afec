package agentapi

import (
	"context"
	"net/http"

	"github.com/connectplaza/plaza"
)

// machineOf returns what the path calls the machine whose things are asked for;
// empty if it names none.
func (e *exchange) machineOf() string {
	if e.route.object == "activation" {
		return e.params[0]
	}
	return ""
}

func listComponents(ctx context.Context, e *exchange) error {
	p, err := e.page()
	if err != nil {
		return err
	}
	all, err := e.api.Fleet.Components(ctx, e.bearer, e.machineOf())
	if err != nil {
		return err
	}
	list(e, p, all, e.component)
	return nil
}

// within returns what the path calls a thing of a machine. The machine that it
// names, if any, must be the bearer's; then its ID is returned too.
func (e *exchange) within(ctx context.Context) (machine, id string, err error) {
	if e.route.object != "activation" {
		return "", e.params[0], nil
	}
	m, err := e.api.Fleet.Machine(ctx, e.bearer, e.params[0])
	return m.ID, e.params[1], err
}

func showComponent(ctx context.Context, e *exchange) error {
	machine, id, err := e.within(ctx)
	if err != nil {
		return err
	}
	c, err := e.api.Fleet.Component(ctx, e.bearer, id)
	if err == nil && machine != "" && c.Activation != machine {
		err = notFound()
	}
	return e.showingComponent(&c, err)
}

func (e *exchange) showingComponent(c *plaza.Component, err error) error {
	if err != nil {
		return err
	}
	e.pen.data()
	e.component(c)
	e.pen.close()
	return nil
}

func addComponent(ctx context.Context, e *exchange) error {
	var err error
	data := e.document(&err).data("component", "components")
	said := data.needObject("attributes")
	in := plaza.NewComponent{Fingerprint: said.need("fingerprint"), Name: said.need("name")}
	machine := data.related("machine", "machine", "machines")
	if in.Metadata = said.metadata(); err != nil {
		return err
	}
	c, err := e.api.Fleet.AddComponent(ctx, e.bearer, machine, in)
	e.status, e.location = http.StatusCreated, base+"components/"+c.ID
	return e.showingComponent(&c, err)
}

func renameComponent(ctx context.Context, e *exchange) error {
	var err error
	name := e.document(&err).data("component", "components").object("attributes").optional("name")
	if err != nil {
		return err
	}
	c, err := e.api.Fleet.RenameComponent(ctx, e.bearer, e.params[0], name)
	return e.showingComponent(&c, err)
}

func removeComponent(ctx context.Context, e *exchange) error {
	e.status = http.StatusNoContent
	return e.api.Fleet.RemoveComponent(ctx, e.bearer, e.params[0])
}

// component writes a component of one of the bearer's machines.
func (e *exchange) component(c *plaza.Component) {
	p := &e.pen
	p.resource("components", c.ID)
	p.text("fingerprint", c.Fingerprint)
	p.text("name", c.Name)
	p.metadata(c.Metadata)
	p.stamps(c.Created, c.Updated)
	p.relationships()
	e.machinesThing(c.Activation)
	p.endResource()
}

// machinesThing writes the relationships of what belongs to a machine.
func (e *exchange) machinesThing(machine string) {
	e.pen.one("account", "accounts", e.wire.Account)
	e.pen.one("product", "products", e.wire.Product)
	e.pen.one("license", "licenses", e.bearer.Standing.License.ID)
	e.pen.one("machine", "machines", machine)
}
