package entry

import (
	"errors"

	"asbru/core"
)

// ErrPart reports an incomplete answer: it failed, or part of it never arrived.
var ErrPart = errors.New("the answer is not whole")

// A Gather builds a complete reply from the events of a stream. The zero Gather is ready for use.
// It copies what it is given.
type Gather struct {
	blocks  []block
	choices []choice
	pace    []Beat
	last    int64 // nanoseconds of the previous piece; 0: none yet
	mixed   bool  // several choices: the pace has no meaning
	bytes   int
	fault   error
	ended   bool
}

// A block is a part that is still growing.
type block struct {
	index int32 // in Crossing.Blocks
	text  []byte
	cites []core.Cite
}

type choice struct {
	index   int32
	blocks  []int // in the order in which they were opened
	probs   []byte
	finish  core.Finish
	native  []byte
	stopped []byte
	done    bool
}

// Add takes events in the order that a codec returns them, at a time in nanoseconds. Only differences of
// times matter.
func (g *Gather) Add(ev []core.Event, at int64) {
	for i := range ev {
		g.add(&ev[i], at)
	}
}

func (g *Gather) add(e *core.Event, at int64) {
	if g.fault != nil {
		return
	}
	switch e.Kind {
	case core.EventOpen:
		g.open(e)
	case core.EventDelta:
		b := g.block(e.Block)
		if b == nil || g.bytes+len(e.Text)+len(e.Probs) > MaxBytes {
			g.fault = ErrLong
			return
		}
		g.bytes += len(e.Text) + len(e.Probs)
		b.text = append(b.text, e.Text...)
		if e.Probs != nil {
			c := g.choice(e.Choice)
			c.probs = appendProbs(c.probs, e.Probs)
		}
		g.beat(len(e.Text), at)
	case core.EventCite:
		if b := g.block(e.Block); b != nil && e.Cite != nil && len(b.cites) < maxCites {
			b.cites = append(b.cites, clone(e.Cite))
		}
	case core.EventFinish:
		c := g.choice(e.Choice)
		c.finish, c.done = e.Finish, true
		c.native, c.stopped = own(e.Native), own(e.Stop)
	case core.EventFault:
		g.fault = ErrPart
	case core.EventEnd:
		g.ended = true
	case core.EventOther:
		// Known to one format only; whatever matters of it is among the blocks.
	}
}

func (g *Gather) open(e *core.Event) {
	if len(g.blocks) == maxParts || g.block(e.Block) != nil {
		g.fault = ErrLong
		return
	}
	c := g.choice(e.Choice)
	c.blocks = append(c.blocks, len(g.blocks))
	g.blocks = append(g.blocks, block{index: e.Block})
}

// block finds the block that the codec calls index: almost always the last one.
func (g *Gather) block(index int32) *block {
	for i := len(g.blocks) - 1; i >= 0; i-- {
		if g.blocks[i].index == index {
			return &g.blocks[i]
		}
	}
	return nil
}

func (g *Gather) choice(index int32) *choice {
	for i := range g.choices {
		if g.choices[i].index == index {
			return &g.choices[i]
		}
	}
	g.mixed = g.mixed || len(g.choices) > 0
	g.choices = append(g.choices, choice{index: index})
	return &g.choices[len(g.choices)-1]
}

// beat records when a piece of n bytes arrived.
func (g *Gather) beat(n int, at int64) {
	if n == 0 {
		return
	}
	gap := int64(0)
	if g.last > 0 {
		gap = min(max(at-g.last, 0)/1e6, maxGap)
	}
	g.last = at
	if k := len(g.pace); gap == 0 && k > 0 || k == maxBeats {
		g.pace[k-1].Bytes += uint32(n)
		return
	}
	g.pace = append(g.pace, Beat{uint32(gap), uint32(n)})
}

// Whole fills r, which must be empty, with the reply, whose blocks are in x. It returns an
// error if the stream failed or did not reach its end. r aliases g and x.
func (g *Gather) Whole(r *core.Completion, x *core.Crossing) error {
	if g.fault != nil {
		return g.fault
	}
	if len(g.choices) == 0 || !g.ended && !x.Ended {
		return ErrPart
	}
	r.Model, r.Created, r.Usage = core.Text(x.Model), x.Created, x.Usage
	r.ID = core.Text(x.ID)
	for i := range g.choices {
		c := &g.choices[i]
		if !c.done {
			return ErrPart
		}
		n := r.Begin(int64(c.index))
		for _, k := range c.blocks {
			g.part(r, &g.blocks[k], &x.Blocks[g.blocks[k].index])
		}
		r.End(n)
		s := &r.Choices[n]
		s.Finish, s.Native, s.Stopped = c.finish, c.native, c.stopped
		if c.probs != nil {
			s.Logprobs = append(c.probs, ']')
		}
	}
	return nil
}

// part adds b as a part.
func (g *Gather) part(r *core.Completion, b *block, k *core.Block) {
	p := core.Part{Kind: k.Kind, Vendor: k.Vendor, ID: orNil(k.ID), Name: orNil(k.Name), Sign: orNil(k.Sign), Type: orNil(k.Type), Media: orNil(k.Media)}
	text := b.text
	if text == nil {
		text = []byte{}
	}
	switch k.Kind {
	case core.PartCall:
		p.Args, p.Wraps = text, true
	case core.PartImage, core.PartAudio, core.PartFile, core.PartVideo:
		p.Data = text
	case core.PartVeiled:
	default:
		p.Text = text
	}
	for i := range b.cites {
		r.Cite(&p.Cites, b.cites[i])
	}
	r.Add(p)
}

// Pace returns when the pieces of the text arrived; nil if there is no meaningful pace.
func (g *Gather) Pace() []Beat {
	if g.mixed || len(g.pace) < 2 {
		return nil
	}
	return g.pace
}

// appendProbs appends the elements of the JSON array more to dst, an array without its
// closing bracket.
func appendProbs(dst, more []byte) []byte {
	if len(more) < 2 || more[0] != '[' || more[len(more)-1] != ']' {
		return dst
	}
	more = more[1 : len(more)-1]
	switch {
	case dst == nil:
		dst = append(dst, '[')
	case len(dst) > 1 && len(more) > 0:
		dst = append(dst, ',')
	}
	return append(dst, more...)
}

// clone copies what a Cite aliases.
func clone(c *core.Cite) core.Cite {
	return core.Cite{Start: c.Start, End: c.End, Source: c.Source, From: c.From, To: c.To, Unit: c.Unit,
		URL: own(c.URL), Title: own(c.Title), Quote: own(c.Quote)}
}

// own copies b; nil stays nil.
func own(b []byte) []byte {
	if b == nil {
		return nil
	}
	return append([]byte{}, b...)
}

// orNil returns b, or nil if it is empty.
func orNil(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return b
}
