//go:build amd64 || arm64

package mock

import (
	"bytes"
	"syscall"
)

// conn is one connection of a loop. While it is idle it holds no buffer: input and output pass through
// those of the loop.
type conn struct {
	fd, serial int32
	blocked    bool // out waits for the client to read
	unread     bool // the socket has input that was not read, because there was no room
	closing    bool // the client's end of input is on its way or here
	eof        bool // it was read
	lingering  bool // the answer was sent; further input is discarded
	active     int64
	in         []byte // read, but not yet consumed by the session
	out        []byte // built, not yet accepted by the socket
	timer      timer
	session    session
}

// readable reads until the socket is empty or there is no room for more.
func (l *loop) readable(c *conn) {
	for {
		if (c.blocked || len(c.in) >= maxPending) && !c.lingering {
			c.unread = true
			return
		}
		c.unread = false
		n, e := read(c.fd, l.buf)
		switch {
		case e == syscall.EINTR:
			continue
		case e == syscall.EAGAIN:
			return
		case e != 0:
			l.close(c)
			return
		case n == 0:
			l.ended(c)
			return
		}
		if !c.lingering {
			data := l.buf[:n]
			if len(c.in) > 0 {
				c.in = append(c.in, data...)
				data = c.in
			}
			if !l.drive(c, data) {
				return
			}
		}
		if n < len(l.buf) && !c.closing {
			return // edge-triggered: a short read has emptied the socket, but for an end of input
		}
	}
}

// ended is called when the client has closed its sending side.
func (l *loop) ended(c *conn) {
	c.eof = true
	if c.lingering || c.session.deaf() {
		l.close(c)
	}
}

// drive lets the session continue with this input, and keeps the rest; false means that the connection
// was closed.
func (l *loop) drive(c *conn, in []byte) bool {
	w := &l.work
	w.in = in
	for {
		w.out = w.out[:0]
		c.session.advance(w)
		if c.session.ending == endReset {
			syscall.SetsockoptLinger(int(c.fd), syscall.SOL_SOCKET, syscall.SO_LINGER, &syscall.Linger{Onoff: 1})
			l.close(c)
			return false
		}
		if len(w.out) > 0 && !l.write(c, w.out) {
			return false
		}
		if c.blocked || !c.session.more {
			break
		}
	}
	l.keep(c, w.in)
	if cap(w.out) > maxKept {
		w.out = nil
	}
	if cap(w.scratch) > maxKept {
		w.scratch = nil
	}
	return l.settle(c)
}

// settle arms the timer, or ends the connection if it is due, once all output is flushed.
func (l *loop) settle(c *conn) bool {
	s := &c.session
	switch {
	case c.blocked:
		l.timers.set(&c.timer, 0)
		return true
	case s.phase == ended && s.ending == endLinger && !c.eof:
		syscall.Shutdown(int(c.fd), syscall.SHUT_WR)
		c.lingering, c.in = true, nil
		l.timers.set(&c.timer, l.work.now+int64(lingerWait))
		return true
	case s.phase == ended, c.eof && s.deaf(), l.drain != 0 && s.deaf():
		l.close(c)
		return false
	}
	l.timers.set(&c.timer, s.wake)
	return true
}

// keep saves the input that the session did not consume.
func (l *loop) keep(c *conn, rest []byte) {
	switch {
	case len(rest) == 0:
		c.in = nil
	case len(c.in) == len(rest): // untouched, and in place already
	default:
		c.in = bytes.Clone(rest)
	}
}

// write sends as much as the socket accepts and keeps the rest.
func (l *loop) write(c *conn, b []byte) bool {
	for len(b) > 0 {
		n, e := write(c.fd, b)
		switch e {
		case 0:
			b = b[n:]
		case syscall.EINTR:
		case syscall.EAGAIN:
			c.out, c.blocked = bytes.Clone(b), true
			return true
		default:
			l.close(c)
			return false
		}
	}
	return true
}

// flush continues where write stopped, and then with everything that waited for it; false means that
// the connection was closed.
func (l *loop) flush(c *conn) bool {
	out := c.out
	c.out, c.blocked = nil, false
	if !l.write(c, out) {
		return false
	}
	if c.blocked {
		return true
	}
	if !l.drive(c, c.in) {
		return false
	}
	if c.unread && !c.blocked {
		l.readable(c)
		return l.conns[c.fd] == c
	}
	return true
}
