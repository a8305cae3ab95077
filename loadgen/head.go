package loadgen

import (
	"bytes"
	"errors"
)

// Failures of a reply that is not HTTP/1.1 according to RFC 9112.
var (
	errHeadTooLarge = errors.New("reply head is larger than 32 KiB")
	errBadHead      = errors.New("reply head is not HTTP/1.x")
	errBadLength    = errors.New("reply has a bad or repeated Content-Length")
	errBadCoding    = errors.New("reply has a Transfer-Encoding that is not chunked")
	errBadChunk     = errors.New("reply has a broken chunk")
	errSurplus      = errors.New("reply is followed by bytes nobody asked for")
)

// malformed distinguishes the failures above from those of the connection.
func malformed(err error) bool {
	for _, e := range []error{errHeadTooLarge, errBadHead, errBadLength, errBadCoding, errBadChunk, errSurplus} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// framing says how a reply body ends (RFC 9112 §6.3).
type framing uint8

const (
	byLength framing = iota
	byChunks
	byClose
)

// head has the facts of a reply head that the load generator needs.
type head struct {
	status  int
	framing framing
	length  int64 // byLength only
	close   bool  // the connection cannot be used again
}

// parseHead reads one complete head, from the status line to the empty line. b is
// not retained.
func parseHead(b []byte) (head, error) {
	line, rest, _ := bytes.Cut(b, []byte("\r\n"))
	h := head{framing: byClose, length: -1}
	if len(line) < 12 || string(line[:7]) != "HTTP/1." || line[8] != ' ' {
		return h, errBadHead
	}
	h.close = line[7] == '0'
	for _, d := range line[9:12] {
		if d < '0' || d > '9' {
			return h, errBadHead
		}
		h.status = h.status*10 + int(d-'0')
	}
	for {
		line, rest, _ = bytes.Cut(rest, []byte("\r\n"))
		if len(line) == 0 {
			break
		}
		if err := h.field(line); err != nil {
			return h, err
		}
	}
	if h.status == 204 || h.status == 304 || h.status < 200 {
		h.framing, h.length = byLength, 0
	}
	if h.framing == byClose {
		h.close = true
	}
	return h, nil
}

// field reads one field line.
func (h *head) field(line []byte) error {
	name, value, ok := bytes.Cut(line, []byte(":"))
	if !ok || len(name) == 0 {
		return errBadHead
	}
	value = bytes.Trim(value, " \t")
	switch {
	case foldEqual(name, "content-length"):
		n, ok := decimal(value)
		if !ok || h.length >= 0 {
			return errBadLength
		}
		h.length = n
		if h.framing == byClose {
			h.framing = byLength
		}
	case foldEqual(name, "transfer-encoding"):
		if !foldEqual(value, "chunked") {
			return errBadCoding
		}
		h.framing = byChunks
	case foldEqual(name, "connection"):
		if foldEqual(value, "close") {
			h.close = true
		} else if foldEqual(value, "keep-alive") {
			h.close = false
		}
	}
	return nil
}

// foldEqual compares b with a lower-case ASCII string, ignoring case.
func foldEqual(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// decimal reads a number of one to eighteen digits.
func decimal(b []byte) (n int64, ok bool) {
	if len(b) == 0 || len(b) > 18 {
		return 0, false
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}
