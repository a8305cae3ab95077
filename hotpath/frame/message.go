package frame

import "asbru/core/eventstream"

// A MessageCutter cuts an AWS event stream into messages and reads them. The zero
// value stands at the start of a stream and is ready for use; it is not for
// concurrent use.
type MessageCutter struct {
	Store

	size int // of the message under way; 0: not known yet
	err  error
}

// Next consumes n bytes of src. raw is one complete message and m what it says; raw
// nil means that src is used up (n is len(src)), and that a partial message, if any,
// was kept. A stream that ends with bytes Pending was cut off.
//
// raw aliases src when the message lies wholly in it, and the Store's buffer when not;
// m aliases raw. Both are valid until the next call. Calling until raw is nil, with an
// empty src at the last, gives the buffer back before the caller waits for more.
//
// err is eventstream.ErrTooLarge, eventstream.ErrCorrupt or nil; n is 0 with it, and it
// stays: nothing tells where the next message would begin. The buffer grows with what
// has come, not with what the message says it will be.
func (c *MessageCutter) Next(src []byte) (raw []byte, m eventstream.Message, n int, err error) {
	c.release()
	if c.err != nil {
		return nil, m, 0, c.err
	}
	if c.size == 0 {
		n, c.err = c.open(src)
		if c.err != nil || c.size == 0 {
			return nil, m, n, c.err
		}
	}
	more := c.size - len(c.buf)
	if len(src)-n < more {
		if n < len(src) {
			c.keep(src[n:])
		}
		return nil, m, len(src), nil
	}
	raw = src[n : n+more : n+more]
	if len(c.buf) > 0 {
		c.keep(raw)
		raw, c.given = c.buf, true
	}
	c.size = 0
	if m, c.err = eventstream.Read(raw); c.err != nil {
		return nil, eventstream.Message{}, 0, c.err
	}
	return raw, m, n + more, nil
}

// open reads how long the message is that src begins or goes on with. It consumes n bytes
// only where its first ones were split.
func (c *MessageCutter) open(src []byte) (n int, err error) {
	if len(c.buf) == 0 && len(src) >= eventstream.Prelude {
		c.size, err = eventstream.Size(src)
		return 0, err
	}
	if n = min(len(src), eventstream.Prelude-len(c.buf)); n > 0 {
		c.keep(src[:n])
	}
	if len(c.buf) < eventstream.Prelude {
		return n, nil
	}
	if c.size, err = eventstream.Size(c.buf); err != nil {
		n = 0
	}
	return n, err
}

// Reset gives the buffer back and makes c ready for another stream. The hooks stay.
func (c *MessageCutter) Reset() {
	c.drop()
	c.size, c.err = 0, nil
}
