package web_test

import (
	"testing"

	"github.com/connectplaza/plaza/internal/apptest"
)

// TestEveryRouteAsksOrIsPublic: who may come in by which is in the tables of
// internal/matrixtest.
func TestEveryRouteAsksOrIsPublic(t *testing.T) {
	t.Parallel()
	s := newDemoSite(t, apptest.New(t, openSQLite(t)))
	for _, rt := range s.Routes() {
		if rt.Public == (rt.Verb != "") {
			t.Errorf("%s must either have a verb or be public", rt)
		}
	}
}
