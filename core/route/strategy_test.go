package route

import (
	"fmt"
	"testing"
	"time"

	"asbru/core"
)

// shares sends n requests and counts who answered.
func (b *bed) shares(r *core.Route, n int, how func(*core.Target, *core.ProviderKey) answer) map[string]int {
	got := map[string]int{}
	for range n {
		b.run(b.exchange("m"), r, func(t *core.Target, k *core.ProviderKey) answer {
			got[t.Name]++
			return how(t, k)
		})
		b.wait(time.Millisecond)
	}
	return got
}

var fine = always(answer{status: 200, took: 10 * time.Millisecond, out: 100})

func TestWeighted(t *testing.T) {
	b := newBed("a/x", "b/x", "c/x")
	r := b.compile(Spec{Strategy: Weighted, Balanced: 3, Weights: []int{3, 1, 0}}, "a/x", "b/x", "c/x")
	if got := b.shares(r, 400, fine); got["a/x"] != 300 || got["b/x"] != 100 {
		t.Errorf("weights 3, 1, 0: got %v", got)
	}
	// The share of who is down goes to the others; weight 0 is the last resort.
	b.book.Probed("a", false, time.Hour)
	if got := b.shares(r, 100, fine); got["b/x"] != 100 {
		t.Errorf("without a: got %v", got)
	}
	b.book.Probed("b", false, time.Hour)
	if got := b.shares(r, 100, fine); got["c/x"] != 100 {
		t.Errorf("without a and b: got %v", got)
	}
}

func TestRoundRobin(t *testing.T) {
	b := newBed("a/x", "b/x", "c/x")
	r := b.compile(Spec{Strategy: RoundRobin, Balanced: 3}, "a/x", "b/x", "c/x")
	if got := b.shares(r, 300, fine); got["a/x"] != 100 || got["b/x"] != 100 || got["c/x"] != 100 {
		t.Errorf("got %v", got)
	}
}

func TestLeastInFlight(t *testing.T) {
	for _, n := range []int{3, 40} {
		b, names := crowd(n)
		r := b.compile(Spec{Strategy: LeastInFlight, Balanced: n}, names...)
		for i, name := range names {
			b.targets[name].Tally.Inflight.Store(int64(10 + i%5))
		}
		b.targets[names[1]].Tally.Inflight.Store(2)
		got := b.shares(r, 200, fine)
		if least := got[names[1]]; n == 3 && least != 200 || n == 40 && least < 40 {
			t.Errorf("%d targets: the idlest got %d of 200", n, least)
		}
	}
}

// crowd is a bed of n targets of one key each.
func crowd(n int) (*bed, []string) {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("p%d/x", i)
	}
	b := newBed(names...)
	b.keyed(1, names...)
	return b, names
}

func TestLeastLatency(t *testing.T) {
	took := map[string]time.Duration{"a/x": 400 * time.Millisecond, "b/x": 20 * time.Millisecond, "c/x": 300 * time.Millisecond}
	b := newBed("a/x", "b/x", "c/x")
	r := b.compile(Spec{Strategy: LeastLatency, Balanced: 3}, "a/x", "b/x", "c/x")
	got := b.shares(r, 3000, func(t *core.Target, _ *core.ProviderKey) answer {
		return answer{status: 200, took: took[t.Name]}
	})
	if got["b/x"] < 1700 { // of two drawn it is one in two thirds of all draws
		t.Errorf("the quickest got %d of 3000: %v", got["b/x"], got)
	}
}

func TestLeastTTFT(t *testing.T) {
	b := newBed("a/x", "b/x")
	r := b.compile(Spec{Strategy: LeastTTFT, Balanced: 2}, "a/x", "b/x")
	for _, name := range []string{"a/x", "b/x"} {
		x := b.exchange("m")
		x.Route = r
		a := x.Begin(b.targets[name], b.targets[name].Keys[0])
		a.Status, a.Phase, a.TTFT, a.At = 200, core.PhaseContent, time.Second, b.now.Load()
		if name == "b/x" {
			a.TTFT = 100 * time.Millisecond
		}
		r.Note(x, a)
	}
	if got := b.shares(r, 100, fine); got["b/x"] != 100 {
		t.Errorf("got %v", got)
	}
}

func TestCheapest(t *testing.T) {
	b := newBed("a/x", "b/x", "c/x")
	r := b.compile(Spec{Strategy: Cheapest, Balanced: 3, Prices: []float64{5, 1, 3}}, "a/x", "b/x", "c/x")
	if got := b.shares(r, 50, fine); got["b/x"] != 50 {
		t.Errorf("got %v", got)
	}
	b.book.Probed("b", false, time.Hour)
	if got := b.shares(r, 50, fine); got["c/x"] != 50 {
		t.Errorf("without the cheapest: got %v", got)
	}
}

func TestFastest(t *testing.T) {
	out := map[string]int64{"a/x": 10, "b/x": 50, "c/x": 20}
	b := newBed("a/x", "b/x", "c/x")
	r := b.compile(Spec{Strategy: Fastest, Balanced: 3}, "a/x", "b/x", "c/x")
	how := func(t *core.Target, _ *core.ProviderKey) answer {
		return answer{status: 200, took: 100 * time.Millisecond, out: out[t.Name]}
	}
	for range 30 {
		b.shares(r, 1, how)
		b.wait(time.Second)
	}
	got := b.shares(r, 1000, how)
	if got["b/x"] < 940 || got["a/x"] < 5 || got["c/x"] < 5 {
		t.Errorf("got %v; want the fastest nearly always and the others looked at", got)
	}
}

func TestAdaptive(t *testing.T) {
	b := newBed("a/x", "b/x", "c/x")
	r := b.compile(Spec{Strategy: Adaptive, Balanced: 3, Breaker: &Breaker{Off: true}}, "a/x", "b/x", "c/x")
	sick := true
	how := func(t *core.Target, _ *core.ProviderKey) answer {
		switch {
		case t.Name == "a/x" && sick:
			return answer{status: 500}
		case t.Name == "b/x":
			return answer{status: 200, took: 200 * time.Millisecond}
		}
		return answer{status: 200, took: 20 * time.Millisecond}
	}
	for range 60 {
		b.shares(r, 20, how)
		b.wait(time.Second)
	}
	got := b.shares(r, 1000, how)
	if got["a/x"] >= got["b/x"] || got["b/x"] >= got["c/x"] || got["a/x"] == 0 {
		t.Errorf("one fails, one is slow: got %v", got)
	}
	sick = false
	for range 120 {
		b.shares(r, 20, how)
		b.wait(time.Second)
	}
	if got := b.shares(r, 1000, how); got["a/x"] < 300 {
		t.Errorf("two minutes after it was well again: got %v", got)
	}
}

// A session stays with the target and the key that served it, and moves with them.
func TestAffinity(t *testing.T) {
	b := newBed("a/x", "b/x", "c/x")
	r := b.compile(Spec{Strategy: RoundRobin, Balanced: 3}, "a/x", "b/x", "c/x")
	ask := func(caller, session string) (string, string) {
		x := b.exchange("m")
		x.Key.Name, x.Session = caller, []byte(session)
		var target, key string
		b.run(x, r, func(t *core.Target, k *core.ProviderKey) answer {
			target, key = t.Name, k.Name
			return answer{status: 200}
		})
		return target, key
	}
	target, key := ask("one", "s")
	for range 20 {
		if got, k := ask("one", "s"); got != target || k != key {
			t.Fatalf("the session moved from %s %s to %s %s", target, key, got, k)
		}
	}
	others := map[string]bool{}
	for i := range 20 {
		got, _ := ask(fmt.Sprint("caller ", i), "s")
		others[got] = true
	}
	if len(others) != 3 {
		t.Errorf("the same word of other callers leads to %v only", others)
	}
	b.book.Probed(b.snap.Targets[0].Provider, false, time.Hour)
	b.book.Probed(b.snap.Targets[1].Provider, false, time.Hour)
	moved, _ := ask("one", "s")
	b.book.Probed(b.snap.Targets[0].Provider, true, time.Hour)
	b.book.Probed(b.snap.Targets[1].Provider, true, time.Hour)
	for range 5 {
		if got, _ := ask("one", "s"); got != moved || moved != "c/x" {
			t.Errorf("the session is at %s, want c/x, which served it last", got)
		}
	}
	b.wait(DefaultBind + 2*time.Second)
	if g := r.Plan.Gauges(); g.Hits < 25 || g.Misses == 0 || g.Kept == 0 {
		t.Errorf("gauges %+v", g)
	}
	seen := map[string]bool{}
	for i := range 9 {
		b.wait(DefaultBind + 2*time.Second)
		got, _ := ask("one", "s")
		seen[got] = true
		_ = i
	}
	if len(seen) < 2 {
		t.Errorf("a binding outlives its hour: always %v", seen)
	}
}

// A binding is never followed to where the Route does not lead.
func TestBindingsStayInTheRoute(t *testing.T) {
	b := newBed("a/x", "b/x")
	one := b.compile(Spec{}, "a/x")
	x := b.exchange("m")
	x.Session = []byte("s")
	b.run(x, one, fine)
	p := &picker{route: "a/x", book: b.book}
	x.Bind = p.name(x)
	if id := b.book.bonds.get(x.Bind, b.now.Load()); b.book.byID[id].target != b.targets["a/x"] {
		t.Fatalf("bound to seat %d", id)
	}
	b.book.bonds.put(x.Bind, b.book.seats[seat{b.targets["b/x"], b.targets["b/x"].Keys[0]}].id, b.now.Load(), time.Hour)
	if target, _ := one.Pick(x, nil); target != b.targets["a/x"] {
		t.Errorf("led to %v", target)
	}
}
