package views

import "github.com/connectplaza/plaza"

// SignInHint is how people come in where everybody may know it.
type SignInHint struct {
	Emails   []string
	Password string // of each
}

// chosen reports whether l is the login that the session is in.
func (p Profiles) chosen(l plaza.Login) bool {
	return !p.Frame.Actor.Acting() && l.ID == p.Frame.Actor.Login
}
