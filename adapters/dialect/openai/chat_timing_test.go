package openai

import (
	"testing"

	"asbru/core"
)

// toolTalk is a conversation with tools, toolReply an answer to it, toolStream the same answer as a stream.
const (
	toolTalk = `{"model":"gpt-4o","messages":[{"role":"system","content":"You are a helpful assistant that looks things up before it answers, and says where it found them."},` +
		`{"role":"user","content":[{"type":"text","text":"What is the weather in Paris, and what does this picture show?\nBe brief."},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk","detail":"low"}}]},` +
		`{"role":"assistant","content":null,"reasoning_content":"I should call the tool.","tool_calls":[{"id":"call_abc123def456ghi789","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Paris\",\"unit\":\"celsius\"}"}}]},` +
		`{"role":"tool","tool_call_id":"call_abc123def456ghi789","content":"Sunny, 25 degrees, wind from the west"}],` +
		`"tools":[{"type":"function","function":{"name":"get_weather","description":"Current weather of a city","parameters":{"type":"object","properties":{"city":{"type":"string","description":"its name"},"unit":{"type":"string","enum":["celsius","fahrenheit"]}},"required":["city"],"additionalProperties":false}}}],` +
		`"tool_choice":"auto","temperature":0.7,"max_tokens":500,"stop":["END"],"stream":true,"stream_options":{"include_usage":true},"parallel_tool_calls":true,"response_format":{"type":"text"}}`
	toolReply = `{"id":"chatcmpl-1","object":"chat.completion","created":1763720000,"model":"gpt-4o-2024-08-06","choices":[{"index":0,"message":{"role":"assistant","content":"It is sunny in Paris.","refusal":null,"reasoning":"The tool said so.","annotations":[],` +
		`"tool_calls":[{"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Lyon\"}"}}]},"logprobs":null,"finish_reason":"tool_calls"}],` +
		`"usage":{"prompt_tokens":112,"completion_tokens":20,"total_tokens":132,"prompt_tokens_details":{"cached_tokens":64,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":4,"audio_tokens":0}},"service_tier":"default","system_fingerprint":"fp_1"}`
)

var toolStream = []string{
	`{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1763720000,"model":"gpt-4o","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}`,
	chunk,
	`{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1763720000,"model":"gpt-4o","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":""}}]},"finish_reason":null}]}`,
	`{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1763720000,"model":"gpt-4o","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":"}}]},"finish_reason":null}]}`,
	`{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1763720000,"model":"gpt-4o","choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"call_2","type":"function","function":{"name":"g","arguments":"{}"}}]},"finish_reason":null}]}`,
	`{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1763720000,"model":"gpt-4o","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]},"finish_reason":null}]}`,
	`{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1763720000,"model":"gpt-4o","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}`,
	`{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1763720000,"model":"gpt-4o","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":9,"total_tokens":18}}`,
	`[DONE]`,
}

func BenchmarkChatParse(b *testing.B) {
	for name, body := range map[string][]byte{"talk": chatBody(1500), "tools": []byte(toolTalk)} {
		b.Run(name, func(b *testing.B) {
			c := core.NewChat()
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				c.Reset()
				if f := parseChat(c, body); f != nil {
					b.Fatal(f)
				}
			}
		})
	}
}

func BenchmarkChatAppend(b *testing.B) {
	for name, body := range map[string][]byte{"talk": chatBody(1500), "tools": []byte(toolTalk)} {
		b.Run(name, func(b *testing.B) {
			c := core.NewChat()
			if f := parseChat(c, body); f != nil {
				b.Fatal(f)
			}
			c.From = nil
			dst := make([]byte, 0, 4096)
			s := &core.Send{Model: []byte("m"), Stream: true, Face: &core.Face{AskUsage: true}}
			b.ReportAllocs()
			for b.Loop() {
				c.Dropped = c.Dropped[:0]
				dst, _ = appendChat(dst[:0], c, s)
			}
		})
	}
}

func BenchmarkChatReply(b *testing.B) {
	r, body := core.NewCompletion(), []byte(toolReply)
	dst := make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		r.Reset()
		if err := parseReply(r, body); err != nil {
			b.Fatal(err)
		}
		r.From = nil
		dst = appendReply(dst[:0], r, nil)
	}
}

// A chunk of text each way.
func BenchmarkChatChunk(b *testing.B) {
	x, data := core.NewCrossing(), []byte(chunk)
	ev, err := parseChunk(nil, x, nil, data)
	if err != nil {
		b.Fatal(err)
	}
	dst := make([]byte, 0, 4096)
	b.Run("parse", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			ev, _ = parseChunk(ev[:0], x, nil, data)
		}
	})
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			dst = dst[:0]
			for i := range ev {
				dst = appendChunk(dst, x, &ev[i])
			}
		}
	})
}
