package hotpath

import (
	"bytes"

	"asbru/core"
)

// A Door is a path prefix behind which one dialect is spoken.
type Door struct {
	Prefix  string // "/v1", "/openai/v1"; no trailing slash
	Dialect *core.Dialect
	Ops     map[string]core.Op // "POST /chat/completions" → OpChat, "GET /models/*" whatever follows; anything else behind the prefix is OpPass
}

// open finds the door of a path: the operation, the dialect, and what follows the
// prefix. ok is false for a path behind no door.
func (s *Server) open(method, path []byte) (op core.Op, d *core.Dialect, tail []byte, ok bool) {
	for i := range s.opt.Doors {
		door := &s.opt.Doors[i]
		n := len(door.Prefix)
		if len(path) <= n || path[n] != '/' || string(path[:n]) != door.Prefix {
			continue
		}
		tail = path[n:]
		var key [96]byte
		if k := len(method) + 1 + len(tail); k <= len(key) {
			b := append(append(append(key[:0], method...), ' '), tail...)
			if op, ok := door.Ops[string(b)]; ok {
				return op, door.Dialect, tail, true
			}
		}
		if i := bytes.IndexByte(tail[1:], '/'); i >= 0 && len(method)+i+4 <= len(key) {
			b := append(append(append(append(key[:0], method...), ' '), tail[:i+2]...), '*')
			if op, ok := door.Ops[string(b)]; ok {
				return op, door.Dialect, tail, true
			}
		}
		return core.OpPass, door.Dialect, tail, true
	}
	return 0, nil, nil, false
}
