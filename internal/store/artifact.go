package store

import (
	"context"

	"github.com/connectplaza/plaza"
)

// InsertArtifact adds a, whose release is held; a second for the same platform, or
// of the same name, is a Conflict.
func (tx *Tx) InsertArtifact(ctx context.Context, a plaza.Artifact) error {
	return tx.must(ctx, `
		INSERT INTO artifacts (id, release_id, filename, filetype, size, platform, arch, status, checksum, signature, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)`,
		a.ID, a.Release, a.Filename, a.Filetype, a.Size, a.Platform, a.Arch, a.Status, a.Checksum, a.Signature, when(a.Created))
}

const artifactColumns = `id, release_id, filename, filetype, size, platform, arch, status, checksum, signature, created_at, updated_at`

func scanArtifact(row scanner) (a plaza.Artifact, err error) {
	err = row.Scan(&a.ID, &a.Release, &a.Filename, &a.Filetype, &a.Size, &a.Platform, &a.Arch, &a.Status, &a.Checksum, &a.Signature,
		at(&a.Created), at(&a.Updated))
	return a, err
}

// Artifacts returns the artifacts of a release, in the order of their platforms.
func (tx *Tx) Artifacts(ctx context.Context, release string) ([]plaza.Artifact, error) {
	return collect(ctx, tx, scanArtifact, `SELECT `+artifactColumns+` FROM artifacts WHERE release_id = $1 ORDER BY platform, arch`, release)
}

// Artifact returns the artifact with an ID, or NotFound.
func (tx *Tx) Artifact(ctx context.Context, id string) (plaza.Artifact, error) {
	return one(ctx, tx, scanArtifact, `SELECT `+artifactColumns+` FROM artifacts WHERE id = $1`, id)
}

// FinishArtifact notes that the file of a, whose release is held, is there.
func (tx *Tx) FinishArtifact(ctx context.Context, a plaza.Artifact) error {
	return tx.found(ctx, `UPDATE artifacts SET status = $1, size = $2, checksum = $3, updated_at = $4 WHERE id = $5`,
		a.Status, a.Size, a.Checksum, when(a.Updated), a.ID)
}

// DropWaiting removes the artifacts of a release, which is held, whose files are
// not there: the one with the given ID, or with none given all. Whoever is still
// sending such a file finds it gone.
func (tx *Tx) DropWaiting(ctx context.Context, release, id string) error {
	const which = ` WHERE release_id = $1 AND status = 'WAITING' AND ($2 = '' OR id = $2)`
	if err := tx.must(ctx, `DELETE FROM artifact_parts WHERE artifact_id IN (SELECT id FROM artifacts`+which+`)`, release, id); err != nil {
		return err
	}
	return tx.must(ctx, `DELETE FROM artifacts`+which, release, id)
}

// PutArtifactPart adds a part of an artifact's file, or returns NotFound if nobody
// waits for it.
func (tx *Tx) PutArtifactPart(ctx context.Context, artifact string, number int64, data []byte) error {
	return tx.must(ctx, `INSERT INTO artifact_parts (artifact_id, number, data) VALUES ($1, $2, $3)`, artifact, number, data)
}

// ArtifactPart returns a part of an artifact's file, or NotFound.
func (tx *Tx) ArtifactPart(ctx context.Context, artifact string, number int64) ([]byte, error) {
	return one(ctx, tx, func(row scanner) (data []byte, err error) {
		err = row.Scan(&data)
		return data, err
	}, `SELECT data FROM artifact_parts WHERE artifact_id = $1 AND number = $2`, artifact, number)
}
