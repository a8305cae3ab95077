package sim

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"asbru/adapters/dialect/openai"
	"asbru/core"
	"asbru/core/gate"
	"asbru/core/route"
	"asbru/hotpath"
	"asbru/hotpath/upstream"
)

const secret = "vk-simulated-0123456789"

// A world is the data plane, the providers and the clients of one seed.
type world struct {
	t    *testing.T
	seed uint64
	rng  *rand.Rand // of the goroutine that sets up the world

	srv      *hotpath.Server
	targets  []*core.Target
	pools    []*upstream.Pool
	attempts int // most attempts of a request
	hedge    *route.Hedge
	book     *route.Book

	mu    sync.Mutex
	asked map[string]int // requests that providers read to their end, by the client's word
	conns []net.Conn     // of providers
	bugs  atomic.Int64

	begun  atomic.Int64 // exchanges that reached the plan
	after  atomic.Int64 // exchanges whose After has run
	ended  sync.Map     // ID of each exchange that ended
	wakers sync.WaitGroup
}

// dice returns the random numbers for one thing. They do not depend on when and by which goroutine they are
// used, so that scheduling does not change the outcome of a request.
func (w *world) dice(about string, n int) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(about))
	return rand.New(rand.NewPCG(w.seed, h.Sum64()+uint64(n)*0x9e3779b97f4a7c15))
}

func newWorld(t *testing.T, seed uint64) *world {
	w := &world{t: t, seed: seed, rng: rand.New(rand.NewPCG(seed, 1)), asked: map[string]int{}}
	w.srv = hotpath.New(hotpath.Options{
		Doors: []hotpath.Door{{Prefix: "/v1", Dialect: openai.API, Ops: map[string]core.Op{"POST /chat/completions": core.OpChat}}},
		Slow:  func(c net.Conn) { c.Close() },
		Bug: func(v any, stack []byte) {
			w.bugs.Add(1)
			t.Errorf("panic: %v\n%s", v, stack)
		},
		Loops: -1,
	})
	for i := range 1 + w.rng.IntN(4) {
		w.target(i)
	}
	if w.rng.IntN(3) == 0 {
		for _, tg := range w.targets {
			tg.Gate = gate.New(gate.Spec{Min: 1, Max: 1 + w.rng.IntN(3), Fixed: w.rng.IntN(2) == 0, Queue: 1 + w.rng.IntN(3), Wait: time.Duration(1+w.rng.IntN(3000)) * time.Millisecond})
		}
	}
	if w.rng.IntN(3) == 0 {
		w.hedge = &route.Hedge{Share: 1, After: time.Duration(1+w.rng.IntN(1000)) * time.Millisecond}
		if w.rng.IntN(2) == 0 {
			w.hedge.After, w.hedge.Quantile = 0, 0.95
		}
	}
	w.publish()
	return w
}

func (w *world) target(i int) {
	name := fmt.Sprintf("p%d", i)
	pool, err := upstream.New(core.Endpoint{Scheme: "http", Host: name, Port: "80", Connect: 2 * time.Second})
	if err != nil {
		w.t.Fatal(err)
	}
	pool.Over(func(ctx context.Context) (net.Conn, error) { return w.dial(ctx, i) }, nil)
	head := time.Duration(1+w.rng.IntN(5)) * time.Second
	tg := &core.Target{
		Name: name, Provider: name, Model: "m", Host: name, Pool: pool, Tally: new(core.Tally),
		Faces: []*core.Face{{Dialect: openai.API, AskUsage: true}},
		Waits: core.Waits{
			Header: head, Answer: head, First: time.Duration(2+w.rng.IntN(5)) * time.Second,
			Stall: time.Duration(1+w.rng.IntN(4)) * time.Second, Total: time.Duration(8+w.rng.IntN(30)) * time.Second,
		},
	}
	for k := range 1 + w.rng.IntN(2) {
		tg.Keys = append(tg.Keys, &core.ProviderKey{Name: fmt.Sprint("k", k), Weight: 1, Header: []byte("Authorization: Bearer provider\r\n")})
	}
	for op := range tg.Faces[0].Paths {
		tg.Faces[0].Paths[op] = "/chat/completions"
	}
	w.targets, w.pools = append(w.targets, tg), append(w.pools, pool)
}

// strategies are the strategies of Routes.
var strategies = []route.Strategy{"", route.Weighted, route.RoundRobin, route.LeastInFlight, route.LeastTTFT, route.Adaptive, route.Fastest}

// publish compiles a Snapshot over the targets and swaps it in: the first one, or a reload.
func (w *world) publish() {
	prev := w.book
	w.book = route.NewBook(w.targets, route.Options{Prev: prev})
	if w.attempts == 0 {
		w.attempts = 1 + w.rng.IntN(core.MaxAttempts)
	}
	again := 0
	if w.rng.IntN(3) == 0 {
		again = 1 + w.rng.IntN(2)
	}
	m := &core.Route{Name: "m", Targets: w.targets}
	route.Compile(m, route.Spec{
		Book: w.book, Prev: prev, Strategy: strategies[w.rng.IntN(len(strategies))], Balanced: len(w.targets), Attempts: w.attempts, Hedge: w.hedge,
		Retry: &route.Retry{Share: 1, Rate: 100, Again: again},
	})
	policy := &core.Policy{Name: "all"}
	policy.Plans[core.OpChat] = w.plan()
	key := &core.VirtualKey{Name: "simulated", Policy: policy, Tally: new(core.Tally)}
	w.srv.Swap(&core.Snapshot{
		Keys:   map[[32]byte]*core.VirtualKey{sha256.Sum256([]byte(secret)): key},
		Models: map[string]*core.Route{"m": m}, Targets: w.targets, Health: w.book, Gated: w.targets[0].Gate != nil,
	})
}

// plan has stages that count, and stages that wait: some for a time, some until another goroutine wakes
// them.
func (w *world) plan() core.Plan {
	waits := func(where string, chance int) core.Stage {
		return func(x *core.Exchange) core.Verdict {
			d := w.dice(where, int(binary.BigEndian.Uint32(x.ID[12:])))
			if d.IntN(chance) != 0 {
				return core.Continue
			}
			key := where + string(x.ID[:])
			if _, seen := w.ended.LoadOrStore(key, true); seen {
				return core.Continue
			}
			pause := time.Duration(d.IntN(300)) * time.Millisecond
			if d.IntN(2) == 0 {
				x.Until = core.Clock() + int64(pause)
				return core.Wait
			}
			wake := x.Waker()
			w.wakers.Add(1)
			go func() {
				defer w.wakers.Done()
				time.Sleep(pause)
				wake.Wake()
			}()
			return core.Wait
		}
	}
	return core.Plan{
		Admit: []core.Stage{func(x *core.Exchange) core.Verdict {
			w.begun.Add(1)
			return core.Continue
		}, waits("admit", 10)},
		Commit: []core.Stage{waits("commit", 10)},
		Settle: []core.Stage{waits("settle", 10)},
		After: []core.Stage{func(x *core.Exchange) core.Verdict {
			w.after.Add(1)
			if _, twice := w.ended.LoadOrStore(x.ID, true); twice {
				w.t.Errorf("seed %d: an exchange ended twice", w.seed)
			}
			if len(x.Attempts()) > 1 && x.Fault == nil {
				count("replaced")
			}
			for _, a := range x.Attempts() {
				if a.Beside {
					count("hedged")
				}
				if a.Cause == core.Crowded {
					count("crowded")
				}
			}
			for i, name := range core.SkipNames {
				if x.Skipped&(1<<i) != 0 {
					count("left out: " + name)
				}
			}
			if n := len(x.Attempts()); n > w.attempts {
				w.t.Errorf("seed %d: %d attempts, %d allowed", w.seed, n, w.attempts)
			}
			return core.Continue
		}},
	}
}

// dial connects to provider i, if it is reachable at the moment.
func (w *world) dial(ctx context.Context, i int) (net.Conn, error) {
	w.mu.Lock()
	n := len(w.conns)
	w.mu.Unlock()
	switch d := w.dice("dial", n*8+i); d.IntN(25) {
	case 0:
		return nil, errors.New("refused")
	case 1:
		<-ctx.Done() // there is no answer
		return nil, ctx.Err()
	}
	near, far := net.Pipe()
	w.mu.Lock()
	w.conns = append(w.conns, far)
	w.mu.Unlock()
	go w.provide(far, i)
	return near, nil
}

// run is one seed.
func run(t *testing.T, seed uint64) {
	synctest.Test(t, func(t *testing.T) {
		// A bubble begins in the year 2000, long before Clock's zero, and a time that is not set is 0.
		time.Sleep(time.Hour - time.Duration(core.Clock()))
		w := newWorld(t, seed)
		var clients sync.WaitGroup
		for c := range 1 + w.rng.IntN(6) {
			clients.Add(1)
			go func() {
				defer clients.Done()
				w.client(c)
			}()
		}
		reloads := w.rng.IntN(3)
		for range reloads {
			time.Sleep(time.Duration(w.rng.IntN(5000)) * time.Millisecond)
			w.publish()
		}
		clients.Wait()
		w.wakers.Wait()
		time.Sleep(10 * time.Minute) // every wait for the clock has ended by then
		for _, p := range w.pools {
			p.Close()
		}
		w.mu.Lock()
		for _, c := range w.conns {
			c.Close()
		}
		w.mu.Unlock()
		synctest.Wait()
		w.settled()
	})
}

// settled checks that nothing is left when all clients have gone.
func (w *world) settled() {
	if n := w.srv.Buffers(); n != 0 {
		w.t.Errorf("seed %d: %d buffers are lent", w.seed, n)
	}
	for i, tg := range w.targets {
		if n := tg.Tally.Inflight.Load(); n != 0 {
			w.t.Errorf("seed %d: %d in flight at %s", w.seed, n, tg.Name)
		}
		if tg.Gate != nil {
			if g := tg.Gate.Gauges(); g.Inflight != 0 || g.Waiting != [core.NumUrgencies]int{} {
				w.t.Errorf("seed %d: %d have a place at the gate of %s, and %v wait", w.seed, g.Inflight, tg.Name, g.Waiting)
			}
		}
		if n := w.pools[i].Open.Load(); n != 0 {
			w.t.Errorf("seed %d: %d connections open to %s", w.seed, n, tg.Name)
		}
	}
	if b, a := w.begun.Load(), w.after.Load(); b > a {
		w.t.Errorf("seed %d: %d exchanges began, %d ended", w.seed, b, a)
	}
	for word, n := range w.asked {
		if n > 2*w.attempts { // an attempt on a dead kept connection is repeated on a new one
			w.t.Errorf("seed %d: %s was asked %d times", w.seed, word, n)
		}
	}
}
