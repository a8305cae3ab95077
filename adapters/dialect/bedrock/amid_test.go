package bedrock

import (
	"slices"
	"strings"
	"testing"

	"asbru/core"
)

// Claude refuses to continue thinking if the thoughts before its calls are missing.
func TestThinkingAmidALoop(t *testing.T) {
	f := func(model string, thought core.Part, want bool) {
		t.Helper()
		c := core.NewChat()
		c.Effort = core.Text("low")
		for _, turn := range []struct {
			role  core.Role
			parts []core.Part
		}{
			{core.User, []core.Part{{Kind: core.PartText, Text: core.Text("a")}}},
			{core.Assistant, []core.Part{thought, {Kind: core.PartCall, ID: core.Text("i"), Name: core.Text("f"), Args: core.Text("{}")}}},
			{core.ToolRole, []core.Part{{Kind: core.PartResult, ID: core.Text("i"), Text: core.Text("r")}}},
		} {
			i := c.Begin(turn.role)
			for _, p := range turn.parts {
				c.Add(p)
			}
			c.End(i)
		}
		out, fault := appendRequest(nil, c, &core.Send{Model: []byte(model)})
		if fault != nil {
			t.Fatal(fault)
		}
		if got := strings.Contains(string(out), `"thinking"`); got != want || slices.Contains(c.Dropped, "reasoning_effort") == want {
			t.Errorf("%s: thinks %t, want %t; dropped %q: %s", model, got, want, c.Dropped, out)
		}
	}
	signed := core.Part{Kind: core.PartThought, Text: core.Text("t"), Sign: core.Text("s"), Vendor: core.Anthropic}
	f("us.anthropic.claude-sonnet-4-5", signed, true)
	f("us.anthropic.claude-sonnet-4-5", core.Part{Kind: core.PartThought, Text: core.Text("t")}, false)
	f("us.anthropic.claude-sonnet-4-5", core.Part{Kind: core.PartText, Text: core.Text("t")}, false)
	f("global.anthropic.claude-opus-4-7", core.Part{Kind: core.PartText, Text: core.Text("t")}, true)
}
