package adapters

import (
	"slices"
	"testing"

	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// crossed writes a request of d for every face of another format, and gives f what was dropped.
func crossed(t *testing.T, d *core.Dialect, op core.Op, in string, f func(to string, op core.Op, dropped []string)) {
	t.Helper()
	faces(func(to string, other *core.Dialect, toOp core.Op, codec *core.ChatCodec) {
		if other == d && toOp == op || toOp == core.OpCompletion { // conversations are never written as completions
			return
		}
		c := core.NewChat()
		c.From, c.Op = d, op
		if fault := d.Chats[op].ParseRequest(c, []byte(in)); fault != nil {
			t.Fatal(fault)
		}
		if _, fault := codec.AppendRequest(nil, c, &core.Send{Model: []byte("gpt-5"), Face: &core.Face{Vendor: core.OpenAI}}); fault != nil {
			return // refused, which is no silence either
		}
		f(to, toOp, c.Dropped)
	})
}

// What the model thought earlier and only its maker can read is named when it is left out.
func TestLostThoughtsAreNamed(t *testing.T) {
	for _, parts := range []string{
		`{"type":"redacted_thinking","data":"d"}`,
		`{"type":"thinking","thinking":"","signature":"s"}`,
	} {
		in := `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"u"},{"role":"assistant","content":[` + parts + `,{"type":"text","text":"a"}]},{"role":"user","content":"v"}]}`
		crossed(t, anthropic.API, core.OpChat, in, func(to string, op core.Op, dropped []string) {
			if op != core.OpInvoke && !slices.Contains(dropped, core.LostThought) {
				t.Errorf("%s: %s is lost, dropped %q", to, parts, dropped)
			}
		})
	}
}

// Blocks that only their own family has are named when they are left out, inside of results of tools too.
func TestLostBlocksAreNamed(t *testing.T) {
	in := `{"contents":[{"role":"user","parts":[{"text":"u"}]},{"role":"model","parts":[{"text":"a"},{"executableCode":{"language":"PYTHON","code":"1"}}]},{"role":"user","parts":[{"text":"v"}]}]}`
	crossed(t, gemini.API, core.OpChat, in, func(to string, _ core.Op, dropped []string) {
		if !slices.Contains(dropped, "executableCode") && !slices.Contains(dropped, "messages.content.executableCode") {
			t.Errorf("%s: dropped %q", to, dropped)
		}
	})
}

// A member that is null, or that the target was told in its own words, is not named.
func TestNothingElseIsNamed(t *testing.T) {
	const tools = `{"model":"m","messages":[{"role":"user","content":"u"}],"tools":[{"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"g"}}],`
	for _, in := range []string{
		`{"model":"m","messages":[{"role":"user","content":"u"}],"temperature":null,"tools":null,"stop":null,"x":null}`,
		`{"model":"m","messages":[{"role":"user","content":"u"}],"functions":[{"name":"f"}],"function_call":{"name":"f"}}`,
		tools + `"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"f"}}]}}}`,
	} {
		crossed(t, openai.API, core.OpChat, in, func(to string, _ core.Op, dropped []string) {
			if to == "ollama chat" { // it has no choice of tools at all
				dropped = slices.DeleteFunc(dropped, func(s string) bool { return s == "tool_choice" })
			}
			if len(dropped) > 0 {
				t.Errorf("%s: dropped %q of %s", to, dropped, in)
			}
		})
	}
}
