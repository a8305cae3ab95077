package hotpath

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"asbru/core"
	"asbru/hotpath/http1"
	"asbru/hotpath/upstream"
)

// A conn is one client connection of the goroutine lane: straight-line code on
// a goroutine of its own. A second goroutine exists only while an exchange is
// under way, to notice the client hanging up.
type conn struct {
	s    *Server
	c    net.Conn
	peer [16]byte
	in   []byte // borrowed; bytes read and not yet consumed
	req  http1.Request
	rep  http1.Reply
	box  outbox

	hungUp   atomic.Bool  // the watcher saw the client go
	quiet    atomic.Int64 // Clock since when it waits for a request; 0 while it serves one
	wmu      sync.Mutex   // orders the watcher's probe with the answer, and guards
	harmless int          // what a probe may write
}

// ServeConn carries the requests of one client connection until it ends. c may be any
// net.Conn: TCP, TLS, or a pipe.
func (s *Server) ServeConn(c net.Conn) {
	k := &conn{s: s, c: c}
	if a, ok := c.RemoteAddr().(*net.TCPAddr); ok {
		copy(k.peer[:], a.IP.To16())
	}
	if !s.enter(k) {
		c.Close()
		return
	}
	s.stats.Conns.Add(1)
	handed := false
	defer func() {
		if v := recover(); v != nil {
			s.stats.Panics.Add(1)
			if s.opt.Bug != nil {
				s.opt.Bug(v, debug.Stack())
			}
		}
		s.leave(k)
		s.stats.Conns.Add(-1)
		if k.in != nil {
			s.shared.Give(k.in)
		}
		if !handed {
			c.Close()
		}
	}()
	for {
		again, slow := k.serve()
		if handed = slow; slow || !again {
			return
		}
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
		s.uncount(f) // a body that broke off, or a panic, came past finish
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
	path := k.req.Path // begin found it in k.in, which holds the next request now
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

// readHead waits for a request and reads its head. n == 0 without an error is
// the preface of HTTP/2.
func (k *conn) readHead() (n int, err error) {
	lim := k.limits()
	wait := or(lim.IdleWait, defaultIdleWait)
	began := false
	for {
		if len(k.in) > 0 {
			if !began {
				began = true
				wait = or(lim.HeadWait, defaultHeadWait)
				k.c.SetReadDeadline(time.Now().Add(wait))
			}
			if match, more := http1.IsHTTP2Preface(k.in); match {
				return 0, nil
			} else if !more {
				if n, err = http1.ParseRequest(k.in, &k.req); n > 0 || err != nil {
					return n, err
				}
			}
		} else if k.in != nil {
			k.s.shared.Give(k.in)
			k.in = nil
		}
		if !began {
			k.c.SetReadDeadline(time.Now().Add(wait))
		}
		if err := k.fill(); err != nil {
			return 0, err
		}
	}
}

// fill reads once, into a buffer borrowed only when there are bytes: a quiet
// connection waits on a byte of its own.
func (k *conn) fill() error {
	if k.in == nil {
		var first [1]byte
		n, err := k.c.Read(first[:])
		if n == 0 {
			return orEOF(err)
		}
		k.in = append(k.s.shared.Take(4<<10), first[0])
		return nil
	}
	k.in = k.s.shared.Grow(k.in, 2<<10)
	n, err := k.c.Read(k.in[len(k.in):cap(k.in)])
	k.in = k.in[:len(k.in)+n]
	if n == 0 {
		return orEOF(err)
	}
	return nil
}

func orEOF(err error) error {
	if err == nil {
		return io.EOF
	}
	return err
}

// readBody moves the head and the whole body into f.buf, and leaves what
// follows in k.in.
func (k *conn) readBody(f *flight) bool {
	s, lim := k.s, f.x.Snap.Limits
	if k.req.Expect100 && len(k.in) == f.head && (k.req.Chunked || k.req.ContentLength > 0) {
		if _, err := io.WriteString(k.c, interim); err != nil {
			return false
		}
	}
	wait := or(lim.BodyWait, defaultBodyWait)
	if k.req.Chunked {
		return k.readChunks(f, wait, or(lim.BodyBytes, defaultBody))
	}
	total := f.head + int(max(k.req.ContentLength, 0))
	if total > largeBody && !s.hold(f, total) {
		return false
	}
	f.buf = s.shared.Take(total)
	n := min(len(k.in), total)
	f.buf = append(f.buf, k.in[:n]...)
	k.in = append(k.in[:0], k.in[n:]...)
	for len(f.buf) < total {
		k.c.SetReadDeadline(time.Now().Add(wait))
		n, err := k.c.Read(f.buf[len(f.buf):total])
		if n == 0 && err != nil {
			s.shared.Give(f.buf)
			f.buf = nil
			return false
		}
		f.buf = f.buf[:len(f.buf)+n]
	}
	f.in = uint64(total - f.head)
	return true
}

// readChunks is readBody for a chunked body: it is decoded as it comes.
func (k *conn) readChunks(f *flight, wait time.Duration, limit int) bool {
	s := k.s
	ch := http1.Chunks{Strict: true}
	f.buf = append(s.shared.Take(len(k.in)+1024), k.in[:f.head]...)
	k.in = append(k.in[:0], k.in[f.head:]...)
	fail := func() bool {
		s.shared.Give(f.buf)
		f.buf = nil
		return false
	}
	for {
		for len(k.in) > 0 {
			p, n, done, err := ch.Next(k.in)
			if err != nil {
				refuse(&f.x, core.Invalid, err.Error(), "send the body with Content-Length or in plain chunks")
				return fail()
			}
			if len(f.buf)-f.head+len(p) > limit {
				tooLarge(&f.x, int64(len(f.buf)-f.head+len(p)), limit)
				return fail()
			}
			if len(f.buf)+len(p) > largeBody && !s.hold(f, len(f.buf)+len(p)) {
				return fail()
			}
			f.buf = append(s.shared.Grow(f.buf, len(p)), p...)
			k.in = append(k.in[:0], k.in[n:]...)
			if done {
				f.in = uint64(len(f.buf) - f.head)
				return true
			}
		}
		k.c.SetReadDeadline(time.Now().Add(wait))
		if err := k.fill(); err != nil {
			return fail()
		}
	}
}

// hold counts a large body against what all of them may take together.
func (s *Server) hold(f *flight, bytes int) bool {
	grow := int64(bytes) - f.large
	if grow <= 0 {
		return true
	}
	if s.large.Add(grow) > bodyBudget {
		s.large.Add(-grow)
		refuse(&f.x, core.Overloaded, "too many large requests are under way", "try again in a second")
		f.x.Fault.Retry = 1
		return false
	}
	f.large += grow
	return true
}

// exchange decides about a complete request and answers it.
func (k *conn) exchange(f *flight) {
	s, x := k.s, &f.x
	t0 := core.Clock()
	v := s.ready(f, &k.req)
	f.decide += core.Clock() - t0
	if v != core.Continue {
		k.reply(f)
		return
	}
	k.allow(probeInterim)
	if k.carry(f) {
		s.finish(f, &s.stats, &k.peer, &s.shared)
		return
	}
	if x.Fault == nil && f.gone {
		x.Fault = &core.Fault{Code: core.ClientGone, Message: "the client hung up"}
		f.free = true
		f.status = core.ClientGone.Status()
		s.finish(f, &s.stats, &k.peer, &s.shared)
		return
	}
	f.failed()
	k.reply(f)
}

// carry tries targets for as long as the client is there. It reports whether the
// client got a reply, whole or cut.
func (k *conn) carry(f *flight) bool {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	defer k.watch(func() { k.hungUp.Store(true); cancel() })()
	return k.attempts(ctx, f)
}

// watch notices the client hanging up while an exchange is under way. What the
// client sends meanwhile is kept for later. The returned function ends the watch.
func (k *conn) watch(gone func()) (stop func()) {
	k.c.SetReadDeadline(time.Time{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		var b [512]byte
		for {
			if len(k.in)+len(b) > http1.MaxHead {
				return // enough is kept; the kernel holds the rest
			}
			n, err := k.c.Read(b[:])
			if n > 0 {
				if k.in == nil {
					k.in = k.s.shared.Take(n)
				}
				k.in = append(k.s.shared.Grow(k.in, n), b[:n]...)
			}
			if err != nil {
				if !errors.Is(err, os.ErrDeadlineExceeded) && (!errors.Is(err, io.EOF) || k.probe()) {
					gone()
				}
				return
			}
		}
	}()
	return func() {
		k.c.SetReadDeadline(time.Unix(1, 0))
		<-done
		k.c.SetReadDeadline(time.Time{})
	}
}

// attempts tries targets until one answers. It reports whether the client got
// a reply, whole or cut.
func (k *conn) attempts(ctx context.Context, f *flight) bool {
	s := k.s
	for s.next(f) {
		fresh := false
	again:
		pool, ok := f.target.Pool.(*upstream.Pool)
		if !ok {
			return false
		}
		u, err := pool.Get(ctx, fresh)
		if err != nil {
			f.attempt().Status = 0
			f.late = errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded)
			if ctx.Err() != nil {
				f.gone = true
				return false
			}
			continue
		}
		stop := context.AfterFunc(ctx, func() { u.Conn.SetDeadline(time.Unix(1, 0)) })
		out, stale := k.closing(f, u)
		live := stop()
		if !live && ctx.Err() != nil {
			u.Close()
			f.gone = true
			return false
		}
		switch {
		case out == tryDone:
			return true
		case stale && u.Reused && !fresh:
			fresh = true
			goto again
		}
	}
	return false
}

// An outcome says what one attempt came to.
type outcome uint8

const (
	tryNext outcome = iota // nothing reached the client; another may answer
	tryDone                // the client got the reply, whole or cut
)

// closing is try, and the end of u should it panic.
func (k *conn) closing(f *flight, u *upstream.Conn) (out outcome, stale bool) {
	settled := false
	defer func() {
		if !settled {
			u.Close()
		}
	}()
	out, stale = k.try(f, u)
	settled = true
	return out, stale
}

// try sends the request on u and relays the reply. stale: u was dead before
// any byte of a reply came.
func (k *conn) try(f *flight, u *upstream.Conn) (out outcome, stale bool) {
	s, w := k.s, f.target.Waits
	t0 := core.Clock()
	if !s.request(f, &k.req, &k.box) {
		u.Close()
		return tryNext, false
	}
	f.begun = core.Clock()
	f.decide += f.begun - t0
	u.SetWriteDeadline(f.until(or(w.Header, defaultHeader)))
	_, err := u.Write(k.box.bytes())
	f.kernel += core.Clock() - t0
	if err != nil {
		u.Close()
		f.late = errors.Is(err, os.ErrDeadlineExceeded)
		return tryNext, !f.late
	}
	u.SetReadDeadline(f.until(or(w.Header, defaultHeader)))
	b := s.shared.Take(streamRead)
	defer func() { s.shared.Give(b) }()
	n, err := k.readReply(&b, u)
	if err != nil {
		u.Close()
		f.late = errors.Is(err, os.ErrDeadlineExceeded)
		return tryNext, n == 0 && !f.late
	}
	return k.relay(f, u, b, n), false
}

// until is the end of a wait of d that begins now, and never past the exchange's end.
func (f *flight) until(d time.Duration) time.Time {
	if w := f.target.Waits.Total; w > 0 {
		d = min(d, w-time.Duration(core.Clock()-f.x.Start))
	}
	return time.Now().Add(d)
}

// readReply reads the head of the final reply into b; interim ones are skipped.
// n is the length of the head, or with an error of what came.
func (k *conn) readReply(b *[]byte, u *upstream.Conn) (n int, err error) {
	for {
		m, err := u.Read((*b)[len(*b):cap(*b)])
		*b = (*b)[:len(*b)+m]
		if m == 0 {
			return len(*b), orEOF(err)
		}
		for {
			n, err := http1.ParseReply(*b, &k.rep)
			if err != nil {
				return len(*b), err
			}
			if n > 0 && k.rep.Status >= 200 {
				return n, nil
			}
			if n == 0 {
				break
			}
			*b = append((*b)[:0], (*b)[n:]...)
		}
		if len(*b) == cap(*b) {
			*b = k.s.shared.Grow(*b, len(*b))
		}
	}
}

// relay gives the client the reply whose head and first bytes are in b, unless
// another target may do better.
func (k *conn) relay(f *flight, u *upstream.Conn, b []byte, n int) outcome {
	s, l := k.s, &f.rel
	f.first = core.Clock()
	if verb := f.judge(k.rep.Status); verb != core.Final && !s.stands(f) {
		u.Close()
		return tryNext
	}
	f.frame(&k.rep, b, k.req.Method.Of(f.buf))
	l.cut.Grow, l.cut.Free = s.hooks.Grow, s.hooks.Free
	t0 := f.first
	k.box.reset()
	rest, done, err := l.feed(&f.x, b[n:], &k.box, &s.shared)
	s.commit(f, &k.rep, b, &k.box)
	k.box.front(k.box.head)
	t1 := core.Clock()
	f.decide += t1 - t0
	werr := k.write(f, k.box.bytes())
	f.kernel += core.Clock() - t0
	if l.sse {
		f.ttft = core.Clock() - f.x.Start
	}
	for !done && err == nil && werr == nil {
		u.SetReadDeadline(f.until(or(f.target.Waits.Stall, defaultStall)))
		m, rerr := u.Read(b[:cap(b)])
		if m == 0 {
			if l.from == bodyClose && errors.Is(orEOF(rerr), io.EOF) {
				k.box.reset()
				l.end(&f.x, &k.box)
				werr, done = k.write(f, k.box.bytes()), true
				break
			}
			err = orEOF(rerr)
			break
		}
		k.box.reset()
		f.gap()
		rest, done, err = l.feed(&f.x, b[:m], &k.box, &s.shared)
		if p := k.box.bytes(); len(p) > 0 {
			werr = k.write(f, p)
		}
	}
	k.ended(f, u, done && err == nil, werr, len(rest) == 0)
	return tryDone
}

// ended settles both connections after a relay.
func (k *conn) ended(f *flight, u *upstream.Conn, whole bool, werr error, clean bool) {
	k.allow(probeNothing)
	switch {
	case werr != nil || !whole && k.hungUp.Load():
		f.free = true
		f.x.Fault = &core.Fault{Code: core.ClientGone, Message: "the client hung up", Cause: werr}
		if errors.Is(werr, os.ErrDeadlineExceeded) {
			f.x.Fault.Code = core.ClientSlow
		}
	case !whole:
		f.free = true
		f.x.Fault = &core.Fault{Code: core.UpstreamFailed, Message: errCut.Error(), Cause: errCut}
		k.box.reset()
		if f.rel.broken(&f.x, &k.box) {
			k.write(f, k.box.bytes())
		}
	case clean && !k.rep.Close && f.rel.from != bodyClose:
		u.SetDeadline(time.Time{})
		u.Put()
		return
	}
	u.Close()
}

// write gives p to the client, which may be slow for so long and no longer.
func (k *conn) write(f *flight, p []byte) error {
	if len(p) == 0 {
		return nil
	}
	k.wmu.Lock()
	defer k.wmu.Unlock()
	k.c.SetWriteDeadline(time.Now().Add(or(f.x.Snap.Limits.WriteWait, defaultWriteWait)))
	k.harmless = probeNothing
	n, err := k.c.Write(p)
	f.out += uint64(n)
	if f.rel.sse {
		k.harmless = probeComment
	}
	return err
}

func (k *conn) allow(what int) {
	k.wmu.Lock()
	k.harmless = what
	k.wmu.Unlock()
}

// reply sends the gateway's own answer and closes the books.
func (k *conn) reply(f *flight) {
	k.s.answer(f, &k.box, k.req.Method.Len() == 4 && string(k.req.Method.Of(k.head(f))) == "HEAD")
	k.allow(probeNothing)
	k.c.SetWriteDeadline(time.Now().Add(defaultWriteWait))
	if n, err := k.c.Write(k.box.bytes()); err != nil {
		f.free = true
	} else {
		f.out += uint64(n)
	}
	k.s.finish(f, &k.s.stats, &k.peer, &k.s.shared)
}

// head is where k.req's spans point: the flight's copy once there is one.
func (k *conn) head(f *flight) []byte {
	if f.buf != nil {
		return f.buf
	}
	return k.in
}

// refuseHead answers a head that cannot be read. Where the message ends is
// unknown, so the connection ends too.
func (k *conn) refuseHead(f *flight, bad *http1.Refusal) {
	k.s.refuseHead(f, bad)
	k.req.Method = http1.Span{}
	k.reply(f)
	k.linger()
}

// linger ends the connection so that the last answer arrives: our side first,
// then whatever the client still sends is read and dropped for a moment. A reset
// would throw the answer away.
func (k *conn) linger() {
	w, ok := k.c.(interface{ CloseWrite() error })
	if !ok || w.CloseWrite() != nil {
		return
	}
	k.c.SetReadDeadline(time.Now().Add(lingerWait))
	var b [1 << 10]byte
	for {
		if _, err := k.c.Read(b[:]); err != nil {
			return
		}
	}
}

// What a probe may write while an exchange is under way.
const (
	probeInterim = iota // an interim reply: no head was sent yet
	probeComment        // a comment of the event stream
	probeNothing        // nothing would be harmless
)

// probe asks a client that has said it will send no more whether it still
// listens. It reports whether it is gone: a hang-up and a half-close look alike
// until something is written, and then a closed socket answers with a reset.
func (k *conn) probe() (gone bool) {
	t, ok := k.c.(*net.TCPConn)
	if !ok {
		return true // TLS and pipes have no half-close that clients use
	}
	time.Sleep(probeWait)
	k.wmu.Lock()
	switch k.harmless {
	case probeInterim:
		io.WriteString(t, interim)
	case probeComment:
		io.WriteString(t, comment)
	}
	k.wmu.Unlock()
	time.Sleep(probeWait / 4)
	return socketFailed(t)
}

// socketFailed reads the pending error of a socket without reading from it: a
// read keeps saying "end" after the client's FIN, reset or not.
func socketFailed(t *net.TCPConn) bool {
	rc, err := t.SyscallConn()
	if err != nil {
		return true
	}
	failed := true
	rc.Control(func(fd uintptr) { failed = sockError(fd) })
	return failed
}

// hand gives the connection to the slow door, with the bytes read so far.
func (k *conn) hand() {
	k.s.stats.HandedOver.Add(1)
	k.c.SetDeadline(time.Time{})
	c := k.s.oneShot(k.c, &k.req, k.in)
	k.s.shared.Give(k.in)
	k.in = nil
	k.s.opt.Slow(c)
}
