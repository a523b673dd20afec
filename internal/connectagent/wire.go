package connectagent

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// reference names a resource.
type reference struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

// document is one whose data is a resource, of which only the ID matters.
type document struct {
	Data reference `json:"data"`
}

// host is the machine that an agent runs on, as it tells the server.
type host struct {
	Fingerprint string `json:"fingerprint"`
	Name        string `json:"name,omitempty"`
	Hostname    string `json:"hostname,omitempty"`
	Platform    string `json:"platform"`
	Cores       int    `json:"cores"`
}

// me returns the ID of the license.
func (c *client) me(ctx context.Context) (license string, at time.Time, err error) {
	var d document
	at, err = c.do(ctx, http.MethodGet, "me", nil, &d)
	return d.Data.ID, at, err
}

// verdict is what a validation says.
type verdict struct {
	Valid  bool   `json:"valid"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
	Nonce  int64  `json:"nonce"`
}

// has reports whether the code of v is one of codes.
func (v verdict) has(codes ...string) bool { return slices.Contains(codes, v.Code) }

// scope is what a license is validated for.
type scope struct {
	Product     string `json:"product"`
	Fingerprint string `json:"fingerprint"`
}

// validate asks whether the license may be used here. The nonce shows that the
// answer was made for this question: one that was kept from earlier does not count.
func (c *client) validate(ctx context.Context, license string, s scope, nonce int64) (v verdict, at time.Time, err error) {
	var in struct {
		Meta struct {
			Scope scope `json:"scope"`
			Nonce int64 `json:"nonce"`
		} `json:"meta"`
	}
	in.Meta.Scope, in.Meta.Nonce = s, nonce
	var out struct {
		Meta verdict `json:"meta"`
	}
	at, err = c.do(ctx, http.MethodPost, "licenses/"+url.PathEscape(license)+"/actions/validate", in, &out)
	if err == nil && out.Meta.Nonce != nonce {
		err = &unreachable{err: errForged}
	}
	return out.Meta, at, err
}

// activate takes a seat of the license for the machine h.
func (c *client) activate(ctx context.Context, license string, h host) (machine string, err error) {
	var in struct {
		Data struct {
			Type          string `json:"type"`
			Attributes    host   `json:"attributes"`
			Relationships struct {
				License document `json:"license"`
			} `json:"relationships"`
		} `json:"data"`
	}
	in.Data.Type, in.Data.Attributes = "machines", h
	in.Data.Relationships.License.Data = reference{"licenses", license}
	var out document
	_, err = c.do(ctx, http.MethodPost, "machines", in, &out)
	return out.Data.ID, err
}

// machine returns the ID of the machine with a fingerprint.
func (c *client) machine(ctx context.Context, fingerprint string) (string, error) {
	var out document
	_, err := c.do(ctx, http.MethodGet, "machines/"+url.PathEscape(fingerprint), nil, &out)
	return out.Data.ID, err
}

// release gives the seat of a machine back.
func (c *client) release(ctx context.Context, machine string) error {
	_, err := c.do(ctx, http.MethodDelete, "machines/"+url.PathEscape(machine), nil, nil)
	return err
}

// action posts meta to an action of a machine.
func (c *client) action(ctx context.Context, machine, name string, meta, out any) (time.Time, error) {
	in := struct {
		Meta any `json:"meta"`
	}{meta}
	return c.do(ctx, http.MethodPost, "machines/"+url.PathEscape(machine)+"/actions/"+name, in, out)
}

// pulse is what a heartbeat carries (agent API 8.5).
type pulse struct {
	Generation int64  `json:"generation,omitempty"` // of the last answer; 0 if it is not known
	Boot       string `json:"boot"`                 // another for every process
}

// pulsed is what the server answers to it.
type pulsed struct {
	NextIn     float64 `json:"nextIn"` // seconds
	Generation int64   `json:"generation"`
	Cloned     bool    `json:"cloned"` // two processes beat for one machine
}

// ping says that the machine is alive.
func (c *client) ping(ctx context.Context, machine string, p pulse) (pulsed, time.Time, error) {
	var out struct {
		Meta pulsed `json:"meta"`
	}
	at, err := c.action(ctx, machine, "ping", p, &out)
	return out.Meta, at, err
}

// checkOut returns a new machine file.
func (c *client) checkOut(ctx context.Context, machine string, ttl time.Duration) ([]byte, error) {
	query := url.Values{
		"encrypt": {"true"}, "include": {"license,license.entitlements"}, "ttl": {strconv.Itoa(int(ttl / time.Second))},
	}
	var out struct {
		Data struct {
			Attributes struct {
				Certificate string `json:"certificate"`
			} `json:"attributes"`
		} `json:"data"`
	}
	_, err := c.do(ctx, http.MethodPost, "machines/"+url.PathEscape(machine)+"/actions/check-out?"+query.Encode(), nil, &out)
	return []byte(out.Data.Attributes.Certificate), err
}
