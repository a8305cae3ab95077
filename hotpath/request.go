package hotpath

import (
	"bytes"

	"asbru/core"
	"asbru/hotpath/http1"
)

// forwarded are the client's fields that go upstream. Everything else stays
// here: a list of what passes cannot forget a credential.
var forwarded = [http1.NumFieldIDs]bool{
	http1.Accept:         true,
	http1.AcceptLanguage: true,
	http1.ContentType:    true,
	http1.UserAgent:      true,
	http1.Range:          true,
	http1.IdempotencyKey: true,
	http1.Traceparent:    true,
	http1.Tracestate:     true,
	http1.OpenAIBeta:     true,
	http1.LastEventID:    true,
}

// An outbox is a buffer that is written from the middle: the body first, then,
// when its length is known, the head in front of it. One write sends both.
type outbox struct {
	b     []byte // b[start:] is what to send
	start int
	head  []byte // scratch for the head
}

func (o *outbox) reset() {
	if cap(o.b) < frontRoom {
		o.b = make([]byte, frontRoom, frontRoom+readSize+(8<<10))
	}
	o.b, o.start = o.b[:frontRoom], frontRoom
	o.head = o.head[:0]
}

// shrink drops a buffer that one large message grew.
func (o *outbox) shrink() {
	if cap(o.b) > frontRoom+4*readSize {
		o.b = nil
	}
}

// front puts p before what is there. It reports false when there is no room.
func (o *outbox) front(p []byte) bool {
	if len(p) > o.start {
		return false
	}
	o.start -= len(p)
	copy(o.b[o.start:], p)
	return true
}

func (o *outbox) bytes() []byte { return o.b[o.start:] }

// request writes the attempt's upstream request into o: the target's path, host and
// credential, the client's permitted fields, and the body with what t needs patched.
func (s *Server) request(f *flight, r *http1.Request, o *outbox) bool {
	x, t := &f.x, f.target
	o.reset()
	o.b = appendBody(o.b, f, r)
	h := append(o.head, r.Method.Of(f.buf)...)
	h = append(h, ' ')
	h = append(h, x.Face.Paths[x.As]...)
	if x.Op == core.OpPass {
		h = append(h, x.Path...)
	}
	if q := r.Query.Of(f.buf); len(q) > 0 {
		mark := byte('?')
		if bytes.IndexByte([]byte(x.Face.Paths[x.As]), '?') >= 0 {
			mark = '&'
		}
		h = append(append(h, mark), q...)
	}
	h = append(append(h, " HTTP/1.1\r\nHost: "...), t.Host...)
	h = append(h, "\r\n"...)
	if f.key != nil {
		h = append(h, f.key.Header...)
	}
	h = append(h, t.Headers...)
	h = appendForwarded(h, r, f.buf)
	h = append(h, "Accept-Encoding: identity\r\n"...)
	if n := len(o.b) - frontRoom; n > 0 || r.ContentLength >= 0 || r.Chunked {
		h = append(http1.AppendUint(append(h, "Content-Length: "...), uint64(n)), "\r\n"...)
	}
	o.head = append(h, "\r\n"...)
	if !o.front(o.head) {
		refuse(x, core.TooLarge, "the header lines that go on to the provider are longer than 10240 bytes", "send shorter ones")
		x.Fault.Status = 431
		return false
	}
	return true
}

func appendForwarded(h []byte, r *http1.Request, b []byte) []byte {
	for i := range r.N {
		fd := &r.Fields[i]
		if forwarded[fd.ID] {
			h = append(append(h, fd.Name.Of(b)...), ": "...)
			h = append(append(h, fd.Value.Of(b)...), "\r\n"...)
		}
	}
	return h
}

// appendBody appends the body to send. A form keeps its bytes but for the
// value of its model field; JSON is the dialect's to patch; all else passes.
func appendBody(dst []byte, f *flight, r *http1.Request) []byte {
	x, t := &f.x, f.target
	model := x.Name
	if t.Model != "" {
		model = append(f.name[:0], t.Model...)
	}
	at := x.Peek.ModelAt
	switch {
	case len(x.Body) == 0:
		return dst
	case !at.Present() && !x.Peek.FallsAt.Present():
		return append(dst, x.Body...)
	case x.Op == core.OpPass && !isJSON(r.Value(f.buf, http1.ContentType)):
		dst = append(dst, x.Body[:at.Start]...)
		return append(append(dst, model...), x.Body[at.End:]...)
	}
	return x.From.AppendBody(dst, x.Body, x.Op, &x.Peek, x.Face, model)
}
