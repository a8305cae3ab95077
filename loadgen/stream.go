package loadgen

import "bytes"

// The texts that a stream is searched for. A stream may be split anywhere, so each search
// keeps how much of its needle the last piece ended with.
const (
	stampNeedle  = `"sent_ns":"`
	maxStampLen  = 18
	needlesFirst = 4 // content needles
	needlesLast  = 3 // end needles
)

// contentNeedles precede the text of a delta; the byte after them distinguishes an empty
// delta from one with content. OpenAI chat; Anthropic and OpenAI completions; OpenAI
// responses; Anthropic tool input.
var contentNeedles = [needlesFirst]string{`"content":"`, `"text":"`, `"delta":"`, `"partial_json":"`}

// endNeedles are in the last event of a complete stream: OpenAI chat, Anthropic messages,
// OpenAI responses.
var endNeedles = [needlesLast]string{"data: [DONE]", "message_stop", "response.completed"}

// needle is the carried state of one search.
type needle struct{ have int }

// find looks for pat in b, which follows the bytes seen before. It returns the
// offset in b just behind the match, or -1.
func (n *needle) find(b []byte, pat string) int {
	for n.have > 0 { // the match began in an earlier piece
		want := pat[n.have:]
		k := min(len(want), len(b))
		if string(b[:k]) == want[:k] {
			n.have += k
			if n.have == len(pat) {
				n.have = 0
				return k
			}
			return -1
		}
		n.have = shorter(pat, n.have)
	}
	if i := bytes.Index(b, []byte(pat)); i >= 0 {
		return i + len(pat)
	}
	for k := min(len(pat)-1, len(b)); k > 0; k-- {
		if string(b[len(b)-k:]) == pat[:k] {
			n.have = k
			break
		}
	}
	return -1
}

// shorter returns the length of the longest proper suffix of pat[:have] that is a prefix of pat.
func shorter(pat string, have int) int {
	for k := have - 1; k > 0; k-- {
		if pat[have-k:have] == pat[:k] {
			return k
		}
	}
	return 0
}

// events finds what is measured in the body of an event stream.
type events struct {
	stamp   needle
	inStamp bool
	digits  int
	value   int64
	content [needlesFirst]needle
	after   [needlesFirst]bool // the needle ended a piece; the next byte decides
	end     [needlesLast]needle
	first   bool // content was seen
	over    bool // the last event was seen
}

// feed reads body bytes that arrived at now, and records stamps and the first content in
// t. intended is the scheduled start of the request.
func (e *events) feed(b []byte, now, intended int64, t *tally) {
	if !e.first && e.findContent(b) {
		e.first = true
		t.content.add(now - intended)
	}
	if !e.over {
		for i := range e.end {
			e.over = e.end[i].find(b, endNeedles[i]) >= 0 || e.over
		}
	}
	for len(b) > 0 {
		if !e.inStamp {
			i := e.stamp.find(b, stampNeedle)
			if i < 0 {
				return
			}
			b, e.inStamp, e.digits, e.value = b[i:], true, 0, 0
			continue
		}
		b = e.digitsOf(b, now, t)
	}
}

// digitsOf continues to read a stamp and returns the bytes after it.
func (e *events) digitsOf(b []byte, now int64, t *tally) []byte {
	for i, c := range b {
		if '0' <= c && c <= '9' && e.digits < maxStampLen {
			e.value = e.value*10 + int64(c-'0')
			e.digits++
			continue
		}
		e.inStamp = false
		if c == '"' && e.digits > 0 {
			t.relayed(now - e.value)
		}
		return b[i:]
	}
	return nil
}

// findContent finds a delta that is not empty.
func (e *events) findContent(b []byte) bool {
	for i := range e.content {
		rest := b
		for len(rest) > 0 {
			if e.after[i] {
				e.after[i] = false
				if rest[0] != '"' {
					return true
				}
			}
			k := e.content[i].find(rest, contentNeedles[i])
			if k < 0 {
				break
			}
			rest, e.after[i] = rest[k:], true
		}
	}
	return false
}
