package views

import (
	"slices"
	"time"

	"github.com/connectplaza/plaza"
)

// fit reports whether any of the logins can be chosen.
func (p LogInAs) fit() bool {
	return slices.ContainsFunc(p.Entrance.Logins, func(l plaza.Login) bool { return l.Unfit().IsZero() })
}

// chosen reports whether l is the login that was chosen, or the only one that
// can be.
func (p LogInAs) chosen(l plaza.Login) bool {
	if p.Form.Value("login") != "" {
		return l.ID == p.Form.Value("login")
	}
	able := slices.DeleteFunc(slices.Clone(p.Entrance.Logins), func(l plaza.Login) bool { return !l.Unfit().IsZero() })
	return len(able) == 1 && able[0].ID == l.ID
}

// lasts returns how long it goes on at most.
func (p LogInAs) lasts() time.Duration {
	if p.Breaking {
		return plaza.BreakGlassFor
	}
	return plaza.ActingFor
}
