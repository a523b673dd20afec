package auditlog

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/connectplaza/plaza"
)

// line is one line of an export: an event, what is left of one that is gone, or,
// on the last line, the checkpoint.
type line struct {
	Event      *plaza.AuditRecord `json:"event,omitempty"`
	Gone       *gone              `json:"gone,omitempty"`
	Checkpoint string             `json:"checkpoint,omitempty"`
}

type gone struct {
	Position int64     `json:"position"`
	Hash     tlog.Hash `json:"hash"`
}

// Export writes a log, from its first event to its last, as JSON Lines that
// [Import] reads.
type Export struct {
	w    io.Writer
	next int64
}

// NewExport returns an export that is written to w.
func NewExport(w io.Writer) *Export { return &Export{w: w} }

// Event writes the next event.
func (e *Export) Event(r plaza.AuditRecord) error {
	e.next++
	return e.write(line{Event: &r})
}

// Gone writes what is left of the next event, which is gone.
func (e *Export) Gone(leaf tlog.Hash) error {
	e.next++
	return e.write(line{Gone: &gone{e.next - 1, leaf}})
}

// End writes the checkpoint of what was written.
func (e *Export) End(c Checkpoint) error { return e.write(line{Checkpoint: c.Note}) }

func (e *Export) write(l line) error {
	b, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("export the audit log: %w", err)
	}
	_, err = e.w.Write(append(b, '\n'))
	return err
}

// longest is the length that a line of an export can have, in bytes: an event is
// far shorter.
const longest = 1 << 20

// Import has v take every event of an export, and returns the signed text of the
// checkpoint at its end; none if there is none. A line that is not written as
// Export does is an error: the same line must not say different things to
// different readers.
func (v *Verifier) Import(r io.Reader) (text string, err error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longest)
	for n := 1; lines.Scan(); n++ {
		l, err := parse(lines.Bytes())
		if err != nil {
			return "", fmt.Errorf("line %d of the export: %w", n, err)
		}
		if text != "" {
			return "", fmt.Errorf("line %d of the export: something comes after the checkpoint", n)
		}
		switch {
		case l.Event != nil:
			v.Event(*l.Event, nil)
		case l.Gone != nil && l.Gone.Position != v.tree.size:
			v.Note(Fault{Position: v.tree.size, Why: "it is missing"})
			v.Gone([]tlog.Hash{l.Gone.Hash})
		case l.Gone != nil:
			v.Gone([]tlog.Hash{l.Gone.Hash})
		default:
			text = l.Checkpoint
		}
	}
	if err := lines.Err(); err != nil {
		return "", fmt.Errorf("read the export: %w", err)
	}
	return text, nil
}

// VerifyExport finds out whether an export is what was sealed, also at the time
// of each of the given checkpoints.
func VerifyExport(r io.Reader, key PublicKey, notes []string) (report Report, err error) {
	var known []Checkpoint
	for _, text := range notes {
		c, err := key.Open(text)
		if err != nil {
			return report, err
		}
		known = append(known, c)
	}
	v := NewVerifier(nil, known...)
	text, err := v.Import(r)
	if err != nil {
		return report, err
	}
	if text != "" {
		c, err := key.Open(text)
		if err != nil {
			return report, err
		}
		v.Last(c)
	}
	return v.Report(), nil
}

// parse returns what a line of an export says.
func parse(text []byte) (l line, err error) {
	if err := json.Unmarshal(text, &l); err != nil {
		return l, err
	}
	things := 0
	for _, is := range []bool{l.Event != nil, l.Gone != nil, l.Checkpoint != ""} {
		if is {
			things++
		}
	}
	again, err := json.Marshal(l)
	if err != nil {
		return l, err
	}
	if things != 1 || !bytes.Equal(again, text) {
		return l, errors.New("it is not written as plaza audit export writes it")
	}
	return l, nil
}
