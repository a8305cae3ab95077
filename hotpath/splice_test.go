package hotpath

import (
	"encoding/json"
	"strings"
	"testing"

	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// spliceBench is a crossing from OpenAI's format to itself that keeps half sentences back.
func spliceBench() (*crossing, *core.Exchange) {
	c := newCrossing()
	face := chatFace()
	f := &flight{target: &core.Target{Name: "t", Provider: "t"}}
	f.x.From, f.x.Face, f.x.Snap = openai.API, face, &core.Snapshot{Limits: core.Limits{NoExtras: true}}
	c.f, f.cross = f, c
	c.begin(&f.x, []byte("m"))
	c.splice = &splice{open: -1}
	return c, &f.x
}

func chunkOf(text string) []byte {
	b, _ := json.Marshal(text)
	return []byte(`{"id":"c","choices":[{"index":0,"delta":{"content":` + string(b) + `},"finish_reason":null}]}`)
}

// However a text comes in pieces and wherever it breaks, the client has its whole sentences, and what
// follows them is what continues, with nothing lost, repeated or torn at the join.
func FuzzSplice(f *testing.F) {
	f.Add("Hello there. I am one.\nYes!  And so", "I am another one.", uint8(5), uint8(30))
	f.Add("東京です。大阪", "大阪です。", uint8(3), uint8(5))
	f.Add("a \"b.\" c", " c", uint8(1), uint8(9))
	f.Add("\\n. \\", "\\", uint8(2), uint8(4))
	f.Fuzz(func(t *testing.T, text, more string, step, breaks uint8) {
		text, more = strings.ToValidUTF8(text, "?"), strings.ToValidUTF8(more, "?")
		first := []rune(text)
		first = first[:min(int(breaks), len(first))]
		c, x := spliceBench()
		var out []byte
		out = c.pass(out, x, nil, []byte(`{"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}`))
		for rest := first; len(rest) > 0; {
			n := min(int(step)%7+1, len(rest))
			out = c.pass(out, x, nil, chunkOf(string(rest[:n])))
			rest = rest[n:]
		}
		p := c.splice
		said := string(p.said)
		if !p.fit() {
			t.Skip("there is no text")
		}
		if b, _ := json.Marshal(string(first)); len(said)+len(p.unsaid) <= maxUnsaid && !strings.HasPrefix(string(b[1:]), said[:trimmed(p.said)]) {
			t.Fatalf("said %s of %s", said, b)
		}
		c.resumed(x)
		p.in.From, p.in.FromOp = openai.API, core.OpChat
		out = c.pass(out, x, nil, chunkOf(more))
		out = c.pass(out, x, nil, []byte(`{"id":"d","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`))
		out = c.pass(out, x, nil, []byte(`[DONE]`))
		h := hears(t, openai.API, core.OpChat, string(out))
		var begin string
		json.Unmarshal([]byte(`"`+said+`"`), &begin)
		if h.starts != 1 || h.finishes != 1 || h.ends != 1 || h.fault != 0 || !strings.HasPrefix(h.text, begin) || !strings.HasSuffix(more, strings.TrimPrefix(h.text, begin)) {
			t.Fatalf("%q, then %q: got %+v", begin, more, h)
		}
		if lost := len(begin) + len(more) - len(h.text); lost != 0 && strings.TrimSpace(more[:lost]) != "" {
			t.Fatalf("%q, then %q: got %q", begin, more, h.text)
		}
	})
}
