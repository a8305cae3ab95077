package adapters

import (
	"testing"

	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// full fills every list and field whose memory a Chat keeps.
const full = `{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"https://e.com/a"}}]}],` +
	`"tools":[{"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"g"}}],` +
	`"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"g"}}]}},` +
	`"stop":["x"],"modalities":["text"],"n":2,"seed":1,"user":"u","metadata":{"a":"b"},"reasoning_effort":"low",` +
	`"response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"type":"object"}}}}`

const plain = `{"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":9,"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]}`

// A reused Chat writes the same as a new one.
func TestChatsAreUsedAgain(t *testing.T) {
	parse := openai.API.Chats[core.OpChat].ParseRequest
	used := core.NewChat()
	for _, a := range All {
		for _, f := range a.Faces {
			codec := f.Dialect.Chats[core.OpChat]
			if codec == nil || f.Paths[core.OpChat] == "" {
				continue
			}
			face := *f
			face.Insert = []byte(Fill(string(f.Insert), examples(a)))
			write := func(c *core.Chat, raw string) string {
				if fault := parse(c, []byte(raw)); fault != nil {
					t.Fatal(fault)
				}
				b, fault := codec.AppendRequest(nil, c, &core.Send{Model: []byte("the-model"), Face: &face})
				if fault != nil { // Perplexity has no tools
					return fault.Message
				}
				return string(b)
			}
			want := write(core.NewChat(), plain)
			used.Reset()
			write(used, full)
			used.Reset()
			if got := write(used, plain); got != want {
				t.Errorf("%s in %s: used before it writes\n%s\nand new\n%s", a.Name, f.Dialect.Name, got, want)
			}
		}
	}
}
