package loadgen

import (
	"bytes"
	"errors"
)

// errUnfinished says that the reply is complete as HTTP, but not as a stream.
var errUnfinished = errors.New("stream ended without its last event")

var headEnd = []byte("\r\n\r\n")

// reply reads one reply from pieces of any size. It keeps no buffer while a
// body flows; only a head that arrives in pieces is gathered.
type reply struct {
	intended int64
	stream   bool

	head   head
	inBody bool
	begun  bool   // a byte has arrived
	carry  []byte // the beginning of an incomplete head
	left   int64  // byLength: bytes to come
	bytes  int64  // body bytes seen
	chunks chunks
	events events
}

// begin makes r ready for the reply to a request that was due at intended.
func (r *reply) begin(intended int64, stream bool) {
	*r = reply{intended: intended, stream: stream, carry: r.carry[:0]}
}

// feed reads bytes that arrived at now and reports whether the reply is complete.
func (r *reply) feed(b []byte, now int64, t *tally) (done bool, err error) {
	if !r.begun && len(b) > 0 {
		r.begun = true
		t.first.add(now - r.intended)
	}
	for !r.inBody {
		used, err := r.feedHead(b)
		if err != nil || used < 0 {
			return false, err
		}
		b = b[used:]
	}
	return r.feedBody(b, now, t)
}

// feedHead returns how many bytes of b belong to the head, -1 if it is incomplete.
func (r *reply) feedHead(b []byte) (used int, err error) {
	whole, had := b, 0
	if len(r.carry) > 0 {
		had = len(r.carry)
		r.carry = append(r.carry, b[:min(len(b), maxHead)]...)
		whole = r.carry
	}
	end := bytes.Index(whole, headEnd)
	if end < 0 {
		if len(whole) > maxHead {
			return 0, errHeadTooLarge
		}
		if had == 0 {
			r.carry = append(r.carry[:0], b...)
		}
		return -1, nil
	}
	end += len(headEnd)
	h, err := parseHead(whole[:end])
	r.carry = r.carry[:0]
	if err != nil {
		return 0, err
	}
	if h.status >= 200 { // else interim: the real head follows
		r.head, r.inBody, r.left = h, true, h.length
	}
	return end - had, nil
}

func (r *reply) feedBody(b []byte, now int64, t *tally) (bool, error) {
	switch r.head.framing {
	case byLength:
		n := min(r.left, int64(len(b)))
		r.data(b[:n], now, t)
		r.left -= n
		if int64(len(b)) > n {
			return false, errSurplus
		}
		return r.finish(r.left == 0)
	case byChunks:
		for len(b) > 0 && r.chunks.state != chunkOver {
			data, used, err := r.chunks.next(b)
			if err != nil {
				return false, err
			}
			r.data(data, now, t)
			b = b[used:]
		}
		if len(b) > 0 {
			return false, errSurplus
		}
		return r.finish(r.chunks.state == chunkOver)
	}
	r.data(b, now, t)
	return false, nil
}

func (r *reply) data(b []byte, now int64, t *tally) {
	r.bytes += int64(len(b))
	if r.stream && len(b) > 0 && r.head.status/100 == 2 {
		r.events.feed(b, now, r.intended, t)
	}
}

// finish checks that a stream that is complete as HTTP is also complete as a stream.
func (r *reply) finish(done bool) (bool, error) {
	if done && r.stream && r.head.status/100 == 2 && !r.events.over {
		return true, errUnfinished
	}
	return done, nil
}

// eof reports whether the end of the connection is the end of the reply.
func (r *reply) eof() (bool, error) {
	return r.finish(r.inBody && r.head.framing == byClose)
}
