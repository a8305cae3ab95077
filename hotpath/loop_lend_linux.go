package hotpath

import (
	"net"
	"os"

	"asbru/core"
	"asbru/hotpath/http1"
	"asbru/hotpath/sock"
)

// lend gives a client whose exchange has begun to the goroutine lane, with the bytes read so
// far. The client returns when that exchange has ended, because an idle connection is cheaper here.
//
//	flying ──has to wait──▶ carried by a goroutine ──answered, stays open──▶ reading
//
// The fleet keeps counting it, so that a drain never sees it missing in between.
func (l *loop) lend(c *client, f *flight) {
	l.poll.Remove(c.fd)
	k := l.s.line()
	k.peer = c.peer
	if c.in != nil {
		k.in = append(l.s.shared.Take(len(c.in)), c.in...)
	}
	l.s.shared.Adopt(&l.bufs, f.buf)
	g := l.s.inherit(f)
	c.f = nil
	l.recycle(f)
	l.stats.HandedOver.Add(1)
	l.s.lent.Add(1)
	l.s.fleet.live.Add(1) // forget subtracts it again
	l.forget(c)
	go l.s.borrow(l, k, c.fd, g)
}

// inherit makes a flight of the goroutine lane from one that waits for no stage and no attempt.
func (s *Server) inherit(f *flight) *flight {
	g := s.flights.Get().(*flight)
	g.x.Inherit(&f.x)
	g.like(f)
	g.named, f.named = f.named, g.named
	g.admitted, g.rested, g.care = f.admitted, f.rested, f.care
	g.ticket, f.ticket = f.ticket, g.ticket
	g.in, g.decide, g.kernel, g.large = f.in, f.decide, f.kernel, f.large
	f.buf, f.large = nil, 0
	return g
}

// borrow carries the one exchange for which a client of l was lent.
func (s *Server) borrow(l *loop, k *conn, fd int, f *flight) {
	c, err := connOf(fd)
	if err != nil { // no descriptor is left: the connection is lost
		c, _ = net.Pipe()
		c.Close()
	}
	k.c = c
	s.mu.Lock()
	s.conns[k] = struct{}{}
	s.mu.Unlock()
	s.stats.Conns.Add(1)
	handed := false
	defer func() {
		k.over(recover(), false)
		s.unline(k)
		s.lent.Add(-1)
		if !handed {
			s.fleet.live.Add(-1)
		}
	}()
	if !k.once(f) {
		return
	}
	t, ok := c.(*net.TCPConn)
	if !ok {
		return
	}
	back, err := dup(t)
	if err != nil {
		return
	}
	handed = true
	s.stats.HandedOver.Add(1)
	l.post(mail{kind: mailBack, fd: back, peer: k.peer, in: append([]byte(nil), k.in...)})
}

// once carries f and reports whether the connection stays open.
func (k *conn) once(f *flight) (again bool) {
	s := k.s
	defer func() {
		s.uncount(f) // a panic skipped finish
		s.salvage(f)
		f.reset()
		s.flights.Put(f)
	}()
	http1.ParseRequest(f.buf, &k.req) // the loop parsed it into its own Request
	if f.socket != nil && f.socket.late {
		k.exchange(f) // nothing has been decided yet
	} else {
		k.charge.take(&f.x)
		k.fly(f)
		k.charge.free()
	}
	s.shared.Give(f.buf)
	if f.free || f.status == 0 {
		k.linger()
		return false
	}
	return true
}

// regain makes a client of a connection that was lent and is returned.
func (l *loop) regain(m *mail) {
	c := &client{fd: m.fd, peer: m.peer, since: core.Clock()}
	l.stats.Conns.Add(1)
	slot, ok := l.place(m.fd, entry{c: c})
	if !ok {
		l.leave()
		sock.Close(m.fd)
		return
	}
	c.slot = slot
	lim := l.limits()
	l.deadline(slot, lim.IdleWait)
	if len(m.in) > 0 {
		c.in, c.more = append(l.bufs.Take(len(m.in)), m.in...), true
		l.deadline(slot, lim.HeadWait)
		l.later(slot)
	}
}

// connOf makes a net.Conn from a descriptor, which it closes.
func connOf(fd int) (net.Conn, error) {
	file := os.NewFile(uintptr(fd), "client")
	defer file.Close()
	return net.FileConn(file)
}
