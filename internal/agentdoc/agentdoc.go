// Package agentdoc writes the documents of the agents' API that stand in license
// files and machine files: resources with exactly the attributes of agent API 3.2
// and 11, in that order, and of a license with days of grace when its term ends. It is
// pure, and knows neither who asks nor what is kept.
package agentdoc

import (
	"bytes"
	"encoding/json"
	"time"
)

// Installation is what the documents call the account and the product.
type Installation struct {
	AccountID   string
	ProductID   string
	ProductName string
	Created     time.Time
}

// Resource is one resource object.
type Resource struct {
	ID            string `json:"id"`
	Type          string `json:"type"`
	Attributes    any    `json:"attributes"`
	Relationships any    `json:"relationships"`
}

// File returns the plaintext of a certificate: data, with what is included, from
// issued until expiry. A zero expiry is never. Nothing is included unless something
// was asked for: then included is not nil.
func File(data Resource, included []Resource, issued, expiry time.Time) []byte {
	type meta struct {
		Issued stamp  `json:"issued"`
		Expiry stamp  `json:"expiry"`
		TTL    *int64 `json:"ttl"`
	}
	m := meta{Issued: stamp(issued), Expiry: stamp(expiry)}
	if !expiry.IsZero() {
		seconds := int64(expiry.Sub(issued) / time.Second)
		m.TTL = &seconds
	}
	if included == nil {
		return marshal(struct {
			Data Resource `json:"data"`
			Meta meta     `json:"meta"`
		}{data, m})
	}
	return marshal(struct {
		Data     Resource   `json:"data"`
		Included []Resource `json:"included"`
		Meta     meta       `json:"meta"`
	}{data, included, m})
}

// marshal returns v in compact JSON that shows < and > as they are.
func marshal(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // texts, numbers and times always can be written
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// stamp is a time as the agents' API writes it; null if it is zero.
type stamp time.Time

// MarshalJSON writes s in UTC, to the millisecond.
func (s stamp) MarshalJSON() ([]byte, error) {
	t := time.Time(s)
	if t.IsZero() {
		return []byte("null"), nil
	}
	return t.UTC().AppendFormat(nil, `"2006-01-02T15:04:05.000Z"`), nil
}

// updated returns when something was last changed, which is never before it was
// made.
func updated(created, at time.Time) stamp {
	if at.Before(created) {
		return stamp(created)
	}
	return stamp(at)
}

// orNull returns a pointer to v, or nil if that is zero: unset is null.
func orNull[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// object is a JSON object that is empty.
type object struct{}

// null is what is always null.
type null *object

// one is a relationship to one other resource.
type one struct {
	Data *reference `json:"data"`
}

type reference struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

// related is a relationship of which only the address is told.
type related struct {
	Links struct {
		Related string `json:"related"`
	} `json:"links"`
}

func relatedAt(path string) (r related) {
	r.Links.Related = "/v1/" + path
	return r
}

func (i Installation) account() one { return one{&reference{"accounts", i.AccountID}} }
func (i Installation) product() one { return one{&reference{"products", i.ProductID}} }
func license(id string) one         { return one{&reference{"licenses", id}} }
func machine(id string) one         { return one{&reference{"machines", id}} }
func metadata(text string) json.RawMessage {
	if text == "" {
		return json.RawMessage("{}")
	}
	return json.RawMessage(text)
}
