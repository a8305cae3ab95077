package hotpath

import (
	"errors"
	"io"
	"os"
	"time"

	"asbru/core"
	"asbru/hotpath/upstream"
)

// relay sends the client the reply whose head and first bytes are in b, unless it turns out that
// another target should be asked.
func (k *conn) relay(f *flight, u *upstream.Conn, b []byte, n int) outcome {
	s, l := k.s, &f.rel
	f.first = core.Clock()
	h := s.hear(f, &k.rep, b, n, false)
	for until := f.until(testimonyWait); h == unheard; {
		k.listen(u, until)
		m, err := u.Read(b[len(b):cap(b)])
		b = b[:len(b)+m]
		h = s.hear(f, &k.rep, b, n, err != nil || len(b) == cap(b))
	}
	switch h {
	case another:
		u.Close()
		return tryNext
	case refused:
		u.Close()
		return tryOver
	}
	if f.socket != nil && k.rep.Status == switching {
		return k.bridge(f, u, b, n)
	}
	s.frame(f, &k.rep, b, k.req.Method.Of(f.buf))
	l.cut.Grow, l.cut.Free = s.hooks.Grow, s.hooks.Free
	resumes := f.resumes()
	if resumes && !l.stream { // the client already has the beginning of a stream
		if u.Close(); k.rep.Status < 300 {
			f.attempt().Status = 502
		}
		return tryNext
	}
	if l.gather {
		return k.gather(f, u, b, n)
	}
	l.holds = resumes || f.holdable()
	k.box.reset()
	rest, done, err := l.feed(&f.x, b[n:], &k.box, &s.shared)
	if !resumes { // else the client already has a head
		s.commit(f, &k.rep, b, &k.box)
		k.box.front(k.box.head)
	}
	a := &arrival{u: u, b: b, done: done, clean: len(rest) == 0, err: err}
	if l.holds && k.hold(f, a) == tryNext {
		return tryNext
	}
	return k.commit(f, a)
}

// An arrival is a reply that is being received. What the client will get of it so far is in the
// outbox.
type arrival struct {
	u     *upstream.Conn
	b     []byte // the buffer that it is read into; borrowed
	done  bool   // it was received completely
	clean bool   // nothing follows what was received
	whole bool   // it was translated as a whole
	err   error  // why it broke off; nil: it did not
}

// commit sends a reply to the client, or leaves it in k.held for whoever set that.
func (k *conn) commit(f *flight, a *arrival) outcome {
	if k.held != nil {
		*k.held = *a
		return tryHeld
	}
	return k.deliver(f, a)
}

// deliver sends the client the contents of the outbox and the rest of the reply. Nothing is
// retried from here on.
func (k *conn) deliver(f *flight, a *arrival) outcome {
	if a.whole {
		return k.deliverWhole(f, a)
	}
	l, u := &f.rel, a.u
	t0 := f.first
	t1 := core.Clock()
	f.decide += t1 - t0
	f.sure()
	werr := k.give(f, a.done)
	if werr == errTurned {
		return k.turnAway(f, u)
	}
	f.kernel += core.Clock() - t0
	if l.stream {
		now := core.Clock()
		f.ttft = now - f.x.Start
		f.content(now)
	}
	if werr == nil {
		werr = k.follow(f, a)
	}
	if !a.done && werr == nil && f.rescuable() && !k.hungUp.Load() {
		if next, stop, ok := k.rescue(f, u, a.err); ok {
			defer k.s.shared.Give(next.b)
			defer stop()
			*a, u = next, next.u
			if werr = k.give(f, a.done); werr == nil {
				f.content(core.Clock())
				werr = k.follow(f, a)
			}
		}
	}
	if f.cross != nil && f.cross.splice != nil && !a.done && werr == nil {
		f.surrender(&k.box)
		werr = k.give(f, false)
	}
	k.ended(f, u, a.done && a.err == nil, werr, a.clean)
	return tryDone
}

// follow reads the rest of a reply and sends it to the client. err is an error of the client's
// connection; how the reply ended is in a.
func (k *conn) follow(f *flight, a *arrival) (err error) {
	l := &f.rel
	until := f.until(f.patience())
	for !a.done && a.err == nil && err == nil {
		if l.fresh {
			until = f.until(f.patience())
		}
		k.listen(a.u, until)
		m, rerr := a.u.Read(a.b[:cap(a.b)])
		if m == 0 {
			if a.err = orEOF(rerr); l.ends(a.err) && !f.rescuable() {
				k.box.reset()
				l.end(&f.x, &k.box)
				a.done, a.err = true, nil
				return k.give(f, true)
			}
			return nil
		}
		k.box.reset()
		f.gap()
		var rest []byte
		rest, a.done, a.err = l.feed(&f.x, a.b[:m], &k.box, &k.s.shared)
		a.clean = len(rest) == 0
		err = k.give(f, a.done)
	}
	return err
}

// hold reads a reply up to its commit point, or until it is clear that it has none.
// After tryDone k.box holds what the client gets; tryNext means that another target is asked.
func (k *conn) hold(f *flight, a *arrival) outcome {
	s, l := k.s, &f.rel
	l.committed = false
	for {
		switch s.rule(f, a.done, a.err, len(l.held)) {
		case letGo:
			k.letGo(l)
			return tryDone
		case replace:
			a.u.Close()
			f.late = errors.Is(a.err, os.ErrDeadlineExceeded)
			k.box.reset()
			f.replaced(&s.shared, a.err)
			return tryNext
		}
		if p := k.box.bytes(); len(p) > 0 {
			if l.held == nil {
				l.held = s.shared.Take(len(p))
			}
			l.held = append(s.shared.Grow(l.held, len(p)), p...)
		}
		k.box.reset()
		k.listen(a.u, f.until(f.patience()))
		m, rerr := a.u.Read(a.b[:cap(a.b)])
		if m > 0 {
			f.gap()
			var rest []byte
			rest, a.done, a.err = l.feed(&f.x, a.b[:m], &k.box, &s.shared)
			a.clean = len(rest) == 0
			continue
		}
		if a.err = orEOF(rerr); l.ends(a.err) {
			l.end(&f.x, &k.box)
			a.done, a.err = true, nil
		}
	}
}

// letGo puts what was held back into the outbox, before what is there.
func (k *conn) letGo(l *relay) {
	l.holds, l.committed = false, true
	if l.held == nil {
		return
	}
	l.held = append(k.s.shared.Grow(l.held, len(k.box.bytes())), k.box.bytes()...)
	k.box.reset()
	k.box.b = append(k.box.b, l.held...)
	k.s.shared.Give(l.held)
	l.held = nil
}

// gather reads the whole reply whose head and first bytes are in b, and sends the
// client its translation. If the reply breaks off, the client has got nothing yet and another
// target can be asked.
func (k *conn) gather(f *flight, u *upstream.Conn, b []byte, n int) outcome {
	s, l := k.s, &f.rel
	rest, done, err := l.feed(&f.x, b[n:], &k.box, &s.shared)
	for !done && err == nil {
		k.listen(u, f.until(or(f.target.Waits.Stall, defaultStall)))
		m, rerr := u.Read(b[:cap(b)])
		if m == 0 {
			if err = orEOF(rerr); l.from == bodyClose && errors.Is(err, io.EOF) {
				done, err = true, nil
			}
			break
		}
		rest, done, err = l.feed(&f.x, b[:m], &k.box, &s.shared)
	}
	if err != nil {
		u.Close()
		f.late = errors.Is(err, os.ErrDeadlineExceeded)
		l.drop(&s.shared)
		f.broke()
		f.lost(err)
		return tryNext
	}
	t0 := core.Clock()
	if !s.whole(f, &k.box) {
		u.Close()
		l.drop(&s.shared)
		return tryNext
	}
	f.decide += core.Clock() - t0
	return k.commit(f, &arrival{u: u, b: b, done: true, clean: len(rest) == 0, whole: true})
}

// deliverWhole sends the client the translation of a reply.
func (k *conn) deliverWhole(f *flight, a *arrival) outcome {
	t0 := core.Clock()
	f.sure()
	werr := k.give(f, true)
	if werr == errTurned {
		return k.turnAway(f, a.u)
	}
	f.kernel += core.Clock() - t0
	if f.x.Fault != nil { // the provider's reply could not be read; the client has been told
		a.u.Close()
		k.allow(probeNothing)
		return tryDone
	}
	k.ended(f, a.u, true, werr, a.clean)
	return tryDone
}

// turnAway ends an attempt whose reply a stage refused: the client gets the stage's fault.
func (k *conn) turnAway(f *flight, u *upstream.Conn) outcome {
	u.Close()
	f.rel.drop(&k.s.shared)
	return tryOver
}

// ended settles both connections after a relay.
func (k *conn) ended(f *flight, u *upstream.Conn, whole bool, werr error, clean bool) {
	k.allow(probeNothing)
	switch v := k.charge.ruled(); {
	case werr == nil && !whole && v != nil:
		f.x.Fault, f.free = v, true
		k.box.reset()
		if f.rel.broken(&f.x, &k.box) {
			k.write(f, k.box.bytes())
		}
	case werr != nil || !whole && k.hungUp.Load():
		f.free = true
		f.x.Fault = &core.Fault{Code: core.ClientGone, Message: "the client hung up", Cause: werr}
		if errors.Is(werr, os.ErrDeadlineExceeded) {
			f.x.Fault.Code = core.ClientSlow
		}
	case !whole && f.finishes(&k.box):
		k.give(f, true)
	case !whole:
		f.x.Fault = &core.Fault{Code: core.UpstreamFailed, Message: errCut.Error(), Cause: errCut}
		k.box.reset()
		if !f.rel.broken(&f.x, &k.box) || k.give(f, true) != nil {
			f.free = true // otherwise the message is complete, and the client may send its next request
		}
	case clean && !k.rep.Close && f.rel.from != bodyClose:
		u.SetDeadline(time.Time{})
		u.Put()
		return
	}
	u.Close()
}

// write sends p to the client, within the bound for slow clients.
func (k *conn) write(f *flight, p []byte) error {
	if len(p) == 0 || k.ghost.Load() {
		return nil
	}
	k.wmu.Lock()
	defer k.wmu.Unlock()
	k.c.SetWriteDeadline(time.Now().Add(or(f.x.Snap.Limits.WriteWait, defaultWriteWait)))
	k.harmless = probeNothing
	n, err := k.c.Write(p)
	f.out += uint64(n)
	if f.rel.sse {
		k.harmless = probeComment
	}
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) && f.stays() {
		k.ghost.Store(true) // the watcher does the rest
		return nil
	}
	return err
}
