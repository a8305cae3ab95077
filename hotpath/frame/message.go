package frame

import "asbru/core/eventstream"

// A MessageCutter splits an AWS event stream into messages and reads them. The zero value
// is at the start of a stream and ready for use. It is not for concurrent use.
type MessageCutter struct {
	Store

	size int // bytes of the current message; 0: not known yet
	err  error
}

// Next consumes n bytes of src. raw is one complete message and m its content; raw nil means
// that src is used up (n is len(src)), and that a partial message, if any, was kept. A stream
// that ends with bytes Pending was cut off.
//
// raw aliases src if the message is completely in it, and the Store's buffer otherwise; m
// aliases raw. Both are valid until the next call. Calling until raw is nil, even with an
// empty src, gives the buffer back before the caller waits for more.
//
// err is eventstream.ErrTooLarge, eventstream.ErrCorrupt or nil. With an err n is 0, and later
// calls return it again, as the start of the next message is not known. The buffer grows with
// the bytes received, not with the length that the message announces.
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

// open reads the length of the message that src begins or continues. It consumes n bytes only
// if the first bytes of the message were split.
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

// Reset gives the buffer back and makes c ready for another stream. The hooks are kept.
func (c *MessageCutter) Reset() {
	c.drop()
	c.size, c.err = 0, nil
}
