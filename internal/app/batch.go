package app

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// Batches returns the work on many things that somebody of the actor's own profile or
// one below started. Everybody with the dashboard may. Kinds: Invalid.
func (a *App) Batches(ctx context.Context, actor plaza.Actor, p plaza.Page) (list plaza.List[plaza.Batch], err error) {
	err = a.see(ctx, actor, plaza.BatchRead, "", func(tx *store.Tx) error {
		list, err = tx.Batches(ctx, actor.Scope(), p)
		for i := 0; i < len(list.Rows) && err == nil; i++ {
			err = nameHolder(ctx, tx, actor, &list.Rows[i])
		}
		return err
	})
	return list, err
}

// nameHolder notes in b for whom it makes things, if that is in the actor's reach.
func nameHolder(ctx context.Context, tx *store.Tx, actor plaza.Actor, b *plaza.Batch) error {
	if !b.Makes() {
		return nil
	}
	profile, _, _ := b.Input.For()
	p, _, err := sighted(ctx, tx, actor, profile)
	b.Holder = p.Name
	return err
}

// itemsShown is how many of the things that were done, and that failed, are shown of a batch.
const itemsShown = 200

// Batch returns one such work, with the first of what failed of it. Everybody with the
// dashboard may. Kinds: NotFound.
func (a *App) Batch(ctx context.Context, actor plaza.Actor, id string) (b plaza.Batch, failed []plaza.BatchProblem, err error) {
	err = a.see(ctx, actor, plaza.BatchRead, id, func(tx *store.Tx) error {
		if b, err = tx.Batch(ctx, actor.Scope(), id); err != nil {
			return err
		}
		if err := nameHolder(ctx, tx, actor, &b); err != nil {
			return err
		}
		if failed, err = tx.BatchProblems(ctx, actor.Scope(), id, itemsShown); err != nil || b.Makes() {
			return err
		}
		return nameProblems(ctx, tx, actor, failed)
	})
	return b, failed, err
}

// BatchDone returns the first of the licenses to which a batch did what it does, as they are
// now: those that are still in the actor's reach. None of what it made, which its page
// leads to. The same people may. Kinds: NotFound.
func (a *App) BatchDone(ctx context.Context, actor plaza.Actor, id string) (done []plaza.License, err error) {
	err = a.see(ctx, actor, plaza.BatchRead, id, func(tx *store.Tx) error {
		b, err := tx.Batch(ctx, actor.Scope(), id)
		if err != nil || b.Makes() {
			return err
		}
		ids, err := tx.BatchDone(ctx, actor.Scope(), id, itemsShown)
		if err == nil {
			done, err = tx.LicensesByID(ctx, actor.Scope(), ids)
		}
		return err
	})
	return done, err
}

// nameProblems takes away the names of licenses that are not in the actor's reach any more.
func nameProblems(ctx context.Context, tx *store.Tx, actor plaza.Actor, failed []plaza.BatchProblem) error {
	ids := make([]string, len(failed))
	for i, f := range failed {
		ids[i] = f.Object
	}
	all, err := tx.LicensesByID(ctx, actor.Scope(), ids)
	for i, f := range failed {
		if !slices.ContainsFunc(all, func(l plaza.License) bool { return l.ID == f.Object }) {
			failed[i].Name, failed[i].Object = "", ""
		}
	}
	return err
}

// ChangeLicenses begins to renew, suspend, resume or end many licenses, and returns the work
// that this is. One to which that cannot be done by then is told of, and it is done to the
// others all the same, unless it is to be done to all or none. Owners, administrators and managers of resellers and the vendor may,
// of their own profile's and those below. Kinds: Invalid, NotFound if one of them is none.
func (a *App) ChangeLicenses(ctx context.Context, actor plaza.Actor, in plaza.Bulk) (b plaza.Batch, err error) {
	event := plaza.AuditEvent{Verb: plaza.BatchStart}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		in.Reason = strings.TrimSpace(in.Reason)
		if err := actor.May(in.Kind.Verb()); err != nil {
			return err
		}
		if err := in.Validate(); err != nil {
			return err
		}
		if _, err := allLicenses(ctx, tx, actor, in.Licenses); err != nil {
			return err
		}
		ids := slices.Sorted(slices.Values(in.Licenses)) // two who work on the same ones take them in one order
		b, err = a.startBatch(ctx, tx, actor, plaza.Batch{Kind: in.Kind, Reason: in.Reason, Whole: in.Whole}, ids, e)
		return err
	})
	return b, err
}

// startBatch begins b, which says of what kind it is, for the things with these IDs.
func (a *App) startBatch(ctx context.Context, tx *store.Tx, actor plaza.Actor, b plaza.Batch, ids []string, e *plaza.AuditEvent) (plaza.Batch, error) {
	b.ID, b.Created, b.Total = newID(), a.now(), len(ids)
	b.Profile, b.ProfileName, b.Login, b.LoginName = actor.Profile, actor.ProfileName, actor.Login, actor.Name
	if actor.Pass != nil {
		b.Pass = actor.Pass.Token
	}
	e.About(actor.Profile, "batch", b.ID, "")
	e.Reason = b.Reason
	e.Changed("batch", "", string(b.Kind))
	e.Changed("licenses", "", number(b.Total))
	if b.Whole {
		e.Changed("whole", "false", "true")
	}
	if err := tx.InsertBatch(ctx, b, ids); err != nil {
		return b, err
	}
	tx.AfterCommit(a.tellClerk)
	return b, nil
}

// IssueLicenses begins to issue many development licenses, each of which is like in with
// a number after its name, and returns the work that this is. Whoever may issue one may.
// Kinds: Invalid, NotFound, Conflict if an allowance lets there be fewer.
func (a *App) IssueLicenses(ctx context.Context, actor plaza.Actor, in plaza.NewLicense, count int) (plaza.Batch, error) {
	in = in.Clean()
	input := plaza.BatchInput{License: &in}
	return a.makeMany(ctx, actor, plaza.LicenseIssue, plaza.Batch{Kind: plaza.BatchIssue, Input: input}, count)
}

// CreateAgents begins to make many ConnectAgents in the same way. Whoever may make one
// may. Kinds: as IssueLicenses.
func (a *App) CreateAgents(ctx context.Context, actor plaza.Actor, in plaza.NewAgent, count int) (plaza.Batch, error) {
	in = in.Clean()
	input := plaza.BatchInput{Agent: &in}
	return a.makeMany(ctx, actor, plaza.AgentCreate, plaza.Batch{Kind: plaza.BatchAgents, Input: input}, count)
}

// makeMany begins b, for each thing of which one needs v.
func (a *App) makeMany(ctx context.Context, actor plaza.Actor, v plaza.Verb, b plaza.Batch, count int) (made plaza.Batch, err error) {
	event := plaza.AuditEvent{Verb: plaza.BatchStart}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if err := actor.May(v); err != nil {
			return err
		}
		if err := plaza.CheckCount(count); err != nil {
			return err
		}
		if err := a.room(ctx, tx, actor, &b.Input, count); err != nil {
			return err
		}
		ids := make([]string, count)
		for i := range ids {
			ids[i] = newID() // until something is made
		}
		made, err = a.startBatch(ctx, tx, actor, b, ids, e)
		return err
	})
	return made, err
}

// room returns an error if what in asks for cannot be made, or not so often, and notes in
// it what its plan is called.
func (a *App) room(ctx context.Context, tx *store.Tx, actor plaza.Actor, in *plaza.BatchInput, count int) error {
	for _, in := range []plaza.BatchInput{*in, in.Named(count, count)} { // the longest name has to fit, too
		if err := in.Validate(a.now()); err != nil {
			return err
		}
	}
	profile, plan, kind := in.For()
	if _, err := a.holder(ctx, tx, actor, profile); err != nil {
		return err
	}
	under, err := planFor(ctx, tx, profile, plan, kind)
	if err != nil {
		return err
	}
	in.Plan = under.Name
	all, err := tx.HoldAllowances(ctx, kind, plan, profile)
	if err != nil {
		return err
	}
	for _, w := range all {
		if w.Used += count; w.Exceeded() {
			return a.full(ctx, tx, actor, w, count)
		}
	}
	return nil
}

// EditionChange returns under which editions of a plan before its newest licenses in
// reach are. Whoever may put licenses under another plan may. Kinds: NotFound.
func (a *App) EditionChange(ctx context.Context, actor plaza.Actor, plan string) (p plaza.Plan, older []plaza.EditionCount, err error) {
	err = a.see(ctx, actor, plaza.LicensePlan, plan, func(tx *store.Tx) error {
		if p, err = offeredPlan(ctx, tx, actor, plan); err != nil {
			return err
		}
		if older, err = tx.OlderEditions(ctx, actor.Scope(), plan, a.now()); err != nil {
			return err
		}
		for i := range older {
			if older[i].Prices, err = tx.EditionPrices(ctx, plan, older[i].Edition); err != nil {
				return err
			}
		}
		return nil
	})
	return p, older, err
}

// ApplyEdition begins to put the licenses in reach that are under an older edition of a
// plan under its newest, at most [plaza.MostAtOnce] of them, and returns the work that
// this is. Owners, administrators and managers of resellers and the vendor may. Kinds:
// Invalid, NotFound, Conflict if there are none.
func (a *App) ApplyEdition(ctx context.Context, actor plaza.Actor, plan, reason string) (b plaza.Batch, err error) {
	event := plaza.AuditEvent{Verb: plaza.BatchStart, ObjectKind: "plan", Object: plan}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if err := actor.May(plaza.LicensePlan); err != nil {
			return err
		}
		reason = strings.TrimSpace(reason)
		if err := plaza.CheckReason("reason", reason, plaza.MinReason); err != nil {
			return err
		}
		p, err := offeredPlan(ctx, tx, actor, plan)
		if err != nil {
			return err
		}
		ids, err := tx.OlderLicenses(ctx, actor.Scope(), p.ID, a.now(), plaza.MostAtOnce)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			return plaza.Errorf(plaza.Conflict, "plan.none_older", "Name", p.Name)
		}
		e.Changed("plan", "", p.Name)
		b, err = a.startBatch(ctx, tx, actor, plaza.Batch{Kind: plaza.BatchEdition, Reason: reason, Input: plaza.BatchInput{Plan: p.Name}}, ids, e)
		return err
	})
	return b, err
}

// allLicenses returns the licenses with the given IDs, in that order, or NotFound if one of
// them is none in reach.
func allLicenses(ctx context.Context, tx *store.Tx, actor plaza.Actor, ids []string) ([]plaza.License, error) {
	all, err := tx.LicensesByID(ctx, actor.Scope(), ids)
	if err == nil && len(all) < len(ids) {
		err = plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	place := map[string]int{}
	for i, id := range ids {
		place[id] = i
	}
	slices.SortFunc(all, func(a, b plaza.License) int { return place[a.ID] - place[b.ID] })
	return all, err
}

// BulkOutlook returns what [App.ChangeLicenses] would do, of which the reason is left out.
// The same people may. Kinds: Invalid, NotFound if one of them is none.
func (a *App) BulkOutlook(ctx context.Context, actor plaza.Actor, in plaza.Bulk) (o plaza.BulkOutlook, err error) {
	err = a.see(ctx, actor, plaza.BatchStart, "", func(tx *store.Tx) error {
		if err := actor.May(in.Kind.Verb()); err != nil {
			return err
		}
		if err := in.Chosen(); err != nil {
			return err
		}
		all, err := allLicenses(ctx, tx, actor, in.Licenses)
		if err != nil {
			return err
		}
		o = in.Outlook(all, a.now(), a.zone)
		return nil
	})
	return o, err
}

func (a *App) tellClerk() {
	select {
	case a.batched <- struct{}{}:
	default: // nobody is to be told, or is told already
	}
}

// doneAtOnce is how many things of a batch are done in one transaction: others write
// between two of them.
const doneAtOnce = 100

// WorkOnBatch does the next things of the oldest batch that nobody works on, and
// reports whether there was one. What is done, and that it was done, is one
// transaction: a restart loses nothing, and does nothing twice. Only the clerk may.
func (a *App) WorkOnBatch(ctx context.Context, actor plaza.Actor) (worked bool, err error) {
	worked, err = a.workOnBatch(ctx, actor, doneAtOnce)
	if err == nil || ctx.Err() != nil || plaza.KindOf(err) != plaza.Internal {
		return worked, err
	}
	// One of them breaks something: alone, it does not keep the others from being done.
	worked, failed := a.workOnBatch(ctx, actor, 1)
	if failed == nil {
		return worked, nil
	}
	return true, errors.Join(err, a.giveUpItem(ctx, actor))
}

func (a *App) workOnBatch(ctx context.Context, actor plaza.Actor, most int) (worked bool, err error) {
	if err := a.may(ctx, actor, plaza.BatchWork); err != nil {
		return false, err
	}
	err = a.db.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.HoldTree(ctx); err != nil { // what is in reach stays so
			return err
		}
		b, items, err := tx.ClaimBatch(ctx, everyBatch(), most)
		if worked = err == nil && b.ID != ""; !worked {
			return err
		}
		if b.Kind == plaza.BatchEnd { // which takes machines and allowances after a license: nobody does so before one
			items = items[:min(1, len(items))]
		}
		who, gone, err := a.starter(ctx, tx, b)
		if err != nil {
			return err
		}
		for i := range items {
			items[i].Why = gone
		}
		if gone.IsZero() {
			do := a.doItems
			if b.Whole {
				do = a.doAll
			}
			if err := do(ctx, tx, who, b, items); err != nil {
				return err
			}
		}
		if err := tx.FinishItems(ctx, b, items, a.now()); err != nil {
			return err
		}
		return a.tellStarter(ctx, tx, b.ID)
	})
	return worked, err
}

func everyBatch() plaza.Scope {
	return plaza.Everyone("whoever started it decides what is in reach, and each thing is looked up there")
}

// starter returns whoever started b as they are now; if they may not come in any
// more, why.
func (a *App) starter(ctx context.Context, tx *store.Tx, b plaza.Batch) (who plaza.Actor, gone plaza.Text, err error) {
	return a.standIn(ctx, tx, b.Login, b.Profile, b.Pass)
}

// standIn returns whoever a login of a profile is now, for work that they began, by a token
// if pass is the ID of one; if they may not come in any more, why.
func (a *App) standIn(ctx context.Context, tx *store.Tx, login, profile, pass string) (who plaza.Actor, gone plaza.Text, err error) {
	if err := tx.HoldLogin(ctx, login); err != nil { // nobody takes a right away meanwhile
		return who, gone, err
	}
	l, err := tx.Login(ctx, everyBatch(), login)
	if err != nil {
		return who, gone, err
	}
	home, err := tx.Profile(ctx, everyBatch(), profile)
	if err != nil {
		return who, gone, err
	}
	who = plaza.Actor{
		Login: l.ID, Person: l.Person, Name: l.Name, Profile: home.ID, ProfileName: home.Name, Kind: home.Kind, Role: l.Role,
	}
	if l.State() != plaza.LoginActive || !l.Dashboard || home.Halted {
		gone = plaza.T("batch.starter_gone", "Name", l.Name)
	}
	if pass == "" {
		return who, gone, nil
	}
	t, _, err := tx.TokenStands(ctx, pass) // so that nobody revokes it meanwhile; it may be another login's by now
	if err == nil && gone.IsZero() && (t.State(a.now()) != plaza.TokenActive || t.Login != login) {
		gone = plaza.T("batch.token_gone", "Name", t.Name)
	}
	who.Pass = t.Pass()
	return who, gone, err
}

// doItems does what b does to each of these things, or nothing to one. What is wrong with
// one is noted in it; what is returned is wrong with the database.
func (a *App) doItems(ctx context.Context, tx *store.Tx, who plaza.Actor, b plaza.Batch, items []store.BatchItem) error {
	var held map[string]plaza.License
	if !b.Makes() {
		ids := make([]string, len(items))
		for i, item := range items {
			ids[i] = item.Object
		}
		var err error
		if held, err = tx.HoldLicenses(ctx, who.Scope(), ids); err != nil {
			return err
		}
	}
	for i := range items {
		do := func() error {
			if b.Makes() {
				return a.makeItem(ctx, tx, who, b, &items[i])
			}
			return a.changeItem(ctx, tx, who, b, held, &items[i])
		}
		try := tx.Try
		if b.Kind == plaza.BatchRenew { // which writes nothing before it is sure: there would be nothing to undo
			try = func(_ context.Context, f func() error) error { return f() }
		}
		if err := noteProblem(try(ctx, do), &items[i]); err != nil {
			return err
		}
	}
	return nil
}

// errUndone says that something cannot be done to one of those to which it is done to all or
// none.
var errUndone = errors.New("not to all of them")

// doAll does what b does to all of these things, or to none: then it is noted in each why.
func (a *App) doAll(ctx context.Context, tx *store.Tx, who plaza.Actor, b plaza.Batch, items []store.BatchItem) error {
	err := tx.Try(ctx, func() error {
		if err := a.doItems(ctx, tx, who, b, items); err != nil {
			return err
		}
		if slices.ContainsFunc(items, func(i store.BatchItem) bool { return !i.Why.IsZero() }) {
			return errUndone
		}
		return nil
	})
	if !errors.Is(err, errUndone) {
		return err
	}
	for i := range items {
		if items[i].Why.IsZero() {
			items[i].Why = plaza.T("batch.not_alone")
		}
	}
	return nil
}

// noteProblem notes in i why it was not done, if that is err; what is wrong with the
// database is returned.
func noteProblem(err error, i *store.BatchItem) error {
	if e := plaza.AsError(err); err != nil && e.Kind != plaza.Internal && e.Kind != plaza.Unavailable {
		i.Why = e.Msg
		for _, field := range slices.Sorted(maps.Keys(e.Fields)) { // there are no fields to look at
			i.Why = e.Fields[field]
		}
		return nil
	}
	return err
}

// makeItem makes the next of the things that b makes.
func (a *App) makeItem(ctx context.Context, tx *store.Tx, who plaza.Actor, b plaza.Batch, i *store.BatchItem) error {
	in := b.Input.Named(i.Number, b.Total)
	if in.Agent != nil {
		i.Name = in.Agent.Name
		in.Agent.Starts = notBefore(in.Agent.Starts, a.now())
		return a.perform(ctx, tx, who, plaza.AuditEvent{Verb: plaza.AgentCreate}, func(tx *store.Tx, e *plaza.AuditEvent) error {
			agent, err := a.createAgent(ctx, tx, who, *in.Agent, e)
			i.Made = agent.ID
			return err
		})
	}
	i.Name = in.License.Name
	license := *in.License
	license.Starts = notBefore(license.Starts, a.now())
	return a.perform(ctx, tx, who, plaza.AuditEvent{Verb: plaza.LicenseIssue}, func(tx *store.Tx, e *plaza.AuditEvent) error {
		l, err := a.issueDevelopment(ctx, tx, who, license, e)
		i.Made = l.ID
		return err
	})
}

// changeItem does what b does to one of the licenses that are held.
func (a *App) changeItem(ctx context.Context, tx *store.Tx, who plaza.Actor, b plaza.Batch, held map[string]plaza.License, i *store.BatchItem) error {
	event := plaza.AuditEvent{Verb: b.Kind.Verb(), ObjectKind: "license", Object: i.Object}
	return a.perform(ctx, tx, who, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		l, ok := held[i.Object]
		if !ok {
			return plaza.Errorf(plaza.NotFound, "error.not_found")
		}
		i.Name = licenseName(l)
		e.About(l.Profile, "license", l.ID, i.Name)
		e.Reason = b.Reason
		if b.Kind == plaza.BatchEdition {
			next, err := a.edition(ctx, tx, who, l)
			if err != nil {
				return err
			}
			return a.writeTerm(ctx, tx, who.Scope(), l, next, e)
		}
		next, err := plaza.Bulk{Kind: b.Kind, Reason: b.Reason}.Do(l, a.now(), a.zone)
		if err != nil {
			return err
		}
		if b.Kind == plaza.BatchRenew {
			return a.writeTerm(ctx, tx, who.Scope(), l, next, e)
		}
		return a.writeHalt(ctx, tx, who, l, next, e)
	})
}

// edition returns l, which is held, under the newest edition of its plan, or a Conflict.
func (a *App) edition(ctx context.Context, tx *store.Tx, who plaza.Actor, l plaza.License) (plaza.License, error) {
	p, err := planFor(ctx, tx, l.Profile, l.Plan, l.Kind)
	if err != nil {
		return l, err
	}
	if err := fitsPlan(ctx, tx, who, l, &p); err != nil {
		return l, err
	}
	return l.UnderEdition(&p, a.now())
}

// giveUpItem notes of the next thing of the oldest batch that it cannot be done.
func (a *App) giveUpItem(ctx context.Context, actor plaza.Actor) error {
	if err := a.may(ctx, actor, plaza.BatchWork); err != nil {
		return err
	}
	return a.db.Tx(ctx, func(tx *store.Tx) error {
		b, items, err := tx.ClaimBatch(ctx, everyBatch(), 1)
		if err != nil || b.ID == "" {
			return err
		}
		for i := range items {
			items[i].Why = plaza.T("batch.broke")
		}
		if err := tx.FinishItems(ctx, b, items, a.now()); err != nil {
			return err
		}
		return a.tellStarter(ctx, tx, b.ID)
	})
}

// tellStarter leaves a notice to whoever started a batch, if it is finished now.
func (a *App) tellStarter(ctx context.Context, tx *store.Tx, id string) error {
	b, err := tx.Batch(ctx, everyBatch(), id)
	if err != nil || b.Finished.IsZero() {
		return err
	}
	return a.notify(ctx, tx, plaza.NoticeBatchDone, b.About(), b.ID, plaza.Login{ID: b.Login, Profile: b.Profile})
}
