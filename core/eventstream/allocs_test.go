//go:build !race

package eventstream

import "testing"

func TestNothingAllocated(t *testing.T) {
	buf := make([]byte, 0, 1024)
	payload := []byte(`{"contentBlockIndex":0,"delta":{"text":"word"}}`)
	if n := testing.AllocsPerRun(100, func() {
		m, err := Read(Append(buf, Event, "contentBlockDelta", payload))
		if err != nil || len(m.Payload) != len(payload) {
			t.Error("cannot read what was written")
		}
	}); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}
