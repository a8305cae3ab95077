package hotpath

import (
	"bytes"
	"math"

	"asbru/core"
	"asbru/hotpath/http1"
)

// ready decides about a complete request: it is peeked into, resolved to a route, and
// taken through the plan, whose verdict it returns.
func (s *Server) ready(f *flight, r *http1.Request) core.Verdict {
	x := &f.x
	if x.Reply.Status != 0 {
		return core.Answer // of a preflight
	}
	x.Body = f.buf[f.head:]
	x.Sent = int32(min(len(x.Body), math.MaxInt32))
	session(x, r, f.buf)
	if !budget(x, r, f.buf) {
		return core.Refuse
	}
	if k := x.Key; k.Tally != nil {
		k.Tally.Requests.Add(1)
	}
	if x.Snap.Gated {
		f.hurry(r)
	}
	x.Plan = &x.Key.Policy.Plans[x.Op]
	if x.Op != core.OpModels && !s.resolve(f, r) {
		return core.Refuse
	}
	return s.stages(f, r)
}

// stages is decide with the head made available to the stages.
func (s *Server) stages(f *flight, r *http1.Request) core.Verdict {
	f.fields = fields{r, f}
	f.x.Head = &f.fields
	v := s.decide(f)
	if v == core.Answer && f.x.Watch != nil {
		s.behind(f, r)
	}
	f.x.Head = nil // r belongs to the lane, which reuses it for the next request
	return v
}

// resolve finds the route of the request.
func (s *Server) resolve(f *flight, r *http1.Request) bool {
	x := &f.x
	if f.socket != nil {
		if !peekSocket(f, r) {
			return false
		}
	} else if !peek(f, r) {
		return false
	} else if x.Op == core.OpPass {
		x.Peek.Free = idle(r, f.buf)
	} else if x.Op == core.OpCount {
		x.Peek.Free = true
	}
	if f.door.Provider != "" {
		return through(f, r)
	}
	if len(x.Peek.Model) == 0 {
		return pass(f, r)
	}
	if x.Route, x.Name = x.Key.Lead(x.Snap, x.Peek.Model); x.Route != nil {
		return fallbacks(x)
	}
	refuse(x, core.NotFound, "no provider here serves the model "+quote(x.Peek.Model), "ask GET /v1/models for the names, or write provider/model")
	x.Fault.Kind, x.Fault.Param = "model_not_found", "model"
	return false
}

// through finds the route behind a door that belongs to one provider.
func through(f *flight, r *http1.Request) bool {
	x := &f.x
	x.Fixed = true
	if m := r.Method.Of(f.buf); string(m) != "POST" && f.socket == nil {
		refuse(x, core.Forbidden, "this path accepts only POST", "use the door without _passthrough")
		return false
	}
	if x.Route, x.Name = x.Snap.Providers[f.door.Provider], x.Peek.Model; x.Route != nil {
		return true
	}
	refuse(x, core.NotFound, "no provider is called "+quote([]byte(f.door.Provider)), "see the names under providers in the configuration")
	return false
}

// fallbacks refuses a caller's own list of fallbacks if nobody serves one of them: dropping
// a name silently would take away the caller's safety net.
func fallbacks(x *core.Exchange) bool {
	for _, name := range x.Peek.Fallbacks {
		if name == nil {
			return true
		}
		if r, _ := x.Snap.Resolve(name); r == nil {
			refuse(x, core.NotFound, "no provider here serves the fallback "+quote(name), "ask GET /v1/models for the names, or write provider/model")
			x.Fault.Kind, x.Fault.Param = "model_not_found", "fallbacks"
			return false
		}
	}
	return true
}

// idle reports whether a relayed request gives no work to a model: it only reads or deletes
// something, or has no body.
func idle(r *http1.Request, b []byte) bool {
	m := r.Method.Of(b)
	return string(m) == "GET" || string(m) == "HEAD" || string(m) == "DELETE" || r.ContentLength <= 0 && !r.Chunked
}

// peek reads from the body what the policy needs. Bodies that are not JSON are relayed
// unread, except for the model field of a form. A body without a content type is read if it
// holds a brace: without one no parser could take any of it for an object.
func peek(f *flight, r *http1.Request) bool {
	x := &f.x
	if x.Op == core.OpPass {
		kind := r.Value(f.buf, http1.ContentType)
		if len(x.Body) == 0 || len(f.named) == 0 && uploads(x, r, f.buf) {
			return true
		}
		if boundary, form := formBoundary(kind); form {
			var ok bool
			if x.Peek.Model, x.Peek.ModelAt, ok = formModel(x.Body, boundary); !ok {
				refuse(x, core.Invalid, "the form cannot be read in one way only", "send multipart/form-data as RFC 7578 says, with one model field at most")
			}
			return ok
		}
		if !isJSON(kind) || len(kind) == 0 && bytes.IndexByte(x.Body, '{') < 0 {
			return true
		}
	}
	if len(r.Value(f.buf, http1.ContentEncoding)) > 0 {
		refuse(x, core.Invalid, "the request body is encoded and cannot be read", "send it without Content-Encoding")
		return false
	}
	if x.Fault = x.From.Peek(x.Body, x.Op, &x.Peek); x.Fault != nil && x.Fault.Param == "model" && len(f.named) > 0 {
		x.Fault = x.From.Peek(x.Body, core.OpPass, &x.Peek) // the path names it
	}
	if x.Fault == nil && f.drop != "" {
		x.Body = f.plain()
		x.Fault = x.From.Peek(x.Body, x.Op, &x.Peek)
	}
	if x.Fault != nil {
		return false
	}
	if len(f.named) > 0 {
		x.Peek.Model, x.Peek.Stream = f.named, x.Peek.Stream || f.stream
	}
	return true
}

// plain returns a valid body rewritten for paths that do not name the model: the member that
// stands in for a model is cut out, and the model is put in.
func (f *flight) plain() []byte {
	x := &f.x
	face := core.Face{Cut: []string{f.drop}}
	if len(f.named) > 0 {
		face.Insert = append(append(append(make([]byte, 0, core.MaxModelName+16), `"model":"`...), f.named...), `",`...)
		face.Cut = append(face.Cut, "model")
	}
	return x.From.AppendBody(make([]byte, 0, len(x.Body)+len(face.Insert)), x.Body, x.Op, &core.Peek{}, core.Send{Face: &face})
}

// pass finds the route of a request that names no model: the provider that the
// client names in a header, or the only candidate.
func pass(f *flight, r *http1.Request) bool {
	x := &f.x
	if v := r.Value(f.buf, http1.XModelProvider); len(v) > 0 {
		if x.Route = x.Snap.Providers[string(v)]; x.Route != nil {
			return true
		}
		refuse(x, core.NotFound, "no provider is called "+quote(v), "see the names under providers in the configuration")
		return false
	}
	if x.Route = x.Snap.Only; x.Route != nil {
		return true
	}
	if x.Route = x.Snap.Providers[x.From.Name]; x.Route != nil {
		return true
	}
	hint := "name one in the header x-model-provider"
	if _, asks := f.door.Ops["POST "+string(x.Path)]; asks && string(r.Method.Of(f.buf)) != "POST" {
		hint = "send POST to ask a model, or name a provider in the header x-model-provider"
	}
	refuse(x, core.Invalid, "the request names no model, and several providers could serve "+quote(x.Path), hint)
	return false
}

// uploads reports whether the body is part of a file: Google's clients send no content type.
func uploads(x *core.Exchange, r *http1.Request, b []byte) bool {
	const command = "x-goog-upload-command"
	if !listed(x.From.Forward, []byte(command)) {
		return false
	}
	v, n := named(&r.Head, b, command)
	return n == 1 && http1.HasPrefixFold(v, "upload")
}

func isJSON(kind []byte) bool {
	const want = "application/json"
	return len(kind) == 0 || len(kind) >= len(want) && bytes.EqualFold(kind[:len(want)], []byte(want))
}

// quote shows a client's own bytes in a message: shortened, and without control or
// non-ASCII characters.
func quote(b []byte) string {
	const show = 80
	cut := len(b) > show
	if cut {
		b = b[:show]
	}
	out := append(make([]byte, 0, len(b)+5), '"')
	for _, c := range b {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			c = '?'
		}
		out = append(out, c)
	}
	if cut {
		out = append(out, "..."...)
	}
	return string(append(out, '"'))
}
