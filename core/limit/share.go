package limit

import (
	"sync/atomic"
	"time"

	"asbru/core"
)

// A Desk is where the cells of this machine meet whoever gets them their part of rates that several
// machines share. The zero Desk is served by nobody: each machine counts alone.
type Desk struct {
	here  atomic.Bool // somebody serves it, and knows what others use
	queue atomic.Pointer[Share]
	bell  chan struct{} // nil: nobody is to be told
}

// NewDesk makes a Desk.
func NewDesk() *Desk { return &Desk{bell: make(chan struct{}, 1)} }

// Asked says that Take would return something.
func (d *Desk) Asked() <-chan struct{} { return d.bell }

// Take returns the Shares that want something, each once.
func (d *Desk) Take() (all []*Share) {
	for s := d.queue.Swap(nil); s != nil; {
		next := s.next
		s.next = nil
		s.queued.Store(false)
		all, s = append(all, s), next
	}
	return all
}

// Serve says whether somebody serves the Desk. While nobody does, each machine counts alone.
func (d *Desk) Serve(here bool) { d.here.Store(here) }

// A Share is this machine's part of a rate: units that were granted to it, which requests take without
// asking anybody. The cell of the rate stands before it: no machine alone passes the rate, whatever it was granted.
// Requests call take and correct; who serves the Desk calls the rest, from one goroutine.
type Share struct {
	Name string // of the rate, the same on all machines

	desk   *Desk
	rate   atomic.Pointer[Rate]
	lease  atomic.Int64 // granted and not used; negative: used and not granted
	want   atomic.Int64 // units that those who wait lack
	used   atomic.Int64 // since the last beat
	slice  atomic.Int64 // what is to be there
	empty  atomic.Int64 // Clock until which no machine finds anything
	back   atomic.Int64 // Clock at which all of it will have come back, as it was told last
	wait   atomic.Pointer[waiting]
	queued atomic.Bool
	next   *Share // in the queue
}

// A waiting is a request that lacks units.
type waiting struct {
	core.Waker
	next *waiting
}

// pending is what take says when nobody knows yet.
const pending = -1

// take takes n granted units. It returns 0 when it did, or when each machine counts alone; after how long it
// could succeed when all machines together have used the rate; else pending: others are to be asked.
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

// ask has w woken when it is known whether there are n units more.
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

// A Need is what a machine asks of a rate at a moment.
type Need struct {
	Rate  Rate
	Used  int64 // units that were used and not granted; negative: given back
	Least int64 // that requests wait for
	Most  int64 // that are welcome
}

// Idle reports whether there is nothing to ask for.
func (n *Need) Idle() bool { return n.Used == 0 && n.Most == 0 }

// Need says what s needs. At a beat it also learns how much it is used, and gives back what is
// more than twice that; ending: all that is left.
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
			s.lease.Add(-over) // what is taken meanwhile is told the next time
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

// Granted says what came of n at the moment now: how many units s was granted, and after how long all of the
// rate will have come back.
func (s *Share) Granted(n *Need, units, full, now int64) {
	s.back.Store(now + full)
	s.lease.Add(units)
	if n.Most > 0 && units < max(n.Least, 1) {
		s.empty.Store(now + min(max(n.Rate.takes(1), int64(leastEmpty)), int64(mostEmpty)))
	}
	s.Wake()
}

// Forget lets go of what was granted, as nobody knows any more what others did meanwhile.
func (s *Share) Forget() {
	s.lease.Store(0)
	s.empty.Store(0)
	s.Wake()
}

// Wake lets those go on who wait.
func (s *Share) Wake() {
	for w := s.wait.Swap(nil); w != nil; w = w.next {
		w.Wake()
	}
}

// Alive reports whether s has something to lose or was used since the last beat.
func (s *Share) Alive() bool {
	return s.lease.Load() != 0 || s.used.Load() != 0 || s.want.Load() != 0 || s.wait.Load() != nil
}

// Share has the rates of the holders that are asked for from here on counted together with other
// machines.
func (b *Book) Share(d *Desk) { b.desk = d }

// Hold is Take for a stage: Continue, Refuse with x.Fault, or Wait while other machines are asked, which
// is a few milliseconds and at most mostPending. Who has waited that long goes on, and what it takes is told
// afterwards.
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
	sliceParts  = 16                     // a machine has no more at hand than that part of a burst
	leastEmpty  = 5 * time.Millisecond   // for which a rate that was found empty is believed to be
	mostEmpty   = time.Second            // …
	mostPending = 300 * time.Millisecond // for which a request waits for other machines
	askAgain    = 50 * time.Millisecond  // before it asks again, if nobody says anything
)
