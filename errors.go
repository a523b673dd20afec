package plaza

import (
	"errors"
	"time"
)

// Kind says what went wrong in terms a caller can act on.
type Kind string

// The kinds of failure. An error without a Kind is Internal: it is logged in
// full and shown to nobody.
const (
	Invalid         Kind = "invalid"         // some of what was sent cannot be accepted
	Unauthenticated Kind = "unauthenticated" // nobody is signed in
	Forbidden       Kind = "forbidden"       // not with this kind of profile and role
	Unproved        Kind = "unproved"        // not before whoever asks proves again who they are
	NotFound        Kind = "not_found"       // not there, or not within reach: nobody can tell which
	Conflict        Kind = "conflict"        // it does not go with what is there
	Stale           Kind = "stale"           // somebody changed it since it was read
	Limited         Kind = "limited"         // too often; see Error.Wait
	Unavailable     Kind = "unavailable"     // something Plaza rests on is away; later it may work
	Internal        Kind = "internal"        // a fault of ours
)

// Error is a failure that may be shown to the person who caused it.
type Error struct {
	Kind   Kind
	Msg    Text            // shown to the person
	Fields map[string]Text // problems by form field; Invalid only
	Wait   time.Duration   // how long to wait before trying again; Limited and Unavailable only
	Most   int             // how many were allowed in the time before; Limited only, 0: it is not said
	Full   FullAllowance   // that is why; Conflict only
	Err    error           // cause; logged, never shown
}

// FullAllowance is an allowance that is used up, to who can do something about it.
type FullAllowance struct {
	ID    string // empty: there is none, or it is of a profile above
	Below bool   // of a profile below one's own: one can allow more
}

// Errorf returns an *Error of the given kind that says the message with the
// given key; args are as in [T].
func Errorf(kind Kind, key string, args ...any) *Error {
	return &Error{Kind: kind, Msg: T(key, args...)}
}

func (e *Error) Error() string {
	s := string(e.Kind) + ": " + e.Msg.String()
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// AsError returns the first *Error in err's chain. Anything else becomes an
// Internal error that gives nothing away.
func AsError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Kind: Internal, Msg: T("error.internal"), Err: err}
}

// KindOf returns the kind of err.
func KindOf(err error) Kind { return AsError(err).Kind }

// problems collects what is wrong with the fields of one form.
type problems map[string]Text

// add notes that field is wrong, unless something was noted before.
func (p problems) add(field, key string, args ...any) {
	if _, ok := p[field]; !ok {
		p[field] = T(key, args...)
	}
}

// err returns an Invalid error with everything noted, or nil.
func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Msg: T("error.invalid"), Fields: p}
}
