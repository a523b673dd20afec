package app

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// Releases returns the versions of the ConnectAgent, the newest first. Everybody
// with the dashboard may, and sees those that are published; who can publish sees
// all.
func (a *App) Releases(ctx context.Context, actor plaza.Actor) (all []plaza.Release, err error) {
	err = a.see(ctx, actor, plaza.ReleaseRead, "", func(tx *store.Tx) error {
		all, err = tx.Releases(ctx)
		all = slices.DeleteFunc(all, func(r plaza.Release) bool { return !shows(actor, r) })
		return err
	})
	return all, err
}

// shows reports whether actor may know of r.
func shows(actor plaza.Actor, r plaza.Release) bool {
	return r.Status == plaza.ReleasePublished || actor.Can(plaza.ReleasePublish)
}

// Release returns one version with its builds; its ID or the version is named.
// Everybody with the dashboard may, see [App.Releases]. Kinds: NotFound.
func (a *App) Release(ctx context.Context, actor plaza.Actor, idOrVersion string) (r plaza.Release, artifacts []plaza.Artifact, err error) {
	err = a.see(ctx, actor, plaza.ReleaseRead, idOrVersion, func(tx *store.Tx) error {
		if r, err = tx.Release(ctx, idOrVersion); err != nil {
			return err
		}
		if !shows(actor, r) {
			r = plaza.Release{}
			return plaza.Errorf(plaza.NotFound, "error.not_found")
		}
		artifacts, err = tx.Artifacts(ctx, r.ID)
		return err
	})
	return r, artifacts, err
}

// CreateRelease makes a draft of a version. Owners and administrators of the
// vendor may, and the command line. Kinds: Invalid, also if there is that version.
func (a *App) CreateRelease(ctx context.Context, actor plaza.Actor, in plaza.NewRelease) (r plaza.Release, err error) {
	event := plaza.AuditEvent{Verb: plaza.ReleaseCreate}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		in = in.Clean()
		if err := in.Validate(a.now()); err != nil {
			return err
		}
		r = plaza.Release{
			ID: newID(), Version: in.Version, Channel: in.Channel, Status: plaza.ReleaseDraft, Name: in.Name, Description: in.Description,
			Tag: in.Tag, Requires: in.Requires, Modules: in.Modules, Backdated: exact(in.Backdated), Created: a.now(), Updated: a.now(),
		}
		e.Changed("version", "", r.Version)
		e.Changed("channel", "", string(r.Channel))
		if err := a.aboutRelease(ctx, tx, actor, e, r); err != nil {
			return err
		}
		return tx.InsertRelease(ctx, r)
	})
	if err != nil && plaza.KindOf(err) == plaza.Conflict {
		err = &plaza.Error{Kind: plaza.Invalid, Msg: plaza.T("error.invalid"), Fields: map[string]plaza.Text{"version": plaza.T("problem.version_taken")}}
	}
	return r, err
}

// aboutRelease says that e is about r, in the vendor's profile.
func (a *App) aboutRelease(ctx context.Context, tx *store.Tx, actor plaza.Actor, e *plaza.AuditEvent, r plaza.Release) error {
	vendor, err := vendorOf(ctx, tx, actor)
	e.About(vendor, "release", r.ID, r.Name)
	return err
}

// vendorOf returns the vendor's profile, which is actor's unless that is one of
// Plaza's own.
func vendorOf(ctx context.Context, tx *store.Tx, actor plaza.Actor) (string, error) {
	if actor.Profile != "" {
		return actor.Profile, nil
	}
	return tx.Vendor(ctx)
}

// PublishRelease lets agents have a draft: from then on it never changes. What has
// not been uploaded by then is not part of it. Owners and administrators of the
// vendor may, and the command line. Kinds: NotFound, Conflict if it is no draft, has
// no build, or one that is not signed with the present key.
func (a *App) PublishRelease(ctx context.Context, actor plaza.Actor, id string) error {
	event := plaza.AuditEvent{Verb: plaza.ReleasePublish, ObjectKind: "release", Object: id}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		r, err := a.heldRelease(ctx, tx, actor, e, id, plaza.ReleaseDraft)
		if err != nil {
			return err
		}
		if err := tx.DropWaiting(ctx, r.ID, ""); err != nil {
			return err
		}
		all, err := tx.Artifacts(ctx, r.ID)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return plaza.Errorf(plaza.Conflict, "release.no_artifact")
		}
		trusted, err := a.releasing(ctx, tx)
		if err != nil {
			return err
		}
		for _, one := range all {
			if verified(trusted, one) != nil {
				return plaza.Errorf(plaza.Conflict, "release.not_signed", "File", one.Filename)
			}
		}
		r.Status = plaza.ReleasePublished
		return tx.SetReleaseStatus(ctx, r, a.now())
	})
}

// heldRelease returns a release that has come so far and stays as it is until tx
// ends. Kinds: NotFound, Conflict.
func (a *App) heldRelease(ctx context.Context, tx *store.Tx, actor plaza.Actor, e *plaza.AuditEvent, id string, status plaza.ReleaseStatus) (plaza.Release, error) {
	r, err := tx.HoldRelease(ctx, id)
	if err != nil {
		return r, err
	}
	if r.Status != status {
		return r, plaza.Errorf(plaza.Conflict, "release.wrong_status", "Status", r.Status.Text())
	}
	return r, a.aboutRelease(ctx, tx, actor, e, r)
}

// YankRelease takes a published version back: agents are not offered it any more.
// Owners and administrators of the vendor may, and the command line. Kinds:
// NotFound, Invalid, Conflict if it is not published.
func (a *App) YankRelease(ctx context.Context, actor plaza.Actor, id, reason string) error {
	reason = strings.TrimSpace(reason)
	event := plaza.AuditEvent{Verb: plaza.ReleaseYank, ObjectKind: "release", Object: id, Reason: reason}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		r, err := a.heldRelease(ctx, tx, actor, e, id, plaza.ReleasePublished)
		if err != nil {
			return err
		}
		if err := plaza.CheckReason("reason", reason, plaza.MinReason); err != nil {
			return err
		}
		r.Status, r.Yanked, r.YankReason = plaza.ReleaseYanked, a.now(), reason
		return tx.SetReleaseStatus(ctx, r, a.now())
	})
}

// publisherKey is the setting with the key that artifacts are signed with.
const publisherKey = "publisher_key"

// Releasing returns what publishing rests on. Everybody with the dashboard may: none
// of it is secret.
func (a *App) Releasing(ctx context.Context, actor plaza.Actor) (r plaza.Releasing, err error) {
	err = a.see(ctx, actor, plaza.ReleaseRead, "", func(tx *store.Tx) error {
		r, err = a.releasing(ctx, tx)
		return err
	})
	return r, err
}

func (*App) releasing(ctx context.Context, tx *store.Tx) (r plaza.Releasing, err error) {
	if r.Key, err = tx.Setting(ctx, publisherKey); err != nil {
		return r, err
	}
	r.Product, err = tx.Setting(ctx, productID)
	return r, err
}

// SetPublisherKey says by which key, 64 hexadecimal characters, builds are signed
// from now on. Owners and administrators of the vendor may, and the command line.
// Kinds: Invalid, also for a key that signs licenses: who has one of the two must
// not have the other.
func (a *App) SetPublisherKey(ctx context.Context, actor plaza.Actor, key string) error {
	event := plaza.AuditEvent{Verb: plaza.PublisherKey}
	return a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		ring, err := a.keyring(ctx, tx) // it names the product, which signatures are for
		if err != nil {
			return err
		}
		public, err := checkPublisherKey(key, ring)
		if err != nil {
			return err
		}
		before, err := tx.Setting(ctx, publisherKey)
		if err != nil {
			return err
		}
		vendor, err := vendorOf(ctx, tx, actor)
		if err != nil {
			return err
		}
		e.About(vendor, "key", ring.wire.Product, hex.EncodeToString(public))
		e.Changed("publisher_key", before, hex.EncodeToString(public))
		return tx.PutSetting(ctx, publisherKey, hex.EncodeToString(public))
	})
}

func checkPublisherKey(key string, ring keyring) (ed25519.PublicKey, error) {
	public, err := hex.DecodeString(strings.TrimSpace(key))
	problem := "problem.publisher_key"
	if err == nil && len(public) == ed25519.PublicKeySize {
		problem = ""
	}
	for _, own := range ring.keys {
		if slices.Equal(own.Public, public) {
			problem = "problem.publisher_key_signs"
		}
	}
	if problem != "" {
		return nil, &plaza.Error{Kind: plaza.Invalid, Msg: plaza.T("error.invalid"), Fields: map[string]plaza.Text{"key": plaza.T(problem)}}
	}
	return public, nil
}

// offered returns the release that agent, which is in scope, is offered from the
// version that it last said it is; nil if there is none.
func offered(ctx context.Context, tx *store.Tx, scope plaza.Scope, agent plaza.ConnectAgent) (*plaza.Release, error) {
	l, err := tx.FleetLicenseByID(ctx, scope, agent.License.ID)
	if err != nil {
		return nil, err
	}
	terms, err := plaza.ParseTerms(l.Terms)
	if err != nil {
		return nil, err
	}
	all, err := tx.Releases(ctx)
	if err != nil {
		return nil, err
	}
	s := plaza.Standing{License: l.License, Terms: &terms}
	next, _, none := s.Upgrade(plaza.UpgradeQuery{Current: cmp.Or(agent.Build, l.Build)}, all)
	if none != nil {
		return nil, nil //nolint:nilerr,nilnil // there is none
	}
	if !slices.Contains(plaza.AgentPlatforms(), plaza.AgentPlatform(agent.Platform)) {
		return &next, nil // it did not say what it runs on
	}
	builds, err := tx.Artifacts(ctx, next.ID)
	if err != nil || !slices.ContainsFunc(builds, func(one plaza.Artifact) bool { return one.Target() == agent.Platform }) {
		return nil, err
	}
	return &next, nil
}
