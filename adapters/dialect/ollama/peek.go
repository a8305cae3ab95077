package ollama

import (
	"strconv"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

var looked = scan.NewKeys("stream", "options")

// peek is the dialect's Peek. A conversation is streamed unless stream is false, and its token limit is one of the
// options.
func peek(b []byte, op core.Op, p *core.Peek) *core.Fault {
	if f := fields.Peek(b, op, p); f != nil || op != core.OpChat && op != core.OpCompletion {
		return f
	}
	var at [2]scan.Span
	if err := scan.Object(b, looked, at[:]); err != nil {
		return body.Invalid("", "cannot read the request body: "+err.Error(), "")
	}
	p.Stream = p.Stream || scan.IsNull(b[at[0].Start:at[0].End])
	w := scan.Members(b[at[1].Start:at[1].End])
	for {
		key, value, ok := w.Next()
		if !ok {
			return nil
		}
		if string(key) != "num_predict" || scan.IsNull(value) {
			continue
		}
		n, ok := scan.Int(value)
		if !ok || n > maxTokens {
			return body.Invalid("options.num_predict", "cannot accept options.num_predict: it must be an integer up to "+strconv.Itoa(maxTokens), "")
		}
		p.MaxTokens = max(p.MaxTokens, n) // -1 and -2 mean no limit
	}
}
