package core

import "testing"

// Instructions that stand behind the conversation come before it, each part in its order.
func TestLead(t *testing.T) {
	f := func(from int, roles string, want string) {
		t.Helper()
		c := NewChat()
		for i, r := range roles {
			c.Turns = append(c.Turns, Turn{Role: map[rune]Role{'u': User, 'a': Assistant, 's': System, 'd': Developer}[r], From: int32(i)})
		}
		c.Lead(from)
		got := ""
		for _, turn := range c.Turns {
			got += string("uasd"[turn.Role])
		}
		if got != want {
			t.Errorf("%s from %d: %s, want %s", roles, from, got, want)
		}
	}
	f(2, "uas", "sua")
	f(2, "uasd", "sdua")
	f(0, "su", "su")
	f(2, "ua", "ua")
}
