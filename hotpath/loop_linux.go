package hotpath

import (
	"runtime/debug"
	"sync"
	"sync/atomic"

	"asbru/core"
	"asbru/hotpath/buf"
	"asbru/hotpath/http1"
	"asbru/hotpath/sock"
	"asbru/hotpath/upstream"
)

// A loop is an event loop: one goroutine that owns the connections given to it
// and carries their exchanges from accept to close. It never waits for any one of
// them.
//
// Everything but the inbox belongs to the loop's goroutine.
type loop struct {
	s     *Server
	index int
	poll  *sock.Poll
	rest  rest // how the loop waits for events
	stats core.LaneStats

	mu      sync.Mutex // guards inbox and ended, and signal while it is raised
	inbox   []mail
	ended   bool
	ringing atomic.Bool // signal is raised and has not been read yet
	signal  int
	over    chan struct{} // closed once the loop has ended

	entries []entry // by slot
	until   []int64 // deadline of each slot as Clock, 0: none; a slice of its own, so that a sweep reads little memory
	spare   []uint32
	again   []uint64 // tags of connections that continue in the next round without an event
	probes  []probe
	next    int64 // Clock of the next tick
	swept   int64 // Clock of the last check of until
	naps    naps
	habits  habits
	readAt  int64 // Clock when the bytes now being processed had been read
	now     int64 // Clock when it was last read in this round: precise enough for deadlines

	bufs    buf.List
	hooks   hooks
	flights []*flight
	idle    map[*upstream.Pool]*shelf
	lately  *shelf // the shelf of idle that was used last; nil: none
	in      []byte // the buffer that every read fills first
	box     outbox
	news    core.Span // of box: what the Watcher has not seen of the reply being sent
	req     http1.Request
	reqOf   *flight // the flight whose head req holds
	rep     http1.Reply
	scratch flight  // judges heads whose body has not arrived yet
	victim  *client // the client whose exchange is being carried; a panic ends it

	doors    []*entrance
	draining bool
	cutting  bool
	closing  bool
	trimmed  int64
	round    uint64 // Server.rounds when inspect ran last
}

// An entry is the occupant of a slot. gen changes with each occupant, so that a late event
// is recognized and dropped.
type entry struct {
	gen  uint32
	c    *client
	u    *link
	door *entrance
}

func newLoop(s *Server, index int) (*loop, error) {
	p, err := sock.NewPoll()
	if err != nil {
		return nil, err
	}
	l := &loop{s: s, index: index, poll: p, in: make([]byte, readSize), idle: map[*upstream.Pool]*shelf{}, habits: habits{digests: newDigests()}, over: make(chan struct{})}
	if err := l.rest.open(p); err != nil {
		return nil, err
	}
	l.stats.Name = "loop"
	l.hooks = hooks{Grow: l.bufs.Need, Free: l.bufs.Give}
	l.entries, l.until = make([]entry, 1, 64), make([]int64, 1, 64) // slot 0 belongs to the signal
	if l.signal, err = sock.NewSignal(); err != nil {
		return nil, err
	}
	if e := p.AddLevel(l.signal, 0); e != 0 {
		return nil, e
	}
	return l, nil
}

// run runs the loop until the Server is closed.
func (l *loop) run() {
	l.wind(tickWait)
	for !l.closing {
		evs := l.wait()
		l.clock()
		if len(evs) > 1 {
			l.parkedFirst(evs)
		}
		for i := range evs {
			l.event(evs[i].Tag(), evs[i].Events)
		}
		n := len(l.again)
		for i := range n {
			l.event(l.again[i], 0)
		}
		l.again = append(l.again[:0], l.again[n:]...)
		l.checkClock()
	}
	l.end()
}

// parkedFirst handles events of parked upstream connections before any request is read. A
// connection that was closed, or that sent unrequested bytes, must not be used for a request
// of the same batch.
func (l *loop) parkedFirst(evs []sock.Event) {
	for i := range evs {
		tag := evs[i].Tag()
		if e := &l.entries[uint32(tag)]; e.u != nil && e.u.parked {
			l.event(tag, evs[i].Events)
		}
	}
}

// event handles one event of one connection. A panic ends that connection and nothing
// else.
func (l *loop) event(tag uint64, what uint32) {
	slot := uint32(tag)
	if slot == 0 {
		l.mails()
		return
	}
	e := &l.entries[slot]
	if e.gen != uint32(tag>>32) {
		return
	}
	defer l.survive(slot)
	l.blame(e)
	switch {
	case e.c != nil:
		l.onClient(e.c, what)
	case e.u != nil:
		l.onLink(e.u, what)
	case e.door != nil:
		l.accept(e.door)
	}
}

func (l *loop) survive(slot uint32) {
	v := recover()
	if v == nil {
		return
	}
	l.stats.Panics.Add(1)
	if l.s.opt.Bug != nil {
		l.s.opt.Bug(v, debug.Stack())
	}
	if u := l.entries[slot].u; u != nil {
		u.f = nil
		l.unlink(u)
	}
	c := l.victim
	if c == nil || c.phase == closed {
		return
	}
	if f := c.f; f != nil {
		if u := f.on.u; u != nil {
			u.f = nil
			l.unlink(u)
		}
		l.s.uncount(f)
		l.s.salvage(f)
		f.on.gen++ // never recycled: what it still holds is unknown
		c.f = nil
	}
	l.close(c)
}

// blame notes whose exchange an event of e belongs to. This must happen beforehand: by the
// time of a panic the exchange may have been taken off its connection.
func (l *loop) blame(e *entry) {
	if l.victim = e.c; e.u != nil && e.u.f != nil {
		l.victim = e.u.f.on.c
	}
}

// place assigns a slot to a connection and watches its descriptor.
func (l *loop) place(fd int, e entry) (slot uint32, ok bool) {
	if n := len(l.spare); n > 0 {
		slot = l.spare[n-1]
		l.spare = l.spare[:n-1]
	} else {
		slot = uint32(len(l.entries))
		l.entries = append(l.entries, entry{})
		l.until = append(l.until, 0)
	}
	e.gen = l.entries[slot].gen + 1
	l.entries[slot] = e
	if l.poll.Add(fd, l.tag(slot)) != 0 {
		l.vacate(slot)
		return 0, false
	}
	return slot, true
}

func (l *loop) vacate(slot uint32) {
	l.entries[slot] = entry{gen: l.entries[slot].gen + 1}
	l.until[slot] = 0
	l.spare = append(l.spare, slot)
}

func (l *loop) tag(slot uint32) uint64 { return uint64(l.entries[slot].gen)<<32 | uint64(slot) }

// later schedules a slot for the next round.
func (l *loop) later(slot uint32) { l.again = append(l.again, l.tag(slot)) }

func (l *loop) newFlight(c *client) *flight {
	var f *flight
	if n := len(l.flights); n > 0 {
		f = l.flights[n-1]
		l.flights[n-1] = nil
		l.flights = l.flights[:n-1]
	} else {
		f = &flight{bell: l, habits: &l.habits}
		f.x.Lane = f
	}
	f.on.c, c.f = c, f
	return f
}

func (l *loop) recycle(f *flight) {
	if l.reqOf == f {
		l.reqOf = nil
	}
	l.bufs.Give(f.on.up)
	l.bufs.Give(f.buf)
	f.reset()
	if len(l.flights) < flightsKept {
		l.flights = append(l.flights, f)
	}
}
