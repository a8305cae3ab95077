package hotpath

import (
	"bytes"

	"asbru/core"
	"asbru/hotpath/http1"
)

// A Door is a path prefix behind which one dialect is spoken.
type Door struct {
	Prefix  string // "/v1", "/openai/v1"; no trailing slash
	Dialect *core.Dialect
	// Find reads a path that names its model, which Ops cannot describe; nil: there are no such
	// paths. The Model it returns is still percent-encoded and aliases tail.
	Find func(method, tail []byte) (Found, bool)

	// Pass replaces the prefix when a path is relayed: it is the part of the vendor's own path
	// that the prefix stands for.
	Pass string

	// Aside is the rest of the one path behind the prefix that belongs to the slow door, in lower case;
	// empty: there is none.
	Aside string

	// Provider gets all requests behind this door, relayed unchanged; empty: the model decides.
	Provider string

	Ops map[string]core.Op // "POST /chat/completions" → OpChat, "GET /models/*" whatever follows; anything else behind the prefix is OpPass. What http1.PathClean refuses must not stand here
}

// A Found is what was read from a path that names its model.
type Found struct {
	Op     core.Op
	Model  []byte        // nil: the path names none
	Speaks *core.Dialect // nil: the door's
	Stream bool          // the path asks for a stream
	Array  bool          // ... as one JSON array, unless the query says alt=sse
	Cut    bool          // if relayed, only the part behind the name is sent on, and the body names the model
	Owner  []byte        // the provider, put before the model with a slash; nil: the path does not say
	Skip   int           // length of the part that only names an account and is not sent on; negative: so much of the prefix is sent on
	Drop   string        // the member that bodies behind such paths have in place of a model; empty: none

	exact bool // the path equals an entry of Ops, so it needs no check for ambiguity
}

// find is open for a path as its client wrote it: a slash at the end of an operation's path means nothing, and is
// taken off r.Path. What is only relayed keeps it.
func (s *Server) find(r *http1.Request, b []byte) (op core.Op, door *Door, found Found) {
	method, path := r.Method.Of(b), r.Path.Of(b)
	if end := len(path) - 1; end > 0 && path[end] == '/' {
		if op, door, found = s.open(method, path[:end]); door != nil && op != core.OpPass {
			r.Path.End--
			return op, door, found
		}
	}
	return s.open(method, path)
}

// open finds the door of a path, the operation, and what else the path says. door is nil if
// there is none for the path.
func (s *Server) open(method, path []byte) (op core.Op, door *Door, found Found) {
	for i := range s.opt.Doors {
		door := &s.opt.Doors[i]
		n := len(door.Prefix)
		if len(path) <= n || path[n] != '/' || string(path[:n]) != door.Prefix {
			continue
		}
		tail := path[n:]
		var key [96]byte
		if k := len(method) + 1 + len(tail); k <= len(key) {
			b := append(append(append(key[:0], method...), ' '), tail...)
			if op, ok := door.Ops[string(b)]; ok {
				found.exact = true
				return op, door, found
			}
		}
		if i := bytes.IndexByte(tail[1:], '/'); i >= 0 && len(method)+i+4 <= len(key) {
			b := append(append(append(append(key[:0], method...), ' '), tail[:i+2]...), '*')
			if op, ok := door.Ops[string(b)]; ok {
				if op == core.OpModels && len(tail) > i+2 {
					found.Model = tail[i+2:]
				}
				return op, door, found
			}
		}
		if door.Find != nil {
			if found, ok := door.Find(method, tail); ok {
				return found.Op, door, found
			}
		}
		if door.Apart(tail) {
			return 0, nil, found
		}
		return door.folded(method, tail), door, found
	}
	return 0, nil, found
}

// Apart reports whether the rest of a path behind the prefix is Aside, in any case and with or without a slash at its
// end: a provider that takes the path for its own must not get it.
func (d *Door) Apart(tail []byte) bool {
	if end := len(tail) - 1; end > 0 && tail[end] == '/' {
		tail = tail[:end]
	}
	return d.Aside != "" && http1.EqualFold(tail, d.Aside)
}

// folded is the operation of a path that is one of Ops but for the case of its letters; OpPass: it is none. Some
// providers do not tell them apart: what they would take for a conversation is not to be relayed as something else.
func (d *Door) folded(method, tail []byte) core.Op {
	var key [96]byte
	k := len(method) + 1 + len(tail)
	if k > len(key) || !bytes.ContainsAny(tail, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
		return core.OpPass
	}
	b := append(append(key[:0], method...), ' ')
	for _, c := range tail {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		b = append(b, c)
	}
	if op, ok := d.Ops[string(b)]; ok {
		return op
	}
	return core.OpPass
}

// named reads the model from a path. It reports false for a path that two readers
// could read differently: the segment with the name is checked decoded, the rest as it is.
func (s *Server) named(f *flight, path []byte, found Found, query []byte) bool {
	start := cap(path) - cap(found.Model)
	var room [512]byte
	rest := append(append(append(room[:0], path[:start]...), 'm'), path[start+len(found.Model):]...)
	if !http1.PathClean(rest) {
		return false
	}
	name := f.named[:0]
	if name == nil {
		name = make([]byte, 0, core.MaxModelName)
	}
	if name = append(name, found.Owner...); len(found.Owner) > 0 {
		name = append(name, '/')
	}
	owner := len(name)
	for i := 0; i < len(found.Model); i++ {
		c := found.Model[i]
		if c == '%' {
			if i+2 >= len(found.Model) {
				return false
			}
			hi, lo := unhex(found.Model[i+1]), unhex(found.Model[i+2])
			if hi > 15 || lo > 15 {
				return false
			}
			c, i = hi<<4|lo, i+2
		}
		if c <= ' ' || c >= 0x7f || bytes.IndexByte([]byte("%*{}<>\"\\`?#"), c) >= 0 || len(name) >= core.MaxModelName {
			return false
		}
		name = append(name, c)
	}
	if len(name) == owner || bytes.Contains(name, []byte("..")) || bytes.Contains(name, []byte("//")) || name[0] == '/' {
		return false
	}
	at := int32(start - len(f.door.Prefix) - found.Skip)
	f.named, f.stream, f.cut = name, found.Stream, found.Cut
	f.spot = core.Span{Start: at, End: at + int32(len(found.Model))}
	f.x.Array = found.Array && !asksEvents(query)
	return true
}

// asksEvents reports whether a query holds alt=sse.
func asksEvents(query []byte) bool {
	for len(query) > 0 {
		var p []byte
		if p, query, _ = bytes.Cut(query, []byte("&")); string(p) == "alt=sse" {
			return true
		}
	}
	return false
}
