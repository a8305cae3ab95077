package http1

// A Span is a range of the buffer a head was parsed from. It stays valid as
// long as that buffer is neither moved nor overwritten.
type Span struct{ Start, End uint16 }

// Of returns the bytes of s in buf, with a capacity that ends with them.
func (s Span) Of(buf []byte) []byte { return buf[s.Start:s.End:s.End] }

// Len returns the length of s in bytes.
func (s Span) Len() int { return int(s.End) - int(s.Start) }

// A Field is one header line. Value has no blanks at either end.
type Field struct {
	Name, Value Span
	ID          FieldID
}

// AppendTo appends f, a field of buf, as a line. Most are copied as they came.
func (f *Field) AppendTo(dst, buf []byte) []byte {
	if end := int(f.Value.End); f.Value.Start == f.Name.End+2 && buf[f.Value.Start-1] == ' ' && end+2 <= len(buf) && buf[end] == '\r' {
		return append(dst, buf[f.Name.Start:end+2]...)
	}
	dst = append(append(dst, f.Name.Of(buf)...), ": "...)
	return append(append(dst, f.Value.Of(buf)...), "\r\n"...)
}

// A Head is the common part of requests and replies. Only the first N Fields are valid;
// the others are left over from earlier messages.
type Head struct {
	N      int
	Fields [MaxFields]Field   // in the order they came
	At     [NumFieldIDs]uint8 // index+1 of the first field with that ID; 0: absent

	ContentLength int64 // -1: absent
	Chunked       bool  // the body is chunked
	Close         bool  // the connection ends after this message
	Minor         uint8 // the 1 of HTTP/1.1, or 0
	HeadLen       int   // bytes of the head, including its empty line

	keepAlive, upgrade, credential bool // tokens and fields seen so far
}

// Value returns the value of the first field with id, which may be empty; nil if the field
// is absent.
func (h *Head) Value(buf []byte, id FieldID) []byte {
	i := h.At[id]
	if i == 0 {
		return nil
	}
	return h.Fields[i-1].Value.Of(buf)
}

func (h *Head) clear() {
	h.N, h.At = 0, [NumFieldIDs]uint8{}
	h.ContentLength, h.HeadLen = -1, 0
	h.Chunked, h.Close, h.Minor = false, false, 0
	h.keepAlive, h.upgrade, h.credential = false, false, false
}

// lines reads field lines from pos on, up to and including the empty line, and returns
// the position after it; 0 if buf ends before. Fields with the rule single may not be
// repeated.
//
// All bytes of a known name are valid; those of other names are checked.
func (h *Head) lines(buf []byte, pos int, single rule) (int, fault) {
	for n := h.N; pos < len(buf); n++ {
		b := buf[pos:]
		if b[0] == '\r' {
			return lineEnd(buf, pos)
		}
		if uint(n) >= MaxFields {
			return 0, manyFields
		}
		colon, cr := cut(b)
		if colon <= 0 || cr <= colon || cr+1 >= len(b) || b[cr] != '\r' || b[cr+1] != '\n' || cr-colon > MaxValue {
			var f fault
			if colon, cr, f = line(b); cr == 0 {
				return 0, f
			}
		}
		id := identify(b[:colon])
		if id == Other { // its bytes are not checked yet
			end, class := name(b, 0)
			if end != colon {
				return 0, nameFault(b, 0, end)
			}
			if class&isUnder != 0 {
				id = Underscore
			}
		}
		first, end := colon+1, cr
		if b[first] == ' ' {
			first++
		}
		if b[first] <= ' ' || b[end-1] <= ' ' { // more blanks, or an empty value
			for first < end && (b[first] == ' ' || b[first] == '\t') {
				first++
			}
			for end > first && (b[end-1] == ' ' || b[end-1] == '\t') {
				end--
			}
		}
		h.Fields[n] = Field{Span{uint16(pos), uint16(pos + colon)}, Span{uint16(pos + first), uint16(pos + end)}, id}
		h.N = n + 1
		r := rules[id]
		if at := &h.At[id]; *at == 0 {
			*at = uint8(n + 1)
		} else if r&single != 0 {
			return 0, secondField
		}
		if r&(read|credential) != 0 {
			if f := h.act(id, r, b[first:end], single); f != none {
				return 0, f
			}
		}
		pos += cr + 2
	}
	return 0, none
}

// line finds the colon and the CR of the line at the start of buf byte by byte, in the cases
// in which cut does not, and what is wrong with the line. cr is 0 if there is a fault, or if
// the line is incomplete.
func line(buf []byte) (colon, cr int, f fault) {
	if colon, _ = name(buf, 0); colon == len(buf) {
		return 0, 0, none
	}
	if buf[colon] != ':' || colon == 0 {
		return 0, 0, nameFault(buf, 0, colon)
	}
	first := colon + 1
	for first < len(buf) && (buf[first] == ' ' || buf[first] == '\t') {
		first++
	}
	cr = value(buf, first)
	if cr-first > MaxValue {
		return 0, 0, longValue
	}
	if cr == len(buf) {
		return 0, 0, none
	}
	if c := buf[cr]; c != '\r' {
		return 0, 0, valueFault(c)
	}
	if next, f := lineEnd(buf, cr); next == 0 {
		return 0, 0, f
	}
	return colon, cr, none
}

// act handles a field with the rule r that the parser has just read.
func (h *Head) act(id FieldID, r rule, v []byte, single rule) fault {
	if single == singleInRequest {
		switch {
		case r&credential != 0:
			if h.credential {
				return twoCredentials
			}
			h.credential = true
		case id == Host && !validHost(v):
			return badHost
		case id == Expect && !EqualFold(v, "100-continue"):
			return badExpect
		}
	}
	switch id {
	case ContentLength:
		return h.length(v)
	case TransferEncoding:
		return h.coding(v)
	case Connection:
		h.connection(v)
	}
	return none
}

// length reads Content-Length: 1*DIGIT without leading zeros (RFC 9110 8.6).
func (h *Head) length(v []byte) fault {
	if h.Chunked {
		return lengthAndCoding
	}
	if len(v) == 0 || v[0] == '0' && len(v) > 1 {
		return badLength
	}
	n, huge := int64(0), false
	for _, c := range v {
		if c < '0' || c > '9' {
			return badLength
		}
		n = n*10 + int64(c-'0')
		if n > MaxContentLength {
			n, huge = MaxContentLength, true
		}
	}
	if huge {
		return hugeLength
	}
	h.ContentLength = n
	return none
}

// coding reads Transfer-Encoding: one coding, chunked (RFC 9112 6.1).
func (h *Head) coding(v []byte) fault {
	switch {
	case h.ContentLength >= 0:
		return lengthAndCoding
	case h.Minor == 0:
		return framingInOld
	case !EqualFold(v, "chunked"):
		return badCoding
	}
	h.Chunked = true
	return none
}

// connection reads the tokens that matter. Others name fields that a peer wants to be
// removed, which it may not decide.
func (h *Head) connection(v []byte) {
	for len(v) > 0 {
		i := 0
		for i < len(v) && v[i] != ',' {
			i++
		}
		switch t := trim(v[:i]); {
		case EqualFold(t, "close"):
			h.Close = true
		case EqualFold(t, "keep-alive"):
			h.keepAlive = true
		case EqualFold(t, "upgrade"):
			h.upgrade = true
		}
		v = v[min(i+1, len(v)):]
	}
}
