package openai

import (
	"strings"
	"testing"

	"asbru/core"
)

// typicalAsk is a typical request of an agent, of 1.6 KB.
var typicalAsk = `{"model":"gpt-5.1-codex","instructions":"` + strings.Repeat("You are a careful agent. ", 12) +
	`","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"` + strings.Repeat("Find the bug in main.go. ", 10) +
	`"}]},{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"` + strings.Repeat("gAAAA", 40) +
	`"},{"type":"function_call","id":"fc_1","call_id":"call_1","name":"shell","arguments":"{\"command\":[\"cat\",\"main.go\"]}"},` +
	`{"type":"function_call_output","call_id":"call_1","output":"package main\n\nfunc main() {}\n"}],` +
	`"tools":[{"type":"function","name":"shell","description":"Runs a command","strict":false,"parameters":{"type":"object",` +
	`"properties":{"command":{"type":"array","items":{"type":"string"}}},"required":["command"],"additionalProperties":false}}],` +
	`"tool_choice":"auto","parallel_tool_calls":true,"reasoning":{"effort":"high","summary":"auto"},"store":false,"stream":true,` +
	`"include":["reasoning.encrypted_content"],"prompt_cache_key":"0198c2f0"}`

// typicalStream is the data of a short stream.
var typicalStream = []string{
	`{"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response","created_at":1759351655,"model":"gpt-5","output":[]}}`,
	`{"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"id":"msg_1","type":"message","status":"in_progress","content":[],"role":"assistant"}}`,
	`{"type":"response.content_part.added","sequence_number":2,"item_id":"msg_1","output_index":0,"content_index":0,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":""}}`,
	`{"type":"response.output_text.delta","sequence_number":3,"item_id":"msg_0415a3de5d3015560069e2f3f52bf8819297ebb188bfe644d7","output_index":0,"content_index":0,"delta":" is a test","logprobs":[],"obfuscation":"NxNZCm3X6XN4"}`,
	`{"type":"response.output_text.done","sequence_number":4,"item_id":"msg_1","output_index":0,"content_index":0,"text":" is a test","logprobs":[]}`,
	`{"type":"response.output_item.done","sequence_number":5,"output_index":0,"item":{"id":"msg_1","type":"message","status":"completed","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":" is a test"}],"role":"assistant"}}`,
	`{"type":"response.output_item.added","sequence_number":6,"output_index":1,"item":{"id":"fc_1","type":"function_call","status":"in_progress","arguments":"","call_id":"call_1","name":"f"}}`,
	`{"type":"response.function_call_arguments.delta","sequence_number":7,"item_id":"fc_1","output_index":1,"delta":"{\"a\":1}"}`,
	`{"type":"response.output_item.done","sequence_number":8,"output_index":1,"item":{"id":"fc_1","type":"function_call","status":"completed","arguments":"{\"a\":1}","call_id":"call_1","name":"f"}}`,
	`{"type":"response.completed","sequence_number":9,"response":{"id":"resp_1","status":"completed","output":[],"usage":{"input_tokens":2,"input_tokens_details":{"cached_tokens":1},"output_tokens":4,"output_tokens_details":{"reasoning_tokens":3},"total_tokens":6}}}`,
}

func BenchmarkResponsesParse(b *testing.B) {
	body := []byte(typicalAsk)
	c := core.NewChat()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		c.Reset()
		parseAsk(c, body)
	}
}

func BenchmarkResponsesAppend(b *testing.B) {
	c := core.NewChat()
	parseAsk(c, []byte(typicalAsk))
	c.From, c.More = nil, 0
	send := &core.Send{Model: []byte("m"), Face: &core.Face{}, Stream: true}
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		var fault *core.Fault
		if dst, fault = appendAsk(dst[:0], c, send); fault != nil {
			b.Fatal(fault)
		}
	}
	b.SetBytes(int64(len(dst)))
}

func benchmarkEvents(b *testing.B, write bool) {
	x := core.NewCrossing()
	data := []byte(typicalStream[3])
	var ev []core.Event
	var dst []byte
	for i := range 3 {
		ev, _ = parseResponsesEvent(ev[:0], x, nil, []byte(typicalStream[i]))
		for i := range ev {
			dst = appendResponsesEvent(dst[:0], x, &ev[i])
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		ev, _ = parseResponsesEvent(ev[:0], x, nil, data)
		if write {
			x.Blocks[0].Said = x.Blocks[0].Said[:0]
			dst = appendResponsesEvent(dst[:0], x, &ev[0])
		}
	}
	if write {
		b.SetBytes(int64(len(dst)))
	}
}

func BenchmarkResponsesReadDelta(b *testing.B)  { benchmarkEvents(b, false) }
func BenchmarkResponsesCrossDelta(b *testing.B) { benchmarkEvents(b, true) }
