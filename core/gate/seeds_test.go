//go:build !race

// One goroutine on a clock of its own: the race detector would only make it slow.

package gate

import (
	"math/rand/v2"
	"testing"
	"time"

	"asbru/core"
)

// Under random load, every request is decided once, none waits longer than allowed, never are more
// under way than the limit, and at the end nothing is left.
func TestSeeds(t *testing.T) {
	seeds := uint64(10_000)
	if testing.Short() {
		seeds = 500
	}
	for seed := range seeds {
		play(t, seed)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func play(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 2))
	share := []float64{0, 0.1, 0.5}[r.IntN(3)]
	s := Spec{
		Min: 1 + r.IntN(4), Max: 4 + r.IntN(60), Fixed: r.IntN(4) == 0, Queue: r.IntN(40) - 2,
		Wait: time.Duration(1+r.IntN(100)) * time.Millisecond, Share: &share,
	}
	w := newWorld(seed, s, float64(1+r.IntN(30)), time.Duration(1+r.IntN(20))*time.Millisecond)
	w.shape = []func(*rand.Rand) float64{narrow, wide, tailed}[r.IntN(3)]
	w.hard = r.IntN(2) * (1 + r.IntN(50))
	for range 1 + r.IntN(6) {
		w.add(float64(10+r.IntN(2000)), core.Urgency(r.IntN(int(core.NumUrgencies)))).streams = r.IntN(2) == 0
	}
	most, stop := 0, w.now+int64(250*time.Millisecond)
	limit := w.g.Gauges().Limit
	w.fixed = func(now int64) {
		limit = max(limit, w.g.Gauges().Limit)
		most = max(most, w.g.Gauges().Inflight)
		if r.IntN(50) == 0 && len(w.waiting) > 0 { // a client leaves
			j := w.waiting[r.IntN(len(w.waiting))]
			if j.woken == 0 && w.g.Abandon(now, j.Ticket) {
				w.settle(j)
			}
			w.wake()
		}
		if r.IntN(500) == 0 {
			s.Max = 4 + r.IntN(60)
			w.g.Set(s)
		}
		if now > stop {
			for _, c := range w.callers {
				c.rate = 0
			}
		}
	}
	w.run(80 * time.Millisecond)
	for _, c := range w.callers {
		c.rate = 0
	}
	w.run(30 * time.Second)
	asked, told := 0, 0
	for _, c := range w.callers {
		asked += c.asked
		told += c.served + len(c.refused) + c.throttle
		for _, d := range c.refused {
			if d > int64(s.Wait) {
				t.Errorf("a refusal came after %v; want %v at most", time.Duration(d), s.Wait)
			}
		}
	}
	gs := w.g.Gauges()
	if asked != told || len(w.waiting) > 0 {
		t.Errorf("%d asked, %d were told, %d still wait", asked, told, len(w.waiting))
	}
	if gs.Inflight != 0 || gs.Waiting != [core.NumUrgencies]int{} || w.g.state.Load() != 0 {
		t.Errorf("left behind: %+v", gs)
	}
	if most > limit {
		t.Errorf("%d were under way; the limit was %d at most", most, limit)
	}
	if n := len(w.g.seats); n > max(w.g.spec.Load().queue, 0) {
		t.Errorf("%d seats for a queue of %d", n, w.g.spec.Load().queue)
	}
}
