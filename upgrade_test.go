package plaza_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/connectplaza/plaza"
)

// catalogue returns published releases of these versions, a day apart, each with
// the version as its ID.
func catalogue(versions string) (all []plaza.Release) {
	for i, s := range strings.Fields(versions) {
		v, _ := plaza.ParseVersion(s)
		all = append(all, plaza.Release{
			ID: "id-" + s, Version: s, Channel: v.Channel(), Status: plaza.ReleasePublished, Created: noon().Add(-day * 100).Add(10 * day * time.Duration(i)),
		})
	}
	return all
}

// entitled is a license that ends the day after tomorrow.
func entitled() plaza.Standing {
	terms := plaza.DefaultTerms()
	return plaza.Standing{Product: "product", Terms: &terms, License: plaza.License{Ends: noon().Add(2 * day)}}
}

func TestUpgrade(t *testing.T) {
	t.Parallel()
	const most = "4.2.0 4.3.0 5.0.0 5.0.1 5.1.0 5.2.0-beta.1 5.2.0-rc.1 5.2.0-alpha.3 6.0.0-dev.7"
	for name, tt := range map[string]struct {
		all      string
		query    plaza.UpgradeQuery
		want     string // empty: nothing
		code     string
		standing func(*plaza.Standing)
		change   func(map[string]*plaza.Release)
	}{
		"the highest":               {query: plaza.UpgradeQuery{Current: "4.2.0"}, want: "5.1.0"},
		"from an ID":                {query: plaza.UpgradeQuery{Current: "id-4.2.0"}, want: "5.1.0"},
		"from what nobody knows":    {query: plaza.UpgradeQuery{Current: "4.2.7"}, want: "5.1.0"},
		"nothing newer":             {query: plaza.UpgradeQuery{Current: "5.1.0"}},
		"the same but for a build":  {query: plaza.UpgradeQuery{Current: "5.1.0+x"}},
		"from the future":           {query: plaza.UpgradeQuery{Current: "9.0.0"}},
		"no version":                {query: plaza.UpgradeQuery{Current: "<not set>"}},
		"no version at all":         {},
		"another product":           {query: plaza.UpgradeQuery{Current: "4.2.0", Product: "other"}},
		"this product":              {query: plaza.UpgradeQuery{Current: "4.2.0", Product: "product"}, want: "5.1.0"},
		"a package":                 {query: plaza.UpgradeQuery{Current: "4.2.0", Package: "other"}},
		"an unknown channel":        {query: plaza.UpgradeQuery{Current: "4.2.0", Channel: "nightly"}},
		"stable by name":            {query: plaza.UpgradeQuery{Current: "5.2.0-alpha.1", Channel: "stable"}},
		"rc":                        {query: plaza.UpgradeQuery{Current: "4.2.0", Channel: "rc"}, want: "5.2.0-rc.1"},
		"rc has no beta":            {all: "5.2.0 5.3.0-beta.1", query: plaza.UpgradeQuery{Current: "5.1.0", Channel: "rc"}, want: "5.2.0"},
		"beta has rc":               {query: plaza.UpgradeQuery{Current: "4.2.0", Channel: "beta"}, want: "5.2.0-rc.1"},
		"alpha has beta":            {all: "1.0.0 1.1.0-alpha.1 1.1.0-beta.1", query: plaza.UpgradeQuery{Current: "1.0.0", Channel: "alpha"}, want: "1.1.0-beta.1"},
		"dev has dev only":          {all: "6.0.0 6.0.0-dev.7 6.0.0-rc.1", query: plaza.UpgradeQuery{Current: "5.0.0", Channel: "dev"}, want: "6.0.0-dev.7"},
		"the current one's channel": {query: plaza.UpgradeQuery{Current: "5.2.0-beta.1"}, want: "5.2.0-rc.1"},
		"its word in old spelling":  {query: plaza.UpgradeQuery{Current: "5.0.0-RC1"}, want: "5.2.0-rc.1"},
		"a word that is no channel": {query: plaza.UpgradeQuery{Current: "5.0.0-foo.1"}},
		"a draft":                   {query: plaza.UpgradeQuery{Current: "5.0.1"}, change: func(r map[string]*plaza.Release) { r["5.1.0"].Status = plaza.ReleaseDraft }},
		"from a draft's ID":         {query: plaza.UpgradeQuery{Current: "id-5.0.0"}, change: func(r map[string]*plaza.Release) { r["5.0.0"].Status = plaza.ReleaseDraft }},
		"a yanked one":              {query: plaza.UpgradeQuery{Current: "4.3.0"}, want: "5.0.1", change: func(r map[string]*plaza.Release) { r["5.1.0"].Status = plaza.ReleaseYanked }},
		"from a yanked one":         {query: plaza.UpgradeQuery{Current: "5.0.0"}, want: "5.1.0", change: func(r map[string]*plaza.Release) { r["5.0.0"].Status = plaza.ReleaseYanked }},
		"from a yanked one's ID":    {query: plaza.UpgradeQuery{Current: "id-5.0.0"}, want: "5.1.0", change: func(r map[string]*plaza.Release) { r["5.0.0"].Status = plaza.ReleaseYanked }},
		"from an ID out of reach":   {query: plaza.UpgradeQuery{Current: "id-4.2.0"}, standing: without(plaza.ModuleMonitor), change: monitors("4.2.0")},
		"a module is missing":       {query: plaza.UpgradeQuery{Current: "4.2.0"}, want: "5.0.1", standing: without(plaza.ModuleMonitor), change: monitors("5.1.0")},
		"a module is there":         {query: plaza.UpgradeQuery{Current: "4.2.0"}, want: "5.1.0", change: monitors("5.1.0")},
		"within its term only":      {query: plaza.UpgradeQuery{Current: "4.2.0"}, want: "5.0.0", standing: ended},
		"grace counts":              {query: plaza.UpgradeQuery{Current: "4.2.0"}, want: "5.0.1", standing: func(s *plaza.Standing) { ended(s); s.License.GraceDays = 10 }},
		"maintained":                {query: plaza.UpgradeQuery{Current: "4.2.0"}, want: "5.0.0", standing: func(s *plaza.Standing) { ended(s); s.Terms.Expiration = plaza.MaintainAccess }},
		"allowed":                   {query: plaza.UpgradeQuery{Current: "4.2.0"}, want: "5.1.0", standing: func(s *plaza.Standing) { ended(s); s.Terms.Expiration = plaza.AllowAccess }},
		"without end":               {query: plaza.UpgradeQuery{Current: "4.2.0"}, want: "5.1.0", standing: func(s *plaza.Standing) { s.License = plaza.License{} }},
		"backdated":                 {query: plaza.UpgradeQuery{Current: "4.2.0"}, want: "5.1.0", standing: ended, change: func(r map[string]*plaza.Release) { r["5.1.0"].Backdated = noon().Add(-99 * day) }},
		"major":                     {query: plaza.UpgradeQuery{Current: "4.2.0", Constraint: "4"}, want: "4.3.0"},
		"minor at least":            {query: plaza.UpgradeQuery{Current: "4.2.0", Constraint: "5.1"}, want: "5.1.0"},
		"minor and none":            {query: plaza.UpgradeQuery{Current: "4.2.0", Constraint: "5.2"}},
		"patch at least":            {query: plaza.UpgradeQuery{Current: "4.2.0", Constraint: "5.0.0"}, want: "5.0.1"},
		"patch and none":            {query: plaza.UpgradeQuery{Current: "4.2.0", Constraint: "5.0.2"}},
		"a word":                    {query: plaza.UpgradeQuery{Current: "4.2.0", Channel: "beta", Constraint: "5-beta"}, want: "5.2.0-beta.1"},
		"another word":              {query: plaza.UpgradeQuery{Current: "4.2.0", Constraint: "5-beta"}},
		"a build":                   {all: "1.0.1+linux.1 1.0.2", query: plaza.UpgradeQuery{Current: "1.0.0", Constraint: "1.0+linux"}, want: "1.0.1+linux.1"},
		"no constraint":             {query: plaza.UpgradeQuery{Current: "4.2.0", Constraint: ">1"}, code: "CONSTRAINT_INVALID"},
		"a constraint of zeros":     {query: plaza.UpgradeQuery{Current: "4.2.0", Constraint: "05"}, code: "CONSTRAINT_INVALID"},
		"a long constraint":         {query: plaza.UpgradeQuery{Current: "4.2.0", Constraint: "1.2.3.4"}, code: "CONSTRAINT_INVALID"},
		"a large constraint":        {query: plaza.UpgradeQuery{Current: "4.2.0", Constraint: "99999999999"}, code: "CONSTRAINT_INVALID"},
		"wrong though none is new":  {query: plaza.UpgradeQuery{Current: "9.0.0", Constraint: "x"}, code: "CONSTRAINT_INVALID"},
		"over a stepping stone":     {query: plaza.UpgradeQuery{Current: "4.2.0"}, want: "4.3.0", change: stones},
		"from the stone":            {query: plaza.UpgradeQuery{Current: "4.3.0"}, want: "5.1.0", change: stones},
		"beyond the stone":          {query: plaza.UpgradeQuery{Current: "4.9.9"}, want: "5.1.0", change: stones},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tt.all == "" {
				tt.all = most
			}
			all, s := catalogue(tt.all), entitled()
			if tt.change != nil {
				by := map[string]*plaza.Release{}
				for i := range all {
					by[all[i].Version] = &all[i]
				}
				tt.change(by)
			}
			if tt.standing != nil {
				tt.standing(&s)
			}
			for range 2 { // in whichever order they come
				next, current, err := s.Upgrade(tt.query, all)
				wantUpgrade(t, next, current, err, tt.query.Current, tt.want, tt.code)
				slices.Reverse(all)
			}
		})
	}
}

func wantUpgrade(t *testing.T, next plaza.Release, current string, err error, from, want, code string) {
	t.Helper()
	if want != "" {
		if err != nil || next.Version != want || current != strings.TrimPrefix(from, "id-") {
			t.Errorf("got %q from %q, %v, want %q", next.Version, current, err, want)
		}
		return
	}
	kind := plaza.Invalid
	if code == "" {
		code, kind = "NOT_FOUND", plaza.NotFound
	}
	refusal, ok := errors.AsType[*plaza.Refusal](err)
	if !ok || refusal.Code != code || plaza.KindOf(err) != kind || next.ID != "" {
		t.Errorf("got %q, %v, want %s", next.Version, err, code)
	}
}

// ended is a license that was over before 5.0.1 came.
func ended(s *plaza.Standing) { s.License.Ends = noon().Add(-80*day + 1) }

func without(m plaza.Module) func(*plaza.Standing) {
	return func(s *plaza.Standing) {
		s.Terms.Modules = slices.DeleteFunc(slices.Clone(s.Terms.Modules), func(one plaza.Module) bool { return one == m })
	}
}

func monitors(version string) func(map[string]*plaza.Release) {
	return func(all map[string]*plaza.Release) {
		all[version].Modules = []plaza.Module{plaza.ModuleDeploy, plaza.ModuleMonitor}
	}
}

func stones(all map[string]*plaza.Release) {
	for _, version := range []string{"5.0.0", "5.0.1", "5.1.0"} {
		all[version].Requires = "4.3.0"
	}
}

func TestNewReleaseIsChecked(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*plaza.NewRelease)
		field  string // empty: it is right
	}{
		"right":                {func(*plaza.NewRelease) {}, ""},
		"a candidate":          {func(n *plaza.NewRelease) { n.Version, n.Channel = "5.0.0-rc.1", plaza.RC }, ""},
		"a snapshot":           {func(n *plaza.NewRelease) { n.Version, n.Channel = "5.0.0-dev.7+abc", plaza.Dev }, ""},
		"no version":           {func(n *plaza.NewRelease) { n.Version = "5.0" }, "version"},
		"no channel":           {func(n *plaza.NewRelease) { n.Channel = "" }, "channel"},
		"another channel":      {func(n *plaza.NewRelease) { n.Channel = "nightly" }, "channel"},
		"stable with a word":   {func(n *plaza.NewRelease) { n.Version = "5.0.0-rc.1" }, "version"},
		"a word that is none":  {func(n *plaza.NewRelease) { n.Version, n.Channel = "5.0.0-RC1", plaza.RC }, "version"},
		"a channel, no word":   {func(n *plaza.NewRelease) { n.Channel = plaza.Beta }, "version"},
		"needs no version":     {func(n *plaza.NewRelease) { n.Requires = "4" }, "requires"},
		"needs itself":         {func(n *plaza.NewRelease) { n.Requires = "5.0.1" }, "requires"},
		"needs an older one":   {func(n *plaza.NewRelease) { n.Requires = "4.2.0" }, ""},
		"an unknown module":    {func(n *plaza.NewRelease) { n.Modules = []plaza.Module{"FLY"} }, "modules"},
		"a module":             {func(n *plaza.NewRelease) { n.Modules = []plaza.Module{plaza.ModuleDeploy} }, ""},
		"from tomorrow":        {func(n *plaza.NewRelease) { n.Backdated = noon().Add(day) }, "backdated"},
		"a bell in the name":   {func(n *plaza.NewRelease) { n.Name = "a\x07" }, "name"},
		"lines in the text":    {func(n *plaza.NewRelease) { n.Description = "a\n\tb" }, ""},
		"a text without end":   {func(n *plaza.NewRelease) { n.Description = strings.Repeat("a", 4001) }, "description"},
		"a null in the text":   {func(n *plaza.NewRelease) { n.Description = "\x00" }, "description"},
		"a tag of many":        {func(n *plaza.NewRelease) { n.Tag = strings.Repeat("a", 201) }, "tag"},
		"spaces are no matter": {func(n *plaza.NewRelease) { n.Version, n.Name = " 5.0.1 ", " " }, ""},
	} {
		in := plaza.NewRelease{Version: "5.0.1", Channel: plaza.Stable}
		tt.change(&in)
		wantProblem(t, name, in.Clean().Validate(noon()), tt.field)
	}
}

func TestNewArtifactIsChecked(t *testing.T) {
	t.Parallel()
	sum := strings.Repeat("A", 86)
	for name, tt := range map[string]struct {
		change func(*plaza.NewArtifact)
		field  string
	}{
		"right":                   {func(*plaza.NewArtifact) {}, ""},
		"no platform":             {func(n *plaza.NewArtifact) { n.Platform = "" }, "platform"},
		"no architecture":         {func(n *plaza.NewArtifact) { n.Arch = "" }, "platform"},
		"a strange one":           {func(n *plaza.NewArtifact) { n.Arch = "../x" }, "platform"},
		"a name with path":        {func(n *plaza.NewArtifact) { n.Filename = "a/b" }, "filename"},
		"a hidden name":           {func(n *plaza.NewArtifact) { n.Filename = ".." }, "filename"},
		"a platform that is none": {func(n *plaza.NewArtifact) { n.Platform, n.Arch = "plan9", "x" }, "platform"},
		"a name like an ID":       {func(n *plaza.NewArtifact) { n.Filename = "01900000-0000-7000-8000-000000000000" }, "filename"},
		"a type":                  {func(n *plaza.NewArtifact) { n.Filetype = "zip" }, ""},
		"a strange type":          {func(n *plaza.NewArtifact) { n.Filetype = "z\n" + "ip" }, "filetype"},
		"no signature":            {func(n *plaza.NewArtifact) { n.Signature = "" }, "signature"},
		"half a signature":        {func(n *plaza.NewArtifact) { n.Signature = sum[:43] }, "signature"},
		"a padded one":            {func(n *plaza.NewArtifact) { n.Signature += "==" }, "signature"},
		"no checksum":             {func(n *plaza.NewArtifact) { n.Checksum = "abc" }, "checksum"},
		"a checksum":              {func(n *plaza.NewArtifact) { n.Checksum = sum }, ""},
	} {
		in := plaza.NewArtifact{Platform: "linux", Arch: "amd64", Signature: sum}
		tt.change(&in)
		wantProblem(t, name, in.Clean().Validate(), tt.field)
	}
	for target, want := range map[[2]string]string{{"linux", "arm64"}: "connectagent_linux_arm64", {"windows", "amd64"}: "connectagent_windows_amd64.exe"} {
		if got := (plaza.NewArtifact{Platform: target[0], Arch: target[1]}).Clean().Filename; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func wantProblem(t *testing.T, name string, err error, field string) {
	t.Helper()
	if field == "" {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		return
	}
	if _, there := plaza.AsError(err).Fields[field]; !there || plaza.KindOf(err) != plaza.Invalid || len(plaza.AsError(err).Fields) != 1 {
		t.Errorf("%s: got %v, want a problem of %s", name, err, field)
	}
}

func TestEveryStatusHasAName(t *testing.T) {
	t.Parallel()
	for _, s := range []plaza.ReleaseStatus{plaza.ReleaseDraft, plaza.ReleasePublished, plaza.ReleaseYanked} {
		if s.Text().IsZero() {
			t.Errorf("%s has no name", s)
		}
	}
}
