package standin

import (
	"encoding/base64"
	"encoding/binary"
	"math"
	"strings"
)

const dimensions = 8 // of a vector by default

// vector returns the vector for the i-th input.
func vector(i, n int) []float32 {
	v := make([]float32, n)
	for j := range v {
		v[j] = float32(i+1)/8 - float32(j)/16 // exact in binary, so that every format preserves it
	}
	return v
}

// embed answers embeddings, in the format of the path, or for InvokeModel of the body.
func (ex *exchange) embed(name string, status int) *refusal {
	if name == "error" {
		return fixed(status)
	}
	d := ex.d
	switch {
	case ex.route.family == "openai":
		return ex.embedOpenAI(inputs(d["input"]))
	case ex.route.family == "gemini":
		return ex.embedGemini()
	case ex.route.family == "ollama":
		ex.json(200, encode(obj{"model", ex.q.model, "embeddings", vectors(len(inputs(d["input"])), dimensions), "prompt_eval_count", 5}))
		return nil
	case d["inputText"] != nil:
		ex.json(200, encode(obj{"embedding", vector(0, size(d["dimensions"])), "inputTextTokenCount", 5}))
		return nil
	}
	return ex.embedCohere()
}

func inputs(v any) []any {
	if s, ok := v.(string); ok && s != "" {
		return []any{s}
	}
	l := list(v)
	if len(l) > 0 {
		if _, ok := l[0].(float64); ok { // tokens of one text
			return []any{l}
		}
	}
	return l
}

func size(v any) int {
	if n, ok := v.(float64); ok && n > 0 && n < 4096 {
		return int(n)
	}
	return dimensions
}

func vectors(n, size int) []any {
	out := []any{}
	for i := range n {
		out = append(out, vector(i, size))
	}
	return out
}

func (ex *exchange) embedOpenAI(in []any) *refusal {
	if len(in) == 0 {
		return invalid("input", "Missing required parameter: 'input'.")
	}
	data := []any{}
	for i := range in {
		var e any = vector(i, size(ex.d["dimensions"]))
		if ex.d["encoding_format"] == "base64" {
			e = packed(vector(i, size(ex.d["dimensions"])))
		}
		data = append(data, obj{"object", "embedding", "index", i, "embedding", e})
	}
	ex.json(200, encode(obj{"object", "list", "data", data, "model", ex.q.model, "usage", obj{"prompt_tokens", 5 * len(in), "total_tokens", 5 * len(in)}}))
	return nil
}

// packed returns v as OpenAI's clients request it: little-endian float32 in base64.
func packed(v []float32) string {
	var b []byte
	for _, f := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
	}
	return base64.StdEncoding.EncodeToString(b)
}

func (ex *exchange) embedGemini() *refusal {
	if l := list(ex.d["requests"]); strings.Contains(ex.note.Path, ":batch") {
		if len(l) == 0 {
			return invalid("requests", "* BatchEmbedContentsRequest.requests: must not be empty")
		}
		all := []any{}
		for i, v := range l {
			r := object(v)
			if !strings.HasPrefix(text(r["model"]), "models/") || len(list(at(r, "content", "parts"))) == 0 {
				return invalid("requests", "* BatchEmbedContentsRequest.requests[%d]: model must be models/NAME, content.parts must not be empty", i)
			}
			all = append(all, obj{"values", vector(i, size(r["outputDimensionality"]))})
		}
		ex.json(200, encode(obj{"embeddings", all}))
		return nil
	}
	if len(list(at(ex.d, "content", "parts"))) == 0 {
		return invalid("content", "* EmbedContentRequest.content: contents is empty")
	}
	ex.json(200, encode(obj{"embedding", obj{"values", vector(0, size(ex.d["outputDimensionality"]))}}))
	return nil
}

func (ex *exchange) embedCohere() *refusal {
	d := ex.d
	n := len(list(d["texts"])) + len(list(d["inputs"])) + len(list(d["images"]))
	if n == 0 || text(d["input_type"]) == "" {
		return invalid("", "invalid request: texts and input_type are required")
	}
	kinds := list(d["embedding_types"])
	if ex.route.family == "cohere" && len(kinds) == 0 {
		return invalid("", "invalid request: embedding_types is required")
	}
	all, at := obj{}, size(d["output_dimension"])
	for _, k := range kinds {
		if text(k) == "float" {
			all = append(all, "float", vectors(n, at))
			continue
		}
		whole := []any{}
		for i := range n {
			v := make([]int, at)
			for j := range v {
				v[j] = i + j
			}
			whole = append(whole, v)
		}
		all = append(all, text(k), whole)
	}
	var e any = all
	if len(kinds) == 0 {
		e = vectors(n, at)
	}
	ex.json(200, encode(obj{"id", "00000000-0000-4000-8000-000000000002", "embeddings", e, "texts", d["texts"], "response_type", unless(len(kinds) > 0, "embeddings_floats"),
		"meta", obj{"api_version", obj{"version", "2"}, "billed_units", obj{"input_tokens", 5 * n}}}))
	return nil
}

// rerank puts the last document first.
func (ex *exchange) rerank(status int) *refusal {
	if status > 0 {
		return fixed(status)
	}
	n := len(list(ex.d["documents"]))
	if n == 0 || text(ex.d["query"]) == "" {
		return invalid("", "invalid request: query and documents are required")
	}
	results := []any{}
	for i := n - 1; i >= 0; i-- {
		if top, ok := ex.d["top_n"].(float64); ok && len(results) == int(top) {
			break
		}
		results = append(results, obj{"index", i, "relevance_score", float64(i+1) / float64(2*n)})
	}
	ex.json(200, encode(obj{"id", "00000000-0000-4000-8000-000000000003", "results", results, "meta", obj{"api_version", obj{"version", "2"}, "billed_units", obj{"search_units", 1}}}))
	return nil
}

// count answers how many tokens a conversation has: always 42.
func (ex *exchange) count(status int) *refusal {
	if status > 0 {
		return fixed(status)
	}
	switch ex.route.family {
	case "responses":
		ex.json(200, encode(obj{"object", "response.input_tokens", "input_tokens", 42}))
	case "anthropic":
		if ex.d["max_tokens"] != nil {
			return invalid("max_tokens", "max_tokens: Extra inputs are not permitted")
		}
		if len(list(ex.d["messages"])) == 0 {
			return invalid("messages", "messages: Field required")
		}
		ex.json(200, encode(obj{"input_tokens", 42}))
	case "gemini":
		if ex.d["contents"] == nil && ex.d["generateContentRequest"] == nil {
			return invalid("contents", "* CountTokensRequest.contents: contents is not specified")
		}
		ex.json(200, encode(obj{"totalTokens", 42, "promptTokensDetails", []any{obj{"modality", "TEXT", "tokenCount", 42}}}))
	case "converse":
		if at(ex.d, "input", "converse") == nil && at(ex.d, "input", "invokeModel") == nil {
			return invalid("", "input must hold converse or invokeModel")
		}
		ex.json(200, encode(obj{"inputTokens", 42}))
	}
	return nil
}

// models lists two models as OpenAI does.
func (ex *exchange) models() {
	ex.json(200, encode(obj{"object", "list", "data", []any{
		obj{"id", "text", "object", "model", "created", created, "owned_by", "standin"},
		obj{"id", "tool", "object", "model", "created", created, "owned_by", "standin"}}}))
}
