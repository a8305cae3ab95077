package hotpath

import (
	"errors"
	"io"
	"net"
	"os"
	"time"

	"asbru/hotpath/http1"
)

// watch notices the client hanging up while an exchange is under way. What the
// client sends meanwhile is kept for later. The returned function ends the watch.
func (k *conn) watch(gone func()) (stop func()) {
	k.c.SetReadDeadline(time.Time{})
	k.answered.Store(false)
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
		k.answered.Store(true)
		k.c.SetReadDeadline(time.Unix(1, 0))
		<-done
		k.c.SetReadDeadline(time.Time{})
	}
}

func (k *conn) allow(what int) {
	k.wmu.Lock()
	k.harmless = what
	k.wmu.Unlock()
}

// reply sends the gateway's own answer and finishes the exchange.
func (k *conn) reply(f *flight) {
	if f.socket != nil && f.socket.open {
		k.dismiss(f)
		return
	}
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

// probe finds out whether a client that has closed its sending side still listens, and waits
// for the result until the watch ends. It reports whether the client is gone. A full close and a
// half-close look alike until something is written; a socket that was fully closed then answers
// with a reset, once that has travelled back.
func (k *conn) probe() (gone bool) {
	t, ok := k.c.(*net.TCPConn)
	if !ok {
		return true // TLS and pipes have no half-close that clients use
	}
	time.Sleep(probeWait)
	if err := k.poke(t); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		return true
	}
	rc, err := t.SyscallConn()
	if err != nil {
		return true
	}
	// A read keeps saying "end" after the client's FIN, reset or not.
	rc.Read(func(fd uintptr) bool { gone = sockError(fd); return gone })
	return gone
}

// poke writes something that is harmless in the present state of the exchange. If it missed its
// own deadline it has written nothing, and tries again.
func (k *conn) poke(t *net.TCPConn) (err error) {
	k.wmu.Lock()
	defer k.wmu.Unlock()
	what := ""
	switch k.harmless {
	case probeInterim:
		what = interim
	case probeComment:
		what = comment
	default:
		return nil
	}
	for wait := probeWait; wait <= probeMost; wait *= 2 {
		t.SetWriteDeadline(time.Now().Add(wait)) // that of the last write may have passed
		var n int
		if n, err = io.WriteString(t, what); n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			break
		}
	}
	return err
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
