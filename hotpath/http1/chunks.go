package http1

// Chunks reads a chunked body (RFC 9112 7.1). The zero value is at the first size
// line; Strict must be set before the first call. It is 12 bytes of state and keeps
// no data.
//
//	size ──CR LF──▶ data ──left=0──▶ CR LF ──▶ size
//	  └─ size 0 ──▶ trailer lines ──▶ CR LF ──▶ done
//
// It always refuses a bare LF, an empty size, "0x", signs, blanks, more than eight
// digits, a size over MaxChunk, data not followed by CR LF, and folded or malformed
// trailer lines. Trailers are checked, bounded and dropped, so that none can become
// a header or a credential.
type Chunks struct {
	left       uint32 // bytes of data of this chunk still to come; in the size line, the size so far
	extensions uint16 // bytes of extensions so far, of all chunks
	section    uint16 // bytes of the size line or of the trailer section so far
	state      chunkState
	digits     uint8
	failed     fault

	// Strict also refuses extensions and leading zeros. It is for requests, which
	// need neither, whereas both have been used for request smuggling.
	Strict bool
}

type chunkState uint8

const (
	inSize chunkState = iota
	inExtension
	inQuotes     // in a quoted extension value
	inQuotesPair // after a backslash in one
	sizeLF       // after the CR of a size line
	inData
	dataCR
	dataLF
	trailerStart
	trailerName
	trailerValue
	trailerLF
	lastLF
	chunksDone
)

// Next consumes n bytes of src: framing, and after it at most one piece of data, which
// aliases src. A nil payload with done unset means that src is used up and more is
// needed; then n is len(src). done is set with the last LF, and remains set; bytes
// after n are not part of the body. An err is a *Refusal, with Status 400 (431 for a
// long trailer) if Strict and 502 otherwise, and is returned by all later calls.
func (c *Chunks) Next(src []byte) (payload []byte, n int, done bool, err error) {
	for n < len(src) && c.state != chunksDone && c.failed == none {
		if c.state == inData {
			size := min(uint64(len(src)-n), uint64(c.left))
			payload = src[n : n+int(size) : n+int(size)]
			c.left -= uint32(size)
			if c.left == 0 {
				c.state = dataCR
			}
			return payload, n + int(size), false, nil
		}
		c.failed = c.step(src[n])
		n++
	}
	if c.failed != none {
		if c.Strict {
			return nil, n, false, &requestRefusals[c.failed]
		}
		return nil, n, false, &replyRefusals[c.failed]
	}
	return nil, n, c.state == chunksDone, nil
}

// step reads one byte of framing.
func (c *Chunks) step(b byte) fault {
	switch c.state {
	case inSize, inExtension, inQuotes, inQuotesPair:
		return c.sizeLine(b)
	case sizeLF:
		return c.endSize(b)
	case dataCR:
		return c.expect(b, '\r', dataLF, badChunkEnd)
	case dataLF:
		return c.expect(b, '\n', inSize, badChunkEnd)
	}
	return c.trailer(b)
}

func (c *Chunks) expect(b, want byte, next chunkState, f fault) fault {
	if b != want {
		return f
	}
	c.state = next
	return none
}

// sizeLine reads a byte of a size line, up to its CR.
func (c *Chunks) sizeLine(b byte) fault {
	if b == '\r' && c.state <= inExtension {
		if c.digits == 0 {
			return badChunkSize
		}
		c.state = sizeLF
		return none
	}
	if c.section++; c.section > MaxSizeLine {
		return longSizeLine
	}
	if c.state == inSize {
		return c.size(b)
	}
	if c.extensions++; c.extensions > MaxExtensions {
		return manyExtensions
	}
	return c.extension(b)
}

func (c *Chunks) size(b byte) fault {
	if b == ';' && c.digits > 0 {
		if c.Strict {
			return badExtension
		}
		c.state = inExtension
		return none
	}
	if classes[b]&isHex == 0 {
		return badChunkSize
	}
	if c.digits == 8 {
		return hugeChunk
	}
	if c.Strict && c.digits > 0 && c.left == 0 {
		return badChunkSize
	}
	c.digits++
	c.left = c.left<<4 | uint32(nibble(b))
	return none
}

// extension checks that b is allowed in a list of extensions: tokens, "=", ";", blanks
// and quoted strings, in any order.
func (c *Chunks) extension(b byte) fault {
	switch {
	case c.state == inQuotesPair:
		c.state = inQuotes
	case c.state == inQuotes && b == '"':
		c.state = inExtension
		return none
	case c.state == inQuotes && b == '\\':
		c.state = inQuotesPair
		return none
	case c.state == inExtension && b == '"':
		c.state = inQuotes
		return none
	case c.state == inExtension:
		if classes[b]&isToken == 0 && b != '=' && b != ';' && b != ' ' && b != '\t' {
			return badExtension
		}
		return none
	}
	if b < 0x20 && b != '\t' || b == 0x7f {
		return badExtension
	}
	return none
}

func (c *Chunks) endSize(b byte) fault {
	if b != '\n' {
		return bareLineEnd
	}
	if c.left > MaxChunk {
		return hugeChunk
	}
	c.digits, c.section, c.state = 0, 0, inData
	if c.left == 0 {
		c.state = trailerStart
	}
	return none
}

// trailer reads a byte of the trailer section, including its empty line.
func (c *Chunks) trailer(b byte) fault {
	if c.section++; c.section > MaxTrailer {
		return longTrailer
	}
	switch c.state {
	case trailerStart:
		if b == '\r' {
			c.state = lastLF
			return none
		}
		c.state = trailerName
		if classes[b]&isToken == 0 {
			return badTrailer
		}
	case trailerName:
		if b == ':' {
			c.state = trailerValue
		} else if classes[b]&isToken == 0 {
			return badTrailer
		}
	case trailerValue:
		if b == '\r' {
			c.state = trailerLF
		} else if b < 0x20 && b != '\t' || b == 0x7f {
			return badTrailer
		}
	case trailerLF:
		return c.expect(b, '\n', trailerStart, badTrailer)
	case lastLF:
		return c.expect(b, '\n', chunksDone, badTrailer)
	}
	return none
}
