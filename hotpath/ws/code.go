package ws

import (
	"encoding/binary"
	"unicode/utf8"
)

// A Code is the reason why a connection is closed (RFC 6455 §7.4.1, and the registry of IANA).
type Code uint16

// The codes that a relay itself sends.
const (
	GoingAway Code = 1001 // the other side left, or the process ends
	Protocol  Code = 1002
	NoCode    Code = 1005 // the close frame was empty; never sent
	BadText   Code = 1007
	Policy    Code = 1008
	TooBig    Code = 1009
	Internal  Code = 1011 // the other side failed
	Restart   Code = 1012
)

// sendable reports whether an endpoint may send c.
func (c Code) sendable() bool {
	switch {
	case c >= 3000:
		return c <= 4999
	case c == 1004, c == 1005, c == 1006:
		return false
	}
	return c >= 1000 && c <= 1014
}

// A Violation is why a connection must end.
type Violation struct {
	Code Code
	Why  string // a constant sentence, of which at most 123 bytes are sent to the peer
}

// Error implements error.
func (v *Violation) Error() string { return v.Why }

func breach(c Code, why string) *Violation { return &Violation{c, why} }

// AppendClose appends the payload of a close frame. A reason that is too long is cut at a
// character boundary.
func AppendClose(dst []byte, c Code, reason string) []byte {
	for len(reason) > MaxControl-2 {
		_, n := utf8.DecodeLastRuneInString(reason)
		reason = reason[:len(reason)-n]
	}
	return append(binary.BigEndian.AppendUint16(dst, uint16(c)), reason...)
}

// ParseClose reads the payload of a close frame. reason aliases p.
func ParseClose(p []byte) (c Code, reason []byte, err *Violation) {
	switch {
	case len(p) == 0:
		return NoCode, nil, nil
	case len(p) == 1:
		return 0, nil, breach(Protocol, "a close frame holds half a code")
	}
	if c, reason = Code(binary.BigEndian.Uint16(p)), p[2:]; !c.sendable() {
		return c, nil, breach(Protocol, "a close frame holds a code that nobody may send")
	}
	if !utf8.Valid(reason) {
		return c, nil, breach(BadText, "the reason in a close frame is not UTF-8")
	}
	return c, reason, nil
}
