//go:build mutants

package plaza

import "slices"

// Mutant is one entry of the policy that could be another. It exists for the
// isolation matrix only, which sees whether it would notice: no build but that of
// tests has it.
type Mutant struct {
	Verb  Verb
	Entry string // which one: "kind reseller", "role auditor", "acting", …
	flip  func(*rule)
}

// Flip makes the entry another, for everybody, until it is called again.
func (m Mutant) Flip() {
	r := policy[m.Verb]
	m.flip(&r)
	policy[m.Verb] = r
}

// Mutants returns every entry of the policy whose other value makes a difference.
func Mutants() (all []Mutant) {
	for _, v := range Verbs() {
		r := policy[v]
		add := func(entry string, flip func(*rule)) { all = append(all, Mutant{v, entry, flip}) }
		for _, own := range []Actor{Janitor, Postman, Installer, Sealer, Simulator, Publisher, Courier, ConnectAgentActor("license", "profile", Origin{})} {
			before, after := r.own, own.Own
			if before == after {
				after = ""
			}
			add("own "+own.Own, func(r *rule) { r.own = other(r.own, before, after) })
		}
		if len(r.kinds) == 0 {
			continue // nobody who signs in may: one kind without a role is nobody still
		}
		for _, k := range ProfileKinds() {
			add("kind "+string(k), func(r *rule) { r.kinds = toggled(r.kinds, k) })
		}
		for _, role := range Roles() {
			add("role "+string(role), func(r *rule) { r.roles = toggled(r.roles, role) })
		}
		if r.onlyBelow() {
			continue // whoever acts does not hold it, whatever else is said of acting
		}
		add("keyboard", func(r *rule) { r.keyboard = !r.keyboard })
		if r.keyboard {
			continue // nothing else is asked
		}
		add("acting", func(r *rule) { r.notActing = !r.notActing })
		if !r.notActing {
			add("changes", func(r *rule) { r.changes = !r.changes })
		}
	}
	return all
}

func other(is, before, after string) string {
	if is == before {
		return after
	}
	return before
}

func toggled[T comparable](all []T, v T) []T {
	if slices.Contains(all, v) {
		return slices.DeleteFunc(slices.Clone(all), func(has T) bool { return has == v })
	}
	return append(slices.Clone(all), v)
}
