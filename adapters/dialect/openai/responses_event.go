package openai

import (
	"bytes"
	"errors"

	"asbru/core"
	"asbru/core/scan"
)

var (
	errNoEvent = errors.New("cannot read the stream: an event is no JSON object with a type")
	errFull    = errors.New("cannot read the stream: it has more parts, or more of them wait, than there is room for")
)

// A frame is one event of a responses stream being read:
// https://platform.openai.com/docs/api-reference/responses-streaming
type frame struct {
	x       *core.Crossing
	ev      []core.Event
	data    []byte
	delta   []byte
	whole   []byte // the complete text, refusal or arguments
	item    []byte
	part    []byte
	resp    []byte
	fault   []byte
	probs   []byte
	note    []byte
	index   int64 // output_index; -1: absent
	content int64 // content_index or summary_index
	err     error
}

// The use of x.R: Began: EventStart was emitted. Block: the open block. Next: the number of items so far.
// Seq: the item of events that do not name one. Done: the end or a fault was read. Flags: the index of the
// next block to open.

// parseResponsesEvent is the face's ParseEvent.
func parseResponsesEvent(ev []core.Event, x *core.Crossing, name, data []byte) ([]core.Event, error) {
	if len(data) < 16 && string(bytes.TrimSpace(data)) == "[DONE]" { // OpenRouter
		if x.Finished && !x.Ended {
			x.Ended = true
			ev = append(ev, core.Event{Kind: core.EventEnd})
		}
		return ev, nil
	}
	f := frame{x: x, ev: ev, data: data, index: -1}
	kind := f.read(data)
	if len(kind) == 0 {
		kind = name
	}
	if len(kind) == 0 && f.fault != nil {
		kind = []byte("error") // in the form of chat completions, from a proxy in between
	}
	if len(kind) == 0 || len(data) == 0 {
		return ev, errNoEvent
	}
	if x.R.Done {
		return ev, nil
	}
	f.step(kind)
	if f.err != nil {
		return ev, f.err
	}
	return f.ev, nil
}

// read reads the members of the event and returns its type.
func (f *frame) read(data []byte) (kind []byte) {
	w := scan.Members(data)
	for {
		key, value, more := w.Next()
		if !more {
			return kind
		}
		if scan.IsNull(value) {
			continue
		}
		switch string(key) {
		case "type":
			kind, _ = scan.Inside(value)
		case "delta":
			f.delta, _ = scan.Inside(value)
		case "text", "refusal", "arguments":
			f.whole, _ = scan.Inside(value)
		case "item":
			f.item = value
		case "part":
			f.part = value
		case "response":
			f.resp = value
		case "error":
			f.fault = value
		case "logprobs":
			if len(value) > 2 && value[0] == '[' {
				f.probs = value
			}
		case "annotation":
			f.note = value
		case "output_index":
			f.index = small(value)
		case "content_index", "summary_index":
			f.content = max(small(value), 0)
		}
	}
}

// small reads an index; -1: it is not one.
func small(raw []byte) int64 {
	if n, ok := scan.Whole(raw); ok && n >= 0 && n < maxOutputParts {
		return n
	}
	return -1
}

// Kinds of blocks within an item, part of Block.Key.
const (
	ofContent = iota // texts and refusals, and reasoning that is not a summary
	ofSummary
	ofArgs
)

// step handles an event of that type.
func (f *frame) step(kind []byte) {
	rest, ok := bytes.CutPrefix(kind, []byte("response."))
	switch {
	case ok && f.text(rest):
	case ok:
		f.life(kind, rest)
	case string(kind) == "error":
		f.fail(f.fault, f.data)
	case string(kind) == "keepalive" || string(kind) == "ping":
		f.emit(core.Event{Kind: core.EventPing})
	default:
		f.other(kind)
	}
}

// text handles events that add to a block or repeat what was added. It returns false for others.
func (f *frame) text(kind []byte) bool {
	name, adds := bytes.CutSuffix(kind, []byte(".delta"))
	name, fills := bytes.CutSuffix(name, []byte(".done"))
	if adds == fills {
		return false
	}
	part, within := core.PartText, int64(ofContent)
	switch string(name) {
	case "output_text":
	case "refusal":
		part = core.PartRefusal
	case "reasoning_text":
		part = core.PartThought
	case "reasoning_summary_text":
		part, within = core.PartThought, ofSummary
	case "function_call_arguments":
		part, within = core.PartCall, ofArgs
	default:
		return false
	}
	if adds {
		f.add(part, within)
	} else {
		f.fill(part, within)
	}
	return true
}

// life handles events that begin or end parts, items and the response.
func (f *frame) life(whole, kind []byte) {
	switch string(kind) {
	case "output_text.annotation.added":
		f.cite()
	case "content_part.added":
		f.partAdded()
	case "content_part.done":
		f.partDone()
	case "reasoning_summary_part.added":
		f.begin()
		f.block(core.PartThought, ofSummary)
	case "reasoning_summary_part.done":
	case "output_item.added":
		f.itemAdded(whole)
	case "output_item.done":
		f.itemDone(whole)
	case "created", "in_progress", "queued":
		f.begin()
	case "completed", "incomplete":
		f.end()
	case "failed":
		f.usage() // what was used until then counts
		f.fail(member(f.resp, "error"), f.resp)
	default:
		f.other(whole)
	}
}

func (f *frame) emit(e core.Event) { f.ev = append(f.ev, e) }

// begin emits EventStart, once, with id, model and time of the response.
func (f *frame) begin() {
	x := f.x
	if x.R.Began {
		return
	}
	x.R.Began, x.Started = true, true
	w := scan.Members(f.resp)
	for {
		key, value, more := w.Next()
		if !more {
			break
		}
		text, ok := scan.Inside(value)
		switch {
		case string(key) == "id" && ok:
			x.ID = append(x.ID[:0], text...)
		case string(key) == "model" && ok && len(text) > 0:
			x.Model = append(x.Model[:0], text...)
		case string(key) == "created_at":
			x.Created = seconds(value)
		}
	}
	f.emit(core.Event{Kind: core.EventStart})
}

// other passes on an event that only this family has.
func (f *frame) other(kind []byte) {
	f.begin()
	f.emit(core.Event{Kind: core.EventOther, Name: kind, Raw: f.data})
}

// fail ends the stream with a fault. OpenAI may report it twice, as error and as response.failed.
func (f *frame) fail(raw, around []byte) {
	f.x.R.Done = true
	fault := &core.Fault{Code: core.UpstreamFailed}
	if len(raw) == 0 || raw[0] != '{' {
		raw = around // in the older form they are members of the event itself
	}
	if readError(raw, fault); fault.Message == "" {
		readFault(f.data, fault)
	}
	if fault.Message == "" {
		fault.Message = unfinished
	}
	f.emit(core.Event{Kind: core.EventFault, Fault: fault})
}

// readError reads an error object: {code, message, param, type}.
func readError(raw []byte, fault *core.Fault) {
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			break
		}
		switch string(key) {
		case "message":
			if b, ok := scan.Unquote(nil, value); ok {
				fault.Message = string(b)
			}
		case "code":
			if b, ok := scan.Unquote(nil, value); ok {
				fault.Kind = string(b)
			}
		case "param":
			if b, ok := scan.Unquote(nil, value); ok {
				fault.Param = string(b)
			}
		}
	}
}

// usage reads the usage of the response.
func (f *frame) usage() {
	if usage := member(f.resp, "usage"); len(usage) > 0 && usage[0] == '{' {
		responsesUsage(usage, &f.x.Usage)
		f.emit(core.Event{Kind: core.EventUsage})
	}
}

// end completes open blocks and emits the rest of the answer.
func (f *frame) end() {
	f.begin()
	x := f.x
	output := member(f.resp, "output")
	if x.R.Next == 0 { // nothing was streamed
		w := scan.Elements(output)
		for {
			_, value, more := w.Next()
			if !more {
				break
			}
			f.item, f.index = value, int64(x.R.Next)
			f.itemDone([]byte("response.output_item.done"))
		}
	}
	f.closeAll()
	f.usage()
	calls := false
	for i := range x.Blocks {
		calls = calls || x.Blocks[i].Kind == core.PartCall
	}
	finish, native := endOf(member(f.resp, "status"), member(member(f.resp, "incomplete_details"), "reason"), calls)
	if finish == core.FinishUnsaid {
		finish = core.FinishStop
	}
	x.R.Done, x.Finished, x.Ended = true, true, true
	f.emit(core.Event{Kind: core.EventFinish, Finish: finish, Native: native})
	f.emit(core.Event{Kind: core.EventEnd})
}
