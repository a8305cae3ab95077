package bedrock

import (
	"bytes"
	"errors"
	"slices"

	"asbru/core"
	"asbru/core/scan"
)

var errEvent = errors.New("cannot read an event of the stream: it is not what ConverseStream sends")

// parseEvent reads a message of ConverseStream: name is its event type or its exception type. Only calls have
// a contentBlockStart; a text or a thought begins with its first delta.
func parseEvent(ev []core.Event, x *core.Crossing, name, data []byte) ([]core.Event, error) {
	switch string(name) {
	case "messageStart":
		return begun(ev, x), nil
	case "contentBlockStart":
		return blockStart(ev, x, data)
	case "contentBlockDelta":
		return blockDelta(ev, x, data)
	case "contentBlockStop":
		if at := int64(-1); !index(data, &at) {
			return ev, errEvent
		} else if b := x.R.Block; x.Started && b >= 0 && x.Blocks[b].Key == at {
			return blockStop(ev, x), nil
		}
		return ev, nil // a block without a delta
	case "messageStop":
		return messageStop(ev, x, data)
	case "metadata":
		return metadataEvent(ev, x, data)
	}
	if bytes.HasSuffix(name, []byte("Exception")) || !opens(data, '{') {
		return append(ev, core.Event{Kind: core.EventFault, Fault: streamFault(name, data)}), nil
	}
	return append(begun(ev, x), core.Event{Kind: core.EventOther, Name: name, Raw: data}), nil
}

// begun emits EventStart, once.
func begun(ev []core.Event, x *core.Crossing) []core.Event {
	if x.Started {
		return ev
	}
	x.Started, x.R.Block = true, -1
	return append(ev, core.Event{Kind: core.EventStart})
}

// index reads contentBlockIndex.
func index(data []byte, at *int64) bool {
	n, ok := scan.Whole(get(data, "contentBlockIndex"))
	if ok && 0 <= n && n <= maxBlock {
		*at = n
		return true
	}
	return false
}

// blockStart reads {contentBlockIndex, start: {toolUse: {toolUseId, name}}}. Other starts, of tools that the
// provider runs and their results, are kept for the same family.
func blockStart(ev []core.Event, x *core.Crossing, data []byte) ([]core.Event, error) {
	at := int64(-1)
	if !index(data, &at) {
		return ev, errEvent
	}
	ev = blockStop(begun(ev, x), x)
	key, v := union(get(data, "start"), "toolUse")
	if kind := get(v, "type"); string(key) != "toolUse" || kind != nil && string(kind) != `"tool_use"` {
		x.R.Block = x.Add(core.PartOther, 0, at)
		return append(ev, core.Event{Kind: core.EventOther, Name: nameStart, Raw: data}), nil
	}
	i := x.Add(core.PartCall, 0, at)
	b := &x.Blocks[i]
	b.ID = append(b.ID, member(v, "toolUseId")...)
	b.Name = append(b.Name, member(v, "name")...)
	return opened(ev, x, i), nil
}

var (
	nameStart = []byte("contentBlockStart")
	nameDelta = []byte("contentBlockDelta")
	nameStop  = []byte("contentBlockStop")
	nameMeta  = []byte("metadata")
)

func opened(ev []core.Event, x *core.Crossing, i int32) []core.Event {
	x.R.Block = i
	x.Blocks[i].Opened = true
	return append(ev, core.Event{Kind: core.EventOpen, Block: i})
}

// blockDelta reads {contentBlockIndex, delta: {…}} with one of text, toolUse,
// reasoningContent and citation.
func blockDelta(ev []core.Event, x *core.Crossing, data []byte) ([]core.Event, error) {
	at, delta := int64(-1), []byte(nil)
	w := scan.Members(data)
	for {
		key, v, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "contentBlockIndex":
			if at, ok = scan.Whole(v); !ok {
				at = -1
			}
		case "delta":
			delta = v
		}
	}
	key, v := union(delta, "text", "toolUse", "reasoningContent", "citation")
	if key == nil || at < 0 || at > maxBlock {
		return ev, errEvent
	}
	switch string(key) {
	case "text":
		return added(ev, x, core.PartText, at, inside(v))
	case "toolUse":
		if b := x.R.Block; x.Started && b >= 0 && x.Blocks[b].Key == at && x.Blocks[b].Kind == core.PartCall {
			return added(ev, x, core.PartCall, at, member(v, "input"))
		}
	case "citation":
		ev = block(ev, x, core.PartText, at)
		c := readCite(v)
		return append(ev, core.Event{Kind: core.EventCite, Block: x.R.Block, Cite: &c}), nil
	case "reasoningContent":
		return thoughtDelta(ev, x, at, v)
	}
	ev = begun(ev, x)
	if x.R.Block < 0 || x.Blocks[x.R.Block].Key != at {
		ev = blockStop(ev, x)
		x.R.Block = x.Add(core.PartOther, 0, at)
	}
	return append(ev, core.Event{Kind: core.EventOther, Name: nameDelta, Raw: data}), nil
}

// union returns the one member of raw that is set: the first that is called one of names, or else the first.
// Members that are null count as absent.
func union(raw []byte, names ...string) (key, value []byte) {
	w := scan.Members(raw)
	for {
		k, v, ok := w.Next()
		if !ok {
			return key, value
		}
		if scan.IsNull(v) {
			continue
		}
		if slices.Contains(names, string(k)) {
			return k, v
		}
		if key == nil {
			key, value = k, v
		}
	}
}

// thoughtDelta reads {text}, {signature} or {redactedContent}.
func thoughtDelta(ev []core.Event, x *core.Crossing, at int64, value []byte) ([]core.Event, error) {
	switch key, v := union(value, "text", "signature", "redactedContent"); string(key) {
	case "text":
		return added(ev, x, core.PartThought, at, inside(v))
	case "signature":
		ev = block(ev, x, core.PartThought, at)
		b := &x.Blocks[x.R.Block]
		b.Sign = append(b.Sign, inside(v)...)
		b.Vendor = core.Anthropic
		return ev, nil
	case "redactedContent":
		ev = block(ev, x, core.PartVeiled, at)
		b := &x.Blocks[x.R.Block]
		b.Sign, b.Vendor = unveil(b.Sign, inside(v))
		return ev, nil
	}
	return ev, errEvent
}

// block opens the block numbered at with that kind, unless it is open.
func block(ev []core.Event, x *core.Crossing, kind core.PartKind, at int64) []core.Event {
	ev = begun(ev, x)
	if b := x.R.Block; b >= 0 && x.Blocks[b].Key == at && x.Blocks[b].Kind == kind {
		return ev
	}
	ev = blockStop(ev, x)
	return opened(ev, x, x.Add(kind, 0, at))
}

// added emits the delta t of the block numbered at, which it opens if necessary.
func added(ev []core.Event, x *core.Crossing, kind core.PartKind, at int64, t core.Text) ([]core.Event, error) {
	if t == nil {
		return ev, errEvent
	}
	ev = block(ev, x, kind, at)
	return append(ev, core.Event{Kind: core.EventDelta, Block: x.R.Block, Text: t}), nil
}

// blockStop closes the open block, if there is one.
func blockStop(ev []core.Event, x *core.Crossing) []core.Event {
	i := x.R.Block
	if i < 0 {
		return ev
	}
	x.R.Block = -1
	b := &x.Blocks[i]
	if b.Kind == core.PartOther {
		return append(ev, core.Event{Kind: core.EventOther, Name: nameStop, Block: i})
	}
	if len(b.Sign) > 0 {
		if v, sign := core.ReadSign(b.Sign, core.Anthropic); v != core.Anthropic && b.Vendor == core.Anthropic {
			b.Vendor = v
			b.Sign = b.Sign[:copy(b.Sign, sign)]
		}
		ev = append(ev, core.Event{Kind: core.EventSign, Block: i})
	}
	b.Closed = true
	return append(ev, core.Event{Kind: core.EventClose, Block: i})
}

func messageStop(ev []core.Event, x *core.Crossing, data []byte) ([]core.Event, error) {
	reason := member(data, "stopReason")
	if reason == nil {
		return ev, errEvent
	}
	ev = blockStop(begun(ev, x), x)
	x.Finished = true
	return append(ev, core.Event{
		Kind: core.EventFinish, Finish: finishOf(reason), Native: reason,
		Stop: member(get(data, "additionalModelResponseFields"), "stop_sequence"),
	}), nil
}

// metadataEvent reads {usage, metrics, trace}, which ends the stream; after the finish, even without usage.
func metadataEvent(ev []core.Event, x *core.Crossing, data []byte) ([]core.Event, error) {
	raw := get(data, "usage")
	if !opens(raw, '{') && !(x.Finished && opens(data, '{')) {
		return ev, errEvent
	}
	ev = blockStop(begun(ev, x), x)
	if opens(raw, '{') {
		usage(raw, &x.Usage)
		ev = append(ev, core.Event{Kind: core.EventUsage})
	}
	x.Ended = true
	return append(ev,
		core.Event{Kind: core.EventOther, Name: nameMeta, Raw: data},
		core.Event{Kind: core.EventEnd}), nil
}
