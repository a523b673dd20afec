package app

import (
	"cmp"
	"context"
	"slices"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// Components returns the components of a machine or, if none is named, of all of
// b's machines, the newest first. Kinds: NotFound.
func (f *Fleet) Components(ctx context.Context, b *Bearer, machine string) (all []plaza.Component, err error) {
	id, err := f.idOf(ctx, b, machine)
	if err != nil {
		return nil, err
	}
	err = f.app.db.Read(ctx, func(tx *store.Tx) error {
		all, err = tx.Components(ctx, b.Actor.Scope(), b.Standing.License.ID, id)
		return err
	})
	return all, err
}

// idOf returns the ID of the machine that is named; empty if none is.
func (f *Fleet) idOf(ctx context.Context, b *Bearer, machine string) (string, error) {
	if machine == "" {
		return "", nil
	}
	m, err := f.Machine(ctx, b, machine)
	return m.ID, err
}

// Component returns one component of b's machines. Kinds: NotFound.
func (f *Fleet) Component(ctx context.Context, b *Bearer, id string) (plaza.Component, error) {
	all, err := f.Components(ctx, b, "")
	if err != nil {
		return plaza.Component{}, err
	}
	i := slices.IndexFunc(all, func(c plaza.Component) bool { return c.ID == id })
	if i < 0 {
		return plaza.Component{}, errNothing()
	}
	return all[i], nil
}

// AddComponent adds a component to one of b's machines, which the body names by ID.
// Kinds: Forbidden for another machine, Invalid.
func (f *Fleet) AddComponent(ctx context.Context, b *Bearer, machine string, in plaza.NewComponent) (c plaza.Component, err error) {
	if err := in.Validate(); err != nil {
		return c, err
	}
	taken := plaza.Refuse(plaza.Invalid, "FINGERPRINT_TAKEN", "/data/attributes/fingerprint", "this component is known already")
	now := f.app.now()
	c = plaza.Component{ID: newID(), Activation: machine, Fingerprint: in.Fingerprint, Name: in.Name, Metadata: in.Metadata, Created: now, Updated: now}
	event := plaza.AuditEvent{Verb: plaza.AgentDescribe}
	err = f.perform(ctx, b, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		l, err := f.hold(ctx, tx, b)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(l.machines, func(m plaza.Activation) bool { return m.ID == machine })
		if i < 0 {
			return errNotMine()
		}
		known, err := tx.ComponentTaken(ctx, l.machines[i], l.Plan, l.terms.ComponentUniqueness, in.Fingerprint)
		if err != nil {
			return err
		}
		if known {
			return taken
		}
		e.About(l.Profile, "agent", l.Agent, l.AgentName)
		e.Changed("component", "", in.Name)
		return tx.InsertComponent(ctx, l.machines[i], c)
	})
	if plaza.KindOf(err) == plaza.Conflict {
		err = taken
	}
	return c, err
}

// RenameComponent changes what a component is called, if a name is given. Kinds:
// NotFound, Invalid, Forbidden if the license is protected.
func (f *Fleet) RenameComponent(ctx context.Context, b *Bearer, id string, name *string) (c plaza.Component, err error) {
	if b.Standing.Terms.Protected {
		return c, errProtected()
	}
	if c, err = f.Component(ctx, b, id); err != nil || name == nil {
		return c, err
	}
	before := c.Name
	c.Name, c.Updated = *name, f.app.now()
	if err := (plaza.NewComponent{Fingerprint: c.Fingerprint, Name: c.Name}).Validate(); err != nil {
		return c, err
	}
	return c, gone(f.tell(ctx, b, func(tx *store.Tx, e *plaza.AuditEvent) error {
		e.Changed("component", before, c.Name)
		return tx.RenameComponent(ctx, b.Actor.Scope(), id, c.Name, c.Updated)
	}))
}

// RemoveComponent ends a component. Kinds: NotFound.
func (f *Fleet) RemoveComponent(ctx context.Context, b *Bearer, id string) error {
	c, err := f.Component(ctx, b, id)
	if err != nil {
		return err
	}
	return gone(f.tell(ctx, b, func(tx *store.Tx, e *plaza.AuditEvent) error {
		e.Changed("component", cmp.Or(c.Name, c.Fingerprint[:min(len(c.Fingerprint), 16)]), "")
		return tx.EndComponent(ctx, b.Actor.Scope(), id, f.app.now())
	}))
}

// tell does what says something of b's machine, and records it.
func (f *Fleet) tell(ctx context.Context, b *Bearer, do deed) error {
	return f.perform(ctx, b, plaza.AuditEvent{Verb: plaza.AgentDescribe}, func(tx *store.Tx, e *plaza.AuditEvent) error {
		l := b.Standing.License
		e.About(l.Profile, "agent", l.Agent, l.AgentName)
		return do(tx, e)
	})
}

// gone is err as an agent reads it.
func gone(err error) error {
	if err != nil && plaza.KindOf(err) == plaza.NotFound {
		return errNothing()
	}
	return err
}
