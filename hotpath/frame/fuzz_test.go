package frame

import (
	"bytes"
	"slices"
	"testing"
)

// FuzzCutter: the pieces a stream comes in do not matter, no byte is lost or
// moved, and a plain reader of the specification sees the same events.
func FuzzCutter(f *testing.F) {
	for _, s := range []string{"data: a\n\ndata: b\r\n\r\n", "\xef\xbb\xbfid: 1\r\revent: x\rdata\r\r\n", ":c\n\n\r\r\n\ndata: y\ndata:z\n\n", "retry: 1\n\n"} {
		f.Add([]byte(s), uint8(0))
		f.Add([]byte(s), uint8(3))
	}
	f.Fuzz(func(t *testing.T, stream []byte, step uint8) {
		whole, err := cut(new(Cutter), stream)
		var pieces [][]byte
		for i := 0; i < len(stream); i += int(step) + 1 {
			pieces = append(pieces, stream[i:min(i+int(step)+1, len(stream))])
		}
		split, err2 := cut(new(Cutter), pieces...)
		if !slices.Equal(whole, split) || err != err2 {
			t.Fatalf("whole %+v, %v; by %d %+v, %v", whole, err, step+1, split, err2)
		}
		var raw []byte
		for _, b := range whole {
			raw = append(raw, b.raw...)
		}
		if !bytes.HasPrefix(stream, raw) {
			t.Fatalf("the blocks end to end are not the stream: %q", raw)
		}
		events, _ := client(whole)
		if want := reference(stream); !slices.Equal(events, want) {
			t.Fatalf("got %+v, want %+v", events, want)
		}
	})
}

// reference follows WHATWG HTML 9.2.6 to the letter, with all bytes at hand.
func reference(stream []byte) (events []sseEvent) {
	stream = bytes.TrimPrefix(stream, []byte("\xef\xbb\xbf"))
	stream = bytes.ReplaceAll(stream, []byte("\r\n"), []byte("\n"))
	stream = bytes.ReplaceAll(stream, []byte("\r"), []byte("\n"))
	lines := bytes.Split(stream, []byte("\n"))
	var id, name string
	var data []byte
	some := false
	for _, l := range lines[:len(lines)-1] {
		if len(l) == 0 {
			if some {
				if name == "" {
					name = "message"
				}
				events = append(events, sseEvent{name, string([]rune(string(data[:len(data)-1]))), string([]rune(id))})
			}
			name, data, some = "", nil, false
			continue
		}
		field, value, _ := bytes.Cut(l, []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch string(field) {
		case "event":
			name = string(value)
		case "data":
			data, some = append(append(data, value...), '\n'), true
		case "id":
			if !bytes.Contains(value, []byte{0}) {
				id = string(value)
			}
		}
	}
	return events
}
