package core

import "testing"

// A Chat is used again for the next request: a list whose nil says something must not
// come back empty instead.
func TestChatResetSaysNothing(t *testing.T) {
	c := NewChat()
	c.Allowed, c.Modes = append(c.Allowed, Text("f")), append(c.Modes, Text("audio"))
	c.Tools, c.Stop = append(c.Tools, Tool{}), append(c.Stop, Text("."))
	c.Reset()
	if c.Allowed != nil || c.Modes != nil || c.Schema != nil || len(c.Tools)+len(c.Stop) > 0 {
		t.Errorf("after Reset: Allowed %q, Modes %q, %d tools, %d stops; want nil, nil, 0, 0", c.Allowed, c.Modes, len(c.Tools), len(c.Stop))
	}
	if cap(c.Tools) == 0 || cap(c.Stop) == 0 {
		t.Error("Reset gave up memory that it could keep")
	}
}
