package openai

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// reranks is the face of reranking documents that Jina, vLLM, llama.cpp, Together, OpenRouter and Cohere's
// v1 share, and Voyage's, which has other names for some members. OpenAI itself has none.
//
// Source: https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html,
// https://docs.voyageai.com/reference/reranker-api
var reranks = &core.RerankCodec{
	ParseRequest:  parseRerank,
	AppendRequest: appendRerank,
	ParseReply:    parseRanking,
	AppendReply:   appendRanking,
}

// Rerank.Shape and Ranking.Shape: how they were written.
const (
	rerankVoyage  = 1 << iota // top_k; the reply's list is data
	rankingUsage              // usage is among the extras
	rankingScore              // score, not relevance_score
	rankingObject             // "object":"list"
)

func parseRerank(r *core.Rerank, raw []byte) *core.Fault {
	r.From = &dialect
	var room [keyRoom]byte
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		text := quoted(value)
		switch name := plainKey(key, &room); {
		case string(name) == "model" && text != nil:
			r.Model = text
		case string(name) == "query" && text != nil:
			r.Query = text
		case string(name) == "documents" && value[0] == '[':
			list := scan.Elements(value)
			for {
				_, d, ok := list.Next()
				if !ok {
					break
				}
				r.Documents = append(r.Documents, d)
			}
		case string(name) == "top_n" && isNumber(value) && r.TopN == nil:
			r.TopN = value
		case string(name) == "top_k" && isNumber(value) && r.TopN == nil:
			r.TopN = value
			r.Shape |= rerankVoyage
		case string(name) == "return_documents" && setTri(&r.Return, value):
		default:
			r.Keep(&r.More, key, value)
		}
	}
	if r.Query == nil {
		return body.Invalid("query", "cannot read query: it must be a string", "")
	}
	if len(r.Documents) == 0 {
		return body.Invalid("documents", "cannot read documents: it must be an array with one document at least", "")
	}
	return nil
}

func appendRerank(dst []byte, r *core.Rerank, s *core.Send) ([]byte, *core.Fault) {
	at, own := len(dst), r.From == &dialect
	dst = scan.AppendString(append(dst, `{"model":`...), s.Model)
	dst = appendTextMember(dst, "query", r.Query)
	dst = append(dst, `,"documents":[`...)
	for i, d := range r.Documents {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, d...)
	}
	dst = append(dst, ']')
	if r.TopN != nil {
		name := "top_n"
		if own && r.Shape&rerankVoyage != 0 {
			name = "top_k"
		}
		dst = appendMember(dst, name, r.TopN)
	}
	dst = appendTri(dst, "return_documents", r.Return)
	if own {
		dst = appendExtras(dst, &r.Tree, r.More, "")
	} else {
		for more := r.More; more != 0; {
			var e core.Extra
			e, more = r.Extra(more)
			r.Dropped = append(r.Dropped, string(e.Key))
		}
	}
	return body.Edit(append(dst, '}'), at, s.Face), nil
}
