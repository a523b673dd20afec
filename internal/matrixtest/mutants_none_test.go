//go:build !mutants

package matrixtest

import "testing"

// mutants says that there are none without the build tag.
func (r *run) mutants(*testing.T) string { return ", no mutants without -tags mutants" }
