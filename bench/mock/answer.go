package mock

import "strconv"

// created is the time of every answer: 2023-11-14T22:13:20Z.
const created = "1700000000"

// answer is the content of one reply. Its slices belong to the session.
type answer struct {
	n          uint64 // number of the request, from 1
	model      []byte // the inside of a JSON string, as written by the client
	tool       []byte // likewise: the tool to call; nil: answer with text
	size       int    // bytes of text
	tokens     int    // of the text, or of the tool call
	prompt     int64  // tokens of the request
	chunks     int    // pieces the content is sent in, in a stream
	cutShort   bool   // max_tokens ended the reply
	wantUsage  bool   // the stream ends with a usage chunk
	faults     fault
	inputs     int // number of embeddings requested
	dims       int
	base64     bool
	sum        uint32 // checksum of the input
	clock      *clock
	errStatus  int
	errMessage string
}

// shape is one wire format: functions that write a body, the parts of a stream, and errors.
type shape struct {
	body  func(dst []byte, a *answer) []byte
	open  func(dst []byte, a *answer) []byte        // events before the content; nil: the format has no streams
	delta func(dst []byte, a *answer, i int) []byte // content chunk i of a.chunks, from 0
	end   func(dst []byte, a *answer) []byte        // events after the content
	fail  func(dst []byte, a *answer) []byte        // an error inside a stream
	fault func(dst []byte, a *answer) []byte        // an error body
}

func (a *answer) has(f fault) bool { return a.faults&f != 0 }

// piece returns the bounds of chunk i in content of n bytes. Text is split between tokens, other
// content anywhere.
func (a *answer) piece(i int) (from, to int) {
	return a.bound(i), a.bound(i + 1)
}

func (a *answer) bound(i int) int {
	if a.tool != nil {
		return len(toolArguments) * i / a.chunks
	}
	if i == a.chunks {
		return a.size
	}
	return min(a.size, textLen(a.tokens*i/a.chunks))
}

// toolArguments is the argument object of every tool call.
const toolArguments = `{"bridge":"Ásbrú","span_m":120,"ropes":["left","right"]}`

// toolTokens is the number of tokens of a tool call.
const toolTokens = 17

// fitBody builds a body of exactly size bytes by choosing the length of the text, and with spaces at
// the end for the rest (digits of the usage, characters of several bytes). If size is below that of an
// empty reply, the body is as small as possible.
func fitBody(dst []byte, sh *shape, a *answer, size int) []byte {
	start := len(dst)
	a.size, a.tokens = 0, size // for the longest usage
	dst = sh.body(dst, a)
	a.size = textCut(max(0, size-(len(dst)-start)))
	a.tokens = textTokens(a.size)
	dst = sh.body(dst[:start], a)
	for len(dst)-start < size {
		dst = append(dst, ' ')
	}
	return dst
}

// appendID appends prefix, then the request number in twelve digits.
func (a *answer) appendID(dst []byte, prefix string) []byte {
	dst = append(dst, prefix...)
	return appendNumber(dst, a.n)
}

func appendNumber(dst []byte, n uint64) []byte {
	var d [12]byte
	for i := len(d) - 1; i >= 0; i-- {
		d[i] = byte('0' + n%10)
		n /= 10
	}
	return append(dst, d[:]...)
}

// appendStamp appends the field that says when the chunk was built.
func (a *answer) appendStamp(dst []byte) []byte {
	if !a.has(stamp) {
		return dst
	}
	dst = append(dst, `,"sent_ns":"`...)
	dst = strconv.AppendInt(dst, a.clock.now(), 10)
	return append(dst, '"')
}

// counts are the prompt and completion tokens as usage reports them.
func (a *answer) counts() (in, out int64) {
	if a.has(zeroUsage) {
		return 0, 0
	}
	return a.prompt, int64(a.tokens)
}

func appendCount(dst []byte, name string, n int64) []byte {
	dst = append(dst, name...)
	return strconv.AppendInt(dst, n, 10)
}
