package gemini

import (
	"strings"
	"testing"

	"asbru/core"
)

// ask is a request of about 1.5 KB: instructions, a conversation with calls, and two tools.
var ask = []byte(`{"systemInstruction":{"parts":[{"text":"You are a helpful assistant. ` + strings.Repeat("Answer in a few words. ", 8) + `"}]},` +
	`"contents":[{"role":"user","parts":[{"text":"` + strings.Repeat("Tell me about bridges and the river below. ", 8) + `"}]},` +
	`{"role":"model","parts":[{"functionCall":{"name":"add","args":{"a":2,"b":3}},"thoughtSignature":"CuwBAb4+9vtZI+lrRvvl"},{"functionCall":{"name":"get","args":{"city":"Paris"}}}]},` +
	`{"role":"user","parts":[{"functionResponse":{"name":"add","response":{"output":"5"}}},{"functionResponse":{"name":"get","response":{"output":"sun"}}}]}],` +
	`"tools":[{"functionDeclarations":[{"name":"add","description":"Add two numbers","parametersJsonSchema":{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}}}},` +
	`{"name":"get","description":"Weather of a city","parameters":{"type":"OBJECT","properties":{"city":{"type":"STRING","description":"City name"}},"required":["city"]}}]}],` +
	`"toolConfig":{"functionCallingConfig":{"mode":"AUTO"}},"generationConfig":{"maxOutputTokens":400,"temperature":0.7,"stopSequences":["END"],"thinkingConfig":{"thinkingBudget":512}}}`)

// A chunk as Gemini sends it.
const chunk = `{"candidates": [{"content": {"parts": [{"text": " on the river \"Seine\"\n"}],"role": "model"},"index": 0}],"usageMetadata": {"promptTokenCount": 25,"candidatesTokenCount": 44,"totalTokenCount": 107,"promptTokensDetails": [{"modality": "TEXT","tokenCount": 25}],"thoughtsTokenCount": 38},"modelVersion": "gemini-2.5-flash","responseId": "VDVYaY2XOYqM_uMPi8-j8AY"}`

// foreign makes a form look as if another dialect had read it.
func foreign(c *core.Chat) {
	c.From, c.More, c.Shape = &other, 0, 0
	for i := range c.Turns {
		c.Turns[i].More, c.Turns[i].Shape = 0, 0
	}
	for i := range c.Parts {
		c.Parts[i].More, c.Parts[i].Shape = 0, 0
	}
	for i := range c.Tools {
		c.Tools[i].More, c.Tools[i].Shape = 0, 0
	}
}

var other = core.Dialect{Name: "other"}

func BenchmarkParseRequest(b *testing.B) {
	c := core.NewChat()
	b.SetBytes(int64(len(ask)))
	b.ReportAllocs()
	for b.Loop() {
		c.Reset()
		if f := parseRequest(c, ask); f != nil {
			b.Fatal(f)
		}
	}
}

func BenchmarkAppendRequest(b *testing.B) {
	f := func(name string, edit func(c *core.Chat)) {
		c := core.NewChat()
		if f := parseRequest(c, ask); f != nil {
			b.Fatal(f)
		}
		edit(c)
		dst, s := make([]byte, 0, 4096), &core.Send{Model: []byte("gemini-2.5-flash")}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				dst, _ = appendRequest(dst[:0], c, s)
			}
		})
	}
	f("same", func(*core.Chat) {})
	f("other", foreign)
}

func BenchmarkEvents(b *testing.B) {
	data := []byte(chunk)
	x := core.NewCrossing()
	x.From, x.To = &other, &api
	ev, _ := parseEvent(nil, x, nil, data)
	dst := make([]byte, 0, 4096)
	b.Run("parse", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			ev, _ = parseEvent(ev[:0], x, nil, data)
		}
	})
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			dst = dst[:0]
			for i := range ev {
				dst = appendEvent(dst, x, &ev[i])
			}
		}
	})
	var st core.StreamState
	b.Run("read", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			readEvent(data, &st)
		}
	})
}
