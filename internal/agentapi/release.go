package agentapi

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/semver"
)

// Release is a version of the ConnectAgent.
type Release struct {
	ID           string
	Version      string // SemVer 2
	Name         string
	Description  string
	Channel      Channel
	Status       string // PUBLISHED, or else nobody gets it
	Tag          string
	Metadata     string   // a JSON object; empty for {}
	Requires     string   // the version that is needed to come from; empty: any
	Entitlements []string // all of which a license needs
	Created      time.Time
	Updated      time.Time
	Backdated    time.Time // zero: it is as old as it looks
	Yanked       time.Time // zero: it is not
}

// Artifact is a build of a release for one platform.
type Artifact struct {
	ID        string
	Release   string
	Name      string // of the file
	Type      string
	Size      int64
	Platform  string
	Arch      string
	Status    string // UPLOADED, or else nobody gets it
	Metadata  string
	Checksum  string
	Signature string
	Created   time.Time
	Updated   time.Time
}

func showRelease(ctx context.Context, e *exchange) error {
	if e.api.Catalogue == nil {
		return notFound()
	}
	r, err := e.api.Catalogue.Release(ctx, e.bearer, e.params[0])
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
	if q.Has("product") && q.Get("product") != e.wire.Product || q.Get("package") != "" || e.api.Catalogue == nil {
		return notFound()
	}
	current, next, err := e.api.Catalogue.Upgrade(ctx, e.bearer, Upgrade{
		From: e.params[0], Channel: Channel(q.Get("channel")), Constraint: q.Get("constraint"),
	})
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
	if e.api.Catalogue == nil {
		return notFound()
	}
	all, err := e.api.Catalogue.Artifacts(ctx, e.bearer, e.params[0])
	if err != nil {
		return err
	}
	asked := func(name, value string) bool { return p.query.Get(name) == "" || p.query.Get(name) == value }
	var some []Artifact
	for _, a := range all {
		if asked("platform", a.Platform) && asked("arch", a.Arch) && asked("filetype", a.Type) {
			some = append(some, a)
		}
	}
	list(e, p, some, e.artifact)
	return nil
}

// fetchArtifact sends the client to where the file is, which needs no credential.
func fetchArtifact(ctx context.Context, e *exchange) error {
	if e.api.Catalogue == nil {
		return notFound()
	}
	a, address, err := e.api.Catalogue.Artifact(ctx, e.bearer, e.params[0], e.params[1])
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
func (e *exchange) release(r *Release) {
	p := &e.pen
	p.resource("releases", r.ID)
	p.textOrNull("name", r.Name)
	p.textOrNull("description", r.Description)
	p.text("version", r.Version)
	p.semver(r.Version)
	p.text("channel", string(r.Channel))
	p.text("status", r.Status)
	p.textOrNull("tag", r.Tag)
	p.metadata(r.Metadata)
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
func (e *exchange) artifact(a *Artifact) {
	p := &e.pen
	p.resource("artifacts", a.ID)
	p.text("filename", a.Name)
	p.textOrNull("filetype", a.Type)
	p.number("filesize", a.Size)
	p.textOrNull("platform", a.Platform)
	p.textOrNull("arch", a.Arch)
	p.text("status", a.Status)
	p.metadata(a.Metadata)
	p.textOrNull("checksum", a.Checksum)
	p.textOrNull("signature", a.Signature)
	p.stamps(a.Created, a.Updated)
	p.relationships()
	p.one("account", "accounts", e.wire.Account)
	p.one("release", "releases", a.Release)
	p.endResource()
}
