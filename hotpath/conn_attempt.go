package hotpath

import (
	"context"
	"errors"
	"os"
	"time"

	"asbru/core"
	"asbru/hotpath/http1"
	"asbru/hotpath/upstream"
)

// attempts tries targets until one answers. It reports whether the client got
// a reply, whole or cut.
func (k *conn) attempts(ctx context.Context, f *flight) bool {
	for k.next(f) {
		var out outcome
		if f.hedges() {
			out = k.contest(ctx, f)
		} else {
			out = k.turn(ctx, f)
		}
		if out != tryNext {
			return out == tryDone
		}
	}
	return false
}

// turn makes the attempt under way. When a kept connection turns out to have died, it is made
// once more on a new one.
func (k *conn) turn(ctx context.Context, f *flight) outcome {
	for fresh := false; ; fresh = true {
		pool, ok := f.target.Pool.(*upstream.Pool)
		if !ok {
			return tryOver
		}
		dial, cancel := within(ctx, f.by(core.Clock()))
		u, err := pool.Get(dial, fresh)
		cancel()
		if err != nil {
			f.attempt().Status = 0
			f.late = errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded)
			if f.gone = ctx.Err() != nil; f.gone {
				return tryOver
			}
			return tryNext
		}
		stop := context.AfterFunc(ctx, func() { k.hungUp.Store(true); u.Conn.SetDeadline(time.Unix(1, 0)) })
		out, stale := k.closing(f, u)
		if live := stop(); !live && ctx.Err() != nil && out != tryHeld && (out != tryDone || k.charge.ruled() == nil) {
			u.Close()
			f.gone = true
			return tryOver
		}
		if out != tryNext || !stale || !u.Reused || fresh {
			return out
		}
	}
}

// An outcome is the result of one attempt.
type outcome uint8

const (
	tryNext outcome = iota // nothing reached the client; another may answer
	tryDone                // the client got the reply, whole or cut
	tryOver                // the reply must not reach the client; x.Fault says why
	tryHeld                // the reply has reached its commit point and waits, as a parallel attempt may have been first
)

// closing is try, but closes u if it panics.
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

// try sends the request on u and relays the reply. stale reports that u died before
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
	for i := 0; i < len(k.box.tail) && err == nil; i++ {
		if p := k.box.tail[i]; len(p) > 0 {
			err = k.upload(f, u, p)
		}
	}
	f.kernel += core.Clock() - t0
	if err != nil {
		u.Close()
		f.late = errors.Is(err, os.ErrDeadlineExceeded)
		return tryNext, !f.late
	}
	f.sent = true
	f.attempt().Began = f.begun
	f.told()
	k.listen(u, f.until(f.silence()))
	b := s.shared.Take(streamRead)
	defer func() {
		if out != tryHeld {
			s.shared.Give(b)
		}
	}()
	n, err := k.readReply(&b, u, f.socket != nil)
	if err != nil {
		u.Close()
		var bad *http1.Refusal
		f.late, f.void = errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &bad)
		return tryNext, n == 0 && !f.late
	}
	return k.relay(f, u, b, n), false
}

// upload writes a large piece of a body. Its deadline is extended as long as there is progress.
func (k *conn) upload(f *flight, u *upstream.Conn, p []byte) error {
	for len(p) > 0 {
		u.SetWriteDeadline(f.until(or(f.target.Waits.Header, defaultHeader)))
		n, err := u.Write(p[:min(len(p), uploadSize)])
		if err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}

// until is the end of a wait of d that begins now, and never past the exchange's end.
func (f *flight) until(d time.Duration) time.Time {
	now := core.Clock()
	return time.Now().Add(time.Duration(f.bound(now, d) - now))
}

// listen bounds the next reads from u. It checks for a client that hung up, because the deadline
// set here may have overwritten the one with which the watcher interrupts u.
func (k *conn) listen(u *upstream.Conn, until time.Time) {
	u.SetReadDeadline(until)
	if k.hungUp.Load() {
		u.SetReadDeadline(time.Unix(1, 0))
	}
}

// readReply reads the head of the final reply into b; interim ones are skipped.
// n is the length of the head; with an error, that of what came. A reply that switches protocols
// is final only with switches.
func (k *conn) readReply(b *[]byte, u *upstream.Conn, switches bool) (n int, err error) {
	waits := 0
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
			if n > 0 && (k.rep.Status >= 200 || switches && k.rep.Status == switching) {
				return n, nil
			}
			if n == 0 {
				break
			}
			if waits++; waits > maxInterim {
				return n, errWaits
			}
			*b = append((*b)[:0], (*b)[n:]...)
		}
		if len(*b) == cap(*b) {
			*b = k.s.shared.Grow(*b, len(*b))
		}
	}
}
