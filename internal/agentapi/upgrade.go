package agentapi

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/semver"

	"github.com/connectplaza/plaza"
)

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

// sees returns the channels that somebody who follows c is offered: none if there
// is no such channel.
func (c Channel) sees() []Channel {
	from := []Channel{Alpha, Beta, RC, Stable} // each sees those after it
	if i := slices.Index(from, c); i >= 0 {
		return from[i:]
	}
	if c == Dev {
		return []Channel{Dev}
	}
	return nil
}

// ChannelOf returns the channel of a version: its pre-release word.
func ChannelOf(version string) Channel {
	word := preWord(version)
	if word == "" {
		return Stable
	}
	return Channel(word)
}

func preWord(version string) string {
	word, _, _ := strings.Cut(strings.TrimPrefix(semver.Prerelease("v"+version), "-"), ".")
	return word
}

// IsVersion reports whether s is a semantic version, of three numbers.
func IsVersion(s string) bool {
	core, _, _ := strings.Cut(s, "+")
	return semver.IsValid("v"+s) && semver.Canonical("v"+s) == "v"+core
}

// Upgrade asks for the version to go to.
type Upgrade struct {
	From       string  // ID of a release, or a version
	Channel    Channel // empty: that of From
	Constraint string  // empty: none
}

// Next returns the version that u comes from and the release that it may go to, of
// all that there are (agent API 9.1). May says which of them the license may use,
// see [Release.Visible]. Kinds: NotFound if there is none; a constraint that cannot
// be read is refused.
func (u Upgrade) Next(all []Release, may func(*Release) bool) (current string, next Release, err error) {
	current, channel := u.From, ChannelOf(u.From)
	for i := range all {
		if all[i].ID == u.From && may(&all[i]) || all[i].Version == u.From {
			current, channel = all[i].Version, all[i].Channel
		}
	}
	if u.Channel != "" {
		channel = u.Channel
	}
	seen := channel.sees()
	if !IsVersion(current) || seen == nil {
		return current, next, notFound()
	}
	within, ok := parseConstraint(u.Constraint)
	if !ok {
		return current, next, badParameter("CONSTRAINT_INVALID", "constraint", "the beginning of a version")
	}
	for i := range all {
		r := &all[i]
		better := newer(r.Version, current) && (next.ID == "" || newer(r.Version, next.Version))
		if better && slices.Contains(seen, r.Channel) && may(r) && within.admits(r.Version) && !newer(r.Requires, current) {
			next = *r
		}
	}
	if next.ID == "" {
		return current, next, notFound()
	}
	return current, next, nil
}

// newer reports whether version a comes after b by the rules of SemVer 2. No version
// at all comes after none.
func newer(a, b string) bool { return a != "" && semver.Compare("v"+a, "v"+b) > 0 }

// Visible reports whether a license with these terms that ends at expiry, or never,
// may use r (agent API 9.2).
func (r *Release) Visible(t *plaza.Terms, expiry time.Time) bool {
	since := r.Created
	if !r.Backdated.IsZero() {
		since = r.Backdated
	}
	late := !expiry.IsZero() && t.Expiration != plaza.AllowAccess && since.After(expiry)
	return r.Status == "PUBLISHED" && r.Yanked.IsZero() && t.Includes(r.Entitlements) && !late
}

// constraint is the beginning of a version, and what it must be besides.
type constraint struct {
	numbers    []int64 // major, then at least minor, then at least patch
	pre, build string  // words that it must have; empty: any
}

func parseConstraint(s string) (c constraint, ok bool) {
	if s == "" {
		return c, true
	}
	s, build, built := strings.Cut(s, "+")
	s, pre, early := strings.Cut(s, "-")
	const most = 3
	parts := strings.Split(s, ".")
	if len(parts) > most || built && !isWord(build) || early && !isWord(pre) {
		return c, false
	}
	for _, part := range parts {
		n, err := strconv.ParseUint(part, 10, 31)
		if err != nil || strconv.FormatUint(n, 10) != part {
			return c, false
		}
		c.numbers = append(c.numbers, int64(n))
	}
	c.pre, c.build = pre, build
	return c, true
}

// isWord reports whether s can stand behind the numbers of a version.
func isWord(s string) bool { return semver.IsValid("v1.0.0+" + s) }

func (c constraint) admits(version string) bool {
	if len(c.numbers) == 0 {
		return true
	}
	core, _, _ := strings.Cut(strings.TrimPrefix(semver.Canonical("v"+version), "v"), "-")
	for i, part := range strings.Split(core, ".") {
		n, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			return false
		}
		// The last number that is named is the least; those before it are exact.
		last := i == len(c.numbers)-1
		if i < len(c.numbers) && (n < c.numbers[i] || n > c.numbers[i] && (i == 0 || !last)) {
			return false
		}
	}
	pre, build := strings.TrimPrefix(semver.Prerelease("v"+version), "-"), strings.TrimPrefix(semver.Build("v"+version), "+")
	return (c.pre == "" || c.pre == pre || c.pre == preWord(version)) && (c.build == "" || c.build == build)
}
