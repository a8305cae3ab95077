//go:build amd64 || arm64

package mock

import (
	"sync"
	"syscall"
)

// loop is one event loop: an epoll, the connections in it, and their timers.
// One goroutine runs it; others may only call adopt and stop.
type loop struct {
	srv    *server
	ep     int
	bell   int     // eventfd
	conns  []*conn // by descriptor; nil where there is none
	open   int
	serial int32
	timers timers
	work   work
	buf    []byte
	sweep  int64 // when to check for idle connections
	drain  int64 // when to give up on the rest; 0: not stopping

	mu       sync.Mutex
	incoming []int32 // accepted, not yet in conns; guarded by mu
	stopped  bool    // guarded by mu
}

func newLoop(s *server) (*loop, error) {
	l := &loop{srv: s, ep: -1, bell: -1, buf: make([]byte, readBytes)}
	var err error
	if l.ep, err = syscall.EpollCreate1(syscall.EPOLL_CLOEXEC); err != nil {
		return nil, err
	}
	if l.bell, err = newEventFD(); err == nil {
		err = syscall.EpollCtl(l.ep, syscall.EPOLL_CTL_ADD, l.bell, &syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(l.bell)})
	}
	if err != nil {
		l.release()
		return nil, err
	}
	return l, nil
}

func (l *loop) release() {
	syscall.Close(l.ep)
	if l.bell >= 0 {
		syscall.Close(l.bell)
	}
}

// adopt passes an accepted descriptor to the loop.
func (l *loop) adopt(fd int) {
	l.mu.Lock()
	l.incoming = append(l.incoming, int32(fd)) // bounded by maxConns, counted at accept
	first := len(l.incoming) == 1
	l.mu.Unlock()
	if first {
		l.ring()
	}
}

// stop lets the loop drain and end.
func (l *loop) stop() {
	l.mu.Lock()
	l.stopped = true
	l.mu.Unlock()
	l.ring()
}

func (l *loop) ring() { write64(l.bell) }

// run serves until stop was called and all connections are closed.
func (l *loop) run() {
	defer l.release()
	var events [maxEvents]syscall.EpollEvent
	l.work.now = l.srv.clock.now()
	l.sweep = l.work.now + int64(sweepEvery)
	for l.drain == 0 || l.open > 0 {
		n := poll(l.ep, events[:])
		if n == 0 {
			n = wait(l.ep, events[:], l.patience())
		}
		l.work.now = l.srv.clock.now()
		for i := range events[:n] {
			l.ready(&events[i])
		}
		for t := l.timers.pop(l.work.now); t != nil; t = l.timers.pop(l.work.now) {
			l.due(t.conn)
		}
		if l.work.now >= l.sweep {
			l.sweepIdle()
		}
		if l.drain != 0 && l.work.now >= l.drain {
			l.closeAll(func(*conn) bool { return true })
		}
	}
}

// patience returns how long to wait for events, in nanoseconds.
func (l *loop) patience() int64 {
	until := l.sweep
	if l.drain != 0 {
		until = min(until, l.drain)
	}
	if t := l.timers.next(); t != 0 {
		until = min(until, t)
	}
	return max(0, until-l.srv.clock.now())
}

func (l *loop) ready(e *syscall.EpollEvent) {
	if int(e.Fd) == l.bell {
		l.answerBell()
		return
	}
	if int(e.Fd) >= len(l.conns) {
		return
	}
	c := l.conns[e.Fd]
	if c == nil || c.serial != e.Pad {
		return // closed, or replaced, since the kernel reported it
	}
	c.active = l.work.now
	if e.Events&(syscall.EPOLLERR|syscall.EPOLLHUP) != 0 {
		l.close(c)
		return
	}
	c.closing = c.closing || e.Events&syscall.EPOLLRDHUP != 0
	if e.Events&syscall.EPOLLOUT != 0 && c.blocked && !l.flush(c) {
		return
	}
	if e.Events&(syscall.EPOLLIN|syscall.EPOLLRDHUP) != 0 {
		l.readable(c)
	}
}

// answerBell adds new connections, and notices a stop.
func (l *loop) answerBell() {
	read64(l.bell)
	l.mu.Lock()
	incoming, stopped := l.incoming, l.stopped
	l.incoming = nil
	l.mu.Unlock()
	for _, fd := range incoming {
		l.take(fd)
	}
	if stopped && l.drain == 0 {
		l.drain = l.work.now + int64(drainWait)
		l.closeAll(func(c *conn) bool { return c.session.deaf() && !c.blocked })
	}
}

func (l *loop) take(fd int32) {
	l.serial++
	c := &conn{fd: fd, serial: l.serial, active: l.work.now, session: session{srv: l.srv}}
	c.timer.conn = c
	for int(fd) >= len(l.conns) {
		l.conns = append(l.conns, nil)
	}
	l.conns[fd] = c
	l.open++
	ev := syscall.EpollEvent{Events: syscall.EPOLLIN | syscall.EPOLLOUT | syscall.EPOLLRDHUP | epollET, Fd: fd, Pad: c.serial}
	if syscall.EpollCtl(l.ep, syscall.EPOLL_CTL_ADD, int(fd), &ev) != nil {
		l.close(c)
	}
}

// due is called when the time of a connection has come.
func (l *loop) due(c *conn) {
	c.active = l.work.now
	switch {
	case c.lingering:
		l.close(c)
	case !c.blocked:
		if l.drive(c, c.in) && c.unread && !c.blocked {
			l.readable(c)
		}
	}
}

func (l *loop) sweepIdle() {
	l.sweep = l.work.now + int64(sweepEvery)
	l.closeAll(func(c *conn) bool { return l.work.now-c.active > int64(idleWait) })
}

func (l *loop) closeAll(which func(*conn) bool) {
	for _, c := range l.conns {
		if c != nil && which(c) {
			l.close(c)
		}
	}
}

func (l *loop) close(c *conn) {
	l.timers.set(&c.timer, 0)
	l.conns[c.fd] = nil
	l.open--
	syscall.Close(int(c.fd))
	l.srv.closed(&c.session)
}
