package loadgen

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// portable is the lane for systems without epoll: a goroutine a connection.
// It costs several times what loop costs and is otherwise its equal.
type portable struct {
	clock clock
	stop  *atomic.Bool

	mu   sync.Mutex
	idle [maxTargets][]*line // kept connections, by target index; guarded by mu
}

// line is a kept connection.
type line struct {
	conn net.Conn
	buf  []byte
	used bool
}

func openPortable(k clock, stop *atomic.Bool) (lane, error) {
	return &portable{clock: k, stop: stop}, nil
}

// round is a running shot of a portable lane.
type round struct {
	p    *portable
	s    *shot
	due  chan int64   // moments; closed when the schedule is over
	left atomic.Int64 // closed loop: requests to send
	open atomic.Int64 // replies whose head has come
	free atomic.Int64 // workers that wait for a moment

	mu sync.Mutex
	t  *tally // guarded by mu
}

func (p *portable) run(s *shot, t *tally) error {
	r := &round{p: p, s: s, t: t, due: make(chan int64, maxBacklog)}
	r.left.Store(int64(s.limit))
	over := make(chan struct{})
	var wg, watch sync.WaitGroup
	watch.Go(func() { r.watch(over) })
	if s.arrivals == nil {
		p.sleep(s.start)
	}
	for i := 0; i < s.conns && s.arrivals == nil; i++ {
		wg.Go(r.closedLoop)
	}
	if s.arrivals != nil {
		r.schedule(&wg)
	}
	close(r.due)
	wg.Wait()
	close(over)
	watch.Wait()
	return nil
}

// schedule hands out the moments and starts workers as they are needed.
func (r *round) schedule(wg *sync.WaitGroup) {
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

// work serves moments until the schedule is over. It is born free.
func (r *round) work() {
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

func (r *round) closedLoop() {
	for !r.p.stop.Load() && r.left.Add(-1) >= 0 {
		now := r.p.clock.now()
		if now >= r.s.end {
			return
		}
		r.count(func(t *tally) { t.sent++; t.lastSent = now })
		if !r.exchange(now) {
			time.Sleep(tickEvery) // a dead server is not hammered
		}
	}
}

// exchange does one request and says whether the server answered.
func (r *round) exchange(intended int64) bool {
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

// Outcomes of an attempt that are no failure.
const (
	answered  = kinds + 1 + iota
	staleLine // a kept connection had gone stale: ask once more
)

func (r *round) attempt(intended int64, fresh bool) kind {
	l, err := r.p.line(r.s.target, fresh)
	if err != nil {
		return kindConnect
	}
	keep := false
	defer func() {
		if keep {
			l.used = true
			r.p.keep(r.s.target, l)
		} else {
			l.conn.Close()
		}
	}()
	wait := min(r.s.timeout-(r.p.clock.now()-intended), r.s.deadline-r.p.clock.now())
	l.conn.SetDeadline(time.Now().Add(time.Duration(wait)))
	var y reply
	y.begin(intended, r.s.stream)
	if _, err = l.conn.Write(r.s.target.request); err == nil {
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

// receive reads one reply and counts it; keep says whether the connection may
// be used again.
func (r *round) receive(l *line, y *reply) (keep bool, err error) {
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

// judge names the failure of an attempt.
func (r *round) judge(y *reply, err error) kind {
	switch {
	case r.p.stop.Load():
		return answered
	case errors.Is(err, os.ErrDeadlineExceeded):
		if r.s.hold && y.inBody {
			return answered // a stream that is meant to be open still
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

func (r *round) count(f func(*tally)) {
	r.mu.Lock()
	f(r.t)
	r.mu.Unlock()
}

func (r *round) fail(k kind) { r.count(func(t *tally) { t.failed[k]++ }) }

// watch calls the shot's hooks.
func (r *round) watch(over chan struct{}) {
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
			if r.s.tick != nil {
				r.s.tick(int(r.open.Load()))
			}
		}
	}
}

// line takes a kept connection or opens one.
func (p *portable) line(t *target, fresh bool) (*line, error) {
	if !fresh {
		if l := p.take(t); l != nil {
			return l, nil
		}
	}
	c, err := net.DialTimeout("tcp", t.addr.String(), dialWait)
	if err != nil {
		return nil, err
	}
	return &line{conn: c, buf: make([]byte, readBytes)}, nil
}

// take is the line that was used last, nil when none is kept.
func (p *portable) take(t *target) *line {
	p.mu.Lock()
	defer p.mu.Unlock()
	kept := p.idle[t.index]
	if len(kept) == 0 {
		return nil
	}
	l := kept[len(kept)-1]
	p.idle[t.index] = kept[:len(kept)-1]
	return l
}

func (p *portable) keep(t *target, l *line) {
	p.mu.Lock()
	p.idle[t.index] = append(p.idle[t.index], l)
	p.mu.Unlock()
}

// sleep waits until at, or until the run is stopped.
func (p *portable) sleep(at int64) {
	for !p.stop.Load() {
		d := at - p.clock.now()
		if d <= 0 {
			return
		}
		time.Sleep(min(time.Duration(d), tickEvery))
	}
}

func (p *portable) hangUp(t *target) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.idle {
		if t != nil && t.index != i {
			continue
		}
		for _, l := range p.idle[i] {
			l.conn.Close()
		}
		p.idle[i] = nil
	}
}

func (p *portable) close() { p.hangUp(nil) }
