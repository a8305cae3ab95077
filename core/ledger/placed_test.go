package ledger_test

import (
	"errors"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"asbru/bench/faultfs"
	. "asbru/core/ledger"
)

// One call of the disk after the other fails once, with an error that
// is the end and with one that may pass. Whatever was promised is there afterwards.
func TestPlacedErrors(t *testing.T) {
	failed, ended := 0, 0
	for _, bad := range []error{syscall.EIO, syscall.ENOSPC} {
		for n := 0; n < 90; n += 2 {
			fs := &faultfs.Failing{FS: memory(uint64(n))}
			fs.Fail(faultfs.Changes|faultfs.ReadAt, n, bad, 1)
			if !placed(t, fs, bad) {
				ended++
			}
			if t.Failed() {
				t.Fatalf("call %d, %v", n, bad)
			}
			failed += fs.Failed()
		}
	}
	t.Logf("%d calls failed, %d processes ended", failed, ended)
	if failed < 60 || ended == 0 || ended == failed {
		t.Errorf("%d calls failed, %d processes ended: that proves little", failed, ended)
	}
}

// placed runs a ledger on a disk of which one call fails, and reports whether it went on.
func placed(t *testing.T, fs *faultfs.Failing, bad error) bool {
	r := rand.New(rand.NewPCG(1, 31))
	var fold chain
	o := small()
	o.Fold = &fold
	l, err := Open(fs, o)
	if err != nil {
		if !errors.Is(err, bad) {
			t.Errorf("cannot open: %v", err)
		}
		fs.Heal()
		if l, err = Open(fs, o); err != nil {
			t.Errorf("cannot open after a failure: %v", err)
			return false
		}
	}
	var h history
	for i := range 160 {
		x := anyRecord(r)
		size := Size(len(x.Lines), len(x.Payload))
		for end := time.Now().Add(10 * time.Second); !l.Reserve(size) && l.Err() == nil; {
			l.Step()
			l.Prepare()
			if time.Now().After(end) {
				t.Errorf("no room for ever: %v", l.Trouble())
				return false
			}
		}
		if l.Err() != nil {
			break
		}
		l.Append(x, size)
		h.records = append(h.records, x.Clone())
		if i%3 == 0 {
			l.Step()
		}
		if i%40 == 39 {
			l.Maintain()
		}
	}
	err = l.Close()
	h.durable = l.Durable()
	if err == nil && h.durable != l.End() {
		t.Errorf("closed at %v of %v", h.durable, l.End())
	}
	if l.Err() != nil && !errors.Is(l.Err(), bad) {
		t.Errorf("ended for %v", l.Err())
	}
	went := l.Err() == nil
	fold = chain{}
	o.Fold = &fold
	again, err := Open(fs, o)
	if err != nil {
		t.Errorf("cannot open again: %v", err)
		return went
	}
	h.check(t, again, &fold)
	again.Close()
	return went
}
