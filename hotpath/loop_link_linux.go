package hotpath

import (
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"asbru/hotpath/http1"
	"asbru/hotpath/sock"
	"asbru/hotpath/upstream"
)

// launch sends the request of f to the next target, and answers the client if there is none
// left.
func (l *loop) launch(f *flight) {
	for {
		switch l.s.next(f) {
		case notYet:
			l.nap(f)
			return
		case nobody:
			f.failed()
			l.answer(f.on.c, f, isHead(f.buf))
			return
		}
		f.on.fresh, f.on.waited = false, 0
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
}

// dial opens a connection in a goroutine, which posts the result. If the limit of connections is
// reached while another loop keeps an idle one, that one is closed to make room.
func (l *loop) dial(f *flight, pool *upstream.Pool) {
	now := l.clock()
	f.decide += now - f.on.mark
	f.kernel += now - f.on.mark
	gen, by := f.on.gen, f.by(now)
	go func() {
		ctx, cancel := within(context.Background(), by)
		defer cancel()
		raw, err := pool.DialRaw(ctx)
		for range evictTries {
			if !errors.Is(err, upstream.ErrBusy) {
				break
			}
			if pool.Parked.Load() > 0 { // if none is parked, one may be about to be: a reply is sent before its connection is parked
				l.s.fleet.tell(l.s, mail{kind: mailEvict, pool: pool})
			}
			time.Sleep(evictRest)
			raw, err = pool.DialRaw(ctx)
		}
		l.post(mail{kind: mailDialed, raw: raw, err: err, f: f, gen: gen, pool: pool})
	}()
}

// dialed hands a new connection to the exchange that asked for it or, if that has ended, keeps it for
// the next one.
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
		f.on.mark = l.clock()
		f.attempt().Status = 0
		f.late = errors.Is(m.err, os.ErrDeadlineExceeded) || errors.Is(m.err, context.DeadlineExceeded)
		l.launch(f)
	default:
		f.on.mark = l.clock()
		if !l.send(f, u) {
			l.launch(f)
		}
	}
}

// join makes a link from a connection; nil if it cannot be watched.
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

// park keeps a connection for a later exchange.
func (l *loop) park(u *link) {
	p := u.raw.Pool
	if p.Closed() || u.fin || u.last || l.cutting {
		l.unlink(u)
		return
	}
	u.parked, u.raw.Reused, u.f = true, true, nil
	s := l.shelf(p)
	s.links = append(s.links, u)
	p.Parked.Add(1)
	l.deadline(u.slot, p.KeepAlive())
}

// unpark takes the most recently used idle connection; nil if there is none.
func (l *loop) unpark(p *upstream.Pool) *link {
	s := l.shelf(p)
	n := len(s.links) - 1
	if n < 0 {
		return nil
	}
	u := s.links[n]
	s.links[n] = nil
	s.links = s.links[:n]
	u.parked = false
	p.Parked.Add(-1)
	return u
}

// evict closes the connection to p that has been idle for longest.
func (l *loop) evict(p *upstream.Pool) {
	if s := l.shelf(p); len(s.links) > 0 {
		l.unlink(s.links[0])
	}
}

// unlink closes an upstream connection.
func (l *loop) unlink(u *link) {
	if u.raw.FD < 0 {
		return
	}
	if u.parked {
		l.unstack(u)
	}
	l.bufs.Give(u.out)
	u.out, u.tail = nil, tail{}
	l.vacate(u.slot)
	u.raw.Close()
}

// unstack removes a parked connection from its stack. It searches from the bottom: the
// oldest are there, and they are the ones that end.
func (l *loop) unstack(u *link) {
	p := u.raw.Pool
	s := l.shelf(p)
	if i := slices.Index(s.links, u); i >= 0 {
		s.links = slices.Delete(s.links, i, i+1)
	}
	if u.parked = false; len(s.links) == 0 {
		l.lately = nil
		delete(l.idle, p)
	}
	p.Parked.Add(-1)
}

// A shelf is a loop's stack of idle connections of one Pool, the most recently used one on
// top.
type shelf struct {
	pool  *upstream.Pool
	links []*link
}

// shelf returns the shelf of p. It is nearly always the one that the previous request used.
func (l *loop) shelf(p *upstream.Pool) *shelf {
	if s := l.lately; s != nil && s.pool == p {
		return s
	}
	s := l.idle[p]
	if s == nil {
		s = &shelf{pool: p}
		l.idle[p] = s
	}
	l.lately = s
	return s
}

// tidy removes empty shelves: their Pools may be gone.
func (l *loop) tidy() {
	l.lately = nil
	for p, s := range l.idle {
		if len(s.links) == 0 {
			delete(l.idle, p)
		}
	}
}

// send writes the request of f to u. It reports false if the request cannot be sent to this
// target.
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
	f.begun = l.clock()
	f.decide += f.begun - f.on.mark
	n, err := u.raw.Write(p)
	f.kernel += l.clock() - f.on.mark
	if err != nil {
		return l.redial(f, u)
	}
	if n < len(p) {
		u.out, u.sent = append(l.bufs.Take(len(p)-n), p[n:]...), 0
	}
	if u.tail = l.box.tail; u.out == nil && u.tail.len() > 0 {
		if _, err := u.upload(); err != nil {
			return l.redial(f, u)
		}
	}
	f.sent = u.out == nil && u.tail.len() == 0
	f.attempt().Began = f.begun
	f.told()
	l.patience(u, f.silence())
	return true
}

// upload writes what is left of a large body, as far as the socket accepts it.
func (u *link) upload() (sent int, err error) {
	for i := range u.tail {
		for len(u.tail[i]) > 0 {
			if u.raw.Pending() > 0 {
				return sent, nil
			}
			p := u.tail[i][:min(len(u.tail[i]), uploadSize)]
			n, err := u.raw.Write(p)
			if err != nil {
				return sent, err
			}
			sent += n
			u.tail[i] = u.tail[i][n:]
			if n < len(p) {
				return sent, nil
			}
		}
	}
	return sent, nil
}

// onLink handles an event of an upstream connection.
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
	// Unrequested: the end of the connection, or a TLS record without application data.
	n, _, err := u.raw.Read(l.in)
	if u.readable = false; n > 0 || !errors.Is(err, upstream.ErrAgain) {
		l.unlink(u)
	}
}

// flushLink writes the pending part of a request. It reports false if the connection
// ended.
func (l *loop) flushLink(u *link) bool {
	moved, err := false, error(nil)
	if u.out != nil {
		var n int
		if n, err = u.raw.Write(u.out[u.sent:]); err == nil {
			if u.sent += n; u.sent == len(u.out) {
				l.bufs.Give(u.out)
				u.out = nil
			}
			moved = n > 0
		}
	} else if u.raw.Pending() > 0 {
		err = u.raw.Flush()
	}
	if u.out == nil && err == nil && u.tail.len() > 0 {
		var n int
		n, err = u.upload()
		moved = moved || n > 0
	}
	if err != nil {
		l.upstreamEnded(u, err)
		return false
	}
	if u.f != nil {
		u.f.sent = u.out == nil && u.tail.len() == 0
		if moved {
			l.patience(u, u.f.silence())
		}
	}
	return true
}
