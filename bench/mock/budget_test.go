//go:build !race

package mock

import "testing"

// TestBudget checks that unary answers and streams do not allocate once the buffers of the loop have grown.
func TestBudget(t *testing.T) {
	for _, stream := range []bool{false, true} {
		srv, err := newServer(Options{ReplyBytes: 1500})
		if err != nil {
			t.Fatal(err)
		}
		s, w, raw := &session{srv: srv}, &work{now: 1}, []byte(chat("gpt-4o-mini", stream))
		got := testing.AllocsPerRun(100, func() {
			w.in, w.out = raw, w.out[:0]
			s.advance(w)
		})
		if got != 0 || s.phase != readHead {
			t.Errorf("stream %v: %v allocations, phase %d", stream, got, s.phase)
		}
	}
}
