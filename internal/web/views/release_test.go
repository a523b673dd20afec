package views

import (
	"strings"
	"testing"

	"github.com/connectplaza/plaza"
)

func releasePages(f Frame) [][2]Page {
	f.Actor.Kind = plaza.Vendor
	draft := plaza.Release{
		ID: hostile, Name: hostile, Description: hostile, Version: hostile, Channel: plaza.RC, Status: plaza.ReleaseDraft, Requires: hostile,
		Modules: []plaza.Module{hostile}, Created: noon(),
	}
	published, yanked := draft, draft
	published.Status = plaza.ReleasePublished
	yanked.Status, yanked.Yanked, yanked.YankReason = plaza.ReleaseYanked, noon(), hostile
	all := []plaza.Release{draft, published, yanked}
	builds := []plaza.Artifact{
		{ID: hostile, Filename: hostile, Platform: hostile, Arch: hostile, Size: 1 << 40, Status: plaza.ArtifactUploaded, Checksum: hostile},
		{Filename: hostile, Status: plaza.ArtifactWaiting},
	}
	releasing := plaza.Releasing{Key: hostile, Product: hostile}
	return [][2]Page{
		{
			Releases{Frame: f, Releasing: plaza.Releasing{}},
			Releases{Frame: f, Listing: hostileListing("/releases"), All: all, Releasing: releasing, Form: hostileForm("key")},
		},
		{ReleaseNew{Frame: f, Form: NewReleaseForm()}, ReleaseNew{Frame: f, Form: hostileForm("version", "channel", "name", "description", "requires", "modules")}},
		{
			Release{Frame: f, Release: plaza.Release{Channel: plaza.Stable, Status: plaza.ReleaseDraft}},
			Release{Frame: f, Release: draft, Artifacts: builds, Releasing: releasing, Form: hostileForm("platform", "signature", "file"), History: plaza.List[plaza.AuditLine]{Rows: []plaza.AuditLine{hostileLine()}}},
		},
		{Release{Frame: f, Release: published}, Release{Frame: f, Release: yanked, Artifacts: builds}},
		{ReleaseYank{Frame: f}, ReleaseYank{Frame: f, Release: published, Form: hostileForm("reason")}},
	}
}

func TestAgentPageNamesWhatIsNewer(t *testing.T) {
	t.Parallel()
	f := testFrame(t, "en")
	a := plaza.ConnectAgent{Name: "A", Build: "5.0.0"}
	if page := drawPage(t, Agent{Frame: f, Agent: a}); strings.Contains(page, "is available") {
		t.Error("nothing is newer, and something is said")
	}
	a.Next = &plaza.Release{ID: "r-1", Version: "5.0.1"}
	page := drawPage(t, Agent{Frame: f, Agent: a})
	if !strings.Contains(page, `<a href="/releases/r-1">5.0.1 is available</a>`) {
		t.Error("what is newer is not named")
	}
}

// TestEverybodyFindsTheReleases: what everybody may look at is in everybody's menu;
// the history, which is the vendor's, is not drawn empty for the others.
func TestEverybodyFindsTheReleases(t *testing.T) {
	t.Parallel()
	for _, kind := range []plaza.ProfileKind{plaza.Vendor, plaza.Reseller, plaza.Partner, plaza.Enterprise} {
		f := testFrame(t, "en")
		f.Actor.Kind, f.Actor.Role, f.Framed = kind, plaza.Support, true
		page := drawPage(t, Release{Frame: f, Release: plaza.Release{Name: "5.0.1", Status: plaza.ReleasePublished}})
		if !strings.Contains(page, `href="/releases" `) && !strings.Contains(page, `href="/releases"`+"\n") || !strings.Contains(page, `"g v"`) {
			t.Errorf("%s: nothing leads to the releases: %s", kind, page)
		}
		if strings.Contains(page, "Nothing has happened yet") {
			t.Errorf("%s: an empty history", kind)
		}
	}
}
