package gemini

import "testing"

// Pieces of an answer are told from what else a server of the Live API sends.
func TestLiveSays(t *testing.T) {
	for msg, want := range map[string]bool{
		`{"serverContent":{"modelTurn":{"parts":[{"text":"Hi"}]}}}`: true,
		`{"serverContent": {"modelTurn": {"parts":[{"inlineData"`:   true,
		`{"setupComplete":{}}`:                    false,
		`{"serverContent":{"turnComplete":true}}`: false,
	} {
		if got := live.Says([]byte(msg)); got != want {
			t.Errorf("%s: %v", msg, got)
		}
	}
}
