package plaza

import (
	"slices"
	"strings"
	"time"
)

// Plan is an entry of the catalogue: what can be licensed, for how long, with which
// limits, and what it costs. What it promises counts for what is issued from now
// on: a license keeps what its plan promised when it was issued.
type Plan struct {
	ID         string
	Kind       LicenseKind
	Name       string
	TermMonths int // zero: without end
	GraceDays  int // after the end, still valid with a warning
	Trial      bool
	Machines   int   // how many a license may be activated on
	Terms      Terms // what else it promises

	StartsActivated bool // the term begins when a ConnectAgent is first activated
	Renews          bool // a term that ends is followed by another one, by itself
	BillsSuspended  bool // a license is paid for while it is suspended

	Prices    []Money   // of a license for a month, one in each currency; in none it costs nothing
	Edition   int       // how often what it promises has changed, from 1
	Withdrawn time.Time // nothing is issued under it any more; zero: it can be chosen
	Version   int
}

// Promise is what a license keeps of its plan beside dates and limits, so that what
// becomes of it does not change with the plan.
type Promise struct {
	Edition        int // of the plan: what it costs
	TermMonths     int // that a renewal adds; zero: it has no end
	Renews         bool
	BillsSuspended bool
}

// Promise returns what a license that is issued under p now keeps.
func (p *Plan) Promise() Promise {
	return Promise{Edition: p.Edition, TermMonths: p.TermMonths, Renews: p.Renews, BillsSuspended: p.BillsSuspended}
}

// Price returns what a license under p costs for a month in a currency, and whether
// that is known.
func (p *Plan) Price(in Currency) (Money, bool) {
	i := slices.IndexFunc(p.Prices, func(m Money) bool { return m.Currency == in })
	if i < 0 {
		return Money{Currency: in}, false
	}
	return p.Prices[i], true
}

// MostGrace is how many grace days there can be at most.
const MostGrace = 90

// NewPlan asks for an entry of the catalogue, or for another edition of one.
type NewPlan struct {
	Kind       LicenseKind
	Name       string
	TermMonths int
	GraceDays  int
	Trial      bool
	Machines   int
	Terms      Terms // zero: the default ones

	StartsActivated bool
	Renews          bool
	BillsSuspended  bool
	Prices          []Money
}

// Clean returns n without the white space around what was typed, with the terms
// that it has if it says none, and its prices in the order of [Currencies].
func (n NewPlan) Clean() NewPlan {
	n.Name = strings.TrimSpace(n.Name)
	if n.Terms.IsZero() {
		n.Terms = DefaultTerms()
		n.Terms.Floating = n.Machines > 1
	}
	n.Prices = slices.Clone(n.Prices)
	SortMoney(n.Prices)
	return n
}

// Validate reports every field that cannot be accepted as an Invalid error.
func (n NewPlan) Validate() error {
	bad := problems{}
	bad.name("name", n.Name)
	if !slices.Contains(LicenseKinds(), n.Kind) {
		bad.add("kind", "problem.kind")
	}
	bad.between("term_months", n.TermMonths, 0, 120)
	bad.between("grace_days", n.GraceDays, 0, MostGrace)
	bad.between("machines", n.Machines, 1, 1000)
	bad.between("processes", n.Terms.Processes, 0, 100_000)
	bad.money("prices", n.Prices)
	if problem := n.Terms.Problem(n.Machines); !n.Terms.IsZero() && problem != "" {
		bad.add("terms", "problem.terms", "Name", problem)
	}
	if n.StartsActivated && n.Kind != ConnectAgentLicense {
		bad.add("starts_activated", "problem.starts_activated")
	}
	if n.Renews && (n.Trial || n.TermMonths == 0) {
		bad.add("renews", "problem.renews")
	}
	if n.Trial && n.TermMonths == 0 {
		bad.add("term_months", "problem.trial_term")
	}
	return bad.err()
}

// between notes that a number must not be outside of what is possible.
func (p problems) between(field string, value, least, most int) {
	if value < least || value > most {
		p.add(field, "problem.range", "Min", least, "Max", most)
	}
}

// Plan returns the plan that n asks for, in its first edition.
func (n NewPlan) Plan(id string) Plan {
	return Plan{
		ID: id, Kind: n.Kind, Name: n.Name, TermMonths: n.TermMonths, GraceDays: n.GraceDays, Trial: n.Trial,
		Machines: n.Machines, Terms: n.Terms, StartsActivated: n.StartsActivated, Renews: n.Renews,
		BillsSuspended: n.BillsSuspended, Prices: n.Prices, Edition: 1, Version: 1,
	}
}

// Promises reports whether p and other promise the same: another name alone is no
// other edition.
func (p *Plan) Promises(other *Plan) bool {
	a, b := *p, *other
	return a.TermMonths == b.TermMonths && a.GraceDays == b.GraceDays && a.Trial == b.Trial && a.Machines == b.Machines &&
		a.Terms.String() == b.Terms.String() && a.StartsActivated == b.StartsActivated && a.Renews == b.Renews &&
		a.BillsSuspended == b.BillsSuspended && slices.Equal(a.Prices, b.Prices)
}
