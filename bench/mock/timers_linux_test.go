//go:build amd64 || arm64

package mock

import (
	"math/rand/v2"
	"testing"
)

// TestTimers arms, moves and disarms at random, and compares with a list.
func TestTimers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var h timers
	all := make([]timer, 200)
	armed := map[*timer]int64{}
	for range 20_000 {
		x := &all[r.IntN(len(all))]
		switch r.IntN(4) {
		case 0:
			h.set(x, 0)
			delete(armed, x)
		case 1:
			now := h.next()
			for got := h.pop(now); got != nil; got = h.pop(now) {
				if armed[got] != now {
					t.Fatalf("popped what is due at %d, want %d", armed[got], now)
				}
				delete(armed, got)
			}
		default:
			when := 1 + r.Int64N(1000)
			h.set(x, when)
			armed[x] = when
		}
		least := int64(0)
		for _, when := range armed {
			if least == 0 || when < least {
				least = when
			}
		}
		if h.next() != least || len(h.heap) != len(armed) {
			t.Fatalf("next %d of %d, want %d of %d", h.next(), len(h.heap), least, len(armed))
		}
	}
}
