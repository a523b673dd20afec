package views

import (
	"maps"
	"slices"

	"github.com/connectplaza/plaza"
)

// The statuses that no kind of error stands for.
const (
	methodNotAllowed = 405
	tooLarge         = 413
)

// name returns which of the texts about errors are said: those of the kind, but
// for what only HTTP knows.
func (p Error) name() string {
	switch {
	case p.Status == tooLarge:
		return "too_large"
	case p.Status == methodNotAllowed:
		return "method"
	case p.Kind == "":
		return string(plaza.Internal)
	}
	return string(p.Kind)
}

// problems returns what is wrong with each field, in the order of their names.
func (p Error) problems() (all []plaza.Text) {
	for _, name := range slices.Sorted(maps.Keys(p.Fields)) {
		all = append(all, p.Fields[name])
	}
	return all
}

// back returns where the person came from, if that is worth another look.
func (p Error) back() string {
	switch p.Kind {
	case plaza.Unauthenticated, plaza.Forbidden:
		return ""
	case plaza.NotFound:
		if p.Status != methodNotAllowed {
			return ""
		}
	case plaza.Unproved, plaza.Invalid, plaza.Conflict, plaza.Stale, plaza.Limited, plaza.Unavailable, plaza.Internal:
	}
	return p.Back
}

// askWhom reports whether to tell who can grant what was refused. Nobody grants
// what Login as leaves out; the message says what to do then.
func (p Error) askWhom() bool {
	return p.Kind == plaza.Forbidden && p.Frame.Actor.Login != "" && !p.Frame.Actor.Acting()
}

// help reports whether to tell what to try: what Login as leaves out, nothing opens.
func (p Error) help() bool { return p.Kind != plaza.Forbidden || !p.Frame.Actor.Acting() }

// ours reports whether the fault is Plaza's, so that the request's ID helps.
func (p Error) ours() bool {
	return p.Request != "" && (p.name() == string(plaza.Internal) || p.Kind == plaza.Unavailable)
}
