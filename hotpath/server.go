package hotpath

import (
	"crypto/rand"
	"encoding/binary"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"asbru/core"
	"asbru/hotpath/buf"
)

// Options are what a Server is given by its owner.
type Options struct {
	Doors    []Door                          // longest prefix first
	Slow     func(net.Conn)                  // takes over a connection for good; must not block
	Records  *core.Ring                      // receives finished exchanges; nil: none are kept
	Turned   func(*core.Exchange, *[16]byte) // called for each request refused before it had a Plan, with the client's address; must not block; nil: nobody
	Shadowed func(*core.Comparison)          // called with each compared answer, from any goroutine; nil: nobody
	Bug      func(v any, stack []byte)       // called for a panic that was confined to one connection; nil: nobody
	Loops    int                             // event loops; 0: one per CPU; < 0: none, the goroutine lane carries everything
}

// A Server is the data plane. It serves any number of listeners.
type Server struct {
	opt      Options
	snap     atomic.Pointer[core.Snapshot]
	draining atomic.Bool
	rounds   atomic.Uint64 // raised when every lane has to check whose key still holds
	warden   warden
	large    atomic.Int64 // bytes of large bodies held
	seed     [10]byte     // the random part of request ids
	ids      atomic.Uint64
	wall     int64 // the wall clock at the moment core.Clock was zero, Unix nanoseconds

	stats   core.LaneStats // of the goroutine lane
	shared  buf.Shared
	hooks   hooks
	flights sync.Pool
	crosses sync.Pool
	boxes   sync.Pool // of *outbox, for connections that carry one exchange only
	fleet   fleet     // the loop lane; empty where there is none

	arriving atomic.Int64 // connections accepted by the goroutine lane but not in conns yet
	shadows  shadows
	trailing shadows      // requests made behind answers from memory
	lent     atomic.Int64 // connections in conns that belong to a loop

	mu    sync.Mutex
	conns map[*conn]struct{}
	ends  map[net.Listener]struct{}
}

// New makes a Server. It serves nothing before the first Swap.
func New(o Options) *Server {
	s := &Server{opt: o, conns: map[*conn]struct{}{}, ends: map[net.Listener]struct{}{}}
	rand.Read(s.seed[:])
	s.wall = time.Now().UnixNano() - core.Clock()
	s.flights.New = newFlight
	s.crosses.New = func() any { return newCrossing() }
	s.stats.Name = "goroutine"
	s.shadows.init(shadowSeats, shadowQueue)
	s.trailing.init(trailSeats, trailQueue)
	s.hooks = hooks{Grow: s.shared.Need, Free: s.shared.Give}
	return s
}

// hooks lend a frame.Cutter its buffers. They are made once per lane, because a func
// value made per stream would be an allocation per stream.
type hooks struct {
	Grow func(old []byte, need int) []byte
	Free func([]byte)
}

// Snapshot returns the configuration that the next Exchange would use.
func (s *Server) Snapshot() *core.Snapshot { return s.snap.Load() }

// Stats returns the counters of every lane. The event loops, and so their counters, come
// into being with the first listener.
func (s *Server) Stats() []*core.LaneStats { return append(s.fleet.stats(s), &s.stats) }

// Buffers returns how many buffers all lanes have on loan at the moment.
func (s *Server) Buffers() int64 {
	n := int64(s.shared.Taken())
	for _, st := range s.Stats() {
		n += st.Buffers.Load()
	}
	return n
}

// Draining reports whether Drain was called.
func (s *Server) Draining() bool { return s.draining.Load() }

// newID gives x a request id: the millisecond of x.Start in 6 bytes, so that an index over records
// grows at its end, and a counter, scrambled so that neighbours look unrelated, combined with 10
// random bytes of the process.
func (s *Server) newID(x *core.Exchange) {
	id := &x.ID
	binary.BigEndian.PutUint64(id[:], uint64((s.wall+x.Start)/1e6)<<16)
	copy(id[6:8], s.seed[:])
	n := s.ids.Add(1) * 0x9e3779b97f4a7c15
	binary.BigEndian.PutUint64(id[8:], n^n>>29^binary.BigEndian.Uint64(s.seed[2:]))
}

func or[T ~int | ~int64](v, def T) T {
	if v > 0 {
		return v
	}
	return def
}
