package hotpath

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"asbru/core"
	"asbru/hotpath/http1"
	"asbru/hotpath/sock"
	"asbru/hotpath/upstream"
)

// launch sends the request of f to the next target, and answers the client
// when there is none left.
func (l *loop) launch(f *flight) {
	for l.s.next(f) {
		f.on.fresh = false
		pool, ok := f.target.Pool.(*upstream.Pool)
		if !ok {
			continue
		}
		if u := l.unpark(pool); u == nil {
			l.dial(f, pool)
			return
		} else if l.send(f, u) {
			return
		}
	}
	f.failed()
	l.answer(f.on.c, f, isHead(f.buf))
}

// dial asks for a connection. The answer comes by mail.
func (l *loop) dial(f *flight, pool *upstream.Pool) {
	now := core.Clock()
	f.decide += now - f.on.mark
	f.kernel += now - f.on.mark
	gen := f.on.gen
	go func() {
		raw, err := pool.DialRaw(context.Background())
		l.post(mail{kind: mailDialed, raw: raw, err: err, f: f, gen: gen, pool: pool})
	}()
}

// dialed hands a new connection to the exchange that asked for it, or keeps it
// for the next one.
func (l *loop) dialed(m *mail) {
	f := m.f
	waits := f.on.gen == m.gen && f.on.c != nil && f.on.c.f == f
	var u *link
	if m.err == nil {
		u = l.join(m.raw)
	}
	switch {
	case !waits && u != nil:
		l.park(u)
	case !waits:
	case u == nil:
		f.on.mark = core.Clock()
		f.attempt().Status = 0
		f.late = errors.Is(m.err, os.ErrDeadlineExceeded) || errors.Is(m.err, context.DeadlineExceeded)
		l.launch(f)
	default:
		f.on.mark = core.Clock()
		if !l.send(f, u) {
			l.launch(f)
		}
	}
}

// join makes a link of a connection; nil if it cannot be watched.
func (l *loop) join(raw *upstream.Raw) *link {
	u := &link{raw: raw}
	slot, ok := l.place(raw.FD, entry{u: u})
	if !ok {
		raw.Close()
		return nil
	}
	u.slot = slot
	return u
}

// park keeps a connection for the next exchange.
func (l *loop) park(u *link) {
	p := u.raw.Pool
	if p.Closed() || u.fin || u.last || l.cutting {
		l.unlink(u)
		return
	}
	u.parked, u.raw.Reused, u.f = true, true, nil
	l.idle[p] = append(l.idle[p], u)
	p.Parked.Add(1)
	l.deadline(u.slot, p.KeepAlive())
}

// unpark takes the connection that was used last.
func (l *loop) unpark(p *upstream.Pool) *link {
	stack := l.idle[p]
	n := len(stack) - 1
	if n < 0 {
		return nil
	}
	u := stack[n]
	stack[n] = nil
	l.idle[p] = stack[:n]
	u.parked = false
	p.Parked.Add(-1)
	return u
}

// unlink ends an upstream connection.
func (l *loop) unlink(u *link) {
	if u.raw.FD < 0 {
		return
	}
	if u.parked {
		l.unstack(u)
	}
	l.bufs.Give(u.out)
	u.out = nil
	l.vacate(u.slot)
	u.raw.Close()
}

// unstack takes a parked connection out of its stack. The old ones are at the
// bottom, and it is the old ones that end.
func (l *loop) unstack(u *link) {
	p := u.raw.Pool
	stack := l.idle[p]
	for i, v := range stack {
		if v == u {
			copy(stack[i:], stack[i+1:])
			stack[len(stack)-1] = nil
			stack = stack[:len(stack)-1]
			break
		}
	}
	if u.parked = false; len(stack) == 0 {
		delete(l.idle, p)
	} else {
		l.idle[p] = stack
	}
	p.Parked.Add(-1)
}

// send writes the request of f to u. It reports false when this target will
// not have it.
func (l *loop) send(f *flight, u *link) bool {
	if l.reqOf != f {
		http1.ParseRequest(f.buf, &l.req)
		l.reqOf = f
	}
	u.f, f.on.u = f, u
	if !l.s.request(f, &l.req, &l.box) {
		f.on.u = nil
		l.park(u)
		return false
	}
	p := l.box.bytes()
	f.begun = core.Clock()
	f.decide += f.begun - f.on.mark
	n, err := u.raw.Write(p)
	f.kernel += core.Clock() - f.on.mark
	if err != nil {
		return l.redial(f, u)
	}
	if n < len(p) {
		u.out, u.sent = append(l.bufs.Take(len(p)-n), p[n:]...), 0
	}
	l.patience(u, or(f.target.Waits.Header, defaultHeader))
	return true
}

// redial replaces a kept connection that died while it was idle by a new one,
// once. It reports false when that was done already.
func (l *loop) redial(f *flight, u *link) bool {
	reused := u.raw.Reused
	u.f, f.on.u = nil, nil
	l.unlink(u)
	if !reused || f.on.fresh {
		return false
	}
	f.on.fresh = true
	f.on.mark = core.Clock()
	l.dial(f, u.raw.Pool)
	return true
}

// onLink gives an upstream connection its turn.
func (l *loop) onLink(u *link, what uint32) {
	if what&(sock.In|sock.RdHup|sock.Hup|sock.Err) != 0 {
		u.readable = true
	}
	u.fin = u.fin || what&sock.RdHup != 0
	if what&sock.Out != 0 && !l.flushLink(u) {
		return
	}
	if u.f != nil {
		l.pump(u)
		return
	}
	if !u.readable {
		return
	}
	// Nobody asked: the end of the connection, or a TLS record that is none of ours.
	n, _, err := u.raw.Read(l.in)
	if u.readable = false; n > 0 || !errors.Is(err, upstream.ErrAgain) {
		l.unlink(u)
	}
}

// flushLink writes what waits of a request. It reports false when the
// connection ended.
func (l *loop) flushLink(u *link) bool {
	var err error
	if u.out != nil {
		var n int
		if n, err = u.raw.Write(u.out[u.sent:]); err == nil {
			if u.sent += n; u.sent == len(u.out) {
				l.bufs.Give(u.out)
				u.out = nil
			}
			if u.f != nil && n > 0 {
				l.patience(u, or(u.f.target.Waits.Header, defaultHeader))
			}
		}
	} else if u.raw.Pending() > 0 {
		err = u.raw.Flush()
	}
	if err != nil {
		l.upstreamEnded(u, err)
		return false
	}
	return true
}

// pump reads a reply and passes it on, as long as there are bytes and the
// client takes them.
func (l *loop) pump(u *link) {
	f := u.f
	for range readsATurn {
		if !u.readable || f.on.paused {
			return
		}
		n, more, err := u.raw.Read(l.in)
		if err != nil {
			u.readable = false
			if !errors.Is(err, upstream.ErrAgain) {
				l.upstreamEnded(u, err)
			}
			return
		}
		u.readable = more || u.fin
		l.received(u, f, l.in[:n])
		if u.f != f {
			return
		}
	}
	if u.readable {
		l.later(u.slot)
	}
}

// received passes bytes of a reply on.
func (l *loop) received(u *link, f *flight, b []byte) {
	f.on.mark = core.Clock()
	if !f.rel.committed {
		l.receivedHead(u, f, b)
		return
	}
	l.box.reset()
	f.gap()
	rest, done, err := f.rel.feed(&f.x, b, &l.box, &l.bufs)
	l.write(f.on.c, f, l.box.bytes())
	l.passed(u, f, len(rest) == 0, done, err)
}

// receivedHead waits for the whole head of the reply, judges it, and passes on
// what of the body came with it.
func (l *loop) receivedHead(u *link, f *flight, b []byte) {
	if f.on.up != nil {
		f.on.up = append(l.bufs.Grow(f.on.up, len(b)), b...)
		b = f.on.up
	}
	n := 0
	for {
		m, err := http1.ParseReply(b, &l.rep)
		if err != nil {
			l.upstreamEnded(u, err)
			return
		}
		if m == 0 {
			if f.on.up == nil {
				f.on.up = append(l.bufs.Take(len(b)), b...)
			} else {
				f.on.up = append(f.on.up[:0], b...)
			}
			return
		}
		if n = m; l.rep.Status >= 200 {
			break
		}
		b = b[m:] // an interim reply
	}
	f.first = f.on.mark
	if f.judge(l.rep.Status) != core.Final && !l.s.stands(f) {
		u.f, f.on.u = nil, nil
		l.unlink(u)
		l.bufs.Give(f.on.up)
		f.on.up = nil
		l.launch(f)
		return
	}
	l.commit(u, f, b, n)
}

// commit gives the client the head of the reply. From here nothing is retried.
func (l *loop) commit(u *link, f *flight, b []byte, n int) {
	f.frame(&l.rep, b, f.buf[:4])
	f.rel.cut.Grow, f.rel.cut.Free = l.hooks.Grow, l.hooks.Free
	f.free = f.free || l.s.draining.Load()
	l.box.reset()
	rest, done, err := f.rel.feed(&f.x, b[n:], &l.box, &l.bufs)
	l.s.commit(f, &l.rep, b, &l.box)
	l.box.front(l.box.head)
	u.last = l.rep.Close
	l.bufs.Give(f.on.up)
	f.on.up = nil
	f.decide += core.Clock() - f.on.mark
	l.write(f.on.c, f, l.box.bytes())
	now := core.Clock()
	f.kernel += now - f.on.mark
	if f.rel.sse {
		f.ttft, f.last = now-f.x.Start, now
		l.release(f, done)
	}
	l.passed(u, f, len(rest) == 0, done, err)
}

// release gives the request back once a stream is under way: it cannot be sent
// again, and a stream may be quiet for long.
func (l *loop) release(f *flight, done bool) {
	if done || cap(f.buf) == 0 {
		return
	}
	f.x.Peek.Model = f.name[:copy(f.name[:], f.x.Peek.Model)] // for the record
	f.x.Body, f.x.Path, f.x.Name = nil, nil, nil
	f.x.Peek.Fallbacks = [core.MaxFallbacks][]byte{}
	if l.reqOf == f {
		l.reqOf = nil
	}
	l.bufs.Give(f.buf)
	f.buf = nil
}

// passed goes on after bytes were passed on.
func (l *loop) passed(u *link, f *flight, clean, done bool, err error) {
	switch {
	case f.on.c.gone:
		l.drop(f.on.c)
	case err != nil:
		l.upstreamEnded(u, err)
	case done:
		l.complete(u, f, clean)
	default:
		l.patience(u, or(f.target.Waits.Stall, defaultStall))
	}
}

// patience waits for d, and never past the exchange's end.
func (l *loop) patience(u *link, d time.Duration) {
	t := core.Clock() + int64(d)
	if w := u.f.target.Waits.Total; w > 0 {
		t = min(t, u.f.x.Start+int64(w))
	}
	l.until[u.slot] = t
}

// complete ends an exchange whose reply was read to its end.
func (l *loop) complete(u *link, f *flight, clean bool) {
	u.f, f.on.u = nil, nil
	if clean && u.out == nil && u.raw.Pending() == 0 && l.silent(u) {
		l.park(u)
	} else {
		l.unlink(u)
	}
	f.on.ended = true
	l.settle(f.on.c, f)
}

// silent reports whether nothing follows the reply that was just read. Bytes that
// nobody asked for raise no second event, and the next exchange would take them
// for its answer.
func (l *loop) silent(u *link) bool {
	if !u.readable {
		return true
	}
	n, _, err := u.raw.Read(l.in)
	u.readable = false
	return n == 0 && errors.Is(err, upstream.ErrAgain)
}

// upstreamLate ends the wait for an upstream.
func (l *loop) upstreamLate(u *link) {
	f := u.f
	if f == nil {
		l.unlink(u)
		return
	}
	if f.on.paused { // it is the client who is late, and has a clock of its own
		l.deadline(u.slot, or(f.target.Waits.Stall, defaultStall))
		return
	}
	f.late = true
	l.upstreamEnded(u, os.ErrDeadlineExceeded)
}

// upstreamEnded takes an upstream connection that ended, or cannot be
// understood, off its exchange.
func (l *loop) upstreamEnded(u *link, err error) {
	f := u.f
	if f == nil {
		l.unlink(u)
		return
	}
	f.on.mark = core.Clock()
	if !f.rel.committed {
		var bad *http1.Refusal // of the first bytes: then there were some
		silent := f.on.up == nil && !f.late && !errors.As(err, &bad)
		l.bufs.Give(f.on.up)
		f.on.up = nil
		if silent && l.redial(f, u) {
			return
		}
		u.f, f.on.u = nil, nil
		l.unlink(u)
		l.launch(f)
		return
	}
	u.f, f.on.u = nil, nil
	l.unlink(u)
	f.on.ended = true
	l.box.reset()
	if f.rel.from == bodyClose && errors.Is(err, io.EOF) {
		f.rel.end(&f.x, &l.box)
	} else {
		f.free = true
		f.x.Fault = &core.Fault{Code: core.UpstreamFailed, Message: errCut.Error(), Cause: err}
		f.rel.broken(&f.x, &l.box)
	}
	l.write(f.on.c, f, l.box.bytes())
	l.settle(f.on.c, f)
}
