package plaza

import (
	"encoding/json"
	"fmt"
	"time"
)

// AuditRecord is an audit event as it is kept and sealed: every value to the
// letter, so that what is proven is what stands there.
//
// The values from Name on may tell something of a person. They enter the seal
// through a salted hash, which stays when they are erased.
type AuditRecord struct {
	Position     int64  `json:"position"` // in the sealed log, from 0; below 0 until it is sealed
	ID           string `json:"id"`
	At           int64  `json:"at"` // microseconds since 1970, UTC
	Verb         string `json:"verb"`
	Result       string `json:"result"`
	Refusal      string `json:"refusal"`
	Own          string `json:"actor_own"`
	Login        string `json:"actor_login_id"`
	Person       string `json:"actor_person_id"`
	ActorProfile string `json:"actor_profile_id"`
	ViaLogin     string `json:"via_login_id"`
	ViaPerson    string `json:"via_person_id"`
	ViaProfile   string `json:"via_profile_id"`
	Acting       string `json:"acting_id"`
	Mode         string `json:"mode"`
	Profile      string `json:"profile_id"`
	ObjectKind   string `json:"object_kind"`
	Object       string `json:"object_id"`
	Request      string `json:"request_id"`
	Pass         string `json:"token_id,omitempty"` // of the token that a program came in with

	Name      string `json:"object_name"`
	Changes   string `json:"changes"` // JSON
	Reason    string `json:"reason"`
	Ticket    string `json:"ticket"`
	Address   string `json:"address"`
	UserAgent string `json:"user_agent"`

	Salt     []byte `json:"salt"`     // of the hash of what may tell something of a person; nil once that was erased
	Personal []byte `json:"personal"` // that hash, if what it is of was erased
	Stamp    []byte `json:"stamp"`    // by which Plaza knows what it wrote itself; nil if it was written before there were any
}

// Unsealed is the position of an event that has none yet.
const Unsealed int64 = -1

// Record returns e as it is kept, not sealed yet.
func (e AuditEvent) Record() (AuditRecord, error) {
	changes, err := json.Marshal(e.Changes)
	if err != nil {
		return AuditRecord{}, fmt.Errorf("encode changes: %w", err)
	}
	var via Acting
	if e.Actor.Via != nil {
		via = *e.Actor.Via
	}
	var pass Pass
	if e.Actor.Pass != nil {
		pass = *e.Actor.Pass
	}
	return AuditRecord{
		Position: Unsealed, ID: e.ID, At: e.At.UnixMicro(),
		Verb: string(e.Verb), Result: string(e.Result), Refusal: string(e.Refusal),
		Own: e.Actor.Own, Login: e.Actor.Login, Person: e.Actor.Person, ActorProfile: e.Actor.Profile,
		ViaLogin: via.Login, ViaPerson: via.Person, ViaProfile: via.Profile, Acting: via.ID, Mode: string(via.Mode),
		Profile: e.Profile, ObjectKind: e.ObjectKind, Object: e.Object, Request: e.Actor.From.Request, Pass: pass.Token,
		Name: e.ObjectName, Changes: string(changes), Reason: e.Reason, Ticket: via.Ticket,
		Address: e.Actor.From.Address, UserAgent: e.Actor.From.UserAgent,
	}, nil
}

// Texts returns where the texts of r are, those that may tell something of a
// person apart.
func (r *AuditRecord) Texts() (public, personal []*string) {
	public = []*string{
		&r.ID, &r.Verb, &r.Result, &r.Refusal, &r.Own, &r.Login, &r.Person, &r.ActorProfile,
		&r.ViaLogin, &r.ViaPerson, &r.ViaProfile, &r.Acting, &r.Mode, &r.Profile, &r.ObjectKind, &r.Object, &r.Request,
	}
	return public, []*string{&r.Name, &r.Changes, &r.Reason, &r.Ticket, &r.Address, &r.UserAgent}
}

// Time returns when it happened.
func (r AuditRecord) Time() time.Time { return time.UnixMicro(r.At).UTC() }

// Erased reports whether what may tell something of a person was erased.
func (r AuditRecord) Erased() bool { return r.Personal != nil }

// NoChanges is what the changes of an event hold that has none, or that were
// erased.
const NoChanges = "null"
