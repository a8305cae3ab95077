package openai

import (
	"asbru/core"
)

// The reader's key of a block consists of its item, its class within the item, and its number. Depth holds
// these bits about what has arrived of it.
const (
	hadText = 1 << iota // text, so that the repetition of the whole text is ignored
	hadEnd              // its end, while an earlier block was open
)

func blockKey(index int64, class, n int64) int64 { return index<<16 | class<<12 | n&0xfff }

// at returns the index of the item that the event belongs to.
func (f *frame) at() int64 {
	if f.index >= 0 {
		return f.index
	}
	return f.x.R.Seq
}

// find returns the block with that key, -1 if there is none.
func (f *frame) find(key int64) int32 {
	for i := len(f.x.Blocks) - 1; i >= 0; i-- {
		if f.x.Blocks[i].Key == key {
			return int32(i)
		}
	}
	return -1
}

// block returns the event's block, or a new one, which is opened as soon as no other is open. The blocks of a
// reasoning item end where the next one begins. A server that does not number its items sends them one by
// one, and ends all of them at the end.
func (f *frame) block(kind core.PartKind, class int64) int32 {
	x := f.x
	key := blockKey(f.at(), class, f.content)
	if i := f.find(key); i >= 0 {
		return i
	}
	if len(x.Blocks) >= maxOutputParts {
		f.err = errFull
		return -1
	}
	if open := x.R.Block; open >= 0 {
		if b := &x.Blocks[open]; f.index < 0 || kind == core.PartThought && b.Kind == kind && b.Key>>16 == key>>16 {
			f.close(open)
		}
	}
	i := x.Add(kind, 0, key)
	if x.R.Next <= int32(f.at()) {
		x.R.Next = int32(f.at()) + 1
	}
	if kind != core.PartCall { // the id and name of a call come with its item
		f.promote()
	}
	return i
}

// promote opens the next block if none is open and delivers what has arrived of it, and repeats that while
// blocks are complete.
func (f *frame) promote() {
	x := f.x
	for x.R.Block < 0 && int(x.R.Flags) < len(x.Blocks) {
		i := int32(x.R.Flags)
		x.R.Flags++
		b := &x.Blocks[i]
		x.R.Block, b.Opened = i, true
		f.emit(core.Event{Kind: core.EventOpen, Block: i})
		if len(b.Held) > 0 {
			f.emit(core.Event{Kind: core.EventDelta, Block: i, Text: b.Held})
		}
		if b.Depth&hadEnd != 0 {
			f.shut(i)
		}
	}
}

// shut closes the open block.
func (f *frame) shut(i int32) {
	b := &f.x.Blocks[i]
	if len(b.Sign) > 0 {
		f.emit(core.Event{Kind: core.EventSign, Block: i})
	}
	b.Closed, f.x.R.Block = true, -1
	f.emit(core.Event{Kind: core.EventClose, Block: i})
}

// close ends a block now, or as soon as it has been opened.
func (f *frame) close(i int32) {
	b := &f.x.Blocks[i]
	switch {
	case b.Closed:
	case b.Opened:
		f.shut(i)
		f.promote()
	default:
		b.Depth |= hadEnd
		f.promote()
	}
}

// closeAll ends every block, in their order.
func (f *frame) closeAll() {
	for i := range f.x.Blocks {
		f.close(int32(i))
	}
}

// give adds text to a block. A closed one was complete, and is not changed.
func (f *frame) give(i int32, text, probs []byte) {
	b := &f.x.Blocks[i]
	b.Depth |= hadText
	switch {
	case b.Closed:
	case b.Opened:
		f.emit(core.Event{Kind: core.EventDelta, Block: i, Text: text, Probs: probs})
	case len(b.Held)+len(text) > maxPartHeld:
		f.err = errFull
	default:
		b.Held = append(b.Held, text...)
	}
}

// add handles a delta.
func (f *frame) add(kind core.PartKind, class int64) {
	if f.delta == nil {
		f.err = errNoEvent
		return
	}
	f.begin()
	if i := f.block(kind, class); i >= 0 && len(f.delta) > 0 {
		f.give(i, f.delta, f.probs)
	}
}

// fill handles the end of a text, which is used only if there were no deltas.
func (f *frame) fill(kind core.PartKind, class int64) {
	f.begin()
	if i := f.block(kind, class); i >= 0 {
		f.complete(i, f.whole)
	}
}

// complete gives a block its text if it had none.
func (f *frame) complete(i int32, text []byte) {
	if len(text) > 0 && f.x.Blocks[i].Depth&hadText == 0 {
		f.give(i, text, nil)
	}
}

// cite handles an annotation of the open text.
func (f *frame) cite() {
	f.begin()
	i := f.block(core.PartText, ofContent)
	if i < 0 || f.x.R.Block != i || len(f.note) == 0 {
		return
	}
	c := citation(f.note)
	f.emit(core.Event{Kind: core.EventCite, Block: i, Cite: &c})
}
