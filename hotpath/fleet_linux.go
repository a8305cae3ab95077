package hotpath

import (
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"

	"asbru/core"
	"asbru/hotpath/sock"
)

// spareProcs are the processors of the runtime that no loop keeps.
const spareProcs = 2

// A fleet is the loop lane: one event loop a core. The first one accepts, and
// gives each connection to the loop that has the fewest.
type fleet struct {
	once  sync.Once
	err   error
	loops []*loop      // written once, under the Server's mu
	live  atomic.Int64 // client connections of all loops
	doors atomic.Int64 // listening sockets that may still hold connections nobody accepted
}

// serve takes l's connections until the fleet is drained. ok is false for a
// listener that is not plain TCP.
func (f *fleet) serve(s *Server, l net.Listener) (ok bool, err error) {
	t, plain := l.(*net.TCPListener)
	if !plain || s.opt.Loops < 0 {
		return false, nil
	}
	f.once.Do(func() { f.start(s) })
	if f.err != nil {
		return true, f.err
	}
	fd, err := dup(t)
	if err != nil {
		return true, err
	}
	door := &entrance{fd: fd, done: make(chan struct{})}
	f.doors.Add(1)
	defer f.doors.Add(-1)
	f.loops[0].post(mail{kind: mailListen, entrance: door})
	if s.draining.Load() { // since Serve asked
		f.drain(s)
	}
	<-door.done
	return true, nil
}

// dup gives a descriptor of our own for the same queue, or connection. The runtime's
// own stays untouched, and with it O_NONBLOCK, which a hand-over shares.
func dup(c syscall.Conn) (fd int, err error) {
	rc, err := c.SyscallConn()
	if err != nil {
		return -1, err
	}
	if cerr := rc.Control(func(old uintptr) { fd, err = sock.Dup(int(old)) }); cerr != nil {
		return -1, cerr
	}
	if err == nil {
		err = syscall.SetNonblock(fd, true)
	}
	return fd, err
}

func (f *fleet) start(s *Server) {
	n := s.opt.Loops
	if n == 0 {
		n = runtime.GOMAXPROCS(0)
	}
	// A loop that lingers keeps its processor. The rest of the process needs some
	// of its own; the kernel shares out the cores.
	if runtime.GOMAXPROCS(0) < n+spareProcs {
		runtime.GOMAXPROCS(n + spareProcs)
	}
	loops := make([]*loop, n)
	for i := range loops {
		if loops[i], f.err = newLoop(s, i); f.err != nil {
			return
		}
	}
	s.mu.Lock()
	f.loops = loops
	s.mu.Unlock()
	for _, l := range loops {
		go l.run()
	}
}

// least is the loop with the fewest clients.
func (f *fleet) least() *loop {
	best := f.loops[0]
	for _, l := range f.loops[1:] {
		if l.stats.Conns.Load() < best.stats.Conns.Load() {
			best = l
		}
	}
	return best
}

// all are the loops that exist.
func (f *fleet) all(s *Server) []*loop {
	s.mu.Lock()
	defer s.mu.Unlock()
	return f.loops
}

// stats are the counters of the loops that exist.
func (f *fleet) stats(s *Server) []*core.LaneStats {
	var out []*core.LaneStats
	for _, l := range f.all(s) {
		out = append(out, &l.stats)
	}
	return out
}

func (f *fleet) conns() int { return int(f.live.Load()) }

// busy is what a drain waits for: connections, and doors that may let more in.
func (f *fleet) busy() int { return int(f.live.Load() + f.doors.Load()) }

func (f *fleet) drain(s *Server) { f.tell(s, mail{kind: mailDrain}) }

func (f *fleet) cut(s *Server) { f.tell(s, mail{kind: mailCut}) }

// close ends the loops and waits for them.
func (f *fleet) close(s *Server) {
	f.tell(s, mail{kind: mailClose})
	for _, l := range f.all(s) {
		<-l.over
	}
}

func (f *fleet) tell(s *Server, m mail) {
	for _, l := range f.all(s) {
		l.post(m)
	}
}

// An entrance is a listening socket of the first loop.
type entrance struct {
	fd   int
	slot uint32
	rest bool // no descriptor was left; accepted again after acceptRest
	done chan struct{}
}
