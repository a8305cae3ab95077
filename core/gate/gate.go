package gate

import (
	"sync"
	"sync/atomic"

	"asbru/core"
)

// A Gate is the core.Gate of one target. It outlives a reload.
//
// The lower half of state is the number of requests under way, the upper half the number of
// waiting ones. While none waits, entering changes nothing else, and any goroutine may change the
// lower half. While some wait, the lower half grows only under mu; the upper half always changes
// under mu.
type Gate struct {
	state atomic.Uint64
	limit atomic.Int64
	spec  atomic.Pointer[rules]
	eager atomic.Int64 // Clock of the last interactive request, up to a tenth of lately behind; 0: none yet

	_     [64]byte // puts the fields that every answer writes on another cache line
	learn learner

	mu     sync.Mutex
	seats  []seat
	spare  []int32
	queues [core.NumUrgencies]queue
	credit float64 // turns that batch has accumulated

	queued  [core.NumUrgencies]atomic.Uint64
	refused [core.NumRefusals]atomic.Uint64
	waited  core.Histogram
}

var _ core.Gate = (*Gate)(nil)

const oneWaits = 1 << 32

func under(state uint64) int64   { return int64(uint32(state)) }
func waiting(state uint64) int64 { return int64(state >> 32) }

// New makes the Gate of a target about which nothing has been measured yet.
func New(s Spec) *Gate {
	g := &Gate{}
	for i := range g.queues {
		g.queues[i].init()
	}
	g.Set(s)
	return g
}

// Set changes the rules. The learnt limit is kept, within the new bounds.
func (g *Gate) Set(s Spec) {
	r, old := s.rules(), g.spec.Load()
	g.spec.Store(r)
	if old == nil || old.fixed {
		g.limit.Store(r.first())
	}
	g.bind()
}

// Enter implements core.Gate.
func (g *Gate) Enter(now int64, t *core.Ticket) core.Entry {
	room := g.room(now, t.Urgency)
	for {
		s := g.state.Load()
		if waiting(s) > 0 || under(s) >= room {
			return g.queue(now, t)
		}
		if g.state.CompareAndSwap(s, s+1) {
			t.Since = now
			return t.Decide(core.Admitted)
		}
	}
}

// room is the number of requests under way below which another one of that urgency is let in.
// While interactive requests keep arriving, a few places are reserved for them, so that they need
// not wait for batch requests to end.
func (g *Gate) room(now int64, u core.Urgency) int64 {
	limit := g.limit.Load()
	eager := g.eager.Load()
	if u == core.Interactive {
		if eager == 0 || now-eager > lately/10 {
			g.eager.Store(max(now, 1))
		}
		return limit
	}
	if eager == 0 || now-eager > lately {
		return limit
	}
	return max(limit-max(limit/spared, 1), 1)
}

// queue is Enter if no place is free.
func (g *Gate) queue(now int64, t *core.Ticket) core.Entry {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.learn.full.Store(true)
	g.expire(now)
	g.serve(now)
	room := g.room(now, t.Urgency)
	fi, why, retry := none, core.NoRefusal, 0
	asked := false
	for {
		s := g.state.Load()
		if under(s) < room && g.ahead(t.Urgency) == 0 {
			if g.state.CompareAndSwap(s, s+1) {
				t.Since = now
				return t.Decide(core.Admitted)
			}
			continue
		}
		if t.NoWait {
			t.Refusal = core.NoRefusal
			return t.Decide(core.Refused)
		}
		if !asked {
			asked = true
			if fi, why, retry = g.consider(now, t); why != core.NoRefusal {
				g.refuse(t, why, retry)
				return core.Refused
			}
			s = g.state.Load() // consider may have refused a waiting ticket
		}
		if g.state.CompareAndSwap(s, s+oneWaits) {
			g.sit(now, t, fi)
			return core.Queued
		}
	}
}

// ahead is how many waiting requests go before a newcomer, whoever its caller is.
func (g *Gate) ahead(u core.Urgency) int {
	n := g.queues[core.Interactive].n
	if u == core.Batch {
		n += g.queues[core.Batch].n
	}
	return n
}

func (g *Gate) refuse(t *core.Ticket, why core.Refusal, retry int) {
	t.Refusal, t.Retry = why, max(retry, 1)
	g.refused[why].Add(1)
	t.Decide(core.Refused)
}

// sit gives t a seat in the flow of its caller.
func (g *Gate) sit(now int64, t *core.Ticket, fi int32) {
	var i int32
	if n := len(g.spare); n > 0 {
		i = g.spare[n-1]
		g.spare = g.spare[:n-1]
	} else {
		i = int32(len(g.seats))
		g.seats = append(g.seats, seat{})
	}
	due, why := now+g.spec.Load().wait, core.WaitedOut
	if t.Until > 0 && g.latest(t.Until) < due {
		due, why = g.latest(t.Until), core.TooLate
	}
	t.Due, t.Place = due, i
	g.seats[i] = seat{t: t, due: due, since: now, lane: t.Urgency, why: why}
	g.queues[t.Urgency].add(g.seats, i, fi)
	g.queued[t.Urgency].Add(1)
	t.Decide(core.Queued)
}

// latest is the latest time at which a request may be let in whose answer is needed by until.
func (g *Gate) latest(until int64) int64 { return until - g.learn.quick.Load() }

// rise removes the ticket of a seat from its queue.
func (g *Gate) rise(i int32) *core.Ticket {
	s := &g.seats[i]
	t := s.t
	g.queues[s.lane].remove(g.seats, i)
	s.t = nil
	g.spare = append(g.spare, i)
	return t
}

// dismiss refuses a waiting ticket.
func (g *Gate) dismiss(i int32, why core.Refusal, retry int) {
	t := g.rise(i)
	w := t.Waker // t belongs to its owner again as soon as it is decided
	g.state.Add(^uint64(oneWaits - 1))
	g.refuse(t, why, retry)
	w.Wake()
}

// expire refuses the tickets that are due.
func (g *Gate) expire(now int64) {
	for u := range g.queues {
		q := &g.queues[u]
		for q.head != none && g.seats[q.head].due <= now {
			g.dismiss(q.head, g.seats[q.head].why, g.after(core.Urgency(u), q.n))
		}
	}
}

// serve lets in as many waiting requests as there is room for.
func (g *Gate) serve(now int64) {
	for {
		s := g.state.Load()
		if waiting(s) == 0 {
			return
		}
		u, saved := g.whose()
		room := g.limit.Load()
		if u == core.Batch && !saved {
			room = g.room(now, core.Batch)
		}
		if under(s) >= room {
			return
		}
		i := g.queues[u].turn()
		since := g.seats[i].since
		t := g.rise(i)
		g.state.Add(^uint64(oneWaits - 2)) // one fewer waits, one more is under way
		g.pay(u)
		w := t.Waker
		t.Since = now
		t.Decide(core.Admitted)
		g.waited.Add(now - since)
		w.Wake()
	}
}

// whose returns the urgency whose turn is next. saved reports whether batch has it with turns that
// it accumulated while interactive requests wait.
func (g *Gate) whose() (u core.Urgency, saved bool) {
	switch {
	case g.queues[core.Interactive].n == 0:
		return core.Batch, false
	case g.queues[core.Batch].n > 0 && g.credit >= 1:
		return core.Batch, true
	}
	return core.Interactive, false
}

// pay accounts for a turn: batch accumulates its share of the turns that interactive requests took.
func (g *Gate) pay(u core.Urgency) {
	switch {
	case g.queues[core.Batch].n == 0:
		g.credit = 0
	case u == core.Batch:
		g.credit = max(g.credit-1, 0)
	default:
		share := g.spec.Load().share
		g.credit = min(g.credit+share/(1-share), 1+share/(1-share))
	}
}

// First implements core.Gate.
func (g *Gate) First(now int64, t *core.Ticket) {
	if !t.Inside() {
		return
	}
	if g.learn.sample(streams, now, t.Since, now-t.Since) {
		g.adapt(now)
	}
}

// Leave implements core.Gate.
func (g *Gate) Leave(now int64, t *core.Ticket, o core.Outcome) {
	if !t.Inside() {
		return
	}
	g.heed(now, t, o)
	t.Decide(core.Outside)
	s := g.state.Add(^uint64(0))
	if uint32(s) == 1<<32-1 {
		panic("BUG: more left a gate than entered")
	}
	if waiting(s) > 0 {
		g.mu.Lock()
		g.expire(now)
		g.serve(now)
		g.mu.Unlock()
	}
}

// Abandon implements core.Gate.
func (g *Gate) Abandon(now int64, t *core.Ticket) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.Entry() != core.Queued {
		return false
	}
	u, n, why := t.Urgency, g.queues[t.Urgency].n, g.seats[t.Place].why
	g.rise(t.Place)
	g.state.Add(^uint64(oneWaits - 1))
	if now >= t.Due {
		g.refuse(t, why, g.after(u, n))
	} else {
		t.Refusal = core.NoRefusal
		t.Decide(core.Refused)
	}
	g.serve(now)
	return true
}

// Gauges implements core.Gate.
func (g *Gate) Gauges() core.GateGauges {
	s, r := g.state.Load(), g.spec.Load()
	v := core.GateGauges{
		Least: int(r.least), Most: int(r.most), Queue: r.queue, Wait: r.wait, BatchShare: r.share,
		Limit: int(g.limit.Load()), Inflight: int(under(s)),
		Typical: g.learn.typical.Load(), Quick: g.learn.quick.Load(), Waited: &g.waited,
	}
	g.mu.Lock()
	for i := range g.queues {
		v.Waiting[i] = g.queues[i].n
	}
	g.mu.Unlock()
	for i := range g.queued {
		v.Queued[i] = g.queued[i].Load()
	}
	for i := range g.refused {
		v.Refused[i] = g.refused[i].Load()
	}
	return v
}
