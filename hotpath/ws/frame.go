package ws

import "encoding/binary"

// An Opcode is the kind of a frame (RFC 6455 §5.2).
type Opcode byte

// All opcodes. Those from Close on are of control frames.
const (
	Continuation Opcode = 0
	Text         Opcode = 1
	Binary       Opcode = 2
	Close        Opcode = 8
	Ping         Opcode = 9
	Pong         Opcode = 10
)

// control reports whether o is the opcode of a control frame.
func (o Opcode) control() bool { return o >= Close }

// A header is the beginning of a frame.
type header struct {
	fin    bool
	op     Opcode
	masked bool
	key    [4]byte
	size   uint64
}

// parse reads the header at the start of b and returns its length; 0 if more bytes are needed.
// Reserved bits, and lengths that are not in their shortest form, are a Violation.
func (h *header) parse(b []byte) (n int, err *Violation) {
	if len(b) < 2 {
		return 0, nil
	}
	if b[0]&0x70 != 0 {
		return 0, breach(Protocol, "a frame has reserved bits set, and no extension was agreed on")
	}
	h.fin, h.op, h.masked = b[0]&0x80 != 0, Opcode(b[0]&0x0f), b[1]&0x80 != 0
	n, h.size = 2, uint64(b[1]&0x7f)
	switch least := uint64(126); {
	case h.size < 126:
	case h.size == 126 && len(b) >= 4:
		n, h.size = 4, uint64(binary.BigEndian.Uint16(b[2:]))
		if h.size < least {
			return 0, breach(Protocol, "the length of a frame is not in its shortest form")
		}
	case h.size == 127 && len(b) >= 10:
		n, h.size = 10, binary.BigEndian.Uint64(b[2:])
		if h.size < 1<<16 || h.size>>63 != 0 {
			return 0, breach(Protocol, "the length of a frame is not in its shortest form")
		}
	default:
		return 0, nil
	}
	if h.masked {
		if len(b) < n+4 {
			return 0, nil
		}
		h.key = [4]byte(b[n:])
		n += 4
	}
	return n, nil
}

// Mask applies key to p, which is at offset at of its payload. Applied twice it has no effect.
func Mask(p []byte, key [4]byte, at uint64) {
	at &= 3
	for len(p) > 0 && at != 0 {
		p[0] ^= key[at]
		p, at = p[1:], (at+1)&3
	}
	word := uint64(binary.LittleEndian.Uint32(key[:]))
	word |= word << 32
	for len(p) >= 8 {
		binary.LittleEndian.PutUint64(p, binary.LittleEndian.Uint64(p)^word)
		p = p[8:]
	}
	for i := range p {
		p[i] ^= key[i&3]
	}
}

// AppendFrame appends a complete frame that is the last of its message. With a mask it is a
// client's; if mask is nil, a server's.
func AppendFrame(dst []byte, op Opcode, payload []byte, mask *[4]byte) []byte {
	var bit byte
	if mask != nil {
		bit = 0x80
	}
	dst = append(dst, 0x80|byte(op))
	switch n := len(payload); {
	case n < 126:
		dst = append(dst, bit|byte(n))
	case n < 1<<16:
		dst = binary.BigEndian.AppendUint16(append(dst, bit|126), uint16(n))
	default:
		dst = binary.BigEndian.AppendUint64(append(dst, bit|127), uint64(n))
	}
	if mask == nil {
		return append(dst, payload...)
	}
	dst = append(dst, mask[:]...)
	at := len(dst)
	dst = append(dst, payload...)
	Mask(dst[at:], *mask, 0)
	return dst
}
