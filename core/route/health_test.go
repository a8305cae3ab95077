package route

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"asbru/core"
)

// A bed is a yard with a clock that tests move.
type bed struct {
	*yard
	now  atomic.Int64
	book *Book
}

func newBed(names ...string) *bed {
	b := &bed{yard: newYard(names...)}
	b.now.Store(int64(time.Hour))
	for _, t := range b.snap.Targets {
		t.Tally = new(core.Tally)
	}
	return b
}

func (b *bed) wait(d time.Duration) { b.now.Add(int64(d)) }

// compile makes a Route to all targets of the bed.
func (b *bed) compile(s Spec, names ...string) *core.Route {
	if b.book == nil {
		b.book = NewBook(b.snap.Targets, Options{Clock: b.now.Load})
	}
	r := &core.Route{Name: strings.Join(names, ",")}
	for _, n := range names {
		r.Targets = append(r.Targets, b.targets[n])
	}
	s.Book = b.book
	if s.Breaker == nil {
		s.Breaker = &Breaker{Refuse: true} // else the last one is always asked
	}
	Compile(r, s)
	return r
}

// keyed gives targets n keys each.
func (b *bed) keyed(n int, names ...string) {
	for _, name := range names {
		b.targets[name].Keys = keys([]int{1, 1, 1, 1, 1, 1, 1, 1}[:n]...)
	}
}

// An answer is what a provider does.
type answer struct {
	status int
	cause  core.Cause
	after  time.Duration
	spent  bool
	took   time.Duration
	out    int64
}

// run carries one request to its end, as the data plane does, and returns the attempts
// that were made and whether one was answered.
func (b *bed) run(x *core.Exchange, r *core.Route, how func(*core.Target, *core.ProviderKey) answer) (n int, ok bool) {
	x.Route = r
	for {
		t, k := r.Pick(x, x.Attempts())
		if t == nil || x.Begin(t, k) == nil {
			return n, false
		}
		n++
		a := &x.Attempts()[len(x.Attempts())-1]
		said := how(t, k)
		a.Began = b.now.Load()
		a.Status, a.Cause, a.RetryAfter, a.Spent, a.Took, a.Out = said.status, said.cause, said.after, said.spent, said.took, said.out
		a.At = a.Began + int64(said.took)
		if verb(a.Status) == core.Final && a.Cause == core.NoCause {
			a.Phase = core.PhaseComplete
			r.Note(x, a)
			return n, a.Status < 300
		}
		a.Phase = core.PhaseFailed
		r.Note(x, a)
	}
}

func always(a answer) func(*core.Target, *core.ProviderKey) answer {
	return func(*core.Target, *core.ProviderKey) answer { return a }
}

func TestBreakerOpensAndProbes(t *testing.T) {
	b := newBed("a/x")
	b.keyed(1, "a/x")
	r := b.compile(Spec{}, "a/x")
	for range DefaultFailures {
		b.run(b.exchange("m"), r, always(answer{status: 500}))
	}
	x := b.exchange("m")
	if n, _ := b.run(x, r, always(answer{status: 200})); n != 0 {
		t.Fatalf("%d attempts after %d failures in a row, want none", n, DefaultFailures)
	}
	if f := x.Fault; f == nil || f.HTTP() != 503 || f.Retry < 5 || f.Retry > 6 {
		t.Errorf("refused with %+v, want 503 and about 5 s", x.Fault)
	}
	if s := b.book.Report()[0]; s.State != "open" || s.Opened != 1 || s.Why != "failures" {
		t.Errorf("reported as %+v", s)
	}
	b.wait(6 * time.Second)
	first, second := b.exchange("m"), b.exchange("m")
	probe, _ := r.Pick(first, nil)
	if other, _ := r.Pick(second, nil); probe == nil || other != nil {
		t.Fatalf("half open: the first got %v, the second %v; want one probe", probe, other)
	}
	first.Route = r
	a := first.Begin(probe, b.targets["a/x"].Keys[0])
	a.Status, a.Phase, a.Began, a.At = 500, core.PhaseFailed, b.now.Load(), b.now.Load()
	r.Note(first, a)
	b.wait(6 * time.Second)
	if n, _ := b.run(b.exchange("m"), r, always(answer{status: 200})); n != 0 {
		t.Error("a failed probe did not double the rest")
	}
	b.wait(6 * time.Second)
	for range 2 {
		if _, ok := b.run(b.exchange("m"), r, always(answer{status: 200})); !ok {
			t.Error("a good probe did not close the breaker")
		}
	}
}

// What a client does wrong says nothing about a provider.
func TestBreakerIgnoresClients(t *testing.T) {
	b := newBed("a/x")
	b.keyed(1, "a/x")
	r := b.compile(Spec{}, "a/x")
	for _, status := range []int{400, 404, 413, 422, 408, 409} {
		for range 50 {
			if n, _ := b.run(b.exchange("m"), r, always(answer{status: status})); n == 0 {
				t.Fatalf("%d opened the breaker", status)
			}
		}
	}
	for range 50 {
		b.run(b.exchange("m"), r, always(answer{cause: core.Abandoned}))
	}
	if !b.book.choosers[b.targets["a/x"]].fixed.lives[0].good() {
		t.Error("clients that left opened the breaker")
	}
}

func TestBreakerOpensByRatio(t *testing.T) {
	f := func(bad int, want bool) {
		t.Helper()
		b := newBed("a/x")
		b.keyed(1, "a/x")
		r := b.compile(Spec{}, "a/x")
		for i := range 100 {
			status := 200
			if i%10 < bad {
				status = 502
			}
			b.run(b.exchange("m"), r, always(answer{status: status}))
			b.wait(50 * time.Millisecond)
		}
		if got := b.book.Report()[0].Opened > 0; got != want {
			t.Errorf("%d of 10 fail: opened %v, want %v", bad, got, want)
		}
	}
	f(3, false)
	f(4, false)
	r := Spec{Breaker: &Breaker{Failures: 1000, Ratio: 0.35}}
	b := newBed("a/x")
	b.keyed(1, "a/x")
	route := b.compile(r, "a/x")
	for i := range 40 {
		b.run(b.exchange("m"), route, always(answer{status: 200 + 300*(i&1)}))
	}
	if b.book.Report()[0].Opened == 0 {
		t.Error("half of 40 answers failed, and the ratio of 0.35 did not open the breaker")
	}
}

func TestKeysRest(t *testing.T) {
	f := func(said answer, rest time.Duration, state string) {
		t.Helper()
		b := newBed("a/x")
		b.keyed(2, "a/x")
		r := b.compile(Spec{}, "a/x")
		bad := b.targets["a/x"].Keys[0]
		asked := 0
		answers := func(_ *core.Target, k *core.ProviderKey) answer {
			if k == bad {
				asked++
				return said
			}
			return answer{status: 200}
		}
		for range 20 {
			if n, ok := b.run(b.exchange("m"), r, answers); !ok && said.status < 500 || n > 2 {
				t.Errorf("%+v: %d attempts, answered %v", said, n, ok)
			}
		}
		if asked != 1 {
			t.Errorf("%+v: the key was asked %d times, want once", said, asked)
		}
		if got := b.book.Report()[0].State; got != state {
			t.Errorf("%+v: is %s, want %s", said, got, state)
		}
		b.wait(rest - time.Millisecond)
		for range 4 {
			b.run(b.exchange("m"), r, answers)
		}
		if asked != 1 {
			t.Errorf("%+v: asked before %v were over", said, rest)
		}
		b.wait(2 * time.Millisecond)
		for range 4 {
			b.run(b.exchange("m"), r, answers)
		}
		if asked != 2 {
			t.Errorf("%+v: asked %d times after %v, want one probe", said, asked, rest)
		}
	}
	f(answer{status: 429, after: 7 * time.Second}, 7*time.Second, "benched")
	f(answer{status: 429, after: 1500 * time.Millisecond}, 1500*time.Millisecond, "benched")
	f(answer{status: 429, spent: true}, deadRest, "dead")
	f(answer{status: 401}, deadRest, "dead")
	f(answer{status: 402}, deadRest, "dead")
	f(answer{status: 403}, deadRest, "dead")
	f(answer{status: 503, after: 9 * time.Second}, 9*time.Second, "benched")
}

func TestAlarm(t *testing.T) {
	b := newBed("a/x")
	b.keyed(2, "a/x")
	var told []string
	b.book = NewBook(b.snap.Targets, Options{Clock: b.now.Load, Alarm: func(target, key string, status int) {
		told = append(told, fmt.Sprint(target, " ", key, " ", status))
	}})
	r := b.compile(Spec{}, "a/x")
	for range 5 {
		b.run(b.exchange("m"), r, func(_ *core.Target, k *core.ProviderKey) answer {
			if k.Name == "key-2" {
				return answer{status: 401}
			}
			return answer{status: 200}
		})
	}
	if len(told) != 1 || told[0] != "a/x key-2 401" {
		t.Errorf("told %q, want one alarm", told)
	}
}

// Retry-After of 429 reaches who asks when every key rests; with Try somebody is asked.
func TestAllBenched(t *testing.T) {
	b := newBed("a/x")
	b.keyed(2, "a/x")
	r := b.compile(Spec{}, "a/x")
	b.run(b.exchange("m"), r, always(answer{status: 429, after: 30 * time.Second}))
	x := b.exchange("m")
	if n, _ := b.run(x, r, always(answer{status: 200})); n != 0 || x.Fault == nil || x.Fault.HTTP() != 429 || x.Fault.Retry != 30 {
		t.Errorf("%d attempts, fault %+v; want 429 and 30 s", n, x.Fault)
	}
	fails := newBed("a/x")
	r = fails.compile(Spec{Breaker: &Breaker{}}, "a/x")
	for range 9 {
		if n, _ := fails.run(fails.exchange("m"), r, always(answer{status: 500})); n != 1 {
			t.Errorf("%d attempts at the only target there is, which fails; want 1", n)
		}
	}
	try := b.compile(Spec{Breaker: &Breaker{Try: true}}, "a/x")
	if n, ok := b.run(b.exchange("m"), try, always(answer{status: 200})); n != 1 || !ok {
		t.Errorf("%d attempts with when_all_benched: try, answered %v", n, ok)
	}
}

// A provider that fails wholly costs next to no attempts.
func TestStorm(t *testing.T) {
	for _, said := range []answer{{status: 500}, {cause: core.Unreachable}, {cause: core.Late}, {status: 429}, {status: 401}} {
		b := newBed("a/x", "b/x", "c/x")
		r := b.compile(Spec{Strategy: RoundRobin, Balanced: 3, Attempts: core.MostAttempts}, "a/x", "b/x", "c/x")
		attempts := 0
		const requests = 6000
		for range requests {
			n, _ := b.run(b.exchange("m"), r, always(said))
			attempts += n
			b.wait(time.Second / 2000)
		}
		if attempts*10 > requests*11 {
			t.Errorf("%+v: %d attempts for %d requests, want 1.1 times as many at most", said, attempts, requests)
		}
		t.Logf("%+v: %d attempts for %d requests", said, attempts, requests)
	}
}

// Without any breaker the budget alone holds retries to its share.
func TestBudget(t *testing.T) {
	b := newBed("a/x", "b/x")
	b.keyed(1, "a/x", "b/x")
	r := b.compile(Spec{Breaker: &Breaker{Off: true}}, "a/x", "b/x")
	attempts, spent := 0, uint64(0)
	const requests = 10000
	for range requests {
		x := b.exchange("m")
		n, _ := b.run(x, r, always(answer{status: 500}))
		attempts += n
		if x.Ahead.Spent {
			spent++
		}
		b.wait(time.Second / 1000)
	}
	// 10 s: 0.2 of each request, 10 a second, and what was saved before.
	if most := requests + requests/5 + 10*10 + 11; attempts > most || attempts < requests+requests/5 {
		t.Errorf("%d attempts for %d requests, want %d to %d", attempts, requests, requests+requests/5, most)
	}
	if g := r.Plan.Gauges(); g.Retries+requests != uint64(attempts) || g.Refused == 0 || g.Refused != spent {
		t.Errorf("gauges %+v for %d attempts, %d exchanges were told", g, attempts, spent)
	}
}

// Nothing is retried that nobody waits for any more.
func TestDeadline(t *testing.T) {
	b := newBed("a/x", "b/x")
	for _, target := range b.snap.Targets {
		target.Waits.Total = 10 * time.Second
	}
	r := b.compile(Spec{}, "a/x", "b/x")
	x := b.exchange("m")
	x.Start = b.now.Load()
	n, _ := b.run(x, r, func(*core.Target, *core.ProviderKey) answer {
		b.wait(11 * time.Second)
		return answer{cause: core.Late}
	})
	if n != 1 {
		t.Errorf("%d attempts after the request's time was up, want 1", n)
	}
}

// Whatever comes, attempts are bounded, a dead key is never asked twice in a request,
// and nobody is asked who is known to be down.
func TestAnyOutcome(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	statuses := []int{0, 200, 200, 200, 301, 400, 401, 402, 403, 404, 408, 429, 500, 503, 529}
	strategies := []Strategy{Ordered, Weighted, RoundRobin, LeastInFlight, LeastLatency, LeastTTFT, Cheapest, Fastest, Adaptive}
	for range 40 {
		b := newBed("a/x", "b/x", "c/x", "d/x", "e")
		for _, target := range b.snap.Targets {
			target.Keys = keys([]int{1, 2, 1}[:rnd.IntN(4)]...)
		}
		most := 1 + rnd.IntN(core.MostAttempts)
		s := Spec{Strategy: strategies[rnd.IntN(len(strategies))], Balanced: rnd.IntN(4), Weights: []int{1, 0, 3},
			Prices: []float64{2, 1, 1}, Attempts: most}
		r := b.compile(s, "a/x", "b/x", "c/x", "d/x")
		b.snap.Providers["e"] = b.compile(Spec{}, "e")
		for range 300 {
			x := b.exchange("m", "e/n")
			type pair struct {
				t *core.Target
				k *core.ProviderKey
			}
			gone := map[*core.ProviderKey]bool{}
			n, _ := b.run(x, r, func(target *core.Target, k *core.ProviderKey) answer {
				l := b.book.seats[seat{target, k}]
				if u := l.until.Load(); u > b.now.Load() && l.claimed.Load() == 0 {
					t.Fatalf("%s was asked while it rests", target.Name)
				}
				if k != nil && gone[k] {
					t.Fatalf("%v was asked again after it was refused", pair{target, k})
				}
				status := statuses[rnd.IntN(len(statuses))]
				if k != nil && (status == 401 || status == 402) {
					gone[k] = true
				}
				return answer{status: status, took: time.Duration(rnd.IntN(1000)) * time.Millisecond, out: int64(rnd.IntN(100)),
					after: time.Duration(rnd.IntN(2)*rnd.IntN(3)) * time.Second}
			})
			if n > most {
				t.Fatalf("%d attempts, want %d at most", n, most)
			}
			if n == 0 && x.Fault == nil {
				t.Fatalf("no attempt and no word why")
			}
			b.wait(time.Duration(rnd.IntN(2000)) * time.Millisecond)
		}
	}
}

// What was learnt stays over a reload; another secret is another key.
func TestBookIsCarriedOver(t *testing.T) {
	b := newBed("a/x")
	b.keyed(1, "a/x")
	b.targets["a/x"].Keys[0].Header = []byte("Authorization: Bearer one\r\n")
	r := b.compile(Spec{}, "a/x")
	b.run(b.exchange("m"), r, always(answer{status: 401}))
	again := func(secret string) int {
		next := newBed("a/x")
		next.keyed(1, "a/x")
		next.now.Store(b.now.Load())
		next.targets["a/x"].Keys[0].Header = []byte("Authorization: Bearer " + secret + "\r\n")
		next.book = NewBook(next.snap.Targets, Options{Prev: b.book, Clock: next.now.Load})
		n, _ := next.run(next.exchange("m"), next.compile(Spec{Prev: b.book}, "a/x"), always(answer{status: 200}))
		return n
	}
	if again("one") != 0 {
		t.Error("a reload forgot that the key was refused")
	}
	if again("two") != 1 {
		t.Error("a new secret inherited the bench of the old one")
	}
}

// At a target that takes any model, one that fails does not take the others along.
func TestModelsApart(t *testing.T) {
	b := newBed("a")
	b.keyed(1, "a")
	r := b.compile(Spec{}, "a")
	for range DefaultFailures {
		b.run(b.exchange("sick"), r, always(answer{status: 500}))
	}
	if n, _ := b.run(b.exchange("sick"), r, always(answer{status: 200})); n != 0 {
		t.Error("the model that failed is asked")
	}
	if n, ok := b.run(b.exchange("well"), r, always(answer{status: 200})); n != 1 || !ok {
		t.Error("another model of the provider is not asked")
	}
	for i := range 10 * modelSlots {
		b.run(b.exchange(fmt.Sprint("m", i)), r, always(answer{status: 500}))
	}
	b.wait(10 * time.Second)
	if n, ok := b.run(b.exchange("sick"), r, always(answer{status: 200})); n != 1 || !ok {
		t.Error("the model is not probed")
	}
}

func TestProbed(t *testing.T) {
	b := newBed("a/x", "b/x")
	r := b.compile(Spec{}, "a/x", "b/x")
	f := func(want string) {
		t.Helper()
		x := b.exchange("m")
		if target, _ := r.Pick(x, nil); target == nil || target.Name != want {
			t.Errorf("got %v, want %s", target, want)
		}
	}
	f("a/x")
	b.book.Probed("a", false, 15*time.Second)
	f("b/x")
	b.book.Probed("a", true, 15*time.Second)
	f("a/x")
}

// Many lanes decide and tell at once; what is under way and what is spent stays whole.
func TestManyLanes(t *testing.T) {
	b := newBed("a/x", "b/x", "c/x")
	s := Spec{Balanced: 3, Strategy: Adaptive, Retry: &Retry{Share: 0.2, Rate: 10}}
	r := b.compile(s, "a/x", "b/x", "c/x")
	var wg sync.WaitGroup
	var attempts, probes atomic.Int64
	const lanes, each = 8, 500
	for lane := range lanes {
		wg.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(lane), 1))
			for range each {
				x := b.exchange("m")
				x.Session = []byte{byte(rnd.IntN(20))}
				n, _ := b.run(x, r, func(target *core.Target, k *core.ProviderKey) answer {
					if target.Name == "a/x" {
						return answer{status: 500}
					}
					return answer{status: 200, took: time.Millisecond}
				})
				attempts.Add(int64(n))
				b.wait(time.Millisecond)
				r.Plan.Say()
				b.book.Report()
			}
		})
	}
	wg.Wait()
	if n := attempts.Load(); n < lanes*each || n > lanes*each*13/10 {
		t.Errorf("%d attempts for %d requests", n, lanes*each)
	}
	// Half open: of many that come at once exactly one passes.
	one := newBed("a/x")
	one.keyed(1, "a/x")
	ro := one.compile(Spec{}, "a/x")
	for range DefaultFailures {
		one.run(one.exchange("m"), ro, always(answer{status: 500}))
	}
	one.wait(time.Minute)
	for range lanes {
		wg.Go(func() {
			if target, _ := ro.Pick(one.exchange("m"), nil); target != nil {
				probes.Add(1)
			}
		})
	}
	wg.Wait()
	if probes.Load() != 1 {
		t.Errorf("%d probes at once, want one", probes.Load())
	}
}
