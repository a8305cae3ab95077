package conformance

import (
	"bytes"
	"fmt"
	"strings"

	"asbru/core"
	"asbru/hotpath/frame"
)

// A frameOf is one frame of a stream. It is a copy, because a cutter's bytes are valid only until the next one.
type frameOf struct{ name, data []byte }

// cut feeds pieces to the cutter of a framing and returns the frames.
func cut(framing core.Framing, pieces [][]byte) ([]frameOf, error) {
	var out []frameOf
	add := func(name, data []byte) { out = append(out, frameOf{bytes.Clone(name), bytes.Clone(data)}) }
	switch framing {
	case core.FramingEventStream:
		var c frame.MessageCutter
		for _, p := range pieces {
			for {
				raw, m, n, err := c.Next(p)
				if err != nil {
					return out, err
				}
				if p = p[n:]; raw == nil {
					break
				}
				add(m.Type, m.Payload)
			}
		}
	case core.FramingLines:
		var c frame.LineCutter
		for _, p := range pieces {
			for {
				raw, line, n, err := c.Next(p)
				if err != nil {
					return out, err
				}
				if p = p[n:]; raw == nil {
					break
				}
				add(nil, line)
			}
		}
		if raw, line := c.Last(); raw != nil {
			add(nil, line)
		}
	default:
		var c frame.Cutter
		for _, p := range pieces {
			for {
				raw, ev, n, err := c.Next(p)
				if err != nil {
					return out, err
				}
				if p = p[n:]; raw == nil {
					break
				}
				if !ev.Comment {
					add(ev.Type, ev.Data)
				}
			}
		}
		if raw, ev := c.Last(); raw != nil && !ev.Comment {
			add(ev.Type, ev.Data)
		}
	}
	return out, nil
}

// A heard stream is the result that a client has at its end, and the events.
type heard struct {
	events   string // one line an event
	said     string // the content, block by block
	usage    core.Usage
	finished bool
	failed   bool
	again    []byte // written again by the same dialect
}

// hear reads frames into events, and writes them again.
func (f face) hear(frames []frameOf) (h heard, err error) {
	codec := f.dialect.Chats[f.op]
	x := core.NewCrossing()
	x.From, x.FromOp, x.To, x.ToOp, x.Wants = f.dialect, f.op, f.dialect, f.op, true
	var log strings.Builder
	text := map[int32]*strings.Builder{}
	var ev []core.Event
	for _, fr := range frames {
		if ev, err = codec.ParseEvent(ev[:0], x, fr.name, fr.data); err != nil {
			return h, fmt.Errorf("%.120s: %w", fr.data, err)
		}
		for i := range ev {
			e := &ev[i]
			switch e.Kind {
			case core.EventPing, core.EventOther:
			case core.EventDelta:
				if text[e.Block] == nil {
					text[e.Block] = new(strings.Builder)
				}
				text[e.Block].Write(e.Text)
			case core.EventFault:
				h.failed = true
			case core.EventFinish:
				h.finished = true
				fmt.Fprintf(&log, "finish %d %d %s\n", e.Choice, e.Finish, e.Stop)
			}
			fmt.Fprintf(&log, "%d/%d ", e.Kind, e.Block)
			h.again = codec.AppendEvent(h.again, x, e)
		}
	}
	if x.Finished && !x.Ended { // formats without a terminator: the relay says when the stream is over
		h.again = codec.AppendEvent(h.again, x, &core.Event{Kind: core.EventEnd})
	}
	var said strings.Builder
	for i := range x.Blocks {
		b := &x.Blocks[i]
		fmt.Fprintf(&said, "%d %s %s %s", b.Kind, b.ID, b.Name, b.Sign)
		if t := text[int32(i)]; t != nil && !(b.Kind == core.PartCall && t.String() == "{}") { // no arguments and empty ones are the same
			said.WriteString(" " + t.String())
		}
		said.WriteByte('\n')
	}
	h.events, h.said, h.usage = log.String(), said.String(), x.Usage
	return h, nil
}
