package scan

import "bytes"

// A Walk iterates over the members of an object or the elements of an array, one level
// deep. It works on unchecked bytes, such as a provider's: it ends at the first thing
// that it cannot parse, and it checks no more than it needs to. Keys and values alias
// the bytes walked over.
type Walk struct {
	b    []byte
	i    int
	last byte // the closing bracket; 0: the Walk has ended
}

// Members begins a Walk over an object. Anything else has no members.
func Members(raw []byte) Walk { return begin(raw, '{', '}') }

// Elements begins a Walk over an array. Anything else has no elements.
func Elements(raw []byte) Walk { return begin(raw, '[', ']') }

// MembersFrom begins a Walk at the member of an object whose key has its opening quote at
// raw[i]. It is for finding the last members of a long object without reading the rest.
// Rest shows whether it was the outermost object.
func MembersFrom(raw []byte, i int) Walk { return Walk{b: raw, i: i, last: '}'} }

func begin(b []byte, first, last byte) Walk {
	i := space(b, 0)
	if i == len(b) || b[i] != first {
		return Walk{}
	}
	return Walk{b: b, i: space(b, i+1), last: last}
}

// Next returns the next member: its key as written between the quotes, including escapes,
// and its raw value. In an array key is nil. ok is false at the end.
func (w *Walk) Next() (key, value []byte, ok bool) {
	if key, ok = w.Key(); !ok {
		return nil, nil, false
	}
	value, ok = w.Value()
	return key, value, ok
}

// Key is the first half of Next: it stops before the value. Value or Resume must be
// called next.
func (w *Walk) Key() (key []byte, ok bool) {
	if i := w.i + 1; w.last == '}' && i < len(w.b) && w.b[i-1] == '"' { // the usual spelling
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

// Count reads one member whose value is a whole number in the form in which providers write
// most of their counts: without blanks or sign, at most 18 digits. If ok is false, nothing
// was read, and Key can read the member instead.
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

// Left returns how many bytes follow the number that Count has just read. If Count has read none it means nothing.
func (w *Walk) Left() int {
	i := w.i
	if i > 0 && i <= len(w.b) && w.b[i-1] == ',' {
		i--
	}
	return len(w.b) - i
}

// Tail returns the bytes after Key: the value and everything that follows it.
func (w *Walk) Tail() []byte { return w.b[w.i:] }

// Resume takes the place of Value if the caller has read the value itself: rest is the end
// of Tail that follows it; nil ends the Walk.
func (w *Walk) Resume(rest []byte) {
	if rest == nil {
		w.stop()
		return
	}
	w.step(len(w.b) - len(rest))
}

// step moves from the end of a value, at i, to the next key or the closing bracket.
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

// Rest returns the bytes after the closing bracket once Next has reached it, and nil if the
// Walk ended early. With it an array of objects can be walked in one pass.
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
