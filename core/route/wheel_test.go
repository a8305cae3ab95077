package route

import (
	"fmt"
	"sync"
	"testing"

	"asbru/core"
)

func keys(weights ...int) []*core.ProviderKey {
	ks := make([]*core.ProviderKey, len(weights))
	for i, w := range weights {
		ks[i] = &core.ProviderKey{Name: fmt.Sprintf("key-%d", i+1), Weight: w}
	}
	return ks
}

// fresh is a key of which nothing is known.
func fresh(*core.ProviderKey) *live { return newLive(1, new(fuse)) }

func (w *wheel) next() *core.ProviderKey { return w.keys[w.deal()] }

func (w *wheel) spare(tried []core.Attempt) *core.ProviderKey {
	if i := w.other(&search{tried: tried}); i >= 0 {
		return w.keys[i]
	}
	return nil
}

func TestWheelSharesAreExact(t *testing.T) {
	f := func(weights ...int) {
		t.Helper()
		ks := keys(weights...)
		w := newWheel(ks, fresh)
		got := map[*core.ProviderKey]int{}
		cycle, div := 0, uint64(0)
		for _, n := range weights {
			div = gcd(uint64(n), div)
		}
		for _, n := range weights {
			cycle += n / int(div)
		}
		for range 3 * cycle {
			got[w.next()]++
		}
		for i, k := range ks {
			if want := 3 * weights[i] / int(div); got[k] != want {
				t.Errorf("weights %v: %s was dealt %d times in three cycles, want %d", weights, k.Name, got[k], want)
			}
		}
	}
	f(1)
	f(1, 1)
	f(3, 1)
	f(1, 1, 1)
	f(50, 30, 20)
	f(7, 0, 2)
	f(1000, 1)
	f(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
	f(97, 89, 83, 79, 73)
}

// A burst on one key would defeat the purpose: provider limits are per minute
// and per second.
func TestWheelMixes(t *testing.T) {
	ks := keys(1, 1, 1, 1, 1, 1, 1, 1)
	w := newWheel(ks, fresh)
	for range 10 {
		seen := map[*core.ProviderKey]bool{}
		for range len(ks) {
			seen[w.next()] = true
		}
		if len(seen) != len(ks) {
			t.Fatalf("%d equal keys: %d of them in a cycle", len(ks), len(seen))
		}
	}
	w = newWheel(keys(900, 100), fresh)
	last, longest := -1, 0
	for i := range 10_000 {
		if w.next() == w.keys[1] {
			longest = max(longest, i-last)
			last = i
		}
	}
	if longest > 20 {
		t.Errorf("a key with a tenth of the weight was left out for %d turns, want at most 20", longest)
	}
}

func TestWheelOfNothing(t *testing.T) {
	if w := newWheel(nil, fresh); w != nil {
		t.Errorf("no keys: got %v, want nil", w)
	}
	if w := newWheel(keys(0, 0), fresh); w != nil {
		t.Errorf("no weight: got %v, want nil", w)
	}
}

func TestWheelOther(t *testing.T) {
	ks := keys(5, 1, 0)
	w := newWheel(ks, fresh)
	tried := []core.Attempt{{Key: ks[0]}}
	for range 20 {
		if k := w.spare(tried); k != ks[1] {
			t.Fatalf("got %v, want the one key left", k)
		}
	}
	if k := w.spare(append(tried, core.Attempt{Key: ks[1]})); k != nil {
		t.Errorf("all tried: got %s, want none", k.Name)
	}
	n := 0
	for range 600 {
		if w.spare(nil) == ks[0] {
			n++
		}
	}
	if n < 490 || n > 510 {
		t.Errorf("a key with 5 of 6 shares was dealt %d of 600 times, want about 500", n)
	}
}

// Many goroutines draw at once; together they still make whole cycles.
func TestWheelHammer(t *testing.T) {
	const lanes, cycles = 8, 200
	ks := keys(1, 2, 3, 4) // a cycle of 10
	w := newWheel(ks, fresh)
	var counts [lanes]map[*core.ProviderKey]int
	var wg sync.WaitGroup
	for i := range lanes {
		counts[i] = map[*core.ProviderKey]int{}
		wg.Go(func() {
			for range cycles * 10 {
				counts[i][w.next()]++
			}
		})
	}
	wg.Wait()
	for i, k := range ks {
		n := 0
		for _, c := range counts {
			n += c[k]
		}
		if want := (i + 1) * cycles * lanes; n != want {
			t.Errorf("%s was dealt %d times, want exactly %d", k.Name, n, want)
		}
	}
}
