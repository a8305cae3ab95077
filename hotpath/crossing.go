package hotpath

import (
	"strings"
	"time"

	"asbru/core"
	"asbru/hotpath/http1"
)

// A crossing is what an exchange needs besides when the client and the target
// speak different formats. It comes from a pool; its memory grows to what is
// common and stays.
type crossing struct {
	chat    core.Chat
	embed   core.Embed
	rerank  core.Rerank
	reply   core.Completion
	vectors core.Vectors
	ranking core.Ranking
	x       core.Crossing
	events  []core.Event

	wants   wishes
	sent    []byte // the body that was sent, for who wants to see it
	read    bool   // the request was parsed
	kept    []byte // fields of the reply's head that go on to the client
	extras  func(dst []byte) []byte
	f       *flight
	bare    bool     // nothing but a complete reply is made a stream: the request went as it came
	betas   []byte   // the features that the client's header names, as a JSON array
	dropped []string // what the request of the attempt under way left out
	without []string // members that were taken out because the client said so
	body    []byte   // the request without them; nil: all of it stands
}

func newCrossing() *crossing {
	c := &crossing{x: *core.NewCrossing(), chat: *core.NewChat()}
	c.extras = c.appendExtras // once: a func value made for each exchange would be an allocation for each
	return c
}

func (c *crossing) reset() {
	c.chat.Reset()
	c.embed.Reset()
	c.rerank.Reset()
	c.forget()
	c.read, c.bare, c.f, c.wants, c.sent = false, false, nil, wishes{}, c.sent[:0]
	c.without, c.body, c.betas = nil, nil, nil
	if cap(c.kept) > maxOutHead {
		c.kept = nil
	}
}

// forget drops what an attempt left, and keeps what the client asked.
func (c *crossing) forget() {
	c.reply.Reset()
	c.vectors.Reset()
	c.ranking.Reset()
	c.x.Reset()
	clear(c.events)
	c.events, c.kept, c.dropped = c.events[:0], c.kept[:0], nil
}

// crosses reports whether the attempt under way needs a translation.
func (f *flight) crosses() bool {
	x := &f.x
	return x.Face != nil && (x.Face.Dialect != x.From || x.As != x.Op || x.From.Redo[x.Op])
}

// translate appends to dst the body that asks f's target for what the client asked.
// ok is false when it cannot be asked: x.Fault says why.
func (s *Server) translate(dst []byte, f *flight, r *http1.Request, model []byte) (out []byte, ok bool) {
	x := &f.x
	if f.cross == nil {
		f.cross = s.crosses.Get().(*crossing)
		f.cross.f = f
		f.cross.wants = wishesOf(r, f.buf)
		f.cross.betas = betasOf(r, f.buf)
	}
	c, at := f.cross, len(dst)
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
	c.begin(x)
	return dst, true
}

// heeded takes off the list of what the target was not told what the gateway itself heeds.
func (c *crossing) heeded(dropped []string) []string {
	out := dropped[:0]
	for _, name := range dropped {
		if name != "stream_options" && name != "fallbacks" && !c.isNull(name) {
			out = append(out, name)
		}
	}
	return out
}

// isNull reports whether the member name of the request was null, and so asked for nothing.
func (c *crossing) isNull(name string) bool {
	for n := c.chat.More; n != 0; {
		var e core.Extra
		if e, n = c.chat.Extra(n); string(e.Key) == name {
			return string(e.Value) == "null"
		}
	}
	return false
}

// ask appends the body that asks the target for what was parsed.
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

// cut takes the member of the request that x.Fault is about out of it, for a client that
// wants what cannot be expressed dropped. It reports false when there is no such member, or
// when the request is nothing without it.
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
	out := x.From.AppendBody(nil, body, x.Op, &core.Peek{}, &core.Face{Cut: []string{name}}, nil)
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

// begin prepares what the answer is read and written with.
func (c *crossing) begin(x *core.Exchange) {
	z := &c.x
	z.From, z.FromOp, z.To, z.ToOp = x.Face.Dialect, x.As, x.From, x.Op
	z.Model = append(z.Model[:0], x.Peek.Model...)
	z.Wants = c.chat.Usage
	z.Wall, z.Request = wallSeconds(), x.ID
	if x.Array {
		z.W.Flags |= core.ArrayStream
	}
	if x.From.Extras && !x.Snap.Limits.NoExtras {
		z.Extra = c.extras
	}
}

// bare returns what makes a stream of a complete reply in the client's own format.
func (s *Server) bare(f *flight) *crossing {
	c := s.crosses.Get().(*crossing)
	c.forget()
	c.f, c.bare, c.chat.Usage = f, true, f.x.Peek.AskUsage
	c.begin(&f.x)
	c.x.Extra = nil
	f.cross = c
	return c
}

// turn makes of a complete reply of the target, status and body, the client's: x.Reply
// and its type. A reply that says nothing readable is a Fault. The bytes are c's own.
func (c *crossing) turn(x *core.Exchange, status int, body, room []byte) (out []byte, kind string) {
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
		kind = streamType(codec.Framing, x.Array)
		c.events = c.x.Replay(c.events[:0], &c.reply)
		for i := range c.events {
			room = codec.AppendEvent(room, &c.x, &c.events[i])
		}
	}
	if err != nil {
		x.Fault = &core.Fault{Code: core.UpstreamFailed, Message: c.f.target.Name + " answered what cannot be read as its format", Hint: "try again, or ask another model", Cause: err}
	}
	return room, kind
}

// calls shows the client the model as the provider calls it, as a stream does.
func (c *crossing) calls(model core.Text) {
	if len(model) > 0 {
		c.x.Model = append(c.x.Model[:0], model...)
	}
}

// turnFault makes of an error reply of the target the client's: the status stays.
func (c *crossing) turnFault(x *core.Exchange, status int, body, room []byte) []byte {
	f := &core.Fault{Code: codeOf(status), Status: status}
	if read := x.Face.Dialect.ReadFault; read != nil {
		read(body, f)
	}
	if f.Kind == "insufficient_quota" || f.Kind == "billing_error" {
		c.kept = append(c.kept, "X-Should-Retry: false\r\n"...)
	}
	if f.Message == "" {
		f.Message = string(http1.AppendUint(append([]byte(c.f.target.Name), " answered "...), uint64(status)))
	}
	if x.From.FaultHeader != nil {
		c.kept = x.From.FaultHeader(c.kept, f)
	}
	var id [32]byte
	return x.From.AppendFault(room, f, appendHexID(id[:0], &x.ID))
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

// streamType is the content type of a stream.
func streamType(f core.Framing, array bool) string {
	switch {
	case array:
		return "application/json"
	case f == core.FramingEventStream:
		return "application/vnd.amazon.eventstream"
	case f == core.FramingLines:
		return "application/x-ndjson"
	}
	return "text/event-stream"
}

// pass makes of one frame of the target's stream the client's: appended to dst.
// An event that cannot be read is counted and passed over: the stream lives.
func (c *crossing) pass(dst []byte, x *core.Exchange, name, data []byte) []byte {
	from, to := x.Face.Dialect.Chats[x.As], x.From.Chats[x.Op]
	ev, err := from.ParseEvent(c.events[:0], &c.x, name, data)
	if err != nil {
		x.Stream.Unread++
		return dst
	}
	c.events = ev
	for i := range ev {
		if v := x.Face.Vendor; v != core.NoVendor && (ev[i].Kind == core.EventOpen || ev[i].Kind == core.EventSign) {
			if b := &c.x.Blocks[ev[i].Block]; b.Vendor != core.NoVendor {
				b.Vendor = v
			}
		}
		x.Stream.Several = x.Stream.Several || ev[i].Choice > 0
		switch ev[i].Kind {
		case core.EventDelta:
			x.Stream.Content = x.Stream.Content || len(ev[i].Text) > 0
		case core.EventOpen:
			kind := c.x.Blocks[ev[i].Block].Kind
			x.Stream.Content = x.Stream.Content || kind != core.PartText && kind != core.PartThought
		case core.EventFinish:
			x.Stream.Finished = true
		case core.EventFault:
			x.Stream.Failed = true
		case core.EventEnd:
			x.Stream.Done = true
		}
		dst = to.AppendEvent(dst, &c.x, &ev[i])
	}
	x.Stream.Usage = c.x.Usage
	return dst
}

// last ends the client's stream when the target's has ended. A stream that finished
// and lacks its terminator gets one; one that did not finish was cut.
func (c *crossing) last(dst []byte, x *core.Exchange) (out []byte, cut bool) {
	switch {
	case c.x.Ended || x.Stream.Failed:
		return dst, false
	case !c.x.Finished:
		return dst, true
	}
	c.x.Ended, x.Stream.Done = true, true
	e := core.Event{Kind: core.EventEnd}
	return x.From.Chats[x.Op].AppendEvent(dst, &c.x, &e), false
}

// appendExtras appends what Bifrost's clients look for beside an answer.
func (c *crossing) appendExtras(dst []byte) []byte {
	x := &c.f.x
	dst = append(dst, `"extra_fields":{"request_type":"`...)
	dst = append(dst, requestType(x.Op, x.Peek.Stream)...)
	dst = append(append(dst, `","provider":"`...), c.f.target.Provider...)
	for _, name := range [...]string{`","original_model_requested":"`, `","model_requested":"`} {
		dst = append(append(dst, name...), x.Peek.Model...)
	}
	model := c.f.target.Model
	for _, name := range [...]string{`","resolved_model_used":"`, `","model_deployment":"`} {
		if dst = append(dst, name...); model != "" {
			dst = append(dst, model...)
		} else {
			dst = append(dst, x.Name...)
		}
	}
	dst = append(dst, `","latency":`...)
	dst = http1.AppendUint(dst, uint64(max(core.Clock()-x.Start, 0))/1e6)
	if len(c.dropped) > 0 {
		dst = append(dst, `,"dropped_params":[`...)
		for i, name := range c.dropped {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(append(append(dst, '"'), name...), '"')
		}
		dst = append(dst, ']')
	}
	if len(c.sent) > 0 {
		dst = append(append(dst, `,"raw_request":`...), c.sent...)
	}
	if c.wants.response && len(c.f.rel.kept) > 0 {
		dst = append(append(dst, `,"raw_response":`...), c.f.rel.kept...)
	}
	return append(dst, '}')
}

// requestType is Bifrost's word for an operation.
func requestType(op core.Op, stream bool) string {
	switch {
	case op == core.OpEmbed:
		return "embedding"
	case op == core.OpRerank:
		return "rerank"
	case op == core.OpCount:
		return "count_tokens"
	case op == core.OpResponses && stream:
		return "responses_stream"
	case op == core.OpResponses:
		return "responses"
	case op == core.OpCompletion && stream:
		return "text_completion_stream"
	case op == core.OpCompletion:
		return "text_completion"
	case stream:
		return "chat_completion_stream"
	}
	return "chat_completion"
}

// keep remembers the fields of a reply's head that go on to the client.
func (c *crossing) keep(rep *http1.Reply, b []byte) {
	for i := range rep.N {
		fd := &rep.Fields[i]
		if crossed[fd.ID] && len(c.kept) < maxOutHead/2 {
			c.kept = append(append(c.kept, fd.Name.Of(b)...), ": "...)
			c.kept = append(append(c.kept, fd.Value.Of(b)...), "\r\n"...)
		}
	}
}

// appendDropped appends the field that names what the request lost.
func (c *crossing) appendDropped(h []byte) []byte {
	if len(c.dropped) == 0 {
		return h
	}
	h = append(h, "X-Bf-Dropped-Params: "...)
	for i, name := range c.dropped {
		if i > 0 {
			h = append(h, ", "...)
		}
		for _, b := range []byte(name) {
			if b > ' ' && b < 0x7f && b != ',' {
				h = append(h, b)
			}
		}
	}
	return append(h, "\r\n"...)
}

// whole answers the client with the translation of the reply that is complete in
// f.rel.kept. It reports false, and answers nothing, when that cannot be read and another
// target may do better.
func (s *Server) whole(f *flight, o *outbox) bool {
	x, c := &f.x, f.cross
	status := f.status
	o.reset()
	body, kind := c.turn(x, status, f.rel.kept, o.b)
	if x.Fault != nil && f.spare() {
		x.Fault, x.Usage = nil, core.Usage{}
		f.attempt().Status, f.void = 502, true
		return false
	}
	f.rel.committed = true
	if x.Fault != nil {
		s.answer(f, o, false)
		return true
	}
	o.b = body
	h := append(http1.AppendUint(append(o.head, "HTTP/1.1 "...), uint64(status)), ' ')
	h = append(append(h, reason(status)...), "\r\nContent-Type: "...)
	h = append(append(h, kind...), "\r\nContent-Length: "...)
	h = append(http1.AppendUint(h, uint64(len(o.b)-frontRoom)), "\r\n"...)
	h = append(h, c.kept...)
	h = c.appendDropped(h)
	h = s.appendOwn(h, f)
	if x.Snap.Limits.ServerTiming {
		h = appendTiming(h, f)
	}
	o.head = append(h, "\r\n"...)
	o.front(o.head)
	return true
}

// wallSeconds is the time of day in Unix seconds.
func wallSeconds() int64 { return time.Now().Unix() }
