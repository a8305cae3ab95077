package core

import "testing"

func TestGuard(t *testing.T) {
	for i, word := range guards {
		if g := GuardOf(word); int(g) != i || g.String() != word {
			t.Errorf("%q is %d, %q", word, g, g)
		}
	}
	if g := GuardOf("never heard"); g.String() != "other" || Guard(255).String() != "other" {
		t.Errorf("a word that no rule has is %q", g)
	}
}
