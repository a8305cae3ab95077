package eventstream

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"strings"
	"testing"
)

// Messages of the shapes in the encoding's documentation, written out by hand: no headers and
// no payload, only a payload, and one header with a payload.
func TestDocumented(t *testing.T) {
	f := func(raw, payload string) {
		t.Helper()
		b, err := hex.DecodeString(strings.ReplaceAll(raw, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		m, err := Read(b)
		if err != nil || m.Kind != Event || string(m.Payload) != payload {
			t.Errorf("%s: got %+v, %v", raw, m, err)
		}
	}
	f("00000010 00000000 05c248eb 7d98c8ff", "")
	f("0000001d 00000000 fd528c5a 7b27666f 6f273a27 62617227 7d c3653936", "{'foo':'bar'}")
	f("0000003d 00000020 07fd8396 0c 636f6e74656e742d74797065 07 0010 6170706c69636174696f6e2f6a736f6e 7b27666f6f273a27626172277d 8d9c08b1", "{'foo':'bar'}")
}

func TestAppendRead(t *testing.T) {
	f := func(k Kind, typ, payload string) {
		t.Helper()
		b := Append([]byte("before"), k, typ, []byte(payload))[len("before"):]
		m, err := Read(b)
		if err != nil || m.Kind != k || string(m.Type) != typ || string(m.Payload) != payload {
			t.Errorf("got %+v, %v", m, err)
		}
		if n, err := Size(b[:Prelude]); n != len(b) || err != nil {
			t.Errorf("size %d, %v; want %d", n, err, len(b))
		}
		for i := range b {
			bad := bytes.Clone(b)
			bad[i] ^= 0x10
			if _, err := Read(bad); err == nil {
				t.Errorf("byte %d is wrong, but the message was accepted", i)
			}
			if _, err := Read(b[:i]); err == nil {
				t.Errorf("%d of %d bytes are a message", i, len(b))
			}
		}
	}
	f(Event, "contentBlockDelta", `{"contentBlockIndex":0,"delta":{"text":"hi"}}`)
	f(Event, "messageStart", "")
	f(Exception, "throttlingException", `{"message":"slow down"}`)
	f(Failure, "InternalError", `{}`)
}

func TestErrorMessage(t *testing.T) {
	b := word(word(word(make([]byte, Prelude), ":message-type", "error"), ":error-code", "X"), ":error-message", "it broke")
	m, err := Read(sealed(b, len(b)-Prelude))
	if err != nil || m.Kind != Failure || string(m.Type) != "X" || string(m.Payload) != "it broke" {
		t.Errorf("got %+v, %v", m, err)
	}
}

// sealed writes lengths and checksums into m, whose first bytes are reserved for the prelude.
func sealed(m []byte, headers int) []byte {
	binary.BigEndian.PutUint32(m[4:], uint32(headers))
	return End(m, 0)
}

func TestHeaders(t *testing.T) {
	f := func(headers string, ok bool) {
		t.Helper()
		m, err := Read(sealed(append(make([]byte, Prelude), headers...), len(headers)))
		if (err == nil) != ok || ok && string(m.Type) != "e" {
			t.Errorf("%q: got %+v, %v", headers, m, err)
		}
	}
	const is = "\x0b:event-type\x07\x00\x01e"
	f(is, true)
	f("\x01a\x00\x01b\x01\x01c\x021\x01d\x0312\x01e\x041234\x01f\x0512345678\x01g\x06\x00\x02xy\x01h\x0812345678\x01i\x091234567890123456"+is, true)
	f(is+"\x0b:event-type\x00", true) // not a string, so not the type
	f("\x01a\x0a"+is, false)
	f("\x00"+is, false)
	f(is+"\x01", false)
	f(is+"\x01a", false)
	f(is+"\x01a\x07", false)
	f(is+"\x01a\x07\x00\x02x", false)
	f(is+"\x01a\x091234567", false)
}

func TestLengths(t *testing.T) {
	f := func(all, headers uint32, want error) {
		t.Helper()
		var b [Prelude]byte
		binary.BigEndian.PutUint32(b[:], all)
		binary.BigEndian.PutUint32(b[4:], headers)
		binary.BigEndian.PutUint32(b[8:], crc32.ChecksumIEEE(b[:8]))
		if n, err := Size(b[:]); !errors.Is(err, want) || err == nil && n != int(all) {
			t.Errorf("%d, %d: got %d, %v, want %v", all, headers, n, err, want)
		}
	}
	f(16, 0, nil)
	f(15, 0, ErrCorrupt)
	f(0, 0, ErrCorrupt)
	f(16, 1, ErrCorrupt)
	f(17, 1, nil)
	f(MaxMessage, 0, nil)
	f(MaxMessage+1, 0, ErrTooLarge)
	f(1<<32-1, 1<<32-1, ErrTooLarge)
	f(MaxMessage, maxHeaders+1, ErrCorrupt)
}

func TestLongWord(t *testing.T) {
	long := strings.Repeat("x", maxWord+1)
	if m, err := Read(Append(nil, Event, long, nil)); err != nil || string(m.Type) != long[:maxWord] {
		t.Errorf("got %d bytes, %v", len(m.Type), err)
	}
}
