package scan

import (
	"encoding/binary"
	"math/bits"
)

// Words with 0x01 and with 0x80 in every byte, to test eight bytes at a time.
const (
	ones = 0x0101010101010101
	tops = 0x8080808080808080
)

func load(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

// longRun is the number of plain words after which a string is searched in larger blocks,
// which does not pay for short strings.
const longRun = 4

// special sets the top bit of the first byte of w that ends a plain run in a string: a
// quote, a backslash, a control byte or a byte beyond ASCII. Only the lowest set bit is
// reliable, because a borrow may set wrong ones above it.
func special(w uint64) uint64 { return marks(w) & tops }

// marks is special without the mask, so that four words can share it.
//
// Inverting bit 1 turns a quote (0x22) into a blank (0x20) and a control byte into another
// one, and nothing else becomes less than 0x21: one subtraction finds both.
func marks(w uint64) uint64 {
	return w | ((w ^ ones*2) - ones*0x21) | ((w ^ ones*'\\') - ones)
}

// plainWords is plainRun in portable words, 32 bytes at a time.
func plainWords(b []byte, i int) int {
	for len(b)-i >= 32 {
		p := (*[32]byte)(b[i:])
		m := marks(binary.LittleEndian.Uint64(p[0:])) | marks(binary.LittleEndian.Uint64(p[8:])) |
			marks(binary.LittleEndian.Uint64(p[16:])) | marks(binary.LittleEndian.Uint64(p[24:]))
		if m&tops != 0 {
			break
		}
		i += 32
	}
	return i
}

// text reads a string whose content starts at i, and returns the offset after its closing
// quote. plain means ASCII without escapes. On a fault next is its offset.
func text(b []byte, i int) (next int, plain bool, k Kind) {
	plain = true
	for {
		for words := 0; i+8 <= len(b); words++ {
			if words == longRun {
				if i = plainRun(b, i); i+8 > len(b) {
					break
				}
			}
			if m := special(load(b[i:])); m != 0 {
				i += bits.TrailingZeros64(m) >> 3
				break
			}
			i += 8
		}
		if i >= len(b) {
			return len(b), plain, Truncated
		}
		switch c := b[i]; {
		case c == '"':
			return i + 1, plain, OK
		case c == '\\':
			plain = false
			i, k = escape(b, i)
		case c < ' ':
			return i, plain, Control
		case c >= 0x80:
			plain = false
			i, k = runes(b, i)
		default: // in the last seven bytes of the document
			i++
		}
		if k != OK {
			return i, plain, k
		}
	}
}

// escape checks the escape at i and returns the offset after it.
func escape(b []byte, i int) (int, Kind) {
	if i+1 >= len(b) {
		return len(b), Truncated
	}
	switch b[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2, OK
	case 'u':
		if i+6 > len(b) {
			return len(b), Truncated
		}
		if hex4(b[i+2:i+6]) >= 0 {
			return i + 6, OK
		}
	}
	return i, Escape
}

// hex4 returns the value of four hexadecimal digits, or -1.
func hex4(b []byte) rune {
	r := rune(0)
	for _, c := range b[:4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

// runes checks a run of UTF-8 sequences of two or more bytes (RFC 3629 §4) and returns
// the offset after it.
func runes(b []byte, i int) (int, Kind) {
	for i < len(b) && b[i] >= 0x80 {
		c := b[i]
		n := 2
		low, high := byte(0x80), byte(0xbf) // bounds of the second byte
		switch {
		case c < 0xc2 || c > 0xf4:
			return i, UTF8
		case c < 0xe0:
		case c < 0xf0:
			n = 3
			if c == 0xe0 {
				low = 0xa0 // below: overlong
			} else if c == 0xed {
				high = 0x9f // above: surrogates
			}
		default:
			n = 4
			if c == 0xf0 {
				low = 0x90 // below: overlong
			} else if c == 0xf4 {
				high = 0x8f // above: beyond U+10FFFF
			}
		}
		if len(b)-i < n || b[i+1] < low || b[i+1] > high {
			return i, UTF8
		}
		for _, t := range b[i+2 : i+n] {
			if t&0xc0 != 0x80 {
				return i, UTF8
			}
		}
		i += n
	}
	return i, OK
}

// space returns the offset of the first byte from i on that is not JSON white space.
func space(b []byte, i int) int {
	for i < len(b) {
		if c := b[i]; c > ' ' || c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			break
		}
		i++
	}
	return i
}
