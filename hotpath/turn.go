package hotpath

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"

	"asbru/core"
	"asbru/hotpath/http1"
)

// turn translates a complete reply of the target, status and body, into the client's format:
// x.Reply. An unreadable reply becomes a Fault. The bytes of x.Reply belong to c.
func (c *crossing) turn(x *core.Exchange, status int, body, room []byte) (out []byte, kind string) {
	if c.coded && status >= 300 {
		body = inflated(body)
	}
	body = core.Readable(body)
	if status >= 300 {
		return c.turnFault(x, status, body, room), "application/json"
	}
	to, from := x.From, x.Face.Dialect
	kind = "application/json"
	var err error
	switch x.As {
	case core.OpEmbed:
		if err = from.Embeds.ParseReply(&c.vectors, body); err == nil {
			x.Usage = c.vectors.Usage
			c.calls(c.vectors.Model)
			room = to.Embeds.AppendReply(room, &c.vectors, &c.embed, &c.x)
		}
	case core.OpRerank:
		if err = from.Reranks.ParseReply(&c.ranking, body); err == nil {
			x.Usage = c.ranking.Usage
			c.calls(c.ranking.Model)
			room = to.Reranks.AppendReply(room, &c.ranking, &c.rerank, &c.x)
		}
	case core.OpCount:
		var n int64
		if n, err = from.Counts.ParseReply(body); err == nil {
			room = to.Counts.AppendReply(room, n)
		}
	default:
		c.reply.From, c.reply.Op = from, x.As
		if err = from.Chats[x.As].ParseReply(&c.reply, body); err != nil {
			break
		}
		x.Usage = c.reply.Usage
		if why := c.reply.Fault; why != nil {
			x.Fault = &core.Fault{Code: why.Code, Kind: why.Kind, Message: c.f.target.Name + " could not answer: " + why.Message, Hint: "try again, or ask another model"}
			return room, kind
		}
		x.Stream.SetWhole(len(body))
		if v := x.Face.Vendor; v != core.NoVendor {
			for i := range c.reply.Parts {
				if p := &c.reply.Parts[i]; p.Vendor != core.NoVendor {
					p.Vendor = v
				}
			}
		}
		c.calls(c.reply.Model)
		codec := to.Chats[x.Op]
		if !x.Peek.Stream {
			return codec.AppendReply(room, &c.reply, &c.x), kind
		}
		kind = codec.Framing.ContentType(x.Array)
		c.events = c.x.Replay(c.events[:0], &c.reply)
		for i := range c.events {
			room = codec.AppendEvent(room, &c.x, &c.events[i])
		}
	}
	if err != nil {
		x.Fault = c.unread(x, body, err)
	}
	return room, kind
}

// inflated returns the error in body, which some gateways compress though nobody asked for it; nothing if it cannot
// be read.
func inflated(body []byte) []byte {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil
	}
	text, _ := io.ReadAll(io.LimitReader(z, maxTestimony)) // what there is of one that is cut
	return text
}

// unread is the Fault of a reply that cannot be read as its format. Some providers report an error with status 200:
// then it says what they say.
func (c *crossing) unread(x *core.Exchange, body []byte, cause error) *core.Fault {
	var said core.Fault
	if read := x.Face.Dialect.ReadFault; read != nil && len(body) > 0 && (body[0] == '{' || body[0] == '[') {
		read(body, &said)
	}
	if said.Message != "" && !said.BadKey {
		return &core.Fault{Code: core.UpstreamFailed, Message: c.f.target.Name + " answered 200 with an error: " + said.Message,
			Retry: said.Retry, Hint: "try again, or ask another model", Cause: cause}
	}
	return &core.Fault{Code: core.UpstreamFailed, Message: c.f.target.Name + " answered what cannot be read as its format",
		Hint: "try again, or ask another model", Cause: cause}
}

// calls gives the client the provider's name of the model, as a stream does.
func (c *crossing) calls(model core.Text) {
	if len(model) > 0 {
		c.x.Model = append(c.x.Model[:0], model...)
	}
}

// turnFault translates an error reply of the target into the client's format; the status stays.
func (c *crossing) turnFault(x *core.Exchange, status int, body, room []byte) []byte {
	f := &core.Fault{Code: codeOf(status), Status: status}
	if read := x.Face.Dialect.ReadFault; read != nil {
		read(body, f)
	}
	c.despair(f)
	if f.Message == "" {
		f.Message = string(http1.AppendUint(append([]byte(c.f.target.Name), " answered "...), uint64(status)))
	}
	f.Retry = max(f.Retry, c.f.seconds())
	if f.Retry > 0 && !c.tellsRetry() && !c.f.sleeps() {
		c.kept = appendRetry(c.kept, f.Retry)
	}
	if x.From.FaultHeader != nil {
		c.kept = x.From.FaultHeader(c.kept, f)
	}
	var id [32]byte
	return x.From.AppendFault(room, f, appendHexID(id[:0], &x.ID))
}

// same returns a reply in the client's own format unchanged: an error, or one that says where to ask next.
func (c *crossing) same(x *core.Exchange, body, room []byte) []byte {
	if c.homes {
		return c.f.appendHomed(room, body)
	}
	var f core.Fault
	x.From.ReadFault(body, &f)
	c.despair(&f)
	if n := c.f.seconds(); n > 0 && !c.tellsRetry() {
		c.kept = appendRetry(c.kept, n)
	}
	return append(room, body...)
}

func appendRetry(h []byte, seconds int) []byte {
	return append(http1.AppendUint(append(h, "Retry-After: "...), uint64(seconds)), "\r\n"...)
}

// despair tells clients not to retry, whatever the provider says.
func (c *crossing) despair(f *core.Fault) {
	if unpaid(f.Kind) {
		c.retry = append(c.retry[:0], "false"...)
	}
}

// codeOf is the Code of an upstream's own error status.
func codeOf(status int) core.Code {
	switch {
	case status == 404:
		return core.NotFound
	case status == 413:
		return core.TooLarge
	case status == 429:
		return core.RateLimited
	case status == 408 || status == 504:
		return core.UpstreamTimeout
	case status == 503 || status == 529:
		return core.Overloaded
	case status >= 500:
		return core.UpstreamFailed
	}
	return core.Invalid
}

// pass translates one frame of the target's stream and appends the client's to dst.
// An unreadable event is counted and skipped: the stream goes on.
func (c *crossing) pass(dst []byte, x *core.Exchange, name, data []byte) []byte {
	if c.splice != nil {
		return c.passSpliced(dst, x, name, data)
	}
	if c.x.Ended {
		return dst // see over
	}
	from, to := x.Face.Dialect.Chats[x.As], x.From.Chats[x.Op]
	was := c.x.Usage
	ev, err := from.ParseEvent(c.events[:0], &c.x, name, core.Readable(data))
	if err != nil {
		x.Stream.Unread++
		return dst
	}
	remain(&was, &c.x.Usage)
	c.events = ev
	for i := range ev {
		if x.Stream.Failed { // what failed has no end
			x.Stream.Done = x.Stream.Done || ev[i].Kind == core.EventEnd
			continue
		}
		mark(x, &c.x, &ev[i])
		dst = to.AppendEvent(dst, &c.x, &ev[i])
	}
	x.Stream.Usage = c.x.Usage
	return dst
}

// mark updates the state of the stream from an event that z has read.
func mark(x *core.Exchange, z *core.Crossing, e *core.Event) {
	if v := x.Face.Vendor; v != core.NoVendor && (e.Kind == core.EventOpen || e.Kind == core.EventSign) {
		if b := &z.Blocks[e.Block]; b.Vendor != core.NoVendor {
			b.Vendor = v
		}
	}
	x.Stream.Several = x.Stream.Several || e.Choice > 0
	switch e.Kind {
	case core.EventDelta:
		x.Stream.Content = x.Stream.Content || len(e.Text) > 0
	case core.EventOpen:
		kind := z.Blocks[e.Block].Kind
		x.Stream.Content = x.Stream.Content || kind != core.PartText && kind != core.PartThought
	case core.EventFinish:
		x.Stream.Finished = true
	case core.EventFault:
		x.Stream.Failed = true
	case core.EventEnd:
		x.Stream.Done = true
	}
}

// last ends the client's stream when the target's has ended. A stream that finished
// but lacks its terminator gets one; one that did not finish was cut.
func (c *crossing) last(dst []byte, x *core.Exchange) (out []byte, cut bool) {
	switch {
	case c.broke():
		return dst, true
	case c.x.Ended || x.Stream.Failed:
		return dst, false
	case !c.x.Finished:
		return dst, true
	}
	c.x.Ended, x.Stream.Done = true, true
	e := core.Event{Kind: core.EventEnd}
	return x.From.Chats[x.Op].AppendEvent(dst, &c.x, &e), false
}

// keep remembers the header fields of a reply that the client gets.
func (c *crossing) keep(rep *http1.Reply, b []byte) {
	for i := range rep.N {
		fd := &rep.Fields[i]
		switch {
		case fd.ID == http1.XShouldRetry:
			c.retry = append(c.retry[:0], fd.Value.Of(b)...)
		case fd.ID == http1.ContentEncoding && !c.raw:
			c.coded = !http1.EqualFold(fd.Value.Of(b), "identity")
		case !c.raw && (fd.ID == http1.RetryAfter || fd.ID == http1.RetryAfterMs) && c.f.sleeps():
		case (crossed[fd.ID] || c.raw && c.passes(fd, b)) && len(c.kept) < maxOutHead/2:
			c.kept = append(append(c.kept, fd.Name.Of(b)...), ": "...)
			c.kept = append(append(c.kept, fd.Value.Of(b)...), "\r\n"...)
		}
	}
}

// passes reports whether a header field is sent on together with an unchanged body.
func (c *crossing) passes(fd *http1.Field, b []byte) bool {
	return answered[fd.ID] || fd.ID == http1.Other && listed(c.f.x.From.Answered, fd.Name.Of(b))
}

// maxDroppedHead bounds the header of what was left out, which names members of the client's choice: clients refuse
// a head that is too long.
const maxDroppedHead = 2 << 10

// appendDropped appends the header that names what was left out of the request.
func (c *crossing) appendDropped(h []byte) []byte {
	if len(c.dropped) == 0 {
		return h
	}
	h = append(h, "X-Bf-Dropped-Params: "...)
	at := len(h)
	for i, name := range c.dropped {
		if i > 0 {
			h = append(h, ", "...)
		}
		if len(h)-at+len(name) > maxDroppedHead {
			h = append(h, "and more"...)
			break
		}
		for _, b := range []byte(name) {
			if b > ' ' && b < 0x7f && b != ',' {
				h = append(h, b)
			}
		}
	}
	return append(h, "\r\n"...)
}

// lost notes why a reply was not used, in case no other target answers. If the connection ended,
// the attempt already says so.
func (f *flight) lost(err error) {
	if errors.Is(err, errLong) {
		f.x.Fault = &core.Fault{Code: core.UpstreamFailed, Message: f.target.Name + ": " + errLong.Error(), Hint: "ask for less, or through a door of the provider's own format", Cause: err}
	}
}

// whole answers the client with the translation of the complete reply in f.rel.kept. If that is
// unreadable and another target may do better, it reports false and answers nothing.
func (s *Server) whole(f *flight, o *outbox) bool {
	x, c := &f.x, f.cross
	status := f.status
	o.reset()
	var body []byte
	kind := "" // raw: among the fields that were kept
	if c.raw {
		body = c.same(x, f.rel.kept, o.b)
	} else {
		body, kind = c.turn(x, status, f.rel.kept, o.b)
	}
	if x.Fault != nil && f.spare() {
		x.Fault, x.Usage = nil, core.Usage{}
		f.attempt().Status, f.void = 502, true
		return false
	}
	f.rel.committed = true
	if x.Fault != nil {
		f.void = true
		s.answer(f, o, false)
		return true
	}
	o.b = body
	if x.Watch != nil {
		x.Watch.Saw(x, o.b[frontRoom:])
	}
	h := append(http1.AppendUint(append(appendStatus(o.head, status), "Content-Length: "...), uint64(len(o.b)-frontRoom)), "\r\n"...)
	if kind != "" {
		h = append(append(append(h, "Content-Type: "...), kind...), "\r\n"...)
	}
	h = append(h, c.kept...)
	if len(c.retry) > 0 && len(c.retry) < len("false")+1 && !(status >= 400 && (f.vain() || f.distant())) {
		h = append(append(append(h, "X-Should-Retry: "...), c.retry...), "\r\n"...)
	}
	h = c.appendDropped(h)
	h = s.appendOwn(h, f)
	if x.Snap.Limits.ServerTiming {
		h = appendTiming(h, f)
	}
	o.head = append(h, "\r\n"...)
	o.front(o.head)
	return true
}
