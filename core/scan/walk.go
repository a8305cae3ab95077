package scan

import "bytes"

// A Walk goes over the members of an object or the elements of an array, one
// level, skipping what is inside. It works on bytes that nobody has checked, such
// as a provider's: it ends at the first thing it cannot make sense of, and it
// looks no closer than it must. Values alias the bytes walked over.
type Walk struct {
	b    []byte
	i    int
	last byte // the closing bracket; 0: over
}

// Members begins a Walk over an object. Anything else has no members.
func Members(raw []byte) Walk { return begin(raw, '{', '}') }

// Elements begins a Walk over an array. Anything else has no elements.
func Elements(raw []byte) Walk { return begin(raw, '[', ']') }

// MembersFrom begins a Walk over those members of an object whose first key has
// its quote at raw[i]: the way in for who knows where the end of a long object is
// and not what stands before. Whether it was the outermost object shows in Rest.
func MembersFrom(raw []byte, i int) Walk { return Walk{b: raw, i: i, last: '}'} }

func begin(b []byte, first, last byte) Walk {
	i := space(b, 0)
	if i == len(b) || b[i] != first {
		return Walk{}
	}
	return Walk{b: b, i: space(b, i+1), last: last}
}

// Next returns the next member: its key as it stands between the quotes, escapes
// included, and its raw value. In an array key is nil.
func (w *Walk) Next() (key, value []byte, ok bool) {
	if key, ok = w.Key(); !ok {
		return nil, nil, false
	}
	value, ok = w.Value()
	return key, value, ok
}

// Key is the first half of Next: it stops in front of the value. Value or Resume
// must follow.
func (w *Walk) Key() (key []byte, ok bool) {
	if i := w.i + 1; w.last == '}' && i < len(w.b) && w.b[i-1] == '"' { // as nearly everybody writes it
		rest := w.b[i:]
		n := bytes.IndexByte(rest, '"')
		if n > 0 && n+2 < len(rest) && rest[n-1] != '\\' && rest[n+1] == ':' && rest[n+2] > ' ' {
			w.i = i + n + 2
			return rest[:n], true
		}
	}
	return w.key()
}

// key is Key for any spelling.
func (w *Walk) key() (key []byte, ok bool) {
	b, i := w.b, w.i
	if w.last == 0 || i >= len(b) || b[i] == w.last {
		w.last = 0
		return nil, false
	}
	if w.last == ']' {
		return nil, true
	}
	start := i + 1
	if b[i] != '"' {
		return w.stop()
	}
	if i = skipText(b, start); i < 0 {
		return w.stop()
	}
	key = b[start : i-1]
	if i < len(b) && b[i] != ':' {
		i = space(b, i)
	}
	if i >= len(b) || b[i] != ':' {
		return w.stop()
	}
	if i++; i < len(b) && b[i] <= ' ' {
		i = space(b, i)
	}
	w.i = i
	return key, true
}

// Value is the second half of Next.
func (w *Walk) Value() (value []byte, ok bool) {
	b, i := w.b, w.i
	end := digits(b, i)
	if end == i || end == len(b) || b[end] != ',' && b[end] != w.last {
		if end = skip(b, i); end < 0 {
			return w.stop()
		}
	}
	value = b[i:end]
	if end+1 < len(b) && b[end] == ',' && b[end+1] > ' ' {
		w.i = end + 1
		return value, true
	}
	return value, w.step(end)
}

// Count reads one member whose value is a whole number, as most of what providers count
// stands there: without blanks or signs, at most 18 digits. When ok is false nothing was
// read, and it is for Key to say what stands there.
func (w *Walk) Count() (key []byte, n int64, ok bool) {
	i := w.i + 1
	if w.last != '}' || i >= len(w.b) || w.b[i-1] != '"' {
		return nil, 0, false
	}
	rest := w.b[i:]
	end := bytes.IndexByte(rest, '"')
	if end <= 0 || end+2 >= len(rest) || rest[end-1] == '\\' || rest[end+1] != ':' {
		return nil, 0, false
	}
	value := rest[end+2:]
	j := 0
	for ; j < len(value) && value[j]-'0' <= 9; j++ {
		n = n*10 + int64(value[j]-'0')
	}
	if j == 0 || j > 18 || j > 1 && value[0] == '0' || j == len(value) {
		return nil, 0, false
	}
	switch next := i + end + 2 + j; {
	case value[j] == ',' && j+1 < len(value) && value[j+1] > ' ':
		w.i = next + 1
	case value[j] == '}':
		w.i = next
	default:
		return nil, 0, false
	}
	return rest[:end], n, true
}

// Tail is what comes behind Key: the value and all that follows it.
func (w *Walk) Tail() []byte { return w.b[w.i:] }

// Resume stands for Value when the caller has gone through the value on its own:
// rest is what follows it in Tail; nil ends the Walk.
func (w *Walk) Resume(rest []byte) {
	if rest == nil {
		w.stop()
		return
	}
	w.step(len(w.b) - len(rest))
}

// step goes from the end of a value to the next key or the closing bracket.
func (w *Walk) step(i int) bool {
	b := w.b
	if i < len(b) && b[i] <= ' ' {
		i = space(b, i)
	}
	if i < len(b) && b[i] == ',' {
		if i++; i < len(b) && b[i] <= ' ' {
			i = space(b, i)
		}
	} else if i >= len(b) || b[i] != w.last {
		w.stop()
		return false
	}
	w.i = i
	return true
}

// Rest returns what follows the closing bracket after Next has reached it, and nil
// after a Walk that ended early. With it an array of objects is walked in one go.
func (w *Walk) Rest() []byte {
	if w.last != 0 || w.i >= len(w.b) {
		return nil
	}
	return w.b[w.i+1:]
}

func (w *Walk) stop() ([]byte, bool) {
	w.b, w.last = nil, 0
	return nil, false
}
