package ollama

import (
	"errors"

	"asbru/core"
	"asbru/core/scan"
)

// The use of the reader's Side: Block is the open block; Next counts the calls; Buf holds their arguments, escaped,
// while the events of a line are in use; Native is created_at and Aux the raw members of the last line.

var (
	errNoLine = errors.New("the line is not one JSON object")
	errBlocks = errors.New("the stream has more than 4096 blocks")
)

// A line is one event being read.
type line struct {
	model, created, message, response, thinking, reason, fault, probs []byte
	done                                                              bool
}

// parseEvent is the codec's ParseEvent, for both operations. A line adds thinking, text and calls, in this order.
func parseEvent(ev []core.Event, x *core.Crossing, _, data []byte) ([]core.Event, error) {
	var l line
	before := x.Usage
	if !l.read(data, &x.Usage) {
		x.Usage = before
		return ev, errNoLine
	}
	if x.R.Done {
		return ev, nil
	}
	if l.fault != nil {
		f := &core.Fault{Code: core.UpstreamFailed, Message: string(scan.AppendUnescaped(nil, l.fault))}
		return end(append(shut(ev, x), core.Event{Kind: core.EventFault, Fault: f}), x), nil
	}
	var m message
	if l.message != nil {
		if m.members(nil, l.message) == nil {
			return ev, errNoLine
		}
	}
	if l.response != nil {
		m.content = l.response
	}
	if l.thinking != nil {
		m.thinking = l.thinking
	}
	if len(x.Blocks) >= maxBlocks {
		return ev, errBlocks
	}
	ev = begin(ev, x, &l)
	ev = thoughts(ev, x, &m)
	if text := inside(m.content); len(text) > 0 || l.probs != nil {
		ev = open(ev, x, core.PartText)
		ev = append(ev, core.Event{Kind: core.EventDelta, Block: x.R.Block, Text: text, Probs: l.probs})
	}
	ev = calls(ev, x, m.calls)
	if !l.done {
		return ev, nil
	}
	x.R.Aux = rest(x.R.Aux[:0], data)
	ev = shut(ev, x)
	x.Finished = true
	reason := inside(l.reason)
	ev = append(ev, core.Event{Kind: core.EventFinish, Finish: finishOf(reason, x.R.Next > 0), Native: reason})
	if x.Usage.Known {
		ev = append(ev, core.Event{Kind: core.EventUsage})
	}
	return end(ev, x), nil
}

// read reads the members of a line.
func (l *line) read(data []byte, u *core.Usage) bool {
	w := scan.Members(data)
	for {
		key, value, ok := w.Next()
		if !ok {
			return w.Rest() != nil
		}
		if value[0] == 'n' {
			continue
		}
		switch string(key) {
		case "model":
			l.model = inside(value)
		case "created_at":
			l.created = inside(value)
		case "message":
			l.message = value
		case "response":
			l.response = value
		case "thinking":
			l.thinking = value
		case "done":
			l.done = string(value) == "true"
		case "done_reason":
			l.reason = value
		case "error":
			if l.fault = inside(value); l.fault == nil {
				l.fault = value
			}
		case "logprobs":
			if len(value) > 2 && value[0] == '[' {
				l.probs = value
			}
		default:
			counter(key, value, u)
		}
	}
}

// rest appends the members of the last line that the neutral form does not have, each preceded by a comma.
func rest(dst, data []byte) []byte {
	w := scan.Members(data)
	for {
		key, value, ok := w.Next()
		if !ok {
			return dst
		}
		switch string(key) {
		case "model", "created_at", "message", "response", "thinking", "done", "done_reason", "logprobs":
			continue
		}
		if len(dst)+len(key)+len(value) > maxRawEnd {
			continue
		}
		dst = append(scan.AppendQuoted(append(dst, ','), key), ':')
		dst = append(dst, value...)
	}
}

// begin emits EventStart, once.
func begin(ev []core.Event, x *core.Crossing, l *line) []core.Event {
	x.R.Native = append(x.R.Native[:0], l.created...)
	if x.R.Began {
		return ev
	}
	x.R.Began, x.Started = true, true
	if len(x.Model) == 0 {
		x.Model = append(x.Model, l.model...)
	}
	x.Created = created(l.created)
	return append(ev, core.Event{Kind: core.EventStart})
}

// open opens a block of kind, unless one is open.
func open(ev []core.Event, x *core.Crossing, kind core.PartKind) []core.Event {
	if i := x.R.Block; i >= 0 && x.Blocks[i].Kind == kind {
		return ev
	}
	ev = shut(ev, x)
	x.R.Block = x.Add(kind, 0, 0)
	x.Blocks[x.R.Block].Opened = true
	return append(ev, core.Event{Kind: core.EventOpen, Block: x.R.Block})
}

// shut ends the open block.
func shut(ev []core.Event, x *core.Crossing) []core.Event {
	i := x.R.Block
	if i < 0 {
		return ev
	}
	x.R.Block = -1
	x.Blocks[i].Closed = true
	return append(ev, core.Event{Kind: core.EventClose, Block: i})
}

// thoughts adds thinking and the signatures that come with it.
func thoughts(ev []core.Event, x *core.Crossing, m *message) []core.Event {
	text, signature, veiled := inside(m.thinking), inside(m.signature), inside(m.veiled)
	if len(text) > 0 || len(signature) > 0 {
		ev = open(ev, x, core.PartThought)
	}
	if len(text) > 0 {
		ev = append(ev, core.Event{Kind: core.EventDelta, Block: x.R.Block, Text: text})
	}
	if len(signature) > 0 {
		ev = sign(ev, x, signature)
	}
	if len(veiled) > 0 {
		ev = open(shut(ev, x), x, core.PartVeiled)
		ev = shut(sign(ev, x, veiled), x)
	}
	return ev
}

// sign sets the signature of the open block.
func sign(ev []core.Event, x *core.Crossing, field core.Text) []core.Event {
	b := &x.Blocks[x.R.Block]
	v, s := core.ReadSign(field, core.Elsewhere)
	b.Vendor, b.Sign = v, append(b.Sign[:0], s...)
	return append(ev, core.Event{Kind: core.EventSign, Block: x.R.Block})
}

// calls adds calls, which are always complete. Malformed ones are left out.
func calls(ev []core.Event, x *core.Crossing, raw []byte) []core.Event {
	x.R.Buf = x.R.Buf[:0]
	w := scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok || len(x.Blocks) >= maxBlocks {
			return ev
		}
		var p core.Part
		if !readCall(nil, &p, value) {
			continue
		}
		ev = shut(ev, x)
		i := x.Add(core.PartCall, 0, int64(x.R.Next))
		b := &x.Blocks[i]
		if p.ID != nil {
			b.ID = append(b.ID[:0], p.ID...)
		} else {
			b.ID = scan.AppendInt(append(b.ID[:0], "call_"...), int64(x.R.Next))
		}
		x.R.Next++
		b.Name, b.Opened = append(b.Name[:0], p.Name...), true
		x.R.Block = i
		ev = append(ev, core.Event{Kind: core.EventOpen, Block: i})
		if len(p.Args) > 0 {
			at := len(x.R.Buf)
			x.R.Buf = scan.AppendEscaped(x.R.Buf, p.Args)
			ev = append(ev, core.Event{Kind: core.EventDelta, Block: i, Text: x.R.Buf[at:len(x.R.Buf):len(x.R.Buf)]})
		}
		if len(p.Sign) > 0 {
			b.Vendor, b.Sign = p.Vendor, append(b.Sign[:0], p.Sign...)
			ev = append(ev, core.Event{Kind: core.EventSign, Block: i})
		}
		ev = shut(ev, x)
	}
}

// end emits EventEnd.
func end(ev []core.Event, x *core.Crossing) []core.Event {
	x.R.Done, x.Ended = true, true
	return append(ev, core.Event{Kind: core.EventEnd})
}
