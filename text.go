package plaza

import (
	"fmt"
	"strings"
)

// Text is something to be said to a person: the key of a message in the
// catalogues, and what fills its gaps. The vocabulary never speaks a language
// of its own; whoever shows a Text translates it.
type Text struct {
	Key  string
	Args map[string]any // by the name of the gap; "Count" chooses the plural
}

// T returns the text with the given key. Args come in pairs of name and value,
// as in T("license.count", "Count", 3).
func T(key string, args ...any) Text {
	if len(args) == 0 {
		return Text{Key: key}
	}
	t := Text{Key: key, Args: make(map[string]any, len(args)/2)}
	for i := 0; i+1 < len(args); i += 2 {
		t.Args[fmt.Sprint(args[i])] = args[i+1]
	}
	return t
}

// IsZero reports whether t says nothing.
func (t Text) IsZero() bool { return t.Key == "" }

// String returns t for a log, where no language is spoken.
func (t Text) String() string {
	if len(t.Args) == 0 {
		return t.Key
	}
	return t.Key + " " + strings.TrimPrefix(fmt.Sprint(t.Args), "map")
}
