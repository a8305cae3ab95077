package hotpath

import (
	"bytes"

	"asbru/core"
	"asbru/hotpath/http1"
)

const maxPartHead = 8 << 10 // bytes of the lines before a part's content

// formBoundary reads the boundary of a multipart content type (RFC 2046 §5.1.1).
// form is false for other types. An unreadable boundary is empty.
func formBoundary(kind []byte) (boundary []byte, form bool) {
	const want = "multipart/form-data"
	rest := kind[min(len(kind), len(want)):]
	if !http1.HasPrefixFold(kind, want) || len(rest) > 0 && rest[0] != ';' && rest[0] != ' ' && rest[0] != '\t' {
		return nil, false
	}
	for len(rest) > 0 {
		var p []byte
		if p, rest, _ = bytes.Cut(rest, []byte(";")); !http1.HasPrefixFold(bytes.Trim(p, " \t"), "boundary") {
			continue
		}
		key, v, _ := bytes.Cut(bytes.Trim(p, " \t"), []byte("="))
		if boundary != nil || len(key) != len("boundary") {
			return nil, true
		}
		if n := len(v); n > 1 && v[0] == '"' && v[n-1] == '"' {
			v = v[1 : n-1]
		}
		if !validBoundary(v) {
			return nil, true
		}
		boundary = v
	}
	return boundary, true
}

// validBoundary reports whether b is 1 to 70 of the bytes a boundary is made of. Blanks,
// which are legal within, are not taken.
func validBoundary(b []byte) bool {
	for _, c := range b {
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && bytes.IndexByte([]byte("'()+_,-./:=?"), c) < 0 {
			return false
		}
	}
	return len(b) > 0 && len(b) <= 70
}

// formModel finds the form field "model" and where its value stands; model is
// empty when there is none. ok is false for a form that two readers could read
// differently: policy would judge one model and the provider serve another.
func formModel(body, boundary []byte) (model []byte, at core.Span, ok bool) {
	var room [80]byte
	next := append(append(room[:0], "--"...), boundary...)
	if len(boundary) == 0 || !bytes.HasPrefix(body, next) {
		return nil, at, false
	}
	for pos := len(next); ; {
		if tail := body[pos:]; bytes.HasPrefix(tail, []byte("--")) {
			if len(tail) > 2 && string(tail[2:]) != "\r\n" {
				return nil, core.Span{}, false
			}
			return model, at, true
		}
		end := bytes.Index(body[pos:], []byte("\r\n\r\n"))
		if end < 0 || end > maxPartHead || !bytes.HasPrefix(body[pos:], []byte("\r\n")) {
			return nil, core.Span{}, false
		}
		head := body[pos : pos+end+2]
		pos += end + 4
		size := bytes.Index(body[pos:], next) - 2 // less the line end before it
		if size < 0 || string(body[pos+size:pos+size+2]) != "\r\n" {
			return nil, core.Span{}, false
		}
		is, fine := partIsModel(head)
		if !fine || is && (at.Present() || size == 0 || size > core.MaxModelName) {
			return nil, core.Span{}, false
		}
		if is {
			at = core.Span{Start: int32(pos), End: int32(pos + size)}
			model = at.Of(body)
		}
		pos += size + 2 + len(next)
	}
}

// partIsModel reads the lines before a part's content: head begins and ends with
// CR LF. fine is false when the part's name has two readings.
func partIsModel(head []byte) (is, fine bool) {
	named := false
	for head = head[2:]; len(head) > 0; {
		var line []byte
		line, head, _ = bytes.Cut(head, []byte("\r\n"))
		name, v, found := bytes.Cut(line, []byte(":"))
		if !found || len(name) == 0 || bytes.ContainsAny(line, "\r\n\x00") || bytes.ContainsAny(name, " \t") {
			return false, false
		}
		if !http1.EqualFold(name, "content-disposition") {
			continue
		}
		if named {
			return false, false
		}
		named = true
		if is, fine = disposition(bytes.Trim(v, " \t")); !fine {
			return false, false
		}
	}
	return is, named
}

// disposition reads the value of Content-Disposition: form-data and quoted
// parameters without escapes (RFC 7578 §4.2).
func disposition(v []byte) (is, fine bool) {
	if !http1.HasPrefixFold(v, "form-data") {
		return false, false
	}
	names := 0
	for v = v[len("form-data"):]; len(v) > 0; {
		v = bytes.TrimLeft(v, " \t")
		if len(v) == 0 || v[0] != ';' {
			return false, false
		}
		key, rest, found := bytes.Cut(bytes.TrimLeft(v[1:], " \t"), []byte(`="`))
		value, after, closed := bytes.Cut(rest, []byte(`"`))
		if !found || !closed || bytes.IndexByte(value, '\\') >= 0 {
			return false, false
		}
		v = after
		switch {
		case http1.EqualFold(key, "name"):
			names++
			if is = string(value) == "model"; !is && http1.EqualFold(value, "model") {
				return false, false
			}
		case http1.EqualFold(key, "filename"): // a file may be called anything
		case http1.EqualFold(key, "filename*"):
		default:
			return false, false
		}
	}
	return is, names == 1
}
