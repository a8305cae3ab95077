package selftest

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"strings"
)

// A frame is one event of a stream.
type frame struct {
	name string
	data []byte
	d    doc // data, if it is an object
}

// sseFrames reads server-sent events as strictly as clients may: whole events only.
func sseFrames(b []byte) (out []frame, rest string) {
	text := strings.ReplaceAll(string(b), "\r\n", "\n")
	for {
		event, after, ok := strings.Cut(text, "\n\n")
		if !ok {
			return out, text
		}
		text = after
		var f frame
		var data []string
		for _, line := range strings.Split(event, "\n") {
			name, value, _ := strings.Cut(line, ":")
			value = strings.TrimPrefix(value, " ")
			switch name {
			case "event":
				f.name = value
			case "data":
				data = append(data, value)
			}
		}
		if len(data) == 0 {
			continue // a comment
		}
		f.data = []byte(strings.Join(data, "\n"))
		_ = json.Unmarshal(f.data, &f.d) // [DONE] is none
		out = append(out, f)
	}
}

// awsFrames reads the messages of an AWS event stream with their sums. An exception is
// a frame whose name is its type behind an exclamation mark.
func awsFrames(b []byte) (out []frame, err error) {
	for len(b) > 0 {
		if len(b) < 16 || int(binary.BigEndian.Uint32(b)) > len(b) {
			return out, fmt.Errorf("%d bytes at the end are no message", len(b))
		}
		m := b[:binary.BigEndian.Uint32(b)]
		b = b[len(m):]
		if crc32.ChecksumIEEE(m[:8]) != binary.BigEndian.Uint32(m[8:]) || crc32.ChecksumIEEE(m[:len(m)-4]) != binary.BigEndian.Uint32(m[len(m)-4:]) {
			return out, fmt.Errorf("message %d has a wrong sum", len(out))
		}
		h := m[12 : 12+binary.BigEndian.Uint32(m[4:])]
		f := frame{data: m[12+len(h) : len(m)-4]}
		for len(h) > 0 {
			name, rest := h[1:1+h[0]], h[1+h[0]:]
			value := rest[3 : 3+binary.BigEndian.Uint16(rest[1:])]
			h = rest[3+len(value):]
			switch string(name) {
			case ":event-type":
				f.name = string(value)
			case ":exception-type":
				f.name = "!" + string(value)
			}
		}
		if err := json.Unmarshal(f.data, &f.d); err != nil {
			return out, fmt.Errorf("the payload of %s is no JSON: %w", f.name, err)
		}
		out = append(out, f)
	}
	return out, nil
}

// object reads the body of a reply.
func (r *reply) object() (doc, error) {
	var d doc
	dec := json.NewDecoder(bytes.NewReader(r.body))
	if err := dec.Decode(&d); err != nil {
		return nil, fmt.Errorf("the body is no JSON object: %w: %.200q", err, r.body)
	}
	if dec.More() {
		return nil, fmt.Errorf("something follows the object: %.200q", r.body)
	}
	return d, nil
}
