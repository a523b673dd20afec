package mail

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode"
)

// Message is a letter ready to be sent, as it stands in the outbox.
type Message struct {
	To      string // one address, without a name
	ToName  string
	Subject string
	Text    string // lines end in \n
	HTML    string
	ID      string    // becomes the Message-ID: the same for every attempt; letters, digits, . _ -
	Date    time.Time // when it was written
}

// check refuses what could become another header or another recipient.
func (m Message) check() error {
	if err := checkAddress(m.To); err != nil {
		return err
	}
	if m.ID == "" || strings.ContainsFunc(m.ID, notInID) {
		return fmt.Errorf("message id %q: only letters, digits, . _ - are allowed", m.ID)
	}
	if m.Date.IsZero() {
		return errors.New("message without a date")
	}
	return nil
}

func checkAddress(address string) error {
	parsed, err := mail.ParseAddress(address)
	if err != nil {
		return fmt.Errorf("address %q: %w", address, err)
	}
	if parsed.Address != address || strings.ContainsFunc(address, unicode.IsControl) {
		return fmt.Errorf("address %q is more than an address", address)
	}
	return nil
}

func notInID(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("._-", r):
		return false
	}
	return true
}

// PermanentError says that sending the same message again is of no use. Every
// other error of sending may pass by itself.
type PermanentError struct{ Err error }

func (e *PermanentError) Error() string { return e.Err.Error() }

func (e *PermanentError) Unwrap() error { return e.Err }
