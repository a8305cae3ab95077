package frame

import "bytes"

// A LineCutter cuts a stream of JSON lines. The zero value stands at the start of a
// stream and is ready for use; it is not for concurrent use.
type LineCutter struct {
	Store

	failed bool
}

// Next consumes n bytes of src. raw is one line with its LF, and line what stands in
// it, without white space around; it may be empty. raw nil means that src is used up
// (n is len(src)), and that a partial line, if any, was kept.
//
// raw aliases src when the line lies wholly in it, and the Store's buffer when not. Both
// are valid until the next call. Calling until raw is nil, with an empty src at the last,
// gives the buffer back before the caller waits for more.
//
// err is ErrEventTooLarge, for a line of more than MaxEvent bytes, or nil; n is 0 with it,
// and it stays.
func (c *LineCutter) Next(src []byte) (raw, line []byte, n int, err error) {
	c.release()
	i := bytes.IndexByte(src, '\n')
	if n = i + 1; i < 0 {
		n = len(src)
	}
	if c.failed || len(c.buf)+n > MaxEvent {
		c.failed = true
		return nil, nil, 0, ErrEventTooLarge
	}
	if i < 0 {
		if n > 0 {
			c.keep(src)
		}
		return nil, nil, n, nil
	}
	raw = src[:n:n]
	if len(c.buf) > 0 {
		c.keep(raw)
		raw, c.given = c.buf, true
	}
	return raw, trim(raw), n, nil
}

// Last returns the last line when the stream has ended without a LF; nil if there is
// none.
func (c *LineCutter) Last() (raw, line []byte) {
	c.release()
	if len(c.buf) == 0 {
		return nil, nil
	}
	c.given = true
	return c.buf, trim(c.buf)
}

// Reset gives the buffer back and makes c ready for another stream. The hooks stay.
func (c *LineCutter) Reset() {
	c.drop()
	c.failed = false
}

// trim cuts JSON's white space off both ends.
func trim(b []byte) []byte {
	for len(b) > 0 && blank(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	for len(b) > 0 && blank(b[0]) {
		b = b[1:]
	}
	return b
}

func blank(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }
