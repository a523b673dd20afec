package agentapi

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"github.com/connectplaza/plaza"
)

// entitlement is a module on the wire.
type entitlement struct{ id, code, name string }

// entitlements returns what the bearer's license includes. An entitlement has no
// row of its own: its ID follows from the account and the code.
func (e *exchange) entitlements() (all []entitlement) {
	account, err := uuid.Parse(e.wire.Account)
	if err != nil {
		account = uuid.NameSpaceOID // it is one that we made
	}
	for _, m := range e.bearer.Standing.Terms.Modules {
		all = append(all, entitlement{uuid.NewSHA1(account, []byte("entitlement/"+m)).String(), string(m), moduleName(m)})
	}
	return all
}

// moduleName returns Deploy for DEPLOY.
func moduleName(m plaza.Module) string {
	if m == "" {
		return ""
	}
	return string(m[:1]) + strings.ToLower(string(m[1:]))
}

func listEntitlements(_ context.Context, e *exchange) error {
	if err := e.ownLicense(); err != nil {
		return err
	}
	p, err := e.page()
	if err != nil {
		return err
	}
	list(e, p, e.entitlements(), e.entitlement)
	return nil
}

func showEntitlement(_ context.Context, e *exchange) error {
	if err := e.ownLicense(); err != nil {
		return err
	}
	for _, one := range e.entitlements() {
		if one.id == e.params[1] {
			e.pen.data()
			e.entitlement(&one)
			e.pen.close()
			return nil
		}
	}
	return notFound()
}

func (e *exchange) entitlement(one *entitlement) {
	p := &e.pen
	p.resource("entitlements", one.id)
	p.text("name", one.name)
	p.text("code", one.code)
	p.metadata("")
	p.stamps(e.wire.Created, e.wire.Created)
	p.relationships()
	p.one("account", "accounts", e.wire.Account)
	p.endResource()
}
