package eventstream

import (
	"bytes"
	"testing"
)

// FuzzRead looks for bytes that make the reader panic or return slices outside of them.
func FuzzRead(f *testing.F) {
	f.Add(Append(nil, Event, "messageStart", []byte(`{"role":"assistant"}`)), false)
	f.Add([]byte("\x0b:event-type\x07\x00\x01e\x01a\x06\x00\x01x"), true)
	f.Fuzz(func(t *testing.T, b []byte, seal bool) {
		if seal && len(b) <= maxHeaders {
			b = sealed(append(make([]byte, Prelude), b...), len(b))
		}
		m, err := Read(b)
		if err != nil {
			return
		}
		if !bytes.Contains(b, m.Type) || !bytes.Contains(b, m.Payload) {
			t.Errorf("%q: %+v is not in it", b, m)
		}
		again, err := Read(Append(nil, m.Kind, m.Type, m.Payload))
		if err != nil || again.Kind != m.Kind || !bytes.Equal(again.Type, m.Type) || !bytes.Equal(again.Payload, m.Payload) {
			t.Errorf("%q: written again it is %+v, %v", b, again, err)
		}
	})
}
