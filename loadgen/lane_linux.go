package loadgen

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"syscall"
)

// loop is a lane that drives all its connections from one thread with non-blocking
// system calls and one edge-triggered epoll, so that it costs less than the servers
// it measures. It does not use the scheduler while it runs.
//
// The scheduler does not notice the waits of raw system calls, so each is bounded by
// longestWait.
type loop struct {
	clock  clock
	stop   *atomic.Bool
	ep     int
	noNano bool // the kernel has no epoll_pwait2
	buf    []byte
	events [eventBatch]syscall.EpollEvent
	conns  []*conn          // by slot; nil is free
	free   []int32          // free slots
	pools  [maxTargets]pool // by target index
	// generation counts connections, so that no event is assigned to a later one.
	generation int32

	// The running shot.
	shot    *shot
	tally   *tally
	busy    int     // requests without a complete reply
	open    int     // those of them that are streams whose head has arrived
	asked   int     // closed loop: requests sent
	resting int     // closed loop: connections that failed and are retried at a tick
	backlog backlog // moments that found no free connection
	next    int64
	more    bool
}

// pool is the connections of a loop to one target.
type pool struct {
	idle []*conn // last used on top
	open int
}

func openLane(k clock, stop *atomic.Bool) (lane, error) {
	ep, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("cannot open an epoll: %w", err)
	}
	return &loop{clock: k, stop: stop, ep: ep, buf: make([]byte, readBytes)}, nil
}

func (l *loop) run(s *shot, t *tally) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	tightTimers()
	l.shot, l.tally, l.busy, l.open, l.asked, l.resting = s, t, 0, 0, 0, 0
	l.backlog.reset()
	if s.arrivals != nil {
		l.next, l.more = s.arrivals.next()
	} else {
		l.next, l.more, l.resting = s.start, true, s.conns
	}
	tick, ended := s.start+int64(tickEvery), false
	for {
		now := l.due()
		if !ended && (!l.more || now >= s.end) {
			ended = true
			if s.atEnd != nil {
				s.atEnd()
			}
		}
		if now >= tick {
			l.tick(now)
			tick = now + int64(tickEvery)
		}
		if !l.more && l.busy == 0 && l.backlog.n == 0 && !s.hold {
			return nil
		}
		if now >= s.deadline || l.stop.Load() {
			l.giveUp()
			return nil
		}
		until := min(tick, s.deadline)
		if l.more {
			until = min(until, l.next)
		}
		if err := l.wait(until - now); err != nil {
			return err
		}
	}
}

// due sends every request whose time has come and returns the time.
func (l *loop) due() int64 {
	now := l.clock.now()
	for l.more && l.next <= now {
		if l.shot.arrivals == nil {
			l.again(now)
			break
		}
		l.tally.late.add(now - l.next)
		l.ask(l.next)
		l.next, l.more = l.shot.arrivals.next()
		now = l.clock.now()
	}
	return now
}

// again retries the resting connections of a closed loop.
func (l *loop) again(now int64) {
	l.next = now + int64(tickEvery)
	for n := l.resting; n > 0 && l.more; n-- {
		l.resting--
		l.askNow(now)
	}
}

// askNow sends a closed-loop request unless the window is over.
func (l *loop) askNow(now int64) {
	if now >= l.shot.end || l.asked >= l.shot.limit {
		l.more = false
		return
	}
	l.asked++
	l.ask(now)
}

// ask counts a request that is due at intended and sends it, or queues it for a
// connection.
func (l *loop) ask(intended int64) {
	l.tally.sent++
	l.tally.lastSent = intended
	if p := &l.pools[l.shot.target.index]; len(p.idle) > 0 || p.open < l.shot.conns {
		l.send(intended)
	} else if !l.backlog.push(intended) {
		l.missed(kindBacklog)
	}
}

// send uses the most recently used connection, or opens one.
func (l *loop) send(intended int64) {
	p := &l.pools[l.shot.target.index]
	n := len(p.idle)
	if n == 0 {
		l.dial(intended, false)
		return
	}
	c := p.idle[n-1]
	p.idle = p.idle[:n-1]
	l.start(c, intended)
}

// wait sleeps for at most d nanoseconds and serves the connections that are ready.
func (l *loop) wait(d int64) error {
	n, err := l.poll(min(max(d, 0), int64(longestWait)))
	if err != nil {
		return fmt.Errorf("cannot wait for connections: %w", err)
	}
	for i := range n {
		ev := &l.events[i]
		if c := l.conns[ev.Fd]; c != nil && c.generation == ev.Pad {
			l.ready(c, ev.Events)
		}
		if l.more && l.shot.arrivals != nil {
			l.due() // a long batch must not delay the schedule
		}
	}
	return nil
}

// tick ends requests that have timed out and reports open streams to the caller.
func (l *loop) tick(now int64) {
	for _, c := range l.conns {
		if c != nil && c.state != connIdle && now-c.reply.intended > l.shot.timeout && !(l.shot.hold && c.reply.inBody) {
			l.fail(c, kindTimeout)
		}
	}
	for l.backlog.n > 0 && l.pools[l.shot.target.index].open < l.shot.conns { // failures made room
		at, _ := l.backlog.pop()
		l.tally.lastSent = now
		l.send(at)
	}
	if l.shot.tick != nil {
		l.shot.tick(l.open)
	}
}

// giveUp ends the shot with requests still unanswered.
func (l *loop) giveUp() {
	for _, c := range l.conns {
		if c == nil || c.state == connIdle {
			continue
		}
		late := !(l.shot.hold && c.reply.inBody) && !l.stop.Load()
		l.drop(c)
		if late {
			l.tally.failed[kindTimeout]++
		}
	}
	if !l.stop.Load() {
		l.tally.failed[kindTimeout] += uint64(l.backlog.n)
	}
	l.backlog.reset()
}

func (l *loop) hangUp(t *target) {
	for _, c := range l.conns {
		if c != nil && (t == nil || c.target == t) {
			l.drop(c)
		}
	}
}

func (l *loop) close() {
	l.hangUp(nil)
	syscall.Close(l.ep)
}
