package connectagent

import "testing"

func TestTwoCannotLockOneFolder(t *testing.T) {
	t.Parallel()
	f := folder(t.TempDir())
	unlock, err := f.lock()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.lock(); err == nil {
		t.Error("it is locked twice")
	}
	unlock()
	unlock, err = f.lock()
	if err != nil {
		t.Fatal(err)
	}
	unlock()
}
