package hotpath

import (
	"asbru/core"
	"asbru/core/eventstream"
	"asbru/hotpath/frame"
)

// frames cut streams that are not server-sent events. They are allocated only for such
// streams, which are rare.
type frames struct {
	messages frame.MessageCutter
	lines    frame.LineCutter
}

// emitFrames inspects a piece of such a stream and appends what the client gets of it.
func (l *relay) emitFrames(x *core.Exchange, p []byte, o *outbox) error {
	if l.frames == nil {
		l.frames = new(frames)
		l.frames.messages.Grow, l.frames.messages.Free = l.cut.Grow, l.cut.Free
		l.frames.lines.Grow, l.frames.lines.Free = l.cut.Grow, l.cut.Free
	}
	if l.framing == core.FramingLines {
		return l.emitLines(x, p, o)
	}
	for {
		raw, m, n, err := l.frames.messages.Next(p)
		if err != nil {
			return err
		}
		if p = p[n:]; raw == nil {
			return nil
		}
		if l.cross == nil {
			if l.over(x) {
				continue
			}
			readEvent(x, m.Payload)
			x.Stream.Failed = x.Stream.Failed || m.Kind != eventstream.Event
			l.heard(x, m.Type)
			o.b = append(o.b, raw...)
			continue
		}
		o.b = l.cross.pass(o.b, x, m.Type, m.Payload)
		l.heard(x, m.Type)
	}
}

func (l *relay) emitLines(x *core.Exchange, p []byte, o *outbox) error {
	for {
		raw, line, n, err := l.frames.lines.Next(p)
		if err != nil {
			return err
		}
		if p = p[n:]; raw == nil {
			return nil
		}
		l.line(x, raw, line, o)
	}
}

func (l *relay) line(x *core.Exchange, raw, line []byte, o *outbox) {
	if l.cross == nil {
		if l.over(x) {
			return
		}
		readEvent(x, line)
		o.b = append(o.b, raw...)
	} else if len(line) > 0 {
		o.b = l.cross.pass(o.b, x, nil, line)
	}
	l.heard(x, nil)
}

// lastFrame sends on a last frame that lacks its delimiter.
func (l *relay) lastFrame(x *core.Exchange, o *outbox) {
	if l.framing == core.FramingLines {
		if raw, line := l.frames.lines.Last(); raw != nil {
			l.line(x, raw, line, o)
		}
	}
	l.dropFrames()
}

// dropFrames returns the buffers.
func (l *relay) dropFrames() {
	if l.frames != nil {
		l.frames.messages.Reset()
		l.frames.lines.Reset()
		l.frames = nil
	}
}
