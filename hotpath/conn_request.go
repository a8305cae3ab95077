package hotpath

import (
	"io"
	"time"

	"asbru/core"
	"asbru/hotpath/http1"
)

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
		return k.readChunks(f, wait, bodyLimit(f.x.Snap, &k.req, k.in))
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
