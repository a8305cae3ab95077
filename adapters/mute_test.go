package adapters

import (
	"bytes"
	"testing"

	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// mute is an answer as OpenAI gives it to a client that asked for neither the text of its reasoning nor the encrypted
// form: an item that says nothing. One of its annotations is about a file that only OpenAI has, one is of a kind that
// nobody knows yet.
const mute = `{"id":"r","object":"response","created_at":1,"model":"m","status":"completed","output":[{"type":"reasoning","id":"rs","summary":[]},` +
	`{"type":"message","id":"ms","role":"assistant","status":"completed","content":[{"type":"output_text","text":"said","annotations":[` +
	`{"type":"brand_new"},{"type":"file_citation","file_id":"f","index":1,"filename":"n"}]}]}],"usage":{"input_tokens":1,"output_tokens":2,"total_tokens":3}}`

// Nothing is made of a thought without text and signature, nor of a citation of nothing that other formats know: clients
// would send the empty blocks back, and be refused.
func TestNothingIsMadeUp(t *testing.T) {
	faces(func(name string, d *core.Dialect, op core.Op, codec *core.ChatCodec) {
		if d == openai.API {
			return
		}
		r := core.NewCompletion()
		r.From, r.Op = openai.API, core.OpResponses
		if err := openai.API.Chats[core.OpResponses].ParseReply(r, []byte(mute)); err != nil {
			t.Fatal(err)
		}
		x := core.NewCrossing()
		x.From, x.FromOp, x.To, x.ToOp = r.From, r.Op, d, op
		checkMute(t, name, codec.AppendReply(nil, r, x))
		var b []byte
		for _, e := range x.Replay(nil, r) {
			b = codec.AppendEvent(b, x, &e)
		}
		checkMute(t, name+", streamed", b)
	})
}

func checkMute(t *testing.T, name string, b []byte) {
	t.Helper()
	for _, word := range []string{"redacted", "thought", "thinking\":\"", "_location", "citations\":[{", "citation-start", "citation\":{"} {
		if bytes.Contains(b, []byte(word)) {
			t.Errorf("%s: %s in %q", name, word, b)
		}
	}
}
