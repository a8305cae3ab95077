package scan

import (
	"bytes"
	"math/bits"
)

// skip returns the end of the value that starts at i, or -1. Brackets are counted,
// not matched: of a document with mixed up brackets it may take more or less.
func skip(b []byte, i int) int {
	if i >= len(b) {
		return -1
	}
	switch b[i] {
	case '"':
		return skipText(b, i+1)
	case '{', '[':
		return skipContainer(b, i+1)
	}
	start := i
	for i < len(b) {
		switch b[i] {
		case ',', '}', ']', ' ', '\n', '\r', '\t':
			if i == start {
				return -1
			}
			return i
		}
		i++
	}
	return i
}

// bracket has the top bit set in the byte of w that is a quote or, bit 5 aside, one
// of [ ] { }. As with special only the lowest set bit counts.
func bracket(w uint64) uint64 {
	up := w | ones*0x20 // [ and ] become { and }
	return (((w ^ ones*'"') - ones) | ((up ^ ones*'{') - ones) | ((up ^ ones*'}') - ones)) &^ w & tops
}

func skipContainer(b []byte, i int) int {
	for depth := 1; ; {
		for i+8 <= len(b) {
			if m := bracket(load(b[i:])); m != 0 {
				i += bits.TrailingZeros64(m) >> 3
				break
			}
			i += 8
		}
		if i >= len(b) {
			return -1
		}
		switch b[i] {
		case '"':
			if i = skipText(b, i+1); i < 0 {
				return -1
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
}

// skipText returns what follows the closing quote of the string whose content
// starts at i, or -1. A quote with no backslash before it is the end whatever stands
// before: nearly all strings are one search for it.
func skipText(b []byte, i int) int {
	for start := i; ; i++ {
		if i = quote(b, i); i < 0 {
			return -1
		}
		if b[i-1] != '\\' || !oddSlashes(b[start:i]) {
			return i + 1
		}
	}
}

// quote is where the next quote from i on is, or -1. Most strings are short, and a
// search of many bytes at a time begins to pay only behind some words.
func quote(b []byte, i int) int {
	for words := 0; i+8 <= len(b); words++ {
		if words == longRun {
			if n := bytes.IndexByte(b[i:], '"'); n >= 0 {
				return i + n
			}
			return -1
		}
		v := load(b[i:]) ^ ones*'"'
		if m := (v - ones) &^ v & tops; m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
		i += 8
	}
	for ; i < len(b); i++ { // in the last seven bytes
		if b[i] == '"' {
			return i
		}
	}
	return -1
}

// oddSlashes reports whether what follows text has a backslash before it that is none
// itself: text ends with an odd number of them.
func oddSlashes(text []byte) bool {
	n := len(text)
	for n > 0 && text[n-1] == '\\' {
		n--
	}
	return (len(text)-n)&1 != 0
}
