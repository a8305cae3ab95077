package http1

import (
	"encoding/binary"
	"math/bits"
)

// Classes of bytes.
const (
	isToken  uint8 = 1 << iota // RFC 9110 5.6.2: tchar
	isUnder                    // the underscore
	isTarget                   // allowed in a target: visible ASCII except "#"
	isHost                     // allowed in a host name: letters, digits, "-._"
	isHex                      // a hexadecimal digit
	isPlain                    // RFC 3986 2.3: unreserved; needs no escape
	isPath                     // allowed in a clean path: pchar except "%" and ";"
)

var classes = buildClasses()

func buildClasses() (t [256]uint8) {
	for c := 0x21; c <= 0x7e; c++ {
		t[c] |= isTarget
	}
	t['#'] &^= isTarget
	set := func(chars string, class uint8) {
		for i := range len(chars) {
			t[chars[i]] |= class
		}
	}
	const digits = "0123456789"
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	set(digits+letters+"!#$%&'*+-.^_`|~", isToken)
	set(digits+letters+"-._", isHost)
	set(digits+"abcdefABCDEF", isHex)
	set("_", isUnder)
	set(digits+letters+"-._~", isPlain)
	set(digits+letters+"-._~!$&'()*+,=:@/", isPath)
	return t
}

// Words with 0x01 and with 0x80 in every byte, to test eight bytes at a time.
const (
	ones = 0x0101010101010101
	tops = 0x8080808080808080
)

// name returns the position of the first byte at or after pos that is not a token
// byte, and classes of the bytes before it, of which only isUnder is complete. Letters
// and hyphens, of which most names consist, are read eight at a time.
func name(buf []byte, pos int) (int, uint8) {
	for p := buf[pos:]; len(p) >= 8; p = p[8:] {
		m := odd(binary.LittleEndian.Uint64(p))
		if m != 0 {
			if pos += bits.TrailingZeros64(m) / 8; buf[pos] == ':' {
				return pos, 0
			}
			break
		}
		pos += 8
	}
	seen := uint8(0)
	for ; pos < len(buf); pos++ {
		c := classes[buf[pos]]
		if c&isToken == 0 {
			break
		}
		seen |= c
	}
	return pos, seen
}

// odd sets the top bit of each byte of x that is neither a letter nor a hyphen. The top
// bits are removed first, so that no sum carries into the next byte.
func odd(x uint64) uint64 {
	low := x &^ tops
	small := low | blanks
	letter := (small + (0x80-'a')*ones) &^ (small + (0x7f-'z')*ones)
	other := (low ^ '-'*ones) + 0x7f*ones // top bit: not a hyphen
	return (other&^letter | x) & tops
}

// nameFault returns what is wrong at end, where a colon should be.
func nameFault(buf []byte, pos, end int) fault {
	switch c := buf[end]; {
	case (c == ' ' || c == '\t') && end == pos:
		return foldedLine
	case c == ' ' || c == '\t':
		return spaceBeforeColon
	case c == ':':
		return emptyName
	case c == '\n' && end == pos:
		return bareLineEnd
	}
	return badName
}

// value returns the position of the first byte at or after pos that is not allowed in a
// field value: a control byte other than the tab (RFC 9110 5.5). Bytes from 0x80 on are
// allowed, as obs-text.
func value(buf []byte, pos int) int {
	for pos = control(buf, pos); pos < len(buf) && buf[pos] == '\t'; {
		pos = control(buf, pos+1)
	}
	return pos
}

// control returns the position of the first control byte at or after pos, len(buf) if
// there is none. It reads eight bytes at a time.
func control(buf []byte, pos int) int {
	for p := buf[pos:]; len(p) >= 8; p = p[8:] {
		x := binary.LittleEndian.Uint64(p)
		// The lowest marked byte is below 0x20 or 0x7f; those above it may be wrong, because of borrows.
		hit := ((x - 0x20*ones) | ((x ^ 0x7f*ones) - ones)) &^ x & tops
		if hit != 0 {
			return pos + bits.TrailingZeros64(hit)/8
		}
		pos += 8
	}
	for ; pos < len(buf); pos++ {
		if c := buf[pos]; c < 0x20 || c == 0x7f {
			break
		}
	}
	return pos
}

func valueFault(c byte) fault {
	if c == '\n' {
		return bareLineEnd
	}
	return badValue
}

// lineEnd returns the position after the CR LF whose CR is at pos; 0 if the LF has not
// arrived yet.
func lineEnd(buf []byte, pos int) (int, fault) {
	if pos+1 == len(buf) {
		return 0, none
	}
	if buf[pos+1] != '\n' {
		return 0, bareLineEnd
	}
	return pos + 2, none
}

// trim removes blanks at both ends.
func trim(v []byte) []byte {
	for len(v) > 0 && (v[0] == ' ' || v[0] == '\t') {
		v = v[1:]
	}
	for len(v) > 0 && (v[len(v)-1] == ' ' || v[len(v)-1] == '\t') {
		v = v[:len(v)-1]
	}
	return v
}
