//go:build !race

package openai

import (
	"testing"

	"asbru/core"
)

// Requests and chunks that pass must not allocate.
func TestAllocations(t *testing.T) {
	f := func(name string, run func()) {
		t.Helper()
		if n := testing.AllocsPerRun(100, run); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	var p core.Peek
	var st core.StreamState
	var u core.Usage
	dst := make([]byte, 0, 1<<16)
	to := &core.Face{AskUsage: true}
	model := []byte("gpt-4o-mini")
	body := chatBody(10_000)
	escaped := []byte(`{"m\u0061x_tokens":1,"model":"a\/b","fallbacks":["c\/d"],"stream":true,"stream_options":{"include\u005fusage":null}}`)
	final := []byte(`{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":1}}}`)
	completed := []byte(`{"type":"response.completed","response":{"usage":{"input_tokens":2,"output_tokens":4}}}`)
	data := []byte(chunk)
	fault := &core.Fault{Code: core.NotFound, Message: `cannot route "é"`, Hint: "ask", Param: "model"}

	f("peek", func() { fields.Peek(body, core.OpChat, &p) })
	f("append body", func() { dst = API.AppendBody(dst[:0], body, core.OpChat, &p, core.Send{Face: to, Model: model}) })
	f("peek with escapes", func() { fields.Peek(escaped, core.OpChat, &p) })
	f("append body with edits", func() { dst = API.AppendBody(dst[:0], escaped, core.OpChat, &p, core.Send{Face: to, Model: model}) })
	f("chunk", func() { readEvent(data, &st) })
	f("usage chunk", func() { readEvent(final, &st) })
	f("completed event", func() { readEvent(completed, &st) })
	f("usage", func() { readUsage(final, &u, nil) })
	f("fault", func() { dst = appendStreamFault(dst[:0], fault, []byte("0af3")) })
	if string(p.Model) != "a/b" || !st.Done || !u.Known {
		t.Errorf("the calls did nothing: %q %+v %+v", p.Model, st, u)
	}
}
