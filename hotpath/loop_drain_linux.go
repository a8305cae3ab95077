package hotpath

import (
	"asbru/core"
	"asbru/hotpath/sock"
)

// impatient ends a client whose deadline has passed.
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

// drain stops accepting once the connections already queued have been accepted.
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

// drainTick closes connections that have been idle for a while. Closing one at once could
// cross a request that is already on its way.
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

// cut closes a client's connection without answering.
func (l *loop) cut(c *client) {
	defer l.survive(c.slot)
	l.victim = c
	c.gone = true
	l.drop(c)
}

// probeTick tests whether clients that ended their sending side still read. A closed socket
// answers anything written to it with a reset, which arrives as an event; a half-closed
// one keeps reading.
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
