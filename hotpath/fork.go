package hotpath

import "asbru/core"

// fork makes a flight that makes the request of f once more. It shares the bytes of f, so it must
// be dismissed before they are returned.
func (s *Server) fork(f *flight) *flight {
	g := s.flights.Get().(*flight)
	g.x.Fork(&f.x)
	g.like(f)
	g.care = &care{rescue: f.rescues()}
	g.named = append(g.named[:0], f.named...)
	return g
}

// like copies from f to g what making requests needs.
func (g *flight) like(f *flight) {
	g.buf, g.drop, g.head, g.door, g.spot, g.cut, g.stream, g.free, g.socket = f.buf, f.drop, f.head, f.door, f.spot, f.cut, f.stream, f.free, f.socket
	g.secure = f.secure
	if f.ticket != nil {
		if g.ticket == nil {
			g.ticket = new(core.Ticket)
		}
		g.ticket.Caller, g.ticket.Urgency = f.ticket.Caller, f.ticket.Urgency
	}
}

// dismiss recycles a flight made by fork.
func (s *Server) dismiss(g *flight) {
	g.rel.drop(&s.shared)
	g.land()
	s.uncross(g)
	g.buf = nil
	g.reset()
	s.flights.Put(g)
}

// lend moves the attempt under way from f to g.
func (f *flight) lend(g *flight) {
	g.target, g.key, g.tally, f.tally = f.target, f.key, f.tally, nil
	g.firstBy = f.firstBy
	g.gate, f.gate = f.gate, nil
	g.ticket, f.ticket = f.ticket, g.ticket
	if g.cross, f.cross = f.cross, nil; g.cross != nil {
		g.cross.f = g
	}
}

// adopt moves the attempt of g, a fork of f, back to f.
func (f *flight) adopt(g *flight) {
	f.x.Adopt(&g.x)
	f.target, f.key, f.tally, g.tally = g.target, g.key, g.tally, nil
	f.gate, g.gate = g.gate, nil
	f.ticket, g.ticket = g.ticket, f.ticket
	f.rel, g.rel = g.rel, f.rel
	if f.cross, g.cross = g.cross, f.cross; f.cross != nil {
		f.cross.f = f
	}
	f.begun, f.first, f.last, f.status, f.firstBy = g.begun, g.first, g.last, g.status, g.firstBy
	f.late, f.sent, f.void, f.free = g.late, g.sent, g.void, f.free || g.free
	f.decide, f.kernel = f.decide+g.decide, f.kernel+g.kernel
}

// line returns a conn for one exchange that has no client yet. unline returns it.
func (s *Server) line() *conn {
	k := &conn{s: s}
	if o, ok := s.boxes.Get().(*outbox); ok {
		k.box = *o
	}
	return k
}

// unline returns the buffers of a line.
func (s *Server) unline(k *conn) {
	k.box.shrink()
	s.boxes.Put(&outbox{b: k.box.b, head: k.box.head})
	k.box = outbox{}
}

// A memory is a core.Watcher that records what it sees, to be replayed to another one later.
type memory struct{ seen []byte }

// Saw implements core.Watcher.
func (m *memory) Saw(_ *core.Exchange, p []byte) { m.seen = append(m.seen, p...) }

// Sure implements core.Watcher.
func (m *memory) Sure(*core.Exchange) {}

// Anew implements core.Watcher.
func (m *memory) Anew(*core.Exchange) { m.seen = m.seen[:0] }

// Stays implements core.Watcher.
func (m *memory) Stays() bool { return false }
