package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// importRow is a row of a file as the form for one thing would have it, or what is wrong
// with it.
type importRow struct {
	line    plaza.ImportLine
	bad     map[string]plaza.Text // by field; under nothing: about the whole row
	holder  plaza.Profile         // or, of a partner, the profile that it will hang under
	plan    plaza.Plan
	partner plaza.NewProfile
	billing string // what another system calls the partner
	license plaza.NewLicense
	login   plaza.NewLogin
}

// note notes what is wrong: at the fields that err names, or else at the one given.
func (r *importRow) note(field string, err error) {
	if err == nil {
		return
	}
	e := plaza.AsError(err)
	if e.Kind != plaza.Invalid {
		e = &plaza.Error{Fields: map[string]plaza.Text{field: e.Msg}}
	}
	for name, why := range e.Fields {
		if _, known := r.bad[name]; !known {
			if r.bad == nil {
				r.bad = map[string]plaza.Text{}
			}
			r.bad[name] = why
		}
	}
}

// found is what a file means by the name of a profile.
type found struct {
	profile plaza.Profile
	err     error
}

// judge judges the rows of an import, in their order, as whoever sent it would be judged
// who filled in the form for each. What it looks up once it knows.
type judge struct {
	app     *App
	who     plaza.Actor
	what    plaza.Import
	zone    *time.Location
	words   map[string]string // what people write for a role, or for a kind of profile
	plans   []plaza.Plan      // of whoever asks
	grants  map[string]bool
	named   map[string]found
	above   map[string]int  // profiles above one
	denied  map[string]bool // profile and plan
	there   map[string]bool // what cannot be there twice
	first   map[string]int  // the row that has it in this file
	counted map[string][]string
	rooms   map[string]*room
	persons map[string]plaza.Person // by address
	knows   bool                    // all has been looked up that the file names
}

// room is an allowance, with what the rows before take of it.
type room struct {
	plaza.Allowance

	taken int
	full  error // what is wrong with the first that is too many, and all after it
}

// newJudge returns who judges what.
func (a *App) newJudge(ctx context.Context, tx *store.Tx, who plaza.Actor, what plaza.Import) (*judge, error) {
	j := &judge{
		app: a, who: who, what: what, zone: a.zone, words: map[string]string{}, grants: map[string]bool{}, named: map[string]found{},
		above: map[string]int{}, denied: map[string]bool{}, there: map[string]bool{}, first: map[string]int{},
		counted: map[string][]string{}, rooms: map[string]*room{}, persons: map[string]plaza.Person{},
	}
	for _, r := range plaza.Roles() {
		j.learn("role ", string(r), r.Text())
	}
	for _, k := range plaza.ProfileKinds() {
		j.learn("kind ", string(k), k.Text())
	}
	person, err := tx.Person(ctx, who.Person)
	if err != nil {
		return nil, err
	}
	if zone, err := time.LoadLocation(person.TimeZone); err == nil && person.TimeZone != "" {
		j.zone = zone
	}
	j.plans, err = tx.Plans(ctx, who.Profile)
	return j, err
}

// learn notes what people write for a value.
func (j *judge) learn(prefix, value string, t plaza.Text) {
	for word := range j.app.spoken(t) {
		j.words[prefix+word] = value
	}
	j.words[prefix+plainWord(value)] = value
}

// word returns the value that somebody means, or what they wrote.
func (j *judge) word(prefix, text string) string {
	if value, ok := j.words[prefix+plainWord(text)]; ok {
		return value
	}
	return text
}

// rows judges some rows.
func (j *judge) rows(ctx context.Context, tx *store.Tx, lines []plaza.ImportLine) ([]importRow, error) {
	if !j.knows {
		if err := j.lookUp(ctx, tx, lines); err != nil {
			return nil, err
		}
	}
	all := make([]importRow, len(lines))
	for i, l := range lines {
		all[i] = importRow{line: l}
		switch j.what.Kind {
		case plaza.ImportPartners:
			j.partner(&all[i])
		case plaza.ImportLicenses:
			j.license(&all[i])
		case plaza.ImportLogins:
			j.login(&all[i])
		}
		if err := j.takes(ctx, tx, &all[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (j *judge) cell(r *importRow, field string) string { return r.line.Cell(j.what.Columns, field) }

func (j *judge) partner(r *importRow) {
	in := plaza.NewProfile{
		Kind: plaza.Partner, Name: j.cell(r, "name"), SupportEmail: j.cell(r, "support_email"), Plan: j.cell(r, "plan"),
		OwnerName: j.cell(r, "owner_name"), OwnerEmail: j.cell(r, "owner_email"),
	}.Clean()
	if kind := j.cell(r, "kind"); kind != "" {
		in.Kind = plaza.ProfileKind(j.word("kind ", kind))
	}
	r.note("", in.Validate())
	parent := j.named[j.cell(r, "parent")]
	if r.note("parent", parent.err); parent.err == nil {
		r.note("parent", canHang(parent.profile, j.above[parent.profile.ID]))
		j.once(r, "name", parent.profile.ID, in.Name)
	}
	if kind, ok := in.Kind.BaseLicense(); ok && parent.err == nil && in.Plan != "" {
		r.note("plan", j.plan(r, parent.profile, in.Plan, kind)) // one that has no plans of its own has those of its parent
	}
	if in.OwnerEmail != "" {
		r.note("owner_email", mayName(j.who, in.Kind))
	}
	if r.billing = j.cell(r, "billing_id"); r.billing != "" {
		r.note("billing_id", j.who.May(plaza.BillingEdits))
		r.note("billing_id", plaza.LicenseBilling{BillingID: r.billing}.Validate())
	}
	in.Parent, in.Plan = parent.profile.ID, r.plan.ID
	r.partner, r.holder = in, parent.profile
}

func (j *judge) license(r *importRow) {
	starts, ok := plaza.ImportDay(j.cell(r, "starts"), j.zone, j.app.now())
	if !ok {
		r.note("", invalid("starts", "problem.date"))
	}
	in := plaza.NewLicense{Profile: j.cell(r, "profile"), Plan: j.cell(r, "plan"), Name: j.cell(r, "name"), Starts: starts}.Clean()
	r.note("", in.Validate(j.app.now()))
	if j.holder(r, in.Profile) && in.Plan != "" {
		r.note("plan", j.plan(r, r.holder, in.Plan, plaza.Development))
	}
	in.Profile, in.Plan = r.holder.ID, r.plan.ID
	r.license = in
}

func (j *judge) login(r *importRow) {
	in := plaza.NewLogin{
		Profile: j.cell(r, "profile"), Name: j.cell(r, "name"), Email: j.cell(r, "email"),
		Role: plaza.Role(j.word("role ", j.cell(r, "role"))),
	}.Clean()
	switch plainWord(j.cell(r, "dashboard")) {
	case "": // as most have it
		in.Dashboard = in.Role != plaza.Member
	case "yes", "ja", "true", "waar", "1", "x", "y", "j":
		in.Dashboard = true
	case "no", "nee", "false", "onwaar", "0", "n":
	default:
		r.note("", invalid("dashboard", "problem.import_yes"))
	}
	r.note("", in.Validate())
	if j.holder(r, in.Profile) {
		if r.bad["role"].IsZero() && !j.mayGrant(r.holder.Kind, in.Role) {
			r.note("role", beyondOwn())
		}
		if r.bad["email"].IsZero() && j.there[r.holder.ID+" "+in.Email] {
			r.note("", hasLogin())
		}
		j.once(r, "email", r.holder.ID, in.Email)
	}
	in.Profile = r.holder.ID
	r.login = in
}

// holder looks for the profile that a name is of, and reports whether something can be
// made in it.
func (j *judge) holder(r *importRow, name string) bool {
	if name == "" {
		return false
	}
	of := j.named[name]
	if of.err == nil {
		of.err = runs(of.profile)
	}
	r.note("profile", of.err)
	r.holder = of.profile
	return of.err == nil
}

// plan looks for the plan that is meant by its ID, by its very name, or by that in other
// letters, for licenses of a kind in a profile.
func (j *judge) plan(r *importRow, holder plaza.Profile, name string, kind plaza.LicenseKind) error {
	for _, meant := range []func(plaza.Plan) bool{
		func(p plaza.Plan) bool { return p.ID == name },
		func(p plaza.Plan) bool { return p.Name == name },
		func(p plaza.Plan) bool { return strings.EqualFold(p.Name, name) },
	} {
		found := 0
		for _, p := range j.plans {
			if meant(p) && issuable(p, kind) && !j.denied[holder.ID+" "+p.ID] {
				r.plan = p
				found++
			}
		}
		switch {
		case found == 1:
			return nil
		case found > 1:
			return invalid("plan", "problem.import_plans")
		}
	}
	return invalid("plan", "problem.plan")
}

// mayGrant is [plaza.Actor.MayGrant], which takes its time.
func (j *judge) mayGrant(kind plaza.ProfileKind, role plaza.Role) bool {
	key := string(kind) + " " + string(role)
	may, known := j.grants[key]
	if !known {
		may = j.who.MayGrant(kind, role)
		j.grants[key] = may
	}
	return may
}

// once notes what is in the file twice, or, of partners, there already: somebody who sends
// a file again does not mean all of it to be made again.
func (j *judge) once(r *importRow, field, in, value string) {
	if value == "" {
		return
	}
	key := in + " " + strings.ToLower(value)
	if field == "name" && j.there[key] {
		r.note("", invalid(field, "problem.import_there"))
	}
	if row, twice := j.first[key]; twice {
		r.note("", &plaza.Error{Kind: plaza.Invalid, Fields: map[string]plaza.Text{field: plaza.T("problem.import_twice", "Row", row)}})
		return
	}
	j.first[key] = r.line.Number
}

// takes notes if an allowance has no room for the license that comes with a row.
func (j *judge) takes(ctx context.Context, tx *store.Tx, r *importRow) error {
	if len(r.bad) > 0 || r.plan.ID == "" {
		return nil
	}
	var rooms []*room
	for _, id := range j.counted[r.holder.ID] {
		if w := j.rooms[id]; w.Kind == r.plan.Kind || w.Plan == r.plan.ID {
			rooms = append(rooms, w)
		}
	}
	for _, w := range rooms {
		more := w.Allowance
		if more.Used++; !more.Exceeded() {
			continue
		}
		if w.full == nil {
			if w.full = j.app.full(ctx, tx, j.who, more, 1); plaza.KindOf(w.full) != plaza.Conflict {
				return w.full
			}
		}
		r.note("", w.full)
		return nil
	}
	for _, w := range rooms {
		w.Used++
		w.taken++
	}
	return nil
}

// problems returns what is wrong with a row, in the order of its fields.
func (j *judge) problems(r importRow) (all []plaza.ImportProblem) {
	for _, f := range append([]plaza.ImportField{{}}, j.what.Kind.Fields()...) {
		if why, bad := r.bad[f.Name]; bad {
			all = append(all, plaza.ImportProblem{Row: r.line.Number, Field: f.Name, Value: shortened(j.cell(&r, f.Name)), Why: why})
		}
	}
	return all
}

// shortened returns a value as a report shows it.
func shortened(value string) string {
	runes := []rune(value)
	if len(runes) > plaza.MaxName {
		return string(runes[:plaza.MaxName-1]) + "…"
	}
	return value
}

// lookUp reads what has to be known to judge some rows, all at once.
func (j *judge) lookUp(ctx context.Context, tx *store.Tx, lines []plaza.ImportLine) error {
	var names, emails, called []string
	for _, l := range lines {
		switch j.what.Kind {
		case plaza.ImportPartners:
			names = append(names, l.Cell(j.what.Columns, "parent"))
			called = append(called, strings.ToLower(l.Cell(j.what.Columns, "name")))
		case plaza.ImportLogins:
			emails = append(emails, strings.ToLower(l.Cell(j.what.Columns, "email")))
			names = append(names, l.Cell(j.what.Columns, "profile"))
		case plaza.ImportLicenses:
			names = append(names, l.Cell(j.what.Columns, "profile"))
		}
	}
	if err := j.profiles(ctx, tx, names); err != nil {
		return err
	}
	for _, look := range []struct {
		values []string
		there  func(context.Context, plaza.Scope, []string) (map[string]bool, error)
	}{{different(emails), tx.LoginsThere}, {different(called), tx.ProfilesThere}} {
		found, err := look.there(ctx, j.who.Scope(), look.values)
		if err != nil {
			return err
		}
		for key := range found {
			j.there[key] = true
		}
	}
	return nil
}

// different returns each of the values once.
func different(values []string) []string {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return slices.DeleteFunc(slices.Compact(sorted), func(s string) bool { return s == "" })
}

// profiles looks for the profiles with these names, and what of them a row depends on. No
// name is the profile of whoever asks.
func (j *judge) profiles(ctx context.Context, tx *store.Tx, names []string) error {
	var fresh []plaza.Profile
	if _, known := j.named[""]; !known && j.what.Kind == plaza.ImportPartners {
		own, err := tx.Profile(ctx, j.who.Scope(), j.who.Profile)
		if err != nil {
			return err
		}
		j.named[""] = found{profile: own}
		fresh = append(fresh, own)
	}
	unknown := slices.DeleteFunc(different(names), func(name string) bool { _, known := j.named[name]; return known })
	if len(unknown) > 0 {
		all, err := tx.ProfilesNamed(ctx, j.who.Scope(), unknown)
		if err != nil {
			return err
		}
		by := map[string][]plaza.Profile{}
		for _, p := range all {
			for _, key := range different([]string{"id " + p.ID, "name " + strings.ToLower(p.Name), "billing " + p.BillingID}) {
				by[key] = append(by[key], p.Profile)
			}
		}
		for _, name := range unknown {
			j.named[name] = meant(by["id "+name], append(by["name "+strings.ToLower(name)], by["billing "+name]...))
			if j.named[name].err == nil {
				fresh = append(fresh, j.named[name].profile)
			}
		}
	}
	return j.learnProfiles(ctx, tx, fresh)
}

// meant returns the profile that is meant by its ID, or else by what it is called.
func meant(byID, called []plaza.Profile) found {
	if len(byID) > 0 {
		return found{profile: byID[0]}
	}
	called = slices.CompactFunc(slices.SortedFunc(slices.Values(called), func(a, b plaza.Profile) int { return strings.Compare(a.ID, b.ID) }),
		func(a, b plaza.Profile) bool { return a.ID == b.ID })
	switch len(called) {
	case 0:
		return found{err: plaza.Errorf(plaza.NotFound, "problem.import_profile")}
	case 1:
		return found{profile: called[0]}
	}
	return found{err: plaza.Errorf(plaza.Conflict, "problem.import_several", "Count", len(called))}
}

// learnProfiles reads which plans profiles do not have, which allowances count what they
// have, and, of those to hang others under, how deep they are.
func (j *judge) learnProfiles(ctx context.Context, tx *store.Tx, fresh []plaza.Profile) error {
	var ids []string
	for _, p := range fresh {
		if _, known := j.counted[p.ID]; known {
			continue
		}
		ids = append(ids, p.ID)
		j.counted[p.ID] = nil
		if j.what.Kind == plaza.ImportPartners {
			above, err := tx.Above(ctx, p.ID)
			if err != nil {
				return err
			}
			j.above[p.ID] = len(above)
		}
	}
	if len(ids) == 0 || j.what.Kind == plaza.ImportLogins {
		return nil
	}
	denied, err := tx.NotOffered(ctx, ids)
	if err != nil {
		return err
	}
	for key := range denied {
		j.denied[key] = true
	}
	counted, err := tx.AllowancesCounting(ctx, ids)
	if err != nil {
		return err
	}
	var rooms []string
	for profile, allowances := range counted {
		j.counted[profile] = allowances
		for _, id := range allowances {
			if j.rooms[id] == nil {
				rooms = append(rooms, id)
			}
		}
	}
	all, err := tx.AllowancesByID(ctx, different(rooms), false)
	for _, w := range all {
		j.rooms[w.ID] = &room{Allowance: w}
	}
	return err
}
