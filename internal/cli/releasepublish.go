package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/config"
	"github.com/connectplaza/plaza/internal/licensekey"
)

// releasePublish is plaza release publish.
type releasePublish struct {
	sealedLog
	publisherKey

	Version     string   `help:"Version, as 5.0.1 or 5.1.0-rc.1." env:"PLAZA_VERSION" placeholder:"VERSION" required:""`
	Channel     string   `help:"stable, rc, beta, alpha or dev (default: ${default})." default:"stable" env:"PLAZA_CHANNEL" placeholder:"NAME"`
	Name        string   `help:"What people see (default: ConnectAgent and the version)." env:"PLAZA_NAME" placeholder:"TEXT"`
	Description string   `help:"What is new." env:"PLAZA_DESCRIPTION" placeholder:"TEXT"`
	Requires    string   `help:"Oldest version that can be upgraded to this one at once." env:"PLAZA_REQUIRES" placeholder:"VERSION"`
	Module      []string `help:"Only licenses with this module get it; may be given several times." env:"PLAZA_MODULE" placeholder:"CODE"`
	Backdated   string   `help:"Day from which it counts, for licenses that have expired since." env:"PLAZA_BACKDATED" placeholder:"DAY"`
	Artifact    []string `help:"Build for a platform, as linux/amd64=FILE:SIGNATURE; without a signature if --publisher-key is given, which then signs it. May be given several times." sep:"none" env:"PLAZA_ARTIFACT" placeholder:"PLATFORM=FILE[:SIGNATURE]" required:""`
}

// build is a file for a platform.
type build struct {
	plaza.NewArtifact

	path string
}

// Run makes the version, uploads its builds and publishes it. What an earlier
// attempt has done already is not done again, be it all of it.
func (c *releasePublish) Run(ctx context.Context, env Env) error {
	builds, err := c.builds()
	if err != nil {
		return err
	}
	in, err := c.release()
	if err != nil {
		return err
	}
	return c.with(ctx, env, func(a *app.App) error {
		trusted, err := a.Releasing(ctx, plaza.Publisher)
		switch {
		case err != nil:
			return err
		case trusted.Key == "": // before there is half a version
			return refuse("Say first by which key builds are signed: plaza release trust KEY, with the public key that plaza release keygen has printed.")
		}
		if err := c.signAll(builds, trusted.Product); err != nil {
			return err
		}
		r, there, err := c.draft(ctx, a, in)
		if err != nil {
			return fieldError(err)
		}
		if r.Status != plaza.ReleaseDraft {
			return c.again(env, r, there, builds, in.Clean())
		}
		for _, b := range builds {
			if err := upload(ctx, env, a, r, there, b); err != nil {
				return fieldError(err)
			}
		}
		if err := a.PublishRelease(ctx, plaza.Publisher, r.ID); err != nil {
			return fieldError(err)
		}
		say(env.Out, "Published %s.", r.Version)
		return nil
	})
}

func (c *releasePublish) release() (in plaza.NewRelease, err error) {
	in = plaza.NewRelease{
		Version: c.Version, Channel: plaza.Channel(c.Channel), Name: c.Name, Description: c.Description, Requires: c.Requires,
	}
	for _, m := range c.Module {
		in.Modules = append(in.Modules, plaza.Module(m))
	}
	if c.Backdated != "" {
		if in.Backdated, err = time.Parse(time.DateOnly, c.Backdated); err != nil {
			return in, config.Wrong("backdated", "%q is no day, as 2026-01-31", c.Backdated)
		}
	}
	return in, nil
}

// builds reads what was said of the builds.
func (c *releasePublish) builds() (all []build, err error) {
	for _, text := range c.Artifact {
		target, path, ok := strings.Cut(text, "=")
		platform, arch, slashed := strings.Cut(target, "/")
		b := build{NewArtifact: plaza.NewArtifact{Platform: platform, Arch: arch}, path: path}
		if i := strings.LastIndex(path, ":"); i >= 0 && signed(path[i+1:]) {
			b.path, b.Signature = path[:i], path[i+1:]
		}
		switch {
		case !ok || !slashed || b.path == "":
			return nil, config.Wrong("artifact", "%q is not PLATFORM=FILE:SIGNATURE, as linux/amd64=connectagent:…", text)
		case b.Signature == "" && c.PublisherKey == "":
			return nil, config.Wrong("artifact", "has no signature for %s: append it after a colon, or give --publisher-key", target)
		}
		if _, err := os.Stat(b.path); err != nil {
			return nil, config.Wrong("artifact", "cannot be read: %v", err)
		}
		all = append(all, b)
	}
	return all, nil
}

// draft returns the draft of the version, a new one if there is none, with the
// builds that it has. One that is there has to be what was asked for: once it is
// published, it never changes.
func (c *releasePublish) draft(ctx context.Context, a *app.App, in plaza.NewRelease) (plaza.Release, []plaza.Artifact, error) {
	id, err := findRelease(ctx, a, c.Version)
	if err != nil {
		return plaza.Release{}, nil, err
	}
	if id == "" {
		r, err := a.CreateRelease(ctx, plaza.Publisher, in)
		return r, nil, err
	}
	r, there, err := a.Release(ctx, plaza.Publisher, id)
	if err == nil && r.Status == plaza.ReleaseDraft {
		if other := c.other(r, in.Clean()); other != "" {
			err = refuse("There is a draft of %s already, with %s. Ask for what it has, or for another version.", r.Version, other)
		}
	}
	return r, there, err
}

// again says that a version is published already. It returns an error, which ends the
// command with 1, if that is not what was asked for.
func (c *releasePublish) again(env Env, r plaza.Release, there []plaza.Artifact, builds []build, in plaza.NewRelease) error {
	if r.Status != plaza.ReleasePublished {
		return fmt.Errorf("%s was published and taken back already, and that cannot be undone: publish another version", r.Version)
	}
	other := c.other(r, in)
	for _, b := range builds {
		if other != "" {
			break
		}
		var err error
		if other, err = b.other(there); err != nil {
			return err
		}
	}
	if other != "" {
		return fmt.Errorf("%s is published already, with %s; what is published never changes: ask for what it has, or publish another version", r.Version, other)
	}
	say(env.Out, "Published already, and nothing differs: %s.", r.Version)
	return nil
}

// other says in what b is another build than that which is there; empty: in nothing.
func (b build) other(there []plaza.Artifact) (string, error) {
	target := b.Platform + "/" + b.Arch
	i := slices.IndexFunc(there, func(one plaza.Artifact) bool { return one.Target() == target && one.Status == plaza.ArtifactUploaded })
	if i < 0 {
		return "no build for " + target, nil
	}
	f, err := os.Open(b.path)
	if err != nil {
		return "", config.Wrong("artifact", "cannot be read: %v", err)
	}
	defer f.Close()
	checksum, _, _, err := licensekey.Checksum(f)
	switch {
	case err != nil:
		return "", config.Wrong("artifact", "cannot be read: %v", err)
	case checksum != there[i].Checksum:
		return "another build for " + target, nil
	case b.Signature != there[i].Signature:
		return "another signature for " + target, nil
	}
	return "", nil
}

// other says in what a release is something else than what was asked for; empty: in
// nothing. Words that were not given are those that it has.
func (c *releasePublish) other(r plaza.Release, in plaza.NewRelease) string {
	for _, f := range []struct {
		name, has, asked string
		left             bool
	}{
		{"channel", string(r.Channel), string(in.Channel), false},
		{"requires", r.Requires, in.Requires, false},
		{"module", moduleList(r.Modules), moduleList(in.Modules), false},
		{"backdated", dayOf(r.Backdated), dayOf(in.Backdated), false},
		{"name", r.Name, in.Name, c.Name == ""},
		{"description", r.Description, in.Description, c.Description == ""},
	} {
		if !f.left && f.has != f.asked {
			return fmt.Sprintf("another --%s: it has %s, and you asked for %s", f.name, orNone(f.has), orNone(f.asked))
		}
	}
	return ""
}

func moduleList(modules []plaza.Module) string {
	names := make([]string, 0, len(modules))
	for _, m := range modules {
		names = append(names, string(m))
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}

func dayOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return strconv.Quote(text)
}

// findRelease returns the ID of a version; empty if there is none.
func findRelease(ctx context.Context, a *app.App, version string) (string, error) {
	all, err := a.Releases(ctx, plaza.Publisher)
	for _, r := range all {
		if r.Version == version {
			return r.ID, err
		}
	}
	return "", err
}

// signAll signs the builds that came without a signature.
func (c *releasePublish) signAll(builds []build, product string) (err error) {
	for i := range builds {
		if b := &builds[i]; b.Signature == "" {
			if b.Checksum, b.Signature, err = c.sign(b.path, product); err != nil {
				return err
			}
		}
	}
	return nil
}

func upload(ctx context.Context, env Env, a *app.App, r plaza.Release, there []plaza.Artifact, b build) error {
	if slices.ContainsFunc(there, func(one plaza.Artifact) bool {
		return one.Status == plaza.ArtifactUploaded && one.Target() == b.Platform+"/"+b.Arch && one.Signature == b.Signature
	}) {
		say(env.Out, "There already: %s/%s.", b.Platform, b.Arch)
		return nil
	}
	f, err := os.Open(b.path)
	if err != nil {
		return config.Wrong("artifact", "cannot be read: %v", err)
	}
	defer f.Close()
	one, err := a.UploadArtifact(ctx, plaza.Publisher, r.ID, b.NewArtifact, f)
	if err == nil {
		say(env.Out, "Uploaded %s, %d bytes.", one.Filename, one.Size)
	}
	return err
}
