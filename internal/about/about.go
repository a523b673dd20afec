// Package about says of what Plaza is made: every library that is in the binary
// or goes to a browser, with its license. The list is made when Plaza is built
// (make generate). The package knows nothing of how it is shown.
package about

import (
	_ "embed" // the list
	"encoding/json"
	"fmt"
)

//go:embed licenses.json
var list []byte

// Part is a library that Plaza holds.
type Part struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	License string `json:"license"` // as SPDX calls it
	Text    string `json:"text"`    // of the license, with who holds the rights
}

// Parts returns every part of Plaza, sorted by name.
func Parts() ([]Part, error) {
	var parts []Part
	if err := json.Unmarshal(list, &parts); err != nil {
		return nil, fmt.Errorf("list of licenses: %w", err)
	}
	return parts, nil
}
