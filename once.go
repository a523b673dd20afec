package plaza

import "time"

// OnceKept is how long a request that is to be done once is known.
const OnceKept = day

// Once names a request that is to be done once, however often it is sent: an actor that
// has it does something only if it did not do so before.
type Once struct {
	Key    string
	Digest []byte // of the request
	Noted  bool   // that it was done
}

// Answer is what a request was answered that was done once.
type Answer struct {
	Status   int // 0: none is known
	Location string
	ETag     string
	Body     []byte
}

// DoneOnce is a request that was done once.
type DoneOnce struct {
	Token  string // ID
	Key    string
	Digest []byte
	At     time.Time
	Answer Answer // with no status if the answer got lost
}
