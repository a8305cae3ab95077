package frame

import "errors"

// ErrEventTooLarge says that an event outgrew its bound. The stream cannot be
// read on: the caller cuts it.
var ErrEventTooLarge = errors.New("an event of the stream is larger than its bound")

// A Cutter cuts a text/event-stream into blocks, each ending in a blank line.
// The zero value stands at the start of a stream and is ready for use; it is
// not for concurrent use.
//
// The cuts do not depend on how the stream was split into reads. A CR that may
// be the first half of a CR LF leaves its block open until the next byte,
// unless the line before ended in a lone CR, which shows that the stream's line
// ends are such; a LF that follows even so begins the next block.
type Cutter struct {
	Store

	// Limit bounds an event in bytes; 0: MaxEvent.
	Limit int32

	mark mark
}

// Next consumes n bytes of src. raw is one complete block with its blank line,
// and ev what it says; raw nil means that src is used up (n is len(src)), and
// that a partial block, if any, was kept.
//
// raw aliases src when the block lies wholly in it, and the Cutter's buffer
// when not; ev.Data with two or more lines aliases that buffer in any case. All
// are valid until the next call. Calling until raw is nil, with an empty src at
// the last, gives the buffer back before the caller waits for more.
//
// err is ErrEventTooLarge or nil; n is 0 with it, and it stays.
func (c *Cutter) Next(src []byte) (raw []byte, ev Event, n int, err error) {
	c.release()
	first := !c.mark.begun
	n, whole := c.mark.scan(src)
	if c.mark.failed || len(c.buf)+n > c.limit() {
		c.mark.failed = true
		return nil, Event{}, 0, ErrEventTooLarge
	}
	if !whole {
		if n > 0 {
			c.keep(src)
		}
		return nil, Event{}, n, nil
	}
	raw = src[:n:n]
	if len(c.buf) > 0 {
		c.keep(raw)
		raw, c.given = c.buf, true
	}
	raw, ev = c.event(raw, first)
	return raw, ev, n, nil
}

// Last returns the block that is complete but for the byte that would tell its
// CR from a CR LF, when the stream has ended; nil if there is none. What is
// pending otherwise is an unfinished event, which WHATWG says to drop.
func (c *Cutter) Last() (raw []byte, ev Event) {
	c.release()
	if !c.mark.blankCR {
		return nil, Event{}
	}
	first := !c.mark.begun
	c.mark = c.mark.next()
	c.given = true
	return c.event(c.buf, first)
}

// Tail returns what is pending when the stream has ended, as the block that it would be with
// its blank line, which is in raw; nil if nothing is. WHATWG says to drop it: it is for who can
// tell by what it says that it is whole.
func (c *Cutter) Tail() (raw []byte, ev Event) {
	c.release()
	if len(c.buf) == 0 || c.mark.failed {
		return nil, Event{}
	}
	end := "\n\n"
	if c.buf[len(c.buf)-1] == '\n' {
		end = "\n"
	}
	c.keep([]byte(end))
	first := !c.mark.begun
	c.mark = c.mark.next()
	c.given = true
	return c.event(c.buf, first)
}

// Reset gives the buffer back and makes c ready for another stream. The hooks
// and the limit stay.
func (c *Cutter) Reset() {
	c.drop()
	c.mark = mark{}
}

func (c *Cutter) limit() int {
	if c.Limit > 0 {
		return int(c.Limit)
	}
	return MaxEvent
}
