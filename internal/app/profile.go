package app

import (
	"context"
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// defaultWarningDays is how long before its end a license is expiring, until a
// profile says otherwise.
const defaultWarningDays = 30

// Profile returns one profile. Everybody with the dashboard may, of their own
// and what is below it. Kinds: NotFound.
func (a *App) Profile(ctx context.Context, actor plaza.Actor, id string) (p plaza.Profile, err error) {
	err = a.see(ctx, actor, plaza.ProfileRead, id, func(tx *store.Tx) error {
		if p, err = tx.Profile(ctx, actor.Scope(), id); err != nil || p.ID == actor.Scope().Root() {
			p.Parent = "" // what is above is nobody's business
			return err
		}
		parent, err := tx.Profile(ctx, actor.Scope(), p.Parent)
		p.ParentName = parent.Name
		return err
	})
	return p, err
}

// Profiles returns the profiles below the actor's own. Everybody with the
// dashboard may. Kinds: Invalid.
func (a *App) Profiles(ctx context.Context, actor plaza.Actor, f plaza.ProfileFilter, p plaza.Page) (list plaza.List[plaza.Profile], err error) {
	err = a.see(ctx, actor, plaza.ProfileRead, "", func(tx *store.Tx) error {
		list, err = tx.Profiles(ctx, actor.Scope(), f, p)
		return err
	})
	return list, err
}

// ProfileImpact returns what would stand still if a profile did. Everybody with
// the dashboard may. Kinds: NotFound.
func (a *App) ProfileImpact(ctx context.Context, actor plaza.Actor, id string) (i plaza.ProfileImpact, err error) {
	err = a.see(ctx, actor, plaza.ProfileRead, id, func(tx *store.Tx) error {
		i, err = tx.ProfileImpact(ctx, actor.Scope(), id, a.now())
		return err
	})
	return i, err
}

// CreateProfile makes a profile below a reseller or the vendor, with its base
// license and the invitation of its first owner. Owners, administrators and
// managers of resellers and the vendor may, below their own. Kinds: Invalid,
// NotFound, Conflict.
func (a *App) CreateProfile(ctx context.Context, actor plaza.Actor, in plaza.NewProfile) (p plaza.Profile, err error) {
	event := plaza.AuditEvent{Verb: plaza.ProfileCreate, Object: in.Parent}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		p, err = a.createProfile(ctx, tx, actor, in, e)
		return err
	})
	return p, err
}

func (a *App) createProfile(ctx context.Context, tx *store.Tx, actor plaza.Actor, in plaza.NewProfile, e *plaza.AuditEvent) (p plaza.Profile, err error) {
	in = in.Clean()
	if err := in.Validate(); err != nil {
		return p, err
	}
	if err := a.parentFor(ctx, tx, actor, in); err != nil {
		return p, err
	}
	p = a.draftProfile(in, e)
	if err := tx.InsertProfile(ctx, p); err != nil {
		return p, err
	}
	if kind, ok := in.Kind.BaseLicense(); ok {
		issue := plaza.AuditEvent{Verb: plaza.LicenseIssue}
		err := a.entail(ctx, tx, actor, issue, func(tx *store.Tx, e *plaza.AuditEvent) error {
			_, err := a.issue(ctx, tx, actor, p, kind, plaza.NewLicense{Profile: p.ID, Plan: in.Plan}, e)
			return err
		})
		if err != nil {
			return p, err
		}
	}
	if in.OwnerEmail == "" {
		return p, nil
	}
	if err := mayName(actor, p.Kind); err != nil {
		return p, err
	}
	owner := firstOwner(p, in)
	// Whoever may create the profile may name its first owner.
	err = a.entail(ctx, tx, actor, plaza.AuditEvent{Verb: plaza.LoginCreate}, func(tx *store.Tx, e *plaza.AuditEvent) error {
		_, err := a.invite(ctx, tx, actor, p, owner, e)
		return err
	})
	return p, err
}

// draftProfile returns the profile that in asks for.
func (a *App) draftProfile(in plaza.NewProfile, e *plaza.AuditEvent) plaza.Profile {
	p := plaza.Profile{
		ID: newID(), Parent: in.Parent, Kind: in.Kind, Name: in.Name, SupportEmail: in.SupportEmail,
		WarningDays: defaultWarningDays, Created: a.now(), Version: 1,
	}
	e.About(p.ID, "profile", p.ID, p.Name)
	e.Changed("kind", "", string(p.Kind))
	e.Changed("name", "", p.Name)
	return p
}

// mayName returns Forbidden if actor may create a profile of a kind, but not name its
// first owner: a person may; a token has to be for it.
func mayName(actor plaza.Actor, kind plaza.ProfileKind) error {
	if actor.Pass != nil && (!actor.Can(plaza.LoginCreate) || !actor.MayGrant(kind, plaza.Owner)) {
		return plaza.Errorf(plaza.Forbidden, "error.not_by_token", "Verb", string(plaza.LoginCreate))
	}
	return nil
}

// firstOwner returns the login of the owner of p whom in names.
func firstOwner(p plaza.Profile, in plaza.NewProfile) plaza.NewLogin {
	return plaza.NewLogin{Profile: p.ID, Name: in.OwnerName, Email: in.OwnerEmail, Role: plaza.Owner, Dashboard: true}
}

// parentFor returns an error unless the profile that is asked for may hang where
// it should.
func (a *App) parentFor(ctx context.Context, tx *store.Tx, actor plaza.Actor, in plaza.NewProfile) error {
	parent, err := tx.Profile(ctx, actor.Scope(), in.Parent)
	if err != nil {
		return err
	}
	above, err := tx.Above(ctx, parent.ID)
	if err != nil {
		return err
	}
	return canHang(parent, len(above))
}

// canHang returns a Conflict unless another profile may hang under parent, which has so
// many above it.
func canHang(parent plaza.Profile, above int) error {
	switch {
	case !parent.Kind.Administers():
		return plaza.Errorf(plaza.Conflict, "profile.cannot_have_below")
	case above+1 > plaza.MaxProfileDepth:
		return plaza.Errorf(plaza.Conflict, "profile.too_deep", "Max", plaza.MaxProfileDepth)
	}
	return runs(parent)
}

// EditProfile changes the settings of a profile. Owners and administrators may,
// of their own and what is below it. Kinds: Invalid, NotFound, Stale.
func (a *App) EditProfile(ctx context.Context, actor plaza.Actor, id string, in plaza.ProfileEdit) error {
	event := plaza.AuditEvent{Verb: plaza.ProfileEdits, ObjectKind: "profile", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		p, err := tx.Profile(ctx, actor.Scope(), id)
		if err != nil {
			return err
		}
		in = in.Clean()
		if err := in.Validate(); err != nil {
			return err
		}
		e.About(p.ID, "profile", p.ID, p.Name)
		e.Changed("name", p.Name, in.Name)
		e.Changed("support_email", p.SupportEmail, in.SupportEmail)
		e.Changed("warning_days", number(p.WarningDays), number(in.WarningDays))
		p.Name, p.SupportEmail, p.WarningDays, p.Version = in.Name, in.SupportEmail, in.WarningDays, in.Version
		if err := tx.UpdateProfile(ctx, actor.Scope(), p); err != nil {
			return err
		}
		return tx.ChangedLicense(ctx, "", a.now()) // nodes know how many days before an end it warns
	})
}

// SuspendProfile makes a profile below one's own, and everything below that,
// stand still. Owners, administrators and managers of resellers and the vendor
// may. Kinds: Invalid, NotFound, Conflict, Stale.
func (a *App) SuspendProfile(ctx context.Context, actor plaza.Actor, id, reason string, version int) error {
	return a.halt(ctx, actor, plaza.ProfileSuspend, id, reason, version, func(p *plaza.Profile) error {
		if p.State() == plaza.ProfileClosed || !p.Suspended.IsZero() {
			return plaza.Errorf(plaza.Conflict, "profile.suspended_already", "Name", p.Name)
		}
		p.Suspended, p.SuspendReason = a.now(), strings.TrimSpace(reason)
		return plaza.CheckReason("reason", reason, plaza.MinReason)
	})
}

// ResumeProfile undoes SuspendProfile. The same people may. Kinds: NotFound,
// Conflict, Stale.
func (a *App) ResumeProfile(ctx context.Context, actor plaza.Actor, id string, version int) error {
	return a.halt(ctx, actor, plaza.ProfileResume, id, "", version, func(p *plaza.Profile) error {
		if p.Suspended.IsZero() || !p.Closed.IsZero() {
			return plaza.Errorf(plaza.Conflict, "profile.not_suspended", "Name", p.Name)
		}
		p.Suspended, p.SuspendReason = zeroTime, ""
		return nil
	})
}

// CloseProfile closes a profile that is suspended; it can be reopened for
// [plaza.ClosedProfileKept]. Whoever does it types its name. Owners and
// administrators of resellers and the vendor may, below their own. Kinds:
// Invalid, NotFound, Conflict, Stale.
func (a *App) CloseProfile(ctx context.Context, actor plaza.Actor, id, name, reason string, version int) error {
	return a.halt(ctx, actor, plaza.ProfileClose, id, reason, version, func(p *plaza.Profile) error {
		switch {
		case !p.Closed.IsZero():
			return plaza.Errorf(plaza.Conflict, "profile.closed_already", "Name", p.Name)
		case p.Suspended.IsZero():
			return plaza.Errorf(plaza.Conflict, "profile.suspend_first", "Name", p.Name)
		case name != p.Name:
			return &plaza.Error{
				Kind: plaza.Invalid, Msg: plaza.T("error.invalid"),
				Fields: map[string]plaza.Text{"name": plaza.T("problem.name_again", "Name", p.Name)},
			}
		}
		p.Closed = a.now()
		return plaza.CheckReason("reason", reason, plaza.MinReason)
	})
}

// ReopenProfile undoes CloseProfile while that can be undone; the profile is
// suspended then. The same people may. Kinds: NotFound, Conflict, Stale.
func (a *App) ReopenProfile(ctx context.Context, actor plaza.Actor, id string, version int) error {
	return a.halt(ctx, actor, plaza.ProfileReopen, id, "", version, func(p *plaza.Profile) error {
		if p.Closed.IsZero() {
			return plaza.Errorf(plaza.Conflict, "profile.not_closed", "Name", p.Name)
		}
		if a.now().After(p.ReopenUntil()) {
			return plaza.Errorf(plaza.Conflict, "profile.closed_for_good", "Name", p.Name)
		}
		p.Closed = zeroTime
		return nil
	})
}

// halt does v to the profile with the given ID, strictly below the actor's own:
// change says what becomes of it.
func (a *App) halt(ctx context.Context, actor plaza.Actor, v plaza.Verb, id, reason string, version int, change func(*plaza.Profile) error) error {
	event := plaza.AuditEvent{Verb: v, ObjectKind: "profile", Object: id}
	reason = strings.TrimSpace(reason)
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		p, err := tx.Profile(ctx, actor.Scope(), id)
		if err != nil {
			return err
		}
		if p.ID == actor.Profile {
			return plaza.Errorf(plaza.Conflict, "profile.own")
		}
		before := p.State()
		if err := change(&p); err != nil {
			return err
		}
		e.About(p.ID, "profile", p.ID, p.Name)
		e.Reason = reason
		p.Version = version
		if err := tx.SetProfileHalt(ctx, actor.Scope(), p, a.now()); err != nil {
			return err
		}
		after, err := tx.Profile(ctx, actor.Scope(), id)
		if err != nil {
			return err
		}
		e.Changed("state", string(before), string(after.State()))
		if !after.Halted {
			return nil
		}
		// Nobody goes on where they were when the profile is resumed.
		if err := tx.DropSessionsBelow(ctx, p.ID); err != nil {
			return err
		}
		return a.cease(ctx, tx, store.EndingBelow(p.ID), plaza.EndHalted)
	})
}
