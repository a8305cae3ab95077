//go:build !race

package cred

import (
	"testing"
	"time"
)

// Reading what is held is on the path of a request.
func TestReadingAllocatesNothing(t *testing.T) {
	src := &Source{http: newClient(Options{})}
	src.held.Store(&grant{lines: []byte("a"), aws: &AWS{}, expires: time.Now().Add(time.Hour).Round(0)})
	n := testing.AllocsPerRun(100, func() {
		if src.Lines() == nil || src.AWS() == nil || src.Skew() != 0 {
			t.Fatal("nothing is held")
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}
