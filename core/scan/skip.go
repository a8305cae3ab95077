package scan

import (
	"bytes"
	"math/bits"
)

// skip returns the end of the value that starts at i, or -1. Brackets are counted but not
// matched, so the end is wrong if [ is closed by }.
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

// bracket sets the top bit of the first byte of w that is a quote or one of [ ] { }. Only
// the lowest set bit is reliable, as with special.
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

// skipText returns the offset after the closing quote of the string whose content starts
// at i, or -1. A quote without a backslash before it is always the end, so nearly all
// strings take one search.
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

// quote returns the offset of the next quote from i on, or -1. Most strings are short, so
// that a search of many bytes at a time pays only after some words.
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

// oddSlashes reports whether text ends with an odd number of backslashes, so that the next
// byte is escaped.
func oddSlashes(text []byte) bool {
	n := len(text)
	for n > 0 && text[n-1] == '\\' {
		n--
	}
	return (len(text)-n)&1 != 0
}
