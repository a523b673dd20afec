package app

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/licensekey"
	"github.com/connectplaza/plaza/internal/store"
)

// Wire is what the agents' API calls the installation: one account with one
// product (agent API 1.1).
type Wire struct {
	Account     string // its ID
	Slug        string // the other name by which addresses call it
	Product     string // ID of ConnectAgent
	ProductName string
	Created     time.Time
}

// keyring is the signing keys, of which one signs.
type keyring struct {
	wire Wire
	keys []ownKey // the one that signs last first
}

type ownKey struct {
	plaza.SigningKey

	private ed25519.PrivateKey
}

// present returns which key signs at now: the newest whose time has come.
func (k keyring) present(now time.Time) int {
	for i, key := range k.keys {
		if !key.Signs.After(now) {
			return i
		}
	}
	return len(k.keys) - 1
}

// at returns the key that signs at now.
func (k keyring) at(now time.Time) ownKey { return k.keys[k.present(now)] }

// public returns the public keys that sign at now, first, or later; and those that
// signed before.
func (k keyring) public(now time.Time) (signing, former []string) {
	for i, key := range k.keys {
		if i > k.present(now) {
			former = append(former, key.String())
		} else {
			signing = append(signing, key.String())
		}
	}
	slices.Reverse(signing)
	return signing, former
}

// settings that name the installation on the agents' wire.
const (
	accountID   = "account_id"
	accountSlug = "account_slug"
	productID   = "product_id"
	accountMade = "account_made"
)

const productName = "ConnectAgent"

// loadKeyring returns the signing keys. It finds none only in an installation that
// has not signed anything yet: then NotFound.
func (a *App) loadKeyring(ctx context.Context, tx *store.Tx) (k keyring, err error) {
	all, err := tx.SigningKeys(ctx)
	if err != nil {
		return k, err
	}
	if len(all) == 0 {
		return k, plaza.Errorf(plaza.NotFound, "error.not_found")
	}
	for _, sealed := range all {
		seed, err := a.box.Open(sealed.Sealed, signingContext(sealed.ID))
		if err != nil {
			return k, fmt.Errorf("open signing key %s: %w", sealed.ID, err)
		}
		k.keys = append(k.keys, ownKey{sealed.SigningKey, ed25519.NewKeyFromSeed(seed)})
	}
	k.wire.ProductName = productName
	var made string
	for name, value := range map[string]*string{accountID: &k.wire.Account, accountSlug: &k.wire.Slug, productID: &k.wire.Product, accountMade: &made} {
		if *value, err = tx.Setting(ctx, name); err != nil {
			return k, err
		}
	}
	k.wire.Created, err = time.Parse(time.RFC3339Nano, made)
	return k, err
}

// keyring returns the signing keys, and makes the first one if there is none.
func (a *App) keyring(ctx context.Context, tx *store.Tx) (keyring, error) {
	k, err := a.loadKeyring(ctx, tx)
	if err == nil || plaza.KindOf(err) != plaza.NotFound {
		return k, err
	}
	if err := tx.HoldSigningKeys(ctx); err != nil {
		return k, err
	}
	if k, err = a.loadKeyring(ctx, tx); err == nil || plaza.KindOf(err) != plaza.NotFound {
		return k, err // somebody else was faster
	}
	slug, err := a.slug(ctx, tx)
	if err != nil {
		return k, err
	}
	for name, value := range map[string]string{
		accountID: newID(), accountSlug: slug, productID: newID(), accountMade: a.now().Format(time.RFC3339Nano),
	} {
		if err := tx.PutSetting(ctx, name, value); err != nil {
			return k, err
		}
	}
	if _, err := a.newSigningKey(ctx, tx, a.now()); err != nil {
		return k, err
	}
	return a.loadKeyring(ctx, tx)
}

// slug returns the vendor's name as an address can hold it.
func (a *App) slug(ctx context.Context, tx *store.Tx) (string, error) {
	vendor, err := tx.Vendor(ctx)
	if err != nil {
		return "", err
	}
	p, err := tx.Profile(ctx, plaza.Everyone("the account is called as the vendor is"), vendor)
	if err != nil {
		return "", err
	}
	slug := plaza.Slug(p.Name)
	if _, err := uuid.Parse(slug); err == nil || slug == "" {
		slug = "account"
	}
	return slug, nil
}

func (a *App) newSigningKey(ctx context.Context, tx *store.Tx, signs time.Time) (plaza.SigningKey, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return plaza.SigningKey{}, err
	}
	k := plaza.SigningKey{ID: newID(), Public: public, Created: a.now(), Signs: signs}
	return k, tx.InsertSigningKey(ctx, store.SigningKey{SigningKey: k, Sealed: a.box.Seal(private.Seed(), signingContext(k.ID))})
}

func signingContext(id string) string { return "signing key " + id }

// SigningKeys returns what agents need to know of the signing keys, the one that
// signs last first; none before the first license for a ConnectAgent was issued.
// Everybody with the dashboard may.
func (a *App) SigningKeys(ctx context.Context, actor plaza.Actor) (wire Wire, keys []plaza.SigningKey, err error) {
	err = a.see(ctx, actor, plaza.KeyRead, "", func(tx *store.Tx) error {
		k, err := a.loadKeyring(ctx, tx)
		if err != nil && plaza.KindOf(err) == plaza.NotFound {
			return nil
		}
		wire = k.wire
		for _, key := range k.keys {
			keys = append(keys, key.SigningKey)
		}
		return err
	})
	return wire, keys, err
}

// RotateSigningKey makes another signing key, which signs from a time on, at once
// if that is zero: until then agents can be given it, and what the present one
// signed stays good. Owners
// and administrators of the vendor may. Kinds: Invalid if that time is past.
func (a *App) RotateSigningKey(ctx context.Context, actor plaza.Actor, signs time.Time) (k plaza.SigningKey, err error) {
	event := plaza.AuditEvent{Verb: plaza.KeyRotate}
	err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
		if signs.IsZero() {
			signs = a.now()
		}
		if signs.Before(a.now()) {
			return &plaza.Error{
				Kind: plaza.Invalid, Msg: plaza.T("error.invalid"), Fields: map[string]plaza.Text{"signs": plaza.T("problem.past")},
			}
		}
		if _, err := a.keyring(ctx, tx); err != nil {
			return err
		}
		if k, err = a.newSigningKey(ctx, tx, signs); err != nil {
			return err
		}
		e.About(actor.Profile, "key", k.ID, k.String())
		e.Changed("signs", "", date(signs))
		return tx.ChangedLicense(ctx, "", a.now())
	})
	return k, err
}

// termSeconds is how long a plan's month is on the agents' wire: a twelfth of a
// mean year, since a policy counts in seconds.
const termSeconds = 2_629_746

func termOf(months int) time.Duration { return time.Duration(months) * termSeconds * time.Second }

// newKey makes a key for l: a signed one for a ConnectAgent, which proves without a
// server what it is for, a random one for everything else.
func (a *App) newKey(ctx context.Context, tx *store.Tx, l *plaza.License, plan plaza.Plan) (store.LicenseKey, error) {
	key := licensekey.New()
	normal, _ := licensekey.Normal(key)
	if l.Kind == plaza.ConnectAgentLicense {
		ring, err := a.keyring(ctx, tx)
		if err != nil {
			return store.LicenseKey{}, err
		}
		key = licensekey.Sign(ring.at(a.now()).private, licensekey.Dataset{
			Account: ring.wire.Account, Product: ring.wire.Product, Policy: plan.ID, For: termOf(plan.TermMonths),
			License: l.ID, Created: l.Created, Expiry: l.Expiry(),
		})
		normal = key
	}
	l.KeyHint = licensekey.Hint(key)
	return store.LicenseKey{
		Digest: a.box.Digest(keyDigest, normal), Sealed: a.box.Seal([]byte(key), keyContext(l.Profile, l.ID)), Hint: l.KeyHint,
	}, nil
}

// keyDigest is what a license is found by.
const keyDigest = "license key"

// openKey returns the key of a license that was sealed.
func (a *App) openKey(l plaza.License, sealed []byte) (string, error) {
	plain, err := a.box.Open(sealed, keyContext(l.Profile, l.ID))
	if err != nil {
		err = errors.Join(fmt.Errorf("open key of license %s", l.ID), err)
	}
	return string(plain), err
}
