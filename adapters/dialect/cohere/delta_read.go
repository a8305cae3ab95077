package cohere

import (
	"asbru/core"
	"asbru/core/scan"
)

// A piece is an event's addition to content or to a call.
type piece struct {
	kind, text, thinking, signature []byte
	redacted                        bool
	id, name, args                  []byte
}

// readPiece reads delta {message {content}}: in streams content is an object.
func readPiece(delta []byte) (p piece, ok bool) {
	w := scan.Members(member(member(delta, "message"), "content"))
	for {
		key, value, more := w.Next()
		if !more {
			return p, w.Rest() != nil
		}
		switch string(key) {
		case "type":
			p.kind = inside(value)
		case "text":
			p.text = inside(value)
		case "thinking":
			p.thinking = inside(value)
		case "signature":
			p.signature = inside(value)
		case "redacted":
			p.redacted = string(value) == "true"
		}
	}
}

// readCallPiece reads delta {message {tool_calls {id, function {name, arguments}}}}: in
// streams tool_calls is an object.
func readCallPiece(delta []byte) (p piece, ok bool) {
	w := scan.Members(member(member(delta, "message"), "tool_calls"))
	for {
		key, value, more := w.Next()
		if !more {
			return p, w.Rest() != nil
		}
		switch string(key) {
		case "id":
			p.id = inside(value)
		case "signature":
			p.signature = inside(value)
		case "function":
			in := scan.Members(value)
			for {
				key, value, more := in.Next()
				if !more {
					break
				}
				switch string(key) {
				case "name":
					p.name = inside(value)
				case "arguments":
					p.args = inside(value)
				}
			}
		}
	}
}

// blockKind returns the kind of the block that a piece of content belongs to.
func (p *piece) blockKind() core.PartKind {
	switch {
	case p.redacted:
		return core.PartVeiled
	case p.thinking != nil || string(p.kind) == "thinking":
		return core.PartThought
	}
	return core.PartText
}

func contentStart(ev []core.Event, x *core.Crossing, f *frame) ([]core.Event, error) {
	p, ok := readPiece(f.delta)
	if !ok {
		return ev, errNoDelta
	}
	if _, seen := at(x, false, f.index); seen {
		return ev, errLate
	}
	ev, _, err := open(ev, x, p.blockKind(), f.index)
	if err != nil {
		return ev, err
	}
	return contentPiece(ev, x, &p, nil), nil
}

func contentDelta(ev []core.Event, x *core.Crossing, f *frame) ([]core.Event, error) {
	p, ok := readPiece(f.delta)
	if !ok {
		return ev, errNoDelta
	}
	if now, seen := at(x, false, f.index); !now {
		if seen {
			return ev, errLate
		}
		var err error
		if ev, _, err = open(ev, x, p.blockKind(), f.index); err != nil {
			return ev, err
		}
	}
	var probs []byte
	if !scan.IsNull(f.probs) {
		x.R.Buf = append(x.R.Buf[:0], '[')
		if x.R.Buf = appendProb(x.R.Buf, f.probs); len(x.R.Buf) > 1 {
			x.R.Buf = append(x.R.Buf, ']')
			probs = x.R.Buf
		}
	}
	return contentPiece(ev, x, &p, probs), nil
}

// contentPiece adds a piece to the open block.
func contentPiece(ev []core.Event, x *core.Crossing, p *piece, probs []byte) []core.Event {
	text := p.text
	if p.thinking != nil {
		text = p.thinking
	}
	ev = add(ev, x, text, probs)
	if len(p.signature) > 0 {
		ev = sign(ev, x, p.signature)
	}
	return ev
}

func callStart(ev []core.Event, x *core.Crossing, f *frame) ([]core.Event, error) {
	p, ok := readCallPiece(f.delta)
	if !ok {
		return ev, errNoDelta
	}
	if _, seen := at(x, true, f.index); seen {
		return ev, errLate
	}
	return openCall(ev, x, f, &p)
}

func openCall(ev []core.Event, x *core.Crossing, f *frame, p *piece) ([]core.Event, error) {
	ev, b, err := open(ev, x, core.PartCall, f.index)
	if err != nil {
		return ev, err
	}
	b.ID, b.Name = append(b.ID[:0], p.id...), append(b.Name[:0], p.name...)
	return callPiece(ev, x, p), nil
}

func callDelta(ev []core.Event, x *core.Crossing, f *frame) ([]core.Event, error) {
	p, ok := readCallPiece(f.delta)
	if !ok {
		return ev, errNoDelta
	}
	now, seen := at(x, true, f.index)
	switch {
	case now:
		return callPiece(ev, x, &p), nil
	case seen:
		return ev, errLate
	}
	return openCall(ev, x, f, &p)
}

func callPiece(ev []core.Event, x *core.Crossing, p *piece) []core.Event {
	ev = add(ev, x, p.args, nil)
	if len(p.signature) > 0 {
		ev = sign(ev, x, p.signature)
	}
	return ev
}

// messageEnd reads delta {finish_reason, usage, error}, which completes the answer even if no [DONE] follows.
func messageEnd(ev []core.Event, x *core.Crossing, f *frame) []core.Event {
	if x.R.Done {
		return ev
	}
	var word, text, kind core.Text
	x.R.Aux = x.R.Aux[:0]
	w := scan.Members(f.delta)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "finish_reason":
			word = inside(value)
		case "error":
			text = inside(value)
		case "error_type":
			kind = inside(value)
		case "usage":
			tokens(value, &x.Usage)
			if len(value) <= maxRawUsage {
				x.R.Aux = append(x.R.Aux, value...)
			}
		}
	}
	ev = shut(ev, x)
	if text != nil {
		code := core.UpstreamFailed
		if string(word) == "TIMEOUT" {
			code = core.UpstreamTimeout
		}
		if x.Usage.Known {
			ev = append(ev, core.Event{Kind: core.EventUsage})
		}
		return end(append(ev, core.Event{Kind: core.EventFault, Fault: faultOf(code, text, kind)}), x)
	}
	x.Finished = true
	ev = append(ev, core.Event{Kind: core.EventFinish, Finish: finishOf(word), Native: word})
	if x.Usage.Known {
		ev = append(ev, core.Event{Kind: core.EventUsage})
	}
	return end(ev, x)
}

// end emits EventEnd, once.
func end(ev []core.Event, x *core.Crossing) []core.Event {
	if x.R.Done {
		return ev
	}
	ev = shut(ev, x)
	x.R.Done, x.Ended = true, true
	return append(ev, core.Event{Kind: core.EventEnd})
}

// faultOf returns the fault for an answer that failed in mid-stream.
func faultOf(code core.Code, text, kind core.Text) *core.Fault {
	return &core.Fault{Code: code, Message: string(scan.AppendUnescaped(nil, text)), Kind: string(scan.AppendUnescaped(nil, kind))}
}
