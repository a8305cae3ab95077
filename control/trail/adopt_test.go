package trail

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"asbru/core/audit"
)

// A ledger that is begun anew, as the directory of the one before is damaged, has its calls in the trail from the first on, also
// those at positions that the trail has read in the other one.
func TestALedgerThatIsBegunAnew(t *testing.T) {
	m := newMemory()
	r := newRig(t, Options{Sinks: []Sink{m}})
	for i := range 300 {
		r.call(i, 1)
	}
	r.stop()
	if err := os.RemoveAll(filepath.Join(r.dir, "ledger")); err != nil {
		t.Fatal(err)
	}
	r.open()
	for i := range 20 {
		r.call(1000+i, 1)
	}
	r.wantAfterGap(m, 320, 1)
	r.stop() // nothing is told twice, and no further gap
	r.open()
	r.call(2000, 1)
	r.wantAfterGap(m, 321, 1)
}

// A ledger that is put back from a copy goes on from where that ended, and so does the trail.
func TestALedgerThatIsAnOlderCopy(t *testing.T) {
	m := newMemory()
	r := newRig(t, Options{Sinks: []Sink{m}})
	for i := range 100 {
		r.call(i, 1)
	}
	r.stop()
	dir, copied := filepath.Join(r.dir, "ledger"), filepath.Join(r.dir, "copy")
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	r.open()
	for i := range 100 {
		r.call(100+i, 1)
	}
	r.stop()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(copied, dir); err != nil {
		t.Fatal(err)
	}
	r.open()
	for i := range 10 {
		r.call(1000+i, 1)
	}
	r.wantAfterGap(m, 210, 1)
}

// wantAfterGap waits until the sink has so many calls, and so many gaps.
func (r *rig) wantAfterGap(m *memory, calls, gaps uint64) {
	r.t.Helper()
	var got audit.Report
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end) && got.Calls < calls; time.Sleep(10 * time.Millisecond) {
		got = m.verify(r.t, r.Trail, r.has(m))
	}
	if got.Calls != calls || got.Gaps != gaps {
		r.t.Errorf("%d calls and %d gaps are in the trail; want %d and %d", got.Calls, got.Gaps, calls, gaps)
	}
}

// Two processes do not write one trail, whatever ledgers they have.
func TestATrailHasOneWriter(t *testing.T) {
	r := newRig(t, Options{})
	if other, err := Open(r.o); err == nil || !strings.Contains(err.Error(), "another process writes the audit trail in "+r.o.Dir) {
		t.Errorf("a second writer: %v, %v", other, err)
	}
	r.stop()
	r.open()
}
