package loadgen

import (
	"sync"
	"sync/atomic"
	"time"
)

// shot is the share of one lane in one window on one target.
type shot struct {
	target   *target
	arrivals *arrivals // nil: closed loop
	conns    int       // open connections to the target at most
	limit    int       // closed loop: requests at most
	start    int64     // first moment
	end      int64     // no request is due at or after it
	deadline int64     // unfinished requests are given up then
	timeout  int64     // nanoseconds that a request may take from its scheduled time
	stream   bool      // replies are event streams
	hold     bool      // streams are supposed to be open at the deadline

	// atEnd is called once, after the last request of the window was sent and before late
	// replies are awaited. May be nil.
	atEnd func()
	// tick is called about every tickEvery with the number of streams that have
	// begun and are open. May be nil.
	tick func(open int)
}

// lane sends shots one after another and keeps its connections between them.
// One goroutine uses a lane at a time.
type lane interface {
	// run sends s and counts in t. It returns once every reply has arrived or was given up, or
	// soon after stop is set. Errors of single requests are counted, not returned.
	run(s *shot, t *tally) error
	// hangUp closes the connections to one target, or to all for nil.
	hangUp(*target)
	close()
}

// fleet is all lanes of a run.
type fleet struct {
	lanes []lane
	clock clock
	stop  *atomic.Bool // set by the caller to end the run
}

func openFleet(n int, portable bool, stop *atomic.Bool) (*fleet, error) {
	f := &fleet{clock: newClock(), stop: stop}
	for range n {
		open := openLane
		if portable {
			open = openPortable
		}
		l, err := open(f.clock, stop)
		if err != nil {
			f.close()
			return nil, err
		}
		f.lanes = append(f.lanes, l)
	}
	return f, nil
}

// volley is one window on one target, before it is divided among the lanes.
type volley struct {
	target  *target
	pace    pace // rate 0: closed loop
	length  time.Duration
	drain   time.Duration // how long late replies are awaited after the window
	timeout time.Duration
	conns   int
	limit   int
	stream  bool
	hold    bool
	atEnd   func()
	tick    func(open int)
}

// fire runs a volley on all lanes and returns their counts, and the first and last moments
// at which requests were due.
func (f *fleet) fire(v volley) (total *tally, start, end int64, err error) {
	start = f.clock.now() + int64(leadIn)
	end = start + int64(v.length)
	shots, tallies := make([]*shot, len(f.lanes)), make([]*tally, len(f.lanes))
	for i := range f.lanes {
		shots[i], tallies[i] = f.deal(v, i, start), &tally{}
	}
	if len(f.lanes) == 1 { // no second goroutine: this thread keeps the processor
		return tallies[0], start, end, f.lanes[0].run(shots[0], tallies[0])
	}
	errs := make([]error, len(f.lanes))
	var wg sync.WaitGroup
	for i := range f.lanes {
		wg.Go(func() { errs[i] = f.lanes[i].run(shots[i], tallies[i]) })
	}
	wg.Wait()
	for i, t := range tallies {
		if i > 0 {
			tallies[0].merge(t)
		}
		if errs[i] != nil {
			err = errs[i]
		}
	}
	return tallies[0], start, end, err
}

// deal returns the share of lane i of a volley.
func (f *fleet) deal(v volley, i int, start int64) *shot {
	n := len(f.lanes)
	s := &shot{
		target: v.target, conns: share(v.conns, i, n), limit: share(v.limit, i, n),
		start: start, end: start + int64(v.length), deadline: start + int64(v.length+v.drain),
		timeout: int64(v.timeout), stream: v.stream, hold: v.hold,
	}
	if v.pace.rate > 0 {
		s.arrivals = newArrivals(v.pace, start, v.length, i, n)
	}
	if i == 0 {
		s.atEnd, s.tick = v.atEnd, v.tick
	}
	return s
}

// share returns part i of total divided by n, where the first ones get the remainder; at least 1.
func share(total, i, n int) int {
	part := total / n
	if i < total%n {
		part++
	}
	return max(part, 1)
}

func (f *fleet) hangUp(t *target) {
	for _, l := range f.lanes {
		l.hangUp(t)
	}
}

func (f *fleet) close() {
	for _, l := range f.lanes {
		l.close()
	}
}
