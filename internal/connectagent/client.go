package connectagent

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/connectplaza/plaza/internal/clock"
	"github.com/connectplaza/plaza/internal/licensekey"
)

// client asks the server. Whatever it returns was signed by the server, for this
// very request, within the last minutes.
type client struct {
	http    *http.Client
	server  *url.URL
	account string
	public  []ed25519.PublicKey // each may have signed it
	key     string
	now     clock.Func
	made    string // User-Agent
}

const (
	requestTimeout = 10 * time.Second
	maxAnswer      = 1 << 20
	maxAge         = 5 * time.Minute // of an answer (agent API 3.5)
)

// refused is what the server answered instead of doing what it was asked for.
type refused struct {
	Status int
	Code   string
	Detail string // a sentence for the log
}

func (r *refused) Error() string { return fmt.Sprintf("the server refuses: %s (%s)", r.Detail, r.Code) }

// has reports whether r came with one of the codes.
func (r *refused) has(code string) bool { return r != nil && r.Code == code }

// unreachable is that there was no answer which counts: none at all, one that is
// not signed, or one that says that the server cannot answer now.
type unreachable struct {
	err   error
	after time.Duration // the server asked to be left alone for so long
}

func (u *unreachable) Error() string { return u.err.Error() }
func (u *unreachable) Unwrap() error { return u.err }

// errForged is that an answer is not what the server has signed.
var errForged = errors.New("the answer is not signed by the server, and does not count: something between them changes it, or publicKey is wrong")

// errStale is that an answer was signed too long ago.
var errStale = errors.New("the answer is older than 5 minutes, and does not count: the clock of this machine may be fast")

// newTransport returns what requests go over, for as many agents as share it.
func newTransport(agents int) *http.Transport {
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment, MaxIdleConns: 0, MaxIdleConnsPerHost: max(2, agents),
		IdleConnTimeout: 2 * time.Minute, TLSHandshakeTimeout: requestTimeout, ForceAttemptHTTP2: true,
	}
}

// do sends a request and reads the document of its answer into out, which may be
// nil. It returns the time of the answer, by the server's clock; *refused or
// *unreachable.
func (c *client) do(ctx context.Context, method, path string, in, out any) (at time.Time, err error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	req, err := c.request(ctx, method, path, in)
	if err != nil {
		return at, err
	}
	res, err := c.http.Do(req)
	if err != nil {
		return at, &unreachable{err: err}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return at, &unreachable{err: err}
	}
	if res.StatusCode >= http.StatusInternalServerError || res.StatusCode == http.StatusTooManyRequests {
		return at, &unreachable{fmt.Errorf("the server answers %s", res.Status), retryAfter(res.Header)}
	}
	if at, err = c.verify(req, res.Header, body); err != nil {
		return time.Time{}, &unreachable{err: err}
	}
	return at, decode(res.StatusCode, body, out)
}

func (c *client) request(ctx context.Context, method, path string, in any) (*http.Request, error) {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.server.String()+"/v1/"+path, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "License "+c.key)
	req.Header.Set("Accept", "application/vnd.api+json")
	req.Header.Set("User-Agent", c.made)
	if in != nil {
		req.Header.Set("Content-Type", "application/vnd.api+json")
	}
	return req, nil
}

// verify returns when an answer was given, or why it does not count.
func (c *client) verify(req *http.Request, h http.Header, body []byte) (time.Time, error) {
	a := licensekey.Answer{
		Method: req.Method, Target: req.URL.RequestURI(), Host: req.URL.Host, Date: h.Get("Date"), Digest: h.Get("Digest"),
	}
	signed := func(public ed25519.PublicKey) bool {
		return licensekey.VerifyAnswer(public, c.account, a, h.Get("Keygen-Signature")) == nil
	}
	if a.Digest != licensekey.Digest(body) || !slices.ContainsFunc(c.public, signed) {
		return time.Time{}, errForged
	}
	at, err := http.ParseTime(a.Date)
	if err != nil {
		return time.Time{}, errForged
	}
	if c.now().Sub(at) > maxAge {
		return time.Time{}, errStale
	}
	return at.UTC(), nil
}

// decode reads the document of an answer that counts.
func decode(status int, body []byte, out any) error {
	if status >= http.StatusMultipleChoices {
		var e struct {
			Errors []struct {
				Code   string `json:"code"`
				Detail string `json:"detail"`
			} `json:"errors"`
		}
		if err := json.Unmarshal(body, &e); err != nil || len(e.Errors) == 0 {
			return &refused{Status: status, Code: strconv.Itoa(status), Detail: http.StatusText(status)}
		}
		return &refused{Status: status, Code: e.Errors[0].Code, Detail: e.Errors[0].Detail}
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return &unreachable{err: fmt.Errorf("the answer cannot be read: %w", err)}
	}
	return nil
}

// retryAfter returns for how long the server asks to be left alone, an hour at most:
// this header is not signed.
func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(min(seconds, 3600)) * time.Second
}
