package connectagent

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/connectplaza/plaza/internal/licensekey"
)

// Config is what a ConnectAgent is told: the dashboard writes it as a file.
type Config struct {
	Server            string   `json:"server"`                      // https://host, without a path
	Account           string   `json:"account"`                     // ID of the installation
	Product           string   `json:"product"`                     // ID of ConnectAgent
	PublicKeys        []string `json:"publicKeys,omitempty"`        // by which files and answers count, now and from a coming day on, as 64 hexadecimal digits each
	PublicKey         string   `json:"publicKey,omitempty"`         // the same, if there is one only
	FormerKeys        []string `json:"formerKeys,omitempty"`        // by which only the license key counts: somebody else may have them by now
	LicenseKey        string   `json:"licenseKey"`                  //
	Name              string   `json:"name"`                        // that people know it by
	HeartbeatInterval int      `json:"heartbeatInterval,omitempty"` // seconds, until the server names its own
	CheckInterval     int      `json:"checkInterval,omitempty"`     // seconds
	GraceDays         *int     `json:"graceDays,omitempty"`         // how long it works without the server
	Fingerprint       string   `json:"fingerprint,omitempty"`       // instead of one made from the machine's ID
	Keys              []string `json:"keys,omitempty"`              // of the agents that are simulated
}

// What a file that does not say gets, and how far it may go.
const (
	defaultInterval = 60
	maxInterval     = 24 * 60 * 60
	defaultGrace    = 14
	maxGrace        = 240 // a machine file that covers it is within the year that the server gives
	maxFingerprint  = 4096
)

// parseConfig reads what the dashboard wrote. A member that it does not know is an
// error: it could be a misspelled limit.
func parseConfig(text []byte) (Config, error) {
	var c Config
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, wrong("%s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return c, wrong("something follows the end of the JSON object")
	}
	for _, seconds := range []*int{&c.HeartbeatInterval, &c.CheckInterval} {
		if *seconds == 0 {
			*seconds = defaultInterval
		}
	}
	if c.GraceDays == nil {
		days := defaultGrace
		c.GraceDays = &days
	}
	return c, nil
}

// check returns an error that names the first member that cannot be right.
func (c Config) check() error {
	if _, err := c.address(); err != nil {
		return err
	}
	switch {
	case c.Product == "":
		return wrong("product is missing")
	case c.HeartbeatInterval < 1 || c.HeartbeatInterval > maxInterval:
		return wrong("heartbeatInterval must be 1 to %d seconds", maxInterval)
	case c.CheckInterval < 1 || c.CheckInterval > maxInterval:
		return wrong("checkInterval must be 1 to %d seconds", maxInterval)
	case *c.GraceDays < 0 || *c.GraceDays > maxGrace:
		return wrong("graceDays must be 0 to %d", maxGrace)
	case len(c.Fingerprint) > maxFingerprint:
		return wrong("fingerprint must not be longer than %d bytes", maxFingerprint)
	}
	return c.checkKey()
}

// checkKey finds out whether the license key is one of this installation. It needs
// no server. A key that is not signed is for the server to judge.
func (c Config) checkKey() error {
	if _, err := c.public(); err != nil {
		return err
	}
	if _, err := parseKeys(c.FormerKeys); err != nil {
		return err
	}
	if len(c.LicenseKey) < 8 {
		return wrong("licenseKey is missing")
	}
	if strings.ContainsFunc(c.LicenseKey, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return wrong("licenseKey has a character that no key has")
	}
	if !licensekey.Signed(c.LicenseKey) {
		return nil
	}
	d, err := c.dataset()
	switch {
	case errors.Is(err, licensekey.ErrSignature):
		return wrong("licenseKey does not belong to publicKey: one of them was copied wrongly, or is of another installation")
	case err != nil:
		return wrong("licenseKey is not whole")
	case d.Product != c.Product:
		return wrong("product is another one than that of licenseKey")
	case c.Account != "" && d.Account != c.Account:
		return wrong("account is another one than that of licenseKey")
	}
	return nil
}

// public returns the keys by which answers and files count.
func (c Config) public() ([]ed25519.PublicKey, error) {
	if c.PublicKey != "" || len(c.PublicKeys) == 0 {
		return parseKeys(append([]string{c.PublicKey}, c.PublicKeys...))
	}
	return parseKeys(c.PublicKeys)
}

func parseKeys(texts []string) ([]ed25519.PublicKey, error) {
	keys := make([]ed25519.PublicKey, 0, len(texts))
	for _, text := range texts {
		key, err := hex.DecodeString(text)
		if err != nil || len(key) != ed25519.PublicKeySize {
			return nil, wrong("a publicKey must be %d hexadecimal digits", 2*ed25519.PublicKeySize)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// dataset returns what a license key that is signed says. The key that signed it may
// have made way for another one since.
func (c Config) dataset() (licensekey.Dataset, error) {
	keys, err := c.public()
	if err != nil {
		return licensekey.Dataset{}, err
	}
	former, err := parseKeys(c.FormerKeys)
	if err != nil {
		return licensekey.Dataset{}, err
	}
	return tryEach(append(keys, former...), func(public ed25519.PublicKey) (licensekey.Dataset, error) {
		return licensekey.Verify(public, c.LicenseKey)
	})
}

// tryEach returns what open makes of the first key that has signed it.
func tryEach[T any](keys []ed25519.PublicKey, open func(ed25519.PublicKey) (T, error)) (v T, err error) {
	for _, key := range keys {
		if v, err = open(key); !errors.Is(err, licensekey.ErrSignature) {
			break
		}
	}
	return v, err
}

// address returns where the server is.
func (c Config) address() (*url.URL, error) {
	u, err := url.Parse(strings.TrimSuffix(c.Server, "/"))
	switch {
	case c.Server == "":
		return nil, wrong("server is missing")
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, wrong("server must be an address like https://plaza.example")
	case u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return nil, wrong("server must be an address without anything behind its name and port")
	case strings.ContainsFunc(u.Host, func(r rune) bool { return r > '~' }):
		return nil, wrong("server must be written in ASCII, as xn--…")
	}
	return u, nil
}

// exposed reports whether the license key goes over the network for all to read.
func (c Config) exposed() bool {
	u, err := c.address()
	if err != nil || u.Scheme == "https" || u.Hostname() == "localhost" {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err != nil || !ip.IsLoopback()
}

// leastGrace is the silence of the server that stops nobody, whatever was granted: a
// moment without the network is no reason to.
const leastGrace = 10 * time.Minute

// grace returns for how long it may work without the server.
func (c Config) grace() time.Duration {
	return max(time.Duration(*c.GraceDays)*24*time.Hour, leastGrace)
}

// lifetime returns for how long a machine file is asked for: it is renewed when a
// third has passed, and what then remains must cover the grace.
func (c Config) lifetime() time.Duration {
	return max(24*time.Hour, c.grace()*3/2)
}

// refusal is an error that the operator can do something about.
type refusal struct{ text string }

func (r *refusal) Error() string { return r.text }

func refuse(text string, args ...any) error { return &refusal{fmt.Sprintf(text, args...)} }

func wrong(text string, args ...any) error { return refuse("the configuration: "+text, args...) }
