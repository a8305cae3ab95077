package hotpath

import (
	"errors"
	"io"
	"os"

	"asbru/core"
	"asbru/hotpath/http1"
)

// redial replaces a kept connection that was closed while idle by a new one, once per attempt. It
// reports false if that has been done already.
func (l *loop) redial(f *flight, u *link) bool {
	reused := u.raw.Reused
	u.f, f.on.u = nil, nil
	l.unlink(u)
	if !reused || f.on.fresh {
		return false
	}
	f.on.fresh = true
	f.on.mark = l.clock()
	l.dial(f, u.raw.Pool)
	return true
}

// upstreamLate handles an upstream that missed its deadline.
func (l *loop) upstreamLate(u *link) {
	f := u.f
	if f == nil {
		l.unlink(u)
		return
	}
	if f.on.paused { // the client is the slow side, and has a deadline of its own
		l.deadline(u.slot, or(f.target.Waits.Stall, defaultStall))
		return
	}
	f.late = true
	l.upstreamEnded(u, os.ErrDeadlineExceeded)
}

// upstreamEnded handles an upstream connection that ended, or that sent what cannot be
// parsed. It takes the connection off its exchange.
func (l *loop) upstreamEnded(u *link, err error) {
	f := u.f
	if f == nil {
		l.unlink(u)
		return
	}
	f.on.mark = l.clock()
	if f.rel.holds {
		l.box.reset()
		if f.rel.ends(err) {
			f.rel.end(&f.x, &l.box)
			u.last = true
			l.held(u, f, false, true, nil)
			return
		}
		l.held(u, f, false, false, err)
		return
	}
	if f.rel.gather && !f.rel.committed {
		l.gatherEnded(u, f, err)
		return
	}
	if f.on.unheard {
		l.heardOut(u, f, err)
		return
	}
	if !f.rel.committed {
		var bad *http1.Refusal // in the first bytes: so the connection was not closed while idle
		f.void = errors.As(err, &bad)
		silent := f.on.up == nil && !f.late && !f.void
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
	} else if !f.rel.complete(&f.x, &l.box) {
		f.x.Fault = &core.Fault{Code: core.UpstreamFailed, Message: errCut.Error(), Cause: err}
		f.free = !f.rel.broken(&f.x, &l.box) || f.free // closing is the only way left to tell the client that its reply is incomplete
	}
	if l.give(f, true) {
		l.settle(f.on.c, f)
	}
}

// heardOut decides about a refusal whose body has ended, or did not arrive in time.
func (l *loop) heardOut(u *link, f *flight, err error) {
	late := f.late
	f.on.unheard, f.late = false, false
	n, _ := http1.ParseReply(f.on.up, &l.rep)
	f.first = f.on.mark
	if l.heard(u, f, f.on.up, n, true); u.f == f && !late {
		l.upstreamEnded(u, err)
	}
}

// gatherEnded handles the end of a connection whose reply nobody has received yet: either the
// reply is complete, or another target is tried.
func (l *loop) gatherEnded(u *link, f *flight, err error) {
	u.last = true
	if f.rel.from == bodyClose && errors.Is(err, io.EOF) {
		l.gathered(u, f, false)
		return
	}
	u.f, f.on.u = nil, nil
	l.unlink(u)
	f.rel.drop(&l.bufs)
	f.broke()
	f.lost(err)
	l.launch(f)
}
