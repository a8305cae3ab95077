package hotpath

import (
	"net"
	"os"
	"syscall"
	"time"

	"asbru/core"
	"asbru/hotpath/http1"
	"asbru/hotpath/sock"
)

func (l *loop) limits() core.Limits {
	var lim core.Limits
	if snap := l.s.snap.Load(); snap != nil {
		lim = snap.Limits
	}
	lim.HeadWait = or(lim.HeadWait, defaultHeadWait)
	lim.IdleWait = or(lim.IdleWait, defaultIdleWait)
	lim.BodyWait = or(lim.BodyWait, defaultBodyWait)
	lim.WriteWait = or(lim.WriteWait, defaultWriteWait)
	lim.BodyBytes = or(lim.BodyBytes, defaultBody)
	return lim
}

// idleWait caches limits().IdleWait, which every request needs.
func (l *loop) idleWait() time.Duration {
	if snap := l.s.snap.Load(); snap != nil {
		return or(snap.Limits.IdleWait, defaultIdleWait)
	}
	return defaultIdleWait
}

// close closes a client's connection and frees its slot.
func (l *loop) close(c *client) {
	if c.phase == closed {
		return
	}
	if c.fd >= 0 {
		sock.Close(c.fd)
	}
	l.forget(c)
}

// forget releases everything a client holds except its descriptor.
func (l *loop) forget(c *client) {
	c.phase = closed
	l.vacate(c.slot)
	l.bufs.Give(c.in)
	l.bufs.Give(c.out)
	c.in, c.out = nil, nil
	if c.large > 0 {
		l.s.large.Add(-c.large)
	}
	l.leave()
}

// onClient handles an event of a client. what is the epoll mask, or 0 for a turn without an event.
func (l *loop) onClient(c *client, what uint32) {
	if c.ghost {
		return // an event from before the connection was lent out
	}
	if what&(sock.In|sock.RdHup) != 0 {
		c.readable = true
	}
	c.fin = c.fin || what&sock.RdHup != 0
	if what&(sock.Err|sock.Hup) != 0 {
		c.gone = true
	}
	if c.gone && c.phase != lingering {
		l.drop(c)
		return
	}
	if what&sock.Out != 0 && len(c.out) > 0 && !l.flush(c) {
		return
	}
	if c.phase == reading {
		if c.more {
			c.more = false
			l.readAt = l.clock()
			l.take(c, c.in)
		}
		l.read(c)
	}
	switch c.phase {
	case flying:
		if c.fin && !c.probed {
			c.probed = true
			l.probes = append(l.probes, probe{l.tag(c.slot), l.now + int64(probeWait)})
			l.wind(probeWait / 2)
		}
	case lingering:
		l.dregs(c)
	}
}

// read reads bytes of the next request from the socket.
func (l *loop) read(c *client) {
	for c.phase == reading && c.readable && !c.more {
		var n int
		var e syscall.Errno
		room := len(l.in)
		if c.in == nil {
			n, e = sock.Read(c.fd, l.in)
		} else {
			want := 2 << 10
			if c.total > len(c.in) {
				want = min(c.total-len(c.in), readSize)
			}
			c.in = l.bufs.Grow(c.in, want)
			spare := c.in[len(c.in):cap(c.in)]
			room = len(spare)
			n, e = sock.Read(c.fd, spare)
		}
		if e != 0 || n == 0 {
			if !sock.Again(e) || e == 0 {
				l.close(c)
			}
			c.readable = false
			return
		}
		c.readable = n == room || c.fin
		l.readAt = l.clock()
		if c.in == nil {
			l.take(c, l.in[:n])
		} else {
			c.in = c.in[:len(c.in)+n]
			l.take(c, c.in)
		}
	}
}

// take processes the bytes of a request received so far: b is c.in or, if c.in is nil, what was
// just read.
func (l *loop) take(c *client, b []byte) {
	if c.head == 0 {
		if !l.takeHead(c, b) {
			return
		}
		b = l.same(c, b)
	}
	if c.total == 0 {
		l.takeChunks(c)
		return
	}
	if len(b) < c.total {
		if c.total > largeBody && !l.charge(c, len(b)) {
			return
		}
		l.stash(c, b)
		l.deadline(c.slot, l.limits().BodyWait)
		return
	}
	l.fly(c, b, c.total)
}

// same returns c.in if b was stashed there in the meantime, otherwise b.
func (l *loop) same(c *client, b []byte) []byte {
	if c.in != nil {
		return c.in
	}
	return b
}

// takeHead parses and judges the head. It reports false if more bytes are needed or
// the client has been answered.
func (l *loop) takeHead(c *client, b []byte) bool {
	if match, more := http1.IsHTTP2Preface(b); match {
		l.req.HeadLen = 0
		l.hand(c, b)
		return false
	} else if more {
		l.halfHead(c, b)
		return false
	}
	l.reqOf = nil
	n, err := http1.ParseRequest(b, &l.req)
	if err != nil {
		f := l.newFlight(c)
		l.s.refuseHead(f, err.(*http1.Refusal))
		l.answer(c, f, false)
		return false
	}
	if n == 0 {
		l.halfHead(c, b)
		return false
	}
	c.head = n
	if !l.req.Chunked {
		if c.total = n + int(max(l.req.ContentLength, 0)); len(b) >= c.total {
			return true // it is judged in fly
		}
	}
	f := &l.scratch
	f.reset()
	f.x.Start, f.habits = l.now, &l.habits
	switch l.s.begin(f, &l.req, b) {
	case waySlow:
		l.hand(c, b)
		return false
	case wayFault:
		g := l.newFlight(c)
		g.x.Snap, g.x.From, g.x.Fault, g.x.ID, g.x.Start, g.x.Key, g.x.Op = f.x.Snap, f.x.From, f.x.Fault, f.x.ID, f.x.Start, f.x.Key, f.x.Op
		g.free, g.x.Page = true, f.x.Page
		l.answer(c, g, isHead(b))
		return false
	}
	if l.req.Chunked {
		c.chunks, c.decoded = http1.Chunks{Strict: true}, n
		l.stash(c, b)
	}
	if l.req.Expect100 && len(b) == n {
		sock.Write(c.fd, []byte(interim))
	}
	return true
}

func isHead(b []byte) bool { return len(b) > 5 && string(b[:5]) == "HEAD " }

// fly starts the exchange of a complete request: the first total bytes of b, which is
// c.in or what was just read. Bytes after those belong to the next request.
func (l *loop) fly(c *client, b []byte, total int) {
	f := l.newFlight(c)
	t0 := l.readAt
	f.on.mark = t0
	parsed := c.in == nil // if so, the head has just been parsed
	switch rest := b[total:]; {
	case c.in == nil:
		f.buf = append(l.bufs.Take(total), b[:total]...)
		if len(rest) > 0 {
			c.in = append(l.bufs.Take(len(rest)), rest...)
		}
	case len(rest) == 0:
		f.buf, c.in = c.in[:total], nil
	default:
		f.buf = append(l.bufs.Take(total), b[:total]...)
		c.in = append(c.in[:0], rest...)
	}
	f.large, c.large = c.large, 0
	f.in = uint64(total - c.head)
	c.head, c.total, c.decoded = 0, 0, 0
	c.phase = flying
	l.until[c.slot] = 0
	if !parsed {
		http1.ParseRequest(f.buf, &l.req)
	}
	l.reqOf = f
	f.x.Start = t0
	switch l.s.begin(f, &l.req, f.buf) {
	case waySlow:
		b := f.buf
		if c.in != nil {
			b = append(append([]byte(nil), f.buf...), c.in...)
		}
		c.f = nil
		l.hand(c, b)
		l.recycle(f)
		return
	case wayFault:
		l.answer(c, f, isHead(f.buf))
		return
	}
	if f.socket != nil && f.socket.late {
		l.lend(c, f)
		return
	}
	l.decided(f, l.s.ready(f, &l.req))
}

// hand passes a client on to the slow door, with the bytes read so far.
func (l *loop) hand(c *client, b []byte) {
	l.poll.Remove(c.fd)
	l.stats.HandedOver.Add(1)
	b = append([]byte(nil), b...)
	l.forget(c)
	file := os.NewFile(uintptr(c.fd), "client")
	conn, err := net.FileConn(file)
	file.Close()
	if err != nil {
		return
	}
	l.s.opt.Slow(l.s.oneShot(conn, &l.req, b))
}
