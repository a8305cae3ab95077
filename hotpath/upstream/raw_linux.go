package upstream

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"syscall"

	"asbru/hotpath/sock"
)

// ErrAgain says that a Raw has nothing to read now. It is temporary in the
// sense of net.Error, which makes crypto/tls keep its state: a record can be awaited
// without holding a goroutine or a buffer.
var ErrAgain error = again{}

type again struct{}

func (again) Error() string   { return "no bytes yet" }
func (again) Timeout() bool   { return true }
func (again) Temporary() bool { return true }

// A Raw is one connection of a loop lane: a non-blocking descriptor, with TLS
// on top when the endpoint speaks it. One loop owns it; nothing here waits.
type Raw struct {
	FD     int
	Pool   *Pool
	Reused bool // it has carried an exchange before

	tls  *tls.Conn // nil: plain
	wire *wire
}

// DialRaw connects and hands out a Raw. It waits, so it runs on a goroutine of its own.
func (p *Pool) DialRaw(ctx context.Context) (*Raw, error) {
	if p.Open.Add(1) > int64(p.end.MaxConns) {
		p.Open.Add(-1)
		return nil, ErrBusy
	}
	p.Dials.Add(1)
	r, err := p.dialRaw(ctx)
	if err != nil {
		p.fails(ctx, err)
	}
	return r, err
}

func (p *Pool) dialRaw(ctx context.Context) (*Raw, error) {
	ctx, cancel := context.WithTimeout(ctx, p.end.Connect)
	defer cancel()
	c, err := p.reach(ctx)
	if err != nil {
		return nil, err
	}
	r := &Raw{Pool: p}
	if p.tls != nil {
		r.wire = &wire{Conn: c}
		r.tls = tls.Client(r.wire, p.tls)
		if err := r.tls.HandshakeContext(ctx); err != nil {
			c.Close()
			return nil, err
		}
	}
	if r.FD, err = detach(c); err != nil {
		return nil, err
	}
	if r.wire != nil {
		r.wire.fd, r.wire.Conn = r.FD, nil
	}
	return r, nil
}

// detach takes the descriptor from c, whose Close takes it out of the runtime's
// poller; the socket lives on in the duplicate.
func detach(c net.Conn) (fd int, err error) {
	defer c.Close()
	rc, err := c.(syscall.Conn).SyscallConn()
	if err != nil {
		return -1, err
	}
	if cerr := rc.Control(func(old uintptr) { fd, err = sock.Dup(int(old)) }); cerr != nil {
		return -1, cerr
	}
	return fd, err
}

// Read reads into p. It returns ErrAgain when nothing is there, io.EOF at the
// end. more says that a second Read may find bytes without a new event.
func (r *Raw) Read(p []byte) (n int, more bool, err error) {
	if r.tls != nil {
		n, err = r.tls.Read(p)
		return n, err == nil, err
	}
	n, e := sock.Read(r.FD, p)
	switch {
	case e == 0 && n == 0:
		return 0, false, io.EOF
	case e == 0:
		return n, n == len(p), nil
	case sock.Again(e):
		return 0, false, ErrAgain
	}
	return 0, false, e
}

// Write writes p, as far as the socket takes it, and returns how much went. With TLS all of p is
// taken; what the socket did not take waits in Pending, at most one request.
func (r *Raw) Write(p []byte) (int, error) {
	if r.tls != nil {
		return r.tls.Write(p)
	}
	n, e := sock.Write(r.FD, p)
	if e != 0 && !sock.Again(e) {
		return 0, e
	}
	return n, nil
}

// Pending is the number of sealed bytes that still wait for the socket.
func (r *Raw) Pending() int {
	if r.wire == nil {
		return 0
	}
	return len(r.wire.out)
}

// Flush writes what waits in Pending.
func (r *Raw) Flush() error {
	if r.wire == nil {
		return nil
	}
	return r.wire.flush()
}

// Close gives the descriptor back. TLS says no goodbye: the peer has already
// told where its last reply ends.
func (r *Raw) Close() {
	if r.FD < 0 {
		return
	}
	sock.Close(r.FD)
	r.FD = -1
	r.Pool.Open.Add(-1)
}

// wire is what crypto/tls reads from and writes to: a waiting net.Conn during the
// handshake, the bare descriptor afterwards.
type wire struct {
	net.Conn // nil after the handshake
	fd       int
	out      []byte // sealed, not yet taken by the socket
}

func (w *wire) Read(p []byte) (int, error) {
	if w.Conn != nil {
		return w.Conn.Read(p)
	}
	n, e := sock.Read(w.fd, p)
	switch {
	case e == 0 && n == 0:
		return 0, io.EOF
	case e == 0:
		return n, nil
	case sock.Again(e):
		return 0, ErrAgain
	}
	return 0, e
}

// Write never says "not now": crypto/tls takes a write error as the end of the
// connection, so the rest is kept. It is bounded by the one request under way.
func (w *wire) Write(p []byte) (int, error) {
	if w.Conn != nil {
		return w.Conn.Write(p)
	}
	if err := w.flush(); err != nil {
		return 0, err
	}
	sent := 0
	for len(w.out) == 0 && sent < len(p) {
		n, e := sock.Write(w.fd, p[sent:])
		if e != 0 && !sock.Again(e) {
			return sent, e
		}
		if n == 0 {
			break
		}
		sent += n
	}
	w.out = append(w.out, p[sent:]...)
	return len(p), nil
}

func (w *wire) flush() error {
	for len(w.out) > 0 {
		n, e := sock.Write(w.fd, w.out)
		if e != 0 && !sock.Again(e) {
			return e
		}
		if n == 0 {
			return nil
		}
		w.out = w.out[n:]
	}
	w.out = nil
	return nil
}

// Close is called by crypto/tls on fatal alerts; the descriptor is the Raw's to close.
func (w *wire) Close() error {
	if w.Conn != nil {
		return w.Conn.Close()
	}
	return nil
}
