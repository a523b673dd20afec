package agentapi

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/mod/semver"

	"github.com/connectplaza/plaza"
)

func showRelease(ctx context.Context, e *exchange) error {
	r, err := e.api.Fleet.Release(ctx, e.bearer, e.params[0])
	if err != nil {
		return err
	}
	e.pen.data()
	e.release(&r)
	e.pen.close()
	return nil
}

func upgrade(ctx context.Context, e *exchange) error {
	q, err := parseQuery(e.query)
	if err != nil {
		return err
	}
	if q.Has("product") && q.Get("product") != e.wire.Product || q.Get("package") != "" {
		return notFound()
	}
	next, current, _, err := e.api.Fleet.Upgrade(ctx, e.bearer, plaza.UpgradeQuery{
		Current: e.params[0], Channel: plaza.Channel(q.Get("channel")), Constraint: q.Get("constraint"),
	})
	if refusal, ok := errors.AsType[*plaza.Refusal](err); ok && refusal.Code == "CONSTRAINT_INVALID" {
		return badParameter(refusal.Code, "constraint", "the beginning of a version, as 5, 5.1 or 5.1.2")
	}
	if err != nil {
		return err
	}
	p := &e.pen
	p.data()
	e.release(&next)
	p.object("meta")
	p.text("current", current)
	p.text("next", next.Version)
	p.close()
	p.close()
	return nil
}

func listArtifacts(ctx context.Context, e *exchange) error {
	p, err := e.page()
	if err != nil {
		return err
	}
	filter := plaza.ArtifactFilter{Platform: p.query.Get("platform"), Arch: p.query.Get("arch"), Filetype: p.query.Get("filetype")}
	all, err := e.api.Fleet.Artifacts(ctx, e.bearer, e.params[0], filter)
	if err != nil {
		return err
	}
	list(e, p, all, e.artifact)
	return nil
}

// fetchArtifact sends the client to where the file is, which needs no credential.
func fetchArtifact(ctx context.Context, e *exchange) error {
	a, address, err := e.api.Fleet.Artifact(ctx, e.bearer, e.params[0], e.params[1])
	if err != nil {
		return err
	}
	prefer := e.r.Header.Get("Prefer")
	if e.location = address; strings.Contains(prefer, "no-download") {
		e.location = ""
	} else if !strings.Contains(prefer, "no-redirect") {
		e.status = http.StatusSeeOther
	}
	e.pen.data()
	e.artifact(&a)
	e.pen.close()
	return nil
}

// release writes a release.
func (e *exchange) release(r *plaza.Release) {
	p := &e.pen
	p.resource("releases", r.ID)
	p.textOrNull("name", r.Name)
	p.textOrNull("description", r.Description)
	p.text("version", r.Version)
	p.semver(r.Version)
	p.text("channel", string(r.Channel))
	p.text("status", string(r.Status))
	p.textOrNull("tag", r.Tag)
	p.requires(r.Requires)
	p.time("backdated", r.Backdated)
	p.time("yanked", r.Yanked)
	p.stamps(r.Created, r.Updated)
	p.relationships()
	p.one("account", "accounts", e.wire.Account)
	p.one("product", "products", e.wire.Product)
	p.none("package")
	p.related("artifacts", base+"releases/"+r.ID+"/artifacts")
	p.endResource()
}

// requires writes the metadata of a release: the version that one must have to come
// to it, if it matters.
func (p *pen) requires(version string) {
	p.object("metadata")
	if version != "" {
		p.text("requiresVersion", version)
	}
	p.close()
}

// semver writes a version in its parts.
func (p *pen) semver(version string) {
	core, _, _ := strings.Cut(version, "+")
	core, _, _ = strings.Cut(core, "-")
	parts := strings.Split(core, ".")
	p.object("semver")
	for i, name := range []string{"major", "minor", "patch"} {
		n := int64(0)
		if i < len(parts) {
			n, _ = strconv.ParseInt(parts[i], 10, 64)
		}
		p.number(name, n)
	}
	p.textOrNull("prerelease", strings.TrimPrefix(semver.Prerelease("v"+version), "-"))
	p.textOrNull("build", strings.TrimPrefix(semver.Build("v"+version), "+"))
	p.close()
}

// artifact writes a build. Its checksum and signature are without padding.
func (e *exchange) artifact(a *plaza.Artifact) {
	p := &e.pen
	p.resource("artifacts", a.ID)
	p.text("filename", a.Filename)
	p.textOrNull("filetype", a.Filetype)
	p.number("filesize", a.Size)
	p.textOrNull("platform", a.Platform)
	p.textOrNull("arch", a.Arch)
	p.text("status", string(a.Status))
	p.metadata("")
	p.textOrNull("checksum", a.Checksum)
	p.textOrNull("signature", a.Signature)
	p.stamps(a.Created, a.Updated)
	p.relationships()
	p.one("account", "accounts", e.wire.Account)
	p.one("release", "releases", a.Release)
	p.endResource()
}
