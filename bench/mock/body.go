package mock

import "errors"

var (
	errBodyLarge = errors.New("request body too large")
	errBodyChunk = errors.New("malformed chunk")
)

// body removes the framing of a request body, which may arrive in any pieces.
//
//	length:  inData ──────────────────────────────────────────▶ done
//	chunked: inSize ─▶ [inExt] ─▶ inSizeLF ─▶ inData ─▶ inCR ─▶ inLF ─▶ inSize …
//	                                  └ size 0 ─▶ inTrailer ─▶ done
type body struct {
	left    int64 // bytes of the current run of data
	total   int64 // bytes of data returned
	line    int   // bytes of the current size line, or of the trailer
	state   uint8
	chunked bool
	digits  bool  // the size line has a digit
	blank   uint8 // trailer: bytes of the current line
}

const (
	inData uint8 = iota
	inSize
	inExt
	inSizeLF
	inCR
	inLF
	inTrailer
	inTrailerLF
)

// start begins a body; length is ignored if chunked.
func (b *body) start(length int64, chunked bool) {
	*b = body{left: length, chunked: chunked}
	if chunked {
		b.left, b.state = 0, inSize
	}
}

// next returns the first run of data in the input and how many bytes of input it used, including
// framing. done means that the body is complete; used == len(in) without done means that more input is
// needed. data is a part of in.
func (b *body) next(in []byte) (data []byte, used int, done bool, err error) {
	for {
		if b.state == inData && b.left > 0 {
			n := int(min(b.left, int64(len(in)-used)))
			data = in[used : used+n]
			b.left -= int64(n)
			b.total += int64(n)
			used += n
			if b.total > maxBody {
				return nil, used, false, errBodyLarge
			}
			if b.left == 0 && b.chunked {
				b.state = inCR
			}
			return data, used, b.left == 0 && !b.chunked, nil
		}
		if b.state == inData {
			return nil, used, true, nil // an empty body, or one already complete
		}
		if used == len(in) {
			return nil, used, false, nil
		}
		c := in[used]
		used++
		if err := b.frame(c); err != nil {
			return nil, used, false, err
		}
	}
}

// frame reads one byte that is not data. Reaching inData with nothing left is the end of the body.
func (b *body) frame(c byte) error {
	if b.line++; b.line > maxTrailer {
		return errBodyChunk
	}
	switch b.state {
	case inSize:
		return b.size(c)
	case inExt:
		if c == '\r' {
			b.state = inSizeLF
		} else if c < ' ' && c != '\t' {
			return errBodyChunk
		}
	case inSizeLF:
		if c != '\n' {
			return errBodyChunk
		}
		b.line = 0
		if b.state = inData; b.left == 0 {
			b.state = inTrailer
		}
	case inCR:
		if b.state = inLF; c != '\r' {
			return errBodyChunk
		}
	case inLF:
		if b.state = inSize; c != '\n' {
			return errBodyChunk
		}
		b.line, b.digits = 0, false
	case inTrailer:
		if c == '\r' {
			b.state = inTrailerLF
		} else {
			b.blank = 1
		}
	case inTrailerLF:
		if c != '\n' {
			return errBodyChunk
		}
		if b.state = inTrailer; b.blank == 0 {
			b.state = inData
		}
		b.blank = 0
	}
	return nil
}

// size reads one byte of a chunk-size line.
func (b *body) size(c byte) error {
	if d := unhex(c); d >= 0 {
		b.digits = true
		if b.left = b.left<<4 | d; b.left > maxBody {
			return errBodyLarge
		}
		return nil
	}
	switch {
	case !b.digits:
		return errBodyChunk
	case c == '\r':
		b.state = inSizeLF
	case c == ';' || c == ' ' || c == '\t':
		b.state = inExt
	default:
		return errBodyChunk
	}
	return nil
}
