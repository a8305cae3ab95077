package canon

import (
	"bytes"
	"encoding/binary"
	"slices"

	"asbru/core/scan"
)

// json appends a JSON value as a tag, a length, and its content. What cannot be
// parsed is written unchanged under a tag of its own.
func (w *Writer) json(raw []byte, sorted bool, depth int) {
	raw = trim(raw)
	if len(raw) == 0 || depth == maxDepth {
		w.bytes(jsonRaw, raw)
		return
	}
	switch c := raw[0]; {
	case c == '{':
		w.object(raw, sorted, depth)
	case c == '[':
		at, from := w.open(jsonArray), len(w.b)
		for e := scan.Elements(raw); ; {
			_, v, ok := e.Next()
			if !ok {
				if !ended(e.Rest()) {
					w.unread(from, raw)
				}
				break
			}
			w.json(v, sorted, depth+1)
		}
		w.shut(at)
	case c == '"':
		if in, ok := scan.Inside(raw); ok {
			w.text(jsonText, in)
			return
		}
		w.bytes(jsonRaw, raw)
	case c == '-' || '0' <= c && c <= '9':
		w.number(jsonNumber, raw)
	default:
		w.bytes(jsonRaw, raw) // true, false, null
	}
}

// object appends an object. Members are sorted by their key as spelled. Keys spelled with escapes
// may therefore separate two equal questions, which is harmless.
func (w *Writer) object(raw []byte, sorted bool, depth int) {
	at, from := w.open(jsonObject), len(w.b)
	base := len(w.members)
	e := scan.Members(raw)
	for {
		k, v, ok := e.Next()
		if !ok {
			break
		}
		w.members = append(w.members, member{k, v})
	}
	if !ended(e.Rest()) {
		w.members = w.members[:base]
		w.unread(from, raw)
		w.shut(at)
		return
	}
	end := len(w.members)
	if sorted && end-base <= maxMembers {
		slices.SortFunc(w.members[base:end], func(a, b member) int { return bytes.Compare(a.key, b.key) })
	}
	for i := base; i < end; i++ {
		m := w.members[i]
		w.text(jsonKey, m.key)
		w.json(m.value, sorted, depth+1)
	}
	w.members = w.members[:base]
	w.shut(at)
}

// ended reports whether nothing but white space follows the last bracket of a value.
func ended(rest []byte) bool { return rest != nil && len(trim(rest)) == 0 }

// unread discards what was written since from, and writes raw unchanged.
func (w *Writer) unread(from int, raw []byte) {
	w.b = w.b[:from]
	w.bytes(jsonRaw, raw)
}

func trim(raw []byte) []byte { return bytes.Trim(raw, " \t\r\n") }

// appendNumber appends a JSON number as its digits without leading and trailing zeros, and a
// power of ten: 1, 1.0 and 10e-1 are equal. Anything else is appended unchanged.
func appendNumber(dst, raw []byte) []byte {
	raw = trim(raw)
	at, i, exp, seen := len(dst), 0, 0, false
	neg := len(raw) > 0 && raw[0] == '-'
	if neg {
		i++
	}
	dst = append(dst, '+')
	for point := false; i < len(raw); i++ {
		switch c := raw[i]; {
		case '0' <= c && c <= '9':
			if seen = true; c != '0' || len(dst) > at+1 {
				dst = append(dst, c)
			}
			if point {
				exp--
			}
			continue
		case c == '.' && !point:
			point = true
			continue
		}
		break
	}
	if i < len(raw) {
		e, ok := exponent(raw[i:])
		if !ok {
			return append(append(dst[:at], '?'), raw...)
		}
		exp += e
	}
	if !seen {
		return append(append(dst[:at], '?'), raw...)
	}
	for len(dst) > at+1 && dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
		exp++
	}
	if len(dst) == at+1 {
		return append(dst, '0') // zero, whatever its sign and power
	}
	if neg {
		dst[at] = '-'
	}
	return binary.BigEndian.AppendUint32(dst, uint32(int32(exp)))
}

// exponent parses an exponent: b is "e" and digits.
func exponent(b []byte) (n int, ok bool) {
	if b[0] != 'e' && b[0] != 'E' || len(b) < 2 || len(b) > 8 {
		return 0, false
	}
	b = b[1:]
	neg := b[0] == '-'
	if neg || b[0] == '+' {
		b = b[1:]
	}
	if len(b) == 0 {
		return 0, false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	if neg {
		n = -n
	}
	return n, true
}
