package agentapi

import (
	"testing"
	"time"

	"github.com/connectplaza/plaza"
)

// shelf is releases by version; the channel follows from it.
func shelf(versions ...string) (all []Release) {
	for _, v := range versions {
		all = append(all, Release{ID: "id of " + v, Version: v, Channel: ChannelOf(v), Status: "PUBLISHED"})
	}
	return all
}

func TestNextVersion(t *testing.T) {
	t.Parallel()
	all := shelf("1.0.0", "1.0.1", "1.2.0", "1.2.9", "1.2.10", "1.10.0", "2.0.0-alpha.1", "2.0.0-beta.2", "2.0.0-rc.2", "2.0.0-rc.10", "2.0.0-dev.7", "3.0.0+lts")
	stepped := shelf("4.0.0", "4.2.0", "5.0.0")
	stepped[2].Requires = "4.2.0"
	for _, tt := range []struct {
		all              []Release
		from             string
		channel          Channel
		constraint, want string
	}{
		{all, "1.0.0", "", "", "3.0.0+lts"},
		{all, "1.0.0", "stable", "1", "1.10.0"},
		{all, "1.0.0", "", "1.0", "1.10.0"},
		{all, "1.0.0", "", "1.2", "1.10.0"},
		{all, "1.0.0", "", "1.2.3", "1.2.10"},
		{all, "1.0.0", "", "1.2.11", ""},
		{all, "1.0.0", "", "1.11", ""},
		{all, "1.0.0", "", "0", ""},
		{all, "1.0.0", "", "3+lts", "3.0.0+lts"},
		{all, "1.0.0", "", "1+lts", ""},
		{all, "1.0.0", "rc", "2", "2.0.0-rc.10"},
		{all, "1.0.0", "rc", "2-rc", "2.0.0-rc.10"},
		{all, "1.0.0", "rc", "2.0.0-rc.2", "2.0.0-rc.2"},
		{all, "1.0.0", "beta", "2-beta", "2.0.0-beta.2"},
		{all, "1.0.0", "beta", "2-alpha", ""},
		{all, "1.0.0", "alpha", "2-alpha", "2.0.0-alpha.1"},
		{all, "1.0.0", "dev", "", "2.0.0-dev.7"},
		{all, "2.0.0-dev.1", "", "", "2.0.0-dev.7"},
		{all, "2.0.0-dev.7", "", "", ""},
		{all, "2.0.0-rc.2", "", "2", "2.0.0-rc.10"},
		{all, "2.0.0-rc.10", "", "", "3.0.0+lts"},
		{all, "id of 1.0.1", "", "1.2.9", "1.2.10"},
		{all, "1.1.7", "", "1", "1.10.0"}, // not in the catalogue: it counts by its number
		{all, "3.0.0", "", "", ""},
		{all, "9.0.0", "", "", ""},
		{all, "1.0.0", "nightly", "", ""},
		{all, "1.0.0-foo", "", "", ""},
		{all, "<not set>", "", "", ""},
		{all, "", "", "", ""},
		{all, "1", "", "", ""},
		{all, "1.0", "", "", ""},
		{all, "v1.0.0", "", "", ""},
		{all, "01.0.0", "", "", ""},
		{stepped, "4.0.0", "", "", "4.2.0"},
		{stepped, "4.1.0", "", "", "4.2.0"},
		{stepped, "4.2.0", "", "", "5.0.0"},
	} {
		current, next, err := Upgrade{tt.from, tt.channel, tt.constraint}.Next(tt.all, func(*Release) bool { return true })
		if next.Version != tt.want || (err == nil) != (tt.want != "") || err != nil && faultOf(err).code != "NOT_FOUND" {
			t.Errorf("%+v: %s %v", tt, next.Version, err)
		}
		if err == nil && !IsVersion(current) {
			t.Errorf("it comes from %q", current)
		}
	}
}

func TestConstraintsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"x", "v1", "1.", ".1", "1.2.3.4", "01", "1.x", "-", "1-", "1+", "1-a b", "1+a b", "-beta", "+tag", " 1", "1 ", "^1", ">=1", "-1", "+1", "99999999999", "1.2.3-ä"} {
		_, _, err := Upgrade{"1.0.0", "", s}.Next(nil, nil)
		if f := faultOf(err); f.status != 400 || f.code != "CONSTRAINT_INVALID" || f.parameter != "constraint" {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestWhatALicenseMayUse(t *testing.T) {
	t.Parallel()
	expiry := at("08:00:00")
	terms, open := plaza.DefaultTerms(), plaza.DefaultTerms()
	terms.Modules, open.Expiration = []plaza.Module{plaza.ModuleDeploy}, plaza.AllowAccess
	release := Release{Status: "PUBLISHED", Created: expiry}
	for name, tt := range map[string]struct {
		change func(*Release)
		terms  *plaza.Terms
		expiry time.Time
		want   bool
	}{
		"as it is":             {func(*Release) {}, &terms, expiry, true},
		"a draft":              {func(r *Release) { r.Status = "DRAFT" }, &terms, expiry, false},
		"yanked":               {func(r *Release) { r.Yanked = expiry }, &terms, expiry, false},
		"with its module":      {func(r *Release) { r.Entitlements = []string{"DEPLOY"} }, &terms, expiry, true},
		"with another module":  {func(r *Release) { r.Entitlements = []string{"DEPLOY", "MONITOR"} }, &terms, expiry, false},
		"too late":             {func(r *Release) { r.Created = expiry.Add(1) }, &terms, expiry, false},
		"too late, backdated":  {func(r *Release) { r.Created, r.Backdated = expiry.Add(1), expiry }, &terms, expiry, true},
		"late, perpetual":      {func(r *Release) { r.Created = expiry.Add(1) }, &terms, time.Time{}, true},
		"late, access allowed": {func(r *Release) { r.Created = expiry.Add(1) }, &open, expiry, true},
	} {
		r := release
		if tt.change(&r); r.Visible(tt.terms, tt.expiry) != tt.want {
			t.Errorf("%s: %v", name, !tt.want)
		}
	}
	hidden := shelf("1.0.0", "1.1.0")
	_, _, err := Upgrade{From: "1.0.0"}.Next(hidden, func(*Release) bool { return false })
	if faultOf(err).code != "NOT_FOUND" {
		t.Errorf("what may not be used is offered: %v", err)
	}
	if _, _, err = (Upgrade{From: "id of 1.0.0"}).Next(hidden, func(*Release) bool { return false }); faultOf(err).code != "NOT_FOUND" {
		t.Errorf("the ID of what may not be used is known: %v", err)
	}
}
