// Package webhook signs messages as Standard Webhooks says, and sends them to addresses
// that somebody else has named, which it does not trust.
//
// It must not know what the messages say, nor what becomes of them.
package webhook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	prefix    = "whsec_"
	secretLen = 32 // bytes; the specification wants 24 to 64
)

// The headers that a message bears.
const (
	HeaderID        = "webhook-id"
	HeaderTimestamp = "webhook-timestamp"
	HeaderSignature = "webhook-signature"
)

// NewSecret returns a new secret, as those who verify are told it.
func NewSecret() string {
	raw := make([]byte, secretLen)
	_, _ = rand.Read(raw) // never fails
	return prefix + base64.StdEncoding.EncodeToString(raw)
}

// Sign returns the signature of a message: one for each of the secrets, of which
// whoever verifies needs to know one.
func Sign(id string, at time.Time, body []byte, secrets ...string) (string, error) {
	all := make([]string, len(secrets))
	for i, s := range secrets {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s, prefix))
		if err != nil || len(key) == 0 {
			return "", fmt.Errorf("secret %d is none", i+1) // what is wrong with it would tell of it
		}
		h := hmac.New(sha256.New, key)
		fmt.Fprintf(h, "%s.%d.", id, at.Unix())
		h.Write(body)
		all[i] = "v1," + base64.StdEncoding.EncodeToString(h.Sum(nil))
	}
	return strings.Join(all, " "), nil
}

// Message is what is to be sent.
type Message struct {
	URL     string
	ID      string // of what it tells: the same whenever that is sent again
	At      time.Time
	Body    []byte
	Secrets []string
}

// headers returns what m bears, in the order in which people are shown it.
func (m Message) headers() ([][2]string, error) {
	signature, err := Sign(m.ID, m.At, m.Body, m.Secrets...)
	if err != nil {
		return nil, err
	}
	return [][2]string{
		{"content-type", "application/cloudevents+json; charset=utf-8"},
		{"user-agent", "Plaza-Webhooks/1"},
		{HeaderID, m.ID},
		{HeaderTimestamp, strconv.FormatInt(m.At.Unix(), 10)},
		{HeaderSignature, signature},
	}, nil
}
