package bedrock

import (
	"bytes"
	"encoding/base64"

	"asbru/core"
	"asbru/core/eventstream"
	"asbru/core/scan"
)

// parseEvent reads a message of InvokeModelWithResponseStream: a chunk, {"bytes": base64 of an event of
// Anthropic's}, or an exception.
func (v *invoke) parseEvent(ev []core.Event, x *core.Crossing, name, data []byte) ([]core.Event, error) {
	if string(name) != "chunk" {
		if bytes.HasSuffix(name, []byte("Exception")) || !opens(data, '{') {
			return append(ev, core.Event{Kind: core.EventFault, Fault: streamFault(name, data)}), nil
		}
		return ev, nil
	}
	room, err := base64.StdEncoding.AppendDecode(x.Room[:0], member(data, "bytes"))
	x.Room = room
	if err != nil || len(room) == 0 {
		return ev, errEvent
	}
	as := v.as(x)
	ev, err = v.codec.ParseEvent(ev, x, member(room, "type"), room)
	as.undo(x)
	return ev, err
}

// appendEvent writes Anthropic's events and puts each into a frame.
func (v *invoke) appendEvent(dst []byte, x *core.Crossing, e *core.Event) []byte {
	if e.Kind == core.EventFault {
		x.W.Done = true // an exception is the last message
		return appendStreamFault(dst, e.Fault, nil)
	}
	at := len(dst)
	as := v.as(x)
	dst = v.codec.AppendEvent(dst, x, e)
	as.undo(x)
	end := len(dst)
	for events := dst[at:end:end]; len(events) > 0; {
		line, rest, _ := bytes.Cut(events, []byte("\n"))
		events = rest
		if data, ok := bytes.CutPrefix(line, []byte("data: ")); ok {
			dst = appendChunk(dst, data, x)
		}
	}
	n := copy(dst[at:], dst[end:])
	return dst[:at+n]
}

// appendChunk appends event as a chunk. The last one has Bedrock's own counts.
func appendChunk(dst, event []byte, x *core.Crossing) []byte {
	if string(member(event, "type")) == "message_stop" && event[len(event)-1] == '}' {
		room := append(append(x.W.Aux[:0], event[:len(event)-1]...), ',')
		event = appendMetrics(room, &x.Usage)
		x.W.Aux = event[:0]
	}
	dst, at := eventstream.Begin(dst, eventstream.Event, "chunk")
	dst = base64.StdEncoding.AppendEncode(append(dst, `{"bytes":"`...), event)
	return eventstream.End(append(dst, `"}`...), at)
}

func appendMetrics(dst []byte, u *core.Usage) []byte {
	dst = append(append(dst, invocationMetrics...), `{"inputTokenCount":`...)
	dst = scan.AppendInt(dst, max(u.In-u.CachedIn-u.WrittenIn, 0))
	dst = scan.AppendInt(append(dst, `,"outputTokenCount":`...), u.Out)
	if u.CachedIn > 0 || u.WrittenIn > 0 {
		dst = scan.AppendInt(append(dst, `,"cacheReadInputTokenCount":`...), u.CachedIn)
		dst = scan.AppendInt(append(dst, `,"cacheWriteInputTokenCount":`...), u.WrittenIn)
	}
	return append(dst, "}}"...)
}
