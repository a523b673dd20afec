package auditlog

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint says, signed, how many events there were and what the root of
// their tree was. Its text has the form of C2SP's tlog-checkpoint.
type Checkpoint struct {
	Size int64 // events
	Root tlog.Hash
	Note string // the signed text
}

// Checkpoint returns the checkpoint of the log whose tree is t.
func (k Key) Checkpoint(t *Tree) (Checkpoint, error) {
	size, root := t.size, t.Root()
	signed, err := note.Sign(&note.Note{Text: body(k.origin, size, root)}, k)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("sign a checkpoint: %w", err)
	}
	return Checkpoint{Size: size, Root: root, Note: string(signed)}, nil
}

func body(origin string, size int64, root tlog.Hash) string {
	return origin + "\n" + strconv.FormatInt(size, 10) + "\n" + root.String() + "\n"
}

// Open returns the checkpoint in a signed text, if k shows that the signature is
// good. Lines beyond the three that Plaza writes are refused: there are none
// that it would understand.
func (k PublicKey) Open(text string) (Checkpoint, error) {
	n, err := note.Open([]byte(text), note.VerifierList(k.verifier))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("the signature of the checkpoint is not good: %w", err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 {
		return Checkpoint{}, errCheckpoint
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 {
		return Checkpoint{}, errCheckpoint
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil || n.Text != body(k.verifier.Name(), size, root) { // written in any other way
		return Checkpoint{}, errCheckpoint
	}
	return Checkpoint{Size: size, Root: root, Note: text}, nil
}

var errCheckpoint = errors.New("this is no checkpoint of an audit log of Plaza")

// Notes returns the signed texts in a file to which checkpoints were appended, or
// in the words of a mail that holds one: wherever, after an empty line,
// signatures follow a text. If there are none, it returns the whole, so that
// whoever opens that can say so.
func Notes(file string) (all []string) {
	parts := strings.Split(strings.Trim(strings.ReplaceAll(file, "\r\n", "\n"), "\n"), "\n\n")
	for i, part := range parts {
		if i > 0 && strings.HasPrefix(strings.Trim(part, "\n"), "— ") {
			all = append(all, strings.Trim(parts[i-1], "\n")+"\n\n"+strings.Trim(part, "\n")+"\n")
		}
	}
	if len(all) == 0 {
		return []string{file}
	}
	return all
}
