package connectagent

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"time"
)

// state is what an agent knows from one start to the next.
type state struct {
	Version     int       `json:"version"`
	License     string    `json:"license,omitempty"` // ID; empty before the first contact
	Machine     string    `json:"machine,omitempty"` // ID of the activation; empty: there is none
	Activated   time.Time `json:"activated,omitzero"`
	Deactivated time.Time `json:"deactivated,omitzero"` // the last activation, by connectagent deactivate; zero: there is one again
	Generation  int64     `json:"generation,omitempty"` // of the last heartbeat's answer; 0: it is not known
	Cloned      bool      `json:"cloned,omitempty"`
	ByHand      bool      `json:"byHand,omitempty"` // the machine file was installed, not fetched
	Valid       bool      `json:"valid"`
	Code        string    `json:"code,omitempty"`   // of the last verdict; empty: there was none
	Detail      string    `json:"detail,omitempty"` // of the last verdict, in the server's words
	LastBeat    time.Time `json:"lastBeat,omitzero"`
	LastCheck   time.Time `json:"lastCheck,omitzero"`
	LastSuccess time.Time `json:"lastSuccess,omitzero"` // the last time that the license was valid, by the server's clock
	ServerTime  time.Time `json:"serverTime,omitzero"`  // of the last answer
	Issued      time.Time `json:"issued,omitzero"`      // of the newest machine file that was installed
	Mark        time.Time `json:"mark"`                 // the latest time that is known to have been
}

const stateVersion = 1

// sealedState is a state in its file: whoever changes it without the license key
// and the fingerprint is found out.
type sealedState struct {
	State json.RawMessage `json:"state"`
	MAC   string          `json:"mac"`
}

var (
	errNoState = errors.New("there is no state file")
	errBroken  = errors.New("the state file is not as this ConnectAgent wrote it")
)

// seal returns the file of s.
func (s state) seal(secret []byte) ([]byte, error) {
	s.Version = stateVersion
	text, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	return json.Marshal(sealedState{text, hex.EncodeToString(mac(secret, text))})
}

// openState reads the file of a state, or returns errBroken.
func openState(file, secret []byte) (s state, err error) {
	var sealed sealedState
	if err := json.Unmarshal(file, &sealed); err != nil {
		return s, errBroken
	}
	sum, err := hex.DecodeString(sealed.MAC)
	if err != nil || !hmac.Equal(sum, mac(secret, sealed.State)) {
		return s, errBroken
	}
	if err := json.Unmarshal(sealed.State, &s); err != nil || s.Version != stateVersion {
		return state{}, errBroken
	}
	return s, nil
}

func mac(secret, text []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write(text)
	return h.Sum(nil)
}

// stateSecret returns what the state of an agent is sealed with.
func stateSecret(key, fingerprint string) []byte {
	sum := sha256.Sum256([]byte("connectagent state\n" + key + "\n" + fingerprint))
	return sum[:]
}

// loadState returns the state in a folder, errNoState or errBroken.
func loadState(f folder, secret []byte) (state, error) {
	text, err := f.read(stateFile)
	if errors.Is(err, fs.ErrNotExist) {
		return state{}, errNoState
	}
	if err != nil {
		return state{}, err
	}
	return openState(text, secret)
}
