package route

import (
	"math/rand/v2"
	"testing"
	"time"

	"asbru/core"
)

// Every duration falls into the bucket that ends behind it, and buckets are narrow.
func TestLearnSlots(t *testing.T) {
	for d := time.Duration(0); d < 130*time.Second; d += d/50 + 1000 {
		i := learnSlot(d)
		end := learnEnd(i)
		if end <= d || i > 0 && learnEnd(i-1) > d {
			t.Fatalf("%v is in bucket %d, which ends at %v", d, i, end)
		}
		if d > 2*time.Millisecond && end > d+d/8+1 {
			t.Fatalf("%v: the bucket ends at %v", d, end)
		}
	}
	if i := learnSlot(time.Hour); i != learnSlots-1 {
		t.Errorf("an hour is in bucket %d", i)
	}
	if i := learnSlot(-1); i != 0 {
		t.Errorf("a negative time is in bucket %d", i)
	}
}

func TestLearner(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	f := func(name string, q float64, n int, draw func() time.Duration, least, most time.Duration) {
		t.Helper()
		var l learner
		for range n {
			l.add(draw(), q)
		}
		if got := time.Duration(l.known.Load()); got < least || got > most {
			t.Errorf("%s: got %v; want %v to %v", name, got, least, most)
		}
	}
	const ms = time.Millisecond
	even := func() time.Duration { return time.Duration(rnd.Int64N(int64(time.Second))) }
	f("too few", 0.95, 31, even, 0, 0)
	f("p95 of up to a second", 0.95, 4000, even, 900*ms, 1080*ms)
	f("p50 of up to a second", 0.50, 4000, even, 430*ms, 580*ms)
	tail := func(share float64) func() time.Duration {
		return func() time.Duration {
			if rnd.Float64() < share {
				return 2 * time.Second
			}
			return 200*ms + time.Duration(rnd.Int64N(int64(10*ms)))
		}
	}
	f("one in a hundred is slow", 0.95, 4000, tail(0.01), 200*ms, 240*ms)
	f("one in ten is slow", 0.95, 4000, tail(0.10), 2*time.Second, 2300*ms)
	for range 50 { // the tail begins just where the percentile is
		f("one in twenty is slow", 0.95, 500+rnd.IntN(1000), tail(0.05), 200*ms, 240*ms)
	}
	// What was is forgotten.
	var l learner
	for range 2 * learnSpan {
		l.add(time.Second, 0.95)
	}
	for range 2 * learnSpan {
		l.add(10*ms, 0.95)
	}
	if got := time.Duration(l.known.Load()); got > 12*ms {
		t.Errorf("after two generations it still is %v", got)
	}
}

// besides asks for a hedge beside the first attempt of a new request.
func (b *bed) besides(r *core.Route, x *core.Exchange) (*core.Target, *core.ProviderKey) {
	x.Route = r
	r.Care.Hedge.Wait(x)
	t, k := r.Pick(x, nil)
	x.Begin(t, k)
	return r.Care.Hedge.Pick(x, x.Attempts())
}

func TestHedgePicks(t *testing.T) {
	b := newBed("a/x", "b/x")
	b.keyed(2, "a/x", "b/x")
	hedge := &Hedge{After: time.Millisecond, Share: 1}
	r := b.compile(Spec{Hedge: hedge}, "a/x", "b/x")
	if got, _ := b.besides(r, b.exchange("m")); got != b.targets["b/x"] {
		t.Errorf("beside a: got %v", got)
	}
	// Nobody else is well: another key of the same target, never the same.
	b.book.Probed("b", false, time.Hour)
	x := b.exchange("m")
	if got, k := b.besides(r, x); got != b.targets["a/x"] || k == x.Attempts()[0].Key {
		t.Errorf("beside a alone: got %v with %v", got, k)
	}
	one := b.compile(Spec{Hedge: hedge, Strategy: RoundRobin, Balanced: 2}, "a/x", "b/x")
	b.book.Probed("b", true, time.Hour)
	for range 10 {
		x := b.exchange("m")
		if got, _ := b.besides(one, x); got == nil || got == x.Attempts()[0].Target {
			t.Errorf("of two that are balanced: %v beside %v", got, x.Attempts()[0].Target.Name)
		}
	}
	lone := newBed("a/x")
	lone.keyed(1, "a/x")
	r = lone.compile(Spec{Hedge: hedge}, "a/x")
	if d := r.Care.Hedge.Wait(lone.exchange("m")); d != 0 {
		t.Errorf("with nobody else it waits %v for a hedge", d)
	}
}

// Of n requests no more than the share are hedged, and a hedge that nobody can carry costs nothing.
func TestHedgeCaps(t *testing.T) {
	b := newBed("a/x", "b/x")
	b.keyed(1, "a/x", "b/x")
	ask := func(r *core.Route, n int) (made int) {
		for range n {
			if t, _ := b.besides(r, b.exchange("m")); t != nil {
				made++
			}
			b.wait(time.Second)
		}
		return made
	}
	r := b.compile(Spec{Hedge: &Hedge{After: time.Millisecond, Share: 0.05}}, "a/x", "b/x")
	if made := ask(r, 1000); made < 50 || made > 53 {
		t.Errorf("of 1000 requests %d were hedged; want one in twenty", made)
	}
	if g := r.Plan.Gauges(); g.Hedges+g.Capped != 1000 {
		t.Errorf("made %d and capped %d of 1000", g.Hedges, g.Capped)
	}
	b.book.Probed("b", false, time.Hour)
	paid := r.Plan.Gauges().Hedges
	if made := ask(r, 100); made != 0 || r.Plan.Gauges().Hedges != paid {
		t.Errorf("%d hedges with nobody to ask, %d counted", made, r.Plan.Gauges().Hedges-paid)
	}
	b.book.Probed("b", true, time.Hour)
	price := func(*core.Exchange, *core.Target) core.Money { return 1e6 }
	r = b.compile(Spec{Hedge: &Hedge{After: time.Millisecond, Share: 1, PerHour: 1e7, Price: price}}, "a/x", "b/x", "a/x")
	if made := ask(r, 900); made < 10 || made > 13 { // a quarter of an hour
		t.Errorf("of what ten cost in an hour %d were made in a quarter of one", made)
	}
	beyond := func(*core.Exchange, *core.Target) core.Money { return core.MaxMoney }
	r = b.compile(Spec{Hedge: &Hedge{After: time.Millisecond, Share: 1, PerHour: 1e7, Price: beyond}}, "b/x", "a/x")
	if made := ask(r, 10); made != 0 {
		t.Errorf("%d hedges at a target without a price", made)
	}
}

// First attempts are what is learnt from, and those that were outrun for as long as they were waited for.
func TestHedgeLearns(t *testing.T) {
	b := newBed("a/x", "b/x")
	r := b.compile(Spec{Hedge: &Hedge{Quantile: 0.95, Share: 1}}, "a/x", "b/x")
	x := b.exchange("m")
	x.Peek.Stream = true
	if d := r.Care.Hedge.Wait(x); d != unlearned {
		t.Errorf("with nothing known it waits %v", d)
	}
	at := b.now.Load()
	for i := range 100 {
		a := core.Attempt{Target: b.targets["a/x"], Phase: core.PhaseContent, TTFT: 100 * time.Millisecond, Began: at, At: at + 1}
		if i%25 == 0 {
			a = core.Attempt{Target: b.targets["a/x"], Phase: core.PhaseComplete, Cause: core.Outrun, Began: at, At: at + int64(150*time.Millisecond)}
		}
		r.Note(x, &a)
		r.Note(x, &core.Attempt{Target: b.targets["b/x"], Beside: true, Phase: core.PhaseContent, TTFT: time.Minute, Began: at, At: at + 1})
	}
	if d := r.Care.Hedge.Wait(x); d < 100*time.Millisecond || d > 115*time.Millisecond {
		t.Errorf("after 100 streams it waits %v", d)
	}
	if g := r.Plan.Gauges(); g.Won != 100 || g.HedgeAfter == 0 {
		t.Errorf("got %+v", g)
	}
	whole := b.exchange("m")
	if d := r.Care.Hedge.Wait(whole); d != unlearned {
		t.Errorf("for an answer that is no stream it waits %v", d)
	}
	for range 64 {
		r.Note(whole, &core.Attempt{Target: b.targets["a/x"], Status: 200, Phase: core.PhaseComplete, Began: at, At: at + int64(3*time.Second)})
	}
	if d := r.Care.Hedge.Wait(whole); d < 3*time.Second || d > 3500*time.Millisecond {
		t.Errorf("for an answer that is no stream it waits %v", d)
	}
}
