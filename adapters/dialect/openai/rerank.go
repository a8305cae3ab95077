package openai

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// reranks is the face of ordering documents that Jina, vLLM, llama.cpp, Together, OpenRouter
// and Cohere's v1 share, and Voyage's, which has other names for the same. OpenAI has none.
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
	rankingUsage              // usage stands among the extras
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

func parseRanking(k *core.Ranking, raw []byte) error {
	k.From = &dialect
	known := false
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		text := quoted(value)
		switch {
		case (string(key) == "results" || string(key) == "data") && value[0] == '[' && !known:
			if known = true; key[0] == 'd' {
				k.Shape |= rerankVoyage
			}
			parseRanks(k, value)
			continue
		case string(key) == "id" && text != nil:
			k.ID = text
			continue
		case string(key) == "model" && text != nil:
			k.Model = text
			continue
		case string(key) == "object" && string(text) == "list":
			k.Shape |= rankingObject
			continue
		case string(key) == "usage" && opens(value):
			readTotal(value, &k.Usage)
			count(memberOf(value, "search_units"), &k.Units, nil)
			k.Shape |= rankingUsage
		case string(key) == "meta": // Cohere
			count(memberOf(memberOf(value, "billed_units"), "search_units"), &k.Units, nil)
		}
		k.Keep(&k.More, key, value)
	}
	switch {
	case w.Rest() == nil:
		return errNoObject
	case !known:
		return errNoRanks
	}
	return nil
}

func parseRanks(k *core.Ranking, raw []byte) {
	w := scan.Elements(raw)
	for {
		_, value, ok := w.Next()
		if !ok {
			return
		}
		var one core.Rank
		m := scan.Members(value)
		for {
			key, v, ok := m.Next()
			if !ok {
				break
			}
			switch n, isInt := scan.Int(v); {
			case string(key) == "index" && isInt:
				one.Index = n
			case string(key) == "relevance_score" && isNumber(v):
				one.Score = v
			case string(key) == "score" && isNumber(v) && one.Score == nil:
				one.Score = v
				k.Shape |= rankingScore
			case string(key) == "document" && v[0] != 'n':
				one.Document = v
			default:
				k.Keep(&one.More, key, v)
			}
		}
		k.List = append(k.List, one)
	}
}

// appendRanking writes the ranking in the words the client used: Voyage's data if it said
// top_k.
func appendRanking(dst []byte, k *core.Ranking, r *core.Rerank, x *core.Crossing) []byte {
	own := k.From == &dialect
	voyage := own && k.Shape&rerankVoyage != 0
	if r != nil && r.From == &dialect {
		voyage = voyage || r.Shape&rerankVoyage != 0
	}
	dst = append(dst, '{')
	at := len(dst)
	if own && k.Shape&rankingObject != 0 || !own && voyage {
		dst = append(dst, `,"object":"list"`...)
	}
	switch {
	case k.ID != nil:
		dst = appendTextMember(dst, "id", k.ID)
	case !own && !voyage:
		dst = append(appendID(append(dst, `,"id":"`...), x, "rerank-"), '"')
	}
	switch {
	case x != nil && len(x.Model) > 0:
		dst = appendTextMember(dst, "model", x.Model)
	case k.Model != nil:
		dst = appendTextMember(dst, "model", k.Model)
	}
	if voyage {
		dst = append(dst, `,"data":[`...)
	} else {
		dst = append(dst, `,"results":[`...)
	}
	for i := range k.List {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendRank(dst, k, &k.List[i], r)
	}
	dst = append(dst, ']')
	if own {
		dst = appendExtras(dst, &k.Tree, k.More, "")
	} else {
		dst = appendRankUsage(dst, k)
	}
	return appendTail(uncomma(dst, at), x)
}

func appendRank(dst []byte, k *core.Ranking, one *core.Rank, r *core.Rerank) []byte {
	own := k.From == &dialect
	dst = scan.AppendInt(append(dst, `{"index":`...), one.Index)
	if one.Score != nil {
		name := "relevance_score"
		if own && k.Shape&rankingScore != 0 {
			name = "score"
		}
		dst = appendMember(dst, name, one.Score)
	}
	document := one.Document
	if document == nil && !own && r != nil && r.Return == core.Yes && one.Index >= 0 && one.Index < int64(len(r.Documents)) {
		document = r.Documents[one.Index]
	}
	if len(document) > 0 {
		if !own && document[0] == '"' {
			dst = append(append(append(dst, `,"document":{"text":`...), document...), '}')
		} else {
			dst = appendMember(dst, "document", document)
		}
	}
	if own {
		dst = appendExtras(dst, &k.Tree, one.More, "")
	}
	return append(dst, '}')
}

// appendRankUsage appends what it cost: tokens, or searches.
func appendRankUsage(dst []byte, k *core.Ranking) []byte {
	if !k.Usage.Known && k.Units == 0 {
		return dst
	}
	dst = append(dst, `,"usage":{`...)
	at := len(dst)
	if k.Usage.Known {
		dst = scan.AppendInt(append(dst, `,"prompt_tokens":`...), k.Usage.In)
		dst = scan.AppendInt(append(dst, `,"total_tokens":`...), k.Usage.In+k.Usage.Out)
	}
	if k.Units > 0 {
		dst = scan.AppendInt(append(dst, `,"search_units":`...), k.Units)
	}
	return append(uncomma(dst, at), '}')
}
