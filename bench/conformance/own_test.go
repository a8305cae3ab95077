package conformance

import (
	"encoding/base64"
	"strings"
	"testing"

	"asbru/adapters"
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/cohere"
	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/ollama"
	"asbru/adapters/dialect/openai"
	"asbru/bench/corpus"
	"asbru/core"
	"asbru/core/eventstream"
)

// A sample is an answer that is tested in other spellings.
type sample struct {
	name   string
	face   face
	frames []frameOf // of a stream
	body   []byte    // of a complete reply

	members map[string][]string // that objects at a path have anywhere in the answer; nil: not looked for yet
}

// ours are answers written for this test, in the manner of each provider that differs. They are available
// without recordings.
func ours() (out []sample) {
	stream := func(name string, f face, data ...string) {
		s := sample{name: name, face: f}
		for _, d := range data {
			event, rest, named := strings.Cut(d, "|")
			if !named || strings.HasPrefix(d, "{") {
				event, rest = "", d
			}
			s.frames = append(s.frames, frameOf{[]byte(event), []byte(rest)})
		}
		out = append(out, s)
	}
	whole := func(name string, f face, body string) {
		out = append(out, sample{name: name, face: f, body: []byte(body)})
	}
	openAIs(stream, whole)
	others(stream, whole)
	return out
}

var (
	chatFace      = face{openai.API, core.OpChat}
	responsesFace = face{openai.API, core.OpResponses}
	claudeFace    = face{anthropic.API, core.OpChat}
	geminiFace    = face{gemini.API, core.OpChat}
	converseFace  = face{adapters.Bedrock, core.OpChat}
	cohereFace    = face{cohere.API, core.OpChat}
	ollamaFace    = face{ollama.API, core.OpChat}
	mistralFace   = face{openai.Mistral, core.OpChat}
)

func openAIs(stream func(string, face, ...string), whole func(string, face, string)) {
	c := func(rest string) string {
		return `{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1767225600,"model":"a/b","choices":[` + rest
	}
	stream("openai", chatFace,
		c(`{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null,"obfuscation":"x"}`),
		c(`{"index":0,"delta":{"content":"Zürich/☀ "},"logprobs":null,"finish_reason":null}],"usage":null}`),
		c(`{"index":0,"delta":{"content":"is \"fine\" 😀\n"},"logprobs":null,"finish_reason":null}],"usage":null}`),
		c(`{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"weather","arguments":""}}]},"finish_reason":null}],"usage":null}`),
		c(`{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"city\":\"Z\\u00"}}]},"finish_reason":null}],"usage":null}`),
		c(`{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"fcrich\"}"}}]},"finish_reason":null}],"usage":null}`),
		c(`{"index":0,"delta":{"tool_calls":[{"index":1,"id":"call_b","type":"function","function":{"name":"time","arguments":""}}]},"finish_reason":null}],"usage":null}`),
		c(`{"index":0,"delta":{"tool_calls":[{"index":1,"function":{"arguments":"{}"}}]},"finish_reason":null}],"usage":null}`),
		c(`{"index":0,"delta":{},"logprobs":null,"finish_reason":"tool_calls"}],"usage":null}`),
		c(`],"usage":{"prompt_tokens":30,"completion_tokens":20,"total_tokens":50,"prompt_tokens_details":{"cached_tokens":8,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":4}}}`),
		`[DONE]`)
	stream("deepseek", chatFace,
		c(`{"index":0,"delta":{"role":"assistant","content":null,"reasoning_content":"Hm, "},"finish_reason":null}]}`),
		c(`{"index":0,"delta":{"content":null,"reasoning_content":"ü."},"finish_reason":null}]}`),
		c(`{"index":0,"delta":{"content":"Yes.","reasoning_content":null},"finish_reason":null}]}`),
		c(`{"index":0,"delta":{"content":"","reasoning_content":null},"finish_reason":"length"}],"usage":{"prompt_tokens":7,"completion_tokens":9,"total_tokens":16,"prompt_cache_hit_tokens":4,"prompt_cache_miss_tokens":3,"completion_tokens_details":{"reasoning_tokens":5}}}`),
		`[DONE]`)
	stream("xai", chatFace,
		c(`{"index":0,"delta":{"role":"assistant","reasoning_content":"Look."}}]}`),
		c(`{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":"{\"a\":[1,{\"b\":\"}\"}]}"}}]}}]}`),
		c(`{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":"tool_calls"}]}`),
		c(`],"usage":{"prompt_tokens":30,"completion_tokens":20,"total_tokens":60,"prompt_tokens_details":{"cached_tokens":3},"completion_tokens_details":{"reasoning_tokens":10}}}`),
		`[DONE]`)
	stream("together", chatFace, // a finish behind each call
		c(`{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"f","arguments":""}}]},"finish_reason":null}]}`),
		c(`{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":1}"}}]},"finish_reason":"tool_calls"}]}`),
		c(`{"index":0,"delta":{"tool_calls":[{"index":1,"id":"call_b","type":"function","function":{"name":"g","arguments":""}}]},"finish_reason":null}]}`),
		c(`{"index":0,"delta":{"tool_calls":[{"index":1,"function":{"arguments":"{}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":30,"completion_tokens":20,"total_tokens":50}}`),
		`[DONE]`)
	whole("openai", chatFace, `{"id":"chatcmpl-1","object":"chat.completion","created":1767225600,"model":"a/b","choices":[{"index":0,"message":{"role":"assistant","content":"Zürich/☀ 😀","refusal":null,"annotations":[],`+
		`"tool_calls":[{"id":"call_a","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Z\"}"}},{"id":"call_b","type":"function","function":{"name":"time","arguments":""}}]},"logprobs":null,"finish_reason":"stop"}],`+
		`"usage":{"prompt_tokens":30,"completion_tokens":20,"total_tokens":50,"prompt_tokens_details":{"cached_tokens":8},"completion_tokens_details":{"reasoning_tokens":4}},"service_tier":"default"}`)
	responses := `{"id":"resp_1","object":"response","created_at":1767225600,"status":"completed","error":null,"incomplete_details":null,"model":"a/b","output":[` +
		`{"id":"rs_1","type":"reasoning","summary":[{"type":"summary_text","text":"Hm ü."}]},{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Well / ☀","annotations":[],"logprobs":[]}]},` +
		`{"id":"fc_1","type":"function_call","status":"completed","call_id":"call_1","name":"f","arguments":"{\"a\":1}"}],"usage":{"input_tokens":30,"input_tokens_details":{"cached_tokens":8},"output_tokens":20,"output_tokens_details":{"reasoning_tokens":4},"total_tokens":50}}`
	whole("responses", responsesFace, responses)
	e := func(kind, rest string) string {
		return "response." + kind + `|{"type":"response.` + kind + `","sequence_number":1,` + rest + `}`
	}
	stream("responses", responsesFace,
		e("created", `"response":{"id":"resp_1","object":"response","created_at":1767225600,"status":"in_progress","model":"a/b","output":[],"usage":null}`),
		e("output_item.added", `"output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[]}`),
		e("reasoning_summary_part.added", `"item_id":"rs_1","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":""}`),
		e("reasoning_summary_text.delta", `"item_id":"rs_1","output_index":0,"summary_index":0,"delta":"Hm ü."`),
		e("reasoning_summary_text.done", `"item_id":"rs_1","output_index":0,"summary_index":0,"text":"Hm ü."`),
		e("output_item.done", `"output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[{"type":"summary_text","text":"Hm ü."}]}`),
		e("output_item.added", `"output_index":1,"item":{"id":"msg_1","type":"message","status":"in_progress","role":"assistant","content":[]}`),
		e("content_part.added", `"item_id":"msg_1","output_index":1,"content_index":0,"part":{"type":"output_text","text":"","annotations":[]}`),
		e("output_text.delta", `"item_id":"msg_1","output_index":1,"content_index":0,"delta":"Well "`),
		e("output_text.delta", `"item_id":"msg_1","output_index":1,"content_index":0,"delta":"/ ☀"`),
		e("output_text.done", `"item_id":"msg_1","output_index":1,"content_index":0,"text":"Well / ☀"`),
		e("content_part.done", `"item_id":"msg_1","output_index":1,"content_index":0,"part":{"type":"output_text","text":"Well / ☀","annotations":[]}`),
		e("output_item.done", `"output_index":1,"item":{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Well / ☀","annotations":[]}]}`),
		e("output_item.added", `"output_index":2,"item":{"id":"fc_1","type":"function_call","status":"in_progress","call_id":"call_1","name":"f","arguments":""}`),
		e("function_call_arguments.delta", `"item_id":"fc_1","output_index":2,"delta":"{\"a\""`),
		e("function_call_arguments.delta", `"item_id":"fc_1","output_index":2,"delta":":1}"`),
		e("function_call_arguments.done", `"item_id":"fc_1","output_index":2,"arguments":"{\"a\":1}"`),
		e("output_item.done", `"output_index":2,"item":{"id":"fc_1","type":"function_call","status":"completed","call_id":"call_1","name":"f","arguments":"{\"a\":1}"}`),
		e("completed", `"response":`+responses))
}

func others(stream func(string, face, ...string), whole func(string, face, string)) {
	e := func(kind, rest string) string { return kind + `|{"type":"` + kind + `"` + rest + `}` }
	stream("anthropic", claudeFace,
		e("message_start", `,"message":{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":20,"cache_creation_input_tokens":5,"cache_read_input_tokens":7,"output_tokens":1}}`),
		e("content_block_start", `,"index":0,"content_block":{"type":"thinking","thinking":"","signature":""}`),
		e("ping", ``),
		e("content_block_delta", `,"index":0,"delta":{"type":"thinking_delta","thinking":"Hm ü"}`),
		e("content_block_delta", `,"index":0,"delta":{"type":"signature_delta","signature":"U2ln"}`),
		e("content_block_stop", `,"index":0`),
		e("content_block_start", `,"index":1,"content_block":{"type":"text","text":""}`),
		e("content_block_delta", `,"index":1,"delta":{"type":"text_delta","text":"Well / ☀"}`),
		e("content_block_stop", `,"index":1`),
		e("content_block_start", `,"index":2,"content_block":{"type":"tool_use","id":"toolu_1","name":"f","input":{}}`),
		e("content_block_delta", `,"index":2,"delta":{"type":"input_json_delta","partial_json":""}`),
		e("content_block_delta", `,"index":2,"delta":{"type":"input_json_delta","partial_json":"{\"a\":\"é\"}"}`),
		e("content_block_stop", `,"index":2`),
		e("content_block_start", `,"index":3,"content_block":{"type":"tool_use","id":"toolu_2","name":"g","input":{}}`),
		e("content_block_stop", `,"index":3`),
		e("message_delta", `,"delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":40}`),
		e("message_stop", ``))
	whole("anthropic", claudeFace, `{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[{"type":"thinking","thinking":"Hm ü","signature":"U2ln"},{"type":"text","text":"Well / ☀"},`+
		`{"type":"tool_use","id":"toolu_1","name":"f","input":{"a":"é"}}],"stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":20,"cache_creation_input_tokens":5,"cache_read_input_tokens":7,"output_tokens":40}}`)
	g := func(rest string) string {
		return `{"candidates":[` + rest + `,"totalTokenCount":22},"modelVersion":"gemini","responseId":"r1"}`
	}
	last := `{"content":{"parts":[{"functionCall":{"name":"f","args":{"a":"é"}},"thoughtSignature":"U2ln"},{"functionCall":{"name":"g","args":{}}}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":8,"thoughtsTokenCount":4,"cachedContentTokenCount":2`
	stream("gemini", geminiFace,
		g(`{"content":{"parts":[{"text":"Hm ü","thought":true}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":10,"thoughtsTokenCount":4`),
		g(`{"content":{"parts":[{"text":"Well / "}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":2,"thoughtsTokenCount":4`),
		g(`{"content":{"parts":[{"text":"☀"}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":3,"thoughtsTokenCount":4`),
		g(last))
	whole("gemini", geminiFace, g(last))
	stream("gemini of old", geminiFace, // a reason with every frame
		g(`{"content":{"parts":[{"text":"Well / "}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":2`),
		g(`{"content":{"parts":[{"text":"☀"}],"role":"model"},"finishReason":"MAX_TOKENS","index":0}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":3`),
		g(`{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"MAX_TOKENS","index":0}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":3`))
	stream("bedrock", converseFace,
		`messageStart|{"role":"assistant","p":"abc"}`,
		`contentBlockDelta|{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"Hm ü"}},"p":"ab"}`,
		`contentBlockDelta|{"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"U2ln"}}}`,
		`contentBlockStop|{"contentBlockIndex":0}`,
		`contentBlockDelta|{"contentBlockIndex":1,"delta":{"text":"Well / ☀"}}`,
		`contentBlockStop|{"contentBlockIndex":1,"p":"a"}`,
		`contentBlockStart|{"contentBlockIndex":2,"start":{"toolUse":{"toolUseId":"tooluse_1","name":"f"}}}`,
		`contentBlockDelta|{"contentBlockIndex":2,"delta":{"toolUse":{"input":"{\"a\":"}}}`,
		`contentBlockDelta|{"contentBlockIndex":2,"delta":{"toolUse":{"input":"\"é\"}"}}}`,
		`contentBlockStop|{"contentBlockIndex":2}`,
		`messageStop|{"stopReason":"tool_use"}`,
		`metadata|{"metrics":{"latencyMs":5},"usage":{"inputTokens":10,"outputTokens":8,"totalTokens":25,"cacheReadInputTokens":4,"cacheWriteInputTokens":3}}`)
	whole("bedrock", converseFace, `{"metrics":{"latencyMs":5},"output":{"message":{"content":[{"reasoningContent":{"reasoningText":{"text":"Hm ü","signature":"U2ln"}}},{"text":"Well / ☀"},{"toolUse":{"toolUseId":"tooluse_1","name":"f","input":{"a":"é"}}}],"role":"assistant"}},"stopReason":"tool_use","usage":{"inputTokens":10,"outputTokens":8,"totalTokens":18}}`)
	stream("cohere", cohereFace,
		e("message-start", `,"id":"9c","delta":{"message":{"role":"assistant","content":[],"tool_plan":"","tool_calls":[],"citations":[]}}`),
		e("tool-plan-delta", `,"delta":{"message":{"tool_plan":"Look ü."}}`),
		e("tool-call-start", `,"index":0,"delta":{"message":{"tool_calls":{"id":"c1","type":"function","function":{"name":"f","arguments":""}}}}`),
		e("tool-call-delta", `,"index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":"{\"a\":\"é\"}"}}}}`),
		e("tool-call-end", `,"index":0`),
		e("content-start", `,"index":0,"delta":{"message":{"content":{"type":"text","text":""}}}`),
		e("content-delta", `,"index":0,"delta":{"message":{"content":{"text":"Well / ☀"}}}`),
		e("content-end", `,"index":0`),
		e("message-end", `,"delta":{"finish_reason":"TOOL_CALL","usage":{"billed_units":{"input_tokens":4,"output_tokens":3},"tokens":{"input_tokens":15,"output_tokens":22},"cached_tokens":6}}`),
		`[DONE]`)
	stream("ollama", ollamaFace,
		`{"model":"q","created_at":"2026-07-30T14:17:16.42Z","message":{"role":"assistant","content":"","thinking":"Hm ü"},"done":false}`,
		`{"model":"q","created_at":"2026-07-30T14:17:16.52Z","message":{"role":"assistant","content":"Well / ☀"},"done":false}`,
		`{"model":"q","created_at":"2026-07-30T14:17:16.62Z","message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{"a":"é"}}}]},"done":false}`,
		`{"model":"q","created_at":"2026-07-30T14:17:16.99Z","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","total_duration":9,"prompt_eval_count":6,"eval_count":4}`)
}

// maxSample bounds the bytes of recordings, which are spelled in a hundred ways.
const maxSample = 16 << 10

// samples returns ours, and recordings if they are available.
func samples(t *testing.T) []sample {
	t.Helper()
	out := ours()
	if corpus.Dir() == "" {
		return out
	}
	for _, c := range corpus.Cases(t, nil) {
		f, ok := faceOf(c)
		if !ok || f.dialect.Chats[f.op] == nil || c.Response.Status >= 300 || len(c.Bytes()) > maxSample {
			continue
		}
		s := sample{name: c.ID, face: f}
		switch r := &c.Response; {
		case strings.HasPrefix(strings.TrimSpace(r.SSE), "["):
			continue // one JSON array
		case r.SSE != "" || r.Events != "" || r.NDJSON != "":
			frames, err := cut(f.dialect.Chats[f.op].Framing, [][]byte{c.Bytes()})
			if err != nil {
				t.Fatalf("%s: %v", c.ID, err)
			}
			if s.frames = frames; len(frames) == 0 {
				continue
			}
		case len(r.Body) > 0 && r.Body[0] == '{':
			s.body = r.Body
		default:
			continue
		}
		out = append(out, s)
	}
	return out
}

// wire returns the bytes of the stream.
func (s *sample) wire(crlf string) []byte {
	var b []byte
	for _, f := range s.frames {
		switch s.face.dialect.Chats[s.face.op].Framing {
		case core.FramingEventStream:
			b = eventstream.Append(b, eventstream.Event, string(f.name), f.data)
		case core.FramingLines:
			b = append(append(b, f.data...), crlf...)
		default:
			if len(f.name) > 0 {
				b = append(append(append(b, "event: "...), f.name...), crlf...)
			}
			for line := range strings.SplitSeq(string(f.data), "\n") {
				b = append(append(append(b, "data: "...), line...), crlf...)
			}
			b = append(b, crlf...)
		}
	}
	return b
}

// inner returns the JSON of a frame, without InvokeModel's wrapping; nil: it has none.
func (s *sample) inner(f frameOf) []byte {
	if s.face.op != core.OpInvoke {
		return f.data
	}
	var text string
	if n, err := parseTree(f.data); err == nil {
		text, _ = n.get("bytes").plain()
	}
	out, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(out) == 0 {
		return f.data
	}
	return out
}

// outer undoes inner.
func (s *sample) outer(f frameOf, data []byte) frameOf {
	if s.face.op != core.OpInvoke || string(f.name) != "chunk" {
		return frameOf{f.name, data}
	}
	return frameOf{f.name, []byte(`{"bytes":"` + base64.StdEncoding.EncodeToString(data) + `"}`)}
}
