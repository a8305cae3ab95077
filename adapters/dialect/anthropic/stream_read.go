package anthropic

import (
	"errors"
	"fmt"

	"asbru/core"
	"asbru/core/scan"
)

// A frame is the raw top-level members of an event's data.
type frame struct{ kind, index, delta, block, message, usage []byte }

// parseEvent is the codec's ParseEvent. Anything after message_stop, such as the [DONE] of some gateways, is
// ignored.
func parseEvent(ev []core.Event, x *core.Crossing, name, data []byte) ([]core.Event, error) {
	if data = trim(data); x.Ended || string(data) == "[DONE]" {
		return ev, nil
	}
	if !opens(data, '{') {
		return ev, errors.New("cannot read the event: its data is no JSON object")
	}
	if err := scan.Valid(data); err != nil {
		return ev, fmt.Errorf("cannot read the event: %w", err)
	}
	var fr frame
	failed := fr.read(data)
	if fr.kind == nil {
		fr.kind = name
	}
	if failed && string(fr.kind) != "error" {
		fr.kind = []byte("error")
	}
	switch string(fr.kind) {
	case "message_start":
		return start(ev, x, fr.message), nil
	case "content_block_start":
		return fr.open(ev, x)
	case "content_block_delta":
		return fr.add(ev, x)
	case "content_block_stop":
		if at := x.R.Block; at >= 0 && x.Blocks[at].Key == fr.at() {
			ev = closeBlock(ev, x)
		}
	case "message_delta":
		ev = fr.finish(ev, x)
	case "message_stop":
		ev = end(ev, x)
	case "ping":
		ev = append(ev, core.Event{Kind: core.EventPing})
	case "error":
		ev = append(ev, core.Event{Kind: core.EventFault, Fault: faultOf(data)})
	default:
		ev = append(ev, core.Event{Kind: core.EventOther, Name: fr.kind, Raw: data})
	}
	return ev, nil
}

// read reads the members of data. failed reports whether it has an error, regardless of its type.
func (fr *frame) read(data []byte) (failed bool) {
	w := scan.Members(data)
	for {
		key, value, more := w.Next()
		if !more {
			return failed
		}
		if scan.IsNull(value) {
			continue
		}
		switch string(key) {
		case "type":
			fr.kind, _ = scan.Inside(value)
		case "index":
			fr.index = value
		case "delta":
			fr.delta = value
		case "content_block":
			fr.block = value
		case "message":
			fr.message = value
		case "usage":
			fr.usage = value
		case "error":
			failed = true
		}
	}
}

// at returns the index of the block, 0 if it is absent.
func (fr *frame) at() int64 {
	n, _ := scan.Whole(fr.index)
	return n
}

// start reads message_start. Its content is empty, except for a complete call that was made by code which the
// provider runs.
func start(ev []core.Event, x *core.Crossing, message []byte) []core.Event {
	var content []byte
	w := scan.Members(message)
	for {
		key, value, more := w.Next()
		if !more {
			break
		}
		inside, text := scan.Inside(value)
		switch {
		case string(key) == "id" && text && !x.Started:
			x.ID = append(x.ID[:0], inside...)
		case string(key) == "model" && text && len(inside) > 0 && !x.Started:
			x.Model = append(x.Model[:0], inside...)
		case string(key) == "usage":
			tokens(value, &x.Usage)
		case string(key) == "content":
			content = value
		case string(key) == "stop_reason" && text:
			x.R.Native = append(x.R.Native[:0], inside...)
		case string(key) == "stop_sequence" && text:
			x.R.Stop = append(x.R.Stop[:0], inside...)
		}
	}
	ev = begin(ev, x)
	if x.Usage.Known {
		ev = append(ev, core.Event{Kind: core.EventUsage})
	}
	e := scan.Elements(content)
	for key := int64(0); ; key++ {
		_, one, more := e.Next()
		if !more {
			return ev
		}
		ev = openBlock(ev, x, one, key)
		ev = closeBlock(ev, x)
	}
}

// begin emits EventStart, once.
func begin(ev []core.Event, x *core.Crossing) []core.Event {
	if x.Started {
		return ev
	}
	x.Started = true
	return append(ev, core.Event{Kind: core.EventStart})
}

// finish reads message_delta: why the model stopped, and the final usage.
func (fr *frame) finish(ev []core.Event, x *core.Crossing) []core.Event {
	ev = begin(ev, x)
	if opens(fr.usage, '{') {
		tokens(fr.usage, &x.Usage)
		ev = append(ev, core.Event{Kind: core.EventUsage})
	}
	reason, ok := scan.Inside(find(fr.delta, "stop_reason"))
	if !ok || x.Finished {
		return ev
	}
	ev = closeBlock(ev, x)
	x.Finished = true
	stop, _ := scan.Inside(find(fr.delta, "stop_sequence"))
	return append(ev, core.Event{Kind: core.EventFinish, Finish: finishOf(reason), Native: reason, Stop: stop})
}

// end reads message_stop. A message that was complete at its start gave the stop reason there.
func end(ev []core.Event, x *core.Crossing) []core.Event {
	ev = closeBlock(begin(ev, x), x)
	if !x.Finished {
		x.Finished = true
		e := core.Event{Kind: core.EventFinish, Finish: finishOf(x.R.Native)}
		if len(x.R.Native) > 0 {
			e.Native = x.R.Native
		}
		if len(x.R.Stop) > 0 {
			e.Stop = x.R.Stop
		}
		ev = append(ev, e)
	}
	x.Ended = true
	return append(ev, core.Event{Kind: core.EventEnd})
}
