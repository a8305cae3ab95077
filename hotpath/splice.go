package hotpath

import (
	"bytes"

	"asbru/core"
	"asbru/hotpath/http1"
)

// A splice is what a translated stream needs besides so that another target can continue
// it. Of its text the client gets whole sentences: what follows the last one is kept back, so
// that a break leaves no half of one behind.
type splice struct {
	said   []byte // the text that the client has, as it stands in JSON
	unsaid []byte // the text behind it that is kept back
	open   int32  // the block that unsaid belongs to, of the writer; -1: none
	muses  bool   // a thought is open
	unfit  bool   // more than one text and thoughts has begun

	fault *core.Fault // the provider's own word for the break, not given on yet; nil: none

	in   *core.Crossing // reads the stream that continues; nil: nothing broke so far
	to   []int32        // its blocks' numbers with the writer; left out: dropped
	gap  []byte         // the white space that the client has at the join, and that is not to be repeated
	used core.Usage     // of the stream that broke
	told bool           // the client was told of the join
}

const left = -1 // in splice.to: nobody gets the block

// plain reports whether the request asks for nothing but one text, which can be continued.
func (c *crossing) plain() bool {
	t := &c.chat
	return (t.Format == core.FormatUnsaid || t.Format == core.FormatText) && t.Logprobs != core.Yes && t.Modes == nil &&
		(len(t.N) == 0 || string(t.N) == "1" || string(t.N) == "null")
}

// broke reports whether the provider has said that its stream failed, and the client was not
// told.
func (c *crossing) broke() bool { return c.splice != nil && c.splice.fault != nil }

// fit reports whether the stream, as far as it came, can be continued: it is in the middle of
// its text.
func (p *splice) fit() bool { return p.in == nil && p.open >= 0 && !p.unfit && !p.muses }

// passSpliced is pass for a stream that can be continued, or continues another.
func (c *crossing) passSpliced(dst []byte, x *core.Exchange, name, data []byte) []byte {
	p, z := c.splice, &c.x
	if p.in != nil {
		z = p.in
	}
	ev, err := x.Face.Dialect.Chats[x.As].ParseEvent(c.events[:0], z, name, data)
	if err != nil {
		x.Stream.Unread++
		return dst
	}
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
	if p.unfit || p.in != nil { // nobody will continue it: nothing is kept back
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
	case core.EventFault: // who carries it decides
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

// say appends the whole sentences that text completes, and keeps the rest back.
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

// give appends the first n bytes of what was kept back.
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

// resumed prepares c for a stream that goes on where the last one broke. It may be called
// again, when who was to continue did not.
func (c *crossing) resumed(x *core.Exchange) {
	p := c.splice
	if p.in == nil {
		p.used = c.x.Usage
		p.in = core.NewCrossing()
	}
	p.in.Reset()
	p.to, p.unsaid, p.fault = p.to[:0], p.unsaid[:0], nil
	p.gap = p.said[trimmed(p.said):]
	c.x.Finished, c.x.Ended = false, false
	x.Stream = core.StreamState{}
}

// resume appends the body that asks the target to go on where the client's text stops: the
// conversation, what was said as the assistant's turn, and, for a model that would begin a
// new answer, a word of what is wanted.
func (c *crossing) resume(dst []byte, x *core.Exchange, model []byte) (out []byte, ok bool) {
	p, t := c.splice, &c.chat
	turns, parts, most := len(t.Turns), len(t.Parts), t.MaxTokens
	if said := p.said[:trimmed(p.said)]; len(said) > 0 {
		turn := t.Begin(core.Assistant)
		t.Add(core.Part{Kind: core.PartText, Text: said})
		t.End(turn)
		if d := x.Face.Dialect; d.Prefills == nil || !d.Prefills(model) || t.Budget != core.BudgetUnset || t.Effort != nil {
			turn = t.Begin(core.User)
			t.Add(core.Part{Kind: core.PartText, Text: core.Text(goOn)})
			t.End(turn)
		}
		if n, whole := wholeNumber(most); whole {
			t.MaxTokens = http1.AppendUint(nil, uint64(max(n-int64(len(said)/4), leastTokens)))
		}
	}
	dst, x.Fault = c.ask(dst, x, model)
	t.Turns, t.Parts, t.MaxTokens = t.Turns[:turns], t.Parts[:parts], most
	c.used = append(c.used[:0], model...)
	z := p.in
	z.From, z.FromOp, z.To, z.ToOp = x.Face.Dialect, x.As, x.From, x.Op
	z.Model = append(z.Model[:0], x.Peek.Model...)
	z.Wall, z.Request = c.x.Wall, x.ID
	c.x.From, c.x.FromOp = z.From, z.FromOp
	return dst, x.Fault == nil
}

// joins puts an event of the stream that continues into the client's: the beginning is there,
// its text goes on in the block that is open, and what it thinks is its own. It reports false
// for an event that the client does not get.
func (p *splice) joins(c *crossing, e *core.Event) bool {
	switch e.Kind {
	case core.EventStart:
		return false
	case core.EventPing:
		return p.told
	case core.EventOpen:
		return p.takes(c, e)
	case core.EventDelta, core.EventSign, core.EventCite, core.EventClose:
		to := p.to[e.Block]
		if to == left {
			return false
		}
		c.x.Blocks[to].Sign = append(c.x.Blocks[to].Sign[:0], p.in.Blocks[e.Block].Sign...)
		if e.Block = to; e.Kind == core.EventDelta && to == p.open {
			e.Text = p.tidy(e.Text)
		}
	}
	return true
}

// takes gives a block that begins its number with the writer. It reports false when the
// client is not told: of thoughts, and of the text that goes on in an open block.
func (p *splice) takes(c *crossing, e *core.Event) bool {
	b := &p.in.Blocks[e.Block]
	for len(p.to) <= int(e.Block) {
		p.to = append(p.to, left)
	}
	switch {
	case b.Kind == core.PartThought || b.Kind == core.PartVeiled:
		return false
	case b.Kind == core.PartText && p.open >= 0 && b.Choice == 0:
		p.to[e.Block] = p.open
		return false
	}
	n := c.x.Add(b.Kind, b.Choice, int64(e.Block))
	w := &c.x.Blocks[n]
	w.ID, w.Name, w.Sign = append(w.ID, b.ID...), append(w.Name, b.Name...), append(w.Sign, b.Sign...)
	w.Vendor, w.Type, w.Media, w.Opened = b.Vendor, append(w.Type, b.Type...), append(w.Media, b.Media...), true
	p.to[e.Block] = n
	e.Block = n
	return true
}

// tidy takes the white space off text that the client has already at the join.
func (p *splice) tidy(text core.Text) core.Text {
	for len(p.gap) > 0 && len(text) > 0 {
		_, n := letter(p.gap)
		if !bytes.HasPrefix(text, p.gap[:n]) {
			p.gap = nil
			break
		}
		p.gap, text = p.gap[n:], text[n:]
	}
	return text
}

// surrender puts into o what was kept back for a continuation that does not come: the text,
// and the provider's own word for what happened, if it has one. From here on the stream is
// like any other.
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

// sum is what two streams used together.
func sum(a, b *core.Usage) core.Usage {
	return core.Usage{
		In: a.In + b.In, CachedIn: a.CachedIn + b.CachedIn, Out: a.Out + b.Out, Reasoning: a.Reasoning + b.Reasoning,
		WrittenIn: a.WrittenIn + b.WrittenIn, AudioIn: a.AudioIn + b.AudioIn, AudioOut: a.AudioOut + b.AudioOut,
		Known: a.Known || b.Known,
	}
}

// goOn asks a model to continue that would answer anew. It is the inside of a JSON string.
const goOn = "Your last message was cut off. Go on exactly where it stops: repeat nothing of it, and write no introduction and no comment."
