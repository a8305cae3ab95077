package openai

import (
	"testing"

	"asbru/core"
)

// TestNoStop checks that a request with stop sequences is refused, as its answer would not stop there, and that
// the fault names the client's own member.
func TestNoStop(t *testing.T) {
	f := func(from *core.Dialect, want string) {
		t.Helper()
		c := core.NewChat()
		c.From = from
		turn := c.Begin(core.User)
		c.Add(core.Part{Kind: core.PartText, Text: core.Text("hi")})
		c.End(turn)
		c.Stop = append(c.Stop, core.Text("END"))
		_, bad := appendAsk(nil, c, &core.Send{Model: []byte("m")})
		if bad == nil || bad.Code != core.Invalid || bad.Param != want {
			t.Errorf("got %+v; want a fault about %s", bad, want)
		}
	}
	f(&dialect, "stop")
	f(&core.Dialect{Name: "anthropic"}, "stop_sequences")
	f(&core.Dialect{Name: "cohere"}, "stop_sequences")
	f(&core.Dialect{Name: "gemini"}, "generationConfig.stopSequences")
	f(&core.Dialect{Name: "bedrock"}, "inferenceConfig.stopSequences")
	f(&core.Dialect{Name: "ollama"}, "options.stop")
}
