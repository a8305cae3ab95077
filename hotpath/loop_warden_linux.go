package hotpath

import (
	"time"

	"asbru/core"
)

// inspect ends the exchanges of callers who are no longer allowed to ask.
func (l *loop) inspect() {
	snap, now := l.s.snap.Load(), time.Now().Unix()
	if snap == nil {
		return
	}
	for slot := range l.entries {
		c := l.entries[slot].c
		if c == nil || c.ghost || c.f == nil || c.phase != flying || c.f.x.Key == nil {
			continue
		}
		if v := snap.Bars(c.f.x.Key, c.f.x.Snap, now); v != nil {
			l.expel(c, v)
		}
	}
}

// expel ends the exchange of a client that is no longer allowed to ask. One that has received nothing yet
// gets the fault as its answer; a stream ends with its format's error event.
func (l *loop) expel(c *client, v *core.Fault) {
	defer l.survive(c.slot)
	l.victim = c
	f := c.f
	if f.on.ended {
		return
	}
	f.x.Fault, f.free = v, true
	if c.out != nil || f.pause == atToll || f.pause == atSource { // a fault cannot be written at this point
		l.drop(c)
		return
	}
	begun := f.rel.committed && !f.rel.holds && f.status != 0
	if u := f.on.u; u != nil {
		u.f, f.on.u = nil, nil
		l.unlink(u)
	}
	l.bufs.Give(f.on.up)
	f.on.up = nil
	f.on.gen++ // whatever was requested on its behalf arrives too late
	f.goes()
	if !begun {
		f.rel.drop(&l.bufs)
		l.answer(c, f, isHead(f.buf))
		return
	}
	f.on.ended = true
	l.box.reset()
	f.rel.broken(&f.x, &l.box)
	l.write(c, f, l.box.bytes())
	l.settle(c, f)
}
