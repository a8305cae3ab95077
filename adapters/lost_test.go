package adapters

import (
	"slices"
	"strings"
	"testing"

	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/cohere"
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

// written writes a request of d for every face of another format that can say it.
func written(t *testing.T, d *core.Dialect, op core.Op, in, model string, f func(to string, body []byte, dropped []string)) {
	t.Helper()
	faces(func(to string, other *core.Dialect, toOp core.Op, codec *core.ChatCodec) {
		if other == d && toOp == op || toOp == core.OpCompletion {
			return
		}
		c := core.NewChat()
		c.From, c.Op = d, op
		if fault := d.Chats[op].ParseRequest(c, []byte(in)); fault != nil {
			t.Fatal(fault)
		}
		if body, fault := codec.AppendRequest(nil, c, &core.Send{Model: []byte(model), Face: &core.Face{}}); fault == nil {
			f(to, body, c.Dropped)
		}
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

// documents are documents of a tool's result, each with a title, a text, and perhaps more.
var documents = []struct {
	of             *core.Dialect
	in, text, lost string // lost: named by all that cannot say it
}{
	{anthropic.API, toolResult(`{"type":"document","title":"Title 7","context":"Context 7","source":{"type":"text","media_type":"text/plain","data":"Body 7"}}`),
		"Body 7", "messages.content.context"},
	{anthropic.API, toolResult(`{"type":"search_result","title":"Title 7","source":"https://a.b","content":[{"type":"text","text":"Body 7"}],"citations":{"enabled":true}}`),
		"https://a.b", "messages.content.citations"},
	{cohere.API, `{"model":"m","messages":[{"role":"user","content":"u"},{"role":"assistant","tool_calls":[{"id":"t1","type":"function","function":{"name":"f","arguments":"{}"}}]},` +
		`{"role":"tool","tool_call_id":"t1","content":[{"type":"document","document":{"id":"1","data":{"title":"Title 7","text":"Body 7"}}}]}]}`, "Body 7", ""},
}

// toolResult is a request in Anthropic's format that ends with the result of a call.
func toolResult(block string) string {
	return `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"u"},{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"f","input":{}}]},` +
		`{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":[` + block + `]}]}]}`
}

// Title, source and text of what a tool found reach every target; the rest is named.
func TestDocumentsOfToolsKeepTheirTitles(t *testing.T) {
	for _, d := range documents {
		written(t, d.of, core.OpChat, d.in, "gpt-5", func(to string, body []byte, dropped []string) {
			if !strings.Contains(string(body), "Title 7") || !strings.Contains(string(body), d.text) {
				t.Errorf("%s: lost from %s: %s", to, d.in, body)
			}
			if !strings.HasSuffix(to, "invoke") && d.lost != "" && !slices.Contains(dropped, d.lost) {
				t.Errorf("%s: %s is not named: %q", to, d.lost, dropped)
			}
		})
	}
}

// Claude's two formats say the same of a document.
func TestDocumentsBetweenClaudesFormats(t *testing.T) {
	const more = `"context":"Context 7","citations":{"enabled":true}`
	for _, one := range []struct {
		of     *core.Dialect
		in, to string
	}{
		{anthropic.API, `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"document","title":"T",` + more + `,"source":{"type":"base64","media_type":"application/pdf","data":"JVBERi=="}}]}]}`, "bedrock chat"},
		{Bedrock, `{"messages":[{"role":"user","content":[{"document":{"name":"T","format":"pdf",` + more + `,"source":{"bytes":"JVBERi=="}}},{"text":"u"}]}]}`, "anthropic chat"},
	} {
		n := 0
		written(t, one.of, core.OpChat, one.in, "anthropic.claude-sonnet-4-5", func(to string, body []byte, dropped []string) {
			said := strings.Contains(string(body), more)
			if to == one.to {
				n++
				if !said || len(dropped) > 0 {
					t.Errorf("%s: dropped %q: %s", to, dropped, body)
				}
			} else if !said && !slices.Contains(dropped, "messages.content.context") {
				t.Errorf("%s: dropped %q: %s", to, dropped, body)
			}
		})
		if n != 1 {
			t.Errorf("%s was written %d times", one.to, n)
		}
	}
}

// What a part or a tool says in its own family alone is named.
func TestLostMembersAreNamed(t *testing.T) {
	for _, one := range []struct {
		of         *core.Dialect
		in, member string
	}{
		{gemini.API, `{"contents":[{"role":"user","parts":[{"text":"u"},{"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="},"mediaResolution":{"level":"MEDIA_RESOLUTION_HIGH"}}]}]}`, "messages.content.mediaResolution"},
		{anthropic.API, `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"u"}],"tools":[{"name":"f","input_schema":{"type":"object"},"input_examples":[{}]}]}`, "tools.input_examples"},
	} {
		written(t, one.of, core.OpChat, one.in, "gpt-5", func(to string, body []byte, dropped []string) {
			if !strings.HasSuffix(to, "invoke") && !slices.Contains(dropped, one.member) {
				t.Errorf("%s: %s is lost, dropped %q", to, one.member, dropped)
			}
		})
	}
}

// A target whose schemas have fewer keywords is not told the others, and they are named, and no others.
func TestLostKeywordsAreNamed(t *testing.T) {
	const schema = `{"type":"object","properties":{"a":{"type":"array","maxItems":3,"items":{"type":"integer","minimum":1}}}}`
	for where, member := range map[string]string{
		core.LostOfSchema: `"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":` + schema + `}}`,
		core.LostOfTool:   `"tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":` + schema + `}}]`,
	} {
		n := 0
		in := `{"model":"m","messages":[{"role":"user","content":"u"}],` + member + `}`
		written(t, openai.API, core.OpChat, in, "anthropic.claude-opus-4-5", func(to string, body []byte, dropped []string) {
			for _, keyword := range []string{"maxItems", "minimum"} {
				told, named := strings.Contains(string(body), keyword), slices.Contains(dropped, where+"."+keyword)
				if told == named {
					t.Errorf("%s: %s is told: %t, named: %t of %q: %s", to, keyword, told, named, dropped, body)
				}
				if named {
					n++
				}
			}
		})
		if n == 0 {
			t.Errorf("%s: no target lacks any keyword", where)
		}
	}
}

// A question that is a file alone is a question at Cohere, too, where files are no part of a message.
func TestFileAloneIsAMessage(t *testing.T) {
	in := `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{"type":"document","source":{"type":"text","media_type":"text/plain","data":"Body 7"}}]}]}`
	written(t, anthropic.API, core.OpChat, in, "command-a", func(to string, body []byte, _ []string) {
		if strings.HasPrefix(to, "cohere") && !strings.Contains(string(body), `"messages":[{"role":"user","content":".`) {
			t.Errorf("%s: %s", to, body)
		}
	})
}
