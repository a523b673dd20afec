package app

import (
	"context"
	"slices"
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// Move returns one move of which the actor's own profile, or one below it, is a side.
// Owners and administrators of resellers and the vendor may. Kinds: NotFound.
func (a *App) Move(ctx context.Context, actor plaza.Actor, id string) (m plaza.Move, err error) {
	err = a.see(ctx, actor, plaza.MoveRead, id, func(tx *store.Tx) error {
		m, err = tx.Move(ctx, actor.Scope(), id)
		return err
	})
	return forSide(actor, m), err
}

// MoveToAnswer returns one move of which the actor's own profile is a side, so that it
// can agree or decline. The same people may. Kinds: NotFound.
func (a *App) MoveToAnswer(ctx context.Context, actor plaza.Actor, id string) (m plaza.Move, err error) {
	err = a.see(ctx, actor, plaza.MoveAgree, id, func(tx *store.Tx) error {
		m, err = tx.Move(ctx, actor.Scope(), id)
		if err == nil && !m.Concerns(actor.Profile) {
			err = plaza.Errorf(plaza.NotFound, "error.not_found")
		}
		return err
	})
	return forSide(actor, m), err
}

// Moves returns the moves of which the actor's own profile, or one below it, is a
// side. The same people may. Kinds: Invalid.
func (a *App) Moves(ctx context.Context, actor plaza.Actor, f plaza.MoveFilter, p plaza.Page) (list plaza.List[plaza.Move], err error) {
	err = a.see(ctx, actor, plaza.MoveRead, "", func(tx *store.Tx) error {
		list, err = tx.Moves(ctx, actor.Scope(), f, p, a.now())
		return err
	})
	for i := range list.Rows {
		list.Rows[i] = forSide(actor, list.Rows[i])
	}
	return list, err
}

// forSide returns m as the actor may see it: whom the giving side meant is for the vendor,
// who chose perhaps another.
func forSide(actor plaza.Actor, m plaza.Move) plaza.Move {
	if actor.Profile != m.Vendor && actor.Profile != m.Asker {
		m.Whom = ""
	}
	return m
}

// MovePreview returns what a move that waits would do now, to the taking side with
// the given ID if the vendor has yet to choose one. The same people may; what each
// sees of it, the other sides do not. Kinds: NotFound.
func (a *App) MovePreview(ctx context.Context, actor plaza.Actor, id, to string) (p plaza.MovePreview, err error) {
	err = a.see(ctx, actor, plaza.MoveRead, id, func(tx *store.Tx) error {
		m, err := tx.Move(ctx, actor.Scope(), id)
		if err != nil || m.State(a.now()) != plaza.MoveWaiting {
			return err
		}
		if m.To == "" && to != "" && actor.Profile == m.Vendor {
			if m, err = taking(ctx, tx, actor, m, to); err != nil {
				return err
			}
		}
		p, err = a.previewMove(ctx, tx, actor, m)
		return err
	})
	return p, err
}

// ProposedMove returns what it would do to move a profile below the actor's own to
// another parent; to an unknown one, if none is named. Owners and administrators of
// resellers and the vendor may. Kinds: NotFound.
func (a *App) ProposedMove(ctx context.Context, actor plaza.Actor, in plaza.NewMove) (p plaza.MovePreview, err error) {
	err = a.see(ctx, actor, plaza.MovePropose, in.Profile, func(tx *store.Tx) error {
		m, err := moving(ctx, tx, actor, in)
		if err != nil {
			return err
		}
		p, err = a.previewMove(ctx, tx, actor, m)
		return err
	})
	return p, err
}

// ProposeMove proposes to move a profile below the actor's own, with everything below
// it, to another parent that the actor can see, or to one that the vendor is to
// choose. The actor's own profile agrees with that to what it has to agree to; the
// others are asked. Owners and administrators of resellers and the vendor may.
// Kinds: Invalid, NotFound, Conflict if it cannot move there, or is to move already.
func (a *App) ProposeMove(ctx context.Context, actor plaza.Actor, in plaza.NewMove) (m plaza.Move, err error) {
	event := plaza.AuditEvent{Verb: plaza.MovePropose, ObjectKind: "profile", Object: in.Profile}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		in = in.Clean()
		if m, err = moving(ctx, tx, actor, in); err != nil {
			return err
		}
		if err := in.Validate(); err != nil {
			return err
		}
		if m.To == "" && actor.Profile == m.Vendor {
			return invalid("to", "problem.move_to")
		}
		if err := tx.HoldProfile(ctx, m.Profile); err != nil { // of two who propose at once, the second finds the first
			return err
		}
		if err := a.unmoved(ctx, tx, m); err != nil {
			return err
		}
		m.ID, m.Created, m.Version = newID(), a.now(), 1
		m.Asker, m.AskerLogin, m.Reason = actor.Profile, actor.Login, in.Reason
		if m.To == "" {
			m.Whom = in.Whom
		}
		m = m.Agreed(actor.Profile, a.now())
		e.About(actor.Profile, "move", m.ID, m.ProfileName)
		e.Reason = m.Reason
		if err := tx.InsertMove(ctx, m); err != nil {
			return err
		}
		return a.askSides(ctx, tx, m, m.From, m.To, m.Vendor)
	})
	return m, err
}

// moving returns the move that is asked for, of a profile strictly below the actor's
// own; NotFound also if the actor cannot see who should take it.
func moving(ctx context.Context, tx *store.Tx, actor plaza.Actor, in plaza.NewMove) (m plaza.Move, err error) {
	p, err := below(ctx, tx, actor, in.Profile)
	if err != nil {
		return m, err
	}
	from, err := tx.Profile(ctx, actor.Scope(), p.Parent)
	if err != nil {
		return m, err
	}
	m = plaza.Move{Profile: p.ID, ProfileName: p.Name, From: from.ID, FromName: from.Name}
	if m.Vendor, err = tx.Vendor(ctx); err != nil || in.To == "" {
		return m, err
	}
	return taking(ctx, tx, actor, m, in.To)
}

// taking returns m with who takes it, which the actor must be able to see.
func taking(ctx context.Context, tx *store.Tx, actor plaza.Actor, m plaza.Move, id string) (plaza.Move, error) {
	to, err := tx.Profile(ctx, actor.Scope(), id)
	m.To, m.ToName = to.ID, to.Name
	return m, err
}

// unmoved returns a Conflict if the profile of m waits to be moved already, or could
// not be moved as m says.
func (a *App) unmoved(ctx context.Context, tx *store.Tx, m plaza.Move) error {
	waiting := plaza.MoveFilter{Profile: m.Profile, States: []plaza.MoveState{plaza.MoveWaiting}}
	all, err := tx.Moves(ctx, eachSide(), waiting, plaza.Page{Size: 1}, a.now())
	if err == nil && all.Total > 0 {
		err = plaza.Errorf(plaza.Conflict, "move.waiting_already", "Name", m.ProfileName)
	}
	if err != nil {
		return err
	}
	return movable(ctx, tx, m)
}

// eachSide is the scope of what is true of a move whoever asks: no side sees what it
// is of the others.
func eachSide() plaza.Scope {
	return plaza.Everyone("no side of a move sees all of it; what each is told is decided there")
}

// movable returns a Conflict unless the profile of m can be moved now. What it says of
// the sides, each of them may know.
func movable(ctx context.Context, tx *store.Tx, m plaza.Move) error {
	p, err := tx.Profile(ctx, eachSide(), m.Profile)
	switch {
	case err != nil:
		return err
	case p.Parent != m.From:
		return plaza.Errorf(plaza.Conflict, "move.elsewhere", "Name", m.ProfileName)
	case !p.Closed.IsZero():
		return plaza.Errorf(plaza.Conflict, "move.closed", "Name", m.ProfileName)
	case m.To == "":
		return nil
	case m.To == m.From:
		return plaza.Errorf(plaza.Conflict, "move.there_already", "Name", m.ProfileName)
	}
	to, err := tx.Profile(ctx, eachSide(), m.To)
	if err != nil {
		return err
	}
	above, err := tx.Above(ctx, m.To)
	if err != nil {
		return err
	}
	height, err := tx.Height(ctx, m.Profile)
	switch {
	case err != nil:
		return err
	case !to.Kind.Administers():
		return plaza.Errorf(plaza.Conflict, "profile.cannot_have_below")
	case to.Halted:
		return plaza.Errorf(plaza.Conflict, "move.taker_halted")
	case m.To == m.Profile, slices.Contains(above, m.Profile):
		return plaza.Errorf(plaza.Conflict, "move.into_itself", "Name", m.ProfileName)
	case len(above)+1+height > plaza.MaxProfileDepth:
		return plaza.Errorf(plaza.Conflict, "profile.too_deep", "Max", plaza.MaxProfileDepth)
	}
	return nil
}

// AgreeToMove says yes for the actor's own profile, to every side of the move that it
// is; the vendor says with that who takes it, if nobody did. If nobody else has to
// agree, whoever does types the name of the profile, and it moves in this same
// transaction. Owners and administrators of the sides may. Kinds: Invalid, NotFound,
// Conflict if it is not waiting for them, cannot move there, or an allowance of the
// taking side would be exceeded, Stale.
func (a *App) AgreeToMove(ctx context.Context, actor plaza.Actor, id string, in plaza.MoveAgreement) (m plaza.Move, err error) {
	event := plaza.AuditEvent{Verb: plaza.MoveAgree, ObjectKind: "move", Object: id}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if m, err = a.openMove(ctx, tx, actor, id, in.Version, e); err != nil {
			return err
		}
		if !m.Awaits(actor.Profile) {
			return plaza.Errorf(plaza.Conflict, "move.agreed_already")
		}
		chosen := ""
		if m.To == "" && actor.Profile == m.Vendor {
			if in.To == "" {
				return invalid("to", "problem.move_to")
			}
			if m, err = taking(ctx, tx, actor, m, in.To); err != nil {
				return err
			}
			chosen = m.To
			e.Changed("taker", "", m.ToName)
		}
		if err := movable(ctx, tx, m); err != nil {
			return err
		}
		m = m.Agreed(actor.Profile, a.now())
		if !m.Complete() {
			if err := tx.UpdateMove(ctx, actor.Scope(), m); err != nil {
				return err
			}
			m.Version++
			return a.askSides(ctx, tx, m, chosen)
		}
		if in.Name != m.ProfileName {
			return &plaza.Error{
				Kind: plaza.Invalid, Msg: plaza.T("error.invalid"),
				Fields: map[string]plaza.Text{"name": plaza.T("problem.name_again", "Name", m.ProfileName)},
			}
		}
		m.Decision, m.Decided = plaza.MoveDone, a.now()
		if err := tx.UpdateMove(ctx, actor.Scope(), m); err != nil {
			return err
		}
		m.Version++
		return a.carryOut(ctx, tx, actor, m)
	})
	return m, err
}

// DeclineMove says no for the actor's own profile, and why: nothing moves. A side that
// has agreed may still do so. Owners and administrators of the sides may. Kinds:
// Invalid, NotFound, Conflict, Stale.
func (a *App) DeclineMove(ctx context.Context, actor plaza.Actor, id, why string, version int) error {
	event := plaza.AuditEvent{Verb: plaza.MoveDecline, ObjectKind: "move", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		m, err := a.openMove(ctx, tx, actor, id, version, e)
		if err != nil {
			return err
		}
		m.Decision, m.Decided, m.Why = plaza.MoveDeclined, a.now(), strings.TrimSpace(why)
		if err := plaza.CheckReason("reason", m.Why, plaza.MinReason); err != nil {
			return err
		}
		e.Reason = m.Why
		if err := tx.UpdateMove(ctx, actor.Scope(), m); err != nil {
			return err
		}
		return a.tellSides(ctx, tx, actor, m, plaza.NoticeMoveDeclined)
	})
}

// WithdrawMove takes back what the actor's own profile proposed. Owners and
// administrators of that profile may. Kinds: NotFound, Conflict, Stale.
func (a *App) WithdrawMove(ctx context.Context, actor plaza.Actor, id string, version int) error {
	event := plaza.AuditEvent{Verb: plaza.MoveWithdraw, ObjectKind: "move", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		m, err := a.openMove(ctx, tx, actor, id, version, e)
		if err == nil && m.Asker != actor.Profile {
			err = plaza.Errorf(plaza.NotFound, "error.not_found")
		}
		if err != nil {
			return err
		}
		m.Decision, m.Decided = plaza.MoveWithdrawn, a.now()
		if err := tx.UpdateMove(ctx, actor.Scope(), m); err != nil {
			return err
		}
		return a.tellSides(ctx, tx, actor, m, plaza.NoticeMoveWithdrawn)
	})
}

// openMove returns the move with the given ID, of which the actor's own profile is a
// side or which it proposed, if it waits and is as it was read.
func (a *App) openMove(ctx context.Context, tx *store.Tx, actor plaza.Actor, id string, version int, e *plaza.AuditEvent) (m plaza.Move, err error) {
	m, err = tx.Move(ctx, actor.Scope(), id)
	switch {
	case err != nil:
		return m, err
	case !m.Concerns(actor.Profile) && m.Asker != actor.Profile:
		return m, plaza.Errorf(plaza.NotFound, "error.not_found") // it is theirs to answer
	case m.State(a.now()) != plaza.MoveWaiting:
		return m, plaza.Errorf(plaza.Conflict, "move.not_waiting", "State", m.State(a.now()).Text())
	case m.Version != version:
		return m, plaza.Errorf(plaza.Stale, "error.stale")
	}
	e.About(actor.Profile, "move", m.ID, m.ProfileName)
	return m, nil
}

// carryOut moves the profile of m, to which everybody has agreed. The keys,
// activations, logins, sessions and history of what moves stay as they are; what
// people of profiles that are not above it any more had in it ends.
func (a *App) carryOut(ctx context.Context, tx *store.Tx, actor plaza.Actor, m plaza.Move) error {
	p, err := tx.Profile(ctx, eachSide(), m.Profile)
	if err != nil {
		return err
	}
	before, err := tx.Above(ctx, p.ID)
	if err != nil {
		return err
	}
	if err := tx.MoveProfile(ctx, eachSide(), p, m.To, a.now()); err != nil {
		return err
	}
	after, err := tx.Above(ctx, p.ID)
	if err != nil {
		return err
	}
	if err := a.withinAllowancesAbove(ctx, tx, actor, append(without(before, after), without(after, before)...)); err != nil {
		return err
	}
	if err := a.forgetTerms(ctx, tx, m, p); err != nil {
		return err
	}
	if err := a.cease(ctx, tx, store.EndingOutOfSight(p.ID), plaza.EndMoved); err != nil {
		return err
	}
	if err := tx.LapseConsents(ctx, p.ID, a.now()); err != nil {
		return err
	}
	if err := a.recordMove(ctx, tx, m, p); err != nil {
		return err
	}
	if err := a.tellMoved(ctx, tx, p); err != nil {
		return err
	}
	return a.tellSides(ctx, tx, actor, m, plaza.NoticeMoveDone)
}

// forgetTerms ends what whoever p moves away from set about bills of p and of those below
// it: discounts, and what their bookkeeping calls them and their licenses. That stands in
// their log. What those who have it now agree on, they set.
func (a *App) forgetTerms(ctx context.Context, tx *store.Tx, m plaza.Move, p plaza.Profile) error {
	named, err := tx.ForgetLicenseBilling(ctx, p.ID)
	if err != nil {
		return err
	}
	ids, err := tx.TermsFromBeyond(ctx, p.ID)
	if err != nil {
		return err
	}
	if named > 0 && len(ids) == 0 {
		ids = []string{p.ID}
	}
	for _, id := range ids {
		of, err := tx.Profile(ctx, eachSide(), id)
		if err != nil {
			return err
		}
		if err := a.forgetTermsOf(ctx, tx, m, of, named); err != nil {
			return err
		}
		named = 0 // they are told of once
	}
	return nil
}

// forgetTermsOf ends the terms of one profile, and notes of how many licenses, of it and of
// those below it, the billing ID ended.
func (a *App) forgetTermsOf(ctx context.Context, tx *store.Tx, m plaza.Move, p plaza.Profile, named int) error {
	all, err := a.billing(ctx, tx, eachSide(), p)
	if err != nil {
		return err
	}
	held := all[len(all)-1]
	next := held
	next.Number, next.Discount, next.BillingID, next.By = held.Number+1, 0, "", ""
	if now := a.now(); now.After(next.Since) { // whatever the clock does
		next.Since = now
	}
	return a.entail(ctx, tx, plaza.Clerk, plaza.AuditEvent{Verb: plaza.BillingEdits}, func(tx *store.Tx, e *plaza.AuditEvent) error {
		e.About(m.From, "profile", p.ID, p.Name)
		e.Changed("discount", percent(held.Discount), percent(next.Discount))
		e.Changed("billing_id", held.BillingID, next.BillingID)
		e.Changed("license_billing_ids", number(named), number(0))
		return tx.InsertBillingTerms(ctx, next)
	})
}

// without returns those of all that are not among others.
func without(all, others []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(id string) bool { return slices.Contains(others, id) })
}

// withinAllowancesAbove returns a Conflict if there are more licenses than an
// allowance of one of the profiles lets there be. Who is told how much of one is used
// is told.
func (a *App) withinAllowancesAbove(ctx context.Context, tx *store.Tx, actor plaza.Actor, profiles []string) error {
	all, err := tx.HoldAllowancesAbove(ctx, profiles)
	if err != nil {
		return err
	}
	for _, w := range all {
		if w.Exceeded() {
			return a.fullBeyond(ctx, tx, actor, w)
		}
		if err := a.tellAllowance(ctx, tx, w); err != nil {
			return err
		}
	}
	return nil
}

// fullBeyond is full for an allowance of which the actor may know no more than that
// it is one of the taking side.
func (a *App) fullBeyond(ctx context.Context, tx *store.Tx, actor plaza.Actor, w plaza.Allowance) error {
	_, err := tx.Profile(ctx, actor.Scope(), w.Profile)
	switch {
	case err == nil:
		return a.full(ctx, tx, actor, w, 1)
	case plaza.KindOf(err) == plaza.NotFound:
		return plaza.Errorf(plaza.Conflict, "move.full_beyond")
	}
	return err
}

// recordMove leaves an event of a move in the profile that moved and in those between
// which it did: each has it in its own log. It is Plaza's doing: of those who agreed
// to it, the sides know only their own.
func (a *App) recordMove(ctx context.Context, tx *store.Tx, m plaza.Move, before plaza.Profile) error {
	after, err := tx.Profile(ctx, eachSide(), m.Profile)
	if err != nil {
		return err
	}
	event := plaza.AuditEvent{Verb: plaza.ProfileMove}
	for _, say := range []deed{
		func(_ *store.Tx, e *plaza.AuditEvent) error {
			e.About(after.ID, "profile", after.ID, after.Name)
			e.Changed("state", string(before.State()), string(after.State()))
			return nil
		},
		func(_ *store.Tx, e *plaza.AuditEvent) error {
			e.About(m.From, "move", m.ID, m.ProfileName)
			e.Changed("taker", "", nameOfSide(m, m.To, m.ToName))
			return nil
		},
		func(_ *store.Tx, e *plaza.AuditEvent) error {
			e.About(m.To, "move", m.ID, m.ProfileName)
			e.Changed("giver", "", nameOfSide(m, m.From, m.FromName))
			return nil
		},
	} {
		if err := a.perform(ctx, tx, plaza.Clerk, event, say); err != nil {
			return err
		}
	}
	return nil
}

// nameOfSide returns the name of a side of m as it stands in the log of another:
// what the vendor is called is not for those below to know.
func nameOfSide(m plaza.Move, id, name string) string {
	if id == m.Vendor {
		return ""
	}
	return name
}

// sideText is nameOfSide for people to read.
func sideText(m plaza.Move, id, name string) any {
	switch id {
	case "":
		return plaza.T("move.side.unknown")
	case m.Vendor:
		return plaza.T("move.side.vendor")
	}
	return name
}

// askSides asks those of the profiles with the given IDs to agree that have to and
// have not.
func (a *App) askSides(ctx context.Context, tx *store.Tx, m plaza.Move, profiles ...string) error {
	slices.Sort(profiles)
	for _, id := range slices.Compact(profiles) {
		if id == "" || !m.Awaits(id) {
			continue
		}
		err := a.tellAdministrators(ctx, tx, id, m, plaza.NoticeMoveAsked, plaza.MailMoveAsked, letter{
			subject: plaza.T("mail.move_asked.subject", "Name", m.ProfileName),
			lines: []plaza.Text{
				plaza.T("mail.move_asked.body", "Name", m.ProfileName, "From", sideText(m, m.From, m.FromName), "To", sideText(m, m.To, m.ToName)),
				plaza.T("mail.note", "Note", m.Reason),
				plaza.T("mail.move_asked.until", "Date", m.Lapses()),
			},
			button: plaza.T("mail.move_asked.button"), path: "/moves/" + m.ID,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// tellSides tells the sides of m other than the actor's what came of it.
func (a *App) tellSides(ctx context.Context, tx *store.Tx, actor plaza.Actor, m plaza.Move, notice plaza.NoticeKind) error {
	sides := []string{m.From, m.To, m.Vendor}
	slices.Sort(sides)
	for _, id := range slices.Compact(sides) {
		if id == "" || id == actor.Profile {
			continue
		}
		state := m.Decision.Text()
		err := a.tellAdministrators(ctx, tx, id, m, notice, plaza.MailMoveDecided, letter{
			subject: plaza.T("mail.move_decided.subject", "Name", m.ProfileName, "State", state),
			lines: append([]plaza.Text{plaza.T("mail.move_decided.body",
				"Name", m.ProfileName, "From", sideText(m, m.From, m.FromName), "To", sideText(m, m.To, m.ToName), "State", state)}, noteLine(m.Why)...),
			button: plaza.T("mail.move_asked.button"), path: "/moves/" + m.ID,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// tellAdministrators leaves a notice to the owners and administrators of a side of m,
// and mails them l in the name of that side.
func (a *App) tellAdministrators(ctx context.Context, tx *store.Tx, profile string, m plaza.Move, notice plaza.NoticeKind, kind plaza.MailKind, l letter) error {
	people, err := tx.LoginsWithRole(ctx, profile, plaza.Owner, plaza.Administrator)
	if err != nil {
		return err
	}
	people = slices.DeleteFunc(people, func(l plaza.Login) bool { return !l.Unfit().IsZero() })
	if err := a.notify(ctx, tx, notice, m.ProfileName, m.ID, people...); err != nil {
		return err
	}
	for _, one := range people {
		person, err := tx.Person(ctx, one.Person)
		if err != nil {
			return err
		}
		l.from = one.ProfileName
		if err := a.post(ctx, tx, kind, profile, to(person, one.Name), l); err != nil {
			return err
		}
	}
	return nil
}

// tellMoved tells the owners of a profile that it moved; not between whom, which is
// not for them to know.
func (a *App) tellMoved(ctx context.Context, tx *store.Tx, p plaza.Profile) error {
	return a.tellOwners(ctx, tx, p.ID, plaza.NoticeMoved, p.Name, p.ID, plaza.MailMoved, letter{
		subject: plaza.T("mail.moved.subject", "Name", p.Name),
		lines:   []plaza.Text{plaza.T("mail.moved.body", "Name", p.Name), plaza.T("mail.moved.stays")},
		button:  plaza.T("mail.moved.button"), path: "/access",
	})
}
