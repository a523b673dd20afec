package app

import (
	"context"
	"slices"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// Release returns the release that a path names by its ID or version, if b's
// license may use it. Kinds: NotFound.
func (f *Fleet) Release(ctx context.Context, b *Bearer, idOrVersion string) (r plaza.Release, err error) {
	err = f.app.db.Read(ctx, func(tx *store.Tx) error {
		r, err = usable(ctx, tx, b, idOrVersion)
		return err
	})
	return r, err
}

func usable(ctx context.Context, tx *store.Tx, b *Bearer, idOrVersion string) (plaza.Release, error) {
	r, err := tx.Release(ctx, idOrVersion)
	if err != nil && plaza.KindOf(err) == plaza.NotFound || err == nil && !b.Standing.MayUse(r) {
		return plaza.Release{}, errNothing()
	}
	return r, err
}

// Upgrade returns the release that b's license is offered, the version that it comes
// from and that of the release (agent API 9.1). Kinds: NotFound if there is nothing
// newer, Invalid for a constraint that cannot be read.
func (f *Fleet) Upgrade(ctx context.Context, b *Bearer, q plaza.UpgradeQuery) (r plaza.Release, current, next string, err error) {
	err = f.app.db.Read(ctx, func(tx *store.Tx) error {
		all, err := tx.Releases(ctx)
		if err == nil {
			r, current, err = b.Standing.Upgrade(q, all)
		}
		return err
	})
	return r, current, r.Version, err
}

// Artifacts returns the builds that a release has of those that filter chooses.
// Kinds: NotFound.
func (f *Fleet) Artifacts(ctx context.Context, b *Bearer, release string, filter plaza.ArtifactFilter) (all []plaza.Artifact, err error) {
	err = f.app.db.Read(ctx, func(tx *store.Tx) error {
		r, err := usable(ctx, tx, b, release)
		if err != nil {
			return err
		}
		all, err = tx.Artifacts(ctx, r.ID)
		all = slices.DeleteFunc(all, func(a plaza.Artifact) bool { return a.Status != plaza.ArtifactUploaded || !filter.Chooses(a) })
		return err
	})
	return all, err
}

// Artifact returns one build of a release, by its ID or the name of its file, and
// the address that it can be fetched from for a while without any credential.
// Kinds: NotFound.
func (f *Fleet) Artifact(ctx context.Context, b *Bearer, release, idOrName string) (one plaza.Artifact, address string, err error) {
	all, err := f.Artifacts(ctx, b, release, plaza.ArtifactFilter{})
	if err != nil {
		return one, "", err
	}
	i := slices.IndexFunc(all, func(a plaza.Artifact) bool { return a.ID == idOrName || a.Filename == idOrName })
	if i < 0 {
		return one, "", errNothing()
	}
	return all[i], f.app.url + f.app.downloadPath(all[i], f.app.now().Add(f.app.download)), nil
}

// builds looks for the releases that a check names, and returns the version that
// whoever asks says it is; empty if it says nothing that is known.
func builds(ctx context.Context, tx *store.Tx, s *plaza.Standing, scope plaza.CheckScope) (version string, err error) {
	if scope.Checksum.Is {
		all, err := tx.ReleasesOf(ctx, scope.Checksum.Value)
		if err != nil {
			return "", err
		}
		for _, r := range all {
			if s.MayUse(r) {
				s.HasBuild, version = true, r.Version
			}
		}
	}
	if scope.Version.Is {
		r, err := tx.Release(ctx, scope.Version.Value)
		switch {
		case err == nil && r.Version == scope.Version.Value && s.MayUse(r):
			s.HasVer, version = true, r.Version
		case err != nil && plaza.KindOf(err) != plaza.NotFound:
			return "", err
		}
	}
	return version, nil
}

// runs notes that b said it is a version, if that is another than before.
func (f *Fleet) runs(ctx context.Context, b *Bearer, version string) error {
	if version == "" || version == b.Build {
		return nil
	}
	b.Build = version
	return f.app.db.Tx(ctx, func(tx *store.Tx) error {
		return tx.SetBuild(ctx, b.Actor.Scope(), b.Standing.License.ID, version, f.app.now())
	})
}
