package hotpath

import (
	"asbru/core"
	"asbru/hotpath/sock"
)

// answer sends the client a reply of the gateway's own.
func (l *loop) answer(c *client, f *flight, head bool) {
	c.phase = flying
	l.until[c.slot] = 0
	l.s.answer(f, &l.box, head)
	l.write(c, f, l.box.bytes())
	f.on.ended = true
	l.settle(c, f)
}

// write sends p to the client. What the socket does not accept waits in c.out.
func (l *loop) write(c *client, f *flight, p []byte) {
	if len(p) == 0 || c.gone {
		return
	}
	f.out += uint64(len(p))
	if c.out == nil && !f.on.corked {
		n, e := sock.Write(c.fd, p)
		if e != 0 && !sock.Again(e) {
			c.gone = true
			return
		}
		if p = p[n:]; len(p) == 0 {
			return
		}
		l.deadline(c.slot, l.limits().WriteWait)
	}
	if c.out == nil {
		c.out, c.sent = l.bufs.Take(len(p)), 0
	}
	c.out = append(l.bufs.Grow(c.out, len(p)), p...)
	f.on.paused = true
}

// flush sends the client what waits in c.out. It reports false if the client was
// dropped.
func (l *loop) flush(c *client) bool {
	f := c.f
	if f != nil && f.on.corked {
		return true
	}
	n, e := sock.Write(c.fd, c.out[c.sent:])
	if e != 0 && !sock.Again(e) {
		c.gone = true
		l.drop(c)
		return false
	}
	if n > 0 {
		l.deadline(c.slot, l.limits().WriteWait)
	}
	if c.sent += n; c.sent < len(c.out) {
		return true
	}
	l.bufs.Give(c.out)
	c.out = nil
	l.until[c.slot] = 0
	if f == nil {
		return true
	}
	f.on.paused = false
	if f.on.ended {
		l.settle(c, f)
		return c.phase != closed
	}
	if u := f.on.u; u != nil && u.readable {
		l.later(u.slot)
	}
	if f.pause == atSource {
		l.pour(f)
	}
	return c.phase != closed
}

// settle ends an exchange whose reply is complete, once the client's socket has accepted
// all of it.
func (l *loop) settle(c *client, f *flight) {
	if c.gone && !c.ghost {
		l.drop(c)
		return
	}
	if c.out != nil {
		return
	}
	l.s.finish(f, &l.stats, &c.peer, &l.bufs)
	free := f.free
	c.f = nil
	l.recycle(f)
	if c.ghost {
		l.close(c)
		return
	}
	c.probed = false
	if free {
		c.phase = lingering
		sock.ShutWrite(c.fd)
		l.bufs.Give(c.in)
		c.in = nil
		l.deadline(c.slot, lingerWait)
		c.readable = true
		l.later(c.slot)
		return
	}
	c.phase = reading
	c.since = l.now
	if c.in != nil { // the next head has begun to arrive
		l.deadline(c.slot, l.limits().HeadWait)
	} else {
		l.deadline(c.slot, l.idleWait())
	}
	if c.more = c.in != nil; c.more || c.readable {
		l.later(c.slot) // not by a call: a client may pipeline more requests than the stack could hold
	}
}

// dregs reads and discards what a client sends after its last answer.
func (l *loop) dregs(c *client) {
	for range acceptTurn {
		n, e := sock.Read(c.fd, l.in)
		if n > 0 {
			continue
		}
		if !sock.Again(e) || e == 0 {
			l.close(c)
		}
		return
	}
	l.later(c.slot)
}

// drop ends the exchange of a client that is gone, and the provider's work for it.
func (l *loop) drop(c *client) {
	if f := c.f; f != nil {
		if !c.ghost && !l.cutting && f.x.Fault == nil && f.stays() {
			l.abandon(c)
			return
		}
		if u := f.on.u; u != nil {
			u.f = nil
			l.unlink(u)
		}
		if f.x.Fault == nil && (!f.on.ended || c.out != nil) {
			f.x.Fault = &core.Fault{Code: core.ClientGone, Message: "the client hung up"}
			if f.status == 0 {
				f.status = core.ClientGone.Status()
			}
		}
		c.f = nil
		l.s.finish(f, &l.stats, &c.peer, &l.bufs)
		l.recycle(f)
	}
	l.close(c)
}
