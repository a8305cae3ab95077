package cohere

import (
	"errors"

	"asbru/core"
	"asbru/core/scan"
)

// The use of the reader's Side: Block is the open block; Open says that its end was read, but that it is kept open
// for citations, which come later; Aux is the raw usage.

// planKey is Block.Key of a tool plan, which has no index.
const planKey = -1

var (
	errNoEvent = errors.New("the event is not one JSON object")
	errNoDelta = errors.New("the event holds no delta that can be read")
	errLate    = errors.New("the event adds to a block that is complete")
	errBlocks  = errors.New("the stream has more than 4096 blocks")
)

// A frame is one event being read.
type frame struct {
	kind, delta, id, probs []byte
	index                  int64
}

// parseEvent is the codec's ParseEvent:
// https://docs.cohere.com/reference/chat-stream
func parseEvent(ev []core.Event, x *core.Crossing, name, data []byte) ([]core.Event, error) {
	if isDone(data) {
		return end(ev, x), nil
	}
	f := frame{kind: name}
	if !f.read(data) {
		return ev, errNoEvent
	}
	switch string(f.kind) {
	case "content-delta":
		return contentDelta(ev, x, &f)
	case "tool-call-delta":
		return callDelta(ev, x, &f)
	case "tool-plan-delta":
		return planDelta(ev, x, &f)
	case "content-start":
		return contentStart(ev, x, &f)
	case "tool-call-start":
		return callStart(ev, x, &f)
	case "content-end", "tool-call-end":
		return blockEnd(ev, x, &f), nil
	case "citation-start":
		return cite(begin(ev, x, nil), x, &f)
	case "citation-end":
		return ev, nil
	case "message-start":
		return begin(ev, x, f.id), nil
	case "message-end":
		return messageEnd(begin(ev, x, f.id), x, &f), nil
	case "", "error":
		if fault := (core.Fault{Code: core.UpstreamFailed}); readFault(data, &fault) {
			return append(ev, core.Event{Kind: core.EventFault, Fault: &fault}), nil
		}
	}
	return append(ev, core.Event{Kind: core.EventOther, Name: f.kind, Raw: data}), nil
}

// read reads the members of an event.
func (f *frame) read(data []byte) bool {
	w := scan.Members(data)
	for {
		key, value, ok := w.Next()
		if !ok {
			return w.Rest() != nil
		}
		switch string(key) {
		case "type":
			if kind := inside(value); kind != nil {
				f.kind = kind
			}
		case "index":
			f.index, _ = scan.Whole(value)
		case "delta":
			f.delta = value
		case "id":
			f.id = inside(value)
		case "logprobs":
			f.probs = value
		}
	}
}

// begin emits EventStart, once.
func begin(ev []core.Event, x *core.Crossing, id core.Text) []core.Event {
	if x.R.Began {
		return ev
	}
	x.R.Began, x.Started = true, true
	x.ID = append(x.ID[:0], id...)
	return append(ev, core.Event{Kind: core.EventStart})
}

// open ends the open block and begins a new one.
func open(ev []core.Event, x *core.Crossing, kind core.PartKind, key int64) ([]core.Event, *core.Block, error) {
	if len(x.Blocks) >= maxBlocks {
		return ev, nil, errBlocks
	}
	ev = shut(begin(ev, x, nil), x)
	i := x.Add(kind, 0, key)
	x.R.Block = i
	b := &x.Blocks[i]
	b.Opened = true
	if kind == core.PartThought {
		b.Vendor = core.Cohere
	}
	return append(ev, core.Event{Kind: core.EventOpen, Block: i}), b, nil
}

// shut ends the open block.
func shut(ev []core.Event, x *core.Crossing) []core.Event {
	if x.R.Block < 0 {
		return ev
	}
	i := x.R.Block
	x.R.Block, x.R.Open = -1, false
	x.Blocks[i].Closed = true
	return append(ev, core.Event{Kind: core.EventClose, Block: i})
}

// at reports whether the open block is a call (or content) with the index key. seen reports whether an earlier one
// is.
func at(x *core.Crossing, call bool, key int64) (now, seen bool) {
	for i := len(x.Blocks) - 1; i >= 0; i-- {
		b := &x.Blocks[i]
		if b.Key == key && (b.Kind == core.PartCall) == call {
			return int32(i) == x.R.Block && !x.R.Open, true
		}
	}
	return false, false
}

// add emits an addition to the open block.
func add(ev []core.Event, x *core.Crossing, text core.Text, probs []byte) []core.Event {
	if len(text) == 0 && probs == nil {
		return ev
	}
	return append(ev, core.Event{Kind: core.EventDelta, Block: x.R.Block, Text: text, Probs: probs})
}

// sign sets the signature of the open block.
func sign(ev []core.Event, x *core.Crossing, raw core.Text) []core.Event {
	b := &x.Blocks[x.R.Block]
	v, s := core.ReadSign(raw, core.Cohere)
	b.Vendor, b.Sign = v, append(b.Sign[:0], s...)
	return append(ev, core.Event{Kind: core.EventSign, Block: x.R.Block})
}

// planDelta reads delta {message {tool_plan}}.
func planDelta(ev []core.Event, x *core.Crossing, f *frame) ([]core.Event, error) {
	text := inside(member(member(f.delta, "message"), "tool_plan"))
	if text == nil {
		return ev, errNoDelta
	}
	if i := x.R.Block; i < 0 || x.Blocks[i].Key != planKey || x.Blocks[i].Kind != core.PartThought {
		var err error
		if ev, _, err = open(ev, x, core.PartThought, planKey); err != nil {
			return ev, err
		}
	}
	return add(ev, x, text, nil), nil
}

// blockEnd ends the open block. A text is ended only when another block begins, as citations may still follow.
func blockEnd(ev []core.Event, x *core.Crossing, f *frame) []core.Event {
	i := x.R.Block
	if i < 0 || x.Blocks[i].Key != f.index || (x.Blocks[i].Kind == core.PartCall) != (string(f.kind) == "tool-call-end") {
		return ev
	}
	if x.Blocks[i].Kind == core.PartText {
		x.R.Open = true
		return ev
	}
	return shut(ev, x)
}

// cite reads delta {message {citations}}, which is one citation.
func cite(ev []core.Event, x *core.Crossing, f *frame) ([]core.Event, error) {
	raw := member(member(f.delta, "message"), "citations")
	if len(raw) == 0 || raw[0] != '{' {
		return ev, errNoDelta
	}
	i := x.R.Block
	if i < 0 || x.Blocks[i].Kind != core.PartText {
		return ev, nil // it cites a plan or a thought, for which other formats have no citations
	}
	c, _, sources := readCite(raw)
	first := c
	ev = append(ev, core.Event{Kind: core.EventCite, Block: i, Cite: &first})
	for c.Raw = nil; ; {
		_, source, ok := sources.Next()
		if !ok {
			return ev, nil
		}
		further := c
		readSource(&further, source)
		ev = append(ev, core.Event{Kind: core.EventCite, Block: i, Cite: &further})
	}
}
