package hotpath

import (
	"asbru/core"
	"asbru/hotpath/http1"
)

// fields lets stages look into the head of a request: a core.Head. It is part of
// its flight, so that handing it out allocates nothing.
type fields struct {
	r *http1.Request
	f *flight
}

func (h *fields) buf() []byte { return h.f.buf[:h.f.head] }

// Query is the request's query string.
func (h *fields) Query() []byte { return h.r.Query.Of(h.buf()) }

// Method implements core.Line.
func (h *fields) Method() []byte { return h.r.Method.Of(h.buf()) }

// Path implements core.Line.
func (h *fields) Path() []byte { return h.r.Path.Of(h.buf()) }

// Names implements core.Brief.
func (h *fields) Names() (all core.Names) {
	b := h.f.buf
	for i := range h.r.N {
		p := (*[3]byte)(b[h.r.Fields[i].Name.Start:]) // a colon and a line end are behind the shortest name
		all |= core.Named(p[0], p[1], p[2])
	}
	return all
}

// Any reports whether a field has a name that begins with prefix, which is in lower case and
// begins with a letter.
func (h *fields) Any(prefix string) bool {
	for i := range h.r.N {
		if at := &h.r.Fields[i]; at.Name.Len() >= len(prefix) && h.f.buf[at.Name.Start]|0x20 == prefix[0] && http1.HasPrefixFold(at.Name.Of(h.buf()), prefix) {
			return true
		}
	}
	return false
}

// Field looks a name up among the few that a head has.
func (h *fields) Field(name string) ([]byte, bool) {
	v, next := h.Next(name, 0)
	return v, next > 0
}

// Next is Field from the field with the number from on: a field may be repeated, and each of its lines is
// sent on. It returns the number to go on with; 0: there is none.
func (h *fields) Next(name string, from int) (value []byte, next int) {
	for i := from; i < int(h.r.N); i++ {
		if at := &h.r.Fields[i]; at.Name.Len() == len(name) && http1.EqualFold(at.Name.Of(h.buf()), name) {
			return at.Value.Of(h.buf()), i + 1
		}
	}
	return nil, 0
}
