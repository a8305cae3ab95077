package frame

import "errors"

// ErrEventTooLarge says that an event exceeds its bound. The rest of the stream cannot
// be read, and the caller has to end it.
var ErrEventTooLarge = errors.New("an event of the stream is larger than its bound")

// A Cutter splits a text/event-stream into blocks, each of which ends with a blank line.
// The zero value is at the start of a stream and ready for use. It is not for concurrent
// use.
//
// The result does not depend on how the stream was split into reads. A CR that may be the
// first half of a CR LF leaves its block open until the next byte, unless the line before
// ended in a lone CR, which shows that the stream uses such line ends; a LF that follows
// nevertheless begins the next block.
type Cutter struct {
	Store

	// Limit bounds an event in bytes; 0: MaxEvent.
	Limit int32

	mark mark
}

// Next consumes n bytes of src. raw is one complete block with its blank line, and ev its
// event; raw nil means that src is used up (n is len(src)), and that a partial block, if
// any, was kept.
//
// raw aliases src if the block is completely in it, and the Cutter's buffer otherwise;
// ev.Data with two or more lines always aliases that buffer. All are valid until the next
// call. Calling until raw is nil, even with an empty src, gives the buffer back before the
// caller waits for more.
//
// err is ErrEventTooLarge or nil. With an err n is 0, and later calls return it again.
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

// Last is for the end of the stream. It returns a block that was kept only because its last
// CR could have been part of a CR LF; nil if there is none. Anything else that is pending is
// an unfinished event, which has to be dropped according to WHATWG.
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

// Tail is for the end of the stream, too. It returns what is pending as a block with a blank
// line added to raw; nil if nothing is. According to WHATWG it has to be dropped: Tail is for
// callers that can recognize from its content that it is complete.
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

// Reset gives the buffer back and makes c ready for another stream. The hooks and the limit
// are kept.
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
