package hotpath

import (
	"bytes"

	"asbru/core"
	"asbru/hotpath/http1"
)

// forwarded are the client's header fields that are sent upstream. Nothing else is: with an
// allow-list no credential can be forgotten.
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

// request writes the attempt's upstream request into o: the target's path, host and
// credential, the client's permitted fields, and the body with what t needs patched.
func (s *Server) request(f *flight, r *http1.Request, o *outbox) bool {
	x, t := &f.x, f.target
	o.reset()
	crosses := f.crosses()
	model := f.model()
	if dotted(model) {
		refuse(x, core.Invalid, "the model "+quote(model)+" is no name but a way through directories", "ask GET /v1/models for the names")
		x.Fault.Param = "model"
		return false
	}
	if f.socket != nil {
		return s.requestSocket(f, r, o)
	}
	if crosses {
		var ok bool
		if o.b, ok = s.translate(o.b, f, r, model); !ok {
			return false
		}
	} else if !o.split(f, r, model) {
		o.b = appendBody(o.b, f, r, model)
	}
	h := append(o.head, r.Method.Of(f.buf)...)
	h = append(h, ' ')
	at := len(h)
	if x.Op == core.OpPass {
		h = appendPass(h, f)
	} else {
		h = x.Face.AppendPath(h, x.As, x.Peek.Stream, model)
	}
	if q := r.Query.Of(f.buf); !crosses && (len(q) > 0 || x.Array) {
		h = appendQuery(h, at, q, x)
	}
	target := core.Span{Start: int32(at), End: int32(len(h))}
	h = append(append(h, " HTTP/1.1\r\nHost: "...), t.Host...)
	h = append(h, "\r\n"...)
	if f.key != nil && f.key.Sign != nil {
		var ok bool
		if h, ok = sign(h, f, r, target, o.b[frontRoom:]); !ok {
			return false
		}
	} else if f.key != nil {
		h = append(h, f.key.Header...)
	}
	h = append(append(h, x.Face.Headers...), t.Headers...)
	if crosses {
		h = append(h, "Content-Type: application/json\r\n"...)
		h = f.cross.appendBetas(h, x)
	}
	h = appendForwarded(h, r, f, crosses)
	h = append(h, "Accept-Encoding: identity\r\n"...)
	if n := len(o.b) - frontRoom + o.tail.len(); n > 0 || r.ContentLength >= 0 || r.Chunked {
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

// appendPass appends the path of an operation that goes on as it is. A client that passes
// through to one provider may have written the beginning of that provider's paths already.
func appendPass(h []byte, f *flight) []byte {
	x := &f.x
	base := x.Face.Paths[core.OpPass]
	if base == "/" {
		base = ""
	}
	for i := 0; f.door.Provider != "" && i < len(base); i++ {
		if n := len(base) - i; base[i] == '/' && len(x.Path) > n && string(x.Path[:n]) == base[i:] && x.Path[n] == '/' {
			return append(append(h, base[:i]...), x.Path...)
		}
	}
	h = append(h, base...)
	if !x.Face.Deep && (len(f.door.Pass) > len(base) || base[len(base)-len(f.door.Pass):] != f.door.Pass) {
		h = append(h, f.door.Pass...)
	}
	switch at := f.spot; {
	case !at.Present():
		return append(h, x.Path...)
	case f.cut:
		return append(h, x.Path[at.End:]...)
	default:
		h = append(append(h, x.Face.Shelf...), x.Path[:at.Start]...)
		h = core.AppendSegment(h, f.model())
		return append(h, x.Path[at.End:]...)
	}
}

// dotted reports whether a name has a segment of one or two dots, which would let it escape from
// the path that it is put into.
func dotted(name []byte) bool {
	for len(name) > 0 {
		var part []byte
		part, name, _ = bytes.Cut(name, []byte("/"))
		if string(part) == "." || string(part) == ".." {
			return true
		}
	}
	return false
}

// model is the model name to send.
func (f *flight) model() []byte {
	if m := f.target.Model; m != "" {
		f.name = append(f.name[:0], m...)
		return f.name
	}
	return f.x.Name
}

// sign appends the credential lines of a key that signs or expires.
func sign(h []byte, f *flight, r *http1.Request, target core.Span, body []byte) (lines []byte, ok bool) {
	x := &f.x
	path, query, _ := bytes.Cut(target.Of(h), []byte("?"))
	kind := r.Value(f.buf, http1.ContentType)
	if f.crosses() {
		kind = []byte("application/json")
	}
	o := core.Outgoing{Method: r.Method.Of(f.buf), Path: path, Query: query, Host: []byte(f.target.Host), Type: kind, Body: body}
	if h, ok = f.key.Sign(h, &o); !ok {
		refuse(x, core.UpstreamFailed, "there is no valid credential for "+f.target.Name+" at the moment", "see the log for why it could not be renewed")
	}
	return h, ok
}

// appendQuery appends the client's query to the path at h[at:], without the parameters that stay
// here. If the client takes one JSON array, the path's own query is dropped: it asks for events.
func appendQuery(h []byte, at int, q []byte, x *core.Exchange) []byte {
	mark := byte('?')
	if i := bytes.IndexByte(h[at:], '?'); i >= 0 && x.Array {
		h = h[:at+i]
	} else if i >= 0 {
		mark = '&'
	}
next:
	for len(q) > 0 {
		var p []byte
		p, q, _ = bytes.Cut(q, []byte("&"))
		name, _, _ := bytes.Cut(p, []byte("="))
		for _, stays := range x.From.CutQuery {
			if string(name) == stays {
				continue next
			}
		}
		if len(p) > 0 {
			h = append(append(h, mark), p...)
			mark = '&'
		}
	}
	return h
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

// appendForwarded appends the client's header fields that are sent upstream. If the target speaks
// another format, those that belong to the client's format, describe its body or its preferences
// are left out.
func appendForwarded(h []byte, r *http1.Request, f *flight, crosses bool) []byte {
	b := f.buf
	for i := range r.N {
		fd := &r.Fields[i]
		name := fd.Name.Of(b)
		switch {
		case forwarded[fd.ID]:
			if !crosses || fd.ID != http1.ContentType && fd.ID != http1.Accept && fd.ID != http1.OpenAIBeta {
				h = fd.AppendTo(h, b)
			}
			continue
		case fd.ID == http1.Other && len(name) > len(extraHeader) && http1.HasPrefixFold(name, extraHeader):
			if name = name[len(extraHeader):]; !extra(name) {
				continue
			}
		case crosses || !listed(f.x.From.Forward, name):
			continue
		case f.x.Face.Betas != nil:
			h = appendKnown(h, name, fd.Value.Of(b), f.x.Face.Betas)
			continue
		}
		h = append(append(h, name...), ": "...)
		h = append(append(h, fd.Value.Of(b)...), "\r\n"...)
	}
	return h
}

// appendKnown appends a field whose value is a list, reduced to the names that begin with one of
// known; if none is left, no field. A server that does not know a name would answer 400.
func appendKnown(h, name, value []byte, known []string) []byte {
	start := len(h)
	h = append(append(h, name...), ": "...)
	at := len(h)
	for len(value) > 0 {
		var one []byte
		one, value, _ = bytes.Cut(value, []byte(","))
		one = bytes.Trim(one, " \t")
		for _, k := range known {
			if len(one) > 0 && bytes.HasPrefix(one, []byte(k)) {
				if len(h) > at {
					h = append(h, ',')
				}
				h = append(h, one...)
				break
			}
		}
	}
	if len(h) == at {
		return h[:start]
	}
	return append(h, "\r\n"...)
}

// extraHeader is the prefix of fields that the client wants sent on without that prefix.
const extraHeader = "x-bf-eh-"

// kept are the fields that are never sent on for a client, with or without the prefix: those that
// frame a message, belong to one connection, or carry a credential.
var kept = []string{
	"proxy-authorization", "proxy-authenticate", "proxy-connection", "cookie", "host", "content-length", "content-type",
	"content-encoding", "accept-encoding", "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "expect",
	"authorization", "x-api-key", "api-key", "x-goog-api-key", "x-amz-security-token", "x-amz-date", "x-amz-content-sha256",
}

// extra reports whether a client may have a field called name sent on.
func extra(name []byte) bool {
	return !listed(kept, name) && !http1.HasPrefixFold(name, "x-bf-") && !http1.HasPrefixFold(name, "x-forwarded-")
}

// wantsName reports whether the body must name the model that the client's path named.
func (f *flight) wantsName(r *http1.Request) bool {
	x := &f.x
	if x.Op == core.OpPass {
		return f.cut && isJSON(r.Value(f.buf, http1.ContentType))
	}
	return bytes.IndexByte([]byte(x.Face.Paths[x.As]), '{') < 0
}

// appendNamed appends the client's body with the model in it that the path named, in place of
// the body's own if it has one: the path decided about what the caller may use.
func appendNamed(dst []byte, f *flight, model []byte) []byte {
	x := &f.x
	if x.Peek.ModelAt.Present() {
		name := x.Peek.Model
		x.Peek.Model = nil // what the body says is another one, or the same in other words
		dst = x.From.AppendBody(dst, x.Body, x.Op, &x.Peek, x.Face, model)
		x.Peek.Model = name
		return dst
	}
	i := bytes.IndexByte(x.Body, '{')
	if i < 0 {
		return append(dst, x.Body...)
	}
	whole := make([]byte, 0, len(x.Body)+core.MaxModelName+16)
	whole = append(append(append(append(whole, x.Body[:i]...), `{"model":"`...), f.named...), '"')
	if rest := bytes.TrimLeft(x.Body[i+1:], " \t\r\n"); len(rest) > 0 && rest[0] != '}' {
		whole = append(whole, ',')
	}
	whole = append(whole, x.Body[i+1:]...)
	var p core.Peek
	if x.From.Peek(whole, x.Op, &p) != nil {
		return append(dst, whole...)
	}
	return x.From.AppendBody(dst, whole, x.Op, &p, x.Face, model)
}

func listed(names []string, name []byte) bool {
	for _, n := range names {
		if http1.EqualFold(name, n) {
			return true
		}
	}
	return false
}

// appendBody appends the body to send. A form keeps its bytes but for the
// value of its model field; JSON is the dialect's to patch; all else passes.
func appendBody(dst []byte, f *flight, r *http1.Request, model []byte) []byte {
	x := &f.x
	at := x.Peek.ModelAt
	switch {
	case len(x.Body) == 0:
		return dst
	case len(f.named) > 0 && f.wantsName(r):
		return appendNamed(dst, f, model)
	case !at.Present() && !x.Peek.FallsAt.Present() && len(x.Face.Cut) == 0 && len(x.Face.Insert) == 0:
		return append(dst, x.Body...)
	case x.Op == core.OpPass && !isJSON(r.Value(f.buf, http1.ContentType)):
		dst = append(dst, x.Body[:at.Start]...)
		return append(append(dst, model...), x.Body[at.End:]...)
	}
	return x.From.AppendBody(dst, x.Body, x.Op, &x.Peek, x.Face, model)
}
