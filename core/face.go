package core

import "bytes"

// Face returns how t's server is asked for op by who speaks from, and the
// operation that is there. It is nil when the server has no such thing and
// none that op can be translated into.
//
// The client's own format comes first: then its bytes pass. Else the first face that
// has the operation in another format.
func (t *Target) Face(from *Dialect, op Op, model []byte) (*Face, Op) {
	var f *Face
	if t.Model != "" {
		f = own(t, from, op, t.Model)
	} else {
		f = own(t, from, op, model)
	}
	if f != nil {
		return f, op
	}
	if op == OpModels || op == OpPass || from == nil {
		return nil, op
	}
	name := model
	if t.Model != "" {
		name = []byte(t.Model)
	}
	for _, f := range t.Faces {
		if serves(f, name) {
			if as, ok := f.translates(from, op); ok {
				return f, as
			}
		}
	}
	return nil, op
}

// own is the face of the client's own format that has op. A face that names the model
// is all there is of its format for that model: a later one that is for every model
// does not serve what the first leaves out.
func own[T string | []byte](t *Target, from *Dialect, op Op, name T) *Face {
	for _, f := range t.Faces {
		switch {
		case f.Dialect != from || !serves(f, name):
		case f.Paths[op] != "":
			return f
		case len(f.For) > 0 && op != OpPass && from != nil && from.Chats[op] != nil:
			return nil
		}
	}
	return nil
}

// translates returns the operation of f that op of from can be translated into.
func (f *Face) translates(from *Dialect, op Op) (as Op, ok bool) {
	switch {
	case op == OpEmbed:
		return op, from.Embeds != nil && f.Dialect.Embeds != nil && f.Paths[op] != ""
	case op == OpRerank:
		return op, from.Reranks != nil && f.Dialect.Reranks != nil && f.Paths[op] != ""
	case op == OpCount:
		return op, from.Counts != nil && f.Dialect.Counts != nil && f.Paths[op] != ""
	case from.Chats[op] == nil:
		return op, false
	}
	for _, as := range [...]Op{OpChat, OpResponses, OpInvoke} {
		if f.Dialect.Chats[as] != nil && f.Paths[as] != "" {
			return as, true
		}
	}
	return op, false
}

// serves reports whether f is for model.
func serves[T string | []byte](f *Face, model T) bool {
	return (len(f.For) == 0 || begins(model, f.For)) && (len(f.Not) == 0 || !begins(model, f.Not))
}

// begins reports whether model begins with one of prefixes.
func begins[T string | []byte](model T, prefixes []string) bool {
	for _, p := range prefixes {
		if len(model) >= len(p) && string(model[:len(p)]) == p {
			return true
		}
	}
	return false
}

// AppendPath appends the path and fixed query for op, with the model's name in
// its place.
func (f *Face) AppendPath(dst []byte, op Op, stream bool, model []byte) []byte {
	const mark = "{model}"
	path := f.Paths[op]
	if stream && f.Streams[op] != "" {
		path = f.Streams[op]
	}
	i := bytes.IndexByte([]byte(path), '{')
	if i < 0 || len(path) < i+len(mark) || path[i:i+len(mark)] != mark {
		return append(dst, path...)
	}
	return append(AppendSegment(append(dst, path[:i]...), model), path[i+len(mark):]...)
}

// AppendSegment appends name as one segment of a path. A byte that does not stand for itself
// there is escaped (RFC 3986 §3.3).
func AppendSegment(dst, name []byte) []byte {
	const digits = "0123456789ABCDEF"
	for _, c := range name {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '_', c == '~', c == '@':
			dst = append(dst, c)
		default:
			dst = append(dst, '%', digits[c>>4], digits[c&15])
		}
	}
	return dst
}
