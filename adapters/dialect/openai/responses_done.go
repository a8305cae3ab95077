package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// partKind returns the kind for a part of an item's content.
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

// partText returns the text of a part.
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
		if kind != core.PartThought { // the signature of a thought comes with its item
			f.close(i)
		}
	}
}

// itemAdded begins an item. Only for a call it has data that is needed later.
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

// itemDone completes an item, with the parts of the complete item that were not streamed.
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

// unnumbered finds the item that ends, for a server that does not number items: a call by its id, others by
// their kind, the last one first.
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

// texts adds the text of those parts of a list that were not streamed.
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

// signed adds the encrypted content of a reasoning item as the signature of its last block. An item without
// text becomes a veiled thought.
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
