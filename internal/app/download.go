package app

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"io"
	"net/url"
	"strconv"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/store"
)

// downloadFor is how long the address of a file is good for, unless it is set.
const downloadFor = 15 * time.Minute

// downloadPath returns where the file of one can be fetched from until a time, by
// whoever knows it. Nothing of that is kept: the address proves itself.
func (a *App) downloadPath(one plaza.Artifact, until time.Time) string {
	expiry := strconv.FormatInt(until.Unix(), 10)
	return "/artifacts/" + one.ID + "/" + expiry + "/" + a.downloadMAC(one.ID, expiry) + "/" + url.PathEscape(one.Filename)
}

func (a *App) downloadMAC(id, expiry string) string {
	return base64.RawURLEncoding.EncodeToString(a.box.Digest("artifact", id+" "+expiry))
}

// Download returns a file and what it is, for who brings the address that a
// [Fleet.Artifact] gave out. The content is read while ctx lasts. Kinds: NotFound,
// also once the address is too old, or the release was taken back.
func (g *Gate) Download(ctx context.Context, id, expiry, mac string) (one plaza.Artifact, content io.ReadSeeker, err error) {
	nothing := plaza.Errorf(plaza.NotFound, "error.not_found")
	until, unread := strconv.ParseInt(expiry, 10, 64)
	if subtle.ConstantTimeCompare([]byte(mac), []byte(g.app.downloadMAC(id, expiry))) != 1 || unread != nil || g.app.now().Unix() >= until {
		return one, nil, nothing
	}
	err = g.app.db.Read(ctx, func(tx *store.Tx) error {
		if one, err = tx.Artifact(ctx, id); err != nil {
			return err
		}
		r, err := tx.Release(ctx, one.Release)
		if err == nil && (r.Status != plaza.ReleasePublished || one.Status != plaza.ArtifactUploaded) {
			err = nothing
		}
		return err
	})
	if err != nil {
		return plaza.Artifact{}, nil, err
	}
	return one, g.app.file(ctx, one), nil
}

// file reads the file of an artifact, a part at a time, only where it is asked for.
type file struct {
	read func(number int64) ([]byte, error)
	size int64
	at   int64

	number int64 // of the part that it has
	part   []byte
}

// file returns the file of one, which can be read while ctx lasts.
func (a *App) file(ctx context.Context, one plaza.Artifact) *file {
	return &file{size: one.Size, number: -1, read: func(number int64) (part []byte, err error) {
		err = a.db.Read(ctx, func(tx *store.Tx) error {
			part, err = tx.ArtifactPart(ctx, one.ID, number)
			return err
		})
		return part, err
	}}
}

// Read implements [io.Reader].
func (f *file) Read(p []byte) (int, error) {
	if f.at >= f.size {
		return 0, io.EOF
	}
	if number := f.at / partSize; number != f.number {
		part, err := f.read(number)
		if err != nil {
			return 0, err
		}
		f.number, f.part = number, part
	}
	in := f.at % partSize
	if in >= int64(len(f.part)) {
		return 0, io.ErrUnexpectedEOF
	}
	n := copy(p, f.part[in:])
	f.at += int64(n)
	return n, nil
}

var errBefore = errors.New("there is nothing before the beginning of a file")

// Seek implements [io.Seeker].
func (f *file) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += f.at
	case io.SeekEnd:
		offset += f.size
	}
	if offset < 0 {
		return 0, errBefore
	}
	f.at = offset
	return offset, nil
}
