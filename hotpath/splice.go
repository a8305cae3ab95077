package hotpath

import (
	"bytes"

	"asbru/core"
)

// A splice is the additional state of a translated stream that another target may have to
// continue. The client gets its text in whole sentences; the rest is held back, so that a break
// leaves no half sentence behind.
type splice struct {
	said   []byte // the text that the client has, as the inside of a JSON string
	unsaid []byte // the text after it that is held back
	open   int32  // the writer's block that unsaid belongs to; -1: none
	muses  bool   // a thought is open
	unfit  bool   // it has more than thoughts and one text, so it cannot be continued

	fault *core.Fault // the provider's own error for the break, not sent on yet; nil: none

	in   *core.Crossing // reads the continuation; nil: nothing has broken so far
	to   []int32        // maps its blocks to those of the writer; see left
	gap  []byte         // white space that the client already has at the join, not to be repeated
	used core.Usage     // of the broken stream
	told bool           // the client was told of the join
}

const left = -1 // in splice.to: the block is dropped

// plain reports whether the request asks for a single text and nothing else, as only that can be
// continued.
func (c *crossing) plain() bool {
	t := &c.chat
	return (t.Format == core.FormatUnsaid || t.Format == core.FormatText) && t.Logprobs != core.Yes && t.Modes == nil &&
		(len(t.N) == 0 || string(t.N) == "1" || string(t.N) == "null")
}

// broke reports whether the provider has reported a failure of its stream that the client was not
// told yet.
func (c *crossing) broke() bool { return c.splice != nil && c.splice.fault != nil }

// fit reports whether the stream can be continued from where it is: in the middle of its text.
func (p *splice) fit() bool { return p.in == nil && p.open >= 0 && !p.unfit && !p.muses }

// passSpliced is pass for a stream that may be continued, or that continues another.
func (c *crossing) passSpliced(dst []byte, x *core.Exchange, name, data []byte) []byte {
	p, z := c.splice, &c.x
	if p.in != nil {
		z = p.in
	}
	was := z.Usage
	ev, err := x.Face.Dialect.Chats[x.As].ParseEvent(c.events[:0], z, name, core.Readable(data))
	if err != nil {
		x.Stream.Unread++
		return dst
	}
	remain(&was, &z.Usage)
	if c.events = ev; z == p.in {
		c.x.Finished, c.x.Ended, c.x.Usage = z.Finished, z.Ended, sum(&p.used, &z.Usage)
	}
	for i := range ev {
		e := &ev[i]
		if x.Stream.Failed { // what failed has no end
			x.Stream.Done = x.Stream.Done || e.Kind == core.EventEnd
			continue
		}
		mark(x, z, e)
		if z == p.in && !p.joins(c, e) {
			continue
		}
		dst = p.write(dst, c, x, e)
	}
	x.Stream.Usage = c.x.Usage
	return dst
}

// write appends what the client gets of an event.
func (p *splice) write(dst []byte, c *crossing, x *core.Exchange, e *core.Event) []byte {
	to := x.From.Chats[x.Op]
	p.unfit = p.unfit || e.Choice > 0
	if p.in != nil && !p.told && x.Stream.Content {
		if p.told = true; c.f.rel.sse {
			dst = append(append(append(dst, ": continued by "...), c.f.target.Name...), "\n\n"...)
		}
	}
	if e.Kind == core.EventOpen && e.Choice == 0 {
		p.begins(c.x.Blocks[e.Block].Kind, e.Block)
	}
	if p.unfit || p.in != nil { // it will not be continued: nothing is held back
		return to.AppendEvent(p.flush(dst, c, to), &c.x, e)
	}
	switch e.Kind {
	case core.EventDelta:
		if e.Block == p.open && e.Choice == 0 && e.Probs == nil {
			return p.say(dst, c, to, e.Text)
		}
	case core.EventClose:
		dst = p.flush(dst, c, to)
		if p.muses = false; e.Block == p.open {
			p.open = -1
		}
	case core.EventCite, core.EventFinish:
		dst = p.flush(dst, c, to)
	case core.EventFault: // the lane decides what happens
		f := *e.Fault
		p.fault = &f
		return dst
	}
	return to.AppendEvent(dst, &c.x, e)
}

// begins notes what kind of block is open.
func (p *splice) begins(kind core.PartKind, block int32) {
	switch kind {
	case core.PartText:
		p.open = block
	case core.PartThought, core.PartVeiled:
		p.muses = true
	default:
		p.unfit = true
	}
}

// say appends the sentences that text completes, and holds the rest back.
func (p *splice) say(dst []byte, c *crossing, to *core.ChatCodec, text []byte) []byte {
	p.unsaid = append(p.unsaid, text...)
	at := border(p.unsaid)
	if at == 0 && len(p.unsaid) > maxUnsaid {
		if at = bytes.LastIndexByte(p.unsaid, ' ') + 1; at == 0 {
			at = len(p.unsaid)
		}
	}
	return p.give(dst, c, to, at)
}

// give appends the first n bytes of what was held back.
func (p *splice) give(dst []byte, c *crossing, to *core.ChatCodec, n int) []byte {
	if n == 0 {
		return dst
	}
	e := core.Event{Kind: core.EventDelta, Block: p.open, Text: p.unsaid[:n]}
	dst = to.AppendEvent(dst, &c.x, &e)
	if p.said = append(p.said, p.unsaid[:n]...); len(p.said) > maxSaid {
		p.unfit = true
	}
	p.unsaid = p.unsaid[:copy(p.unsaid, p.unsaid[n:])]
	return dst
}

// flush appends all of it.
func (p *splice) flush(dst []byte, c *crossing, to *core.ChatCodec) []byte {
	return p.give(dst, c, to, len(p.unsaid))
}

// surrender puts into o what was held back for a continuation that will not come: the text, and
// the provider's own error, if it sent one. From here on the stream is like any other.
func (f *flight) surrender(o *outbox) {
	c := f.cross
	p := c.splice
	o.reset()
	gap := len(o.b)
	o.b = append(o.b, "00000000\r\n"...)
	at := len(o.b)
	to := f.x.From.Chats[f.x.Op]
	o.b = p.flush(o.b, c, to)
	if p.fault != nil {
		o.b = to.AppendEvent(o.b, &c.x, &core.Event{Kind: core.EventFault, Fault: p.fault})
		f.x.Stream.Failed = true
	}
	if f.x.Watch != nil && len(o.b) > at {
		f.x.Watch.Saw(&f.x, o.b[at:])
	}
	seal(o, gap, at, false)
	c.splice = nil
}
