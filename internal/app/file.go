package app

import (
	"context"
	"crypto/subtle"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/agentdoc"
	"github.com/connectplaza/plaza/internal/licensekey"
	"github.com/connectplaza/plaza/internal/store"
)

// CheckOutLicense makes the license file of a ConnectAgent. Nothing recalls it:
// owners, administrators and managers may, of their own profile's and those below.
// Kinds: Invalid, NotFound, Conflict if the license is not valid now.
func (a *App) CheckOutLicense(ctx context.Context, actor plaza.Actor, agent string, in plaza.NewFile) (f plaza.File, err error) {
	err = a.checkOut(ctx, actor, agent, func(tx *store.Tx, e *plaza.AuditEvent, d draft) error {
		if err := in.Validate(&d.terms); err != nil {
			return err
		}
		until := d.now.AddDate(0, 0, in.Days)
		e.Changed("file", "", string(licensekey.LicenseFile))
		e.Changed("until", "", date(until))
		var included []agentdoc.Resource
		if in.Entitlements {
			included = d.entitlements()
		}
		secret := ""
		if in.Encrypted {
			secret = licensekey.Secret(d.key, "")
		}
		d.CheckedOut = d.now
		plain := agentdoc.File(d.license(), included, d.now, until)
		f = plaza.File{Name: fileName(d.AgentName, "license"), Data: licensekey.SealFile(d.ring.at(d.now).private, licensekey.LicenseFile, plain, secret)}
		return tx.CheckedOut(ctx, actor.Scope(), d.ID, "", d.now)
	})
	return f, err
}

// ActivateOffline activates a machine that reaches no server, by the request that
// it wrote, and makes the file that tells it: it holds the license with its
// modules, and can be read on that machine only. One that is activated already
// gets a new file. The same people may. Kinds: Invalid, NotFound, Conflict if the
// license is not valid now.
func (a *App) ActivateOffline(ctx context.Context, actor plaza.Actor, agent string, in plaza.NewOffline) (f plaza.File, err error) {
	err = a.checkOut(ctx, actor, agent, func(tx *store.Tx, e *plaza.AuditEvent, d draft) error {
		asked, err := in.Validate(&d.terms)
		if err != nil {
			return err
		}
		if !a.sameKey(asked.Key, d.key) {
			return wrongRequest(plaza.T("file.request.other_license"))
		}
		m, err := a.settleOffline(ctx, tx, &d, asked)
		if err != nil {
			return err
		}
		until := d.now.AddDate(0, 0, in.Days)
		e.Changed("file", "", string(licensekey.MachineFile))
		e.Changed("machine", "", machineName(m))
		e.Changed("until", "", date(until))
		m.CheckedOut, m.FileUntil = d.now, until
		d.machines = append(slices.DeleteFunc(d.machines, func(one plaza.Activation) bool { return one.ID == m.ID }), m)
		plain := agentdoc.File(d.installation().Machine(m, &d.terms, d.now), append([]agentdoc.Resource{d.license()}, d.entitlements()...), d.now, until)
		f = plaza.File{
			Name: fileName(d.AgentName, "machine"),
			Data: licensekey.SealFile(d.ring.at(d.now).private, licensekey.MachineFile, plain, licensekey.Secret(d.key, m.Fingerprint)),
		}
		if err := tx.SetFileUntil(ctx, actor.Scope(), m.ID, until); err != nil {
			return err
		}
		return tx.CheckedOut(ctx, actor.Scope(), d.ID, m.ID, d.now)
	})
	return f, err
}

// draft is what a file of a license is made of.
type draft struct {
	heldLicense

	ring keyring
	key  string
	now  time.Time
}

// checkOut lets f make a file of a ConnectAgent's license, which is held meanwhile.
func (a *App) checkOut(ctx context.Context, actor plaza.Actor, agent string, f func(*store.Tx, *plaza.AuditEvent, draft) error) error {
	event := plaza.AuditEvent{Verb: plaza.FileCheckOut, ObjectKind: "agent", Object: agent}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		of, err := tx.Agent(ctx, actor.Scope(), agent)
		if err != nil {
			return err
		}
		d := draft{now: a.now()}
		if d.heldLicense, err = a.hold(ctx, tx, actor, of.License.ID, ears{a.listens(), asKept}); err != nil {
			return err
		}
		e.About(of.Profile, "agent", of.ID, of.Name)
		if !d.State(d.now).Valid() {
			return plaza.Errorf(plaza.Conflict, "file.not_valid")
		}
		if d.ring, err = a.keyring(ctx, tx); err != nil {
			return err
		}
		sealed, err := tx.LicenseKeySealed(ctx, actor.Scope(), d.ID)
		if err != nil {
			return err
		}
		if d.key, err = a.openKey(d.License, sealed); err != nil {
			return err
		}
		if err := f(tx, e, d); err != nil {
			return err
		}
		return tx.ChangedLicense(ctx, d.ID, d.now)
	})
}

// asKept leaves a machine's heartbeat as the database has it, which is as it was a
// second ago.
func asKept(*plaza.Activation) {}

// sameKey reports whether two keys are of the same license.
func (a *App) sameKey(one, other string) bool {
	return subtle.ConstantTimeCompare(a.box.Digest(keyDigest, normalKey(strings.TrimSpace(one))), a.box.Digest(keyDigest, normalKey(other))) == 1
}

// settleOffline returns the activation of the machine that asks: the one that
// stands, or a new one under the same rules as if it had come in itself.
func (a *App) settleOffline(ctx context.Context, tx *store.Tx, d *draft, asked plaza.OfflineRequest) (m plaza.Activation, err error) {
	for _, one := range d.machines {
		if one.Fingerprint == asked.Fingerprint {
			return one, nil
		}
	}
	d.offline = true
	in := asked.Activation()
	if err := in.ValidateFingerprint(); err != nil {
		return m, refusedRequest(err)
	}
	event := plaza.AuditEvent{Verb: plaza.AgentActivate}
	err = a.entail(ctx, tx, d.by, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if m, err = a.activate(ctx, tx, &d.heldLicense, in, e); err != nil {
			return err
		}
		e.About(d.Profile, "agent", d.Agent, d.AgentName)
		e.Changed("machine", "", machineName(m))
		return nil
	})
	return m, refusedRequest(err)
}

// refusedRequest returns err; what an agent would be refused with becomes a problem
// of the request.
func refusedRequest(err error) error {
	if r, ok := errors.AsType[*plaza.Refusal](err); ok {
		return wrongRequest(r.Text())
	}
	return err
}

func wrongRequest(why plaza.Text) error {
	return &plaza.Error{Kind: plaza.Invalid, Msg: plaza.T("error.invalid"), Fields: map[string]plaza.Text{"request": why}}
}

func (d draft) installation() agentdoc.Installation {
	w := d.ring.wire
	return agentdoc.Installation{AccountID: w.Account, ProductID: w.Product, ProductName: w.ProductName, Created: w.Created}
}

func (d draft) license() agentdoc.Resource {
	return d.installation().License(agentdoc.Licensed{
		Standing: plaza.Standing{License: d.License, Terms: &d.terms, Machines: d.machines}, Key: d.key,
		Build: d.Build, Checked: d.Validated.At, CheckedOut: d.CheckedOut,
	}, d.now)
}

func (d draft) entitlements() []agentdoc.Resource {
	all := []agentdoc.Resource{}
	for _, m := range d.terms.Modules {
		all = append(all, d.installation().Entitlement(m))
	}
	return all
}

// fileName returns what a file of a ConnectAgent is called where it is kept.
func fileName(agent, kind string) string {
	if name := plaza.Slug(agent); name != "" {
		return name + "-" + kind + ".lic"
	}
	return kind + ".lic"
}
