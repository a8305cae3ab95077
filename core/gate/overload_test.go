//go:build !race

// One goroutine on a clock of its own: the race detector would only make it slow.

package gate

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"asbru/core"
)

// With three times the load that the target can bear, for a minute: it works at full capacity, requests
// that are let in are hardly slower, and the others are refused at once.
func TestOverload(t *testing.T) {
	for _, c := range []struct {
		capacity float64
		service  time.Duration
		callers  int
		shape    func(*rand.Rand) float64
	}{
		{100, 100 * time.Millisecond, 1, narrow},
		{100, 100 * time.Millisecond, 10, narrow},
		{100, 100 * time.Millisecond, 300, narrow},
		{12, 100 * time.Millisecond, 3, narrow},
		{8, 100 * time.Millisecond, 2, narrow},
		{40, 20 * time.Millisecond, 5, narrow},
		{32, 2 * time.Second, 4, wide},
		{500, 500 * time.Millisecond, 20, narrow},
	} {
		t.Run(fmt.Sprintf("%v of %v for %d", c.capacity, c.service, c.callers), func(t *testing.T) {
			t.Parallel()
			w := newWorld(7, Spec{Wait: max(time.Second, 5*c.service)}, c.capacity, c.service)
			w.shape = c.shape
			rate := c.capacity / c.service.Seconds()
			for range c.callers {
				w.add(0.3*rate/float64(c.callers), core.Interactive)
			}
			w.run(50 * c.service)
			w.clear()
			w.run(100 * c.service)
			unloaded := w.quantile(0.99, took)

			for _, c := range w.callers {
				c.rate *= 10
				c.next = w.now
			}
			w.clear()
			minute := time.Minute
			if c.service > time.Second {
				minute *= 15 // as many requests
			}
			w.run(minute)
			goodput := float64(w.served()) / (rate * minute.Seconds())
			p99, out := w.quantile(0.99, took), w.quantile(0.99, refused)
			gs := w.g.Gauges()
			t.Logf("goodput %.3f, p50 %v p99 %v (unloaded %v), refused p99 %v, limit %d, quick %v, refused %v", goodput, w.quantile(0.5, took), p99, unloaded, out, gs.Limit, time.Duration(gs.Quick), gs.Refused)
			if goodput < 0.95 {
				t.Errorf("goodput is %.3f of capacity; want 0.95", goodput)
			}
			if limit := 2*unloaded + 10*time.Millisecond; p99 > limit {
				t.Errorf("p99 is %v; want %v at most", p99, limit)
			}
			if out > 5*time.Millisecond {
				t.Errorf("refusals took %v at p99; want 5ms at most", out)
			}
		})
	}
}

// A caller that asks for fifty times its share takes nothing from callers that ask for theirs.
func TestShare(t *testing.T) {
	for _, u := range []core.Urgency{core.Interactive, core.Batch} {
		t.Run(u.String(), func(t *testing.T) {
			t.Parallel()
			w := newWorld(7, Spec{}, 100, 100*time.Millisecond)
			for range 9 {
				w.add(90, core.Interactive)
			}
			greedy := w.add(5000, u)
			w.run(10 * time.Second)
			w.clear()
			w.run(60 * time.Second)
			for i, c := range w.callers[:9] {
				ratio := float64(c.served) / float64(c.asked)
				if ratio < 0.99 {
					t.Errorf("caller %d: %.4f served of what it asked for; want 0.99", i, ratio)
				}
			}
			w.callers = w.callers[:9]
			t.Logf("nine: p50 %v p99 %v, first %d of %d; greedy %d of %d, refused %v at p99; %+v", w.quantile(.5, took), w.quantile(.99, took), w.callers[0].served, w.callers[0].asked, greedy.served, greedy.asked, greedy.counts, w.g.Gauges().Limit)
			if greedy.served == 0 {
				t.Error("the greedy caller was starved")
			}
			if u == core.Interactive && greedy.counts[core.ShareUsed] < greedy.counts[core.Overfull] {
				t.Errorf("the greedy caller was refused %v; want mostly for its share", greedy.counts)
			}
		})
	}
}

// The limit follows the capacity of the target.
func TestFollows(t *testing.T) {
	t.Parallel()
	w := newWorld(7, Spec{}, 100, 100*time.Millisecond)
	w.add(1500, core.Interactive)
	for _, step := range []float64{100, 50, 50, 200, 100, 25} {
		w.capacity = step
		w.run(10 * time.Second)
		w.clear()
		w.run(10 * time.Second)
		want := min(step/0.1, 1500) * 10
		got := float64(w.served())
		gs := w.g.Gauges()
		t.Logf("capacity %v: limit %d, goodput %.3f, p99 %v", step, gs.Limit, got/want, w.quantile(.99, took))
		if got < 0.93*want {
			t.Errorf("capacity %v: %.0f served in ten seconds; want %.0f", step, got, want)
		}
		if step < 150 && (float64(gs.Limit) < step*0.9 || float64(gs.Limit) > step*2) {
			t.Errorf("capacity %v: the limit is %d", step, gs.Limit)
		}
	}
}

// Answers whose durations vary by themselves are not mistaken for load.
func TestShapes(t *testing.T) {
	for name, shape := range map[string]func(*rand.Rand) float64{"wide": wide, "tailed": tailed} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(7, Spec{}, 100, 100*time.Millisecond)
			w.shape = shape
			w.add(3000, core.Interactive)
			w.run(20 * time.Second)
			w.clear()
			w.run(60 * time.Second)
			goodput := float64(w.served()) / 60000
			gs := w.g.Gauges()
			t.Logf("goodput %.3f, limit %d, quick %v, p50 %v, p99 %v", goodput, gs.Limit, time.Duration(gs.Quick), w.quantile(.5, took), w.quantile(.99, took))
			if goodput < 0.93 || gs.Limit > 250 {
				t.Errorf("goodput is %.3f at a limit of %d", goodput, gs.Limit)
			}
		})
	}
}

// A target that answers 429 above a number of requests gets about that number.
func TestThrottled(t *testing.T) {
	t.Parallel()
	w := newWorld(7, Spec{}, 1000, 100*time.Millisecond)
	w.hard = 60
	c := w.add(1800, core.Interactive)
	w.run(20 * time.Second)
	w.clear()
	w.run(60 * time.Second)
	t.Logf("served %d of 36000 that could be, %d times told that it is too much, limit %d", c.served, c.throttle, w.g.Gauges().Limit)
	if c.served < 36000*92/100 {
		t.Errorf("%d were served; want most of 36000", c.served)
	}
	if c.throttle > c.served/20 {
		t.Errorf("the target had to say %d times that it is too much", c.throttle)
	}
}

// A target that gets slower regardless of its load keeps its places.
func TestSlower(t *testing.T) {
	t.Parallel()
	w := newWorld(7, Spec{}, 100, 100*time.Millisecond)
	w.add(3000, core.Interactive)
	w.run(20 * time.Second)
	w.service *= 3
	w.run(60 * time.Second)
	w.clear()
	w.run(30 * time.Second)
	goodput := float64(w.served()) / 10000
	t.Logf("goodput %.3f, limit %d, quick %v", goodput, w.g.Gauges().Limit, time.Duration(w.g.Gauges().Quick))
	if goodput < 0.93 {
		t.Errorf("goodput is %.3f of capacity", goodput)
	}
}
