package store

import (
	"context"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
)

// InsertRelease adds r; a second of the same version is a Conflict.
func (tx *Tx) InsertRelease(ctx context.Context, r plaza.Release) error {
	return tx.must(ctx, `
		INSERT INTO releases (id, version, channel, status, name, description, tag, requires_version, modules, backdated_at,
			yank_reason, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', $11, $11)`,
		r.ID, r.Version, r.Channel, r.Status, r.Name, r.Description, r.Tag, r.Requires, joinModules(r.Modules), when(r.Backdated), when(r.Created))
}

func joinModules(all []plaza.Module) string {
	words := make([]string, len(all))
	for i, m := range all {
		words[i] = string(m)
	}
	return strings.Join(words, " ")
}

const releaseColumns = `r.id, r.version, r.channel, r.status, r.name, r.description, r.tag, r.requires_version, r.modules,
	r.backdated_at, r.yanked_at, r.yank_reason, r.created_at, r.updated_at`

func scanRelease(row scanner) (r plaza.Release, err error) {
	var modules string
	err = row.Scan(&r.ID, &r.Version, &r.Channel, &r.Status, &r.Name, &r.Description, &r.Tag, &r.Requires, &modules,
		at(&r.Backdated), at(&r.Yanked), &r.YankReason, at(&r.Created), at(&r.Updated))
	for word := range strings.FieldsSeq(modules) {
		r.Modules = append(r.Modules, plaza.Module(word))
	}
	return r, err
}

// Releases returns the whole catalogue, the newest first. It belongs to no
// profile, as the plans.
func (tx *Tx) Releases(ctx context.Context) ([]plaza.Release, error) {
	return collect(ctx, tx, scanRelease, `SELECT `+releaseColumns+` FROM releases r ORDER BY r.created_at DESC, r.id DESC`)
}

// Release returns the release with an ID or else a version, or NotFound.
func (tx *Tx) Release(ctx context.Context, idOrVersion string) (plaza.Release, error) {
	return one(ctx, tx, scanRelease, `SELECT `+releaseColumns+` FROM releases r WHERE r.id = $1 OR r.version = $1`, idOrVersion)
}

// ReleasesOf returns the releases that have an artifact with a checksum.
func (tx *Tx) ReleasesOf(ctx context.Context, checksum string) ([]plaza.Release, error) {
	return collect(ctx, tx, scanRelease, `
		SELECT `+releaseColumns+` FROM releases r JOIN artifacts a ON a.release_id = r.id
		WHERE a.checksum = $1 AND a.status = 'UPLOADED' ORDER BY r.created_at, r.id`, checksum)
}

// HoldRelease is [Tx.Release] by its ID, for who changes it or what it consists of:
// nobody else does before the transaction ends.
func (tx *Tx) HoldRelease(ctx context.Context, id string) (plaza.Release, error) {
	return one(ctx, tx, scanRelease, `SELECT `+releaseColumns+` FROM releases r WHERE r.id = $1`+tx.forUpdate, id)
}

// SetReleaseStatus writes how far r, which is held, has come.
func (tx *Tx) SetReleaseStatus(ctx context.Context, r plaza.Release, now time.Time) error {
	return tx.found(ctx, `UPDATE releases SET status = $1, yanked_at = $2, yank_reason = $3, updated_at = $4 WHERE id = $5`,
		r.Status, when(r.Yanked), r.YankReason, when(now), r.ID)
}
