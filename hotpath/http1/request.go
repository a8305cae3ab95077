package http1

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// A Request is a parsed request head. It is large (over 1 KB), and should be reused: one
// for each connection or lane.
type Request struct {
	Method Span
	Target Span // as sent: starts with a slash, or is "*" for OPTIONS
	Path   Span // Target before the first "?"
	Query  Span // Target after the first "?"; empty: none
	Head

	Expect100 bool // the client waits for "100 Continue" before it sends the body
	Upgrade   bool // Connection has the token upgrade, and there is an Upgrade field
}

// ParseRequest reads the request head at the start of buf into r.
//
// n is the length of the head, including its empty line. (0, nil) means that buf is
// incomplete: call again with the same bytes and more after them. err is always a
// *Refusal and is returned as early as possible; no continuation of refused bytes would
// be accepted. r is valid only if n > 0, and its Spans point into buf.
//
// Each call starts from the first byte, so that no state can leak from one connection
// to another. That takes some 10 us for the largest head. A head that arrives in very many
// pieces is read as many times; the caller bounds the time for a head.
//
// HTTP/1.0 is read with Minor 0 and Close set. Its body needs a Content-Length, and it may
// lack a Host, which it did not have (RFC 9112 3.2). The path is not checked here: see
// PathClean.
func ParseRequest(buf []byte, r *Request) (n int, err error) {
	r.clear()
	r.Expect100, r.Upgrade = false, false
	n, f := r.parse(buf[:min(len(buf), MaxHead)])
	if n == 0 && f == none && len(buf) >= MaxHead {
		f = longHead
	}
	if f != none {
		return 0, &requestRefusals[f]
	}
	r.HeadLen = n
	return n, nil
}

func (r *Request) parse(buf []byte) (int, fault) {
	pos, f := r.line(buf)
	if pos == 0 {
		return 0, f
	}
	n, f := r.lines(buf, pos, singleInRequest)
	if n == 0 {
		return 0, f
	}
	if r.At[Host] == 0 && r.Minor == 1 {
		return 0, noHost
	}
	if r.Minor == 0 {
		r.Close = true // even if it asks for keep-alive
		return n, none
	}
	r.Expect100 = r.At[Expect] != 0
	r.Upgrade = r.upgrade && r.At[Upgrade] != 0
	return n, none
}

// line reads the request line and returns the position after it, 0 if buf ends before
// (RFC 9112 3).
func (r *Request) line(buf []byte) (int, fault) {
	sp, f := method(buf)
	if sp == 0 {
		return 0, f
	}
	start := sp + 1
	end := targetEnd(buf, start)
	if end > start && buf[start] != '/' && !asterisk(buf[:end], sp) {
		return 0, targetForm
	}
	if end-start > MaxTarget {
		return 0, longTarget
	}
	if end == len(buf) {
		return 0, none
	}
	if buf[end] != ' ' || end == start {
		return 0, badTarget
	}
	r.Method = Span{0, uint16(sp)}
	r.Target = Span{uint16(start), uint16(end)}
	r.Path, r.Query = r.Target, Span{uint16(end), uint16(end)}
	if q := bytes.IndexByte(buf[start:end], '?'); q >= 0 {
		r.Path.End = uint16(start + q)
		r.Query.Start = uint16(start + q + 1)
	}
	if !escapesWhole(r.Path.Of(buf)) {
		return 0, targetEscape
	}
	return r.version(buf, end+1)
}

// targetEnd returns the position of the first byte at or after pos that is not allowed in a
// target: a blank, a control byte, "#", or one above 0x7e.
func targetEnd(buf []byte, pos int) int {
	for p := buf[pos:]; len(p) >= 8; p = p[8:] {
		x := binary.LittleEndian.Uint64(p)
		// The lowest marked byte is one of them; those above it may be wrong, because of borrows.
		hit := (((x-0x21*ones)|((x^'#'*ones)-ones)|((x^0x7f*ones)-ones))&^x | x) & tops
		if hit != 0 {
			return pos + bits.TrailingZeros64(hit)/8
		}
		pos += 8
	}
	for pos < len(buf) && classes[buf[pos]]&isTarget != 0 {
		pos++
	}
	return pos
}

// maxMethod is the length of the longest known method.
const maxMethod = len("OPTIONS")

// method returns the position of the space after a known method, 0 if buf ends before
// it.
func method(buf []byte) (int, fault) {
	for i := range min(len(buf), maxMethod+1) {
		if buf[i] == ' ' {
			switch string(buf[:i]) {
			case "GET", "POST", "PUT", "HEAD", "PATCH", "DELETE", "OPTIONS":
				return i, none
			case "":
				return 0, badMethod
			}
			return 0, unknownMethod
		}
		if classes[buf[i]]&isToken == 0 {
			return 0, badMethod
		}
	}
	if len(buf) > maxMethod {
		return 0, unknownMethod
	}
	return 0, none
}

// asterisk reports whether line is "OPTIONS *", the only target without a slash
// (RFC 9112 3.2.4).
func asterisk(line []byte, sp int) bool {
	return len(line) == sp+2 && line[sp+1] == '*' && string(line[:sp]) == "OPTIONS"
}

// version reads "HTTP/1.x" and the end of the line.
func (r *Request) version(buf []byte, pos int) (int, fault) {
	v := buf[pos:]
	if len(v) >= 10 && string(v[:10]) == "HTTP/1.1\r\n" {
		r.Minor = 1
		return pos + 10, none
	}
	minor, f := version(v)
	if f != none || len(v) < 9 {
		return 0, f
	}
	if v[8] != '\r' {
		return 0, badVersion
	}
	r.Minor = minor
	return lineEnd(buf, pos+8)
}

// version reads "HTTP/1.x" at the start of v, which may be incomplete.
func version(v []byte) (minor uint8, f fault) {
	const shape = "HTTP/0.0"
	for i := range min(len(v), len(shape)) {
		digit := v[i] >= '0' && v[i] <= '9'
		if shape[i] == '0' && !digit || shape[i] != '0' && v[i] != shape[i] {
			return 0, badVersion
		}
	}
	if len(v) < len(shape) {
		return 0, none
	}
	if v[5] != '1' || v[7] > '1' {
		return 0, otherVersion
	}
	return v[7] - '0', none
}
