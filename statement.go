package plaza

import (
	"cmp"
	"iter"
	"math/big"
	"slices"
	"time"
)

// Usage is what a statement is computed of.
type Usage struct {
	Facts       []Fact    // of each license together, in the order in which they came to be
	Places      []Place   // below the statement's profile, of those who hold them
	Running     []Running // of the licenses
	Prices      []PlanPrice
	Adjustments []Adjustment // booked on the month
	Detailed    bool         // each license is wanted, too
}

// PlanPrice is what an edition of a plan costs.
type PlanPrice struct {
	Plan    string
	Name    string
	Kind    LicenseKind
	Edition int
	Price   Money // of a license for a month
	Known   bool  // there is a price in the currency
}

// Statement is what a profile used in a month, with all that was below it then, and
// what that costs.
type Statement struct {
	Profile     string
	ProfileName string
	Period
	Days        []StatementDay // of the month
	At          time.Time      // when it was computed
	Lines       []StatementLine
	Parts       []StatementPart
	Detail      []LicenseDays // what the lines are the sums of, if that is wanted
	Adjustments []Adjustment
	Licenses    int // that were billed on some day, or trials then
	Used        Money
	Discount    Money
	Adjusted    Money
	Total       Money
}

// StatementDay is how many licenses were billed on a day.
type StatementDay struct {
	Begins   time.Time
	Licenses int
}

// StatementLine is what was used of an edition of a plan, and what it costs.
type StatementLine struct {
	PlanPrice

	Trial    bool // it costs nothing
	Licenses int  // that were billed on some day
	Days     int  // of all licenses together
	Active   int  // ConnectAgents that ran on a machine on a day on which they were billed
	Amount   Money
	Discount Money
	Net      Money
}

// StatementPart is what of a statement was used directly below its profile, or by the
// profile itself.
type StatementPart struct {
	Profile  string
	Name     string
	Licenses int
	Days     int
	Net      Money
	At       time.Time // in the middle of when it was there, the last time; zero: it is the profile itself
}

// LicenseDays is for how many days a license was billed while it was in one line and one
// part.
type LicenseDays struct {
	PlanPrice

	License string
	Holder  string // ID of the profile that held it
	Trial   bool
	Part    string // ID of the profile directly below the statement's that it belonged to, or that itself
	Days    int
	Active  bool  // it is a ConnectAgent's that ran on one of them
	Net     Money // its share of what its line costs

	// What it is called, as far as one may know that now.
	LicenseName, KeyHint, BillingID, PartName string
}

// lineKey tells lines apart. Two editions of a plan are two lines also if they cost
// the same.
type lineKey struct {
	plan    string
	edition int
	trial   bool
}

// tally counts the days of licenses of which one after the other is looked at.
type tally struct {
	licenses, days int
	last           string // license that was counted
}

func (t *tally) add(license string, days int) {
	t.days += days
	if t.last != license {
		t.last = license
		t.licenses++
	}
}

// tallies are the tallies of a line.
type tallies struct {
	all, active tally
	parts       map[string]*tally
}

// counting is a statement that is being computed.
type counting struct {
	*Statement

	detailed bool

	till    time.Time // nothing counts from here on
	places  map[string][]Place
	running map[string][]Running
	lines   map[lineKey]*tallies
	parts   map[string]*tally
	names   map[string]string

	holder string // whose places are in held
	held   []Place
}

// Statement computes what u costs in a period, at now: all of it, or if it is not over,
// what there is of it so far. A day counts once for a license that was billed at any moment
// of it, and belongs to where the license was when it was billed last that day.
func (u Usage) Statement(profile Profile, of Period, now time.Time) (*Statement, error) {
	zone, err := of.Terms.Zone()
	if err != nil {
		return nil, err
	}
	s := &Statement{
		Profile: profile.ID, ProfileName: profile.Name, Period: of, At: now,
	}
	days := of.Month.Days(zone)
	for _, begins := range days[:len(days)-1] {
		s.Days = append(s.Days, StatementDay{Begins: begins})
	}
	c := counting{
		Statement: s, detailed: u.Detailed, till: days[len(days)-1], places: map[string][]Place{}, running: map[string][]Running{},
		lines: map[lineKey]*tallies{}, parts: map[string]*tally{}, names: map[string]string{},
	}
	s.SoFar = now.Before(of.settled(days))
	if now.Before(c.till) {
		c.till = now.Add(time.Microsecond) // this moment is the last that counts
	}
	for _, a := range u.Adjustments {
		if of.Holds(a.Created) {
			s.Adjustments = append(s.Adjustments, a)
		}
	}
	for _, p := range u.Places {
		if p, ok := of.clip(p); ok {
			c.places[p.Profile] = append(c.places[p.Profile], p)
			c.names[p.Part] = p.PartName
		}
	}
	for _, r := range u.Running {
		c.running[r.License] = append(c.running[r.License], r)
	}
	for facts := range byLicense(u.Facts) {
		c.count(facts)
	}
	c.price(u.Prices)
	c.sum()
	return s, nil
}

// byLicense goes through the facts of each license.
func byLicense(all []Fact) iter.Seq[[]Fact] {
	return func(yield func([]Fact) bool) {
		for len(all) > 0 {
			n := slices.IndexFunc(all, func(f Fact) bool { return f.License != all[0].License })
			if n < 0 {
				n = len(all)
			}
			if !yield(all[:n]) {
				return
			}
			all = all[n:]
		}
	}
}

// stretch is days in a row on which a license was billed by one fact, in one part.
type stretch struct {
	fact   *Fact
	part   string
	days   int
	active bool // it ran on one of them
}

// count counts the days of one license.
func (c *counting) count(facts []Fact) {
	var now stretch
	counted, running := false, c.running[facts[0].License]
	for i := range c.Days {
		f, moment := c.lastBilled(facts, i)
		if f == nil {
			continue
		}
		part, ok := c.partAt(f.Profile, moment)
		if !ok {
			continue // it was somebody else's by then
		}
		if now.fact != f || now.part != part {
			c.add(now)
			now = stretch{fact: f, part: part}
		}
		now.days++
		now.active = now.active || f.Kind == ConnectAgentLicense && c.ran(running, i)
		c.Days[i].Licenses++
		counted = true
	}
	c.add(now)
	if counted {
		c.Licenses++
	}
}

// partAt returns in which part a profile was at a moment, and whether it was in one.
func (c *counting) partAt(profile string, moment time.Time) (part string, ok bool) {
	if c.holder != profile { // most licenses are of the same one as the one before
		c.holder, c.held = profile, c.places[profile]
	}
	i := slices.IndexFunc(c.held, func(p Place) bool { return p.Holds(moment) })
	if i < 0 {
		return "", false
	}
	return c.held[i].Part, true
}

// ran reports whether one of the times in which a license ran was on a day.
func (c *counting) ran(running []Running, day int) bool {
	begins, ends := c.bounds(day)
	return slices.ContainsFunc(running, func(r Running) bool {
		return r.Since.Before(ends) && (r.Until.IsZero() || r.Until.After(begins))
	})
}

// lastBilled returns at which moment of a day a license was billed last, and the fact
// by which it was; nil if it was not.
func (c *counting) lastBilled(facts []Fact, day int) (f *Fact, moment time.Time) {
	begins, ends := c.bounds(day)
	for i := range slices.Backward(facts) {
		f := &facts[i]
		if _, till, ok := f.Billed(later(begins, f.At), ends); ok {
			return f, till.Add(-time.Microsecond)
		}
		if f.At.Before(ends) {
			ends = f.At
		}
	}
	return nil, moment
}

// bounds returns from when until when a day counts.
func (c *counting) bounds(day int) (begins, ends time.Time) {
	ends = c.till
	if day+1 < len(c.Days) && c.Days[day+1].Begins.Before(ends) {
		ends = c.Days[day+1].Begins
	}
	return c.Days[day].Begins, ends
}

// add counts the days of a stretch.
func (c *counting) add(s stretch) {
	if s.fact == nil {
		return
	}
	license, key := s.fact.License, lineKey{s.fact.Plan, s.fact.Edition, s.fact.Trial}
	line := c.lines[key]
	if line == nil {
		line = &tallies{parts: map[string]*tally{}}
		c.lines[key] = line
	}
	line.all.add(license, s.days)
	of(line.parts, s.part).add(license, s.days)
	of(c.parts, s.part).add(license, s.days)
	if s.active {
		line.active.add(license, s.days)
	}
	if c.detailed {
		c.detail(s)
	}
}

// detail counts the days of a stretch for its license alone: together with those of another
// stay that differs in nothing that is billed.
func (c *counting) detail(s stretch) {
	for i := range slices.Backward(c.Detail) {
		d := &c.Detail[i]
		if d.License != s.fact.License {
			break
		}
		if d.Plan == s.fact.Plan && d.Edition == s.fact.Edition && d.Trial == s.fact.Trial && d.Part == s.part && d.Holder == s.fact.Profile {
			d.Days += s.days
			d.Active = d.Active || s.active
			return
		}
	}
	c.Detail = append(c.Detail, LicenseDays{
		License: s.fact.License, Holder: s.fact.Profile, PlanPrice: PlanPrice{Plan: s.fact.Plan, Kind: s.fact.Kind, Edition: s.fact.Edition},
		Trial: s.fact.Trial, Part: s.part, Days: s.days, Active: s.active,
	})
}

// of returns the tally of a part.
func of(all map[string]*tally, part string) *tally {
	if all[part] == nil {
		all[part] = &tally{}
	}
	return all[part]
}

// price makes the lines, and the parts: what these cost together is what the lines
// do, to the cent.
func (c *counting) price(prices []PlanPrice) {
	known := map[lineKey]PlanPrice{}
	for _, p := range prices {
		known[lineKey{plan: p.Plan, edition: p.Edition}] = p
	}
	in := c.Terms.Currency
	nets := map[string]int64{}
	for key, t := range c.lines {
		p := known[lineKey{plan: key.plan, edition: key.edition}]
		p.Plan, p.Edition, p.Price.Currency = key.plan, key.edition, in
		line := StatementLine{PlanPrice: p, Trial: key.trial, Licenses: t.all.licenses, Days: t.all.days, Active: t.active.licenses}
		amount := int64(0)
		if !key.trial {
			amount = share(p.Price.Minor, t.all.days, len(c.Days))
		}
		discount := share(amount, c.Terms.Discount, WholeDiscount)
		line.Amount, line.Discount, line.Net = Money{in, amount}, Money{in, discount}, Money{in, amount - discount}
		c.Lines = append(c.Lines, line)
		divide(nets, line.Net.Minor, t)
	}
	for i := range c.Detail {
		d := &c.Detail[i]
		if p, ok := known[lineKey{plan: d.Plan, edition: d.Edition}]; ok {
			d.PlanPrice = p
		}
		d.PartName = c.names[d.Part]
	}
	c.divideDetail()
	slices.SortFunc(c.Lines, compareLines)
	for id, t := range c.parts {
		c.Parts = append(c.Parts, StatementPart{
			Profile: id, Name: c.names[id], Licenses: t.licenses, Days: t.days, Net: Money{in, nets[id]}, At: c.middle(id),
		})
	}
	slices.SortFunc(c.Parts, func(a, b StatementPart) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Profile, b.Profile))
	})
}

// middle returns a moment in the middle of when a part was there, the last time within
// the statement; zero for the profile itself.
func (c *counting) middle(part string) time.Time {
	places := c.places[part]
	if part == c.Profile || len(places) == 0 {
		return time.Time{}
	}
	last := places[len(places)-1]
	since, until := later(last.Since, c.Days[0].Begins), c.till
	if !last.Until.IsZero() && last.Until.Before(until) {
		until = last.Until
	}
	return since.Add(until.Sub(since) / 2) //nolint:mnd // the middle
}

// divideDetail gives each license its share of what its line costs, by days, so that they
// make the line.
func (c *counting) divideDetail() {
	type given struct {
		days int
		net  int64
	}
	lines, so := map[lineKey]StatementLine{}, map[lineKey]given{}
	for _, l := range c.Lines {
		lines[lineKey{l.Plan, l.Edition, l.Trial}] = l
	}
	for i := range c.Detail {
		d := &c.Detail[i]
		key := lineKey{d.Plan, d.Edition, d.Trial}
		line, g := lines[key], so[key]
		g.days += d.Days
		till := share(line.Net.Minor, g.days, line.Days)
		d.Net, g.net = Money{line.Net.Currency, till - g.net}, till
		so[key] = g
	}
}

// divide adds to what each part costs its share of what a line does, by days.
func divide(nets map[string]int64, net int64, t *tallies) {
	ids := make([]string, 0, len(t.parts))
	for id := range t.parts {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	days, given := 0, int64(0)
	for _, id := range ids {
		days += t.parts[id].days
		till := share(net, days, t.all.days)
		nets[id] += till - given
		given = till
	}
}

func compareLines(a, b StatementLine) int {
	kind := func(l StatementLine) int { return slices.Index(LicenseKinds(), l.Kind) }
	trial := func(l StatementLine) int {
		if l.Trial {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(kind(a), kind(b)), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Plan, b.Plan),
		cmp.Compare(a.Edition, b.Edition), cmp.Compare(trial(a), trial(b)))
}

// sum adds up.
func (c *counting) sum() {
	in := c.Terms.Currency
	c.Used, c.Discount, c.Adjusted, c.Total = Money{Currency: in}, Money{Currency: in}, Money{Currency: in}, Money{Currency: in}
	for _, l := range c.Lines {
		c.Used.Minor += l.Amount.Minor
		c.Discount.Minor += l.Discount.Minor
	}
	for _, a := range c.Adjustments {
		c.Adjusted.Minor += a.Amount.Minor
	}
	c.Total.Minor = c.Used.Minor - c.Discount.Minor + c.Adjusted.Minor
}

// share returns so many parts of a whole of an amount that is not below zero, rounded
// half up to a minor unit.
func share(amount int64, parts, whole int) int64 {
	twice := new(big.Int).Mul(big.NewInt(2*int64(parts)), big.NewInt(amount))
	twice.Add(twice, big.NewInt(int64(whole)))
	return twice.Div(twice, big.NewInt(2*int64(whole))).Int64()
}

// StatementFormat is a form in which a statement can be taken along.
type StatementFormat string

// The forms in which a statement can be taken along.
const (
	StatementCSV   StatementFormat = "csv"
	StatementExcel StatementFormat = "xlsx"
	StatementPDF   StatementFormat = "pdf"
	StatementJSON  StatementFormat = "json" // what programs are answered; no file
)

// StatementFormats returns every form of a file, in the order people choose from.
func StatementFormats() []StatementFormat {
	return []StatementFormat{StatementPDF, StatementExcel, StatementCSV}
}
