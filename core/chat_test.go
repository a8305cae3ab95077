package core

import (
	"fmt"
	"strings"
	"testing"
)

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

// Amid a loop of tools is who brings results without a thought that the target takes.
func TestAmid(t *testing.T) {
	f := func(want bool, turns ...[]Part) {
		t.Helper()
		c := NewChat()
		for _, parts := range turns {
			role := User
			if k := parts[0].Kind; k == PartCall || k == PartThought {
				role = Assistant
			}
			i := c.Begin(role)
			for _, p := range parts {
				c.Add(p)
			}
			c.End(i)
		}
		if got := c.Amid(func(p *Part) bool { return p.Vendor == Anthropic }); got != want {
			t.Errorf("%d turns: got %t, want %t", len(turns), got, want)
		}
	}
	say, call, result := []Part{{Kind: PartText}}, []Part{{Kind: PartCall}}, []Part{{Kind: PartResult}}
	thought := []Part{{Kind: PartThought, Vendor: Anthropic}, {Kind: PartCall}}
	foreign := []Part{{Kind: PartThought, Vendor: Google}, {Kind: PartCall}}
	f(false)
	f(false, say)
	f(true, say, call, result)
	f(true, say, foreign, result)
	f(false, say, thought, result)
	f(false, say, thought, result, call, result)
	f(true, say, thought, result, say, call, result)
	f(false, say, call, result, say)
}

// However much is left out, few names say so, and none is long.
func TestDropIsBounded(t *testing.T) {
	c := NewChat()
	for i := range 10_000 {
		c.Drop(fmt.Sprintf("k%d", i))
	}
	if n := len(c.Dropped); n != mostDropped+1 || c.Dropped[0] != "k0" || c.Dropped[n-1] != "and more" {
		t.Errorf("%d names, the last %q", n, c.Dropped[n-1])
	}
	c.Reset()
	if c.Drop(strings.Repeat("k", 1<<20)); len(c.Dropped[0]) != maxNamed {
		t.Errorf("a name of %d bytes", len(c.Dropped[0]))
	}
}
