package cache

import (
	"testing"

	"asbru/cache/semantic/guard"
	"asbru/core"
)

// The record of a call has a word for whatever the guard can say.
func TestEveryObjectionHasItsWord(t *testing.T) {
	for r := guard.Pass; r <= guard.Empty; r++ {
		if got := core.GuardOf(r.String()).String(); got != r.String() {
			t.Errorf("%q is written down as %q", r, got)
		}
	}
	if core.GuardOf("off").String() != "off" || core.GuardOf("skipped").String() != "skipped" {
		t.Error("what the guard was not asked for has no word")
	}
}
