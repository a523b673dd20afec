package cli

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/connectplaza/plaza"
	"github.com/connectplaza/plaza/internal/app"
	"github.com/connectplaza/plaza/internal/config"
	"github.com/connectplaza/plaza/internal/licensekey"
)

// releaseCommand is plaza release.
type releaseCommand struct {
	Keygen  releaseKeygen  `cmd:"" help:"Make the key pair that builds are signed with. Do it on a machine that is offline, and keep the file there."`
	Sign    releaseSign    `cmd:"" help:"Print the checksum and the signature of a build. Needs neither a server nor a database."`
	Trust   releaseTrust   `cmd:"" help:"Say by which public key builds are signed from now on."`
	Publish releasePublish `cmd:"" help:"Publish a version with its builds. What was not finished can be done again."`
	List    releaseList    `cmd:"" help:"List the versions."`
	Yank    releaseYank    `cmd:"" help:"Take a version back: ConnectAgents are not offered it any more."`
}

// releaseKeygen is plaza release keygen.
type releaseKeygen struct {
	Out string `help:"File for the private key; it must not be there yet." env:"PLAZA_OUT" placeholder:"FILE" required:""`
}

// Run writes the private key, and prints the public one.
func (c *releaseKeygen) Run(env Env) error {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(c.Out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return config.Wrong("out", "names %s, which is there already: a key is never overwritten", c.Out)
	case err != nil:
		return config.Wrong("out", "cannot be written: %v", err)
	}
	if _, err := io.WriteString(f, hex.EncodeToString(private.Seed())+"\n"); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := f.Close(); err != nil {
		return err
	}
	say(env.Out, "%s", hex.EncodeToString(public))
	return nil
}

// publisherKey is the file with the private key.
type publisherKey struct {
	PublisherKey string `help:"File with the private key, as plaza release keygen has made it." env:"PLAZA_PUBLISHER_KEY" placeholder:"FILE"`
}

// private returns the key.
func (k publisherKey) private() (ed25519.PrivateKey, error) {
	text, err := os.ReadFile(k.PublisherKey)
	if err != nil {
		return nil, config.Wrong("publisher-key", "cannot be read: %v", err)
	}
	b, err := hex.DecodeString(strings.TrimSpace(string(text)))
	switch {
	case err == nil && len(b) == ed25519.SeedSize:
		return ed25519.NewKeyFromSeed(b), nil
	case err == nil && len(b) == ed25519.PrivateKeySize:
		return ed25519.NewKeyFromSeed(b[:ed25519.SeedSize]), nil
	}
	return nil, config.Wrong("publisher-key", "holds no private key: make one with plaza release keygen")
}

// sign returns the checksum of a file and the key's signature for a product.
func (k publisherKey) sign(path, product string) (checksum, signature string, err error) {
	private, err := k.private()
	if err != nil {
		return "", "", err
	}
	f, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return "", "", refuse("the file cannot be read: %v", err)
	}
	defer f.Close()
	checksum, digest, _, err := licensekey.Checksum(f)
	if err != nil {
		return "", "", refuse("the file cannot be read: %v", err)
	}
	signature, err = licensekey.SignArtifact(private, product, digest)
	return checksum, signature, err
}

// releaseSign is plaza release sign.
type releaseSign struct {
	publisherKey

	File    string `arg:"" help:"The build."`
	Product string `help:"ID of the product that it is signed for: the dashboard shows it under Releases." env:"PLAZA_PRODUCT" placeholder:"ID" required:""`
}

// Run prints the checksum and the signature.
func (c *releaseSign) Run(env Env) error {
	if c.PublisherKey == "" {
		return config.Wrong("publisher-key", "is missing: name the file that plaza release keygen has made")
	}
	checksum, signature, err := c.sign(c.File, c.Product)
	if err != nil {
		return err
	}
	say(env.Out, "checksum   %s\nsignature  %s", checksum, signature)
	return nil
}

// releaseTrust is plaza release trust.
type releaseTrust struct {
	sealedLog

	Key string `arg:"" help:"The public key, as plaza release keygen has printed it."`
}

// Run sets the key.
func (c *releaseTrust) Run(ctx context.Context, env Env) error {
	return c.with(ctx, env, func(a *app.App) error {
		if err := a.SetPublisherKey(ctx, plaza.Publisher, c.Key); err != nil {
			return fieldError(err)
		}
		r, err := a.Releasing(ctx, plaza.Publisher)
		if err == nil {
			say(env.Out, "Builds are signed with %s, for product %s.", r.Key, r.Product)
		}
		return err
	})
}

// releaseList is plaza release list.
type releaseList struct{ sealedLog }

// Run lists the versions.
func (c *releaseList) Run(ctx context.Context, env Env) error {
	return c.with(ctx, env, func(a *app.App) error {
		all, err := a.Releases(ctx, plaza.Publisher)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(env.Out, 0, 0, 2, ' ', 0) //nolint:mnd // spaces between columns
		say(table, "VERSION\tCHANNEL\tSTATUS\tCREATED\tNAME")
		for _, r := range all {
			say(table, "%s\t%s\t%s\t%s\t%s", r.Version, r.Channel, strings.ToLower(string(r.Status)), r.Created.UTC().Format(time.RFC3339), r.Name)
		}
		return table.Flush()
	})
}

// releaseYank is plaza release yank.
type releaseYank struct {
	sealedLog

	Version string `arg:"" help:"The version."`
	Reason  string `help:"Why, in a sentence that stays in the audit log." env:"PLAZA_REASON" placeholder:"TEXT" required:""`
}

// Run takes the version back.
func (c *releaseYank) Run(ctx context.Context, env Env) error {
	return c.with(ctx, env, func(a *app.App) error {
		id, err := findRelease(ctx, a, c.Version)
		switch {
		case err != nil:
			return err
		case id == "":
			return refuse("there is no version %s; see plaza release list", c.Version)
		}
		if err := a.YankRelease(ctx, plaza.Publisher, id, c.Reason); err != nil {
			return fieldError(err)
		}
		say(env.Out, "Yanked %s.", c.Version)
		return nil
	})
}

// fieldError returns what is wrong with what was given, in the words of a form,
// where an error says no more than that something is.
func fieldError(err error) error {
	e := plaza.AsError(err)
	for _, problem := range e.Fields {
		return refuse("%s", inWords(&plaza.Error{Kind: plaza.Invalid, Msg: problem}))
	}
	if e.Kind == plaza.Conflict || e.Kind == plaza.Invalid {
		return refuse("%s", inWords(err))
	}
	return err
}

// signed reports whether s is a signature.
func signed(s string) bool {
	b, err := base64.RawStdEncoding.DecodeString(s)
	return err == nil && len(b) == ed25519.SignatureSize
}
