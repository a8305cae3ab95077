package mock

import (
	"bytes"
	"hash/crc32"
)

// peek reads the facts that the answer depends on from a JSON request body, which may arrive in any
// pieces, and keeps nothing else of it. It assumes a well-formed document, and does not check that it is.
type peek struct {
	model     [maxModel]byte // as written, escapes kept
	modelLen  int            // maxModel+1 if it was longer
	tool      [maxToolName]byte
	toolLen   int
	toolStart bool
	stream    bool
	usage     bool // stream_options.include_usage
	base64    bool // encoding_format
	dims      int
	limit     int    // max_tokens and its relatives; 0 if absent
	inputs    int    // elements of input; 0 if it is one
	prompt    int64  // bytes of messages, input, prompt, system, instructions
	sum       uint32 // checksum of the same bytes
	depth     int
	objects   uint64 // bit d is set if the container at depth d is an object
	seen      bool   // the document has begun
	broken    bool   // the document closed more than it opened, or went on after its end
	mode      uint8
	wantKey   bool
	isKey     bool
	top, sub  field // the key at depth 1, and the latest one below
	word      [24]byte
	wordLen   int
}

const (
	outside uint8 = iota
	inString
	inEscape
	inScalar
)

// castagnoli is the checksum by which embeddings of different inputs differ.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (p *peek) reset() {
	// The arrays have separate lengths and need not be cleared.
	p.modelLen, p.toolLen, p.toolStart = 0, 0, false
	p.stream, p.usage, p.base64 = false, false, false
	p.dims, p.limit, p.inputs, p.prompt, p.sum = 0, 0, 0, 0, 0
	p.depth, p.objects, p.seen, p.broken = 0, 0, false, false
	p.mode, p.wantKey, p.isKey, p.top, p.sub, p.wordLen = outside, false, false, fOther, fOther, 0
}

// complete reports whether one complete document was read.
func (p *peek) complete() bool { return p.seen && !p.broken && p.depth == 0 && p.mode == outside }

// feed takes the next piece of the body.
func (p *peek) feed(b []byte) {
	from := 0 // where the prompt bytes not yet counted begin
	for i := 0; i < len(b); {
		switch p.mode {
		case inString:
			i += p.text(b[i:])
		case inEscape:
			p.capture(b[i : i+1])
			p.mode = inString
			i++
		case inScalar:
			if c := b[i]; c > ' ' && c != ',' && c != '}' && c != ']' {
				p.capture(b[i : i+1])
				i++
			} else {
				p.endScalar()
			}
		default:
			was := p.top >= fInput
			p.structure(b[i])
			if is := p.top >= fInput; was && !is {
				p.count(b[from:i])
			} else if is && !was {
				from = i + 1 // after the colon
			}
			i++
		}
	}
	if p.top >= fInput {
		p.count(b[from:])
	}
}

func (p *peek) count(b []byte) {
	p.prompt += int64(len(b))
	p.sum = crc32.Update(p.sum, castagnoli, b)
}

// text reads the bytes of a string up to its end or an escape; it returns how many.
func (p *peek) text(b []byte) int {
	n := bytes.IndexByte(b, '"')
	if n < 0 {
		n = len(b)
	}
	if e := bytes.IndexByte(b[:n], '\\'); e >= 0 {
		p.capture(b[:e+1])
		p.mode = inEscape
		return e + 1
	}
	p.capture(b[:n])
	if n == len(b) {
		return n
	}
	p.mode = outside
	p.endString()
	return n + 1
}

// structure reads one byte between strings and scalars.
func (p *peek) structure(c byte) {
	switch c {
	case ' ', '\t', '\r', '\n':
	case '{', '[':
		p.value()
		p.depth++
		if p.depth < 64 {
			p.objects &^= 1 << p.depth
			if c == '{' {
				p.objects |= 1 << p.depth
			}
		}
		p.wantKey = c == '{'
		if p.top == fInput && c == '[' && p.depth == 2 {
			p.inputs = 1
		}
	case '}', ']':
		if p.depth--; p.depth < 0 {
			p.broken = true
			p.depth = 0
		}
		if p.wantKey = false; p.depth == 0 {
			p.top = fOther
		}
	case ',':
		p.wantKey = p.depth < 64 && p.objects&(1<<p.depth) != 0
		if p.depth == 1 {
			p.top = fOther
		} else if p.depth == 2 && p.top == fInput {
			p.inputs++
		}
	case ':':
		p.wantKey = false
		if p.depth == 1 {
			p.top = p.sub // from here on bytes belong to the value
		}
	case '"':
		p.isKey = p.wantKey
		if !p.isKey {
			p.value()
		}
		p.mode, p.wordLen = inString, 0
	default:
		p.value()
		p.wordLen = 0
		p.mode = inScalar
		p.capture([]byte{c})
	}
}

// value records that a value begins.
func (p *peek) value() {
	if p.depth == 0 {
		p.broken = p.broken || p.seen
		p.seen = true
	}
	p.toolStart = p.top == fTools && p.sub == fName && p.toolLen == 0 && (p.depth == 3 || p.depth == 4)
}

// capture keeps bytes of a key, or of a relevant value.
func (p *peek) capture(b []byte) {
	switch {
	case p.isKey || p.mode == inScalar || p.depth == 1 && p.top == fEncoding:
		p.wordLen += copy(p.word[min(p.wordLen, len(p.word)):], b)
	case p.depth == 1 && p.top == fModel:
		if n := copy(p.model[min(p.modelLen, maxModel):], b); n == len(b) {
			p.modelLen += n
		} else {
			p.modelLen = maxModel + 1
		}
	case p.toolStart:
		p.toolLen += copy(p.tool[min(p.toolLen, maxToolName):], b)
	}
}

func (p *peek) endString() {
	word := p.word[:p.wordLen]
	switch {
	case p.isKey:
		p.sub = lookup(word, p.depth)
	case p.depth == 1 && p.top == fEncoding:
		p.base64 = string(word) == "base64"
	}
	p.isKey, p.toolStart = false, false
}

func (p *peek) endScalar() {
	p.mode = outside
	word := p.word[:p.wordLen]
	switch {
	case p.depth == 1 && p.top == fStream:
		p.stream = string(word) == "true"
	case p.depth == 2 && p.top == fStreamOptions && p.sub == fIncludeUsage:
		p.usage = string(word) == "true"
	case p.depth == 1 && p.top == fDims:
		n, _ := parseLength(word)
		p.dims = int(min(n, maxDims))
	case p.depth == 1 && p.top == fLimit:
		n, _ := parseLength(word)
		p.limit = int(min(n, maxTokens))
	case p.depth == 2 && p.top == fInput:
		p.inputs = -maxBody // numbers: the list is one text, already cut in tokens
	}
	p.isKey = false
}
