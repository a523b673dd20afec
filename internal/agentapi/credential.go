package agentapi

import (
	"context"
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/google/uuid"
)

// credential is what a client proves itself with: a key, or a token. The zero
// credential is none.
type credential struct{ key, token string }

// admit lets in who may: whoever has a key that opens something and may do what the
// route is for, and guests where the route takes them. A credential that is sent is looked at first even there.
func (e *exchange) admit(ctx context.Context) error {
	if e.route.verb == "" && !e.route.guests {
		return notFound()
	}
	if e.route.pattern == "ping" {
		return nil // nobody's
	}
	c, err := e.credential()
	switch {
	case err != nil:
		return err
	case c == credential{} && e.route.guests:
		return nil
	case c == credential{}:
		return unauthorized("TOKEN_MISSING", "a license key is needed: Authorization: License <key>")
	case c.token != "":
		return refusedToken(c.token)
	}
	if e.bearer, err = e.api.Fleet.Identify(ctx, c.key, e.from()); err != nil || e.route.verb == "" {
		return err
	}
	return e.bearer.Actor.May(e.route.verb)
}

// refusedToken says what is wrong with a token: none has been issued.
func refusedToken(token string) error {
	if _, err := uuid.Parse(token); err == nil {
		return unauthorized("TOKEN_FORMAT_INVALID", "this is an ID, not a token")
	}
	return unauthorized("TOKEN_INVALID", "this token is not known here")
}

func (e *exchange) credential() (credential, error) {
	c, err := parseAuthorization(e.r.Header.Get("Authorization"))
	if err != nil || c != (credential{}) || !e.api.InQuery || e.query == "" {
		return c, err
	}
	q, err := parseQuery(e.query)
	if err != nil {
		return c, err
	}
	return inQuery(q), nil
}

// parseAuthorization reads the header in the forms of agent API 2.2. A scheme that
// is not one of them is no credential.
func parseAuthorization(header string) (credential, error) {
	scheme, rest, _ := strings.Cut(strings.TrimSpace(header), " ")
	rest = strings.TrimSpace(rest)
	if !clean(rest) {
		return credential{}, unauthorized("LICENSE_INVALID", "this license key is not known here")
	}
	switch {
	case strings.EqualFold(scheme, "License"):
		return credential{key: rest}, nil
	case strings.EqualFold(scheme, "Bearer"), strings.EqualFold(scheme, "Token"):
		return credential{token: rest}, nil
	case strings.EqualFold(scheme, "Basic"):
		return parseBasic(rest)
	}
	return credential{}, nil
}

// parseBasic reads a name and a password: it is cut at the first colon, as keys may
// have colons.
func parseBasic(text string) (credential, error) {
	plain, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil || !clean(string(plain)) {
		return credential{}, unauthorized("TOKEN_INVALID", "the name and the password cannot be read")
	}
	switch name, password, _ := strings.Cut(string(plain), ":"); {
	case name == "license":
		return credential{key: password}, nil
	case name == "token":
		return credential{token: password}, nil
	case password == "":
		return credential{token: name}, nil
	}
	return credential{}, unauthorized("TOKEN_INVALID", "nobody has a name and a password here")
}

// inQuery returns the credential that stands in an address.
func inQuery(q url.Values) credential {
	auth := q.Get("auth")
	if key, ok := strings.CutPrefix(auth, "license:"); ok {
		return credential{key: key}
	}
	if token, ok := strings.CutPrefix(auth, "token:"); ok {
		return credential{token: token}
	}
	return credential{token: q.Get("token")}
}
