package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	connectIn   = 5 * time.Second
	answerIn    = 15 * time.Second // all of it
	readAnswer  = 4 << 10          // bytes of an answer that are read
	keepAnswer  = 1 << 10          // and that are kept
	headAnswer  = 16 << 10         // bytes that its head may have
	longestWait = 24 * time.Hour   // that the other side may ask for
)

// Client sends messages.
type Client struct {
	http *http.Client
}

// NewClient returns a Client that sends to the public internet and, if private is set,
// also to the machine itself and the network that it stands in, and without encryption.
//
// Which address it is, is looked at when the connection is made: the name may have been
// another one's when it was looked up before. It follows nobody elsewhere, and asks no
// proxy, which would decide for itself.
func NewClient(private bool) *Client {
	dialer := &net.Dialer{Timeout: connectIn, KeepAlive: -1}
	if !private {
		dialer.Control = func(_, address string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(address)
			if err != nil || !Public(at.Addr()) {
				return ErrPrivate
			}
			return nil
		}
	}
	transport := &http.Transport{
		DialContext: dialer.DialContext, TLSHandshakeTimeout: connectIn, ResponseHeaderTimeout: answerIn, ForceAttemptHTTP2: true,
		TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}, MaxResponseHeaderBytes: headAnswer, DisableCompression: true,
		MaxIdleConnsPerHost: 4, MaxIdleConns: 100, IdleConnTimeout: time.Minute,
	}
	return &Client{http: &http.Client{
		Transport: transport, Timeout: answerIn,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Close lets go of connections that nothing is sent over.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Answer is what came of a message.
type Answer struct {
	Status  int           // 0: there was none
	Err     error         // why
	Headers string        // of what was sent, as name: value, a line each
	Body    string        // the beginning of the answer, harmless
	Again   time.Duration // the other side wants to be left alone for so long; 0: it did not say
}

// Send sends m.
func (c *Client) Send(ctx context.Context, m Message) (a Answer) {
	headers, err := m.headers()
	if err != nil {
		a.Err = err
		return a
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL, bytes.NewReader(m.Body))
	if err != nil {
		a.Err = err
		return a
	}
	lines := make([]string, len(headers))
	for i, h := range headers {
		r.Header.Set(h[0], h[1])
		lines[i] = h[0] + ": " + h[1]
	}
	a.Headers = strings.Join(lines, "\n")
	res, err := c.http.Do(r)
	if err != nil {
		a.Err = withoutURL(err)
		return a
	}
	defer res.Body.Close()
	a.Status = res.StatusCode
	body, _ := io.ReadAll(io.LimitReader(res.Body, readAnswer)) // what came is what there is
	a.Body = harmless(body)
	a.Again = retryAfter(res.Header.Get("Retry-After"), m.At)
	return a
}

// withoutURL returns err without the address, which may hold a secret.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// harmless returns the beginning of what somebody answered as it can be kept and shown:
// as text, of which no character does anything but stand there.
func harmless(body []byte) string {
	body = body[:min(len(body), keepAnswer)]
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < ' ', r >= 0x7f && r < 0xa0, r == '\ufeff', r >= '\u200b' && r <= '\u200f', r >= '\u2028' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return '\ufffd'
		}
		return r
	}, strings.ToValidUTF8(string(body), "\ufffd"))
}

// retryAfter returns for how long somebody wants to be left alone from now on: seconds or
// a time.
func retryAfter(text string, now time.Time) time.Duration {
	var d time.Duration
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		d = time.Duration(seconds) * time.Second
	} else if t, err := http.ParseTime(text); err == nil {
		d = t.Sub(now)
	}
	return min(max(d, 0), longestWait)
}

// Failure says why there was no answer.
type Failure string

// Why there can be no answer.
const (
	FailedTimeout Failure = "timeout"
	FailedName    Failure = "name"    // it is that of no machine
	FailedPrivate Failure = "private" // see [ErrPrivate]
	FailedTLS     Failure = "tls"     // the other side did not prove who it is
	FailedNetwork Failure = "network" // anything else
)

// FailureOf returns why there was no answer, which is err.
func FailureOf(err error) Failure {
	var timeout net.Error
	if errors.Is(err, ErrPrivate) {
		return FailedPrivate
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return FailedTLS
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return FailedTLS
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return FailedTLS
	}
	if errors.As(err, &timeout) && timeout.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		return FailedTimeout
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return FailedName
	}
	return FailedNetwork
}
