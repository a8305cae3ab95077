package limit

import (
	"sync/atomic"
	"time"

	"asbru/core"
)

// A Desk connects the cells of this machine with the agent that obtains units of rates which several
// machines share. The zero Desk is not served: each machine counts alone.
type Desk struct {
	here  atomic.Bool // an agent serves it that can reach the others
	queue atomic.Pointer[Share]
	bell  chan struct{} // nil: there is no agent to wake
}

// NewDesk makes a Desk.
func NewDesk() *Desk { return &Desk{bell: make(chan struct{}, 1)} }

// Asked is readable when Take would return something.
func (d *Desk) Asked() <-chan struct{} { return d.bell }

// Take returns the Shares that need units, each once.
func (d *Desk) Take() (all []*Share) {
	for s := d.queue.Swap(nil); s != nil; {
		next := s.next
		s.next = nil
		s.queued.Store(false)
		all, s = append(all, s), next
	}
	return all
}

// Serve sets whether an agent serves the Desk. While none does, each machine counts alone.
func (d *Desk) Serve(here bool) { d.here.Store(here) }

// A Share is this machine's part of a rate: units granted to it in advance, which requests take without
// asking another machine. The rate's own cell is checked first, so that no single machine exceeds the rate,
// whatever it was granted. Requests call take and correct; the agent that serves the Desk calls the rest,
// from one goroutine.
type Share struct {
	Name string // of the rate, the same on all machines

	desk   *Desk
	rate   atomic.Pointer[Rate]
	lease  atomic.Int64 // units granted but not used; negative: used but not granted
	want   atomic.Int64 // units that waiting requests lack
	used   atomic.Int64 // units used since the last beat
	slice  atomic.Int64 // how many granted units to keep in stock
	empty  atomic.Int64 // Clock until which the rate is known to be used up
	back   atomic.Int64 // Clock at which the rate will be fully replenished, as last reported
	wait   atomic.Pointer[waiting]
	queued atomic.Bool
	next   *Share // in the queue
}

// A waiting is a request that lacks units.
type waiting struct {
	core.Waker
	next *waiting
}

// pending is returned by take if other machines have to be asked.
const pending = -1

// take takes n granted units. It returns 0 if it did, or if each machine counts alone; after how long it
// could succeed, if all machines together have used up the rate; else pending.
func (s *Share) take(n, now int64) int64 {
	if !s.desk.here.Load() {
		return 0
	}
	for {
		l := s.lease.Load()
		if l < n {
			break
		}
		if s.lease.CompareAndSwap(l, l-n) {
			s.used.Add(n)
			if l-n < s.slice.Load()/2 && s.empty.Load() <= now {
				s.ring()
			}
			return 0
		}
	}
	if until := s.empty.Load(); until > now {
		r := *s.rate.Load()
		return max(until-now, s.back.Load()+r.takes(n)-now-r.takes(r.burst()))
	}
	return pending
}

// correct takes n more units, or gives back -n of them.
func (s *Share) correct(n int64) {
	if n == 0 || !s.desk.here.Load() {
		return
	}
	s.used.Add(max(n, 0))
	if s.lease.Add(-n) < 0 {
		s.ring()
	}
}

// ask requests n more units and has w woken once the answer is known.
func (s *Share) ask(n int64, w core.Waker) {
	one := &waiting{Waker: w}
	for one.next = s.wait.Load(); !s.wait.CompareAndSwap(one.next, one); {
		one.next = s.wait.Load()
	}
	s.want.Add(n)
	s.ring()
}

// ring queues s at its Desk.
func (s *Share) ring() {
	if !s.queued.CompareAndSwap(false, true) {
		return
	}
	d := s.desk
	for s.next = d.queue.Load(); !d.queue.CompareAndSwap(s.next, s); {
		s.next = d.queue.Load()
	}
	select {
	case d.bell <- struct{}{}:
	default:
	}
}

// left is how many units all machines together have left, as far as this one knows.
func (s *Share) left(now int64) (units, full int64) {
	r := *s.rate.Load()
	full = max(s.back.Load()-now, 0)
	return max(r.comes(r.takes(r.burst())-full), 0) + max(s.lease.Load(), 0), full
}

// A Need is what a machine asks the server of a rate for.
type Need struct {
	Rate  Rate
	Used  int64 // units used without being granted; negative: units given back
	Least int64 // units that requests are waiting for
	Most  int64 // units that could be used
}

// Idle reports whether there is nothing to ask for.
func (n *Need) Idle() bool { return n.Used == 0 && n.Most == 0 }

// Need returns what s needs. At a beat it also learns how much is being used, and gives back what
// exceeds twice that; with ending it gives back everything.
func (s *Share) Need(beat, ending bool) (n Need) {
	n.Rate = *s.rate.Load()
	want := s.want.Swap(0)
	if beat {
		keep := min(s.used.Swap(0), max(n.Rate.burst()/sliceParts, 1))
		if ending {
			keep = 0
		}
		s.slice.Store(keep)
		if over := s.lease.Load() - keep; (want == 0 || ending) && over > keep {
			s.lease.Add(-over) // units taken meanwhile are reported the next time
			n.Used = -over
			return n
		}
	}
	lease := s.lease.Load()
	if lease < 0 {
		s.lease.Add(-lease)
		n.Used, lease = -lease, 0
	}
	if ending {
		return n
	}
	n.Least = max(want-lease, 0)
	n.Most = max(n.Least, want+s.slice.Load()-lease, 0)
	return n
}

// Granted delivers the answer to n at the moment now: how many units s was granted, and after how long the
// rate will be fully replenished.
func (s *Share) Granted(n *Need, units, full, now int64) {
	s.back.Store(now + full)
	s.lease.Add(units)
	if n.Most > 0 && units < max(n.Least, 1) {
		s.empty.Store(now + min(max(n.Rate.takes(1), int64(leastEmpty)), int64(mostEmpty)))
	}
	s.Wake()
}

// Forget drops the granted units, after contact with the server was lost.
func (s *Share) Forget() {
	s.lease.Store(0)
	s.empty.Store(0)
	s.Wake()
}

// Wake continues the requests that wait.
func (s *Share) Wake() {
	for w := s.wait.Swap(nil); w != nil; w = w.next {
		w.Wake()
	}
}

// Alive reports whether s holds units or was used since the last beat.
func (s *Share) Alive() bool {
	return s.lease.Load() != 0 || s.used.Load() != 0 || s.want.Load() != 0 || s.wait.Load() != nil
}

// Share makes the rates of all holders asked for from now on shared with other machines.
func (b *Book) Share(d *Desk) { b.desk = d }

// Hold is Take as a stage: Continue, Refuse with x.Fault, or Wait while other machines are asked, which
// takes a few milliseconds and at most mostPending. A request that has waited that long goes on, and its
// units are reported afterwards.
func (l *Limiter) Hold(x *core.Exchange, more *Holder, now int64) core.Verdict {
	since, at := x.Taken.Since, max(uint32(now/int64(time.Millisecond)), 1)
	f, lacks, n := l.take(x, more, now, since > 0 && at-since >= uint32(mostPending/time.Millisecond))
	if f != nil {
		x.Fault = f
		return core.Refuse
	}
	if lacks == nil {
		return core.Continue
	}
	if since == 0 {
		since = at
	}
	x.Taken.Since = since
	lacks.ask(n, x.Waker())
	x.Until = core.Clock() + int64(askAgain)
	return core.Wait
}

const (
	sliceParts  = 16                     // a machine keeps at most this fraction of a burst in stock
	leastEmpty  = 5 * time.Millisecond   // the shortest time for which a used-up rate is assumed to stay so
	mostEmpty   = time.Second            // and the longest
	mostPending = 300 * time.Millisecond // for which a request waits for other machines
	askAgain    = 50 * time.Millisecond  // before it asks again, if nobody says anything
)
