package gemini

import (
	"errors"

	"asbru/core"
	"asbru/core/scan"
)

// The use of Crossing.R: Seq has a bit for each choice that has finished, Next is the number of the next call without an id,
// and Buf holds text of a frame's events that is not in the frame.

// parseEvent is the codec's ParseEvent. A frame is a complete reply with only the new parts.
//
// A stream has no terminator: a caller that has read it to its end after a finish reason may pass an empty frame, which is
// read as one.
func parseEvent(ev []core.Event, x *core.Crossing, name, data []byte) ([]core.Event, error) {
	data = trim(data)
	if len(data) == 0 || string(data) == "[DONE]" {
		if x.Finished && !x.Ended {
			x.Ended = true
			ev = append(ev, core.Event{Kind: core.EventEnd})
		}
		return ev, nil
	}
	if data[0] == '[' { // the error of a stream that is an array
		w := scan.Elements(data)
		if _, first, ok := w.Next(); ok {
			data = first
		}
	}
	s := streaming{x: x, ev: ev}
	x.R.Buf = x.R.Buf[:0]
	if !s.frame(data) {
		return ev, errNoEvent
	}
	return s.ev, nil
}

var errNoEvent = errors.New("cannot read the event: it is no JSON object")

// A streaming is a frame being read.
type streaming struct {
	x  *core.Crossing
	ev []core.Event
}

func (s *streaming) add(e core.Event) { s.ev = append(s.ev, e) }

// frame reads a frame. Candidates are read last, because id and model of the answer come after them. It returns false, and
// changes nothing, if data is not a frame.
func (s *streaming) frame(data []byte) bool {
	x := s.x
	var list, feedback, id, model, created, fault []byte
	usage := x.Usage
	w := scan.Members(data)
	for {
		key, ok := w.Key()
		if !ok {
			break
		}
		if tail := w.Tail(); string(key) == "usageMetadata" && opens(tail, '{') {
			w.Resume(readTokens(tail, &usage))
			continue
		}
		value, ok := w.Value()
		if !ok {
			break
		}
		switch string(key) {
		case "candidates":
			list = value
		case "promptFeedback":
			feedback = value
		case "responseId":
			id = value
		case "modelVersion":
			model = value
		case "createTime":
			created = value
		case "error":
			fault = value
		}
	}
	if rest := w.Rest(); rest == nil || len(trim(rest)) > 0 {
		return false
	}
	if !scan.IsNull(fault) {
		s.fault(data, fault)
		return true
	}
	if !x.Started {
		s.start(id, model, created)
	}
	s.candidates(list)
	if reason := blocked(feedback); reason != nil {
		s.other(-1, keyOf(data, feedback), feedback)
		s.finish(0, core.FinishFiltered, reason)
	}
	if x.Usage != usage {
		x.Usage = usage
		s.add(core.Event{Kind: core.EventUsage})
	}
	return true
}

func (s *streaming) start(id, model, created []byte) {
	x := s.x
	if text, ok := scan.Inside(id); ok && len(text) > 0 {
		x.ID = append(x.ID[:0], text...)
	}
	if text, ok := scan.Inside(model); ok && len(text) > 0 {
		x.Model = append(x.Model[:0], text...)
	}
	if created != nil {
		x.Created = unix(created)
	}
	x.Started = true
	s.add(core.Event{Kind: core.EventStart})
}

// keyOf returns the key in data whose value is value.
func keyOf(data, value []byte) []byte {
	w := scan.Members(data)
	for {
		key, v, ok := w.Next()
		if !ok || len(v) > 0 && len(value) > 0 && &v[0] == &value[0] {
			return key
		}
	}
}

func (s *streaming) fault(data, status []byte) {
	f := &core.Fault{Code: core.UpstreamFailed}
	readFault(data, f)
	w := scan.Members(status)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		if n, ok := scan.Whole(value); ok && string(key) == "code" && n >= 400 && n < 600 {
			f.Status = int(n)
		}
	}
	if f.Message == "" {
		f.Message = "cannot go on: the provider failed in mid-stream"
	}
	s.add(core.Event{Kind: core.EventFault, Fault: f})
}

func (s *streaming) candidates(list []byte) {
	w := scan.Elements(list)
	for n := int64(0); ; n++ {
		_, raw, ok := w.Next()
		if !ok {
			return
		}
		var m candidate
		m.read(raw)
		choice := int32(n)
		if i, ok := scan.Whole(m.index); ok && i >= 0 && i < maxChoices {
			choice = int32(i)
		}
		first := len(s.ev)
		s.parts(choice, m.parts())
		s.probs(choice, first, m.probs)
		if m.others {
			s.extras(choice, raw)
		}
		if native := nativeOf(m.finish); len(native) > 0 {
			s.finish(choice, finishOf(native, s.called(choice)), native)
		}
	}
}

// called reports whether the choice has a call.
func (s *streaming) called(choice int32) bool {
	for i := range s.x.Blocks {
		if b := &s.x.Blocks[i]; b.Kind == core.PartCall && b.Choice == choice {
			return true
		}
	}
	return false
}

// finish ends the choice, again only if it has continued. A call that a limit cut off remains incomplete.
func (s *streaming) finish(choice int32, f core.Finish, native core.Text) {
	n := s.open(choice)
	if n >= 0 && f != core.FinishStop && f != core.FinishCalls {
		s.x.Blocks[n].Key = 0
	}
	s.close(n)
	if bit := int64(1) << min(choice, 62); s.x.R.Seq&bit == 0 {
		s.x.R.Seq |= bit
		s.x.Finished = true
		s.add(core.Event{Kind: core.EventFinish, Choice: choice, Finish: f, Native: native})
	}
}

// open returns the choice's open block; -1: there is none.
func (s *streaming) open(choice int32) int32 {
	for i := len(s.x.Blocks) - 1; i >= 0; i-- {
		if b := &s.x.Blocks[i]; b.Choice == choice {
			if b.Opened && !b.Closed {
				return int32(i)
			}
			return -1
		}
	}
	return -1
}

func (s *streaming) close(block int32) {
	if block < 0 {
		return
	}
	b := &s.x.Blocks[block]
	if b.Kind == core.PartCall && b.Key == streamed {
		s.complete(block)
	}
	b.Closed = true
	s.add(core.Event{Kind: core.EventClose, Choice: b.Choice, Block: block})
}

// begin adds a block. The caller fills it in and emits its open event. A choice that continues after its finish, as of models
// that send a reason with every frame, has not finished.
func (s *streaming) begin(kind core.PartKind, choice int32) (int32, *core.Block) {
	s.close(s.open(choice))
	s.x.R.Seq &^= int64(1) << min(choice, 62)
	n := s.x.Add(kind, choice, 0)
	b := &s.x.Blocks[n]
	b.Opened = true
	return n, b
}

// whole emits a block that comes in one piece.
func (s *streaming) whole(n int32, text core.Text) {
	choice := s.x.Blocks[n].Choice
	s.add(core.Event{Kind: core.EventOpen, Choice: choice, Block: n})
	if len(s.x.Blocks[n].Sign) > 0 {
		s.add(core.Event{Kind: core.EventSign, Choice: choice, Block: n})
	}
	if len(text) > 0 {
		s.add(core.Event{Kind: core.EventDelta, Choice: choice, Block: n, Text: text})
	}
	s.close(n)
}
