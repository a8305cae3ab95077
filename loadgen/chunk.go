package loadgen

// chunks decodes the chunked coding (RFC 9112 §7.1) from pieces of any size.
//
//	size --CRLF--> data --n bytes--> dataEnd --CRLF--> size
//	  \--CRLF after 0--> trailer --empty line--> over
type chunks struct {
	state chunkState
	left  int64 // bytes of data to come
	line  int   // bytes of the current size or trailer line
}

type chunkState uint8

const (
	chunkSize    chunkState = iota
	chunkExt                // after the digits, to the end of the line
	chunkSizeLF             // CR seen
	chunkData               //
	chunkDataCR             // data is complete, CR must follow
	chunkDataLF             //
	chunkTrailer            // in a trailer line; line counts its bytes
	chunkTrailLF            // CR of a trailer line seen
	chunkOver               // the body is complete
)

// next reads b until it has a run of body bytes or needs more input. data is a part
// of b; used is how many bytes of b are consumed.
func (c *chunks) next(b []byte) (data []byte, used int, err error) {
	for used < len(b) && c.state != chunkOver {
		if c.state == chunkData {
			n := int(min(c.left, int64(len(b)-used)))
			c.left -= int64(n)
			if c.left == 0 {
				c.state = chunkDataCR
			}
			return b[used : used+n], used + n, nil
		}
		if !c.step(b[used]) {
			return nil, used, errBadChunk
		}
		used++
	}
	return nil, used, nil
}

// step reads one byte outside of data and reports whether it is allowed there.
func (c *chunks) step(b byte) bool {
	c.line++
	switch c.state {
	case chunkSize:
		return c.digit(b)
	case chunkExt:
		if b == '\r' {
			c.state = chunkSizeLF
		}
		return b != '\n' && c.line <= maxChunkLine
	case chunkSizeLF:
		c.state, c.line = chunkData, 0
		if c.left == 0 {
			c.state = chunkTrailer
		}
		return b == '\n'
	case chunkDataCR:
		c.state = chunkDataLF
		return b == '\r'
	case chunkDataLF:
		c.state, c.line = chunkSize, 0
		return b == '\n'
	case chunkTrailer:
		if b == '\r' {
			c.state = chunkTrailLF
		}
		return b != '\n' && c.line <= maxHead
	case chunkTrailLF:
		if c.line == 2 { // an empty line: only CR and this LF
			c.state = chunkOver
		} else {
			c.state = chunkTrailer
		}
		c.line = 0
		return b == '\n'
	}
	return false
}

// digit reads a byte of the size itself.
func (c *chunks) digit(b byte) bool {
	v := int64(-1)
	switch {
	case '0' <= b && b <= '9':
		v = int64(b - '0')
	case 'a' <= b && b <= 'f':
		v = int64(b-'a') + 10
	case 'A' <= b && b <= 'F':
		v = int64(b-'A') + 10
	}
	if v >= 0 {
		c.left = c.left<<4 | v
		return c.line <= 15
	}
	if c.line == 1 {
		return false // there is no digit
	}
	switch b {
	case '\r':
		c.state = chunkSizeLF
	case ';', ' ', '\t':
		c.state = chunkExt
	default:
		return false
	}
	return true
}
