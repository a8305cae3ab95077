package adapters

import (
	"testing"

	"asbru/adapters/dialect/cohere"
	"asbru/core"
)

// A client that asks for thinking in a format that always shows it sees the thoughts.
func TestThoughtIsShown(t *testing.T) {
	f := func(d *core.Dialect, doc string, want core.Tri) {
		t.Helper()
		c := core.NewChat()
		if fault := d.Chats[core.OpChat].ParseRequest(c, []byte(doc)); fault != nil || c.Shows != want {
			t.Errorf("%s: %v, shows %d, want %d", doc, fault, c.Shows, want)
		}
	}
	const bedrock = `{"messages":[{"role":"user","content":[{"text":"a"}]}],"additionalModelRequestFields":{"thinking":`
	f(Bedrock, bedrock+`{"type":"enabled","budget_tokens":2000}}}`, core.Yes)
	f(Bedrock, bedrock+`{"type":"adaptive"}}}`, core.Yes)
	f(Bedrock, bedrock+`{"type":"disabled"}}}`, core.Unsaid)
	const command = `{"model":"m","messages":[{"role":"user","content":"a"}],"thinking":`
	f(cohere.API, command+`{"type":"enabled"}}`, core.Yes)
	f(cohere.API, command+`{"type":"disabled"}}`, core.Unsaid)
}
