package app

import (
	"context"
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/licensekey"
	"github.com/connectplaza/plaza/internal/store"
)

// partSize is how much of a file is written in one transaction.
const partSize = 1 << 20

// UploadArtifact keeps a build of a draft, whose file content is. It must be signed
// with the publisher's key. A file that was not sent to its end leaves nothing; a
// second one for the same platform that is begun meanwhile takes its place. Owners
// and administrators of the vendor may, and the command line. Kinds: NotFound,
// Invalid, Conflict if the release is no draft or has that build.
func (a *App) UploadArtifact(ctx context.Context, actor plaza.Actor, release string, in plaza.NewArtifact, content io.Reader) (one plaza.Artifact, err error) {
	event := plaza.AuditEvent{Verb: plaza.ReleaseUpload, ObjectKind: "release", Object: release}
	if err := a.may(ctx, actor, event.Verb); err != nil {
		return one, err
	}
	in = in.Clean()
	if one, err = a.beginUpload(ctx, actor, release, in); err != nil {
		return plaza.Artifact{}, a.refused(ctx, actor, event, err)
	}
	if one.Checksum, one.Size, err = a.receive(ctx, one.ID, content); err == nil {
		err = a.do(ctx, actor, event, func(tx *store.Tx, e *plaza.AuditEvent) error {
			return a.finishUpload(ctx, tx, actor, e, &one, in.Checksum)
		})
	}
	if err != nil {
		gone := context.WithoutCancel(ctx) // also when whoever sent it is
		dropping := a.db.Tx(gone, func(tx *store.Tx) error { return tx.DropWaiting(gone, one.Release, one.ID) })
		return plaza.Artifact{}, errors.Join(err, dropping)
	}
	return one, nil
}

// beginUpload makes the artifact that a file is for.
func (a *App) beginUpload(ctx context.Context, actor plaza.Actor, release string, in plaza.NewArtifact) (one plaza.Artifact, err error) {
	err = a.db.Tx(ctx, func(tx *store.Tx) error {
		if err := a.stands(ctx, tx, actor); err != nil {
			return err
		}
		var e plaza.AuditEvent
		r, err := a.heldRelease(ctx, tx, actor, &e, release, plaza.ReleaseDraft)
		if err != nil {
			return err
		}
		if err := in.Validate(); err != nil {
			return err
		}
		one = plaza.Artifact{
			ID: newID(), Release: r.ID, Filename: in.Filename, Filetype: in.Filetype, Platform: in.Platform, Arch: in.Arch,
			Status: plaza.ArtifactWaiting, Signature: in.Signature, Created: a.now(), Updated: a.now(),
		}
		if err := a.makeRoom(ctx, tx, one); err != nil {
			return err
		}
		return tx.InsertArtifact(ctx, one)
	})
	return one, err
}

// makeRoom removes what somebody began to upload in the place of one.
func (*App) makeRoom(ctx context.Context, tx *store.Tx, one plaza.Artifact) error {
	all, err := tx.Artifacts(ctx, one.Release)
	if err != nil {
		return err
	}
	for _, other := range all {
		if other.Target() != one.Target() && other.Filename != one.Filename {
			continue
		}
		if other.Status == plaza.ArtifactUploaded {
			return plaza.Errorf(plaza.Conflict, "release.artifact_there", "File", other.Filename)
		}
		if err := tx.DropWaiting(ctx, other.Release, other.ID); err != nil {
			return err
		}
	}
	return nil
}

// receive keeps what r has, part by part. It returns the checksum and the size.
// Kinds: Invalid if it is nothing or too much, NotFound if nobody waits for it any
// more.
func (a *App) receive(ctx context.Context, id string, r io.Reader) (checksum string, size int64, err error) {
	hash, part := sha512.New(), make([]byte, partSize)
	for number := int64(0); ; number++ {
		n, broken := io.ReadFull(r, part)
		ended := errors.Is(broken, io.EOF) || errors.Is(broken, io.ErrUnexpectedEOF)
		if broken != nil && !ended {
			return "", size, broken
		}
		if size += int64(n); size > a.artifact || ended && size == 0 {
			return "", size, fileProblem("problem.file_size", "Megabytes", a.artifact>>20) //nolint:mnd // bits of a mebibyte
		}
		hash.Write(part[:n])
		if n > 0 {
			if err := a.db.Tx(ctx, func(tx *store.Tx) error { return tx.PutArtifactPart(ctx, id, number, part[:n]) }); err != nil {
				return "", size, err
			}
		}
		if ended {
			return base64.RawStdEncoding.EncodeToString(hash.Sum(nil)), size, nil
		}
	}
}

func fileProblem(key string, args ...any) error {
	return &plaza.Error{Kind: plaza.Invalid, Msg: plaza.T("error.invalid"), Fields: map[string]plaza.Text{"file": plaza.T(key, args...)}}
}

// finishUpload notes that the file of one is there, if it is the one that was
// meant and signed.
func (a *App) finishUpload(ctx context.Context, tx *store.Tx, actor plaza.Actor, e *plaza.AuditEvent, one *plaza.Artifact, checksum string) error {
	if _, err := a.heldRelease(ctx, tx, actor, e, one.Release, plaza.ReleaseDraft); err != nil {
		return err
	}
	if checksum != "" && checksum != one.Checksum {
		return &plaza.Error{Kind: plaza.Invalid, Msg: plaza.T("error.invalid"), Fields: map[string]plaza.Text{"checksum": plaza.T("problem.checksum_other")}}
	}
	trusted, err := a.releasing(ctx, tx)
	if err != nil {
		return err
	}
	if err := verified(trusted, *one); err != nil {
		return err
	}
	one.Status, one.Updated = plaza.ArtifactUploaded, a.now()
	e.Changed("artifact", "", one.Filename)
	e.Changed("checksum", "", one.Checksum)
	return tx.FinishArtifact(ctx, *one)
}

// verified returns an error unless one is signed with the publisher's key.
func verified(trusted plaza.Releasing, one plaza.Artifact) error {
	if trusted.Key == "" {
		return plaza.Errorf(plaza.Conflict, "release.no_key")
	}
	public, err := hex.DecodeString(trusted.Key)
	if err != nil {
		return err
	}
	var digest [sha512.Size]byte
	sum, err := base64.RawStdEncoding.DecodeString(one.Checksum)
	if err != nil {
		return err
	}
	copy(digest[:], sum)
	if licensekey.VerifyArtifact(ed25519.PublicKey(public), trusted.Product, digest, one.Signature) != nil {
		return &plaza.Error{Kind: plaza.Invalid, Msg: plaza.T("error.invalid"), Fields: map[string]plaza.Text{"signature": plaza.T("problem.signature_other")}}
	}
	return nil
}

// newestBuild returns the newest stable build for a platform, as linux/amd64, that
// the license in s may use where another version ran before; not ok if there is none.
func newestBuild(ctx context.Context, tx *store.Tx, s plaza.Standing, ran, platform string) (build plaza.Artifact, ok bool, err error) {
	all, err := tx.Releases(ctx)
	if err != nil {
		return build, false, err
	}
	var newest plaza.Version
	for _, r := range all {
		v, known := plaza.ParseVersion(r.Version)
		if !known || !s.MayInstall(r, ran) || ok && v.Compare(newest) <= 0 {
			continue
		}
		builds, err := tx.Artifacts(ctx, r.ID)
		if err != nil {
			return build, false, err
		}
		for _, one := range builds {
			if one.Target() == platform && one.Status == plaza.ArtifactUploaded {
				build, ok, newest = one, true, v
			}
		}
	}
	return build, ok, nil
}
