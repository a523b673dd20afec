package agentapi

import (
	"context"
	"math"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// question is what a check is asked with.
type question struct {
	key   string
	scope plaza.CheckScope
	said  string // the scope as it was sent
	nonce string // an integer, as it was sent; empty if none was
}

// readQuestion reads the body of a check, which may be none.
func (e *exchange) readQuestion(withKey bool) (q question, err error) {
	meta := e.document(&err).object("meta")
	if withKey {
		q.key = meta.need("key")
	}
	scope := meta.object("scope")
	if q.said = scope.of.raw; scope.of.kind != object {
		q.said = "{}"
	}
	if meta.integer("nonce", math.MaxInt64).Is {
		q.nonce = meta.of.member("nonce").raw
	}
	q.scope = plaza.CheckScope{
		Environment:  scope.of.member("environment").kind > null,
		User:         scope.of.member("user").kind != absent,
		Product:      scope.given("product"),
		Policy:       scope.given("policy"),
		Machine:      scope.given("machine"),
		Fingerprint:  scope.given("fingerprint"),
		Fingerprints: scope.list("fingerprints"),
		Components:   scope.list("components"),
		Entitlements: scope.list("entitlements"),
		Checksum:     scope.given("checksum"),
		Version:      scope.given("version"),
	}
	return q, err
}

func validateBare(ctx context.Context, e *exchange) error {
	if err := e.ownLicense(); err != nil {
		return err
	}
	return e.check(ctx, e.bearer, question{said: "{}"}, true)
}

func validate(ctx context.Context, e *exchange) error {
	if err := e.ownLicense(); err != nil {
		return err
	}
	q, err := e.readQuestion(false)
	if err != nil {
		return err
	}
	return e.check(ctx, e.bearer, q, false)
}

// validateKey checks the license that has the key in the body. Somebody who came in
// may ask for its own only.
func validateKey(ctx context.Context, e *exchange) error {
	q, err := e.readQuestion(true)
	if err != nil {
		return err
	}
	if e.bearer != nil {
		own, err := e.ownKey(ctx, q.key)
		switch {
		case err != nil:
			return err
		case own:
			return e.check(ctx, e.bearer, q, false)
		}
	}
	b, verdict, checked, err := e.api.Fleet.CheckKey(ctx, q.key, q.scope, e.from())
	if err != nil {
		return err
	}
	if b == nil {
		e.pen.open()
		e.pen.null("data")
		e.verdict(verdict, q)
		e.pen.close()
		return nil
	}
	s := e.stamps(b)
	s.checked = checked
	e.checkedLicense(b, s, verdict, q)
	b.Leave()
	return nil
}

// ownKey reports whether a key opens the license that came in. It refuses one that
// opens another; one that opens nothing is neither.
func (e *exchange) ownKey(ctx context.Context, key string) (bool, error) {
	if key == e.bearer.Key {
		return true, nil
	}
	b, err := e.api.Fleet.Identify(ctx, key, e.from())
	switch kind := plaza.KindOf(err); {
	case err == nil && b.Standing.License.ID == e.bearer.Standing.License.ID:
		return true, nil
	case err == nil || kind == plaza.Forbidden:
		return false, forbidden("this key is of another license than the one that came in")
	case kind == plaza.Unauthenticated:
		return false, nil
	}
	return false, err
}

// check answers with whether b's license is valid. When it was asked is noted, and
// the answer tells it already.
func (e *exchange) check(ctx context.Context, b *app.Bearer, q question, bare bool) error {
	verdict, checked, err := e.api.Fleet.Check(ctx, b, q.scope, bare)
	if err != nil {
		return err
	}
	s := e.stamps(b)
	s.checked = checked
	e.checkedLicense(b, s, verdict, q)
	return nil
}

func (e *exchange) checkedLicense(b *app.Bearer, s stamps, verdict plaza.Verdict, q question) {
	if verdict.Valid && q.scope.Version.Is {
		s.build = q.scope.Version.Value
	}
	e.pen.data()
	e.license(b, s)
	e.verdict(verdict, q)
	e.pen.close()
}

// verdict writes the outcome of a check.
func (e *exchange) verdict(v plaza.Verdict, q question) {
	p := &e.pen
	p.object("meta")
	p.time("ts", e.now)
	p.flag("valid", v.Valid)
	p.text("code", string(v.Code))
	p.text("detail", v.Detail)
	if q.nonce != "" {
		p.raw("nonce", q.nonce)
	}
	p.raw("scope", q.said)
	p.close()
}
