package hotpath

import (
	"time"

	"asbru/core"
)

// A probe is a client that ended its sending side and is to be tested for whether it still reads.
type probe struct {
	tag uint64
	at  int64
}

// wind sets when the deadlines are checked next, at most d from now.
func (l *loop) wind(d time.Duration) {
	l.next = core.Clock() + int64(d)
	l.rest.bell.File.SetReadDeadline(time.Now().Add(d))
}

// clock reads the clock and remembers the result in l.now.
func (l *loop) clock() int64 {
	l.now = core.Clock()
	return l.now
}

func (l *loop) checkClock() {
	if l.now < l.next {
		return
	}
	now := l.now
	l.rouse(now)
	wait := tickWait
	if len(l.probes) > 0 {
		wait = probeWait / 2
	}
	if now-l.swept >= int64(wait) {
		l.swept = now
		l.tick(now)
	}
	if len(l.naps) > 0 {
		wait = min(wait, max(later(l.naps[0].at, core.Clock()), napShortest))
	}
	l.wind(wait)
}

// deadline sets the deadline of a slot to d from now.
func (l *loop) deadline(slot uint32, d time.Duration) { l.until[slot] = l.now + int64(d) }

// tick checks the deadlines of all slots, and what else is done periodically.
func (l *loop) tick(now int64) {
	for _, d := range l.doors {
		if d.rest {
			d.rest = false
			l.poll.AddLevel(d.fd, l.tag(d.slot))
		}
	}
	for slot := range l.until {
		if t := l.until[slot]; t != 0 && t <= now {
			l.overdue(uint32(slot))
		}
	}
	if n := l.s.rounds.Load(); n != l.round {
		l.round = n
		l.inspect()
	}
	if l.draining {
		l.drainTick(now)
	}
	l.probeTick(now)
	l.stats.Buffers.Store(int64(l.bufs.Taken))
	if now-l.trimmed > int64(trimWait) {
		l.trimmed = now
		l.bufs.Trim()
		l.tidy()
		l.box.shrink()
		clear(l.flights[len(l.flights)/2:])
		l.flights = l.flights[:len(l.flights)/2]
	}
}

// overdue handles a slot whose deadline has passed.
func (l *loop) overdue(slot uint32) {
	defer l.survive(slot)
	l.until[slot] = 0
	e := &l.entries[slot]
	l.blame(e)
	switch {
	case e.c != nil:
		l.impatient(e.c)
	case e.u != nil:
		l.upstreamLate(e.u)
	}
}
