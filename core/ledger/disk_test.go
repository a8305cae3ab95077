package ledger

import (
	"os"
	"path/filepath"
	"testing"
)

// A file grows by allocated zeros and shrinks, with and without the help of the system.
func TestResize(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	size := func(want int64) {
		t.Helper()
		if info, err := f.Stat(); err != nil || info.Size() != want {
			t.Errorf("%d bytes; want %d: %v", info.Size(), want, err)
		}
	}
	d := diskFile{f}
	for _, n := range []int64{3 << 20, 3 << 20, 100, 0} {
		if err := d.Resize(n); err != nil {
			t.Fatal(err)
		}
		size(n)
	}
	if err := zeros(f, 0, maxWrite+5); err != nil {
		t.Fatal(err)
	}
	size(maxWrite + 5)
	if err := d.Sync(); err != nil {
		t.Error(err)
	}
	f.Close()
	if d.Resize(5) == nil || d.Sync() == nil || zeros(f, 0, 1) == nil {
		t.Error("a closed file can be written")
	}
}
