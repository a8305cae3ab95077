package conformance

import (
	"strings"
	"testing"

	"asbru/core"
)

// failures are the forms in which servers report a failure in mid-stream, by dialect; the part before
// a bar is the name of the event. All have the message "broken here".
var failures = map[string][]string{
	"openai": {
		`{"error":{"message":"broken here","type":"server_error","param":null,"code":null}}`,
		`error|{"error":{"message":"broken here","type":"server_error"}}`,              // Groq
		`{"error":{"message":"broken here","code":502},"choices":[]}`,                  // OpenRouter
		`{"choices":[{"index":0,"delta":{},"error":{"message":"broken here"}}]}`,       // OpenRouter
		`{"error":"broken here","error_type":"generation"}`,                            // TGI
		`{"code":"internal","error":"broken here"}`,                                    // xAI
		`{"object":"error","message":"broken here","type":"InternalError","code":500}`, // vLLM of old, Mistral
		`{"message":"broken here","type":"server_error","param":"","code":"failed"}`,   // Cerebras
		`{"error_code":"INTERNAL","message":"broken here"}`,                            // Databricks
		`{"detail":"broken here"}`,                                                     // FastAPI
		`{"errors":[{"message":"broken here","code":1}],"success":false}`,              // Cloudflare
		`error|{"message":"broken here"}`,
		`error|broken here`,
	},
	"responses": {
		`error|{"type":"error","code":"server_error","message":"broken here","param":null,"sequence_number":3}`,
		`error|{"type":"error","error":{"type":"server_error","message":"broken here"}}`,
		`response.failed|{"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"broken here"}}}`,
		`{"error":{"message":"broken here"}}`,
		`error|{"error":{"message":"broken here"}}`,
	},
	"anthropic": {
		`error|{"type":"error","error":{"type":"overloaded_error","message":"broken here"}}`,
		`{"type":"error","error":{"type":"overloaded_error","message":"broken here"}}`,
		`{"error":{"message":"broken here","type":"server_error"}}`,
		`error|{"error":"broken here"}`,
		`error|{"message":"broken here"}`,
	},
	"gemini": {
		`{"error":{"code":503,"message":"broken here","status":"UNAVAILABLE"}}`,
		`[{"error":{"code":503,"message":"broken here","status":"UNAVAILABLE"}}]`,
		`error|{"error":{"code":503,"message":"broken here","status":"UNAVAILABLE"}}`,
	},
	"bedrock": {
		`throttlingException|{"message":"broken here"}`,
		`internalServerException|{"message":"broken here"}`,
		`modelStreamErrorException|{"message":"broken here","originalStatusCode":500}`,
	},
	"cohere": {
		`message-end|{"type":"message-end","delta":{"finish_reason":"ERROR","error":"broken here","usage":{}}}`,
		`{"message":"broken here"}`,
		`error|{"message":"broken here"}`,
		`error|{"error":{"message":"broken here"}}`,
	},
	"ollama": {
		`{"error":"broken here"}`,
		`{"error":{"message":"broken here"}}`,
	},
}

// TestFailures checks that each of them is recognized as a failure, as the first event of a stream and in
// its middle, when it is parsed and when bytes are relayed, with the provider's message.
func TestFailures(t *testing.T) {
	for _, s := range ours() {
		if s.body != nil {
			continue
		}
		kind := s.face.dialect.Name
		if s.face.op == core.OpResponses {
			kind = "responses"
		}
		if len(failures[kind]) == 0 {
			t.Errorf("%s: no failures", kind)
		}
		for _, text := range failures[kind] {
			name, data, named := strings.Cut(text, "|")
			if !named {
				name, data = "", text
			}
			for _, at := range []int{0, 2} {
				if before, _ := s.face.tell(s.frames[:at]); strings.Contains(before.said, "finish") {
					continue // it continues after a finish
				}
				frames := append(append([]frameOf{}, s.frames[:at]...), frameOf{[]byte(name), []byte(data)})
				got, err := s.face.tell(frames)
				if err != nil || !strings.Contains(got.failed, "broken here") {
					t.Errorf("%s at %d, %s: says %q, %v", s.name, at, text, got.failed, err)
				}
				if !got.passed.Failed && kind != "bedrock" && name != "error" { // there the message's kind says it, here the event's name
					t.Errorf("%s at %d, %s: no failure where its bytes pass", s.name, at, text)
				}
				if strings.Contains(got.said, "finish") {
					t.Errorf("%s at %d, %s: it finished: %s", s.name, at, text, got.said)
				}
			}
		}
	}
}
