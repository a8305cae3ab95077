package mock

import (
	"bytes"
	"errors"
)

// head is a parsed request head. Its slices point into the parsed bytes and
// live as long as those do.
type head struct {
	method, target []byte
	fields         []byte // the field lines, each with its CRLF
	minor          byte   // 0 or 1, of HTTP/1.x
	length         int64  // Content-Length; -1 if there was none
	chunked        bool
	close          bool // the connection ends after this exchange
	expect         bool // the client waits for 100 Continue
}

// Reasons to refuse a head; refusal maps each to a status.
var (
	errHeadSyntax  = errors.New("malformed request head")
	errHeadLength  = errors.New("malformed or conflicting Content-Length")
	errHeadCoding  = errors.New("unsupported transfer coding")
	errHeadVersion = errors.New("unsupported HTTP version")
	errHeadLarge   = errors.New("request head too large")
	errHeadHost    = errors.New("missing or repeated Host")
)

// headEnd returns the length of the head at the start of b, including the blank line, or -1 if it is
// incomplete. The first from bytes were searched before.
func headEnd(b []byte, from int) int {
	from = max(0, from-3)
	if i := bytes.Index(b[from:], []byte("\r\n\r\n")); i >= 0 {
		return from + i + 4
	}
	return -1
}

// parseHead reads one complete head, strictly according to RFC 9112 sections 3 to 6: no bare CR or LF,
// no folding, no space before a colon, no message with two lengths.
func parseHead(b []byte) (head, error) {
	h := head{length: -1}
	line, rest, ok := cutLine(b)
	if !ok || !h.requestLine(line) {
		return h, errHeadSyntax
	}
	if h.minor > 1 {
		return h, errHeadVersion
	}
	h.fields = rest[:len(rest)-2] // without the blank line
	h.close = h.minor == 0
	hosts := 0
	for n := 0; ; n++ {
		line, rest, ok = cutLine(rest)
		if !ok {
			return h, errHeadSyntax
		}
		if len(line) == 0 {
			break
		}
		if n == maxFields {
			return h, errHeadLarge
		}
		name, value, ok := cutField(line)
		if !ok {
			return h, errHeadSyntax
		}
		if fold(name, "host") {
			hosts++
		} else if err := h.field(name, value); err != nil {
			return h, err
		}
	}
	if h.minor == 1 && hosts != 1 {
		return h, errHeadHost
	}
	if h.chunked && h.length >= 0 {
		return h, errHeadLength
	}
	return h, nil
}

// requestLine splits "METHOD SP target SP HTTP/1.x".
func (h *head) requestLine(line []byte) bool {
	i := bytes.IndexByte(line, ' ')
	j := bytes.LastIndexByte(line, ' ')
	if i < 1 || j <= i+1 || len(line)-j != len(" HTTP/1.1") {
		return false
	}
	h.method, h.target = line[:i], line[i+1:j]
	version := line[j+1:]
	if string(version[:5]) != "HTTP/" || version[6] != '.' {
		return false
	}
	h.minor = version[7] - '0'
	if version[5] != '1' {
		h.minor = 9 // any other major version is refused as a version, not as syntax
	}
	for _, c := range h.method {
		if !token[c] {
			return false
		}
	}
	for _, c := range h.target {
		if c <= ' ' || c == 0x7f {
			return false
		}
	}
	return h.minor <= 9 && (h.target[0] == '/' || h.target[0] == '*' || bytes.HasPrefix(h.target, []byte("http")))
}

// field reads the fields that affect the framing or the connection.
func (h *head) field(name, value []byte) error {
	switch {
	case fold(name, "content-length"):
		n, ok := parseLength(value)
		if !ok || h.length >= 0 && h.length != n {
			return errHeadLength
		}
		h.length = n
	case fold(name, "transfer-encoding"):
		if !fold(value, "chunked") || h.chunked || h.minor == 0 {
			return errHeadCoding
		}
		h.chunked = true
	case fold(name, "connection"):
		if hasWord(value, "close") {
			h.close = true
		} else if h.minor == 0 && hasWord(value, "keep-alive") {
			h.close = false
		}
	case fold(name, "expect"):
		h.expect = fold(value, "100-continue")
	}
	return nil
}

// cutLine splits after the first CRLF and refuses any other CR, LF or NUL.
func cutLine(b []byte) (line, rest []byte, ok bool) {
	i := bytes.IndexByte(b, '\n')
	if i < 1 || b[i-1] != '\r' {
		return nil, nil, false
	}
	line = b[:i-1]
	return line, b[i+1:], bytes.IndexByte(line, '\r') < 0 && bytes.IndexByte(line, 0) < 0
}

// cutField splits "name: value" and trims the value.
func cutField(line []byte) (name, value []byte, ok bool) {
	i := bytes.IndexByte(line, ':')
	if i < 1 {
		return nil, nil, false
	}
	for _, c := range line[:i] {
		if !token[c] {
			return nil, nil, false
		}
	}
	return line[:i], bytes.Trim(line[i+1:], " \t"), true
}
