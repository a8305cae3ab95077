package standin

import (
	"fmt"
	"strings"
)

func geminiEnd(a *answer) string {
	return map[string]string{"stop": "STOP", "length": "MAX_TOKENS", "tool": "STOP", "sequence": "STOP", "refuse": "SAFETY"}[a.end]
}

func geminiUsage(u usage) obj {
	return obj{"promptTokenCount", u.in, "candidatesTokenCount", u.out - u.thought, "totalTokenCount", u.in + u.out,
		"cachedContentTokenCount", unless(u.cached == 0, u.cached), "promptTokensDetails", []any{obj{"modality", "TEXT", "tokenCount", u.in}},
		"thoughtsTokenCount", unless(u.thought == 0, u.thought)}
}

func geminiCall(ex *exchange, c call, sign string) obj {
	var id any = omitted{}
	if strings.Contains(ex.q.model, "gemini-3") {
		id = fmt.Sprintf("si%06d", c.n)
	}
	return obj{"functionCall", obj{"id", id, "name", c.name, "args", raw(c.args)}, "thoughtSignature", unless(sign == "", sign)}
}

// geminiAnswer returns the parts of an answer, as split in a stream.
func geminiAnswer(ex *exchange, a *answer) (out [][]any) {
	if a.think != "" && ex.q.thinks {
		for _, s := range thought {
			out = append(out, []any{obj{"text", s, "thought", true}})
		}
	}
	for i, s := range a.text {
		p := obj{"text", s}
		if a.think != "" && i == len(a.text)-1 {
			p = append(p, "thoughtSignature", a.sign)
		}
		out = append(out, []any{p})
	}
	calls := []any{}
	for i, c := range a.calls {
		sign := a.sign
		if i > 0 {
			sign = ""
		}
		calls = append(calls, geminiCall(ex, c, sign))
	}
	if len(calls) > 0 {
		out = append(out, calls)
	}
	return out
}

func geminiReply(ex *exchange, a *answer, parts []any, end any, u usage) obj {
	c := obj{"content", obj{"parts", parts, "role", "model"}, "finishReason", unless(end == nil, end), "index", 0}
	if a.cite && end != nil {
		c = append(c, "groundingMetadata", obj{
			"groundingChunks", []any{obj{"web", obj{"uri", citeURL, "title", citeTitle}}},
			"groundingSupports", []any{obj{"segment", obj{"startIndex", 0, "endIndex", len(citeText), "text", citeText}, "groundingChunkIndices", []any{0}}}})
	}
	return obj{"candidates", []any{c}, "usageMetadata", geminiUsage(u), "modelVersion", ex.q.model, "responseId", "standin"}
}

// wholeGemini writes one reply, with consecutive pieces of text as one part.
func wholeGemini(ex *exchange, a *answer) []byte {
	parts := []any{}
	if a.think != "" && ex.q.thinks {
		parts = append(parts, obj{"text", a.think, "thought", true})
	}
	if len(a.text) > 0 {
		parts = append(parts, obj{"text", a.whole(), "thoughtSignature", unless(a.sign == "", a.sign)})
	}
	if len(a.calls) > 0 {
		all := geminiAnswer(ex, a)
		parts = append(parts, all[len(all)-1]...)
	}
	return encode(geminiReply(ex, a, parts, geminiEnd(a), a.usage))
}

// eventsGemini writes chunks, as events or as elements of one array.
func eventsGemini(ex *exchange, a *answer) (out [][]byte) {
	all := geminiAnswer(ex, a)
	for i, parts := range all {
		u, end := a.usage, any(nil)
		if i == len(all)-1 {
			end = geminiEnd(a)
		} else {
			u.out = u.thought + min(i+1, u.out-u.thought)
		}
		b := encode(geminiReply(ex, a, parts, end, u))
		switch {
		case !ex.route.array:
			out = append(out, fmt.Appendf(nil, "data: %s\r\n\r\n", b))
		case i == 0:
			out = append(out, append([]byte{'['}, b...))
		default:
			out = append(out, append([]byte("\n,\r\n"), b...))
		}
	}
	if ex.route.array {
		out = append(out, []byte("\n]"))
	}
	return out
}

func brokenGemini() []byte {
	return fmt.Appendf(nil, "data: %s\r\n\r\n", encode(obj{"error", googleError(fixed(503))}))
}
