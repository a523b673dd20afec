package plaza

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Release is a version of the ConnectAgent.
type Release struct {
	ID          string
	Name        string
	Description string
	Version     string // see [ParseVersion]
	Channel     Channel
	Status      ReleaseStatus
	Tag         string // another name of it; may be empty
	Requires    string // the version that one must have to come to this one; empty: any
	Modules     []Module
	Backdated   time.Time // as old as it counts for licenses that expired; zero: as it is
	Yanked      time.Time // zero: it is not
	YankReason  string
	Created     time.Time
	Updated     time.Time
}

// Channel is how finished a release is.
type Channel string

// The channels.
const (
	Stable Channel = "stable"
	RC     Channel = "rc"
	Beta   Channel = "beta"
	Alpha  Channel = "alpha"
	Dev    Channel = "dev"
)

// Channels returns every channel, the most finished first.
func Channels() []Channel { return []Channel{Stable, RC, Beta, Alpha, Dev} }

// Text returns the name of c.
func (c Channel) Text() Text { return T("release.channel." + string(c)) }

// Sees returns the channels whose releases somebody is offered who follows c; none
// if there is no such channel.
func (c Channel) Sees() []Channel {
	switch i := slices.Index(Channels(), c); {
	case c == Dev:
		return []Channel{Dev}
	case i >= 0:
		return Channels()[:i+1]
	}
	return nil
}

// Channel returns the channel that v belongs to: its pre-release word, which old
// versions write as in 5.0.0-RC1.
func (v Version) Channel() Channel {
	if v.Pre == "" {
		return Stable
	}
	return Channel(strings.ToLower(strings.TrimRight(v.Word(), digits)))
}

// ReleaseStatus is how far a release has come.
type ReleaseStatus string

// How far a release can come.
const (
	ReleaseDraft     ReleaseStatus = "DRAFT"
	ReleasePublished ReleaseStatus = "PUBLISHED" // from now on it never changes
	ReleaseYanked    ReleaseStatus = "YANKED"    // agents are not offered it any more
)

// Text returns the name of s.
func (s ReleaseStatus) Text() Text { return T("release.status." + strings.ToLower(string(s))) }

// Artifact is a build of a release for one platform.
type Artifact struct {
	ID        string
	Release   string
	Filename  string
	Filetype  string
	Size      int64  // bytes
	Platform  string // with the names that Go has
	Arch      string
	Status    ArtifactStatus
	Checksum  string // SHA-512, unpadded base64
	Signature string // of the publisher, unpadded base64
	Created   time.Time
	Updated   time.Time
}

// Target returns what a is for, as in linux/amd64.
func (a Artifact) Target() string { return a.Platform + "/" + a.Arch }

// ArtifactStatus says whether an artifact is whole.
type ArtifactStatus string

// What an artifact can be.
const (
	ArtifactWaiting  ArtifactStatus = "WAITING" // its file is on its way
	ArtifactUploaded ArtifactStatus = "UPLOADED"
)

// ArtifactFilter chooses artifacts. Zero values choose all.
type ArtifactFilter struct{ Platform, Arch, Filetype string }

// Chooses reports whether f chooses a.
func (f ArtifactFilter) Chooses(a Artifact) bool {
	is := func(wanted, value string) bool { return wanted == "" || wanted == value }
	return is(f.Platform, a.Platform) && is(f.Arch, a.Arch) && is(f.Filetype, a.Filetype)
}

// MaxArtifact is how large the file of an artifact may be, in bytes.
const MaxArtifact = 512 << 20

// Releasing is what publishing rests on: by which key, and for what, artifacts are
// signed.
type Releasing struct {
	Key     string // the publisher's public key, hexadecimal; empty: there is none yet
	Product string // ID, which signatures are for
}

// NewRelease asks for a release, which is a draft at first.
type NewRelease struct {
	Name        string
	Description string
	Version     string
	Channel     Channel
	Tag         string
	Requires    string
	Modules     []Module
	Backdated   time.Time
}

// Clean returns n without the white space around what was typed, and with a name.
func (n NewRelease) Clean() NewRelease {
	for _, s := range []*string{&n.Name, &n.Description, &n.Version, &n.Tag, &n.Requires} {
		*s = strings.TrimSpace(*s)
	}
	if n.Name == "" {
		n.Name = "ConnectAgent " + n.Version
	}
	return n
}

// Validate reports every field that cannot be accepted as an Invalid error.
func (n NewRelease) Validate(now time.Time) error {
	bad := problems{}
	bad.name("name", n.Name)
	bad.text("description", n.Description, maxReleaseText)
	if n.Tag != "" {
		bad.name("tag", n.Tag)
	}
	v, ok := ParseVersion(n.Version)
	switch {
	case !ok:
		bad.add("version", "problem.version")
	case !slices.Contains(Channels(), n.Channel):
		bad.add("channel", "problem.channel")
	case n.Channel == Stable && v.Pre != "", n.Channel != Stable && v.Word() != string(n.Channel):
		bad.add("version", "problem.version_channel")
	}
	if from, parsed := ParseVersion(n.Requires); n.Requires != "" {
		switch {
		case !parsed:
			bad.add("requires", "problem.version")
		case ok && from.Compare(v) >= 0:
			bad.add("requires", "problem.requires")
		}
	}
	for _, m := range n.Modules {
		if !slices.Contains(Modules(), m) {
			bad.add("modules", "problem.module")
		}
	}
	if n.Backdated.After(now) {
		bad.add("backdated", "problem.not_past")
	}
	return bad.err()
}

const maxReleaseText = 4000 // characters

// NewArtifact asks for a build to be kept.
type NewArtifact struct {
	Filename  string // empty: connectagent_linux_amd64, and the like
	Filetype  string
	Platform  string
	Arch      string
	Checksum  string // that the file must have; empty: whichever it has
	Signature string
}

// Clean returns n without the white space around what was typed, and with the
// name that agents ask for.
func (n NewArtifact) Clean() NewArtifact {
	for _, s := range []*string{&n.Filename, &n.Filetype, &n.Platform, &n.Arch, &n.Checksum, &n.Signature} {
		*s = strings.TrimSpace(*s)
	}
	if n.Filename == "" {
		n.Filename = "connectagent_" + n.Platform + "_" + n.Arch
		if n.Platform == "windows" {
			n.Filename += ".exe"
		}
	}
	return n
}

var (
	targetWord   = regexp.MustCompile(`^[a-z0-9]{1,32}$`)
	artifactName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$`)
	idShaped     = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
)

const (
	checksumBytes  = 64
	signatureBytes = 64
)

// Validate reports every field that cannot be accepted as an Invalid error.
func (n NewArtifact) Validate() error {
	bad := problems{}
	switch {
	case !slices.Contains(AgentPlatforms(), AgentPlatform(n.Platform+"/"+n.Arch)):
		bad.add("platform", "problem.platform") // of which the name was made
	case !artifactName.MatchString(n.Filename) || idShaped.MatchString(n.Filename):
		bad.add("filename", "problem.filename")
	}
	if n.Filetype != "" && !targetWord.MatchString(n.Filetype) {
		bad.add("filetype", "problem.filetype")
	}
	if n.Checksum != "" && !holds(n.Checksum, checksumBytes) {
		bad.add("checksum", "problem.checksum")
	}
	if !holds(n.Signature, signatureBytes) {
		bad.add("signature", "problem.signature")
	}
	return bad.err()
}

// holds reports whether s is so many bytes as unpadded base64.
func holds(s string, size int) bool {
	b, err := base64.RawStdEncoding.Strict().DecodeString(s)
	return err == nil && len(b) == size
}

// text notes that the field may hold several lines, of so many characters at most.
func (p problems) text(field, value string, most int) {
	switch {
	case len([]rune(value)) > most:
		p.add(field, "problem.too_long", "Max", most)
	case !plainText(strings.NewReplacer("\r", "", "\n", "", "\t", "").Replace(value)):
		p.add(field, "problem.control_characters")
	}
}
