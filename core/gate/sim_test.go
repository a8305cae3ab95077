//go:build !race

// One goroutine on a clock of its own: the race detector would only make it slow.

package gate

import (
	"container/heap"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"asbru/core"
)

// A world is a target behind a Gate, and its callers, on a simulated clock. The target works on
// capacity requests at once at full speed. If there are more, each takes longer, and the throughput
// falls a little.
type world struct {
	rnd      *rand.Rand
	g        *Gate
	now      int64
	capacity float64
	service  float64                  // nanoseconds at full speed, on average
	shape    func(*rand.Rand) float64 // work of a request, as a multiple of service
	wears    float64                  // part of the speed that is lost with each capacity beyond the first
	hard     int                      // requests under way above which it answers 429; 0: never

	done    float64 // work done so far for each request under way
	running work
	waiting []*job
	turned  []*job // jobs that the target answers 429, in the order of due
	callers []*caller
	fixed   func(now int64) // changes the world as time passes; nil: nothing changes
	woken   []*job
	told    int // wakes
}

// A caller sends requests at random intervals.
type caller struct {
	id       uint64
	rate     float64
	urgency  core.Urgency
	streams  bool
	next     int64
	asked    int
	served   int
	took     []int64 // nanoseconds from a request to its answer
	refused  []int64 // nanoseconds from a request to its refusal
	counts   [core.NumRefusals]int
	throttle int // answered 429 by the target
}

type job struct {
	*core.Ticket
	w              *world
	c              *caller
	asked          int64
	due            int64   // of the target's refusal
	ends           float64 // value of done at which it is finished
	woken, settled int
}

func (j *job) Life() uint32 { return 1 }
func (j *job) Wake(uint32)  { j.woken++; j.w.told++; j.w.woken = append(j.w.woken, j) }

type work []*job

func (w work) Len() int           { return len(w) }
func (w work) Less(i, j int) bool { return w[i].ends < w[j].ends }
func (w work) Swap(i, j int)      { w[i], w[j] = w[j], w[i] }
func (w *work) Push(x any)        { *w = append(*w, x.(*job)) }
func (w *work) Pop() any {
	old := *w
	j := old[len(old)-1]
	*w = old[:len(old)-1]
	return j
}

func newWorld(seed uint64, s Spec, capacity float64, service time.Duration) *world {
	return &world{
		rnd: rand.New(rand.NewPCG(seed, 1)), g: New(s), now: int64(time.Hour),
		capacity: capacity, service: float64(service), shape: narrow, wears: 0.05,
	}
}

// Distributions of the work of a request, as multiples of the average: within a fifth of it; often
// half or twice as much; with a long tail.
func narrow(r *rand.Rand) float64 { return 0.8 + 0.4*r.Float64() }
func wide(r *rand.Rand) float64   { return math.Exp(0.6*r.NormFloat64() - 0.18) }
func tailed(r *rand.Rand) float64 { return r.ExpFloat64() }

// add makes a caller that sends rate requests a second.
func (w *world) add(rate float64, u core.Urgency) *caller {
	c := &caller{id: uint64(len(w.callers) + 1), rate: rate, urgency: u}
	c.next = w.now + w.pause(rate)
	w.callers = append(w.callers, c)
	return c
}

func (w *world) pause(rate float64) int64 { return int64(w.rnd.ExpFloat64() / rate * 1e9) }

// speed is the speed of each request under way, 1 at the full one.
func (w *world) speed() float64 {
	n := float64(len(w.running))
	if n <= w.capacity {
		return 1
	}
	return w.capacity / n * (1 - w.wears*min((n-w.capacity)/w.capacity, 10))
}

// run lets d pass.
func (w *world) run(d time.Duration) {
	end := w.now + int64(d)
	for w.now < end {
		at, c := end, (*caller)(nil)
		for _, x := range w.callers {
			if x.rate > 0 && x.next < at {
				at, c = x.next, x
			}
		}
		ends := false
		if len(w.running) > 0 {
			if t := w.now + int64(math.Ceil((w.running[0].ends-w.done)/w.speed())); t <= at {
				at, c, ends = max(t, w.now), nil, true
			}
		}
		if due := w.due(); due != nil && due.Due <= at {
			w.advance(max(due.Due, w.now))
			if w.g.Abandon(w.now, due.Ticket) {
				w.settle(due)
			}
			w.wake()
			continue
		}
		if len(w.turned) > 0 && w.turned[0].due <= at {
			j := w.turned[0]
			w.turned = w.turned[1:]
			w.advance(max(j.due, w.now))
			w.g.Leave(w.now, j.Ticket, core.Throttled)
			w.wake()
			continue
		}
		w.advance(at)
		switch {
		case ends:
			w.answer(heap.Pop(&w.running).(*job))
		case c != nil:
			c.next = w.now + w.pause(c.rate)
			w.ask(c)
		}
		w.wake()
		if w.fixed != nil {
			w.fixed(w.now)
		}
	}
}

// due is the waiting job whose time to be refused comes first.
func (w *world) due() *job {
	var first *job
	for _, j := range w.waiting {
		if first == nil || j.Due < first.Due {
			first = j
		}
	}
	return first
}

func (w *world) advance(at int64) {
	if len(w.running) > 0 {
		w.done += float64(at-w.now) * w.speed()
	}
	w.now = at
}

func (w *world) ask(c *caller) {
	c.asked++
	j := &job{Ticket: new(core.Ticket), w: w, c: c, asked: w.now}
	x := core.Exchange{Lane: j}
	j.Caller, j.Urgency, j.Waker = c.id, c.urgency, x.Waker()
	if w.g.Enter(w.now, j.Ticket) == core.Queued {
		w.waiting = append(w.waiting, j)
		return
	}
	w.settle(j)
}

// wake goes on with the jobs that the gate has woken.
func (w *world) wake() {
	for len(w.woken) > 0 {
		j := w.woken[0]
		w.woken = w.woken[1:]
		w.settle(j)
	}
}

// settle goes on with a job that the gate has decided about.
func (w *world) settle(j *job) {
	if i := slices.Index(w.waiting, j); i >= 0 {
		w.waiting = slices.Delete(w.waiting, i, i+1)
	}
	if j.settled++; j.settled > 1 || j.woken > 1 {
		panic("told twice")
	}
	switch j.Entry() {
	case core.Refused:
		j.c.refused = append(j.c.refused, w.now-j.asked)
		j.c.counts[j.Refusal]++
	case core.Admitted:
		if w.hard > 0 && len(w.running) >= w.hard {
			j.c.throttle++
			j.due = w.now + int64(5*time.Millisecond)
			w.turned = append(w.turned, j)
			return
		}
		j.ends = w.done + w.service*w.shape(w.rnd)
		heap.Push(&w.running, j)
	default:
		panic("neither in nor out")
	}
}

func (w *world) answer(j *job) {
	j.c.served++
	j.c.took = append(j.c.took, w.now-j.asked)
	if j.c.streams {
		w.g.First(w.now, j.Ticket)
		w.g.Leave(w.now, j.Ticket, core.Streamed)
		return
	}
	w.g.Leave(w.now, j.Ticket, core.Served)
}

// clear resets what was counted.
func (w *world) clear() {
	for _, c := range w.callers {
		c.asked, c.served, c.took, c.refused, c.throttle = 0, 0, nil, nil, 0
		c.counts = [core.NumRefusals]int{}
	}
}

// quantile is the q-th of all callers' values.
func (w *world) quantile(q float64, of func(*caller) []int64) time.Duration {
	var all []int64
	for _, c := range w.callers {
		all = append(all, of(c)...)
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return time.Duration(all[min(int(q*float64(len(all))), len(all)-1)])
}

func took(c *caller) []int64    { return c.took }
func refused(c *caller) []int64 { return c.refused }

func (w *world) served() (n int) {
	for _, c := range w.callers {
		n += c.served
	}
	return n
}
