package hotpath

import (
	"net"
	"os"
	"syscall"

	"asbru/core"
	"asbru/hotpath/http1"
	"asbru/hotpath/sock"
)

// listen begins to accept from a socket.
func (l *loop) listen(d *entrance) {
	slot := uint32(len(l.entries))
	l.entries = append(l.entries, entry{gen: 1, door: d})
	l.until = append(l.until, 0)
	d.slot = slot
	if l.draining || l.poll.AddLevel(d.fd, l.tag(slot)) != 0 {
		sock.Close(d.fd)
		close(d.done)
		return
	}
	l.doors = append(l.doors, d)
}

// accept takes what waits at the door, and rests when no descriptor is left: a
// level-triggered socket would otherwise call without end. It reports whether
// more may wait.
func (l *loop) accept(d *entrance) (more bool) {
	for range acceptTurn {
		var peer [16]byte
		fd, e := sock.Accept(d.fd, &peer)
		switch e {
		case 0:
			l.assign(fd, peer)
		case syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM:
			l.poll.Remove(d.fd)
			d.rest = true
			return false
		case syscall.ECONNABORTED, syscall.EINTR:
		default:
			return false
		}
	}
	l.later(d.slot)
	return true
}

// assign gives an accepted connection to the loop with the fewest.
func (l *loop) assign(fd int, peer [16]byte) {
	limit := defaultConns
	if snap := l.s.snap.Load(); snap != nil {
		limit = or(snap.Limits.Conns, defaultConns)
	}
	if int(l.s.fleet.live.Load()) >= limit {
		l.stats.Refused.Add(1)
		sock.Close(fd)
		return
	}
	l.s.fleet.live.Add(1)
	to := l.s.fleet.least()
	to.stats.Conns.Add(1)
	if to == l {
		l.welcome(fd, peer)
		return
	}
	to.post(mail{kind: mailClient, fd: fd, peer: peer})
}

// welcome makes a client of an accepted connection, counted already.
func (l *loop) welcome(fd int, peer [16]byte) {
	c := &client{fd: fd, peer: peer, since: core.Clock()}
	slot, ok := l.place(fd, entry{c: c})
	if !ok {
		l.leave()
		sock.Close(fd)
		return
	}
	c.slot = slot
	sock.NoDelay(fd)
	sock.KeepAlive(fd)
	l.stats.Accepted.Add(1)
	l.deadline(slot, l.limits().HeadWait)
}

func (l *loop) leave() {
	l.stats.Conns.Add(-1)
	l.s.fleet.live.Add(-1)
}

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

// close ends a client's connection and forgets it.
func (l *loop) close(c *client) {
	if c.phase == closed {
		return
	}
	sock.Close(c.fd)
	l.forget(c)
}

// forget gives back what a client holds, but not its descriptor.
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

// onClient gives a client its turn. what is 0 for a turn without an event.
func (l *loop) onClient(c *client, what uint32) {
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
			l.readAt = core.Clock()
			l.take(c, c.in)
		}
		l.read(c)
	}
	switch c.phase {
	case flying:
		if c.fin && !c.probed {
			c.probed = true
			l.probes = append(l.probes, probe{l.tag(c.slot), core.Clock() + int64(probeWait)})
			l.wind(probeWait / 2)
		}
	case lingering:
		l.dregs(c)
	}
}

// read takes bytes of the next request from the socket.
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
		l.readAt = core.Clock()
		if c.in == nil {
			l.take(c, l.in[:n])
		} else {
			c.in = c.in[:len(c.in)+n]
			l.take(c, c.in)
		}
	}
}

// take looks at the bytes of a request so far: b is c.in, or what was just read
// when c.in is nil.
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

// same is b, or c.in if b was stashed there meanwhile.
func (l *loop) same(c *client, b []byte) []byte {
	if c.in != nil {
		return c.in
	}
	return b
}

// takeHead parses and judges the head. It reports false when more is needed or
// the client was answered.
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
			return true // judged when it flies
		}
	}
	f := &l.scratch
	f.reset()
	switch l.s.begin(f, &l.req, b) {
	case waySlow:
		l.hand(c, b)
		return false
	case wayFault:
		g := l.newFlight(c)
		g.x.Snap, g.x.From, g.x.Fault, g.x.ID, g.x.Start, g.x.Key, g.x.Op = f.x.Snap, f.x.From, f.x.Fault, f.x.ID, f.x.Start, f.x.Key, f.x.Op
		g.free = true
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

// halfHead keeps the beginning of a head. Its time runs from the first byte.
func (l *loop) halfHead(c *client, b []byte) {
	if c.in == nil {
		l.deadline(c.slot, l.limits().HeadWait)
	}
	l.stash(c, b)
}

// stash keeps b in c.in, if it is not there already.
func (l *loop) stash(c *client, b []byte) {
	if c.in == nil {
		c.in = append(l.bufs.Take(len(b)), b...)
	}
}

// charge counts what a large body takes against the budget of all.
func (l *loop) charge(c *client, bytes int) bool {
	grow := int64(bytes) - c.large
	if grow <= 0 {
		return true
	}
	if l.s.large.Add(grow) > bodyBudget {
		l.s.large.Add(-grow)
		f := l.newFlight(c)
		l.s.newID(&f.x.ID)
		f.x.Snap, f.x.Start, f.free = l.s.snap.Load(), core.Clock(), true
		f.x.From = l.s.opt.Doors[0].Dialect
		refuse(&f.x, core.Overloaded, "too many large requests are under way", "try again in a second")
		f.x.Fault.Retry = 1
		l.answer(c, f, false)
		return false
	}
	c.large += grow
	return true
}

// takeChunks decodes what came of a chunked body, in place.
func (l *loop) takeChunks(c *client) {
	raw, lim := c.decoded, l.limits()
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
		l.s.newID(&f.x.ID)
		f.x.Snap, f.x.Start, f.free = l.s.snap.Load(), core.Clock(), true
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

// fly starts the exchange of a complete request: the first total bytes of b,
// which is c.in or what was just read. The rest belongs to the next one.
func (l *loop) fly(c *client, b []byte, total int) {
	f := l.newFlight(c)
	t0 := l.readAt
	f.on.mark = t0
	parsed := c.in == nil // then the head was parsed a moment ago
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
	f.x.Start = t0
	if l.s.ready(f, &l.req) != core.Continue {
		l.answer(c, f, isHead(f.buf))
		return
	}
	l.launch(f)
}

// hand gives a client to the slow door, with the bytes read so far.
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

// answer gives the client a reply of the gateway's own.
func (l *loop) answer(c *client, f *flight, head bool) {
	c.phase = flying
	l.until[c.slot] = 0
	l.s.answer(f, &l.box, head)
	l.write(c, f, l.box.bytes())
	f.on.ended = true
	l.settle(c, f)
}

// write gives p to the client. What the socket does not take waits in c.out.
func (l *loop) write(c *client, f *flight, p []byte) {
	if len(p) == 0 || c.gone {
		return
	}
	f.out += uint64(len(p))
	if c.out == nil {
		n, e := sock.Write(c.fd, p)
		if e != 0 && !sock.Again(e) {
			c.gone = true
			return
		}
		if p = p[n:]; len(p) == 0 {
			return
		}
		c.out, c.sent = l.bufs.Take(len(p)), 0
		l.deadline(c.slot, l.limits().WriteWait)
	}
	c.out = append(l.bufs.Grow(c.out, len(p)), p...)
	f.on.paused = true
}

// flush gives the client what waits. It reports false when the client was
// dropped.
func (l *loop) flush(c *client) bool {
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
	f := c.f
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
	return true
}

// settle ends an exchange whose reply is complete, as soon as the client's
// socket has taken it.
func (l *loop) settle(c *client, f *flight) {
	if c.gone {
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
	c.since = core.Clock()
	lim := l.limits()
	l.deadline(c.slot, lim.IdleWait)
	if c.in != nil { // the next head has begun
		l.deadline(c.slot, lim.HeadWait)
	}
	if c.more = c.in != nil; c.more || c.readable {
		l.later(c.slot) // in the next round: a client may pipeline more than the stack holds
	}
}

// dregs reads and drops what a client sends after its last answer.
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

// drop ends a client that is gone, and the provider's work for it.
func (l *loop) drop(c *client) {
	if f := c.f; f != nil {
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

// impatient ends a client whose time is up.
func (l *loop) impatient(c *client) {
	if f := c.f; f != nil && c.out != nil {
		f.x.Fault = &core.Fault{Code: core.ClientSlow, Message: "the client stopped reading"}
		l.drop(c)
		return
	}
	if c.phase != flying {
		l.close(c)
	}
}

// drain stops accepting, after what already waits in the queues was taken.
func (l *loop) drain() {
	if l.draining {
		return
	}
	l.draining = true
	for _, d := range l.doors {
		for range drainTurns {
			if !l.accept(d) {
				break
			}
		}
		l.poll.Remove(d.fd)
		sock.Close(d.fd)
		l.entries[d.slot] = entry{gen: l.entries[d.slot].gen + 1}
		close(d.done)
	}
	l.doors = nil
}

// drainTick closes connections that have been quiet for a while: closing one
// at once could cross a request on its way.
func (l *loop) drainTick(now int64) {
	for slot := range l.entries {
		c := l.entries[slot].c
		if c == nil {
			continue
		}
		switch {
		case l.cutting:
			l.cut(c)
		case c.phase == reading && c.in == nil && !c.readable && now-c.since > int64(drainQuiet):
			l.close(c)
		}
	}
}

// cut ends a client without a word.
func (l *loop) cut(c *client) {
	defer l.survive(c.slot)
	l.victim = c
	c.gone = true
	l.drop(c)
}

// probeTick asks those clients that have ended their side whether they still
// listen. A closed socket answers what is written with a reset, which comes
// as an event; a half-closed one reads on.
func (l *loop) probeTick(now int64) {
	kept := l.probes[:0]
	for _, p := range l.probes {
		if p.at > now {
			kept = append(kept, p)
			continue
		}
		e := &l.entries[uint32(p.tag)]
		if e.gen != uint32(p.tag>>32) || e.c == nil || e.c.f == nil || e.c.out != nil || e.c.f.on.ended {
			continue
		}
		switch f := e.c.f; {
		case !f.rel.committed:
			sock.Write(e.c.fd, []byte(interim))
		case f.rel.sse:
			sock.Write(e.c.fd, []byte(comment))
		}
	}
	l.probes = kept
}
