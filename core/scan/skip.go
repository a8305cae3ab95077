package scan

import "math/bits"

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

// quote has the top bit set in the byte of w that is a quote or a backslash.
func quote(w uint64) uint64 {
	return (((w ^ ones*'"') - ones) | ((w ^ ones*'\\') - ones)) &^ w & tops
}

// skipText returns what follows the closing quote of the string whose content
// starts at i, or -1.
func skipText(b []byte, i int) int {
	for {
		for i+8 <= len(b) {
			if m := quote(load(b[i:])); m != 0 {
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
			return i + 1
		case '\\':
			i++
		}
		i++
	}
}
