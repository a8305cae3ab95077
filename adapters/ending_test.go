package adapters_test

import (
	"strings"
	"testing"

	"asbru/adapters"
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/cohere"
	"asbru/adapters/dialect/gemini"
	"asbru/adapters/dialect/ollama"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// TestReadEnd reads the usage of replies whose beginning was not kept.
func TestReadEnd(t *testing.T) {
	long := strings.Repeat(`AAAA","x":{"usage":{"input_tokens":9}}},{"b64_json":"`, 100) + `AAAA"}],`
	for _, c := range []struct {
		d   *core.Dialect
		end string
	}{
		{openai.API, `"usage":{"prompt_tokens":7,"completion_tokens":3,"total_tokens":10}}`},
		{openai.API, `"usage":{"input_tokens":7,"output_tokens":3},"size":"1024x1024"}`},
		{openai.Mistral, `"usage":{"prompt_tokens":7,"completion_tokens":3},"object":"chat.completion"}`},
		{anthropic.API, `"stop_reason":"end_turn","usage":{"input_tokens":7,"output_tokens":3}}`},
		{gemini.API, `"usageMetadata":{"promptTokenCount":7,"candidatesTokenCount":3,"totalTokenCount":10},"modelVersion":"m","responseId":"r"}`},
		{adapters.Bedrock, `"stopReason":"end_turn","usage":{"inputTokens":7,"outputTokens":3,"totalTokens":10}}`},
		{cohere.API, `"finish_reason":"COMPLETE","usage":{"tokens":{"input_tokens":7,"output_tokens":3}}}`},
		{cohere.API, `"meta":{"billed_units":{"input_tokens":7,"output_tokens":3}}}`},
		{ollama.API, `"done":true,"prompt_eval_count":7,"prompt_eval_duration":1,"eval_count":3,"eval_duration":1}`},
	} {
		var u core.Usage
		if c.d.ReadEnd([]byte(long+c.end), &u); u != (core.Usage{In: 7, Out: 3, Known: true}) {
			t.Errorf("%s: %+v of %s", c.d.Name, u, c.end)
		}
		u = core.Usage{}
		if c.d.ReadEnd([]byte(long+c.end[:len(c.end)-2]), &u); u != (core.Usage{}) {
			t.Errorf("%s: %+v of a reply that is cut", c.d.Name, u)
		}
	}
}
