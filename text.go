package plaza

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Text is something to be said to a person: the key of a message in the
// catalogues, and what fills its gaps. The vocabulary never speaks a language
// of its own; whoever shows a Text translates it.
type Text struct {
	Key  string         `json:"key"`
	Args map[string]any `json:"args,omitempty"` // by the name of the gap; "Count" chooses the plural
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

// UnmarshalJSON reads what a Text was kept as: a number in it is one to count by again,
// and a Text in it is one to be translated.
func (t *Text) UnmarshalJSON(b []byte) error {
	var kept struct {
		Key  string                     `json:"key"`
		Args map[string]json.RawMessage `json:"args"`
	}
	if err := json.Unmarshal(b, &kept); err != nil {
		return err
	}
	*t = Text{Key: kept.Key}
	for name, raw := range kept.Args {
		v, err := keptArg(raw)
		if err != nil {
			return err
		}
		if t.Args == nil {
			t.Args = map[string]any{}
		}
		t.Args[name] = v
	}
	return nil
}

func keptArg(raw json.RawMessage) (any, error) {
	var n int
	if json.Unmarshal(raw, &n) == nil {
		return n, nil
	}
	if bytes.HasPrefix(raw, []byte("{")) {
		var t Text
		err := json.Unmarshal(raw, &t)
		return t, err
	}
	var v any
	err := json.Unmarshal(raw, &v)
	return v, err
}
