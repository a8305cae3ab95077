package scan

import "unicode/utf8"

// The readers below decode raw values, as found by Object or a Walk. They are safe on
// any bytes: a malformed value reads as absent.

// Plain returns the content of a string without escapes, aliasing raw. ok is false for
// other values and for strings with escapes.
func Plain(raw []byte) (content []byte, ok bool) {
	if !IsString(raw) {
		return nil, false
	}
	raw = raw[1 : len(raw)-1]
	for _, c := range raw {
		if c == '\\' {
			return nil, false
		}
	}
	return raw, true
}

// IsString reports whether raw is a string.
func IsString(raw []byte) bool {
	return len(raw) >= 2 && raw[0] == '"' && raw[len(raw)-1] == '"'
}

// IsNull reports whether raw is null or absent.
func IsNull(raw []byte) bool { return len(raw) == 0 || raw[0] == 'n' }

// Unquote appends the content of the string raw to dst. ok is false if raw is not a
// string, or holds an unknown escape or half a surrogate pair; then dst is
// unchanged.
func Unquote(dst, raw []byte) (content []byte, ok bool) {
	if !IsString(raw) {
		return dst, false
	}
	out, ok := appendUnescaped(dst, raw[1:len(raw)-1])
	if !ok {
		return dst, false
	}
	return out, true
}

// appendUnescaped appends the text between two quotes with its escapes decoded (RFC
// 8259 §7).
func appendUnescaped(dst, text []byte) ([]byte, bool) {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c != '\\' {
			dst = append(dst, c)
			continue
		}
		if i++; i == len(text) {
			return dst, false
		}
		switch c = text[i]; c {
		case '"', '\\', '/':
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		case 'u':
			r, n := unit(text[i+1:])
			if n == 0 {
				return dst, false
			}
			dst = utf8.AppendRune(dst, r)
			i += n
			continue
		default:
			return dst, false
		}
		dst = append(dst, c)
	}
	return dst, true
}

// unit reads the digits after "\u": it returns the code point and the number of bytes
// it takes, 0 if it is malformed or half a pair.
func unit(b []byte) (rune, int) {
	if len(b) < 4 {
		return 0, 0
	}
	r := hex4(b)
	if r < 0xd800 || r > 0xdfff {
		if r < 0 {
			return 0, 0
		}
		return r, 4
	}
	if r > 0xdbff || len(b) < 10 || b[4] != '\\' || b[5] != 'u' {
		return 0, 0
	}
	second := hex4(b[6:])
	if second < 0xdc00 || second > 0xdfff {
		return 0, 0
	}
	return (r-0xd800)<<10 | (second - 0xdc00) + 0x10000, 10
}

// Int reads an integer. ok is false for fractions, exponents, values beyond int64 and
// anything that is not a number.
func Int(raw []byte) (n int64, ok bool) {
	b := raw
	if len(b) > 0 && b[0] == '-' {
		b = b[1:]
	}
	if len(b) == 0 || len(b) > 19 || b[0] == '0' && len(b) > 1 {
		return 0, false
	}
	u := uint64(0)
	for _, c := range b {
		if c -= '0'; c > 9 {
			return 0, false
		}
		u = u*10 + uint64(c)
	}
	if u >= 1<<63 {
		return 0, false // this also refuses the most negative int64, which no format uses
	}
	if len(b) < len(raw) {
		return -int64(u), true
	}
	return int64(u), true
}

// Whole is Int for a provider's counts. It also accepts 12.0, as servers write it whose language
// has only one type of number. ok is false for any other fraction.
func Whole(raw []byte) (n int64, ok bool) {
	end := len(raw)
	for end > 0 && raw[end-1] == '0' {
		end--
	}
	if end > 1 && end < len(raw) && raw[end-1] == '.' {
		raw = raw[:end-1]
	}
	return Int(raw)
}

// Bool reads a boolean.
func Bool(raw []byte) (v, ok bool) {
	switch string(raw) {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	return false, false
}
