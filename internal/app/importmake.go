package app

import (
	"context"
	"maps"
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// pile is what some rows of an import make, to be written together.
type pile struct {
	profiles    []plaza.Profile
	terms       []plaza.BillingTerms
	licenses    []plaza.License
	keys        []store.LicenseKey
	persons     []plaza.Person
	logins      []plaza.Login
	invitations []store.NewInvitation
	mails       []plaza.Mail
	entries     []plaza.AuditRecord
}

// make makes what rows ask for, if all of them can be.
func (j *judge) make(ctx context.Context, tx *store.Tx, rows []importRow) error {
	for _, r := range rows {
		if wrong := j.problems(r); len(wrong) > 0 {
			return overtakenError{plaza.T("import.row", "Row", wrong[0].Row, "Why", wrong[0].Why)}
		}
	}
	if err := j.meet(ctx, tx, rows); err != nil {
		return err
	}
	p := &pile{}
	for _, r := range rows {
		var err error
		switch j.what.Kind {
		case plaza.ImportPartners:
			err = j.addPartner(ctx, tx, p, r)
		case plaza.ImportLicenses:
			err = j.addLicense(ctx, tx, p, r.holder, plaza.Development, r.plan, r.license)
		case plaza.ImportLogins:
			err = j.addLogin(p, r.holder, r.login)
		}
		if err != nil {
			return err
		}
	}
	return j.write(ctx, tx, p)
}

// meet looks for the persons who have the addresses that rows name.
func (j *judge) meet(ctx context.Context, tx *store.Tx, rows []importRow) error {
	var emails []string
	for _, r := range rows {
		emails = append(emails, r.login.Email, r.partner.OwnerEmail)
	}
	known, err := tx.PersonsByEmail(ctx, different(emails))
	maps.Copy(j.persons, known)
	return err
}

// record adds an event to the log, which says of which import it is a part.
func (j *judge) record(p *pile, e plaza.AuditEvent) error {
	e.Changed("import", "", j.what.ID)
	e.Result = plaza.Done
	entry, err := j.app.entry(j.who, e)
	p.entries = append(p.entries, entry)
	return err
}

func (j *judge) addPartner(ctx context.Context, tx *store.Tx, p *pile, r importRow) error {
	e := plaza.AuditEvent{Verb: plaza.ProfileCreate}
	made := j.app.draftProfile(r.partner, &e)
	p.profiles = append(p.profiles, made)
	if err := j.record(p, e); err != nil {
		return err
	}
	if kind, ok := made.Kind.BaseLicense(); ok {
		if err := j.addLicense(ctx, tx, p, made, kind, r.plan, plaza.NewLicense{Profile: made.ID, Plan: r.plan.ID}); err != nil {
			return err
		}
	}
	if r.billing != "" {
		if err := j.addBilling(p, made, r.billing); err != nil {
			return err
		}
	}
	if r.partner.OwnerEmail == "" {
		return nil
	}
	return j.addLogin(p, made, firstOwner(made, r.partner))
}

// addBilling has another system call a profile something.
func (j *judge) addBilling(p *pile, of plaza.Profile, id string) error {
	t := plaza.DefaultBilling(of.ID, j.app.zone)
	t.Number, t.Since, t.BillingID, t.By = 1, j.app.now(), id, j.who.Profile
	p.terms = append(p.terms, t)
	e := plaza.AuditEvent{Verb: plaza.BillingEdits}
	e.About(j.who.Profile, "profile", of.ID, of.Name) // what is agreed on is of those who bill it
	e.Changed("billing_id", "", id)
	return j.record(p, e)
}

func (j *judge) addLicense(ctx context.Context, tx *store.Tx, p *pile, holder plaza.Profile, kind plaza.LicenseKind, plan plaza.Plan, in plaza.NewLicense) error {
	e := plaza.AuditEvent{Verb: plaza.LicenseIssue}
	l := j.app.draftLicense(holder, kind, plan, in, &e)
	key, err := j.app.newKey(ctx, tx, &l, plan)
	if err != nil {
		return err
	}
	p.licenses, p.keys = append(p.licenses, l), append(p.keys, key)
	return j.record(p, e)
}

func (j *judge) addLogin(p *pile, in plaza.Profile, of plaza.NewLogin) error {
	person, known := j.persons[strings.ToLower(of.Email)]
	if !known {
		person = draftPerson(of)
		j.persons[strings.ToLower(of.Email)] = person
		p.persons = append(p.persons, person)
	}
	e := plaza.AuditEvent{Verb: plaza.LoginCreate}
	l := j.app.draftLogin(in, person, of, &e)
	i, m, err := j.app.draftInvitation(j.who, l, person)
	if err != nil {
		return err
	}
	p.logins, p.invitations, p.mails = append(p.logins, l), append(p.invitations, i), append(p.mails, m)
	return j.record(p, e)
}

// write writes everything in p, each before what rests on it.
func (j *judge) write(ctx context.Context, tx *store.Tx, p *pile) error {
	for _, write := range []func() error{
		func() error { return tx.InsertProfiles(ctx, p.profiles) },
		func() error { return tx.InsertBillingTerms(ctx, p.terms...) },
		func() error { return tx.InsertLicenses(ctx, p.licenses, p.keys) },
		func() error { return tx.InsertPersons(ctx, p.persons, j.app.now()) },
		func() error { return tx.InsertLogin(ctx, p.logins...) },
		func() error { return tx.InsertInvitations(ctx, p.invitations) },
		func() error { return j.app.send(ctx, tx, p.mails...) },
		func() error { return tx.AppendAudit(ctx, p.entries...) },
	} {
		if err := write(); err != nil {
			return err
		}
	}
	return nil
}
