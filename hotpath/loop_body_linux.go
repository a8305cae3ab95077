package hotpath

import (
	"asbru/core"
	"asbru/hotpath/http1"
)

// halfHead keeps an incomplete head until more arrives. Its deadline counts from its first byte.
func (l *loop) halfHead(c *client, b []byte) {
	if c.in == nil {
		l.deadline(c.slot, l.limits().HeadWait)
	}
	l.stash(c, b)
}

// stash copies b to c.in, unless it is there already.
func (l *loop) stash(c *client, b []byte) {
	if c.in == nil {
		c.in = append(l.bufs.Take(len(b)), b...)
	}
}

// charge counts the memory of a large body against the limit shared by all bodies.
func (l *loop) charge(c *client, bytes int) bool {
	grow := int64(bytes) - c.large
	if grow <= 0 {
		return true
	}
	if l.s.large.Add(grow) > bodyBudget {
		l.s.large.Add(-grow)
		f := l.newFlight(c)
		f.x.Snap, f.x.Start, f.free = l.s.snap.Load(), core.Clock(), true
		l.s.newID(&f.x)
		f.x.From = l.s.opt.Doors[0].Dialect
		refuse(&f.x, core.Overloaded, "too many large requests are under way", "try again in a second")
		f.x.Fault.Retry = 1
		l.answer(c, f, false)
		return false
	}
	c.large += grow
	return true
}

// takeChunks decodes the received part of a chunked body, in place.
func (l *loop) takeChunks(c *client) {
	raw, lim := c.decoded, l.limits()
	if len(c.in) > lim.BodyBytes {
		l.reqOf = nil
		if n, err := http1.ParseRequest(c.in, &l.req); n > 0 && err == nil {
			lim.BodyBytes = bodyLimit(l.s.snap.Load(), &l.req, c.in)
		}
	}
	for raw < len(c.in) {
		p, n, done, err := c.chunks.Next(c.in[raw:])
		c.decoded += copy(c.in[c.decoded:], p)
		raw += n
		size := c.decoded - c.head
		if err == nil && size <= lim.BodyBytes && !done {
			continue
		}
		if err == nil && size <= lim.BodyBytes {
			rest := copy(c.in[c.decoded:], c.in[raw:])
			c.in = c.in[:c.decoded+rest]
			l.fly(c, c.in, c.decoded)
			return
		}
		f := l.newFlight(c)
		f.x.Snap, f.x.Start, f.free = l.s.snap.Load(), core.Clock(), true
		l.s.newID(&f.x)
		f.x.From = l.s.opt.Doors[0].Dialect
		if err != nil {
			refuse(&f.x, core.Invalid, err.Error(), "send the body with Content-Length or in plain chunks")
		} else {
			tooLarge(&f.x, int64(size), lim.BodyBytes)
		}
		l.answer(c, f, false)
		return
	}
	c.in = c.in[:c.decoded]
	if len(c.in) > largeBody && !l.charge(c, len(c.in)) {
		return
	}
	l.deadline(c.slot, lim.BodyWait)
}
