package hotpath

import (
	"bytes"

	"asbru/core"
	"asbru/hotpath/http1"
)

// A provider may answer with an address of its own that the client is to call next. The client's
// virtual key is useless there, and sending it would disclose it: such addresses are rewritten to
// lead through the door that was used.

// home rewrites an address of the target to lead through the client's door; nil: it is not an
// address of the target that is served behind that door.
func (f *flight) home(url []byte) []byte {
	_, rest, ok := bytes.Cut(url, []byte("://"))
	i := bytes.IndexByte(rest, '/')
	if !ok || i < 0 {
		return nil
	}
	path, base := rest[i:], f.door.Pass
	if base == "" {
		base = f.x.Face.Paths[core.OpPass]
	}
	if base == "/" {
		base = ""
	}
	if at := bytes.Index(path, append([]byte(base), '/')); at < 0 {
		return nil
	} else {
		path = path[at+len(base):]
	}
	for _, c := range url {
		if c <= ' ' || c >= 0x7f || c == '"' || c == '\\' {
			return nil
		}
	}
	var r http1.Request // the lane's own may already describe the next request
	if _, err := http1.ParseRequest(f.buf[:f.head], &r); err != nil {
		return nil
	}
	scheme := "http://"
	if f.secure || http1.EqualFold(r.Value(f.buf, http1.XForwardedProto), "https") {
		scheme = "https://"
	}
	out := append([]byte(scheme), r.Value(f.buf, http1.Host)...)
	return append(append(out, f.door.Prefix...), path...)
}

// appendHome appends a header field of the reply whose value is an address of the target.
func (f *flight) appendHome(h []byte, fd *http1.Field, b []byte) []byte {
	var to []byte
	for _, l := range f.x.From.Leads {
		if l.Field != "" && http1.EqualFold(fd.Name.Of(b), l.Field) {
			if to = f.home(fd.Value.Of(b)); to != nil {
				_, query, _ := bytes.Cut(fd.Value.Of(b), []byte("?"))
				to = f.appendPermit(to, query)
			}
		}
	}
	if to == nil {
		return fd.AppendTo(h, b)
	}
	h = append(append(h, fd.Name.Of(b)...), ": "...)
	return append(append(h, to...), "\r\n"...)
}

// homes reports whether the body of a reply may hold addresses that have to lead here.
func (f *flight) homes(rep *http1.Reply, b []byte, method []byte) bool {
	x := &f.x
	if x.Op != core.OpPass || len(x.From.Leads) == 0 || rep.Status >= 300 || string(method) == "HEAD" ||
		rep.At[http1.ContentEncoding] != 0 || !http1.HasPrefixFold(rep.Value(b, http1.ContentType), "application/json") {
		return false
	}
	for _, l := range x.From.Leads {
		if l.Member != "" && bytes.HasPrefix(x.Path, []byte(l.Path)) {
			return true
		}
	}
	return false
}

// leads reports whether the member called name holds an address.
func (f *flight) leads(name []byte) bool {
	for _, l := range f.x.From.Leads {
		if l.Member != "" && string(name) == l.Member && bytes.HasPrefix(f.x.Path, []byte(l.Path)) {
			return true
		}
	}
	return false
}

// appendHomed appends body with the addresses of the target in its members rewritten to lead here.
// A quoted member name cannot occur inside a string, because there its quotes would be escaped.
func (f *flight) appendHomed(dst, body []byte) []byte {
	for len(body) > 0 {
		i := bytes.IndexByte(body, '"')
		if i < 0 {
			break
		}
		dst, body = append(dst, body[:i]...), body[i:]
		n := stringEnd(body)
		if n < 0 {
			break
		}
		word := body[:n]
		dst, body = append(dst, word...), body[n:]
		colon := whitespace(body)
		if colon == len(body) || body[colon] != ':' || !f.leads(word[1:n-1]) {
			continue
		}
		at := colon + 1 + whitespace(body[colon+1:])
		n = -1
		if at < len(body) && body[at] == '"' {
			n = stringEnd(body[at:])
		}
		if n < 0 {
			continue
		}
		if to := f.home(body[at+1 : at+n-1]); to != nil {
			dst = append(append(append(append(dst, body[:at]...), '"'), to...), '"')
			body = body[at+n:]
		}
	}
	return append(dst, body...)
}

// stringEnd is the length of the JSON string at the start of b; -1: it does not end.
func stringEnd(b []byte) int {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// whitespace is how much white space b begins with.
func whitespace(b []byte) int {
	return len(b) - len(bytes.TrimLeft(b, " \t\r\n"))
}
