package plaza_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
)

func TestTextIsKept(t *testing.T) {
	t.Parallel()
	for _, text := range []plaza.Text{
		plaza.T("a.b"), plaza.T("a.b", "Count", 3, "Name", "N"), plaza.T("a.b", "Of", plaza.T("c.d", "Count", 1), "Share", 0.5, "Right", true), {},
	} {
		b, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		var got plaza.Text
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(text, got); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	}
	var got plaza.Text
	for _, bad := range []string{`[]`, `{"key":"a","args":{"x":{"key":1}}}`, `{"key":"a","args":[]}`} {
		if err := json.Unmarshal([]byte(bad), &got); err == nil {
			t.Errorf("%s is taken for %v", bad, got)
		}
	}
}
