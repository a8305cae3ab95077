package mock

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

// lane drives one session with a goroutine and a net.Conn.
type lane struct {
	srv     *server
	conn    net.Conn
	session session
	work    work
	pending []byte // read, but not yet consumed by the session
	eof     bool   // the client sends nothing more
	buf     [4 << 10]byte
}

func (n *lane) run() {
	defer n.conn.Close()
	for {
		n.work.in, n.work.now = n.pending, n.srv.clock.now()
		n.session.advance(&n.work)
		n.pending = n.work.in
		if !n.flush() {
			return
		}
		if n.session.phase == ended {
			n.finish()
			return
		}
		if n.session.more {
			continue
		}
		if n.eof && n.session.deaf() || !n.await() {
			return
		}
	}
}

// flush writes the output of the session.
func (n *lane) flush() bool {
	out := n.work.out
	n.work.out = n.work.out[:0]
	if cap(out) > maxKept {
		n.work.out, n.work.scratch = nil, nil
	}
	if len(out) == 0 || n.session.ending == endReset {
		return true
	}
	if err := n.conn.SetWriteDeadline(time.Now().Add(idleWait)); err != nil {
		return false
	}
	_, err := n.conn.Write(out)
	return err == nil
}

// await waits for input or for the session's time; false ends the connection.
func (n *lane) await() bool {
	wait := idleWait
	if n.session.wake > 0 {
		wait = max(0, time.Duration(n.session.wake-n.srv.clock.now()))
	}
	if n.eof || len(n.pending) >= maxPending {
		// Nothing to read: wait in bounded steps, so that a stop is noticed.
		time.Sleep(min(wait, acceptWait))
		return !n.srv.stopping.Load() || n.session.wake > 0
	}
	if err := n.conn.SetReadDeadline(time.Now().Add(wait)); err != nil {
		return false
	}
	if n.srv.stopping.Load() && n.session.deaf() {
		return false
	}
	got, err := n.conn.Read(n.buf[:])
	n.pending = append(n.pending, n.buf[:got]...)
	switch {
	case err == nil:
		return true
	case errors.Is(err, os.ErrDeadlineExceeded):
		return n.session.wake > 0 || got > 0 || n.srv.stopping.Load() && n.session.phase != silent && n.session.answering()
	case errors.Is(err, io.EOF):
		n.eof = true
		return true
	}
	return false
}

// finish ends the connection in the way that the session requires.
func (n *lane) finish() {
	tcp, _ := n.conn.(*net.TCPConn)
	if t, ok := n.conn.(*tls.Conn); ok {
		tcp, _ = t.NetConn().(*net.TCPConn)
		if n.session.ending == endReset || n.session.script.cut >= 0 {
			defer tcp.Close() // before the close_notify that would make a cut look like an end
		}
	}
	if tcp == nil {
		return
	}
	switch n.session.ending {
	case endReset:
		tcp.SetLinger(0)
		tcp.Close()
	case endLinger:
		tcp.CloseWrite()
		tcp.SetReadDeadline(time.Now().Add(lingerWait))
		io.CopyN(io.Discard, tcp, maxBody)
	}
}

// exhausted reports whether the process or the system is out of descriptors or memory.
func exhausted(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) ||
		errors.Is(err, syscall.ENOBUFS) || errors.Is(err, syscall.ENOMEM)
}
