package bedrock

import (
	"encoding/base64"
	"strings"
	"testing"

	"asbru/core"
)

// bench is a request of 1.5 KB with a tool, a call and its result.
var bench = `{"messages":[{"role":"user","content":[{"text":"` + strings.Repeat("What is the weather like? ", 20) + `"}]},` +
	`{"role":"assistant","content":[{"text":"I shall look."},{"toolUse":{"toolUseId":"tooluse_1","name":"weather","input":{"city":"Paris"}}}]},` +
	`{"role":"user","content":[{"toolResult":{"toolUseId":"tooluse_1","content":[{"text":"sunny"}],"status":"success"}},{"text":"` +
	strings.Repeat("And now? ", 20) + `"}]}],"system":[{"text":"You are brief."},{"cachePoint":{"type":"default"}}],` +
	`"inferenceConfig":{"maxTokens":500,"temperature":0.5},"toolConfig":{"tools":[{"toolSpec":{"name":"weather","description":"Tells the weather of a city",` +
	`"inputSchema":{"json":{"type":"object","properties":{"city":{"type":"string","description":"the city"}},"required":["city"]}}}}],"toolChoice":{"auto":{}}}}`

var chunkPayload = []byte(`{"bytes":"` + base64.StdEncoding.EncodeToString([]byte(`{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" word"}}`)) + `","p":"abcdefghijkl"}`)

func BenchmarkRequest(b *testing.B) {
	c := core.NewChat()
	buf := make([]byte, 0, 16<<10)
	s := &core.Send{Model: []byte("us.anthropic.claude-sonnet-4-5-20250929-v1:0")}
	b.Run("parse", func(b *testing.B) {
		b.SetBytes(int64(len(bench)))
		b.ReportAllocs()
		raw := []byte(bench)
		for b.Loop() {
			c.Reset()
			parseRequest(c, raw)
		}
	})
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			appendRequest(buf, c, s)
		}
	})
}

func BenchmarkEvent(b *testing.B) {
	messages := stream(b)
	x := core.NewCrossing()
	ev := make([]core.Event, 0, 16)
	buf := make([]byte, 0, 4<<10)
	b.Run("parse 11", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			x.Reset()
			for _, m := range messages {
				ev, _ = parseEvent(ev[:0], x, m.Type, m.Payload)
			}
		}
	})
	b.Run("parse and append 11", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			x.Reset()
			for _, m := range messages {
				ev, _ = parseEvent(ev[:0], x, m.Type, m.Payload)
				for i := range ev {
					appendEvent(buf, x, &ev[i])
				}
			}
		}
	})
	b.Run("scan", func(b *testing.B) {
		var st core.StreamState
		b.ReportAllocs()
		for b.Loop() {
			readEvent(messages[4].Payload, &st)
		}
	})
	b.Run("scan chunk", func(b *testing.B) {
		var st core.StreamState
		b.ReportAllocs()
		for b.Loop() {
			readEvent(chunkPayload, &st)
		}
	})
}
