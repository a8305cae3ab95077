package hotpath

import (
	"asbru/core"
	"asbru/hotpath/http1"
)

// An outbox is a buffer that is written from the middle: first the body and then,
// once its length is known, the head in front of it. One write sends both.
type outbox struct {
	b     []byte // b[start:] is what to send
	start int
	head  []byte // scratch for the head
	tail  tail   // further bytes to send after b[start:], not copied
}

// A tail is a large body that is sent straight from the client's buffer: copying it would
// double the memory of each upload.
type tail [3][]byte

func (t *tail) len() int { return len(t[0]) + len(t[1]) + len(t[2]) }

func (o *outbox) reset() {
	if cap(o.b) < frontRoom {
		o.b = make([]byte, frontRoom, frontRoom+readSize+(8<<10))
	}
	o.b, o.start = o.b[:frontRoom], frontRoom
	o.head = o.head[:0]
	o.tail = tail{}
}

// shrink drops the buffer if a large message has grown it.
func (o *outbox) shrink() {
	if cap(o.b) > frontRoom+4*readSize {
		o.b = nil
	}
}

// front puts p before the present contents. It reports false if there is no room.
func (o *outbox) front(p []byte) bool {
	if len(p) > o.start {
		return false
	}
	o.start -= len(p)
	copy(o.b[o.start:], p)
	return true
}

func (o *outbox) bytes() []byte { return o.b[o.start:] }

// show shows a part of b, of the reply's body, to the Watcher of x.
func (o *outbox) show(x *core.Exchange, news core.Span) {
	if x.Watch != nil && news.Present() {
		x.Watch.Saw(x, news.Of(o.b))
	}
}

// split puts a large body that is not JSON into the tail of o, in pieces of the client's own bytes.
// It reports false for all other bodies.
func (o *outbox) split(f *flight, r *http1.Request, model []byte) bool {
	x := &f.x
	if x.Op != core.OpPass || len(x.Body) < largeBody || f.key != nil && f.key.Sign != nil || isJSON(r.Value(f.buf, http1.ContentType)) {
		return false
	}
	if at := x.Peek.ModelAt; at.Present() {
		o.tail = tail{x.Body[:at.Start], append([]byte(nil), model...), x.Body[at.End:]}
	} else {
		o.tail[0] = x.Body
	}
	return true
}
