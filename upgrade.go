package plaza

import (
	"regexp"
	"slices"
)

// UpgradeQuery asks what an agent may go to from where it is.
type UpgradeQuery struct {
	Current    string // ID of a release, or a version
	Product    string // empty: the one there is
	Package    string // there are none
	Channel    Channel
	Constraint string // the beginning of a version; empty: any
}

// MayUse reports whether the license in s may use r (agent API 9.2).
func (s Standing) MayUse(r Release) bool { return r.Status == ReleasePublished && s.entitledTo(r) }

// entitledTo is MayUse, whether r is to be had or not any more.
func (s Standing) entitledTo(r Release) bool {
	for _, m := range r.Modules {
		if !slices.Contains(s.Terms.Modules, m) {
			return false
		}
	}
	since, expiry := r.Created, s.License.Expiry()
	if !r.Backdated.IsZero() {
		since = r.Backdated
	}
	return expiry.IsZero() || s.Terms.Expiration == AllowAccess || !since.After(expiry)
}

// MayInstall reports whether an agent with the license in s may be given r where
// another version ran, if any is known: as it would be offered it from there, but of
// the stable ones only. Where none ran, there is nothing to stop on the way for.
func (s Standing) MayInstall(r Release, ran string) bool {
	from, known := ParseVersion(ran)
	return r.Channel == Stable && s.MayUse(r) && (!known || reaches(from, r))
}

// Upgrade returns the release that the license in s is offered, of all that there
// are, and the version that it comes from (agent API 9.1). Kinds, as a [Refusal]:
// NotFound if there is nothing newer, Invalid for a constraint that cannot be read.
func (s Standing) Upgrade(q UpgradeQuery, all []Release) (next Release, current string, err error) {
	from, ok := s.comesFrom(q.Current, all)
	if !ok || q.Product != "" && q.Product != s.Product || q.Package != "" {
		return next, "", nothingNewer()
	}
	channel := q.Channel
	if channel == "" {
		channel = from.Channel()
	}
	sees := channel.Sees()
	if sees == nil {
		return next, "", nothingNewer()
	}
	within, ok := parseConstraint(q.Constraint)
	if !ok {
		return next, "", Refuse(Invalid, "CONSTRAINT_INVALID", "", "the constraint is not the beginning of a version, as 5, 5.1 or 5.1.2")
	}
	best := from
	for _, r := range all {
		v, ok := ParseVersion(r.Version)
		if ok && v.Compare(best) > 0 && slices.Contains(sees, r.Channel) && s.MayUse(r) && within.admits(v) && reaches(from, r) {
			next, best = r, v
		}
	}
	if next.ID == "" {
		return next, "", nothingNewer()
	}
	return next, from.String(), nil
}

func nothingNewer() error {
	return Refuse(NotFound, "NOT_FOUND", "", "there is nothing newer for this license")
}

// comesFrom returns the version that an agent says it has. One that is not in the
// catalogue counts by its number.
func (s Standing) comesFrom(current string, all []Release) (Version, bool) {
	for _, r := range all {
		if r.ID == current && r.Status != ReleaseDraft && s.entitledTo(r) {
			return ParseVersion(r.Version)
		}
	}
	return ParseVersion(current)
}

// reaches reports whether one can go to r without a stop on the way.
func reaches(from Version, r Release) bool {
	needs, ok := ParseVersion(r.Requires)
	return r.Requires == "" || ok && from.Compare(needs) >= 0
}

// constraint is the beginning of a version, and the words that it must have.
type constraint struct {
	numbers    []int // major, then at least minor, then at least patch
	pre, build string
}

var constraintShaped = regexp.MustCompile(`^(\d+)(?:\.(\d+)(?:\.(\d+))?)?(?:-([0-9A-Za-z-]+))?(?:\+([0-9A-Za-z-]+))?$`)

func parseConstraint(text string) (c constraint, ok bool) {
	if text == "" {
		return c, true
	}
	m := constraintShaped.FindStringSubmatch(text)
	if m == nil || len(text) > mostVersion {
		return c, false
	}
	const words = 4 // where they begin
	for _, part := range m[1:words] {
		if part == "" {
			break
		}
		n, fits := versionNumber(part)
		if !fits {
			return c, false
		}
		c.numbers = append(c.numbers, n)
	}
	c.pre, c.build = m[words], m[words+1]
	return c, true
}

func (c constraint) admits(v Version) bool {
	has := []int{v.Major, v.Minor, v.Patch}
	for i, n := range c.numbers {
		atLeast := i > 0 && i == len(c.numbers)-1 // those before the last are exact
		if has[i] < n || !atLeast && has[i] > n {
			return false
		}
	}
	build := Version{Pre: v.Build}
	return (c.pre == "" || c.pre == v.Word()) && (c.build == "" || c.build == build.Word())
}
