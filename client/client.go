// Package client speaks to Plaza's REST API with an API token: the Go client under
// plazactl, and under programs of yours.
//
//	c, err := client.New(client.Config{URL: "https://plaza.example", Token: os.Getenv("PLAZA_TOKEN")})
//	…
//	for license, err := range client.Each(ctx, c.Licenses, client.LicenseFilter{States: []plaza.LicenseState{plaza.LicenseExpiring}}, client.Page{}) {
//		…
//		license, err = c.RenewLicense(ctx, license.ID, license.Version, "Order 4711")
//	}
//
// Its methods are called like what they do, and its words are those of package plaza. What
// a method needs of the token stands at the operation of the same path in the reference of
// the API. A change says which version of the thing it is for: the Version that was read,
// or [Any]. What the server refuses is a [Problem].
//
// The package is held to the description of the API by its tests: every operation has its
// method, and every member its field.
package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Any is the version of a thing for a change that is meant for it as it is by then. No thing
// has it: what was never set has version 0.
const Any = -1

const (
	prefix  = "/api/v1"
	tries   = 4
	longest = time.Minute // that it waits because the server asks it to
	answer  = 64 << 20    // bytes
)

// Config is what a client needs.
type Config struct {
	URL   string       // where people reach the dashboard, such as https://plaza.example
	Token string       // begins with plaza_
	Agent string       // who is calling, for the logs of the server; empty: client
	HTTP  *http.Client // nil: one that gives up after a minute, but for files

	// Wait is how it waits before it tries or looks again; nil: by the clock.
	Wait func(context.Context, time.Duration) error

	// Plain lets the token go over a connection that everybody on the way can read.
	// Without it, that is done to the machine itself alone.
	Plain bool
}

// Client speaks to one installation with one token. It can be used by many at once.
type Client struct {
	base  string
	token string
	agent string
	http  *http.Client
	files *http.Client // the same, for what takes longer than a minute
	wait  func(context.Context, time.Duration) error
}

// New returns a client. It connects to nothing yet; an error says what of c is wrong.
func New(c Config) (*Client, error) {
	base, err := url.Parse(strings.TrimRight(c.URL, "/"))
	switch {
	case err != nil:
		return nil, fmt.Errorf("the address of Plaza cannot be read: %w", err)
	case base.Scheme != "https" && base.Scheme != "http" || base.Host == "" || base.RawQuery != "" || base.Fragment != "" || base.User != nil:
		return nil, fmt.Errorf("%q is no address of Plaza: one looks like https://plaza.example", c.URL)
	case base.Scheme == "http" && !c.Plain && !local(base.Hostname()):
		return nil, fmt.Errorf("over http to %s the token could be read on the way: use https", base.Host)
	case c.Token == "":
		return nil, errors.New("an API token is missing; make one on the page API tokens")
	case strings.ContainsFunc(c.Token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return nil, errors.New("this is no API token: one is a single word that begins with plaza_")
	}
	own := http.Client{Timeout: time.Minute}
	if c.HTTP != nil {
		own = *c.HTTP
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // the token is for this address
	files := own
	if c.HTTP == nil {
		files.Timeout = 0 // how long a file takes the line knows
	}
	agent := c.Agent
	if agent == "" {
		agent = "client"
	}
	if c.Wait == nil {
		c.Wait = wait
	}
	return &Client{base: base.String() + prefix, token: c.Token, agent: agent, http: &own, files: &files, wait: c.Wait}, nil
}

// local reports whether host is this machine.
func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// call is one request to the API.
type call struct {
	method string
	path   string // below the prefix
	query  url.Values
	body   any    // nil: none
	file   []byte // instead of a body
	match  string // for If-Match; empty: none
	once   string // for Idempotency-Key; empty: none
}

// thing sends the call and returns what it was answered.
func thing[T any](ctx context.Context, c *Client, l call) (out T, err error) {
	err = c.send(ctx, l, &out)
	return out, err
}

// send sends the call, again if that is worth trying and nothing can be done twice by it,
// and reads what it was answered into out.
func (c *Client) send(ctx context.Context, l call, out any) error {
	body := l.file
	if l.body != nil {
		var err error
		if body, err = json.Marshal(l.body); err != nil {
			return err
		}
	}
	pause := 500 * time.Millisecond
	for n := 1; ; n++ {
		err := c.try(ctx, l, body, out)
		again, after := l.again(err)
		if !again || n == tries || after > longest || ctx.Err() != nil {
			return err
		}
		if c.wait(ctx, max(pause, after)) != nil {
			return err // what it failed by says more than that nobody waited
		}
		pause *= 2
	}
}

// again reports whether l is worth sending again after it ended with err, and how long to
// wait before.
func (l call) again(err error) (bool, time.Duration) {
	if err == nil {
		return false, 0
	}
	harmless := l.method == http.MethodGet || l.once != ""
	p, ok := errors.AsType[*Problem](err)
	switch {
	case !ok:
		return harmless, 0 // it broke on the way, there or back
	case p.Status == http.StatusTooManyRequests:
		return true, p.RetryAfter // it was not even looked at
	case p.Status == http.StatusBadGateway || p.Status == http.StatusServiceUnavailable || p.Status == http.StatusGatewayTimeout:
		return harmless, p.RetryAfter
	}
	return false, 0
}

// request returns the request that l is, with a body.
func (c *Client) request(ctx context.Context, l call, body []byte) (*http.Request, error) {
	address := c.base + l.path
	if q := l.query.Encode(); q != "" {
		address += "?" + q
	}
	r, err := http.NewRequestWithContext(ctx, l.method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", c.agent)
	switch {
	case l.body != nil:
		r.Header.Set("Content-Type", "application/json")
	case l.file != nil:
		r.Header.Set("Content-Type", "application/octet-stream")
	}
	if l.match != "" {
		r.Header.Set("If-Match", l.match)
	}
	if l.once != "" {
		r.Header.Set("Idempotency-Key", l.once)
	}
	return r, nil
}

// try sends the call once.
func (c *Client) try(ctx context.Context, l call, body []byte, out any) error {
	r, err := c.request(ctx, l, body)
	if err != nil {
		return err
	}
	ours := c.http
	if l.file != nil {
		ours = c.files
	}
	answered, err := ours.Do(r)
	if err != nil {
		return err
	}
	defer answered.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answered.Body, answer))
	switch {
	case err != nil:
		return fmt.Errorf("the answer broke off: %w", err)
	case answered.StatusCode >= http.StatusMultipleChoices:
		return problem(answered, text)
	case out == nil || answered.StatusCode == http.StatusNoContent:
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("the answer cannot be read; is this the address of Plaza? %w", err)
	}
	return nil
}

// reading returns the call that reads path.
func reading(path string, query url.Values) call {
	return call{method: http.MethodGet, path: path, query: query}
}

// making returns the call that makes something of body, once however often it is sent.
func making(path string, body any) call {
	return call{method: http.MethodPost, path: path, body: body, once: rand.Text()}
}

// changing returns the call that does something to a version of the thing at path, once
// however often it is sent.
func changing(path string, version int, body any) call {
	l := making(path, body)
	l.match = match(version)
	return l
}

// replacing returns the call that has the thing at path be what in says.
func replacing(path string, version int, in any) call {
	return call{method: http.MethodPut, path: path, body: in, match: match(version)}
}

// match returns what says that a change is for a version of a thing.
func match(version int) string {
	if version == Any {
		return "*"
	}
	return `"` + strconv.Itoa(version) + `"`
}

// at returns the path of a thing in a collection, or of what is at it.
func at(collection, id string, parts ...string) string {
	return strings.Join(append([]string{collection, url.PathEscape(id)}, parts...), "/")
}

// reason is a body that says why.
type reason struct {
	Reason string `json:"reason,omitempty"`
}
