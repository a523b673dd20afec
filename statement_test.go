package plaza_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/connectplaza/plaza"
)

// A history is what becomes of a few licenses and of who is below whom, told twice: as
// the facts and places that a statement is computed of, and as what every license was
// at every time, which a recount asks.
type history struct {
	*rand.Rand

	now      time.Time
	licenses []*traced
	chains   map[string][]chain // of each profile, as time goes by
	plans    []plaza.PlanPrice
	halted   map[string]bool

	facts map[string][]plaza.Fact
}

// traced is a license with what it was before.
type traced struct {
	plaza.License

	was       []moment
	activated []plaza.Running
}

// moment is what a license was from a time on.
type moment struct {
	at time.Time
	l  plaza.License
}

// chain is who a profile was below from a time on, the nearest first, itself before
// that.
type chain struct {
	at    time.Time
	above []string
}

// holders hold the licenses; each lies below one of the two resellers, or is moved to
// the other, and the second is below the first or beside it.
func holders() []string { return []string{"p1", "p2", "p3"} }

func newHistory(r *rand.Rand, begins time.Time) *history {
	h := &history{Rand: r, now: begins, chains: map[string][]chain{}, halted: map[string]bool{}, facts: map[string][]plaza.Fact{}}
	for i := range 4 {
		for edition := range 2 {
			h.plans = append(h.plans, plaza.PlanPrice{
				Plan: fmt.Sprint("plan ", i), Name: fmt.Sprint("Plan ", i), Kind: plaza.LicenseKinds()[i], Edition: edition + 1,
				Price: plaza.Money{Currency: "EUR", Minor: int64(r.IntN(5) * r.IntN(100_000))}, Known: r.IntN(10) > 0,
			})
			if p := &h.plans[len(h.plans)-1]; !p.Known {
				p.Price.Minor = 0
			}
		}
	}
	for _, p := range holders() {
		h.move(p, []string{p, "r1", "v"})
	}
	h.move("r1", []string{"r1", "v"})
	h.move("r2", []string{"r2", "v"})
	return h
}

// move writes who a profile is below from now on.
func (h *history) move(profile string, above []string) {
	all := h.chains[profile]
	if n := len(all); n > 0 && all[n-1].at.Equal(h.now) {
		all = all[:n-1]
	}
	h.chains[profile] = append(all, chain{h.now, above})
}

// pass lets time go by: to the moment after, for days, or to a boundary of something.
func (h *history) pass() {
	switch h.IntN(6) {
	case 0:
		h.now = h.now.Add(time.Microsecond)
	case 1:
		h.now = h.now.Add(time.Duration(h.IntN(3_600_000_000)) * time.Microsecond)
	case 2:
		if at := time.Date(h.now.Year(), h.now.Month(), h.now.Day()+1, h.IntN(3)-1, 0, 0, 0, h.now.Location()); at.After(h.now) {
			h.now = at // the ledger never goes back
		}
	case 3: // nothing: two things at once
	default:
		h.now = h.now.Add(time.Duration(h.IntN(12*24)) * time.Hour)
	}
}

// step has something happen.
func (h *history) step() {
	h.pass()
	if len(h.licenses) < 2 || h.IntN(8) == 0 {
		h.create()
		return
	}
	switch h.IntN(10) {
	case 0:
		holder := holders()[h.IntN(3)]
		to := [][]string{{holder, "r1", "v"}, {holder, "r2", "v"}, {holder, "v"}}[h.IntN(3)]
		if to[1] == "r2" {
			to = append([]string{holder}, h.chains["r2"][len(h.chains["r2"])-1].above...)
		}
		h.move(holder, to)
		return
	case 1: // the second reseller comes below the first one, or beside it, with all that is below it
		above := [][]string{{"r2", "v"}, {"r2", "r1", "v"}}[h.IntN(2)]
		h.move("r2", above)
		for _, p := range holders() {
			if all := h.chains[p]; slices.Contains(all[len(all)-1].above, "r2") {
				h.move(p, append([]string{p}, above...))
			}
		}
		return
	case 2:
		holder := holders()[h.IntN(3)]
		h.halted[holder] = !h.halted[holder]
		for _, l := range h.licenses {
			if l.Profile == holder {
				l.Halted = h.halted[holder]
				h.note(l)
			}
		}
		return
	}
	l := h.licenses[h.IntN(len(h.licenses))]
	if !l.Ended.IsZero() {
		return
	}
	h.alter(l)
	h.note(l)
}

// create makes a license, which may start before now by as much as a form allows.
func (h *history) create() {
	plan := h.plans[h.IntN(len(h.plans))]
	holder := holders()[h.IntN(3)]
	l := &traced{License: plaza.License{
		ID: fmt.Sprint("license ", len(h.licenses)), Profile: holder, Kind: plan.Kind, Plan: plan.Plan, Halted: h.halted[holder],
		Starts: h.now.Add(time.Duration(h.IntN(60)-1) * day / 2), GraceDays: h.IntN(2) * 7, WarningDays: 30, Trial: h.IntN(8) == 0,
		Promise: plaza.Promise{Edition: plan.Edition, TermMonths: 1, Renews: h.IntN(5) == 0, BillsSuspended: h.IntN(3) == 0},
	}}
	if h.IntN(4) > 0 {
		l.Ends = l.Starts.Add(time.Duration(1+h.IntN(40*24)) * time.Hour)
	}
	h.licenses = append(h.licenses, l)
	h.note(l)
}

// alter has something become of a license.
func (h *history) alter(l *traced) {
	switch h.IntN(8) {
	case 0:
		l.Ended = h.now
	case 5: // to another profile
		l.Profile = holders()[h.IntN(3)]
		l.Halted = h.halted[l.Profile]
	case 1, 2:
		if l.Suspended.IsZero() {
			l.Suspended = h.now
		} else {
			l.Suspended = time.Time{}
		}
	case 3:
		if next, err := l.Renewed(h.now, time.UTC); err == nil {
			l.License = next
		}
	case 4:
		for _, p := range h.plans {
			if p.Kind == l.Kind && p.Edition != l.Edition {
				l.Plan, l.Edition, l.Trial, l.BillsSuspended = p.Plan, p.Edition, h.IntN(4) == 0, h.IntN(2) == 0
				break
			}
		}
	default:
		if n := len(l.activated); n > 0 && l.activated[n-1].Until.IsZero() {
			l.activated[n-1].Until = h.now
		} else {
			l.activated = append(l.activated, plaza.Running{License: l.ID, Since: h.now})
		}
	}
}

// note writes down what a license is now, both ways.
func (h *history) note(l *traced) {
	l.was = append(l.was, moment{h.now, l.License})
	f := plaza.Fact{
		License: l.ID, Profile: l.Profile, At: h.now, Plan: l.Plan, Edition: l.Edition, Kind: l.Kind, Starts: l.Starts,
		Suspended: !l.Suspended.IsZero() || l.Halted, BillsSuspended: l.BillsSuspended, Ended: !l.Ended.IsZero(), Trial: l.Trial,
	}
	if !l.Renews {
		f.Until = l.GraceEnds()
	}
	h.facts[l.ID] = append(h.facts[l.ID], f)
}

// usage returns what the statement of a profile is computed of.
func (h *history) usage(profile string) (u plaza.Usage) {
	for _, l := range h.licenses {
		u.Facts = append(u.Facts, h.facts[l.ID]...)
		u.Running = append(u.Running, l.activated...)
	}
	for _, p := range append(holders(), "r1", "r2") {
		for i, c := range h.chains[p] {
			at := slices.Index(c.above, profile)
			if at < 0 {
				continue
			}
			place := plaza.Place{Profile: p, Part: c.above[max(at-1, 0)], Since: c.at}
			if i+1 < len(h.chains[p]) {
				place.Until = h.chains[p][i+1].at
			}
			u.Places = append(u.Places, place)
		}
	}
	u.Prices, u.Detailed = h.plans, true
	return u
}

// settles returns when the last day of a period is over.
func settles(of plaza.Period, z *time.Location) time.Time {
	if of.Until.IsZero() {
		return of.Month.Ends(z)
	}
	for _, begins := range walked(of.Month, of.Terms.TimeZone) {
		if !begins.Before(of.Until) {
			return begins
		}
	}
	return of.Month.Ends(z)
}

// periods returns those in which different profiles billed one in the month of a period,
// which have to be all of it.
func (h *history) periods(t *testing.T, profile string, of plaza.Period) []plaza.Period {
	t.Helper()
	var stays []plaza.Stay
	parent := ""
	for _, c := range h.chains[profile] {
		if len(c.above) > 1 && c.above[1] != parent {
			if n := len(stays); n > 0 {
				stays[n-1].Until = c.at
			}
			stays, parent = append(stays, plaza.Stay{Since: c.at}), c.above[1]
		}
	}
	past := plaza.Past{Stays: stays, Terms: []plaza.BillingTerms{of.Terms}}
	for i, s := range stays {
		if i > 0 {
			past.Moves = append(past.Moves, s.Since)
		}
	}
	all, err := past.Periods(of.Month, []plaza.Stay{{}})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range all {
		if len(all) == 1 && p.Number != 0 || len(all) > 1 && p.Number != i+1 || i > 0 && !p.Since.Equal(all[i-1].Until) || i+1 == len(all) && !p.Until.IsZero() {
			t.Fatalf("of %v: %+v", stays, all)
		}
	}
	return all
}

// recounted is a statement as the recount has it.
type recounted struct {
	Lines map[string]recountedLine
	Parts map[string]int // days
	Days  []int
	Total int64
}

type recountedLine struct {
	Days, Licenses, Active int
	Net                    int64
}

// recount computes a statement from what every license was, a day after the other, a
// moment after the other.
func (h *history) recount(profile string, of plaza.Period, now time.Time) recounted {
	terms := of.Terms
	days := walked(of.Month, terms.TimeZone)
	got := recounted{Lines: map[string]recountedLine{}, Parts: map[string]int{}, Days: make([]int, len(days)-1)}
	prices := map[string]int64{}
	for _, l := range h.licenses {
		seen, ran := map[string]bool{}, map[string]bool{}
		for d := range len(days) - 1 {
			for _, at := range slices.Backward(h.moments(l, days[d], days[d+1], now)) {
				was, is := h.at(l, at)
				if !is {
					continue
				}
				above := h.above(was.Profile, at)
				i := slices.Index(above, profile)
				if i >= 0 && !at.Before(of.Since) && (of.Until.IsZero() || at.Before(of.Until)) {
					key := fmt.Sprint(was.Plan, was.Edition, was.Trial)
					line := got.Lines[key]
					line.Days++
					got.Days[d]++
					got.Parts[above[max(i-1, 0)]]++
					if !seen[key] {
						line.Licenses++
						seen[key] = true
					}
					if was.Kind == plaza.ConnectAgentLicense && !ran[key] && h.ran(l, days[d], days[d+1], now) {
						line.Active++
						ran[key] = true
					}
					got.Lines[key] = line
					for _, p := range h.plans {
						if p.Plan == was.Plan && p.Edition == was.Edition && !was.Trial {
							prices[key] = p.Price.Minor
						}
					}
				}
				break // this was the last moment of the day at which it was billed
			}
		}
	}
	for key, line := range got.Lines {
		amount := halfUp(big.NewRat(prices[key]*int64(line.Days), int64(len(days)-1)))
		line.Net = amount - halfUp(big.NewRat(amount*int64(terms.Discount), 10_000))
		got.Total += line.Net
		got.Lines[key] = line
	}
	return got
}

// halfUp rounds to a whole number.
func halfUp(r *big.Rat) int64 {
	r.Add(r, big.NewRat(1, 2))
	return new(big.Int).Div(r.Num(), r.Denom()).Int64()
}

// moments returns the moments of a day, not after now, at which something of a license
// may be otherwise than the moment before, and those before them.
func (h *history) moments(l *traced, begins, ends, now time.Time) (all []time.Time) {
	add := func(t time.Time) {
		for _, at := range []time.Time{t.Add(-time.Microsecond), t} {
			if !at.Before(begins) && at.Before(ends) && !at.After(now) {
				all = append(all, at)
			}
		}
	}
	add(begins)
	add(ends)
	add(now)
	for _, holder := range holders() {
		for _, c := range h.chains[holder] {
			add(c.at)
		}
	}
	for _, w := range l.was {
		add(w.at)
		add(w.l.Starts)
		add(w.l.Ends)
		add(w.l.GraceEnds())
	}
	slices.SortFunc(all, time.Time.Compare)
	return all
}

// at returns what a license was at a time, and whether it was billed: what its state was
// says so, and of one that is billed while it is suspended, what it was otherwise.
func (h *history) at(l *traced, at time.Time) (was plaza.License, billed bool) {
	i := len(l.was) - 1
	for i >= 0 && l.was[i].at.After(at) {
		i--
	}
	if i < 0 {
		return was, false
	}
	was = l.was[i].l
	asked := was
	if was.BillsSuspended {
		asked.Suspended, asked.Halted = time.Time{}, false
	}
	return was, asked.State(at).Valid()
}

// above returns who a profile was below at a time, itself first.
func (h *history) above(profile string, at time.Time) (above []string) {
	for _, c := range h.chains[profile] {
		if !c.at.After(at) {
			above = c.above
		}
	}
	return above
}

// ran reports whether a license was activated at some time of a day, till now.
func (h *history) ran(l *traced, begins, ends, now time.Time) bool {
	if now.Before(ends) {
		ends = now.Add(time.Microsecond)
	}
	return slices.ContainsFunc(l.activated, func(r plaza.Running) bool {
		return r.Since.Before(ends) && (r.Until.IsZero() || r.Until.After(begins))
	})
}

// walked returns when the days of a month begin in a zone, and last when it ends, by
// looking at the calendar there every quarter of an hour. (No clock changes otherwise
// in the years that are tried.)
func walked(m plaza.Month, zone string) []time.Time {
	key := m.String() + zone
	walks.Lock()
	defer walks.Unlock()
	if all, ok := walks.all[key]; ok {
		return all
	}
	z, err := time.LoadLocation(zone)
	if err != nil {
		panic(err)
	}
	var all []time.Time
	last, month := "", m.String()
	for t := time.Date(m.Year, m.Month, -1, 0, 0, 0, 0, time.UTC); ; t = t.Add(15 * time.Minute) {
		local := t.In(z).Format(time.DateOnly)
		if local != last && (local[:7] == month || len(all) > 0) {
			all = append(all, t.UTC())
			if local[:7] != month {
				break
			}
		}
		last = local
	}
	walks.all[key] = all
	return all
}

var walks = struct {
	sync.Mutex

	all map[string][]time.Time
}{all: map[string][]time.Time{}}

// TestStatementsAgreeWithARecount computes the statements of random histories twice.
func TestStatementsAgreeWithARecount(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 5))
	billed := 0
	for range 2000 {
		zone := zones()[r.IntN(len(zones()))]
		z, err := time.LoadLocation(zone.name)
		if err != nil {
			t.Fatal(err)
		}
		m := plaza.Month{Year: zone.year, Month: zone.month}
		h := newHistory(r, m.Begins(z).Add(time.Duration(-r.IntN(40))*day))
		for range 8 + r.IntN(30) {
			h.step()
		}
		now := m.Ends(z).Add(time.Duration(r.IntN(40)-30) * day / 2)
		profile := []string{"v", "r1", "r2", "p1"}[r.IntN(4)]
		terms := plaza.BillingTerms{Profile: profile, Currency: "EUR", Discount: []int{0, 1, 1250, 10_000, r.IntN(10_001)}[r.IntN(5)], TimeZone: zone.name}
		of := plaza.Period{Month: m, Terms: terms}
		if periods := h.periods(t, profile, of); len(periods) > 0 && r.IntN(3) > 0 {
			of = periods[r.IntN(len(periods))]
		}
		s, err := h.usage(profile).Statement(plaza.Profile{ID: profile}, of, now)
		if err != nil {
			t.Fatal(err)
		}
		want := h.recount(profile, of, now)
		if diff := cmp.Diff(want, flat(s)); diff != "" {
			t.Fatalf("%s in %s of %s at %s (-recounted +computed):\n%s", m, zone.name, profile, now, diff)
		}
		parts := int64(0)
		for _, p := range s.Parts {
			parts += p.Net.Minor
		}
		if parts != s.Total.Minor || s.SoFar != now.Before(settles(of, z)) {
			t.Fatalf("the parts of %s make %d of %d; so far: %t", m, parts, s.Total.Minor, s.SoFar)
		}
		if s.Total.Minor > 0 {
			billed++
		}
		sums := map[string]int{}
		for _, d := range s.Detail {
			sums[fmt.Sprint(d.Plan, d.Edition, d.Trial)] += d.Days
			sums["part "+d.Part] += d.Days
			sums["cents of "+fmt.Sprint(d.Plan, d.Edition, d.Trial)] += int(d.Net.Minor)
		}
		for _, l := range s.Lines {
			sums[fmt.Sprint(l.Plan, l.Edition, l.Trial)] -= l.Days
			sums["cents of "+fmt.Sprint(l.Plan, l.Edition, l.Trial)] -= int(l.Net.Minor)
		}
		for _, p := range s.Parts {
			sums["part "+p.Profile] -= p.Days
		}
		for of, days := range sums {
			if days != 0 {
				t.Fatalf("the licenses of %s are %d apart from what is billed", of, days)
			}
		}
	}
	if billed < 500 {
		t.Errorf("only %d of 2000 statements cost something", billed)
	}
}

// zones are where the clock, or the calendar, does something in a month, and where it
// does not.
func zones() []struct {
	name  string
	year  int
	month time.Month
} {
	return []struct {
		name  string
		year  int
		month time.Month
	}{
		{"Europe/Amsterdam", 2026, time.March},
		{"Europe/Amsterdam", 2026, time.October},
		{"America/New_York", 2026, time.March},
		{"America/New_York", 2026, time.November},
		{"Pacific/Apia", 2011, time.December},
		{"America/Sao_Paulo", 2018, time.November},
		{"America/Havana", 2024, time.March},
		{"America/Havana", 2024, time.November},
		{"Australia/Lord_Howe", 2026, time.April},
		{"UTC", 2026, time.February},
		{"Asia/Kathmandu", 2028, time.February},
		{"Pacific/Kiritimati", 1994, time.December},
	}
}

// flat returns a statement as the recount has it.
func flat(s *plaza.Statement) recounted {
	got := recounted{Lines: map[string]recountedLine{}, Parts: map[string]int{}, Total: s.Total.Minor}
	for _, l := range s.Lines {
		got.Lines[fmt.Sprint(l.Plan, l.Edition, l.Trial)] = recountedLine{l.Days, l.Licenses, l.Active, l.Net.Minor}
	}
	for _, p := range s.Parts {
		got.Parts[p.Profile] = p.Days
	}
	for _, d := range s.Days {
		got.Days = append(got.Days, d.Licenses)
	}
	return got
}

// example returns the usage that the manual reckons with, in docs/manual/*/statements.md.
func example(t *testing.T) plaza.Usage {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	april := func(day, hour, minute int) time.Time { return time.Date(2026, 4, day, hour, minute, 0, 0, zone) }
	before := april(-40, 12, 0)
	fact := func(license, plan string, kind plaza.LicenseKind, at time.Time, change func(*plaza.Fact)) plaza.Fact {
		f := plaza.Fact{License: license, Profile: "p", At: at, Plan: plan, Edition: 1, Kind: kind, Starts: before}
		change(&f)
		return f
	}
	as := func(*plaza.Fact) {}
	eur := func(minor int64) plaza.Money { return plaza.Money{Currency: "EUR", Minor: minor} }
	return plaza.Usage{
		Facts: []plaza.Fact{
			fact("1", "d", plaza.Development, before, as),
			fact("2", "d", plaza.Development, april(10, 14, 0), as),
			fact("3", "a", plaza.ConnectAgentLicense, before, as),
			fact("3", "a", plaza.ConnectAgentLicense, april(8, 9, 0), func(f *plaza.Fact) { f.Suspended = true }),
			fact("3", "a", plaza.ConnectAgentLicense, april(20, 16, 0), as),
			fact("4", "a", plaza.ConnectAgentLicense, before, as),
			fact("4", "a", plaza.ConnectAgentLicense, april(3, 0, 30), func(f *plaza.Fact) { f.Ended = true }),
			fact("5", "t", plaza.Development, april(1, 0, 0), func(f *plaza.Fact) { f.Trial, f.Starts = true, april(15, 0, 0) }),
		},
		Places: []plaza.Place{{Profile: "p", Part: "p", Since: before}},
		Prices: []plaza.PlanPrice{
			{Plan: "d", Name: "Development", Kind: plaza.Development, Edition: 1, Price: eur(49_00), Known: true},
			{Plan: "t", Name: "Development, trial", Kind: plaza.Development, Edition: 1, Price: eur(49_00), Known: true},
			{Plan: "a", Name: "ConnectAgent", Kind: plaza.ConnectAgentLicense, Edition: 1, Price: eur(29_50), Known: true},
		},
		Adjustments: []plaza.Adjustment{{Amount: eur(-5_00)}},
	}
}

// TestTheManualReckonsRight computes the example of the manual.
func TestTheManualReckonsRight(t *testing.T) {
	t.Parallel()
	terms := plaza.BillingTerms{Currency: "EUR", Discount: 1000, TimeZone: "Europe/Amsterdam"}
	s, err := example(t).Statement(plaza.Profile{ID: "p"}, plaza.Period{Month: plaza.Month{Year: 2026, Month: time.April}, Terms: terms}, time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, l := range s.Lines {
		want = append(want, fmt.Sprintf("| %d | %d | %s | %s | %s |", l.Licenses, l.Days, l.Amount.Decimal(), l.Discount.Decimal(), l.Net.Decimal()))
	}
	want = append(want, fmt.Sprintf("| | | | | %s |", s.Adjusted.Decimal()),
		fmt.Sprintf("| | | %s | %s | %s |", s.Used.Decimal(), s.Discount.Decimal(), s.Total.Decimal()))
	for lang, mark := range map[string]string{"en": ".", "nl": ","} {
		page, err := os.ReadFile("docs/manual/" + lang + "/statements.md")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for line := range strings.Lines(string(page)) {
			if _, numbers, ok := strings.Cut(strings.TrimPrefix(line, "| "), " | "); ok && strings.HasPrefix(line, "| ") && strings.ContainsAny(numbers, "0123456789") {
				got = append(got, "| "+strings.ReplaceAll(strings.TrimSpace(numbers), mark, "."))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-computed +manual):\n%s", lang, diff)
		}
	}
}

// TestTermsHoldFromTheMonthOn: what is set when a month is over changes nothing of it,
// wherever it is over.
func TestTermsHoldFromTheMonthOn(t *testing.T) {
	t.Parallel()
	at := func(month time.Month, day, hour int) time.Time {
		return time.Date(2026, month, day, hour, 0, 0, 0, time.UTC)
	}
	all := []plaza.BillingTerms{
		{Number: 0, TimeZone: "UTC"},
		{Number: 1, Since: at(3, 31, 23), TimeZone: "Pacific/Honolulu"},
		{Number: 2, Since: at(5, 1, 9), TimeZone: "Pacific/Auckland"},   // April goes on until 10:00 in Honolulu
		{Number: 3, Since: at(5, 31, 11), TimeZone: "Pacific/Honolulu"}, // May goes on until 12:00 in Auckland, and so it does in Honolulu
		{Number: 4, Since: at(5, 31, 13), TimeZone: "UTC"},
	}
	for m, want := range map[time.Month]int{1: 0, 2: 0, 3: 1, 4: 2, 5: 4, 6: 4, 12: 4} {
		got, err := plaza.TermsOf(plaza.Month{Year: 2026, Month: m}, time.Time{}, all)
		if err != nil || got.Number != want {
			t.Errorf("month %d: %d, %v, want %d", m, got.Number, err, want)
		}
	}
}

func TestMonths(t *testing.T) {
	t.Parallel()
	m, ok := plaza.ParseMonth("2026-12")
	if !ok || m.String() != "2026-12" || m.Add(1).String() != "2027-01" || m.Add(-12).String() != "2025-12" || !m.Before(m.Add(1)) || m.Before(m) {
		t.Errorf("%v", m)
	}
	for _, text := range []string{"", "2026", "2026-13", "2026-1", "2026-00", "26-01", "2026-01-01", "terms"} {
		if m, ok := plaza.ParseMonth(text); ok {
			t.Errorf("%q is taken for %s", text, m)
		}
	}
}
