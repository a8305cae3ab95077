// Package eventstream reads and writes single messages of the AWS event stream
// encoding (application/vnd.amazon.eventstream): a length, headers, a payload, and a
// CRC-32 over each half.
//
// It knows the length of a message and its type, but not the meaning of its payload.
// It refuses messages with wrong checksums and those larger than a bound. It keeps no
// bytes, and does not split streams into messages.
//
// Source: https://docs.aws.amazon.com/transcribe/latest/dg/event-stream.html and
// https://smithy.io/2.0/aws/amazon-eventstream.html
package eventstream

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
)

var (
	// ErrTooLarge says that a message is longer than MaxMessage.
	ErrTooLarge = errors.New("a message of the event stream is larger than its bound")

	// ErrCorrupt says that a message's sums or lengths do not fit its bytes.
	ErrCorrupt = errors.New("a message of the event stream is corrupt")
)

// The parts of fixed size: both lengths and their checksum before the headers, and the
// checksum of the whole message after the payload.
const (
	Prelude = 12
	trailer = 4
	overall = Prelude + trailer
)

// A Kind is the :message-type of a message.
type Kind uint8

const (
	Event     Kind = iota // Type is its :event-type; also the kind of a message without a :message-type
	Exception             // Type is its :exception-type: a modelled error
	Failure               // :message-type error; Type is its :error-code, Payload its :error-message
)

// A Message is one message. Its slices alias the bytes it was read from.
type Message struct {
	Kind    Kind
	Type    []byte
	Payload []byte
}

// Size returns the length in bytes of the message that begins with head, which must have
// at least Prelude bytes, and checks their checksum.
func Size(head []byte) (n int, err error) {
	head = head[:Prelude]
	all, headers := binary.BigEndian.Uint32(head), binary.BigEndian.Uint32(head[4:])
	switch {
	case binary.BigEndian.Uint32(head[8:]) != crc32.ChecksumIEEE(head[:8]):
		return 0, ErrCorrupt
	case all > MaxMessage:
		return 0, ErrTooLarge
	case all < overall || headers > all-overall || headers > maxHeaders:
		return 0, ErrCorrupt
	}
	return int(all), nil
}

// Read reads raw, one complete message, and checks both checksums.
func Read(raw []byte) (Message, error) {
	if len(raw) < overall {
		return Message{}, ErrCorrupt
	}
	n, err := Size(raw)
	if err != nil {
		return Message{}, err
	}
	if n != len(raw) || binary.BigEndian.Uint32(raw[n-trailer:]) != crc32.ChecksumIEEE(raw[:n-trailer]) {
		return Message{}, ErrCorrupt
	}
	at := Prelude + int(binary.BigEndian.Uint32(raw[4:]))
	m := Message{Payload: raw[at : n-trailer : n-trailer]}
	if !m.headers(raw[Prelude:at]) {
		return Message{}, ErrCorrupt
	}
	return m, nil
}

// headers reads the block b. Each header is the length of its name, the name, the type of
// the value, and the value.
func (m *Message) headers(b []byte) bool {
	var words [numNames][]byte
	for len(b) > 0 {
		n := int(b[0])
		if n == 0 || len(b) < n+2 {
			return false
		}
		name, kind := b[1:n+1], b[n+1]
		value, rest, ok := header(kind, b[n+2:])
		if !ok {
			return false
		}
		b = rest
		if kind != typeString {
			continue
		}
		for i, known := range names {
			if string(name) == known {
				words[i] = value
			}
		}
	}
	switch string(words[messageType]) {
	case "exception":
		m.Kind, m.Type = Exception, words[exceptionType]
	case "error":
		m.Kind, m.Type = Failure, words[errorCode]
		if len(m.Payload) == 0 {
			m.Payload = words[errorMessage]
		}
	default:
		m.Type = words[eventType]
	}
	return true
}

// The headers that are read.
const (
	messageType = iota
	eventType
	exceptionType
	errorCode
	errorMessage
	numNames
)

var names = [numNames]string{":message-type", ":event-type", ":exception-type", ":error-code", ":error-message"}

// The types of header values that begin with their length.
const (
	typeBytes  = 6
	typeString = 7
)

// sizes of the values of the other types: true, false, byte, short, int, long, the two
// that begin with their length, timestamp, and UUID.
var sizes = [10]int{0, 0, 1, 2, 4, 8, 0, 0, 8, 16}

// header splits b into one value and the rest after it.
func header(kind byte, b []byte) (value, rest []byte, ok bool) {
	if int(kind) >= len(sizes) {
		return nil, nil, false
	}
	n := sizes[kind]
	if kind == typeBytes || kind == typeString {
		if len(b) < 2 {
			return nil, nil, false
		}
		if n = int(binary.BigEndian.Uint16(b)); n > maxWord {
			return nil, nil, false
		}
		b = b[2:]
	}
	if len(b) < n {
		return nil, nil, false
	}
	return b[:n:n], b[n:], true
}
