package connectagent

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/connectplaza/plaza/internal/licensekey"
)

// grant is what a machine file says: this machine may use this license until then,
// whether or not the server can be asked.
type grant struct {
	Machine      string
	License      string
	Name         string
	Ends         time.Time // the term of the license; zero: with Expires, as nothing else is known
	Expires      time.Time // the license, its grace included; zero: never
	Entitlements []string
	Issued       time.Time
	Expiry       time.Time // of the file; zero: never
}

// resource is one of a machine file, with the attributes of all kinds that matter.
type resource struct {
	reference

	Attributes struct {
		Fingerprint string     `json:"fingerprint"`
		Name        *string    `json:"name"`
		Code        string     `json:"code"`
		Key         string     `json:"key"`
		Expiry      *time.Time `json:"expiry"`
		Ends        *time.Time `json:"ends"`
	} `json:"attributes"`
}

// openGrant reads a machine file, which must be signed by the server, for this
// license and this machine. It needs no server. Its errors are for people.
func openGrant(keys []ed25519.PublicKey, file []byte, key, fingerprint string) (*grant, error) {
	plain, err := tryEach(keys, func(public ed25519.PublicKey) ([]byte, error) {
		return licensekey.OpenFile(public, licensekey.MachineFile, file, licensekey.Secret(key, fingerprint))
	})
	switch {
	case errors.Is(err, licensekey.ErrSecret):
		return nil, errors.New("the machine file was made for another machine or another license")
	case errors.Is(err, licensekey.ErrSignature):
		return nil, errors.New("the machine file was not made by this server, or it was changed")
	case err != nil:
		return nil, errors.New("the machine file is not whole")
	}
	var d struct {
		Data     resource   `json:"data"`
		Included []resource `json:"included"`
		Meta     struct {
			Issued time.Time  `json:"issued"`
			Expiry *time.Time `json:"expiry"`
		} `json:"meta"`
	}
	if err := json.Unmarshal(plain, &d); err != nil || d.Data.Type != "machines" || d.Meta.Issued.IsZero() {
		return nil, errors.New("the machine file cannot be read by this version")
	}
	if d.Data.Attributes.Fingerprint != fingerprint { // one that is not encrypted
		return nil, errors.New("the machine file was made for another machine")
	}
	g := &grant{Machine: d.Data.ID, Issued: d.Meta.Issued, Expiry: deref(d.Meta.Expiry)}
	for _, r := range d.Included {
		switch r.Type {
		case "licenses":
			if r.Attributes.Key != key {
				return nil, errors.New("the machine file was made for another license")
			}
			g.License, g.Name = r.ID, deref(r.Attributes.Name)
			g.Ends, g.Expires = deref(r.Attributes.Ends), deref(r.Attributes.Expiry)
		case "entitlements":
			g.Entitlements = append(g.Entitlements, r.Attributes.Code)
		}
	}
	if g.License == "" {
		return nil, errors.New("the machine file does not hold the license: have one made that does")
	}
	slices.Sort(g.Entitlements)
	return g, nil
}

// stale reports whether a third of the time of a file has passed. One without end
// is renewed as one of a month.
func (g *grant) stale(now time.Time) bool {
	lasts := 30 * 24 * time.Hour
	if !g.Expiry.IsZero() {
		lasts = g.Expiry.Sub(g.Issued)
	}
	return now.Sub(g.Issued) >= lasts/3
}

func deref[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
