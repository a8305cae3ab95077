package anthropic

import "testing"

func TestPrefills(t *testing.T) {
	f := func(model string, want bool) {
		t.Helper()
		if got := prefills([]byte(model)); got != want {
			t.Errorf("%s: got %v", model, got)
		}
	}
	f("claude-3-5-sonnet-20241022", true)
	f("anthropic.claude-3-haiku-20240307-v1:0", true)
	f("claude-sonnet-4-20250514", true)
	f("claude-sonnet-4@20250514", true)
	f("claude-opus-4-1-20250805", true)
	f("claude-opus-4-0", true)
	f("claude-sonnet-4-5", true)
	f("anthropic/claude-sonnet-4.5", true)
	f("claude-haiku-4-5-20251001", true)
	f("claude-opus-4-6", false)
	f("claude-sonnet-4-6-20260101", false)
	f("claude-opus-4-10", false)
	f("claude-opus-5", false)
	f("claude-sonnet-40", false)
	f("MiniMax-M2", false)
	f("claude-", false)
	f("", false)
}
