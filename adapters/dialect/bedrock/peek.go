package bedrock

import (
	"bytes"
	"strconv"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// fields are the limits in InvokeModel's bodies: Anthropic's, OpenAI's and Llama's. The model is in the path.
var fields = body.NewFields(false, []string{"max_tokens", "max_completion_tokens", "max_gen_len"}, nil, "messages")

// sayings are the ways to write a turn of the user's: as most clients do, and as Python writes JSON.
var sayings = body.Sayings{
	{After: `"}]}]`, Before: []string{`{"role":"user","content":[{"text":"`, `{"role": "user", "content": [{"text": "`}},
}

// peek is the dialect's Peek. The caller, who knows the path, sets the model and whether a stream is wanted,
// which are there. Only rerank has the model in the body.
func peek(raw []byte, op core.Op, p *core.Peek) *core.Fault {
	if f := fields.Peek(raw, op, p); f != nil {
		return f
	}
	p.Model, p.ModelAt, p.Stream = nil, core.Span{}, false
	switch op {
	case core.OpChat:
	case core.OpRerank:
		return peekARN(raw, p)
	default:
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

// peekARN finds the model of a request to rerank documents. A route is found by the model's name in the ARN of a
// foundation model, without region and account. The ARN itself is sent, unless the target names another.
func peekARN(raw []byte, p *core.Peek) *core.Fault {
	const param = "rerankingConfiguration.bedrockRerankingConfiguration.modelConfiguration.modelArn"
	conf := get(get(raw, "rerankingConfiguration"), "bedrockRerankingConfiguration")
	arn := get(get(conf, "modelConfiguration"), "modelArn")
	name, ok := scan.Inside(arn)
	if bytes.IndexByte(name, '\\') >= 0 {
		name, ok = scan.Unquote(nil, arn)
	}
	if !ok || len(name) == 0 {
		return body.Invalid(param, "cannot route the request: it names no model in "+param, "set it to an ARN of a model, or to provider/model")
	}
	if bytes.HasPrefix(name, []byte("arn:")) {
		if i := bytes.Index(name, []byte(":foundation-model/")); i >= 0 {
			name = name[i+len(":foundation-model/"):]
		}
	}
	if !nameable(name) {
		return body.Invalid(param, "cannot use this model name: it must be a string of 1 to "+strconv.Itoa(core.MaxModelName)+" printable bytes", "send an ARN of a model, or provider/model")
	}
	at := int32(cap(raw) - cap(arn))
	p.Model, p.ModelAt = name, core.Span{Start: at, End: at + int32(len(arn))}
	return nil
}

// nameable reports whether name can be the name of a model in labels, logs and paths.
func nameable(name []byte) bool {
	for _, c := range name {
		if c <= ' ' || c >= 0x7f || bytes.IndexByte([]byte("%*{}<>\"\\`"), c) >= 0 {
			return false
		}
	}
	return len(name) > 0 && len(name) <= core.MaxModelName
}
