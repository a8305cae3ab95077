package scan

import "unicode/utf8"

const hexDigits = "0123456789abcdef"

// Inside returns the text between the quotes of the string raw, including escapes, aliasing
// raw. ok is false if raw is not a string.
func Inside(raw []byte) (text []byte, ok bool) {
	if len(raw) < 2 || raw[0] != '"' || raw[len(raw)-1] != '"' {
		return nil, false
	}
	return raw[1 : len(raw)-1 : len(raw)-1], true
}

// AppendString appends plain as a JSON string with quotes. Invalid UTF-8 becomes U+FFFD.
func AppendString[T string | []byte](dst []byte, plain T) []byte {
	return append(AppendEscaped(append(dst, '"'), plain), '"')
}

// AppendQuoted appends text, the inside of a JSON string, with quotes around it.
func AppendQuoted(dst, text []byte) []byte {
	return append(append(append(dst, '"'), text...), '"')
}

// AppendEscaped appends plain as the inside of a JSON string. plain may itself be JSON text,
// which is then embedded as a string.
func AppendEscaped[T string | []byte](dst []byte, plain T) []byte {
	from := 0
	for i := 0; i < len(plain); {
		c := plain[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			n := utf8Len(plain, i)
			if n > 0 {
				i += n
				continue
			}
			dst = append(append(dst, plain[from:i]...), "\uFFFD"...)
			i++
			from = i
			continue
		}
		dst = append(dst, plain[from:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		from = i
	}
	return append(dst, plain[from:]...)
}

// utf8Len returns the length of the character at i, 0 if it is not UTF-8.
func utf8Len[T string | []byte](s T, i int) int {
	var b [utf8.UTFMax]byte
	n := copy(b[:], s[i:])
	r, size := utf8.DecodeRune(b[:n])
	if r == utf8.RuneError && size <= 1 {
		return 0
	}
	return size
}

// AppendUnescaped decodes text, the inside of a JSON string, and appends it. Unknown escapes
// are appended unchanged; half a surrogate pair becomes U+FFFD.
func AppendUnescaped(dst, text []byte) []byte {
	for i := 0; i < len(text); {
		c := text[i]
		if c != '\\' || i+1 == len(text) {
			dst = append(dst, c)
			i++
			continue
		}
		i += 2
		switch c = text[i-1]; c {
		case 'n':
			dst = append(dst, '\n')
		case 't':
			dst = append(dst, '\t')
		case 'r':
			dst = append(dst, '\r')
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'u':
			r, n := escaped(text[i:])
			i += n
			if n == 0 {
				dst = append(dst, '\\', 'u')
				continue
			}
			dst = utf8.AppendRune(dst, r)
		case '"', '\\', '/':
			dst = append(dst, c)
		default:
			dst = append(dst, '\\', c)
		}
	}
	return dst
}

// escaped reads the digits after \u, and the other half of a surrogate pair. n is their
// length in bytes; 0: there are no digits.
func escaped(b []byte) (r rune, n int) {
	hi, ok := fourHex(b)
	if !ok {
		return 0, 0
	}
	if hi < 0xD800 || hi > 0xDFFF {
		return hi, 4
	}
	if hi < 0xDC00 && len(b) >= 10 && b[4] == '\\' && b[5] == 'u' {
		if lo, ok := fourHex(b[6:]); ok && lo >= 0xDC00 && lo <= 0xDFFF {
			return (hi-0xD800)<<10 | (lo - 0xDC00) + 0x10000, 10
		}
	}
	return utf8.RuneError, 4
}

func fourHex(b []byte) (r rune, ok bool) {
	if len(b) < 4 {
		return 0, false
	}
	for _, c := range b[:4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// AppendInt appends n in decimal digits.
func AppendInt(dst []byte, n int64) []byte {
	if n < 0 {
		dst = append(dst, '-')
		n = -n
	}
	var b [20]byte
	i := len(b)
	for u := uint64(n); ; u /= 10 {
		i--
		b[i] = byte('0' + u%10)
		if u < 10 {
			return append(dst, b[i:]...)
		}
	}
}

// AppendEdited appends the object body with changes to its top level: insert, which is
// members each followed by a comma, comes first; members named in cut are left out; those
// named by the first of a pair in rename get the second. A body that is not an object is
// appended unchanged.
func AppendEdited(dst, body, insert []byte, cut []string, rename [][2]string) []byte {
	w := Members(body)
	i := space(body, 0)
	if i == len(body) || body[i] != '{' {
		return append(dst, body...)
	}
	dst = append(append(dst, '{'), insert...)
	some := len(insert) > 0
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		if listed(cut, key) {
			continue
		}
		for _, r := range rename {
			if string(key) == r[0] {
				key = []byte(r[1])
			}
		}
		dst = append(append(AppendQuoted(dst, key), ':'), value...)
		dst = append(dst, ',')
		some = true
	}
	if some {
		dst = dst[:len(dst)-1]
	}
	return append(dst, '}')
}

func listed(names []string, key []byte) bool {
	for _, n := range names {
		if n == string(key) {
			return true
		}
	}
	return false
}
