package plaza

import (
	"fmt"
	"strconv"
)

// Refusal is what an agent reads when it may not, or cannot, do what it asked
// for: a code that programs know (agent API, section 6), and one sentence for its
// log, in English, which is the one language of that wire.
type Refusal struct { //nolint:errname // it is what it is called everywhere
	Kind    Kind
	Code    string
	Pointer string   // into the document that was sent; empty if no part of it is wrong
	Also    []string // the same of other parts of it, with which the same is wrong
	Detail  string
	Machine string // ID of the machine that is in the way, if it is the agent's own
}

// Refuse returns a [Refusal]; format and args make its sentence.
func Refuse(kind Kind, code, pointer, format string, args ...any) *Refusal {
	return &Refusal{Kind: kind, Code: code, Pointer: pointer, Detail: fmt.Sprintf(format, args...)}
}

// RefuseComponents returns the [Refusal] of those of an activation's components, at
// least one, that have these indexes.
func RefuseComponents(code, detail string, of []int) *Refusal {
	r := Refuse(Invalid, code, ComponentPointer(of[0]), "%s", detail)
	for _, i := range of[1:] {
		r.Also = append(r.Also, ComponentPointer(i))
	}
	return r
}

func (r *Refusal) Error() string { return r.Code + ": " + r.Detail }

// Unwrap returns r as an [Error], so that [KindOf] knows its kind.
func (r *Refusal) Unwrap() error {
	return &Error{Kind: r.Kind, Msg: T("error.agent", "Code", r.Code)}
}

// ComponentPointer returns where the fingerprint of the i-th component of an
// activation stands.
func ComponentPointer(i int) string {
	return atComponents + "/" + strconv.Itoa(i) + "/attributes/fingerprint"
}
