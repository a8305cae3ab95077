package canon

import (
	"bytes"
	"encoding/binary"

	"asbru/core"
	"asbru/core/scan"
)

// A Writer builds one form after the other in its own memory. The zero Writer is
// ready for use. It is not safe for concurrent use.
type Writer struct {
	b       []byte
	members []member // a stack of the members of objects being sorted
	chain   []core.Extra
	seen    []bool // for each extra: written, or nothing to write
	tied    bool   // the form holds something that only one format knows
	room    []byte // scratch for arguments that are unwrapped from a string
	last    [2]int // where the last text of a turn stands in b
}

// A member is one of an object that is to be sorted.
type member struct{ key, value []byte }

// Reset begins a new form and keeps the memory.
func (w *Writer) Reset() {
	if cap(w.b) > maxHeld {
		w.b = nil
	}
	if cap(w.room) > maxHeld {
		w.room = nil
	}
	clear(w.members[:cap(w.members)])
	clear(w.chain[:cap(w.chain)])
	w.b, w.members, w.chain = w.b[:0], w.members[:0], w.chain[:0]
	w.last = [2]int{}
}

// Bytes returns the form so far. It is valid until the next call of a method.
func (w *Writer) Bytes() []byte { return w.b }

// Said returns the last text of the conversation's turns, as it stands in the form: the same for equal
// forms. It is empty if there is none, and valid as long as Bytes.
func (w *Writer) Said() []byte { return w.b[w.last[0]:w.last[1]] }

// Give hands over the form so far to the caller and continues with other as its memory, which may be nil.
func (w *Writer) Give(other []byte) (form []byte) {
	form, w.b, w.last = w.b, other[:0], [2]int{}
	return form
}

// Field adds bytes under a tag of the caller. Nil is an empty field.
func (w *Writer) Field(t Tag, v []byte) { w.bytes(tag(t), v) }

// Word is Field for a string.
func (w *Writer) Word(t Tag, v string) {
	w.begin(tag(t), len(v))
	w.b = append(w.b, v...)
}

// headLen is the length of what begin writes.
const headLen = 5

// begin writes the tag and the length of a field.
func (w *Writer) begin(t tag, n int) {
	w.b = binary.LittleEndian.AppendUint32(append(w.b, byte(t)), uint32(n))
}

// open writes a tag whose length is not known yet; shut fills it in.
func (w *Writer) open(t tag) (at int) {
	w.begin(t, 0)
	return len(w.b)
}

func (w *Writer) shut(at int) {
	binary.LittleEndian.PutUint32(w.b[at-4:], uint32(len(w.b)-at))
}

func (w *Writer) bytes(t tag, v []byte) {
	w.begin(t, len(v))
	w.b = append(w.b, v...)
}

// small writes a number unless it is zero: zero is written as the absence of the field.
func (w *Writer) small(t tag, v int64) {
	if v != 0 {
		w.begin(t, 8)
		w.b = binary.LittleEndian.AppendUint64(w.b, uint64(v))
	}
}

func (w *Writer) flag(t tag, v bool) {
	if v {
		w.small(t, 1)
	}
}

// text writes the content of a Text. Nil is absent, which differs from empty.
func (w *Writer) text(t tag, v core.Text) {
	if v == nil {
		return
	}
	if bytes.IndexByte(v, '\\') < 0 {
		w.bytes(t, v)
		return
	}
	at := w.open(t)
	if b, ok := appendPlain(w.b, v); ok {
		w.b = b
		w.shut(at)
		return
	}
	w.b[at-5] |= byte(odd) // unchanged: no other text has this tag
	w.b = append(w.b[:at], v...)
	w.shut(at)
}

// says writes the text of a part.
func (w *Writer) says(v core.Text) {
	at := len(w.b) + headLen
	if w.text(tagText, v); v != nil {
		w.last = [2]int{at, len(w.b)}
	}
}

// number writes a JSON number in canonical form.
func (w *Writer) number(t tag, raw []byte) {
	if raw == nil {
		return
	}
	at := w.open(t)
	w.b = appendNumber(w.b, raw)
	w.shut(at)
}

// value writes a JSON value. sorted says that the order of members has no meaning.
func (w *Writer) value(t tag, raw []byte, sorted bool) {
	if raw == nil {
		return
	}
	at := w.open(t)
	w.json(raw, sorted, 0)
	w.shut(at)
}

// appendPlain appends the decoded content of a JSON string. ok is false for escapes
// that have no decoded form, such as half a surrogate pair.
func appendPlain(dst, text []byte) (out []byte, ok bool) {
	for {
		i := bytes.IndexByte(text, '\\')
		if i < 0 {
			return append(dst, text...), true
		}
		dst = append(dst, text[:i]...)
		n := escapeLen(text[i:])
		if n == 0 {
			return dst, false
		}
		at := len(dst)
		dst = scan.AppendUnescaped(dst, text[i:i+n])
		if n > 2 && string(dst[at:]) == "\uFFFD" && !says(text[i+2:i+6], "fffd") {
			return dst, false
		}
		text = text[i+n:]
	}
}

// escapeLen returns the length of the escape at the beginning of b; 0: it is none.
func escapeLen(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if len(b) < 6 {
			return 0
		}
		if (b[2] == 'd' || b[2] == 'D') && b[3] >= '8' && len(b) >= 12 && b[6] == '\\' && b[7] == 'u' {
			return 12 // a surrogate pair, or half of one: then decoding fails
		}
		for _, c := range b[2:6] {
			if !hex(c) {
				return 0
			}
		}
		return 6
	}
	return 0
}

func hex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }

// says reports whether the four hex digits b equal want, which is in lower case.
func says(b []byte, want string) bool {
	for i := range want {
		if b[i]|0x20 != want[i] && b[i] != want[i] {
			return false
		}
	}
	return true
}
