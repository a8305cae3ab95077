package hotpath

import (
	"bytes"

	"asbru/core"
	"asbru/hotpath/http1"
)

// resumed prepares c for a stream that continues the broken one. It is called again if that
// stream fails too.
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

// resume appends the body that asks the target to continue where the client's text stops: the
// conversation, the text so far as the assistant's turn and, for a model that would otherwise
// start a new answer, an instruction to continue.
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

// tidy removes white space from text that the client already has at the join.
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

// sum is the usage of two streams together.
func sum(a, b *core.Usage) core.Usage {
	both := *a
	both.Add(b)
	return both
}

// goOn tells a model to continue that would otherwise start a new answer. It is the inside of a
// JSON string.
const goOn = "Your last message was cut off. Go on exactly where it stops: repeat nothing of it, and write no introduction and no comment."
