package hotpath

import (
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"asbru/core"
	"asbru/hotpath/buf"
	"asbru/hotpath/http1"
	"asbru/hotpath/sock"
	"asbru/hotpath/upstream"
)

// A loop is an event loop: one goroutine that owns the connections given to it
// and carries their exchanges from accept to close without ever waiting for one of
// them.
//
// Everything but the inbox belongs to the loop's goroutine.
type loop struct {
	s     *Server
	index int
	poll  *sock.Poll
	stats core.LaneStats

	mu      sync.Mutex // guards inbox and ended, and the signal while it is raised
	inbox   []mail
	ended   bool
	ringing atomic.Bool // the signal was raised and not yet heard
	signal  int
	over    chan struct{} // closed when the loop has ended

	entries []entry // by slot
	until   []int64 // deadline of a slot as Clock, 0: none; apart, so that a sweep reads little
	spare   []uint32
	again   []uint64 // tags of those that go on in the next round, without an event
	probes  []probe
	next    int64 // Clock of the next tick
	readAt  int64 // Clock when the bytes now looked at had been read

	bufs    buf.List
	hooks   hooks
	flights []*flight
	idle    map[*upstream.Pool][]*link
	in      []byte // what every read goes into first
	box     outbox
	req     http1.Request
	reqOf   *flight // whose head req holds
	rep     http1.Reply
	scratch flight  // judges heads whose body has not come
	victim  *client // whose exchange is being carried, and ends with a panic

	doors    []*entrance
	draining bool
	cutting  bool
	closing  bool
	trimmed  int64
}

// An entry is who stands in a slot. gen changes with each, so that an event
// that comes late finds nobody.
type entry struct {
	gen  uint32
	c    *client
	u    *link
	door *entrance
}

// A probe is a client to be asked whether it still listens.
type probe struct {
	tag uint64
	at  int64
}

// mail is what other goroutines tell a loop.
type mail struct {
	kind     mailKind
	fd       int
	peer     [16]byte
	raw      *upstream.Raw
	err      error
	f        *flight
	gen      uint32
	pool     *upstream.Pool
	entrance *entrance
}

type mailKind uint8

const (
	mailClient mailKind = iota // an accepted connection
	mailDialed                 // raw, or err, for f
	mailListen
	mailDrain
	mailCut
	mailClose
)

const (
	lingerMillis = 2 // in a loop's own epoll, before it blocks
	tickWait     = 100 * time.Millisecond
	trimWait     = 10 * time.Second
	readsATurn   = 8       // of one upstream, before others have theirs
	acceptTurn   = 64      // connections taken at once
	drainTurns   = 1 << 10 // such turns to empty a queue with, before its socket closes
	flightsKept  = 1 << 14
)

func newLoop(s *Server, index int) (*loop, error) {
	p, err := sock.NewPoll()
	if err != nil {
		return nil, err
	}
	l := &loop{s: s, index: index, poll: p, in: make([]byte, readSize), idle: map[*upstream.Pool][]*link{}, over: make(chan struct{})}
	l.stats.Name = "loop"
	l.hooks = hooks{Grow: l.bufs.Need, Free: l.bufs.Give}
	l.entries, l.until = make([]entry, 1, 64), make([]int64, 1, 64) // slot 0 is the signal's
	if l.signal, err = sock.NewSignal(); err != nil {
		return nil, err
	}
	if e := p.AddLevel(l.signal, 0); e != 0 {
		return nil, e
	}
	return l, nil
}

// post tells the loop something. Any goroutine may call it.
func (l *loop) post(m mail) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		m.discard()
		return
	}
	l.inbox = append(l.inbox, m)
	if !l.ringing.Swap(true) {
		sock.Raise(l.signal)
	}
}

// run turns the loop until the Server is closed. While there is traffic it lingers in
// its epoll: one call a wake, and the scheduler is told nothing. Only when nothing
// came for a while it blocks like any system call, and gives its processor away.
//
// Nesting the epoll in the runtime's poller was measured beside this: three calls a
// wake instead of one, 10 us more added median and twice the p99 at 5,000 requests
// a second. Blocking at once was worse than both: the monitor takes the processor
// away, and each wake begins with getting one back.
func (l *loop) run() {
	l.wind(tickWait)
	for !l.closing {
		patience := lingerMillis
		if len(l.again) > 0 {
			patience = 0
		}
		evs := l.poll.Linger(patience)
		if len(evs) == 0 && len(l.again) == 0 {
			evs = l.poll.Block(max(0, int((l.next-core.Clock())/1e6)+1))
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

// wind says when the clocks are looked at next.
func (l *loop) wind(d time.Duration) {
	l.next = core.Clock() + int64(d)
}

func (l *loop) checkClock() {
	now := core.Clock()
	if now < l.next {
		return
	}
	l.tick(now)
	if len(l.probes) > 0 {
		l.wind(probeWait / 2)
	} else {
		l.wind(tickWait)
	}
}

// event gives one connection its turn. A panic ends that connection and
// nothing else.
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
		f.on.gen++ // never recycled: nobody knows what it holds
		c.f = nil
	}
	l.close(c)
}

// blame notes whose exchange the turn of e is about. It has to be known before:
// a panic may come when the exchange was taken off its connection already.
func (l *loop) blame(e *entry) {
	if l.victim = e.c; e.u != nil && e.u.f != nil {
		l.victim = e.u.f.on.c
	}
}

// place gives a slot to a connection and watches its descriptor.
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

// later asks for a turn in the next round.
func (l *loop) later(slot uint32) { l.again = append(l.again, l.tag(slot)) }

// deadline says when a slot's patience ends.
func (l *loop) deadline(slot uint32, d time.Duration) { l.until[slot] = core.Clock() + int64(d) }

// mails reads what other goroutines told.
func (l *loop) mails() {
	sock.Lower(l.signal)
	l.ringing.Store(false)
	l.mu.Lock()
	box := l.inbox
	l.inbox = nil
	l.mu.Unlock()
	for i := range box {
		l.open(&box[i])
	}
}

// open does what one mail asks for. A panic ends the exchange it is about.
func (l *loop) open(m *mail) {
	defer l.survive(0)
	l.victim = nil
	switch m.kind {
	case mailClient:
		l.welcome(m.fd, m.peer)
	case mailDialed:
		if m.f.on.gen == m.gen {
			l.victim = m.f.on.c
		}
		l.dialed(m)
	case mailListen:
		l.listen(m.entrance)
	case mailDrain:
		l.drain()
	case mailCut:
		l.cutting = true
		l.tick(core.Clock())
	case mailClose:
		l.closing = true
	}
}

// end gives back every descriptor. Nobody is told anything any more.
func (l *loop) end() {
	l.drain()
	l.cutting = true
	l.drainTick(core.Clock())
	for slot := range l.entries {
		if u := l.entries[slot].u; u != nil {
			l.unlink(u)
		}
	}
	l.mu.Lock()
	l.ended = true
	late := l.inbox
	l.inbox = nil
	sock.Close(l.poll.FD)
	sock.Close(l.signal)
	l.mu.Unlock()
	for i := range late {
		late[i].discard()
	}
	close(l.over)
}

// discard closes what a mail brings that nobody will open.
func (m *mail) discard() {
	switch {
	case m.kind == mailClient:
		sock.Close(m.fd)
	case m.raw != nil:
		m.raw.Close()
	case m.entrance != nil:
		sock.Close(m.entrance.fd)
		close(m.entrance.done)
	}
}

// tick looks at the clocks.
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
	if l.draining {
		l.drainTick(now)
	}
	l.probeTick(now)
	l.stats.Buffers.Store(int64(l.bufs.Taken))
	if now-l.trimmed > int64(trimWait) {
		l.trimmed = now
		l.bufs.Trim()
		l.box.shrink()
		clear(l.flights[len(l.flights)/2:])
		l.flights = l.flights[:len(l.flights)/2]
	}
}

// overdue ends the wait of a slot.
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

func (l *loop) newFlight(c *client) *flight {
	var f *flight
	if n := len(l.flights); n > 0 {
		f = l.flights[n-1]
		l.flights[n-1] = nil
		l.flights = l.flights[:n-1]
	} else {
		f = new(flight)
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
