package views

import (
	"testing"
	"time"

	"github.com/connectplaza/plaza"
)

func signingKeyPages(f Frame) [][2]Page {
	vendor := f
	vendor.Actor.Kind = plaza.Vendor
	return [][2]Page{
		{SigningKey{Frame: f}, SigningKey{Frame: vendor, Account: hostile, Slug: hostile, Product: hostile, Base: hostile, Keys: threeKeys()}},
		{SigningKeyRotate{Frame: f}, SigningKeyRotate{Frame: f, Form: hostileForm("signs")}},
	}
}

func threeKeys() []plaza.SigningKey {
	return []plaza.SigningKey{
		{ID: "next", Public: make([]byte, 32), Created: noon(), Signs: noon().Add(time.Hour)},
		{ID: "now", Public: make([]byte, 32), Created: noon(), Signs: noon().Add(-time.Hour)},
		{ID: "old", Public: make([]byte, 32), Created: noon(), Signs: noon().Add(-2 * time.Hour)},
	}
}

func TestOneKeySigns(t *testing.T) {
	t.Parallel()
	p := SigningKey{Frame: testFrame(t, "en"), Keys: threeKeys()}
	for i, want := range []string{"signingkey.will_sign", "signingkey.signs_now", "signingkey.signed"} {
		if _, got := p.state(p.Keys[i]); got.Key != want {
			t.Errorf("%s: %s, want %s", p.Keys[i].ID, got.Key, want)
		}
	}
	if next, waits := p.next(); !waits || next.ID != "next" {
		t.Errorf("%s waits", next.ID)
	}
	p.Keys = p.Keys[1:]
	if _, waits := p.next(); waits {
		t.Error("something waits")
	}
}
