package agentapi

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
)

// Releases is the versions that a fleet knows.
type Releases struct{ Fleet *app.Fleet }

// Release implements catalogue.
func (c Releases) Release(ctx context.Context, b *app.Bearer, idOrVersion string) (Release, error) {
	r, err := c.Fleet.Release(ctx, b, idOrVersion)
	return wireRelease(r), err
}

// Upgrade implements catalogue.
func (c Releases) Upgrade(ctx context.Context, b *app.Bearer, u Upgrade) (string, Release, error) {
	r, current, _, err := c.Fleet.Upgrade(ctx, b, plaza.UpgradeQuery{Current: u.From, Channel: plaza.Channel(u.Channel), Constraint: u.Constraint})
	if refusal, ok := errors.AsType[*plaza.Refusal](err); ok && refusal.Code == "CONSTRAINT_INVALID" {
		err = badParameter(refusal.Code, "constraint", "the beginning of a version, as 5, 5.1 or 5.1.2")
	}
	return current, wireRelease(r), err
}

// Artifacts implements catalogue.
func (c Releases) Artifacts(ctx context.Context, b *app.Bearer, release string) ([]Artifact, error) {
	all, err := c.Fleet.Artifacts(ctx, b, release, plaza.ArtifactFilter{})
	some := make([]Artifact, len(all))
	for i, a := range all {
		some[i] = wireArtifact(a)
	}
	return some, err
}

// Artifact implements catalogue.
func (c Releases) Artifact(ctx context.Context, b *app.Bearer, release, idOrName string) (Artifact, string, error) {
	a, address, err := c.Fleet.Artifact(ctx, b, release, idOrName)
	return wireArtifact(a), address, err
}

func wireRelease(r plaza.Release) Release {
	w := Release{
		ID: r.ID, Version: r.Version, Name: r.Name, Description: r.Description, Channel: Channel(r.Channel), Status: string(r.Status), Tag: r.Tag,
		Requires: r.Requires, Created: r.Created, Updated: r.Updated, Backdated: r.Backdated, Yanked: r.Yanked,
	}
	for _, m := range r.Modules {
		w.Entitlements = append(w.Entitlements, string(m))
	}
	if r.Requires != "" {
		b, _ := json.Marshal(map[string]string{"requiresVersion": r.Requires}) // texts always can
		w.Metadata = string(b)
	}
	return w
}

func wireArtifact(a plaza.Artifact) Artifact {
	return Artifact{
		ID: a.ID, Release: a.Release, Name: a.Filename, Type: a.Filetype, Size: a.Size, Platform: a.Platform, Arch: a.Arch, Status: string(a.Status),
		Checksum: a.Checksum, Signature: a.Signature, Created: a.Created, Updated: a.Updated,
	}
}
