package loadgen

import (
	"errors"
	"syscall"
)

// conn is one keep-alive connection of a loop.
//
//	dialing --connected--> busy --reply complete--> idle --request--> busy
//
// Anything unexpected in any state closes it.
type conn struct {
	fd         int // -1 when closed
	slot       int32
	generation int32 // identifies late events of an earlier connection in this slot
	target     *target
	state      connState
	retry      bool   // this request was sent before, on a connection that had gone stale
	used       bool   // a request was answered on it before
	begun      bool   // the running reply's head is complete and counted in loop.open
	out        []byte // the part of the request that the kernel has not accepted yet; aliases the result of target.next
	reply      reply
}

type connState uint8

const (
	connDialing connState = iota
	connIdle
	connBusy
)

// start sends a request on an idle connection.
func (l *loop) start(c *conn, intended int64) {
	c.reply.begin(intended, l.shot.stream)
	c.state, c.retry, c.begun = connBusy, false, false
	c.out = c.target.next()
	l.busy++
	l.flush(c)
}

// flush writes the rest of the request.
func (l *loop) flush(c *conn) {
	for len(c.out) > 0 {
		n, errno := writeNow(c.fd, c.out)
		switch errno {
		case 0:
			c.out = c.out[n:]
		case syscall.EINTR:
		case syscall.EAGAIN:
			return
		default:
			l.lost(c, false)
			return
		}
	}
}

// ready serves a connection for which epoll has reported an event.
func (l *loop) ready(c *conn, events uint32) {
	if c.state == connDialing {
		if events&(syscall.EPOLLERR|syscall.EPOLLHUP) != 0 {
			l.fail(c, kindConnect)
			return
		}
		if events&syscall.EPOLLOUT == 0 {
			return
		}
		c.state, c.out = connBusy, c.target.next()
	}
	if events&syscall.EPOLLOUT != 0 {
		l.flush(c)
	}
	if c.fd >= 0 && events&interestingReads != 0 {
		l.receive(c, events&^syscall.EPOLLIN&interestingReads != 0)
	}
}

// receive reads until the kernel has no more bytes. ending says that the connection
// ends after them.
func (l *loop) receive(c *conn, ending bool) {
	for c.fd >= 0 {
		n, errno := readNow(c.fd, l.buf)
		switch {
		case errno == syscall.EINTR:
			continue
		case errno == syscall.EAGAIN:
			return
		case errno != 0 || n == 0:
			l.lost(c, errno == 0)
			return
		case c.state == connIdle: // unexpected bytes
			l.drop(c)
			return
		}
		l.take(c, l.buf[:n])
		if n < len(l.buf) && !ending {
			return
		}
	}
}

// take passes bytes to the reply.
func (l *loop) take(c *conn, b []byte) {
	now := l.clock.now()
	done, err := c.reply.feed(b, now, l.tally)
	if !c.begun && c.reply.inBody {
		c.begun = true
		l.open++
	}
	switch {
	case errors.Is(err, errUnfinished):
		l.fail(c, kindUnfinished)
	case err != nil:
		l.fail(c, kindMalformed)
	case done:
		l.finish(c, now)
	}
}

// finish counts a complete reply and gives the connection its next request.
func (l *loop) finish(c *conn, now int64) {
	l.tally.replied(&c.reply, now, l.shot.end)
	if c.reply.head.close {
		l.drop(c)
		c = nil
	} else {
		l.rest(c)
	}
	if l.shot.arrivals == nil {
		l.askNow(now)
	} else if at, ok := l.backlog.pop(); ok {
		l.tally.lastSent = now
		l.send(at)
	}
}

// rest makes a connection idle after its reply.
func (l *loop) rest(c *conn) {
	l.ended(c)
	c.state, c.used = connIdle, true
	p := &l.pools[c.target.index]
	p.idle = append(p.idle, c)
}

// lost ends a connection that the server closed; clean is false for a reset.
func (l *loop) lost(c *conn, clean bool) {
	if c.state == connIdle {
		l.drop(c)
		return
	}
	if !c.reply.begun {
		if c.used && !c.retry { // it was stale: send again, as clients do
			l.tally.retried++
			l.drop(c)
			l.dial(c.reply.intended, true)
			return
		}
		l.fail(c, kindClosed)
		return
	}
	done, err := c.reply.eof()
	switch {
	case err != nil:
		l.fail(c, kindUnfinished)
	case done && clean:
		l.finish(c, l.clock.now())
	default:
		l.fail(c, kindCut)
	}
}

// fail counts a failed request and closes its connection.
func (l *loop) fail(c *conn, k kind) {
	l.drop(c)
	l.missed(k)
}

// missed counts a failed request. In a closed loop its connection pauses until the
// next tick, so that a dead server is not flooded with requests.
func (l *loop) missed(k kind) {
	l.tally.failed[k]++
	if l.shot.arrivals == nil {
		l.resting++
	}
}

// ended removes a connection's request from the counts.
func (l *loop) ended(c *conn) {
	l.busy--
	if c.begun {
		l.open--
		c.begun = false
	}
}

// drop closes a connection without counting anything.
func (l *loop) drop(c *conn) {
	p := &l.pools[c.target.index]
	if c.state == connIdle {
		for i, o := range p.idle {
			if o == c {
				p.idle = append(p.idle[:i], p.idle[i+1:]...)
				break
			}
		}
	} else {
		l.ended(c)
	}
	syscall.Close(c.fd)
	c.fd, c.state = -1, connIdle
	p.open--
	l.conns[c.slot] = nil
	l.free = append(l.free, c.slot)
}
