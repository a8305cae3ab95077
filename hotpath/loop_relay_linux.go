package hotpath

import (
	"errors"
	"time"

	"asbru/core"
	"asbru/hotpath/http1"
	"asbru/hotpath/upstream"
)

// pump reads a reply and passes it on while there are bytes and the client accepts
// them.
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

// received processes bytes of a reply.
func (l *loop) received(u *link, f *flight, b []byte) {
	f.on.mark = l.clock()
	if f.rel.gather {
		l.gather(u, f, b)
		return
	}
	if f.rel.holds {
		l.box.reset()
		f.gap()
		rest, done, err := f.rel.feed(&f.x, b, &l.box, &l.bufs)
		l.held(u, f, len(rest) == 0, done, err)
		return
	}
	if !f.rel.committed {
		l.receivedHead(u, f, b)
		return
	}
	l.box.reset()
	f.gap()
	rest, done, err := f.rel.feed(&f.x, b, &l.box, &l.bufs)
	if l.give(f, done) {
		l.passed(u, f, len(rest) == 0, done, err)
	}
}

// receivedHead collects the head of the reply until it is complete, judges it, and passes on the part of
// the body that arrived with it.
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
			l.putBy(f, b)
			return
		}
		if n = m; l.rep.Status >= 200 {
			break
		}
		if f.on.waited++; f.on.waited > maxInterim {
			l.upstreamEnded(u, errWaits)
			return
		}
		b = b[m:] // that was an interim reply
	}
	f.first = f.on.mark
	l.heard(u, f, b, n, false)
}

// putBy keeps an incomplete part of a reply until more arrives.
func (l *loop) putBy(f *flight, b []byte) {
	if f.on.up == nil {
		f.on.up = append(l.bufs.Take(len(b)), b...)
	} else {
		f.on.up = append(f.on.up[:0], b...)
	}
}

// heard continues with a reply whose head is the first n bytes of b, as Server.hear decides.
func (l *loop) heard(u *link, f *flight, b []byte, n int, enough bool) {
	h := l.s.hear(f, &l.rep, b, n, enough)
	if h == unheard {
		if l.putBy(f, b); !f.on.unheard {
			f.on.unheard = true
			l.patience(u, testimonyWait)
		}
		return
	}
	if f.on.unheard = false; h == heGets {
		l.commit(u, f, b, n)
		return
	}
	u.f, f.on.u = nil, nil
	l.unlink(u)
	l.bufs.Give(f.on.up)
	f.on.up = nil
	if h == another {
		l.launch(f)
		return
	}
	l.answer(f.on.c, f, isHead(f.buf))
}

// commit sends the client the head of the reply. From here on nothing is retried.
func (l *loop) commit(u *link, f *flight, b []byte, n int) {
	l.s.frame(f, &l.rep, b, f.buf[:4])
	f.rel.cut.Grow, f.rel.cut.Free = l.hooks.Grow, l.hooks.Free
	f.free = f.free || l.s.draining.Load()
	if f.rel.gather {
		u.last = l.rep.Close
		l.gather(u, f, b[n:])
		l.bufs.Give(f.on.up)
		f.on.up = nil
		return
	}
	f.rel.holds = f.holdable()
	f.rel.lends = !f.rel.holds
	l.box.reset()
	rest, news, done, err := f.rel.pass(&f.x, b[n:], &l.box, &l.bufs)
	if l.news = news; f.rel.holds || f.tolled() { // they rule on what the Watcher has seen
		l.unveil(f)
	}
	l.s.commit(f, &l.rep, b, &l.box)
	l.box.front(l.box.head)
	u.last = l.rep.Close
	l.bufs.Give(f.on.up)
	f.on.up = nil
	if f.rel.holds {
		f.rel.committed = false
		l.held(u, f, len(rest) == 0, done, err)
		return
	}
	l.begin(u, f, len(rest) == 0, done, err)
}

// held continues with a reply of which nothing has been sent yet, after a piece of it was added to l.box.
func (l *loop) held(u *link, f *flight, clean, done bool, err error) {
	r := &f.rel
	switch l.s.rule(f, done, err, len(r.held)) {
	case letGo:
		r.holds, r.committed = false, true
		if r.held != nil {
			r.held = append(l.bufs.Grow(r.held, len(l.box.bytes())), l.box.bytes()...)
			l.box.reset()
			l.box.b = append(l.box.b, r.held...)
			l.bufs.Give(r.held)
			r.held = nil
		}
		l.begin(u, f, clean, done, err)
	case replace:
		u.f, f.on.u = nil, nil
		l.unlink(u)
		f.replaced(&l.bufs, err)
		l.launch(f)
	default:
		if p := l.box.bytes(); len(p) > 0 {
			if r.held == nil {
				r.held = l.bufs.Take(len(p))
			}
			r.held = append(l.bufs.Grow(r.held, len(p)), p...)
		}
		l.patience(u, f.patience())
	}
}

// begin sends the client the head of its reply, and the part of the body in l.box.
func (l *loop) begin(u *link, f *flight, clean, done bool, err error) {
	f.decide += l.clock() - f.on.mark
	f.sure()
	if !l.give(f, done) {
		return
	}
	now := l.clock()
	f.kernel += now - f.on.mark
	l.unveil(f)
	if done && !f.on.paused {
		f.over = now
	}
	if f.rel.stream {
		f.ttft, f.last = now-f.x.Start, now
		f.content(now)
		l.unload(f, done)
	}
	f.rel.fresh = true // the wait for the next piece starts here
	l.passed(u, f, clean, done, err)
}

// gather collects a reply that is translated as a whole; b is a piece of it.
func (l *loop) gather(u *link, f *flight, b []byte) {
	l.box.reset()
	rest, done, err := f.rel.feed(&f.x, b, &l.box, &l.bufs)
	switch {
	case err != nil:
		l.upstreamEnded(u, err)
	case done:
		l.gathered(u, f, len(rest) == 0)
	default:
		l.patience(u, or(f.target.Waits.Stall, defaultStall))
	}
}

// gathered sends the client the translation of a complete reply.
func (l *loop) gathered(u *link, f *flight, clean bool) {
	if !l.s.whole(f, &l.box) {
		u.f, f.on.u = nil, nil
		l.unlink(u)
		f.rel.drop(&l.bufs)
		l.launch(f)
		return
	}
	f.decide += l.clock() - f.on.mark
	f.sure()
	if !l.give(f, true) {
		return
	}
	f.kernel += l.clock() - f.on.mark
	l.passed(u, f, clean && f.x.Fault == nil, true, nil)
}

// unveil shows the Watcher of f what is new in l.box, unless it has seen it.
func (l *loop) unveil(f *flight) {
	l.box.show(&f.x, l.news)
	l.news = core.Span{}
}

// unload frees the buffer of the request once a stream is under way: the request cannot be sent
// again, and the stream may be idle for long.
func (l *loop) unload(f *flight, done bool) {
	if done || cap(f.buf) == 0 || f.on.u != nil && f.on.u.tail.len() > 0 {
		return
	}
	f.name = append(append(f.name[:0], f.x.Peek.Model...), f.x.Name...)
	n := len(f.x.Peek.Model)
	f.x.Peek.Model, f.x.Name = f.name[:n:n], f.name[n:] // the record and the price still need them
	f.x.Body, f.x.Path, f.x.Asked, f.x.Session = nil, nil, nil, nil
	f.x.Peek.Fallbacks = [core.MaxFallbacks][]byte{}
	if l.reqOf == f {
		l.reqOf = nil
	}
	l.bufs.Give(f.buf)
	f.buf = nil
}

// passed continues after bytes were passed on.
func (l *loop) passed(u *link, f *flight, clean, done bool, err error) {
	switch {
	case f.on.c.gone && !f.on.c.ghost:
		l.drop(f.on.c)
	case err != nil:
		l.upstreamEnded(u, err)
	case done:
		l.complete(u, f, clean)
	case f.rel.fresh:
		l.patience(u, f.patience())
	}
}

// patience sets the deadline of u to d from now, and never beyond the end of the exchange.
func (l *loop) patience(u *link, d time.Duration) {
	t := u.f.bound(l.now, d)
	l.until[u.slot] = t
	if u.f.firstBy > 0 || u.f.x.Due.Total > 0 {
		l.alarm(u.f, t)
	}
}

// complete ends an exchange whose reply was read completely.
func (l *loop) complete(u *link, f *flight, clean bool) {
	u.f, f.on.u = nil, nil
	if u.readable {
		f.rel.keepWhole(&l.bufs) // silent overwrites l.in
	}
	if clean && u.out == nil && u.tail.len() == 0 && u.raw.Pending() == 0 && l.silent(u) {
		l.park(u)
	} else {
		l.unlink(u)
	}
	f.on.ended = true
	if f.on.c.out != nil { // the exchange is not settled in this turn, and the next one reads into l.in
		f.rel.keepWhole(&l.bufs)
	}
	l.settle(f.on.c, f)
}

// silent reports whether nothing follows the reply that was just read. Unrequested bytes
// that have arrived already cause no further event, and the next exchange would take them for its
// answer.
func (l *loop) silent(u *link) bool {
	if !u.readable {
		return true
	}
	n, _, err := u.raw.Read(l.in)
	u.readable = false
	return n == 0 && errors.Is(err, upstream.ErrAgain)
}
