package limit

import (
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const sec = int64(time.Second)

func TestCell(t *testing.T) {
	r := Rate{Units: 10, Per: time.Second}
	var c Cell
	f := func(n, now, want int64) {
		t.Helper()
		if got := c.Take(r, n, now); got != want {
			t.Errorf("%d at %d ms: wait %d ms, want %d", n, now/1e6, got/1e6, want/1e6)
		}
	}
	left := func(now, units, full int64) {
		t.Helper()
		if u, f := c.Left(r, now); u != units || f != full {
			t.Errorf("at %d ms %d are left, all in %d ms; want %d and %d", now/1e6, u, f/1e6, units, full/1e6)
		}
	}
	left(0, 10, 0)
	f(11, 0, never)
	f(10, 0, 0)
	left(0, 0, sec)
	f(1, 0, sec/10)
	f(1, sec/10-1, 1)
	f(1, sec/10, 0)
	f(3, sec/10, 3*sec/10)
	left(sec/2, 4, 6*sec/10)
	c.Correct(r, -2, sec/2)
	left(sec/2, 6, 4*sec/10)
	c.Correct(r, 8, sec/2) // more than there is: what was used was used
	left(sec/2, 0, 12*sec/10)
	f(1, sec/2, 3*sec/10)
	left(5*sec, 10, 0)
	c.Correct(r, -5, 5*sec) // what is full gets no fuller
	left(5*sec, 10, 0)
	f(10, 5*sec, 0)
	f(1, 5*sec, sec/10)
}

func TestBurst(t *testing.T) {
	r := Rate{Units: 60, Per: time.Minute, Burst: 2}
	var c Cell
	for i, want := range []int64{0, 0, sec, sec} {
		if got := c.Take(r, 1, 0); got != want {
			t.Errorf("request %d waits %d, want %d", i, got, want)
		}
	}
	if got := c.Take(r, 3, 100*sec); got != never {
		t.Errorf("three at once wait %d", got)
	}
}

// TestRateExtremes holds the arithmetic at the ends of what a document can say.
func TestRateExtremes(t *testing.T) {
	for _, r := range []Rate{{Units: 1, Per: MinPer}, {Units: 1, Per: MaxPer}, {Units: MaxUnits, Per: MinPer}, {Units: MaxUnits, Per: MaxPer}, {Units: 7, Per: MaxPer, Burst: 7 * MostBurst}} {
		var c Cell
		if wait := c.Take(r, 1, 1<<60); wait != 0 {
			t.Errorf("%+v: the first waits %d", r, wait)
		}
		c.Correct(r, MaxUnits, 1<<60)
		c.Correct(r, math.MaxInt64, 1<<60)
		if wait := c.Take(r, 1, 1<<60); wait <= 0 {
			t.Errorf("%+v: nothing is left and one waits %d", r, wait)
		}
		if units, full := c.Left(r, 1<<60); units < 0 || full < 0 {
			t.Errorf("%+v: %d are left, all in %d", r, units, full)
		}
	}
}

// TestNeverMore takes at random and looks at every window of a period.
func TestNeverMore(t *testing.T) {
	for seed := range uint64(50) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		r := Rate{Units: 1 + rnd.Int64N(50), Per: time.Duration(1+rnd.Int64N(100)) * time.Second, Burst: 1 + rnd.Int64N(50)}
		var c Cell
		type taken struct{ at, n int64 }
		var all []taken
		now := int64(0)
		for range 500 {
			now += rnd.Int64N(int64(r.Per) / 20)
			n := 1 + rnd.Int64N(r.burst())
			wait := c.Take(r, n, now)
			if wait == 0 {
				all = append(all, taken{now, n})
				continue
			}
			if probe := c.back.Load(); c.Take(r, n, now+wait) != 0 {
				t.Fatalf("seed %d: it was to wait %d and that was too short", seed, wait)
			} else {
				c.back.Store(probe)
			}
		}
		for i := range all {
			sum := int64(0)
			for j := i; j < len(all) && all[j].at-all[i].at <= int64(r.Per); j++ {
				sum += all[j].n
			}
			if sum > r.burst()+r.Units {
				t.Fatalf("seed %d: %+v let %d through in one period", seed, r, sum)
			}
		}
	}
}

func TestCellInManyHands(t *testing.T) {
	r := Rate{Units: 1000, Per: time.Hour}
	var c Cell
	var through atomic.Int64
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 1000 {
				if c.Take(r, 1, 0) == 0 {
					through.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if n := through.Load(); n != 1000 {
		t.Errorf("%d came through, want 1000", n)
	}
}

func TestGate(t *testing.T) {
	var g Crowd
	var most atomic.Int64
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 1000 {
				if g.Enter(3) {
					if n := g.In(); n > 3 {
						most.Store(n)
					}
					g.Leave()
				}
			}
		})
	}
	wg.Wait()
	if g.In() != 0 || most.Load() != 0 {
		t.Errorf("%d are in, and %d were", g.In(), most.Load())
	}
	defer func() {
		if recover() == nil {
			t.Error("somebody left an empty crowd")
		}
	}()
	g.Leave()
}
