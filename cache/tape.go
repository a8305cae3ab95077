package cache

import (
	"errors"
	"unicode/utf8"

	"asbru/cache/entry"
	"asbru/core"
	"asbru/core/scan"
	"asbru/hotpath/frame"
)

// errFormat reports an answer in a format that cannot be parsed here.
var errFormat = errors.New("the format of the answer cannot be read here")

// errText reports an answer that is not to be kept, since clients of other formats could not read it.
var errText = errors.New("the answer is no UTF-8")

// A cutter splits a stream, piece by piece, into the frames of its format.
type cutter struct {
	framing core.Framing
	events  frame.Cutter
	lines   frame.LineCutter
	frames  frame.MessageCutter
}

// each calls f with the frames that p completes: their names and contents.
func (c *cutter) each(p []byte, f func(name, data []byte) error) error {
	for {
		var raw, name, data []byte
		var n int
		var err error
		switch c.framing {
		case core.FramingSSE:
			var ev frame.Event
			if raw, ev, n, err = c.events.Next(p); ev.Comment {
				p = p[n:]
				continue
			}
			name, data = ev.Type, ev.Data
		case core.FramingLines:
			raw, data, n, err = c.lines.Next(p)
		case core.FramingEventStream:
			whole, m, used, bad := c.frames.Next(p)
			raw, n, err = whole, used, bad
			name, data = m.Type, m.Payload
		default:
			return errFormat
		}
		if err != nil {
			return err
		}
		if p = p[n:]; raw == nil {
			return nil
		}
		if len(data) == 0 && c.framing != core.FramingEventStream {
			continue
		}
		if err := f(name, data); err != nil {
			return err
		}
	}
}

// completion parses a whole tape. x is the parser's state; r aliases it and the
// tape.
func completion(t *recording, r *core.Completion, x *core.Crossing) (pace []entry.Beat, err error) {
	codec := t.from.Chats[t.op]
	if codec == nil {
		return nil, errFormat
	}
	if !t.stream {
		r.From, r.Op = t.from, t.op
		if !utf8.Valid(t.bytes) {
			return nil, errText
		}
		err := codec.ParseReply(r, t.bytes)
		return nil, err
	}
	x.From, x.FromOp = t.from, t.op
	var g entry.Gather
	var ev []core.Event
	err = t.each(codec.Framing, func(name, data []byte, at int64) (err error) {
		if !utf8.Valid(data) {
			return errText
		}
		if ev, err = codec.ParseEvent(ev[:0], x, name, data); err == nil {
			g.Add(ev, at)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if !x.Ended && x.Finished { // a format whose streams simply end
		g.Add([]core.Event{{Kind: core.EventEnd}}, 0)
	}
	if err := g.Whole(r, x); err != nil {
		return nil, err
	}
	r.From, r.Op = t.from, t.op
	return g.Pace(), nil
}

// A recording is a finished tape.
type recording struct {
	from   *core.Dialect
	op     core.Op
	stream bool
	array  bool
	bytes  []byte
	marks  []mark
}

// each calls f with the frames of a recorded stream and the times at which they arrived; 0: unknown.
func (t *recording) each(framing core.Framing, f func(name, data []byte, at int64) error) error {
	if t.array {
		at := int64(0)
		if len(t.marks) > 0 {
			at = t.marks[0].at
		}
		for w := scan.Elements(t.bytes); ; {
			_, v, ok := w.Next()
			if !ok {
				return nil
			}
			if err := f(nil, v, at); err != nil {
				return err
			}
		}
	}
	cut := cutter{framing: framing}
	for at, mark := 0, 0; at < len(t.bytes); mark++ {
		end, when := len(t.bytes), int64(0)
		if mark < len(t.marks) {
			end, when = t.marks[mark].bytes, t.marks[mark].at
		}
		err := cut.each(t.bytes[at:end], func(name, data []byte) error { return f(name, data, when) })
		if err != nil {
			return err
		}
		at = end
	}
	return nil
}
