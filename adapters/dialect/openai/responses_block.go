package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// The reader numbers a block by the item it is of, what of it, and which one. In Depth it
// notes what it had of the block.
const (
	hadText = 1 << iota // text, so that the whole need not be read where it is repeated
	hadEnd              // its end, while an earlier block was open
)

func blockKey(index int64, class, n int64) int64 { return index<<16 | class<<12 | n&0xfff }

// at is the index of the item that the event is of.
func (f *frame) at() int64 {
	if f.index >= 0 {
		return f.index
	}
	return f.x.R.Seq
}

// find is the block of an item, -1 if there is none.
func (f *frame) find(key int64) int32 {
	for i := len(f.x.Blocks) - 1; i >= 0; i-- {
		if f.x.Blocks[i].Key == key {
			return int32(i)
		}
	}
	return -1
}

// block is the event's block; a new one is opened as soon as no other is open. Of a
// reasoning item the one before ends where the next begins. A server that does not
// number its items gives them one by one, and ends them all at the end.
func (f *frame) block(kind core.PartKind, class int64) int32 {
	x := f.x
	key := blockKey(f.at(), class, f.content)
	if i := f.find(key); i >= 0 {
		return i
	}
	if len(x.Blocks) >= maxBlocks {
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
	if kind != core.PartCall { // whose id and name come with its item
		f.promote()
	}
	return i
}

// promote opens the next block if none is open, gives what it had until now, and
// goes on while they are complete.
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

// close ends a block now, or as soon as it is its turn.
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

// give adds text to a block. One that is closed was complete.
func (f *frame) give(i int32, text, probs []byte) {
	b := &f.x.Blocks[i]
	b.Depth |= hadText
	switch {
	case b.Closed:
	case b.Opened:
		f.emit(core.Event{Kind: core.EventDelta, Block: i, Text: text, Probs: probs})
	case len(b.Held)+len(text) > maxHeld:
		f.err = errFull
	default:
		b.Held = append(b.Held, text...)
	}
}

// add is a delta.
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

// fill is the end of a text: it counts when there were no deltas.
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

// cite is an annotation of the open text.
func (f *frame) cite() {
	f.begin()
	i := f.block(core.PartText, ofContent)
	if i < 0 || f.x.R.Block != i || len(f.note) == 0 {
		return
	}
	c := citation(f.note)
	f.emit(core.Event{Kind: core.EventCite, Block: i, Cite: &c})
}

// partKind is what a part of an item's content becomes.
func partKind(part []byte) (kind core.PartKind, ok bool) {
	switch string(member(part, "type")) {
	case `"output_text"`, `"text"`:
		return core.PartText, true
	case `"refusal"`:
		return core.PartRefusal, true
	case `"reasoning_text"`, `"summary_text"`:
		return core.PartThought, true
	}
	return 0, false
}

// partText is the text of a part.
func partText(part []byte) []byte {
	text, ok := scan.Inside(member(part, "text"))
	if !ok {
		text, _ = scan.Inside(member(part, "refusal"))
	}
	return text
}

func (f *frame) partAdded() {
	f.begin()
	if kind, ok := partKind(f.part); ok {
		f.block(kind, ofContent)
	}
}

func (f *frame) partDone() {
	f.begin()
	kind, ok := partKind(f.part)
	if !ok {
		return
	}
	if i := f.block(kind, ofContent); i >= 0 {
		f.complete(i, partText(f.part))
		if kind != core.PartThought { // whose signature comes with its item
			f.close(i)
		}
	}
}

// itemAdded begins an item. Only of a call it says what is needed later.
func (f *frame) itemAdded(kind []byte) {
	f.begin()
	x := f.x
	if f.index < 0 {
		x.R.Seq = int64(x.R.Next)
	} else {
		x.R.Seq = f.index
	}
	x.R.Next = max(x.R.Next, int32(f.at())+1)
	switch string(member(f.item, "type")) {
	case `"function_call"`:
		f.call()
	case `"message"`, `"reasoning"`:
	default:
		f.other(kind)
	}
}

// call opens the block of a function_call.
func (f *frame) call() int32 {
	f.content = 0
	i := f.block(core.PartCall, ofArgs)
	if i < 0 {
		return -1
	}
	b := &f.x.Blocks[i]
	if len(b.Name) == 0 && len(b.ID) == 0 {
		w := scan.Members(f.item)
		for {
			key, value, more := w.Next()
			if !more {
				break
			}
			text, _ := scan.Inside(value)
			switch string(key) {
			case "call_id":
				b.ID = append(b.ID[:0], text...)
			case "name":
				b.Name = append(b.Name[:0], text...)
			}
		}
	}
	f.promote()
	return i
}

// itemDone completes an item, from the whole of it where its parts were not streamed.
func (f *frame) itemDone(kind []byte) {
	f.begin()
	x := f.x
	if f.index < 0 {
		f.unnumbered()
	}
	x.R.Next = max(x.R.Next, int32(f.at())+1)
	switch string(member(f.item, "type")) {
	case `"function_call"`:
		if i := f.call(); i >= 0 {
			args := member(f.item, "arguments")
			text, ok := scan.Inside(args)
			if !ok && len(args) > 0 && args[0] == '{' {
				b := &x.Blocks[i]
				b.Held = scan.AppendEscaped(b.Held[:0], args)
				text = b.Held
			}
			f.complete(i, text)
			f.close(i)
		}
	case `"message"`:
		f.texts(member(f.item, "content"), ofContent)
		f.closeItem()
	case `"reasoning"`:
		f.texts(member(f.item, "summary"), ofSummary)
		f.texts(member(f.item, "content"), ofContent)
		f.signed()
		f.closeItem()
	default:
		f.other(kind)
	}
}

// unnumbered finds out which item ends, for a server that does not say: a call by its
// id, another by what it is, the last first.
func (f *frame) unnumbered() {
	kind := member(f.item, "type")
	id, _ := scan.Inside(member(f.item, "call_id"))
	for i := len(f.x.Blocks) - 1; i >= 0; i-- {
		b := &f.x.Blocks[i]
		same := false
		switch string(kind) {
		case `"function_call"`:
			same = b.Kind == core.PartCall && string(b.ID) == string(id)
		case `"reasoning"`:
			same = b.Kind == core.PartThought
		case `"message"`:
			same = b.Kind == core.PartText || b.Kind == core.PartRefusal
		}
		if same {
			f.index = b.Key >> 16
			return
		}
	}
	f.index = int64(f.x.R.Next)
}

// texts gives the parts of a list the text they did not have.
func (f *frame) texts(list []byte, class int64) {
	w := scan.Elements(list)
	for n := int64(0); ; n++ {
		_, value, more := w.Next()
		if !more {
			return
		}
		kind, ok := partKind(value)
		text := partText(value)
		if !ok || len(text) == 0 && f.find(blockKey(f.at(), class, n)) < 0 {
			continue
		}
		f.content = n
		i := f.block(kind, class)
		if i < 0 {
			return
		}
		if f.complete(i, text); kind != core.PartThought {
			f.close(i)
		}
	}
}

// signed puts what is encrypted in a reasoning item on its last block; one without a
// text gets a veiled one.
func (f *frame) signed() {
	sign, _ := scan.Inside(member(f.item, "encrypted_content"))
	if len(sign) == 0 {
		return
	}
	vendor, sign := core.ReadSign(sign, core.OpenAI)
	i := int32(len(f.x.Blocks)) - 1
	for i >= 0 && f.x.Blocks[i].Key>>16 != f.at() {
		i--
	}
	if i < 0 {
		f.content = 0
		if i = f.block(core.PartVeiled, ofSummary); i < 0 {
			return
		}
	}
	b := &f.x.Blocks[i]
	b.Vendor, b.Sign = vendor, append(b.Sign[:0], sign...)
}

// closeItem ends the blocks of the item.
func (f *frame) closeItem() {
	for i := range f.x.Blocks {
		if f.x.Blocks[i].Key>>16 == f.at() {
			f.close(int32(i))
		}
	}
}
