package hotpath

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"asbru/core"
	"asbru/hotpath/http1"
)

// A conn is one client connection of the goroutine lane: straight-line code on
// a goroutine of its own. A second goroutine exists only while an exchange is
// under way, to notice the client hanging up.
type conn struct {
	s       *Server
	c       net.Conn
	peer    [16]byte
	in      []byte // borrowed; bytes read and not yet consumed
	req     http1.Request
	rep     http1.Reply
	box     outbox
	ctx     context.Context // of the exchange under way: ends when the client leaves
	unwatch func()          // ends the watch on the client; nil: there is none
	held    *arrival        // receives a reply that has reached its commit point; nil: the client does

	ghost    atomic.Bool // the client left, but the exchange continues for others
	charge   charge
	bridged  atomic.Bool  // it is a WebSocket
	hungUp   atomic.Bool  // the watcher saw the client go
	answered atomic.Bool  // the watcher is to end
	quiet    atomic.Int64 // Clock since when it waits for a request; 0 while it serves one
	wmu      sync.Mutex   // keeps the watcher's probe and the answer apart, and guards harmless
	harmless int          // what a probe may write now
}

// ServeConn carries the requests of one client connection until it ends. c may be any
// net.Conn: TCP, TLS, or a pipe.
func (s *Server) ServeConn(c net.Conn) { s.serveConn(c, false) }

// serveConn is ServeConn; arriving says that a listener has counted c in s.arriving.
func (s *Server) serveConn(c net.Conn, arriving bool) {
	k := &conn{s: s, c: c}
	if a, ok := c.RemoteAddr().(*net.TCPAddr); ok {
		copy(k.peer[:], a.IP.To16())
	}
	entered := s.enter(k)
	if arriving {
		s.arriving.Add(-1)
	}
	if !entered {
		c.Close()
		return
	}
	s.stats.Conns.Add(1)
	handed := false
	defer func() { k.over(recover(), handed) }()
	for {
		again, slow := k.serve()
		if handed = slow; slow || !again {
			return
		}
	}
}

// over forgets a connection and closes it, unless it was handed over. v is the value of a
// panic, or nil.
func (k *conn) over(v any, handed bool) {
	s := k.s
	if v != nil {
		s.stats.Panics.Add(1)
		if s.opt.Bug != nil {
			s.opt.Bug(v, debug.Stack())
		}
	}
	s.leave(k)
	s.stats.Conns.Add(-1)
	if k.in != nil {
		s.shared.Give(k.in)
		k.in = nil
	}
	if !handed {
		k.c.Close()
	}
}

// serve carries one request. again: the connection lives on; slow: it has been
// handed over.
func (k *conn) serve() (again, slow bool) {
	s := k.s
	k.quiet.Store(core.Clock())
	n, err := k.readHead()
	k.quiet.Store(0)
	f := s.flights.Get().(*flight)
	defer func() {
		s.uncount(f) // a broken body, or a panic, has bypassed finish
		s.salvage(f)
		f.reset()
		s.flights.Put(f)
	}()
	if err != nil {
		var bad *http1.Refusal
		if errors.As(err, &bad) {
			k.refuseHead(f, bad)
		}
		return false, false
	}
	if n == 0 { // HTTP/2 announces itself
		k.hand()
		return false, true
	}
	f.x.Start = core.Clock()
	_, f.secure = k.c.(*tls.Conn)
	switch s.begin(f, &k.req, k.in) {
	case waySlow:
		k.hand()
		return false, true
	case wayFault:
		f.free = true
		k.reply(f)
		k.linger()
		return false, false
	}
	if !k.readBody(f) {
		if f.x.Fault != nil {
			f.free = true
			k.reply(f)
			k.linger()
		}
		return false, false
	}
	path := k.req.Path // of k.in, which now holds the next request
	f.x.Path = f.buf[int(path.End)-len(f.x.Path) : path.End]
	k.exchange(f)
	s.shared.Give(f.buf)
	if f.free || f.status == 0 {
		k.linger()
		return false, false
	}
	return true, false
}

func (k *conn) limits() core.Limits {
	if snap := k.s.snap.Load(); snap != nil {
		return snap.Limits
	}
	return core.Limits{}
}

// exchange decides about a complete request and answers it.
func (k *conn) exchange(f *flight) {
	s, x := k.s, &f.x
	k.charge.take(x)
	defer k.charge.free()
	if f.socket != nil && f.socket.late && !k.greet(f) {
		k.gone(f)
		return
	}
	t0 := core.Clock()
	v := s.ready(f, &k.req)
	f.decide += core.Clock() - t0
	if v == core.Wait {
		there := false
		if v, there = k.decided(f); !there {
			k.gone(f)
			return
		}
	}
	switch {
	case v == core.Continue:
	case x.Fault == nil && x.Reply.Source != nil:
		k.pour(f)
		return
	default:
		k.reply(f)
		return
	}
	if c := x.Route.Care; c != nil && f.socket == nil {
		f.take(c)
	}
	k.fly(f)
}

// fly asks targets once the plan has let the request pass, and answers.
func (k *conn) fly(f *flight) {
	s, x := k.s, &f.x
	if f.care != nil && f.care.casts {
		s.cast(f, &k.req)
	}
	k.allow(probeInterim)
	if f.socket != nil {
		k.allow(probeNothing) // a WebSocket client that closes its side is gone
	}
	if k.carry(f) {
		s.finish(f, &s.stats, &k.peer, &s.shared)
		return
	}
	if x.Fault == nil && f.gone {
		k.gone(f)
		return
	}
	f.failed()
	k.reply(f)
}

// gone does the bookkeeping of an exchange whose client left before it was answered.
func (k *conn) gone(f *flight) {
	if v := k.charge.ruled(); v != nil && f.x.Fault == nil {
		f.x.Fault, f.free = v, true
		k.reply(f)
		return
	}
	if f.x.Fault == nil {
		f.x.Fault = &core.Fault{Code: core.ClientGone, Message: "the client hung up"}
	}
	f.free = true
	f.status = f.x.Fault.HTTP()
	k.s.finish(f, &k.s.stats, &k.peer, &k.s.shared)
}

// carry tries targets for as long as the client is there. It reports whether the
// client got a reply, whole or cut.
func (k *conn) carry(f *flight) bool {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	k.unwatch = sync.OnceFunc(k.watch(func() { k.left(f, cancel) }))
	defer k.unwatch()
	k.charge.waits(cancel)
	defer k.charge.waits(nil)
	k.ctx = ctx
	return k.attempts(ctx, f)
}
