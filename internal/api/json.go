package api

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	strict "github.com/go-json-experiment/json"
)

// errUnreadable stands among the errors of a problem as it is.
var errUnreadable = errors.New("is no JSON, or has a member that is unknown, written otherwise or there twice, or something behind its end")

// strictJSON reads JSON to the letter: encoding/json takes a member that is there twice or
// is called Role instead of role, text that is none, and whatever stands behind the end.
func strictJSON() huma.Format {
	return huma.Format{
		Marshal: func(w io.Writer, v any) error { return json.NewEncoder(w).Encode(v) },
		Unmarshal: func(data []byte, v any) error {
			if err := strict.Unmarshal(data, v, strict.RejectUnknownMembers(true)); err != nil {
				return errUnreadable // what stands in it is not repeated
			}
			if all, ok := v.(*any); ok && !keepable(*all) {
				return errUnreadable
			}
			return nil
		},
	}
}

// keepable reports whether every text in v can be kept.
func keepable(v any) bool {
	switch v := v.(type) {
	case string:
		return isText(v)
	case []any:
		return !slices.ContainsFunc(v, func(one any) bool { return !keepable(one) })
	case map[string]any:
		for name, one := range v {
			if !isText(name) || !keepable(one) {
				return false
			}
		}
	}
	return true
}

// sparse leaves of an answer only the members that the request names in fields.
func sparse(ctx huma.Context, _ string, body any) (any, error) {
	names := ctx.Query("fields")
	if _, wrong := body.(*Problem); wrong || names == "" {
		return body, nil
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	var whole map[string]any
	if err := json.Unmarshal(raw, &whole); err != nil {
		return nil, err
	}
	keep := strings.Split(names, ",")
	if data, ok := whole["data"].([]any); ok {
		for i, one := range data {
			data[i] = only(one, keep)
		}
		return whole, nil
	}
	return only(whole, keep), nil
}

// only returns v with the named members alone.
func only(v any, keep []string) any {
	object, ok := v.(map[string]any)
	if !ok {
		return v
	}
	some := map[string]any{}
	for _, name := range keep {
		if value, ok := object[name]; ok {
			some[name] = value
		}
	}
	return some
}
