package hotpath

import (
	"time"

	"asbru/core"
	"asbru/hotpath/http1"
	"asbru/hotpath/sock"
)

// A nap is a paused exchange with the latest time at which it is resumed.
type nap struct {
	at   int64
	f    *flight
	life uint32
}

// naps is a binary heap ordered by time, the earliest first.
type naps []nap

func (h *naps) push(n nap) {
	*h = append(*h, n)
	a := *h
	for i := len(a) - 1; i > 0; {
		up := (i - 1) / 2
		if a[up].at <= a[i].at {
			break
		}
		a[up], a[i] = a[i], a[up]
		i = up
	}
}

func (h *naps) pop() nap {
	a := *h
	first, last := a[0], len(a)-1
	a[0], a[last] = a[last], nap{}
	a = a[:last]
	for i := 0; ; {
		least := i
		for down := 2*i + 1; down <= 2*i+2 && down < last; down++ {
			if a[down].at < a[least].at {
				least = down
			}
		}
		if least == i {
			break
		}
		a[least], a[i] = a[i], a[least]
		i = least
	}
	*h = a
	return first
}

// ring implements bell. Any goroutine may call it.
func (l *loop) ring(f *flight, life uint32) { l.post(mail{kind: mailWake, f: f, gen: life}) }

// nap parks a paused exchange.
func (l *loop) nap(f *flight) { l.alarm(f, f.wakes(core.Clock())) }

// alarm wakes a flight at a time for which the deadlines of slots are too coarse.
func (l *loop) alarm(f *flight, at int64) {
	if f.on.nap != 0 && f.on.nap <= at {
		return // it is woken earlier anyway
	}
	f.on.nap = at
	l.naps.push(nap{at, f, f.on.gen})
	if at < l.next {
		l.wind(later(at, core.Clock()))
	}
}

// rouse resumes the exchanges whose time has come.
func (l *loop) rouse(now int64) {
	for len(l.naps) > 0 && l.naps[0].at <= now {
		n := l.naps.pop()
		if n.f.on.gen != n.life {
			continue
		}
		if n.f.on.nap == n.at {
			n.f.on.nap = 0
		}
		l.wake(n.f)
	}
}

// wake resumes an exchange whose Waker was called. A panic ends only that exchange.
func (l *loop) wake(f *flight) {
	defer l.survive(0)
	c := f.on.c
	l.victim = c
	switch {
	case c == nil || c.f != f:
	case c.ghost && !f.stays():
		l.drop(c)
	case f.pause != going:
		l.resume(f)
	case f.on.u != nil:
		if slot := f.on.u.slot; l.until[slot] > 0 && l.until[slot] <= core.Clock() {
			l.overdue(slot)
		}
	}
}

// resume continues where the exchange paused.
func (l *loop) resume(f *flight) {
	f.on.mark = l.clock()
	switch f.pause {
	case atStages:
		if l.reqOf != f {
			http1.ParseRequest(f.buf, &l.req)
			l.reqOf = f
		}
		l.decided(f, l.s.stages(f, &l.req))
	case atNext:
		l.launch(f)
	case atToll:
		l.uncork(f)
	case atSource:
		if !f.on.paused {
			l.pour(f)
		}
	}
}

// decided continues after the stages have returned a verdict on a request.
func (l *loop) decided(f *flight, v core.Verdict) {
	switch {
	case v == core.Continue:
		if c := f.x.Route.Care; f.socket != nil || c != nil && f.take(c) {
			l.lend(f.on.c, f)
			return
		}
		l.launch(f)
	case v == core.Wait:
		l.nap(f)
	case f.x.Fault == nil && f.x.Reply.Source != nil:
		l.pour(f)
	default:
		l.answer(f.on.c, f, isHead(f.buf))
	}
}

// pour writes an answer from memory to the client, as far as it is available and the client reads it.
func (l *loop) pour(f *flight) {
	c := f.on.c
	for range readsATurn {
		p := l.s.pour(f, &l.box)
		l.write(c, f, l.box.bytes())
		switch {
		case c.gone:
			l.drop(c)
			return
		case p == core.PourWait:
			l.nap(f)
			return
		case p != core.PourMore:
			f.on.ended = true
			l.settle(c, f)
			return
		case f.on.paused:
			f.pause = atSource
			return
		}
	}
	f.pause, f.x.Until = atSource, core.Clock()+int64(napShortest)
	l.nap(f)
}

// give writes l.box to the client, or holds it back for as long as the plan requires. It reports
// false if the plan refused the answer: the client then got the refusal instead.
func (l *loop) give(f *flight, done bool) bool {
	if f.tolled() && !f.on.corked {
		switch l.s.toll(f, done) {
		case core.Wait:
			f.on.corked = true
			l.until[f.on.c.slot] = 0
			l.nap(f)
		case core.Refuse:
			l.turnAway(f)
			return false
		}
	} else if f.on.corked {
		f.whole = f.whole || done || f.rel.stream && f.x.Stream.Done
	}
	l.write(f.on.c, f, l.box.bytes())
	return true
}

// uncork asks the plan again whether what is held back may be sent.
func (l *loop) uncork(f *flight) {
	switch l.s.toll(f, false) {
	case core.Wait:
		l.nap(f)
	case core.Refuse:
		l.turnAway(f)
	default:
		l.release(f)
	}
}

// release sends what was held back.
func (l *loop) release(f *flight) {
	c := f.on.c
	f.on.corked = false
	if c.out != nil {
		l.deadline(c.slot, l.limits().WriteWait)
		l.flush(c)
		return
	}
	f.on.paused = false
	if u := f.on.u; f.on.ended {
		l.settle(c, f)
	} else if u != nil && u.readable {
		l.later(u.slot)
	}
}

// turnAway answers with the fault of a stage in place of a reply of which nothing has been sent
// yet.
func (l *loop) turnAway(f *flight) {
	c := f.on.c
	if u := f.on.u; u != nil {
		u.f, f.on.u = nil, nil
		l.unlink(u)
	}
	if c.out != nil {
		f.out -= uint64(len(c.out))
		l.bufs.Give(c.out)
		c.out = nil
	}
	f.on.corked, f.on.paused, f.on.ended = false, false, false
	f.rel.drop(&l.bufs)
	l.answer(c, f, isHead(f.buf))
}

// abandon continues an exchange whose client has left, because others wait for its answer.
func (l *loop) abandon(c *client) {
	l.until[c.slot] = 0
	l.bufs.Give(c.in)
	l.bufs.Give(c.out)
	c.in, c.out, c.gone, c.ghost = nil, nil, true, true
	sock.Close(c.fd)
	c.fd = -1
	f := c.f
	f.on.paused = f.on.corked
	if u := f.on.u; u != nil && u.readable {
		l.later(u.slot)
	}
	if f.on.ended && !f.on.corked {
		l.settle(c, f)
	}
}

// soon returns how long the loop may wait in its own epoll, in milliseconds.
func (l *loop) soon() int {
	if len(l.naps) == 0 {
		return lingerMillis
	}
	d := time.Duration(l.next - core.Clock()) // until the earliest nap, and no longer than until the next tick
	return int(min(max((d+time.Millisecond-1)/time.Millisecond, 0), lingerMillis))
}
