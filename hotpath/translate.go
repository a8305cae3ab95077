package hotpath

import (
	"strings"

	"asbru/core"
	"asbru/hotpath/http1"
)

// translate appends to dst the client's request in the format of f's target.
// ok is false if it cannot be expressed there: x.Fault says why.
func (s *Server) translate(dst []byte, f *flight, r *http1.Request, model []byte) (out []byte, ok bool) {
	x := &f.x
	if f.cross == nil {
		f.cross = s.crosses.Get().(*crossing)
		f.cross.f = f
		f.cross.wants = wishesOf(r, f.buf)
		f.cross.betas = betasOf(r, f.buf)
	}
	c, at := f.cross, len(dst)
	if c.splice != nil && c.splice.in != nil {
		return c.resume(dst, x, model)
	}
	c.forget()
	for {
		if x.Fault = c.parse(x); x.Fault == nil {
			dst, x.Fault = c.ask(dst[:at], x, model)
		}
		if x.Fault == nil {
			break
		}
		if !c.wants.drop || !c.cut(x) {
			return dst, false
		}
	}
	c.dropped = append(c.heeded(c.dropped), c.without...)
	if c.wants.extras {
		dst = c.appendUnknown(dst)
	}
	if c.wants.request {
		c.sent = append(c.sent[:0], dst[at:]...)
	}
	c.begin(x, model)
	if c.splice = nil; f.rescues() && c.plain() {
		c.splice = &splice{open: -1}
	}
	return dst, true
}

// heeded removes from the list of dropped fields those that the gateway itself implements.
func (c *crossing) heeded(dropped []string) []string {
	out := dropped[:0]
	for _, name := range dropped {
		if name != "stream_options" && name != "fallbacks" && !c.isNull(name) {
			out = append(out, name)
		}
	}
	return out
}

// isNull reports whether the request's member name is null, and so asks for nothing.
func (c *crossing) isNull(name string) bool {
	for n := c.chat.More; n != 0; {
		var e core.Extra
		if e, n = c.chat.Extra(n); string(e.Key) == name {
			return string(e.Value) == "null"
		}
	}
	return false
}

// ask appends the parsed request in the target's format.
func (c *crossing) ask(dst []byte, x *core.Exchange, model []byte) (out []byte, f *core.Fault) {
	if need := c.chat.Needs; need != nil {
		return dst, &core.Fault{Code: core.Invalid, Param: string(need), Message: "the request cannot be carried out by " + c.f.target.Name + " with " + quote(need) + ": its format has nothing like it",
			Hint: "leave it out, or ask a model whose provider has it"}
	}
	send := core.Send{Model: model, Face: x.Face, Stream: x.Peek.Stream}
	to := x.Face.Dialect
	switch x.As {
	case core.OpEmbed:
		dst, f = to.Embeds.AppendRequest(dst, &c.embed, &send)
		c.dropped = c.embed.Dropped
	case core.OpRerank:
		dst, f = to.Reranks.AppendRequest(dst, &c.rerank, &send)
		c.dropped = c.rerank.Dropped
	case core.OpCount:
		c.chat.Dropped = c.chat.Dropped[:0]
		dst, f = to.Counts.AppendRequest(dst, &c.chat, &send)
		c.dropped = c.chat.Dropped
	default:
		c.chat.Dropped = c.chat.Dropped[:0]
		dst, f = to.Chats[x.As].AppendRequest(dst, &c.chat, &send)
		c.dropped = c.chat.Dropped
	}
	return dst, f
}

// cut removes the member that x.Fault complains about from the request, for a client that wants
// inexpressible parameters dropped. It reports false if there is no such member, or if the
// request makes no sense without it.
func (c *crossing) cut(x *core.Exchange) bool {
	name, _, _ := strings.Cut(x.Fault.Param, ".")
	name, _, _ = strings.Cut(name, "[")
	switch name {
	case "", "model", "messages", "input", "contents", "system", "instructions":
		return false
	}
	if len(c.without) == maxWithout {
		return false
	}
	body := x.Body
	if c.body != nil {
		body = c.body
	}
	out := x.From.AppendBody(nil, body, x.Op, &core.Peek{}, core.Send{Face: &core.Face{Cut: []string{name}}})
	if len(out) >= len(body) {
		return false
	}
	c.body, c.read = out, false
	c.without = append(c.without, name)
	c.chat.Reset()
	c.embed.Reset()
	c.rerank.Reset()
	return true
}

// parse reads the client's request, once for all attempts.
func (c *crossing) parse(x *core.Exchange) *core.Fault {
	if c.read {
		return nil
	}
	var f *core.Fault
	body := x.Body
	if c.body != nil {
		body = c.body
	}
	switch x.Op {
	case core.OpEmbed:
		f = x.From.Embeds.ParseRequest(&c.embed, body)
	case core.OpRerank:
		f = x.From.Reranks.ParseRequest(&c.rerank, body)
	case core.OpCount:
		c.chat.From, c.chat.Op = x.From, x.Op
		f = x.From.Counts.ParseRequest(&c.chat, body)
	default:
		c.chat.From, c.chat.Op = x.From, x.Op
		f = x.From.Chats[x.Op].ParseRequest(&c.chat, body)
		if c.chat.Betas == nil && c.betas != nil {
			c.chat.Betas = c.betas
		}
	}
	c.read = f == nil
	return f
}
