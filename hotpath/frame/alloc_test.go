//go:build !race

package frame

import "testing"

func TestNothingAllocated(t *testing.T) {
	buf := make([]byte, 0, 4096)
	c := Cutter{Store: Store{Grow: func(old []byte, need int) []byte { return append(buf[:0], old...) }}}
	one, two := []byte("event: x\ndata: {}\n\ndata: a\ndata: b\n\ndata: par"), []byte("tial\n\n")
	if n := testing.AllocsPerRun(100, func() {
		events := 0
		for _, src := range [][]byte{one, two} {
			for {
				raw, _, n, err := c.Next(src)
				if raw == nil || err != nil {
					break
				}
				events, src = events+1, src[n:]
			}
		}
		if events != 3 {
			t.Errorf("got %d events, want 3", events)
		}
	}); n != 0 {
		t.Errorf("%v allocations with lent buffers, want 0", n)
	}
}

func TestNothingAllocatedForMessages(t *testing.T) {
	buf := make([]byte, 0, 4096)
	c := MessageCutter{Store: Store{Grow: func(old []byte, need int) []byte { return append(buf[:0], old...) }}}
	stream := messages()
	if n := testing.AllocsPerRun(100, func() {
		seen := 0
		for _, src := range [][]byte{stream[:5], stream[5:90], stream[90:]} {
			for {
				raw, _, n, err := c.Next(src)
				if raw == nil || err != nil {
					break
				}
				seen, src = seen+1, src[n:]
			}
		}
		if seen != 4 {
			t.Errorf("got %d messages, want 4", seen)
		}
	}); n != 0 {
		t.Errorf("%v allocations with lent buffers, want 0", n)
	}
}
