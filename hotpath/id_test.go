package hotpath

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"asbru/core"
)

// Ids are unlike each other, and a later millisecond's stands behind an earlier one's: whoever
// keeps them in order adds at the end.
func TestIDsAreInOrder(t *testing.T) {
	s, other := New(Options{Loops: -1}), New(Options{Loops: -1})
	seen := map[[16]byte]bool{}
	var x, last core.Exchange
	for i := range 20_000 {
		last = x
		x.Start = core.Clock() + int64(i/1000)*int64(time.Millisecond)
		for _, s := range []*Server{s, other} {
			if s.newID(&x); seen[x.ID] {
				t.Fatalf("the id %x was given twice", x.ID)
			}
			seen[x.ID] = true
		}
		if i%1000 == 0 && i > 0 && bytes.Compare(last.ID[:], x.ID[:]) >= 0 {
			t.Fatalf("%x does not stand behind %x", x.ID, last.ID)
		}
	}
	at := time.UnixMilli(int64(binary.BigEndian.Uint64(x.ID[:]) >> 16))
	if d := time.Until(at); d > time.Minute || d < -time.Minute {
		t.Errorf("%x is of %v", x.ID, at)
	}
}
