package upstream

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"syscall"

	"asbru/hotpath/sock"
)

// ErrAgain says that a Raw has nothing to read at present. It is temporary in the sense of
// net.Error, which makes crypto/tls keep its state, so that no goroutine and no buffer is
// held while waiting for a record.
var ErrAgain error = again{}

type again struct{}

func (again) Error() string   { return "no bytes yet" }
func (again) Timeout() bool   { return true }
func (again) Temporary() bool { return true }

// A Raw is one connection of a loop lane: a non-blocking descriptor, with TLS if the
// endpoint uses it. It is owned by one loop, and none of its methods waits.
type Raw struct {
	FD     int
	Pool   *Pool
	Reused bool // it has carried an exchange before

	tls  *tls.Conn // nil: plain
	wire *wire
}

// DialRaw connects and returns a Raw. It waits, so it must run on a goroutine of its own.
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

// detach returns a duplicate of c's descriptor and closes c, which removes it from the
// runtime's poller; the socket stays open in the duplicate.
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

// Read reads into p. It returns ErrAgain if there is nothing to read, and io.EOF at the
// end. more says that another Read may find bytes without a new event.
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

// Write writes as much of p as the socket accepts, and returns how many bytes. With TLS it accepts
// all of p; bytes that the socket did not accept are Pending, at most those of one request.
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

// Pending returns the number of encrypted bytes that the socket has not accepted yet.
func (r *Raw) Pending() int {
	if r.wire == nil {
		return 0
	}
	return len(r.wire.out)
}

// Flush writes Pending bytes as far as the socket accepts them.
func (r *Raw) Flush() error {
	if r.wire == nil {
		return nil
	}
	return r.wire.flush()
}

// Close closes the descriptor. It sends no close_notify of TLS, because the end of the
// last reply is known already.
func (r *Raw) Close() {
	if r.FD < 0 {
		return
	}
	sock.Close(r.FD)
	r.FD = -1
	r.Pool.Open.Add(-1)
}

// wire is the connection below crypto/tls: a blocking net.Conn during the handshake, the
// descriptor afterwards.
type wire struct {
	net.Conn // nil after the handshake
	fd       int
	out      []byte // encrypted, not yet accepted by the socket
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

// Write never returns ErrAgain, because crypto/tls takes a write error for the end of the
// connection. The rest is kept, which is bounded by the one request under way.
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

// Close is called by crypto/tls on fatal alerts. The Raw closes the descriptor.
func (w *wire) Close() error {
	if w.Conn != nil {
		return w.Conn.Close()
	}
	return nil
}
