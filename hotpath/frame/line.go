package frame

import "bytes"

// A LineCutter splits a stream of JSON lines. The zero value is at the start of a stream and
// ready for use. It is not for concurrent use.
type LineCutter struct {
	Store

	failed bool
}

// Next consumes n bytes of src. raw is one line with its LF, and line its content without
// surrounding white space, which may be empty. raw nil means that src is used up (n is
// len(src)), and that a partial line, if any, was kept.
//
// raw aliases src if the line is completely in it, and the Store's buffer otherwise. Both
// are valid until the next call. Calling until raw is nil, even with an empty src, gives the
// buffer back before the caller waits for more.
//
// err is ErrEventTooLarge, for a line of more than MaxEvent bytes, or nil. With an err n is 0,
// and later calls return it again.
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

// Last is for the end of the stream. It returns a last line without a LF; nil if there is none.
func (c *LineCutter) Last() (raw, line []byte) {
	c.release()
	if len(c.buf) == 0 {
		return nil, nil
	}
	c.given = true
	return c.buf, trim(c.buf)
}

// Reset gives the buffer back and makes c ready for another stream. The hooks are kept.
func (c *LineCutter) Reset() {
	c.drop()
	c.failed = false
}

// trim removes JSON's white space at both ends.
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
