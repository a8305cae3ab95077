package anthropic

import (
	"errors"

	"asbru/core"
	"asbru/core/scan"
)

// open reads content_block_start. It closes a block that is still open.
func (fr *frame) open(ev []core.Event, x *core.Crossing) ([]core.Event, error) {
	if !opens(fr.block, '{') {
		return ev, errors.New("cannot read the event: it starts a content block and has none")
	}
	if len(x.Blocks) >= maxBlocks {
		return ev, errors.New("cannot read the event: the answer has too many content blocks")
	}
	ev = closeBlock(begin(ev, x), x)
	return openBlock(ev, x, fr.block, fr.at()), nil
}

// A blockStart is a content block as a stream begins it: what is read of its members, nil where they are absent.
type blockStart struct {
	kind, id, name, text, sign, data core.Text
	input, cites                     []byte // raw
}

func (s *blockStart) read(raw []byte) {
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			return
		}
		if scan.IsNull(value) {
			continue
		}
		inside, _ := scan.Inside(value)
		switch string(key) {
		case "type":
			s.kind = inside
		case "id":
			s.id = inside
		case "name":
			s.name = inside
		case "text", "thinking":
			s.text = inside
		case "signature":
			s.sign = inside
		case "data":
			s.data = inside
		case "input":
			s.input = value
		case "citations":
			s.cites = value
		}
	}
}

// openBlock starts the block raw, with the content that it already has.
func openBlock(ev []core.Event, x *core.Crossing, raw []byte, key int64) []core.Event {
	var s blockStart
	s.read(raw)
	at := x.Add(kindOfBlock(s.kind), 0, key)
	b := &x.Blocks[at]
	b.ID, b.Name, b.Opened = append(b.ID, s.id...), append(b.Name, s.name...), true
	x.R.Block = at
	e := core.Event{Kind: core.EventOpen, Block: at}
	switch b.Kind {
	case core.PartOther:
		b.Type = append(b.Type, s.kind...)
		e.Raw = raw
		return append(ev, e)
	case core.PartCall:
		e.Raw = raw
		if input := trim(s.input); len(input) > 2 && len(input) <= maxHeld { // more than {}
			b.Held = scan.AppendEscaped(b.Held, input)
		}
		return append(ev, e)
	case core.PartVeiled:
		b.Sign = append(b.Sign, s.data...)
		readVendor(b)
		return append(ev, e, core.Event{Kind: core.EventSign, Block: at})
	}
	b.Sign = append(b.Sign, s.sign...)
	ev = append(ev, e)
	if len(s.text) > 0 {
		ev = append(ev, core.Event{Kind: core.EventDelta, Block: at, Text: s.text})
	}
	w := scan.Elements(s.cites)
	for _, one, more := w.Next(); more; _, one, more = w.Next() {
		ev = cite(ev, at, one)
	}
	return ev
}

func kindOfBlock(kind []byte) core.PartKind {
	switch string(kind) {
	case "text":
		return core.PartText
	case "tool_use":
		return core.PartCall
	case "thinking":
		return core.PartThought
	case "redacted_thinking":
		return core.PartVeiled
	}
	return core.PartOther
}

// readVendor sets the vendor of the signature of b, which is marked in it.
func readVendor(b *core.Block) {
	v, sign := core.ReadSign(b.Sign, core.Anthropic)
	if b.Vendor = v; len(sign) < len(b.Sign) {
		b.Sign = b.Sign[:copy(b.Sign, sign)]
	}
}

// cite emits a citation. It allocates, because events hold a pointer to it.
func cite(ev []core.Event, at int32, raw []byte) []core.Event {
	c := citation(raw)
	return append(ev, core.Event{Kind: core.EventCite, Block: at, Cite: &c})
}

// add reads content_block_delta.
func (fr *frame) add(ev []core.Event, x *core.Crossing) ([]core.Event, error) {
	at := x.R.Block
	if at < 0 || x.Blocks[at].Key != fr.at() {
		return ev, errors.New("cannot read the event: it adds to a content block that is not open")
	}
	if !opens(fr.delta, '{') {
		return ev, errors.New("cannot read the event: it adds nothing to its content block")
	}
	b := &x.Blocks[at]
	var kind, said, cited []byte
	w := scan.Members(fr.delta)
	for {
		key, value, more := w.Next()
		if !more {
			break
		}
		if scan.IsNull(value) {
			continue
		}
		switch string(key) {
		case "type":
			kind = value
		case "text", "thinking", "partial_json", "signature":
			said, _ = scan.Inside(value)
		case "citation":
			cited = value
		}
	}
	e := core.Event{Kind: core.EventDelta, Block: at, Text: said}
	switch {
	case b.Kind == core.PartOther:
	case string(kind) == `"text_delta"` && b.Kind == core.PartText,
		string(kind) == `"thinking_delta"` && b.Kind == core.PartThought:
		if len(said) == 0 {
			return ev, nil
		}
		return append(ev, e), nil
	case string(kind) == `"input_json_delta"` && b.Kind == core.PartCall:
		if len(said) == 0 {
			return ev, nil
		}
		b.Depth = 1 // there are deltas of arguments, so those of the start do not count
		return append(ev, e), nil
	case string(kind) == `"signature_delta"` && b.Kind == core.PartThought:
		if len(b.Sign)+len(said) > maxHeld {
			return ev, errors.New("cannot read the event: the signature has no end")
		}
		b.Sign = append(b.Sign, said...)
		return ev, nil
	case string(kind) == `"citations_delta"` && b.Kind == core.PartText && opens(cited, '{'):
		return cite(ev, at, cited), nil
	}
	return append(ev, core.Event{Kind: core.EventOther, Block: at, Name: fr.kind, Raw: fr.delta}), nil
}

// closeBlock ends the open block, if there is one. A call without arguments has {}.
func closeBlock(ev []core.Event, x *core.Crossing) []core.Event {
	at := x.R.Block
	if at < 0 {
		return ev
	}
	x.R.Block = -1
	b := &x.Blocks[at]
	b.Closed = true
	switch {
	case b.Kind == core.PartCall && b.Depth == 0:
		if len(b.Held) == 0 {
			b.Held = append(b.Held, `{}`...)
		}
		ev = append(ev, core.Event{Kind: core.EventDelta, Block: at, Text: b.Held})
	case b.Kind == core.PartThought && len(b.Sign) > 0:
		readVendor(b)
		ev = append(ev, core.Event{Kind: core.EventSign, Block: at})
	}
	return append(ev, core.Event{Kind: core.EventClose, Block: at})
}
