package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/connectplaza/plaza"
)

const releases = Prefix + "/releases"

func (s *API) releaseOperations() {
	op(s, plaza.ReleaseRead, huma.Operation{
		OperationID: "list-releases", Summary: "List releases of ConnectAgent", Method: http.MethodGet, Path: releases,
	}, s.listReleases)
	op(s, plaza.ReleaseCreate, huma.Operation{
		OperationID: "create-release", Summary: "Create a release", Method: http.MethodPost, Path: releases, DefaultStatus: http.StatusCreated,
		Description: "It is a draft: builds are added on the dashboard or from the command line.",
	}, s.createRelease)
	op(s, plaza.ReleaseRead, huma.Operation{
		OperationID: "get-release", Summary: "Get a release, with its builds", Method: http.MethodGet, Path: releases + "/{id}",
	}, s.getRelease)
	op(s, plaza.ReleasePublish, huma.Operation{
		OperationID: "publish-release", Summary: "Publish a release", Method: http.MethodPost, Path: releases + "/{id}/publish",
		Description: "It never changes from then on.",
	}, s.publishRelease)
	op(s, plaza.ReleaseYank, huma.Operation{
		OperationID: "yank-release", Summary: "Offer a release no more", Method: http.MethodPost, Path: releases + "/{id}/yank",
	}, s.yankRelease)
}

// release is a [plaza.Release] on the wire.
type release struct {
	ID          string     `json:"id"`
	Name        string     `json:"name"`
	Description string     `json:"description"`
	Release     string     `json:"release"      doc:"Which version of ConnectAgent it is" example:"2.4.0"`
	Channel     string     `json:"channel"      enum:"stable,rc,beta,alpha,dev"`
	State       string     `json:"state"        enum:"draft,published,yanked"`
	Tag         string     `json:"tag"          doc:"Another name of it"`
	Requires    string     `json:"requires"     doc:"The version that one must have to come to this one; empty: any"`
	YankedAt    *time.Time `json:"yanked_at"`
	YankReason  string     `json:"yank_reason"`
	CreatedAt   time.Time  `json:"created_at"`
	Builds      []build    `json:"builds"       doc:"In a list, none"`
}

// build is a [plaza.Artifact] on the wire.
type build struct {
	ID        string `json:"id"`
	Filename  string `json:"filename"`
	Platform  string `json:"platform"  example:"linux"`
	Arch      string `json:"arch"      example:"amd64"`
	Size      int64  `json:"size"      doc:"In bytes"`
	Checksum  string `json:"checksum"  doc:"SHA-512, in Base64 without padding"`
	Signature string `json:"signature" doc:"Of the publisher, in Base64 without padding"`
	Uploaded  bool   `json:"uploaded"  doc:"Its file is there"`
}

func wireRelease(r plaza.Release) release {
	return release{
		ID: r.ID, Name: r.Name, Description: r.Description, Release: r.Version, Channel: string(r.Channel), State: strings.ToLower(string(r.Status)), Tag: r.Tag,
		Requires: r.Requires, YankedAt: at(r.Yanked), YankReason: r.YankReason, CreatedAt: r.Created.UTC(), Builds: []build{},
	}
}

func (s *API) listReleases(ctx context.Context, actor plaza.Actor, _ *Pick) (*listOut[release], error) {
	all, err := s.app.Releases(ctx, actor)
	return wireAll(all, wireRelease), err
}

type createReleaseIn struct {
	Body struct {
		Release     string `json:"release"               doc:"Which version of ConnectAgent it is" example:"2.4.0"`
		Channel     string `json:"channel"               enum:"stable,rc,beta,alpha,dev"`
		Name        string `json:"name,omitempty"        doc:"Without it, ConnectAgent and the version"`
		Description string `json:"description,omitempty"`
		Tag         string `json:"tag,omitempty"`
		Requires    string `json:"requires,omitempty"    doc:"The version that one must have to come to this one"`
	}
}

func (s *API) createRelease(ctx context.Context, actor plaza.Actor, in *createReleaseIn) (*created[release], error) {
	b := in.Body
	made, err := s.app.CreateRelease(ctx, actor, plaza.NewRelease{
		Name: b.Name, Description: b.Description, Version: b.Release, Channel: plaza.Channel(b.Channel), Tag: b.Tag, Requires: b.Requires,
	})
	if err != nil {
		return nil, err
	}
	return &created[release]{"", wireRelease(made), releases + "/" + made.ID}, nil
}

func (s *API) getRelease(ctx context.Context, actor plaza.Actor, in *read) (*answer[release], error) {
	return s.releaseAnswer(ctx, actor, in.id(), nil)
}

// releaseAnswer answers with a release as it is now, unless what was done to it failed.
func (s *API) releaseAnswer(ctx context.Context, actor plaza.Actor, id string, err error) (*answer[release], error) {
	if err != nil {
		return nil, err
	}
	r, builds, err := s.app.Release(ctx, seeing(actor, plaza.ReleaseRead), id)
	w := wireRelease(r)
	for _, b := range builds {
		w.Builds = append(w.Builds, build{
			ID: b.ID, Filename: b.Filename, Platform: b.Platform, Arch: b.Arch, Size: b.Size, Checksum: b.Checksum, Signature: b.Signature,
			Uploaded: b.Status == plaza.ArtifactUploaded,
		})
	}
	return &answer[release]{"", w}, err
}

func (s *API) publishRelease(ctx context.Context, actor plaza.Actor, in *One) (*answer[release], error) {
	return s.releaseAnswer(ctx, actor, in.id(), s.app.PublishRelease(ctx, actor, in.id()))
}

type yankReleaseIn struct {
	One

	Body struct {
		Reason string `json:"reason" doc:"Why; at least 8 characters"`
	}
}

func (s *API) yankRelease(ctx context.Context, actor plaza.Actor, in *yankReleaseIn) (*answer[release], error) {
	return s.releaseAnswer(ctx, actor, in.id(), s.app.YankRelease(ctx, actor, in.id(), in.Body.Reason))
}
