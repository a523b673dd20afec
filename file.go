package plaza

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strings"
	"time"
)

// File is something to take along.
type File struct {
	Name string // without folders, in ASCII
	Data []byte
}

// NewFile asks for the license file of a ConnectAgent: a signed document that says
// without a server what its license allows.
type NewFile struct {
	Encrypted    bool // to be read with the license key only
	Days         int  // that it is good for
	Entitlements bool // it says which modules are included
}

// FileDays is for how many days a file is good if nobody says otherwise.
const FileDays = 30

// mostFileDays is for how many days a file may be good where its terms set no
// limit.
const mostFileDays = 3660

// FileDaysMost returns for how many days a file under t may be good.
func (t *Terms) FileDaysMost() int {
	if t.CheckOutMost == 0 {
		return mostFileDays
	}
	return t.CheckOutMost / int(day/time.Second)
}

// Validate reports every field that cannot be accepted as an Invalid error.
func (n NewFile) Validate(t *Terms) error {
	bad := problems{}
	bad.between("days", n.Days, 1, t.FileDaysMost())
	return bad.err()
}

// NewOffline asks for a machine that reaches no server to be activated, and for
// the file that tells it.
type NewOffline struct {
	Request string // as the machine wrote it, see [OfflineRequest]
	Days    int    // that the file is good for
}

// Validate reports every field that cannot be accepted as an Invalid error, and
// returns what the machine asks for.
func (n NewOffline) Validate(t *Terms) (OfflineRequest, error) {
	bad := problems{}
	bad.between("days", n.Days, 1, t.FileDaysMost())
	r, problem := ParseOfflineRequest(n.Request)
	if problem != "" {
		bad.add("request", "file.request."+problem)
	}
	return r, bad.err()
}

// OfflineRequest is the file with which a machine that reaches no server asks to
// be activated.
type OfflineRequest struct {
	Type        string    `json:"type"`
	Version     int       `json:"version"`
	Key         string    `json:"key"`
	Fingerprint string    `json:"fingerprint"`
	Hostname    string    `json:"hostname"`
	Platform    string    `json:"platform"`
	Cores       int       `json:"cores"`
	RequestedAt time.Time `json:"requestedAt"`
}

// MaxOfflineRequest is how many bytes a request file may have.
const MaxOfflineRequest = 64 << 10

// ParseOfflineRequest reads a request file. What is not exactly one is a problem:
// missing, too_long, unreadable, other_version or incomplete.
func ParseOfflineRequest(text string) (r OfflineRequest, problem string) {
	text = strings.TrimPrefix(strings.TrimSpace(text), "\uFEFF") // editors leave it
	switch {
	case text == "":
		return r, "missing"
	case len(text) > MaxOfflineRequest:
		return r, "too_long"
	}
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return r, "unreadable"
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return r, "unreadable"
	}
	switch {
	case r.Type != "plaza-offline-request":
		return r, "unreadable"
	case r.Version != 1:
		return r, "other_version"
	case strings.ContainsRune(r.Fingerprint, 0):
		return r, "unreadable"
	case r.Key == "" || r.Fingerprint == "" || r.RequestedAt.IsZero() || r.Cores < 0 || r.Cores > math.MaxInt32:
		return r, "incomplete"
	}
	return r, ""
}

// Activation returns the activation that r asks for.
func (r OfflineRequest) Activation() NewActivation {
	return NewActivation{Fingerprint: r.Fingerprint, Host: Cleaned(r.Hostname), Platform: Cleaned(r.Platform), Cores: r.Cores}
}

// Text returns why r was refused, for whoever brings a request from a machine.
func (r *Refusal) Text() Text { return T("file.refused." + r.Code) }
