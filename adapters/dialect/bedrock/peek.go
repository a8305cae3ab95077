package bedrock

import (
	"strconv"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// fields are what InvokeModel's bodies have at their top: Anthropic's and OpenAI's limits,
// and Llama's. Their models stand in the path.
var fields = body.NewFields(false, []string{"max_tokens", "max_completion_tokens", "max_gen_len"}, nil)

// peek is the dialect's Peek. The model, and whether a stream is asked for, stand in the
// path: who knows the path sets them.
func peek(raw []byte, op core.Op, p *core.Peek) *core.Fault {
	if f := fields.Peek(raw, op, p); f != nil {
		return f
	}
	p.Model, p.ModelAt, p.Stream = nil, core.Span{}, false
	if op != core.OpChat {
		return nil
	}
	limit := get(get(raw, "inferenceConfig"), "maxTokens")
	if scan.IsNull(limit) {
		return nil
	}
	n, ok := scan.Int(limit)
	if !ok || n < 0 || n > maxTokens {
		return body.Invalid("inferenceConfig.maxTokens",
			"cannot accept inferenceConfig.maxTokens: it must be an integer from 0 to "+strconv.Itoa(maxTokens), "")
	}
	p.MaxTokens = max(p.MaxTokens, n)
	return nil
}
