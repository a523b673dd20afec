package app

import (
	"context"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// madeBy is the setting that says what set the installation up.
const madeBy = "made_by"

// NewSetup asks for the first profile and its owner.
type NewSetup struct {
	Vendor       string // name of the vendor's profile
	SupportEmail string
	OwnerName    string
	OwnerEmail   string
	Password     string
	MadeBy       string // "setup" or "demo"
}

// Setup makes the vendor's profile and its owner, who can sign in at once, and
// returns the owner's login. Only [plaza.Installer] may, once. Kinds: Invalid,
// Conflict if there is a vendor already.
func (a *App) Setup(ctx context.Context, actor plaza.Actor, in NewSetup) (l plaza.Login, err error) {
	if err := a.may(ctx, actor, plaza.Install); err != nil {
		return l, err
	}
	check := plaza.NewProfile{Kind: plaza.Reseller, Name: in.Vendor, SupportEmail: in.SupportEmail, OwnerName: in.OwnerName, OwnerEmail: in.OwnerEmail}.Clean()
	in.Vendor, in.SupportEmail, in.OwnerName, in.OwnerEmail = check.Name, check.SupportEmail, check.OwnerName, check.OwnerEmail
	if err := check.Validate(); err != nil {
		return l, err
	}
	if in.OwnerEmail == "" {
		return l, &plaza.Error{
			Kind: plaza.Invalid, Msg: plaza.T("error.invalid"),
			Fields: map[string]plaza.Text{"owner_email": plaza.T("problem.email")},
		}
	}
	hash, err := a.hashes.hashChoice(ctx, choice{"password", in.Password, []string{in.OwnerName, in.OwnerEmail, in.Vendor}})
	if err != nil {
		return l, err
	}
	err = a.do(ctx, actor, plaza.AuditEvent{Verb: plaza.Install}, func(tx *store.Tx, e *plaza.AuditEvent) error {
		l, err = a.install(ctx, tx, in, hash, e)
		return err
	})
	return l, err
}

func (a *App) install(ctx context.Context, tx *store.Tx, in NewSetup, hash string, e *plaza.AuditEvent) (l plaza.Login, err error) {
	now := a.now()
	if by, err := tx.Setting(ctx, madeBy); err != nil || by != "" {
		if err == nil {
			err = plaza.Errorf(plaza.Conflict, "setup.done_already")
		}
		return l, err
	}
	vendor := plaza.Profile{
		ID: newID(), Kind: plaza.Vendor, Name: in.Vendor, SupportEmail: in.SupportEmail,
		WarningDays: defaultWarningDays, Created: now,
	}
	e.About(vendor.ID, "profile", vendor.ID, vendor.Name)
	if err := tx.InsertProfile(ctx, vendor); err != nil {
		return l, err
	}
	person := plaza.Person{ID: newID(), Email: in.OwnerEmail, Name: in.OwnerName}
	if err := tx.InsertPerson(ctx, person, now); err != nil {
		return l, err
	}
	if err := tx.SetPasswordHash(ctx, person.ID, hash); err != nil {
		return l, err
	}
	l = plaza.Login{
		ID: newID(), Profile: vendor.ID, ProfileName: vendor.Name, Person: person.ID, Name: in.OwnerName, Email: in.OwnerEmail,
		Role: plaza.Owner, Dashboard: true, Created: now, Accepted: now, Version: 1,
	}
	if err := tx.InsertLogin(ctx, l); err != nil {
		return l, err
	}
	return l, tx.PutSetting(ctx, madeBy, in.MadeBy)
}

// MadeBy returns what set the installation up: "setup", "demo", or nothing if it
// is empty. Only [plaza.Installer] may.
func (a *App) MadeBy(ctx context.Context, actor plaza.Actor) (by string, err error) {
	err = a.see(ctx, actor, plaza.Install, "", func(tx *store.Tx) error {
		by, err = tx.Setting(ctx, madeBy)
		return err
	})
	return by, err
}

// keepLinks is how long a link is kept after it expired.
const keepLinks = 24 * time.Hour

// Tidy deletes what can never be used again: old sessions, links and attempts, and
// how ConnectAgents were long ago, what nodes told each other, processes that ended, and the rows of imports that nobody went on with; and audit events that are older than they are to be kept, which is recorded.
// Acting sessions that nobody was there to end are ended. Only [plaza.Janitor] may.
func (a *App) Tidy(ctx context.Context, actor plaza.Actor) error {
	if err := a.may(ctx, actor, plaza.Tidy); err != nil {
		return err
	}
	now := a.now()
	err := a.db.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.DropBrowsers(ctx, now); err != nil {
			return err
		}
		if err := tx.DropSessions(ctx, now.Add(-sessionAbsolute), now.Add(-sessionIdle)); err != nil {
			return err
		}
		if err := a.ceaseLapsed(ctx, tx); err != nil {
			return err
		}
		if err := tx.DropExports(ctx, now); err != nil {
			return err
		}
		if err := tx.DropLinks(ctx, now.Add(-keepLinks)); err != nil {
			return err
		}
		if err := tx.DropAgentStates(ctx, everyAgent(), now.Add(-statesKept)); err != nil {
			return err
		}
		if err := tx.DropFleetChanges(ctx, now.Add(-changesKept)); err != nil {
			return err
		}
		if err := tx.DropProcesses(ctx, everyAgent(), now.Add(-processesKept)); err != nil {
			return err
		}
		if err := tx.DropOldSecrets(ctx, everyWebhook(), now); err != nil {
			return err
		}
		if err := tx.DropOnce(ctx, now.Add(-plaza.OnceKept)); err != nil {
			return err
		}
		return tx.DropAttempts(ctx, now.Add(-keepLinks))
	})
	if err != nil {
		return err
	}
	if err := a.dropDeliveries(ctx, now.Add(-plaza.DeliveriesKept)); err != nil {
		return err
	}
	if err := a.lapseImports(ctx); err != nil {
		return err
	}
	return a.expireAudit(ctx, actor)
}
