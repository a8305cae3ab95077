package scan

// A Scanner checks documents, one at a time. Its memory is reused from document
// to document. The zero Scanner is not ready; use NewScanner.
type Scanner struct {
	keys  seen
	stack [MaxDepth]uint32 // open containers: the number of an object, 0 for an array
	depth int
	twins bool // duplicate and twin keys are refused

	want *Keys
	at   [maxWanted]Span
	slot int // index of the wanted value being read; -1: none
	from int // offset where that value starts
	bad  Span
	met  Outline // of the keys so far
}

// NewScanner returns a Scanner with a hash seed of its own.
func NewScanner() *Scanner {
	s := &Scanner{}
	s.keys.init()
	return s
}

// Object checks that doc is one JSON object and sets at[i] to the raw value of the
// i-th name of want, or to the zero Span if the top level has no such key. A nil want
// has no names. len(at) must be at least the number of names. A non-nil error is an
// *Error; at then holds only what was found before the fault.
func (s *Scanner) Object(doc []byte, want *Keys, at []Span) error {
	clear(at)
	i := space(doc, 0)
	if i < len(doc) && doc[i] != '{' {
		if len(doc) >= 3 && string(doc[:3]) == "\xef\xbb\xbf" {
			return &Error{Kind: BOM}
		}
		return &Error{Kind: NotObject, Offset: i}
	}
	s.want, s.twins = want, true
	if want != nil {
		clear(s.at[:len(want.names)])
	}
	err := s.check(doc, i)
	if want != nil {
		copy(at, s.at[:len(want.names)]) // at itself stays on the caller's stack
	}
	s.want = nil
	return err
}

// Valid checks that doc is one JSON value of any type. It accepts duplicate keys. A
// non-nil error is an *Error.
func (s *Scanner) Valid(doc []byte) error {
	s.twins = false
	return s.check(doc, space(doc, 0))
}

func (s *Scanner) check(doc []byte, i int) error {
	if len(doc) > MaxBytes {
		return &Error{Kind: Long, Offset: MaxBytes}
	}
	s.keys.begin()
	s.depth, s.slot, s.bad, s.met = 0, -1, Span{}, 0
	i, kind := s.run(doc, i)
	s.keys.end()
	if kind == OK {
		return nil
	}
	e := &Error{Kind: kind, Offset: i}
	if s.bad.End > 0 {
		e.Key = shown(doc[s.bad.Start:s.bad.End])
	}
	return e
}

// run reads one value from i and everything after it, up to the end of the document or
// the first fault, and returns that offset.
func (s *Scanner) run(b []byte, i int) (int, Kind) {
	k := OK
	for {
		if i >= len(b) {
			return i, Truncated
		}
		switch c := b[i]; c {
		case '{', '[':
			if i, k = s.open(b, i); k != OK {
				return i, k
			}
			if b[i] != c+2 { // in ASCII each closing bracket is its opening one plus 2
				if c == '{' {
					i, k = s.key(b, i)
				}
				if k != OK {
					return i, k
				}
				continue
			}
			s.depth--
			i++
		case '"':
			i, _, k = text(b, i+1)
		default:
			i, k = scalar(b, i)
		}
		if k != OK {
			return i, k
		}
		more := false
		if i, more, k = s.after(b, i); k != OK || !more {
			return i, k
		}
	}
}

// open enters the container that starts at i and returns the offset of the first byte
// in it that is not white space.
func (s *Scanner) open(b []byte, i int) (int, Kind) {
	if s.depth == MaxDepth {
		return i, Deep
	}
	owner := uint32(0)
	if b[i] == '{' {
		owner = s.keys.object()
	}
	s.stack[s.depth] = owner
	s.depth++
	i = space(b, i+1)
	if i == len(b) {
		return i, Truncated
	}
	return i, OK
}

// after continues at the end of a value: it closes the containers that end there, and
// stops where the next value starts. more is false at the end of the document.
func (s *Scanner) after(b []byte, i int) (next int, more bool, k Kind) {
	for s.depth > 0 {
		if s.slot >= 0 && s.depth == 1 {
			s.at[s.slot] = Span{int32(s.from), int32(i)}
			s.slot = -1
		}
		if i = space(b, i); i == len(b) {
			return i, false, Truncated
		}
		object := s.stack[s.depth-1] != 0
		switch c := b[i]; {
		case c == ',' && object:
			i, k = s.key(b, space(b, i+1))
			return i, true, k
		case c == ',':
			return space(b, i+1), true, OK
		case c == '}' && object, c == ']' && !object:
			s.depth--
			i++
		default:
			return i, false, Syntax
		}
	}
	if i = space(b, i); i < len(b) {
		return i, false, Trailing
	}
	return i, false, OK
}

// key reads a key and its colon and returns the offset of the value.
func (s *Scanner) key(b []byte, i int) (int, Kind) {
	if i == len(b) {
		return i, Truncated
	}
	if b[i] != '"' {
		return i, Syntax
	}
	start := i + 1
	end, plain, k := text(b, start)
	if k != OK {
		return end, k
	}
	if i = space(b, end); i == len(b) {
		return i, Truncated
	}
	if b[i] != ':' {
		return i, Syntax
	}
	i = space(b, i+1)
	if s.twins {
		if k = s.note(b, Span{int32(start), int32(end - 1)}, plain); k != OK {
			return start - 1, k
		}
		if s.depth == 1 {
			s.from = i
		}
	}
	return i, OK
}

// note records a key of the innermost object and refuses it if the object already has
// it. At the top level it also looks it up among the wanted names.
func (s *Scanner) note(b []byte, sp Span, plain bool) Kind {
	name := b[sp.Start:sp.End]
	s.met |= outlined(len(name), b[sp.Start], b[sp.End-1]) // of an empty name these are its quotes
	m := mark{owner: s.stack[s.depth-1], start: sp.Start, end: sp.End}
	if !plain {
		s.met = Escaped
		var ok bool
		if m, ok = s.keys.unescape(m, name); !ok {
			return Surrogate
		}
		name = s.keys.name(b, m)
	}
	slot, top := -1, s.depth == 1 && s.want != nil
	if top {
		slot = s.want.find(name)
	}
	if m.start < 0 {
		m = s.keys.fold(m)
		name = s.keys.name(b, m)
	}
	k := Twin
	if slot >= 0 || !top || !s.want.twin(name) {
		k = s.keys.add(b, m, name)
	}
	if k != OK {
		if k != Many {
			s.bad = sp
		}
		return k
	}
	if s.depth == 1 {
		s.slot = slot
	}
	return OK
}
