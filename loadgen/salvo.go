package loadgen

import (
	"errors"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// salvo is a running shot of a portable lane.
type salvo struct {
	p    *portable
	s    *shot
	due  chan int64   // moments; closed when the schedule is over
	left atomic.Int64 // closed loop: requests to send
	open atomic.Int64 // replies whose head has arrived
	free atomic.Int64 // idle workers

	mu   sync.Mutex
	t    *tally         // guarded by mu
	busy map[*line]bool // lines that carry a request; guarded by mu
}

// schedule distributes the moments and starts workers as needed.
func (r *salvo) schedule(wg *sync.WaitGroup) {
	workers := 0
	for at, more := r.s.arrivals.next(); more && !r.p.stop.Load(); at, more = r.s.arrivals.next() {
		r.p.sleep(at)
		late := r.p.clock.now() - at
		r.count(func(t *tally) { t.sent++; t.lastSent = at; t.late.add(late) })
		if int(r.free.Load()) <= len(r.due) && workers < r.s.conns {
			workers++
			r.free.Add(1)
			wg.Go(r.work)
		}
		select {
		case r.due <- at:
		default:
			r.fail(kindBacklog)
		}
	}
}

// work serves moments until the schedule is over. A new worker counts as free.
func (r *salvo) work() {
	for at := range r.due {
		r.free.Add(-1)
		if r.p.stop.Load() {
			return
		}
		if r.p.clock.now() >= r.s.deadline {
			r.fail(kindTimeout)
		} else {
			r.exchange(at)
		}
		r.free.Add(1)
	}
}

func (r *salvo) closedLoop() {
	for !r.p.stop.Load() && r.left.Add(-1) >= 0 {
		now := r.p.clock.now()
		if now >= r.s.end {
			return
		}
		r.count(func(t *tally) { t.sent++; t.lastSent = now })
		if !r.exchange(now) {
			time.Sleep(tickEvery) // a dead server is not flooded
		}
	}
}

// exchange makes one request and reports whether the server answered.
func (r *salvo) exchange(intended int64) bool {
	k := r.attempt(intended, false)
	if k == staleLine {
		r.count(func(t *tally) { t.retried++ })
		k = r.attempt(intended, true)
	}
	if k < kinds {
		r.fail(k)
	}
	return k >= kinds
}

// Outcomes of an attempt other than failures.
const (
	answered  = kinds + 1 + iota
	staleLine // a kept connection had gone stale: send again
)

func (r *salvo) attempt(intended int64, fresh bool) kind {
	l, err := r.p.line(r.s.target, fresh)
	if err != nil {
		return kindConnect
	}
	keep := false
	r.count(func(*tally) { r.busy[l] = true })
	defer func() {
		r.count(func(*tally) { delete(r.busy, l) })
		if keep {
			l.used = true
			r.p.keep(r.s.target, l)
		} else {
			l.conn.Close()
		}
	}()
	wait := r.s.deadline - r.p.clock.now()
	if !r.s.hold { // a held stream lasts as long as the shot
		wait = min(wait, r.s.timeout-(r.p.clock.now()-intended))
	}
	l.conn.SetDeadline(time.Now().Add(time.Duration(wait)))
	var y reply
	y.begin(intended, r.s.stream)
	if _, err = l.conn.Write(r.s.target.next()); err == nil {
		keep, err = r.receive(l, &y)
	}
	switch {
	case err == nil:
		return answered
	case !y.begun && l.used && !fresh && !errors.Is(err, os.ErrDeadlineExceeded):
		return staleLine
	}
	return r.judge(&y, err)
}

// receive reads one reply and counts it. keep says whether the connection may be used
// again.
func (r *salvo) receive(l *line, y *reply) (keep bool, err error) {
	begun := false
	defer func() {
		if begun {
			r.open.Add(-1)
		}
	}()
	for {
		n, readErr := l.conn.Read(l.buf)
		now, done := r.p.clock.now(), false
		r.count(func(t *tally) {
			if n > 0 {
				done, err = y.feed(l.buf[:n], now, t)
			} else if readErr == io.EOF && y.begun {
				done, err = y.eof()
			}
			if done && err == nil {
				t.replied(y, now, r.s.end)
			}
		})
		if !begun && y.inBody {
			begun = true
			r.open.Add(1)
		}
		if done || err != nil {
			return done && err == nil && !y.head.close, err
		}
		if readErr != nil {
			return false, readErr
		}
	}
}

// judge classifies the failure of an attempt.
func (r *salvo) judge(y *reply, err error) kind {
	switch {
	case r.p.stop.Load():
		return answered
	case errors.Is(err, os.ErrDeadlineExceeded):
		if r.s.hold && y.inBody {
			return answered // a held stream that is still open, as intended
		}
		return kindTimeout
	case errors.Is(err, errUnfinished):
		return kindUnfinished
	case malformed(err):
		return kindMalformed
	case !y.begun:
		return kindClosed
	}
	return kindCut
}

func (r *salvo) count(f func(*tally)) {
	r.mu.Lock()
	f(r.t)
	r.mu.Unlock()
}

func (r *salvo) fail(k kind) { r.count(func(t *tally) { t.failed[k]++ }) }

// interrupt ends every wait for a reply.
func (r *salvo) interrupt() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for l := range r.busy {
		l.conn.SetDeadline(time.Now())
	}
}

// watch calls the shot's hooks and ends the waits on a stop.
func (r *salvo) watch(over chan struct{}) {
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	ended := false
	for {
		if !ended && r.p.clock.now() >= r.s.end {
			ended = true
			if r.s.atEnd != nil {
				r.s.atEnd()
			}
		}
		select {
		case <-over:
			if !ended && r.s.atEnd != nil {
				r.s.atEnd()
			}
			return
		case <-tick.C:
			if r.p.stop.Load() {
				r.interrupt()
			}
			if r.s.tick != nil {
				r.s.tick(int(r.open.Load()))
			}
		}
	}
}
