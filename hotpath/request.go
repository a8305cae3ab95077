package hotpath

import (
	"bytes"

	"asbru/core"
	"asbru/hotpath/http1"
)

// request writes the attempt's upstream request into o: the target's path, host and
// credential, the client's permitted fields, and the body with what t needs patched.
func (s *Server) request(f *flight, r *http1.Request, o *outbox) bool {
	x, t := &f.x, f.target
	o.reset()
	crosses := f.crosses()
	model := f.model()
	if dotted(model) {
		refuse(x, core.Invalid, "the model "+quote(model)+" contains dot segments and cannot be a name", "ask GET /v1/models for the names")
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
		dst = x.From.AppendBody(dst, x.Body, x.Op, &x.Peek, core.Send{Face: x.Face, Model: model})
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
	return x.From.AppendBody(dst, whole, x.Op, &p, core.Send{Face: x.Face, Model: model})
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
	return x.From.AppendBody(dst, x.Body, x.Op, &x.Peek, core.Send{Face: x.Face, Model: model})
}
