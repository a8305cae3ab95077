package trail

import (
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// faulty is a file whose disk is full, or does not sync, while it is told so.
type faulty struct {
	*os.File
	how *faults
}

type faults struct {
	full, unsynced atomic.Bool
	halves         atomic.Int64 // writes of which a part came through
}

func (f *faults) open(path string) (output, error) {
	file, err := openFile(path)
	if err != nil {
		return nil, err
	}
	return &faulty{file.(*os.File), f}, nil
}

func (f *faulty) Write(b []byte) (int, error) {
	if !f.how.full.Load() {
		return f.File.Write(b)
	}
	f.how.halves.Add(1)
	n, _ := f.File.Write(b[:len(b)/2])
	return n, syscall.ENOSPC
}

func (f *faulty) Sync() error {
	if f.how.unsynced.Load() {
		return syscall.EIO
	}
	return f.File.Sync()
}

// TestAFullDisk has a disk fill up and get space again: calls are refused meanwhile, and nothing is lost.
func TestAFullDisk(t *testing.T) {
	m, f := newMemory(), new(faults)
	r := newRig(t, Options{Sinks: []Sink{m}, open: f.open})
	for i := range 100 {
		r.call(i, 1)
	}
	r.has(m)
	f.full.Store(true)
	var more sync.WaitGroup
	more.Go(func() {
		for i := range 6000 { // more than memory holds
			r.call(100+i, 1)
		}
	})
	wait(t, "trouble", func() bool { return r.Trouble() != nil })
	more.Wait()
	wait(t, "a few tries", func() bool { return f.halves.Load() > 3 })
	if !errors.Is(r.Trouble(), syscall.ENOSPC) {
		t.Errorf("the trouble is %v", r.Trouble())
	}
	if r.Needed() >= r.log.End() {
		t.Error("the ledger is not needed any more for what was not written")
	}
	f.full.Store(false)
	if got := m.verify(t, r.Trail, r.has(m)); got.Calls != 6100 {
		t.Errorf("got %+v", got)
	}
	if err := r.Trouble(); err != nil {
		t.Errorf("with space again the trouble is %v", err)
	}
}

// TestASyncThatFailsIsTheEnd has the next start bring what this one could not.
func TestASyncThatFailsIsTheEnd(t *testing.T) {
	m, f := newMemory(), new(faults)
	var told atomic.Int64
	r := newRig(t, Options{Sinks: []Sink{m}, open: f.open, Failed: func(error) { told.Add(1) }})
	r.call(0, 1)
	r.has(m)
	f.unsynced.Store(true)
	for i := range 10 {
		r.call(1+i, 1)
	}
	wait(t, "the end", func() bool { return told.Load() == 1 })
	f.unsynced.Store(false)
	r.call(11, 1)
	if err := r.Trail.Close(); !errors.Is(err, syscall.EIO) {
		t.Errorf("closed with %v", err)
	}
	if told.Load() != 1 {
		t.Errorf("it was told %d times", told.Load())
	}
	r.log.Close()
	m = newMemory()
	r.o.Sinks, r.o.open = []Sink{m}, nil
	r.open()
	if got := m.verify(t, r.Trail, r.has(m)); got.Calls != 12 {
		t.Errorf("after the next start: %+v", got)
	}
}
