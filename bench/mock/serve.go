package mock

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// server is the common state of all sessions. Except for the atomics, its fields do not change while it
// serves.
type server struct {
	base        script
	errorRate   float64
	errorStatus int
	tls         *tls.Config
	shards      int
	clock       *clock
	log         *journal // nil: nothing is logged
	requests    atomic.Uint64
	conns       atomic.Int64
	stopping    atomic.Bool
}

// Serve answers connections of l as o says until ctx ends, then closes l,
// gives the answers under way a second, and returns nil. It returns early only
// with an error of the options or of l. It owns l.
func Serve(ctx context.Context, l net.Listener, o Options) error {
	s, err := newServer(o)
	if err != nil {
		l.Close()
		return err
	}
	return s.serve(ctx, l)
}

func newServer(o Options) (*server, error) {
	base, err := o.script()
	if err != nil {
		return nil, err
	}
	s := &server{
		base: base, errorRate: o.ErrorRate, errorStatus: o.ErrorStatus, tls: o.TLS, shards: o.Shards, clock: newClock(),
	}
	if s.errorStatus == 0 {
		s.errorStatus = 500
	}
	if o.RequestsLog != nil {
		s.log = &journal{w: o.RequestsLog}
	}
	return s, nil
}

func (s *server) serve(ctx context.Context, l net.Listener) error {
	if s.tls != nil {
		return s.serveLanes(ctx, tls.NewListener(l, s.tls))
	}
	if served, err := s.serveLoops(ctx, l); served {
		return err
	}
	return s.serveLanes(ctx, l)
}

// unlucky spreads the error rate evenly: in any run of requests that share fails.
func (s *server) unlucky(n uint64) bool {
	return s.errorRate > 0 && uint64(float64(n)*s.errorRate) != uint64(float64(n-1)*s.errorRate)
}

// closed records the end of a session's connection.
func (s *server) closed(x *session) {
	s.conns.Add(-1)
	if s.log != nil && x.answering() {
		s.log.abandoned(x)
	}
}

// admit counts a new connection, unless there are too many.
func (s *server) admit() bool {
	if s.conns.Add(1) <= maxConns {
		return true
	}
	s.conns.Add(-1)
	return false
}

// lanes are connections that have a goroutine each.
type lanes struct {
	srv  *server
	wg   sync.WaitGroup
	mu   sync.Mutex
	open map[net.Conn]struct{} // guarded by mu
}

func (s *server) serveLanes(ctx context.Context, l net.Listener) error {
	ls := &lanes{srv: s, open: map[net.Conn]struct{}{}}
	stop := context.AfterFunc(ctx, func() { l.Close() })
	err := ls.accept(ctx, l)
	stop()
	l.Close()
	s.stopping.Store(true)
	ls.each(func(c net.Conn) { c.SetReadDeadline(time.Now()) })
	last := time.AfterFunc(drainWait, func() { ls.each(func(c net.Conn) { c.Close() }) })
	ls.wg.Wait()
	last.Stop()
	return err
}

// accept starts a lane for each connection until ctx or l ends.
func (ls *lanes) accept(ctx context.Context, l net.Listener) error {
	for {
		c, err := l.Accept()
		switch {
		case err == nil:
			ls.start(c)
		case ctx.Err() != nil:
			return nil
		case exhausted(err):
			time.Sleep(acceptWait)
		case errors.Is(err, net.ErrClosed):
			return err
		default:
			// A failure of one connection, such as a reset before it was accepted.
			time.Sleep(time.Millisecond)
		}
	}
}

func (ls *lanes) start(c net.Conn) {
	if !ls.srv.admit() {
		c.Close()
		return
	}
	ls.mu.Lock()
	ls.open[c] = struct{}{}
	ls.mu.Unlock()
	ls.wg.Go(func() {
		n := lane{srv: ls.srv, conn: c, session: session{srv: ls.srv}}
		n.run()
		ls.srv.closed(&n.session)
		ls.mu.Lock()
		delete(ls.open, c)
		ls.mu.Unlock()
	})
}

func (ls *lanes) each(f func(net.Conn)) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	for c := range ls.open {
		f(c)
	}
}
