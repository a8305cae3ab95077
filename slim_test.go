package main

import (
	"runtime"
	"testing"
)

func TestSlimmerWaitsForQuiet(t *testing.T) {
	const mb = 1 << 20
	var s slimmer
	f := func(what string, h heap, want bool) {
		t.Helper()
		if got := s.due(h); got != want {
			t.Errorf("%s: due is %v, want %v", what, got, want)
		}
	}
	f("small", heap{3 * mb, 0}, false)
	f("a storm", heap{90 * mb, 12}, false)
	f("quiet after it", heap{90 * mb, 12}, true)
	s.kept, s.last = 60*mb, heap{60 * mb, 14} // as look leaves it: 60 MB are in use
	f("in use, nothing to give back", heap{60 * mb, 14}, false)
	f("a little more", heap{60*mb + slimAbove, 14}, false)
	f("as much again", heap{60*mb + slimAbove + 1, 14}, true)
	f("the collector at work", heap{10 * mb, 15}, false)
	f("grown since it was small", heap{10*mb + slimAbove + 1, 15}, true)
}

func TestSlimmerGivesBack(t *testing.T) {
	var s slimmer
	s.look()
	storm := make([][]byte, 64)
	for i := range storm {
		storm[i] = make([]byte, 1<<20)
	}
	runtime.KeepAlive(storm)
	storm = nil
	s.last = readHeap() // quiet since then
	full := s.last.held
	s.look()
	if now := readHeap().held; now > full-32<<20 {
		t.Errorf("held %d bytes after a storm, %d before giving back", now, full)
	}
}
