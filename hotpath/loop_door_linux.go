package hotpath

import (
	"syscall"

	"asbru/hotpath/sock"
)

// listen starts accepting from a listening socket.
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

// accept accepts a batch of waiting connections. When no descriptor is left it stops watching the
// socket until the next tick, since a level-triggered socket would otherwise report an event
// endlessly. It reports whether more connections may be waiting.
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

// assign gives an accepted connection to the loop that has the fewest.
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

// welcome makes a client of an accepted connection, which has been counted already.
func (l *loop) welcome(fd int, peer [16]byte) {
	c := &client{fd: fd, peer: peer, since: l.now}
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
