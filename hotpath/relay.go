package hotpath

import (
	"errors"

	"asbru/core"
	"asbru/hotpath/frame"
	"asbru/hotpath/http1"
)

// A framing says how a reply's body ends (RFC 9112 §6.3).
type framing uint8

const (
	bodyNone    framing = iota // there is none
	bodyLength                 // after so many bytes
	bodyChunked                // after the last chunk
	bodyClose                  // when the connection ends
)

var (
	errLong  = errors.New("the provider's reply is longer than 64 MiB and cannot be translated") // maxGather
	errCut   = errors.New("the provider's connection ended before its reply was complete")
	errWaits = &http1.Refusal{Status: 502, Reason: "the provider sends one interim reply after the other"}
)

// A relay copies one reply's body from upstream to the client. It decodes the
// upstream's framing, inspects the bytes as far as the exchange needs it, and
// frames them for the client. It holds no buffer while a stream is idle.
type relay struct {
	from, to  framing
	framing   core.Framing
	stream    bool // the body is cut into events
	sse       bool // the client gets server-sent events
	gather    bool // the body is translated as a whole: nothing is sent on until all of it is in kept
	strip     bool // we asked for usage, the client did not: drop its event
	committed bool // the head was sent to the client
	holds     bool // nothing was sent yet: another target could still answer instead
	content   bool // some content of the answer has arrived
	finished  bool // the finish reason has arrived
	fresh     bool // the last bytes fed had content
	reads     bool // the body is to be collected in kept
	lends     bool // the bytes fed stay valid until the exchange is finished, or keepWhole
	lent      bool // kept aliases such bytes and is not borrowed
	measured  bool // the usage was read from the whole reply

	cross  *crossing // translates the reply; nil: its bytes pass unchanged
	held   []byte    // the head and what came before the first content; borrowed
	kept   []byte    // a unary body so far, to read its usage once it is whole; borrowed
	left   int64
	chunks http1.Chunks
	cut    frame.Cutter
	frames *frames // nil: not needed so far
}

// feed takes bytes read from upstream and appends to o what the client gets.
// done reports that the body is complete; rest is what follows it in src.
func (l *relay) feed(x *core.Exchange, src []byte, o *outbox, lend lender) (rest []byte, done bool, err error) {
	rest, news, done, err := l.pass(x, src, o, lend)
	o.show(x, news)
	if p := x.Plan; l.stream && p != nil {
		core.Conclude(x, p.During)
	}
	return rest, done, err
}

// pass is feed without showing the Watcher what is new in o.
func (l *relay) pass(x *core.Exchange, src []byte, o *outbox, lend lender) (rest []byte, news core.Span, done bool, err error) {
	gap := len(o.b)
	if l.to == bodyChunked {
		o.b = append(o.b, "00000000\r\n"...) // overwritten by seal
	}
	at := len(o.b)
	l.fresh = !l.stream
	for len(src) > 0 && !done && err == nil {
		var p []byte
		if p, src, done, err = l.decode(src); err == nil {
			err = l.emit(x, p, o, lend)
		}
		if err == nil && l.cross != nil && l.cross.broke() {
			err = errCut
		}
	}
	if l.from == bodyNone || l.from == bodyLength && l.left == 0 {
		done = true
	}
	if done && l.stream {
		if err = l.flushTail(x, o); err != nil {
			done = false // the client is told before its body ends
		}
	}
	news = core.Span{Start: int32(at), End: int32(len(o.b))}
	if l.to == bodyChunked {
		seal(o, gap, at, done)
	}
	return src, news, done, err
}

// decode removes the upstream's framing from the next piece of src.
func (l *relay) decode(src []byte) (payload, rest []byte, done bool, err error) {
	switch l.from {
	case bodyLength:
		n := min(int64(len(src)), l.left)
		l.left -= n
		return src[:n], src[n:], l.left == 0, nil
	case bodyChunked:
		p, n, done, err := l.chunks.Next(src)
		return p, src[n:], done, err
	case bodyClose:
		return src, nil, false, nil
	}
	return nil, src, true, nil
}

// emit inspects a piece of payload and appends what the client gets of it.
func (l *relay) emit(x *core.Exchange, p []byte, o *outbox, lend lender) error {
	switch {
	case l.gather:
		return l.collect(p, lend)
	case !l.stream:
		switch {
		case l.reads && l.lends && l.kept == nil && l.from == bodyLength && l.left == 0:
			l.kept, l.lent = p, true
		case l.reads:
			l.readHead(x, p, lend)
			l.keep(p, lend)
		case l.tail():
			l.keepTail(p, lend)
		}
		o.b = append(o.b, p...)
		return nil
	case l.framing != core.FramingSSE:
		return l.emitFrames(x, p, o)
	}
	for len(p) > 0 {
		raw, ev, n, err := l.cut.Next(p)
		if err != nil {
			return err
		}
		p = p[n:]
		if raw == nil {
			continue
		}
		if l.cross != nil {
			if !ev.Comment {
				o.b = l.cross.pass(o.b, x, ev.Type, ev.Data)
				l.heard(x, ev.Type)
			} else if l.sse {
				o.b = append(o.b, raw...)
			}
			continue
		}
		if !ev.Comment {
			if l.over(x) {
				continue
			}
			failed := x.Stream.Failed
			l.read(x, ev.Data)
			l.heard(x, ev.Type)
			if l.strip && x.Stream.UsageOnly || failed && l.moot(x) {
				continue
			}
		}
		o.b = append(o.b, raw...)
	}
	return nil
}

// flushTail sends on the last event if all it lacks is the byte that would tell a CR from a CR LF,
// or its blank line, which some providers leave out behind the last event of a conversation. Any
// other unfinished event is dropped, as every client would.
func (l *relay) flushTail(x *core.Exchange, o *outbox) error {
	raw, ev := l.cut.Last()
	if raw == nil && x.From.Chats[x.Op] != nil {
		if raw, ev = l.cut.Tail(); !unbroken(ev.Data) {
			raw = nil
		}
	}
	if raw != nil {
		switch {
		case l.cross != nil && !ev.Comment:
			o.b = l.cross.pass(o.b, x, ev.Type, ev.Data)
		case l.cross == nil && !l.over(x):
			failed := x.Stream.Failed
			if !ev.Comment {
				l.read(x, ev.Data)
			}
			if !(failed && l.moot(x)) && !(l.strip && x.Stream.UsageOnly) {
				o.b = append(o.b, raw...)
			}
		}
	}
	l.cut.Reset()
	if l.frames != nil {
		l.lastFrame(x, o)
	}
	if l.cross == nil {
		return l.shut(x, o)
	}
	var cut bool
	if o.b, cut = l.cross.last(o.b, x); cut {
		return errCut
	}
	return nil
}

// read is the format's ReadEvent, except that a finish reason after a failure does not count.
func (l *relay) read(x *core.Exchange, data []byte) {
	st := &x.Stream
	late := st.Failed && !st.Finished
	readEvent(x, data)
	if late {
		st.Finished = false
	}
}

// heard updates l after an event was read: ReadEvent and pass set StreamState.Content anew for
// each event. In a conversation only content and a finish reason count as a sign of life;
// elsewhere every event does that is not a ping.
func (l *relay) heard(x *core.Exchange, name []byte) {
	st := &x.Stream
	if st.Content || st.Finished && !l.finished || x.Op != core.OpChat && string(name) != "ping" {
		l.fresh = true
	}
	l.content, l.finished = l.content || st.Content, st.Finished
	if st.Content {
		st.Content = false
		st.Said++
	}
}

// readEvent is the format's ReadEvent.
func readEvent(x *core.Exchange, data []byte) {
	st := &x.Stream
	if !st.Usage.Known {
		x.From.ReadEvent(data, st)
		return
	}
	was := st.Usage
	x.From.ReadEvent(data, st)
	remain(&was, &st.Usage)
}

// remain keeps what a stream reported as used from a later report of nothing, which cannot be true.
func remain(was, now *core.Usage) {
	if now.In == 0 && was.In > 0 {
		now.In, now.CachedIn, now.WrittenIn, now.KeptIn, now.AudioIn, now.ImageIn = was.In, was.CachedIn, was.WrittenIn, was.KeptIn, was.AudioIn, was.ImageIn
	}
	if now.Out == 0 && was.Out > 0 {
		now.Out, now.Reasoning, now.AudioOut, now.ImageOut = was.Out, was.Reasoning, was.AudioOut, was.ImageOut
	}
}

// collect adds a piece to a body that is translated as a whole.
func (l *relay) collect(p []byte, lend lender) error {
	if len(l.kept)+len(p) > maxGather {
		return errLong
	}
	if l.kept == nil {
		l.kept = lend.Take(max(len(p), int(min(l.left, maxKeep))))
	}
	l.kept = append(lend.Grow(l.kept, len(p)), p...)
	return nil
}

// drop returns the buffers of an attempt whose reply is not used.
func (l *relay) drop(lend lender) {
	l.forget(lend)
	if l.held != nil {
		lend.Give(l.held)
	}
	l.cut.Reset()
	l.dropFrames()
	*l = relay{}
}

// forget returns the buffer with the collected body.
func (l *relay) forget(lend lender) {
	if l.kept != nil && !l.lent {
		lend.Give(l.kept)
	}
	l.kept, l.lent = nil, false
}

// keepWhole copies kept if it aliases bytes that will not stay valid.
func (l *relay) keepWhole(lend lender) {
	if l.lent {
		p := l.kept
		l.kept, l.lent = nil, false
		l.keep(p, lend)
	}
}

func (l *relay) keep(p []byte, lend lender) {
	if len(l.kept)+len(p) > maxKeep {
		whole := l.kept
		l.kept, l.reads = lend.Take(maxTail)[:0], false
		l.keepTail(whole, lend)
		l.keepTail(p, lend)
		if whole != nil {
			lend.Give(whole)
		}
		return
	}
	if l.kept == nil {
		l.kept = lend.Take(len(p))
	}
	l.kept = append(lend.Grow(l.kept, len(p)), p...)
}

// readHead reads the usage of a reply of which only the end will stay once p is kept: a provider may put it before the long part. What the
// end says outdoes it.
func (l *relay) readHead(x *core.Exchange, p []byte, lend lender) {
	if len(l.kept)+len(p) <= maxKeep || x.Peek.Free {
		return
	}
	head := p
	if l.kept != nil {
		l.kept = append(lend.Grow(l.kept, maxKeep-len(l.kept)), p[:maxKeep-len(l.kept)]...)
		head = l.kept
	}
	x.From.ReadUsage(head, &x.Usage, nil)
}

// tail reports whether kept is only the end of a unary body, which is too long.
func (l *relay) tail() bool { return !l.reads && l.kept != nil }

// keepTail appends p to kept, of which only the end stays.
func (l *relay) keepTail(p []byte, lend lender) {
	p = p[max(len(p)-maxTail, 0):]
	gone := max(len(l.kept)+len(p)-maxTail, 0)
	n := copy(l.kept, l.kept[gone:])
	l.kept = append(lend.Grow(l.kept[:n], len(p)), p...)
}

// end completes a body that was delimited by the end of the upstream's connection.
func (l *relay) end(x *core.Exchange, o *outbox) {
	if l.stream {
		gap := len(o.b)
		o.b = append(o.b, "00000000\r\n"...)
		at := len(o.b)
		if l.flushTail(x, o) != nil {
			refuse(x, core.UpstreamFailed, errCut.Error(), "")
			l.fault(x, o)
		} else if x.Watch != nil {
			x.Watch.Saw(x, o.b[at:])
		}
		seal(o, gap, at, true)
		return
	}
	o.b = append(o.b, http1.LastChunk...)
}

// broken appends the event that tells a streaming client that its upstream
// failed. It reports false where only closing the connection can tell the
// client.
func (l *relay) broken(x *core.Exchange, o *outbox) bool {
	if !l.stream || l.to != bodyChunked || x.From.AppendStreamFault == nil {
		return false
	}
	if l.cross == nil && !l.sse {
		if codec := x.From.Chats[x.Op]; codec == nil || codec.Framing != l.framing {
			return false // lines or messages of something else
		}
	}
	gap := len(o.b)
	o.b = append(o.b, "00000000\r\n"...)
	at := len(o.b)
	l.fault(x, o)
	seal(o, gap, at, true)
	return true
}

// fault appends x.Fault in the form that the client's format has for errors in a stream.
func (l *relay) fault(x *core.Exchange, o *outbox) {
	if codec := x.From.Chats[x.Op]; codec != nil && (l.cross != nil || x.Op == core.OpResponses) {
		z := core.NewCrossing() // only now: the stream went without one so far
		if l.cross != nil {
			z = &l.cross.x
		}
		z.To, z.ToOp, z.Request = x.From, x.Op, x.ID
		e := core.Event{Kind: core.EventFault, Fault: x.Fault}
		o.b = codec.AppendEvent(o.b, z, &e)
		return
	}
	var id [32]byte
	o.b = x.From.AppendStreamFault(o.b, x.Fault, appendHexID(id[:0], &x.ID))
}

// seal turns what was appended after at into one chunk whose size line starts
// after gap, and ends the body when done.
func seal(o *outbox, gap, at int, done bool) {
	n := len(o.b) - at
	if n == 0 {
		o.b = o.b[:gap]
	} else {
		const digits = "0123456789abcdef"
		for i := at - 3; i >= gap; i-- {
			o.b[i] = digits[n&15]
			n >>= 4
		}
		o.b = append(o.b, "\r\n"...)
	}
	if done {
		o.b = append(o.b, http1.LastChunk...)
	}
}

// A lender lends buffers; each lane has its own list of them.
type lender interface {
	Take(n int) []byte
	Give(b []byte)
	Grow(b []byte, n int) []byte
}
