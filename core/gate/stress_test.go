package gate

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"asbru/core"
)

// A guest is a goroutine that enters, waits and leaves.
type guest struct {
	t     core.Ticket
	bell  chan struct{}
	inner *atomic.Int64
}

func (u *guest) Life() uint32 { return 1 }

func (u *guest) Wake(uint32) {
	select {
	case u.bell <- struct{}{}:
	default:
	}
}

// With many goroutines at once, every request is decided exactly once, and the limit holds.
func TestStress(t *testing.T) {
	g := New(Spec{Fixed: true, Max: 6, Queue: 20, Wait: 30 * time.Millisecond})
	var inner, admitted, refused, most atomic.Int64
	var all sync.WaitGroup
	for i := range 24 {
		all.Go(func() {
			r := rand.New(rand.NewPCG(uint64(i), 3))
			u := &guest{bell: make(chan struct{}, 1), inner: &inner}
			x := core.Exchange{Lane: u}
			for range 300 {
				u.t.Clear()
				u.t.Caller, u.t.Urgency, u.t.Waker = uint64(i%5), core.Urgency(i%2), x.Waker()
				if visit(g, u, r) {
					for n := inner.Add(1); ; {
						if m := most.Load(); n <= m || most.CompareAndSwap(m, n) {
							break
						}
					}
					time.Sleep(time.Duration(r.IntN(100)) * time.Microsecond)
					inner.Add(-1)
					g.Leave(core.Clock(), &u.t, core.Outcome(r.IntN(6)))
					g.Leave(core.Clock(), &u.t, core.Served) // once only
					admitted.Add(1)
				} else {
					refused.Add(1)
				}
			}
		})
	}
	all.Wait()
	gs := g.Gauges()
	if admitted.Load()+refused.Load() != 24*300 || gs.Inflight != 0 || g.state.Load() != 0 {
		t.Errorf("%d were let in and %d refused; left behind: %+v", admitted.Load(), refused.Load(), gs)
	}
	if most.Load() > 6 {
		t.Errorf("%d were inside at once; want 6 at most", most.Load())
	}
	if admitted.Load() == 0 || gs.Queued[0] == 0 {
		t.Errorf("no request waited: %+v", gs)
	}
}

// visit enters and waits; some lose patience.
func visit(g *Gate, u *guest, r *rand.Rand) bool {
	select {
	case <-u.bell: // left over from an earlier visit
	default:
	}
	if e := g.Enter(core.Clock(), &u.t); e != core.Queued {
		return e == core.Admitted
	}
	patience := time.Second
	if r.IntN(4) == 0 {
		patience = time.Duration(r.IntN(200)) * time.Microsecond
	}
	over := time.NewTimer(patience)
	defer over.Stop()
	for u.t.Entry() == core.Queued {
		due := time.NewTimer(time.Duration(u.t.Due - core.Clock()))
		select {
		case <-u.bell:
		case <-due.C:
			g.Abandon(core.Clock(), &u.t)
		case <-over.C:
			g.Abandon(core.Clock(), &u.t)
		}
		due.Stop()
	}
	return u.t.Inside()
}

// Learns and enters at once, for the race detector.
func TestStressLearning(t *testing.T) {
	g := New(Spec{Min: 2, Max: 50, Wait: 20 * time.Millisecond})
	var all sync.WaitGroup
	now := new(atomic.Int64)
	now.Store(int64(time.Hour))
	for i := range 8 {
		all.Go(func() {
			r := rand.New(rand.NewPCG(uint64(i), 4))
			var tk core.Ticket
			for range 5000 {
				tk.Clear()
				tk.Caller = uint64(i)
				if g.Enter(now.Load(), &tk) == core.Queued {
					g.Abandon(now.Load(), &tk)
				}
				if tk.Inside() {
					at := now.Add(int64(r.IntN(2_000_000)))
					if r.IntN(2) == 0 {
						g.First(at, &tk)
						g.Leave(at, &tk, core.Streamed)
					} else {
						o := core.Served
						if r.IntN(50) == 0 {
							o = core.Outcome(r.IntN(6))
						}
						g.Leave(at, &tk, o)
					}
				}
				if r.IntN(1000) == 0 {
					g.Set(Spec{Min: 2, Max: 20 + r.IntN(50), Wait: 20 * time.Millisecond})
				}
			}
		})
	}
	all.Wait()
	if gs := g.Gauges(); gs.Inflight != 0 || g.state.Load() != 0 || gs.Quick == 0 {
		t.Errorf("left behind, or nothing learnt: %+v", gs)
	}
}
