package plaza_test

import (
	"testing"
	"time"

	"github.com/connectplaza/plaza"
)

// TestMachineWithAFileIsNotCulled: it cannot send heartbeats.
func TestMachineWithAFileIsNotCulled(t *testing.T) {
	t.Parallel()
	terms := plaza.DefaultTerms()
	terms.Cull, terms.Revival = plaza.DeactivateDead, plaza.NoRevive
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	m := plaza.Activation{Created: now}
	if at := m.CulledAt(&terms); !at.Equal(now.Add(terms.Deadline())) {
		t.Errorf("without a file: %v", at)
	}
	m.FileUntil = now.AddDate(0, 0, 30)
	if at := m.CulledAt(&terms); !at.Equal(m.FileUntil) {
		t.Errorf("with a file: %v", at)
	}
	if !m.Offline(now) || m.Offline(m.FileUntil) {
		t.Error("it works by the file until its end")
	}
	m.Beat = now
	if m.Offline(now) {
		t.Error("it is heard of")
	}
	terms.Cull = plaza.KeepDead
	if at := m.CulledAt(&terms); !at.IsZero() {
		t.Errorf("kept: %v", at)
	}
}

func TestFileDays(t *testing.T) {
	t.Parallel()
	terms := plaza.DefaultTerms()
	for days, ok := range map[int]bool{0: false, 1: true, 366: true, 367: false} {
		if err := (plaza.NewFile{Days: days}).Validate(&terms); (err == nil) != ok {
			t.Errorf("%d days: %v", days, err)
		}
	}
	terms.CheckOutMost = 0
	if err := (plaza.NewFile{Days: 3650}).Validate(&terms); err != nil {
		t.Error(err)
	}
}
